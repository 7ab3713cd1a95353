/**
 * A review that nobody answers: its owner is reminded once, then the DRIs are called once. Each is one comment of its
 * own, so that it notifies, found again by its marker.
 */
import type { Member } from "../engine/config/schema.ts";
import { drisOf, isAtWork, memberOf, named, nextAtWork } from "../engine/cover.ts";
import { openedAt } from "../engine/metrics/opened.ts";
import { CALL_AFTER, REMIND_AFTER } from "../engine/review/compose.ts";
import type { ReviewPart } from "../engine/review/names.ts";
import {
  findMarkers,
  inline,
  isHandle,
  join,
  lines,
  marker,
  mention,
  type SafeText,
  safe,
} from "../engine/text/safe.ts";
import { isAway } from "../engine/time/absences.ts";
import { addWorkingDays, calendarOf } from "../engine/time/calendar.ts";
import { dayOf, instantOf } from "../engine/time/zones.ts";
import type { Instant, Issue, IssueRef } from "../model.ts";
import type { Draft, Explanation, Look } from "./policy.ts";

const REMINDER = "review-reminder";
const CALL = "review-call";

/** The begin of work so many working days after it was opened. */
function after(look: Look, issue: Issue, days: number): Instant {
  const { calendar, timezone, hours } = look.config;
  const opened = dayOf(openedAt(issue, look.own("requests", issue.author)), timezone);
  return instantOf(addWorkingDays(calendarOf(calendar), opened, days), hours.from, timezone);
}

/** Who is told now; else when somebody can be. */
type Whom = { readonly people: readonly SafeText[] } | { readonly at: Instant };

function whomToCall(members: readonly Member[], now: Instant): Whom | null {
  if (members.length === 0) return null;
  const here = members.filter((member) => isAtWork(member, now));
  if (here.length > 0) return { people: here.map(named) };
  return { at: Math.min(...members.map((member) => nextAtWork(member, now))) };
}

/** The owner; while they are away, their cover, if there is one. */
function whomToRemind(look: Look, owner: string): Whom | null {
  const member = memberOf(look.config, owner);
  if (!member) {
    const forge = look.project("requests")?.forge;
    return { people: [isHandle(owner, forge) ? mention(owner, forge) : inline(owner)] };
  }
  const away = isAway(member.absences, dayOf(look.now, member.timezone));
  const cover = away && member.cover !== undefined ? memberOf(look.config, member.cover) : undefined;
  return whomToCall(cover ? [cover] : [member], look.now);
}

/** Says once to those who are at work what is due by now, and wakes the review for what is due later. */
export function escalate(
  look: Look,
  draft: Draft,
  ref: IssueRef,
  issue: Issue,
  { owner, period }: ReviewPart,
  open: number,
): void {
  const comments = look.comments(ref);
  // Where daytwo cannot tell its own comments it would remind for ever.
  if (!comments || look.project("requests")?.self === "") return;
  const said = (key: string) =>
    comments.some(({ author, body }) => look.own("requests", author) && findMarkers(body).includes(key));
  const [remind, call] = [after(look, issue, REMIND_AFTER), after(look, issue, CALL_AFTER)];
  if (look.now < remind) {
    draft.wake(ref, remind);
    return;
  }
  const calling = look.now >= call;
  if (!calling) draft.wake(ref, call);
  const key = calling ? CALL : REMINDER;
  if (said(key)) return;
  const dris = drisOf(look.config);
  const whom = calling ? whomToCall(dris, look.now) : whomToRemind(look, owner);
  if (!whom) return;
  if ("at" in whom) {
    draft.wake(ref, whom.at);
    return;
  }
  const days = calling ? CALL_AFTER : REMIND_AFTER;
  const what = open === 1 ? safe`1 is` : safe`${open} are`;
  const text = calling
    ? safe`**The access review of ${inline(period)} is late.** After ${days} working days ${what} still without an answer. It is ${inline(owner)}'s; anybody of the team may answer in their place.`
    : safe`${what} without an answer in this access review, ${days} working days after it was opened. Please keep or revoke each; after ${CALL_AFTER} the DRIs are called.`;
  draft.change({
    kind: "comment",
    project: ref.project,
    issue: ref.number,
    key,
    body: lines(marker(key), safe`${join(whom.people, " ")} ${text}`),
    reason: `${open} ${open === 1 ? "row is" : "rows are"} without an answer after ${days} working days.`,
  });
}

/** Who hears of it when, for `explain`. */
export function escalations(
  look: Look,
  issue: Issue,
  { owner }: ReviewPart,
): readonly Omit<Explanation, "rule">[] {
  const calls = [
    { text: `${owner} is reminded of what is open.`, at: after(look, issue, REMIND_AFTER) },
    { text: "The DRIs are called for what is open.", at: after(look, issue, CALL_AFTER) },
  ];
  return calls.filter(({ at }) => at > look.now);
}
