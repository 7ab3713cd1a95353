/**
 * Whose approval a request needs, and who has given it. Pure: who said what and when comes in, together with
 * whether the request said then what it says now.
 */

import type { ForgeKind, Instant } from "../../model.ts";
import { readAccess } from "../access/record.ts";
import { approversOf } from "../commands/approval.ts";
import type { Config } from "../config/schema.ts";
import { sameHandle } from "../cover.ts";
import { markersOf } from "../text/body.ts";
import { digest } from "../text/digest.ts";
import { readFields } from "../text/fields.ts";
import { ownText } from "../text/part.ts";
import { readHandle } from "../text/values.ts";
import { type Consent, type Noted, waiterIn } from "./approval-note.ts";
import { accessRequestOf, materialOf } from "./read.ts";
import { requesterIn } from "./split.ts";

/** What approval a request needs. */
export interface Approvable {
  /** Handles of those who approve, each once. */
  readonly managers: readonly string[];
  /** Who asks, also by a part of a longer request; "" where daytwo itself has opened it. */
  readonly requester: string;
  /** Whether somebody of this handle is given something by it. */
  isFor(handle: string): boolean;
  /** SHA-256 of people, systems and roles. */
  readonly material: string;
  /** Of all that people wrote: the same text asks for the same, however the team's systems change. */
  readonly text: string;
  /** It cannot be read in full, so nobody is asked yet. */
  readonly faulty: boolean;
}

/** Whether a key is of a request that daytwo opens for a person; what that says in a form's words is daytwo's own. */
export const opensForPerson = (key: string): boolean => /^(?:hire|offboarding|removal):/.test(key);

/**
 * What approval a request needs by its body; null for one that needs none: a baseline's, a leaver's, and whatever was
 * not filed through a form.
 * @param own whether daytwo has opened it
 */
export function approvableOf(
  issue: { readonly body: string; readonly author: string },
  own: boolean,
  config: Config,
  forge: ForgeKind,
): Approvable | null {
  const { body, author } = issue;
  const keys = own ? markersOf(issue) : [];
  if (keys.some(opensForPerson)) {
    const named = waiterIn(keys);
    return named === null ? null : ofHire(body, named, forge);
  }
  const request = accessRequestOf(issue, config, forge);
  if (!request) return null;
  const people = request.people.flatMap(({ name, email }) => [
    email.split("@")[0]?.toLowerCase(),
    readHandle(name, forge)?.toLowerCase(),
  ]);
  const names = new Set(request.people.map(({ name }) => name.toLowerCase()));
  const named = config.team.filter(({ name }) => names.has(name.toLowerCase()));
  return {
    managers: request.managers,
    requester: own ? (requesterIn(body) ?? "") : author,
    isFor: (handle) =>
      people.includes(handle.toLowerCase()) || named.some((one) => sameHandle(one.handle, handle)),
    material: digest(materialOf(request)),
    text: digest(ownText(body)),
    faulty: request.faults.length > 0,
  };
}

/** A hire for whose role there is no baseline. */
function ofHire(body: string, named: string, forge: ForgeKind): Approvable {
  const { manager, isFor } = approversOf(body, forge);
  const { email, role } = readFields(body, { email: "Work email", role: "Role" });
  const record = readAccess(body);
  return {
    managers: [manager ?? named],
    requester: "",
    isFor: (handle) => isFor(handle) || record?.email?.split("@")[0]?.toLowerCase() === handle.toLowerCase(),
    material: digest(JSON.stringify([email?.value ?? null, role?.value ?? null, record])),
    text: digest(body),
    faulty: false,
  };
}

/** Names a box in a note: two alike stand for the same system and read the same. */
export const boxId = (system: string | null, text: string): string =>
  digest(`${system ?? ""}\n${text}`).slice(0, 8);

/** Whether the request said then what it says now: `unsure` where nobody can tell. */
export type Saw = "same" | "edited" | "unsure";

/** Somebody who said yes, and is not in the note yet. */
export interface News extends Consent {
  readonly how: "label" | "comment";
  readonly saw: Saw;
}

/** Why somebody's yes does not count, or no longer. */
export type Loss =
  | "edited"
  | "unsure"
  | "withdrawn"
  | "replaced"
  | "faulty"
  | "requester"
  | "in-it"
  | "stranger";

export interface Lost extends Consent {
  readonly why: Loss;
  /** `noted`: it counted until now. */
  readonly how: News["how"] | "noted";
}

export interface Approval {
  readonly state: "waiting" | "approved";
  /** Those that count, in order. */
  readonly given: readonly Consent[];
  /** When the last one that was needed came; null while it waits. */
  readonly since: Instant | null;
  /** Who may still approve. */
  readonly asked: readonly string[];
  /** Who is named above some of them, and may approve in their place. */
  readonly instead: readonly string[];
  /** Managers who cannot approve it themselves, and nobody is named above them. */
  readonly stuck: readonly string[];
  readonly lost: readonly Lost[];
  /** What was said up to here has been heard. */
  readonly heard: Instant;
}

/** Whom each handle stands above, as the configuration says it. */
export type Above = Readonly<Record<string, readonly string[]>>;

export interface Evidence {
  readonly note: Noted | null;
  /** Since the note, oldest first. */
  readonly news: readonly News[];
  /** When somebody took the approval label off. */
  readonly withdrawn: readonly Instant[];
}

export function judgeApproval(
  request: Approvable,
  { note, news, withdrawn }: Evidence,
  above: Above,
): Approval {
  const line = new Line(request.managers, above);
  const barred = (by: string): Loss | null => {
    if (line.covers(by).length === 0) return "stranger";
    if (sameHandle(by, request.requester)) return "requester";
    return request.isFor(by) ? "in-it" : null;
  };
  const gone = ({ at }: Consent) => withdrawn.some((off) => off > at);
  const unedited = note !== null && (note.material === request.material || note.text === request.text);
  const given: Consent[] = [];
  const lost: Lost[] = [];
  for (const one of note?.given ?? []) {
    const bar = barred(one.by);
    const fault = gone(one) ? "withdrawn" : unedited ? null : "edited";
    const why = bar === "stranger" ? "replaced" : (bar ?? fault);
    if (why === null) given.push(one);
    else lost.push({ ...one, how: "noted", why });
  }
  for (const { saw, how, by, at } of news) {
    if (given.some((one) => sameHandle(one.by, by))) continue;
    const fault = gone({ by, at }) ? "withdrawn" : request.faulty ? "faulty" : saw === "same" ? null : saw;
    const why = barred(by) ?? fault;
    if (why === null) given.push({ by, at });
    else lost.push({ by, at, how, why });
  }
  given.sort((a, b) => a.at - b.at);
  const left = new Set(line.managers);
  let since: Instant | null = null;
  for (const { by, at } of given) {
    if (left.size === 0) break;
    for (const manager of line.covers(by)) left.delete(manager);
    since = at;
  }
  const approved = left.size === 0 && line.managers.length > 0;
  const asked: string[] = [];
  const stuck: string[] = [];
  // Nobody is asked about what cannot be read.
  for (const manager of request.faulty ? [] : left) {
    const able = [manager, ...line.superiors([manager])].filter((one) => barred(one) === null);
    // The manager's own word is asked for; somebody above only where it cannot be had.
    const whom = able[0] === manager ? [manager] : able;
    if (whom.length === 0) stuck.push(manager);
    for (const one of whom) if (!asked.some((other) => sameHandle(other, one))) asked.push(one);
  }
  const instead = line
    .superiors([...left])
    .filter((one) => barred(one) === null && !asked.some((other) => sameHandle(other, one)));
  return {
    state: approved ? "approved" : "waiting",
    given,
    since: approved ? since : null,
    asked,
    instead,
    stuck,
    lost,
    heard: news.reduce((last, { at }) => Math.max(last, at), note?.heard ?? Number.NEGATIVE_INFINITY),
  };
}

/** The managers of a request, and who stands above them. */
class Line {
  readonly managers: readonly string[];
  readonly #above: ReadonlyMap<string, readonly string[]>;
  readonly #spelt: readonly string[];

  constructor(managers: readonly string[], above: Above) {
    this.managers = managers;
    this.#spelt = Object.keys(above);
    this.#above = new Map(Object.entries(above).map(([one, under]) => [one.toLowerCase(), under]));
  }

  /** The managers for whom somebody speaks: themself, and whoever they stand above, also by others between. */
  covers(handle: string): string[] {
    const reached = new Set<string>();
    const visit = (one: string): void => {
      if (reached.has(one)) return;
      reached.add(one);
      for (const under of this.#above.get(one) ?? []) visit(under.toLowerCase());
    };
    visit(handle.toLowerCase());
    return this.managers.filter((manager) => reached.has(manager.toLowerCase()));
  }

  /** Others who speak for some of these managers. */
  superiors(managers: readonly string[]): string[] {
    return this.#spelt.filter(
      (one) =>
        !managers.some((manager) => sameHandle(one, manager)) &&
        this.covers(one).some((manager) => managers.includes(manager)),
    );
  }
}
