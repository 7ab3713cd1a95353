/**
 * reminders: a request that is about to be late is brought to whoever has it, one that is late to the DRIs.
 *
 * Each is one comment of its own, so that it notifies, found again by its marker and edited in place. A second
 * hidden line says what it was about: the same is never said twice.
 */
import type { Member } from "../engine/config/schema.ts";
import { drisOf, isAtWork, named, nextAtWork } from "../engine/cover.ts";
import { driHandles } from "../engine/hire-request.ts";
import { CLOCKS, type ClockName, type ClockReading, clockTerms, soonest } from "../engine/metrics/clocks.ts";
import { findMarkers, inline, join, lines, marker, type SafeText, safe } from "../engine/text/safe.ts";
import { addWorkingMs } from "../engine/time/clock.ts";
import { DAY_MS, MINUTE_MS } from "../engine/time/days.ts";
import { formatWorking } from "../engine/time/duration.ts";
import { formatInstant } from "../engine/time/zones.ts";
import type { Instant, Issue, IssueRef } from "../model.ts";
import type { Draft, Explanation, Look, Policy } from "./policy.ts";
import { isRequest, LEAVER, ownKeys } from "./request.ts";
import { clocksOf, shownState, teamAssignees } from "./request-clocks.ts";

const NAME = "reminders";
/** The assignee is reminded once a fifth of the allowance is left. */
const WARN_LEFT = 1 / 5;
/** Whoever begins with daytwo is not told of what was late long ago. */
const LATE_DAYS = 30;

export const reminders: Policy = {
  name: NAME,
  summary: "Reminds the assignee before a request is late, and tells the DRIs when it is, in working time.",
  enabled: () => true,

  propose(look, draft) {
    for (const issue of look.subjects("requests")) consider(look, draft, issue);
  },

  explain(look, ref) {
    const issue = ref.project === "requests" ? look.issue(ref) : null;
    if (!issue || issue.state === "closed" || !isRequest(look, issue)) return [];
    const clocks = clocksOf(look, ref, issue);
    if (!clocks || clocks === "moving") return [];
    return CLOCKS.flatMap((name) => explained(look, issue, clocks[name])).map((one) => ({
      rule: NAME,
      ...one,
    }));
  },
};

function consider(look: Look, draft: Draft, issue: Issue): void {
  if (issue.state === "closed") return;
  const ref: IssueRef = { project: "requests", number: issue.number };
  if (look.settled(ref)) return;
  const state = shownState(look, issue);
  if (state !== "action_needed" && state !== "in_progress") return;
  const terms = clockTerms(look.config);
  const share = teamAssignees(look, issue).length > 0 ? 1 - WARN_LEFT : 1;
  const names = state === "action_needed" ? CLOCKS : (["done"] as const);
  const early = soonest(terms, names, issue.createdAt, share);
  if (look.now < early) {
    draft.wake(ref, early);
    return;
  }
  // Where daytwo cannot tell its own comments it would remind for ever.
  if (!isRequest(look, issue) || look.project("requests")?.self === "") return;
  const clocks = clocksOf(look, ref, issue);
  if (clocks === "moving") draft.wake(ref, look.now);
  else if (clocks) {
    const late = clocks.done !== null && clocks.done.breachedAt !== null && counts(look, issue, clocks.done);
    for (const name of CLOCKS) {
      const reading = clocks[name];
      // Whoever hears that a request is late as a whole need not hear that it was taken up late.
      if (late && name === "first_action") continue;
      if (reading && counts(look, issue, reading)) watch(look, draft, ref, issue, reading);
    }
  }
}

function counts(look: Look, issue: Issue, { clock, running }: ClockReading): boolean {
  if (!running) return false;
  // When somebody's access must be gone has dates of its own, which another rule watches.
  const leaver = ownKeys(look, issue).some((key) => key.startsWith(LEAVER));
  return clock === "first_action" || !leaver;
}

/** A clock that runs: what is to be said now, and when next. */
function watch(look: Look, draft: Draft, ref: IssueRef, issue: Issue, reading: ClockReading): void {
  const { breachedAt, dueAt } = reading;
  if (breachedAt !== null) {
    if (look.now - breachedAt <= LATE_DAYS * DAY_MS)
      tell(look, draft, ref, breach(look, issue, reading, breachedAt));
    return;
  }
  const assignees = teamAssignees(look, issue);
  const warning = warnsAt(look, reading);
  if (assignees.length > 0 && warning <= look.now) tell(look, draft, ref, warn(look, reading, assignees));
  if (assignees.length > 0 && warning > look.now) draft.wake(ref, warning);
  else if (dueAt !== null) draft.wake(ref, dueAt);
}

function warnsAt(look: Look, { clock, left }: ClockReading): Instant {
  const { time, allowance } = clockTerms(look.config);
  const until = left - Math.round(allowance[clock] * WARN_LEFT);
  return until > 0 ? addWorkingMs(time, look.now, until) : look.now;
}

/** What is said to whom. */
interface Notice {
  /** The marker of its comment. */
  readonly key: string;
  readonly people: readonly Member[];
  /** What it is about, in the comment's second hidden line. */
  about(told: readonly Member[]): string;
  /** Whether a comment about this says it already. */
  stands(about: string): boolean;
  readonly text: SafeText;
  readonly reason: string;
}

const minute = (at: Instant): number => Math.floor(at / MINUTE_MS);
const TOLD = "told:";

const NAMES: Readonly<
  Record<ClockName, { readonly due: string; readonly late: string; readonly rest: string }>
> = {
  first_action: { due: "Its first action is due", late: "Nobody has taken this request up", rest: "" },
  done: { due: "This request is due", late: "This request is late", rest: ", not counting On Hold" },
};

/** Told once for a due time, unless none of those told has it any more. */
function warn(look: Look, { clock, dueAt }: ClockReading, assignees: readonly Member[]): Notice {
  const due = minute(dueAt ?? look.now);
  const [only, ...more] = assignees;
  const zone = only && more.length === 0 ? only.timezone : look.config.timezone;
  const when = formatInstant(dueAt ?? look.now, zone);
  const { due: text, rest } = NAMES[clock];
  return {
    key: `reminder:${clock}`,
    people: assignees,
    about: (told) => [`${TOLD}${due}`, ...told.map(({ handle }) => handle.toLowerCase())].join(","),
    stands(about) {
      const [at, ...told] = about.slice(TOLD.length).split(",");
      return Number(at) === due && assignees.some(({ handle }) => told.includes(handle.toLowerCase()));
    },
    text: safe`${inline(text)} by **${inline(when)}**, the end of ${inline(allowed(look, clock))}${inline(rest)}. If it has to wait, \`/ar hold\` says why; \`/ar release\` gives it back.`,
    reason: `${text} by ${when}; a fifth of ${allowed(look, clock)} is left.`,
  };
}

/** Told once for each time that the clock ran. */
function breach(look: Look, issue: Issue, { clock, since }: ClockReading, breachedAt: Instant): Notice {
  const about = `${TOLD}${minute(since)}`;
  const when = formatInstant(breachedAt, look.config.timezone);
  const { late, rest } = NAMES[clock];
  return {
    key: `breach:${clock}`,
    people: drisOf(look.config),
    about: () => about,
    stands: (one) => one === about,
    text: safe`**${inline(late)}.** It was due by **${inline(when)}**, the end of ${inline(allowed(look, clock))}${inline(rest)}.${shownState(look, issue) === "action_needed" ? safe` \`/ar take\` takes it.` : safe``}`,
    reason: `${late}: it was due by ${when}, the end of ${allowed(look, clock)}${rest}.`,
  };
}

const allowed = ({ config }: Look, clock: ClockName): string =>
  formatWorking(clockTerms(config).allowance[clock], config.hours);

/** Says it to those who are at work; where nobody is, as soon as the first of them is. */
function tell(look: Look, draft: Draft, ref: IssueRef, notice: Notice): void {
  const comments = look.comments(ref);
  if (!comments || notice.people.length === 0) return;
  const before = comments.find(
    ({ author, body }) => look.own("requests", author) && findMarkers(body).includes(notice.key),
  );
  const about = before && findMarkers(before.body).find((key) => key.startsWith(TOLD));
  if (about !== undefined && notice.stands(about)) return;
  const here = notice.people.filter((member) => isAtWork(member, look.now));
  if (here.length === 0) {
    draft.wake(ref, Math.min(...notice.people.map((member) => nextAtWork(member, look.now))));
    return;
  }
  const body = lines(
    marker(notice.key),
    marker(notice.about(here)),
    safe`${join(here.map(named), " ")} ${notice.text}`,
  );
  const change = { project: ref.project, issue: ref.number, body, reason: notice.reason } as const;
  if (before) draft.change({ ...change, kind: "edit-comment", comment: before.id });
  else draft.change({ ...change, kind: "comment", key: notice.key });
}

type Said = Omit<Explanation, "rule">;

function explained(look: Look, issue: Issue, reading: ClockReading | null): Said[] {
  if (!reading) return [];
  const { config } = look;
  const { clock, running, left, dueAt, breachedAt } = reading;
  const what = clock === "first_action" ? "Its first action" : "It";
  const zone = config.timezone;
  if (!running) {
    // Of a wait that is over nothing is to be said any more.
    if (clock === "first_action" || breachedAt !== null || shownState(look, issue) !== "on_hold") return [];
    return [
      { text: `On Hold no time is counted; ${formatWorking(left, config.hours)} of working time are left.` },
    ];
  }
  if (breachedAt !== null) {
    const dris = driHandles(config);
    const told =
      dris.length > 0 ? `The DRIs hear of it: ${dris.join(", ")}.` : "Nobody in the team has dri: true.";
    return [{ text: `${what} was due ${formatInstant(breachedAt, zone)}: it is late. ${told}` }];
  }
  if (dueAt === null) return [];
  const [assignee] = counts(look, issue, reading) ? teamAssignees(look, issue) : [];
  const warning = warnsAt(look, reading);
  const next: Said[] =
    assignee && warning > look.now
      ? [{ text: `${assignee.handle} is reminded when a fifth of the time is left.`, at: warning }]
      : [];
  return [
    {
      text: `${what} is due ${formatInstant(dueAt, zone)}; ${formatWorking(left, config.hours)} of working time left.`,
      at: dueAt,
    },
    ...next,
  ];
}
