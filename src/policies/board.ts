/**
 * board: one living issue that says where requests stand, edited in place at its hour.
 *
 * Its text carries the time it was made at. One made before the last scheduled hour is made anew, and written only
 * where it says something else; so the hour may be missed by any number of ticks, and a tick between hours reads
 * nothing for it.
 */
import type { Config } from "../engine/config/schema.ts";
import { boardText, SUMMARY, stampIn } from "../engine/metrics/board-text.ts";
import { openedAt } from "../engine/metrics/opened.ts";
import { publishes } from "../engine/metrics/publish.ts";
import { findMarkers, title } from "../engine/text/safe.ts";
import { addDays, dayNumber, WEEKDAYS, weekdayOf } from "../engine/time/days.ts";
import { dayOf, instantOf } from "../engine/time/zones.ts";
import type { Instant, Issue, IssueRef } from "../model.ts";
import { boardIn } from "./board-data.ts";
import type { Draft, Look, Policy } from "./policy.ts";
import { isRequest, ownKeys } from "./request.ts";

const NAME = "board";

export const board: Policy = {
  name: NAME,
  summary: "Keeps one living issue that shows who waits for what, since when, and why.",
  enabled: (config) => publishes(config, "issue"),

  propose(look, draft) {
    // Not at each webhook: whoever reads it on Monday morning wants one edit, not a hundred.
    if (look.trigger.kind !== "tick" || !look.config.board) return;
    const summary = summaryIn(look);
    if (summary === undefined) return;
    const due = lastHour(look.config, look.now);
    if (summary === null) {
      if (look.whole && hadRequests(look, due)) open(look, draft);
    } else keep(look, draft, summary, due);
    if (look.whole) for (const double of look.doubles(SUMMARY)) closeDouble(draft, double, summary);
  },

  explain(look, ref) {
    const issue = ref.project === "requests" ? look.issue(ref) : null;
    if (!issue || !isSummary(look, issue) || !look.config.board) return [];
    const at = nextHour(look.config, look.now);
    return [{ rule: NAME, text: "This is the board's summary. It is brought up to date by the hour.", at }];
  },
};

const isSummary = (look: Look, issue: Issue): boolean => ownKeys(look, issue).includes(SUMMARY);

/** Looking at one issue alone, it is that one or none of our business. */
function summaryIn(look: Look): Issue | null | undefined {
  if (look.whole) return look.opened(SUMMARY);
  for (const issue of look.subjects("requests")) if (isSummary(look, issue)) return issue;
  return null;
}

/** There has to be something to show at the hour that it is opened for. */
function hadRequests(look: Look, due: Instant): boolean {
  for (const issue of look.all("requests") ?? []) {
    const since = openedAt(issue, look.own("requests", issue.author));
    if (since < due && issue.state === "open" && isRequest(look, issue)) return true;
  }
  return false;
}

function open(look: Look, draft: Draft): void {
  const { config, now } = look;
  const found = boardIn(look);
  if (!found || !config.board) return;
  draft.change({
    kind: "create-issue",
    project: "requests",
    issue: null,
    key: SUMMARY,
    title: title(config.board.summary.issue),
    labels: [],
    assignees: [],
    body: boardText(found.board, { ...found.setting, schedule: config.board.summary.at, stamp: now }),
    ...(config.board.summary.pin ? { pin: true } : {}),
    reason: "There is no summary of the board yet.",
  });
}

function keep(look: Look, draft: Draft, summary: Issue, due: Instant): void {
  const { config, now } = look;
  if (!config.board) return;
  const ref: IssueRef = { project: "requests", number: summary.number };
  const stamp = stampIn(findMarkers(summary.body));
  if ((stamp !== null && stamp >= due) || look.settled(ref)) return;
  const found = boardIn(look);
  if (!found) return;
  const { board: data } = found;
  const setting = { ...found.setting, schedule: config.board.summary.at };
  const name = title(config.board.summary.issue);
  const change = { project: "requests", issue: ref.number } as const;
  const stands = boardText(data, { ...setting, stamp: stamp ?? now });
  if (plainly(stands) === plainly(summary.body) && name === summary.title && summary.state === "open") {
    draft.wake(ref, nextHour(config, now));
    return;
  }
  const reason = "The board has changed since this was written.";
  if (summary.state === "closed") {
    draft.change({ ...change, kind: "reopen-issue", reason: "The summary lives as long as the board does." });
  }
  const body = boardText(data, { ...setting, stamp: now });
  draft.change({
    ...change,
    kind: "edit-issue",
    body,
    ...(name === summary.title ? {} : { title: name }),
    reason,
  });
}

/** Forges end lines in their own ways. */
const plainly = (body: string): string => body.replaceAll("\r\n", "\n").trimEnd();

function closeDouble(draft: Draft, double: Issue, summary: Issue | null): void {
  draft.change({
    kind: "close-issue",
    project: "requests",
    issue: double.number,
    closeReason: "duplicate",
    reason: `The summary is #${summary?.number ?? 0}: this one was opened by a look that could not see it.`,
  });
}

/** `MON 09:00` or `09:00`, taken apart; the weekday counts from Sunday. */
function scheduleOf({ board: section }: Config): { weekday: number | null; time: string } {
  const at = section ? section.summary.at : "09:00";
  const [time = "09:00", day] = at.split(" ").reverse();
  const index = WEEKDAYS.findIndex((name) => name.slice(0, 3).toUpperCase() === day);
  return { weekday: index < 0 ? null : index, time };
}

/** The last scheduled hour up to now. */
export function lastHour(config: Config, now: Instant): Instant {
  return hourFrom(config, now, -1, (at) => at <= now);
}

function nextHour(config: Config, now: Instant): Instant {
  return hourFrom(config, now, 1, (at) => at > now);
}

function hourFrom(config: Config, now: Instant, step: 1 | -1, fits: (at: Instant) => boolean): Instant {
  const { weekday, time } = scheduleOf(config);
  const { timezone } = config;
  for (let day = dayOf(now, timezone); ; day = addDays(day, step)) {
    if (weekday !== null && weekdayOf(dayNumber(day)) !== weekday) continue;
    const at = instantOf(day, time, timezone);
    if (fits(at)) return at;
  }
}
