/**
 * Where an access request stands: its accepted state, told from what happened to it.
 *
 * Labels say what somebody wanted; history says who wanted it and from where. Reading the history in order,
 * each move is taken or refused by the same rule, so a tick that finds an issue days later comes to the same
 * answer as a webhook that saw it happen.
 */
import type { CloseReason, HistoryEvent, Instant } from "../../model.ts";
import type { BoxStory, Doer } from "./boxes.ts";
import { Course, fold } from "./course.ts";
import { type LabelBook, STATES, type State } from "./states.ts";

/** Who acted: daytwo itself (or an account it trusts), the team, somebody else, or nobody knows. */
export type Role = "self" | "team" | "outsider" | "unknown";

/** A move that was not taken. */
export interface Refusal {
  readonly why: "not-team" | "illegal" | "open-boxes" | "unapproved";
  readonly by: string | null;
  readonly at: Instant;
  readonly from: State;
  /** What was tried: a state, or a hold reason put on or taken off. */
  readonly tried: { readonly move: State } | { readonly reasonOn: string } | { readonly reasonOff: string };
}

/** A time spent in one state, up to the next one's `from`. */
export interface Stay {
  readonly state: State;
  /** `-Infinity` where no event tells. */
  readonly from: Instant;
}

export interface Standing {
  readonly state: State;
  /** Every state it has been in, oldest first; the last one is where it stands. */
  readonly stays: readonly Stay[];
  /** When it came to this state; `-Infinity` where no event tells. */
  readonly since: Instant;
  /** Who moved it here by a label, with nobody assigned: they take it. */
  readonly takenBy: string | null;
  /** Hold reasons (canonical labels) that stay on. */
  readonly reasons: readonly string[];
  /** The last move that was refused, if its labels still stand and nothing was taken after it. */
  readonly refusal: Refusal | null;
  /** Who did the last box, while all are done. */
  readonly finisher: Doer | null;
  /** Who closed it last, while it is closed, and where it stood then. */
  readonly closed: {
    readonly actor: string | null;
    readonly reason: CloseReason | null;
    readonly from: State;
  } | null;
  /** What the state rests on, for the status comment. */
  readonly why: Why;
}

export type Why =
  | { readonly kind: "new" }
  | { readonly kind: "moved"; readonly by: string | null }
  | { readonly kind: "took"; readonly by: string }
  | { readonly kind: "released"; readonly by: string | null }
  | { readonly kind: "label-removed"; readonly by: string | null }
  | { readonly kind: "held"; readonly reason: string; readonly by: string | null }
  | { readonly kind: "resumed"; readonly by: string | null }
  | { readonly kind: "finished"; readonly by: string | null }
  | { readonly kind: "box-opened"; readonly by: string | null };

/** What the issue shows. */
export interface Shown {
  readonly labels: readonly string[];
  readonly assignees: readonly string[];
}

export interface Witness {
  readonly book: LabelBook;
  readonly role: (actor: string | null) => Role;
  /** Whether this is daytwo's very account: what it did shows what it had accepted. Nobody's where this is absent. */
  readonly self?: (actor: string) => boolean;
  /** Moves before this instant are taken as they are: daytwo does not judge the time before it came. */
  readonly judgeFrom: Instant;
  /** What its author gave it at the opening is where it starts, and no move. */
  readonly opened: { readonly author: string; readonly at: Instant };
  /** It waits for approval, and whoever completes it is too early. */
  readonly waits?: boolean;
}

/** What the labels of an issue say, in canonical names. */
export function readLabels(
  labels: readonly string[],
  book: LabelBook,
): { states: readonly State[]; reasons: readonly string[]; misspelt: readonly string[] } {
  const states: State[] = [];
  const reasons: string[] = [];
  const misspelt: string[] = [];
  for (const label of labels) {
    const reading = book.read(label);
    if (!reading) continue;
    if (!reading.canonical) misspelt.push(label);
    if (reading.kind === "reason") {
      if (!reasons.includes(reading.label)) reasons.push(reading.label);
    } else if (!states.includes(reading.state)) states.push(reading.state);
  }
  return {
    states: states.length > 1 ? STATES.filter((state) => states.includes(state)) : states,
    reasons,
    misspelt,
  };
}

/**
 * Where a request stands after its whole history.
 * @param shown what the issue shows now
 * @param history oldest first; may lack events that the forge did not keep
 */
export function standing(
  shown: Shown,
  history: readonly HistoryEvent[],
  boxes: BoxStory,
  witness: Witness,
): Standing {
  const before = undone(shown, history);
  const course = new Course({ ...before, state: "action_needed" }, boxes, witness);
  // What no event explains stood there from the start, put on by nobody knows whom.
  const start = before.labels.map(
    (label) => ({ type: "labeled", at: -Infinity, actor: null, label }) as const,
  );
  return course.run([...start, ...history]);
}

/**
 * Where a request stands after a few events, when its state before them is known.
 * @param before what it showed before the events, and the state that it showed
 */
export function standingAfter(
  before: Shown & { readonly state: State },
  events: readonly HistoryEvent[],
  boxes: BoxStory,
  witness: Witness,
): Standing {
  const course = new Course(before, boxes, witness);
  for (const label of before.labels) course.labels.add(label);
  return course.run(events);
}

/** What an issue showed before these events: every one of them taken back, newest first. */
export function undone(now: Shown, events: readonly HistoryEvent[]): Shown {
  const labels = new Set(now.labels);
  const assignees = new Set(now.assignees.map(fold));
  for (const event of events.toReversed()) {
    if (event.type === "labeled") labels.delete(event.label);
    else if (event.type === "unlabeled") labels.add(event.label);
    else if (event.type === "assigned") assignees.delete(fold(event.assignee));
    else if (event.type === "unassigned") assignees.add(fold(event.assignee));
  }
  return { labels: [...labels], assignees: [...assignees] };
}
