/**
 * The evidence of one issue, as an auditor asks for it: who asked, who approved, who granted and who ticked, and when;
 * the same for both forges. Only what the forge tells; what it does not is listed, never guessed.
 */
import { z } from "zod";
import type { BodyEdit, Comment, ForgeKind, HistoryEvent, Instant, Issue } from "../../model.ts";
import { boxesBySystem } from "../access/grants.ts";
import { type AccessRecord, readAccess } from "../access/record.ts";
import { readClose } from "../close/tasks.ts";
import { commandLines } from "../commands/lines.ts";
import type { Config } from "../config/schema.ts";
import { readAccessRequest, readGrants } from "../requests/read.ts";
import { ANSWERS, isTicked } from "../review/judge.ts";
import { personKey, readReview } from "../review/read.ts";
import { isStatus, readKey, readStatus } from "../status.ts";
import { alternativeNamed } from "../text/markdown.ts";
import { DAY_MS } from "../time/days.ts";
import { doneBy, known, tickStory } from "./ticks.ts";

const instant = z.string().describe("ISO 8601, UTC");
const who = z.string().nullable().describe("Handle; null where the forge does not say");
const deed = z.strictObject({
  by: who,
  at: instant.nullable(),
  how: z.string().describe("What it was done by: opened, label, command, baseline, box …"),
  url: z.string().nullable(),
});

export const evidenceRecord = z
  .strictObject({
    schema: z.literal("daytwo-evidence/1"),
    kind: z.enum(["hire", "request", "offboarding", "removal", "close", "cadence", "review"]),
    project: z.string(),
    issue: z.int(),
    url: z.string(),
    title: z.string(),
    state: z.enum(["open", "closed"]),
    labels: z.array(z.string()),
    asked: deed,
    approved: z.array(deed),
    separation: z
      .enum(["held", "broken", "not needed", "not known"])
      .describe("Whether whoever asked is somebody else than whoever approved"),
    people: z.array(
      z.strictObject({
        name: z.string(),
        email: z.string().nullable(),
        role: z.string().nullable(),
        region: z.string().nullable(),
      }),
    ),
    access: z
      .array(
        z.strictObject({
          does: z
            .enum(["give", "revoke", "keep"])
            .describe(
              "In an access review: what its owner answered; what was revoked has a removal of its own",
            ),
          system: z.string(),
          person: z.string(),
          email: z.string().nullable(),
          as: z.string().nullable(),
          done: z.boolean().nullable().describe("Null where no single box stands for it"),
          by: who,
          at: instant.nullable(),
        }),
      )
      .describe("What was asked for, and who did it"),
    moves: z.array(z.strictObject({ by: who, at: instant, label: z.string(), put: z.enum(["on", "off"]) })),
    assigned: z.array(
      z.strictObject({ by: who, at: instant, handle: z.string(), put: z.enum(["on", "off"]) }),
    ),
    ticks: z.array(z.strictObject({ by: who, at: instant, box: z.string(), done: z.boolean() })),
    tasks: z
      .array(
        z.strictObject({
          group: z.string().nullable(),
          title: z.string(),
          owner: who,
          reviewer: who,
          due: z.string().nullable(),
          done: z.boolean(),
          doneBy: who,
          doneAt: instant.nullable(),
          reviewed: z.boolean(),
          reviewedBy: who,
          reviewedAt: instant.nullable(),
        }),
      )
      .describe("Of a close"),
    commands: z.array(z.strictObject({ by: who, at: instant, text: z.string(), url: z.string() })),
    closed: z.array(z.strictObject({ by: who, at: instant, what: z.enum(["closed", "reopened"]) })),
    said: z
      .array(z.strictObject({ policy: z.string(), key: z.string() }))
      .describe("What daytwo's own status comment stands at"),
    unknown: z.array(z.string()).describe("What could not be established"),
  })
  .describe("Evidence of one issue.");
export type EvidenceRecord = z.output<typeof evidenceRecord>;

export interface EvidenceSource {
  readonly forge: ForgeKind;
  readonly project: string;
  readonly issue: Issue;
  readonly history: readonly HistoryEvent[];
  readonly comments: readonly Comment[];
  readonly edits: readonly BodyEdit[] | null;
  readonly config: Config;
  /** Whether an account is daytwo's own. */
  readonly own: (handle: string) => boolean;
  readonly sameLabel: (a: string, b: string) => boolean;
  readonly kind: EvidenceRecord["kind"];
}

const iso = (at: Instant): string => new Date(at).toISOString();
const fold = (handle: string): string => handle.toLowerCase();

/** More than lies between a command and the label that daytwo put on for it. */
const ANSWER_MS = 31 * DAY_MS;

/** @returns the record, whole for the issue's life and not for one month of it */
export function evidenceOf(source: EvidenceSource): EvidenceRecord {
  const { issue, history, comments, config, project, own, kind } = source;
  const unknown: string[] = [];
  const story = tickStory({
    body: issue.body,
    history,
    edits: source.edits,
    noted: source.forge === "gitlab",
  });
  for (const { text } of story.untold) {
    unknown.push(`Who ticked "${text}": the forge keeps no record of it that this token may read.`);
  }
  const commands = comments.flatMap((comment) =>
    own(comment.author)
      ? []
      : commandLines(comment.body).map(({ name, rest }) => ({
          by: known(comment.author),
          at: iso(comment.createdAt),
          text: ["/ar", name, rest].filter((part) => part !== "").join(" "),
          url: comment.url,
        })),
  );
  const status = comments.find((comment) => own(comment.author) && isStatus(comment.body));
  const approved = approvals(source, commands, unknown);
  const asked = { by: known(issue.author), at: iso(issue.createdAt), how: "opened", url: issue.url };
  const nameless = [...history.map(({ actor }) => actor), ...story.ticks.map(({ by }) => by)];
  if (nameless.some((handle) => known(handle) === null))
    unknown.push("Some events name nobody: the account is gone, or the forge does not tell.");
  return {
    schema: "daytwo-evidence/1",
    kind,
    project,
    issue: issue.number,
    url: issue.url,
    title: issue.title,
    state: issue.state,
    labels: [...issue.labels].sort(),
    asked,
    approved,
    separation: separation(source, approved, config),
    ...accessOf(source, story, unknown),
    moves: history.flatMap((event) => {
      if (event.type !== "labeled" && event.type !== "unlabeled") return [];
      const put = event.type === "labeled" ? ("on" as const) : ("off" as const);
      return [{ by: known(event.actor), at: iso(event.at), label: event.label, put }];
    }),
    assigned: history.flatMap((event) => {
      if (event.type !== "assigned" && event.type !== "unassigned") return [];
      const put = event.type === "assigned" ? ("on" as const) : ("off" as const);
      return [{ by: known(event.actor), at: iso(event.at), handle: event.assignee, put }];
    }),
    ticks: story.ticks.map(({ text, done, by, at }) => ({ by, at: iso(at), box: text, done })),
    tasks: kind === "close" ? tasksOf(issue.body, story) : [],
    commands,
    closed: history.flatMap((event) =>
      event.type === "closed" || event.type === "reopened"
        ? [{ by: known(event.actor), at: iso(event.at), what: event.type }]
        : [],
    ),
    said: status ? readStatus(status.body).map(({ policy, key }) => ({ policy, key: readKey(key) })) : [],
    unknown,
  };
}

type Deeds = EvidenceRecord["approved"];

/** The approval label, by whoever put it on; where that was daytwo, by whoever told it to. */
function approvals(
  { issue, history, config, own, sameLabel, kind }: EvidenceSource,
  commands: EvidenceRecord["commands"],
  unknown: string[],
): Deeds {
  const { label } = config.requests.approval;
  const found: EvidenceRecord["approved"] = [];
  const said = commands.filter(({ text }) => /^\/ar approve\b/i.test(text));
  for (const event of history) {
    if (event.type !== "labeled" || !sameLabel(event.label, label)) continue;
    const actor = known(event.actor);
    if (actor !== null && !own(actor)) {
      found.push({ by: actor, at: iso(event.at), how: "label", url: issue.url });
      continue;
    }
    if (actor === null) {
      unknown.push("Who approved it: the account that put the label on is gone.");
      continue;
    }
    const asked = said.filter(({ at }) => {
      const before = event.at - Date.parse(at);
      return before >= 0 && before <= ANSWER_MS;
    });
    found.push(...asked.map(({ by, at, url }) => ({ by, at, how: "command", url })));
    if (asked.length === 0 && kind === "hire") {
      found.push({ by: null, at: iso(event.at), how: "baseline", url: null });
    }
  }
  const stands = issue.labels.some((one) => sameLabel(one, label));
  if (stands && found.length === 0) {
    // A hire's request bears it from the first; the forges note that as no event, or as one of daytwo's own.
    if (kind === "hire" && own(issue.author)) {
      found.push({ by: null, at: iso(issue.createdAt), how: "baseline", url: null });
    } else unknown.push(`Who approved it: the label "${label}" stands, and nothing tells who put it on.`);
  }
  const seen = new Set<string>();
  return found.filter(({ by, at, how }) => {
    const key = JSON.stringify([by, at, how]);
    return seen.has(key) ? false : seen.add(key) !== undefined;
  });
}

function separation(
  { issue, kind }: EvidenceSource,
  approved: Deeds,
  { requests }: Config,
): EvidenceRecord["separation"] {
  if (kind !== "request") return "not needed";
  if (!requests.approval.required) return "not needed";
  const people = approved.flatMap(({ by }) => (by === null ? [] : [fold(by)]));
  if (people.length === 0) return "not known";
  return people.includes(fold(issue.author)) ? "broken" : "held";
}

type Story = ReturnType<typeof tickStory>;
type Access = Pick<EvidenceRecord, "people" | "access">;

function accessOf(
  { issue, forge, config, own, kind }: EvidenceSource,
  story: Story,
  unknown: string[],
): Access {
  const record = own(issue.author) ? readAccess(issue.body) : null;
  if (record) return ofRecord(record, issue.body, config, story);
  if (kind === "review") return ofReview(issue.body, story, unknown);
  const request = readAccessRequest(issue.body, config, forge);
  if (!request) return { people: [], access: [] };
  if (request.faults.length > 0)
    unknown.push("What was asked for: the request cannot be read without fault.");
  return {
    people: request.people.map(({ name, email, role, region }) => ({ name, email, role, region })),
    access: readGrants(issue.body, config).map(({ system, email, name, role, box }) => {
      const tick = doneBy(story, box);
      const base = { does: "give" as const, system, person: name, email, as: role, done: box.ticked };
      return { ...base, by: tick?.by ?? null, at: tick ? iso(tick.at) : null };
    }),
  };
}

/** What the owner of systems answered; a row with both boxes ticked says nothing. */
function ofReview(body: string, story: Story, unknown: string[]): Access {
  const { rows } = readReview(body);
  const people = new Map(rows.map((row) => [personKey(row), { name: row.name, email: row.email }]));
  return {
    people: [...people.values()].map((person) => ({ ...person, role: null, region: null })),
    access: rows.flatMap((row): Access["access"] => {
      const { system, name, email, as } = row;
      const [does, ...more] = ANSWERS.filter((answer) => isTicked(row[answer]));
      const box = does === undefined ? null : row[does];
      if (does === undefined || box === null || more.length > 0) {
        unknown.push(`Whether ${name} keeps ${row.heading}: the review has no answer.`);
        return [];
      }
      const tick = doneBy(story, box);
      const at = tick ? iso(tick.at) : null;
      return [{ does, system, person: name, email, as, done: true, by: tick?.by ?? null, at }];
    }),
  };
}

/** What daytwo opened for a person: each system has boxes under its own heading. */
function ofRecord(record: AccessRecord, body: string, config: Config, story: Story): Access {
  const { does, name, email, role, region } = record;
  const groups = boxesBySystem(body, config);
  const systems = new Set([...Object.keys(record.systems), ...groups.keys()]);
  return {
    people: [{ name, email, role, region }],
    access: [...systems].map((system) => {
      const under = groups.get(system) ?? [];
      const of = does === "give" ? under : under.filter(({ text }) => alternativeNamed(text) !== null);
      const done = of.length === 0 ? null : of.every((box) => box.done) && of.some((box) => box.ticked);
      const deeds = of.flatMap((box) => (box.ticked ? (doneBy(story, box) ?? []) : []));
      const last = done ? deeds.toSorted((a, b) => a.at - b.at).at(-1) : undefined;
      return {
        does,
        system,
        person: name,
        email,
        as: record.systems[system] ?? null,
        done,
        by: last?.by ?? null,
        at: last ? iso(last.at) : null,
      };
    }),
  };
}

const tasksOf = (body: string, story: Story): EvidenceRecord["tasks"] =>
  readClose(body).tasks.map(({ group, title, owner, reviewer, due, box, review }) => {
    const done = doneBy(story, box);
    const reviewed = review ? doneBy(story, review) : null;
    return {
      group,
      title,
      owner,
      reviewer,
      due,
      done: box.done,
      doneBy: done?.by ?? null,
      doneAt: done ? iso(done.at) : null,
      reviewed: review?.done ?? false,
      reviewedBy: reviewed?.by ?? null,
      reviewedAt: reviewed ? iso(reviewed.at) : null,
    };
  });
