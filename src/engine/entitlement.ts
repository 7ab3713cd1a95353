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
  const order: string[] = [];
  const place = (id: string): void => {
    const system = config.systems.get(id);
    if (!system || !wanted.has(id) || order.includes(id)) return;
    for (const before of system.depends_on) place(before);
    order.push(id);
  };
  for (const id of wanted.keys()) place(id);
  return order.map((id) => {
    const system = config.systems.get(id) as System;
    const role = wanted.get(id);
    return { system, role: role && role !== DEFAULT ? role : roleIn(system, job) };
  });
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
