/**
 * commands: what people ask for with `/ar …` in comments of requests, onboarding issues and whatever else daytwo opens.
 *
 * Comments newer than the last one carried out are read, whatever made daytwo look. A command is told into the
 * issue's history as a deed of whoever gave it, at the time of the comment; the lifecycle then judges and shows it
 * as it would a label put on by hand. The comment is noted as carried out once everything is made, so a crash
 * before that repeats the command, which by then changes nothing.
 */
import { endOf, type Hold, type Ledger, readLedger } from "../engine/commands/ledger.ts";
import { commandLines } from "../engine/commands/lines.ts";
import type { Place } from "../engine/commands/registry.ts";
import { SUMMARY } from "../engine/metrics/board-text.ts";
import { readReviewKey } from "../engine/review/names.ts";
import { DAY_MS } from "../engine/time/days.ts";
import type { Instant, Issue, IssueRef, ProjectRole } from "../model.ts";
import { closeMonth } from "./close-evidence.ts";
import { Session, type Waiting } from "./commands-session.ts";
import { firstSight } from "./judged.ts";
import type { Draft, Explanation, Look, Policy } from "./policy.ts";
import { isRequest, ownKeys } from "./request.ts";

const NAME = "commands";
/** A closed issue is looked at this long after it last changed; a comment changes it. */
const CLOSED_DAYS = 3;
/** Comments carried out in one look; the next look goes on. */
const MOST_COMMENTS = 20;

export const commandsPolicy: Policy = {
  name: NAME,
  summary: "Carries out what people ask for with /ar commands in comments, and answers each.",
  enabled: () => true,

  propose(look, draft) {
    for (const project of PROJECTS) {
      for (const issue of look.subjects(project)) {
        const ref: IssueRef = { project, number: issue.number };
        // Who never commented has given no command.
        if (issue.commentCount === 0 || look.settled(ref)) continue;
        const place = project === "requests" ? placeOf(look, issue) : hirePlace(look, issue);
        if (place !== null) consider(look, draft, place, ref, issue);
      }
    }
  },

  explain(look, ref) {
    const said = ref.project === "requests" ? look.said(NAME, ref) : null;
    const holds = readLedger(said ?? null)?.holds ?? [];
    return holds.flatMap((hold): Explanation[] => {
      const at = endOf(hold, look.config.timezone);
      const label = look.book.reasonLabel(hold.reason);
      if (at === null || label === null) return [];
      const text = `"${label}" comes off by itself, as ${hold.by} said.`;
      return [{ rule: NAME, text, at }];
    });
  },
};

const PROJECTS: readonly ProjectRole[] = ["requests", "onboarding"];

/** What an issue of the requests project is to commands; null where it takes none. */
function placeOf(look: Look, issue: Issue): Place | null {
  if (issue.state === "closed" && issue.updatedAt < look.now - CLOSED_DAYS * DAY_MS) return null;
  if (isRequest(look, issue)) return "request";
  if (closeMonth(look, issue) !== null) return "close";
  const keys = ownKeys(look, issue);
  if (keys.includes(SUMMARY)) return "board";
  if (keys.some((key) => readReviewKey(key) !== null)) return "review";
  return keys.some((key) => key.startsWith("cadence:")) ? "cadence" : null;
}

function hirePlace(look: Look, issue: Issue): Place | null {
  const { onboarding } = look.config;
  if (!onboarding || issue.state === "closed" || !look.has("onboarding", issue, onboarding.label))
    return null;
  // One project may serve as both, and then a request is a request.
  const apart = look.project("onboarding")?.name !== look.project("requests")?.name;
  return apart || !isRequest(look, issue) ? "hire" : null;
}

function consider(look: Look, draft: Draft, place: Place, ref: IssueRef, issue: Issue): void {
  const found = waitingIn(look, ref);
  if (!found) return;
  const { ledger, waiting } = found;
  const over = ledger.holds.some((hold) => !stands(look, issue, hold) || isDue(look, issue, hold));
  if (waiting.length === 0 && !over) {
    wakeFor(look, draft, ref, issue, ledger.holds);
    return;
  }
  // Where daytwo cannot tell its own comments it would answer for ever.
  if (look.project(ref.project)?.self === "") {
    draft.problem(
      ref.project,
      ref.number,
      "Commands are not carried out: the token cannot tell whose it is.",
    );
    return;
  }
  const session = Session.open(look, place, ref, issue, ledger, waiting);
  session?.propose(draft);
}

/** Comments with commands that wait to be carried out, oldest first; undefined while none have been read. */
function waitingIn(look: Look, ref: IssueRef): { ledger: Ledger; waiting: readonly Waiting[] } | undefined {
  const said = look.said(NAME, ref);
  const comments = look.comments(ref);
  if (said === undefined || comments === undefined) return undefined;
  const known = readLedger(said);
  const ledger = known ?? { done: 0, holds: [], seats: [] };
  const since = known ? Number.NEGATIVE_INFINITY : firstSight(look);
  const waiting = comments.flatMap((comment): Waiting[] => {
    const number = Number(comment.id);
    if (!(number > ledger.done) || comment.createdAt < since || look.own(ref.project, comment.author))
      return [];
    const lines = commandLines(comment.body);
    return lines.length > 0 ? [{ comment, number, lines }] : [];
  });
  waiting.sort((a, b) => a.number - b.number);
  return { ledger, waiting: waiting.slice(0, MOST_COMMENTS) };
}

/** Who signs a close by a command that is carried out now, and when they gave it; undefined while none have been read. */
export function signsWaiting(
  look: Look,
  ref: IssueRef,
): readonly { readonly by: string; readonly at: Instant }[] | undefined {
  return waitingIn(look, ref)?.waiting.flatMap(({ comment, lines }) =>
    lines.some(({ name, rest }) => name === "sign" && rest === "")
      ? [{ by: comment.author, at: comment.createdAt }]
      : [],
  );
}

const stands = (look: Look, issue: Issue, hold: Hold): boolean => {
  const label = look.book.reasonLabel(hold.reason);
  return label !== null && look.has("requests", issue, label);
};

function isDue(look: Look, issue: Issue, hold: Hold): boolean {
  const end = endOf(hold, look.config.timezone);
  return issue.state === "open" && end !== null && end <= look.now;
}

function wakeFor(look: Look, draft: Draft, ref: IssueRef, issue: Issue, holds: readonly Hold[]): void {
  if (issue.state === "closed") return;
  for (const hold of holds) {
    const end = endOf(hold, look.config.timezone);
    if (end !== null) draft.wake(ref, end);
  }
}
