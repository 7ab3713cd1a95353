/**
 * Working time: the milliseconds in which somebody, or the team, is at work. It is counted by where the
 * instants lie on a line that only grows during working hours, so that parts always add up to the whole.
 */
import type { Instant } from "../../model.ts";
import type { WorkCalendar } from "./calendar.ts";
import { type DayNumber, HOUR_MS, MINUTE_MS } from "./days.ts";
import { memo } from "./memo.ts";
import { dayNumberOf, instantAt, minutesOf } from "./zones.ts";

/** One working day by the wall clock, `HH:MM` each, `to` after `from` and at most `24:00`. */
export interface WorkHours {
  readonly from: string;
  readonly to: string;
}

export interface WorkClock {
  readonly calendar: WorkCalendar;
  /** IANA name. */
  readonly zone: string;
  readonly hours: WorkHours;
}

/**
 * The length of one working day by the wall clock, in milliseconds: what `1d` means.
 * @throws RangeError when `hours` are not two times of day in their order
 */
export function dayLength(hours: WorkHours): number {
  const [from, to] = minutesOfHours(hours);
  return (to - from) * MINUTE_MS;
}

function minutesOfHours(hours: WorkHours): [from: number, to: number] {
  const from = minutesOf(hours.from);
  const to = minutesOf(hours.to);
  if (from === null || to === null || from >= to) {
    throw new RangeError(
      `"${hours.from}" to "${hours.to}" is not a working day; write two times of day as HH:MM, the earlier first`,
    );
  }
  return [from, to];
}

/** Days in a page of a timeline. */
const PAGE = 128;

/** The working time of some successive days, those that are not worked included with a length of 0. */
interface Page {
  /** When each day's working time begins. */
  readonly opens: Float64Array;
  /** Working milliseconds from the page's begin to each day's; one more than the days, the last is the total. */
  readonly before: Float64Array;
}

/** A clock's working time, page by page as it is asked for. */
interface Timeline {
  readonly zone: string;
  page(index: number): Page;
}

/** A place on a timeline: `done` working milliseconds after the begin of a page. */
interface Position {
  readonly page: number;
  readonly done: number;
}

const byClock = new WeakMap<WorkClock, Timeline>();
const byContent = memo<string, Timeline>();

function timelineOf(clock: WorkClock): Timeline {
  let timeline = byClock.get(clock);
  if (timeline === undefined) {
    const { calendar, zone, hours } = clock;
    timeline = byContent(`${calendar.id} ${zone} ${hours.from}-${hours.to}`, () => makeTimeline(clock));
    byClock.set(clock, timeline);
  }
  return timeline;
}

function makeTimeline({ calendar, zone, hours }: WorkClock): Timeline {
  const [from, to] = minutesOfHours(hours);
  const pages = new Map<number, Page>();
  return {
    zone,
    page(index) {
      let page = pages.get(index);
      if (page === undefined) {
        page = makePage(index * PAGE);
        pages.set(index, page);
      }
      return page;
    },
  };

  function makePage(first: DayNumber): Page {
    const opens = new Float64Array(PAGE);
    const before = new Float64Array(PAGE + 1);
    for (let i = 0; i < PAGE; i++) {
      const day = first + i;
      const open = instantAt(day, from, zone);
      // Measured, not `to - from`: clocks may change while somebody works.
      const length = calendar.reasonOff(day) === null ? instantAt(day, to, zone) - open : 0;
      opens[i] = open;
      before[i + 1] = at(before, i) + length;
    }
    return { opens, before };
  }
}

const at = (row: Float64Array, i: number) => row[i] as number;
const totalOf = (page: Page) => at(page.before, PAGE);

function positionOf(timeline: Timeline, instant: Instant): Position {
  const day = dayNumberOf(instant, timeline.zone);
  const index = Math.floor(day / PAGE);
  const page = timeline.page(index);
  const i = day - index * PAGE;
  const length = at(page.before, i + 1) - at(page.before, i);
  const worked = Math.min(Math.max(instant - at(page.opens, i), 0), length);
  return { page: index, done: at(page.before, i) + worked };
}

/** Working milliseconds from one instant to another; 0 when `to` is not after `from`. */
export function workingMs(clock: WorkClock, from: Instant, to: Instant): number {
  if (!(to > from)) return 0;
  const timeline = timelineOf(clock);
  const start = positionOf(timeline, from);
  const end = positionOf(timeline, to);
  let ms = end.done - start.done;
  for (let index = start.page; index < end.page; index++) ms += totalOf(timeline.page(index));
  return ms;
}

/** A century and more of eight-hour days: whoever asks for more has made a mistake. */
const MOST_MS = 300_000 * HOUR_MS;

/**
 * The instant `ms` working milliseconds after `from`, the earliest there is: a day's work ends with the day at
 * 17:00, not at 09:00 of the next. With 0, `from` itself while at work, else when work next begins. With
 * negative `ms`, the latest instant that is so much working time before `from`.
 * @throws RangeError when `ms` is not a number between ±300,000 hours
 */
export function addWorkingMs(clock: WorkClock, from: Instant, ms: number): Instant {
  if (!(Math.abs(ms) <= MOST_MS)) {
    throw new RangeError(`${ms} is not a length of working time; give milliseconds, at most ${MOST_MS}`);
  }
  const timeline = timelineOf(clock);
  if (ms === 0) return atWorkOrNext(timeline, from);
  const start = positionOf(timeline, from);
  let index = start.page;
  let left = start.done + ms;
  if (ms > 0) {
    for (; left > totalOf(timeline.page(index)); index++) left -= totalOf(timeline.page(index));
    const page = timeline.page(index);
    // The first day by whose end all is done.
    let i = 0;
    while (at(page.before, i + 1) < left) i++;
    return at(page.opens, i) + left - at(page.before, i);
  }
  while (left < 0) {
    index--;
    left += totalOf(timeline.page(index));
  }
  const page = timeline.page(index);
  // The last day at whose begin no more than that is done.
  let i = 0;
  while (at(page.before, i + 1) <= left) i++;
  return at(page.opens, i) + left - at(page.before, i);
}

function atWorkOrNext(timeline: Timeline, from: Instant): Instant {
  for (let day = dayNumberOf(from, timeline.zone); ; day++) {
    const index = Math.floor(day / PAGE);
    const page = timeline.page(index);
    const i = day - index * PAGE;
    const open = at(page.opens, i);
    const length = at(page.before, i + 1) - at(page.before, i);
    if (length > 0 && from <= open + length) return Math.max(from, open);
  }
}
