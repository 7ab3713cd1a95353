/** What the lifecycle says: the reasons of its changes, and its section of the status comment. */
import { driMentions } from "../engine/hire-request.ts";
import { openTasks } from "../engine/lifecycle/boxes.ts";
import type { Refusal, Standing } from "../engine/lifecycle/standing.ts";
import { movesFrom, type State, stateName } from "../engine/lifecycle/states.ts";
import { listed } from "../engine/text/listed.ts";
import type { Box } from "../engine/text/markdown.ts";
import { code, inline, join, lines, type SafeText, safe } from "../engine/text/safe.ts";
import type { Issue } from "../model.ts";
import type { Look } from "./policy.ts";

/** What the issue shows, where it stands, and what follows from both. */
export interface Verdict {
  readonly issue: Issue;
  readonly standing: Standing;
  readonly boxes: readonly Box[];
  readonly open: readonly Box[];
  /** `fine`, or what the team wants done about a closing before its time. */
  readonly closing: "fine" | "reopen" | "comment";
  /** It waits for approval, and is not completed before. */
  readonly waits: boolean;
  /** Who did the last box and is known not to be of the team; only while all are done and it is not Completed. */
  readonly stranger: string | null;
  /** What daytwo has put back too often and now leaves as it is: labels, or `closed`. */
  readonly fights: readonly string[];
  /** Labels that are another name of one it should bear: as typed, and as it should be. */
  readonly misspelt: readonly { readonly typed: string; readonly meant: string }[];
}

/** The rule's name, under which its section stands. */
export const LIFECYCLE = "lifecycle";

/** How a fight about a closing is named. */
export const CLOSED = "closed";

const ASK = {
  reason: "ask-reason",
  allDone: "ask-move",
  approval: "ask-approval",
  stranger: "ask-team-tick:",
  closed: "ask-reopen",
  fight: "ask-fight:",
} as const;

/** What the request waits for a person to do, as words that stay the same while it does. */
export function asksFor(verdict: Verdict): string[] {
  const { standing, boxes, open, stranger, closing, fights, waits } = verdict;
  const { state, reasons } = standing;
  const allDone = boxes.length > 0 && open.length === 0;
  return [
    ...(state === "on_hold" && reasons.length === 0 ? [ASK.reason] : []),
    ...(allDone && (state === "action_needed" || state === "on_hold")
      ? [waits ? ASK.approval : ASK.allDone]
      : []),
    ...(stranger === null ? [] : [`${ASK.stranger}${stranger}`]),
    ...(closing === "comment" ? [ASK.closed] : []),
    ...fights.map((thing) => `${ASK.fight}${word(thing)}`),
  ];
}

/** The key of a section says in words what it says in sentences: one that says the same has the same key. */
export function keyOf(verdict: Verdict, why: string | null): string {
  const { state, refusal, why: rests } = verdict.standing;
  const named = why !== null && !refusal && rests.kind === "held" ? [`${HELD}${word(rests.reason)}`] : [];
  return [state, ...(why === null ? [] : [word(why)]), ...named, ...asksFor(verdict)].join("+");
}

const HELD = "held:";

/** Whether a section names a hold reason that does not stand any more. */
export function namesGone(key: string, { reasons }: Standing): boolean {
  const named = key.split("+").find((one) => one.startsWith(HELD));
  return named !== undefined && !reasons.some((reason) => named === `${HELD}${word(reason)}`);
}

const word = (text: string): string => text.replaceAll("+", " ");

export const asksIn = (key: string | null): string[] =>
  (key ?? "").split("+").filter((one) => one.startsWith("ask-"));

/** The state that a section tells of. */
export const stateIn = (key: string): string => key.split("+")[0] ?? "";

/** The outsider who did the last box, by what the section once heard from a delivery. */
export const strangerIn = (key: string | null): string | null =>
  asksIn(key)
    .find((ask) => ask.startsWith(ASK.stranger))
    ?.slice(ASK.stranger.length) ?? null;

/** What a change rests on, in a few words: two deeds that differ have different ones. */
export function whyWord({ standing: stand, open, closing, misspelt }: Verdict): string {
  const { refusal, why } = stand;
  const boxes = open.map(({ line }) => line).join(".");
  const deed = refusal
    ? `put-back-${refusal.why}-${refusal.by ?? ""}-${Object.values(refusal.tried).join()}`
    : `${why.kind}-${"by" in why ? (why.by ?? "") : ""}`;
  const about = refusal?.why === "open-boxes" || why.kind === "box-opened" ? `-${boxes}` : "";
  const names = misspelt.map(({ typed }) => `-${typed}`).join("");
  return `${closing === "reopen" ? `reopened-${stand.closed?.actor ?? ""}-${boxes}-` : ""}${deed}${about}${names}`;
}

const by = (handle: string | null): string => (handle ? `@${handle}` : "Somebody");

const movesText = (state: State): string => listed(movesFrom(state).map(stateName), "or");

/** One plain sentence: why the request is where it now is. For plans and logs; never written to a forge as it is. */
export function reasonFor({ issue, standing: { state, refusal, why }, boxes }: Verdict): string {
  const name = stateName(state);
  const left = `Completed needs every box done; open: ${listed(
    openTasks(issue.body, boxes).map((text) => `"${text}"`),
    "and",
  )}.`;
  if (refusal) {
    if (refusal.why === "open-boxes") return `${by(refusal.by)} ${tried(refusal)}. ${left}`;
    return `${by(refusal.by)} ${tried(refusal)}; ${refused(refusal)}, so it stays ${name}.`;
  }
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
    case "finished":
      return boxes.length === 1 ? "Its box is done." : `All ${boxes.length} boxes are done.`;
    case "box-opened":
      return left;
  }
}

function tried({ tried: what }: Refusal): string {
  if ("move" in what) return `moved it to ${stateName(what.move)}`;
  return "reasonOn" in what ? `put "${what.reasonOn}" on` : `took "${what.reasonOff}" off`;
}

function refused({ why, from }: Refusal): string {
  if (why === "not-team") return "only the Sales Ops team moves an access request";
  if (why === "unapproved") return "it waits for approval";
  return `from ${stateName(from)} it may go to ${movesText(from)} only`;
}

const MAX_NAMED = 10;

/** The reason again, for the comment: people are named, not mentioned; open boxes are listed below. */
function plainReason(verdict: Verdict): string {
  const { refusal, why } = verdict.standing;
  const needs = "Completed needs every box done.";
  if (!refusal && why.kind === "box-opened") return needs;
  const reason =
    refusal?.why === "open-boxes" ? `${by(refusal.by)} ${tried(refusal)}. ${needs}` : reasonFor(verdict);
  return reason.replace(/@(?=\w)/g, "");
}

/** @param changed whether the reason for the state is news */
export function sectionBody(look: Look, verdict: Verdict, changed: boolean): SafeText {
  const { standing: stand, boxes, open, closing, stranger, misspelt, fights, waits } = verdict;
  const { state, refusal, why } = stand;
  const name = stateName(state);
  const allDone = boxes.length > 0 && open.length === 0;
  const parts: SafeText[] = [
    join([safe`**${inline(name)}.**`, changed && inline(plainReason(verdict))], " "),
    ...misspelt.map(({ typed, meant }) => safe`${code(typed)} means ${code(meant)}, which it bears now.`),
  ];
  if (refusal && refusal.why !== "open-boxes" && changed) {
    const later = waits ? safe`; to Completed only once it is approved` : safe``;
    parts.push(safe`From ${inline(name)} the team may move it to ${inline(movesText(state))}${later}.`);
  }
  if (closing === "reopen" && !fights.includes(CLOSED)) {
    parts.push(
      safe`It was closed before it was Completed, so it is open again. A team member who wants it gone ${callOff(look)}.`,
    );
  }
  if (closing === "comment") {
    parts.push(safe`It was closed before it was Completed. Reopen it if work is left.`);
  }
  const boxesMatter = refusal?.why === "open-boxes" || why.kind === "box-opened" || closing !== "fine";
  if (open.length > 0 && boxesMatter && (changed || closing !== "fine")) {
    const tasks = openTasks(verdict.issue.body, boxes);
    parts.push(safe`Open boxes:`, ...tasks.slice(0, MAX_NAMED).map((text) => safe`- ${inline(text)}`));
    if (tasks.length > MAX_NAMED) parts.push(safe`- and ${tasks.length - MAX_NAMED} more`);
  }
  if (state === "on_hold" && stand.reasons.length === 0) {
    const reasons = Object.values(look.config.lifecycle.hold_reasons).map(({ label }) => code(label));
    parts.push(
      safe`Why does it wait? Please add a hold reason label:`,
      ...reasons.map((one) => safe`- ${one}`),
    );
  }
  if (allDone && state === "action_needed") {
    parts.push(
      stranger !== null
        ? safe`All boxes are done. Assign yourself to check them.`
        : waits
          ? safe`All boxes are done. It waits for approval.`
          : safe`All boxes are done. Assign yourself, and it will be Completed.`,
    );
  }
  if (allDone && state === "on_hold") {
    parts.push(safe`All boxes are done. Take the hold reason off to go on.`);
  }
  if (stranger !== null) {
    parts.push(
      safe`${inline(stranger)} ticked the last box and is not of the Sales Ops team. A team member checks it and sets ${code(look.book.labelOf("completed"))}.`,
    );
  }
  if (fights.length > 0) {
    const things = fights.map((thing) => (thing === CLOSED ? safe`the closing` : code(thing)));
    parts.push(
      safe`**daytwo stops here.** It has put ${join(things, ", ")} back three times, and each time it was undone. ${join(driMentions(look.config), " ")} please see who or what does it; a move by the team starts afresh.`,
    );
  }
  return lines(...parts);
}

const callOff = (look: Look): SafeText =>
  look.project("requests")?.forge === "github"
    ? safe`closes it as not planned`
    : safe`first adds ${code(look.book.reasonLabel("cancelled") ?? "")}`;
