/** Configuration on a disk: where it is, and the files it names. The only part of configuration that reads. */
import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import type { Fault, Note, Place } from "../engine/config/fault.ts";
import { loadConfig } from "../engine/config/load.ts";
import type { Config } from "../engine/config/schema.ts";
import { baseName, type ConfigFiles, globber, globFolder } from "../engine/config/source.ts";
import { packageRoot } from "./package.ts";

/** Where a configuration is looked for, in this order. */
export const CONFIG_PATHS = ["daytwo.yml", ".github/daytwo.yml", ".gitlab/daytwo.yml"] as const;

/** The configuration in `cwd`: `explicit` alone where given, else the first that is there. Null: none. */
export function findConfig(cwd: string, explicit?: string): string | null {
  const candidates = explicit === undefined ? CONFIG_PATHS : [explicit];
  return candidates.map((path) => resolve(cwd, path)).find(isFile) ?? null;
}

export type Read =
  | {
      readonly config: Config;
      readonly notes: readonly Note[];
      /** All that was read, in one text: equal for equal rules. */
      readonly rules: string;
      readonly faults?: undefined;
    }
  | {
      readonly faults: readonly Fault[];
      readonly config?: undefined;
      readonly notes?: undefined;
      readonly rules?: undefined;
    };

/**
 * Reads the configuration that `findConfig` finds. Faults name files relative to `cwd`; a configuration that is
 * not there is a fault, too.
 */
export function loadConfigFrom(cwd: string, explicit?: string): Read {
  const found = findConfig(cwd, explicit);
  if (found === null) return { faults: [missing(explicit)] };
  const root = rootOf(cwd, found);
  const { files, seen } = remembering(diskFiles(root));
  const loaded = loadConfig(files, toSlashes(relative(root, found)));
  const shown = <P extends Place>(place: P): P =>
    seen.has(place.file) ? { ...place, file: toSlashes(relative(cwd, join(root, place.file))) } : place;
  if ("faults" in loaded) return { faults: loaded.faults.map(shown) };
  const rules = JSON.stringify([[...seen], [...files.shipped]]);
  return { config: loaded.config, notes: loaded.notes.map(shown), rules };
}

/** The files, and what was read of them. */
function remembering(files: ConfigFiles): { files: ConfigFiles; seen: ReadonlyMap<string, string> } {
  const seen = new Map<string, string>();
  const read = (path: string) => {
    const text = files.read(path);
    if (text !== null) seen.set(path, text);
    return text;
  };
  return { files: { ...files, read }, seen };
}

function missing(explicit: string | undefined): Fault {
  const file = explicit ?? CONFIG_PATHS[0];
  const expected = explicit === undefined ? `one of ${CONFIG_PATHS.join(", ")}` : "a configuration file";
  const message = `no configuration: expected ${expected}; write one with daytwo init, or name it with --config`;
  return { file, line: 1, column: 1, path: "", found: "no file", expected, nearest: null, message };
}

/** The folder that paths of the configuration may not leave: `cwd`, or the file's own where it lies outside. */
export function rootOf(cwd: string, config: string): string {
  if (isInside(resolve(cwd), config)) return resolve(cwd);
  const folder = dirname(config);
  return [".github", ".gitlab"].includes(basename(folder)) ? dirname(folder) : folder;
}

const isInside = (folder: string, path: string): boolean => {
  const way = relative(folder, path);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
};
const toSlashes = (path: string): string => path.split(sep).join("/");
export const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/** Files below `root`. What a link or `..` leads out of it to is not there. */
export function diskFiles(root: string): ConfigFiles {
  const top = realpathSync(root);
  const real = (path: string): string | null => {
    const file = resolve(top, path);
    if (!isInside(top, file) || !isFile(file)) return null;
    return isInside(top, realpathSync(file)) ? file : null;
  };
  return {
    read(path) {
      const file = real(path);
      return file === null ? null : readFileSync(file, "utf8");
    },
    glob(pattern) {
      const fits = globber(pattern);
      return walk(top, globFolder(pattern)).filter((path) => fits(path) && real(path) !== null);
    },
    shipped: shippedTemplates(),
  };
}

/** Folders of dependencies and of git hold no configuration and may be very large. */
const SKIPPED = new Set(["node_modules", ".git"]);

function walk(top: string, folder: string): string[] {
  const here = resolve(top, folder);
  if (here !== top && !isInside(top, here)) return [];
  if (!statSync(here, { throwIfNoEntry: false })?.isDirectory() || !isHome(top, realpathSync(here)))
    return [];
  return readdirSync(here, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      // Links to folders are not followed: they could lead round in a circle.
      if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : walk(top, path);
      return [path];
    });
}

const isHome = (top: string, path: string): boolean => path === top || isInside(top, path);

let shipped: ReadonlyMap<string, string> | undefined;

/** The templates that come with daytwo, by name: from the package's own folder, in a checkout or installed. */
export function shippedTemplates(): ReadonlyMap<string, string> {
  shipped ??= new Map(
    readdirSync(join(packageRoot(), "issue-templates"))
      .filter((name) => name.endsWith(".md"))
      .sort()
      .map((name) => [baseName(name), readFileSync(join(packageRoot(), "issue-templates", name), "utf8")]),
  );
  return shipped;
}
