/**
 * The whole story: read what the rules need, plan, apply, report. Whoever triggers it (a tick, a webhook, a
 * command) and whatever the forge, it is this.
 */

import { ForgeError } from "../forge/forge.ts";
import type { Change, Instant, Issue, IssueRef, Outcome, Problem, Trigger } from "../model.ts";
import { afterwards } from "../plan/afterwards.ts";
import { asSettled, type Facts, type Need, refKey } from "../plan/facts.ts";
import { type Planning, plan } from "../plan/plan.ts";
import type { Occasion } from "../plan/world.ts";
import { policies } from "../policies/index.ts";
import { apply } from "./apply.ts";
import { begin, gather, MOST_HISTORIES, readIssue, readList, readSelf } from "./gather.ts";
import { ROLES, type Team } from "./team.ts";

export interface Errand {
  readonly trigger: Trigger;
  readonly now: Instant;
  /** Only this issue; everything when null. */
  readonly subject: IssueRef | null;
}

export interface Result {
  readonly at: Instant;
  readonly changes: readonly Change[];
  /** One to a change, in order. */
  readonly outcomes: readonly Outcome[];
  readonly problems: readonly Problem[];
  /** What ended the errand early: a token refused, a forge out of reach. */
  readonly fatal: ForgeError | null;
}

export interface Reconciled extends Result {
  /** Every change was made, and after them the rules have nothing to do. False also where that cannot be told. */
  readonly whole: boolean;
}

export interface Seen<T> {
  readonly facts: Facts;
  readonly value: T;
  /** Issues that were left for the next look, because there was too much to read for one. */
  readonly left: number;
}

/** An issue that changes while daytwo looks is looked at again, this often at most. */
const ROUNDS = 3;
/** What a rule wants looked at again once its plan is made goes on this often at most. */
const LOOKS = 6;

/** Reads whatever `think` turns out to need, until it needs nothing more. */
export async function lookClosely<T extends { readonly needs: readonly Need[] }>(
  team: Team,
  errand: Errand,
  think: (facts: Facts, occasion: Occasion) => T,
): Promise<Seen<T>> {
  const facts = begin(team);
  await Promise.all([
    readSelf(team, facts),
    ...(errand.subject
      ? [readIssue(team, facts, errand.subject)]
      : ROLES.map((role) => readList(team, facts, role, errand.now))),
  ]);
  let budget = MOST_HISTORIES;
  let left = 0;
  for (;;) {
    const value = think(facts, { config: team.config, ...errand });
    if (value.needs.length === 0 || left > 0) return { facts, value, left };
    left = await gather(team, facts, value.needs, errand.now, budget);
    budget = Math.max(0, budget - value.needs.filter(({ what }) => what === "history").length);
  }
}

/** What would be done. Reads only. */
export async function look(team: Team, errand: Errand): Promise<Looked> {
  const { facts, value, left } = await lookClosely(team, errand, (read, occasion) =>
    plan(policies, read, occasion),
  );
  return { ...value, facts, left };
}

/** What a look came to: a plan, what it rests on, and when to look again. */
interface Looked extends Planning {
  readonly facts: Facts;
  readonly left: number;
}

/**
 * Plans and applies; plans again for what changed meanwhile.
 * @param alone runs what reaches beyond its one issue, one at a time; where several programs work on one team
 */
export async function reconcile(
  team: Team,
  errand: Errand,
  say: (text: string) => void = () => undefined,
  alone: (<T>(work: () => Promise<T>) => Promise<T>) | null = null,
): Promise<Reconciled> {
  const done: { change: Change; outcome: Outcome }[] = [];
  let problems: readonly Problem[] = [];
  let whole = true;
  let todo: readonly (IssueRef | null)[] = [errand.subject];
  for (let round = 1; todo.length > 0; round++) {
    const again: IssueRef[] = [];
    for (const subject of todo) {
      let seen = await look(team, { ...errand, subject });
      const isWide = () => seen.plan.changes.some((change) => !subject || !touches(change, subject));
      // What was read a moment ago for this errand alone is not read again before it is written.
      const write = () => apply(team, seen.plan, { check: isWide() ? "each" : "nothing", say });
      const report =
        alone && isWide()
          ? await alone(async () => {
              // Whoever had the turn before may have done it, or changed what it rests on.
              seen = await look(team, { ...errand, subject });
              return write();
            })
          : await write();
      const { plan: planned } = seen;
      if (round === 1) problems = planned.problems;
      remember(team, seen, subject);
      const replan = round < ROUNDS ? report.stale : [];
      planned.changes.forEach((change, i) => {
        const outcome = report.outcomes[i];
        if (outcome && !replan.some((ref) => touches(change, ref))) done.push({ change, outcome });
      });
      whole &&=
        alone !== null && subject !== null && report.outcomes.every(isMade) && seen.again.length === 0;
      if (whole && subject) whole = await isAtRest(team, { ...errand, subject }, seen);
      // What reaches beyond an issue is that issue's doing: it is planned from there again.
      again.push(...(subject && replan.length > 0 ? [subject] : replan));
      if (report.fatal) return result(errand, done, problems, { fatal: report.fatal, whole: false });
      if (round < LOOKS) again.push(...lookedAgain(seen, report.outcomes));
    }
    todo = uniqueRefs(again);
  }
  return result(errand, done, problems, { fatal: null, whole });
}

function result(
  { now }: Errand,
  done: readonly { change: Change; outcome: Outcome }[],
  problems: readonly Problem[],
  end: Pick<Reconciled, "fatal" | "whole">,
): Reconciled {
  return {
    at: now,
    changes: done.map(({ change }) => change),
    outcomes: done.map(({ outcome }) => outcome),
    problems,
    ...end,
  };
}

/**
 * Whether the rules have nothing to do once this plan has been done. What they rest on beyond what was read is the
 * issue's history at most: that is read, and costs less than another look.
 */
async function isAtRest(
  team: Team,
  errand: Errand & { readonly subject: IssueRef },
  { facts, plan: done }: Looked,
): Promise<boolean> {
  const { subject, now } = errand;
  const after = done.changes.length > 0 ? afterwards(facts, done.changes, subject, now) : null;
  if (after === null) return done.changes.length === 0;
  const occasion = { config: team.config, ...errand, trigger: { kind: "tick", catchUp: false } } as const;
  const think = () => plan(policies, after, occasion);
  let next = think();
  const isHistory = (need: Need) => need.what === "history" && need.issue === subject.number;
  if (next.needs.length === 1 && next.needs.every(isHistory)) {
    try {
      await gather(team, after, next.needs, now, MOST_HISTORIES);
    } catch (error) {
      if (error instanceof ForgeError) return false;
      throw error;
    }
    next = think();
  }
  return next.plan.changes.length === 0 && next.needs.length === 0;
}

/** What is to be looked at once a plan was made, as far as it was; a new issue is known by what opening it came to. */
export function lookedAgain(
  { again, plan: { changes } }: Pick<Planning, "again" | "plan">,
  outcomes: readonly Outcome[],
): readonly IssueRef[] {
  const made = (ref: IssueRef) => changes.every((change, i) => !touches(change, ref) || isMade(outcomes[i]));
  const opened = (key: string): IssueRef[] => {
    const i = changes.findIndex((change) => change.kind === "create-issue" && change.key === key);
    const number = outcomes[i]?.issue ?? null;
    return number === null ? [] : [{ project: changes[i]?.project ?? "requests", number }];
  };
  return again.flatMap((what) => (typeof what === "string" ? opened(what) : [what])).filter(made);
}

const isMade = (outcome: Outcome | undefined): boolean =>
  outcome?.status === "applied" || outcome?.status === "unchanged";

const uniqueRefs = (refs: readonly IssueRef[]): IssueRef[] => [
  ...new Map(refs.map((ref) => [refKey(ref), ref])).values(),
];

const touches = (change: Change, ref: IssueRef): boolean =>
  change.project === ref.project && change.issue === ref.number;

/**
 * Issues that were read closely and needed nothing are not read closely again until they change. A look at one
 * issue says nothing of others, though it read them, too: no rule has asked what they need.
 */
export function remember(
  team: Team,
  { facts, plan: { changes }, needs, wakes }: Looked,
  subject: IssueRef | null = null,
): void {
  for (const role of ROLES) {
    const project = facts[role];
    if (!project) continue;
    // Whoever asks to be woken for an issue has looked at it.
    const woken = [...project.issues.keys()].filter((number) => wakes.has(`${role}#${number}`));
    const read = new Set([...project.history.keys(), ...project.comments.keys(), ...woken]);
    const busy = new Set(changes.filter((one) => one.project === role).map((one) => one.issue));
    // More was to be read of these, and there was no room for it.
    for (const need of needs) if (need.project === role && "issue" in need) busy.add(need.issue);
    const looked = (number: number) =>
      subject === null || (subject.project === role && subject.number === number);
    const quiet = [...read]
      .filter((number) => looked(number) && !busy.has(number))
      .map((number) => project.issues.get(number))
      .filter((issue): issue is Issue => issue != null)
      .map((issue) => ({
        number: issue.number,
        version: asSettled(issue),
        wake: wakes.get(`${role}#${issue.number}`) ?? null,
      }));
    if (quiet.length > 0) team.memory.settle(project.name, quiet);
  }
}
