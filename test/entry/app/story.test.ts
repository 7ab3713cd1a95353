/** What people do reaches daytwo as signed deliveries, and daytwo answers on the forge. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { isStatus } from "../../../src/engine/status.ts";
import type { ForgeKind } from "../../../src/model.ts";
import { MINUTE, metric, openWorld, PATIENCE, PEOPLE, quiet, REQUESTS, STATE, type World } from "./world.ts";

/** Waits until nothing is left to work on, and sends nothing. */
const quietly = ({ url }: { readonly url: string }) =>
  vi.waitFor(async () => expect(await metric(url, "daytwo_inbox_waiting")).toBe(0), PATIENCE);

const worlds: World[] = [];
async function open(kind: ForgeKind): Promise<World> {
  const world = await openWorld(kind);
  worlds.push(world);
  return world;
}
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.end()));
});

const HIRE = (name: string, start = "2026-11-23") =>
  [`### Full name\n\n${name}`, "### Role\n\nAccount Executive", `### Start date\n\n${start}`].join("\n\n");

describe.each(["github", "gitlab"] as const)("on %s", (kind) => {
  test("a delivery ends in the right state", async () => {
    const world = await open(kind);
    const app = await world.start();
    const { memory, clock } = world;
    const number = memory.by("hr").open(REQUESTS, { title: "Access for Ada", labels: ["access-request"] });
    await quiet(world, app);
    expect(world.labels(number)).toContain(STATE.action_needed);

    clock.now += MINUTE;
    memory.by("sam").assign(REQUESTS, number);
    await quiet(world, app);
    expect(world.labels(number)).toContain(STATE.in_progress);
    expect(world.labels(number)).not.toContain(STATE.action_needed);
    expect(world.sandbox.violations).toEqual([]);
  });
});

test.each(["github", "gitlab"] as const)(
  "what daytwo did itself costs the forge no request, on %s, and what others did is looked at",
  async (kind) => {
    const world = await open(kind);
    const app = await world.start();
    await app.sweep();
    const { memory, sandbox, clock } = world;
    const number = memory.by("hr").open(REQUESTS, { title: "Access for Ada", labels: ["access-request"] });
    await quiet(world, app);
    clock.now += MINUTE;
    memory.by("sam").assign(REQUESTS, number);
    await sandbox.deliver();
    await vi.waitFor(() => expect(world.labels(number)).not.toContain(STATE.action_needed), PATIENCE);
    await quietly(app);
    const own = sandbox.webhooks.take();
    expect(own.length).toBeGreaterThan(1);
    const before = sandbox.log.length;
    await sandbox.webhooks.deliver(own);
    await quiet(world, app);
    expect(sandbox.log.slice(before).map(({ kind }) => kind)).toEqual([]);
    const skipped = () => metric(app.url, 'daytwo_reconciles_total{trigger="delivery",result="skipped"}');
    expect(await skipped()).toBeGreaterThan(0);

    // Sent anew as another delivery, long after: nobody knows what that is.
    clock.now += 60 * MINUTE;
    memory.by("daytwo").label(REQUESTS, number, STATE.completed);
    const looked = sandbox.log.length;
    await quiet(world, app);
    expect(sandbox.log.length).toBeGreaterThan(looked);
    expect(world.labels(number).filter((name) => name.startsWith("SalesOpsAR::"))).toHaveLength(1);
  },
);

test("what was cut off is finished, though only daytwo's own deeds tell of it", async () => {
  const world = await open("github");
  const app = await world.start();
  const { memory, sandbox, clock } = world;
  const number = memory.by("hr").open(REQUESTS, { title: "Access for Ada", labels: ["access-request"] });
  await quiet(world, app);
  clock.now += MINUTE;
  memory.by("sam").assign(REQUESTS, number);
  const [assigned] = sandbox.webhooks.take();
  if (!assigned) throw new Error("nothing was sent");
  // The label that is no longer true stays, for as long as the forge fails.
  sandbox.faults.next({ match: /DELETE .*labels/, kind: "status", status: 422, times: 1 });
  await sandbox.webhooks.deliver([assigned]);
  await vi.waitFor(() => expect(sandbox.faults.pending).toBe(0), PATIENCE);
  await quiet(world, app);
  expect(world.labels(number)).toContain(STATE.in_progress);
  expect(world.labels(number)).not.toContain(STATE.action_needed);
});

test("many deliveries of one issue become few looks", async () => {
  const world = await open("github");
  const app = await world.start();
  world.memory.by("hr").open(REQUESTS, { title: "Access for Ada", labels: ["access-request"] });
  const [sample] = world.sandbox.webhooks.take();
  if (!sample) throw new Error("nothing was sent");
  // The first look takes until all of them have come.
  const held = world.holdWrites();
  const burst = Array.from({ length: 40 }, (_, i) =>
    world.sandbox.webhooks.send({ ...sample, id: `burst-${i}` }),
  );
  expect((await Promise.all(burst)).map(({ status }) => status)).toEqual(burst.map(() => 202));
  await held.reached;
  held.release();
  await quiet(world, app);
  const looks = await Promise.all(
    ["changed", "nothing"].map((result) =>
      metric(app.url, `daytwo_reconciles_total{trigger="delivery",result="${result}"}`),
    ),
  );
  expect(looks.reduce((sum, n) => sum + (n || 0), 0)).toBeLessThan(10);
  expect(world.memory.issue(REQUESTS, 1).comments.filter(({ body }) => isStatus(body)).length).toBeLessThan(
    2,
  );
});

test("a hire that becomes due by the clock alone gets one request", async () => {
  const world = await open("github");
  // Monday is day one: due on Tuesday at nine, in half an hour.
  world.clock.now -= 30 * MINUTE;
  const app = await world.start();
  world.memory.by("hr").open(PEOPLE, { title: "Ada", body: HIRE("Ada Lovelace"), labels: ["onboarding"] });
  await quiet(world, app);
  expect(world.memory.project(REQUESTS).issues.size).toBe(0);
  world.clock.now += 31 * MINUTE;
  await Promise.all([app.sweep(), app.sweep()]);
  await quiet(world, app);
  await app.sweep();
  await quiet(world, app);
  expect(world.memory.project(REQUESTS).issues.size).toBe(1);
});

test("a close that one sweep opens has what it lists before the next one", async () => {
  const world = await open("github");
  const app = await world.start();
  // The one at its start is over.
  await app.sweep();
  const { memory } = world;
  memory.addLabel(REQUESTS, "deal-split");
  const split = memory.by("hr").open(REQUESTS, { title: "Split Acme", labels: ["deal-split"] });
  await quiet(world, app);
  world.clock.now += 24 * 60 * MINUTE;
  await app.sweep();
  await quietly(app);
  const close = memory.issue(REQUESTS, split + 1);
  expect(close.title).toBe("Sales Ops monthly close: 2026-11");
  expect(close.comments.map(({ body }) => body)).toEqual([
    expect.stringContaining(`[${REQUESTS}#${split}](`),
  ]);
});

test("what the forge could not hand over is asked for again on start", async () => {
  const world = await open("github");
  const first = await world.start();
  const port = new URL(first.url).port;
  await vi.waitFor(async () => expect(await metric(first.url, "daytwo_inbox_waiting")).toBe(0), PATIENCE);
  await first.drain(10_000);

  world.clock.now += MINUTE;
  world.memory.by("hr").open(REQUESTS, { title: "Access for Ada", labels: ["access-request"] });
  const failed = await world.sandbox.webhooks.deliver();
  expect(failed.map(({ status }) => status)).toEqual(failed.map(() => null));

  world.clock.now += 60 * MINUTE;
  const second = await world.start({ PORT: port });
  await second.sweep();
  const known = () =>
    world.sandbox.webhooks.attempts.filter(({ redelivery, status }) => redelivery && status === 202);
  await vi.waitFor(() => expect(known().length).toBeGreaterThan(0), PATIENCE);
  expect(await metric(second.url, "daytwo_deliveries_recovered_total")).toBe(failed.length);
  await quiet(world, second);
  expect(world.labels(1)).toContain(STATE.action_needed);
  // Once it has arrived it is not asked for again.
  await second.sweep();
  expect(await metric(second.url, "daytwo_deliveries_recovered_total")).toBe(failed.length);
});

test("a token that may not read webhooks is told of once, and sweeps do the rest", async () => {
  const world = await open("github");
  world.sandbox.faults.next({
    match: /\/hooks/,
    kind: "status",
    status: 404,
    body: { message: "Not Found" },
    times: 9,
  });
  const app = await world.start();
  await app.sweep();
  await app.sweep();
  world.memory.by("hr").open(REQUESTS, { title: "Access for Ada", labels: ["access-request"] });
  world.sandbox.webhooks.take();
  await app.sweep();
  await quiet(world, app);
  expect(world.labels(1)).toContain(STATE.action_needed);
  const told = world.logged.filter(({ msg }) => String(msg).startsWith("missed deliveries cannot be listed"));
  expect(told.map(({ outbox }) => outbox)).toEqual(["github acme/access-requests", "github acme/people"]);
});

test("a forge that is away for a while loses nothing", async () => {
  const world = await open("github");
  const app = await world.start();
  await app.sweep();
  world.sandbox.faults.next({ match: /GET .*issues\/1(\?|$)/, kind: "status", status: 401, times: 2 });
  world.memory.by("hr").open(REQUESTS, { title: "Access for Ada", labels: ["access-request"] });
  await quiet(world, app);
  expect(world.labels(1)).toContain(STATE.action_needed);
  expect(world.sandbox.faults.pending).toBe(0);
});
