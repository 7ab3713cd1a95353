/** Days somebody is away, from the configuration or from an iCalendar file. */
import ICAL from "ical.js";
import type { Day, Instant } from "../../model.ts";
import type { WorkCalendar } from "./calendar.ts";
import type { WorkHours } from "./clock.ts";
import { addDays, DAY_MS, dayFrom, dayNumber, isDay } from "./days.ts";
import { dayNumberOf, instantAt, minutesOf, zoneOf } from "./zones.ts";

/** Away on every day from `from` to `to`, both included. */
export interface Absence {
  readonly from: Day;
  readonly to: Day;
  readonly title?: string;
}

/** Whether one of the absences covers the day. */
export function isAway(absences: readonly Absence[], day: Day): boolean {
  return absences.some(({ from, to }) => from <= day && day <= to);
}

/**
 * When somebody who is away on `day` is back at work: the next working day that no absence covers, over
 * adjoining absences and the days off between them. Null when nobody is away on `day`.
 */
export function awayUntil(absences: readonly Absence[], calendar: WorkCalendar, day: Day): Day | null {
  if (!isAway(absences, day)) return null;
  let back = day;
  while (isAway(absences, back) || !calendar.isWorkingDay(back)) back = addDays(back, 1);
  return back;
}

export interface IcsOptions {
  /** Absences that touch these days are read, both included. Recurring events are expanded up to `to`. */
  readonly from: Day;
  readonly to: Day;
  /** The person's zone, in which a timed event covers days or not, and times without a zone are read. */
  readonly zone?: string;
  /** The person's working day. */
  readonly hours?: WorkHours;
}

/** More occurrences than a daily event has in forty years. */
const MOST_OCCURRENCES = 15_000;

/**
 * The absences in an iCalendar file. Every event of it is one, whatever its title and whether shown as busy or
 * free, except cancelled ones. An all-day event counts for its days (its DTEND is the day after). A timed one
 * counts for each day whose whole working day it covers, alone or with others that touch it: half a day off is
 * not an absence. Recurrence rules, extra and excepted dates and moved occurrences are followed.
 * @returns in order of `from`; absences may overlap
 * @throws SyntaxError when the text is not iCalendar, or an event of it has no readable start or never ends
 *   recurring
 */
export function parseIcs(text: string, options: IcsOptions): Absence[] {
  try {
    return readAbsences(text, options);
  } catch (error) {
    // ical.js throws plain errors, some only when a value is first looked at.
    throw new SyntaxError(`not a readable iCalendar file: ${error instanceof Error ? error.message : error}`);
  }
}

function readAbsences(text: string, options: IcsOptions): Absence[] {
  const { from, to, zone = "UTC", hours = { from: "09:00", to: "17:00" } } = options;
  const days: Absence[] = [];
  const spans: Span[] = [];
  for (const { event, start, end } of occurrencesUntil(calendarsIn(text), to)) {
    const title = event.summary?.trim() || undefined;
    if (start.isDate) {
      // An all-day event without a length, or of a length of none, takes its one day.
      const last = dayFrom(Math.max(dayNumber(dayText(start)), dayNumber(dayText(end)) - 1));
      days.push(absence(dayText(start), last, title));
    } else {
      const own = zoneWritten(event) ?? zone;
      spans.push({ start: instantOfTime(start, own), end: instantOfTime(end, own), title });
    }
  }
  return [...days, ...wholeDays(spans, zone, hours)]
    .filter((one) => one.from <= to && one.to >= from)
    .sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
}

function absence(from: Day, to: Day, title: string | undefined): Absence {
  return title === undefined ? { from, to } : { from, to, title };
}

function calendarsIn(text: string): ICAL.Component[] {
  const parsed: unknown[] = ICAL.parse(text.replace(/^\uFEFF/, ""));
  const roots = typeof parsed[0] === "string" ? [parsed] : (parsed as unknown[][]);
  if (roots.length === 0 || roots.some((root) => root[0] !== "vcalendar")) {
    throw new SyntaxError("expected BEGIN:VCALENDAR as its first line");
  }
  return roots.map((root) => new ICAL.Component(root));
}

interface Occurrence {
  readonly event: ICAL.Event;
  readonly start: ICAL.Time;
  readonly end: ICAL.Time;
}

function* occurrencesUntil(calendars: readonly ICAL.Component[], to: Day): Generator<Occurrence> {
  for (const calendar of calendars) {
    const events = calendar
      .getAllSubcomponents("vevent")
      .map((component) => new ICAL.Event(component, { exceptions: [] }));
    const moved = events.filter((event) => event.isRecurrenceException());
    // An occurrence that was moved stands for itself, wherever it was moved from.
    for (const event of moved) if (!event.modifiesFuture()) yield* single(event);
    for (const event of events) {
      if (event.isRecurrenceException()) continue;
      if (!event.isRecurring()) yield* single(event);
      else
        yield* recurring(
          event,
          moved.filter((other) => other.uid === event.uid),
          to,
        );
    }
  }
}

function* single(event: ICAL.Event): Generator<Occurrence> {
  if (!isCancelled(event)) yield { event, start: startOf(event), end: event.endDate };
}

function* recurring(event: ICAL.Event, moved: readonly ICAL.Event[], to: Day): Generator<Occurrence> {
  if (isCancelled(event)) return;
  startOf(event);
  for (const exception of moved) event.relateException(exception);
  const iterator = event.iterator();
  // A day more, since the event's own clock may be ahead of the person's.
  const last = addDays(to, 1);
  for (let count = 0; ; count++) {
    const next = iterator.next();
    if (!next || dayText(next) > last) return;
    if (count >= MOST_OCCURRENCES) {
      throw new SyntaxError(
        `${nameOf(event)} recurs more than ${MOST_OCCURRENCES} times; end it with UNTIL or COUNT`,
      );
    }
    const { item, startDate, endDate } = event.getOccurrenceDetails(next);
    const standsForItself = item.isRecurrenceException() && !item.modifiesFuture();
    if (!standsForItself && !isCancelled(item)) yield { event: item, start: startDate, end: endDate };
  }
}

function isCancelled(event: ICAL.Event): boolean {
  return String(event.component.getFirstPropertyValue("status")).toUpperCase() === "CANCELLED";
}

function startOf(event: ICAL.Event): ICAL.Time {
  const start: ICAL.Time | null = event.startDate;
  if (start === null) throw new SyntaxError(`${nameOf(event)} has no DTSTART`);
  for (const name of ["dtstart", "dtend"]) {
    // Read from the text, since ical.js turns the 31st of November into the 1st of December.
    const written: unknown = event.component.getFirstProperty(name)?.toJSON()[3];
    if (written !== undefined && !isDay(String(written).slice(0, 10))) {
      throw new SyntaxError(
        `${nameOf(event)} has the ${name.toUpperCase()} ${written}, a day that does not exist`,
      );
    }
  }
  return start;
}

function nameOf(event: ICAL.Event): string {
  return `the event "${event.summary ?? event.uid ?? ""}"`;
}

/** The day a time lies on by its own clock. */
function dayText(time: ICAL.Time): Day {
  return dayFrom(Date.UTC(time.year, time.month - 1, time.day) / DAY_MS);
}

/** The zone an event's start is written in: ical.js forgets a TZID that the file has no VTIMEZONE for. */
function zoneWritten(event: ICAL.Event): string | null {
  const tzid = event.component.getFirstProperty("dtstart")?.getFirstParameter("tzid");
  return tzid === undefined ? null : zoneOf(tzid);
}

/** By our own zone data where the zone has an IANA name, else by the file's VTIMEZONE; with neither, in `zone`. */
function instantOfTime(time: ICAL.Time, zone: string): Instant {
  const named = time.zone === ICAL.Timezone.localTimezone ? zone : zoneOf(time.zone.tzid);
  if (named === null) return time.toUnixTime() * 1000;
  return instantAt(dayNumber(dayText(time)), time.hour * 60 + time.minute, named) + time.second * 1000;
}

interface Span {
  readonly start: Instant;
  readonly end: Instant;
  readonly title: string | undefined;
}

/** The days whose working day the spans cover, as absences; spans that touch count as one. */
function wholeDays(spans: readonly Span[], zone: string, hours: WorkHours): Absence[] {
  const joined: { start: Instant; end: Instant; titles: Set<string> }[] = [];
  for (const { start, end, title } of spans.toSorted((a, b) => a.start - b.start)) {
    let last = joined.at(-1);
    if (last === undefined || start > last.end) {
      last = { start, end, titles: new Set() };
      joined.push(last);
    }
    last.end = Math.max(last.end, end);
    if (title !== undefined) last.titles.add(title);
  }
  const opens = minutesOf(hours.from) ?? 0;
  const closes = minutesOf(hours.to) ?? 24 * 60;
  return joined.flatMap(({ start, end, titles }) => {
    let first = dayNumberOf(start, zone);
    let last = dayNumberOf(end, zone);
    if (instantAt(first, opens, zone) < start) first++;
    if (instantAt(last, closes, zone) > end) last--;
    return first > last ? [] : [absence(dayFrom(first), dayFrom(last), [...titles].join(", ") || undefined)];
  });
}
