/** What both halves of the PostgreSQL inbox stand on: the tables, the queue, transactions and locks. */
import { crc32 } from "node:zlib";
import type pg from "pg";
import type { CommandResponse, PgBoss, QueueOptions } from "pg-boss";
import type { Waiting } from "./inbox.ts";

/** The queue of lanes. */
export const QUEUE = "lane";

const tables = (schema: string) => `
  CREATE SCHEMA IF NOT EXISTS ${schema};
  CREATE TABLE IF NOT EXISTS ${schema}.delivery (
    id text PRIMARY KEY, seq bigint GENERATED ALWAYS AS IDENTITY, lane text NOT NULL, received bigint NOT NULL,
    body text,                            -- null once done; text, since jsonb refuses U+0000
    state smallint NOT NULL DEFAULT 0,    -- 0 waiting, 1 done, 2 dead
    ended bigint, error text);
  CREATE INDEX IF NOT EXISTS delivery_waiting ON ${schema}.delivery (lane, seq) WHERE state = 0;
  CREATE INDEX IF NOT EXISTS delivery_done ON ${schema}.delivery (ended) WHERE state = 1;
  CREATE INDEX IF NOT EXISTS delivery_dead ON ${schema}.delivery (seq) WHERE state = 2;
  CREATE TABLE IF NOT EXISTS ${schema}.decision (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, about text NOT NULL, at bigint NOT NULL, entry text NOT NULL);
  CREATE INDEX IF NOT EXISTS decision_about ON ${schema}.decision (about, seq);
  CREATE INDEX IF NOT EXISTS decision_at ON ${schema}.decision (at);
  CREATE TABLE IF NOT EXISTS ${schema}.note (name text PRIMARY KEY, value text NOT NULL);
`;

/**
 * Makes what is missing, one instance after the other: several that start at once on an empty database would
 * get into each other's way, in pg-boss's tables as in ours.
 */
export async function prepare(
  pool: pg.Pool,
  boss: PgBoss,
  {
    schema,
    lock,
    queue,
  }: { readonly schema: string; readonly lock: readonly [number, number]; readonly queue: QueueOptions },
): Promise<{ readonly synchronousCommit: string }> {
  const client = await pool.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1, $2)", [...lock]);
    await client.query(tables(schema));
    await boss.start();
    await boss.createQueue(QUEUE, { policy: "exclusive", ...queue });
    await boss.updateQueue(QUEUE, queue);
    const { rows } = await client.query("SHOW synchronous_commit");
    return { synchronousCommit: rows[0]?.synchronous_commit };
  } finally {
    // With its session the lock goes.
    client.release(true);
  }
}

/** The database as the parts of this inbox use it. */
export interface Base {
  readonly boss: PgBoss;
  readonly schema: string;
  query<R extends pg.QueryResultRow>(text: string, values: unknown[]): Promise<R[]>;
  /** Runs `work` in a transaction, on a connection that is thrown away if anything goes wrong. */
  transact<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T>;
  /** Gives lanes a job unless they have one. Within a transaction that holds their locks. */
  enqueue(client: pg.PoolClient, lanes: readonly string[]): Promise<void>;
  /** Shares the locks of lanes, or takes the lock of one alone, until the transaction ends. */
  lock(client: pg.PoolClient, lanes: readonly string[], how: "shared" | "alone"): Promise<void>;
}

/** Gives lanes a job unless they have one. */
export const give = ({ transact, lock, enqueue }: Base, lanes: readonly string[]): Promise<void> =>
  transact(async (client) => {
    await lock(client, lanes, "shared");
    await enqueue(client, lanes);
  });

/**
 * pg-boss's calls over a connection of ours, so that they are part of its transaction. Their few statements are
 * long, and prepared once for each connection: to plan them takes the server longer than to run them.
 */
export const over = (client: pg.PoolClient) => ({
  db: {
    executeSql: (text: string, values: unknown[] = []) => client.query(prepared(text, values)),
  },
});

/** A statement that is sent and planned once for each connection. For texts of which there are few. */
export const prepared = (text: string, values: unknown[]) => ({
  name: crc32(text).toString(36),
  text,
  values,
});

export interface Row {
  readonly id: string;
  readonly lane: string;
  readonly received: number;
  readonly body: string;
}

export const waitingOf = ({ id, lane, received, body }: Row): Waiting => ({
  id,
  lane,
  receivedAt: received,
  delivery: JSON.parse(body),
});

/**
 * Which jobs a call that ends or renews attempts has found to be still those attempts. pg-boss answers with
 * them, though its types do not say so.
 */
export function settledBy(response: CommandResponse): ReadonlySet<string> {
  const { settled } = response as { readonly settled?: unknown };
  if (settled === null || settled === undefined) return new Set();
  if (!Array.isArray(settled)) throw new TypeError("pg-boss no longer says which jobs it has settled");
  return new Set(settled);
}
