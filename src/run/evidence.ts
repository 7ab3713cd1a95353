/** The evidence of a month, read from the forge; written as a bundle of files, and checked again. Reads only. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { z } from "zod";
import { type Month, monthBounds } from "../engine/close/month.ts";
import { type EvidenceRecord, evidenceOf } from "../engine/evidence/record.ts";
import { findMarkers } from "../engine/text/safe.ts";
import { addDays } from "../engine/time/days.ts";
import { dayOf, instantOf } from "../engine/time/zones.ts";
import type { Instant, Issue } from "../model.ts";
import { World } from "../plan/world.ts";
import { isRequest } from "../policies/request.ts";
import { isFile } from "./config.ts";
import { begin, readSelf } from "./gather.ts";
import type { Team } from "./team.ts";

/** Issues whose histories are read at the same time. */
const AT_ONCE = 16;

const KINDS: readonly (readonly [prefix: string, kind: EvidenceRecord["kind"]])[] = [
  ["hire:", "hire"],
  ["request:", "request"],
  ["offboarding:", "offboarding"],
  ["removal:", "removal"],
  ["close:", "close"],
  ["cadence:", "cadence"],
  ["review:", "review"],
];

/**
 * Everything of a month: each request and each issue that daytwo opened in which something happened between its first
 * and last day in the team's zone; for the close, the month's own, whenever it was worked on.
 * @param say told of progress
 * @throws ForgeError
 */
export async function readEvidence(
  team: Team,
  month: Month,
  now: Instant,
  say: (text: string) => void,
): Promise<EvidenceRecord[]> {
  const { config } = team;
  const forge = team.forges.requests;
  if (!forge) return [];
  const { first, last } = monthBounds(month);
  const start = instantOf(first, "00:00", config.timezone);
  const end = instantOf(addDays(last, 1), "00:00", config.timezone);
  const facts = begin(team);
  say("reading issues…");
  const [open, closed] = await Promise.all([
    forge.reader.issues({ state: "open", updatedSince: start }),
    forge.reader.issues({ state: "closed", updatedSince: start }),
    readSelf(team, facts),
  ]);
  const look = new World(facts, { config, now, trigger: { kind: "command" }, subject: null });
  const own = (handle: string) => look.own("requests", handle);
  const kindOf = (issue: Issue): EvidenceRecord["kind"] | null => {
    const keys = own(issue.author) ? findMarkers(issue.body) : [];
    const made = KINDS.find(([prefix]) => keys.some((key) => key.startsWith(prefix)));
    return made?.[1] ?? (isRequest(look, issue) ? "request" : null);
  };
  const closes = (issue: Issue) => findMarkers(issue.body).includes(`close:${month}`);
  const candidates = new Map([...open, ...closed].map((issue) => [issue.number, issue]));
  const wanted = [...candidates.values()]
    .filter((issue) => kindOf(issue) !== null && (issue.createdAt < end || closes(issue)))
    .sort((a, b) => a.number - b.number);
  const records: EvidenceRecord[] = [];
  for (let at = 0; at < wanted.length; at += AT_ONCE) {
    say(`reading ${at + 1} to ${Math.min(at + AT_ONCE, wanted.length)} of ${wanted.length}…`);
    const some = wanted.slice(at, at + AT_ONCE).map(async (issue) => {
      const [history, comments, edits] = await Promise.all([
        forge.reader.history(issue.number),
        issue.commentCount === 0 ? [] : forge.reader.comments(issue.number),
        forge.reader.forge === "github" ? forge.reader.bodyEdits(issue.number) : null,
      ]);
      return evidenceOf({
        forge: forge.reader.forge,
        project: forge.reader.project,
        issue,
        history,
        comments,
        edits,
        config,
        own,
        sameLabel: forge.sameLabel,
        kind: kindOf(issue) ?? "request",
      });
    });
    records.push(...(await Promise.all(some)));
  }
  const inMonth = (day: string | null) => day !== null && Date.parse(day) >= start && Date.parse(day) < end;
  return records.filter((record) =>
    record.kind === "close"
      ? closes(candidates.get(record.issue) as Issue)
      : [
          record.asked,
          ...record.approved,
          ...record.moves,
          ...record.assigned,
          ...record.ticks,
          ...record.commands,
          ...record.closed,
        ].some(({ at }) => inMonth(at)),
  );
}

const file = z.strictObject({
  path: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().min(0),
});
const manifest = z.strictObject({
  schema: z.literal("daytwo-evidence/1"),
  month: z.string(),
  at: z.string(),
  forge: z.enum(["github", "gitlab"]),
  project: z.string(),
  records: z.int(),
  /** Things that could not be established, over all records. */
  unknown: z.int(),
  files: z.array(file),
});
export type Manifest = z.output<typeof manifest>;

const MANIFEST = "manifest.json";
const SUMS = "SHA256SUMS";
const sha256 = (bytes: Buffer | string): string => createHash("sha256").update(bytes).digest("hex");
const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

export interface Bundle {
  readonly month: Month;
  readonly at: Instant;
  readonly team: Team;
  readonly records: readonly EvidenceRecord[];
  /** Further files, by path: a summary for people. */
  readonly more: Readonly<Record<string, string>>;
}

/** A folder that holds something is never written into, nor a file over. */
export const isEmpty = (folder: string): boolean =>
  !existsSync(folder) || (statSync(folder).isDirectory() && readdirSync(folder).length === 0);

/**
 * Writes a bundle: one file a record, a summary, the manifest with the sum of each, and the sums once more in the
 * form that `sha256sum -c` reads. Nothing is left behind where a write fails.
 */
export function writeBundle(folder: string, { month, at, team, records, more }: Bundle): Manifest {
  const files: Record<string, string> = { ...more };
  for (const record of records) files[`${record.kind}/${record.issue}.json`] = json(record);
  const reader = team.forges.requests?.reader;
  const made: Manifest = {
    schema: "daytwo-evidence/1",
    month,
    at: new Date(at).toISOString(),
    forge: reader?.forge ?? "github",
    project: reader?.project ?? "",
    records: records.length,
    unknown: records.reduce((sum, { unknown }) => sum + unknown.length, 0),
    files: Object.entries(files)
      .map(([path, text]) => ({ path, sha256: sha256(text), bytes: Buffer.byteLength(text) }))
      .sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
  const text = json(made);
  const sums = [...made.files, { path: MANIFEST, sha256: sha256(text) }].map(
    (one) => `${one.sha256}  ${one.path}\n`,
  );
  const fresh = !existsSync(folder);
  try {
    for (const [path, content] of Object.entries({ ...files, [MANIFEST]: text, [SUMS]: sums.join("") })) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content, { flag: "wx" });
    }
  } catch (error) {
    if (fresh) rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return made;
}

export interface Verdict {
  readonly manifest: Manifest | null;
  /** What is wrong, a line each; none where the bundle is as it was written. */
  readonly faults: readonly string[];
}

/** Compares a bundle with its sums: every file there, unchanged, and none beside them. */
export function verifyBundle(folder: string): Verdict {
  if (!isFile(join(folder, MANIFEST))) {
    return { manifest: null, faults: [`${MANIFEST}: missing; expected a folder that daytwo evidence wrote`] };
  }
  const bytes = readFileSync(join(folder, MANIFEST));
  const faults: string[] = [];
  const sums = readSums(folder, faults);
  if (sums && sums.get(MANIFEST) !== sha256(bytes)) faults.push(`${MANIFEST}: not as it was written`);
  const read = parse(bytes.toString());
  if (!read) return { manifest: null, faults: [...faults, `${MANIFEST}: cannot be read as a manifest`] };
  const known = new Set([MANIFEST, SUMS]);
  for (const { path, sha256: sum, bytes: size } of read.files) {
    known.add(path);
    const place = join(folder, path);
    if (relative(folder, place).startsWith("..")) faults.push(`${path}: lies outside the folder`);
    else if (!isFile(place)) faults.push(`${path}: missing`);
    else {
      const content = readFileSync(place);
      if (sha256(content) !== sum) {
        const what = content.length === size ? "other content" : `${content.length} bytes instead of ${size}`;
        faults.push(`${path}: not as it was written (${what})`);
      }
      if (sums && sums.get(path) !== sum) faults.push(`${path}: ${SUMS} and ${MANIFEST} do not agree`);
    }
  }
  if (sums) for (const path of sums.keys()) if (!known.has(path)) faults.push(`${path}: in ${SUMS} alone`);
  for (const path of filesIn(folder)) if (!known.has(path)) faults.push(`${path}: not part of the bundle`);
  return { manifest: read, faults };
}

function readSums(folder: string, faults: string[]): Map<string, string> | null {
  if (!isFile(join(folder, SUMS))) {
    faults.push(`${SUMS}: missing`);
    return null;
  }
  const sums = new Map<string, string>();
  const text = readFileSync(join(folder, SUMS), "utf8");
  if (!text.endsWith("\n")) faults.push(`${SUMS}: not as it was written`);
  for (const line of text.split("\n").slice(0, -1)) {
    const parts = /^([0-9a-f]{64}) {2}(\S.*)$/.exec(line);
    if (parts?.[1] && parts[2] && !sums.has(parts[2])) sums.set(parts[2], parts[1]);
    else faults.push(`${SUMS}: a line cannot be read: ${line.slice(0, 100)}`);
  }
  return sums;
}

function parse(text: string): Manifest | null {
  try {
    return manifest.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();

/** The month that a bundle is made of by default: the one before the present one. */
export const lastMonth = (now: Instant, zone: string): Month => {
  const first = `${dayOf(now, zone).slice(0, 7)}-01`;
  return addDays(first, -1).slice(0, 7);
};
