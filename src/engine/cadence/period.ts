/** The periods of a cadence, and when the issue of each opens. */
import type { Day, Instant } from "../../model.ts";
import type { Cadence, Config } from "../config/schema.ts";
import { addWorkingDays, calendarOf, type WorkCalendar, workingDayAbout } from "../time/calendar.ts";
import { addDays, boundsOf, DAY_MS, dayNumber, formatPeriod, periodOf, WEEKDAYS } from "../time/days.ts";
import { isoWeek, mondayOf } from "../time/weeks.ts";
import { dayOf, instantOf } from "../time/zones.ts";

export type Every = Cadence["every"];

/** One day, week, month, quarter or year. */
export interface Span {
  /** `2026-11-24`, `2026-W48`, `2026-11`, `2026-Q4` or `2026`. */
  readonly name: string;
  readonly from: Day;
  readonly to: Day;
  /** One more with each period of the kind. */
  readonly index: number;
}

/** The period that a day lies in. */
export function spanOf(day: Day, every: Every): Span {
  if (every === "day") return { name: day, from: day, to: day, index: dayNumber(day) };
  if (every === "week") {
    const from = mondayOf(day);
    return { name: isoWeek(day), from, to: addDays(from, 6), index: Math.floor((dayNumber(from) + 3) / 7) };
  }
  const period = periodOf(day, every);
  const { first, last } = boundsOf(period);
  const { year, month, quarter } = period;
  const index =
    month !== undefined ? year * 12 + month - 1 : quarter !== undefined ? year * 4 + quarter - 1 : year;
  return { name: formatPeriod(period), from: first, to: last, index };
}

export const spanAfter = (span: Span, every: Every): Span => spanOf(addDays(span.to, 1), every);
export const spanBefore = (span: Span, every: Every): Span => spanOf(addDays(span.from, -1), every);

/** The key under which the issue of a period is opened. */
export const cadenceKey = ({ template }: Pick<Cadence, "template">, { name }: Span): string =>
  `cadence:${template}:${name}`;

type Times = Pick<Config, "calendar" | "timezone">;

/**
 * The day on which the issue of a period opens; null for a period without a working day. A weekday that is a day off
 * moves to the next working day of its week, or else to the last one before it.
 */
export function openingDay(config: Times, { every, on }: Cadence, span: Span): Day | null {
  const calendar = calendarOf(config.calendar);
  if (every === "day") return calendar.isWorkingDay(span.from) ? span.from : null;
  if (typeof on === "number") return workingDayAbout(calendar, span.to, on);
  return dayInWeek(
    calendar,
    span,
    WEEKDAYS.findIndex((name) => name.slice(0, 3).toUpperCase() === on),
  );
}

/** @param weekday 0 is Sunday, the last day of a week; one that is not known counts as Monday */
function dayInWeek(calendar: WorkCalendar, { from, to }: Span, weekday: number): Day | null {
  const wanted = addDays(from, weekday === 0 ? 6 : Math.max(0, weekday - 1));
  for (let day = wanted; day <= to; day = addDays(day, 1)) if (calendar.isWorkingDay(day)) return day;
  for (let day = wanted; day >= from; day = addDays(day, -1)) if (calendar.isWorkingDay(day)) return day;
  return null;
}

export interface Occasion {
  readonly span: Span;
  readonly day: Day;
  readonly opens: Instant;
}

function occasionOf(config: Times, cadence: Cadence, span: Span): Occasion | null {
  const day = openingDay(config, cadence, span);
  return day === null ? null : { span, day, opens: instantOf(day, cadence.at, config.timezone) };
}

/** Periods ahead of the present one in which one may open already: WD-66 of a month is three months before its end. */
const AHEAD: Readonly<Record<Every, number>> = { day: 0, week: 0, month: 4, quarter: 1, year: 0 };
/** Periods without a working day in a row. */
const MOST_EMPTY = 40;

/** The latest occasion that has come by an instant; null where there is none. */
export function latestOccasion(config: Times, cadence: Cadence, now: Instant): Occasion | null {
  const { every } = cadence;
  let span = spanOf(dayOf(now, config.timezone), every);
  for (let i = 0; i < AHEAD[every]; i++) span = spanAfter(span, every);
  for (let i = 0; i < AHEAD[every] + MOST_EMPTY; i++, span = spanBefore(span, every)) {
    const occasion = occasionOf(config, cadence, span);
    if (occasion && occasion.opens <= now) return occasion;
  }
  return null;
}

/** The next occasion after another. */
export function nextOccasion(
  config: Times,
  cadence: Cadence,
  { span }: Pick<Occasion, "span">,
): Occasion | null {
  let next = spanAfter(span, cadence.every);
  for (let i = 0; i < MOST_EMPTY; i++, next = spanAfter(next, cadence.every)) {
    const occasion = occasionOf(config, cadence, next);
    if (occasion) return occasion;
  }
  return null;
}

/** Working days after its day on which an issue that was missed still opens, though its period is over. */
const LATE_DAYS = 5;
/**
 * No issue opens later than this: lists have closed issues that changed within a month, so up to then it can be seen
 * that there is one already.
 */
const MOST_LATE_MS = 30 * DAY_MS;

/**
 * Whether the issue of an occasion still opens at an instant: during its period, and a few working days after its day.
 * A cadence that is new opens nothing for periods that are over.
 */
export function stillOpens(config: Times, cadence: Cadence, occasion: Occasion, now: Instant): boolean {
  const { span, day, opens } = occasion;
  if (now < opens || now - opens > MOST_LATE_MS) return false;
  const grace = cadence.every === "day" ? day : addWorkingDays(calendarOf(config.calendar), day, LATE_DAYS);
  const end = addDays([span.to, grace].toSorted().at(-1) ?? day, 1);
  return now < instantOf(end, "00:00", config.timezone);
}
