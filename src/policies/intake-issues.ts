/**
 * What the issues of one request should say: the one that was filed and, where a forge's limit asks for them, its
 * parts. Ticks are carried over wherever a box goes.
 */
import { issueLink, requestIn, requestLink } from "../engine/links.ts";
import type { RequestFault } from "../engine/requests/fault.ts";
import {
  type AccessRequest,
  accessRequestOf,
  type GrantBox,
  grantsOf,
  readGrants,
} from "../engine/requests/read.ts";
import {
  BODY_LIMIT,
  type PartIssue,
  partHead,
  partIn,
  partKey,
  partTitle,
  placePeople,
} from "../engine/requests/split.ts";
import { grantKey, readPointers, renderShare, untouched } from "../engine/requests/write.ts";
import { markersOf } from "../engine/text/body.ts";
import { ownText, partOf, withPart } from "../engine/text/part.ts";
import { findMarkers, issueSlot, lines, type SafeText, safe, writeBack } from "../engine/text/safe.ts";
import { lazy } from "../engine/time/memo.ts";
import type { Issue } from "../model.ts";
import { type Asked, asksOf } from "./intake-asked.ts";
import type { Look, ProjectView } from "./policy.ts";
import { isCompleted } from "./request.ts";

/** An issue as it should be. */
export interface Wanted {
  readonly body: SafeText;
  /** It says so already, but for what people have ticked. */
  readonly same: boolean;
}

export interface WantedPart extends Wanted {
  readonly key: string;
  readonly part: number;
  readonly title: SafeText;
  /** Null: it is still to be made. */
  readonly issue: Issue | null;
}

export interface Drawing {
  readonly main: Wanted;
  readonly parts: readonly WantedPart[];
  readonly boxes: number;
  /** Where somebody is asked for already, by `grantKey`. */
  readonly elsewhere: ReadonlyMap<string, Issue>;
  /** Why it cannot be written. */
  readonly faults: readonly RequestFault[];
}

/** The parts by their number; the filed issue itself is the first and not among them. */
export type Parts = ReadonlyMap<number, Issue>;

/** @returns undefined while something has not been read */
export function partsOf(look: Look, project: ProjectView, main: Issue): Parts | undefined {
  const linked = partLinks(partOf(main.body)?.text ?? "", project.name);
  const last = Math.max(1, ...linked.keys());
  const parts = new Map<number, Issue>();
  for (let part = 2; ; part++) {
    const opened = look.opened(partKey(project.name, main.number, part));
    if (opened === undefined) return undefined;
    const number = linked.get(part);
    // One that was closed long ago is not in the list; the link to it is the second witness.
    const found = opened ?? (number === undefined ? null : look.issue({ project: "requests", number }));
    if (found === undefined) return undefined;
    const own = found !== null && look.own("requests", found.author);
    if (own && partIn(markersOf(found), project.name)?.main === main.number) parts.set(part, found);
    else if (part > last) return parts;
  }
}

function partLinks(text: string, project: string): Map<number, number> {
  const found = new Map<number, number>();
  for (const [line, part] of text.matchAll(/^- Part ([1-9]\d{0,5}): .*$/gm)) {
    const number = findMarkers(line)
      .map((key) => requestIn(key, project))
      .find((one) => one !== null);
    if (number != null) found.set(Number(part), number);
  }
  return found;
}

/**
 * @param asked null: only what the issues say themselves counts, so nothing else need be read
 * @returns undefined while something has not been read
 */
export function draw(
  look: Look,
  project: ProjectView,
  main: Issue,
  parts: Parts,
  request: AccessRequest,
  asked: Asked | null,
): Drawing | undefined {
  const { config } = look;
  const { forge, name } = project;
  const left = leftBy(look, project, main, parts);
  const elsewhere = elsewhereFor(look, main, request, left, asked);
  if (!elsewhere) return undefined;
  const wanted = new Set(
    request.people.flatMap(({ systems, email }) => systems.map((system) => grantKey(system, email))),
  );
  const keptIn = (issue: number) =>
    (left.grants[issue] ?? []).filter(
      ({ box, system, email }) => box.ticked && !wanted.has(grantKey(system, email)),
    );
  const partIssue = (part: number, people = request.people): PartIssue => {
    return { key: partKey(name, main.number, part), main, part, people };
  };
  const share = { elsewhere, before: left.before };
  const frame = renderShare(config, name, { ...share, people: [], kept: [], about: null }).text.length;
  const head = lazy(() => partHead(config, name, request, partIssue(2, [])).length);
  const placed = placePeople(config, request.people, {
    forge,
    project: name,
    taken: (issue) => frame + (issue === 0 ? ownText(main.body).length : head()),
    place: left.place,
    elsewhere,
  });
  const count = Math.max(placed.length, ...parts.keys());
  const texts = Array.from({ length: count }, (_, issue) => {
    const people = placed[issue] ?? [];
    const about = issue === 0 && count > 1 ? links(look, main, parts, count, people.length) : null;
    return { people, ...renderShare(config, name, { ...share, people, kept: keptIn(issue), about }) };
  });
  const [first, ...others] = texts;
  const body = withPart(main.body, first?.text ?? null);
  const boxes = texts.reduce((sum, one) => sum + one.boxes, 0);
  return {
    main: { body, same: untouched(partOf(main.body)?.text ?? "") === untouched(partOf(body)?.text ?? "") },
    parts: others.map(({ people, text }, i) => {
      const made = partIssue(i + 2, people);
      const issue = parts.get(i + 2) ?? null;
      const whole = partBody(partHead(config, name, request, made), text, issue);
      const same = issue !== null && untouched(issue.body) === untouched(whole);
      return { key: made.key, part: made.part, title: partTitle(made), body: whole, issue, same };
    }),
    boxes,
    elsewhere,
    faults: faultsOf(look, body, first?.boxes ?? 0, BODY_LIMIT[forge]),
  };
}

/** What somebody wrote below it stays. */
function partBody(head: SafeText, text: SafeText, issue: Issue | null): SafeText {
  const body = withPart(head, text);
  const before = issue ? partOf(issue.body) : null;
  return issue && before ? writeBack(body + issue.body.slice(before.end)) : body;
}

/** The request's other issues, as the filed one lists them. */
function links(look: Look, main: Issue, parts: Parts, count: number, here: number): SafeText {
  const project = look.project("requests") as ProjectView;
  const others = Array.from({ length: count - 1 }, (_, i) => {
    const issue = parts.get(i + 2);
    const link = issue
      ? requestLink(project.name, issue)
      : issueSlot(partKey(project.name, main.number, i + 2));
    return safe`- Part ${i + 2}: ${link}`;
  });
  const heading = safe`**This is too long for one issue.** ${here} ${here === 1 ? safe`person is` : safe`people are`} here, everybody else is in:`;
  return lines(heading, safe``, ...others);
}

/** What people left in the issues of a request. */
interface Left {
  readonly grants: readonly (readonly GrantBox[])[];
  /** Of two boxes for the same, the one that is done. */
  readonly before: ReadonlyMap<string, GrantBox>;
  /** The issue that somebody is in, by address in lower case. */
  readonly place: ReadonlyMap<string, number>;
  readonly pointers: ReadonlyMap<string, number>;
}

function leftBy(look: Look, project: ProjectView, main: Issue, parts: Parts): Left {
  const grants: (readonly GrantBox[])[] = [];
  const before = new Map<string, GrantBox>();
  const place = new Map<string, number>();
  const pointers = new Map<string, number>();
  for (const [part, issue] of [[1, main] as const, ...parts]) {
    const here = grantsOf(issue, look.config);
    grants[part - 1] = here;
    for (const one of here) {
      const key = grantKey(one.system, one.email);
      if (!before.get(key)?.box.done) before.set(key, one);
    }
    const pointed = readPointers(issue.body);
    for (const [key, number] of pointed) pointers.set(key, number);
    const emails =
      part === 1
        ? [
            ...here.map(({ email }) => email),
            ...[...pointed.keys()].map((key) => key.slice(key.indexOf(":") + 1)),
          ]
        : (accessRequestOf(issue, look.config, project.forge)?.people ?? []).map(({ email }) => email);
    for (const email of emails) if (!place.has(email.toLowerCase())) place.set(email.toLowerCase(), part - 1);
  }
  return { grants, before, place, pointers };
}

function elsewhereFor(
  look: Look,
  main: Issue,
  { people }: AccessRequest,
  { before, pointers }: Left,
  asked: Asked | null,
): Map<string, Issue> | undefined {
  const found = new Map<string, Issue>();
  let whole = true;
  for (const { email, systems } of people) {
    for (const system of systems) {
      const key = grantKey(system, email);
      const box = before.get(key)?.box;
      if (box?.done) continue;
      const number = pointers.get(key);
      const pointed = number === undefined ? null : look.issue({ project: "requests", number });
      if (pointed === undefined) whole = false;
      else if (pointed && (asked === null || stillAsks(look, pointed, key))) found.set(key, pointed);
      else {
        const other = asked?.elsewhere(key, main.number, box !== undefined);
        if (other) found.set(key, other);
      }
    }
  }
  return whole ? found : undefined;
}

/** It is asked for there, or was given there. */
export const stillAsks = (look: Look, other: Issue, key: string): boolean =>
  (other.state === "open" || isCompleted(look, other)) && asksOf(look, other).includes(key);

function faultsOf(look: Look, body: SafeText, boxes: number, limit: number): RequestFault[] {
  const field = "The text";
  const faults: RequestFault[] = [];
  if (body.length > limit) {
    const expected = `${body.length - limit} characters less, or link to what is long`;
    faults.push({ field, row: null, found: `${ownText(body).length} characters`, expected, nearest: null });
  }
  // Boxes that do not show are nobody's to tick.
  if (readGrants(body, look.config).length !== boxes) {
    const found = "a code block, comment or HTML tag without its end";
    const expected = "its end (``` or --> or the closing tag), or take it out";
    faults.push({ field, row: null, found, expected, nearest: null });
  }
  return faults;
}

export const linkTo = (project: ProjectView, issue: Issue): SafeText => issueLink(project.name, issue);
