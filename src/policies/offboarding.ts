/**
 * offboarding: an issue of the onboarding project about somebody who leaves opens one request to take their access
 * away, at once: it may take days, and the last day is when they begin to count.
 *
 * The issue and the request find each other as a hire's do (`opened.ts`). What the request has heard since it was
 * opened, and whom it has called, stands in its own status comment, in the key of this rule's section.
 */

import { OFFBOARDING } from "../engine/forms/form.ts";
import { faultLine, faultText, type HireFault } from "../engine/hire.ts";
import { issueLink } from "../engine/links.ts";
import { deadlines, type Leaver, readLeaver } from "../engine/offboarding.ts";
import { composeOffboarding, takingsOf } from "../engine/offboarding-request.ts";
import { inline, issueSlot, join, lines, type SafeText, safe } from "../engine/text/safe.ts";
import { formatDay } from "../engine/time/days.ts";
import type { Issue, IssueRef } from "../model.ts";
import { attend, type News, ofOffboardingRequest } from "./offboarding-request.ts";
import { closeDoubles, linkIn, linkTo, NAMELESS, nameless, requestOf, type Sought } from "./opened.ts";
import type { Draft, Explanation, Look, Policy } from "./policy.ts";
import { LEAVER } from "./request.ts";

const NAME = "offboarding";

export const offboarding: Policy = {
  name: NAME,
  summary: "Opens the request that takes a leaver's access away, and sees to its deadlines.",
  enabled: (config) => config.projects.onboarding !== undefined,

  propose(look, draft) {
    const news = new Map<number, News>();
    for (const issue of look.subjects("onboarding")) {
      if (isLeaver(look, issue)) consider(look, draft, issue, news);
      else if (wasLeaver(look, issue)) withdrawn(look, issue, news);
    }
    attend(look, draft, news);
  },

  explain(look, ref) {
    const issue = look.issue(ref);
    if (!issue) return [];
    const said = ref.project === "onboarding" ? ofLeaver(look, issue) : ofOffboardingRequest(look, issue);
    return said.map((one) => ({ rule: NAME, ...one }));
  },
};

const isLeaver = (look: Look, issue: Issue): boolean => look.has("onboarding", issue, OFFBOARDING);

/** Whether somebody has just taken the label off: an issue without it is listed no more. */
function wasLeaver({ trigger }: Look, { number }: Issue): boolean {
  if (trigger.kind !== "delivery" || trigger.project !== "onboarding") return false;
  const label = (name: string) => name.toLowerCase() === OFFBOARDING;
  return trigger.deliveries.some(
    ({ issue, events }) =>
      issue.number === number && events.some((one) => one.type === "unlabeled" && label(one.label)),
  );
}

const soughtFor = (look: Look, issue: number): Sought => ({
  policy: NAME,
  key: `${LEAVER}${look.project("onboarding")?.name ?? ""}#${issue}`,
});

/** Nobody leaves after all: the label of a cancelled start says so, or on GitHub the way the issue was closed. */
function calledOff(look: Look, issue: Issue): boolean {
  const { onboarding } = look.config;
  if (onboarding && look.has("onboarding", issue, onboarding.cancelled)) return true;
  const github = look.project("onboarding")?.forge === "github";
  return github && issue.state === "closed" && issue.closeReason === "not_planned";
}

// Keys of this rule's section on the leaver's issue.
const LINKED = "linked";
const FAULT = "fault:";

function consider(look: Look, draft: Draft, issue: Issue, news: Map<number, News>): void {
  const ref: IssueRef = { project: "onboarding", number: issue.number };
  const off = calledOff(look, issue);
  if (issue.state === "closed" && !off) return;
  const { leaver, faults } = readLeaver(issue, look.config);
  if (!off) for (const one of faults) draft.problem("onboarding", ref.number, faultText(one));
  const sought = soughtFor(look, ref.number);
  closeDoubles(look, draft, sought, "leaver");
  if (look.settled(ref)) return;
  if (off) {
    withdrawn(look, issue, news);
    return;
  }
  const number = requestOf(look, ref, sought, true);
  if (number === undefined) return;
  if (number !== null) {
    if (leaver) news.set(number, { lastDay: leaver.lastDay, from: ref, issue });
    keep(look, draft, ref, leaver, faults, number);
  } else if (leaver) open(look, draft, ref, issue, leaver, faults);
  else {
    const body = lines(
      safe`**The request to take access away cannot be opened yet.** Please edit this issue:`,
      safe``,
      ...faults.map(faultLine),
    );
    draft.say(ref, { key: keyOf(null, null, faults), body }, faults.map(faultText).join(" "));
  }
}

/** No request is opened for somebody who stays; one that exists is told. */
function withdrawn(look: Look, issue: Issue, news: Map<number, News>): void {
  const ref: IssueRef = { project: "onboarding", number: issue.number };
  const number = requestOf(look, ref, soughtFor(look, issue.number), true);
  if (number != null) news.set(number, { lastDay: null, from: ref, issue });
}

function open(
  look: Look,
  draft: Draft,
  ref: IssueRef,
  issue: Issue,
  leaver: Leaver,
  faults: readonly HireFault[],
): void {
  const { config } = look;
  const project = look.project("onboarding");
  const requests = look.project("requests");
  if (!project || !requests) return;
  if (nameless(look)) {
    draft.problem("onboarding", ref.number, NAMELESS);
    return;
  }
  const ledger = look.ledger();
  if (!ledger) return;
  const takings = takingsOf(config, ledger.of({ name: leaver.name, email: leaver.address }));
  const { key } = soughtFor(look, ref.number);
  const day = formatDay(leaver.lastDay);
  const reason = `${leaver.name} leaves: ${leaver.given ? `the last day is ${day}` : `no last day is given, so deadlines count from ${day}`}.`;
  draft.change({
    kind: "create-issue",
    project: "requests",
    issue: null,
    key,
    ...composeOffboarding(config, leaver, takings, {
      key,
      offboarding: { ref: issueLink(project.name, issue), url: issue.url },
      forge: requests.forge,
      now: look.now,
    }),
    assignees: [],
    reason,
  });
  draft.say(
    ref,
    { key: keyOf(LINKED, leaver, faults), body: linkedBody(issueSlot(key), leaver, faults) },
    reason,
    key,
  );
}

/** The request exists: it is linked from here, and faults are told beside the link. */
function keep(
  look: Look,
  draft: Draft,
  ref: IssueRef,
  leaver: Leaver | null,
  faults: readonly HireFault[],
  number: number,
): void {
  const requests = look.project("requests")?.name ?? "";
  const said = look.said(NAME, ref);
  const linked = linkIn(look, ref, requests, NAME);
  const link = linkTo(look, number);
  if (said === undefined || linked === undefined || link === undefined) return;
  // Where the link led elsewhere before, its key says where it leads now.
  const moved = (linked !== null && linked !== number) || said?.startsWith(`${LINKED}:`);
  const key = keyOf(moved ? `${LINKED}:${number}` : LINKED, leaver, faults);
  if (said === key && linked === number) return;
  const reason =
    faults.length > 0 ? faults.map(faultText).join(" ") : `The request is ${requests}#${number}.`;
  draft.say(ref, { key, body: linkedBody(link, leaver, faults) }, reason);
}

/** The key says in words what the section says in sentences. */
const keyOf = (link: string | null, leaver: Leaver | null, faults: readonly HireFault[]): string =>
  [
    ...(link === null ? [] : [link]),
    ...(leaver && !leaver.given ? [`since:${leaver.lastDay}`] : []),
    ...(faults.length === 0
      ? []
      : [`${FAULT}${faults.map(({ field, found }) => `${field}=${found ?? ""}`).join(";")}`]),
  ].join("+");

/** Where the request is, and what on this issue cannot be read. The link, the second witness, stays whatever else is said. */
function linkedBody(link: SafeText, leaver: Leaver | null, faults: readonly HireFault[]): SafeText {
  const since =
    leaver && !leaver.given
      ? safe`Until a last day is given, the deadlines count from ${inline(formatDay(leaver.lastDay))}, when this issue was opened.`
      : null;
  const mend =
    faults.length > 0 ? lines(safe`**Please edit this issue:**`, safe``, ...faults.map(faultLine)) : null;
  return join([safe`Request to take access away: ${link}`, since, mend], "\n\n");
}

function ofLeaver(look: Look, issue: Issue): Omit<Explanation, "rule">[] {
  if (!isLeaver(look, issue)) return [];
  const ref: IssueRef = { project: "onboarding", number: issue.number };
  const number = requestOf(look, ref, soughtFor(look, issue.number), true);
  if (number === undefined) return [];
  const exists =
    number === null
      ? []
      : [{ text: `The request to take access away is ${look.project("requests")?.name}#${number}.` }];
  if (calledOff(look, issue)) return [...exists, { text: "The offboarding was withdrawn." }];
  if (issue.state === "closed") return [...exists, { text: "It is closed." }];
  const { leaver, faults } = readLeaver(issue, look.config);
  const amiss = faults.map((one) => ({ text: faultText(one) }));
  if (!leaver) return [...exists, ...amiss];
  const due = deadlines(leaver.lastDay, look.config);
  const from = leaver.given ? "the last day" : "no last day is given: the day it was opened";
  return [
    ...exists,
    ...(number === null
      ? [{ text: "The request to take access away opens with the next look.", at: look.now }]
      : []),
    {
      text: `Critical systems (tier 1) are to be revoked by ${formatDay(due.critical.day)}, the others by ${formatDay(due.other.day)}, counted from ${formatDay(leaver.lastDay)} (${from}).`,
    },
    ...amiss,
  ];
}
