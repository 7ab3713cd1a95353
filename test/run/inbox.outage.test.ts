/** Stores that fail for a while: senders are told at once, and all goes on without a restart. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  type TestContext,
  test,
  vi,
} from "vitest";
import { type Batch, type Inbox, StoreError } from "../../src/run/inbox/inbox.ts";
import { openPostgresInbox } from "../../src/run/inbox/postgres.ts";
import { openSqliteInbox, sqliteInbox } from "../../src/run/inbox/sqlite.ts";
import { openFile, syncing } from "../../src/run/inbox/sqlite-file.ts";
import { MONDAY, waiting } from "./deliveries.ts";
import { type Postgres, startPostgres } from "./postgres.ts";

const now = () => MONDAY;
const SOON = { timeout: 60_000, interval: 20 };
/** A lease has run out. */
const LATER = { timeout: 120_000, interval: 20 };
/** Forges hold a delivery that is not answered within this for failed. */
const FORGES_WAIT_MS = 10_000;

/** Puts until one is refused. @returns the ids whose put was answered */
async function fill(inbox: Inbox, body: string): Promise<string[]> {
  const stored: string[] = [];
  for (let at = 0; at < 10_000; at++) {
    try {
      await inbox.put(waiting(`fill-${at}`, at, body));
      stored.push(`github fill-${at}`);
    } catch (error) {
      expect(error).toBeInstanceOf(StoreError);
      return stored;
    }
  }
  throw new Error("the disk never filled up");
}

async function workOff(inbox: Inbox): Promise<string[]> {
  const seen: string[] = [];
  const worker = await inbox.work(
    async ({ waiting }: Batch) => void seen.push(...waiting.map(({ id }) => id)),
    { atOnce: 4, tries: 3 },
  );
  await vi.waitFor(async () => expect((await inbox.stats()).waiting).toBe(0), SOON);
  await worker.stop();
  return seen;
}

describe("SQLite", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "daytwo-outage-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test("a file that may not grow: refused while it lasts, nothing answered is lost, and then it goes on", async () => {
    const file = openFile(folder);
    const { db } = file;
    const inbox = sqliteInbox(file, { now });
    onTestFinished(() => inbox.close());
    db.pragma("max_page_count = 60");
    const stored = await fill(inbox, "x".repeat(3000));
    expect(stored.length).toBeGreaterThan(10);
    await expect(inbox.put(waiting("refused", 1, "x".repeat(30_000)))).rejects.toThrow(
      /full.*\(SQLITE_FULL\)/,
    );

    db.pragma("max_page_count = 100000");
    expect(await inbox.put(waiting("late"))).toBe("stored");
    expect(await inbox.ready()).toBe(true);
    expect((await workOff(inbox)).sort()).toEqual([...stored, "github late"].sort());
  });

  test("a disk that cannot say it has written: refused, and once it can, known and worked on once", async () => {
    const file = openFile(folder);
    let fails = true;
    const sync = async () => {
      if (fails) throw new Error("EIO: i/o error, fdatasync");
      await file.sync();
    };
    const inbox = sqliteInbox({ ...file, sync }, { now });
    onTestFinished(() => inbox.close());
    await expect(inbox.put(waiting("a"))).rejects.toThrow(/cannot be used: EIO: .*check the disk/);
    // The sender comes again, and again is told the truth.
    await expect(inbox.put(waiting("a"))).rejects.toThrow(StoreError);
    expect(await inbox.ready()).toBe(false);
    fails = false;
    expect(await inbox.put(waiting("a"))).toBe("known");
    expect(await inbox.put(waiting("b"))).toBe("stored");
    expect(await workOff(inbox)).toEqual(["github a", "github b"]);
  });

  test("after a sync has failed, the next one writes what may be lost once more", async () => {
    const file = openFile(folder);
    onTestFinished(() => file.close());
    const { db } = file;
    const wal = join(folder, "inbox.sqlite-wal");
    const nothingOpen = 9999;
    const sync = syncing(db, nothingOpen);
    db.exec("INSERT INTO note (name, value) VALUES ('a', '1')");
    await expect(sync()).rejects.toThrow("EBADF");
    expect(statSync(wal).size).toBeGreaterThan(0);
    await sync();
    // All of it is in the file itself, whatever becomes of the log.
    expect(statSync(wal).size).toBe(0);
    await expect(sync()).rejects.toThrow("EBADF");
  });

  test("work that ends while the disk is full is written down once there is room", async () => {
    const file = openFile(folder);
    const { db } = file;
    const warnings: string[] = [];
    const inbox = sqliteInbox(file, { now, warn: ({ message }) => warnings.push(message) });
    onTestFinished(() => inbox.close());
    const { promise: room, resolve: makeRoom } = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    let batches = 0;
    await inbox.work(
      async () => {
        batches++;
        begun.resolve();
        await room;
      },
      { atOnce: 1, tries: 3 },
    );
    await inbox.put(waiting("a"));
    await begun.promise;
    // Nothing can be written from here on, as on a file system that has become read-only.
    db.pragma("query_only = ON");
    makeRoom();
    await vi.waitFor(
      () => expect(warnings).toEqual([expect.stringContaining(`the inbox in ${folder} cannot be used`)]),
      SOON,
    );
    expect(await inbox.ready()).toBe(false);
    db.pragma("query_only = OFF");
    await vi.waitFor(async () => expect((await inbox.stats()).waiting).toBe(0), SOON);
    expect(batches).toBe(1);
  });

  test("a folder that cannot be used is named", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    await expect(openSqliteInbox({ folder: file, now })).rejects.toThrow(
      `the inbox in ${file} cannot be used`,
    );
    mkdirSync(join(folder, "other"));
    writeFileSync(
      join(folder, "other", "inbox.sqlite"),
      "not a database, whatever its name says".repeat(100),
    );
    await expect(openSqliteInbox({ folder: join(folder, "other"), now })).rejects.toThrow(/SQLITE_NOTADB/);
  });

  test.skipIf(!canMount())("a disk that is really full", async () => {
    const disk = join(folder, "disk");
    mkdirSync(disk);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", disk]);
    try {
      // A clock that goes: what stands there already is not written again.
      let at = MONDAY;
      const inbox = await openSqliteInbox({ folder: disk, now: () => at++ });
      writeFileSync(join(disk, "ballast"), Buffer.alloc(1_000_000));
      const stored = await fill(inbox, "x".repeat(5000));
      // Where what was refused has left its traces there is room for something smaller, for a while.
      await vi.waitFor(async () => expect(await inbox.ready()).toBe(false), { ...SOON, interval: 1 });
      rmSync(join(disk, "ballast"));
      expect(await inbox.ready()).toBe(true);
      expect(await inbox.put(waiting("late"))).toBe("stored");
      await inbox.close();
      const again = await openSqliteInbox({ folder: disk, now });
      expect((await workOff(again)).sort()).toEqual([...stored, "github late"].sort());
      await again.close();
    } finally {
      execFileSync("umount", ["-l", disk]);
    }
  });
});

function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), "daytwo-mount-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "tmpfs", folder], { stdio: "ignore" });
    execFileSync("umount", [folder], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Finishing = TestContext["onTestFinished"];

async function open(
  onTestFinished: Finishing,
  { url, schema, warnings = [] }: { url: string; schema: string; warnings?: string[] },
): Promise<Inbox> {
  const warn = ({ message }: Error) => void warnings.push(message);
  const inbox = await openPostgresInbox({ url, schema, lease: 10, now, warn });
  onTestFinished(() => inbox.close());
  return inbox;
}

// Most of the time goes by while a lease runs out or an answer does not come: at the same time.
describe.concurrent("PostgreSQL", { timeout: 180_000 }, () => {
  let server: Postgres;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.remove());

  test("a server that is away: refused at once, and then all goes on", async ({ expect, onTestFinished }) => {
    const server = await startPostgres();
    onTestFinished(() => server.remove());
    const inbox = await open(onTestFinished, { url: server.url, schema: "away" });
    const seen: string[] = [];
    const { promise: back, resolve: letGo } = Promise.withResolvers<void>();
    const lost = Promise.withResolvers<unknown>();
    const tick = inbox.alone("tick", async (signal) => {
      signal.addEventListener("abort", () => lost.resolve(signal.reason));
      await back;
    });
    await inbox.work(
      async ({ waiting }) => {
        seen.push(...waiting.map(({ id }) => id));
        await back;
      },
      { atOnce: 2, tries: 3 },
    );
    await inbox.put(waiting("before"));
    await vi.waitFor(() => expect(seen).toEqual(["github before"]), SOON);

    await server.stop();
    const asked = performance.now();
    const refused = inbox.put(waiting("while"));
    await expect(refused).rejects.toThrow(StoreError);
    await expect(refused).rejects.toThrow(
      /^PostgreSQL at 127\.0\.0\.1:\d+\/postgres \(DATABASE_URL\) cannot be used: /,
    );
    await expect(refused).rejects.not.toThrow("daytwo:daytwo");
    expect(await inbox.ready()).toBe(false);
    expect(performance.now() - asked).toBeLessThan(FORGES_WAIT_MS);
    await expect(inbox.alone("tick", async () => 1)).rejects.toThrow(StoreError);
    await expect(openPostgresInbox({ url: server.url, now })).rejects.toThrow(StoreError);
    expect(await lost.promise).toBeInstanceOf(StoreError);
    // Work that ends meanwhile is written down later: its lease has not run out.
    letGo();
    await tick;

    await server.start();
    await vi.waitFor(async () => expect(await inbox.ready()).toBe(true), SOON);
    expect(await inbox.put(waiting("after", 2))).toBe("stored");
    await vi.waitFor(async () => expect((await inbox.stats()).waiting).toBe(0), SOON);
    expect(seen).toEqual(["github before", "github after"]);
    expect(await inbox.alone("tick", async () => "again")).toBe("again");
  });

  test("a server that hangs: refused before a forge gives up", async ({ expect, onTestFinished }) => {
    const proxy = await startProxy(server.port, onTestFinished);
    const inbox = await open(onTestFinished, { url: proxy.url(server.url), schema: "hangs" });
    expect(await inbox.put(waiting("a"))).toBe("stored");
    proxy.hang();
    const asked = performance.now();
    const two = [inbox.put(waiting("b"))];
    await new Promise((resolve) => setImmediate(resolve));
    two.push(inbox.put(waiting("c")));
    // In time, whether it is the answer that does not come or the connection.
    await Promise.all(two.map((put) => expect(put).rejects.toThrow(StoreError)));
    expect(performance.now() - asked).toBeLessThan(FORGES_WAIT_MS);
    proxy.go();
    // A connection that died while nobody used it may be the next one's bad luck; then the sender comes again.
    await vi.waitFor(async () => expect(await inbox.put(waiting("b"))).toMatch(/^(stored|known)$/), SOON);
    expect(await inbox.stats()).toMatchObject({ waiting: expect.any(Number) });
  });

  test("an instance cut off from the database is told, before another takes its lane", async ({
    expect,
    onTestFinished,
  }) => {
    const proxy = await startProxy(server.port, onTestFinished);
    const warnings: string[] = [];
    const schema = "cut_off";
    const cutOff = await open(onTestFinished, { url: proxy.url(server.url), schema, warnings });
    const other = await open(onTestFinished, { url: server.url, schema });
    const story: string[] = [];
    const until = Promise.withResolvers<void>();
    await cutOff.put(waiting("a"));
    const first = await cutOff.work(
      async (_, lost) => {
        story.push("first begins");
        lost.addEventListener("abort", () => story.push("first is told"));
        await until.promise;
      },
      { atOnce: 1, tries: 5 },
    );
    await vi.waitFor(() => expect(story).toEqual(["first begins"]), SOON);
    proxy.hang();
    await other.work(async ({ failures }) => void story.push(`other begins, failures ${failures}`), {
      atOnce: 1,
      tries: 5,
    });
    await vi.waitFor(() => expect(story).toHaveLength(3), LATER);
    expect(story).toEqual(["first begins", "first is told", "other begins, failures 1"]);
    await vi.waitFor(async () => expect((await other.stats()).waiting).toBe(0), SOON);
    proxy.go();
    until.resolve();
    await first.stop();
    expect(warnings).toContainEqual(
      expect.stringContaining("was lost, so what was done there counts for nothing"),
    );
    expect((await other.stats()).dead).toBe(0);
  });
});

/** A way to the server that can be cut without either side's being told. */
async function startProxy(port: number, onTestFinished: Finishing) {
  const sockets = new Set<Socket>();
  let hanging = false;
  const proxy = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on("data", (chunk) => {
        if (!hanging) to.write(chunk);
      });
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
      from.on("error", () => {});
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  return {
    url: (url: string) => url.replace(/:\d+\//, `:${(proxy.address() as AddressInfo).port}/`),
    /** From here on nothing gets through, in either direction. */
    hang() {
      hanging = true;
    },
    /** What was cut stays cut; new connections get through. */
    go() {
      hanging = false;
      for (const socket of sockets) socket.destroy();
    },
  };
}
