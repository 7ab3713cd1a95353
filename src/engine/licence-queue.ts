/**
 * Who waits for a seat of a system, and where seats that come free go: first in, first out by when the hold began.
 *
 * Seats are given out in two steps. First the issue that they came free on says, in the key of its section, whom
 * they go to; only then do those leave On Hold, and each says in its own section whose seat it got. So whoever dies
 * in between, no seat goes to two, and none to more than there were.
 */
import type { HistoryEvent, Instant, Issue } from "../model.ts";
import type { Config } from "./config/schema.ts";
import type { LabelBook } from "./lifecycle/states.ts";
import { perObject } from "./time/memo.ts";

/** A request that waits for a seat. */
export interface Waiting {
  readonly number: number;
  /** When its hold began; where the history does not tell, when it was opened. */
  readonly since: Instant;
}

/** What tells who waits. */
export interface QueueRules {
  readonly config: Pick<Config, "lifecycle">;
  readonly book: LabelBook;
  /** Whether a label was put on or taken off by somebody whose labels do not count: it will be put back. */
  readonly outsider: (event: Pick<HistoryEvent, "actor" | "at">) => boolean;
}

/** The hold reasons, by id, of those who wait for a system. */
export const reasonsOf = ({ lifecycle }: Pick<Config, "lifecycle">, system: string): string[] =>
  Object.entries(lifecycle.hold_reasons).flatMap(([id, reason]) => (reason.system === system ? [id] : []));

const waitedIn = perObject(({ hold_reasons }: Config["lifecycle"]): readonly string[] => [
  ...new Set(Object.values(hold_reasons).flatMap(({ system }) => system ?? [])),
]);

/** The systems that somebody may wait for. */
export const waitedFor = ({ lifecycle }: Pick<Config, "lifecycle">): readonly string[] => waitedIn(lifecycle);

/** The labels, as the issue has them, by which it waits for a system. */
export function labelsFor(
  system: string,
  { labels }: Pick<Issue, "labels">,
  { config, book }: Pick<QueueRules, "config" | "book">,
): string[] {
  const reasons = reasonsOf(config, system);
  return labels.filter((label) => {
    const reading = book.read(label);
    return reading?.kind === "reason" && reasons.includes(reading.reason);
  });
}

/** Whether a request waits for a system: open, held for it, and not called off. */
export function waits(
  system: string,
  issue: Pick<Issue, "state" | "labels">,
  rules: Pick<QueueRules, "config" | "book">,
): boolean {
  if (issue.state === "closed" || labelsFor(system, issue, rules).length === 0) return false;
  return !issue.labels.some((label) => {
    const reading = rules.book.read(label);
    if (reading?.kind === "state") return reading.state === "completed";
    return reading?.kind === "reason" && reading.reason === "cancelled";
  });
}

/**
 * When the hold for a system began, the latest one: a label taken off and put on again begins anew, unless it was
 * somebody outside the team who took it off. Null where only such a person has put it on.
 * @param history oldest first
 */
export function heldSince(
  system: string,
  { createdAt }: Pick<Issue, "createdAt">,
  history: readonly HistoryEvent[],
  { config, book, outsider }: QueueRules,
): Instant | null {
  const reasons = reasonsOf(config, system);
  const on = new Set<string>();
  let since: Instant | null = null;
  let stranger = false;
  for (const event of history) {
    if (event.type !== "labeled" && event.type !== "unlabeled") continue;
    const reading = book.read(event.label);
    if (reading?.kind !== "reason" || !reasons.includes(reading.reason)) continue;
    if (outsider(event)) {
      if (event.type === "labeled") stranger = true;
      continue;
    }
    if (event.type === "unlabeled") on.delete(event.label);
    else {
      if (on.size === 0) since = event.at;
      on.add(event.label);
    }
    if (on.size === 0) since = null;
  }
  if (since !== null) return since;
  return stranger ? null : createdAt;
}

/**
 * The requests that wait for a system, longest first.
 * @param issues requests, in any order; those that do not wait are passed over
 * @param history of a request, oldest first
 * @returns undefined while a history has not been read
 */
export function queueOf(
  system: string,
  issues: Iterable<Pick<Issue, "number" | "state" | "labels" | "createdAt">>,
  history: (number: number) => readonly HistoryEvent[] | undefined,
  rules: QueueRules,
): Waiting[] | undefined {
  const queue: Waiting[] = [];
  let whole = true;
  for (const issue of issues) {
    if (!waits(system, issue, rules)) continue;
    const events = history(issue.number);
    if (!events) {
      // All are asked for, so that they are read together.
      whole = false;
      continue;
    }
    const since = heldSince(system, issue, events, rules);
    if (since !== null) queue.push({ number: issue.number, since });
  }
  return whole ? queue.sort((a, b) => a.since - b.since || a.number - b.number) : undefined;
}

/** Seats that came free on an issue. */
export interface Freed {
  /** Tells it apart on its issue: the command that said so, or `revoked` for the box of a leaver's system. */
  readonly id: string;
  readonly system: string;
  readonly seats: number;
}

/** Whom they go to; fewer than there are seats where nobody else waited. */
export interface Allotted extends Freed {
  readonly to: readonly Waiting[];
}

/** A seat that a request got. */
export interface Seat {
  readonly system: string;
  /** When the hold began that it ended. */
  readonly since: Instant;
  /** Number of the issue it came free on, and its `id` there. */
  readonly from: number;
  readonly id: string;
}

/** What an issue's section holds: seats that came free here, and those it got itself. */
export interface Note {
  readonly freed: readonly Allotted[];
  readonly got: readonly Seat[];
}

export const REVOKED_ID = "revoked";

/** Holds are told apart by the second: histories tell no more. */
const second = (at: Instant): string => Math.floor(at / 1000).toString(36);
const instant = (text: string): Instant => Number.parseInt(text, 36) * 1000;
export const sameHold = (a: Instant, b: Instant): boolean => second(a) === second(b);

const FREED = /^freed (\S+) (\S+) (\d{1,6}) (\S*)$/;
const GOT = /^got (\S+) ([0-9a-z]+) (\d{1,15}) (\S+)$/;
const TO = /^(\d{1,15})\.([0-9a-z]{1,9})$/;
/** Notes of commands that are kept: boxes' stay for good, so that one ticked again frees nothing. */
const MOST_COMMANDS = 20;

export function readNote(key: string | null): Note {
  const freed: Allotted[] = [];
  const got: Seat[] = [];
  for (const line of (key ?? "").split("\n")) {
    const [, id = "", system = "", seats = "", list = ""] = FREED.exec(line) ?? [];
    if (id !== "") {
      const to = list.split("_").flatMap((one): Waiting[] => {
        const [, number, since] = TO.exec(one) ?? [];
        return since === undefined ? [] : [{ number: Number(number), since: instant(since) }];
      });
      freed.push({ id, system, seats: Number(seats), to });
    }
    const [, gotSystem = "", since = "", from = "", gotId = ""] = GOT.exec(line) ?? [];
    if (gotId !== "") got.push({ system: gotSystem, since: instant(since), from: Number(from), id: gotId });
  }
  return { freed, got };
}

export function writeNote({ freed, got }: Note): string {
  const commands = freed.filter(({ id }) => id !== REVOKED_ID);
  const old = new Set(commands.slice(0, Math.max(0, commands.length - MOST_COMMANDS)));
  return [
    ...freed
      .filter((one) => !old.has(one))
      .map(({ id, system, seats, to }) => {
        const list = to.map(({ number, since }) => `${number}.${second(since)}`).join("_");
        return `freed ${id} ${system} ${seats} ${list}`;
      }),
    ...got.map(({ system, since, from, id }) => `got ${system} ${second(since)} ${from} ${id}`),
  ].join("\n");
}

export const isSame = (a: Freed, b: Freed): boolean => a.id === b.id && a.system === b.system;

/**
 * Gives free seats to whoever waits longest.
 * @param queue longest first
 * @param taken whom seats go to already
 */
export function allot(
  freed: Freed,
  before: readonly Waiting[],
  queue: readonly Waiting[],
  taken: readonly Waiting[],
): Allotted {
  const gone = (one: Waiting) =>
    [...taken, ...before].some(({ number, since }) => number === one.number && sameHold(since, one.since));
  const next = queue.filter((one) => !gone(one)).slice(0, Math.max(0, freed.seats - before.length));
  return { ...freed, to: [...before, ...next] };
}
