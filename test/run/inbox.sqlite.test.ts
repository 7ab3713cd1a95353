import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test, vi } from "vitest";
import { openSqliteInbox, visitSqliteInbox } from "../../src/run/inbox/sqlite.ts";
import { MONDAY, waiting } from "./deliveries.ts";
import { inboxContract } from "./inbox.contract.ts";

inboxContract("SQLite", {
  pause: 40,
  stories: 40,
  async create() {
    const folder = mkdtempSync(join(tmpdir(), "daytwo-inbox-"));
    return {
      open: (options) => openSqliteInbox({ folder, now: () => MONDAY, ...options }),
      visit: () => visitSqliteInbox(folder),
      remove: async () => rmSync(folder, { recursive: true, force: true }),
    };
  },
});

test("a file as earlier versions wrote it is taken over: what waits, what is dead, what is done", async () => {
  const folder = mkdtempSync(join(tmpdir(), "daytwo-inbox-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const db = new Database(join(folder, "inbox.sqlite"));
  db.exec(`
    CREATE TABLE delivery (
      seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, lane TEXT NOT NULL, received INTEGER NOT NULL,
      body TEXT, state INTEGER NOT NULL DEFAULT 0, ended INTEGER, error TEXT);
    CREATE INDEX delivery_waiting ON delivery (seq) WHERE state = 0;
    CREATE INDEX delivery_done ON delivery (ended) WHERE state = 1;
    PRAGMA user_version = 2;`);
  const put = db.prepare("INSERT INTO delivery VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  const rows = ["waits", "done", "dead"].map((id) => waiting(id));
  for (const [i, { id, lane, delivery }] of rows.entries()) {
    const body = i === 1 ? null : JSON.stringify(delivery);
    put.run(i + 1, id, lane, MONDAY, body, i, i === 0 ? null : MONDAY, i === 2 ? "it failed" : null);
  }
  db.close();

  const inbox = await openSqliteInbox({ folder, now: () => MONDAY });
  expect(await inbox.stats()).toEqual({ waiting: 1, oldest: MONDAY, dead: 1 });
  expect(await inbox.dead()).toEqual([{ ...rows[2], error: "it failed", diedAt: MONDAY }]);
  for (const row of rows) expect(await inbox.put(row)).toBe("known");
  expect(await inbox.put(waiting("new"))).toBe("stored");
  const seen: string[] = [];
  await inbox.work(async (batch) => void seen.push(...batch.waiting.map(({ id }) => id)), {
    atOnce: 1,
    tries: 3,
  });
  await vi.waitFor(() => expect(seen).toEqual(["github waits", "github new"]), { timeout: 60_000 });
  await inbox.close();
});
