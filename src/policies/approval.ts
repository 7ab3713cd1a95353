/**
 * approval: a request that is not a baseline one waits for the managers whom it names, and is not completed before.
 *
 * Who has approved is told from labels, comments and edits (`engine/requests/approval.ts`); this rule shows it by one
 * of two labels, takes back what came too early, and says why. What counts is noted in the key of its section, with a
 * fingerprint of what was approved.
 */
import { reversals } from "../engine/lifecycle/reversals.ts";
import { boxId } from "../engine/requests/approval.ts";
import { type Noted, writeNote } from "../engine/requests/approval-note.ts";
import { grantsOf } from "../engine/requests/grants.ts";
import { type Box, boxes, setBox, subject } from "../engine/text/markdown.ts";
import { partOf } from "../engine/text/part.ts";
import { writeBack } from "../engine/text/safe.ts";
import type { Issue, IssueRef } from "../model.ts";
import { APPROVAL, approvalOf, type Judged, mainOf } from "./approval-evidence.ts";
import { BOXES, boxesReason, newsWord, reasonFor, sectionBody } from "./approval-words.ts";
import { closedBefore, judgeFrom } from "./judged.ts";
import type { Draft, Explanation, Look, Policy } from "./policy.ts";
import { isCalledOff, isCompleted, isRequest } from "./request.ts";

/** After so many reversals of the same thing daytwo leaves it to people. */
const REVERSALS = 3;
/** What the section tells of at once; the history tells the rest. */
const MOST_NEWS = 5;

export const approval: Policy = {
  name: APPROVAL,
  summary: "Holds what is not a baseline request until the managers it names have approved it.",
  enabled: () => true,

  propose(look, draft) {
    const { required } = look.config.requests.approval;
    for (const issue of look.subjects("requests")) {
      const ref: IssueRef = { project: "requests", number: issue.number };
      // A part follows its request, whatever has become of itself.
      if ((look.settled(ref) && !mainOf(look, issue)) || !isRequest(look, issue)) continue;
      if (required) consider(look, draft, ref, issue);
      else unask(look, draft, ref, issue);
    }
  },

  explain(look, ref) {
    const issue = ref.project === "requests" ? look.issue(ref) : null;
    const judged = issue && isRequest(look, issue) ? approvalOf(look, ref, issue) : null;
    return judged ? explained(judged) : [];
  },
};

/** Where no approval is required, nothing waits for one. */
function unask(look: Look, draft: Draft, ref: IssueRef, issue: Issue): void {
  const { waiting } = look.config.requests.approval;
  if (issue.state === "closed" || !look.has("requests", issue, waiting)) return;
  const said = look.said(APPROVAL, ref);
  if (said === undefined) return;
  const reason = "Requests need no approval here.";
  if (said !== null) draft.say(ref, null, reason);
  draft.change({ kind: "remove-label", project: "requests", issue: ref.number, label: waiting, reason });
}

function consider(look: Look, draft: Draft, ref: IssueRef, issue: Issue): void {
  if (closedBefore(look, issue)) return;
  const judged = approvalOf(look, ref, issue);
  if (!judged || staysClosed(look, issue, judged)) return;
  if (look.project("requests")?.self === "" && look.config.trusted.length === 0) {
    draft.problem("requests", ref.number, "Approval is not asked for: the token cannot tell whose it is.");
    return;
  }
  settle(look, draft, ref, issue, judged);
}

/** Closed for good, as far as the lifecycle is concerned, and not as Completed. */
function staysClosed(look: Look, issue: Issue, { history }: Judged): boolean {
  if (issue.state === "open") return false;
  const closer = history.findLast(({ type }) => type === "closed")?.actor ?? null;
  if (isCalledOff(look, issue, closer)) return true;
  return look.config.lifecycle.close_incomplete !== "reopen" && !isCompleted(look, issue);
}

/** Says what is new, and puts labels and boxes right. */
function settle(look: Look, draft: Draft, ref: IssueRef, issue: Issue, judged: Judged): void {
  const { request, note, approval: stand } = judged;
  const kept = keptBoxes(look, ref, judged);
  const ticked =
    stand.state === "waiting" ? tickedBoxes(look, issue).filter(({ id }) => !kept.includes(id)) : [];
  const early = stand.state === "waiting" && look.has("requests", issue, look.config.requests.approval.label);
  // Nobody is asked about what cannot be read, and nothing is shown of it before.
  if (request.faulty && note === null && !early && ticked.length === 0) return;
  const wanted = mendsFor(look, issue, judged);
  const fights = wanted.filter((mend) => isFight(look, judged, mend));
  const mends = wanted.filter((mend) => !fights.includes(mend));
  const moved = hasMoved(note, judged);
  const times = moved ? 0 : (note?.back ?? 0);
  const putBack = times < REVERSALS ? ticked.map(({ box }) => box) : [];
  // A label that came too early is answered here, a comment where commands are.
  const fresh = stand.lost.filter(({ how }) => how === "noted" || (how === "label" && early)).map(newsWord);
  const old = note?.state === stand.state ? note.news : [];
  const next: Noted = {
    state: stand.state,
    material: request.material,
    text: request.text,
    heard: stand.heard,
    given: stand.given,
    asked: stand.asked,
    stuck: stand.stuck,
    kept,
    back: times + (putBack.length > 0 ? 1 : 0),
    stopped: [...fights.map(({ label }) => label), ...(ticked.length > putBack.length ? [BOXES] : [])],
    news: stand.state === "approved" ? [] : [...new Set([...old, ...fresh])].slice(-MOST_NEWS),
  };
  // What daytwo opened itself says in its body whom it waits for.
  const opened = note === null && look.own("requests", issue.author) && wanted.length === 0;
  const stops = next.stopped.join() !== (note?.stopped ?? []).join();
  const reason = reasonFor(judged, fresh);
  const undoing = putBack.length > 0 ? boxesReason(putBack.length) : null;
  if ((moved && !opened) || fresh.length > 0 || undoing !== null || stops) {
    const body = sectionBody(look, issue, judged, next, putBack);
    if (body === undefined) return;
    draft.say(ref, { key: writeNote(next), body }, moved ? reason : (undoing ?? reason));
  }
  const change = { project: "requests", issue: ref.number } as const;
  for (const mend of mends) draft.change({ ...change, ...mend, reason });
  if (undoing === null) return;
  const body = putBack.reduce((whole, box) => setBox(whole, box, false), issue.body);
  draft.change({ ...change, kind: "edit-issue", body: writeBack(body), reason: undoing });
}

/** Whether anything that the note tells of is different now. */
function hasMoved(note: Noted | null, { request, approval: stand }: Judged): boolean {
  if (note === null) return true;
  const consents = (given: Noted["given"]) => given.map(({ by, at }) => `${by} ${at}`).join();
  return (
    note.state !== stand.state ||
    (note.material !== request.material && note.text !== request.text) ||
    consents(note.given) !== consents(stand.given) ||
    note.asked.join() !== stand.asked.join() ||
    note.stuck.join() !== stand.stuck.join()
  );
}

type Mend = { readonly kind: "add-label" | "remove-label"; readonly label: string };

/** Exactly one of the two labels. One is put on before the other is taken off. */
function mendsFor(look: Look, issue: Issue, { approval: stand }: Judged): Mend[] {
  const { label, waiting } = look.config.requests.approval;
  const [on, off] = stand.state === "approved" ? [label, waiting] : [waiting, label];
  return [
    ...(look.has("requests", issue, on) ? [] : [{ kind: "add-label", label: on } as const]),
    ...(look.has("requests", issue, off) ? [{ kind: "remove-label", label: off } as const] : []),
  ];
}

/** Whether somebody, or some other program, has undone this mend too often already. */
function isFight(look: Look, { note, approval: stand, history }: Judged, mend: Mend): boolean {
  if (note === null) return false;
  const past = {
    history,
    since: Math.max(judgeFrom(look), ...stand.given.map(({ at }) => at)),
    own: (actor: string | null) => look.role("requests", actor) === "self",
    sameLabel: look.sameLabel,
  };
  return reversals(past, mend) >= REVERSALS;
}

interface Ticked {
  readonly box: Box;
  readonly id: string;
}

/** In a request that people filed only the boxes that daytwo wrote below their text. */
function tickedBoxes(look: Look, issue: Issue): Ticked[] {
  if (partOf(issue.body)) {
    return grantsOf(issue, look.config)
      .filter(({ box }) => box.ticked)
      .map(({ box, system }) => ({ box, id: boxId(system, subject(box)) }));
  }
  if (!look.own("requests", issue.author)) return [];
  return boxes(issue.body)
    .filter(({ ticked }) => ticked)
    .map((box) => ({ box, id: boxId(null, subject(box)) }));
}

/**
 * What was given while it was approved stays ticked when an edit asks for approval again, unless the edit has changed
 * what the box says: the boxes as they were read are those from before the edit.
 */
function keptBoxes(look: Look, ref: IssueRef, { note, approval: stand }: Judged): readonly string[] {
  if (stand.state === "approved" || note === null) return [];
  const read = look.read(ref);
  return note.state === "approved" && read ? tickedBoxes(look, read).map(({ id }) => id) : note.kept;
}

function explained(judged: Judged): Explanation[] {
  const { request, approval: stand } = judged;
  const texts = [reasonFor(judged, [])];
  if (request.faulty) texts.push("The manager is asked once the request can be read.");
  if (stand.state === "waiting")
    texts.push("Until it is approved it may be taken or put On Hold, but not completed.");
  else texts.push("An edit to people, systems or roles asks for approval again.");
  return texts.map((text) => ({ rule: APPROVAL, text }));
}
