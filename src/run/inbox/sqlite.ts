/**
 * The inbox in one SQLite file, for one process.
 *
 * The file is in WAL mode with `synchronous = FULL`: a commit is one append and one fsync, where a rollback
 * journal needs three, and both survive a power cut. All writes that are asked for in one turn of the event
 * loop share a commit. `locking_mode = EXCLUSIVE` takes the operating system's lock when the file is opened
 * and keeps it until the process ends, however it ends: there is no lock file to be left behind.
 *
 * What waits is in the file; who works on what is in memory, since there is only this process. A lane's
 * failures are counted before its work begins, so that work which kills the process ends as a dead letter.
 */
import { mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import type { Instant } from "../../model.ts";
import {
  BATCH_LIMIT,
  type DeadLetter,
  type Handler,
  type Inbox,
  type InboxOptions,
  KNOWN_MS,
  LOG_MS,
  PAUSES,
  type Pauses,
  SQLITE_FILE,
  StoreError,
  type Waiting,
} from "./inbox.ts";
import { createLanes } from "./lanes.ts";
import { together } from "./together.ts";

/** The shape of the tables; a file with another is not ours to guess at. */
const SHAPE = 1;
/** How long a starting process waits for the one before it to let the file go. */
const HANDOVER_MS = 2000;
const PRUNE_EVERY_MS = 3_600_000;
const PRUNE_LIMIT = 1000;
/** Between two attempts to write down what has become of a batch, while the disk is full. */
const AGAIN_MS = 1000;

const TABLES = `
  CREATE TABLE IF NOT EXISTS delivery (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, lane TEXT NOT NULL, received INTEGER NOT NULL,
    body TEXT,                            -- null once done
    state INTEGER NOT NULL DEFAULT 0,     -- 0 waiting, 1 done, 2 dead
    ended INTEGER, error TEXT);
  CREATE INDEX IF NOT EXISTS delivery_waiting ON delivery (lane, seq) WHERE state = 0;
  CREATE INDEX IF NOT EXISTS delivery_done ON delivery (ended) WHERE state = 1;
  CREATE INDEX IF NOT EXISTS delivery_dead ON delivery (seq) WHERE state = 2;
  CREATE TABLE IF NOT EXISTS failing (
    lane TEXT PRIMARY KEY, failures INTEGER NOT NULL, due INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS decision (
    seq INTEGER PRIMARY KEY, about TEXT NOT NULL, at INTEGER NOT NULL, entry TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS decision_about ON decision (about, seq);
  CREATE INDEX IF NOT EXISTS decision_at ON decision (at);
  CREATE TABLE IF NOT EXISTS note (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
`;

/** @throws StoreError when the folder cannot be written, or another process holds the file */
export async function openSqliteInbox(options: InboxOptions & { readonly folder: string }): Promise<Inbox> {
  return sqliteInbox(openFile(options.folder), options);
}

/** Opens the file and holds it until it is closed or the process ends. */
export function openFile(folder: string): Database.Database {
  const path = join(folder, SQLITE_FILE);
  let db: Database.Database | null = null;
  try {
    mkdirSync(folder, { recursive: true });
    db = new Database(path, { timeout: HANDOVER_MS });
    // In this order: WAL keeps no shared memory, and the lock is for life, when the mode is exclusive first.
    db.pragma("locking_mode = EXCLUSIVE");
    db.pragma("journal_mode = WAL");
    db.pragma("synchronous = FULL");
    db.pragma("journal_size_limit = 67108864");
    const shape = db.pragma("user_version", { simple: true });
    if (shape !== 0 && shape !== SHAPE) {
      throw new Error(
        `its shape is ${shape} and this version of daytwo writes ${SHAPE}; use the version that made it`,
      );
    }
    db.exec(`BEGIN IMMEDIATE; ${TABLES} PRAGMA user_version = ${SHAPE}; COMMIT`);
    return db;
  } catch (error) {
    db?.close();
    if (isSqlite(error) && error.code.startsWith("SQLITE_BUSY")) {
      const pid = holder(path);
      throw new StoreError(
        `the inbox in ${folder} is in use by another process${pid ? ` (pid ${pid})` : ""}: ` +
          "stop that one, give this one a folder of its own in DAYTWO_DATA_DIR, or let both share a PostgreSQL in DATABASE_URL",
        { cause: error },
      );
    }
    throw storeError(folder, error);
  }
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

function storeError(folder: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const why = error instanceof Error ? error.message : String(error);
  const code = isSqlite(error) ? ` (${error.code})` : "";
  return new StoreError(`the inbox in ${folder} cannot be used: ${why}${code}; check the disk`, {
    cause: error,
  });
}

interface Row {
  readonly seq: number;
  readonly id: string;
  readonly lane: string;
  readonly received: Instant;
  readonly body: string;
}

const waitingOf = ({ id, lane, received, body }: Row): Waiting => ({
  id,
  lane,
  receivedAt: received,
  delivery: JSON.parse(body),
});

const pauseAfter = (failures: number, { first, longest }: Pauses): number =>
  Math.min(longest, first * 2 ** Math.max(0, failures - 1));

/** The inbox on an open file, which it closes in the end. */
export function sqliteInbox(
  db: Database.Database,
  { now, warn = () => {}, pauses = PAUSES }: InboxOptions,
): Inbox {
  const folder = join(db.name, "..");
  const lanes = createLanes();
  const names = new Set<string>();
  const neverLost = new AbortController().signal;
  let working: Promise<void> | null = null;
  let stopping = false;
  let closed = false;

  const sql = {
    put: db.prepare(
      "INSERT INTO delivery (id, lane, received, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
    ),
    take: db.prepare<[string, number], Row>(
      "SELECT seq, id, lane, received, body FROM delivery WHERE lane = ? AND state = 0 ORDER BY seq LIMIT ?",
    ),
    waits: db.prepare<[string]>("SELECT 1 FROM delivery WHERE lane = ? AND state = 0 LIMIT 1"),
    lanes: db.prepare<[], { lane: string; due: Instant | null }>(
      `SELECT d.lane, f.due FROM (SELECT lane, min(seq) AS seq FROM delivery WHERE state = 0 GROUP BY lane) d
       LEFT JOIN failing f USING (lane) ORDER BY d.seq`,
    ),
    done: db.prepare("UPDATE delivery SET state = 1, body = NULL, ended = ? WHERE seq = ?"),
    die: db.prepare("UPDATE delivery SET state = 2, ended = ?, error = ? WHERE seq = ?"),
    failures: db.prepare<[string], { failures: number }>("SELECT failures FROM failing WHERE lane = ?"),
    fail: db.prepare("INSERT OR REPLACE INTO failing (lane, failures, due) VALUES (?, ?, ?)"),
    forgive: db.prepare("DELETE FROM failing WHERE lane = ?"),
    dead: db.prepare<[], Row & { error: string; ended: Instant }>(
      "SELECT * FROM delivery WHERE state = 2 ORDER BY seq",
    ),
    revive: db.prepare<[string], { lane: string }>(
      "UPDATE delivery SET state = 0, ended = NULL, error = NULL WHERE id = ? AND state = 2 RETURNING lane",
    ),
    stats: db.prepare<[], { waiting: number; oldest: Instant | null; dead: number }>(
      `SELECT count(*) AS waiting, min(received) AS oldest,
         (SELECT count(*) FROM delivery WHERE state = 2) AS dead FROM delivery WHERE state = 0`,
    ),
    recall: db.prepare<[string], { value: string }>("SELECT value FROM note WHERE name = ?"),
    remember: db.prepare("INSERT OR REPLACE INTO note (name, value) VALUES (?, ?)"),
    log: db.prepare("INSERT INTO decision (about, at, entry) VALUES (?, ?, ?)"),
    logged: db.prepare<[string, number], { at: Instant; entry: string }>(
      "SELECT at, entry FROM decision WHERE about = ? ORDER BY seq DESC LIMIT ?",
    ),
    prune: [
      db.prepare(
        "DELETE FROM delivery WHERE seq IN (SELECT seq FROM delivery WHERE state = 1 AND ended < ? LIMIT ?)",
      ),
      db.prepare("DELETE FROM decision WHERE seq IN (SELECT seq FROM decision WHERE at < ? LIMIT ?)"),
    ] as const,
  };

  function guard<T>(use: () => T): T {
    if (closed) throw new StoreError(`the inbox in ${folder} is closed`);
    try {
      return use();
    } catch (error) {
      throw storeError(folder, error);
    }
  }

  const commit = db.transaction((writes: readonly (() => unknown)[]) => writes.map((write) => write()));
  const commits = together((writes: readonly (() => unknown)[]) => {
    const results = guard(() => commit(writes));
    prune();
    return results;
  });
  const write = async <T>(statement: () => T): Promise<T> => {
    guard(() => {});
    return (await commits.add(statement)) as T;
  };

  let pruneAt = 0;
  function prune(): void {
    const at = now();
    if (at < pruneAt) return;
    pruneAt = at + PRUNE_EVERY_MS;
    try {
      const [known, logged] = sql.prune;
      const most = Math.max(
        known.run(at - KNOWN_MS, PRUNE_LIMIT).changes,
        logged.run(at - LOG_MS, PRUNE_LIMIT).changes,
      );
      if (most === PRUNE_LIMIT) pruneAt = at;
    } catch (error) {
      warn(storeError(folder, error));
    }
  }

  /** Writes down what has become of a batch: the lane stays held until that is known, or the process stops. */
  async function settle(lane: string, statements: () => void): Promise<void> {
    for (;;) {
      try {
        await write(statements);
        break;
      } catch (error) {
        warn(error as Error);
        if (stopping) return;
        await sleep(AGAIN_MS);
      }
    }
    if (sql.waits.get(lane)) lanes.add(lane);
  }

  async function hold(lane: string, handler: Handler, tries: number): Promise<void> {
    let failures = 0;
    let rows: Row[] = [];
    try {
      await write(() => {
        failures = sql.failures.get(lane)?.failures ?? 0;
        rows = sql.take.all(lane, BATCH_LIMIT);
        if (rows.length > 0) sql.fail.run(lane, failures + 1, 0);
      });
    } catch (error) {
      warn(error as Error);
      return lanes.rest(lane, AGAIN_MS);
    }
    if (rows.length === 0) return;
    const die = (error: string) =>
      settle(lane, () => {
        for (const { seq } of rows) sql.die.run(now(), error, seq);
        sql.forgive.run(lane);
      });

    if (failures >= tries) return die(`daytwo ended ${failures} times while it worked on this`);
    try {
      await handler({ lane, waiting: rows.map(waitingOf), failures }, neverLost);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      warn(new Error(`work on ${lane} failed (${failures + 1} of ${tries}): ${message}`, { cause: error }));
      if (failures + 1 >= tries) return die(message);
      const pause = pauseAfter(failures + 1, pauses);
      lanes.rest(lane, pause);
      return settle(lane, () => sql.fail.run(lane, failures + 1, now() + pause));
    }
    await settle(lane, () => {
      for (const { seq } of rows) sql.done.run(now(), seq);
      sql.forgive.run(lane);
    });
  }

  prune();
  for (const { lane, due } of sql.lanes.all()) {
    const left = Math.min((due ?? 0) - now(), pauses.longest);
    if (left > 0) lanes.rest(lane, left);
    else lanes.add(lane);
  }

  const stop = () => {
    stopping = true;
    return lanes.stop();
  };
  return {
    async put({ id, lane, receivedAt, delivery }) {
      const body = JSON.stringify(delivery);
      const stored = await write(() => sql.put.run(id, lane, receivedAt, body).changes === 1);
      if (stored) lanes.add(lane);
      return stored ? "stored" : "known";
    },
    async work(handler, { atOnce, tries }) {
      guard(() => {});
      if (working) throw new Error("this inbox is being worked on already: stop that worker first");
      stopping = false;
      lanes.start(atOnce, (lane) => hold(lane, handler, tries));
      working = Promise.resolve();
      return {
        async stop() {
          await stop();
          working = null;
        },
      };
    },
    async alone(name, work) {
      guard(() => {});
      if (names.has(name)) return null;
      names.add(name);
      try {
        return await work(neverLost);
      } finally {
        names.delete(name);
      }
    },
    recall: async (name) => guard(() => sql.recall.get(name)?.value ?? null),
    remember: async (name, value) => {
      await write(() => sql.remember.run(name, value));
    },
    stats: async () =>
      guard(() => sql.stats.get()) as { waiting: number; oldest: Instant | null; dead: number },
    dead: async () =>
      guard(() => sql.dead.all()).map(
        (row): DeadLetter => ({ ...waitingOf(row), error: row.error, diedAt: row.ended }),
      ),
    async revive(id) {
      const revived = await write(() => sql.revive.get(id));
      if (revived) lanes.add(revived.lane);
      return revived !== undefined;
    },
    log: async (about, at, entry) => {
      const text = JSON.stringify(entry);
      await write(() => sql.log.run(about, at, text));
    },
    logged: async (about, limit) =>
      guard(() => sql.logged.all(about, limit)).map(({ at, entry }) => ({ at, entry: JSON.parse(entry) })),
    ready: () =>
      write(() => sql.remember.run("ready", String(now()))).then(
        () => true,
        () => false,
      ),
    async close() {
      if (closed) return;
      await stop();
      await commits.idle();
      closed = true;
      db.close();
    },
  };
}
