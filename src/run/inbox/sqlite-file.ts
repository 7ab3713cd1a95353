/**
 * The SQLite file of an inbox: its tables, whose it is, and what anybody may read in it.
 *
 * The file is in WAL mode, so that others may read while its owner writes. Whose it is, is said by a second
 * file: a lock on that is the operating system's and goes when the process ends, however it ends.
 */
import { closeSync, fdatasync, mkdirSync, openSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import Database from "better-sqlite3";
import type { Instant } from "../../model.ts";
import {
  type DeadLetter,
  type InboxStats,
  type Logged,
  SQLITE_FILE,
  StoreError,
  type Waiting,
} from "./inbox.ts";

/** The shape of the tables; a file with one to come is not ours to guess at. */
const SHAPE = 3;
/** How long a starting process waits for the one before it to let the file go, and a visitor for a writer. */
const HANDOVER_MS = 2000;
const CHECKPOINT_PAGES = 4000;
const LOCK_FILE = "inbox.lock";

const TABLES = `
  -- What waits, and dead letters, which have ended. Only ever appended to: an index of ids or lanes would be
  -- written all over, so the owner keeps both in memory.
  CREATE TABLE IF NOT EXISTS delivery (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL, lane TEXT NOT NULL, received INTEGER NOT NULL,
    body TEXT NOT NULL, ended INTEGER, error TEXT);
  -- What is done.
  CREATE TABLE IF NOT EXISTS known (id TEXT PRIMARY KEY, ended INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS known_ended ON known (ended);
  CREATE TABLE IF NOT EXISTS failing (
    lane TEXT PRIMARY KEY, failures INTEGER NOT NULL, due INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS decision (
    seq INTEGER PRIMARY KEY, about TEXT NOT NULL, at INTEGER NOT NULL, entry TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS decision_about ON decision (about, seq);
  CREATE INDEX IF NOT EXISTS decision_at ON decision (at);
  CREATE TABLE IF NOT EXISTS note (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
`;

/** Earlier shapes kept what was done among what waits. */
const BEFORE = "ALTER TABLE delivery RENAME TO delivery_before;";
const AFTER = `
  INSERT INTO delivery (seq, id, lane, received, body, ended, error)
    SELECT seq, id, lane, received, body, ended, error FROM delivery_before WHERE state <> 1;
  INSERT INTO known (id, ended) SELECT id, ended FROM delivery_before WHERE state = 1;
  DROP TABLE delivery_before;
`;

/** An inbox's file in the hands of its one owner. */
export interface OwnFile {
  readonly db: Database.Database;
  /**
   * Resolves when all that was committed before is on the disk.
   * @throws the file system's error, or SQLite's: what was committed may be lost in a power cut
   */
  sync(): Promise<void>;
  /** Gives the file up. */
  close(): void;
}

/**
 * Opens the file and holds it until it is closed or the process ends.
 * @throws StoreError when the folder cannot be written, or another process holds the file
 */
export function openFile(folder: string): OwnFile {
  let lock: Database.Database | null = null;
  let db: Database.Database | null = null;
  let wal: number | null = null;
  const close = () => {
    if (wal !== null) closeSync(wal);
    wal = null;
    db?.close();
    lock?.close();
  };
  try {
    mkdirSync(folder, { recursive: true });
    lock = holdLock(folder);
    db = new Database(join(folder, SQLITE_FILE), { timeout: HANDOVER_MS });
    db.pragma("journal_mode = WAL");
    // A commit is in the log then, but only `sync` waits for the disk, while the process goes on with other things.
    db.pragma("synchronous = NORMAL");
    db.pragma("journal_size_limit = 67108864");
    // Pages that are written time and again go over into the file once in so many.
    db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    const shape = db.pragma("user_version", { simple: true });
    const old = shape === 1 || shape === 2;
    if (shape !== 0 && !old) demandShape(shape);
    const tables = old ? `${BEFORE} ${TABLES} ${AFTER}` : TABLES;
    db.exec(`BEGIN IMMEDIATE; ${tables} PRAGMA user_version = ${SHAPE}; COMMIT`);
    wal = openSync(`${db.name}-wal`, "r+");
    return { db, close, sync: syncing(db, wal) };
  } catch (error) {
    close();
    throw storeError(folder, error);
  }
}

const datasync = promisify(fdatasync);

/** @param wal descriptor of the log, which stays the same file for as long as the database is open */
export function syncing(db: Database.Database, wal: number): OwnFile["sync"] {
  let doubtful = false;
  return async () => {
    try {
      if (doubtful) {
        // A system that has failed to write takes it for written afterwards: written once more, into the file itself.
        const [{ busy } = { busy: 1 }] = db.pragma("wal_checkpoint(TRUNCATE)") as { busy: number }[];
        if (busy) throw new Error("the log cannot be written into the file while somebody reads it");
        doubtful = false;
      } else await datasync(wal);
    } catch (error) {
      doubtful = true;
      throw error;
    }
  };
}

/** A lock that lasts as long as this connection, which writes nothing. */
function holdLock(folder: string): Database.Database {
  const path = join(folder, LOCK_FILE);
  const lock = new Database(path, { timeout: HANDOVER_MS });
  try {
    lock.pragma("journal_mode = MEMORY");
    lock.exec("BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock.close();
    if (!isSqlite(error) || !error.code.startsWith("SQLITE_BUSY")) throw error;
    const pid = holder(path);
    throw new StoreError(
      `the inbox in ${folder} is in use by another process${pid ? ` (pid ${pid})` : ""}: ` +
        "stop that one, give this one a folder of its own in DAYTWO_DATA_DIR, or let both share a PostgreSQL in DATABASE_URL",
      { cause: error },
    );
  }
}

/**
 * Opens the file beside its owner, who may be at work.
 * @throws StoreError when it cannot be read, or written where that is asked for
 */
export function openBeside(folder: string, { readonly }: { readonly readonly: boolean }): Database.Database {
  let db: Database.Database | null = null;
  try {
    db = new Database(join(folder, SQLITE_FILE), { readonly, fileMustExist: true, timeout: HANDOVER_MS });
    demandShape(db.pragma("user_version", { simple: true }));
    return db;
  } catch (error) {
    db?.close();
    throw storeError(folder, error);
  }
}

function demandShape(shape: unknown): void {
  if (shape === SHAPE) return;
  throw new Error(
    `its shape is ${shape} and this version of daytwo writes ${SHAPE}; use the version that made it`,
  );
}

/** The process that holds a lock on a file, where the system tells (Linux). */
function holder(path: string): number | null {
  try {
    const inode = String(statSync(path).ino);
    for (const line of readFileSync("/proc/locks", "utf8").split("\n")) {
      // 1: POSIX  ADVISORY  WRITE 4242 fe:01:131090 1073741826 1073742335
      const [, , , , pid, file] = line.trim().split(/\s+/);
      if (file?.split(":")[2] === inode && Number(pid) > 0) return Number(pid);
    }
  } catch {
    // Only for the message.
  }
  return null;
}

const isSqlite = (error: unknown): error is InstanceType<typeof Database.SqliteError> =>
  error instanceof Database.SqliteError;

/** In the words of the port. */
export function storeError(folder: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const why = error instanceof Error ? error.message : String(error);
  const code = isSqlite(error) ? ` (${error.code})` : "";
  return new StoreError(`the inbox in ${folder} cannot be used: ${why}${code}; check the disk`, {
    cause: error,
  });
}

export interface Row {
  readonly seq: number;
  readonly id: string;
  readonly lane: string;
  readonly received: Instant;
  readonly body: string;
}

export const waitingOf = ({ id, lane, received, body }: Row): Waiting => ({
  id,
  lane,
  receivedAt: received,
  delivery: JSON.parse(body),
});

/** What anybody may ask of the file. */
export function questions(db: Database.Database) {
  const stats = db.prepare<[], InboxStats>(
    `SELECT count(*) FILTER (WHERE ended IS NULL) AS waiting,
       min(received) FILTER (WHERE ended IS NULL) AS oldest, count(ended) AS dead FROM delivery`,
  );
  const dead = db.prepare<[], Row & { error: string; ended: Instant }>(
    "SELECT * FROM delivery WHERE ended IS NOT NULL ORDER BY seq",
  );
  const recall = db.prepare<[string], { value: string }>("SELECT value FROM note WHERE name = ?");
  const logged = db.prepare<[string, number], { at: Instant; entry: string }>(
    "SELECT at, entry FROM decision WHERE about = ? ORDER BY seq DESC LIMIT ?",
  );
  return {
    stats: (): InboxStats => stats.get() ?? { waiting: 0, oldest: null, dead: 0 },
    dead: (): DeadLetter[] =>
      dead.all().map((row) => ({ ...waitingOf(row), error: row.error, diedAt: row.ended })),
    recall: (name: string): string | null => recall.get(name)?.value ?? null,
    logged: (about: string, limit: number): Logged[] =>
      logged.all(about, limit).map(({ at, entry }) => ({ at, entry: JSON.parse(entry) })),
  };
}

/** Puts a dead letter back to wait. */
export const reviving = (db: Database.Database) =>
  db.prepare<[string], { seq: number; lane: string }>(
    "UPDATE delivery SET ended = NULL, error = NULL WHERE id = ? AND ended IS NOT NULL RETURNING seq, lane",
  );
