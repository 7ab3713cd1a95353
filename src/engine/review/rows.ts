/** Who reviews what: each system goes to its owner, with everybody who has it by the requests. */
import type { Grant } from "../access/grants.ts";
import type { Ledger } from "../access/ledger.ts";
import type { Cadence, Config, System } from "../config/schema.ts";
import { drisOf, memberOf } from "../cover.ts";

/** A system in a review. */
export interface ReviewedSystem {
  readonly id: string;
  /** Its name; with its id where another one in the review is called the same. */
  readonly heading: string;
  /** Null for one that is configured no more. */
  readonly system: System | null;
  /** By name. */
  readonly grants: readonly Grant[];
}

export interface OwnersReview {
  readonly owner: string;
  readonly systems: readonly ReviewedSystem[];
}

/**
 * Whoever answers for a system: its owner, else its first provisioner of the team, else whoever owns the cadence, else
 * the first DRI.
 */
function ownerOf(config: Config, { owner }: Pick<Cadence, "owner">, system: System | null): string {
  const team = (handle: string) => memberOf(config, handle)?.handle;
  const provisioner = system?.provisioners.map(team).find((handle) => handle !== undefined);
  const dri = drisOf(config)[0] ?? config.team[0];
  const named = system?.owner ?? provisioner ?? owner ?? dri?.handle ?? "";
  return team(named) ?? named;
}

/** Everybody to whom systems belong, by handle; a review for those alone whose systems somebody has. */
export function reviewsOf(config: Config, cadence: Pick<Cadence, "owner">, ledger: Ledger): OwnersReview[] {
  const held = ledger.people.flatMap(({ grants }) => grants.map(({ system }) => system));
  const ids = [...new Set([...config.systems.keys(), ...held])];
  const name = (id: string) => config.systems.get(id)?.name ?? id;
  const fold = (id: string) => name(id).toLowerCase();
  const systems = ids.map((id): ReviewedSystem & { owner: string } => {
    const system = config.systems.get(id) ?? null;
    const alone = ids.every((other) => other === id || fold(other) !== fold(id));
    const heading = alone ? name(id) : `${name(id)} (${id})`;
    return { id, heading, system, grants: ledger.holders(id), owner: ownerOf(config, cadence, system) };
  });
  return Map.groupBy(systems, ({ owner }) => owner.toLowerCase())
    .values()
    .toArray()
    .filter((own) => own.some(({ grants }) => grants.length > 0))
    .map((own) => ({
      owner: own[0]?.owner ?? "",
      systems: own.toSorted((a, b) => (a.heading < b.heading ? -1 : 1)),
    }))
    .sort((a, b) => (a.owner < b.owner ? -1 : 1));
}

/** Owners as the configuration alone tells them: those whose review may be there already. */
export const ownersOf = (config: Config, cadence: Pick<Cadence, "owner">): string[] => [
  ...new Set([...config.systems.values(), null].map((system) => ownerOf(config, cadence, system))),
];
