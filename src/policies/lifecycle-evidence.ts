/** What the lifecycle rests its judgement on: as little as tells everything, read only where it is needed. */
import { type BoxStory, type Doer, storyOfEdits, storyOfTicks } from "../engine/lifecycle/boxes.ts";
import {
  readLabels,
  type Shown,
  type Standing,
  standing,
  standingAfter,
  undone,
  type Witness,
} from "../engine/lifecycle/standing.ts";
import type { State } from "../engine/lifecycle/states.ts";
import { digest } from "../engine/text/digest.ts";
import { boxStand } from "../engine/text/markdown.ts";
import type { HistoryEvent, Instant, Issue, IssueRef, SeenIssue } from "../model.ts";
import { waitsForApproval } from "./approval-evidence.ts";
import { deliveriesOf } from "./deliveries.ts";
import { judgeFrom } from "./judged.ts";
import { LIFECYCLE, strangerIn } from "./lifecycle-words.ts";
import type { Look } from "./policy.ts";

/**
 * By whom and since when moves are judged on this issue, and whether it may be completed.
 * @returns undefined while it is not known whether it is approved
 */
export function witnessOf(look: Look, ref: IssueRef, issue: Issue): Witness | undefined {
  const waits = waitsForApproval(look, ref, issue);
  if (waits === undefined) return undefined;
  return {
    book: look.book,
    role: (actor) => look.role("requests", actor),
    self: (actor) => look.self("requests", actor),
    judgeFrom: Math.min(judgeFrom(look), newsFrom(look, ref)),
    opened: { author: issue.author, at: issue.createdAt },
    waits,
  };
}

/**
 * From the delivery alone where it tells everything, else from the whole history, and from the edits of the body where
 * only they tell who did the last box.
 * @param told who did the last box by what daytwo itself once heard and wrote down
 * @returns undefined while something that decides has not been read
 */
export function standingOf(
  look: Look,
  ref: IssueRef,
  issue: Issue,
  witness: Witness,
  told: () => string | null,
): Standing | undefined {
  const fresh = look.retold(ref) ? null : fromDelivery(look, ref, issue, witness);
  return fresh ?? fromHistory(look, ref, issue, witness, told);
}

/**
 * Where a request stands with all that it went through: its stays from the first one on, which a delivery alone does
 * not tell.
 * @returns undefined while something that decides has not been read
 */
export function courseOf(look: Look, ref: IssueRef, issue: Issue): Standing | undefined {
  const told = () => strangerIn(look.said(LIFECYCLE, ref) ?? null);
  const witness = witnessOf(look, ref, issue);
  return witness && fromHistory(look, ref, issue, witness, told);
}

function fromHistory(
  look: Look,
  ref: IssueRef,
  issue: Issue,
  witness: Witness,
  told: () => string | null,
): Standing | undefined {
  const history = look.history(ref);
  if (!history) return undefined;
  const noted = look.project("requests")?.forge === "gitlab";
  const ticks = storyOfTicks(issue.body, history, noted);
  const stand = standing(issue, history, ticks, witness);
  if (!needsEdits(stand, ticks, history, witness)) return stand;
  const edits = look.edits(ref);
  if (edits === undefined) return undefined;
  const opened: Doer = { actor: issue.author || null, at: issue.createdAt };
  const story = edits ? storyOfEdits(issue.body, edits, opened) : heard(look, ref, issue, told());
  return standing(issue, history, story, witness);
}

/** Where ticks leave no trace in the history, only the edits of the body tell when the last box was done or opened. */
function needsEdits(
  stand: Standing,
  { first, sure }: BoxStory,
  history: readonly HistoryEvent[],
  { book, role }: Witness,
): boolean {
  if (first === "none" || (sure && first !== "unknown")) return false;
  if (first === "unknown") {
    // daytwo itself completes it only when it may; anybody else may have done so before the last box.
    const { state, why } = stand;
    return !(state === "completed" && why.kind === "moved" && role(why.by) === "self");
  }
  // daytwo had completed it, and a box was opened since: the edits say when.
  return history.some((event) => {
    if (event.type !== "labeled" || role(event.actor) !== "self") return false;
    const reading = book.read(event.label);
    return reading?.kind === "state" && reading.state === "completed";
  });
}

/** GitHub without GraphQL keeps nothing of ticks: a delivery that saw the last one says who did it, once. */
function heard(look: Look, ref: IssueRef, issue: Issue, told: string | null): BoxStory {
  const last = deliveriesOf(look, ref).findLast(
    ({ events, issue: { body } }) =>
      events.some(({ type }) => type === "ticked") && body !== null && boxStand(body) !== "open",
  );
  if (last) return storyOfTicks(issue.body, last.events, false);
  const body = storyOfTicks(issue.body, [], false);
  return { ...body, finisher: told === null ? null : { actor: told, at: issue.updatedAt } };
}

/** When the first thing happened that the deliveries at hand tell of: news is judged, however old its date. */
const newsFrom = (look: Look, ref: IssueRef): Instant =>
  deliveriesOf(look, ref)
    .flatMap(({ events }) => events)
    .reduce((first, { at }) => Math.min(first, at), Number.POSITIVE_INFINITY);

/** A delivery that came alone, of an issue that stood settled before and has not changed since. */
function fromDelivery(look: Look, ref: IssueRef, issue: Issue, witness: Witness): Standing | null {
  const [only, ...more] = deliveriesOf(look, ref);
  if (!only || more.length > 0 || only.events.length === 0 || issue.state === "closed") return null;
  if (!isNow(only.issue, issue)) return null;
  const { events } = only;
  const before = undone(issue, events);
  const state = settledState(before, issue, events, witness);
  return (
    state && standingAfter({ ...before, state }, events, storyOfTicks(issue.body, events, true), witness)
  );
}

/**
 * The state an issue showed before the events, if it showed just what daytwo leaves behind. Anything else may be
 * the work of somebody whose delivery is still on its way, which history tells and labels do not.
 */
function settledState(
  { labels, assignees }: Shown,
  { body }: Issue,
  events: readonly HistoryEvent[],
  witness: Witness,
): State | null {
  const { states, reasons, misspelt } = readLabels(labels, witness.book);
  const [state, ...others] = states;
  if (!state || others.length > 0 || misspelt.length > 0 || reasons.length > 0) return null;
  const stand = boxStand(body);
  const happened = (what: HistoryEvent["type"]) => events.some(({ type }) => type === what);
  // What happened while it was closed, nobody has judged yet.
  if (happened("reopened")) return null;
  // All boxes are done, and not by what was delivered: who did the last one may decide.
  const unknown = stand === "done" && !happened("ticked");
  switch (state) {
    case "action_needed":
      return unknown || assignees.some((handle) => witness.role(handle) === "team") ? null : state;
    case "in_progress":
      return unknown || assignees.length === 0 ? null : state;
    case "completed":
      return witness.waits || (stand === "open" && !happened("unticked")) ? null : state;
    case "on_hold":
      // It returns to where it came from, which only history knows.
      return null;
  }
}

/** Whether a delivery shows the issue as it is now. Webhooks tell the time in whole seconds. */
function isNow(then: SeenIssue, now: Issue): boolean {
  return (
    Math.floor(then.updatedAt / 1000) === Math.floor(now.updatedAt / 1000) &&
    then.state === now.state &&
    sameSet(then.labels, now.labels) &&
    sameSet(then.assignees, now.assignees) &&
    then.digest === digest(now.body)
  );
}

export const sameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((one) => b.includes(one));
