/** Dates, handles and e-mail addresses as people write them. Nothing is ever guessed. */
import type { Day, ForgeKind } from "../../model.ts";
import { WEEKDAYS } from "../time/days.ts";
import { readable } from "./readable.ts";
import { isHandle } from "./safe.ts";

/** A day, or what is wrong with the text and what to write instead: a sentence that quotes user text, so `inline` it. */
export type DateReading = { readonly day: Day } | { readonly fault: string };

const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** The place of a name among names, by its first three letters or more of them; "Sept" is one such. */
const named = (names: readonly string[], word: string) =>
  word.length < 3 ? -1 : names.findIndex((name) => name.toLowerCase().startsWith(word.toLowerCase()));

/** `24 November 2026`. */
const spoken = (year: number, month: number, day: number) => `${day} ${MONTHS[month - 1]} ${year}`;
const iso = (year: number, month: number, day: number): Day =>
  `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
const shown = (text: string) => `“${text.length > 40 ? `${text.slice(0, 39)}…` : text}”`;
const FORM = "write it as 2026-11-24 (year-month-day) or 24 November 2026";

/**
 * Reads a calendar day: `2026-11-24`, `24 November 2026`, `Nov 24th, 2026`, `Tuesday, 24 Nov 2026`, `24-Nov-2026`; a
 * time of day after it is dropped. Numbers alone in another order are a fault, and so are impossible dates, years
 * of two digits and a weekday that is not the date's.
 */
export function readDate(text: string): DateReading {
  const given = readable(text).replace(/\s+/g, " ");
  const fault = (why: string): DateReading => ({ fault: `${shown(given)} ${why}` });
  if (given === "") return { fault: `no date is given: ${FORM}` };

  const plainIso =
    /^(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s?(?:Z|UTC|[+-]\d{2}:?\d{2})?)?$/i.exec(
      given,
    );
  if (plainIso) return calendarDay(Number(plainIso[1]), Number(plainIso[2]), Number(plainIso[3]), -1, fault);

  const numbers = /^(\d{1,4})\s?[./-]\s?(\d{1,2})\s?[./-]\s?(\d{1,4})$/.exec(given);
  if (numbers) return fault(numbersOnly(Number(numbers[1]), Number(numbers[2]), Number(numbers[3])));

  const words = given
    .replace(/(?:,? at)?[ T]\d{1,2}(?::\d{2}){1,2}(?: ?[ap]\.?m\.?)?(?: ?(?:Z|UTC|GMT))?$/i, "")
    .split(/[\s,.()/–-]+/)
    .filter((word) => word !== "" && !/^(?:of|the)$/i.test(word));
  const weekdays = words.filter((word) => named(WEEKDAYS, word) >= 0);
  const rest = words.filter((word) => named(WEEKDAYS, word) < 0);
  const months = rest.filter((word) => named(MONTHS, word) >= 0);
  const figures = rest.filter((word) => named(MONTHS, word) < 0);
  const [monthName] = months;
  if (months.length !== 1 || weekdays.length > 1 || monthName === undefined)
    return fault(`is no date that can be read: ${FORM}`);

  const year = figures.find((word) => /^\d{4}$/.test(word));
  const days = figures.filter((word) => /^\d{1,2}(?:st|nd|rd|th)?$/i.test(word));
  if (figures.length !== days.length + (year === undefined ? 0 : 1))
    return fault(`is no date that can be read: ${FORM}`);
  if (year === undefined) return fault(`has no year of four digits: ${FORM}`);
  const [day] = days;
  if (days.length !== 1 || day === undefined) return fault(`is not one day: ${FORM}`);
  const weekday = weekdays[0] === undefined ? -1 : named(WEEKDAYS, weekdays[0]);
  return calendarDay(Number(year), named(MONTHS, monthName) + 1, Number.parseInt(day, 10), weekday, fault);
}

function calendarDay(
  year: number,
  month: number,
  day: number,
  weekday: number,
  fault: (why: string) => DateReading,
): DateReading {
  if (year < 1900) return fault(`has no year of four digits: ${FORM}`);
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) {
    return fault(`is no day of the calendar: check it, then ${FORM}`);
  }
  const real = date.getUTCDay();
  if (weekday >= 0 && weekday !== real) {
    return fault(
      `contradicts itself: ${spoken(year, month, day)} is a ${WEEKDAYS[real]}. Write ${iso(year, month, day)} if that is the day`,
    );
  }
  return { day: iso(year, month, day) };
}

/** Says which days a date of numbers alone could be. */
function numbersOnly(a: number, b: number, c: number): string {
  const [year, rest] = a > 999 ? [a, [c, b]] : [c, [a, b]];
  const [x = 0, y = 0] = rest;
  if (year < 1900) return `has no year of four digits: ${FORM}`;
  const exists = (month: number, day: number) =>
    "day" in calendarDay(year, month, day, -1, (why) => ({ fault: why }));
  const readings = [exists(y, x) ? [y, x] : null, exists(x, y) ? [x, y] : null]
    .filter((reading) => reading !== null)
    .map(([month = 0, day = 0]) => `${iso(year, month, day)} for ${spoken(year, month, day)}`);
  if (readings.length === 0) return `is no day of the calendar: check it, then ${FORM}`;
  return `is not read, since day and month can be mistaken: write ${[...new Set(readings)].join(" or ")}`;
}

/**
 * The one well-formed handle that a text is, without "@": `meri`, `@meri`, `[@meri](https://github.com/meri)`.
 * Null for anything else, which is then printed as text.
 */
export function readHandle(text: string, forge?: ForgeKind): string | null {
  const handle = readable(text).replace(/^@/, "");
  return isHandle(handle, forge) ? handle : null;
}

// HTML's own notion of an address, with letters of any script in it and a dot in the domain.
const EMAIL =
  /^[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]+@[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?(?:\.[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?)+$/u;

/**
 * The one e-mail address that a text is, as written: `ada@acme.com`, `<ada@acme.com>`, `Ada <ada@acme.com>`,
 * `mailto:ada@acme.com`, `[Ada](mailto:ada@acme.com)`. Null for anything else.
 */
export function readEmail(text: string): string | null {
  const target = /^\[[^[\]]*\]\(<?mailto:([^()\s<>?]+)[^()\s<>]*>?\)$/i.exec(text.trim())?.[1];
  const plain = target ?? readable(text);
  const bracketed = /^[^<>@]*<([^<>\s]+)>$/.exec(plain)?.[1];
  const address = (bracketed ?? plain).replace(/^mailto:/i, "");
  return address.length <= 254 && EMAIL.test(address) ? address : null;
}
