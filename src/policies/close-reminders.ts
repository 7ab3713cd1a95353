/**
 * Reminders of a close: on its due day a task is brought to whoever is to do or review it, and once it is late to the
 * DRIs. Each is one comment, found again by its marker, in the working time of whoever it names.
 */

import { isFinished } from "../engine/close/progress.ts";
import type { CloseTask } from "../engine/close/tasks.ts";
import type { Member } from "../engine/config/schema.ts";
import { drisOf, isAtWork, memberOf, named, nextAtWork, sameHandle, worksToday } from "../engine/cover.ts";
import { findMarkers, inline, join, lines, marker, type SafeText, safe } from "../engine/text/safe.ts";
import { addDays, DAY_MS, formatDay } from "../engine/time/days.ts";
import { dayOf, instantOf } from "../engine/time/zones.ts";
import type { Day, Issue, IssueRef } from "../model.ts";
import { points } from "./points.ts";
import type { Draft, Look } from "./policy.ts";

/** Whoever begins with daytwo is not told of what was late long ago. */
const LATE_MS = 30 * DAY_MS;
const MOST_NAMED = 15;

/** @param tasks as they stand after this plan */
export function remind(
  look: Look,
  draft: Draft,
  ref: IssueRef,
  issue: Issue,
  tasks: readonly CloseTask[],
): void {
  const comments = look.comments(ref);
  // Where daytwo cannot tell its own comments it would remind for ever.
  if (issue.state === "closed" || !comments || look.project("requests")?.self === "") return;
  const told = new Set(
    comments.flatMap(({ author, body }) => (look.own("requests", author) ? findMarkers(body) : [])),
  );
  const open = tasks.filter((task) => task.due !== null && !isFinished(task));
  const reminder = new Reminder(look, draft, ref, told);
  for (const [day, due] of Map.groupBy(open, (task) => task.due as Day)) {
    if (day !== dayOf(issue.createdAt, look.config.timezone)) reminder.due(day, due);
  }
  if (!isOpenedToday(look, issue)) reminder.late(open);
}

/** One that is opened late shows by itself what is late; people have the rest of that day to see it. */
export const isOpenedToday = ({ config, now }: Look, { createdAt }: Issue): boolean =>
  dayOf(createdAt, config.timezone) === dayOf(now, config.timezone);

/** Who is asked, and on whose behalf. */
interface Asked {
  readonly member: Member;
  readonly insteadOf: Member | null;
}

class Reminder {
  readonly #look: Look;
  readonly #draft: Draft;
  readonly #ref: IssueRef;
  readonly #told: ReadonlySet<string>;

  constructor(look: Look, draft: Draft, ref: IssueRef, told: ReadonlySet<string>) {
    this.#look = look;
    this.#draft = draft;
    this.#ref = ref;
    this.#told = told;
  }

  /** On the due day, as soon as whoever is asked is at work. */
  due(day: Day, tasks: readonly CloseTask[]): void {
    const { now } = this.#look;
    const asked = tasks.flatMap((task) => {
      const who = this.#asked(task, day);
      return who ? [{ task, ...who }] : [];
    });
    for (const theirs of Map.groupBy(asked, ({ member }) => member.handle).values()) {
      const { member } = theirs[0] as (typeof asked)[number];
      const at = nextAtWork(member, instantOf(day, "00:00", member.timezone));
      const key = `close-due:${day}:${member.handle}`;
      if (at > now) this.#draft.wake(this.#ref, at);
      if (at > now || dayOf(now, member.timezone) !== day || !isAtWork(member, now) || this.#told.has(key))
        continue;
      const own = theirs.filter(({ insteadOf }) => insteadOf === null);
      const body = lines(
        marker(key),
        own.length > 0 && safe`${named(member)} due today, **${inline(formatDay(day))}**:`,
        ...list(own.map(({ task }) => this.#what(task))),
        ...[...Map.groupBy(theirs, ({ insteadOf }) => insteadOf)].flatMap(([away, covered]) =>
          away
            ? [
                own.length > 0 && safe``,
                safe`${named(member)} please see to it: ${inline(away.name)} is off, and due today, **${inline(formatDay(day))}**:`,
                ...list(covered.map(({ task }) => this.#what(task))),
              ]
            : [],
        ),
      );
      this.#comment(key, body, `Due today: ${theirs.map(({ task }) => `“${task.title}”`).join(", ")}.`);
    }
  }

  /** After the due day, to those DRIs who are at work. */
  late(open: readonly CloseTask[]): void {
    const { config, now } = this.#look;
    const today = dayOf(now, config.timezone);
    const since = dayOf(now - LATE_MS, config.timezone);
    const news = open.filter(
      ({ due }) => due !== null && due < today && due >= since && !this.#told.has(lateKey(due)),
    );
    const next = open.flatMap(({ due }) =>
      due !== null && due >= today ? [instantOf(addDays(due, 1), "00:00", config.timezone)] : [],
    );
    for (const at of next) this.#draft.wake(this.#ref, at);
    if (news.length === 0) return;
    const dris = drisOf(config);
    const people = dris.length > 0 ? dris : config.team;
    const here = people.filter((member) => isAtWork(member, now));
    if (here.length === 0) {
      this.#draft.wake(this.#ref, Math.min(...people.map((member) => nextAtWork(member, now))));
      return;
    }
    const days = [...new Set(news.map(({ due }) => due as Day))].sort();
    const body = lines(
      ...days.map((day) => marker(lateKey(day))),
      safe`${join(here.map(named), " ")} ${inline(news.length === 1 ? "this task is" : "these tasks are")} late:`,
      ...list(news.map((task) => safe`${this.#what(task)}, due **${inline(formatDay(task.due as Day))}**`)),
    );
    const titles = news.map(({ title }) => `“${title}”`).join(", ");
    this.#comment(lateKey(days.at(-1) as Day), body, `Late: ${titles}.`);
  }

  /** Whoever is to do it, or to review it; while they are off, their cover, or else somebody who is not. */
  #asked(task: CloseTask, day: Day): Asked | null {
    const { config } = this.#look;
    const handle = task.box.done ? task.reviewer : task.owner;
    const whose = handle === null ? undefined : memberOf(config, handle);
    if (!whose) return null;
    const works = (member: Member) => worksToday(member, instantOf(day, member.hours.from, member.timezone));
    if (works(whose)) return { member: whose, insteadOf: null };
    const other = task.box.done ? task.owner : task.reviewer;
    const may = (member: Member) =>
      works(member) && (other === null || !sameHandle(other, member.handle)) && member !== whose;
    const cover = whose.cover === undefined ? undefined : memberOf(config, whose.cover);
    const inTeam = [...config.team].sort((a, b) => Number(b.dri) - Number(a.dri));
    const member = cover && works(cover) ? cover : (inTeam.find(may) ?? inTeam.find(works));
    return member ? { member, insteadOf: whose } : null;
  }

  #what({ title, box, owner, reviewer }: CloseTask): SafeText {
    const who = box.done ? reviewer : owner;
    const by = who === null ? safe`` : safe` (${inline(who)})`;
    return box.done ? safe`${inline(title)}: its review${by}` : safe`${inline(title)}${by}`;
  }

  #comment(key: string, body: SafeText, reason: string): void {
    const { project, number: issue } = this.#ref;
    this.#draft.change({ kind: "comment", project, issue, key, body, reason });
  }
}

const lateKey = (due: Day | null): string => `close-late:${due}`;

const list = (items: readonly SafeText[]): SafeText[] => points(items, MOST_NAMED);
