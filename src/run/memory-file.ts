/**
 * The local store for places without a database driver that keep little from run to run, as CI does: one JSON
 * file that says which issues need nothing. It holds numbers and digests, no text of an issue, so that whoever
 * may read a CI cache learns nothing. Pages of lists are not kept: a job's token is new each time, and GitHub's
 * entity tags are good for one token only.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { DAY_MS } from "../engine/time/days.ts";
import type { Store } from "./store.ts";

/** Bumped whenever what is stored changes its meaning: an older file is not read. */
const SHAPE = 1;
/** What was noted longer ago than this is dropped. */
const KEEP_MS = 7 * DAY_MS;

const wire = z.object({
  shape: z.literal(SHAPE),
  rules: z.string(),
  /** By project and issue: version and wake. */
  settled: z.record(z.string(), z.record(z.string(), z.tuple([z.string(), z.number().nullable()]))),
  notes: z.record(z.string(), z.tuple([z.string(), z.number()])),
});
type Remembered = z.infer<typeof wire>;

/**
 * Reads the file in `folder`; one that is not there or cannot be read is as good as empty. It is written when
 * the store is closed.
 */
export function openMemoryFile(folder: string, now: () => number): Store {
  const file = join(folder, "memory.json");
  let kept = read(file);
  let changed = false;
  return {
    pages: () => null,
    memory(rules) {
      // Other rules may want what these left alone.
      if (kept.rules !== rules) kept = { ...kept, rules, settled: {} };
      return {
        settled(project, at) {
          const issues = Object.entries(kept.settled[project] ?? {});
          const quiet = issues.filter(([, [, wake]]) => wake === null || wake > at);
          return new Map(quiet.map(([number, [version]]) => [Number(number), version]));
        },
        settle(project, issues) {
          const known = kept.settled[project] ?? {};
          for (const { number, version, wake } of issues) known[number] = [version, wake];
          kept.settled[project] = known;
          changed = true;
        },
        recall(name, maxAge) {
          const note = kept.notes[name];
          return note && note[1] >= now() - maxAge ? note[0] : null;
        },
        note(name, value) {
          kept.notes[name] = [value, now()];
          changed = true;
        },
      };
    },
    close() {
      if (!changed) return;
      const notes = Object.entries(kept.notes).filter(([, [, at]]) => at >= now() - KEEP_MS);
      const text = JSON.stringify({ ...kept, notes: Object.fromEntries(notes) });
      mkdirSync(folder, { recursive: true });
      // Whole or not at all: a job may be cancelled at any moment.
      writeFileSync(`${file}.new`, text);
      renameSync(`${file}.new`, file);
    },
  };
}

function read(file: string): Remembered {
  const empty: Remembered = { shape: SHAPE, rules: "", settled: {}, notes: {} };
  try {
    return wire.safeParse(JSON.parse(readFileSync(file, "utf8"))).data ?? empty;
  } catch {
    return empty;
  }
}
