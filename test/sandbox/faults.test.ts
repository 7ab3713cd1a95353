import { afterEach, expect, it } from "vitest";
import { MemoryForge } from "../../src/forge/memory/index.ts";
import type { ForgeKind } from "../../src/model.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../src/sandbox/index.ts";
import { client } from "./client.ts";

const NAME = "acme/requests";
const START = Date.UTC(2026, 10, 24, 14);
const MINUTE = 60_000;

let sandbox: Sandbox;
afterEach(() => sandbox.close());

async function scene(kind: ForgeKind, options: Partial<SandboxOptions> = {}) {
  let at = START;
  const memory = new MemoryForge({ kind, now: () => at });
  memory.addAccount("meri", { token: "t-meri" });
  memory.addProject(NAME, { rights: { meri: "write" } });
  sandbox = await startSandbox({ forge: memory, clock: () => at, ...options });
  const call = client(kind === "github" ? sandbox.githubApi : sandbox.gitlabApi, {
    authorization: "Bearer t-meri",
  });
  const issues = kind === "github" ? `/repos/${NAME}/issues` : `/projects/${encodeURIComponent(NAME)}/issues`;
  const later = (ms: number) => {
    at += ms;
  };
  return { memory, call, issues, later };
}

it("drops a connection before or after the work is done, as often as told", async () => {
  const { memory, call, issues } = await scene("github");
  const count = () => memory.project(NAME).issues.size;
  sandbox.faults.next({ match: /^POST .*\/issues$/, kind: "drop-before", times: 2 });
  sandbox.faults.next({ match: /^POST .*\/issues$/, kind: "drop-after-commit" });
  for (const after of [0, 0, 1]) {
    await expect(call("POST", issues, { title: "One" })).rejects.toThrow("fetch failed");
    expect(count()).toBe(after);
  }
  expect((await call("POST", issues, { title: "Two" })).status).toBe(201);
  expect([count(), sandbox.faults.pending]).toEqual([2, 0]);
  expect(sandbox.log.map((each) => each.status)).toEqual([null, null, null, 201]);
});

it("answers what it is told instead of doing it", async () => {
  const { memory, call, issues } = await scene("gitlab");
  sandbox.faults.next({
    match: /^POST/,
    kind: "status",
    status: 503,
    headers: { "retry-after": "2" },
    body: "<h1>Busy</h1>",
  });
  const { status, text, headers } = await call("POST", issues, { title: "One" });
  expect([status, text, headers.get("retry-after"), headers.get("content-type")]).toEqual([
    503,
    "<h1>Busy</h1>",
    "2",
    "text/html; charset=utf-8",
  ]);
  expect(memory.project(NAME).issues.size).toBe(0);
});

it("keeps GitHub's hourly limit, and says when it starts again", async () => {
  const { call, issues, later } = await scene("github", { limits: { perHour: 2 } });
  await call("GET", issues);
  expect((await call("GET", issues)).headers.get("x-ratelimit-remaining")).toBe("0");
  const refused = await call("GET", issues);
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([403, null]);
  expect(Number(refused.headers.get("x-ratelimit-reset")) * 1000).toBe(START + 60 * MINUTE);
  expect(Date.parse(refused.headers.get("date") ?? "")).toBe(START);
  later(60 * MINUTE);
  expect((await call("GET", issues)).status).toBe(200);
});

it("keeps GitHub's limit on content created in a minute, and says how long to wait", async () => {
  const { memory, call, issues, later } = await scene("github", { limits: { contentPerMinute: 3 } });
  for (let i = 0; i < 3; i += 1) {
    expect((await call("POST", issues, { title: "One" })).status).toBe(201);
    later(10_000);
  }
  const refused = await call("POST", issues, { title: "One" });
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([403, "30"]);
  expect(refused.json.message).toContain("secondary rate limit");
  expect((await call("GET", issues)).status).toBe(200);
  later(30_000);
  expect((await call("POST", issues, { title: "One" })).status).toBe(201);
  expect(memory.project(NAME).issues.size).toBe(4);
});

it("keeps GitHub's limit on points in a minute, where a write weighs five reads", async () => {
  const { call, issues } = await scene("github", { limits: { pointsPerMinute: 7 } });
  expect((await call("POST", issues, { title: "One" })).status).toBe(201);
  expect((await call("POST", issues, { title: "One" })).status).toBe(403);
  expect((await call("GET", issues)).status).toBe(200);
});

it("keeps GitLab's limits: on requests with headers, on notes without a word before", async () => {
  const { memory, call, issues, later } = await scene("gitlab", {
    limits: { perMinute: 10, notesPerMinute: 2 },
  });
  memory.by("meri").open(NAME, { title: "One" });
  const note = () => call("POST", `${issues}/1/notes`, { body: "Hello" });
  await note();
  expect((await note()).headers.get("ratelimit-remaining")).toBe("8");
  const third = await note();
  expect([third.status, third.headers.get("retry-after")]).toEqual([429, null]);
  for (let i = 0; i < 7; i += 1) await call("GET", issues);
  const full = await call("GET", issues);
  expect([full.status, full.headers.get("retry-after"), full.text]).toEqual([429, "60", "Retry later\n"]);
  later(MINUTE);
  expect((await note()).status).toBe(201);
});

it("takes its time when told to", async () => {
  const { call, issues } = await scene("github", { latency: 40 });
  const began = performance.now();
  await call("GET", issues);
  expect(performance.now() - began).toBeGreaterThanOrEqual(39);
});
