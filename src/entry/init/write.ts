/** Writes new files and leaves those that are there. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { NewFile } from "./files.ts";

export interface Done {
  readonly written: readonly string[];
  /** There already, and left as they were. */
  readonly left: readonly string[];
  /** Lines were added to them. */
  readonly extended: readonly string[];
}

/** Never overwrites, not even a file that came a moment ago. */
export function writeAll(cwd: string, files: readonly NewFile[], ignored: string): Done {
  const written: string[] = [];
  const left: string[] = [];
  for (const { path, text } of files) (create(join(cwd, path), text) ? written : left).push(path);
  const extended: string[] = [];
  const ignore = join(cwd, GITIGNORE);
  const lines = existsSync(ignore) ? readFileSync(ignore, "utf8") : null;
  if (lines === null) {
    writeFileSync(ignore, `${ignored}\n`);
    written.push(GITIGNORE);
  } else if (lines.split(/\r?\n/).some((line) => isSame(line, ignored))) left.push(GITIGNORE);
  else {
    const gap = lines === "" || lines.endsWith("\n") ? "" : "\n";
    writeFileSync(ignore, `${gap}${ignored}\n`, { flag: "a" });
    extended.push(GITIGNORE);
  }
  return { written, left, extended };
}

const GITIGNORE = ".gitignore";
const isSame = (line: string, ignored: string): boolean =>
  line.trim().replace(/^\//, "").replace(/\/$/, "") === ignored.replace(/\/$/, "");

/** @returns whether it was not there */
export function create(file: string, text: string): boolean {
  if (existsSync(file)) return false;
  mkdirSync(dirname(file), { recursive: true });
  try {
    writeFileSync(file, text, { flag: "wx" });
    return true;
  } catch (error) {
    // A link to nowhere, or somebody was quicker.
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}
