/** `daytwo serve` as a process: how it starts, how it refuses to, and how it ends. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { main } from "../../../src/entry/cli.ts";
import { openWorld, REQUESTS, SECRET, SIGNING, STATE, TOKEN, type World } from "./world.ts";

const DAYTWO = join(import.meta.dirname, "../../../bin/daytwo.js");

let world: World;
const children: ChildProcess[] = [];
beforeEach(async () => {
  world = await openWorld("github");
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await world.end();
});

interface Running {
  readonly child: ChildProcess;
  /** Everything it has said, on both streams. */
  said(): string;
  readonly ended: Promise<number | string>;
}

function serve(env: Record<string, string | undefined> = {}): Running {
  const child = spawn(process.execPath, [DAYTWO, "serve"], {
    cwd: world.folder,
    env: { PATH: process.env.PATH, ...world.env, ...env } as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
  }
  const ended = once(child, "close").then(([code, signal]) => (code ?? signal) as number | string);
  return { child, said: () => text, ended };
}

/** Its address, once it listens and its first look is over, with the webhooks led to it. */
async function listening({ said }: Running): Promise<string> {
  await vi.waitFor(() => expect(said()).toContain('"msg":"swept"'), { timeout: 60_000, interval: 20 });
  const url = /"url":"([^"]+)"/.exec(said())?.[1] ?? "";
  world.sandbox.webhooks.hooks.length = 0;
  world.sandbox.webhooks.add({ project: REQUESTS, url: `${url}/api/github/webhooks`, secret: SECRET });
  return url;
}

test("SIGTERM lets what runs finish: no new work, not ready, and then a clean end", async () => {
  const running = serve();
  const url = await listening(running);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);

  // The forge takes its time over the first write.
  const held = world.holdWrites();
  world.memory.by("hr").open(REQUESTS, { title: "Access for Ada", labels: ["access-request"] });
  await world.sandbox.deliver();
  await held.reached;
  running.child.kill("SIGTERM");
  await vi.waitFor(async () => expect((await fetch(`${url}/readyz`)).status).toBe(503), {
    timeout: 60_000,
  });
  expect(await (await fetch(`${url}/readyz`)).text()).toBe("draining\n");
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  // What comes now is kept for the next start, or for another instance.
  world.memory.by("hr").open(REQUESTS, { title: "Access for Grace", labels: ["access-request"] });
  const [late] = await world.sandbox.webhooks.deliver(world.sandbox.webhooks.take().slice(-1));
  expect(late?.status).toBe(202);
  held.release();
  expect(await running.ended).toBe(0);
  expect(running.said()).toContain('"msg":"closed"');
  expect(world.labels(1)).toContain(STATE.action_needed);
  expect(world.labels(2)).toEqual(["access-request"]);

  const next = serve();
  await listening(next);
  await vi.waitFor(() => expect(world.labels(2)).toContain(STATE.action_needed), { timeout: 60_000 });
  next.child.kill("SIGINT");
  expect(await next.ended).toBe(0);
});

test("a second signal ends it at once", async () => {
  const running = serve();
  await listening(running);
  const held = world.holdWrites();
  world.memory.by("hr").open(REQUESTS, { title: "Access for Ada", labels: ["access-request"] });
  await world.sandbox.deliver();
  await held.reached;
  running.child.kill("SIGTERM");
  await vi.waitFor(() => expect(running.said()).toContain('"msg":"draining"'), { timeout: 60_000 });
  running.child.kill("SIGTERM");
  expect(await running.ended).toBe(130);
  held.release();
});

test("two processes do not share one file", async () => {
  await listening(serve());
  const second = serve();
  expect(await second.ended).toBe(1);
  expect(second.said()).toMatch(/^daytwo: .*\.daytwo.*another process/m);
});

test("a port that is taken is named", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  expect(await main(["serve"], world.io({ PORT: String(port) }))).toBe(2);
  expect(world.output()).toContain(`cannot listen on 127.0.0.1:${port} (EADDRINUSE)`);
  other.close();
});

test.each([
  ["no webhook secret", { WEBHOOK_SECRET: undefined }, 2, "WEBHOOK_SECRET is not set"],
  ["an empty one", { WEBHOOK_SECRET: " , " }, 2, "WEBHOOK_SECRET is not set"],
  [
    "a secret for the other forge only",
    { WEBHOOK_SECRET: undefined, GITLAB_WEBHOOK_SECRET: "x" },
    2,
    "WEBHOOK_SECRET is not set",
  ],
  [
    "a file that is not there",
    { WEBHOOK_SECRET: undefined, WEBHOOK_SECRET_FILE: "none" },
    2,
    'WEBHOOK_SECRET_FILE: found "none" (ENOENT)',
  ],
  ["both a secret and its file", { WEBHOOK_SECRET_FILE: "secret" }, 2, "WEBHOOK_SECRET: found both"],
  ["no token", { GITHUB_TOKEN: undefined }, 3, "GITHUB_TOKEN is not set"],
  [
    "no GitLab token for a home",
    { DAYTWO_HOMES: "gitlab:acme/x", GITLAB_WEBHOOK_SECRET: "x" },
    3,
    "GITLAB_TOKEN is not set",
  ],
  ["a home that is none", { DAYTWO_HOMES: "acme/requests" }, 2, 'DAYTWO_HOMES: found "acme/requests"'],
  ["an app without its key", { APP_ID: "7" }, 2, "PRIVATE_KEY: found nothing"],
  ["a key without its app", { PRIVATE_KEY: "x" }, 2, "APP_ID: found nothing"],
  [
    "a key that is none",
    { APP_ID: "7", PRIVATE_KEY: "not-a-key-8c1f" },
    2,
    "PRIVATE_KEY: found something else",
  ],
  [
    "a signing token that is none",
    { GITLAB_WEBHOOK_SIGNING_TOKEN: "not-a-token-8c1f" },
    2,
    "GITLAB_WEBHOOK_SIGNING_TOKEN: found something else",
  ],
  ["a port that is none", { PORT: "http" }, 2, 'PORT: found "http"'],
  ["a level that is none", { LOG_LEVEL: "loud" }, 2, 'LOG_LEVEL: found "loud"'],
])("%s: it does not start", async (_, env, code, message) => {
  const io = world.io();
  const given = Object.entries({ ...io.env, ...env }).filter(([, value]) => value !== undefined);
  expect(await main(["serve"], { ...io, env: Object.fromEntries(given) })).toBe(code);
  expect(world.output()).toContain(message);
  expect(world.output()).not.toContain("8c1f");
});

test("a configuration with faults: it does not start, and names them", async () => {
  writeFileSync(join(world.folder, "daytwo.yml"), "version: 1\nteam: []\n");
  expect(await main(["serve"], world.io())).toBe(2);
  expect(world.output()).toMatch(/daytwo\.yml:2:7: /);
});

test("secrets may come from files, with one a line", async () => {
  writeFileSync(join(world.folder, "secrets"), `the old one\n${SECRET}\n`);
  writeFileSync(join(world.folder, "token"), `${TOKEN}\n`);
  const running = serve({
    WEBHOOK_SECRET: undefined,
    WEBHOOK_SECRET_FILE: "secrets",
    GITHUB_TOKEN: undefined,
    GITHUB_TOKEN_FILE: "token",
    GITLAB_WEBHOOK_SIGNING_TOKEN: SIGNING,
    LOG_LEVEL: "debug",
  });
  await listening(running);
  world.memory.by("hr").open(REQUESTS, { title: "Access for Ada", labels: ["access-request"] });
  await world.sandbox.deliver();
  await vi.waitFor(() => expect(world.labels(1)).toContain(STATE.action_needed), { timeout: 60_000 });
  running.child.kill("SIGTERM");
  expect(await running.ended).toBe(0);
  for (const secret of [SECRET, "the old one", TOKEN, SIGNING, SIGNING.slice(6)])
    expect(running.said()).not.toContain(secret);
});
