/**
 * lifecycle: an open access request bears exactly one state label, and only the team moves it.
 *
 * What happened decides (`engine/lifecycle`); this rule compares it with what the issue shows and proposes
 * the difference.
 */

import { reversals } from "../engine/lifecycle/reversals.ts";
import { readLabels, type Standing } from "../engine/lifecycle/standing.ts";
import { movesFrom, stateName } from "../engine/lifecycle/states.ts";
import { boxStandOf } from "../engine/text/body.ts";
import { count } from "../engine/text/count.ts";
import { boxes } from "../engine/text/markdown.ts";
import type { Issue, IssueRef } from "../model.ts";
import { closedBefore, judgeFrom } from "./judged.ts";
import { sameSet, standingOf, witnessOf } from "./lifecycle-evidence.ts";
import {
  asksFor,
  asksIn,
  CLOSED,
  keyOf,
  LIFECYCLE,
  namesGone,
  reasonFor,
  sectionBody,
  stateIn,
  strangerIn,
  type Verdict,
  whyWord,
} from "./lifecycle-words.ts";
import type { Draft, Explanation, Look, Policy } from "./policy.ts";
import { isCalledOff, isRequest, needsLabel } from "./request.ts";

const NAME = LIFECYCLE;

export const lifecycle: Policy = {
  name: NAME,
  summary: "Keeps exactly one honest state label on each open access request, and puts back illegal moves.",
  enabled: () => true,

  propose(look, draft) {
    for (const issue of look.subjects("requests")) {
      const ref: IssueRef = { project: "requests", number: issue.number };
      if (look.settled(ref) || !isRequest(look, issue)) continue;
      if (looksSettled(look, issue) && !look.retold(ref)) continue;
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

/** It shows one state that fits, and nothing has happened that could be judged: nobody need look closer. */
function looksSettled(look: Look, issue: Issue): boolean {
  const { states, reasons, misspelt } = readLabels(issue.labels, look.book);
  const [state, ...others] = states;
  if (state === "completed" && look.has("requests", issue, look.config.requests.approval.waiting))
    return false;
  if (issue.state === "closed") {
    if (closedBefore(look, issue)) return true;
    return state === "completed" && others.length === 0 && boxStandOf(issue) !== "open";
  }
  if (others.length > 0 || misspelt.length > 0 || needsLabel(look, issue)) return false;
  // Never touched since it was opened: what it bears, its author gave it.
  if (issue.updatedAt > issue.createdAt) return false;
  if (state !== "action_needed" && look.role("requests", issue.author) === "outsider") return false;
  const { assignees } = issue;
  switch (state) {
    case "action_needed":
      return reasons.length === 0 && assignees.length === 0 && boxStandOf(issue) !== "done";
    case "in_progress":
      return reasons.length === 0 && assignees.length > 0 && boxStandOf(issue) !== "done";
    case "on_hold":
      return reasons.length > 0 && boxStandOf(issue) !== "done";
    case "completed":
      return reasons.length === 0 && boxStandOf(issue) !== "open";
    default:
      return false;
  }
}

/** @returns undefined while something that decides has not been read */
function judge(look: Look, ref: IssueRef, issue: Issue): Verdict | undefined {
  const told = () => strangerIn(look.said(NAME, ref) ?? null);
  // Asked for together, so that they are read together.
  const witness = witnessOf(look, ref, issue);
  const stand = witness ? standingOf(look, ref, issue, witness, told) : look.history(ref) && undefined;
  const comments = look.comments(ref);
  if (!witness || !stand || comments === undefined) return undefined;
  const all = boxes(issue.body);
  const last = stand.state === "completed" ? null : (stand.finisher?.actor ?? null);
  return {
    issue,
    standing: stand,
    boxes: all,
    open: all.filter((box) => !box.done),
    stranger: last !== null && witness.role(last) === "outsider" ? last : null,
    closing: closing(look, issue, stand),
    waits: witness.waits ?? false,
    fights: [],
    misspelt: issue.labels.flatMap((typed) => {
      const reading = look.book.read(typed);
      const stays = reading && wantedLabels(look, stand).includes(reading.label);
      return stays && !reading.canonical ? [{ typed, meant: reading.label }] : [];
    }),
  };
}

/** The labels it bears where it belongs. */
const wantedLabels = (look: Look, { state, reasons }: Standing): readonly string[] => [
  look.book.labelOf(state),
  ...reasons,
];

/** Whether the request was closed before its time, and what the team wants done about it. */
function closing(look: Look, issue: Issue, stand: Standing): Verdict["closing"] {
  if (issue.state === "open" || stand.state === "completed") return "fine";
  const mode = look.config.lifecycle.close_incomplete;
  if (mode === "allow") return "fine";
  // Closed when it was Completed, and moved since by somebody who may: that is for them to say.
  if (stand.closed?.from === "completed" && stand.why.kind !== "box-opened") return "fine";
  if (isCalledOff(look, issue, stand.closed?.actor ?? null)) return "fine";
  return mode;
}

function propose(look: Look, draft: Draft, ref: IssueRef, verdict: Verdict): void {
  const { standing, closing: closed } = verdict;
  const { refusal } = standing;
  // Whatever may stay closed, nothing that waits for approval shows as Completed.
  const early = refusal?.why === "unapproved";
  if (verdict.issue.state === "closed" && closed === "fine" && standing.state !== "completed" && !early)
    return;
  const said = look.said(NAME, ref) ?? null;
  const wanted = closed === "comment" && !early ? [] : mendsFor(look, verdict);
  const fights = fightsIn(look, ref, verdict, wanted, said);
  if (!fights) return;
  const mends = wanted.filter((mend) => !fights.includes(mend));
  const stopped = { ...verdict, fights: fights.map(thingOf) };
  settle(look, draft, ref, stopped, mends, said);
}

/** Says what has changed, and changes it. */
function settle(
  look: Look,
  draft: Draft,
  ref: IssueRef,
  verdict: Verdict,
  mends: readonly Mend[],
  said: string | null,
): void {
  const { standing: stand } = verdict;
  // What stands in the comment is true, or it is written anew.
  const moved = said !== null && (stateIn(said) !== stand.state || namesGone(said, stand));
  if (mends.length > 0 || moved || !sameSet(asksFor(verdict), asksIn(said))) {
    const changed = moved || mends.some(({ about }) => about === "state");
    const key = keyOf(verdict, mends.length > 0 || moved ? whyWord(verdict) : null);
    const reason =
      mends[0]?.reason ?? (moved ? reasonFor(verdict) : "What this request waits for has changed.");
    draft.say(ref, { key, body: sectionBody(look, verdict, changed) }, reason);
  }
  for (const { about: _, ...mend } of mends)
    draft.change({ project: "requests", issue: ref.number, ...mend });
}

/** After so many reversals of the same thing daytwo leaves it to people. */
const REVERSALS = 3;

/**
 * The mends that somebody, or some other program, has undone too often already.
 * @returns undefined while the history that tells has not been read
 */
function fightsIn(
  look: Look,
  ref: IssueRef,
  { standing: stand, closing: closed }: Verdict,
  mends: readonly Mend[],
  said: string | null,
): readonly Mend[] | undefined {
  // Where daytwo has never said a word it has put nothing back, and a move that was taken is no reversal.
  const back = mends.filter(({ about }) => stand.refusal !== null || closed === "reopen" || about === "name");
  if (said === null || back.length === 0) return [];
  const history = look.history(ref);
  if (!history) return undefined;
  const past = {
    history,
    since: Math.max(judgeFrom(look), stand.since),
    own: (actor: string | null) => look.role("requests", actor) === "self",
    sameLabel: look.sameLabel,
  };
  return back.filter((mend) => mend.kind !== "assign" && reversals(past, mend) >= REVERSALS);
}

const thingOf = (mend: Mend): string => {
  if (mend.kind === "reopen-issue") return CLOSED;
  return mend.kind === "assign" ? mend.assignee : mend.label;
};

type Mend = { readonly reason: string; readonly about: "state" | "name" } & (
  | { readonly kind: "reopen-issue" }
  | { readonly kind: "add-label" | "remove-label"; readonly label: string }
  | { readonly kind: "assign"; readonly assignee: string }
);

/** What differs between where it belongs and what it shows. A label is put on before another is taken off. */
function mendsFor(look: Look, verdict: Verdict): Mend[] {
  const { book } = look;
  const { issue, standing: stand, misspelt } = verdict;
  const why = { reason: reasonFor(verdict), about: "state" } as const;
  const spelling = (typed: string, meant: string) =>
    ({ reason: `"${typed}" is a misspelling of "${meant}".`, about: "name" }) as const;
  const mends: Mend[] = [];
  if (verdict.closing === "reopen") {
    const reason = `It was closed before it was Completed. ${why.reason}`;
    mends.push({ ...why, kind: "reopen-issue", reason });
  }
  if (needsLabel(look, issue)) {
    const { label } = look.config.requests;
    const reason = "It was filed as an access request.";
    mends.push({ kind: "add-label", label, reason, about: "name" });
  }
  const wanted = wantedLabels(look, stand);
  for (const label of wanted) {
    if (look.has("requests", issue, label)) continue;
    const typed = misspelt.find(({ meant }) => meant === label)?.typed;
    mends.push({ kind: "add-label", label, ...(typed === undefined ? why : spelling(typed, label)) });
  }
  if (stand.state === "in_progress" && stand.takenBy && issue.assignees.length === 0) {
    const reason = `@${stand.takenBy} set it In Progress while nobody was assigned.`;
    mends.push({ kind: "assign", assignee: stand.takenBy, reason, about: "state" });
  }
  for (const label of issue.labels) {
    const reading = book.read(label);
    if (!reading || (reading.canonical && wanted.includes(reading.label))) continue;
    const slip = misspelt.some(({ typed }) => typed === label);
    mends.push({ kind: "remove-label", label, ...(slip ? spelling(label, reading.label) : why) });
  }
  return mends;
}

function explained(verdict: Verdict): Explanation[] {
  const { standing: stand, open, boxes: all } = verdict;
  const moves = movesFrom(stand.state).map(stateName).join(", ");
  return [
    { rule: NAME, text: `It is ${stateName(stand.state)}. ${reasonFor(verdict)}` },
    { rule: NAME, text: `The team may move it to: ${moves}.` },
    ...(all.length > 0
      ? [
          {
            rule: NAME,
            text: `${all.length - open.length} of ${count(all.length, "box is", "boxes are")} done.`,
          },
        ]
      : []),
  ];
}
