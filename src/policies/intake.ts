/**
 * intake: a request that somebody filed is checked at once. What is missing is listed with what to write; a clean one
 * gets one box for each person and system, and the invite lists, below its author's own text.
 */
import { driHandles } from "../engine/hire-request.ts";
import { opensForPerson } from "../engine/requests/approval.ts";
import { type RequestFault, requestFaultLine, requestFaultText } from "../engine/requests/fault.ts";
import { type AccessRequest, accessRequestOf } from "../engine/requests/read.ts";
import { grantKey, readPointers } from "../engine/requests/write.ts";
import { count } from "../engine/text/count.ts";
import { digest } from "../engine/text/digest.ts";
import { partOf } from "../engine/text/part.ts";
import { inline, lines, type SafeText, safe } from "../engine/text/safe.ts";
import type { Issue, IssueRef } from "../model.ts";
import { labelsOfPart } from "./approval-evidence.ts";
import { Asked } from "./intake-asked.ts";
import { type Drawing, draw, linkTo, partsOf, stillAsks } from "./intake-issues.ts";
import { closeDoubles, NAMELESS, nameless } from "./opened.ts";
import type { Draft, Explanation, Look, Policy, ProjectView } from "./policy.ts";
import { isRequest, ownKeys, partOfRequest } from "./request.ts";

const NAME = "intake";
/** Faults and links that one comment lists; more than this nobody mends at once. */
const MOST_LINES = 50;
const MOST_PROBLEMS = 10;

export const intake: Policy = {
  name: NAME,
  summary: "Checks each request that was filed, and gives a clean one its boxes and invite lists.",
  enabled: () => true,

  propose(look, draft) {
    const project = look.project("requests");
    if (!project) return;
    const asked = new Asked(look);
    for (const [number, changed] of considered(look)) {
      const issue = look.issue({ project: "requests", number });
      if (issue && isFiled(look, issue)) consider(look, draft, project, issue, asked, changed);
    }
  },

  explain(look, ref) {
    const issue = ref.project === "requests" ? look.issue(ref) : null;
    const project = look.project("requests");
    return issue && project ? explained(look, project, issue) : [];
  },
};

/** Requests to look at, oldest first, and whether anything has changed on one or on a part of it. */
function considered(look: Look): [number, boolean][] {
  const found = new Map<number, boolean>();
  for (const issue of look.subjects("requests")) {
    const changed = !look.settled({ project: "requests", number: issue.number });
    const part = partOfRequest(look, issue);
    const number = part?.main ?? issue.number;
    // A part is mended by a tick, which has read the whole request anyway.
    if (part && (look.trigger.kind !== "tick" || !changed)) continue;
    found.set(number, (found.get(number) ?? false) || changed);
  }
  return [...found].sort(([a], [b]) => a - b);
}

/** Requests that daytwo opened for a person are nobody's form, whatever their headings. */
function isFiled(look: Look, issue: Issue): boolean {
  if (issue.state === "closed" || !isRequest(look, issue)) return false;
  return !ownKeys(look, issue).some((key) => opensForPerson(key));
}

function consider(
  look: Look,
  draft: Draft,
  project: ProjectView,
  issue: Issue,
  asked: Asked,
  changed: boolean,
): void {
  const ref: IssueRef = { project: "requests", number: issue.number };
  if (!changed && partOf(issue.body) && !pointsNowhere(look, issue)) return;
  const request = accessRequestOf(issue, look.config, project.forge);
  if (!request) return;
  if (request.faults.length > 0) {
    refuse(look, draft, ref, request.faults, changed);
    return;
  }
  const drawing = drawingOf(look, project, issue, request, asked);
  if (!drawing) return;
  if (drawing.faults.length > 0) refuse(look, draft, ref, drawing.faults, changed);
  else {
    write(look, draft, project, issue, request, drawing);
    const keys = request.people.flatMap(({ email, systems }) => systems.map((id) => grantKey(id, email)));
    asked.add(
      issue,
      issue.number,
      keys.filter((key) => !drawing.elsewhere.has(key)),
    );
  }
}

/** What it points to is no longer asked for there. Only a tick can tell without reading it. */
function pointsNowhere(look: Look, issue: Issue): boolean {
  const pointers = readPointers(issue.body);
  if (pointers.size === 0 || look.trigger.kind !== "tick") return false;
  const listed = new Map(Array.from(look.all("requests") ?? [], (one) => [one.number, one]));
  return [...pointers].some(([key, number]) => {
    const other = listed.get(number);
    return other !== undefined && !stillAsks(look, other, key);
  });
}

/** What is wanted of the request's issues. A look at one issue reads no list where that says all as it is. */
function drawingOf(
  look: Look,
  project: ProjectView,
  issue: Issue,
  request: AccessRequest,
  asked: Asked,
): Drawing | undefined {
  if (look.trigger.kind !== "tick") {
    const drawing = draw(look, project, issue, new Map(), request, null);
    if (!drawing || (drawing.main.same && drawing.parts.length === 0)) return drawing;
  }
  const parts = partsOf(look, project, issue);
  if (!asked.read() || !parts) return undefined;
  return draw(look, project, issue, parts, request, asked);
}

/** Nothing is written into a request that cannot be read in full; what is there stays until it can. */
function refuse(
  look: Look,
  draft: Draft,
  ref: IssueRef,
  faults: readonly RequestFault[],
  changed: boolean,
): void {
  const texts = faults.map(requestFaultText);
  for (const text of texts.slice(0, MOST_PROBLEMS)) draft.problem("requests", ref.number, text);
  const rest = texts.length - MOST_PROBLEMS;
  if (rest > 0) draft.problem("requests", ref.number, `${count(rest, "more fault")}.`);
  if (!changed) return;
  const more = faults.length - MOST_LINES;
  const held = partOf(look.issue(ref)?.body ?? "") !== null;
  const body = lines(
    safe`**This request cannot be worked on yet.** Please edit it; it is checked again at once:`,
    safe``,
    ...faults.slice(0, MOST_LINES).map((fault) => safe`- ${requestFaultLine(fault)}`),
    more > 0 && safe`- … and ${more} more`,
    held && safe`\nUntil then the boxes stay as they were.`,
  );
  draft.say(
    ref,
    { key: `faults:${digest(texts.join("\n")).slice(0, 16)}`, body },
    texts.slice(0, MOST_LINES).join(" "),
  );
}

function write(
  look: Look,
  draft: Draft,
  project: ProjectView,
  issue: Issue,
  request: AccessRequest,
  drawing: Drawing,
): void {
  const { config } = look;
  const base = { project: "requests", reason: reasonFor(issue, request, drawing) } as const;
  const lacking = drawing.parts.filter((part) => part.issue === null).map(({ key }) => key);
  if (lacking.length > 0 && nameless(look)) {
    draft.problem("requests", issue.number, NAMELESS);
    return;
  }
  for (const { key, title, body, issue: made, same } of drawing.parts) {
    if (made === null) {
      const labels = [
        config.lifecycle.states.action_needed.label,
        config.requests.label,
        ...labelsOfPart(look, issue),
      ];
      draft.change({ ...base, kind: "create-issue", issue: null, key, title, labels, assignees: [], body });
    } else {
      closeDoubles(look, draft, { policy: NAME, key }, "part of a request");
      if (!same) draft.change({ ...base, kind: "edit-issue", issue: made.number, body });
    }
  }
  const ref: IssueRef = { project: "requests", number: issue.number };
  const text = cleanText(look, project, request, drawing);
  draft.say(ref, { key: `clean:${digest(text).slice(0, 16)}`, body: text }, base.reason);
  if (drawing.main.same) return;
  const { body } = drawing.main;
  const about = lacking.length > 0 ? { about: lacking } : {};
  draft.change({ ...base, kind: "edit-issue", issue: issue.number, body, ...about });
}

function reasonFor(issue: Issue, request: AccessRequest, drawing: Drawing): string {
  const what = `${sizeOf(request)}, ${count(drawing.boxes, "box", "boxes")}`;
  const parts = drawing.parts.length > 0 ? `, in ${drawing.parts.length + 1} issues` : "";
  return `${partOf(issue.body) ? "What it asks for has changed" : "Nothing is missing"}: ${what}${parts}.`;
}

function cleanText(
  look: Look,
  project: ProjectView,
  request: AccessRequest,
  { boxes, elsewhere, parts }: Drawing,
): SafeText {
  const names = new Map(request.people.map(({ email, name }) => [email.toLowerCase(), name]));
  const already = [...elsewhere].map(([key, other]) => {
    const at = key.indexOf(":");
    const system = look.config.systems.get(key.slice(0, at))?.name ?? "";
    const name = names.get(key.slice(at + 1)) ?? "";
    return safe`- ${inline(name)}, ${inline(system)}: ${linkTo(project, other)}`;
  });
  const more = already.length - MOST_LINES;
  const split = parts.length > 0 ? safe` It is too long for one issue: its parts are listed there.` : safe``;
  return lines(
    safe`**Nothing is missing.** ${inline(sizeOf(request))}: ${inline(count(boxes, "box", "boxes"))}, below the text of the request.${split}`,
    already.length > 0 &&
      safe`\n${boxes === 0 ? safe`All of it is asked for already, so this request may be closed:` : safe`This is asked for already, so it has no box here:`}\n`,
    ...already.slice(0, MOST_LINES),
    more > 0 && safe`- … and ${more} more`,
  );
}

const sizeOf = ({ people }: AccessRequest): string => {
  const systems = new Set(people.flatMap((person) => person.systems)).size;
  return `${count(people.length, "person", "people")}, ${count(systems, "system")}`;
};

function explained(look: Look, project: ProjectView, issue: Issue): Explanation[] {
  const line = (text: string): Explanation => ({ rule: NAME, text });
  const part = partOfRequest(look, issue);
  if (part)
    return [line(`It is part ${part.part} of ${project.name}#${part.main}: edit that one, this follows.`)];
  if (!isFiled(look, issue)) return [];
  const request = accessRequestOf(issue, look.config, project.forge);
  if (!request) return [];
  if (request.faults.length > 0) return request.faults.map((fault) => line(requestFaultText(fault)));
  const dris = driHandles(look.config);
  const pointers = new Set(readPointers(issue.body).values());
  return [
    line(`It was filed for ${sizeOf(request)}, and nothing is missing.`),
    ...(dris.length > 0 ? [line(`On copy: ${dris.join(", ")}, since the team names them as DRIs.`)] : []),
    ...[...pointers].map((number) => line(`Some of it is asked for already in ${project.name}#${number}.`)),
  ];
}
