/**
 * The app in a process of its own, to be killed: as `daytwo serve` starts it, with a short lease. Where a journal
 * is named, it writes down which lanes it works on, in lines that survive its death.
 */
import { openSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { startApp } from "../../../src/entry/app/app.ts";
import type { Batch, Handler, Inbox } from "../../../src/run/inbox/inbox.ts";
import { openPostgresInbox } from "../../../src/run/inbox/postgres.ts";
import { openSqliteInbox } from "../../../src/run/inbox/sqlite.ts";

const { SCHEMA, SINCE, START, SPEED = "1", LEASE = "10", NAME = "", JOURNAL } = process.env;
const speed = Number(SPEED);
const io = {
  env: process.env,
  cwd: process.cwd(),
  now: () => Number(START) + (Date.now() - Number(SINCE)) * speed,
  sleep: async (ms: number) => void (await sleep(ms / speed)),
  out: (text: string) => void process.stdout.write(text),
  err: (text: string) => void process.stderr.write(text),
  stdin: async () => "",
  terminal: false,
};
const pauses = { first: 50, longest: 1000 };

function noting(handler: Handler, journal: number): Handler {
  let sweeps = 0;
  // Appended in one write each, so that the lines of several processes stay whole and in their order.
  const note = (what: string, batch: Batch, ids: string) =>
    writeSync(journal, `${what} ${NAME} ${batch.lane.split("#")[1]} ${ids}\n`);
  return async (batch, lost) => {
    const heard = batch.waiting.flatMap(({ delivery }) => delivery.id ?? []);
    const ids = heard.length > 0 ? heard.join(",") : `sweep-${NAME}-${++sweeps}`;
    note("begin", batch, ids);
    await handler(batch, lost);
    note("end", batch, ids);
  };
}

function journaled(inbox: Inbox): Inbox {
  if (JOURNAL === undefined) return inbox;
  const journal = openSync(JOURNAL, "a");
  return { ...inbox, work: (handler, options) => inbox.work(noting(handler, journal), options) };
}

const app = await startApp(io, {}, async ({ databaseUrl, folder, ...options }) =>
  journaled(
    databaseUrl && SCHEMA
      ? await openPostgresInbox({
          ...options,
          url: databaseUrl,
          schema: SCHEMA,
          lease: Number(LEASE),
          pauses,
        })
      : await openSqliteInbox({ ...options, folder, pauses }),
  ),
);
process.send?.(app.url);
process.once("SIGTERM", () => void app.drain(10_000).then(() => process.exit(0)));
// Goes with whoever started it.
process.on("disconnect", () => process.exit(1));
