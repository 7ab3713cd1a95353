/** What people do reaches daytwo as signed deliveries, and daytwo answers on the forge. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { isStatus } from "../../../src/engine/status.ts";
import type { ForgeKind } from "../../../src/model.ts";
import { MINUTE, metric, openWorld, PEOPLE, quiet, REQUESTS, STATE, type World } from "./world.ts";

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

/** What people do in one afternoon. Each acts on what they see, which is not what daytwo did meanwhile. */
const ACTS: readonly ((world: World) => void)[] = [
  ({ memory }) =>
    void memory.by("hr").open(REQUESTS, { title: "Access for Ada", labels: ["access-request"] }),
  ({ memory }) =>
    void memory.by("hr").open(REQUESTS, { title: "Access for Grace", labels: ["access-request"] }),
  ({ memory }) =>
    void memory.by("amber").open(REQUESTS, { title: "Access for Mary", labels: [STATE.in_progress] }),
  ({ memory }) => void memory.by("hr").open(REQUESTS, { title: "A question", body: "What is this?" }),
  ({ memory }) => memory.by("sam").assign(REQUESTS, 1),
  ({ memory }) => memory.by("meri").label(REQUESTS, 2, "SalesOPS: Waiting on SFDC License"),
  ({ memory }) => void memory.by("hr").comment(REQUESTS, 1, "Thank you!"),
  ({ memory }) =>
    void memory
      .by("hr")
      .open(PEOPLE, { title: "Katherine", body: HIRE("Katherine Johnson"), labels: ["onboarding"] }),
  ({ memory }) => memory.by("amber").label(REQUESTS, 4, "access-request"),
  ({ memory }) =>
    void memory
      .by("hr")
      .open(PEOPLE, { title: "Dorothy", body: HIRE("Dorothy Vaughan"), labels: ["onboarding"] }),
];

/** What stands on the forge, by title: numbers depend on who came first. */
function standing({ memory }: World) {
  const shown = [REQUESTS, PEOPLE].flatMap((project) =>
    [...memory.project(project).issues.values()].map((issue) => ({
      project,
      title: issue.title,
      state: issue.state,
      labels: issue.labels.map(({ name }) => name).sort(),
      assignees: issue.assignees.map(({ handle }) => handle),
      statuses: issue.comments.filter(({ body }) => isStatus(body)).length,
    })),
  );
  return shown.sort((a, b) => a.title.localeCompare(b.title));
}

/** A generator of numbers from 0 to 1 that always gives the same ones. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

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

  test("shuffled, doubled and a third dropped, then one sweep: the same end as in order", async () => {
    const inOrder = await open(kind);
    const first = await inOrder.start();
    for (const act of ACTS) {
      inOrder.clock.now += MINUTE;
      act(inOrder);
      await quiet(inOrder, first);
    }
    const expected = standing(inOrder);
    expect(expected).toHaveLength(8);

    for (const seed of [1, 2]) {
      const world = await open(kind);
      const app = await world.start();
      const next = random(seed);
      for (const act of ACTS) {
        world.clock.now += MINUTE;
        act(world);
      }
      const waiting = world.sandbox.webhooks.take();
      const sent = [...waiting, ...waiting.filter(() => next() < 0.5)]
        .filter(() => next() > 1 / 3)
        .map((delivery) => ({ delivery, at: next() }))
        .sort((a, b) => a.at - b.at);
      await world.sandbox.webhooks.deliver(sent.map(({ delivery }) => delivery));
      await quiet(world, app);
      await app.sweep();
      await quiet(world, app);
      expect(standing(world)).toEqual(expected);
      expect(world.sandbox.violations).toEqual([]);
    }
  });
});

test("many deliveries of one issue become few looks", async () => {
  const world = await open("github");
  const app = await world.start();
  world.memory.by("hr").open(REQUESTS, { title: "Access for Ada", labels: ["access-request"] });
  const [sample] = world.sandbox.webhooks.take();
  if (!sample) throw new Error("nothing was sent");
  const burst = Array.from({ length: 40 }, (_, i) =>
    world.sandbox.webhooks.send({ ...sample, id: `burst-${i}` }),
  );
  expect((await Promise.all(burst)).map(({ status }) => status)).toEqual(burst.map(() => 202));
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

test("what the forge could not hand over is asked for again on start", async () => {
  const world = await open("github");
  const first = await world.start();
  const port = new URL(first.url).port;
  await vi.waitFor(async () => expect(await metric(first.url, "daytwo_inbox_waiting")).toBe(0));
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
  await vi.waitFor(() => expect(known().length).toBeGreaterThan(0));
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
