/** What the decision log keeps of one look at an issue: names, reasons and outcomes, never a body. */
import type { Change, Delivery, Instant, Outcome, Problem } from "../../model.ts";

export interface Decision {
  readonly at: Instant;
  /** What was heard, oldest first; empty for a sweep. */
  readonly deliveries: readonly Pick<Delivery, "id" | "about" | "action" | "actor">[];
  readonly changes: readonly DecidedChange[];
  readonly problems: readonly Problem[];
  /** What ended the work early. */
  readonly fatal: string | null;
  /** When all of it had been done or tried. */
  readonly ended: Instant;
  /** Everything was done, and nothing is left to do. */
  readonly whole: boolean;
}

/** `what` is the label, handle or title that the change is about, where it is about one. */
export type DecidedChange = Pick<Change, "policy" | "kind" | "project" | "issue" | "reason"> & {
  readonly what: string | null;
  readonly outcome: Outcome;
};

export function decidedChange(change: Change, outcome: Outcome): DecidedChange {
  const { policy, kind, project, issue, reason } = change;
  return { policy, kind, project, issue, reason, what: subjectOf(change), outcome };
}

function subjectOf(change: Change): string | null {
  if ("label" in change) return change.label;
  if ("assignee" in change) return change.assignee;
  return change.kind === "create-issue" ? change.key : null;
}
