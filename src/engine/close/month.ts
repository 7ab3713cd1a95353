/** When a month is closed: which month's issue is to be opened now, and until when it still is. */
import type { Day, Instant } from "../../model.ts";
import type { Close, Config } from "../config/schema.ts";
import { calendarOf, workingDayOf } from "../time/calendar.ts";
import { addDays, boundsOf, formatPeriod, type Period, periodOf, shiftPeriod } from "../time/days.ts";
import { dayOf, instantOf } from "../time/zones.ts";

/** A month as `2026-11`. */
export type Month = string;

/** The key under which a month's close is opened. */
export const closeKey = (month: Month): string => `close:${month}`;
export const CLOSE_KEY = /^close:([12]\d{3}-(?:0[1-9]|1[0-2]))$/;

/** Working days after the month's end until which a close that has no tasks may still be opened. */
const LATE_WD = 5;

export const monthPeriod = (month: Month): Period => ({
  year: Number(month.slice(0, 4)),
  month: Number(month.slice(5, 7)),
});

/** One more with each month. */
export const monthIndex = (month: Month): number =>
  Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1;

export const monthBefore = (month: Month): Month => formatPeriod(shiftPeriod(monthPeriod(month), -1));

export const monthOf = (day: Day): Month => formatPeriod(periodOf(day, "month"));

type Times = Pick<Config, "calendar" | "timezone">;

/** When the close of a month opens. */
export function opensAt(config: Times, close: Close, month: Month): Instant {
  const day = workingDayOf(calendarOf(config.calendar), monthPeriod(month), close.open);
  return instantOf(day, close.at, config.timezone);
}

/** The latest month whose close has come by an instant; null where there is none. */
export function latestMonth(config: Times, close: Close, now: Instant): Month | null {
  // A close that opens at WD-66 opens months ahead.
  let month = formatPeriod(shiftPeriod(periodOf(dayOf(now, config.timezone), "month"), 4));
  for (let back = 0; back < 12; back++, month = monthBefore(month)) {
    if (opensAt(config, close, month) <= now) return month;
  }
  return null;
}

/**
 * The month whose close is due to be open at an instant; null where none is. A late look still opens it, up to the
 * last due day of its tasks: after that nobody would close by it.
 * @param dues working days of the template's tasks, `WD+3`
 */
export function monthToOpen(
  config: Times,
  close: Close,
  dues: readonly string[],
  now: Instant,
): Month | null {
  const month = latestMonth(config, close, now);
  if (month === null) return null;
  const days = dues.length > 0 ? dues.map((wd) => Number(wd.slice(2))) : [LATE_WD];
  // Due days before it opens end with the day on which it opens.
  const last = Math.max(close.open, ...days);
  const end = addDays(workingDayOf(calendarOf(config.calendar), monthPeriod(month), last), 1);
  return now < instantOf(end, "00:00", config.timezone) ? month : null;
}

export const monthBounds = (month: Month) => boundsOf(monthPeriod(month));
