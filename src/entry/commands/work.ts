/** The commands that look at a team's work, and those that do it. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Config } from "../../engine/config/schema.ts";
import type { ForgeError, Receiver } from "../../forge/forge.ts";
import { githubReceiver } from "../../forge/github/index.ts";
import { gitlabReceiver } from "../../forge/gitlab/index.ts";
import type { Delivery, ForgeKind, Instant, Issue, IssueRef } from "../../model.ts";
import { explain as explainAll } from "../../plan/explain.ts";
import type { Facts } from "../../plan/facts.ts";
import { policies } from "../../policies/index.ts";
import { apply as applyPlan } from "../../run/apply.ts";
import { type PlanFault, readPlan } from "../../run/plan-file.ts";
import { type Errand, look, lookClosely, type Result, reconcile } from "../../run/reconcile.ts";
import { requestsMade, type Team, total } from "../../run/team.ts";
import { decidedLately, decisionJson, decisionLines } from "../decisions.ts";
import { EXIT, Invalid, type Io, type Mistake, writeText } from "../io.ts";
import { type Common, endsAll, instantFrom, issueFrom, rolesNamed, withTeam } from "../session.ts";
import {
  changeJson,
  changeLines,
  count,
  onOneLine,
  outcomeJson,
  painter,
  planJson,
  printable,
  problemLines,
} from "../show.ts";

const print = (io: Io, value: unknown): void => io.out(`${JSON.stringify(value, null, 2)}\n`);

export interface PlanOptions extends Common {
  readonly at?: string;
  readonly issue?: string;
  readonly out?: string;
}

/** What a tick would do. Reads only. */
export function plan(io: Io, options: PlanOptions): Promise<number> {
  const args = (config: Config) => ({
    now: instantFrom(options.at, config, io),
    subject: options.issue === undefined ? null : issueFrom(options.issue, config),
  });
  return withTeam(io, options, args, async ({ team }, { now, subject }, say) => {
    say("reading…");
    const {
      plan: planned,
      facts,
      left,
    } = await look(team, {
      trigger: { kind: "tick", catchUp: false },
      now,
      subject,
    });
    say("");
    if (subject) demandIssue(facts, subject, options.issue ?? "");
    if (options.out) writeText(io, options.out, `${JSON.stringify(planJson(planned), null, 2)}\n`);
    if (options.json) {
      print(io, { ...planJson(planned), requests: total(requestsMade(team)) });
      return EXIT.done;
    }
    const paint = painter(io);
    const lines = [
      ...changeLines(planned.changes, null, paint),
      ...problemLines(planned.problems, paint),
      planned.changes.length === 0
        ? "Nothing to do."
        : `${count(planned.changes.length, "change")} planned; nothing was written.`,
      ...(left > 0
        ? [`${count(left, "issue")} left for the next look: there was too much to read for one.`]
        : []),
      ...(options.out ? [`Saved to ${options.out}: daytwo apply ${options.out} does exactly this.`] : []),
    ];
    io.out(printable(`${lines.join("\n")}\n`));
    return EXIT.done;
  });
}

export interface TickOptions extends Common {
  readonly at?: string;
  readonly catchUp?: boolean;
}

/** Plans and applies all that is due. */
export function tick(io: Io, options: TickOptions): Promise<number> {
  const args = (config: Config) => instantFrom(options.at, config, io);
  return withTeam(io, options, args, async ({ team }, now, say) => {
    say("reading…");
    const trigger = { kind: "tick", catchUp: options.catchUp ?? false } as const;
    const result = await reconcile(team, { trigger, now, subject: null }, say);
    say("");
    return report(io, options, team, result);
  });
}

/** Does what a saved plan says and nothing else. */
export function apply(io: Io, file: string, options: Common): Promise<number> {
  const args = () => {
    const read = readPlan(readText(io, file));
    if ("faults" in read) throw new Invalid(read.faults.map((fault) => planMistake(file, fault)));
    return read.plan;
  };
  return withTeam(io, options, args, async ({ team }, planned, say) => {
    say("comparing…");
    const { outcomes, fatal } = await applyPlan(team, planned, { check: "all", say });
    say("");
    return report(io, options, team, { ...planned, outcomes, fatal });
  });
}

const planMistake = (file: string, { path, message }: PlanFault): Mistake => ({
  file,
  line: null,
  column: null,
  path,
  found: null,
  expected: "a plan saved by daytwo plan --out",
  nearest: null,
  message: `${file}: ${path === "" ? "" : `${path}: `}${message}`,
});

const RECEIVERS: Readonly<Record<ForgeKind, Receiver>> = { github: githubReceiver, gitlab: gitlabReceiver };
/** Names of events, as each forge calls them in webhooks and CI. */
const EVENTS: Readonly<Record<string, ForgeKind>> = {
  issues: "github",
  issue_comment: "github",
  "Issue Hook": "gitlab",
  "Confidential Issue Hook": "gitlab",
  "Note Hook": "gitlab",
  "Confidential Note Hook": "gitlab",
  issue: "gitlab",
  note: "gitlab",
};

export interface HandleOptions extends Common {
  readonly event: string;
  readonly payload: string;
  readonly at?: string;
}

/** One event, as a webhook or CI has it. */
export async function handle(io: Io, options: HandleOptions): Promise<number> {
  const forge = EVENTS[options.event];
  if (!forge) {
    const expected = Object.keys(EVENTS)
      .map((name) => `"${name}"`)
      .join(", ");
    throw Invalid.one(`--event: found "${options.event}", expected one of ${expected}`, {
      path: "--event",
      found: options.event,
      expected,
    });
  }
  const text = options.payload === "-" ? await io.stdin() : readText(io, options.payload);
  const delivery = readDelivery(RECEIVERS[forge], options, text);
  const args = (config: Config) => instantFrom(options.at, config, io);
  return withTeam(io, options, args, async ({ team }, now, say) => {
    const results: Result[] = [];
    for (const { trigger, subject } of errandsFor(delivery, forge, team)) {
      say(`looking at ${delivery?.project}#${subject.number}…`);
      results.push(await reconcile(team, { trigger, now, subject }, say));
    }
    say("");
    return report(io, options, team, {
      at: now,
      changes: results.flatMap(({ changes }) => changes),
      outcomes: results.flatMap(({ outcomes }) => outcomes),
      problems: results.flatMap(({ problems }) => problems),
      fatal: results.find(({ fatal }) => fatal)?.fatal ?? null,
    });
  });
}

function readDelivery(
  receiver: Receiver,
  { event, payload: file }: HandleOptions,
  text: string,
): Delivery | null {
  let payload: unknown;
  try {
    payload = JSON.parse(text);
  } catch (error) {
    const message = `${file}: expected the JSON payload of "${event}": ${(error as Error).message}`;
    throw Invalid.one(message, { file, expected: "JSON" });
  }
  try {
    return receiver.read(event, payload);
  } catch (error) {
    const message = `${file}: ${(error as ForgeError).message}`;
    throw Invalid.one(message, { file, expected: `the payload of "${event}"` });
  }
}

/** What there is to look at after a delivery; nothing when it is about something else. */
function errandsFor(
  delivery: Delivery | null,
  forge: ForgeKind,
  team: Team,
): { trigger: Errand["trigger"]; subject: IssueRef }[] {
  if (!delivery) return [];
  return rolesNamed(delivery.project, team.config)
    .filter((role) => team.config.projects[role]?.forge === forge && team.forges[role])
    .map((project) => ({
      trigger: { kind: "delivery", deliveries: [delivery], project },
      subject: { project, number: delivery.issue.number },
    }));
}

/** @throws Invalid where the issue that an argument names is not there, or not to be seen */
function demandIssue(facts: Facts, { project, number }: IssueRef, found: string): Issue {
  const { name, issues } = facts[project] ?? {};
  const issue = issues?.get(number);
  if (issue) return issue;
  throw Invalid.one(`There is no issue ${name}#${number}.`, { path: "issue", found });
}

/** Why an issue is where it is, what happens next and when. */
export function explain(io: Io, text: string, options: Common & { at?: string }): Promise<number> {
  const args = (config: Config) => ({
    now: instantFrom(options.at, config, io),
    subject: issueFrom(text, config),
  });
  return withTeam(io, options, args, async ({ team }, { now, subject }) => {
    const { facts, value } = await lookClosely(
      team,
      { trigger: { kind: "command" }, now, subject },
      (facts, occasion) => explainAll(policies, facts, occasion, subject),
    );
    const issue = demandIssue(facts, subject, text);
    const { explanations } = value;
    const { forge = "github", name: project = "" } = facts[subject.project] ?? {};
    const decided = await decidedLately(io, { forge, project, number: issue.number });
    if (options.json) {
      const rules = explanations.map(({ at, ...rest }) => ({
        ...rest,
        ...(at === undefined ? {} : { at: iso(at) }),
      }));
      const next = rules.filter(({ at }) => at !== undefined && Date.parse(at) >= now);
      print(io, {
        at: iso(now),
        issue: { ...subject, title: issue.title, url: issue.url },
        rules,
        next,
        decisions: decided.decisions.map(decisionJson),
        ...(decided.unread === null ? {} : { unread: decided.unread }),
      });
      return EXIT.done;
    }
    const paint = painter(io);
    const lines = [
      paint("bold", onOneLine(`${facts[subject.project]?.name}#${issue.number} ${issue.title}`)),
      issue.url,
      ...(explanations.length === 0 ? ["No rule applies to this issue."] : []),
      ...explanations.map(({ rule, text: line }) => `  ${paint("dim", rule.padEnd(10))} ${onOneLine(line)}`),
      ...decisionLines(decided, paint),
    ];
    io.out(printable(`${lines.join("\n")}\n`));
    return EXIT.done;
  });
}

const iso = (at: Instant): string => new Date(at).toISOString();

function readText(io: Io, file: string): string {
  try {
    return readFileSync(resolve(io.cwd, file), "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw Invalid.one(`${file}: cannot be read (${code})`, {
      file,
      found: code ?? null,
      expected: "a readable file",
    });
  }
}

/** Prints what was done; the exit code says whether all of it could be. */
function report(io: Io, options: Common, team: Team, result: Result): number {
  const requests = total(requestsMade(team));
  const { changes, outcomes, problems, fatal } = result;
  const failed = outcomes.some(({ status }) => status === "failed" || status === "skipped");
  if (options.json) {
    print(io, {
      at: iso(result.at),
      changes: changes.map(changeJson),
      problems,
      outcomes: outcomes.map(outcomeJson),
      requests,
    });
  } else {
    const paint = painter(io);
    const applied = outcomes.filter(({ status }) => status === "applied").length;
    const lines = [
      ...changeLines(changes, outcomes, paint),
      ...problemLines(problems, paint),
      changes.length === 0 ? "Nothing to do." : `${applied} of ${count(changes.length, "change")} applied.`,
      paint("dim", count(requests, "forge request")),
    ];
    io.out(printable(`${lines.join("\n")}\n`));
  }
  const first = outcomes.find(({ status }) => status === "failed");
  if (fatal) {
    io.err(`daytwo: ${onOneLine(fatal.message)}\n`);
    return endsAll(fatal) ? EXIT.unreachable : EXIT.failed;
  }
  if (failed) {
    const why = first?.error ?? outcomes.find(({ status }) => status === "skipped")?.error ?? "";
    io.err(`daytwo: ${onOneLine(why)}\n`);
  }
  return failed ? EXIT.failed : EXIT.done;
}
