/**
 * One instance's share of the work on a PostgreSQL inbox.
 *
 * A job is a lane. Fetching it gives a lease, which is renewed three times in its length; pg-boss gives the
 * job to another instance once it has run out. An attempt is told from the next by the job's retry count, so
 * one whose lease was lost can neither renew it nor write down what it did: that is checked in the
 * transaction that ends its deliveries. What it does to the forge meanwhile cannot be checked there, so it is
 * told to stop (`lost`) a fifth of the lease before anybody else may begin, by a clock that only runs here.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import type { CommandResponse, Job } from "pg-boss";
import type { Instant } from "../../model.ts";
import { BATCH_LIMIT, type Handler, KNOWN_MS, LOG_MS, type Worker } from "./inbox.ts";
import { type Base, give, over, QUEUE, type Row, settledBy, waitingOf } from "./postgres-base.ts";

/** How soon work is noticed that another instance has left, or that has rested after a failure. */
const POLL_MS = 1000;
/** How soon a lane that waits without a job gets one: its instance ended, or lost the database, before it could. */
const GIVE_MS = 5000;
/** Each takes a lock, of which a server has some thousands for everybody. */
const GIVE_LIMIT = 200;
/** How often old rows go. */
const TIDY_MS = 5 * 60_000;
const TIDY_LIMIT = 5000;
/** Between two attempts to write down what has become of a batch. */
const AGAIN_MS = 500;

export interface WorkerOptions {
  readonly handler: Handler;
  readonly atOnce: number;
  readonly tries: number;
  /** Seconds. */
  readonly lease: number;
  readonly now: () => Instant;
  readonly warn: (error: unknown) => void;
}

/** A job as it was fetched: its retry count makes the attempt. */
type Attempt = Pick<Job, "id" | "retryCount">;

interface Held {
  readonly job: Attempt;
  readonly lane: string;
  readonly lost: AbortController;
  /** When the lease was last asked for and then given, on `performance.now()`. */
  renewed: number;
  done: Promise<void>;
}

/** The lease had gone to somebody else when the result was to be written down. */
class Lost extends Error {}

export function startWorker(
  base: Base,
  { handler, atOnce, tries, lease, now, warn }: WorkerOptions,
): Worker & { readonly poke: () => void } {
  const { boss, schema, query, transact, lock, enqueue } = base;
  const leaseMs = lease * 1000;
  const held = new Set<Held>();
  let stopping = false;
  let poked = false;
  let wake = () => {};
  const poke = () => {
    poked = true;
    wake();
  };

  async function pause(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    wake = resolve;
    const timer = setTimeout(resolve, POLL_MS);
    if (!poked) await promise;
    clearTimeout(timer);
    poked = false;
  }

  async function run(): Promise<void> {
    let giveAt = 0;
    let tidyAt = 0;
    while (!stopping) {
      try {
        if (performance.now() >= giveAt) {
          await giveJobs();
          giveAt = performance.now() + GIVE_MS;
        }
        if (performance.now() >= tidyAt) {
          await tidy();
          tidyAt = performance.now() + TIDY_MS;
        }
        const free = atOnce - held.size;
        if (free > 0) {
          const asked = performance.now();
          for (const job of await boss.fetch<{ lane: string }>(QUEUE, { batchSize: free }))
            hold(job, job.data.lane, asked);
        }
      } catch (error) {
        warn(error);
        await sleep(POLL_MS);
      }
      if (!stopping) await pause();
    }
  }

  function hold(job: Attempt, lane: string, renewed: number): void {
    const one: Held = { job, lane, lost: new AbortController(), renewed, done: Promise.resolve() };
    held.add(one);
    one.done = attempt(one)
      .catch(warn)
      .finally(() => {
        held.delete(one);
        poke();
      });
  }

  async function attempt(one: Held): Promise<void> {
    const { lane, job } = one;
    const failures = job.retryCount;
    const rows = await take(one);
    const ids = rows.map(({ id }) => id);
    const die = (error: string) =>
      finish(one, ids, "state = 2, ended = $2, error = $3", [error.replaceAll("\0", "").slice(0, 4000)]);

    if (rows.length > 0 && failures >= tries) {
      return die(`daytwo ended, or lost its database, ${failures} times while it worked on this`);
    }
    try {
      if (rows.length > 0) await handler({ lane, waiting: rows.map(waitingOf), failures }, one.lost.signal);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      warn(new Error(`work on ${lane} failed (${failures + 1} of ${tries}): ${message}`, { cause: error }));
      if (failures + 1 >= tries) return die(message);
      return settle(one, async (client) => {
        stillOurs(one, await boss.fail(QUEUE, job, { message }, over(client)));
      });
    }
    return finish(one, ids, "state = 1, ended = $2, body = NULL", []);
  }

  const stillOurs = ({ job }: Held, response: CommandResponse) => {
    if (!settledBy(response).has(job.id)) throw new Lost();
  };

  /** Ends the job and its deliveries, and gives the lane another job if more has come. */
  const finish = (
    one: Held,
    ids: readonly string[],
    how: string,
    values: readonly unknown[],
  ): Promise<void> =>
    settle(one, async (client) => {
      stillOurs(one, await boss.complete(QUEUE, one.job, null, over(client)));
      await client.query(`UPDATE ${schema}.delivery SET ${how} WHERE id = ANY ($1) AND state = 0`, [
        ids,
        now(),
        ...values,
      ]);
      const more = await client.query(
        `SELECT 1 FROM ${schema}.delivery WHERE lane = $1 AND state = 0 LIMIT 1`,
        [one.lane],
      );
      if (more.rows.length > 0) await enqueue(client, [one.lane]);
    });

  /** Writes down what has become of an attempt, however often that takes, while its lease lasts. */
  const settle = (one: Held, work: (client: pg.PoolClient) => Promise<void>): Promise<void> =>
    insist(one, () =>
      transact(async (client) => {
        await lock(client, [one.lane], "alone");
        await work(client);
      }),
    );

  const take = (one: Held): Promise<Row[]> =>
    insist(one, () =>
      query<Row>(
        `SELECT id, lane, received::float8 AS received, body FROM ${schema}.delivery
         WHERE lane = $1 AND state = 0 ORDER BY seq LIMIT $2`,
        [one.lane, BATCH_LIMIT],
      ),
    );

  async function insist<T>({ lane, lost }: Held, work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (error instanceof Lost || lost.signal.aborted) {
          throw new Error(
            `the lease on ${lane} was lost, so what was done there counts for nothing and is done again`,
          );
        }
        warn(error);
        await sleep(AGAIN_MS);
      }
    }
  }

  let renewing = false;
  async function renew(): Promise<void> {
    const asked = performance.now();
    for (const one of held)
      if (asked - one.renewed > leaseMs * 0.8) one.lost.abort(new Error("the lease has run out"));
    const ours = [...held].filter(({ lost }) => !lost.signal.aborted);
    if (renewing || ours.length === 0) return;
    renewing = true;
    try {
      const kept = settledBy(
        await boss.touch(
          QUEUE,
          ours.map(({ job }) => job),
        ),
      );
      for (const one of ours) {
        if (kept.has(one.job.id)) one.renewed = asked;
        else one.lost.abort(new Error("the lease is somebody else's"));
      }
    } catch (error) {
      warn(error);
    } finally {
      renewing = false;
    }
  }

  /** The longest waiting first: those that are worked on make room for the others. */
  async function giveJobs(): Promise<void> {
    const waiting = await query<{ lane: string }>(
      `SELECT lane FROM ${schema}.delivery WHERE state = 0 GROUP BY lane ORDER BY min(seq) LIMIT $1`,
      [GIVE_LIMIT],
    );
    if (waiting.length > 0)
      await give(
        base,
        waiting.map(({ lane }) => lane),
      );
  }

  async function tidy(): Promise<void> {
    await transact(async (client) => {
      const old = [
        [`${schema}.delivery`, "id", "state = 1 AND ended < $1", now() - KNOWN_MS],
        [`${schema}.decision`, "seq", "at < $1", now() - LOG_MS],
      ] as const;
      for (const [table, id, which, before] of old) {
        await client.query(
          `DELETE FROM ${table} WHERE ${id} IN (SELECT ${id} FROM ${table} WHERE ${which} LIMIT ${TIDY_LIMIT})`,
          [before],
        );
      }
    });
  }

  // Checked twice as often as a lease is renewed at the latest, so that the last fifth of it is kept.
  const beat = setInterval(renew, leaseMs / 10);
  const running = run();
  return {
    poke,
    async stop() {
      stopping = true;
      poke();
      await running;
      await Promise.all([...held].map(({ done }) => done));
      clearInterval(beat);
    },
  };
}
