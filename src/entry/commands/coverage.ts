/** `daytwo coverage`: where the team would be stuck; and a tech stack file read into systems. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Config, System } from "../../engine/config/schema.ts";
import { coverageOf, FINDINGS, type Finding } from "../../engine/stack/coverage.ts";
import type { Gap } from "../../engine/stack/entry.ts";
import { readStack, systemText } from "../../engine/stack/file.ts";
import { ForgeError } from "../../forge/forge.ts";
import { findConfig, rootOf } from "../../run/config.ts";
import { knownByConfig, knownByForge } from "../../run/coverage.ts";
import { create } from "../init/write.ts";
import { EXIT, Invalid, type Io, progress } from "../io.ts";
import { type Common, loadTeamConfig } from "../session.ts";
import { count, painter, printable } from "../show.ts";
import { wire } from "../wire.ts";

export interface CoverageOptions extends Common {
  /** A `tech_stack.yml` to read into the folder of systems. */
  readonly import?: string;
  readonly dryRun?: boolean;
  /** Root of the site that paths in the file belong to. */
  readonly site?: string;
}

interface Brought {
  readonly title: string;
  readonly system: string;
  /** From the configuration's folder. */
  readonly file: string;
  /** `left`: a file of that name was there and is as it was. */
  readonly status: "written" | "left" | "planned";
  readonly understood: readonly string[];
  readonly gaps: readonly Gap[];
}

/** @throws Invalid, and ForgeError where a token is refused; without a token the configuration alone is asked */
export async function coverage(io: Io, options: CoverageOptions): Promise<number> {
  const { config, rules } = loadTeamConfig(io, options);
  const brought = options.import === undefined ? null : bring(io, options, config, options.import);
  const systems = brought
    ? [...config.systems.values(), ...brought.flatMap(({ made }) => made ?? [])].sort(byId)
    : [...config.systems.values()];
  const { known, note } = await ask(io, options, config, rules, systems);
  const findings = coverageOf(systems, known);
  const imported = brought?.map(({ made: _, ...one }) => one);
  if (options.json) {
    const document = {
      systems: systems.length,
      findings,
      ...(imported ? { imported } : {}),
      ...(note === null ? {} : { note }),
    };
    io.out(`${JSON.stringify(document, null, 2)}\n`);
    return EXIT.done;
  }
  const lines = [
    ...(imported ? importLines(io, imported) : []),
    ...findingLines(io, systems, findings),
    ...(note === null ? [] : ["", note]),
  ];
  io.out(printable(`${lines.join("\n")}\n`));
  return EXIT.done;
}

/** As their files are read. */
const byId = (a: System, b: System): number => (a.id < b.id ? -1 : 1);

/** Without a token there is still much to say. */
async function ask(io: Io, options: Common, config: Config, rules: string, systems: readonly System[]) {
  const say = progress(io, options.quiet ?? false);
  const { forge } = config.projects.requests;
  const variable = forge === "github" ? "GITHUB_TOKEN" : "GITLAB_TOKEN";
  if (!io.env[variable]?.trim()) {
    const note = `${variable} is not set: handles were looked for in the team alone, and labels in the configuration alone.`;
    return { known: knownByConfig(config, note), note };
  }
  const wired = wire(config, rules, io, { onWait: say });
  try {
    say("asking for members and labels…");
    return { known: await knownByForge(wired.team, systems), note: null };
  } catch (error) {
    // Who is a member may be for administrators to see: then the team alone has to do.
    if (!(error instanceof ForgeError) || error.kind !== "forbidden") throw error;
    const note = `${error.message}. Handles were looked for in the team alone, and labels in the configuration alone.`;
    return { known: knownByConfig(config, note), note };
  } finally {
    say("");
    wired.close();
  }
}

type Made = Brought & { readonly made: System | null };

/** Reads the file and writes a system file for each entry; what is there is never written over. */
function bring(io: Io, options: CoverageOptions, config: Config, path: string): Made[] {
  const stack = readStack(readText(io, path), siteOf(options));
  if ("fault" in stack) {
    const { line, column, found, expected } = stack.fault;
    const message = `found ${found}, expected ${expected}`;
    throw Invalid.one(message, { file: path, line, column, found, expected });
  }
  const root = rootOf(io.cwd, findConfig(io.cwd, options.config) ?? join(io.cwd, "daytwo.yml"));
  return stack.entries.map((entry) => {
    const file = join(config.systemsFolder, `${entry.id}.yml`);
    const { title, id, understood, gaps, system } = entry;
    const there = config.systems.has(id) || existsSync(join(root, file));
    const fresh = !there && (options.dryRun || create(join(root, file), systemText(system)));
    const status = fresh ? (options.dryRun ? "planned" : "written") : "left";
    return { title, system: id, file, status, understood, gaps, made: fresh ? { ...system, id } : null };
  });
}

function siteOf({ site }: CoverageOptions): string | null {
  if (site === undefined) return null;
  if (/^https?:\/\/[^\s<>"]+$/.test(site)) return site;
  const expected = "a web address such as https://handbook.example.com";
  throw Invalid.one(`--site: found "${site}", expected ${expected}`, {
    path: "--site",
    found: site,
    expected,
  });
}

function readText(io: Io, path: string): string {
  try {
    return readFileSync(resolve(io.cwd, path), "utf8");
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    const found = code === "ENOENT" ? "no such file" : `a file that cannot be read (${code})`;
    throw Invalid.one(`${path}: found ${found}, expected a tech_stack.yml`, { file: path, found });
  }
}

function importLines(io: Io, imported: readonly Brought[]): string[] {
  const paint = painter(io);
  const color = { written: "green", planned: "green", left: "yellow" } as const;
  const whole = imported.filter(({ gaps }) => gaps.length === 0).length;
  const by = (status: Brought["status"]) => imported.filter((one) => one.status === status).length;
  return [
    ...imported.flatMap(({ title, file, status, understood, gaps }) => [
      `${paint(color[status], status.padEnd(7))} ${paint("bold", title)}  ${file}`,
      ...understood.map((one) => `          ${one}`),
      ...gaps.map(
        ({ field, found, why }) =>
          `        ${paint("yellow", "?")} ${field}: ${found === "" ? "(empty)" : found}  ${paint("dim", why)}`,
      ),
    ]),
    "",
    `${count(imported.length, "entry", "entries")}: ${by("written") + by("planned")} ${by("planned") > 0 ? "to be written" : "written"}, ${by("left")} left as they were; ${whole} understood whole. The text of every entry is kept under \`source\`.`,
    "",
  ];
}

const KIND_NAMES: Readonly<Record<Finding["kind"], string>> = {
  "one-provisioner": "One provisioner or none",
  "no-deprovisioner": "Nobody to revoke",
  "unknown-handle": "Unknown handles",
  "missing-label": "Labels that do not exist",
  "no-docs": "No docs",
};

function findingLines(io: Io, systems: readonly System[], findings: readonly Finding[]): string[] {
  const paint = painter(io);
  if (findings.length === 0) return [`${count(systems.length, "system")}, and nothing to find fault with.`];
  return [
    ...FINDINGS.flatMap((kind) => {
      const some = findings.filter((one) => one.kind === kind);
      if (some.length === 0) return [];
      return [
        paint("bold", `${KIND_NAMES[kind]} (${some.length})`),
        ...some.map(({ message }) => `  ${message}`),
      ];
    }),
    `${count(findings.length, "finding")} in ${count(systems.length, "system")}.`,
  ];
}
