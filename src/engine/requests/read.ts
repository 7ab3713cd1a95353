/**
 * A request for access as people file it: through the form for one person or the one for many, GitHub's or GitLab's,
 * or a text with the same headings. Only the person's own text is read, never what daytwo wrote below it.
 */
import type { ForgeKind } from "../../model.ts";
import type { Config } from "../config/schema.ts";
import { walk } from "../text/blocks.ts";
import { perIssueAnd } from "../text/body.ts";
import { type FieldValue, labelKey, readFields } from "../text/fields.ts";
import { type Heading, headings } from "../text/markdown.ts";
import { ownText } from "../text/part.ts";
import { findMarkers, plain } from "../text/safe.ts";
import { readEmail, readHandle } from "../text/values.ts";
import { perObject } from "../time/memo.ts";
import { foundText, type RequestFault } from "./fault.ts";
import { COLUMNS, type PeopleRow, readPeople } from "./people.ts";
import { SystemReader } from "./systems.ts";

export type { RequestFault } from "./fault.ts";
export { type GrantBox, grantsOf, readGrants } from "./grants.ts";

/** Somebody who is to be given access. Texts are one line each, without controls; they are still a person's words. */
export interface Person {
  readonly name: string;
  /** An address, as written. */
  readonly email: string;
  readonly role: string;
  readonly region: string;
  /** Handle, without "@", of who approves for this person; null where that is nobody's or unreadable. */
  readonly manager: string | null;
  /** Ids, each once, in the order they were named. */
  readonly systems: readonly string[];
  /** Row of People from 1; null in a request for one person. */
  readonly row: number | null;
}

export interface AccessRequest {
  readonly kind: "single" | "bulk";
  /** Everybody who could be read in full. All that were asked for only where there are no faults. */
  readonly people: readonly Person[];
  /** Who approves for everybody that names nobody of their own; null where that is nobody, or unreadable. */
  readonly manager: string | null;
  /** Handles of those who approve, each once, as first written. */
  readonly managers: readonly string[];
  readonly justification: string | null;
  readonly faults: readonly RequestFault[];
}

/** More people than this are for a second request. */
export const MOST_PEOPLE = 200;
/** Longer names, roles and regions are a slip: some text that landed in the wrong place. */
const LONGEST = 200;

const SINGLE = "access-request";
const BULK = "bulk-access-request";

/** Headings of the shipped forms. */
const HEADINGS = {
  name: "Full name",
  email: "Work email",
  role: "Role",
  region: "Region",
  manager: "Manager",
  systems: "Systems",
  justification: "Justification",
  people: "People",
} as const;
type Input = keyof typeof HEADINGS;

/** The headings of a form as the team's own template names them; its inputs keep their ids. */
export function headingsOf({ templates }: Pick<Config, "templates">, kind: AccessRequest["kind"]) {
  const inputs = templates.get(kind === "bulk" ? BULK : SINGLE)?.inputs ?? [];
  const own = Object.fromEntries(inputs.map(({ id, label }) => [id, label]));
  return { ...HEADINGS, ...own } as Readonly<Record<Input, string>>;
}

/**
 * Reads a request.
 * @param body the issue's, with or without daytwo's part
 * @returns null for a text that was not filed through a form and does not have the headings of one
 */
export function readAccessRequest(body: string, config: Config, forge: ForgeKind): AccessRequest | null {
  const text = ownText(body);
  const kind = kindOf(text, config);
  if (kind === null) return null;
  return kind === "single" ? readSingle(text, config, forge) : readBulk(text, config, forge);
}

const reader = (forge: ForgeKind) =>
  perIssueAnd(({ body }: { readonly body: string }, config: Config) =>
    readAccessRequest(body, config, forge),
  );
const readers = { github: reader("github"), gitlab: reader("gitlab") } as const;

/** The request in an issue's body, read once for each issue. */
export const accessRequestOf = (
  issue: { readonly body: string },
  config: Config,
  forge: ForgeKind,
): AccessRequest | null => readers[forge](issue, config);

/**
 * What an approval rests on, as one text: people, their systems and roles. Two requests have the same exactly if
 * neither a person nor a system nor a role differs, whatever their order, case of addresses and white space.
 */
export function materialOf({ people }: AccessRequest): string {
  const fold = (text: string) => text.normalize("NFC").replace(/\s+/g, " ").trim();
  const rows = people.map(({ name, email, role, systems }) =>
    JSON.stringify([email.toLowerCase(), fold(name), fold(role), [...systems].sort()]),
  );
  return rows.sort().join("\n");
}

/** The hidden line of a form decides; without one, the headings. */
function kindOf(text: string, config: Config): AccessRequest["kind"] | null {
  const claim = formIn(text);
  if (claim !== null) return claim;
  const there = new Set(headings(text).map((heading) => labelKey(heading.text)));
  if (there.size === 0) return null;
  const { single, bulk } = namesOf(config);
  const has = (name: string) => there.has(name);
  if (has(bulk.people) && (has(bulk.manager) || has(bulk.justification))) return "bulk";
  return has(single.systems) && (has(single.name) || has(single.email)) ? "single" : null;
}

/** The headings of both forms as labels compare. */
const namesOf = perObject((config: Config) => {
  const keys = (kind: AccessRequest["kind"]) =>
    Object.fromEntries(
      Object.entries(headingsOf(config, kind)).map(([input, heading]) => [input, labelKey(heading)]),
    ) as Readonly<Record<Input, string>>;
  return { single: keys("single"), bulk: keys("bulk") };
});

/** The form that a text claims to be filed through, by its hidden line: a claim to be a request, no more. */
export function formIn(text: string): AccessRequest["kind"] | null {
  if (!text.includes("<!-- daytwo:form:")) return null;
  let found: AccessRequest["kind"] | null = null;
  walk(text, ({ kind, start, end }) => {
    // One that somebody shows in a code block is no claim.
    if (kind !== "html" || found !== null) return;
    for (const key of findMarkers(text.slice(start, end))) {
      if (key === `form:${BULK}`) found = "bulk";
      if (key === `form:${SINGLE}`) found = "single";
    }
  });
  return found;
}

/** Gathers faults while it reads answers. */
class Reading {
  readonly faults: RequestFault[] = [];
  readonly #forge: ForgeKind;
  readonly #systems: SystemReader;

  constructor(config: Config, forge: ForgeKind) {
    this.#forge = forge;
    this.#systems = new SystemReader(config);
  }

  fault(field: string, row: number | null, text: string, expected: string): null {
    this.faults.push({ field, row, found: foundText(text), expected, nearest: null });
    return null;
  }

  line(field: string, row: number | null, text: string, expected: string): string | null {
    const value = plain(text);
    if (isBlank(value)) return this.fault(field, row, "", expected);
    if (value.length > LONGEST) {
      return this.fault(field, row, value, `${expected}, in ${LONGEST} characters at most`);
    }
    return value;
  }

  email(field: string, row: number | null, text: string): string | null {
    const expected = "one e-mail address, for example ada.lovelace@example.com";
    return readEmail(text) ?? this.fault(field, row, text, expected);
  }

  handle(field: string, row: number | null, text: string): string | null {
    const expected = "the handle of one person, for example @their-handle";
    return readHandle(text, this.#forge) ?? this.fault(field, row, text, expected);
  }

  systems(field: string, row: number | null, text: string): readonly string[] | null {
    return this.#systems.read(text, field, row, this.faults);
  }
}

const isBlank = (text: string): boolean => /^(?:_?no response_?|none|n\/a|[-–—]*)$/i.test(text);
const NAME = "the name of one person, for example Ada Lovelace";
const ROLE = "their job as the directory has it, for example Account Executive";
const REGION = "where they work, for example EMEA";
const JUSTIFICATION = "what the access is for";

/** A link's target is only in what was written. */
const raw = (field: FieldValue | null): string => field?.raw ?? "";
const value = (field: FieldValue | null): string => field?.value ?? "";

function readSingle(text: string, config: Config, forge: ForgeKind): AccessRequest {
  const names = headingsOf(config, "single");
  const { people: _, ...wanted } = names;
  const given = readFields(text, wanted);
  const reading = new Reading(config, forge);
  const name = reading.line(names.name, null, value(given.name), NAME);
  const email = reading.email(names.email, null, raw(given.email));
  const role = reading.line(names.role, null, value(given.role), ROLE);
  const region = reading.line(names.region, null, value(given.region), REGION);
  const manager = reading.handle(names.manager, null, raw(given.manager));
  const systems = reading.systems(names.systems, null, value(given.systems));
  const justification = reason(reading, names.justification, given.justification);
  const whole = name !== null && email !== null && role !== null && region !== null && systems !== null;
  return {
    kind: "single",
    people: whole ? [{ name, email, role, region, manager, systems, row: null }] : [],
    manager,
    managers: manager === null ? [] : [manager],
    justification,
    faults: reading.faults,
  };
}

function reason(reading: Reading, heading: string, field: FieldValue | null): string | null {
  const text = value(field).trim();
  return text === "" ? reading.fault(heading, null, "", JUSTIFICATION) : text;
}

function readBulk(text: string, config: Config, forge: ForgeKind): AccessRequest {
  const names = headingsOf(config, "bulk");
  const {
    manager: managerField,
    justification: why,
    people: field,
  } = readFields(text, {
    manager: names.manager,
    justification: names.justification,
    people: names.people,
  });
  const reading = new Reading(config, forge);
  const named = raw(managerField);
  const manager = named === "" ? null : reading.handle(names.manager, null, named);
  const justification = reason(reading, names.justification, why);
  const list = readPeople(under(text, names.people) ?? raw(field), names.people);
  reading.faults.push(...list.faults);
  const people = readRows(reading, list.rows, manager);
  if (named === "" && people.some((person) => person.manager === null)) {
    reading.fault(
      names.manager,
      null,
      "",
      "the handle of the one person who approves, for example @their-handle",
    );
  }
  if (list.rows.length > MOST_PEOPLE) {
    const expected = `at most ${MOST_PEOPLE} people, and open another request for the rest`;
    reading.fault(names.people, null, `${list.rows.length} rows`, expected);
  }
  return {
    kind: "bulk",
    people: people.filter((person) => person.whole).map(({ whole: _, ...person }) => person),
    manager,
    managers: unique(people.map((person) => person.manager)),
    justification,
    faults: reading.faults,
  };
}

type Row = Person & { readonly whole: boolean };

function readRows(reading: Reading, rows: readonly PeopleRow[], manager: string | null): Row[] {
  const seen = new Map<string, number>();
  return rows.slice(0, MOST_PEOPLE).map(({ row, cells }) => {
    // Of a column that is missing the whole list has been told.
    const read = <T>(column: keyof typeof COLUMNS, how: (field: string, text: string) => T): T | null => {
      const text = cells[column];
      return text === null ? null : how(COLUMNS[column], text);
    };
    const name = read("name", (field, text) => reading.line(field, row, text, NAME));
    const email = read("email", (field, text) => reading.email(field, row, text));
    const role = read("role", (field, text) => reading.line(field, row, text, ROLE));
    const region = read("region", (field, text) => reading.line(field, row, text, REGION));
    const systems = read("systems", (field, text) => reading.systems(field, row, text));
    const own = cells.manager === null || isBlank(cells.manager) ? null : cells.manager;
    const before = email === null ? undefined : seen.get(email.toLowerCase());
    if (email !== null && before === undefined) seen.set(email.toLowerCase(), row);
    if (before !== undefined) {
      reading.fault(COLUMNS.email, row, email ?? "", `each person once; row ${before} has the same address`);
    }
    const approver = own === null ? manager : reading.handle(COLUMNS.manager, row, own);
    return {
      name: name ?? "",
      email: email ?? "",
      role: role ?? "",
      region: region ?? "",
      manager: approver,
      systems: systems ?? [],
      row,
      whole:
        name !== null &&
        email !== null &&
        role !== null &&
        region !== null &&
        systems !== null &&
        before === undefined,
    };
  });
}

function unique(handles: readonly (string | null)[]): string[] {
  const found = new Map<string, string>();
  for (const handle of handles) {
    if (handle !== null && !found.has(handle.toLowerCase())) found.set(handle.toLowerCase(), handle);
  }
  return [...found.values()];
}

/** What stands under a heading, subordinate headings included; null where there is no such heading. */
function under(text: string, heading: string): string | null {
  const all = headings(text);
  const own = all.findIndex((one) => labelKey(one.text) === labelKey(heading));
  const start: Heading | undefined = all[own];
  if (!start) return null;
  const next = all.slice(own + 1).find(({ level }) => level <= start.level);
  return text.slice(Math.min(start.end, text.length), next?.start ?? text.length);
}
