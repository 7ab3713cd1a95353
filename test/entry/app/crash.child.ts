/** The app in a process of its own, to be killed: as `daytwo serve` starts it, with the shortest lease there is. */
import { setTimeout as sleep } from "node:timers/promises";
import { startApp } from "../../../src/entry/app/app.ts";
import { openPostgresInbox } from "../../../src/run/inbox/postgres.ts";
import { openSqliteInbox } from "../../../src/run/inbox/sqlite.ts";

const { SCHEMA, AHEAD } = process.env;
const io = {
  env: process.env,
  cwd: process.cwd(),
  now: () => Date.now() + Number(AHEAD),
  sleep: async (ms: number) => void (await sleep(ms)),
  out: (text: string) => void process.stdout.write(text),
  err: (text: string) => void process.stderr.write(text),
  stdin: async () => "",
  terminal: false,
};
const pauses = { first: 50, longest: 1000 };
const app = await startApp(io, {}, ({ databaseUrl, folder, ...options }) =>
  databaseUrl && SCHEMA
    ? openPostgresInbox({ ...options, url: databaseUrl, schema: SCHEMA, lease: 10, pauses })
    : openSqliteInbox({ ...options, folder, pauses }),
);
process.send?.(app.url);
process.once("SIGTERM", () => void app.drain(10_000).then(() => process.exit(0)));
