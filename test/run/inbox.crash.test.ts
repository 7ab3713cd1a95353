/** Instances that are killed at any moment: what was promised is done, and never by two at once. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { openSqliteInbox } from "../../src/run/inbox/sqlite.ts";
import { waiting } from "./deliveries.ts";
import {
  audit,
  type Instance,
  linesOf,
  type Orders,
  openStore,
  type Store,
  startInstance,
} from "./instances.ts";
import { type Postgres, startPostgres } from "./postgres.ts";

const ROUNDS = 12;
const LONG = { timeout: 60_000, interval: 20 };

let server: Postgres;
let folder: string;
let journal: string;
const running: Instance[] = [];

beforeAll(async () => {
  server = await startPostgres();
}, 60_000);
afterAll(() => server.remove());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "daytwo-crash-"));
  journal = join(folder, "journal");
});
afterEach(async () => {
  for (const one of running.splice(0)) await one.kill().catch(() => {});
  rmSync(folder, { recursive: true, force: true });
});

async function start(orders: Partial<Orders> & Pick<Orders, "name" | "store">): Promise<Instance> {
  const one = await startInstance({ journal, puts: 100_000, lanes: 8, atOnce: 4, tries: 50, ...orders });
  running.push(one);
  return one;
}

/** Waits until an instance has done so much that its journal has grown by `lines`, or it is gone. */
const after = (lines: number, { name }: Instance) =>
  vi.waitFor(() => expect(linesOf(journal, name)).toBeGreaterThan(lines), { timeout: 20_000, interval: 2 });

/** Lets one instance, which puts nothing, work off the rest, and ends it. */
async function workOff(store: Store): Promise<void> {
  const last = await start({ name: "last", store, puts: 0 });
  await vi.waitFor(() => {
    const { promised, done } = audit(journal);
    expect([...promised].filter((id) => !done.has(id))).toEqual([]);
  }, LONG);
  await last.stop();
  const inbox = await openStore(store);
  expect(await inbox.stats()).toMatchObject({ waiting: 0, dead: 0 });
  await inbox.close();
}

describe.each(["SQLite", "PostgreSQL"])("kill -9 in a loop on %s", (kind) => {
  test(`${ROUNDS} times while it puts and works: nothing lost, nothing at once`, {
    timeout: 90_000,
  }, async () => {
    const store = kind === "SQLite" ? { folder } : { url: server.url, schema: "kills" };
    for (let round = 1; round <= ROUNDS; round++) {
      const one = await start({ name: `round${round}`, store });
      await after(1 + Math.floor(Math.random() * 120), one);
      await one.kill();
    }
    await workOff(store);
    const { promised, clashes, doubled } = audit(journal);
    expect(clashes).toEqual([]);
    expect(doubled).toEqual([]);
    expect(promised.size).toBeGreaterThan(ROUNDS);
  });
});

describe.each([2, 4])("%i instances on one PostgreSQL", (count) => {
  test("share the lanes; one is killed half way", { timeout: 90_000 }, async () => {
    const store = { url: server.url, schema: `of_${count}` };
    const puts = 1200 / count;
    const names = Array.from({ length: count }, (_, at) => `of${count}-${at}`);
    const all = await Promise.all(names.map((name) => start({ name, store, puts, lanes: 60 })));
    const [victim, ...others] = all;
    if (!victim) throw new Error("nobody started");
    await after(puts, victim);
    await victim.kill();
    await vi.waitFor(() => {
      for (const { name } of others) expect(readFileSync(journal, "utf8")).toContain(`sent ${name}\n`);
      const { promised, done } = audit(journal);
      expect([...promised].filter((id) => !done.has(id))).toEqual([]);
    }, LONG);
    await Promise.all(others.map((one) => one.stop()));
    const { promised, done, clashes, doubled } = audit(journal);
    expect(clashes).toEqual([]);
    expect(doubled).toEqual([]);
    expect(promised.size).toBeGreaterThanOrEqual(puts * (count - 1));
    const share = new Map(names.map((name) => [name, 0]));
    for (const name of done.values()) share.set(name, (share.get(name) ?? 0) + 1);
    for (const { name } of others) expect(share.get(name)).toBeGreaterThan(0);
  });
});

describe("the file of a SQLite inbox", () => {
  test("is one process's: another is told whose, and gets it when that one is killed", async () => {
    const one = await start({ name: "holder", store: { folder }, puts: 0 });
    const opening = openSqliteInbox({ folder, now: Date.now });
    await expect(opening).rejects.toThrow(`the inbox in ${folder} is in use by another process`);
    if (process.platform === "linux") await expect(opening).rejects.toThrow(`(pid ${one.pid})`);
    await one.kill();
    const inbox = await openSqliteInbox({ folder, now: Date.now });
    expect(await inbox.put(waiting("a"))).toBe("stored");
    await inbox.close();
  });

  test("work that kills its process every time ends as a dead letter", async () => {
    const tries = 3;
    const inbox = await openSqliteInbox({ folder, now: Date.now });
    await inbox.put(waiting("poison"));
    await inbox.close();
    for (let round = 1; round <= tries; round++) {
      const one = await start({ name: `round${round}`, store: { folder }, puts: 0, tries, fatal: true });
      await one.gone;
    }
    const last = await start({ name: "last", store: { folder }, puts: 0, tries });
    await last.stop();
    const after = await openSqliteInbox({ folder, now: Date.now });
    expect(await after.dead()).toMatchObject([
      { id: "github poison", error: "daytwo ended 3 times while it worked on this" },
    ]);
    await after.close();
  });
});
