/** Reads a whole configuration: `daytwo.yml` and everything it names. Either all of it is valid, or every fault is told. */
import type { Day } from "../../model.ts";
import { ACCESS_REVIEW } from "../review/names.ts";
import { nearest } from "../text/nearest.ts";
import { type Absence, parseIcs } from "../time/absences.ts";
import { minutesOf, zoneOf } from "../time/zones.ts";
import { type Fault, fault, inOrder, type Note } from "./fault.ts";
import { checkLabels } from "./labels.ts";
import { entries, get, items, type Located, parseYaml, text, wrong } from "./located.ts";
import {
  CANCELLED,
  type Config,
  type ConfigFile,
  configFile,
  type HoldReason,
  type Hours,
  type Member,
} from "./schema.ts";
import { checkMeaning, teamHandles } from "./semantics.ts";
import { Beside, type ConfigFiles } from "./source.ts";
import { readBaselines, readSystems } from "./systems.ts";
import { readTemplates, type Use } from "./templates.ts";
import { validate } from "./validate.ts";

export type Loaded =
  | { readonly config: Config; readonly notes: readonly Note[] }
  | { readonly faults: readonly Fault[] };

/** Absences of calendar files are read for these days: any that a plan, a drill or a replay will ask about. */
const CALENDAR_DAYS = { from: "2015-01-01", to: "2045-12-31" } as const satisfies { from: Day; to: Day };

/** What the file may leave out, filled in. */
const DEFAULTS = configFile.parse({
  projects: { requests: { forge: "github", repo: "owner/name" } },
  team: [{ handle: "nobody" }],
});

/**
 * Loads the configuration at `path`. Folders and files it names are looked for beside it, then from the root
 * of `files`. Pure: nothing but `files` is read.
 * @returns the configuration with notes, or every fault of every file, in order of file and place
 */
export function loadConfig(files: ConfigFiles, path: string): Loaded {
  const start = { file: path, line: 1, column: 1 };
  const source = files.read(path);
  if (source === null) {
    return { faults: [fault(start, "", { found: "no such file", expected: "a configuration" })] };
  }
  const { root: read, faults: syntax } = parseYaml(path, source);
  const root = read ?? undefined;
  const file = root && validate(configFile, root);
  const beside = new Beside(files, path);
  const named = (key: "systems" | "baselines" | "templates") => text(get(root, key)) ?? DEFAULTS[key];
  const systems = readSystems(beside, named("systems"));
  const baselines = readBaselines(beside, named("baselines"), systems.ids);
  const away = readAbsences(root, beside, files);
  const team = teamHandles(root);
  const handles = Array.isArray(get(root, "team")?.value) ? new Set(team.keys()) : null;
  const templates = readTemplates(beside, named("templates"), files.shipped, uses(root), handles);
  const faults = tidy(
    [
      ...syntax,
      ...(file?.faults ?? []),
      ...(root ? checkMeaning(root, { systems: systems.ids }) : []),
      ...(root ? checkLabels(root, DEFAULTS) : []),
      ...away.faults,
      ...systems.faults,
      ...baselines.faults,
      ...templates.faults,
    ],
    path,
  );
  if (faults.length > 0 || !root || !file || file.faults) return { faults };
  const config: Config = {
    ...file.value,
    onboarding: file.value.projects.onboarding === undefined ? false : file.value.onboarding,
    team: file.value.team.map((one, index) => member(one, file.value, team, away.absences.get(index))),
    lifecycle: { ...file.value.lifecycle, hold_reasons: holdReasons(root, file.value, systems.ids) },
    cadences: file.value.cadences.map((one) => ({ ...one, ...owner(one.owner, team) })),
    systems: systems.systems,
    systemsFolder: beside.folder(named("systems")),
    baselines: baselines.baselines,
    templates: templates.templates,
  };
  return { config, notes: inOrder([...notes(root, config, systems.ids), ...templates.notes], path) };
}

/** Where the file names templates; the ones named by default are shipped. */
function uses(root: Located | undefined): Use[] {
  const named = (at: Located | undefined, kind: Use["kind"], otherwise?: string): Use[] => {
    const id = text(at) ?? otherwise;
    return id === undefined ? [] : [{ id, kind, at: at ?? null }];
  };
  const on = (key: "onboarding" | "close") => get(root, key)?.value !== false;
  return [
    ...(on("onboarding") ? named(get(root, "onboarding", "template"), "hire", "new-hire") : []),
    { id: "general", kind: "hire", at: null },
    { id: "deprovisioning", kind: "leaver", at: null },
    { id: "removal", kind: "removal", at: null },
    ...(on("close") ? named(get(root, "close", "template"), "period", "monthly-close") : []),
    ...items(get(root, "cadences")).flatMap((cadence) => {
      const template = get(cadence, "template");
      return named(template, text(template) === ACCESS_REVIEW ? "review" : "period");
    }),
  ];
}

function readAbsences(
  root: Located | undefined,
  beside: Beside,
  files: ConfigFiles,
): { readonly absences: ReadonlyMap<number, readonly Absence[]>; readonly faults: readonly Fault[] } {
  const absences = new Map<number, readonly Absence[]>();
  const faults: Fault[] = [];
  items(get(root, "team")).forEach((member, index) => {
    const at = get(member, "away");
    const path = text(at);
    if (at === undefined || path === undefined) return;
    const calendar = beside.read(path);
    if (calendar === null) {
      const there = files.glob("**/*.ics");
      faults.push(
        wrong(
          at,
          "the path of a calendar file that is there",
          nearest(path, there),
          `${path}, which does not exist`,
        ),
      );
      return;
    }
    try {
      absences.set(index, parseIcs(calendar.text, { ...CALENDAR_DAYS, ...localTime(root, member) }));
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
      faults.push(wrong(at, `an iCalendar file (${error.message})`, null, `${path}, which cannot be read`));
    }
  });
  return { absences, faults };
}

/** Zone and hours of a member as far as the file says, for events that have a time. */
function localTime(root: Located | undefined, member: Located): { zone: string; hours: Hours } {
  const zone = text(get(member, "timezone")) ?? text(get(root, "timezone")) ?? "";
  const own = (key: "from" | "to") => {
    const time = text(get(member, "hours", key)) ?? text(get(root, "hours", key)) ?? "";
    return minutesOf(time) === null ? DEFAULTS.hours[key] : time;
  };
  return { zone: zoneOf(zone) ?? DEFAULTS.timezone, hours: { from: own("from"), to: own("to") } };
}

function member(
  one: ConfigFile["team"][number],
  file: ConfigFile,
  team: ReadonlyMap<string, string>,
  calendarFile: readonly Absence[] | undefined,
): Member {
  const own = one.calendar;
  const home = own?.country === undefined ? { ...file.calendar, ...own } : own;
  const given = typeof one.away === "string" ? [] : one.away;
  return {
    handle: one.handle,
    name: one.name ?? one.handle,
    dri: one.dri,
    timezone: one.timezone ?? file.timezone,
    hours: one.hours ?? file.hours,
    calendar: {
      country: home.country ?? file.calendar.country,
      ...(home.region === undefined ? {} : { region: home.region }),
      closed: [...new Set([...file.calendar.closed, ...(own?.closed ?? [])])],
      open: [...new Set([...file.calendar.open, ...(own?.open ?? [])])],
    },
    absences: calendarFile ?? [...given].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0)),
    ...(one.cover === undefined ? {} : { cover: team.get(one.cover.toLowerCase()) ?? one.cover }),
  };
}

const owner = (handle: string | undefined, team: ReadonlyMap<string, string>) =>
  handle === undefined ? {} : { owner: team.get(handle.toLowerCase()) ?? handle };

/** With `cancelled`, and for the default ones without systems that this team does not have. */
function holdReasons(
  root: Located,
  file: ConfigFile,
  systems: ReadonlySet<string>,
): Config["lifecycle"]["hold_reasons"] {
  const given = get(root, "lifecycle", "hold_reasons") !== undefined;
  const reasons = Object.entries(file.lifecycle.hold_reasons).map(([id, reason]): [string, HoldReason] => {
    if (given || reason.system === undefined || systems.has(reason.system)) return [id, reason];
    const { system: _, ...rest } = reason;
    return [id, rest];
  });
  const named: Readonly<Record<string, HoldReason>> = Object.fromEntries(reasons);
  return { ...named, cancelled: named.cancelled ?? CANCELLED };
}

function notes(root: Located, config: Config, systems: ReadonlySet<string>): Note[] {
  const note = (at: Located | undefined, message: string): Note => {
    const { path, place, key } = at ?? root;
    return { ...(key ?? place), path, message };
  };
  const found: Note[] = [];
  if (config.projects.onboarding === undefined) {
    found.push(
      note(
        get(root, "projects"),
        "projects.onboarding is not set, so onboarding is off: no access request opens by itself",
      ),
    );
  }
  if (get(root, "calendar", "country") === undefined) {
    const { country } = config.calendar;
    found.push(
      note(get(root, "calendar"), `calendar.country is not set: the public holidays of ${country} count`),
    );
  }
  if (!config.team.some(({ dri }) => dri)) {
    found.push(
      note(
        get(root, "team"),
        "nobody of the team has dri: true, so nobody is copied on a new access request",
      ),
    );
  }
  for (const [id, reason] of entries(get(root, "lifecycle", "hold_reasons"))) {
    const system = get(reason, "system");
    if (system === undefined || systems.size > 0) continue;
    found.push(
      note(system, `the hold reason ${id} waits for seats of ${text(system)}, but there is no system file`),
    );
  }
  return found;
}

/** In order, one fault for each place and key; of several the one that names something near. */
function tidy(faults: readonly Fault[], first: string): Fault[] {
  const best = new Map<string, Fault>();
  const places = new Set(
    faults.filter(({ path }) => path !== "").map(({ file, line, column }) => `${file}:${line}:${column}`),
  );
  for (const one of faults) {
    const place = `${one.file}:${one.line}:${one.column}`;
    // What YAML says of a place says less than what the key there should be.
    if (one.path === "" && places.has(place)) continue;
    const key = `${place} ${one.path}`;
    const other = best.get(key);
    if (other === undefined || (other.nearest === null && one.nearest !== null)) best.set(key, one);
  }
  return inOrder([...best.values()], first);
}
