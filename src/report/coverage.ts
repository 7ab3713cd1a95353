/** `daytwo report coverage`: where the team would be stuck, tool by tool. */
import { coverageOf, type Finding } from "../engine/stack/coverage.ts";
import { count } from "../engine/text/count.ts";
import { formatInstant } from "../engine/time/zones.ts";
import type { Instant } from "../model.ts";
import { knownByForge } from "../run/coverage.ts";
import { csv } from "./csv.ts";
import { report } from "./report.ts";
import { type TableDocument, tablesHtml, tablesMd } from "./tables.ts";

interface Coverage {
  readonly at: Instant;
  readonly zone: string;
  readonly names: ReadonlyMap<string, string>;
  readonly findings: readonly Finding[];
}

const HEAD = ["system", "kind", "message"] as const;

const asTables = ({ at, zone, names, findings }: Coverage): TableDocument => ({
  title: "Coverage of systems",
  intro: `${count(findings.length, "finding")} in ${count(names.size, "system")}, ${formatInstant(at, zone)}.`,
  tables: [
    {
      title: "Findings",
      head: ["System", "Kind", "What to do"],
      rows: findings.map(({ system, kind, message }) => [names.get(system) ?? system, kind, message]),
      none: "Every system has two provisioners, somebody who revokes, known handles and labels, and docs.",
    },
  ],
});

export const coverageReport = report<Coverage>({
  name: "coverage",
  summary: "systems with one provisioner, nobody to revoke, unknown handles, missing labels or no docs",
  async load(team, at) {
    const systems = [...team.config.systems.values()];
    const findings = coverageOf(systems, await knownByForge(team, systems));
    const names = new Map(systems.map(({ id, name }) => [id, name]));
    return { at, zone: team.config.timezone, names, findings };
  },
  json: ({ at, names, findings }) => ({ at: new Date(at).toISOString(), systems: names.size, findings }),
  md: (data) => tablesMd(asTables(data)),
  csv: ({ findings }) =>
    csv(
      HEAD,
      findings.map(({ system, kind, message }) => [system, kind, message]),
    ),
  html: (data) => tablesHtml(asTables(data)),
});
