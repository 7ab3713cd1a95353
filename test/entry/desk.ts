/** The command line at work: a folder with a configuration, a forge behind HTTP, and what each command printed. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { main } from "../../src/entry/cli.ts";
import { MemoryForge } from "../../src/forge/memory/index.ts";
import type { ForgeKind, Instant } from "../../src/model.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/index.ts";
import { ADA, ADA_DUE, type Fields, form } from "../policies/hires.ts";

export const REQUESTS = "acme/access-requests";
export const PEOPLE = "acme/people";
export const BOT = "daytwo-bot";
/** Never to be seen in anything that is printed. */
export const TOKEN = "tok-5ecret-of-daytwo-bot";
export const READ_TOKEN = "tok-5ecret-read-only";
export const STRANGER_TOKEN = "tok-5ecret-of-a-stranger";

const LABELS = [
  "SalesOpsAR::Action Needed",
  "SalesOpsAR::In Progress",
  "SalesOpsAR::On Hold",
  "SalesOpsAR::Completed",
  "SalesOPS: Waiting on SFDC License",
  "SalesOPS: Start cancelled",
  "access-request",
  "AR-Approval::Manager Approved",
  "AR-Approval::Needs Manager Approval",
];

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** `METHOD path → status` of every request the command made. */
  readonly requests: readonly {
    readonly method: string;
    readonly kind: string;
    readonly status: number | null;
  }[];
  // biome-ignore lint/suspicious/noExplicitAny: documents of many shapes, each looked at by its own test
  readonly json: any;
}

export class Desk {
  readonly kind: ForgeKind;
  readonly memory: MemoryForge;
  readonly sandbox: Sandbox;
  readonly cwd: string;
  readonly env: Record<string, string | undefined>;
  now: Instant;
  stdin = "";
  terminal = false;
  screen = false;

  private constructor(kind: ForgeKind, memory: MemoryForge, sandbox: Sandbox, clock: { now: Instant }) {
    this.kind = kind;
    this.memory = memory;
    this.sandbox = sandbox;
    this.cwd = mkdtempSync(join(tmpdir(), "daytwo-desk-"));
    this.env = { GITHUB_TOKEN: TOKEN, GITLAB_TOKEN: TOKEN };
    this.now = clock.now;
    Object.defineProperty(clock, "now", { get: () => this.now });
  }

  /** At the due minute of `ADA`; with her onboarding issue unless told. */
  static async open(kind: ForgeKind): Promise<Desk> {
    const clock = { now: ADA_DUE };
    const memory = new MemoryForge({ kind, now: () => clock.now });
    const rights: Record<string, "write" | "triage" | "read"> = {};
    for (const handle of ["amber", "meri", "sam", "hr"]) {
      memory.addAccount(handle);
      rights[handle] = "write";
    }
    memory.addAccount("mallory");
    rights.mallory = "triage";
    memory.addAccount(BOT, { bot: true, token: TOKEN });
    memory.addToken(BOT, READ_TOKEN, "read");
    memory.addAccount("stranger", { token: STRANGER_TOKEN });
    rights[BOT] = "write";
    for (const project of [REQUESTS, PEOPLE]) memory.addProject(project, { rights });
    for (const label of LABELS) memory.addLabel(REQUESTS, label);
    for (const label of ["onboarding", "onboarding-cancelled"]) memory.addLabel(PEOPLE, label);
    const sandbox = await startSandbox({ forge: memory, clock: () => clock.now });
    const desk = new Desk(kind, memory, sandbox, clock);
    desk.configure();
    desk.write(
      "systems/salesforce.yml",
      "name: Salesforce\nprovisioners: [amber, sam]\ndeprovisioners: [amber]\ninvite: comma\ntasks: [Create the user, Set the profile]\nrevoke: [Deactivate]\n",
    );
    desk.write("baselines/ae.yml", "role: Account Executive\nsystems: { salesforce: Standard }\n");
    return desk;
  }

  get api(): string {
    return this.kind === "github" ? this.sandbox.githubApi : this.sandbox.gitlabApi;
  }

  /** Writes `daytwo.yml`; `more` is added to it. */
  configure({ api = this.api, requests = REQUESTS, people = PEOPLE, more = "" } = {}): void {
    const project = (name: string) =>
      this.kind === "github"
        ? `{ forge: github, repo: ${name}, api: "${api}" }`
        : `{ forge: gitlab, project: ${name}, api: "${api}" }`;
    this.write(
      "daytwo.yml",
      `timezone: America/New_York
calendar: { country: US }
projects:
  requests: ${project(requests)}
  onboarding: ${project(people)}
team:
  - { handle: amber, dri: true }
  - { handle: meri, dri: true }
  - { handle: sam }
${more}`,
    );
  }

  write(path: string, text: string): void {
    const file = join(this.cwd, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** Files a hire; returns its number. */
  hire(fields: Fields = {}): number {
    return this.memory.by("hr").open(PEOPLE, {
      title: "Onboard somebody",
      body: form({ ...ADA, ...fields }),
      labels: ["onboarding"],
    });
  }

  /** Runs one command, as a process would. */
  async run(...args: string[]): Promise<Ran> {
    const before = this.sandbox.log.length;
    let out = "";
    let err = "";
    const code = await main(args, {
      env: this.env,
      cwd: this.cwd,
      now: () => this.now,
      sleep: async (ms) => {
        this.now += ms;
      },
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      stdin: async () => this.stdin,
      terminal: this.terminal,
      screen: this.screen,
    });
    const requests = this.sandbox.log
      .slice(before)
      .map(({ method, kind, status }) => ({ method, kind, status }));
    let json: unknown = null;
    if (args.includes("--json") && out !== "") json = JSON.parse(out);
    return { code, out, err, requests, json };
  }

  /** Everything that stands in the projects: equal when nothing was written. */
  snapshot(): string {
    return JSON.stringify(
      [REQUESTS, PEOPLE].map((name) => {
        const project = this.memory.project(name);
        return [
          project.labels.map((label) => label.name),
          [...project.issues.values()].map((issue) => [
            issue.number,
            issue.revision,
            issue.body,
            issue.comments.map(({ body }) => body),
          ]),
        ];
      }),
    );
  }

  async close(): Promise<void> {
    await this.sandbox.close();
    rmSync(this.cwd, { recursive: true, force: true });
  }
}

/** Requests that change something: all but reads, GraphQL's among them. */
export const writes = ({ requests }: Ran) =>
  requests.filter(
    ({ method, kind }) => method !== "GET" && !kind.includes("graphql") && !kind.includes("GraphQL"),
  );
