/**
 * A request that is longer than a forge lets an issue be goes into several issues: the one that was filed and, made by
 * daytwo, its parts. Everybody is in exactly one of them, with all of their systems, and stays there.
 */
import type { ForgeKind } from "../../model.ts";
import type { Config } from "../config/schema.ts";
import { roleIn } from "../entitlement.ts";
import { issueLink, type Linked } from "../links.ts";
import { findMarkers, inline, join, lines, marker, type SafeText, safe, title } from "../text/safe.ts";
import { perObject } from "../time/memo.ts";
import { grantText, whoText } from "./grants.ts";
import { COLUMNS } from "./people.ts";
import { type AccessRequest, headingsOf, type Person } from "./read.ts";
import { grantKey, pointer, renderShare, type Share } from "./write.ts";

/**
 * Characters of an issue's body, counted in UTF-16 units, of which there are never fewer than characters.
 * GitHub: "body is too long (maximum is 65536 characters)"; GitLab: `DESCRIPTION_LENGTH_MAX` in
 * app/models/concerns/issuable.rb.
 */
export const BODY_LIMIT: Readonly<Record<ForgeKind, number>> = { github: 65_536, gitlab: 1_048_576 };
/** Kept free for what people strike out and add, and for links between the issues. */
const KEPT_FREE = 1 / 8;

/** How much of a body may be filled. */
export const fillOf = (forge: ForgeKind): number => Math.floor(BODY_LIMIT[forge] * (1 - KEPT_FREE));

/** The key of a part; the issue that was filed is the first. */
export const partKey = (project: string, number: number, part: number): string =>
  `request:${project}#${number}:${part}`;

export interface PartOf {
  /** Number of the issue that was filed. */
  readonly main: number;
  readonly part: number;
}

/**
 * What a body by daytwo's own account is a part of, by the keys of its markers; null where it is none. Whether its
 * author counts is for the caller.
 */
export function partIn(keys: readonly string[], project: string): PartOf | null {
  const prefix = `request:${project}#`.toLowerCase();
  for (const key of keys) {
    if (!key.toLowerCase().startsWith(prefix)) continue;
    const [, main, part] = /^([1-9]\d{0,14}):([1-9]\d{0,5})$/.exec(key.slice(prefix.length)) ?? [];
    if (main !== undefined && part !== undefined) return { main: Number(main), part: Number(part) };
  }
  return null;
}

/** Characters that each system's group has whoever is in it; a little more rather than less. */
const groupCosts = perObject((config: Config): ReadonlyMap<string, number> => {
  const nobody = { name: "", email: "", role: "", region: "", manager: null, row: null };
  const share = { elsewhere: new Map(), before: new Map(), kept: [], about: null };
  const cost = (id: string) => {
    const people = [{ ...nobody, systems: [id] }];
    // A project is named only where somebody is asked for elsewhere.
    return renderShare(config, "", { ...share, people }).text.length + OTHER_HEADINGS;
  };
  return new Map([...config.systems.keys()].map((id) => [id, cost(id)]));
});

/** "Asked for already", and what comes with it. */
const OTHER_HEADINGS = 64;

/** Characters that somebody takes up: a row of a table, and for each system a line and a place in an invite list. */
function personCost(config: Config, { project, elsewhere }: Placing, person: Person): number {
  const { email, role, systems } = person;
  const who = safe`- [ ] ${whoText(person)}`;
  return systems.reduce((sum, id) => {
    const system = config.systems.get(id);
    if (!system) return sum;
    const other = elsewhere.get(grantKey(id, email));
    const line = other ? pointer(project, system, person, other) : grantText(who, roleIn(system, role));
    return sum + line.length + email.length + 3;
  }, tableRow(person).length + 1);
}

export interface Placing {
  readonly forge: ForgeKind;
  readonly project: string;
  /** Characters in use before anybody is in it: by issue, the filed one first. */
  readonly taken: (issue: number) => number;
  /** The issue that holds somebody so far, by address in lower case; 0 is the filed one. */
  readonly place: ReadonlyMap<string, number>;
  readonly elsewhere: Share["elsewhere"];
}

/**
 * Who goes into which issue: whoever is in one stays there while there is room, everybody else goes to the first that
 * has room.
 * @returns people by issue, in the order of the request; the first is the issue that was filed
 */
export function placePeople(config: Config, people: readonly Person[], placing: Placing): Person[][] {
  const { forge, taken, place } = placing;
  const costs = groupCosts(config);
  const own = new Map(people.map((person) => [person, personCost(config, placing, person)]));
  const free: number[] = [];
  const held: Set<Person>[] = [];
  const groups: Set<string>[] = [];
  const put = (person: Person, issue: number): boolean => {
    while (held.length <= issue) {
      free.push(fillOf(forge) - taken(held.length));
      held.push(new Set());
      groups.push(new Set());
    }
    const there = groups[issue] as Set<string>;
    const news = person.systems.filter((id) => !there.has(id));
    const cost = news.reduce((sum, id) => sum + (costs.get(id) ?? 0), own.get(person) ?? 0);
    const left = (free[issue] as number) - cost;
    // One who is too long for any issue is refused by the forge, not lost in a circle.
    if (left < 0 && (issue === 0 || (held[issue] as Set<Person>).size > 0)) return false;
    free[issue] = left;
    held[issue]?.add(person);
    for (const id of news) there.add(id);
    return true;
  };
  const homeless = people.filter((person) => {
    const issue = place.get(person.email.toLowerCase());
    return issue === undefined || !put(person, issue);
  });
  for (const person of homeless) {
    let issue = 0;
    while (!put(person, issue)) issue++;
  }
  return held.map((some) => people.filter((person) => some.has(person)));
}

const tableRow = ({ name, email, role, region, systems, manager }: Person): SafeText =>
  row([name, email, role, region, systems.join("; "), manager ?? ""].map(inline));

const row = (cells: readonly SafeText[]): SafeText => safe`| ${join(cells, safe` | `)} |`;

const ASKS = "asks:";

/** Handle of who asks for what a part is about, who is not its author; null where the body says none. */
export const requesterIn = (body: string): string | null =>
  findMarkers(body)
    .find((key) => key.startsWith(ASKS))
    ?.slice(ASKS.length) ?? null;

export interface PartIssue {
  readonly key: string;
  /** The issue that was filed, and by whom. */
  readonly main: Linked & { readonly title: string; readonly author: string };
  readonly part: number;
  readonly people: readonly Person[];
}

export const partTitle = ({ part, main }: PartIssue): SafeText => title(`Part ${part}: ${main.title}`);

/** What stands above daytwo's part in an issue that it makes: read as any other request is. */
export function partHead(
  config: Config,
  project: string,
  request: AccessRequest,
  issue: PartIssue,
): SafeText {
  const headings = headingsOf(config, "bulk");
  const main = issueLink(project, issue.main);
  const columns = Object.values(COLUMNS).map((name) => inline(name));
  const table = [row(columns), row(columns.map(() => safe`---`)), ...issue.people.map(tableRow)];
  return lines(
    marker(issue.key),
    marker(`${ASKS}${issue.main.author}`),
    safe`**Part ${issue.part}** of ${main}, which is too long for one issue. Please edit that one: this one follows.`,
    safe``,
    ...(request.manager === null
      ? []
      : [safe`### ${inline(headings.manager)}`, safe``, inline(request.manager), safe``]),
    safe`### ${inline(headings.justification)}`,
    safe``,
    safe`As in ${main}.`,
    safe``,
    safe`### ${inline(headings.people)}`,
    safe``,
    ...table,
  );
}
