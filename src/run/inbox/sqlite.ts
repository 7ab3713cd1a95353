/**
 * The inbox in one SQLite file, for one process.
 *
 * The file is in WAL mode: a commit is one append, and nothing is answered before a sync has put that on the disk, so
 * that it survives a power cut. All writes that are asked for in one turn of the event loop, or while a sync is under
 * way, share a commit and a sync.
 *
 * What waits is in the file; which ids these have and who works on what is in memory, since there is only this
 * process: a new delivery is one append, wherever its id and its lane fall in an order. Others may read the file, and put dead letters back to wait, which is noticed here. A lane's failures are counted before its
 * work begins, so that work which kills the process ends as a dead letter.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Instant } from "../../model.ts";
import {
  BATCH_LIMIT,
  type Handler,
  type Inbox,
  type InboxOptions,
  KNOWN_MS,
  LOG_MS,
  PAUSES,
  type Pauses,
  StoreError,
  type Visit,
} from "./inbox.ts";
import { createLanes } from "./lanes.ts";
import {
  type OwnFile,
  openBeside,
  openFile,
  questions,
  type Row,
  reviving,
  storeError,
  waitingOf,
} from "./sqlite-file.ts";
import { together } from "./together.ts";

const PRUNE_EVERY_MS = 3_600_000;
const PRUNE_LIMIT = 1000;
/** Between two attempts to write down what has become of a batch, while the disk is full. */
const AGAIN_MS = 1000;
/** How soon what others have put back to wait is noticed. */
const NOTICE_MS = 1000;

/** @throws StoreError when the folder cannot be written, or another process holds the file */
export async function openSqliteInbox(options: InboxOptions & { readonly folder: string }): Promise<Inbox> {
  return sqliteInbox(openFile(options.folder), options);
}

/**
 * Looks into the inbox in a folder, whoever works on it.
 * @throws StoreError when it cannot be read
 */
export async function visitSqliteInbox(folder: string): Promise<Visit> {
  const db = openBeside(folder, { readonly: true });
  const ask = questions(db);
  const guard = <T>(use: () => T): T => {
    try {
      return use();
    } catch (error) {
      throw storeError(folder, error);
    }
  };
  return {
    stats: async () => guard(ask.stats),
    dead: async () => guard(ask.dead),
    recall: async (name) => guard(() => ask.recall(name)),
    logged: async (about, limit) => guard(() => ask.logged(about, limit)),
    async revive(id) {
      const writing = openBeside(folder, { readonly: false });
      try {
        return guard(() => reviving(writing).get(id) !== undefined);
      } finally {
        writing.close();
      }
    },
    async close() {
      db.close();
    },
  };
}

const pauseAfter = (failures: number, { first, longest }: Pauses): number =>
  Math.min(longest, first * 2 ** Math.max(0, failures - 1));

/** The inbox on an open file, which it closes in the end. */
export function sqliteInbox(
  { db, sync, close }: OwnFile,
  { now, warn = () => {}, pauses = PAUSES }: InboxOptions,
): Inbox {
  const folder = join(db.name, "..");
  const ask = questions(db);
  const lanes = createLanes();
  /** What waits in each lane, worked on or not, in the order of its arrival. */
  const queues = new Map<string, Set<number>>();
  /** Of all that is in the table of deliveries. */
  const ids = new Set<string>();
  /** Never given twice while the process lives, as SQLite would once the latest row is gone. */
  let lastSeq = 0;
  const names = new Set<string>();
  const neverLost = new AbortController().signal;
  let working: Promise<void> | null = null;
  let stopping = false;
  let closed = false;

  const sql = {
    put: db.prepare("INSERT INTO delivery (seq, id, lane, received, body) VALUES (?, ?, ?, ?, ?)"),
    known: db.prepare<[string]>("SELECT 1 FROM known WHERE id = ?").pluck(),
    take: db.prepare<[number], Row>(
      "SELECT seq, id, lane, received, body FROM delivery WHERE seq = ? AND ended IS NULL",
    ),
    waiting: db.prepare<[], { seq: number; lane: string }>(
      "SELECT seq, lane FROM delivery WHERE ended IS NULL ORDER BY seq",
    ),
    all: db.prepare<[], { seq: number; id: string }>("SELECT seq, id FROM delivery"),
    due: db.prepare<[], { lane: string; due: Instant }>("SELECT lane, due FROM failing"),
    remove: db.prepare("DELETE FROM delivery WHERE seq = ?"),
    know: db.prepare("INSERT OR REPLACE INTO known (id, ended) VALUES (?, ?)"),
    die: db.prepare("UPDATE delivery SET ended = ?, error = ? WHERE seq = ?"),
    failures: db.prepare<[string], { failures: number }>("SELECT failures FROM failing WHERE lane = ?"),
    fail: db.prepare("INSERT OR REPLACE INTO failing (lane, failures, due) VALUES (?, ?, ?)"),
    forgive: db.prepare("DELETE FROM failing WHERE lane = ?"),
    revive: reviving(db),
    remember: db.prepare("INSERT OR REPLACE INTO note (name, value) VALUES (?, ?)"),
    log: db.prepare("INSERT INTO decision (about, at, entry) VALUES (?, ?, ?)"),
    prune: [
      db.prepare("DELETE FROM known WHERE id IN (SELECT id FROM known WHERE ended < ? LIMIT ?)"),
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

  interface Write<T = unknown> {
    readonly run: () => T;
    /** When it is committed, though maybe not on the disk yet. */
    readonly after: (result: T) => void;
  }
  const commit = db.transaction((writes: readonly Write[]) => writes.map(({ run }) => run()));
  const commits = together(async (writes: readonly Write[]) => {
    const results = guard(() => commit(writes));
    for (const [i, { after }] of writes.entries()) after(results[i]);
    prune();
    await sync().catch((error) => {
      throw storeError(folder, error);
    });
    return results;
  });
  const write = async <T>(run: () => T, after: (result: T) => void = () => {}): Promise<T> => {
    guard(() => {});
    return (await commits.add({ run, after } as Write)) as T;
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
  async function settle(
    lane: string,
    { write: statements, after }: { readonly write: () => unknown; readonly after?: () => void },
  ): Promise<void> {
    for (;;) {
      try {
        await write(statements);
        after?.();
        break;
      } catch (error) {
        warn(error as Error);
        if (stopping) return;
        await sleep(AGAIN_MS);
      }
    }
    if (queues.has(lane)) lanes.add(lane);
  }

  function enqueue({ seq, lane }: Pick<Row, "seq" | "lane">): void {
    const queue = queues.get(lane) ?? new Set();
    queues.set(lane, queue.add(seq));
  }

  function dequeue(lane: string, rows: readonly Row[]): void {
    const queue = queues.get(lane);
    for (const { seq } of rows) queue?.delete(seq);
    if (queue?.size === 0) queues.delete(lane);
  }

  async function hold(lane: string, handler: Handler, tries: number): Promise<void> {
    let failures = 0;
    let rows: Row[] = [];
    try {
      await write(() => {
        failures = sql.failures.get(lane)?.failures ?? 0;
        const next = queues.get(lane)?.values().take(BATCH_LIMIT) ?? [];
        rows = [...next].flatMap((seq) => sql.take.get(seq) ?? []);
        if (rows.length > 0) sql.fail.run(lane, failures + 1, 0);
      });
    } catch (error) {
      warn(error as Error);
      return lanes.rest(lane, AGAIN_MS);
    }
    if (rows.length === 0) return;
    const end = (write: (row: Row) => void, after = (_row: Row) => {}) =>
      settle(lane, {
        write() {
          for (const row of rows) write(row);
          sql.forgive.run(lane);
        },
        after() {
          dequeue(lane, rows);
          for (const row of rows) after(row);
        },
      });
    const die = (error: string) => end(({ seq }) => sql.die.run(now(), error, seq));

    if (failures >= tries) return die(`daytwo ended ${failures} times while it worked on this`);
    try {
      await handler({ lane, waiting: rows.map(waitingOf), failures }, neverLost);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      warn(new Error(`work on ${lane} failed (${failures + 1} of ${tries}): ${message}`, { cause: error }));
      if (failures + 1 >= tries) return die(message);
      const pause = pauseAfter(failures + 1, pauses);
      lanes.rest(lane, pause);
      return settle(lane, { write: () => sql.fail.run(lane, failures + 1, now() + pause) });
    }
    await end(
      ({ seq, id }) => {
        sql.remove.run(seq);
        sql.know.run(id, now());
      },
      ({ id }) => ids.delete(id),
    );
  }

  prune();
  for (const { seq, id } of sql.all.all()) {
    ids.add(id);
    lastSeq = Math.max(lastSeq, seq);
  }
  for (const row of sql.waiting.all()) enqueue(row);
  const dues = new Map(sql.due.all().map(({ lane, due }) => [lane, due]));
  for (const lane of queues.keys()) {
    const left = Math.min((dues.get(lane) ?? 0) - now(), pauses.longest);
    if (left > 0) lanes.rest(lane, left);
    else lanes.add(lane);
  }

  /** Changes whenever somebody else has written to the file. */
  const version = () => db.pragma("data_version", { simple: true });
  let seen = version();
  let notice: NodeJS.Timeout | undefined;
  function look(): void {
    try {
      const present = version();
      if (present === seen) return;
      for (const row of sql.waiting.all()) enqueue(row);
      for (const lane of queues.keys()) lanes.add(lane);
      seen = present;
    } catch (error) {
      warn(storeError(folder, error));
    }
  }

  const stop = () => {
    stopping = true;
    clearInterval(notice);
    return lanes.stop();
  };
  return {
    async put({ id, lane, receivedAt, delivery }) {
      const body = JSON.stringify(delivery);
      let pending = false;
      try {
        const stored = await write(
          () => {
            if (ids.has(id) || sql.known.get(id) !== undefined) return null;
            pending = true;
            ids.add(id);
            sql.put.run(++lastSeq, id, lane, receivedAt, body);
            return lastSeq;
          },
          (seq) => {
            if (seq === null) return;
            pending = false;
            enqueue({ seq, lane });
            lanes.add(lane);
          },
        );
        return stored === null ? "known" : "stored";
      } catch (error) {
        if (pending) ids.delete(id);
        throw error;
      }
    },
    async work(handler, { atOnce, tries }) {
      guard(() => {});
      if (working) throw new Error("this inbox is being worked on already: stop that worker first");
      stopping = false;
      lanes.start(atOnce, (lane) => hold(lane, handler, tries));
      notice = setInterval(look, NOTICE_MS);
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
    recall: async (name) => guard(() => ask.recall(name)),
    remember: async (name, value) => {
      await write(() => sql.remember.run(name, value));
    },
    stats: async () => guard(ask.stats),
    dead: async () => guard(ask.dead),
    async revive(id) {
      const revived = await write(() => sql.revive.get(id));
      if (revived) {
        enqueue(revived);
        lanes.add(revived.lane);
      }
      return revived !== undefined;
    },
    log: async (about, at, entry) => {
      const text = JSON.stringify(entry);
      await write(() => sql.log.run(about, at, text));
    },
    logged: async (about, limit) => guard(() => ask.logged(about, limit)),
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
      close();
    },
  };
}
