/**
 * Where the demo plays: a forge on loopback with the two projects of the example team and a few people, and
 * daytwo connected to it over HTTP, with a token, a webhook and the example's configuration. All of it is in
 * memory and gone when the stage closes.
 */
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { parseDocument } from "yaml";
import { loadConfig } from "../../engine/config/load.ts";
import type { Config } from "../../engine/config/schema.ts";
import { instantOf } from "../../engine/time/zones.ts";
import { MemoryForge } from "../../forge/memory/index.ts";
import type { ForgeKind, Instant, IssueRef, ProjectRole } from "../../model.ts";
import { explain as explainAll } from "../../plan/explain.ts";
import { policies } from "../../policies/index.ts";
import { diskFiles } from "../../run/config.ts";
import { lookClosely, type Result, reconcile } from "../../run/reconcile.ts";
import { openStore } from "../../run/store.ts";
import { type Sandbox, startSandbox } from "../../sandbox/index.ts";
import type { Io } from "../io.ts";
import { wire } from "../wire.ts";
import { startReceiver } from "./receiver.ts";

export const BOT = "daytwo-bot";
/** Sales Ops by the example's configuration, the hires' manager, and somebody who is in neither. */
export const PEOPLE = ["amber", "meri", "sam", "hr", "mallory"] as const;

export const PROJECTS: Readonly<Record<ForgeKind, Readonly<Record<ProjectRole, string>>>> = {
  github: { requests: "acme/access-requests", onboarding: "acme/people" },
  gitlab: { requests: "acme/sales-ops/access-requests", onboarding: "acme/people" },
};

/** The example that comes with daytwo, in a checkout as in the package. */
export const EXAMPLE = fileURLToPath(new URL("../../../examples/acme/", import.meta.url));

export type LoggedRequest = Sandbox["log"][number];

export interface Stage {
  readonly forge: ForgeKind;
  readonly memory: MemoryForge;
  readonly sandbox: Sandbox;
  readonly config: Config;
  readonly projects: Readonly<Record<ProjectRole, string>>;
  now(): Instant;
  /** The clock moves on to this minute of a place; never back. */
  turnTo(day: string, time: string, zone: string): void;
  /** The clock moves on by these minutes. */
  pass(minutes: number): void;
  by(person: (typeof PEOPLE)[number]): ReturnType<MemoryForge["by"]>;
  /** Resolves when every webhook was answered and daytwo is done with them, to what it then had done. */
  quiet(): Promise<readonly Result[]>;
  tick(): Promise<Result>;
  explain(ref: IssueRef): Promise<readonly string[]>;
  /** What daytwo has asked of the forge so far. */
  requests(): readonly LoggedRequest[];
  close(): Promise<void>;
}

interface NewHire {
  readonly name: string;
  readonly role: string;
  /** `2026-11-25` */
  readonly start: string;
  readonly country: string;
  readonly zone: string;
}

/** A hire's issue as the onboarding form has it. */
export function hireIssue({ name, role, start, country, zone }: NewHire) {
  const first = name.split(" ")[0];
  const fields = {
    "Full name": name,
    "Work email": `${first?.toLowerCase()}@acme.example`,
    Role: role,
    Department: "Sales",
    Manager: "@hr",
    "Start date": start,
    "Time zone": zone,
    Country: country,
  };
  const body = Object.entries(fields).map(([heading, text]) => `### ${heading}\n\n${text}`);
  return { title: `Onboarding: ${name}`, body: body.join("\n\n"), labels: ["onboarding"] };
}

/** The forge with its people and projects, and the token daytwo has for it. */
export function acme(forge: ForgeKind, now: () => Instant): { memory: MemoryForge; token: string } {
  const projects = PROJECTS[forge];
  const memory = new MemoryForge({ kind: forge, now });
  for (const handle of PEOPLE) memory.addAccount(handle);
  const token = randomBytes(20).toString("hex");
  memory.addAccount(BOT, { bot: true, token });
  memory.addProject(projects.requests, {
    rights: { amber: "write", meri: "write", sam: "write", hr: "read", mallory: "triage", [BOT]: "write" },
  });
  memory.addProject(projects.onboarding, {
    rights: { amber: "read", meri: "read", sam: "read", hr: "write", [BOT]: "write" },
  });
  return { memory, token };
}

/** @throws where the example does not load or no port is free */
export async function openStage(forge: ForgeKind, io: Io): Promise<Stage> {
  let at = 0;
  const now = () => at;
  const projects = PROJECTS[forge];
  const { memory, token } = acme(forge, now);
  const sandbox = await startSandbox({ forge: memory, clock: now, deliverWebhooks: true });
  const config = exampleConfig(forge, forge === "github" ? sandbox.githubApi : sandbox.gitlabApi);
  const env = { GITHUB_TOKEN: token, GITLAB_TOKEN: token };
  const store = openStore(null, now);
  const { team } = wire(config, "", { ...io, env, now }, { onWait: () => undefined, store });
  const done: Result[] = [];
  const secret = `whsec_${randomBytes(32).toString("base64")}`;
  const receiver = await startReceiver({
    forge,
    config,
    secret,
    self: BOT,
    now,
    work: async ({ trigger, subject }) => {
      done.push(await reconcile(team, { trigger, now: at, subject }));
    },
  });
  for (const project of Object.values(projects)) {
    const key = forge === "github" ? { secret } : { signingToken: secret };
    sandbox.webhooks.add({ project, url: receiver.url, ...key });
  }

  return {
    forge,
    memory,
    sandbox,
    config,
    projects,
    now,
    turnTo(day, time, zone) {
      at = Math.max(at, instantOf(day, time, zone));
    },
    pass(minutes) {
      at += minutes * 60_000;
    },
    by: (person) => memory.by(person),
    async quiet() {
      let before: number;
      do {
        before = sandbox.webhooks.attempts.length;
        await sandbox.webhooks.settled();
        await receiver.idle();
        // What daytwo did sets off webhooks, too.
        await sandbox.webhooks.settled();
      } while (sandbox.webhooks.attempts.length > before);
      return done.splice(0);
    },
    tick: () => reconcile(team, { trigger: { kind: "tick", catchUp: false }, now: at, subject: null }),
    async explain(subject) {
      const errand = { trigger: { kind: "command" }, now: at, subject } as const;
      const { value } = await lookClosely(team, errand, (facts, occasion) =>
        explainAll(policies, facts, occasion, subject),
      );
      return value.explanations.map(({ text }) => text);
    },
    requests: () => sandbox.log.filter(({ account }) => account === BOT),
    async close() {
      await receiver.close();
      await sandbox.close();
      store.close();
    },
  };
}

/** The example's `daytwo.yml`, with its projects on the sandbox. */
export function exampleText(forge: ForgeKind, api: string): string {
  const document = parseDocument(diskFiles(EXAMPLE).read("daytwo.yml") ?? "");
  for (const [role, name] of Object.entries(PROJECTS[forge])) {
    const project = forge === "github" ? { forge, repo: name, api } : { forge, project: name, api };
    document.setIn(["projects", role], project);
  }
  return String(document);
}

function exampleConfig(forge: ForgeKind, api: string): Config {
  const files = diskFiles(EXAMPLE);
  const path = "daytwo.yml";
  const text = exampleText(forge, api);
  const loaded = loadConfig({ ...files, read: (file) => (file === path ? text : files.read(file)) }, path);
  if ("config" in loaded) return loaded.config;
  throw new Error(
    `${EXAMPLE}${path} is not valid: ${loaded.faults.map(({ message }) => message).join("; ")}`,
  );
}
