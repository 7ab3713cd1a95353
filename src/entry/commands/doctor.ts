/** `doctor`: what works, what does not, and what to do about it. */
import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { type Config, type Project, projectName } from "../../engine/config/schema.ts";
import type { OpenDiagnoser } from "../../forge/diagnoser.ts";
import type { OpenFiles } from "../../forge/files.ts";
import { type ForgeDeps, ForgeError } from "../../forge/forge.ts";
import { githubDiagnoser, githubFiles } from "../../forge/github/index.ts";
import { gitlabDiagnoser, gitlabFiles } from "../../forge/gitlab/index.ts";
import type { ForgeKind, ProjectRole } from "../../model.ts";
import { CONFIG_PATHS, findConfig, loadConfigFrom } from "../../run/config.ts";
import type { Failure, Finding, Observed, ObservedStore } from "../../run/doctor/finding.ts";
import { findingsOf } from "../../run/doctor/findings.ts";
import { type Instruments, isSameThere, observeProjects } from "../../run/doctor/observe.ts";
import { StoreError, type Visit } from "../../run/inbox/inbox.ts";
import { isThere, visitInbox } from "../../run/inbox/open.ts";
import type { HomeReport } from "../app/homes.ts";
import { readSettings, type Settings } from "../app/settings.ts";
import { EXIT, Invalid, type Io, progress } from "../io.ts";
import type { Common } from "../session.ts";
import { count, painter, printable } from "../show.ts";
import { type Reach, targetOf, wire } from "../wire.ts";

export interface DoctorOptions extends Common {
  /** Puts this dead letter back to wait, and does nothing else. */
  readonly resend?: string;
}

const DIAGNOSERS: Readonly<Record<ForgeKind, OpenDiagnoser>> = {
  github: githubDiagnoser,
  gitlab: gitlabDiagnoser,
};
const FILES: Readonly<Record<ForgeKind, OpenFiles>> = { github: githubFiles, gitlab: gitlabFiles };

/** Reads only. Exit code 1 where something will not work, 3 where a forge cannot be asked. */
export async function doctor(io: Io, options: DoctorOptions): Promise<number> {
  const settings = readSettings(io);
  if (options.resend !== undefined) return resend(io, settings, options.resend, options);
  const loaded = loadConfigFrom(io.cwd, options.config);
  if (loaded.faults) throw new Invalid(loaded.faults);
  const { config, rules, notes } = loaded;
  const say = progress(io, options.quiet ?? false);
  say("looking…");
  const { projects, homes, failure } = await observeForges(io, options, settings, { config, rules, say });
  const { inbox, served } = await observeInbox(io, settings, config);
  say("");
  const observed: Observed = {
    now: io.now(),
    notes,
    homes,
    served,
    projects,
    secrets: {
      github: settings.githubSecrets.length > 0,
      gitlabSigning: settings.gitlabKeys.length > 0,
      gitlabPlain: settings.gitlabSecrets.length > 0,
    },
    cache: unwritable(settings.folder),
    inbox,
  };
  const missing: Finding[] = failure
    ? [{ severity: "error", area: "token", project: null, message: failure.message, fix: "set it" }]
    : [];
  const findings = [...missing, ...findingsOf(observed)];
  print(io, options, observed, findings);
  const failures = [
    ...(failure ? [failure] : []),
    ...projects.flatMap(({ project, token }) =>
      [project, token].flatMap((one) => ("failure" in one ? [one.failure] : [])),
    ),
  ];
  if (failures.some(({ kind }) => ENDS.includes(kind))) return EXIT.unreachable;
  return findings.some(({ severity }) => severity === "error") ? EXIT.failed : EXIT.done;
}

/** As with every command: a token that is missing or refused, a forge or a project out of reach. */
const ENDS: readonly Failure["kind"][] = ["unreachable", "unauthorized", "not-found"];

interface Looking {
  readonly config: Config;
  readonly rules: string;
  readonly say: (text: string) => void;
}

async function observeForges(
  io: Io,
  options: DoctorOptions,
  settings: Settings,
  { config, rules, say }: Looking,
): Promise<Pick<Observed, "projects" | "homes"> & { readonly failure: Failure | null }> {
  const { env } = settings;
  const account = settings.app ? await openApp(settings, config) : null;
  const reach = (project: Project): Reach | null =>
    project.forge === "github" ? (account?.reach(project.repo) ?? null) : null;
  try {
    const { team } = wire(config, rules, { ...io, env }, { onWait: say, reach, store: null });
    const instruments = (role: ProjectRole): Instruments => {
      const project = config.projects[role] ?? config.projects.requests;
      const own = reach(project);
      const target = targetOf(project, env, own);
      const deps: ForgeDeps = {
        cache: null,
        now: () => io.now(),
        sleep: (ms) => io.sleep(ms),
        ...(own ? { fetch: own.fetch } : {}),
      };
      const diagnoser = DIAGNOSERS[target.forge](target, deps);
      const forge = team.forges[role] ?? team.forges.requests;
      if (!forge) throw new Error(`the project ${role} is not wired`);
      return {
        forge,
        diagnoser: (own && account?.diagnoser(target.project, diagnoser)) ?? diagnoser,
        files: FILES[target.forge](target, deps),
      };
    };
    const projects = await observeProjects(config, instruments);
    const path = findConfig(io.cwd, options.config);
    const here = path === null ? "" : readFileSync(path, "utf8");
    const home = config.projects.requests;
    const same = await isSameThere(instruments("requests").files, CONFIG_PATHS, here);
    return { projects, homes: same === null ? [] : [{ name: projectName(home), same }], failure: null };
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    return { projects: [], homes: [], failure: { kind: error.kind, message: error.message } };
  }
}

/** Only an app brings its client along. */
async function openApp(settings: Settings, config: Config) {
  const { openApp } = await import("../app/diagnosis.ts");
  return openApp(settings, config);
}

async function observeInbox(
  io: Io,
  settings: Settings,
  config: Config,
): Promise<{ readonly inbox: ObservedStore; readonly served: Observed["served"] }> {
  if (!isThere(settings)) return { inbox: { state: "absent" }, served: [] };
  let inbox: Visit;
  try {
    inbox = await visitInbox({ ...settings, now: () => io.now() });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { inbox: { state: "closed", why: error.message }, served: [] };
  }
  try {
    const [stats, dead] = await Promise.all([inbox.stats(), inbox.dead()]);
    const { requests } = config.projects;
    const homes = [{ forge: requests.forge, project: projectName(requests) }, ...settings.homes];
    const names = new Set(homes.map(({ forge, project }) => `${forge}:${project}`));
    const reports = await Promise.all(
      [...names].map(async (name) => ({ name, text: await inbox.recall(`home ${name}`) })),
    );
    const served = reports.flatMap(({ name, text }) => {
      const report: HomeReport | null = text === null ? null : JSON.parse(text);
      if (report?.trouble == null) return [];
      const { trouble, inForce, faults } = report;
      const more = faults.length > 1 ? ` (and ${count(faults.length - 1, "more fault")})` : "";
      return [{ name, trouble: `${trouble}${more}`, inForce }];
    });
    return { inbox: { state: "open", stats, dead }, served };
  } finally {
    await inbox.close();
  }
}

/** Why files cannot be made in a folder, which need not be there yet; null where they can. */
function unwritable(folder: string): string | null {
  let there = folder;
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  if (!statSync(there).isDirectory()) return `${there} is no folder`;
  try {
    accessSync(there, constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    return `${there}: ${(error as NodeJS.ErrnoException).code}`;
  }
}

async function resend(io: Io, settings: Settings, id: string, { json }: DoctorOptions): Promise<number> {
  const nobody = (ids: readonly string[]): Invalid => {
    const expected = ids.length === 0 ? "nothing: there is no dead letter" : `one of ${ids.join(", ")}`;
    return Invalid.one(`--resend: found "${id}", expected ${expected}`, {
      path: "--resend",
      found: id,
      expected,
    });
  };
  if (!isThere(settings)) throw nobody([]);
  const inbox = await visitInbox({ ...settings, now: () => io.now() });
  try {
    if (!(await inbox.revive(id))) throw nobody((await inbox.dead()).map((letter) => letter.id));
  } finally {
    await inbox.close();
  }
  io.out(
    json
      ? `${JSON.stringify({ resent: id }, null, 2)}\n`
      : printable(`${id} waits again: daytwo serve works on it at once, or when it next starts.\n`),
  );
  return EXIT.done;
}

const MARKS = {
  ok: ["green", "ok"],
  note: ["dim", "note"],
  warning: ["yellow", "warning"],
  error: ["red", "error"],
} as const;

function print(io: Io, options: DoctorOptions, observed: Observed, findings: readonly Finding[]): void {
  if (options.json) {
    const projects = observed.projects.map(({ name, forge, roles, token, skew }) => ({
      name,
      forge,
      roles,
      token: "value" in token ? token.value.kind : null,
      account: "value" in token ? token.value.account : null,
      clockSkewMs: skew,
    }));
    const at = new Date(observed.now).toISOString();
    io.out(`${JSON.stringify({ at, projects, findings }, null, 2)}\n`);
    return;
  }
  const paint = painter(io);
  const lines = findings.flatMap(({ severity, area, project, message, fix }) => {
    const [style, word] = MARKS[severity];
    const where = project === null ? area : `${area} of ${project}`;
    const first = `${paint(style, word.padEnd(7))} ${where}: ${message}`;
    return fix === null ? [first] : [first, `        ${paint("dim", "→")} ${fix}`];
  });
  const having = (wanted: Finding["severity"]) =>
    findings.filter(({ severity }) => severity === wanted).length;
  const errors = having("error");
  const end =
    errors > 0
      ? paint("red", `${count(errors, "thing")} will not work, ${count(having("warning"), "warning")}.`)
      : paint("green", `Everything works, ${count(having("warning"), "warning")}.`);
  io.out(printable(`${[...lines, end].join("\n")}\n`));
}
