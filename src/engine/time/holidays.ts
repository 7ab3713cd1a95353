/**
 * Public holidays as days off, from date-holidays (data CC-BY-3.0). A look-up there costs 0.7 ms, so the days
 * of a country, region and year are worked out once.
 */
import Holidays from "date-holidays";
import { hasHolidays } from "./countries.ts";
import { DAY_MS, type DayNumber, dayFrom, HOUR_MS } from "./days.ts";
import { memo } from "./memo.ts";

/**
 * Only type `public` counts, its substitute days included. A holiday takes a day off when it covers the usual
 * working day, 09:00 to 17:00 by the wall clock: half holidays from noon, 14:00 or in the evening do not, and
 * neither does the last afternoon of a festival that ends at noon.
 */
const USUAL_FROM = 9 * HOUR_MS;
const USUAL_TO = 17 * HOUR_MS;

/** No public holiday in date-holidays lasts longer than this many days (Incwala, six days from 28 December). */
const LONGEST = 10;

/** Outside these years date-holidays knows nothing worth having, and fails for some calendars. */
const FIRST_YEAR = 1900;
const LAST_YEAR = 3000;

/**
 * The English name of the public holiday that makes a day one off, or null.
 * @param country canonical ISO 3166-1 alpha-2 code
 * @param region canonical region code of that country, or null
 */
export function holidayOn(country: string, region: string | null, day: DayNumber): string | null {
  const text = dayFrom(day);
  const year = Number(text.slice(0, 4));
  if (!hasHolidays(country) || year < FIRST_YEAR || year > LAST_YEAR) return null;
  const own = daysOff(country, region, year).get(day);
  if (own !== undefined) return own;
  // A holiday that began in the old year may reach into the new one.
  if (text.slice(5, 7) !== "01" || Number(text.slice(8)) > LONGEST) return null;
  return daysOff(country, region, year - 1).get(day) ?? null;
}

/** All days off that holidays beginning in `year` bring. */
function daysOff(country: string, region: string | null, year: number): ReadonlyMap<DayNumber, string> {
  return years(`${country}-${region} ${year}`, () => readDaysOff(almanacOf(country, region), year));
}
const years = memo<string, ReadonlyMap<DayNumber, string>>();

function readDaysOff({ holidays, language }: Almanac, year: number): ReadonlyMap<DayNumber, string> {
  const days = new Map<DayNumber, string>();
  for (const holiday of holidays.getHolidays(year, language)) {
    if (holiday.type !== "public") continue;
    const [start, end] = wallClockSpan(holiday.date, holiday.end.getTime() - holiday.start.getTime());
    for (let day = Math.floor(start / DAY_MS); day * DAY_MS < end; day++) {
      const covers = start <= day * DAY_MS + USUAL_FROM && end >= day * DAY_MS + USUAL_TO;
      if (covers && !days.has(day)) days.set(day, holiday.name);
    }
  }
  return days;
}

/**
 * Start and end by the wall clock, as if it were UTC: exact to the hour that daylight saving may add.
 * `date` is `YYYY-MM-DD hh:mm:ss`, with ` -0600` after it when the holiday begins at six the evening before,
 * as Islamic and Jewish ones do.
 */
function wallClockSpan(date: string, length: number): [number, number] {
  const midnight = Date.parse(`${date.slice(0, 10)}T00:00Z`);
  const start = midnight + (Number(date.slice(11, 13)) + Number(date.slice(20, 23))) * HOUR_MS;
  return [start, start + length];
}

interface Almanac {
  readonly holidays: Holidays;
  readonly language: string;
}

function almanacOf(country: string, region: string | null): Almanac {
  return almanacs(`${country}-${region}`, () => {
    const [state, part] = region === null ? [] : (region.split("-") as [string, string?]);
    // date-holidays takes the absent ones as undefined; its types do not say so.
    const holidays = new Holidays(country, state as string, part as string, { types: ["public"] });
    // "Labor Day" in the US, but "Labour Day" elsewhere: the country's own English comes first.
    const language = holidays.getLanguages().find((tag) => tag.startsWith("en")) ?? "en";
    return { holidays, language };
  });
}
const almanacs = memo<string, Almanac>();
