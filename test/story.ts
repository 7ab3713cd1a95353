/**
 * Stories: what people do to issues, daytwo looking, and what stands there afterwards. One team, one forge in
 * memory behind any adapter; people act by name (`sam.takes()`), daytwo looks by webhook or by tick.
 */
import { configuredLabels } from "../src/engine/config/configured-labels.ts";
import { loadConfig } from "../src/engine/config/load.ts";
import type { Config } from "../src/engine/config/schema.ts";
import { memoryFiles } from "../src/engine/config/source.ts";
import { isStatus, readStatus } from "../src/engine/status.ts";
import { marker } from "../src/engine/text/safe.ts";
import type { Forge } from "../src/forge/forge.ts";
import { createGitHubForge, githubReceiver } from "../src/forge/github/index.ts";
import { createGitLabForge, gitlabReceiver } from "../src/forge/gitlab/index.ts";
import { editIssue, type IssueEdit } from "../src/forge/memory/acts.ts";
import { MemoryForge } from "../src/forge/memory/index.ts";
import type { StoredIssue } from "../src/forge/memory/state.ts";
import type { CloseReason, ForgeKind, Instant, IssueRef, ProjectRole, Trigger } from "../src/model.ts";
import { shippedTemplates } from "../src/run/config.ts";
import { look, type Result, reconcile } from "../src/run/reconcile.ts";
import { forgetful, type Memory, type Team } from "../src/run/team.ts";
import { type Sandbox, startSandbox } from "../src/sandbox/server.ts";
import { type Delivery, Webhooks } from "../src/sandbox/webhooks.ts";

export const REQUESTS = "acme/access-requests";
export const PEOPLE = "acme/people";
export const PROJECTS: Readonly<Record<ProjectRole, string>> = { requests: REQUESTS, onboarding: PEOPLE };
/** Tuesday, 24 November 2026, 9:00 in New York. */
export const START: Instant = Date.UTC(2026, 10, 24, 14);
export const MINUTE = 60_000;
export const DAY = 86_400_000;

/** daytwo's own account, and one that is trusted as such. */
export const SELF = "daytwo";
export const TRUSTED = "daytwo-actions";

export const STATE = {
  action_needed: "SalesOpsAR::Action Needed",
  in_progress: "SalesOpsAR::In Progress",
  on_hold: "SalesOpsAR::On Hold",
  completed: "SalesOpsAR::Completed",
} as const;
export type StateId = keyof typeof STATE;
export const HOLD = {
  license: "SalesOPS: Waiting on SFDC License",
  cancelled: "SalesOPS: Start cancelled",
} as const;
export const REQUEST = "access-request";

/** amber and meri are DRIs; mallory may label but is not of the team; hr is a requester; guest may only read. */
const RIGHTS = {
  [SELF]: "write",
  [TRUSTED]: "write",
  amber: "write",
  meri: "write",
  sam: "write",
  mallory: "triage",
  hr: "triage",
  guest: "read",
} as const;
const tokenOf = (handle: string): string => `token-of-${handle}`;

const TEAM = ["{ handle: amber, dri: true }", "{ handle: meri, dri: true }", "{ handle: sam }"];

/** What opens issues of its own is off, unless a story is about it. */
const UNASKED = ["close", "board"];

const CONFIG = ({
  kind,
  calendar = "{ country: US }",
  trusted: own = [TRUSTED],
  config = "",
  team = TEAM,
}: StoryOptions): string => {
  const project = (name: string) =>
    kind === "github" ? `{ forge: github, repo: ${name} }` : `{ forge: gitlab, project: ${name} }`;
  return `timezone: America/New_York
calendar: ${calendar}
trusted: [${own.join(", ")}]
projects: { requests: ${project(REQUESTS)}, onboarding: ${project(PEOPLE)} }
team:
${team.map((one) => `  - ${one}\n`).join("")}${UNASKED.filter(
  (key) => !new RegExp(`^${key}:`, "m").test(config),
)
  .map((key) => `${key}: false\n`)
  .join("")}`;
};
const FILES = {
  "systems/salesforce.yml":
    "name: Salesforce\nprovisioners: [amber, sam]\ndeprovisioners: [amber]\ninvite: comma\ntasks: [Create the user, Set the profile]\nrevoke: [Deactivate the user]\n",
  "systems/chorus.yml":
    "name: Chorus\nprovisioners: [amber, meri]\ndeprovisioners: [amber]\ntasks: [Invite from Settings]\nrevoke: [Remove the user]\n",
  "baselines/ae.yml": "role: Account Executive\nsystems: { salesforce: Standard, chorus: default }\n",
};

/** Where daytwo meets the forge: in memory, or through the real adapters over HTTP. */
export type Via = "memory" | "http";

export interface StoryOptions {
  readonly kind: ForgeKind;
  readonly via: Via;
  /** GitLab Premium. */
  readonly premium?: boolean;
  /** GitHub: false where GraphQL is refused. */
  readonly graphql?: boolean;
  /** More of `daytwo.yml`: top-level keys below the usual ones. */
  readonly config?: string;
  /** Instead of `{ country: US }`. */
  readonly calendar?: string;
  /** Instead of amber, meri and sam as they are: each as one line of YAML. */
  readonly team?: readonly string[];
  /** Instead of `TRUSTED`. */
  readonly trusted?: readonly string[];
  /** Files beside it, in addition to two systems and one baseline. */
  readonly files?: Readonly<Record<string, string>>;
  readonly at?: Instant;
  /** What daytwo remembers between looks; nothing unless told. */
  readonly memory?: Memory;
}

/** Something a person does to the issue a story is about. */
export interface Act {
  readonly text: string;
  /** Milliseconds since the act before; a minute unless told. */
  readonly after: number;
  run(story: Story): void;
}

const act = (text: string, run: Act["run"]): Act => ({ text, run, after: MINUTE });

/** At the very instant of the act before it. */
export const atOnce = (one: Act): Act => ({ ...one, text: `at once ${one.text}`, after: 0 });
export const afterwards = (ms: number, one: Act): Act => ({ ...one, after: ms });
/** Several acts in one request, or at one instant where they are not edits. */
export const together = (...acts: readonly Act[]): Act =>
  act(acts.map(({ text }) => text).join(" and "), (story) => {
    for (const one of acts) one.run(story);
  });
export const waits = (ms: number): Act => ({ text: "time passes", after: ms, run: () => undefined });

/** Somebody by handle, and what they may do to the issue of the story. */
export function person(handle: string) {
  const edit = (text: string, change: IssueEdit | ((issue: StoredIssue, kind: ForgeKind) => IssueEdit)) =>
    act(`${handle} ${text}`, (story) => {
      const { memory, about } = story;
      const project = PROJECTS[about.project];
      const issue = memory.issue(project, about.number);
      const doing = memory.acting(memory.account(handle), project);
      editIssue(doing, issue.number, typeof change === "function" ? change(issue, memory.kind) : change);
    });
  return {
    handle,
    edits: edit,
    puts: (...labels: string[]) => edit(`puts on ${labels.join(", ")}`, { addLabels: labels }),
    takesOff: (...labels: string[]) => edit(`takes off ${labels.join(", ")}`, { removeLabels: labels }),
    /** Puts the state's label on and leaves the others. */
    sets: (...states: StateId[]) =>
      edit(`sets ${states.join(", ")}`, { addLabels: states.map((one) => STATE[one]) }),
    /** Exchanges the state labels in one go. */
    moves: (state: StateId) =>
      edit(`moves to ${state}`, {
        addLabels: [STATE[state]],
        removeLabels: Object.values(STATE).filter((label) => label !== STATE[state]),
      }),
    assigns: (other: string) =>
      act(`${handle} assigns ${other}`, ({ memory, about }) =>
        memory.by(handle).assign(PROJECTS[about.project], about.number, other),
      ),
    takes: () => person(handle).assigns(handle),
    unassigns: (other: string) => edit(`unassigns ${other}`, { removeAssignees: [other] }),
    leaves: () => edit("leaves", { removeAssignees: [handle] }),
    /** Ticks one box by its text or place, or every open one at once. */
    ticks: (box: string | number) => boxes(handle, `ticks ${box}`, box, true),
    ticksAll: () => edit("ticks all", ({ body }) => ({ body: body.replace(/^(\s*[-*] \[) \]/gm, "$1x]") })),
    unticks: (box: string | number) => boxes(handle, `unticks ${box}`, box, false),
    rewrites: (change: (body: string) => string) => edit("rewrites", ({ body }) => ({ body: change(body) })),
    closes: (reason: CloseReason = "completed") =>
      edit(`closes as ${reason}`, { state: "closed", closeReason: reason }),
    reopens: () => edit("reopens", { state: "open" }),
    says: (text: string) =>
      act(`${handle} says ${text}`, ({ memory, about }) => {
        memory.by(handle).comment(PROJECTS[about.project], about.number, text);
      }),
  };
}
export type Somebody = ReturnType<typeof person>;

const boxes = (handle: string, text: string, box: string | number, done: boolean): Act =>
  act(`${handle} ${text}`, ({ memory, about }) => {
    const by = memory.by(handle);
    if (done) by.tick(PROJECTS[about.project], about.number, box);
    else by.untick(PROJECTS[about.project], about.number, box);
  });

export const [amber, meri, sam, mallory, hr, guest, itself, trusted] = [
  ...["amber", "meri", "sam", "mallory", "hr", "guest", SELF, TRUSTED].map(person),
] as [Somebody, Somebody, Somebody, Somebody, Somebody, Somebody, Somebody, Somebody];

/** An issue as somebody sees it who opens it. */
export interface Sight {
  readonly open: boolean;
  readonly labels: readonly string[];
  readonly assignees: readonly string[];
  /** The whole status comment; null where there is none. */
  readonly status: string | null;
  /** One policy's part of it. */
  section(policy: string): string | null;
  readonly comments: readonly { readonly author: string; readonly body: string }[];
  readonly body: string;
}

/** Answers to daytwo's own webhooks settle in fewer rounds than this, or it talks to itself. */
const ROUNDS = 12;

export class Story {
  readonly kind: ForgeKind;
  readonly memory: MemoryForge;
  /** May be another later on. */
  config: Config;
  readonly sandbox: Sandbox | null;
  readonly webhooks: Webhooks;
  /** The issue that acts are about. */
  about: IssueRef = { project: "requests", number: 1 };
  /** All looks so far. */
  readonly results: Result[] = [];
  readonly #clock: { now: Instant };
  readonly #remembered: Memory;

  private constructor(
    memory: MemoryForge,
    config: Config,
    sandbox: Sandbox | null,
    clock: { now: Instant },
    remembered: Memory,
  ) {
    this.kind = memory.kind;
    this.memory = memory;
    this.config = config;
    this.sandbox = sandbox;
    this.webhooks = sandbox?.webhooks ?? new Webhooks(memory, memory.web, () => clock.now, false);
    for (const project of Object.values(PROJECTS)) this.webhooks.add({ project, url: memory.web });
    this.#clock = clock;
    this.#remembered = remembered;
  }

  static async begin(options: StoryOptions): Promise<Story> {
    const { kind, via, premium = false, graphql = true, at = START } = options;
    const clock = { now: at };
    const config = configOf(options);
    const memory = new MemoryForge({ kind, premium, now: () => clock.now });
    for (const handle of Object.keys(RIGHTS)) memory.addAccount(handle, { token: tokenOf(handle) });
    for (const project of Object.values(PROJECTS)) memory.addProject(project, { rights: RIGHTS });
    for (const { name, color, description } of configuredLabels(config)) {
      memory.addLabel(REQUESTS, name, { color, description });
    }
    const { onboarding } = config;
    if (onboarding) {
      for (const name of [onboarding.label, onboarding.cancelled]) memory.addLabel(PEOPLE, name);
    }
    memory.addLabel(PEOPLE, "offboarding");
    const sandbox =
      via === "http" ? await startSandbox({ forge: memory, clock: () => clock.now, graphql }) : null;
    return new Story(memory, config, sandbox, clock, options.memory ?? forgetful);
  }

  get now(): Instant {
    return this.#clock.now;
  }
  set now(at: Instant) {
    this.#clock.now = at;
  }

  /** Makes an issue the one that the story is about. */
  open(
    by: string,
    issue: { readonly title?: string; readonly body?: string; readonly labels?: readonly string[] } & Record<
      string,
      unknown
    >,
    project: ProjectRole = "requests",
  ): IssueRef {
    const number = this.memory.by(by).open(PROJECTS[project], { title: "Access for Ada Lovelace", ...issue });
    this.about = { project, number };
    return this.about;
  }

  /** An access request as daytwo opens it, with these boxes. */
  openRequest(steps: readonly string[] = ["Create the user", "Set the profile"]): IssueRef {
    const body = [marker(`hire:${PEOPLE}#1`), "## Salesforce", ...steps.map((step) => `- [ ] ${step}`)];
    return this.open(SELF, { body: body.join("\n"), labels: [REQUEST, STATE.action_needed] });
  }

  does(...acts: readonly Act[]): this {
    for (const one of acts) {
      this.now += one.after;
      one.run(this);
    }
    return this;
  }

  /** One scheduled pass, with adapters that have seen nothing. */
  async tick(options: { readonly catchUp?: boolean } = {}): Promise<Result> {
    const trigger: Trigger = { kind: "tick", catchUp: options.catchUp ?? false };
    return this.#noted(await reconcile(this.team(), { trigger, now: this.now, subject: null }));
  }

  /** What a tick would do. */
  async plan(options: { readonly catchUp?: boolean } = {}) {
    const trigger: Trigger = { kind: "tick", catchUp: options.catchUp ?? false };
    return (await look(this.team(), { trigger, now: this.now, subject: null })).plan;
  }

  /** Works on one webhook request. */
  async receive({ event, payload, id }: Delivery): Promise<Result[]> {
    const receiver = this.kind === "github" ? githubReceiver : gitlabReceiver;
    const delivery = receiver.read(event, JSON.parse(payload), id);
    if (!delivery) return [];
    const roles = (["requests", "onboarding"] as const).filter((role) => PROJECTS[role] === delivery.project);
    const results: Result[] = [];
    for (const project of roles) {
      const subject = { project, number: delivery.issue.number };
      const trigger: Trigger = { kind: "delivery", deliveries: [delivery], project };
      results.push(this.#noted(await reconcile(this.team(), { trigger, now: this.now, subject })));
    }
    return results;
  }

  /** Works on every webhook request that waits, and on those that this sets off, as they come. */
  async handle(): Promise<Result[]> {
    const results: Result[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const waiting = this.webhooks.take();
      if (waiting.length === 0) return results;
      for (const delivery of waiting) results.push(...(await this.receive(delivery)));
    }
    throw new Error("daytwo keeps answering its own changes");
  }

  see({ project, number }: IssueRef = this.about): Sight {
    const issue = this.memory.issue(PROJECTS[project], number);
    const comments = issue.comments.map(({ author, body }) => ({ author: author.handle, body }));
    const own = comments.find(({ author, body }) => author === SELF && isStatus(body));
    return {
      open: issue.state === "open",
      labels: issue.labels.map(({ name }) => name),
      assignees: issue.assignees.map(({ handle }) => handle),
      status: own?.body ?? null,
      section: (policy) => readStatus(own?.body ?? "").find((one) => one.policy === policy)?.body ?? null,
      comments,
      body: issue.body,
    };
  }

  /** Everything that stands in both projects, to be compared with later. */
  fingerprint(): string {
    return JSON.stringify(
      Object.entries(PROJECTS).map(([role, name]) =>
        [...this.memory.project(name).issues.keys()].map((number) => [
          number,
          this.memory.issue(name, number).title,
          this.see({ project: role as ProjectRole, number }),
        ]),
      ),
    );
  }

  /** daytwo as it starts: adapters that know nothing yet. */
  team(): Team {
    const requests = this.#forge(REQUESTS);
    return {
      config: this.config,
      forges: { requests, onboarding: this.#forge(PEOPLE) },
      accounts: { requests: SELF, onboarding: SELF },
      memory: this.#remembered,
    };
  }

  #forge(project: string): Forge {
    if (!this.sandbox) return this.memory.as(SELF, project);
    const github = this.kind === "github";
    const { url: web, githubApi, gitlabApi } = this.sandbox;
    const target = { project, web, api: github ? githubApi : gitlabApi, token: tokenOf(SELF) };
    const deps = {
      cache: null,
      now: () => this.now,
      sleep: async (ms: number) => {
        this.now += ms;
      },
    };
    return github
      ? createGitHubForge({ ...target, forge: "github" }, deps)
      : createGitLabForge({ ...target, forge: "gitlab" }, deps);
  }

  #noted(result: Result): Result {
    if (result.fatal) throw result.fatal;
    this.results.push(result);
    return result;
  }

  async end(): Promise<void> {
    this.webhooks.close();
    await this.sandbox?.close();
  }
}

const loaded = new Map<string, Config>();

function configOf(options: StoryOptions): Config {
  const { config = "", files = {} } = options;
  const all = { ...FILES, ...files, "daytwo.yml": CONFIG(options) + config };
  const key = JSON.stringify(all);
  const known = loaded.get(key);
  if (known) return known;
  const read = loadConfig(memoryFiles(all, shippedTemplates()), "daytwo.yml");
  if ("faults" in read)
    throw new Error(read.faults.map(({ line, message }) => `${line}: ${message}`).join("\n"));
  loaded.set(key, read.config);
  return read.config;
}
