/** A hire, read from the body of an onboarding issue, with the days that follow from it. */
import type { Day, Instant } from "../model.ts";
import type { Config, Onboarding } from "./config/schema.ts";
import { readFields } from "./text/fields.ts";
import { readDate, readEmail, readHandle } from "./text/values.ts";
import { calendarOf, dayTwo, type WorkCalendar } from "./time/calendar.ts";
import { parseCountry } from "./time/countries.ts";
import { instantOf, zoneOf } from "./time/zones.ts";

export interface Hire {
  readonly name: string;
  readonly email: string | null;
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
  readonly zone: string;
  /** As written. */
  readonly country: string | null;
  readonly calendar: WorkCalendar;
}

/** A field nobody can work with as it stands. */
export interface HireFault {
  /** The heading, as the configuration names it. */
  readonly field: string;
  /** What stands there; null when nothing does. */
  readonly found: string | null;
  readonly expected: string;
  readonly example: string;
}

export const faultText = ({ field, found, expected, example }: HireFault): string =>
  found === null
    ? `"${field}" is missing: write ${expected}, for example ${example}.`
    : `"${field}" reads "${found}": write ${expected}, for example ${example}.`;

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
  const text = (name: keyof typeof fields): string | null => given[name]?.value ?? null;
  const faults: HireFault[] = [];
  const required = (name: keyof typeof fields, expected: string, example: string): string => {
    const value = text(name);
    if (value === null) faults.push({ field: fields[name], found: null, expected, example });
    return value ?? "";
  };

  const name = required("name", "the hire's name", "Ada Lovelace");
  const role = required("role", "the role as your baselines name it", "Account Executive");
  const started = required("start", DATE, DATE_EXAMPLE);
  const date = started === "" ? null : readDate(started);
  if (date && "fault" in date) {
    faults.push({ field: fields.start, found: started, expected: DATE, example: DATE_EXAMPLE });
  }
  const zoneText = text("timezone");
  const zone = zoneText === null ? config.timezone : zoneOf(zoneText);
  if (zone === null) {
    faults.push({ field: fields.timezone, found: zoneText, expected: ZONE, example: "Europe/London" });
  }
  const countryText = text("country");
  const country = countryText === null ? config.calendar : parseCountry(countryText);
  if (country === null) {
    faults.push({ field: fields.country, found: countryText, expected: COUNTRY, example: "DE-BY" });
  }
  if (faults.length > 0 || zone === null || country === null || !date || "fault" in date) return { faults };

  const calendar = calendarOf(country, config.calendar);
  const { day: count, count: how, at, in: where } = onboarding.open_on;
  const day = dayTwo(date.day, calendar, how, count);
  const manager = text("manager");
  const email = text("email");
  return {
    hire: {
      name,
      role,
      email: email === null ? null : (readEmail(email) ?? email),
      department: text("department"),
      region: text("region"),
      manager,
      managerHandle: manager === null ? null : readHandle(manager),
      start: date.day,
      day,
      due: instantOf(day, at, where === "hire" ? zone : config.timezone),
      zone,
      country: countryText,
      calendar,
    },
  };
}

const DATE = "a date as YYYY-MM-DD, or with its month as an English word";
const DATE_EXAMPLE = "2026-11-23";
const ZONE = "an IANA time zone";
const COUNTRY = "a country as its ISO 3166 code or English name, with a subdivision if need be";
