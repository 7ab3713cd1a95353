/** Where a request leaves open which role somebody gets in a system: what others of the same job and region have. */
import type { ForgeKind, Issue } from "../../model.ts";
import type { Config } from "../config/schema.ts";
import { accessRequestOf, grantsOf } from "../requests/read.ts";
import { fold, type Who } from "./grants.ts";
import type { Holder, Ledger } from "./ledger.ts";
import { accessOf } from "./record.ts";

/** A question that a request leaves open. */
export interface Gap {
  /** The person's job. */
  readonly role: string;
  readonly region: string | null;
  /** Id of the system whose role is not given; null where no system is named at all. */
  readonly system: string | null;
}

export interface Gaps {
  /** Each once. */
  readonly open: readonly Gap[];
  /** Whom the request is for: what they have is no advice to themselves. */
  readonly people: readonly Who[];
}

const NONE: Gaps = { open: [], people: [] };

/**
 * What a request leaves open.
 * @param own whether daytwo wrote it
 */
export function gapsIn(issue: Issue, config: Config, forge: ForgeKind, own: boolean): Gaps {
  const record = own ? accessOf(issue) : null;
  if (record) {
    const { does, role, region, systems, name, email } = record;
    if (does !== "give" || role === null) return NONE;
    const named = Object.entries(systems);
    const open = named.length === 0 ? [null] : named.flatMap(([id, as]) => (as === null ? [id] : []));
    return { open: open.map((system) => ({ role, region, system })), people: [{ name, email }] };
  }
  const request = accessRequestOf(issue, config, forge);
  // Whoever asked mends the request first.
  if (!request || request.faults.length > 0) return NONE;
  const people = new Map(request.people.map((person) => [fold(person.email), person]));
  const open = new Map<string, Gap>();
  for (const { email, system, role: as, box } of grantsOf(issue, config)) {
    const person = people.get(fold(email));
    if (!person || as !== null || box.done) continue;
    const { role, region } = person;
    open.set([fold(role), fold(region), system].join("\n"), { role, region, system });
  }
  return { open: [...open.values()], people: request.people };
}

/** One line of advice, in plain words that quote people's. */
export interface Advice {
  /** Name of the system. */
  readonly system: string;
  /** `7 of 8 Account Executives in EMEA have Recorder`. */
  readonly text: string;
}

/** What others have; nothing where nobody of that job has anything. */
export function adviceOn({ open, people }: Gaps, ledger: Ledger, config: Pick<Config, "systems">): Advice[] {
  const themselves = new Set(people.flatMap((who) => ledger.of(who)));
  const others = ({ grants }: Holder) => !grants.some((grant) => themselves.has(grant));
  return open.flatMap((gap) => {
    const near = gap.region === null ? [] : ledger.alike(gap.role, gap.region).filter(others);
    const group = near.length > 0 ? near : ledger.alike(gap.role, null).filter(others);
    const where =
      near.length > 0 ? { region: `in ${gap.region}`, but: "" } : { region: "in any region", but: none(gap) };
    return systemsOf(gap, group).flatMap((id) => {
      const shares = sharesOf(id, group, gap.system === null);
      if (shares === null) return [];
      const who = `${group.length} ${plural(gap.role)} ${where.region}`;
      const [first, ...more] = shares;
      const text = `${first?.count} of ${who} have ${first?.as ?? "it"}${more.map(further).join("")}${where.but}`;
      return [{ system: config.systems.get(id)?.name ?? id, text }];
    });
  });
}

const none = ({ region }: Gap): string => (region === null ? "" : ` (in ${region} there are none yet)`);

/** The system in question; where none is named, all that these people have, the commonest first. */
function systemsOf(gap: Gap, group: readonly Holder[]): string[] {
  if (gap.system !== null) return [gap.system];
  const all = Map.groupBy(
    group.flatMap(({ grants }) => grants),
    ({ system }) => system,
  );
  return [...all.keys()].sort(
    (a, b) => (all.get(b)?.length ?? 0) - (all.get(a)?.length ?? 0) || (a < b ? -1 : 1),
  );
}

interface Share {
  readonly as: string | null;
  readonly count: number;
}

/** Roles beside the commonest one that are worth a word. */
const MOST_SHARES = 3;

/**
 * How many have which role in a system, the commonest first; null where nobody has a role in it.
 * @param any whether having the system at all says something
 */
function sharesOf(system: string, group: readonly Holder[], any: boolean): Share[] | null {
  const held = group.flatMap(({ grants }) => grants.filter((grant) => grant.system === system));
  const shares = [...Map.groupBy(held, ({ as }) => (as === null ? null : fold(as))).values()]
    .map((same) => ({ as: same[0]?.as ?? null, count: same.length }))
    .filter(({ as }) => any || as !== null)
    .sort((a, b) => b.count - a.count || ((a.as ?? "") < (b.as ?? "") ? -1 : 1));
  return shares.length === 0 ? null : shares.slice(0, MOST_SHARES);
}

const further = ({ as, count }: Share): string => `, ${count} ${as ?? "with no role named"}`;

/** `Account Executives`, `Heads of Sales`, `Directors, Sales`: the word that says what they are. */
export function plural(role: string): string {
  const [, head = role, tail = ""] = /^(.*?)((?: of |,| \(| - |: ).*)?$/s.exec(role) ?? [];
  if (/[^aeiou]y$/i.test(head)) return `${head.slice(0, -1)}ies${tail}`;
  if (/(?:ss|x|ch|sh)$/i.test(head)) return `${head}es${tail}`;
  return /s$/i.test(head) ? role : `${head}s${tail}`;
}
