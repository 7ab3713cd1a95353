/** What every command that works on a team needs: its configuration, its forges, its clock. */

import { type Config, projectName } from "../engine/config/schema.ts";
import { isDay } from "../engine/time/days.ts";
import { instantOf } from "../engine/time/zones.ts";
import { ForgeError } from "../forge/forge.ts";
import type { Instant, IssueRef, ProjectRole } from "../model.ts";
import { loadConfigFrom } from "../run/config.ts";
import { ROLES } from "../run/team.ts";
import { Invalid, type Io, progress } from "./io.ts";
import { type Wired, wire } from "./wire.ts";

export interface Common {
  readonly config?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** @throws Invalid with every fault of every file */
export function loadTeamConfig(io: Io, { config: path }: Common): { config: Config; rules: string } {
  const read = loadConfigFrom(io.cwd, path);
  if (read.faults) throw new Invalid(read.faults);
  return read;
}

/**
 * Runs with a team put together, and lets go of it whatever happens.
 * @param read reads the arguments by the configuration, so that a wrong one is told before a token is looked for
 */
export async function withTeam<A, T>(
  io: Io,
  common: Common,
  read: (config: Config) => A,
  work: (wired: Wired, args: A, say: (text: string) => void) => Promise<T>,
): Promise<T> {
  const { config, rules } = loadTeamConfig(io, common);
  const args = read(config);
  const say = progress(io, common.quiet ?? false);
  const wired = wire(config, rules, io, { onWait: say });
  try {
    return await work(wired, args, say);
  } finally {
    say("");
    wired.close();
  }
}

/**
 * The instant of `--at`, or of another flag: ISO 8601 with an offset, or without one in the team's zone, or a day alone.
 * @throws Invalid
 */
export function instantFrom(text: string | undefined, config: Config, io: Io, flag = "--at"): Instant {
  if (text === undefined) return io.now();
  const parts = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/i.exec(
    text,
  );
  const [, day = "", time, seconds, offset] = parts ?? [];
  if (parts && isDay(day)) {
    if (!time) return instantOf(day, "00:00", config.timezone);
    if (!offset && /^([01]\d|2[0-3]):[0-5]\d$/.test(time)) {
      return instantOf(day, time, config.timezone) + Math.round(Number(seconds?.slice(1) ?? 0) * 1000);
    }
    const instant = Date.parse(`${day}T${time}${seconds ?? ""}${offset}`);
    if (Number.isFinite(instant)) return instant;
  }
  throw Invalid.one(`${flag}: found "${text}", expected an ISO 8601 time such as 2026-11-24T09:00:00Z`, {
    path: flag,
    found: text,
    expected: "an ISO 8601 time such as 2026-11-24T09:00:00Z",
  });
}

/**
 * The issue that REF names: `12` or `#12` (of the requests), `requests#12`, `onboarding#12`,
 * `acme/people#12`, or its address.
 * @throws Invalid
 */
export function issueFrom(text: string, config: Config): IssueRef {
  const url = /^https?:\/\/[^/]+\/(.+?)\/(?:-\/)?(?:issues|work_items)\/(\d+)\/?(?:[?#].*)?$/.exec(text);
  const short = /^(?:(.*)#)?(\d+)$/.exec(text);
  const [, name = "", digits] = url ?? short ?? [];
  const number = Number(digits);
  const role = roleOf(name, config);
  if (Number.isSafeInteger(number) && number > 0 && role) return { project: role, number };
  const names = ROLES.flatMap((one) => config.projects[one] ?? []).map(projectName);
  const expected = `a number, requests#12, onboarding#12, ${names.map((one) => `${one}#12`).join(", ")}, or an issue's address`;
  throw Invalid.one(`issue: found "${text}", expected ${expected}`, { path: "issue", found: text, expected });
}

function roleOf(name: string, config: Config): ProjectRole | null {
  if (name === "" || name === "requests") return "requests";
  if (name === "onboarding") return config.projects.onboarding ? "onboarding" : null;
  const [role] = rolesNamed(name, config);
  if (role) return role;
  // The address of an issue on a server below a path: /gitlab/acme/people/-/issues/12.
  const below = ROLES.find((one) => {
    const project = config.projects[one];
    return project && name.toLowerCase().endsWith(`/${projectName(project).toLowerCase()}`);
  });
  return below ?? null;
}

/** What a project is to this team, by its full name; one project may be both. */
export function rolesNamed(name: string, config: Config): ProjectRole[] {
  return ROLES.filter((role) => {
    const project = config.projects[role];
    return project !== undefined && projectName(project).toLowerCase() === name.toLowerCase();
  });
}

/** Errors that end a command with exit code 3 rather than 1. */
export const endsAll = (error: unknown): error is ForgeError =>
  error instanceof ForgeError && ["unreachable", "unauthorized", "not-found"].includes(error.kind);
