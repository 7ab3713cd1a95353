/**
 * Calendar days and the periods made of them. A `Day` is a `YYYY-MM-DD` string without a zone; where many
 * days are counted, a day is its number since 1970-01-01, which adds and compares as a plain number.
 */
import type { Day } from "../../model.ts";
import { memo } from "./memo.ts";

/** Days since 1970-01-01. */
export type DayNumber = number;

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
/** The length of a day of no zone in particular; a day in a zone may be an hour longer or shorter. */
export const DAY_MS = 86_400_000;

export const WEEKDAYS = [
  "Sunday",
  "Monday",
  "Tuesday",
  "Wednesday",
  "Thursday",
  "Friday",
  "Saturday",
] as const;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

const DAY = /^([1-9]\d{3})-(\d\d)-(\d\d)$/;

/**
 * Whether `text` is a day somebody may mean: one that exists, written `YYYY-MM-DD`, of the years 1900 to 2999.
 * Counting from such a day stays within the four-digit years that a `Day` can have.
 */
export function isDay(text: string): boolean {
  return numberOf(text) !== null && text >= "1900" && text < "3000";
}

/** Whether `text` is an instant somebody may mean: milliseconds, up to the year 2999. */
export function isInstant(text: string): boolean {
  return /^\d{1,14}$/.test(text) && Number(text) < LAST_INSTANT;
}
const LAST_INSTANT = Date.UTC(3000, 0, 1);

/** The day in the first of `keys` that begins so; null where there is none, or somebody has written something else there. */
export function dayAfter(start: string, keys: readonly string[]): Day | null {
  const day = keys.find((key) => key.startsWith(start))?.slice(start.length);
  return day !== undefined && isDay(day) ? day : null;
}

/**
 * The number of a day.
 * @throws RangeError when `day` is not a `YYYY-MM-DD` that exists
 */
export function dayNumber(day: Day): DayNumber {
  return numbers(day, () => {
    const number = numberOf(day);
    if (number === null) {
      throw new RangeError(`"${day}" is not a day; write an existing one as YYYY-MM-DD, like 2026-11-24`);
    }
    return number;
  });
}
const numbers = memo<Day, DayNumber>();

function numberOf(text: string): DayNumber | null {
  const match = DAY.exec(text);
  if (match === null) return null;
  const [, year, month, day] = match.map(Number) as [number, number, number, number];
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null;
  return Date.UTC(year, month - 1, day) / DAY_MS;
}

/** The day of a number. */
export function dayFrom(number: DayNumber): Day {
  return days(number, () => new Date(number * DAY_MS).toISOString().slice(0, 10));
}
const days = memo<DayNumber, Day>();

/** `month` is 1 to 12. */
export function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** 0 is Sunday. */
export function weekdayOf(number: DayNumber): number {
  // 1970-01-01 was a Thursday; the double remainder keeps days before it positive.
  return (((number + 4) % 7) + 7) % 7;
}

/** `n` calendar days later, or earlier when negative. */
export function addDays(day: Day, n: number): Day {
  return dayFrom(dayNumber(day) + n);
}

/** For people: `Tue 24 Nov 2026`. */
export function formatDay(day: Day): string {
  const weekday = WEEKDAYS[weekdayOf(dayNumber(day))] as string;
  const month = MONTHS[Number(day.slice(5, 7)) - 1] as string;
  return `${weekday.slice(0, 3)} ${Number(day.slice(8))} ${month} ${day.slice(0, 4)}`;
}

/** A calendar month (`month` 1 to 12), quarter (`quarter` 1 to 4) or, with neither, year. Never both. */
export interface Period {
  readonly year: number;
  readonly month?: number;
  readonly quarter?: number;
}

export type PeriodUnit = "month" | "quarter" | "year";

/** The period that a day lies in. */
export function periodOf(day: Day, unit: PeriodUnit): Period {
  dayNumber(day);
  const year = Number(day.slice(0, 4));
  const month = Number(day.slice(5, 7));
  if (unit === "month") return { year, month };
  if (unit === "quarter") return { year, quarter: Math.ceil(month / 3) };
  return { year };
}

/**
 * First and last day of a period.
 * @throws RangeError when the month is not 1 to 12 or the quarter not 1 to 4
 */
export function boundsOf(period: Period): { readonly first: Day; readonly last: Day } {
  const [start, months] = span(period);
  const pad = (n: number) => String(n).padStart(2, "0");
  const end = start + months - 1;
  return {
    first: `${period.year}-${pad(start)}-01`,
    last: `${period.year}-${pad(end)}-${pad(daysInMonth(period.year, end))}`,
  };
}

/** The period `n` after this one of the same kind; before it when negative. */
export function shiftPeriod(period: Period, n: number): Period {
  const [start, months] = span(period);
  const index = period.year * 12 + start - 1 + n * months;
  const year = Math.floor(index / 12);
  const month = index - year * 12 + 1;
  if (period.month !== undefined) return { year, month };
  if (period.quarter !== undefined) return { year, quarter: Math.ceil(month / 3) };
  return { year };
}

/** A period's name, good as a key: `2026-11`, `2026-Q4`, `2026`. */
export function formatPeriod(period: Period): string {
  if (period.month !== undefined) return `${period.year}-${String(period.month).padStart(2, "0")}`;
  return period.quarter === undefined ? String(period.year) : `${period.year}-Q${period.quarter}`;
}

/** First month and number of months. */
function span({ year, month, quarter }: Period): [number, number] {
  const within = (n: number, max: number) => Number.isInteger(n) && n >= 1 && n <= max;
  if (within(year, 9999)) {
    if (month === undefined && quarter === undefined) return [1, 12];
    if (quarter === undefined && within(month as number, 12)) return [month as number, 1];
    if (month === undefined && within(quarter as number, 4)) return [(quarter as number) * 3 - 2, 3];
  }
  throw new RangeError(
    `${JSON.stringify({ year, month, quarter })} is not a period; give a year with a month of 1 to 12, or a quarter of 1 to 4, or neither`,
  );
}
