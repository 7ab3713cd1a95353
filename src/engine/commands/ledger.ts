/** What the status comment remembers of commands, as the key of its section: how far they were read, and holds. */
import type { Day, Instant } from "../../model.ts";
import type { Freed } from "../licence-queue.ts";
import { plain } from "../text/safe.ts";
import { isDay } from "../time/days.ts";
import { instantOf } from "../time/zones.ts";

/** A hold with a date or a reason in words; its label alone says the rest. */
export interface Hold {
  /** Id of the hold reason. */
  readonly reason: string;
  readonly until: Day | null;
  readonly by: string;
  readonly because: string | null;
}

export interface Ledger {
  /** The last comment whose commands were carried out, by the forge's number; 0 where there was none yet. */
  readonly done: number;
  readonly holds: readonly Hold[];
  /** Seats that came free by a command, until they are given out. */
  readonly seats: readonly Freed[];
}

/** When a hold ends on its day, in the team's zone. */
const RESUME_AT = "09:00";
export const endOf = ({ until }: Hold, zone: string): Instant | null =>
  until === null ? null : instantOf(until, RESUME_AT, zone);

const LONGEST_BECAUSE = 300;
/** Words for keeping: one line, not endless. */
export function kept(because: string): string {
  const text = plain(because);
  return text.length > LONGEST_BECAUSE ? `${text.slice(0, LONGEST_BECAUSE - 1).toWellFormed()}…` : text;
}

const DONE = /^done:(\d{1,15})$/;
const SEATS = /^seats:(\S+) (\S+) (\d{1,4})$/;
const HOLD = /^hold:(\S+) (\S+) (\S+)(?: (.*))?$/;

/** Null for what is no such key: nothing has been read. */
export function readLedger(key: string | null): Ledger | null {
  const [first = "", ...rest] = (key ?? "").split("\n");
  const done = DONE.exec(first)?.[1];
  if (done === undefined) return null;
  const holds = rest.flatMap((line): Hold[] => {
    const [, reason = "", until = "", by = "", because] = HOLD.exec(line) ?? [];
    if (reason === "") return [];
    return [{ reason, until: isDay(until) ? until : null, by, because: because ?? null }];
  });
  const seats = rest.flatMap((line): Freed[] => {
    const [, id = "", system = "", count = ""] = SEATS.exec(line) ?? [];
    return id === "" ? [] : [{ id, system, seats: Number(count) }];
  });
  return { done: Number(done), holds, seats };
}

export function writeLedger({ done, holds, seats }: Ledger): string {
  const lines = holds.map(
    ({ reason, until, by, because }) =>
      `hold:${reason} ${until ?? "-"} ${by}${because === null ? "" : ` ${because}`}`,
  );
  const freed = seats.map((one) => `seats:${one.id} ${one.system} ${one.seats}`);
  return [`done:${done}`, ...lines, ...freed].join("\n");
}
