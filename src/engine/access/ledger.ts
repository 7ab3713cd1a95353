/** Who has what: what requests gave and took, in the order in which they were opened. */
import { type Deeds, fold, type Grant, type Who, type Withdrawal } from "./grants.ts";

/** Somebody who has something. */
export interface Holder {
  readonly person: Who;
  /** As the latest request that gave them something has it. */
  readonly role: string | null;
  readonly region: string | null;
  /** What they have now, one to a system; `request` and `at` are those that gave it. */
  readonly grants: readonly Grant[];
}

export interface Ledger {
  /** Everybody who has something, by name. */
  readonly people: readonly Holder[];
  /**
   * What somebody has. The same person is told by the e-mail address; by the name where one of the two has no
   * address. Where a name alone could be several people, what any of them has.
   */
  of(who: Who): readonly Grant[];
  /** Whether anything was ever given to somebody, though they may have nothing now. */
  knows(who: Who): boolean;
  /** Who has a system, by name. */
  holders(system: string): readonly Grant[];
  /** Those of a role; in one region, or in any where that is null. */
  alike(role: string, region: string | null): readonly Holder[];
}

interface Entry {
  person: Who;
  role: string | null;
  region: string | null;
  readonly held: Map<string, Grant>;
}

type Act = { readonly give: Grant } | { readonly take: Withdrawal };

/** The same ledger in whatever order the requests are given. */
export function ledgerOf(all: Iterable<Deeds>): Ledger {
  const acts: (Act & { readonly at: number; readonly request: number })[] = [];
  for (const { gives, takes } of all) {
    for (const give of gives) acts.push({ give, at: give.at, request: give.request });
    for (const take of takes) acts.push({ take, at: take.at, request: take.request });
  }
  acts.sort((a, b) => a.at - b.at || a.request - b.request);
  const people = new People();
  for (const act of acts) {
    if ("give" in act) give(people.entry(act.give.person), act.give);
    else people.known(act.take.person)?.held.delete(act.take.system);
  }
  const holders = [...people.all]
    .filter(({ held }) => held.size > 0)
    .map(({ person, role, region, held }) => ({ person, role, region, grants: [...held.values()] }))
    .sort((a, b) => byName(a.person, b.person));
  return {
    people: holders,
    of: (who) => people.maybe(who).flatMap(({ held }) => [...held.values()]),
    knows: (who) => people.maybe(who).length > 0,
    holders: (system) => holders.flatMap(({ grants }) => grants.filter((grant) => grant.system === system)),
    alike: (role, region) =>
      holders.filter((one) => same(one.role, role) && (region === null || same(one.region, region))),
  };
}

const same = (a: string | null, b: string): boolean => a !== null && fold(a) === fold(b);

/** A second grant of the same says nothing new; one with another role in the system takes its place. */
function give(entry: Entry, grant: Grant): void {
  entry.person = { name: grant.person.name, email: grant.person.email ?? entry.person.email };
  entry.role = grant.role ?? entry.role;
  entry.region = grant.region ?? entry.region;
  const before = entry.held.get(grant.system);
  if (before && (grant.as === null || grant.as === before.as)) return;
  entry.held.set(grant.system, grant);
}

const byName = (a: Who, b: Who): number =>
  compare(fold(a.name), fold(b.name)) || compare(fold(a.email ?? ""), fold(b.email ?? ""));
/** By code unit, so that the order is the same on every machine. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Tells people apart. */
class People {
  readonly all = new Set<Entry>();
  readonly #byEmail = new Map<string, Entry>();
  readonly #byName = new Map<string, Set<Entry>>();

  /** Whom a request means, as far as anything is known of them. */
  maybe({ name, email }: Who): Entry[] {
    const own = email === null ? undefined : this.#byEmail.get(fold(email));
    if (own) return [own];
    const called = [...(this.#byName.get(fold(name)) ?? [])];
    return email === null ? called : called.filter(({ person }) => person.email === null);
  }

  /** Null where nobody is known, or nobody can tell which of several is meant. */
  known(who: Who): Entry | null {
    const found = this.maybe(who);
    return found.length === 1 ? (found[0] ?? null) : null;
  }

  /** The one who is meant; somebody new where nobody is known. */
  entry(who: Who): Entry {
    const entry = this.known(who) ?? this.maybe(who).find(({ person }) => person.email === null);
    return this.#note(entry ?? { person: who, role: null, region: null, held: new Map() }, who);
  }

  #note(entry: Entry, { name, email }: Who): Entry {
    this.all.add(entry);
    if (email !== null) this.#byEmail.set(fold(email), entry);
    const called = this.#byName.get(fold(name)) ?? new Set();
    this.#byName.set(fold(name), called.add(entry));
    return entry;
  }
}
