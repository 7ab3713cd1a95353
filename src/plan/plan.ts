/** The planner: rules in, one ordered plan out. Pure; it has no client and cannot write. */
import { STATUS, sectionKey, writeStatus } from "../engine/status.ts";
import type { Change, Instant, IssueRef, Plan, Problem } from "../model.ts";
import type { Draft, Policy, Section } from "../policies/policy.ts";
import { type Facts, type Need, refKey } from "./facts.ts";
import { type Occasion, World } from "./world.ts";

export interface Planning {
  readonly plan: Plan;
  /** What rules asked for and nobody has read yet; the plan is whole only when this is empty. */
  readonly needs: readonly Need[];
  /** When issues are to be looked at again though nothing changes, by `requests#12`. */
  readonly wakes: ReadonlyMap<string, Instant>;
  /** What is to be looked at once this plan is made: issues, or keys of those that it creates. */
  readonly again: readonly (IssueRef | string)[];
}

interface Saying {
  readonly ref: IssueRef;
  readonly policy: string;
  readonly section: Section | null;
  readonly reason: string;
  readonly about: string | undefined;
}

/**
 * Asks every rule, in the order of the registry.
 * @returns a plan whose changes are in the order they must be made: what is created first, then for each
 * issue its status comment, then its changes. A crash in between leaves the reason said and the change to
 * be made by the next look, never a change without its reason.
 */
export function plan(policies: readonly Policy[], facts: Facts, occasion: Occasion): Planning {
  const world = new World(facts, occasion, policies);
  const changes: Change[] = [];
  const problems: Problem[] = [];
  const sayings: Saying[] = [];
  const wakes = new Map<string, Instant>();
  const again = new Map<string, IssueRef | string>();
  for (const policy of policies) {
    if (!policy.enabled(occasion.config)) continue;
    policy.propose(world, drafting(policy.name, { world, changes, problems, sayings, wakes, again }));
  }
  const { before, after } = statusChanges(world, sayings);
  const [reactions, deeds] = [changes.filter(isReaction), changes.filter((one) => !isReaction(one))];
  const ordered = findable(world, inOrder([...before, ...deeds, ...reactions, ...after]), problems);
  return {
    plan: { at: occasion.now, changes: ordered, problems, versions: versionsOf(world, ordered, sayings) },
    needs: world.needs,
    wakes,
    again: [...again.values()],
  };
}

/** A comment that daytwo could not find again as its own is not made: the next look would make it once more. */
function findable(world: World, changes: readonly Change[], problems: Problem[]): Change[] {
  return changes.filter(({ kind, policy, project, issue }) => {
    if (kind !== "comment" || world.knowsOwn(project)) return true;
    problems.push({ policy, project, issue, message: NAMELESS });
    return false;
  });
}

const NAMELESS =
  "It cannot be told which account the token belongs to, so a comment could not be found again and is not made: " +
  "name that account under trusted in daytwo.yml.";

const isReaction = ({ kind }: Change): boolean => kind === "react";

interface Collected {
  readonly world: World;
  readonly changes: Change[];
  readonly problems: Problem[];
  readonly sayings: Saying[];
  readonly wakes: Map<string, Instant>;
  readonly again: Map<string, IssueRef | string>;
}

function drafting(policy: string, { world, changes, problems, sayings, wakes, again }: Collected): Draft {
  return {
    change(proposed) {
      const change = { policy, ...proposed } as Change;
      changes.push(change);
      world.overlay(change);
    },
    tell(ref, event) {
      world.tell(ref, event);
    },
    problem(project, issue, message) {
      problems.push({ policy, project, issue, message });
    },
    say(ref, section, reason, about) {
      sayings.push({ ref, policy, section, reason, about });
      world.say(policy, ref, section?.key ?? null);
    },
    again(what) {
      again.set(typeof what === "string" ? what : refKey(what), what);
    },
    wake(ref, at) {
      const key = refKey(ref);
      wakes.set(key, Math.min(at, wakes.get(key) ?? at));
    },
  };
}

/** All that was said about an issue becomes one comment, or one edit, or nothing when it stands there already. */
function statusChanges(world: World, sayings: readonly Saying[]): { before: Change[]; after: Change[] } {
  const changes = { before: [] as Change[], after: [] as Change[] };
  for (const said of Map.groupBy(sayings, ({ ref }) => refKey(ref)).values()) {
    const ref = (said[0] as Saying).ref;
    const status = world.status(ref);
    if (status === undefined) continue;
    const sections = new Map((status?.sections ?? []).map((section) => [section.policy, section]));
    const news: Saying[] = [];
    for (const saying of said) {
      const { policy, section } = saying;
      const key = section === null ? null : sectionKey(section.key);
      if (sections.get(policy)?.key === key || (section === null && !sections.has(policy))) continue;
      news.push(saying);
      if (section === null || key === null) sections.delete(policy);
      else sections.set(policy, { policy, key, body: section.body });
    }
    const first = news[0];
    if (!first) continue;
    const about = news.flatMap((saying) => saying.about ?? []);
    const base = {
      policy: first.policy,
      project: ref.project,
      issue: ref.number,
      reason: news.map(({ reason }) => reason).join(" "),
      body: writeStatus([...sections.values()]),
      ...(about.length === 0 ? {} : { about }),
    };
    const when = news.some(({ section }) => section?.after) ? "after" : "before";
    changes[when].push(
      status
        ? { ...base, kind: "edit-comment", comment: status.comment }
        : { ...base, kind: "comment", key: STATUS },
    );
  }
  return changes;
}

/** Created issues first; then issue by issue in the order they first came up, comments ahead of the rest. */
function inOrder(changes: readonly Change[]): Change[] {
  const created = changes.filter(({ kind }) => kind === "create-issue");
  const rest = changes.filter(({ kind }) => kind !== "create-issue");
  return [...created, ...Map.groupBy(rest, (change) => `${change.project}#${change.issue}`).values()].flat();
}

function versionsOf(
  world: World,
  changes: readonly Change[],
  sayings: readonly Saying[],
): Record<string, string> {
  const versions: Record<string, string> = {};
  const note = (ref: IssueRef) => {
    const issue = world.read(ref);
    if (issue) versions[refKey(ref)] = issue.version;
  };
  for (const change of changes) {
    if (change.issue !== null) note({ project: change.project, number: change.issue });
  }
  const changed = new Set(changes.map(({ issue }) => issue));
  for (const { ref } of sayings) if (changed.has(ref.number)) note(ref);
  return versions;
}
