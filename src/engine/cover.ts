/** The people of the team: when each is at work and how long they are away, by their own calendar, zone, hours and absences. */
import type { Day, Instant } from "../model.ts";
import type { Config, Member } from "./config/schema.ts";
import { inline, isHandle, mention, type SafeText } from "./text/safe.ts";
import { isAway } from "./time/absences.ts";
import { calendarOf, type WorkCalendar } from "./time/calendar.ts";
import { type WorkClock, workingMs } from "./time/clock.ts";
import { addDays, DAY_MS } from "./time/days.ts";
import { dayOf, instantOf } from "./time/zones.ts";

/** Handles ignore case on both forges. */
export const sameHandle = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

export const memberOf = ({ team }: Config, handle: string): Member | undefined =>
  team.find((one) => sameHandle(one.handle, handle));

/** Whom the team names as directly responsible, in its order. */
export const drisOf = ({ team }: Pick<Config, "team">): Member[] => team.filter(({ dri }) => dri);

/** A mention, which notifies; the name alone where the handle is none that can be mentioned (`renovate[bot]`). */
export const named = ({ handle }: Member): SafeText => (isHandle(handle) ? mention(handle) : inline(handle));

const calendarFor = ({ calendar }: Member): WorkCalendar => calendarOf(calendar);

/** A member's own working time; their absences are not taken out of it. */
export const memberClock = (member: Member): WorkClock => ({
  calendar: calendarFor(member),
  zone: member.timezone,
  hours: member.hours,
});

const isDayOff = (member: Member, day: Day): boolean =>
  isAway(member.absences, day) || !calendarFor(member).isWorkingDay(day);

/** Whether the member works at all on the day that it is for them: no weekend, holiday or absence. */
export const worksToday = (member: Member, at: Instant): boolean =>
  !isDayOff(member, dayOf(at, member.timezone));

/** Whether the member is at work at this very instant. */
export const isAtWork = (member: Member, at: Instant): boolean => nextAtWork(member, at) === at;

/** The next instant at which the member is at work; `at` itself where they are. */
export function nextAtWork(member: Member, at: Instant): Instant {
  const { hours, timezone } = member;
  for (let day = dayOf(at, timezone); ; day = addDays(day, 1)) {
    day = workdayFrom(member, day);
    if (at < instantOf(day, hours.to, timezone)) return Math.max(at, instantOf(day, hours.from, timezone));
  }
}

/** The first day from `day` on that the member works; long absences are passed over in one step. */
function workdayFrom(member: Member, day: Day): Day {
  let back = day;
  while (isDayOff(member, back)) {
    const lasts = member.absences.flatMap(({ from, to }) => (from <= back && back <= to ? to : []));
    back = addDays(lasts.sort().at(-1) ?? back, 1);
  }
  return back;
}

/** Days off in a row: absences, and the weekends and holidays that adjoin them. */
export interface Away {
  /** The begin of the day, for a later absence; the instant asked about, for a present one. */
  readonly from: Instant;
  /** The end of the last day off. Hours that begin later than the team's are no absence. */
  readonly until: Instant;
  /** When they are at work again. */
  readonly back: Instant;
}

function awayFrom(member: Member, from: Instant): Away {
  const back = nextAtWork(member, from);
  return { from, until: instantOf(dayOf(back, member.timezone), "00:00", member.timezone), back };
}

/** The days off that the member is in the midst of; null on a day they work. */
export function awayAt(member: Member, at: Instant): Away | null {
  return worksToday(member, at) ? null : awayFrom(member, at);
}

/** Nobody asks how much longer than this somebody is away. */
const LONG_MS = 60 * DAY_MS;

/** How much of the team's working time somebody misses, in milliseconds; counted up to 60 days. */
export const timeAway = (team: WorkClock, { from, until }: Pick<Away, "from" | "until">): number =>
  workingMs(team, from, Math.min(until, from + LONG_MS));

/** How far ahead absences are looked for. */
export const AHEAD_DAYS = 92;

/** Asked of the same few people for every request they have. */
const ahead = new WeakMap<
  Member,
  { readonly team: WorkClock; readonly day: Day; readonly away: Away | null }
>();

/** The next days off after today during which the team works; null where there are none for `AHEAD_DAYS`. */
export function nextAway(member: Member, team: WorkClock, at: Instant): Away | null {
  const day = dayOf(at, member.timezone);
  const known = ahead.get(member);
  if (known?.day === day && known.team === team) return known.away;
  const away = findAway(member, team, day);
  ahead.set(member, { team, day, away });
  return away;
}

function findAway(member: Member, team: WorkClock, today: Day): Away | null {
  const last = addDays(today, AHEAD_DAYS);
  for (let day = addDays(today, 1); day <= last; day = addDays(day, 1)) {
    if (!isDayOff(member, day)) continue;
    const away = awayFrom(member, instantOf(day, "00:00", member.timezone));
    if (timeAway(team, away) > 0) return away;
    day = dayOf(away.back, member.timezone);
  }
  return null;
}
