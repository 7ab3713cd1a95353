/** What an operator sees: metrics, logs, and a store that fails for a while. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { main } from "../../../src/entry/cli.ts";
import { type Inbox, StoreError } from "../../../src/run/inbox/inbox.ts";
import { openInbox } from "../../../src/run/inbox/open.ts";
import {
  githubSignature,
  MINUTE,
  metric,
  openWorld,
  PATIENCE,
  quiet,
  REQUESTS,
  SECRET,
  SIGNING,
  STATE,
  TOKEN,
  type World,
} from "./world.ts";

let world: World;
afterEach(() => world.end());

/** A store that can be taken away: every call fails as its own would. */
function fragile() {
  const state = { broken: false };
  const open: typeof openInbox = async (options) => {
    const inbox = await openInbox(options);
    const guard =
      <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
      async (...args: A): Promise<R> => {
        if (state.broken) throw new StoreError("the store cannot write: no space left on device");
        return call(...args);
      };
    return {
      ...inbox,
      put: guard((waiting) => inbox.put(waiting)),
      stats: guard(() => inbox.stats()),
      ready: async () => !state.broken && (await inbox.ready()),
      work: (handler, options) => inbox.work(handler, options),
      alone: (name, work) => inbox.alone(name, work),
      recall: guard((name) => inbox.recall(name)),
      remember: guard((name, value) => inbox.remember(name, value)),
      log: guard((about, at, entry) => inbox.log(about, at, entry)),
      close: () => inbox.close(),
    } satisfies Inbox;
  };
  return { state, open };
}

test("while the store fails deliveries are 503, and afterwards all is well without a restart", async () => {
  world = await openWorld("github");
  const { state, open } = fragile();
  const app = await world.start({}, open);
  await app.sweep();
  expect((await fetch(`${app.url}/readyz`)).status).toBe(200);

  state.broken = true;
  world.memory.by("hr").open(REQUESTS, { title: "Access for Ada", labels: ["access-request"] });
  const waiting = world.sandbox.webhooks.take();
  const refused = await world.sandbox.webhooks.deliver(waiting);
  expect(refused.map(({ status }) => status)).toEqual(waiting.map(() => 503));
  const [delivery] = waiting;
  const again = await fetch(`${app.url}/api/github/webhooks`, {
    method: "POST",
    body: delivery?.payload ?? "",
    headers: { "x-github-event": "issues", "x-hub-signature-256": githubSignature(delivery?.payload ?? "") },
  });
  expect([again.status, again.headers.get("retry-after")]).toEqual([503, "30"]);
  expect((await fetch(`${app.url}/readyz`)).status).toBe(503);
  expect((await fetch(`${app.url}/healthz`)).status).toBe(200);
  expect((await fetch(`${app.url}/metrics`)).status).toBe(200);
  expect(await metric(app.url, "daytwo_inbox_waiting")).toBeNaN();
  await app.sweep();

  state.broken = false;
  expect((await fetch(`${app.url}/readyz`)).status).toBe(200);
  expect(world.labels(1)).toEqual(["access-request"]);
  const sent = await world.sandbox.webhooks.deliver(waiting);
  expect(sent.map(({ status }) => status)).toEqual(waiting.map(() => 202));
  await quiet(world, app);
  expect(world.labels(1)).toContain(STATE.action_needed);
});

test("metrics tell of deliveries, work, requests and limits", async () => {
  world = await openWorld("github");
  const app = await world.start();
  await app.sweep();
  world.memory.by("hr").open(REQUESTS, { title: "Access for Ada", labels: ["access-request"] });
  await world.sandbox.deliver();
  await fetch(`${app.url}/api/github/webhooks`, { method: "POST", body: "{}" });
  await quiet(world, app);
  const response = await fetch(`${app.url}/metrics`);
  expect(response.headers.get("content-type")).toContain("text/plain; version=0.0.4");
  const text = await response.text();
  const value = (line: string) =>
    Number(
      text
        .split("\n")
        .find((each) => each.startsWith(`${line} `))
        ?.split(" ")
        .at(-1),
    );
  expect(value('daytwo_deliveries_total{forge="github",event="issues",answer="stored"}')).toBeGreaterThan(1);
  expect(value('daytwo_deliveries_total{forge="github",event="",answer="refused"}')).toBe(1);
  expect(value('daytwo_reconciles_total{trigger="delivery",result="changed"}')).toBeGreaterThan(0);
  expect(value('daytwo_reconcile_duration_seconds_count{trigger="delivery"}')).toBeGreaterThan(0);
  expect(value('daytwo_sweep_duration_seconds_count{result="done"}')).toBeGreaterThan(0);
  expect(value("daytwo_batch_deliveries_count")).toBeGreaterThan(0);
  expect(value('daytwo_forge_requests_total{forge="github",kind="GET issues",status="2xx"}')).toBeGreaterThan(
    0,
  );
  expect(value('daytwo_forge_requests_total{forge="github",kind="POST label",status="2xx"}')).toBeGreaterThan(
    0,
  );
  expect(value('daytwo_forge_rate_limit_remaining{forge="github"}')).toBeGreaterThan(0);
  expect(value("daytwo_inbox_waiting")).toBe(0);
  expect(value("daytwo_inbox_oldest_age_seconds")).toBe(0);
  expect(value("daytwo_dead_letters")).toBe(0);
  // Every line is what Prometheus reads.
  const line =
    /^(#( HELP| TYPE) .+|[a-zA-Z_:][\w:]*(\{(\w+="(?:[^"\\\n]|\\.)*",?)*\})? (-?[\d.]+(e[+-]?\d+)?|NaN|[+-]Inf))$/i;
  expect(text.split("\n").filter((each) => each !== "" && !line.test(each))).toEqual([]);
});

test.each(["github", "gitlab"] as const)(
  "a %s delivery's id leads through the log, without a person's words or a secret",
  async (kind) => {
    world = await openWorld(kind);
    const app = await world.start({ GITLAB_WEBHOOK_SECRET: "plain-token-of-the-hook" });
    const words = "Grace-Hopper-8c1f";
    const number = world.memory.by("hr").open(REQUESTS, {
      title: `Access for ${words}`,
      body: `Please, ${words}!`,
      labels: ["access-request"],
    });
    world.memory.by("hr").comment(REQUESTS, number, `Thank you, ${words}`);
    const [first] = await world.sandbox.webhooks.deliver();
    // Refusals and broken payloads are the places where words would slip in.
    for (const event of ["issues", "Issue Hook"]) {
      const body = JSON.stringify({ action: words, issue: { title: words } });
      await fetch(`${app.url}/api/${kind}/webhooks`, {
        method: "POST",
        body,
        headers: {
          "x-github-event": event,
          "x-gitlab-event": event,
          "x-gitlab-token": "plain-token-of-the-hook",
          "x-hub-signature-256": githubSignature(body),
        },
      });
    }
    world.sandbox.faults.next({
      match: /issues\/1(\?|$)/,
      kind: "status",
      status: 422,
      body: { message: "nothing" },
    });
    world.clock.now += MINUTE;
    world.memory.by("sam").assign(REQUESTS, number);
    await quiet(world, app);
    await app.sweep();

    const id = first?.delivery.id;
    await vi.waitFor(() => {
      const mine = world.logged.filter(
        ({ delivery, deliveries }) => delivery === id || (deliveries as unknown[])?.includes(id),
      );
      expect(mine.map(({ msg }) => msg)).toEqual(expect.arrayContaining(["stored", "reconciled"]));
    }, PATIENCE);
    expect(world.output()).not.toContain(words);
    for (const secret of [SECRET, SIGNING, SIGNING.slice(6), TOKEN, "plain-token-of-the-hook"]) {
      expect(world.output()).not.toContain(secret);
    }
    expect(
      world.logged.every(({ level, time }) => typeof level === "string" && typeof time === "string"),
    ).toBe(true);
  },
);

test.each(["github", "gitlab"] as const)(
  "/ar explain tells what was decided lately, once, on %s",
  async (kind) => {
    world = await openWorld(kind);
    const number = world.memory
      .by("hr")
      .open(REQUESTS, { title: "Access for Ada", labels: ["access-request"] });
    const app = await world.start();
    await app.sweep();
    await quiet(world, app);
    world.clock.now += MINUTE;
    world.memory.by("sam").assign(REQUESTS, number);
    await quiet(world, app);
    world.clock.now += MINUTE;
    world.memory.by("hr").comment(REQUESTS, number, "/ar explain");
    await quiet(world, app);
    const status = () => world.memory.issue(REQUESTS, number).comments.map(({ body }) => body);
    const told = () => status().find((body) => body.includes("Decided lately:"));
    expect(told()).toMatch(
      /\n- Tue 24 Nov 2026 09:01 EST, issue \w+ by sam: .*add-label "SalesOpsAR::In Progress" on requests#1, applied \(lifecycle\)/,
    );
    const before = status();
    world.clock.now += 20 * MINUTE;
    await app.sweep();
    await quiet(world, app);
    expect(status()).toEqual(before);
  },
);

test("explain tells what was decided lately and by which delivery, while the app runs", async () => {
  world = await openWorld("github");
  const explain = async (...args: string[]) => {
    const said: string[] = [];
    const io = { ...world.io(), out: (text: string) => void said.push(text) };
    expect(await main(["explain", "1", ...args], io)).toBe(0);
    return said.join("");
  };
  const number = world.memory
    .by("hr")
    .open(REQUESTS, { title: "Access for Ada", labels: ["access-request"] });
  // Nobody serves yet: there is no log, and nothing to say about one.
  expect(JSON.parse(await explain("--json"))).toMatchObject({ decisions: [] });
  const app = await world.start();
  await app.sweep();
  await quiet(world, app);
  world.clock.now += MINUTE;
  world.memory.by("sam").assign(REQUESTS, number);
  const [sent] = world.sandbox.webhooks.queue;
  await quiet(world, app);

  const { decisions, unread } = JSON.parse(await explain("--json"));
  expect(unread).toBeUndefined();
  const [latest, ...earlier] = decisions;
  expect(earlier.length).toBeGreaterThan(0);
  expect(latest).toMatchObject({
    at: new Date(world.clock.now).toISOString(),
    deliveries: [{ id: sent?.id, about: "issue", action: "assigned", actor: "sam" }],
  });
  expect(latest.changes).toContainEqual(
    expect.objectContaining({
      policy: "lifecycle",
      kind: "add-label",
      what: STATE.in_progress,
      outcome: expect.objectContaining({ status: "applied" }),
    }),
  );
  const text = await explain();
  expect(text).toContain(`issue assigned by sam, delivery ${sent?.id}`);
  expect(text).toContain(`add-label "${STATE.in_progress}" on requests#1, applied (lifecycle)`);

  await app.drain(10_000);
  writeFileSync(join(world.folder, ".daytwo", "inbox.sqlite"), "not a database at all".repeat(200));
  expect(JSON.parse(await explain("--json"))).toMatchObject({
    decisions: [],
    unread: expect.stringContaining("SQLITE_NOTADB"),
  });
  expect(await explain()).toContain("The log of earlier decisions cannot be read: the inbox in ");
});
