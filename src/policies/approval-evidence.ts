/** What an approval is judged by: who said yes and when, and what the request said at that moment. */
import { readLedger } from "../engine/commands/ledger.ts";
import { commandLines, MOST_LINES } from "../engine/commands/lines.ts";
import { sameHandle } from "../engine/cover.ts";
import {
  type Approvable,
  type Approval,
  approvableOf,
  judgeApproval,
  type News,
  type Saw,
} from "../engine/requests/approval.ts";
import { type Noted, readNote } from "../engine/requests/approval-note.ts";
import { perIssueAnd } from "../engine/text/body.ts";
import { digest } from "../engine/text/digest.ts";
import { boxes } from "../engine/text/markdown.ts";
import type { Delivery, HistoryEvent, Issue, IssueRef } from "../model.ts";
import { deliveriesOf } from "./deliveries.ts";
import { firstSight, judgeFrom } from "./judged.ts";
import type { Look } from "./policy.ts";
import { partOfRequest } from "./request.ts";

export const APPROVAL = "approval";
/** Forges tell the time of some things in whole seconds. */
const SECOND_MS = 1000;

export interface Judged {
  readonly request: Approvable;
  readonly note: Noted | null;
  readonly approval: Approval;
  readonly history: readonly HistoryEvent[];
  /** The request that this one is a part of, and that it follows. */
  readonly main: Issue | null;
}

/** What approval a request needs by what it says; null where it needs none. Told once in a look. */
const approvableIn = perIssueAnd((issue: Issue, look: Look): Approvable | null => {
  const project = look.project("requests");
  if (!project || !look.config.requests.approval.required) return null;
  return approvableOf(issue, look.own("requests", issue.author), look.config, project.forge);
});

/**
 * Where the approval of a request stands.
 * @returns null where it needs none; undefined while something that decides has not been read
 */
export function approvalOf(look: Look, ref: IssueRef, issue: Issue): Judged | null | undefined {
  const { approval: rules } = look.config.requests;
  const request = approvableIn(issue, look);
  if (!request) return null;
  const main = mainOf(look, issue);
  if (main === undefined) return undefined;
  if (main) return following(look, ref, issue, request, main);
  // Nothing but its opening has happened: what it bears, its author gave it.
  const untouched = issue.updatedAt <= issue.createdAt && !look.has("requests", issue, rules.label);
  // Asked for together, so that they are read together.
  const said = look.said(APPROVAL, ref);
  const carried = look.said("commands", ref);
  const comments = look.comments(ref);
  const history = untouched ? [] : look.history(ref);
  if (said === undefined || carried === undefined || comments === undefined || history === undefined)
    return undefined;
  const note = readNote(said);
  if (note === null && completedBefore(look, issue, history)) return null;
  const heard = note?.heard ?? Number.NEGATIVE_INFINITY;
  const byLabel = history.flatMap((event) => {
    if (event.type !== "labeled" || !look.sameLabel(event.label, rules.label)) return [];
    if (event.actor === null || event.at <= heard || look.own("requests", event.actor)) return [];
    return [{ by: event.actor, at: event.at, how: "label" as const, comment: null }];
  });
  const ledger = readLedger(carried);
  const since = ledger ? Number.NEGATIVE_INFINITY : firstSight(look);
  // A closed request takes no commands.
  const byComment = (issue.state === "closed" ? [] : comments).flatMap((comment) => {
    const { author: by, createdAt: at, id } = comment;
    // A comment whose commands were carried out is the past, whatever somebody edits into it.
    if (!(Number(id) > (ledger?.done ?? 0)) || at < since || by === "" || look.own("requests", by)) return [];
    const says = commandLines(comment.body)
      .slice(0, MOST_LINES)
      .some(({ name, rest: words }) => name === "approve" && words === "");
    return says ? [{ by, at, how: "comment" as const, comment: id }] : [];
  });
  const news: News[] = [];
  for (const { comment, ...one } of [...byLabel, ...byComment].sort((a, b) => a.at - b.at)) {
    const saw = sawThen(look, ref, issue, request, note, { ...one, comment });
    if (saw === undefined) return undefined;
    news.push({ ...one, saw });
  }
  const withdrawn = history.flatMap((event) =>
    event.type === "unlabeled" &&
    look.sameLabel(event.label, rules.label) &&
    !(event.actor !== null && look.own("requests", event.actor))
      ? [event.at]
      : [],
  );
  const approval = judgeApproval(request, { note, news, withdrawn }, rules.above);
  return { request, note, approval, history, main: null };
}

/**
 * The request that this one is a part of; null where it is whole.
 * @returns undefined while that one has not been read
 */
export function mainOf(look: Look, issue: Issue): Issue | null | undefined {
  const part = partOfRequest(look, issue);
  return part && look.issue({ project: "requests", number: part.main });
}

/** Whether a request shows that it is approved, by the one label and without the other. */
function showsApproved(look: Look, issue: Issue): boolean {
  const { label, waiting } = look.config.requests.approval;
  return look.has("requests", issue, label) && !look.has("requests", issue, waiting);
}

/** What a new part of a request bears, so that it follows that one from the start. */
export function labelsOfPart(look: Look, main: Issue): readonly string[] {
  const { required, label, waiting } = look.config.requests.approval;
  if (!required) return [];
  return [showsApproved(look, main) ? label : waiting];
}

/** A part is approved when its request is, which shows by the labels of that one. */
function following(
  look: Look,
  ref: IssueRef,
  issue: Issue,
  request: Approvable,
  main: Issue,
): Judged | undefined {
  const { label, waiting } = look.config.requests.approval;
  const approved = showsApproved(look, main);
  const same =
    look.has("requests", issue, label) === approved && look.has("requests", issue, waiting) !== approved;
  const approval: Approval = {
    state: approved ? "approved" : "waiting",
    given: [],
    since: approved ? main.updatedAt : null,
    asked: [],
    instead: [],
    stuck: [],
    lost: [],
    heard: Number.NEGATIVE_INFINITY,
  };
  const untold = { request, note: null, approval, history: [], main };
  // It shows the same, and nothing need be read to see that it does.
  const quiet = approved || !boxes(issue.body).some(({ ticked }) => ticked);
  if (same && quiet) return untold;
  const said = look.said(APPROVAL, ref);
  const history = look.history(ref);
  if (said === undefined || history === undefined) return undefined;
  return { ...untold, note: readNote(said), history };
}

/** A request completed longer ago, before daytwo came, is taken as it is. */
function completedBefore(look: Look, issue: Issue, history: readonly HistoryEvent[]): boolean {
  const isCompleted = (label: string) => {
    const reading = look.book.read(label);
    return reading?.kind === "state" && reading.state === "completed";
  };
  if (!issue.labels.some(isCompleted)) return false;
  const set = history.findLast((event) => event.type === "labeled" && isCompleted(event.label));
  return (set?.at ?? issue.createdAt) < judgeFrom(look);
}

interface Said {
  readonly by: string;
  readonly at: number;
  readonly how: News["how"];
  readonly comment: string | null;
}

/** What the request said when somebody approved it: by the delivery that told of it, by its edits, by the note. */
function sawThen(
  look: Look,
  ref: IssueRef,
  issue: Issue,
  request: Approvable,
  note: Noted | null,
  said: Said,
): Saw | undefined {
  const asks = (body: string): boolean =>
    approvableIn({ ...issue, body }, look)?.material === request.material;
  const told = deliveriesOf(look, ref).find((one) => tellsOf(look, one, said));
  if (told?.issue.digest === digest(issue.body)) return "same";
  const edits = look.edits(ref);
  if (edits === undefined) return undefined;
  if (edits !== null) {
    // What stood at that very second, before and after whatever was edited in it.
    const first = edits.findLastIndex(({ at }) => at < said.at - SECOND_MS);
    const stood = edits
      .filter(({ at }, i) => i >= first && at <= said.at + SECOND_MS)
      .map(({ body }) => body);
    const known = stood.filter((body) => body !== null);
    if (edits.length === 0) return "same";
    if (known.length === stood.length) return known.every(asks) ? "same" : "edited";
  }
  // The forge keeps no edits: it said the same if it does so since the last look, or if nothing has happened since.
  const unchanged = note
    ? note.material === request.material || note.text === request.text
    : issue.updatedAt <= said.at + 2 * SECOND_MS;
  return unchanged ? "same" : "unsure";
}

function tellsOf(look: Look, { comment, events }: Delivery, { by, how, comment: id }: Said): boolean {
  if (how === "comment") return comment !== null && comment === id;
  const { label } = look.config.requests.approval;
  return events.some(
    (event) =>
      event.type === "labeled" &&
      look.sameLabel(event.label, label) &&
      event.actor !== null &&
      sameHandle(event.actor, by),
  );
}

/** Whether a request may not be completed yet; undefined while something that decides has not been read. */
export function waitsForApproval(look: Look, ref: IssueRef, issue: Issue): boolean | undefined {
  const judged = approvalOf(look, ref, issue);
  return judged === undefined ? undefined : judged?.approval.state === "waiting";
}
