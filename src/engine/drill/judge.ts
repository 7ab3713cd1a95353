/**
 * What goes wrong while some people are away: each piece of work with the days it may be done on and the people who
 * may do it, played forward over the calendars of those who are there.
 */
import type { Day } from "../../model.ts";
import type { Config, Member } from "../config/schema.ts";
import { memberOf, sameHandle } from "../cover.ts";
import { isAway } from "../time/absences.ts";
import { calendarOf } from "../time/calendar.ts";
import { addDays } from "../time/days.ts";

/** The people who are away in the drill, from day to day, both included; beside their own absences. */
export interface Drill {
  readonly away: readonly string[];
  readonly from: Day;
  readonly to: Day;
}

/** Something that somebody has to do. */
export interface Work {
  /** Number of its issue in the requests project; null for work that is still to come. */
  readonly issue: number | null;
  /** Id of the tool it is about. */
  readonly system: string | null;
  readonly title: string;
  /** The first day it can be worked on, and the last one in time; null where nothing says by when. */
  readonly from: Day;
  readonly due: Day | null;
  /** Who may do it, the one who usually does first. */
  readonly may: readonly string[];
  /** Whose work it is: the assignee, the owner. */
  readonly usual: string | null;
  /** Whether the steps are written down somewhere. */
  readonly steps: boolean;
  /** What to do about it, by kind of finding. */
  readonly mend: Readonly<Record<FindingKind, string>>;
}

export const FINDING_KINDS = ["late", "nobody-else", "no-steps"] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

export interface DrillFinding {
  readonly kind: FindingKind;
  readonly issue: number | null;
  readonly system: string | null;
  readonly title: string;
  readonly due: Day | null;
  readonly message: string;
  readonly mend: string;
}

/** The configuration with these people away, for rules that plan around absences. */
export function withAbsences<C extends Pick<Config, "team">>(config: C, { away, from, to }: Drill): C {
  const team = config.team.map((member) =>
    away.some((handle) => sameHandle(handle, member.handle))
      ? { ...member, absences: [...member.absences, { from, to, title: "drill" }] }
      : member,
  );
  return { ...config, team };
}

/** More days than any work has; a limit against dates far away. */
const MOST_DAYS = 400;

/** What comes of each piece of work, in the order given. */
export function judgeDrill(config: Config, drill: Drill, works: readonly Work[]): DrillFinding[] {
  const played = withAbsences(config, drill);
  const team = calendarOf(config.calendar);
  const isOut = (handle: string) => drill.away.some((one) => sameHandle(one, handle));
  const isIn = (handle: string, day: Day): boolean => {
    const member = memberOf(played, handle);
    return member
      ? isThere(member, day)
      : !(isOut(handle) && drill.from <= day && day <= drill.to) && team.isWorkingDay(day);
  };
  const someDay = (from: Day, to: Day, holds: (day: Day) => boolean): boolean => {
    let day = from;
    for (let i = 0; day <= to && i < MOST_DAYS; i++, day = addDays(day, 1)) if (holds(day)) return true;
    return false;
  };
  return works.flatMap((work) => {
    const { issue, system, title, from, due, may, usual, steps } = work;
    // Work of another time is none of this drill's.
    const lasts = due === null || due < from ? drill.to : due;
    if (from > drill.to || lasts < drill.from) return [];
    const findings: DrillFinding[] = [];
    const find = (kind: FindingKind, message: string) =>
      void findings.push({ kind, issue, system, title, due, message, mend: work.mend[kind] });
    const doers = may.length > 0 ? may : config.team.map(({ handle }) => handle);
    const names = doers.map((handle) => `@${handle}`).join(", ");
    const begin = [from, drill.from].sort()[1] as Day;
    const end = [lasts, drill.to].sort()[0] as Day;
    const busy = someDay(begin, end, (day) => team.isWorkingDay(day));
    if (busy && doers.every(isOut)) {
      find(
        "nobody-else",
        `${title}: only ${names} may do it, and ${doers.length > 1 ? "all of them are" : "they are"} away.`,
      );
    }
    if (due !== null && due >= from) {
      const inTime = someDay(from, due, (day) => doers.some((handle) => isIn(handle, day)));
      const open = someDay(from, due, (day) => team.isWorkingDay(day));
      if (open && !inTime)
        find("late", `${title}: nobody who may do it (${names}) is there before it is due on ${due}.`);
    }
    const stands = usual === null ? doers.some(isOut) : isOut(usual);
    if (busy && stands && !steps && !doers.every(isOut)) {
      const knows = usual ?? doers.find(isOut);
      find("no-steps", `${title}: somebody has to do it for @${knows}, and its steps are written nowhere.`);
    }
    return findings;
  });
}

const isThere = (member: Member, day: Day): boolean =>
  !isAway(member.absences, day) && calendarOf(member.calendar).isWorkingDay(day);
