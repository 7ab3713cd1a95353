/** Where the team would be stuck: what `daytwo coverage` finds about the systems. */
import type { System } from "../config/files.ts";

export const FINDINGS = [
  "one-provisioner",
  "no-deprovisioner",
  "unknown-handle",
  "missing-label",
  "no-docs",
] as const;
export type FindingKind = (typeof FINDINGS)[number];

export interface Finding {
  /** Id of the system. */
  readonly system: string;
  readonly kind: FindingKind;
  readonly message: string;
}

/** What is known beside the systems. */
export interface Known {
  readonly handle: (handle: string) => boolean;
  readonly label: (name: string) => boolean;
  /** Of a project that could not be asked, in words; null where all was asked. */
  readonly unasked: string | null;
}

type Route = System["provisioning"];

/** Several people stand behind a group or a queue, and none need do anything where it goes by itself. */
const byItself = (route: Route): boolean =>
  route !== undefined &&
  (route.groups.length > 0 ||
    route.labels.length > 0 ||
    ["sso", "self-service", "automatic", "none"].includes(route.via));

const folded = (names: readonly string[]): Set<string> => new Set(names.map((name) => name.toLowerCase()));

/** What is wrong with each system, by system and in the order of the kinds. */
export function coverageOf(systems: Iterable<System>, known: Known): Finding[] {
  return [...systems].flatMap((system) => {
    const found = (kind: FindingKind, message: string): Finding => ({ system: system.id, kind, message });
    const { name, provisioners, deprovisioners, provisioning, deprovisioning, owner } = system;
    const findings: Finding[] = [];
    const giving = folded(provisioners).size;
    // A label says where a request goes, not that more than the one named there can do it.
    const alone =
      giving === 1 && (provisioning?.via ?? "people") === "people" && !provisioning?.groups.length;
    if (alone || (giving === 0 && !byItself(provisioning))) {
      const named = [...provisioners.map((one) => `@${one}`), ...(provisioning?.contacts ?? [])].join(", ");
      findings.push(
        found(
          "one-provisioner",
          giving === 1
            ? `Only @${provisioners[0]} can give access to ${name}: name a second provisioner.`
            : `Nobody with a handle gives access to ${name}${named ? ` (named: ${named})` : ""}: name two provisioners.`,
        ),
      );
    }
    if (deprovisioners.length === 0 && !byItself(deprovisioning)) {
      findings.push(
        found("no-deprovisioner", `Nobody is named who revokes access to ${name}: name a deprovisioner.`),
      );
    }
    const handles = [...provisioners, ...deprovisioners, ...(owner === undefined ? [] : [owner])];
    for (const handle of new Set(handles.filter((one) => !known.handle(one)))) {
      const where =
        known.unasked === null ? "neither in the team nor a member of the projects" : "not in the team";
      findings.push(
        found("unknown-handle", `@${handle} of ${name} is ${where}: correct the handle, or add them.`),
      );
    }
    const labels = [...(provisioning?.labels ?? []), ...(deprovisioning?.labels ?? [])];
    for (const label of new Set(labels.filter((one) => !known.label(one)))) {
      findings.push(
        found(
          "missing-label",
          `${name} wants the label "${label}" on its requests, and there is none: create it.`,
        ),
      );
    }
    if (system.docs === undefined) {
      findings.push(found("no-docs", `${name} has no link to its steps: add docs.`));
    }
    return findings;
  });
}
