/**
 * lifecycle: an open access request bears exactly one state label, and only the team moves it.
 *
 * What happened decides (`engine/lifecycle`); this rule compares it with what the issue shows and proposes
 * the difference.
 */
import {
  type Refusal,
  readLabels,
  type Standing,
  standing,
  standingAfter,
  type Witness,
} from "../engine/lifecycle/standing.ts";
import { movesFrom, type State, stateName } from "../engine/lifecycle/states.ts";
import { type Box, boxDiff, boxes } from "../engine/text/markdown.ts";
import { code, inline, lines, type SafeText, safe } from "../engine/text/safe.ts";
import type { BodyEdit, Delivery, HistoryEvent, Issue, IssueRef } from "../model.ts";
import type { Draft, Explanation, Look, Policy } from "./policy.ts";
import { isRequest, needsLabel } from "./request.ts";

const DAY_MS = 86_400_000;
/** daytwo takes the time before it came as it was: moves and closings older than this are never put back. */
const JUDGED_DAYS = 30;

export const lifecycle: Policy = {
  name: "lifecycle",
  summary: "Keeps exactly one honest state label on each open access request, and puts back illegal moves.",
  enabled: () => true,

  propose(look, draft) {
    for (const issue of look.subjects("requests")) {
      const ref: IssueRef = { project: "requests", number: issue.number };
      if (look.settled(ref) || !isRequest(look, issue) || looksSettled(look, issue)) continue;
      const verdict = judge(look, ref, issue);
      if (verdict) propose(look, draft, ref, verdict);
    }
  },

  explain(look, ref) {
    const issue = ref.project === "requests" ? look.issue(ref) : null;
    if (!issue || !isRequest(look, issue)) return [];
    const verdict = judge(look, ref, issue);
    return verdict ? explained(verdict) : [];
  },
};

/** What the issue shows, where it stands, and what follows from both. */
interface Verdict {
  readonly issue: Issue;
  readonly standing: Standing;
  /** Where it belongs, boxes counted. */
  readonly target: State;
  readonly boxes: readonly Box[];
  readonly open: readonly Box[];
  /** `fine`, or what the team wants done about a closing before its time. */
  readonly closing: "fine" | "reopen" | "comment";
  readonly outsiderTicked: string | null;
}

/** It shows one state that fits, and nothing has happened that could be judged: nobody need look closer. */
function looksSettled(look: Look, issue: Issue): boolean {
  const { states, reasons, misspelt } = readLabels(issue.labels, look.book);
  const [state, ...others] = states;
  const all = boxes(issue.body);
  const allDone = all.every((box) => box.done);
  if (issue.state === "closed") {
    const before = issue.closedAt !== null && issue.closedAt < judgeFrom(look);
    return before || (state === "completed" && others.length === 0 && allDone);
  }
  if (others.length > 0 || misspelt.length > 0 || needsLabel(look, issue)) return false;
  // Never touched since it was opened: what it bears, its author gave it.
  if (issue.updatedAt > issue.createdAt) return false;
  if (state !== "action_needed" && look.role("requests", issue.author) === "outsider") return false;
  switch (state) {
    case "action_needed":
      return reasons.length === 0 && issue.assignees.length === 0 && (all.length === 0 || !allDone);
    case "in_progress":
      return reasons.length === 0 && issue.assignees.length > 0 && (all.length === 0 || !allDone);
    case "on_hold":
      return reasons.length > 0 && (all.length === 0 || !allDone);
    case "completed":
      return reasons.length === 0 && allDone;
    default:
      return false;
  }
}

const judgeFrom = (look: Look): number => look.now - JUDGED_DAYS * DAY_MS;

/** @returns undefined while something that decides has not been read */
function judge(look: Look, ref: IssueRef, issue: Issue): Verdict | undefined {
  const witness: Witness = {
    book: look.book,
    role: (actor) => look.role("requests", actor),
    judgeFrom: judgeFrom(look),
  };
  // Asked for together, so that they are read together.
  const stand = standingOf(look, ref, issue, witness);
  const comments = look.comments(ref);
  if (!stand || comments === undefined) return undefined;
  const all = boxes(issue.body);
  const open = all.filter((box) => !box.done);
  const tick = all.length > 0 && open.length === 0 ? whoTicked(look, ref, stand) : null;
  if (tick === undefined) return undefined;
  const outsiderTicked = tick && witness.role(tick.actor) === "outsider" ? tick.actor : null;
  const target = targetOf(stand, all, open, tick !== null && tick.seen, outsiderTicked);
  const closed = closing(look, issue, stand, target);
  return { issue, standing: stand, target, boxes: all, open, outsiderTicked, closing: closed };
}

/** From the delivery alone where it tells everything, else from the whole history. */
function standingOf(look: Look, ref: IssueRef, issue: Issue, witness: Witness): Standing | undefined {
  const news = freshNews(look, ref, issue);
  if (news) {
    const before = {
      labels: undo(issue.labels, news, "label"),
      assignees: undo(issue.assignees, news, "assignee"),
    };
    const { states, reasons, misspelt } = readLabels(before.labels, look.book);
    const state = states[0];
    const plain = states.length === 1 && misspelt.length === 0 && reasons.length === 0;
    // A hold returns to where it came from, which only history knows.
    if (plain && state && state !== "on_hold")
      return standingAfter({ ...before, state }, issue, news, witness);
  }
  const history = look.history(ref);
  return history && standing(issue, merge(history, delivered(look, ref)), witness);
}

/** What the deliveries at hand say has happened to this issue. */
function delivered(look: Look, ref: IssueRef): readonly HistoryEvent[] {
  return deliveriesOf(look, ref).flatMap(({ events }) => events);
}

function deliveriesOf({ trigger }: Look, ref: IssueRef): readonly Delivery[] {
  if (trigger.kind !== "delivery" || trigger.project !== ref.project) return [];
  return trigger.deliveries.filter(({ issue }) => issue.number === ref.number);
}

/** The events of a delivery that came alone, if the issue is still as it showed it and they could have moved it. */
function freshNews(look: Look, ref: IssueRef, issue: Issue): readonly HistoryEvent[] | null {
  const [only, ...more] = deliveriesOf(look, ref);
  if (!only || more.length > 0 || only.events.length === 0 || issue.state === "closed") return null;
  const then = only.issue;
  const same =
    then.state === issue.state &&
    then.body === issue.body &&
    sameSet(then.labels, issue.labels) &&
    sameSet(then.assignees, issue.assignees);
  return same ? only.events : null;
}

const sameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((one) => b.includes(one));

/** Labels or assignees as they were before the events. */
function undo(now: readonly string[], events: readonly HistoryEvent[], what: "label" | "assignee"): string[] {
  const set = new Set(now);
  for (const event of events.toReversed()) {
    if (what === "label" && event.type === "labeled") set.delete(event.label);
    else if (what === "label" && event.type === "unlabeled") set.add(event.label);
    else if (what === "assignee" && event.type === "assigned") set.delete(event.assignee);
    else if (what === "assignee" && event.type === "unassigned") set.add(event.assignee);
  }
  return [...set];
}

/** GitHub keeps no events of ticked boxes: what the delivery saw of them is added, once. */
function merge(history: readonly HistoryEvent[], news: readonly HistoryEvent[]): readonly HistoryEvent[] {
  const ticks = news.filter(({ type }) => type === "ticked" || type === "unticked");
  const known = history.some(({ type }) => type === "ticked" || type === "unticked");
  return known || ticks.length === 0 ? history : [...history, ...ticks];
}

interface Tick {
  readonly actor: string | null;
  /** Seen to happen while the request stood where it stands. */
  readonly seen: boolean;
}

/** Who ticked last, as far as anybody can tell; undefined while it is still being read. */
function whoTicked(look: Look, ref: IssueRef, stand: Standing): Tick | undefined {
  if (stand.lastTick) return { actor: stand.lastTick.actor, seen: true };
  if (stand.state !== "in_progress") return { actor: null, seen: false };
  const edits = look.edits(ref);
  if (edits === undefined) return undefined;
  const last = edits && lastTick(edits);
  if (last) return { actor: last.editor, seen: last.at >= (stand.since ?? 0) };
  // What a delivery once told is kept in the status comment, for forges that keep no such history.
  const told = asksIn(look.said("lifecycle", ref)).find((ask) => ask.startsWith(ASK.outsider));
  return { actor: told?.slice(ASK.outsider.length) ?? null, seen: false };
}

/** The last edit that ticked a box; where the forge keeps no bodies, the last edit. */
function lastTick(edits: readonly BodyEdit[]): BodyEdit | undefined {
  return edits.findLast((edit, i) => {
    const before = edits[i - 1]?.body;
    return edit.body === null || before == null || boxDiff(before, edit.body).ticked.length > 0;
  });
}

function targetOf(
  stand: Standing,
  all: readonly Box[],
  open: readonly Box[],
  seen: boolean,
  outsiderTicked: string | null,
): State {
  const { state } = stand;
  if (state === "completed" && open.length > 0) return "in_progress";
  if (state !== "in_progress" || all.length === 0 || open.length > 0 || outsiderTicked) return state;
  // Somebody took it out of Completed on purpose: only a box ticked since completes it again.
  return stand.cameFrom === "completed" && !seen ? state : "completed";
}

/** Whether the request was closed before its time, and what the team wants done about it. */
function closing(look: Look, issue: Issue, stand: Standing, target: State): Verdict["closing"] {
  if (issue.state === "open" || target === "completed") return "fine";
  const mode = look.config.lifecycle.close_incomplete;
  if (mode === "allow") return "fine";
  const byStranger = look.role("requests", stand.closed?.actor ?? null) === "outsider";
  const forge = look.project("requests")?.forge;
  const cancelled = look.book.reasonLabel("cancelled");
  const calledOff =
    forge === "github"
      ? issue.closeReason === "not_planned" || issue.closeReason === "duplicate"
      : cancelled !== null && look.has("requests", issue, cancelled);
  if (calledOff && !byStranger) return "fine";
  return mode;
}

function propose(look: Look, draft: Draft, ref: IssueRef, verdict: Verdict): void {
  if (verdict.issue.state === "closed" && verdict.closing === "fine" && verdict.target !== "completed")
    return;
  const mends = verdict.closing === "comment" ? [] : mendsFor(look, verdict);
  const asks = asksFor(verdict);
  const said = look.said("lifecycle", ref);
  const sayAgain = mends.length > 0 || !sameSet(asks, asksIn(said));
  if (sayAgain) {
    const why = mends.length > 0 ? [whyKey(verdict)] : [];
    const key = [...why, ...asks].join("+");
    const section = key === "" ? null : { key, body: sectionBody(look, verdict, mends.length > 0) };
    draft.say(ref, section, mends[0]?.reason ?? "What this request waits for has changed.");
  }
  for (const mend of mends) draft.change({ project: "requests", issue: ref.number, ...mend });
}

type Mend = { readonly reason: string } & (
  | { readonly kind: "reopen-issue" }
  | { readonly kind: "add-label" | "remove-label"; readonly label: string }
  | { readonly kind: "assign"; readonly assignee: string }
);

/** What differs between where it belongs and what it shows. A label is put on before another is taken off. */
function mendsFor(look: Look, { issue, standing: stand, target, ...verdict }: Verdict): Mend[] {
  const { book } = look;
  const why = reasonFor({ issue, standing: stand, target, ...verdict });
  const mends: Mend[] = [];
  const bears = (label: string) => look.has("requests", issue, label);
  if (verdict.closing === "reopen") {
    mends.push({ kind: "reopen-issue", reason: `It was closed before it was Completed. ${why}` });
  }
  if (needsLabel(look, issue)) {
    const { label } = look.config.requests;
    mends.push({ kind: "add-label", label, reason: "It was filed as an access request." });
  }
  const wanted = [book.labelOf(target), ...(target === "on_hold" ? stand.reasons : [])];
  for (const label of wanted) if (!bears(label)) mends.push({ kind: "add-label", label, reason: why });
  if (target === "in_progress" && stand.takenBy && issue.assignees.length === 0) {
    const reason = `@${stand.takenBy} set it In Progress while nobody was assigned.`;
    mends.push({ kind: "assign", assignee: stand.takenBy, reason });
  }
  for (const label of issue.labels) {
    const reading = book.read(label);
    if (!reading || (reading.canonical && wanted.includes(reading.label))) continue;
    const reason = reading.canonical ? why : `"${label}" is a misspelling of "${reading.label}".`;
    mends.push({ kind: "remove-label", label, reason });
  }
  return mends;
}

const ASK = {
  reason: "ask-reason",
  allTicked: "ask-move",
  outsider: "ask-team-tick:",
  closed: "ask-reopen",
} as const;

/** What the request waits for a person to do, as keys that stay the same while it does. */
function asksFor({ standing: stand, target, boxes: all, open, outsiderTicked, closing }: Verdict): string[] {
  const allTicked = all.length > 0 && open.length === 0;
  return [
    ...(target === "on_hold" && stand.reasons.length === 0 ? [ASK.reason] : []),
    ...(allTicked && (target === "action_needed" || target === "on_hold") ? [ASK.allTicked] : []),
    ...(outsiderTicked && target === "in_progress" ? [`${ASK.outsider}${outsiderTicked}`] : []),
    ...(closing === "comment" ? [ASK.closed] : []),
  ];
}

const asksIn = (key: string | null | undefined): string[] =>
  (key ?? "").split("+").filter((token) => token.startsWith("ask-"));

/** What the last change rested on, in one word: the same deed is not told twice. */
function whyKey({ standing: stand, target, open, closing }: Verdict): string {
  if (closing === "reopen") return `reopened-${target}`;
  if (stand.refusal) return `put-back-${target}-${stand.refusal.why}-${stand.refusal.by ?? ""}`;
  if (stand.state === "completed" && open.length > 0) return `open-boxes-${open.length}`;
  return `${stand.why.kind}-${target}`;
}

const list = (parts: readonly string[], last: "and" | "or"): string =>
  parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} ${last} ${parts.at(-1)}`;

const by = (handle: string | null): string => (handle ? `@${handle}` : "Somebody");

/** One plain sentence: why the request is where it now is. For plans and logs; never written to a forge. */
function reasonFor({ standing: stand, target, boxes: all, open }: Verdict): string {
  const name = stateName(target);
  const { refusal, why } = stand;
  if (refusal)
    return `${by(refusal.by)} ${triedText(refusal)}; ${refusalText(refusal)}, so it stays ${name}.`;
  if (stand.state === "completed" && target === "in_progress") {
    return `Completed needs every box done; open: ${list(
      open.map((box) => `"${box.text}"`),
      "and",
    )}.`;
  }
  if (stand.state === "in_progress" && target === "completed") return `All ${all.length} boxes are done.`;
  switch (why.kind) {
    case "new":
      return `An open access request bears exactly one state label; this one starts as ${name}.`;
    case "moved":
      return `${by(why.by)} moved it to ${name}.`;
    case "took":
      return `@${why.by} assigned themself.`;
    case "released":
      return "Nobody is assigned any more.";
    case "label-removed":
      return `${by(why.by)} took the state label off.`;
    case "held":
      return `${by(why.by)} gave a reason to wait: "${why.reason}".`;
    case "resumed":
      return "The last reason to wait is gone.";
  }
}

function triedText({ tried }: Refusal): string {
  if ("move" in tried) return `moved it to ${stateName(tried.move)}`;
  return "reasonOn" in tried ? `put "${tried.reasonOn}" on` : `took "${tried.reasonOff}" off`;
}

const refusalText = ({ why, from }: Refusal): string =>
  why === "not-team"
    ? "only the Sales Ops team moves an access request"
    : `from ${stateName(from)} it may go to ${list(movesFrom(from).map(stateName), "or")} only`;

const MAX_NAMED = 10;

function sectionBody(look: Look, verdict: Verdict, changed: boolean): SafeText {
  const { standing: stand, target, open, boxes: all, closing } = verdict;
  const name = stateName(target);
  const parts: SafeText[] = [safe`**${inline(name)}.** ${inline(changed ? plainWhy(verdict) : "")}`];
  if (stand.refusal && changed) {
    const moves = movesFrom(target).map(stateName);
    parts.push(inline(`From ${name} the team may move it to ${list(moves, "or")}.`));
  }
  if (closing === "reopen") {
    parts.push(
      safe`It was closed before it was Completed, so it is open again. A team member who wants it gone ${callOff(look)}.`,
    );
  }
  if (closing === "comment")
    parts.push(safe`It was closed before it was Completed. Reopen it if work is left.`);
  if (open.length > 0 && (stand.state === "completed" || closing !== "fine")) {
    parts.push(safe`Open boxes:`, ...open.slice(0, MAX_NAMED).map((box) => safe`- ${inline(box.text)}`));
    if (open.length > MAX_NAMED) parts.push(safe`- and ${open.length - MAX_NAMED} more`);
  }
  if (target === "on_hold" && stand.reasons.length === 0) {
    const reasons = Object.values(look.config.lifecycle.hold_reasons).map(({ label }) => code(label));
    parts.push(
      safe`Why does it wait? Please add a hold reason label:`,
      ...reasons.map((one) => safe`- ${one}`),
    );
  }
  if (all.length > 0 && open.length === 0 && target === "action_needed") {
    parts.push(safe`All boxes are done. Assign yourself, and it will be Completed.`);
  }
  if (all.length > 0 && open.length === 0 && target === "on_hold") {
    parts.push(safe`All boxes are done. Take the hold reason off to go on.`);
  }
  if (verdict.outsiderTicked && target === "in_progress") {
    parts.push(
      safe`${inline(verdict.outsiderTicked)} ticked the last box and is not of the Sales Ops team. A team member checks it and sets ${code(look.book.labelOf("completed"))}.`,
    );
  }
  return lines(...parts);
}

/** The reason again, for the comment: people are named, not mentioned. */
function plainWhy(verdict: Verdict): string {
  return reasonFor(verdict).replace(/@(?=\w)/g, "");
}

const callOff = (look: Look): SafeText =>
  look.project("requests")?.forge === "github"
    ? safe`closes it as not planned`
    : safe`first adds ${code(look.book.reasonLabel("cancelled") ?? "")}`;

function explained(verdict: Verdict): Explanation[] {
  const { target, open, boxes: all } = verdict;
  const moves = movesFrom(target).map(stateName);
  return [
    { rule: "lifecycle", text: `It is ${stateName(target)}. ${reasonFor(verdict)}` },
    { rule: "lifecycle", text: `The team may move it to ${list(moves, "or")}.` },
    ...(all.length > 0
      ? [{ rule: "lifecycle", text: `${all.length - open.length} of ${all.length} boxes are done.` }]
      : []),
  ];
}
