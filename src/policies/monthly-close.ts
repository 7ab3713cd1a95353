/**
 * monthly-close: one issue takes a month from the last check of its data to the payout.
 *
 * It opens on its working day. From then on it is its body that counts: who does what by when, what is done and what
 * is reviewed. Whoever does a task does not review it; who ticked what is remembered in the key of the section, since
 * no forge tells it twice.
 */
import { bodyHash } from "../engine/close/body-hash.ts";
import { type Before, closeTitle, composeClose } from "../engine/close/compose.ts";
import { reviewBox, type Ticked, taskBox } from "../engine/close/doers.ts";
import { type Back, type Judgement, judge, mended } from "../engine/close/judge.ts";
import { type CloseMemory, readMemory, writeMemory } from "../engine/close/memory.ts";
import { closeKey, type Month, monthBefore, monthToOpen } from "../engine/close/month.ts";
import { closeProgress, isFinished } from "../engine/close/progress.ts";
import { type CloseBody, readClose } from "../engine/close/tasks.ts";
import type { Close } from "../engine/config/schema.ts";
import { issueLink } from "../engine/links.ts";
import { count } from "../engine/text/count.ts";
import { writeBack } from "../engine/text/safe.ts";
import { dayOf } from "../engine/time/zones.ts";
import type { Issue, IssueRef } from "../model.ts";
import { afterClose, stateHash } from "./close-after.ts";
import { CLOSE, closeMonth, signingOf, whoTicked } from "./close-evidence.ts";
import {
  attainmentOf,
  exceptionsOf,
  type GivenList,
  hasExceptions,
  isSignedOff,
  noted,
  stirred,
  tomorrow,
} from "./close-findings.ts";
import { isOpenedToday, remind } from "./close-reminders.ts";
import { backReason, closeSection, findings, nextStep } from "./close-words.ts";
import { signsWaiting } from "./commands.ts";
import { closedBefore } from "./judged.ts";
import type { Draft, Explanation, Look, Policy } from "./policy.ts";
import { cannotKnowOwn, closeDoubles, DOUBLE, periodIssue } from "./recurring.ts";

export const monthlyClose: Policy = {
  name: CLOSE,
  summary:
    "Opens each month's close on its working day and sees it through: order, reviews, exceptions, lateness.",
  enabled: (config) => config.close !== false,

  propose(look, draft) {
    const { close } = look.config;
    if (!close) return;
    if (look.whole && look.trigger.kind === "tick") open(look, draft, close);
    for (const issue of look.subjects("requests")) {
      const month = closeMonth(look, issue);
      if (month === null) continue;
      // One that was opened twice is about to go.
      const first = look.whole ? look.opened(closeKey(month)) : null;
      if (!first || first.number === issue.number) keep(look, draft, issue, month);
    }
  },

  explain(look, ref): readonly Explanation[] {
    const issue = ref.project === "requests" ? look.issue(ref) : null;
    const month = issue ? closeMonth(look, issue) : null;
    if (!issue || month === null) return [];
    const progress = closeProgress(readClose(issue.body), today(look));
    const { total, done, reviewed, late } = progress;
    if (issue.state === "closed") {
      const text = `The close of ${month} is closed: ${done} of ${count(total, "task")} done, ${reviewed} reviewed.`;
      return [{ rule: CLOSE, text }];
    }
    const next = nextStep(progress);
    return [
      {
        rule: CLOSE,
        text: `The close of ${month}: ${done} of ${count(total, "task")} done, ${reviewed} reviewed, ${late.length} late.`,
      },
      ...(next === null ? [] : [{ rule: CLOSE, text: next }]),
    ];
  },
};

const today = ({ config, now }: Look) => dayOf(now, config.timezone);

function open(look: Look, draft: Draft, close: Close): void {
  const { config, now } = look;
  const dues = config.templates.get(close.template)?.tasks.flatMap(({ due }) => due ?? []) ?? [];
  const month = monthToOpen(config, close, dues, now);
  if (month === null) return;
  const key = closeKey(month);
  closeDoubles(look, draft, CLOSE, key);
  if (periodIssue(look, key, closeTitle(close, month)) !== null) return;
  const before = monthBeforeOf(look, close, month);
  const unknown = cannotKnowOwn(look);
  if (before === undefined) return;
  if (unknown !== null) {
    draft.problem("requests", null, unknown);
    return;
  }
  draft.change({
    kind: "create-issue",
    project: "requests",
    issue: null,
    key,
    ...composeClose(config, close, month, before),
    reason: `The close of ${month} opens.`,
  });
  // They are listed in its status comment, which has to wait until it is there.
  if (hasExceptions(look, month)) draft.again(key);
}

/** What the month before leaves: a link, and what it was told to hand on. */
function monthBeforeOf(look: Look, close: Close, month: Month): Before | null | undefined {
  const before = monthBefore(month);
  const issue = periodIssue(look, closeKey(before), closeTitle(close, before));
  const project = look.project("requests");
  if (!issue || !project) return issue === undefined ? undefined : null;
  const { tasks, carry } = readClose(issue.body);
  const link = issueLink(project.name, issue);
  const carried = tasks
    .filter((task) => carry && !isFinished(task))
    .map(({ title, owner, reviewer, box }) => ({
      title,
      owner,
      reviewer,
      steps: [`From ${link}${box.done ? ": done there, and not reviewed" : ""}`],
    }));
  return { month: before, link, carried };
}

function keep(look: Look, draft: Draft, issue: Issue, month: Month): void {
  const ref: IssueRef = { project: "requests", number: issue.number };
  if (look.settled(ref) && !stirred(look, issue, month)) return;
  const said = look.said(CLOSE, ref);
  if (said === undefined || said?.startsWith(DOUBLE)) return;
  const memory = readMemory(said);
  const closed = issue.state === "closed";
  if (closed && memory.closed !== null && memory.closed.at === issue.closedAt) {
    afterClose(look, draft, ref, issue, month, memory);
    return;
  }
  if (closed && closedBefore(look, issue)) return;
  // Asked for together, so that they are read together.
  const evidence = whoTicked(look, ref, issue, memory);
  const signed = signatures(look, ref, issue, memory);
  const found = closed ? memory.exceptions : exceptionsOf(look, issue, month, memory, said);
  const attainment = attainmentOf(look, ref, issue);
  if (!evidence || !signed || !found || attainment === undefined) return;
  const body = readClose(issue.body);
  const judgement = judge(body, {
    ticked: evidence.ticked,
    signed,
    role: (handle) => look.role("requests", handle),
    reviews: look.config.team.length > 1,
  });
  const may = judgement.complete || (body.carry && judgement.mends.length === 0);
  // What was put back, or signed, is so after this plan.
  const after = judgement.mends.length > 0 ? readClose(mended(issue.body, judgement.mends)) : body;
  // What is put back is open after this, and who signed a review need not have ticked its box.
  const passed = new Set([...judgement.backs.map(({ name }) => name), ...[...signed.keys()].map(reviewBox)]);
  const ticked = new Map([...evidence.ticked].filter(([name]) => !passed.has(name)));
  const kept: CloseMemory = {
    ...memory,
    // What has not changed rests on what it rested on.
    at: sameTicks(ticked, memory.ticked) ? memory.at : evidence.at,
    ticked,
    signed,
    backs: backsOf(memory, judgement, after),
    reopened: (closed && !may) || (memory.reopened && !judgement.complete && !closed),
    // What is still to be ticked for whoever signed it would be an edit after the close.
    closed:
      closed && may && judgement.mends.length === 0
        ? { hash: stateHash(issue, attainment), at: issue.closedAt }
        : null,
    exceptions: memory.frozen ? memory.exceptions : found,
    // Only once they have been looked at again may they stay as they are.
    frozen: closed ? memory.frozen : isSignedOff(after.tasks) && (memory.frozen || look.whole),
    attainment: attainment && noted(attainment),
  };
  tell(look, draft, ref, { month, kept, body: after, judgement, said, issue, attainment });
  change(draft, ref, issue, judgement, closed && !may);
  if (closed && may && kept.closed === null) draft.again(ref);
  remind(look, draft, ref, issue, after.tasks);
  // An exception may have lost its label, and then tells of nothing.
  if (!closed) draft.wake(ref, tomorrow(look));
}

const sameTicks = (a: Ticked, b: Ticked): boolean =>
  a.size === b.size && [...a].every(([name, by]) => b.get(name)?.join() === by.join());

/** Signatures that stand, and those given just now. */
function signatures(
  look: Look,
  ref: IssueRef,
  issue: Issue,
  memory: CloseMemory,
): ReadonlyMap<string, string> | undefined {
  // Whoever signs and then closes it has signed, though daytwo looks only now.
  const until = issue.state === "open" ? Number.POSITIVE_INFINITY : (issue.closedAt ?? 0);
  const waiting = signsWaiting(look, ref)?.filter(({ at }) => at <= until);
  if (!waiting) return undefined;
  const { tasks } = readClose(issue.body);
  // Whoever takes the tick off again takes the signature back.
  const signed = new Map(
    [...memory.signed].filter(([id]) =>
      tasks.some((task) => task.id === id && task.box.done && task.review?.ticked),
    ),
  );
  for (const { by, at } of waiting) {
    const now = signingOf(look, ref, issue, by, at);
    if (!now) return undefined;
    for (const { id } of now.signed) signed.set(id, by);
  }
  return signed;
}

/** What was put back and has not been done rightly since. */
function backsOf(memory: CloseMemory, { backs }: Judgement, { tasks }: CloseBody): Back[] {
  const open = new Set(
    tasks.flatMap(({ id, box, review }) => [
      ...(box.done ? [] : [taskBox(id)]),
      ...(review && !review.done ? [reviewBox(id)] : []),
    ]),
  );
  const before = memory.backs.filter(({ name }) => open.has(name) && !backs.some((one) => one.name === name));
  return [...before, ...backs];
}

interface News {
  readonly month: Month;
  readonly kept: CloseMemory;
  readonly body: CloseBody;
  readonly judgement: Judgement;
  readonly said: string | null;
  readonly issue: Issue;
  readonly attainment: GivenList | null;
}

function tell(look: Look, draft: Draft, ref: IssueRef, news: News): void {
  const { month, kept, body, judgement, said, issue, attainment } = news;
  const progress = closeProgress(body, today(look));
  const { ticked, backs, exceptions } = kept;
  // What was late before it was there is no news of the day that it is opened on.
  const late = isOpenedToday(look, issue) ? [] : progress.late;
  const events = [...ticked, ...backs, ...exceptions, ...late].length;
  // Nothing has happened yet, and nobody needs a comment to say so.
  if (said === null && events === 0 && !kept.reopened && !kept.closed && !attainment) return;
  const more = findings(look, issue, month, kept, attainment?.check.faults ?? []);
  const text = closeSection({ month, judgement, memory: kept, progress, carry: body.carry, more });
  const key = writeMemory(kept, bodyHash(text));
  draft.say(ref, { key, body: text }, reasonOf(news));
}

function reasonOf({ judgement, kept: { closed, reopened, exceptions }, said, month }: News): string {
  const backs = judgement.backs.flatMap((one) => backReason(one, judgement) ?? []);
  if (backs.length > 0) return backs.join(" ");
  if (closed !== null) return `The close of ${month} is closed.`;
  if (reopened) return "It was closed with open boxes, or with reviews that nobody has signed.";
  const listed = JSON.stringify(readMemory(said).exceptions) === JSON.stringify(exceptions);
  return listed ? `The close of ${month} has moved on.` : `The exceptions of ${month} have changed.`;
}

function change(draft: Draft, ref: IssueRef, issue: Issue, judgement: Judgement, reopen: boolean): void {
  const base = { project: ref.project, issue: ref.number } as const;
  if (judgement.mends.length > 0) {
    const backs = judgement.backs.flatMap((one) => backReason(one, judgement) ?? []);
    const reason = backs.length > 0 ? backs.join(" ") : "Its reviewer signed it.";
    draft.change({
      ...base,
      kind: "edit-issue",
      body: writeBack(mended(issue.body, judgement.mends)),
      reason,
    });
  }
  if (!reopen) return;
  const { stands, others } = judgement;
  const open = [
    ...stands.filter(({ done, review }) => !done || review !== "done").map(({ task }) => task.title),
    ...others.map(({ text }) => text),
  ];
  const reason = `It was closed with ${open.length} open: ${open.map((one) => `“${one}”`).join(", ")}.`;
  draft.change({ ...base, kind: "reopen-issue", reason });
}
