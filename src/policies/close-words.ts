/** What the close says in its status comment, and why it changes a box. */
import type { AttainmentFault } from "../engine/close/attainment.ts";
import type { Doers } from "../engine/close/doers.ts";
import type { Back, Judgement, TaskStand } from "../engine/close/judge.ts";
import type { CloseMemory } from "../engine/close/memory.ts";
import type { Month } from "../engine/close/month.ts";
import { type CloseProgress, isFinished } from "../engine/close/progress.ts";
import type { CloseTask } from "../engine/close/tasks.ts";
import { issueLink } from "../engine/links.ts";
import { count } from "../engine/text/count.ts";
import { code, inline, join, lines, type SafeText, safe } from "../engine/text/safe.ts";
import { formatDay } from "../engine/time/days.ts";
import type { Issue } from "../model.ts";
import { titled } from "./points.ts";
import type { Look } from "./policy.ts";

export interface Told {
  readonly month: Month;
  readonly judgement: Judgement;
  readonly memory: CloseMemory;
  readonly progress: CloseProgress;
  /** Whether what is open goes to the next month. */
  readonly carry: boolean;
  /** Parts about other things, each with a heading of its own. */
  readonly more: readonly SafeText[];
}

const MOST_NAMED = 15;
const list = (title: SafeText, items: readonly SafeText[]): SafeText | null =>
  titled(title, items, MOST_NAMED);

export function closeSection(told: Told): SafeText {
  const { judgement, memory, progress, more } = told;
  const { closed, reopened } = memory;
  const { total, done, reviewed } = progress;
  const parts = [
    join(
      [
        safe`**Close of ${inline(told.month)}: ${done} of ${inline(count(total, "task"))} done, ${reviewed} reviewed.**`,
        state(told),
      ],
      " ",
    ),
    reopened && list(safe`**What is missing:**`, missing(judgement)),
    closed === null && list(safe`**Late:**`, progress.late.map(late)),
    list(
      safe`**Put back:**`,
      memory.backs.flatMap((one) => putBack(one, judgement) ?? []),
    ),
    closed === null &&
      list(
        safe`**Not known:**`,
        judgement.stands.flatMap((one) => unknown(one) ?? []),
      ),
    list(
      safe`**Edited after the close:**`,
      memory.late.map(({ by }) => (by.length === 0 ? safe`by whom is not known` : safe`by ${people(by)}`)),
    ),
    ...more,
  ];
  return join(parts, "\n\n");
}

function state({ judgement, memory, carry }: Told): SafeText | null {
  const open = judgement.stands.filter((one) => !isSettled(one)).length + judgement.others.length;
  if (memory.closed !== null) {
    if (open === 0) return safe`It is closed: everything is done, and reviewed by somebody else.`;
    return carry
      ? safe`It is closed; what is open goes to the next month's close.`
      : safe`It is closed. What is open came after that, and goes to no other month: reopen this issue to see to it.`;
  }
  if (judgement.complete) {
    return join([safe`Everything is done and reviewed: this issue can be closed.`, doubts(memory)], " ");
  }
  if (!memory.reopened) return null;
  return carry
    ? safe`It was closed with ${open} open, and is open again.`
    : safe`It was closed with ${open} open, so it is open again. To hand on what cannot be done, tick the box under **Unfinished tasks** first.`;
}

/** What no box shows, and nobody closes a month with unseen. */
function doubts({ exceptions, attainment }: CloseMemory): SafeText | null {
  const nobodys = exceptions.filter(({ approver }) => approver === null).length;
  const faults = attainment?.faults ?? 0;
  const list = [
    nobodys > 0 && safe`${inline(count(nobodys, "exception"))} without an approver`,
    faults > 0 && safe`${inline(count(faults, "fault"))} in the list of attainment`,
  ].filter((one) => one !== false);
  return list.length === 0 ? null : safe`Look first at ${join(list, safe` and `)}.`;
}

const isSettled = ({ done, review }: TaskStand): boolean => done && (review === "done" || review === "none");

function missing({ stands, others }: Judgement): SafeText[] {
  const tasks = stands.flatMap((one) => {
    const { task, done, review } = one;
    if (!done) return [safe`${inline(task.title)}: not done${byName(task.owner)}`];
    if (review === "open") return [safe`${inline(task.title)}: not reviewed${byName(task.reviewer)}`];
    if (review === "unsigned")
      return [safe`${inline(task.title)}: its review is not signed${byName(task.reviewer)}`];
    return review === "none" ? [safe`${inline(task.title)}: its box Reviewed is gone`] : [];
  });
  return [...tasks, ...others.map(({ text }) => inline(text))];
}

const byName = (handle: string | null): SafeText => (handle === null ? safe`` : safe` (${inline(handle)})`);
const people = (by: Doers): SafeText => join(by.map(inline), safe` or `);

function late(task: CloseTask): SafeText {
  const what = task.box.done
    ? safe`not reviewed${byName(task.reviewer)}`
    : safe`not done${byName(task.owner)}`;
  return safe`${inline(task.title)}, due ${inline(task.due === null ? "" : formatDay(task.due))}: ${what}`;
}

const whoever = (by: Doers): string => (by.length === 1 ? (by[0] as string) : "Somebody");

/** Why a box is put back, in a plain sentence. */
export function backReason({ name, why, by }: Back, { stands }: Judgement): string | null {
  const stand = stands.find(({ task }) => name.slice(1) === task.id);
  if (!stand) return null;
  const { title } = stand.task;
  const who = whoever(by);
  switch (why) {
    case "order": {
      const first = stand.waitsFor.map((one) => `“${one}”`).join(" and ");
      return `${who} ticked “${title}” before ${first === "" ? "what comes first" : first} was done.`;
    }
    case "same":
      return `${who} did “${title}” and ticked its review: somebody else reviews it.`;
    case "early":
      return `${who} ticked the review of “${title}” before it was done.`;
    case "outsider":
      return `${who} ticked the review of “${title}” and is not of the team.`;
  }
}

function putBack(back: Back, judgement: Judgement): SafeText | null {
  const reason = backReason(back, judgement);
  return reason === null ? null : inline(reason);
}

/** What cannot be known, and who can say it. */
function unknown({ task, done, preparers, review }: TaskStand): SafeText | null {
  if (!done || review === "done") return null;
  const whose: SafeText[] = [];
  if (preparers.length !== 1) whose.push(safe`who did it`);
  if (review === "unsigned") whose.push(safe`who reviewed it`);
  if (whose.length === 0 || (preparers.length > 1 && review !== "unsigned")) return null;
  const ask =
    task.reviewer === null ? safe`` : safe` ${inline(task.reviewer)} signs the review: \`/ar sign\`.`;
  return safe`${inline(task.title)}: ${join(whose, safe` and `)} is not known.${ask}`;
}

/** What was collected from elsewhere, each part with a heading of its own. */
export function findings(
  look: Look,
  issue: Issue,
  month: Month,
  { exceptions, frozen, attainment }: CloseMemory,
  faults: readonly AttainmentFault[],
): SafeText[] {
  const project = look.project("requests")?.name ?? "";
  const parts: SafeText[] = [];
  const { close } = look.config;
  if (exceptions.length === 0) {
    const none = frozen ? safe`none at the sign-off` : safe`none so far`;
    if (close && close.exceptions.length > 0) parts.push(safe`**Exceptions of ${inline(month)}:** ${none}.`);
  } else {
    const rows = exceptions.map(({ number, label, approver, title }) => {
      const to = issueLink(project, { number, url: issue.url.replace(/\d+$/, String(number)) });
      const by = approver === null ? safe`**nobody yet**` : inline(approver);
      return safe`| ${to} ${inline(title)} | ${code(label)} | ${by} |`;
    });
    const head = [safe`| Exception | Kind | Approved by |`, safe`| --- | --- | --- |`];
    const as = frozen ? safe`, as they stood at the sign-off` : safe``;
    parts.push(lines(safe`**Exceptions of ${inline(month)}${as}:**`, safe``, ...head, ...rows));
  }
  if (attainment) {
    const { hash, payees } = attainment;
    const bad = attainment.faults;
    const verdict = bad === 0 ? safe`each once, and the totals add up` : safe`${inline(count(bad, "fault"))}`;
    const title = safe`**Attainment:** ${inline(count(payees, "payee"))}, ${verdict}. SHA-256 of the list: ${code(hash)}.`;
    const items = faults.map(({ row, text }) =>
      row === null ? inline(text) : safe`row ${row}: ${inline(text)}`,
    );
    parts.push(list(title, items) ?? title);
  }
  return parts;
}

/** What is still to be done, for `explain`. */
export function nextStep({ next }: CloseProgress): string | null {
  if (!next) return null;
  const due = next.due === null ? "" : `, due ${formatDay(next.due)}`;
  const what = next.box.done
    ? `its review by ${next.reviewer ?? "somebody else"}`
    : `by ${next.owner ?? "nobody"}`;
  return isFinished(next) ? null : `Next: “${next.title}”${due}, ${what}.`;
}
