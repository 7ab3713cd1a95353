/** What somebody is to be given: systems in the order they must come, with the role in each. */
import type { Baseline, Config, System } from "./config/schema.ts";
import { code, fence, type SafeText, safe, vouched } from "./text/safe.ts";

export interface Entitlement {
  readonly system: System;
  /** Role, profile or seat type in the system; null where nobody has said. */
  readonly role: string | null;
}

/** In a baseline: the role that the system itself names for this job. */
const DEFAULT = "default";

/** The systems of a baseline, each after those it depends on. */
export function entitlements(
  config: Pick<Config, "systems">,
  baseline: Baseline,
  job: string,
): Entitlement[] {
  const wanted = new Map(Object.entries(baseline.systems));
  return inOrder(config, [...wanted.keys()]).map((system) => {
    const role = wanted.get(system.id);
    return { system, role: role && role !== DEFAULT ? role : roleIn(system, job) };
  });
}

/** The systems of these ids, each after those it depends on; else in the order given. */
export function inOrder({ systems }: Pick<Config, "systems">, ids: readonly string[]): System[] {
  const wanted = new Set(ids);
  const order = new Set<string>();
  const seen = new Set<string>();
  const place = (id: string): void => {
    if (seen.has(id)) return;
    seen.add(id);
    for (const before of systems.get(id)?.depends_on ?? []) place(before);
    if (wanted.has(id)) order.add(id);
  };
  for (const id of ids) place(id);
  return [...order].flatMap((id) => systems.get(id) ?? []);
}

/** The role a system gives a job: its own entry, else everybody's. */
export function roleIn(system: System, job: string): string | null {
  const same = (a: string) => a.trim().toLowerCase() === job.trim().toLowerCase();
  const entry = Object.entries(system.roles.by_role).find(([name]) => same(name));
  return entry?.[1] ?? system.roles.default ?? null;
}

const SEPARATORS = { comma: ", ", semicolon: "; ", lines: "\n" } as const;

/** The addresses to invite, as this system takes them; null where it takes none or there are none. */
export function inviteList(system: System, emails: readonly string[]): SafeText | null {
  if (system.invite === "none" || emails.length === 0) return null;
  const text = emails.join(SEPARATORS[system.invite]);
  return system.invite === "lines" ? safe`\n\n${fence(text)}` : code(text);
}

/** Steps come from the team's own files: Markdown as the team wrote it. */
export const steps = (lines: readonly string[]): SafeText[] => lines.map((line) => vouched(line));
