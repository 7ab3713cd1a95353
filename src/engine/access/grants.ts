/**
 * What one request gives people and takes from them, read from its issue alone. A box says what was done, the
 * heading above it for which system, and the request itself for whom.
 */
import type { ForgeKind, Instant, Issue } from "../../model.ts";
import type { Config } from "../config/schema.ts";
import { openTasks } from "../lifecycle/boxes.ts";
import { readAccessRequest, readGrants } from "../requests/read.ts";
import { alternativeNamed, type Box, boxes, headings, REVOKED } from "../text/markdown.ts";
import { readable } from "../text/readable.ts";
import { type AccessRecord, readAccess } from "./record.ts";

export interface Who {
  readonly name: string;
  readonly email: string | null;
}

/** Somebody was given a system. */
export interface Grant {
  readonly person: Who;
  /** Their job and region, as the request has them. */
  readonly role: string | null;
  readonly region: string | null;
  /** Id of the system. */
  readonly system: string;
  /** Role, profile or seat type in it; null where the request does not say. */
  readonly as: string | null;
  /** Number and address of the request, and when it was opened. */
  readonly request: number;
  readonly url: string;
  readonly at: Instant;
}

/** A system was taken from somebody, or it was found that they never had it. */
export interface Withdrawal extends Pick<Grant, "person" | "system" | "request" | "url" | "at"> {
  readonly how: "revoked" | "never";
}

export interface Deeds {
  readonly gives: readonly Grant[];
  readonly takes: readonly Withdrawal[];
}

/** What must be known of a project to read its requests. */
export interface Reading {
  readonly config: Config;
  readonly forge: ForgeKind;
  /** Whether daytwo, or an account it trusts, wrote this. */
  own(author: string): boolean;
  /** Whether the issue stands in Completed. */
  completed(issue: Issue): boolean;
}

const NOTHING: Deeds = { gives: [], takes: [] };

/**
 * Reads requests, one after the other. A Completed request gives what its boxes say was done; a box that was
 * struck out or does not apply gives nothing. What is revoked is gone at once, however far the rest of its request.
 */
export function grantReader(reading: Reading): (issue: Issue) => Deeds {
  const { config, forge, own, completed } = reading;
  const systems = systemNames(config);
  return (issue) => {
    const record = own(issue.author) ? readAccess(issue.body) : null;
    const done = completed(issue);
    if (record?.does === "revoke") return { ...NOTHING, takes: withdrawals(issue, record, systems, done) };
    if (!done) return NOTHING;
    if (record) return { ...NOTHING, gives: ownGrants(issue, record, systems) };
    return { ...NOTHING, gives: filedGrants(issue, config, forge) };
  };
}

/** Ticked by itself: not struck out, not said to not apply. */
const ticked = (box: Box): boolean => box.ticked && !box.struck && !box.notApplicable;
/** What the boxes of a request say was done, in words. */
export const doneTasks = (body: string): string[] =>
  openTasks(
    body,
    boxes(body).map((box) => ({ ...box, done: !ticked(box) })),
  );
const whole = (all: readonly Box[]): boolean => all.every(({ done }) => done) && all.some(ticked);

function ownGrants({ number, url, createdAt, body }: Issue, record: AccessRecord, systems: Names): Grant[] {
  const { name, email, role, region } = record;
  const groups = groupsOf(body, systems);
  // A team that adds a system of its own to the request gives it, too.
  const ids = new Set([...Object.keys(record.systems), ...groups.keys()]);
  return [...ids].flatMap((system) => {
    const group = groups.get(system);
    const wanted = Object.hasOwn(record.systems, system);
    // Without a heading of its own, the request as a whole says that it is done.
    const given = group && group.boxes.length > 0 ? whole(group.boxes) : wanted;
    if (!given) return [];
    const as = record.systems[system] ?? group?.as ?? null;
    return [{ person: { name, email }, role, region, system, as, request: number, url, at: createdAt }];
  });
}

function withdrawals(
  { number, url, createdAt, body }: Issue,
  record: AccessRecord,
  configured: Names,
  completed: boolean,
): Withdrawal[] {
  const { name, email } = record;
  const takes = (system: string, how: Withdrawal["how"]): Withdrawal => {
    return { person: { name, email }, system, how, request: number, url, at: createdAt };
  };
  // A system that is configured no more is called by its id, or by a name that nobody knows any longer.
  const gone = Object.keys(record.systems).filter((id) => !configured.has(fold(id)));
  const groups = groupsOf(body, new Map([...gone.map((id) => [fold(id), id] as const), ...configured]));
  const unnamed = completed ? gone.filter((id) => !groups.has(id)) : [];
  return [
    ...[...groups].flatMap(([system, group]) => {
      const said = group.boxes.filter((box) => ticked(box) && alternativeNamed(box.text) !== null);
      if (said.length === 0) return [];
      const revoked = said.some(({ text }) => text.toLowerCase() === REVOKED.toLowerCase());
      return [takes(system, revoked ? "revoked" : "never")];
    }),
    ...unnamed.map((system) => takes(system, "revoked")),
  ];
}

function filedGrants({ number, url, createdAt, body }: Issue, config: Config, forge: ForgeKind): Grant[] {
  const given = readGrants(body, config).filter(({ box }) => ticked(box));
  const request = given.length > 0 ? readAccessRequest(body, config, forge) : null;
  if (!request) return [];
  const people = new Map(request.people.map((person) => [fold(person.email), person]));
  return given.map(({ system, name, email, role: as }) => {
    // What was given and is no longer asked for is theirs until the box is cleared; so is what a request gave that
    // cannot be read in full any more, since a system of it is gone.
    const asked = people.get(fold(email));
    const [role, region] = [asked?.role ?? null, asked?.region ?? null];
    return { person: { name, email }, role, region, system, as, request: number, url, at: createdAt };
  });
}

/** Words as they are compared: no case, one space between them. */
export const fold = (text: string): string => text.trim().replace(/\s+/g, " ").toLowerCase();

/** System ids by what a heading may call them. */
type Names = ReadonlyMap<string, string>;

function systemNames({ systems }: Pick<Config, "systems">): Names {
  const names = new Map<string, string>();
  for (const { id, name } of systems.values()) names.set(fold(`${name} (${id})`), id);
  for (const { id } of systems.values()) names.set(fold(id), id);
  for (const { id, name } of systems.values()) if (!names.has(fold(name))) names.set(fold(name), id);
  return names;
}

/** `Chorus` or `Chorus: Recorder`. */
function systemIn(heading: string, names: Names): { system: string; as: string | null } | null {
  const text = readable(heading);
  for (let end = text.length; end > 0; end = text.lastIndexOf(":", end - 1)) {
    const system = names.get(fold(text.slice(0, end)));
    if (system !== undefined) return { system, as: text.slice(end + 1).trim() || null };
  }
  return null;
}

interface Group {
  readonly as: string | null;
  readonly boxes: Box[];
}

/** The boxes under each system's heading and the headings below it. */
function groupsOf(body: string, names: Names): Map<string, Group> {
  const groups = new Map<string, Group>();
  const heads = headings(body).map(({ line, level, text }) => ({
    line,
    level,
    found: systemIn(text, names),
  }));
  const waiting = boxes(body);
  heads.forEach((head, i) => {
    if (!head.found) return;
    const { system, as } = head.found;
    const end = heads.slice(i + 1).find(({ level, found }) => found !== null || level <= head.level);
    const below = waiting.filter(({ line }) => line > head.line && line < (end?.line ?? Infinity));
    const group = groups.get(system);
    if (group) group.boxes.push(...below);
    else groups.set(system, { as, boxes: below });
  });
  return groups;
}

/** The boxes of a body by the system whose heading they stand under. */
export function boxesBySystem(body: string, config: Pick<Config, "systems">): Map<string, readonly Box[]> {
  const groups = groupsOf(body, systemNames(config));
  return new Map([...groups].map(([system, group]) => [system, group.boxes]));
}
