/** Names that one instance at a time may run under, on PostgreSQL. */
import pg from "pg";

/** A session that answers nothing for so long is taken for lost. */
const ANSWER_MS = 4000;

/**
 * Runs `work` while a session of its own holds an advisory lock. The server lets the lock go when the session
 * ends, however that comes about: at once for a process that is killed, and for a machine that goes without a
 * word when its keepalives stay away, which is asked for to take less than a lease. From this side the session
 * is tried three times in a lease, and `work` is told through its signal when it is gone: somebody else may
 * have begun by then.
 * @returns null when somebody else holds the lock
 */
export async function alone<T>(
  {
    connection,
    lock,
    lease,
    storeError,
  }: {
    readonly connection: pg.ClientConfig;
    readonly lock: readonly [number, number];
    /** Seconds. */
    readonly lease: number;
    readonly storeError: (error: unknown) => Error;
  },
  work: (lost: AbortSignal) => Promise<T>,
): Promise<T | null> {
  const client = new pg.Client({ ...connection, query_timeout: ANSWER_MS });
  const lost = new AbortController();
  const lose = (error: unknown) => lost.abort(storeError(error));
  client.on("error", lose);
  let beat: NodeJS.Timeout | undefined;
  try {
    let taken: boolean;
    try {
      await client.connect();
      await client.query(
        `SET tcp_keepalives_idle = ${Math.ceil(lease / 4)};
         SET tcp_keepalives_interval = ${Math.ceil(lease / 8)};
         SET tcp_keepalives_count = 3`,
      );
      const { rows } = await client.query("SELECT pg_try_advisory_lock($1, $2) AS taken", [...lock]);
      taken = rows[0]?.taken === true;
    } catch (error) {
      throw storeError(error);
    }
    beat = setInterval(() => client.query("SELECT 1").catch(lose), (lease * 1000) / 3);
    return taken ? await work(lost.signal) : null;
  } finally {
    clearInterval(beat);
    await client.end().catch(() => {});
  }
}
