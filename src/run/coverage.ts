/** Who and what the team's systems name, asked of the forge where there is a token. */
import { configuredLabels } from "../engine/config/configured-labels.ts";
import type { Config, System } from "../engine/config/schema.ts";
import type { Known } from "../engine/stack/coverage.ts";
import { ROLES, type Team } from "./team.ts";

const fold = (name: string): string => name.toLowerCase();

/** What the configuration alone knows: the team, and the labels daytwo makes. */
export function knownByConfig(config: Config, unasked: string): Known {
  const team = new Set(config.team.map(({ handle }) => fold(handle)));
  const labels = new Set(configuredLabels(config).map(({ name }) => name));
  return { handle: (handle) => team.has(fold(handle)), label: (name) => labels.has(name), unasked };
}

/**
 * What the forge knows beside that: members of either project, labels of the requests. One request for each handle
 * that is not in the team, and the labels.
 * @throws ForgeError
 */
export async function knownByForge(team: Team, systems: Iterable<System>): Promise<Known> {
  const byConfig = knownByConfig(team.config, "");
  const named = [...systems].flatMap(({ provisioners, deprovisioners, owner }) => [
    ...provisioners,
    ...deprovisioners,
    ...(owner === undefined ? [] : [owner]),
  ]);
  const strangers = [...new Set(named.filter((handle) => !byConfig.handle(handle)).map(fold))];
  const forges = ROLES.flatMap((role) => team.forges[role] ?? []);
  const [labels, members] = await Promise.all([
    team.forges.requests?.reader.labels() ?? [],
    Promise.all(
      strangers.map(async (handle) => {
        const asked = await Promise.all(forges.map(({ reader }) => reader.member(handle)));
        return asked.includes(true) ? [handle] : [];
      }),
    ),
  ]);
  const known = new Set(members.flat());
  const same = team.forges.requests?.sameLabel ?? ((a: string, b: string) => a === b);
  return {
    handle: (handle) => byConfig.handle(handle) || known.has(fold(handle)),
    // A label that daytwo would make exists once `labels sync` has run, which `doctor` looks after.
    label: (name) => byConfig.label(name) || labels.some((label) => same(label.name, name)),
    unasked: null,
  };
}
