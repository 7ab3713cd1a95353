/** One look at an issue that came to something, as the decision log keeps it and in words: never a body. */
import type { Change, Delivery, ForgeKind, Instant, Outcome, Problem } from "../model.ts";

/** The issue that a log is asked about. */
export interface About {
  readonly forge: ForgeKind;
  /** Full name: `owner/repo`. */
  readonly project: string;
  readonly number: number;
}

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

/** Why daytwo looked. The text is other people's in part. @param ids with the delivery's, to find it in other logs */
export function causeOf({ deliveries: [first, ...others] }: Decision, ids: boolean): string {
  if (!first) return "at a sweep";
  const id = ids && first.id !== null ? `, delivery ${first.id}` : "";
  const deliveries = others.length === 1 ? "delivery" : "deliveries";
  const more = others.length === 0 ? "" : `, and ${others.length} more ${deliveries}`;
  return `${first.about} ${first.action} by ${first.actor || "nobody known"}${id}${more}`;
}

/** What came of it, a line each. The text is other people's in part. */
export const outcomesOf = ({ changes, problems, fatal }: Decision): string[] => [
  ...changes.map(changeLine),
  ...problems.map(({ policy, message }) => `problem (${policy}): ${message}`),
  ...(fatal === null ? [] : [`ended early: ${fatal}`]),
];

function changeLine({ kind, what, policy, reason, outcome, project, issue }: DecidedChange): string {
  const where = issue === null ? "" : ` on ${project}#${issue}`;
  const about = what === null ? "" : ` "${what}"`;
  const error = outcome.error === null ? "" : `: ${outcome.error}`;
  return `${kind}${about}${where}, ${outcome.status}${error} (${policy}) ${reason}`;
}
