/**
 * Working days: which days somebody works, by country, region and the team's own closed and open days, and
 * counting in them.
 */
import type { Day } from "../../model.ts";
import { nearest } from "../text/nearest.ts";
import {
  countries,
  countryCode,
  hasHolidays,
  type Place,
  parseCountry,
  regionCode,
  regionsOf,
} from "./countries.ts";
import { boundsOf, type DayNumber, dayFrom, dayNumber, type Period, WEEKDAYS, weekdayOf } from "./days.ts";
import { holidayOn } from "./holidays.ts";
import { memo } from "./memo.ts";

export interface CalendarSpec {
  /** ISO 3166-1 alpha-2, in any case. */
  readonly country: string;
  /** A code that `regionsOf(country)` lists, in any case. */
  readonly region?: string;
  /** Days nobody works, whatever they are otherwise. */
  readonly closed?: readonly Day[];
  /** Days that are worked although they are a weekend or a holiday. A day both closed and open is closed. */
  readonly open?: readonly Day[];
}

export interface WorkCalendar {
  /** Equal for calendars of equal content: `US-NY`, followed by its closed and open days. */
  readonly id: string;
  isWorkingDay(day: Day): boolean;
  /** Why a day is not worked: `Thanksgiving Day`, `Saturday`, `closed`; null when it is worked. */
  whyNot(day: Day): string | null;
  /** `whyNot`, by day number. */
  reasonOff(day: DayNumber): string | null;
}

const SATURDAY_SUNDAY: readonly number[] = [6, 0];
const FRIDAY_SATURDAY: readonly number[] = [5, 6];

/**
 * Weekends that are not Saturday and Sunday, from CLDR 48 supplemental `weekData`, with these differences:
 * BD, MV and PS and three states of Malaysia keep Friday and Saturday, where CLDR says Saturday and Sunday;
 * IN and UG, where CLDR has Sunday alone, are Saturday and Sunday, the week that offices there work.
 */
const WEEKENDS: Readonly<Record<string, readonly number[]>> = {
  ...Object.fromEntries(
    "BD BH DZ EG IL IQ JO KW LY MV OM PS QA SA SD SY YE MY-02 MY-03 MY-11"
      .split(" ")
      .map((code) => [code, FRIDAY_SATURDAY]),
  ),
  AF: [4, 5],
  IR: [5],
};

/**
 * The calendar of a spec, the same object for the same content. `teamWide` closed and open days are added to
 * the spec's own.
 * @throws RangeError with the text of `unknownCalendar` when the country or region is not known, or when a
 * closed or open day is not a day
 */
export function calendarOf(
  spec: CalendarSpec,
  teamWide?: { readonly closed?: readonly Day[]; readonly open?: readonly Day[] },
): WorkCalendar {
  // Planning asks once for every hire, so the way to a known calendar is one key as written.
  const { country, region, closed, open } = spec;
  const asWritten = `${country} ${region} ${closed} ${open} ${teamWide?.closed} ${teamWide?.open}`;
  return calendarsAsWritten(asWritten, () => makeCalendar(spec, teamWide));
}
const calendarsAsWritten = memo<string, WorkCalendar>();

function makeCalendar(
  spec: CalendarSpec,
  teamWide?: { readonly closed?: readonly Day[]; readonly open?: readonly Day[] },
): WorkCalendar {
  const unknown = unknownCalendar(spec);
  if (unknown !== null) throw new RangeError(unknown);
  const country = countryCode(spec.country) as string;
  const region = spec.region === undefined ? null : regionCode(country, spec.region);
  const closed = sorted(spec.closed, teamWide?.closed);
  const open = sorted(spec.open, teamWide?.open);
  const place = region === null ? country : `${country}-${region}`;
  const id = [place, ...closed.map((day) => `-${day}`), ...open.map((day) => `+${day}`)].join(" ");
  return calendars(id, () => {
    const closedDays = new Set(closed.map(dayNumber));
    const openDays = new Set(open.map(dayNumber));
    const weekend = WEEKENDS[place] ?? WEEKENDS[country] ?? SATURDAY_SUNDAY;
    const reasons = new Map<DayNumber, string | null>();

    function why(day: DayNumber): string | null {
      if (closedDays.has(day)) return "closed";
      if (openDays.has(day)) return null;
      const weekday = weekdayOf(day);
      return (
        holidayOn(country, region, day) ?? (weekend.includes(weekday) ? (WEEKDAYS[weekday] as string) : null)
      );
    }
    function reasonOff(day: DayNumber): string | null {
      let reason = reasons.get(day);
      if (reason === undefined) {
        reason = why(day);
        reasons.set(day, reason);
      }
      return reason;
    }
    return {
      id,
      reasonOff,
      whyNot: (day) => reasonOff(dayNumber(day)),
      isWorkingDay: (day) => reasonOff(dayNumber(day)) === null,
    };
  });
}
const calendars = memo<string, WorkCalendar>();

function sorted(...lists: (readonly Day[] | undefined)[]): Day[] {
  return [...new Set(lists.flatMap((list) => list ?? []))].sort();
}

/**
 * What is wrong with a spec's country or region, with the nearest valid codes; null when both are known.
 * Closed and open days are not looked at.
 */
export function unknownCalendar(spec: CalendarSpec): string | null {
  const country = countryCode(spec.country);
  if (country === null) {
    const hint = parseCountry(spec.country)?.country ?? nearestPlace(spec.country, countries());
    return `"${spec.country}" is not a country code; write ISO 3166-1 alpha-2, like US or GB${didYouMean(hint, countries())}`;
  }
  if (spec.region === undefined || regionCode(country, spec.region) !== null) return null;
  const regions = regionsOf(country);
  if (regions.length === 0) {
    return `"${spec.region}" is not a region of ${country}: ${
      hasHolidays(country) ? "all of it keeps the same public holidays" : "its public holidays are not known"
    }; leave region out`;
  }
  const hint = parseCountry(`${country}, ${spec.region}`)?.region ?? nearestPlace(spec.region, regions);
  const some = regions.slice(0, 5).map(({ code }) => code);
  return `"${spec.region}" is not a region of ${country} with holidays of its own; write one of ${some.join(", ")}${
    regions.length > some.length ? ", …" : ""
  }, or leave region out${didYouMean(hint, regions)}`;
}

/** The code of the place whose code or name is nearest; of codes as near, one with the same first letter. */
function nearestPlace(text: string, places: readonly Place[]): string | null {
  const initial = text.trim().charAt(0).toUpperCase();
  const codes = new Map<string, string>();
  for (const { code, name } of places.toSorted((a, b) => rank(a) - rank(b)))
    codes.set(code, code).set(name, code);
  return codes.get(nearest(text, codes.keys()) ?? "") ?? null;

  function rank({ code }: Place): number {
    return code.startsWith(initial) ? 0 : 1;
  }
}

function didYouMean(code: string | null, places: readonly Place[]): string {
  const place = places.find((candidate) => candidate.code === code);
  return place === undefined ? "" : ` (did you mean ${place.code}, ${place.name}?)`;
}

/** The first working day on or after `day`. */
export function firstWorkingDay(calendar: WorkCalendar, day: Day): Day {
  return addWorkingDays(calendar, day, 0);
}

/** More than 270 years of working days: whoever asks for more has made a mistake. */
const MOST_DAYS = 70_000;

/**
 * `n` working days after the first working day on or after `day`; before it when `n` is negative. So Saturday
 * plus 0 is Monday, plus 1 Tuesday and minus 1 Friday, and adding `a` and then `b` is adding `a + b`.
 * @throws RangeError when `n` is not a whole number between −70,000 and 70,000
 */
export function addWorkingDays(calendar: WorkCalendar, day: Day, n: number): Day {
  if (!Number.isInteger(n) || Math.abs(n) > MOST_DAYS) {
    throw new RangeError(`${n} is not a number of working days; give a whole one up to ${MOST_DAYS}`);
  }
  let at = dayNumber(day);
  while (calendar.reasonOff(at) !== null) at++;
  const step = Math.sign(n);
  for (let left = Math.abs(n); left > 0; left--) {
    do at += step;
    while (calendar.reasonOff(at) !== null);
  }
  return dayFrom(at);
}

/**
 * How many working days `b` is after `a`: those from `a` on that are before `b`, negative when `b` is earlier.
 * For working days, `addWorkingDays(calendar, a, n)` is `b` exactly when this is `n`.
 */
export function workingDaysBetween(calendar: WorkCalendar, a: Day, b: Day): number {
  const [from, to, sign] = a <= b ? [dayNumber(a), dayNumber(b), 1] : [dayNumber(b), dayNumber(a), -1];
  let count = 0;
  for (let at = from; at < to; at++) if (calendar.reasonOff(at) === null) count++;
  return count === 0 ? 0 : sign * count;
}

/**
 * Day `n` of somebody who starts on `start`. Day one is the first working day on or after it, day `n` the
 * (n−1)th working day after that; counted in calendar days, day `n` is simply `start` + n − 1.
 * @param n 1 or more
 * @throws RangeError when `n` is not a whole number of at least 1
 */
export function dayTwo(start: Day, calendar: WorkCalendar, count: "working" | "calendar", n: number): Day {
  if (!Number.isInteger(n) || n < 1) {
    throw new RangeError(`there is no day ${n}; days are counted from 1, the first day`);
  }
  return count === "working" ? addWorkingDays(calendar, start, n - 1) : dayFrom(dayNumber(start) + n - 1);
}

/**
 * The working day `wd` of a period: −1 (WD-1) is its last working day, −2 the one before; 1 (WD+1) is the
 * first working day of the period after it. A count beyond the period goes on into its neighbours.
 * @throws RangeError for 0, since there is no WD0, and for what is not a whole number
 */
export function workingDayOf(calendar: WorkCalendar, period: Period, wd: number): Day {
  return workingDayAbout(calendar, boundsOf(period).last, wd);
}

/** `workingDayOf`, of any span of days that ends on `last`: a week has no other name for it. */
export function workingDayAbout(calendar: WorkCalendar, last: Day, wd: number): Day {
  if (!Number.isInteger(wd) || wd === 0) {
    throw new RangeError(`there is no WD${wd}; -1 is the last working day of a period, 1 the first after it`);
  }
  const next = dayFrom(dayNumber(last) + 1);
  return addWorkingDays(calendar, next, wd < 0 ? wd : wd - 1);
}
