/**
 * The two working-time clocks of a request, told from its stays in each state. What they mean is written down
 * in docs/metrics.md.
 */
import type { Instant, Issue } from "../../model.ts";
import type { Config } from "../config/schema.ts";
import type { Stay } from "../lifecycle/standing.ts";
import type { State } from "../lifecycle/states.ts";
import { calendarOf } from "../time/calendar.ts";
import { addWorkingMs, type WorkClock, workingMs } from "../time/clock.ts";
import { parseDuration } from "../time/duration.ts";
import { perObject } from "../time/memo.ts";

export const CLOCKS = ["first_action", "done"] as const;
/** As in `requests.sla`. */
export type ClockName = (typeof CLOCKS)[number];

/** Whose time counts, and how much of it there is; lengths in working milliseconds. */
export interface ClockTerms {
  readonly time: WorkClock;
  readonly allowance: Readonly<Record<ClockName, number>>;
}

export interface ClockReading {
  readonly clock: ClockName;
  readonly running: boolean;
  /** When the run that is told of began. */
  readonly since: Instant;
  readonly spent: number;
  /** What is left of the allowance, negative after a breach. */
  readonly left: number;
  /** When the allowance is, or was, used up if the clock keeps running; null while it stands still unbreached. */
  readonly dueAt: Instant | null;
  readonly breachedAt: Instant | null;
}

/** What a request has lived through. */
export interface Lived extends Pick<Issue, "createdAt" | "closedAt"> {
  /** Oldest first, as `Standing.stays` has them. */
  readonly stays: readonly Stay[];
}

/** The clock of the team, and its allowances. */
export const clockTerms = perObject(
  ({ calendar, timezone, hours, requests: { sla } }: Config): ClockTerms => {
    const length = (text: string) => parseDuration(text, hours) ?? 0;
    return {
      time: { calendar: calendarOf(calendar), zone: timezone, hours },
      allowance: { first_action: length(sla.first_action), done: length(sla.done) },
    };
  },
);

/** A time spent in one state, from its begin to its end or to now. */
export interface Span {
  readonly state: State;
  readonly from: Instant;
  readonly to: Instant;
}

/** The stays with their ends: from the opening of the request up to now, or to its closing. */
export function spans({ stays, createdAt, closedAt }: Lived, now: Instant): Span[] {
  const end = Math.max(createdAt, Math.min(now, closedAt ?? now));
  const within = (at: Instant) => Math.min(Math.max(at, createdAt), end);
  const begun = stays.filter(({ from }, i) => i === 0 || from <= now);
  return begun.map(({ state, from }, i) => ({
    state,
    from: within(from),
    to: within(begun[i + 1]?.from ?? end),
  }));
}

/**
 * Where both clocks stand at `now`. `first_action` tells of the last wait in Action Needed, and is null where the
 * request has never been in it.
 */
export function readClocks(
  lived: Lived,
  now: Instant,
  terms: ClockTerms,
): { readonly first_action: ClockReading | null; readonly done: ClockReading } {
  const all = spans(lived, now);
  const ended = lived.closedAt !== null && lived.closedAt <= now;
  const wait = lastWait(all);
  return {
    first_action: wait && read("first_action", wait, ended, terms),
    done: read("done", all, ended, terms),
  };
}

/** In which states a clock runs. */
const RUNS: Readonly<Record<ClockName, readonly State[]>> = {
  first_action: ["action_needed"],
  done: ["action_needed", "in_progress"],
};

/** The last wait in Action Needed, holds and what came after it included: it ends when somebody takes it up. */
function lastWait(all: readonly Span[]): readonly Span[] | null {
  const last = all.findLastIndex(({ state }) => state === "action_needed");
  if (last < 0) return null;
  const before = all.slice(0, last);
  const taken = before.findLastIndex(({ state }) => state !== "action_needed" && state !== "on_hold");
  const first = all.findIndex(({ state }, i) => i > taken && state === "action_needed");
  return all.slice(first);
}

function read(
  clock: ClockName,
  all: readonly Span[],
  ended: boolean,
  { time, allowance }: ClockTerms,
): ClockReading {
  const limit = allowance[clock];
  const runs = ({ state }: Span) => RUNS[clock].includes(state);
  const last = all.at(-1) as Span;
  const running = !ended && runs(last);
  let spent = 0;
  let breachedAt: Instant | null = null;
  for (const span of all) {
    if (!runs(span)) continue;
    const more = workingMs(time, span.from, span.to);
    if (breachedAt === null && spent + more >= limit) {
      const at = spent >= limit ? span.from : addWorkingMs(time, span.from, limit - spent);
      // What ends at the very instant was in time.
      if (at < span.to || (running && span === last)) breachedAt = at;
    }
    spent += more;
  }
  const left = limit - spent;
  const dueAt = breachedAt ?? (running ? addWorkingMs(time, last.to, left) : null);
  return { clock, running, since: (all[0] as Span).from, spent, left, dueAt, breachedAt };
}

/**
 * A lower bound that needs no history: no clock of these, of a request opened then, has used up `share` of its
 * allowance before this instant.
 */
export const soonest = (
  { time, allowance }: ClockTerms,
  clocks: readonly ClockName[],
  createdAt: Instant,
  share = 1,
): Instant =>
  addWorkingMs(time, createdAt, Math.floor(Math.min(...clocks.map((clock) => allowance[clock])) * share));
