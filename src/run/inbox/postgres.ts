/**
 * The inbox in PostgreSQL, for any number of instances.
 *
 * Deliveries, notes and the decision log are tables of ours. Which lane is to be worked on, by whom, and when
 * again after a failure is pg-boss's: a queue of the policy `exclusive`, with at most one job for each lane,
 * whether it waits, runs or rests between tries. A delivery is stored and answered with one statement; its
 * lane is given a job after that, by whoever stored it, or a few seconds later by whoever finds it without one.
 * The end of a job and of its deliveries is one transaction.
 *
 * One thing pg-boss cannot know: a lane that is given no job because it has one, while that one is just being
 * finished. Whoever gives jobs therefore shares an advisory lock on the lane until that is committed, and
 * whoever finishes takes it alone before looking whether more waits.
 */
import { crc32 } from "node:zlib";
import pg from "pg";
import { PgBoss } from "pg-boss";
import { type Inbox, type InboxOptions, PAUSES, StoreError, type Visit, type Worker } from "./inbox.ts";
import { alone } from "./postgres-alone.ts";
import { type Base, give, over, prepare, prepared, QUEUE } from "./postgres-base.ts";
import { type Query, questions } from "./postgres-visit.ts";
import { startWorker } from "./postgres-worker.ts";
import { together } from "./together.ts";

/** pg-boss's least heartbeat is ten seconds. */
const LEAST_LEASE_S = 10;
const LEASE_S = 20;
const CONNECT_MS = 3000;
/** A write that takes longer is given up, so that the sender hears of it well before its own ten seconds. */
const ANSWER_MS = 4000;
/** Whatever pg-boss does in the background; also what tells a dead connection. */
const QUERY_MS = 10_000;
const POOL = 6;
/** A job that nobody finishes for so long is given to another, however alive its holder is: pg-boss's most. */
const LONGEST_WORK_S = 24 * 3600;
/** First keys of our advisory locks, so that they are nobody else's. */
const LOCK = { tables: 0x6474_0001, lane: 0x6474_0002, name: 0x6474_0003 } as const;

export interface PostgresOptions extends InboxOptions {
  /** `postgres://user@host/database`. A direct connection: `alone` needs a session of its own. */
  readonly url: string;
  /** Where the tables are; pg-boss's are in `<schema>_queue`. */
  readonly schema?: string;
  /** After so many seconds without a sign of life, at least ten, the lanes of an instance go to others. */
  readonly lease?: number;
}

/** @throws StoreError when the database cannot be reached */
export async function openPostgresInbox({
  url,
  now,
  schema = "daytwo",
  lease = LEASE_S,
  warn = () => {},
  pauses = PAUSES,
}: PostgresOptions): Promise<Inbox> {
  if (!/^[a-z_][a-z0-9_]{0,40}$/.test(schema)) {
    throw new TypeError(`"${schema}" is not a schema name: write lower-case letters, digits and "_"`);
  }
  if (!Number.isInteger(lease) || lease < LEAST_LEASE_S) {
    throw new RangeError(`a lease of ${lease} s is too short: give whole seconds, ${LEAST_LEASE_S} or more`);
  }
  const where = nameOf(url);
  const storeError = errorsOf(where, "it is tried again with the next request");
  const connection = connectionTo(url);
  const pool = new pg.Pool({ ...connection, max: POOL, query_timeout: QUERY_MS });
  // Also of connections in use, whose errors are nobody's otherwise and would end the process.
  pool.on("connect", (client) => client.on("error", (error) => warn(storeError(error))));
  pool.on("error", () => {});
  const boss = new PgBoss({
    schema: `${schema}_queue`,
    db: { executeSql: (text, values) => pool.query(text, values) },
    schedule: false,
    // How soon a lease that has run out is noticed.
    superviseIntervalSeconds: Math.ceil(lease / 6),
    monitorIntervalSeconds: Math.ceil(lease / 6),
    maintenanceIntervalSeconds: 60,
  });
  boss.on("error", (error) => warn(storeError(error)));

  let begin = "BEGIN";
  let lax = false;
  let closed = false;
  let worker: Worker | null = null;
  let poke = () => {};

  async function guard<T>(use: () => Promise<T>): Promise<T> {
    if (closed) throw new StoreError(`${where} is closed`);
    try {
      return await use();
    } catch (error) {
      throw storeError(error);
    }
  }

  /** Uses a connection for work that has an answer in time; else the connection is thrown away. */
  async function connected<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => late.reject(new Error(`no answer within ${ANSWER_MS / 1000} s`)),
      ANSWER_MS,
    );
    const connecting = pool.connect();
    let whole = false;
    const run = async () => {
      const result = await work(await connecting);
      whole = true;
      return result;
    };
    try {
      return await Promise.race([run(), late.promise]);
    } finally {
      clearTimeout(timer);
      // A connection that has failed, or is still busy, is of no more use: closing it rolls back.
      const broken = !whole;
      connecting.then(
        (client) => client.release(broken),
        () => {},
      );
    }
  }

  const transact: Base["transact"] = (work) =>
    connected(async (client) => {
      await client.query(begin);
      const result = await work(client);
      await client.query("COMMIT");
      return result;
    });

  const key = (name: string) => crc32(`${schema}\n${name}`) | 0;
  /** In one order for everybody, so that two transactions never wait for each other. */
  const keys = (lanes: readonly string[]) => [...new Set(lanes.map(key))].sort((a, b) => a - b);
  const base: Base = {
    boss,
    schema,
    query: async <R extends pg.QueryResultRow>(text: string, values: unknown[]) =>
      (await pool.query<R>(text, values)).rows,
    transact,
    async lock(client, lanes, how) {
      const lock = how === "shared" ? "pg_advisory_xact_lock_shared" : "pg_advisory_xact_lock";
      await client.query(`SELECT ${lock}($1, k) FROM unnest($2::int[]) k`, [LOCK.lane, keys(lanes)]);
    },
    async enqueue(client, lanes) {
      const jobs = [...new Set(lanes)].sort().map((lane) => ({ singletonKey: lane, data: { lane } }));
      if (jobs.length > 0) await boss.insert(QUEUE, jobs, over(client));
    },
  };

  const PUT = `
    INSERT INTO ${schema}.delivery (id, lane, received, body)
    SELECT id, lane, received, body
    FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[]) WITH ORDINALITY AS x (id, lane, received, body, n)
    ORDER BY n
    ON CONFLICT DO NOTHING RETURNING id`;
  interface Put {
    readonly id: string;
    readonly lane: string;
    readonly received: number;
    readonly body: string;
  }
  const puts = together((lot: readonly Put[]) =>
    guard(async () => {
      const values = [
        lot.map(({ id }) => id),
        lot.map(({ lane }) => lane),
        lot.map(({ received }) => received),
        lot.map(({ body }) => body),
      ];
      // Where a transaction has to say that it is to last, it is one; else the statement alone is.
      const { rows } = await patiently(() =>
        (lax ? transact : connected)((client) => client.query<{ id: string }>(prepared(PUT, values))),
      );
      const stored = new Set(rows.map(({ id }) => id));
      return lot.map(({ id, lane }): "stored" | "known" => {
        if (!stored.delete(id)) return "known";
        giveJob(lane);
        return "stored";
      });
    }),
  );
  const jobless = new Set<string>();
  const jobs = together((lanes: readonly string[]) =>
    guard(async () => {
      for (const lane of lanes) jobless.delete(lane);
      await patiently(() => give(base, lanes));
      poke();
      return lanes;
    }),
  );
  /** To a lane that something was stored in. Where this fails, a worker finds it without a job. */
  function giveJob(lane: string): void {
    if (jobless.has(lane)) return;
    jobless.add(lane);
    jobs.add(lane).catch((error) => {
      jobless.delete(lane);
      warn(error);
    });
  }

  try {
    const settings = await prepare(pool, boss, {
      schema,
      lock: [LOCK.tables, key("")],
      queue: {
        heartbeatSeconds: lease,
        retryDelay: Math.ceil(pauses.first / 1000),
        retryDelayMax: Math.ceil(pauses.longest / 1000),
        retryBackoff: true,
        // How often work is tried is the worker's to say, in `tries`.
        retryLimit: 1_000_000,
        expireInSeconds: LONGEST_WORK_S,
        deleteAfterSeconds: 60,
      },
    });
    // A server may be told to acknowledge what it could still lose.
    lax = settings.synchronousCommit === "off";
    if (lax) begin = "BEGIN; SET LOCAL synchronous_commit TO on";
  } catch (error) {
    await boss.stop({ graceful: false }).catch(() => {});
    await pool.end();
    throw storeError(error);
  }

  const query: Query = (text, values = []) => guard(() => pool.query(text, values));
  const remember = async (name: string, value: string) => {
    await query(
      `INSERT INTO ${schema}.note (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2`,
      [name, value],
    );
  };

  return {
    async put({ id, lane, receivedAt, delivery }) {
      if (id.includes("\0") || lane.includes("\0")) throw new TypeError("an id or a lane with U+0000 in it");
      return puts.add({ id, lane, received: receivedAt, body: JSON.stringify(delivery) });
    },
    async work(handler, options) {
      await guard(async () => {});
      if (worker) throw new Error("this inbox is being worked on already: stop that worker first");
      const started = startWorker(base, {
        ...options,
        handler,
        lease,
        now,
        warn: (error) => warn(storeError(error)),
      });
      poke = started.poke;
      worker = {
        async stop() {
          poke = () => {};
          await started.stop();
          worker = null;
        },
      };
      return worker;
    },
    async alone(name, work) {
      await guard(async () => {});
      return alone({ connection, lock: [LOCK.name, key(name)], lease, storeError }, work);
    },
    ...questions(query, schema),
    remember,
    async revive(id) {
      const revived = await guard(() =>
        transact(async (client) => {
          const { rows } = await client.query<{ lane: string }>(
            `UPDATE ${schema}.delivery SET state = 0, ended = NULL, error = NULL
             WHERE id = $1 AND state = 2 RETURNING lane`,
            [id],
          );
          const lanes = rows.map(({ lane }) => lane);
          await base.lock(client, lanes, "shared");
          await base.enqueue(client, lanes);
          return lanes.length > 0;
        }),
      );
      if (revived) poke();
      return revived;
    },
    async log(about, at, entry) {
      await query(`INSERT INTO ${schema}.decision (about, at, entry) VALUES ($1, $2, $3)`, [
        about,
        at,
        JSON.stringify(entry),
      ]);
    },
    ready: () =>
      guard(() =>
        transact((client) =>
          client.query(
            `INSERT INTO ${schema}.note (name, value) VALUES ('ready', $1) ON CONFLICT (name) DO UPDATE SET value = $1`,
            [String(now())],
          ),
        ),
      ).then(
        () => true,
        () => false,
      ),
    async close() {
      if (closed) return;
      await worker?.stop();
      await puts.idle();
      await jobs.idle();
      closed = true;
      await boss.stop({ graceful: false });
      await pool.end();
    },
  };
}

const connectionTo = (url: string) => ({
  connectionString: url,
  connectionTimeoutMillis: CONNECT_MS,
  keepAlive: true,
});

function nameOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `PostgreSQL at ${host}${pathname} (DATABASE_URL)`;
}

const errorsOf =
  (where: string, next: string) =>
  (error: unknown): StoreError =>
    error instanceof StoreError
      ? error
      : new StoreError(`${where} cannot be used: ${messageOf(error)}; ${next}`, { cause: error });

/** What PostgreSQL says of a schema or table that is not there. */
const ABSENT = ["3F000", "42P01"];

/**
 * Looks into the inbox, and makes nothing: a database without one is an empty inbox.
 * @throws StoreError when the database cannot be reached
 */
export async function visitPostgresInbox({
  url,
  now,
  schema = "daytwo",
}: Pick<PostgresOptions, "url" | "now" | "schema">): Promise<Visit> {
  const storeError = errorsOf(nameOf(url), "check that it runs and may be reached from here");
  const pool = new pg.Pool({ ...connectionTo(url), max: 1, query_timeout: QUERY_MS });
  pool.on("error", () => {});
  const query: Query = async (text, values = []) => {
    try {
      return await pool.query(text, values);
    } catch (error) {
      if (error instanceof pg.DatabaseError && ABSENT.includes(error.code ?? "")) return { rows: [] };
      throw storeError(error);
    }
  };
  try {
    await query("SELECT 1");
  } catch (error) {
    await pool.end();
    throw error;
  }
  return {
    ...questions(query, schema),
    async revive(id) {
      const inbox = await openPostgresInbox({ url, now, schema });
      try {
        return await inbox.revive(id);
      } finally {
        await inbox.close();
      }
    },
    close: () => pool.end(),
  };
}

const messageOf = (error: unknown): string =>
  // Node tries all addresses of a host and throws all refusals together, without a message of its own.
  error instanceof AggregateError
    ? [...new Set(error.errors.map(messageOf))].join(", ")
    : error instanceof Error
      ? error.message
      : String(error);

/** Deadlock and serialization failure, and the ways a server says that it goes or has only just come. */
const PASSING = /^(40P01|40001|57P0[1-3]|08...)$/;
/** What fails later than this has used up the sender's patience. */
const AT_ONCE_MS = 500;
/** Two instances that are sent the same deliveries in another order; a server takes a second to notice. */
const DEADLOCK = "40P01";

/**
 * Once more, when what failed did so at once and may well have passed, as with a connection that had lain idle and
 * turned out to be dead, or when a deadlock was broken. Repeating is safe, since a delivery is stored once by its id.
 */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  try {
    return await work();
  } catch (error) {
    if (error instanceof pg.DatabaseError && !PASSING.test(error.code ?? "")) throw error;
    const isDeadlock = error instanceof pg.DatabaseError && error.code === DEADLOCK;
    if (!isDeadlock && performance.now() - began > AT_ONCE_MS) throw error;
    return work();
  }
}
