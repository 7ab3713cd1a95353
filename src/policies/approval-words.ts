/** What the approval rule says: the reasons of its changes, and its section of the status comment. */

import { sameHandle } from "../engine/cover.ts";
import { driMentions } from "../engine/hire-request.ts";
import { issueLink } from "../engine/links.ts";
import type { Loss, Lost } from "../engine/requests/approval.ts";
import type { Consent, Noted } from "../engine/requests/approval-note.ts";
import { listed } from "../engine/text/listed.ts";
import { type Box, boxes } from "../engine/text/markdown.ts";
import { code, inline, isHandle, join, lines, mention, type SafeText, safe } from "../engine/text/safe.ts";
import { formatInstant } from "../engine/time/zones.ts";
import type { Issue } from "../model.ts";
import type { Judged } from "./approval-evidence.ts";
import { points } from "./points.ts";
import type { Look } from "./policy.ts";
import { isCompleted } from "./request.ts";

/** How a fight about boxes is named. */
export const BOXES = "boxes";

/** Mentions that one comment notifies are limited, and so are the questions who is a member. */
const MOST_MENTIONED = 30;
const MOST_BOXES = 10;

/** A loss as the note keeps it. */
export const newsWord = ({ why, by }: Pick<Lost, "why" | "by">): string => `${why}:${by}`;

/** In plain words; by handle, without a mention. */
const LOSSES: Readonly<Record<Loss, (by: string) => string>> = {
  edited: (by) =>
    `People, systems or roles were edited after ${by} approved, so that approval does not count.`,
  unsure: (by) =>
    `It was edited about when ${by} approved, and nobody can tell which came first: please approve again.`,
  withdrawn: (by) => `The label was taken off, and with it the approval of ${by}.`,
  replaced: (by) => `${by} has approved, but is no manager whom it names any more.`,
  faulty: (by) => `${by} approved what could not be read: please approve again once it can.`,
  requester: (by) => `${by} opened this request and cannot approve it.`,
  "in-it": (by) => `${by} is in this request and cannot approve it.`,
  stranger: (by) => `${by} set it approved, but is no manager whom it names.`,
};

function newsText(word: string): string {
  const cut = word.indexOf(":");
  const say = LOSSES[word.slice(0, cut) as Loss];
  return say === undefined ? "" : say(word.slice(cut + 1));
}

/** One plain sentence, for plans and logs. */
export function reasonFor({ approval, main }: Judged, news: readonly string[]): string {
  const { state, given, asked } = approval;
  if (main)
    return state === "approved" ? `#${main.number} is approved.` : `#${main.number} waits for approval.`;
  if (state === "approved") return `Approved by ${listed(given.map(({ by }) => by))}.`;
  const told = news.map(newsText).filter((text) => text !== "");
  const whom =
    asked.length > 0 ? `It waits for the approval of ${listed(asked)}.` : "It is not approved yet.";
  return [...told, whom].join(" ");
}

export const boxesReason = (count: number): string =>
  `It is not approved yet, so ${count === 1 ? "the box that was ticked is" : `${count} ticked boxes are`} open again.`;

/** @returns undefined while it is not known who is a member and may be mentioned */
export function sectionBody(
  look: Look,
  issue: Issue,
  { request, approval, main }: Judged,
  { stopped, news }: Pick<Noted, "stopped" | "news">,
  putBack: readonly Box[],
): SafeText | undefined {
  const { label } = look.config.requests.approval;
  const { state, given, asked, instead, stuck } = approval;
  const told = news.map(newsText).filter((text) => text !== "");
  if (main) {
    const there = issueLink(look.project("requests")?.name ?? "", main);
    const text =
      state === "approved"
        ? safe`**Approved** with ${there}.`
        : safe`**Waits for the approval** of ${there}.`;
    return lines(text, ...putBackText(putBack), stoppedText(look, stopped));
  }
  if (state === "approved") {
    const by = join(
      given.map((one) => consentText(look, one)),
      ", ",
    );
    const all = boxes(issue.body);
    const finished = all.length > 0 && all.every(({ done }) => done);
    const left = finished && !isCompleted(look, issue);
    return lines(
      safe`**Approved** by ${by}. An edit to people, systems or roles asks again.`,
      left && safe`All boxes are done: \`/ar complete\` completes it once somebody works on it.`,
      stoppedText(look, stopped),
    );
  }
  const people = named(look, asked);
  if (people === undefined) return undefined;
  const parts: (SafeText | false)[] = [
    asked.length > 0
      ? safe`**Waits for the approval** of ${people}: a comment \`/ar approve\`, or the label ${code(label)}.`
      : request.faulty
        ? safe`**Not approved yet.** The manager is asked once the request can be read.`
        : safe`**Not approved yet**, and nobody whom it names can approve it.`,
    instead.length > 0 && safe`In their place: ${join(instead.map(inline), ", ")}.`,
    given.length > 0 &&
      safe`Approved so far by ${join(
        given.map((one) => consentText(look, one)),
        ", ",
      )}.`,
    ...stuck.map((one) => stuckText(one, sameHandle(one, request.requester))),
    ...told.map((text) => inline(text)),
    safe`Until it is approved it may be taken or put On Hold, but not completed.`,
  ];
  return lines(...parts, ...putBackText(putBack), stoppedText(look, stopped));
}

function putBackText(putBack: readonly Box[]): SafeText[] {
  if (putBack.length === 0) return [];
  const named = putBack.map(({ text }) => inline(text));
  return [safe``, safe`Ticked before it was approved, and open again:`, safe``, ...points(named, MOST_BOXES)];
}

function stoppedText({ config }: Look, stopped: readonly string[]): SafeText | null {
  if (stopped.length === 0) return null;
  const things = stopped.map((thing) => (thing === BOXES ? safe`the boxes` : code(thing)));
  return safe`\n**daytwo stops here.** It has put ${join(things, ", ")} back three times, and each time it was undone. ${join(driMentions(config), " ")} please see who or what does it.`;
}

const stuckText = (manager: string, requester: boolean): SafeText =>
  requester
    ? safe`**${inline(manager)}** opened this request and cannot approve it: please name another manager.`
    : safe`**${inline(manager)}** is in this request and cannot approve it: please name another manager.`;

const consentText = ({ config }: Look, { by, at }: Consent): SafeText =>
  safe`**${inline(by)}** (${inline(formatInstant(at, config.timezone))})`;

/** Mentioned where they are members of the project, else printed as text. */
function named(look: Look, handles: readonly string[]): SafeText | undefined {
  const forge = look.project("requests")?.forge;
  const texts = handles.map((handle, i) => {
    if (i >= MOST_MENTIONED || !isHandle(handle, forge)) return inline(handle);
    const member = look.member("requests", handle);
    return member === undefined ? undefined : member ? mention(handle, forge) : inline(handle);
  });
  if (texts.includes(undefined)) return undefined;
  return join(texts, ", ");
}
