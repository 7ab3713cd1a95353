/**
 * What a request's labels alone tell of its life: how long it was in each state, and for what reason it was held.
 * Labels are what both forges tell of many issues at once, and what everybody sees; who may move what is not judged
 * here a second time. docs/metrics.md has it in words.
 */
import type { HistoryEvent, Instant, Issue, LabelEvent } from "../../model.ts";
import { readLabels, type Stay, undone } from "../lifecycle/standing.ts";
import { type LabelBook, STATES, type State } from "../lifecycle/states.ts";

export const isLabelEvent = (event: HistoryEvent): event is LabelEvent =>
  event.type === "labeled" || event.type === "unlabeled";

export interface Hold {
  /** Id of the reason. */
  readonly reason: string;
  /** When its label was put on. */
  readonly since: Instant;
}

export interface LabelLife {
  /** Oldest first; the first begins with the opening, the last one is where it stands. No two in a row are alike. */
  readonly stays: readonly Stay[];
  /** Reasons it bears now, longest first; empty unless it is On Hold. */
  readonly holds: readonly Hold[];
}

/** Taking one state label off and putting another on are two clicks: this long they are one move. */
const SWAP_MS = 10_000;
/** Forges stamp what an issue is opened with a moment after the issue itself. */
const BORN_MS = 2_000;
/** A move that daytwo itself took back so soon was no stay. */
const PUT_BACK_MS = 3_600_000;

interface Move extends Stay {
  readonly own: boolean;
}

/**
 * @param events label events, oldest first
 * @param own whether an actor is daytwo itself
 */
export function lifeOf(
  issue: Pick<Issue, "labels" | "createdAt">,
  events: readonly LabelEvent[],
  book: LabelBook,
  own: (actor: string | null) => boolean,
): LabelLife {
  const labels = new Set(undone({ labels: issue.labels, assignees: [] }, events).labels);
  const since = new Map<string, Instant>();
  const note = (label: string, at: Instant) => {
    const reading = book.read(label);
    if (reading?.kind === "reason" && !since.has(reading.reason)) since.set(reading.reason, at);
  };
  for (const label of labels) note(label, issue.createdAt);
  const moves: Move[] = [
    { state: firstOf(labels, book) ?? "action_needed", from: issue.createdAt, own: false },
  ];
  for (const [i, event] of events.entries()) {
    const { type, label, at } = event;
    const reading = book.read(label);
    if (type === "labeled") labels.add(label);
    else labels.delete(label);
    if (!reading) continue;
    if (reading.kind === "reason") {
      if (type === "labeled") note(label, at);
      else if (!bears(labels, book, reading.label)) since.delete(reading.reason);
      continue;
    }
    const present = (moves.at(-1) as Move).state;
    let state: State | null = null;
    if (type === "labeled") state = reading.state === rivalOf(events, i, book) ? reading.state : null;
    else if (reading.state === present && !swapped(events, i, book)) {
      // The one that is left, or none at all.
      state = firstOf(labels, book) ?? "action_needed";
    }
    if (state === null || state === present) continue;
    const from = at - issue.createdAt <= BORN_MS ? issue.createdAt : at;
    moves.push({ state, from, own: own(event.actor) });
  }
  const stays = settled(moves);
  const held = stays.at(-1)?.state === "on_hold";
  const holds = held ? [...since].map(([reason, from]) => ({ reason, since: from })) : [];
  return { stays, holds: holds.sort((a, b) => a.since - b.since) };
}

const firstOf = (labels: Iterable<string>, book: LabelBook): State | undefined =>
  readLabels([...labels], book).states[0];

const bears = (labels: Iterable<string>, book: LabelBook, canonical: string): boolean =>
  [...labels].some((label) => book.read(label)?.label === canonical);

/** Of the state labels put on at one instant the earliest in the order of states is meant. */
function rivalOf(events: readonly LabelEvent[], i: number, book: LabelBook): State | undefined {
  const { at } = events[i] as LabelEvent;
  const rivals = new Set<State>();
  for (const event of events) {
    if (event.at !== at || event.type !== "labeled") continue;
    const reading = book.read(event.label);
    if (reading?.kind === "state") rivals.add(reading.state);
  }
  return STATES.find((state) => rivals.has(state));
}

/** Whether another state label is put on within the moment after this one was taken off. */
function swapped(events: readonly LabelEvent[], i: number, book: LabelBook): boolean {
  const { at } = events[i] as LabelEvent;
  return events
    .slice(i + 1)
    .some(
      (next) => next.type === "labeled" && next.at - at <= SWAP_MS && book.read(next.label)?.kind === "state",
    );
}

/** Without what daytwo put back, what lasted no time, and what goes on as before. */
function settled(moves: readonly Move[]): Stay[] {
  const kept: Move[] = [];
  for (const move of moves) {
    const last = kept.at(-1);
    const before = kept.at(-2);
    const back = move.own && last && !last.own && before?.state === move.state;
    if (back && move.from - last.from <= PUT_BACK_MS) kept.pop();
    else if (last?.from === move.from) {
      kept.pop();
      if (kept.at(-1)?.state !== move.state) kept.push(move);
    } else if (last?.state !== move.state) kept.push(move);
  }
  return kept.map(({ state, from }) => ({ state, from }));
}
