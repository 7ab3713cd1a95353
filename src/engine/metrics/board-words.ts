/** How the board's numbers are put into words, the same in the issue and on the page. */
import type { Config } from "../config/schema.ts";
import { dayLength, type WorkHours } from "../time/clock.ts";
import { HOUR_MS } from "../time/days.ts";
import type { Board, Need, Row } from "./board.ts";

/** `45 min`, `3 h`, `2.5 d`: working time, a day being as long as `hours`. */
export function duration(hours: number, day: WorkHours): string {
  const length = dayLength(day) / HOUR_MS;
  if (hours >= length) return `${oneDigit(hours / length)} d`;
  return hours >= 1 ? `${oneDigit(hours)} h` : `${Math.round(hours * 60)} min`;
}

const oneDigit = (n: number): string => String(Math.round(n * 10) / 10);

const CLOCK_NAMES = { first_action: "first action", done: "completion" } as const;
export const clockName = (clock: keyof typeof CLOCK_NAMES): string => CLOCK_NAMES[clock];

/** Why something needs somebody, in a few words. */
export function needText({ why, clock, hours }: Need, day: WorkHours): string {
  const name = clock === null ? "" : clockName(clock);
  switch (why) {
    case "breached":
      return `${name} is ${duration(-hours, day)} overdue`;
    case "due":
      return `${name} is due in ${duration(hours, day)}`;
    case "unassigned":
      return `nobody has taken it for ${duration(hours, day)}`;
    case "no-reason":
      return `On Hold for ${duration(hours, day)} without a reason`;
  }
}

/** Names for ids, as people know them. */
export interface Names {
  readonly system: (id: string) => string;
  /** The label of a hold reason. */
  readonly reason: (id: string) => string;
  readonly person: (handle: string) => string;
}

export function namesOf({ systems, lifecycle, team }: Config): Names {
  const people = new Map(team.map(({ handle, name }) => [handle.toLowerCase(), name]));
  return {
    system: (id) => systems.get(id)?.name ?? id,
    reason: (id) => lifecycle.hold_reasons[id]?.label ?? id,
    person: (handle) => people.get(handle.toLowerCase()) ?? handle,
  };
}

export const rowsByNumber = ({ requests }: Board): ReadonlyMap<number, Row> =>
  new Map(requests.map((row) => [row.issue, row]));
