/** What a change of the rules changes about a plan. Pure. */
import type { Change, Plan, Problem } from "../model.ts";

export interface Difference {
  /** Planned by the new rules and not by the old. */
  readonly added: readonly Change[];
  /** Planned by the old rules and not by the new. */
  readonly removed: readonly Change[];
  /** Planned by both, with another text, title or labels; as the new rules have it. */
  readonly altered: readonly Change[];
  readonly problems: { readonly added: readonly Problem[]; readonly removed: readonly Problem[] };
}

type Planned = Pick<Plan, "changes" | "problems">;

export function differenceOf(before: Planned, after: Planned): Difference {
  const old = new Map(before.changes.map((change) => [changeIdentity(change), change]));
  const now = new Map(after.changes.map((change) => [changeIdentity(change), change]));
  const [oldProblems, nowProblems] = [before, after].map(({ problems }) => new Set(problems.map(text)));
  return {
    added: after.changes.filter((change) => !old.has(changeIdentity(change))),
    removed: before.changes.filter((change) => !now.has(changeIdentity(change))),
    altered: after.changes.filter((change) => {
      const other = old.get(changeIdentity(change));
      return other !== undefined && content(other) !== content(change);
    }),
    problems: {
      added: after.problems.filter((problem) => !oldProblems?.has(text(problem))),
      removed: before.problems.filter((problem) => !nowProblems?.has(text(problem))),
    },
  };
}

export const isSame = ({ added, removed, altered, problems }: Difference): boolean =>
  [added, removed, altered, problems.added, problems.removed].every(({ length }) => length === 0);

const text = (problem: Problem): string => JSON.stringify(problem);

/** Tells one change of a plan from the others, whatever it says. */
export function changeIdentity(change: Change): string {
  const { kind, project, issue } = change;
  const own = (): unknown => {
    switch (change.kind) {
      case "create-issue":
      case "comment":
        return change.key;
      case "add-label":
      case "remove-label":
        return change.label;
      case "assign":
      case "unassign":
        return change.assignee;
      case "edit-comment":
      case "react":
        return change.comment;
      case "link-issues":
        return change.other;
      case "edit-issue":
      case "close-issue":
      case "reopen-issue":
      case "pin-issue":
        return null;
    }
  };
  return JSON.stringify([kind, project, issue, own()]);
}

/** What is written; why does not count. */
const content = ({ reason: _, policy: __, ...rest }: Change): string => JSON.stringify(rest);
