/**
 * day-two: a hire's onboarding issue opens their access request on their second working day.
 *
 * The hire's issue and the request point at each other. The marker in the request's body is the first
 * witness that it exists, the link in the status comment on the hire's issue the second: either one is
 * enough for the request not to be opened again.
 */
import { baselineFor } from "../engine/config/baseline.ts";
import type { Onboarding } from "../engine/config/schema.ts";
import { faultLine, faultText, type Hire, type HireFault, readHire } from "../engine/hire.ts";
import { composeRequest, driMentions, lateness, START } from "../engine/hire-request.ts";
import { issueLink } from "../engine/links.ts";
import { count } from "../engine/text/count.ts";
import {
  code,
  findMarkers,
  inline,
  issueSlot,
  join,
  lines,
  mention,
  type SafeText,
  safe,
} from "../engine/text/safe.ts";
import { dayAfter, formatDay } from "../engine/time/days.ts";
import { formatInstant } from "../engine/time/zones.ts";
import type { Day, Issue, IssueRef } from "../model.ts";
import { ofHire, ofRequest } from "./day-two-explained.ts";
import { calledOff, DAY_TWO, givenBy, hireKey, isCompleted, requestOf, soughtFor, tooLate } from "./hire.ts";
import { closeDoubles, linkIn, linkTo, NAMELESS, nameless } from "./opened.ts";
import { points } from "./points.ts";
import type { Draft, Look, Policy, Section } from "./policy.ts";

const NAME = DAY_TWO;

export const dayTwo: Policy = {
  name: NAME,
  summary: "Opens each new hire's access request on their second working day.",
  enabled: (config) => config.onboarding !== false && config.projects.onboarding !== undefined,

  propose(look, draft) {
    const { onboarding } = look.config;
    if (!onboarding) return;
    for (const issue of look.subjects("onboarding")) {
      if (look.has("onboarding", issue, onboarding.label)) consider(look, draft, onboarding, issue);
    }
  },

  explain(look, ref) {
    const { onboarding } = look.config;
    const issue = look.issue(ref);
    if (!issue || !onboarding) return [];
    const said = ref.project === "onboarding" ? ofHire(look, onboarding, issue) : ofRequest(look, issue);
    return said.map((one) => ({ rule: NAME, ...one }));
  },
};

// Keys of this rule's section in the status comment: on the hire's issue …
const LINKED = "linked";
const WAITING = "waiting:";
const FAULT = "fault:";
const TOO_LATE = "too-late";
// … and on the request, where `START` and a day say which start it has heard of. What goes with a label is said
// after the label is set, so that the key also says that it is.
const CANCELLED = "cancelled";

function consider(look: Look, draft: Draft, onboarding: Onboarding, issue: Issue): void {
  const ref: IssueRef = { project: "onboarding", number: issue.number };
  const off = calledOff(look, onboarding, issue);
  if (issue.state === "closed" && !off) return;
  const reading = readHire(issue.body, look.config, onboarding);
  const faults = "faults" in reading && !off ? reading.faults : [];
  for (const one of faults) draft.problem("onboarding", ref.number, faultText(one));
  closeDoubles(look, draft, soughtFor(look, ref.number), "start");
  // A look has found nothing to do, and whoever had to come back asked to be woken.
  if (look.settled(ref)) return;
  const due = "hire" in reading && look.now >= reading.hire.due;
  const number = requestOf(look, ref, off || due);
  if (number === undefined) return;
  if (off) {
    if (number !== null) cancel(look, draft, ref, number, issue);
  } else if ("faults" in reading) fault(look, draft, ref, faults, number);
  else if (number !== null) keep(look, draft, ref, reading.hire, number);
  else if (due) open(look, draft, ref, issue, onboarding, reading.hire);
  else wait(look, draft, ref, reading.hire);
}

/** No request is opened for a start that was called off; one that exists waits, and what it gave is to be revoked. */
function cancel(look: Look, draft: Draft, from: IssueRef, number: number, hire: Issue): void {
  const ref: IssueRef = { project: "requests", number };
  const request = look.issue(ref);
  const label = look.book.reasonLabel("cancelled");
  const project = look.project("onboarding");
  if (!request || !label || !project) return;
  const given = givenBy(look, request);
  const waits = request.state === "open" && !isCompleted(look, request.labels);
  if (!waits && !given) return;
  const said = look.said(NAME, ref);
  // Once told it has been held, too; if the team has taken the hold off since, it meant to.
  if (said === undefined || said === CANCELLED) return;
  const reason = `The start was called off on ${project.name}#${hire.number}.`;
  const next = waits && safe`The request waits On Hold until that is taken back.`;
  const body = lines(
    join([safe`**The start was called off** on ${issueLink(project.name, hire)}.`, next], " "),
    ...(given ? revoking(look, given) : []),
  );
  draft.wake(from, look.now);
  draft.say(ref, { key: CANCELLED, body, after: true }, reason);
  if (waits && !look.has("requests", request, label)) {
    draft.change({ kind: "add-label", project: "requests", issue: number, label, reason });
  }
}

const MOST_NAMED = 20;

/** Calls the DRIs for what was given to somebody who does not come. */
function revoking(look: Look, given: readonly string[]): SafeText[] {
  return [
    safe``,
    join([safe`Access was given already: please revoke it.`, ...driMentions(look.config)], " "),
    ...(given.length > 0
      ? [
          safe``,
          ...points(
            given.map((task) => inline(task)),
            MOST_NAMED,
          ),
        ]
      : []),
  ];
}

/** A field is missing or unreadable: nothing opens until somebody mends it, and the issue says which and how. */
function fault(
  look: Look,
  draft: Draft,
  ref: IssueRef,
  faults: readonly HireFault[],
  number: number | null,
): void {
  const link = number === null ? null : witness(look, number);
  if (link === undefined) return;
  const body = lines(
    link
      ? safe`**It cannot be seen whether the start has moved.** Please edit this issue:`
      : safe`**The access request cannot be opened yet.** Please edit this issue:`,
    safe``,
    ...faults.map(faultLine),
    // The second witness stays, whatever else is said.
    link && safe`\n${link}`,
  );
  const key = `${FAULT}${link ? LINKED : ""}:${faults.map(({ field, found }) => `${field}=${found ?? ""}`).join(";")}`;
  draft.say(ref, { key, body }, faults.map(faultText).join(" "));
}

/** Not due yet. Only somebody who was told of a fault is told that it is mended. */
function wait(look: Look, draft: Draft, ref: IssueRef, hire: Hire): void {
  draft.wake(ref, hire.due);
  const said = look.said(NAME, ref);
  const key = `${WAITING}${hire.due}`;
  if (said === undefined || said === null || said === key) return;
  const when = formatInstant(hire.due, hire.dueZone);
  const body = safe`The access request opens on **${inline(when)}**, day two of ${inline(hire.name)}.`;
  draft.say(ref, { key, body }, `The issue can be read now; the access request opens on ${when}.`);
}

/** The request exists: it is linked from here, and hears of a start that has moved. */
function keep(look: Look, draft: Draft, ref: IssueRef, hire: Hire, number: number): void {
  const request = look.issue({ project: "requests", number });
  const said = look.said(NAME, ref);
  const linked = linkIn(look, ref, look.project("requests")?.name ?? "", NAME);
  if (request === undefined || said === undefined || linked === undefined) return;
  if (request) tell(look, draft, ref, hire, request);
  if (said?.startsWith(LINKED) && linked === number) return;
  const link = witness(look, number);
  const people = named(look, hire);
  if (!link || !people) return;
  // A link that was lost before it was written says all that it would have said.
  const late = request ? lateness(hire, request.createdAt) : null;
  const section = linkedSection(look, hire, link, people.onboarding, late);
  const key = linked === null || linked === number ? section.key : `${LINKED}:${number}`;
  draft.say(ref, { ...section, key }, `The access request is ${look.project("requests")?.name}#${number}.`);
}

/** The line that is the second witness. */
function witness(look: Look, number: number): SafeText | undefined {
  const link = linkTo(look, number);
  return link && safe`Access request: ${link}`;
}

/** What a request has heard of its start stands in its own status comment, so that nothing is told twice or lost. */
function tell(look: Look, draft: Draft, from: IssueRef, hire: Hire, request: Issue): void {
  const ref: IssueRef = { project: "requests", number: request.number };
  const heard = look.said(NAME, ref);
  if (heard === undefined) return;
  const key = `${START}${hire.start}`;
  const day = inline(formatDay(hire.start));
  if (heard === CANCELLED) {
    const reason = `The start is on again, on ${formatDay(hire.start)}.`;
    draft.wake(from, look.now);
    draft.say(ref, { key, body: safe`**The start is on again**, on **${day}**.`, after: true }, reason);
    const label = look.book.reasonLabel("cancelled");
    if (label && look.has("requests", request, label)) {
      draft.change({ kind: "remove-label", project: "requests", issue: request.number, label, reason });
    }
    return;
  }
  if (request.state === "closed") return;
  const told = (heard === null ? null : dayAfter(START, [heard])) ?? startOf(request);
  if (told === null || told === hire.start) return;
  const reason = `The start moved from ${formatDay(told)} to ${formatDay(hire.start)}.`;
  const body = safe`**The start has moved** from ${inline(formatDay(told))} to **${day}**.`;
  draft.wake(from, look.now);
  draft.say(ref, { key, body }, reason);
}

/** The start that a request was opened for. */
const startOf = (request: Issue): Day | null => dayAfter(START, findMarkers(request.body));

function open(
  look: Look,
  draft: Draft,
  ref: IssueRef,
  issue: Issue,
  onboarding: Onboarding,
  hire: Hire,
): void {
  const project = look.project("onboarding");
  if (!project) return;
  const age = tooLate(look, onboarding, hire);
  if (age !== null) {
    refuse(look, draft, ref, hire, age);
    return;
  }
  if (nameless(look)) {
    draft.problem("onboarding", ref.number, NAMELESS);
    return;
  }
  const people = named(look, hire);
  if (!people) return;
  const late = lateness(hire, look.now);
  const key = hireKey(project.name, ref.number);
  const reason = `${hire.name} starts ${hire.start}; ${formatInstant(hire.due, hire.dueZone)} is their day ${onboarding.open_on.day}.${late ? ` It opens ${late} late.` : ""}`;
  draft.change({
    kind: "create-issue",
    project: "requests",
    issue: null,
    key,
    ...composeRequest(look.config, onboarding, hire, {
      key,
      onboarding: { ref: issueLink(project.name, issue), url: issue.url },
      manager: people.request,
      approver: people.approver,
      late,
      now: look.now,
    }),
    assignees: [],
    reason,
  });
  const link = safe`Access request: ${issueSlot(key)}`;
  draft.say(ref, linkedSection(look, hire, link, people.onboarding, late), reason, key);
}

function refuse(look: Look, draft: Draft, ref: IssueRef, hire: Hire, age: number): void {
  const message =
    `The start ${hire.start} is ${count(age, "day")} ago and there is no access request: ` +
    `open it by hand, or run daytwo tick --catch-up.`;
  draft.problem("onboarding", ref.number, message);
  draft.wake(ref, look.now);
  if (look.said(NAME, ref) == null) return;
  // Whoever was asked to mend the issue learns why nothing came of it.
  const body = safe`The start ${inline(formatDay(hire.start))} is too long ago for the access request to open by itself. Whoever runs daytwo can still open it: ${code("daytwo tick --catch-up")}.`;
  draft.say(ref, { key: TOO_LATE, body }, message);
}

/** Where the request is, and what people on the hire's issue should know about it. */
function linkedSection(
  look: Look,
  hire: Hire,
  link: SafeText,
  manager: SafeText | null,
  late: string | null,
): Section {
  const more: SafeText[] = [];
  if (late) more.push(safe`It opened ${inline(late)} late.`);
  if (!baselineFor(look.config, hire)) {
    const people = join([manager, ...driMentions(look.config)], ", ");
    const ask = safe`please say which systems ${inline(hire.name)} needs.`;
    more.push(
      safe`No baseline says what **${inline(hire.role)}** gets, so the request asks. ${people ? safe`${people}: ${ask}` : ask}`,
    );
  }
  return { key: LINKED, body: join([link, ...more], "\n\n") };
}

interface Named {
  readonly request: SafeText | null;
  readonly onboarding: SafeText | null;
  /** Their handle, where they are a member of the requests project. */
  readonly approver: string | null;
}

/** How the manager is named in each project: mentioned only where they are a member, else printed as text. */
function named(look: Look, { manager, managerHandle }: Hire): Named | undefined {
  if (manager === null) return { request: null, onboarding: null, approver: null };
  const text = inline(manager);
  if (managerHandle === null) return { request: text, onboarding: text, approver: null };
  const inRequests = look.member("requests", managerHandle);
  const inOnboarding = look.member("onboarding", managerHandle);
  if (inRequests === undefined || inOnboarding === undefined) return undefined;
  const handle = mention(managerHandle);
  return {
    request: inRequests ? handle : text,
    onboarding: inOnboarding ? handle : text,
    approver: inRequests ? managerHandle : null,
  };
}
