/**
 * As a GitHub App: a JWT of its own, tokens of its installation, webhooks as the app gets them. Vercel's emulator
 * plays GitHub and knows nothing of us.
 */
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createSocket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createEmulator, type Emulator } from "emulate";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type App, startApp } from "../../../src/entry/app/app.ts";
import type { Io } from "../../../src/entry/io.ts";
import { metric, PATIENCE, SECRET, STATE } from "./world.ts";

const HOME = "acme/access-requests";
const CONFIG = `projects: { requests: { forge: github, repo: ${HOME} } }
team: [{ handle: amber, dri: true }, { handle: sam }]
`;
const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});

let folder: string;
let output = "";
const apps: App[] = [];

async function freePort(): Promise<number> {
  const probe = createSocket().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

async function start(env: Record<string, string>): Promise<App> {
  const io: Io = {
    env: { APP_ID: "77", WEBHOOK_SECRET: SECRET, ...env },
    cwd: folder,
    now: Date.now,
    sleep: async (ms) => void (await sleep(ms)),
    out: (text) => {
      output += text;
    },
    err: (text) => {
      output += text;
    },
    stdin: async () => "",
    terminal: false,
  };
  const app = await startApp(io, {});
  apps.push(app);
  return app;
}

let emulator: Emulator;
let port: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "daytwo-installation-"));
  port = await freePort();
  const permissions = { issues: "write", contents: "read", metadata: "read" };
  emulator = await createEmulator({
    service: "github",
    port: await freePort(),
    seed: {
      tokens: {
        "token-of-acme": { login: "acme", scopes: ["repo", "user"] },
        "token-of-hr": { login: "hr", scopes: ["repo", "user"] },
      },
      github: {
        users: [{ login: "acme" }, { login: "amber" }, { login: "sam" }, { login: "hr" }],
        repos: [{ owner: "acme", name: "access-requests", auto_init: true }],
        apps: [
          {
            app_id: 77,
            slug: "daytwo-app",
            name: "daytwo",
            private_key: privateKey,
            permissions,
            events: ["issues", "issue_comment", "push"],
            webhook_url: `http://127.0.0.1:${port}/api/github/webhooks`,
            webhook_secret: SECRET,
            installations: [{ installation_id: 5, account: "acme", permissions }],
          },
        ],
      },
    },
  });
  await github("acme", "PUT", `/repos/${HOME}/contents/daytwo.yml`, {
    message: "configuration",
    content: Buffer.from(CONFIG).toString("base64"),
  });
});
afterAll(async () => {
  await Promise.all(apps.map((app) => app.drain(5000)));
  await emulator.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Labelled {
  readonly labels: readonly { readonly name: string }[];
}
interface Event {
  readonly label?: { readonly name: string };
  readonly actor: { readonly login: string };
}

async function github<T>(who: string, method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(emulator.url + path, {
    method,
    headers: { authorization: `Bearer token-of-${who}`, "content-type": "application/json" },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer as T;
}

test("the app reads its home, hears of an issue and puts it right, all as its installation", async () => {
  const env = { DAYTWO_HOMES: `github:${HOME}`, GITHUB_API_URL: emulator.url };
  // The key as environments without line breaks have it.
  const app = await start({ ...env, PORT: String(port), PRIVATE_KEY: privateKey.replaceAll("\n", "\\n") });
  await app.sweep();
  const { number } = await github<{ number: number }>("acme", "POST", `/repos/${HOME}/issues`, {
    title: "Access for Ada",
    labels: ["access-request"],
  });
  await vi.waitFor(
    async () => {
      const issue = await github<Labelled>("acme", "GET", `/repos/${HOME}/issues/${number}`);
      expect(issue.labels.map(({ name }) => name)).toContain(STATE.action_needed);
    },
    { timeout: 60_000, interval: 100 },
  );
  expect(
    await metric(app.url, 'daytwo_deliveries_total{forge="github",event="issues",answer="stored"}'),
  ).toBeGreaterThan(0);
  const events = await github<Event[]>("acme", "GET", `/repos/${HOME}/issues/${number}/events`);
  const labeled = events.find(({ label }) => label?.name === STATE.action_needed);
  expect(labeled?.actor.login).toBe("daytwo-app[bot]");
  expect(output).not.toContain(privateKey.split("\n")[3]);
  expect(output).not.toContain(SECRET);
});

test("the private key may be a file, or in base64; a wrong one is said to be refused", async () => {
  const env = { DAYTWO_HOMES: `github:${HOME}`, GITHUB_API_URL: emulator.url, PORT: "0" };
  writeFileSync(join(folder, "key.pem"), privateKey);
  const other = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({
    type: "pkcs8",
    format: "pem",
  });
  for (const [key, inForce] of [
    [{ PRIVATE_KEY_FILE: "key.pem" }, true],
    [{ PRIVATE_KEY: Buffer.from(privateKey).toString("base64") }, true],
    [{ PRIVATE_KEY: other.toString() }, false],
  ] as const) {
    await Promise.all(apps.splice(0).map((app) => app.drain(5000)));
    output = "";
    const app = await start({ ...env, ...key });
    await app.sweep();
    await vi.waitFor(
      () => expect(output).toContain(inForce ? "configuration in force" : "refuses the app"),
      PATIENCE,
    );
  }
});

test("without homes, every installed repository that has the file is one", async () => {
  const asked: string[] = [];
  const json = (body: unknown) => JSON.stringify(body);
  const blob = Buffer.from(CONFIG).toString("base64");
  const answers: Record<string, unknown> = {
    "GET /app/installations": [
      { id: 5, suspended_at: null },
      { id: 6, suspended_at: "2026-01-01T00:00:00Z" },
    ],
    "POST /app/installations/5/access_tokens": {
      token: "ghs_of_the_installation",
      expires_at: new Date(Date.now() + 3_600_000).toISOString(),
      permissions: {},
      repository_selection: "all",
    },
    "GET /installation/repositories": {
      total_count: 2,
      repositories: [
        { full_name: HOME, archived: false },
        { full_name: "acme/website", archived: false },
        { full_name: "acme/old", archived: true },
      ],
    },
    "GET /repos/acme/access-requests/installation": { id: 5 },
    "GET /repos/acme/website/installation": { id: 5 },
    "GET /repos/acme/access-requests": { default_branch: "trunk/main" },
    "GET /repos/acme/website": { default_branch: "main" },
    "GET /repos/acme/access-requests/git/trees/trunk%2Fmain": {
      tree: [{ path: ".github/daytwo.yml", type: "blob", sha: "abc" }],
      truncated: false,
    },
    "GET /repos/acme/access-requests/git/blobs/abc": { content: blob, encoding: "base64" },
    "GET /repos/acme/website/git/trees/main": {
      tree: [{ path: "index.html", type: "blob", sha: "def" }],
      truncated: false,
    },
    "GET /app": { slug: "daytwo-app" },
    "GET /app/hook/deliveries": [],
    "GET /repos/acme/access-requests/issues": [],
  };
  const fake = createServer((request, response) => {
    const [path = ""] = (request.url ?? "").split("?");
    const key = `${request.method} ${path}`;
    asked.push(`${key} ${request.headers.authorization?.split(" ")[0]}`);
    response.writeHead(key in answers ? 200 : 404, { "content-type": "application/json" });
    response.end(json(answers[key] ?? { message: "Not Found" }));
  }).listen(0, "127.0.0.1");
  await once(fake, "listening");
  try {
    await Promise.all(apps.splice(0).map((app) => app.drain(5000)));
    output = "";
    const api = `http://127.0.0.1:${(fake.address() as AddressInfo).port}`;
    const app = await start({ GITHUB_API_URL: api, PORT: "0", PRIVATE_KEY: privateKey });
    await app.sweep();
    await vi.waitFor(() => expect(output).toContain('"msg":"swept"'), PATIENCE);
    const homes = output.split("\n").filter((line) => line.includes("configuration in force"));
    expect(homes.map((line) => JSON.parse(line).home)).toEqual([`github:${HOME}`]);
    expect(asked).toContain("GET /app/installations bearer");
    expect(asked).toContain("GET /repos/acme/access-requests/issues token");
    expect(asked).not.toContain("POST /app/installations/6/access_tokens bearer");
    expect(output).not.toContain("ghs_of_the_installation");
    expect(output).not.toContain("cannot be used");
  } finally {
    fake.closeAllConnections();
    fake.close();
  }
});
