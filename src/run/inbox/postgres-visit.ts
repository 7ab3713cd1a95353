/** What anybody may ask of an inbox in PostgreSQL. */
import type pg from "pg";
import type { DeadLetter, InboxStats, Logged } from "./inbox.ts";
import { type Row, waitingOf } from "./postgres-base.ts";

/** Runs one statement. */
export type Query = <R extends pg.QueryResultRow>(
  text: string,
  values?: unknown[],
) => Promise<{ readonly rows: readonly R[] }>;

/** @throws whatever `query` throws */
export function questions(query: Query, schema: string) {
  return {
    async stats(): Promise<InboxStats> {
      const { rows } = await query<{ waiting: number; oldest: number | null; dead: number }>(
        `SELECT count(*)::int AS waiting, min(received)::float8 AS oldest,
           (SELECT count(*)::int FROM ${schema}.delivery WHERE state = 2) AS dead
         FROM ${schema}.delivery WHERE state = 0`,
      );
      return rows[0] ?? { waiting: 0, oldest: null, dead: 0 };
    },
    async dead(): Promise<DeadLetter[]> {
      const { rows } = await query<Row & { error: string; ended: number }>(
        `SELECT id, lane, received::float8 AS received, body, error, ended::float8 AS ended
         FROM ${schema}.delivery WHERE state = 2 ORDER BY seq`,
      );
      return rows.map((row) => ({ ...waitingOf(row), error: row.error, diedAt: row.ended }));
    },
    async recall(name: string): Promise<string | null> {
      const text = `SELECT value FROM ${schema}.note WHERE name = $1`;
      return (await query<{ value: string }>(text, [name])).rows[0]?.value ?? null;
    },
    async logged(about: string, limit: number): Promise<Logged[]> {
      const { rows } = await query<{ at: number; entry: string }>(
        `SELECT at::float8 AS at, entry FROM ${schema}.decision WHERE about = $1 ORDER BY seq DESC LIMIT $2`,
        [about, limit],
      );
      return rows.map(({ at, entry }) => ({ at, entry: JSON.parse(entry) }));
    },
  };
}
