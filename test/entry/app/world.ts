/** A forge on loopback, a team on it, and the app in front: deliveries go over real HTTP, and so does daytwo. */
import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, vi } from "vitest";
import { configuredLabels } from "../../../src/engine/config/configured-labels.ts";
import { type App, startApp } from "../../../src/entry/app/app.ts";
import type { Io } from "../../../src/entry/io.ts";
import { MemoryForge } from "../../../src/forge/memory/index.ts";
import type { ForgeKind, Instant } from "../../../src/model.ts";
import { loadConfigFrom } from "../../../src/run/config.ts";
import { type Sandbox, startSandbox } from "../../../src/sandbox/index.ts";

// Whole apps, on machines that have other things to do as well.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

/** How long something may take that is sure to come. */
export const PATIENCE = { timeout: 60_000, interval: 20 };

export const REQUESTS = "acme/access-requests";
export const PEOPLE = "acme/people";
/** Tuesday, 24 November 2026, 9:00 in New York. */
export const START: Instant = Date.UTC(2026, 10, 24, 14);
export const MINUTE = 60_000;
export const TOKEN = "token-of-daytwo-5e1c";
export const SECRET = "secret-of-the-webhook-93ab";
export const SIGNING = `whsec_${Buffer.from("a key of thirty-two bytes, no less").toString("base64")}`;
export const STATE = {
  action_needed: "SalesOpsAR::Action Needed",
  in_progress: "SalesOpsAR::In Progress",
  on_hold: "SalesOpsAR::On Hold",
  completed: "SalesOpsAR::Completed",
} as const;

const RIGHTS = { daytwo: "write", amber: "write", meri: "write", sam: "write", hr: "triage" } as const;

/** `daytwo.yml` of a team whose forge answers at `api`. */
export function configText(kind: ForgeKind, api: string): string {
  const project = (name: string) =>
    `{ forge: ${kind}, ${kind === "github" ? "repo" : "project"}: ${name}, api: "${api}" }`;
  return `timezone: America/New_York
calendar: { country: US }
projects: { requests: ${project(REQUESTS)}, onboarding: ${project(PEOPLE)} }
team:
  - { handle: amber, dri: true }
  - { handle: meri, dri: true }
  - { handle: sam }
`;
}

export interface World {
  readonly kind: ForgeKind;
  readonly memory: MemoryForge;
  readonly sandbox: Sandbox;
  readonly clock: { now: Instant };
  readonly folder: string;
  readonly env: Record<string, string>;
  /** Every line that was logged, read. */
  readonly logged: Record<string, unknown>[];
  /** Everything that was written to stdout and stderr. */
  output(): string;
  io(env?: Record<string, string>): Io;
  /** Starts the app and leads the projects' webhooks to it. */
  start(env?: Record<string, string>, open?: Parameters<typeof startApp>[2]): Promise<App>;
  /** Leads the projects' webhooks to an app that somebody else has started. */
  lead(app: string): void;
  labels(number: number, project?: string): string[];
  /** Holds back every write from now on, so that work is under way for as long as wanted. */
  holdWrites(): { readonly reached: Promise<void>; release(): void };
  end(): Promise<void>;
}

export async function openWorld(kind: ForgeKind): Promise<World> {
  const clock = { now: START };
  const memory = new MemoryForge({ kind, now: () => clock.now });
  for (const handle of Object.keys(RIGHTS)) memory.addAccount(handle);
  memory.addToken("daytwo", TOKEN);
  for (const project of [REQUESTS, PEOPLE]) memory.addProject(project, { rights: RIGHTS });
  let before = async (_method: string): Promise<void> => undefined;
  const sandbox = await startSandbox({
    forge: memory,
    clock: () => clock.now,
    before: (method) => before(method),
  });
  const api = kind === "github" ? sandbox.githubApi : sandbox.gitlabApi;
  const folder = mkdtempSync(join(tmpdir(), "daytwo-app-"));
  writeFileSync(join(folder, "daytwo.yml"), configText(kind, api));
  const { config, faults } = loadConfigFrom(folder);
  if (!config) throw new Error(faults.map(({ message }) => message).join("\n"));
  for (const label of configuredLabels(config)) memory.addLabel(REQUESTS, label.name);
  memory.addLabel(PEOPLE, "onboarding");

  const written: string[] = [];
  const apps: App[] = [];
  const env: Record<string, string> = {
    PORT: "0",
    [kind === "github" ? "GITHUB_TOKEN" : "GITLAB_TOKEN"]: TOKEN,
    [kind === "github" ? "WEBHOOK_SECRET" : "GITLAB_WEBHOOK_SIGNING_TOKEN"]:
      kind === "github" ? SECRET : SIGNING,
  };
  const io = (more: Record<string, string> = {}): Io => ({
    env: { ...env, ...more },
    cwd: folder,
    now: () => clock.now,
    sleep: async (ms) => void (await sleep(ms)),
    out: (text) => void written.push(text),
    err: (text) => void written.push(text),
    stdin: async () => "",
    terminal: false,
  });
  const lead = (app: string): void => {
    const url = `${app}/api/${kind}/webhooks`;
    const { webhooks } = sandbox;
    if (webhooks.hooks.some((hook) => hook.url === url)) return;
    webhooks.hooks.length = 0;
    for (const project of [REQUESTS, PEOPLE]) {
      webhooks.add({ project, url, ...(kind === "github" ? { secret: SECRET } : { signingToken: SIGNING }) });
    }
  };
  return {
    kind,
    memory,
    sandbox,
    clock,
    folder,
    env,
    io,
    get logged() {
      const lines = written.join("").split("\n");
      return lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
    },
    output: () => written.join(""),
    async start(more, open) {
      const app = await startApp(io(more), {}, open);
      apps.push(app);
      lead(app.url);
      return app;
    },
    lead,
    labels: (number, project = REQUESTS) => memory.issue(project, number).labels.map(({ name }) => name),
    holdWrites() {
      const reached = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      before = async (method) => {
        if (method === "GET") return;
        reached.resolve();
        await released.promise;
      };
      return { reached: reached.promise, release: () => released.resolve() };
    },
    async end() {
      await Promise.all(apps.map((app) => app.drain(10_000)));
      await sandbox.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** One value of `/metrics`; NaN where it is not there. */
export async function metric(url: string, line: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const found = text.split("\n").find((each) => each.startsWith(`${line} `));
  return found === undefined ? Number.NaN : Number(found.slice(line.length + 1));
}

/** Sends what daytwo's own deeds set off as well, until nothing waits anywhere. */
export async function quiet(world: Pick<World, "sandbox" | "logged">, { url }: App): Promise<void> {
  const { sandbox } = world;
  for (let round = 0; round < 30; round++) {
    await sandbox.deliver();
    await vi.waitFor(async () => {
      const why = JSON.stringify(world.logged.findLast(({ level }) => level !== "info"));
      expect(await metric(url, "daytwo_inbox_waiting"), why).toBe(0);
    }, PATIENCE);
    if (sandbox.webhooks.queue.length === 0) return;
  }
  throw new Error("daytwo keeps answering its own changes");
}

export const githubSignature = (body: string | Buffer, secret = SECRET): string =>
  `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;

export interface Signed {
  readonly id?: string;
  readonly at?: Instant;
  readonly token?: string;
}

/** Headers of a delivery that is signed as Standard Webhooks says. */
export function signed(body: string, { id = "msg-1", at = START, token = SIGNING }: Signed = {}) {
  const timestamp = String(Math.floor(at / 1000));
  const key = Buffer.from(token.replace("whsec_", ""), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` };
}
