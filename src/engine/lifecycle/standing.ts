/**
 * Where an access request stands: its accepted state, told from what happened to it.
 *
 * Labels say what somebody wanted; history says who wanted it and from where. Reading the history in order,
 * each move is taken or refused by the same rule, so a tick that finds an issue days later comes to the same
 * answer as a webhook that saw it happen.
 */
import type { CloseReason, HistoryEvent, Instant } from "../../model.ts";
import { type LabelBook, mayMove, STATES, type State } from "./states.ts";

/** Who acted: daytwo itself (or an account it trusts), the team, somebody else, or nobody knows. */
export type Role = "self" | "team" | "outsider" | "unknown";

/** A move that was not taken. */
export interface Refusal {
  readonly why: "not-team" | "illegal";
  readonly by: string | null;
  readonly from: State;
  /** What was tried: a state, or a hold reason put on or taken off. */
  readonly tried: { readonly move: State } | { readonly reasonOn: string } | { readonly reasonOff: string };
}

export interface Standing {
  readonly state: State;
  /** The state before this one; null while the request is in its first. */
  readonly cameFrom: State | null;
  /** When it came to this state, as far as history says. */
  readonly since: Instant | null;
  /** Who moved it here by a label, with nobody assigned: they take it. */
  readonly takenBy: string | null;
  /** Where a hold returns to. */
  readonly resumeTo: State;
  /** Hold reasons (canonical labels) that stay on. */
  readonly reasons: readonly string[];
  /** The last move that was refused, if nothing was taken after it. */
  readonly refusal: Refusal | null;
  /** Who ticked last, since the request came to this state. */
  readonly lastTick: { readonly actor: string | null; readonly at: Instant } | null;
  /** Who closed it last, while it is closed. */
  readonly closed: { readonly actor: string | null; readonly reason: CloseReason | null } | null;
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
  | { readonly kind: "resumed"; readonly by: string | null };

/** What the issue shows now, or showed when the events begin. */
export interface Shown {
  readonly labels: readonly string[];
  readonly assignees: readonly string[];
}

export interface Witness {
  readonly book: LabelBook;
  readonly role: (actor: string | null) => Role;
  /** Moves before this instant are taken as they are: daytwo does not judge the time before it came. */
  readonly judgeFrom: Instant;
}

/** What one state label or reason label on an issue says, in canonical names. */
export function readLabels(
  labels: readonly string[],
  book: LabelBook,
): { states: readonly State[]; reasons: readonly string[]; misspelt: readonly string[] } {
  const states = new Set<State>();
  const reasons = new Set<string>();
  const misspelt: string[] = [];
  for (const label of labels) {
    const reading = book.read(label);
    if (!reading) continue;
    if (!reading.canonical) misspelt.push(label);
    if (reading.kind === "state") states.add(reading.state);
    else reasons.add(reading.label);
  }
  return { states: STATES.filter((state) => states.has(state)), reasons: [...reasons], misspelt };
}

interface Draft {
  state: State;
  cameFrom: State | null;
  since: Instant | null;
  takenBy: string | null;
  resumeTo: State;
  reasons: Set<string>;
  refusal: Refusal | null;
  lastTick: Standing["lastTick"];
  closed: Standing["closed"];
  why: Why;
  /** The accepted state's own label was taken off, and nothing put in its place yet. */
  bared: { actor: string | null; at: Instant } | null;
  assignees: Set<string>;
}

/**
 * Where a request stands after its whole history.
 * @param shown what the issue shows now
 * @param history oldest first; may lack events that the forge did not keep
 */
export function standing(shown: Shown, history: readonly HistoryEvent[], witness: Witness): Standing {
  const draft = begin(assigneesBefore(shown.assignees, history));
  const seen = unexplained(shown, history, witness.book);
  return run(draft, [...seen, ...history], shown, witness);
}

/**
 * Where a request stands after a few events, when its state before them is known.
 * @param before what it showed before the events; must bear exactly one state label, in canonical spelling
 */
export function standingAfter(
  before: Shown & { readonly state: State },
  shown: Shown,
  events: readonly HistoryEvent[],
  witness: Witness,
): Standing {
  const draft = begin(before.assignees);
  draft.state = before.state;
  draft.resumeTo = before.state === "on_hold" ? "action_needed" : before.state;
  for (const reason of readLabels(before.labels, witness.book).reasons) draft.reasons.add(reason);
  return run(draft, events, shown, witness);
}

function begin(assignees: Iterable<string>): Draft {
  return {
    state: "action_needed",
    cameFrom: null,
    since: null,
    takenBy: null,
    resumeTo: "action_needed",
    reasons: new Set(),
    refusal: null,
    lastTick: null,
    closed: null,
    why: { kind: "new" },
    bared: null,
    assignees: new Set([...assignees].map(fold)),
  };
}

const fold = (handle: string): string => handle.toLowerCase();

/** Who was assigned before the events: today's assignees with every event taken back, newest first. */
function assigneesBefore(now: readonly string[], history: readonly HistoryEvent[]): Set<string> {
  const set = new Set(now.map(fold));
  for (const event of history.toReversed()) {
    if (event.type === "assigned") set.delete(fold(event.assignee));
    else if (event.type === "unassigned") set.add(fold(event.assignee));
  }
  return set;
}

/** Labels that no event explains stood there from the start, put on by nobody knows whom. */
function unexplained(shown: Shown, history: readonly HistoryEvent[], book: LabelBook): HistoryEvent[] {
  const told = new Set<string>();
  for (const event of history) {
    const reading = event.type === "labeled" ? book.read(event.label) : null;
    if (reading) told.add(reading.label);
  }
  return shown.labels
    .filter((label) => {
      const reading = book.read(label);
      return reading !== null && !told.has(reading.label);
    })
    .map((label) => ({ type: "labeled", at: Number.NEGATIVE_INFINITY, actor: null, label }));
}

function run(draft: Draft, events: readonly HistoryEvent[], shown: Shown, witness: Witness): Standing {
  const now = readLabels(shown.labels, witness.book);
  for (const deed of deeds(events)) {
    const moves: { state: State; event: HistoryEvent }[] = [];
    const rest: HistoryEvent[] = [];
    for (const event of deed) {
      const reading = event.type === "labeled" ? witness.book.read(event.label) : null;
      if (reading?.kind === "state") moves.push({ state: reading.state, event });
      else rest.push(event);
    }
    for (const { state, event } of chosen(moves, now.states)) move(draft, state, event, witness);
    // Somebody handing over assigns and unassigns at once: the new assignee counts first.
    for (const event of rest.sort(assignedFirst)) happen(draft, event, witness);
  }
  settle(draft, now, witness);
  const { bared: _bared, assignees: _assignees, reasons, ...known } = draft;
  return { ...known, reasons: [...reasons] };
}

/** What one person did at one instant, in the order it happened: a form filled in, a label swapped. */
function* deeds(events: readonly HistoryEvent[]): Generator<HistoryEvent[]> {
  const sorted = events.toSorted((a, b) => a.at - b.at || 0);
  let deed: HistoryEvent[] = [];
  for (const event of sorted) {
    const [first] = deed;
    if (first && (first.at !== event.at || first.actor !== event.actor)) {
      yield deed;
      deed = [];
    }
    deed.push(event);
  }
  if (deed.length > 0) yield deed;
}

const assignedFirst = (a: HistoryEvent, b: HistoryEvent): number =>
  Number(b.type === "assigned") - Number(a.type === "assigned");

/**
 * Several states that one person put on at the same instant and that all still stand: only the earliest in
 * the order of states was meant. Everything else is taken one after the other.
 */
function chosen(
  moves: readonly { state: State; event: HistoryEvent }[],
  present: readonly State[],
): readonly { state: State; event: HistoryEvent }[] {
  if (moves.length < 2) return moves;
  const standing = present.filter((state) => moves.some((move) => move.state === state));
  return standing.length < 2
    ? moves
    : moves.filter(({ state }) => state === standing[0] || !standing.includes(state));
}

function enter(draft: Draft, state: State, at: Instant, why: Why): void {
  if (state === "on_hold") draft.resumeTo = draft.state;
  draft.cameFrom = draft.state;
  draft.state = state;
  draft.since = Number.isFinite(at) ? at : null;
  draft.why = why;
  draft.refusal = null;
  draft.takenBy = null;
  draft.lastTick = null;
  draft.bared = null;
}

/** Whether this actor may make this move; a refusal where not. */
function judge(draft: Draft, event: HistoryEvent, to: State, witness: Witness): Refusal["why"] | null {
  const role = witness.role(event.actor);
  if (role === "self" || role === "unknown" || event.at < witness.judgeFrom) return null;
  if (role === "outsider") return "not-team";
  return mayMove(draft.state, to) ? null : "illegal";
}

function move(draft: Draft, to: State, event: HistoryEvent, witness: Witness): void {
  if (to === draft.state) {
    draft.bared = null;
    return;
  }
  const refused = judge(draft, event, to, witness);
  if (refused) {
    draft.refusal = { why: refused, by: event.actor, from: draft.state, tried: { move: to } };
    return;
  }
  enter(draft, to, event.at, { kind: "moved", by: event.actor });
  if (to === "in_progress" && draft.assignees.size === 0 && witness.role(event.actor) === "team") {
    draft.takenBy = event.actor;
  }
}

function happen(draft: Draft, event: HistoryEvent, witness: Witness): void {
  switch (event.type) {
    case "labeled": {
      const reading = witness.book.read(event.label);
      if (reading?.kind === "reason") hold(draft, reading.label, event, witness);
      return;
    }
    case "unlabeled": {
      const reading = witness.book.read(event.label);
      if (reading?.kind === "reason") unhold(draft, reading.label, event, witness);
      else if (reading?.kind === "state" && reading.state === draft.state) {
        draft.bared = { actor: event.actor, at: event.at };
      }
      return;
    }
    case "assigned": {
      draft.assignees.add(fold(event.assignee));
      draft.takenBy = null;
      const own = event.actor === null || fold(event.actor) === fold(event.assignee);
      if (own && draft.state === "action_needed" && witness.role(event.assignee) === "team") {
        enter(draft, "in_progress", event.at, { kind: "took", by: event.assignee });
      }
      return;
    }
    case "unassigned": {
      draft.assignees.delete(fold(event.assignee));
      if (draft.assignees.size === 0 && draft.state === "in_progress") {
        enter(draft, "action_needed", event.at, { kind: "released", by: event.actor });
      }
      return;
    }
    case "ticked":
      draft.lastTick = { actor: event.actor, at: event.at };
      return;
    case "unticked":
      draft.lastTick = null;
      return;
    case "closed":
      draft.closed = { actor: event.actor, reason: event.reason };
      return;
    case "reopened":
      draft.closed = null;
      return;
  }
}

function hold(draft: Draft, reason: string, event: HistoryEvent, witness: Witness): void {
  if (draft.state === "on_hold") {
    draft.reasons.add(reason);
    return;
  }
  const refused = judge(draft, event, "on_hold", witness);
  if (refused) {
    draft.refusal = { why: refused, by: event.actor, from: draft.state, tried: { reasonOn: reason } };
    return;
  }
  enter(draft, "on_hold", event.at, { kind: "held", reason, by: event.actor });
  draft.reasons = new Set([reason]);
}

function unhold(draft: Draft, reason: string, event: HistoryEvent, witness: Witness): void {
  if (!draft.reasons.has(reason)) return;
  if (draft.state !== "on_hold") {
    draft.reasons.delete(reason);
    return;
  }
  const refused = judge(draft, event, draft.resumeTo, witness);
  if (refused === "not-team") {
    draft.refusal = { why: refused, by: event.actor, from: draft.state, tried: { reasonOff: reason } };
    return;
  }
  draft.reasons.delete(reason);
  if (draft.reasons.size > 0) return;
  // Nobody to go back to work: a request that lost its assignee while it waited starts afresh.
  const to =
    draft.resumeTo === "in_progress" && draft.assignees.size === 0 ? "action_needed" : draft.resumeTo;
  enter(draft, to, event.at, { kind: "resumed", by: event.actor });
}

/** What the labels of this moment add to the story: no state label at all, or a hold that history missed. */
function settle(draft: Draft, now: ReturnType<typeof readLabels>, witness: Witness): void {
  if (now.states.length === 0 && draft.bared && draft.state !== "action_needed") {
    const { actor, at } = draft.bared;
    if (witness.role(actor) === "outsider") {
      draft.refusal ??= { why: "not-team", by: actor, from: draft.state, tried: { move: "action_needed" } };
    } else {
      enter(draft, "action_needed", at, { kind: "label-removed", by: actor });
    }
  }
  if (draft.state !== "on_hold") draft.reasons.clear();
}
