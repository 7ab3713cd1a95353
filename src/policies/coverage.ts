/**
 * coverage: who has a request and is away, has it covered. The cover is asked to take it, then the rest of the
 * team; nobody gets it who has not taken it, and whoever comes back is offered it back.
 *
 * How far that has come stands in the key of the section, so every look goes on from there.
 */
import type { Member } from "../engine/config/schema.ts";
import {
  AHEAD_DAYS,
  awayAt,
  memberClock,
  nextAtWork,
  nextAway,
  timeAway,
  worksToday,
} from "../engine/cover.ts";
import { clockTerms } from "../engine/metrics/clocks.ts";
import { addWorkingMs, dayLength, type WorkClock, workingMs } from "../engine/time/clock.ts";
import { DAY_MS, formatDay } from "../engine/time/days.ts";
import { dayOf } from "../engine/time/zones.ts";
import type { Day, Instant, Issue, IssueRef } from "../model.ts";
import {
  coversOf,
  includes,
  membersOf,
  type Note,
  noteText,
  othersOf,
  readNote,
  wordsOf,
  writeNote,
} from "./coverage-words.ts";
import type { Draft, Explanation, Look, Policy } from "./policy.ts";
import { isRequest } from "./request.ts";
import { clocksOf, shownState, teamAssignees } from "./request-clocks.ts";

const NAME = "coverage";

export const coverage: Policy = {
  name: NAME,
  summary:
    "Asks the cover, then the team, to take a request whose assignee is away, and offers it back later.",
  enabled: () => true,

  propose(look, draft) {
    for (const issue of look.subjects("requests")) {
      const ref: IssueRef = { project: "requests", number: issue.number };
      if (issue.state === "closed" || look.settled(ref)) continue;
      // Nobody has it, and nobody was ever asked.
      if (issue.commentCount === 0 && issue.assignees.length === 0) continue;
      if (isRequest(look, issue)) new Handover(look, draft, ref, issue).propose();
    }
  },

  explain(look, ref) {
    const issue = ref.project === "requests" ? look.issue(ref) : null;
    if (!issue || issue.state === "closed" || shownState(look, issue) !== "in_progress") return [];
    const note = readNote(look.said(NAME, ref) ?? null);
    return [
      ...(note ? [{ rule: NAME, text: noteText(note) }] : []),
      ...teamAssignees(look, issue).map((one) => explained(look, one)),
    ].flatMap((one) => one ?? []);
  },
};

/** One look at one request. */
class Handover {
  readonly #look: Look;
  readonly #draft: Draft;
  readonly #ref: IssueRef;
  readonly #issue: Issue;
  /** The team's working time, by which absences are measured. */
  readonly #team: WorkClock;

  constructor(look: Look, draft: Draft, ref: IssueRef, issue: Issue) {
    this.#look = look;
    this.#draft = draft;
    this.#ref = ref;
    this.#issue = issue;
    this.#team = clockTerms(look.config).time;
  }

  propose(): void {
    const state = shownState(this.#look, this.#issue);
    const said = this.#look.said(NAME, this.#ref);
    if (said === undefined || state === null) return;
    const note = readNote(said);
    const asking = note?.stage === "cover" || note?.stage === "team";
    const { assignees } = this.#issue;
    if (state === "in_progress" && assignees.length > 0) {
      if (note && (asking || note.stage === "taken")) this.#goOn(note, asking);
      else if (note?.stage === "offer" && this.#has(note.first)) this.#say({ ...note, stage: "back" });
      else this.#watch(assignees, assignees);
    } else if (asking && state !== "on_hold") {
      this.#draft.say(this.#ref, null, "Nobody need take it any more.");
    }
  }

  #has(handles: readonly string[]): boolean {
    return this.#issue.assignees.some((one) => includes(handles, one));
  }

  /** Somebody was asked, or has taken it. */
  #goOn(note: Note, asking: boolean): void {
    const { now, config } = this.#look;
    const { assignees } = this.#issue;
    const { first } = note;
    if (membersOf(config, first).some((one) => worksToday(one, now))) {
      const others = assignees.filter((one) => !includes(first, one));
      this.#say(this.#has(first) ? { ...note, stage: "back" } : { ...note, stage: "offer", holders: others });
      return;
    }
    const known = [...note.holders, ...first];
    const takers = assignees.filter((one) => !includes(known, one));
    this.#wakeAtReturn(first);
    if (takers.length > 0) this.#say({ ...note, stage: "taken", holders: takers, until: this.#until(first) });
    else if (asking) this.#press(note);
    else this.#watch(assignees, first);
  }

  /** Asked, and not taken yet. */
  #press(note: Note): void {
    const until = this.#until(note.holders);
    if (note.stage === "cover" && !this.#patient(note)) this.#askTeam({ ...note, until });
    else if (note.until !== until) this.#ask({ ...note, until });
    this.#wakeAtReturn(note.holders);
  }

  /** Whether somebody who covers may still take it within a working day of theirs, and is not away, too. */
  #patient({ holders, at }: Note): boolean {
    const { now, config } = this.#look;
    const ends = coversOf(config, holders).flatMap((one) => {
      const end = addWorkingMs(memberClock(one), at, dayLength(one.hours));
      return end > now && !this.#misses(one) ? Math.min(end, this.#nextAway(one)) : [];
    });
    for (const end of ends) this.#draft.wake(this.#ref, end);
    return ends.length > 0;
  }

  /** Asks for help where all who have it are away for long. */
  #watch(holders: readonly string[], first: readonly string[]): void {
    const { now, config } = this.#look;
    const members = membersOf(config, holders);
    // When somebody is away who is not of the team, nobody knows.
    if (members.length < holders.length) return;
    const away = members.flatMap((one) => awayAt(one, now) ?? []);
    if (away.length < members.length) {
      for (const one of members) this.#draft.wake(this.#ref, this.#nextAway(one));
      return;
    }
    this.#wakeAtReturn(holders);
    const missed = timeAway(this.#team, { from: now, until: Math.min(...away.map(({ until }) => until)) });
    if (missed > dayLength(config.hours) || this.#missesDeadline(missed)) {
      this.#askCover({ stage: "cover", first, holders, at: now, until: this.#until(holders) });
    }
  }

  /** Whether the request is due within so much working time. */
  #missesDeadline(missed: number): boolean {
    const { now, config } = this.#look;
    const spentAtMost = workingMs(this.#team, this.#issue.createdAt, now);
    if (missed <= clockTerms(config).allowance.done - spentAtMost) return false;
    const clocks = clocksOf(this.#look, this.#ref, this.#issue);
    if (clocks === "moving") this.#draft.wake(this.#ref, now);
    if (!clocks || clocks === "moving") return false;
    return missed > Math.max(0, clocks.done?.left ?? 0);
  }

  #askCover(note: Note): void {
    const { now, config } = this.#look;
    const covers = coversOf(config, note.holders).filter((one) => !this.#misses(one));
    if (covers.length === 0) this.#askTeam(note);
    else this.#askOf(covers, now, note);
  }

  #askTeam(note: Note): void {
    this.#askOf(othersOf(this.#look.config, note.holders), this.#look.now, { ...note, stage: "team" });
  }

  /** Nobody is asked on a day off: where all have one, it waits for the first who works. */
  #askOf(people: readonly Member[], now: Instant, note: Note): void {
    if (people.some((one) => worksToday(one, now))) this.#ask(note);
    else for (const one of people) this.#draft.wake(this.#ref, nextAtWork(one, now));
  }

  #ask(note: Note): void {
    const { now, config } = this.#look;
    const people = note.stage === "cover" ? coversOf(config, note.holders) : othersOf(config, note.holders);
    const asked = people.filter((one) => worksToday(one, now));
    if (asked.length > 0) this.#say(note, asked);
  }

  /** Whether somebody is away while the team works. */
  #misses(member: Member): boolean {
    const away = awayAt(member, this.#look.now);
    return away !== null && timeAway(this.#team, away) > 0;
  }

  #nextAway(member: Member): Instant {
    const { now } = this.#look;
    return nextAway(member, this.#team, now)?.from ?? now + AHEAD_DAYS * DAY_MS;
  }

  /** The day on which the first of them works again. */
  #until(handles: readonly string[]): Day {
    const { now, config } = this.#look;
    const days = membersOf(config, handles).map((one) => dayOf(nextAtWork(one, now), one.timezone));
    return days.sort()[0] ?? dayOf(now, config.timezone);
  }

  #wakeAtReturn(handles: readonly string[]): void {
    const { now, config } = this.#look;
    for (const one of membersOf(config, handles)) this.#draft.wake(this.#ref, nextAtWork(one, now));
  }

  #say(note: Note, asked: readonly Member[] = []): void {
    const { body, reason } = wordsOf(this.#look.config, note, asked);
    this.#draft.say(this.#ref, { key: writeNote(note), body }, reason);
  }
}

/** When the assignee is away, as far as that is known; null where it is not for three months. */
function explained({ config, now }: Look, member: Member): Explanation | null {
  const team = clockTerms(config).time;
  const away = awayAt(member, now);
  const day = (at: Instant) => formatDay(dayOf(at, member.timezone));
  if (away && timeAway(team, away) > 0) {
    return { rule: NAME, text: `${member.handle} is away until ${day(away.back)}.`, at: away.back };
  }
  const next = nextAway(member, team, now);
  if (!next) return null;
  const asked = member.cover === undefined ? "the team" : member.cover;
  const text = `${member.handle} is away from ${day(next.from)} until ${day(next.back)}: if that is more than a working day, or than the time left, ${asked} is asked to take it.`;
  return { rule: NAME, text, at: next.from };
}
