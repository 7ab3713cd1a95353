/**
 * day-two: a hire's onboarding issue opens their access request on their second working day.
 *
 * The hire's issue and the request point at each other. The marker in the request's body is the first
 * witness that it exists, the link in the status comment on the hire's issue the second: either one is
 * enough for the request not to be opened again.
 */
import { baselineFor } from "../engine/config/baseline.ts";
import type { Baseline, Config, Onboarding } from "../engine/config/schema.ts";
import { entitlements, inviteList, steps } from "../engine/entitlement.ts";
import { faultText, type Hire, type HireFault, readHire } from "../engine/hire.ts";
import { issueLink, requestIn, requestLink } from "../engine/links.ts";
import type { HireContext } from "../engine/template/context.ts";
import { renderTemplate } from "../engine/template/render.ts";
import {
  code,
  findMarkers,
  inline,
  issueSlot,
  join,
  lines,
  marker,
  mention,
  type SafeText,
  safe,
} from "../engine/text/safe.ts";
import { workingDaysBetween } from "../engine/time/calendar.ts";
import { dayNumber, formatDay, HOUR_MS } from "../engine/time/days.ts";
import { dayOf, formatInstant } from "../engine/time/zones.ts";
import type { Issue, IssueRef } from "../model.ts";
import type { Draft, Explanation, Look, Policy } from "./policy.ts";

const NAME = "day-two";

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
    const issue = ref.project === "onboarding" && onboarding ? look.issue(ref) : null;
    if (!issue || !onboarding || !look.has("onboarding", issue, onboarding.label)) return [];
    return explained(look, onboarding, issue);
  },
};

/** The key under which a hire's request is opened. */
export const hireKey = (project: string, issue: number): string => `hire:${project}#${issue}`;

function consider(look: Look, draft: Draft, onboarding: Onboarding, issue: Issue): void {
  const ref: IssueRef = { project: "onboarding", number: issue.number };
  const off = calledOff(look, onboarding, issue);
  if (issue.state === "closed" && !off) return;
  const request = requestOf(look, ref);
  if (request === undefined) return;
  if (off) {
    if (request.issue) cancel(look, draft, request.issue, issue);
    return;
  }
  const reading = readHire(issue.body, look.config, onboarding);
  if ("faults" in reading) {
    fault(look, draft, ref, reading.faults);
    return;
  }
  const { hire } = reading;
  if (request.number !== null) keepLinked(look, draft, ref, hire, request.number, request.issue);
  else if (look.now < hire.due) wait(look, draft, ref, hire);
  else open(look, draft, ref, issue, onboarding, hire);
}

/** The label says so, or on GitHub the way it was closed. */
function calledOff(look: Look, onboarding: Onboarding, issue: Issue): boolean {
  if (look.has("onboarding", issue, onboarding.cancelled)) return true;
  const github = look.project("onboarding")?.forge === "github";
  return github && issue.state === "closed" && issue.closeReason === "not_planned";
}

/** The hire's request: its number by either witness, and the issue itself if it still is to be had. */
function requestOf(look: Look, ref: IssueRef): { number: number | null; issue: Issue | null } | undefined {
  const project = look.project("onboarding");
  const requests = look.project("requests");
  if (!project || !requests) return undefined;
  const byMarker = look.opened(hireKey(project.name, ref.number));
  if (byMarker) return { number: byMarker.number, issue: byMarker };
  // Both witnesses are asked for at once, so that they are read at once.
  const linked = linkIn(look, ref, requests.name);
  if (linked === undefined || (linked === null && byMarker === undefined)) return undefined;
  if (linked === null) return { number: null, issue: null };
  const issue = look.issue({ project: "requests", number: linked });
  return issue === undefined ? undefined : { number: linked, issue };
}

/** The request that daytwo's own comments on the hire's issue name. */
function linkIn(look: Look, ref: IssueRef, requests: string): number | null | undefined {
  const comments = look.comments(ref);
  if (!comments) return undefined;
  for (const comment of comments) {
    if (!look.own("onboarding", comment.author)) continue;
    for (const key of findMarkers(comment.body)) {
      const number = requestIn(key, requests);
      if (number !== null) return number;
    }
  }
  return null;
}

/** No request is opened for a start that was called off; one that exists waits. */
function cancel(look: Look, draft: Draft, request: Issue, hire: Issue): void {
  const ref: IssueRef = { project: "requests", number: request.number };
  const label = look.book.reasonLabel("cancelled");
  const project = look.project("onboarding");
  if (request.state === "closed" || !label || !project || look.has("requests", request, label)) return;
  const completed = request.labels.some((one) => {
    const reading = look.book.read(one);
    return reading?.kind === "state" && reading.state === "completed";
  });
  const said = look.said(NAME, ref);
  if (said === undefined) return;
  const reason = `The start was called off on ${project.name}#${hire.number}.`;
  const next = completed
    ? "Access was given already: please revoke it."
    : "The request waits On Hold; take the reason off if the start is on again.";
  const body = safe`**The start was called off** on ${issueLink(project.name, hire)}. ${inline(next)}`;
  draft.say(ref, { key: "cancelled", body }, reason);
  if (!completed) {
    draft.change({ kind: "add-label", project: "requests", issue: request.number, label, reason });
  }
}

/** A field is missing or unreadable: nothing opens until somebody mends it, and the issue says which and how. */
function fault(look: Look, draft: Draft, ref: IssueRef, faults: readonly HireFault[]): void {
  for (const one of faults) draft.problem("onboarding", ref.number, faultText(one));
  if (look.settled(ref)) return;
  const body = lines(
    safe`**The access request cannot be opened yet.** Please edit this issue:`,
    ...faults.map(({ field, found, expected, example }) =>
      found === null
        ? safe`- **${inline(field)}** is missing. Write ${inline(expected)}, for example ${code(example)}.`
        : safe`- **${inline(field)}** reads ${code(found)}. Write ${inline(expected)}, for example ${code(example)}.`,
    ),
  );
  const key = `fault:${faults.map(({ field, found }) => `${field}=${found ?? ""}`).join(";")}`;
  draft.say(ref, { key, body }, faults.map(faultText).join(" "));
}

/** Not due yet. Only somebody who was told of a fault is told that it is mended. */
function wait(look: Look, draft: Draft, ref: IssueRef, hire: Hire): void {
  if (look.settled(ref)) return;
  const said = look.said(NAME, ref);
  if (!said || said.startsWith("waiting:")) {
    if (said !== `waiting:${hire.due}` && said) sayWaiting(draft, ref, hire);
    return;
  }
  sayWaiting(draft, ref, hire);
}

function sayWaiting(draft: Draft, ref: IssueRef, hire: Hire): void {
  const when = formatInstant(hire.due, hire.zone);
  draft.say(
    ref,
    {
      key: `waiting:${hire.due}`,
      body: safe`The access request opens on **${inline(when)}**, working day two of ${inline(hire.name)}.`,
    },
    `The issue can be read now; the access request opens on ${when}.`,
  );
}

/** The request exists: it is linked from here, and hears of a start that has moved. */
function keepLinked(
  look: Look,
  draft: Draft,
  ref: IssueRef,
  hire: Hire,
  number: number,
  request: Issue | null,
): void {
  const requests = look.project("requests");
  // A link alone is witness enough when the request has been deleted or moved away.
  if (!requests || !request || look.settled(ref)) return;
  const said = look.said(NAME, ref);
  if (said === undefined) return;
  const told = said?.startsWith(LINKED) ? said.slice(LINKED.length) : startOf(request);
  if (told !== null && told !== hire.start && request.state === "open")
    tellMoved(look, draft, hire, told, request);
  if (said === `${LINKED}${hire.start}`) return;
  const link = requestLink(requests.name, request);
  draft.say(ref, linkedSection(hire, link), `The access request is ${requests.name}#${number}.`);
}

const LINKED = "linked:";
const START = "start:";

/** The start that a request was opened for. */
const startOf = (request: Issue): string | null =>
  findMarkers(request.body)
    .find((key) => key.startsWith(START))
    ?.slice(START.length) ?? null;

function linkedSection(hire: Hire, link: SafeText, more: readonly SafeText[] = []) {
  return { key: `${LINKED}${hire.start}`, body: lines(safe`Access request: ${link}`, ...more) };
}

function tellMoved(look: Look, draft: Draft, hire: Hire, from: string, request: Issue): void {
  const ref: IssueRef = { project: "requests", number: request.number };
  if (look.said(NAME, ref) === undefined) return;
  const reason = `The start moved from ${formatDay(from)} to ${formatDay(hire.start)}.`;
  const body = safe`**The start has moved** from ${inline(formatDay(from))} to **${inline(formatDay(hire.start))}**.`;
  draft.say(ref, { key: `${START}${hire.start}`, body }, reason);
}

function open(
  look: Look,
  draft: Draft,
  ref: IssueRef,
  issue: Issue,
  onboarding: Onboarding,
  hire: Hire,
): void {
  const { config } = look;
  const project = look.project("onboarding");
  const today = dayOf(look.now, hire.zone);
  const age = dayNumber(today) - dayNumber(hire.start);
  const catchUp = look.trigger.kind === "tick" && look.trigger.catchUp;
  if (age > onboarding.late && !catchUp) {
    const message =
      `The start ${hire.start} is ${age} days ago and there is no access request: ` +
      `open it by hand, or run daytwo tick --catch-up.`;
    draft.problem("onboarding", ref.number, message);
    return;
  }
  if (!project) return;
  const manager = managerText(look, hire);
  if (!manager) return;
  const late = lateness(look, hire, today);
  const baseline = baselineFor(config, hire);
  const template = config.templates.get(baseline ? onboarding.template : GENERAL);
  if (!template) return;
  const key = hireKey(project.name, ref.number);
  const rendered = renderTemplate(
    template,
    hireContext(look, hire, issue, { baseline, manager: manager.request, late }),
  );
  const { states } = config.lifecycle;
  const { label, approval } = config.requests;
  const reason = `${hire.name} starts ${hire.start}; ${formatInstant(hire.due, hire.zone)} is their day ${onboarding.open_on.day}.${late ? ` It opens ${late} late.` : ""}`;
  draft.change({
    kind: "create-issue",
    project: "requests",
    issue: null,
    key,
    title: rendered.title,
    labels: [
      ...new Set([
        states.action_needed.label,
        label,
        ...(baseline && approval.required ? [approval.label] : []),
        ...rendered.labels,
      ]),
    ],
    assignees: [],
    body: lines(rendered.body, safe``, marker(key), marker(`${START}${hire.start}`)),
    reason,
  });
  const more: SafeText[] = [];
  if (late) more.push(safe`It opened ${inline(late)} late.`);
  if (!baseline) {
    const people = join([manager.onboarding, ...driHandles(config).map((handle) => mention(handle))], ", ");
    more.push(
      safe`No baseline says what **${inline(hire.role)}** gets, so the request asks. ${people}: please say which systems ${inline(hire.name)} needs.`,
    );
  }
  draft.say(ref, linkedSection(hire, issueSlot(key), more), reason, key);
}

/** Opened with the general template where no baseline fits the role. */
const GENERAL = "general";

/** How the manager is named in each project: mentioned only where they are a member, else printed as text. */
function managerText(look: Look, hire: Hire): { request: SafeText; onboarding: SafeText } | undefined {
  const plain = inline(hire.manager ?? "not given");
  if (!hire.managerHandle) return { request: plain, onboarding: plain };
  const inRequests = look.member("requests", hire.managerHandle);
  const inOnboarding = look.member("onboarding", hire.managerHandle);
  if (inRequests === undefined || inOnboarding === undefined) return undefined;
  const named = mention(hire.managerHandle);
  return { request: inRequests ? named : plain, onboarding: inOnboarding ? named : plain };
}

function lateness(look: Look, hire: Hire, today: string): string | null {
  const days = workingDaysBetween(hire.calendar, hire.day, today);
  if (days > 0) return `${days} working ${days === 1 ? "day" : "days"}`;
  const hours = Math.floor((look.now - hire.due) / HOUR_MS);
  return hours > 0 ? `${hours} ${hours === 1 ? "hour" : "hours"}` : null;
}

function explained(look: Look, onboarding: Onboarding, issue: Issue): Explanation[] {
  const rule = NAME;
  if (calledOff(look, onboarding, issue))
    return [{ rule, text: "The start is called off: no access request." }];
  if (issue.state === "closed") return [{ rule, text: "It is closed: no access request." }];
  const reading = readHire(issue.body, look.config, onboarding);
  if ("faults" in reading) return reading.faults.map((one) => ({ rule, text: faultText(one) }));
  const { hire } = reading;
  const ref: IssueRef = { project: "onboarding", number: issue.number };
  const request = requestOf(look, ref);
  if (!request) return [];
  const requests = look.project("requests");
  if (request.number !== null) {
    return [{ rule, text: `Its access request is ${requests?.name}#${request.number}.` }];
  }
  const baseline = baselineFor(look.config, hire);
  const day = `day ${onboarding.open_on.day} of a start on ${formatDay(hire.start)} is ${formatDay(hire.day)}`;
  return [
    {
      rule,
      text: `The access request opens at ${formatInstant(hire.due, hire.zone)}: ${day}.`,
      at: hire.due,
    },
    {
      rule,
      text: baseline
        ? `It gets the baseline of ${baseline.role}: ${Object.keys(baseline.systems).join(", ")}.`
        : `No baseline fits the role "${hire.role}": it opens with the general template.`,
    },
    { rule, text: `On CC: ${driHandles(look.config).join(", ")}, as the provisioning DRIs.` },
  ];
}

/** What the template of a hire's request is given. */
function hireContext(
  look: Look,
  hire: Hire,
  issue: Issue,
  more: { baseline: Baseline | null; manager: SafeText; late: string | null },
): HireContext {
  const { config } = look;
  const given = more.baseline ? entitlements(config, more.baseline, hire.role) : [];
  return {
    hire: {
      name: hire.name,
      email: hire.email,
      role: hire.role,
      department: hire.department,
      region: hire.region,
      manager: hire.manager === null ? null : more.manager,
      start: hire.start,
      dayTwo: hire.day,
      timezone: hire.zone,
      country: hire.country,
    },
    onboarding: { ref: issueLink(look.project("onboarding")?.name ?? "", issue), url: issue.url },
    dris: join(
      driHandles(config).map((handle) => mention(handle)),
      " ",
    ),
    systems: given.map(({ system, role }) => ({
      id: system.id,
      name: system.name,
      role,
      tier: system.tier,
      sox: system.sox,
      owner: system.owner ?? null,
      docs: system.docs ?? null,
      invite: inviteList(system, hire.email === null ? [] : [hire.email]),
      tasks: steps(system.tasks),
    })),
    calendar: hire.calendar,
    late: more.late,
  };
}

const driHandles = (config: Config): string[] =>
  config.team.filter(({ dri }) => dri).map(({ handle }) => handle);
