/**
 * The local store: a cache that any number of runs may share. It remembers list pages with their entity tags,
 * which issues need nothing, and what requests gave and took. Whoever deletes it pays some requests, nothing else.
 */
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type Sqlite from "better-sqlite3";
import { DAY_MS } from "../engine/time/days.ts";
import type { PageCache } from "../forge/forge.ts";
import type { DeedsCache, KeptDeeds, Memory, Settled } from "./team.ts";

/** Bumped whenever what is stored changes its shape: an older store is emptied. */
const SHAPE = 4;
const TABLES = ["page", "settled", "note", "deed", "deeds"];
/** A page nobody has asked for in this long is dropped. */
const KEEP_MS = 90 * DAY_MS;

export interface Store {
  /**
   * Null where pages are not kept.
   * @param account who asks: another token may see other issues
   */
  pages(account: string): PageCache | null;
  /** @param rules what the rules were: other rules may want what these left alone */
  memory(rules: string): Memory;
  close(): void;
}

/**
 * Opens the store in `folder`, making it if need be; null keeps it in memory.
 * @throws where the folder cannot be written; the caller may go on without
 */
export function openStore(folder: string | null, now: () => number): Store {
  if (folder !== null) mkdirSync(folder, { recursive: true });
  // Loaded when it is needed: a bundle goes without it.
  const Database: typeof Sqlite = createRequire(import.meta.url)("better-sqlite3");
  const db = new Database(folder === null ? ":memory:" : join(folder, "cache.sqlite"), { timeout: 2000 });
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = NORMAL");
  if (db.pragma("user_version", { simple: true }) !== SHAPE) {
    for (const table of TABLES) db.exec(`DROP TABLE IF EXISTS ${table}`);
    db.pragma(`user_version = ${SHAPE}`);
  }
  db.exec(`
    CREATE TABLE IF NOT EXISTS page (
      account TEXT, url TEXT, etag TEXT NOT NULL, next TEXT, page BLOB NOT NULL, used INTEGER NOT NULL,
      PRIMARY KEY (account, url)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS settled (
      rules TEXT, project TEXT, issue INTEGER, version TEXT NOT NULL, wake INTEGER,
      PRIMARY KEY (rules, project, issue)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS note (
      name TEXT PRIMARY KEY, value TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS deed (
      project TEXT, issue INTEGER, entry TEXT NOT NULL, PRIMARY KEY (project, issue)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS deeds (
      project TEXT PRIMARY KEY, rules TEXT NOT NULL, upto INTEGER NOT NULL, whole INTEGER NOT NULL) WITHOUT ROWID;
  `);
  db.prepare("DELETE FROM page WHERE used < ?").run(now() - KEEP_MS);

  const getPage = db.prepare<[string, string], { etag: string; next: string | null; page: Buffer }>(
    "SELECT etag, next, page FROM page WHERE account = ? AND url = ?",
  );
  const putPage = db.prepare("INSERT OR REPLACE INTO page VALUES (?, ?, ?, ?, ?, ?)");
  const getSettled = db.prepare<[string, string, number], { issue: number; version: string }>(
    "SELECT issue, version FROM settled WHERE rules = ? AND project = ? AND (wake IS NULL OR wake > ?)",
  );
  const getNote = db.prepare<[string, number], { value: string }>(
    "SELECT value FROM note WHERE name = ? AND at >= ?",
  );
  const putNote = db.prepare("INSERT OR REPLACE INTO note VALUES (?, ?, ?)");
  const putSettled = db.prepare("INSERT OR REPLACE INTO settled VALUES (?, ?, ?, ?, ?)");

  const getDeeds = db.prepare<[string, string], { upto: number; whole: number }>(
    "SELECT upto, whole FROM deeds WHERE project = ? AND rules = ?",
  );
  const getDeed = db.prepare<[string], { issue: number; entry: string }>(
    "SELECT issue, entry FROM deed WHERE project = ?",
  );
  const putDeeds = db.prepare("INSERT OR REPLACE INTO deeds VALUES (?, ?, ?, ?)");
  const putDeed = db.prepare("INSERT OR REPLACE INTO deed VALUES (?, ?, ?)");
  const dropDeed = db.prepare("DELETE FROM deed WHERE project = ? AND issue = ?");
  const dropDeeds = db.prepare("DELETE FROM deed WHERE project = ?");
  const deeds = (rules: string): DeedsCache => ({
    recall: db.transaction((project: string) => {
      const row = getDeeds.get(project, rules);
      if (!row) return null;
      const entries = new Map(getDeed.all(project).map(({ issue, entry }) => [issue, entry]));
      return { upTo: row.upto, wholeAt: row.whole, entries };
    }),
    note: db.transaction((project: string, news: KeptDeeds<string | null>, whole: boolean) => {
      if (whole) dropDeeds.run(project);
      // Whoever works by other rules has begun anew meanwhile: what is theirs stays theirs.
      else if (!getDeeds.get(project, rules)) return;
      for (const [issue, entry] of news.entries) {
        if (entry === null) dropDeed.run(project, issue);
        else putDeed.run(project, issue, entry);
      }
      putDeeds.run(project, rules, news.upTo, news.wholeAt);
    }),
  });

  return {
    pages: (account) => ({
      get(url) {
        const row = getPage.get(account, url);
        return row ? { ...row, page: JSON.parse(gunzipSync(row.page).toString()) } : null;
      },
      set(url, { etag, next, page }) {
        putPage.run(account, url, etag, next, gzipSync(JSON.stringify(page), { level: 1 }), now());
      },
    }),
    memory: (rules) => ({
      settled: (project, at) =>
        new Map(getSettled.all(rules, project, at).map(({ issue, version }) => [issue, version])),
      settle: db.transaction((project: string, issues: readonly Settled[]) => {
        for (const { number, version, wake } of issues) putSettled.run(rules, project, number, version, wake);
      }),
      recall: (name, maxAge) => getNote.get(name, now() - maxAge)?.value ?? null,
      note: (name, value) => void putNote.run(name, value, now()),
      deeds: deeds(rules),
    }),
    close: () => db.close(),
  };
}
