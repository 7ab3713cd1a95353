/** A hire, read from the body of an onboarding issue, with the days that follow from it. */
import type { Day, Instant } from "../model.ts";
import type { Config, Onboarding } from "./config/schema.ts";
import { readFields } from "./text/fields.ts";
import { code, inline, plain, type SafeText, safe } from "./text/safe.ts";
import { readDate, readEmail, readHandle } from "./text/values.ts";
import { calendarOf, dayTwo, type WorkCalendar } from "./time/calendar.ts";
import { parseCountry } from "./time/countries.ts";
import { isDay } from "./time/days.ts";
import { instantOf, zoneOf } from "./time/zones.ts";

/** A person to come. Texts are one line each, without controls; they are still a person's words. */
export interface Hire {
  readonly name: string;
  /** As written; and as an address where it is one. */
  readonly email: string | null;
  readonly address: string | null;
  readonly role: string;
  readonly department: string | null;
  readonly region: string | null;
  /** As written; and as a handle where it is one. */
  readonly manager: string | null;
  readonly managerHandle: string | null;
  readonly start: Day;
  /** The day the access request is due, in the hire's calendar. */
  readonly day: Day;
  /** The minute it is due. */
  readonly due: Instant;
  /** Where the hire works. */
  readonly zone: string;
  /** Whose clock `due` is told by: the hire's or the team's. */
  readonly dueZone: string;
  /** As written. */
  readonly country: string | null;
  readonly calendar: WorkCalendar;
}

/** A field nobody can work with as it stands. */
export interface HireFault {
  /** The heading, as the configuration names it. */
  readonly field: string;
  /** What stands there, shortened; null when nothing does. */
  readonly found: string | null;
  readonly expected: string;
  readonly example: string;
}

export const faultText = ({ field, found, expected, example }: HireFault): string =>
  found === null
    ? `"${field}" is missing: write ${expected}, for example ${example}.`
    : `"${field}" reads "${found}": write ${expected}, for example ${example}.`;

/** For a list in a comment. */
export const faultLine = ({ field, found, expected, example }: HireFault): SafeText =>
  found === null
    ? safe`- **${inline(field)}** is missing. Write ${inline(expected)}, for example ${code(example)}.`
    : safe`- **${inline(field)}** reads ${code(found)}. Write ${inline(expected)}, for example ${code(example)}.`;

/** Longer answers are shortened: an issue, its title and its comments have to hold them. */
const LONGEST = 500;
const LONGEST_FOUND = 80;

/**
 * @returns the hire, or every field that is missing or unreadable. Name, role and start are required; zone and
 * country must be readable where they are given, since the day depends on them.
 */
export function readHire(
  body: string,
  config: Config,
  onboarding: Onboarding,
): { readonly hire: Hire } | { readonly faults: readonly HireFault[] } {
  const { fields } = onboarding;
  const given = readFields(body, fields);
  const text = (name: keyof typeof fields): string | null => oneLine(given[name]?.value ?? "", LONGEST);
  const faults: HireFault[] = [];
  const fault = (name: keyof typeof fields, expected: string, example: string): void => {
    const found = oneLine(given[name]?.value ?? "", LONGEST_FOUND);
    faults.push({ field: fields[name], found, expected, example });
  };

  const name = text("name");
  if (name === null) fault("name", "the hire's name", "Ada Lovelace");
  const role = text("role");
  if (role === null) fault("role", "the role as your baselines name it", "Account Executive");
  const started = text("start");
  const date = started === null ? null : readDate(started);
  const start = date && "day" in date && isDay(date.day) ? date.day : null;
  if (start === null) fault("start", DATE, DATE_EXAMPLE);
  const zoneText = text("timezone");
  const zone = zoneText === null ? config.timezone : zoneOf(zoneText);
  if (zone === null) fault("timezone", ZONE, "Europe/London");
  const countryText = text("country");
  const country = countryText === null ? config.calendar : parseCountry(countryText);
  if (country === null) fault("country", COUNTRY, "DE-BY");
  if (name === null || role === null || start === null || zone === null || country === null) {
    return { faults };
  }

  const calendar = calendarOf(country, config.calendar);
  const { day: count, count: how, at, in: where } = onboarding.open_on;
  const day = dayTwo(start, calendar, how, count);
  const dueZone = where === "hire" ? zone : config.timezone;
  const manager = text("manager");
  const email = text("email");
  return {
    hire: {
      name,
      role,
      email,
      // A link's target is only in what was written.
      address: email === null ? null : readEmail(given.email?.raw ?? email),
      department: text("department"),
      region: text("region"),
      manager,
      managerHandle: manager === null ? null : readHandle(given.manager?.raw ?? manager),
      start,
      day,
      due: instantOf(day, at, dueZone),
      zone,
      dueZone,
      country: countryText,
      calendar,
    },
  };
}

/** A text shortened to one line; null where nothing is left that anybody could read. */
export function oneLine(text: string, longest: number): string | null {
  const line = plain(text);
  if (line === "") return null;
  if (line.length <= longest) return line;
  return `${line
    .slice(0, longest - 1)
    .toWellFormed()
    .trimEnd()}…`;
}

const DATE = "a date as YYYY-MM-DD, or with its month as an English word";
const DATE_EXAMPLE = "2026-11-23";
const ZONE = "an IANA time zone";
const COUNTRY = "a country as its ISO 3166 code or English name, with a subdivision if need be";
