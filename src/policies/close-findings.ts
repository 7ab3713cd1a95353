/** What a close collects from elsewhere: the exceptions of its month, and the list of attainment. */
import { type AttainmentCheck, attainmentIn, checkAttainment } from "../engine/close/attainment.ts";
import { isOfMonth, namedApprover } from "../engine/close/exceptions.ts";
import type { Attainment, CloseMemory, Listed } from "../engine/close/memory.ts";
import { type Month, monthBounds } from "../engine/close/month.ts";
import type { CloseTask } from "../engine/close/tasks.ts";
import { plain } from "../engine/text/safe.ts";
import { addDays } from "../engine/time/days.ts";
import { dayOf, instantOf } from "../engine/time/zones.ts";
import type { Comment, Instant, Issue, IssueRef } from "../model.ts";
import type { Look } from "./policy.ts";

const LONGEST_TITLE = 100;

/**
 * The issues that are labelled as an exception and may belong to the month; null where the list has not been read.
 * @param list whether it is worth reading for this
 */
function candidates(
  look: Look,
  month: Month,
  close: number | null,
  list: boolean,
): { issue: Issue; label: string }[] | null {
  const all = list ? look.all("requests") : undefined;
  const { close: settings, timezone } = look.config;
  if (!all || !settings) return null;
  const since = instantOf(monthBounds(month).first, "00:00", timezone);
  const found: { issue: Issue; label: string }[] = [];
  for (const issue of all) {
    if (issue.labels.length === 0 || issue.number === close) continue;
    const label = settings.exceptions.find((one) => look.has("requests", issue, one));
    if (label === undefined) continue;
    if (issue.updatedAt >= since || issue.state === "open") found.push({ issue, label });
  }
  return found;
}

/** Whether an exception has changed since the close was looked at. */
export function stirred(look: Look, close: Issue, month: Month): boolean {
  if (close.state === "closed") return false;
  return (candidates(look, month, close.number, look.whole) ?? []).some(
    ({ issue }) => isOfMonth(issue, month, look.config.timezone) && !look.settled(refOf(issue)),
  );
}

/** Whether a month has exceptions before its close is there to list them. */
export const hasExceptions = (look: Look, month: Month): boolean =>
  (candidates(look, month, null, look.whole) ?? []).some(({ issue }) =>
    isOfMonth(issue, month, look.config.timezone),
  );

const refOf = ({ number }: Issue): IssueRef => ({ project: "requests", number });

/**
 * The exceptions as they stand: those of the month, and those listed before that still bear their label.
 * @param said the key of the section as it stands; null for none
 * @returns what was listed before where nothing is listed for it; undefined while something has not been read
 */
export function exceptionsOf(
  look: Look,
  close: Issue,
  month: Month,
  { exceptions: before }: CloseMemory,
  said: string | null,
): readonly Listed[] | undefined {
  // Of a close that has said nothing yet, they are what there is to say: it was opened just now.
  const list = look.whole || (look.trigger.kind === "tick" && said === null);
  const found = candidates(look, month, close.number, list);
  if (found === null && list) return undefined;
  if (!found) return before;
  const here = found.filter(
    ({ issue }) =>
      isOfMonth(issue, month, look.config.timezone) || before.some(({ number }) => number === issue.number),
  );
  const listed = here.map(({ issue, label }) => listedAs(look, issue, label));
  if (listed.includes(undefined)) return undefined;
  const numbers = new Set([...(look.all("requests") ?? [])].map(({ number }) => number));
  // One that is too old to be listed has lost nothing.
  const old = before.filter(({ number }) => !numbers.has(number));
  return [...old, ...(listed as Listed[])].sort((a, b) => a.number - b.number);
}

function listedAs(look: Look, issue: Issue, label: string): Listed | undefined {
  const history = look.history(refOf(issue));
  if (!history) return undefined;
  const { label: approval } = look.config.requests.approval;
  const approved = look.has("requests", issue, approval);
  const by = history.findLast((one) => one.type === "labeled" && look.sameLabel(one.label, approval))?.actor;
  const labeled = approved && by && !look.own("requests", by) ? by : null;
  const title = plain(issue.title);
  return {
    number: issue.number,
    label,
    approver: labeled ?? namedApprover(issue.body),
    title: title.length > LONGEST_TITLE ? `${title.slice(0, LONGEST_TITLE - 1).toWellFormed()}…` : title,
  };
}

const SIGN_OFF = /^sign[- ]?off$/i;

/** Whether the month is signed off: every task of the group Sign-off is done. */
export function isSignedOff(tasks: readonly CloseTask[]): boolean {
  const own = tasks.filter(({ group }) => group !== null && SIGN_OFF.test(group));
  return own.length > 0 && own.every(({ box }) => box.done);
}

export interface GivenList {
  readonly check: AttainmentCheck;
  /** The comment that has it; null for the issue's own text. */
  readonly comment: Comment | null;
}

/** The latest list of attainment that the team gave in a comment, or the one in the issue's own text. */
export function attainmentOf(look: Look, ref: IssueRef, issue: Issue): GivenList | null | undefined {
  const comments = look.comments(ref);
  const { close } = look.config;
  if (!comments || !close) return undefined;
  for (const comment of comments.toReversed()) {
    if (look.role("requests", comment.author) !== "team") continue;
    const list = attainmentIn(comment.body);
    if (list !== null) return { check: checkAttainment(list, close.payees), comment };
  }
  const own = attainmentIn(issue.body);
  return own === null ? null : { check: checkAttainment(own, close.payees), comment: null };
}

/** As the status comment remembers it. */
export const noted = ({ check: { hash, payees, faults } }: GivenList): Attainment => ({
  hash,
  payees,
  faults: faults.length,
});

/** The begin of the team's next day. */
export const tomorrow = ({ config: { timezone }, now }: Look): Instant =>
  instantOf(addDays(dayOf(now, timezone), 1), "00:00", timezone);
