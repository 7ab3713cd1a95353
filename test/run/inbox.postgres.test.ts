import pg from "pg";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import type { Batch, Inbox } from "../../src/run/inbox/inbox.ts";
import { openPostgresInbox, visitPostgresInbox } from "../../src/run/inbox/postgres.ts";
import { MONDAY, waiting } from "./deliveries.ts";
import { inboxContract } from "./inbox.contract.ts";
import { type Postgres, startPostgres } from "./postgres.ts";

let server: Postgres;
let schemas = 0;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.remove());

inboxContract("PostgreSQL", {
  pause: 1000,
  stories: 8,
  async create() {
    const schema = `contract_${++schemas}`;
    return {
      open: (options) =>
        openPostgresInbox({ url: server.url, schema, lease: 10, now: () => MONDAY, ...options }),
      visit: () => visitPostgresInbox({ url: server.url, schema, now: () => MONDAY }),
      remove: async () => {},
    };
  },
});

test("a visitor of a database without an inbox finds it empty, and makes nothing", async () => {
  const schema = "nobody_made_it";
  const visit = await visitPostgresInbox({ url: server.url, schema, now: () => MONDAY });
  onTestFinished(() => visit.close());
  expect(await visit.stats()).toEqual({ waiting: 0, oldest: null, dead: 0 });
  expect(await visit.dead()).toEqual([]);
  expect(await visit.recall("anything")).toBeNull();
  expect(await visit.logged("anything", 1)).toEqual([]);
  const away = visitPostgresInbox({ url: "postgres://daytwo@127.0.0.1:1/none", now: () => MONDAY });
  await expect(away).rejects.toThrow(/cannot be used: .*; check that it runs/);
});

describe("two instances on one PostgreSQL", () => {
  let many = 0;
  const pair = async () => {
    const options = { url: server.url, schema: `pair_${++many}`, lease: 10, now: () => MONDAY };
    const both = await Promise.all([openPostgresInbox(options), openPostgresInbox(options)] as const);
    onTestFinished(async () => {
      for (const one of both) await one.close();
    });
    return both;
  };

  test("a delivery that reaches both is stored once", async () => {
    const [one, other] = await pair();
    const ids = Array.from({ length: 200 }, (_, at) => `d${at}`);
    // Each gets them in another order, so that their transactions meet crosswise.
    const answers = await Promise.all([
      ...ids.map((id, at) => one.put(waiting(id, at % 7))),
      ...ids.toReversed().map((id, at) => other.put(waiting(id, (ids.length - 1 - at) % 7))),
    ]);
    expect(answers.filter((answer) => answer === "stored")).toHaveLength(ids.length);
    expect((await one.stats()).waiting).toBe(ids.length);
  });

  test("nothing is left behind in a lane that both fill while both work on it", async () => {
    const [one, other] = await pair();
    const busy = new Set<string>();
    const seen: string[] = [];
    let clashes = 0;
    const handler = async ({ lane, waiting }: Batch) => {
      if (busy.has(lane)) clashes++;
      busy.add(lane);
      seen.push(...waiting.map(({ id }) => id));
      await new Promise((resolve) => setImmediate(resolve));
      busy.delete(lane);
    };
    for (const inbox of [one, other]) await inbox.work(handler, { atOnce: 3, tries: 1 });
    const sent: string[] = [];
    const fill = async (inbox: Inbox, name: string) => {
      for (let at = 0; at < 300; at++) {
        sent.push(`github ${name}${at}`);
        await inbox.put(waiting(`${name}${at}`, at % 2));
      }
    };
    await Promise.all([fill(one, "a"), fill(other, "b")]);
    await vi.waitFor(async () => expect((await one.stats()).waiting).toBe(0), {
      timeout: 60_000,
      interval: 20,
    });
    expect(seen.sort()).toEqual(sent.sort());
    expect(clashes).toBe(0);
  });

  test("a lane whose instance ended before it could give it a job is found by another", async () => {
    const [one, other] = await pair();
    const seen: string[] = [];
    await other.work(async (batch) => void seen.push(...batch.waiting.map(({ id }) => id)), {
      atOnce: 1,
      tries: 1,
    });
    await one.put(waiting("a"));
    await vi.waitFor(() => expect(seen).toEqual(["github a"]), { timeout: 60_000, interval: 20 });
    // All that such an instance leaves behind.
    const { id, lane, delivery, receivedAt } = waiting("b", 2);
    const client = new pg.Client(server.url);
    await client.connect();
    await client.query(
      `INSERT INTO pair_${many}.delivery (id, lane, received, body) VALUES ($1, $2, $3, $4)`,
      [id, lane, receivedAt, JSON.stringify(delivery)],
    );
    await client.end();
    await vi.waitFor(() => expect(seen).toEqual(["github a", "github b"]), { timeout: 60_000, interval: 50 });
  });

  test("a name is taken for both", async () => {
    const [one, other] = await pair();
    await one.alone("tick", async () => {
      expect(await other.alone("tick", async () => 1)).toBeNull();
      expect(await other.alone("tock", async () => 2)).toBe(2);
    });
    expect(await other.alone("tick", async () => 3)).toBe(3);
  });

  test("a server that acknowledges what it could lose is told not to", async () => {
    const database = new URL(server.url);
    database.searchParams.set("options", "-c synchronous_commit=off");
    const inbox = await openPostgresInbox({
      url: database.href,
      schema: "lax",
      lease: 10,
      now: () => MONDAY,
    });
    onTestFinished(() => inbox.close());
    expect(await inbox.put(waiting("a"))).toBe("stored");
  });

  test.each([
    ["schema", { schema: "Robert'); DROP" }, "is not a schema name"],
    ["lease", { lease: 3 }, "a lease of 3 s is too short"],
  ])("a %s that will not do is refused", async (_, options, message) => {
    await expect(openPostgresInbox({ url: server.url, now: () => MONDAY, ...options })).rejects.toThrow(
      message,
    );
  });
});
