/** Instances that are killed at any moment: what was promised is done, and never by two at once. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, type TestContext, test, vi } from "vitest";
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

const ROUNDS = 10;

let server: Postgres;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.remove());

/** A folder, a journal, and instances that do not outlive the test. */
function scene(onTestFinished: TestContext["onTestFinished"]) {
  const folder = mkdtempSync(join(tmpdir(), "daytwo-crash-"));
  const journal = join(folder, "journal");
  const running: Instance[] = [];
  onTestFinished(async () => {
    for (const one of running) await one.kill().catch(() => {});
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(orders: Partial<Orders> & Pick<Orders, "name" | "store">): Promise<Instance> {
    const one = await startInstance({ journal, puts: 100_000, lanes: 8, atOnce: 4, tries: 50, ...orders });
    running.push(one);
    return one;
  }
  const unkept = () => {
    const { promised, done } = audit(journal);
    return [...promised].filter((id) => !done.has(id));
  };
  return {
    folder,
    journal,
    start,
    /** Waits until the journal has more than so many lines of an instance. */
    grown: (lines: number, { name }: Instance) =>
      vi.waitFor(() => expect(linesOf(journal, name)).toBeGreaterThan(lines), {
        timeout: 120_000,
        interval: 2,
      }),
    /** Waits until all that was promised is done. */
    kept: () => vi.waitFor(() => expect(unkept()).toEqual([]), { timeout: 240_000, interval: 250 }),
  };
}

// Most of the time goes by while leases run out: at the same time.
describe.concurrent("killed at any moment", () => {
  test.for(["SQLite", "PostgreSQL"])(
    `${ROUNDS} times on %s while it puts and works: nothing lost, nothing at once`,
    { timeout: 300_000 },
    async (kind, { expect, onTestFinished }) => {
      const { folder, journal, start, grown, kept } = scene(onTestFinished);
      const store: Store = kind === "SQLite" ? { folder } : { url: server.url, schema: "kills" };
      for (let round = 1; round <= ROUNDS; round++) {
        const one = await start({ name: `round${round}`, store });
        await grown(1 + Math.floor(Math.random() * 80), one);
        await one.kill();
      }
      const last = await start({ name: "last", store, puts: 0 });
      await kept();
      await last.stop();
      const { promised, clashes, doubled } = audit(journal);
      expect(clashes).toEqual([]);
      expect(doubled).toEqual([]);
      expect(promised.size).toBeGreaterThan(ROUNDS);
      const inbox = await openStore(store);
      expect(await inbox.stats()).toMatchObject({ waiting: 0, dead: 0 });
      await inbox.close();
    },
  );

  // Whole apps, two and four of them, share more work than this in share.test.ts.
  test("four instances on one PostgreSQL share the lanes; one is killed half way", {
    timeout: 300_000,
  }, async ({ expect, onTestFinished }) => {
    const count = 4;
    const { journal, start, grown, kept } = scene(onTestFinished);
    const store = { url: server.url, schema: "shared" };
    const puts = 1200 / count;
    const names = Array.from({ length: count }, (_, at) => `instance${at}`);
    const all = await Promise.all(names.map((name) => start({ name, store, puts, lanes: 60 })));
    const [victim, ...others] = all;
    if (!victim) throw new Error("nobody started");
    await grown(puts, victim);
    await victim.kill();
    for (const { name } of others) {
      await vi.waitFor(() => expect(readFileSync(journal, "utf8")).toContain(`sent ${name}\n`), {
        timeout: 240_000,
      });
    }
    await kept();
    await Promise.all(others.map((one) => one.stop()));
    const { promised, done, clashes, doubled } = audit(journal);
    expect(clashes).toEqual([]);
    expect(doubled).toEqual([]);
    expect(promised.size).toBeGreaterThanOrEqual(puts * (count - 1));
    const share = Map.groupBy(done.values(), (name) => name);
    for (const { name } of others) expect(share.get(name)?.length).toBeGreaterThan(0);
  });
});

describe("the file of a SQLite inbox", () => {
  test("is one process's: another is told whose, and gets it when that one is killed", async ({
    onTestFinished,
  }) => {
    const { folder, start } = scene(onTestFinished);
    const one = await start({ name: "holder", store: { folder }, puts: 0 });
    const opening = openSqliteInbox({ folder, now: Date.now });
    await expect(opening).rejects.toThrow(`the inbox in ${folder} is in use by another process`);
    if (process.platform === "linux") await expect(opening).rejects.toThrow(`(pid ${one.pid})`);
    await one.kill();
    const inbox = await openSqliteInbox({ folder, now: Date.now });
    expect(await inbox.put(waiting("a"))).toBe("stored");
    await inbox.close();
  });

  test("work that kills its process every time ends as a dead letter", async ({ onTestFinished }) => {
    const { folder, start } = scene(onTestFinished);
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
