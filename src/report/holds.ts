/** `report holds`: what waits, for what, since when and until when. */
import { readLedger } from "../engine/commands/ledger.ts";
import type { BoardRequest } from "../engine/metrics/board.ts";
import { duration } from "../engine/metrics/board-words.ts";
import { clockTerms } from "../engine/metrics/clocks.ts";
import { lifeOf } from "../engine/metrics/stays.ts";
import { count } from "../engine/text/count.ts";
import { type WorkHours, workingMs } from "../engine/time/clock.ts";
import { formatDay, HOUR_MS } from "../engine/time/days.ts";
import { dayOf, formatInstant } from "../engine/time/zones.ts";
import type { Day, Instant } from "../model.ts";
import { World } from "../plan/world.ts";
import { commandsPolicy } from "../policies/commands.ts";
import type { Look } from "../policies/policy.ts";
import { begin, readSelf } from "../run/gather.ts";
import { readRecords } from "../run/records.ts";
import { csv } from "./csv.ts";
import { report } from "./report.ts";
import { type TableDocument, tablesHtml, tablesMd } from "./tables.ts";

interface Held {
  readonly issue: number;
  readonly url: string;
  readonly title: string;
  readonly assignees: readonly string[];
  readonly since: Instant;
  readonly workingHours: number;
  /** The day on which `/ar hold … until` ends it. */
  readonly until: Day | null;
}

interface Waiting {
  /** Id of the hold reason; null where nobody has said why. */
  readonly reason: string | null;
  readonly label: string | null;
  /** The system whose seats are waited for. */
  readonly system: string | null;
  /** Longest wait first. */
  readonly held: readonly Held[];
}

interface Holds {
  readonly at: Instant;
  readonly zone: string;
  readonly hours: WorkHours;
  /** The reason that has been waited for longest first. */
  readonly waiting: readonly Waiting[];
}

const HEAD = [
  "reason",
  "label",
  "system",
  "issue",
  "url",
  "title",
  "assignees",
  "since",
  "workingHours",
  "until",
];

export const holdsReport = report<Holds>({
  name: "holds",
  summary: "what is On Hold, for what reason, since when and until when",

  async load(team, now) {
    const { config } = team;
    const facts = begin(team);
    await readSelf(team, facts);
    const { requests } = facts;
    const reader = team.forges.requests?.reader;
    if (!requests || !reader) throw new Error("A team without requests cannot be put together");
    requests.records = await readRecords(team, facts, { now, listedSince: null });
    const look = new World(facts, { config, now, trigger: { kind: "command" }, subject: null });
    const held = heldIn(look);
    // Only there it stands until when.
    await Promise.all(
      held.map(async ({ issue: { number } }) => {
        requests.comments.set(number, await reader.comments(number));
      }),
    );
    return { at: now, zone: config.timezone, hours: config.hours, waiting: waitingIn(look, held) };
  },

  json: ({ at, waiting }) => ({
    at: iso(at),
    holds: waiting.map(({ held, ...reason }) => ({
      ...reason,
      count: held.length,
      oldest: iso(held[0]?.since ?? at),
      issues: held.map(({ since, ...one }) => ({ ...one, since: iso(since) })),
    })),
  }),

  csv: ({ waiting }) =>
    csv(
      HEAD,
      waiting.flatMap(({ reason, label, system, held }) =>
        held.map(({ issue, url, title, assignees, since, workingHours, until }) => [
          reason,
          label,
          system,
          issue,
          url,
          title,
          assignees.join(" "),
          iso(since),
          workingHours,
          until,
        ]),
      ),
    ),
  md: (data) => tablesMd(asTables(data)),
  html: (data) => tablesHtml(asTables(data)),
});

const iso = (at: Instant): string => new Date(at).toISOString();

/** Open requests that are On Hold, with the reasons they bear. */
function heldIn(look: Look): Pick<BoardRequest, "issue" | "stays" | "holds">[] {
  const own = (actor: string | null) => actor !== null && look.own("requests", actor);
  return (look.records()?.requests ?? [])
    .filter(({ issue }) => issue.state === "open")
    .map(({ issue, events }) => ({ issue, ...lifeOf(issue, events, look.book, own) }))
    .filter(({ stays }) => stays.at(-1)?.state === "on_hold");
}

function waitingIn(look: Look, all: ReturnType<typeof heldIn>): Waiting[] {
  const { config, now } = look;
  const { time } = clockTerms(config);
  const rows = all.flatMap(({ issue, stays, holds }) => {
    const since = stays.at(-1)?.from ?? issue.createdAt;
    const said = look.said(commandsPolicy.name, { project: "requests", number: issue.number }) ?? null;
    const ends = readLedger(said)?.holds ?? [];
    const reasons: { reason: string | null; since: Instant }[] =
      holds.length > 0 ? [...holds] : [{ reason: null, since }];
    return reasons.map((hold) => ({
      reason: hold.reason,
      held: {
        issue: issue.number,
        url: issue.url,
        title: issue.title,
        assignees: issue.assignees,
        since: hold.since,
        workingHours: Math.round((workingMs(time, hold.since, now) / HOUR_MS) * 1000) / 1000,
        until: ends.find((one) => one.reason === hold.reason)?.until ?? null,
      },
    }));
  });
  return [...Map.groupBy(rows, ({ reason }) => reason)]
    .map(([reason, group]): Waiting => {
      const known = reason === null ? undefined : config.lifecycle.hold_reasons[reason];
      const held = group.map((one) => one.held).sort((a, b) => a.since - b.since || a.issue - b.issue);
      return { reason, label: known?.label ?? null, system: known?.system ?? null, held };
    })
    .sort((a, b) => (a.held[0]?.since ?? now) - (b.held[0]?.since ?? now));
}

function asTables({ at, zone, hours, waiting }: Holds): TableDocument {
  const issues = new Set(waiting.flatMap(({ held }) => held.map(({ issue }) => issue)));
  const none = "Nothing is On Hold.";
  return {
    title: "On Hold",
    intro:
      issues.size === 0
        ? none
        : `${count(issues.size, "request is", "requests are")} On Hold, ${formatInstant(at, zone)}.`,
    tables: waiting.map(({ label, held }) => ({
      title: `${label ?? "No reason given"} (${held.length})`,
      head: ["Request", "Title", "Assignee", "Since", "Working time", "Until"],
      rows: held.map(({ issue, url, title, assignees, since, workingHours, until }) => [
        { text: `#${issue}`, url },
        title,
        assignees.join(", "),
        formatDay(dayOf(since, zone)),
        duration(workingHours, hours),
        until === null ? "" : formatDay(until),
      ]),
      none,
    })),
  };
}
