/** Somebody who leaves, read from the body of an offboarding issue, and the days by which their access must be gone. */
import type { Day, Instant } from "../model.ts";
import type { Config, System } from "./config/schema.ts";
import { type HireFault, oneLine } from "./hire.ts";
import { readFields } from "./text/fields.ts";
import { readDate, readEmail } from "./text/values.ts";
import { addWorkingDays, calendarOf } from "./time/calendar.ts";
import { addDays, isDay } from "./time/days.ts";
import { dayOf, instantOf } from "./time/zones.ts";

/** Texts are one line each, without controls; they are still a person's words. */
export interface Leaver {
  readonly name: string;
  /** As written; and as an address where it is one. */
  readonly email: string | null;
  readonly address: string | null;
  readonly role: string | null;
  readonly department: string | null;
  readonly region: string | null;
  readonly manager: string | null;
  /** The day that deadlines count from: the last day, or the day the issue was opened where that is not given. */
  readonly lastDay: Day;
  /** Whether somebody has said so. */
  readonly given: boolean;
}

/** The fields by the ids that the form gives them, and what they are called where a form has no such field. */
const FIELDS = {
  name: "Full name",
  email: "Work email",
  role: "Role",
  department: "Department",
  region: "Region",
  manager: "Manager",
  last_day: "Last day",
} as const;
type Field = keyof typeof FIELDS;

/** The form that people fill in. */
const FORM = "offboarding";

/** Headings as the team's own form has them. */
function headingsOf(config: Pick<Config, "templates">): Record<Field, string> {
  const inputs = config.templates.get(FORM)?.inputs ?? [];
  const entries = Object.entries(FIELDS).map(([id, label]) => [
    id,
    inputs.find((input) => input.id === id)?.label ?? label,
  ]);
  return Object.fromEntries(entries) as Record<Field, string>;
}

const LONGEST = 500;
const LONGEST_FOUND = 80;

/**
 * @returns the leaver, null without a name; and every field that is missing or unreadable. A last day that cannot be
 * read is such a fault, yet access is taken away without it.
 */
export function readLeaver(
  { body, createdAt }: { readonly body: string; readonly createdAt: Instant },
  config: Config,
): { readonly leaver: Leaver | null; readonly faults: readonly HireFault[] } {
  const labels = headingsOf(config);
  const given = readFields(body, labels);
  const text = (name: Field): string | null => oneLine(given[name]?.value ?? "", LONGEST);
  const faults: HireFault[] = [];
  const fault = (name: Field, expected: string, example: string): void => {
    const found = oneLine(given[name]?.value ?? "", LONGEST_FOUND);
    faults.push({ field: labels[name], found, expected, example });
  };
  const name = text("name");
  if (name === null) fault("name", "the name of whoever leaves", "Ada Lovelace");
  const lastText = text("last_day");
  const date = lastText === null ? null : readDate(lastText);
  const last = date && "day" in date && isDay(date.day) ? date.day : null;
  if (lastText !== null && last === null) {
    fault("last_day", "a date as YYYY-MM-DD, or with its month as an English word", "2026-11-27");
  }
  if (name === null) return { leaver: null, faults };
  const email = text("email");
  const leaver: Leaver = {
    name,
    email,
    // A link's target is only in what was written.
    address: email === null ? null : readEmail(given.email?.raw ?? email),
    role: text("role"),
    department: text("department"),
    region: text("region"),
    manager: text("manager"),
    lastDay: last ?? dayOf(createdAt, config.timezone),
    given: last !== null,
  };
  return { leaver, faults };
}

/** Critical systems and the others: each has one deadline. */
export const CLASSES = ["critical", "other"] as const;
export type Class = (typeof CLASSES)[number];
export const classOf = ({ tier }: Pick<System, "tier">): Class => (tier === 1 ? "critical" : "other");

/** Working days after the last day within which access is revoked. */
const WITHIN: Readonly<Record<Class, number>> = { critical: 1, other: 5 };

export interface Deadline {
  /** The day by whose end all is to be revoked. */
  readonly day: Day;
  /** When whoever revokes is reminded, while something is open. */
  readonly warning: Instant;
  /** The end of that day's work. */
  readonly end: Instant;
}

/** The deadline of each class, in the team's calendar, zone and hours. */
export function deadlines(lastDay: Day, config: Config): Record<Class, Deadline> {
  const { timezone, hours } = config;
  const calendar = calendarOf(config.calendar);
  const deadline = (of: Class): Deadline => {
    // The first working day after the last one counts as one, also where the last one is a day off.
    const day = addWorkingDays(calendar, addDays(lastDay, 1), WITHIN[of] - 1);
    const before = of === "critical" ? day : addWorkingDays(calendar, day, -1);
    return {
      day,
      warning: instantOf(before, hours.from, timezone),
      end: instantOf(day, hours.to, timezone),
    };
  };
  return { critical: deadline("critical"), other: deadline("other") };
}

/** How far a deadline has been called out: `due` while it comes, `over` once it has passed. */
export type Stage = "due" | "over";
export interface Call {
  readonly stage: Stage;
  /** The deadline that was called out: a last day that moves has others. */
  readonly day: Day;
}
export type Calls = Readonly<Partial<Record<Class, Call>>>;

export const stageAt = ({ warning, end }: Deadline, now: Instant): Stage | null =>
  now >= end ? "over" : now >= warning ? "due" : null;

const CALL = /^(critical|other):(due|over):(\d{4}-\d\d-\d\d)$/;

/** Calls as words of a key: `critical:due:2026-11-27`. */
export const callWords = (calls: Calls): string[] =>
  CLASSES.flatMap((of) => {
    const call = calls[of];
    return call ? [`${of}:${call.stage}:${call.day}`] : [];
  });

export const readCalls = (words: readonly string[]): Calls =>
  Object.fromEntries(
    words.flatMap((word): [Class, Call][] => {
      const [, of, stage, day] = CALL.exec(word) ?? [];
      return day === undefined ? [] : [[of as Class, { stage: stage as Stage, day }]];
    }),
  );
