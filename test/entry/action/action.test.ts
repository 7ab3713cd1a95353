/** The committed bundle, run as a runner runs it: event by event, against a forge over HTTP. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { configuredLabels } from "../../../src/engine/config/configured-labels.ts";
import { MemoryForge } from "../../../src/forge/memory/index.ts";
import { loadConfigFrom } from "../../../src/run/config.ts";
import { type Sandbox, startSandbox } from "../../../src/sandbox/index.ts";
import { type Command, download, type Ended, type Step, step, workspaceWith } from "./runner.ts";

const REQUESTS = "acme/access-requests";
const PEOPLE = "acme/people";
/** Tuesday, 24 November 2026, 9:30 in New York. */
const NOW = Date.UTC(2026, 10, 24, 14, 30);
const AT = "--at 2026-11-24T14:30:00Z";
const BOT = "github-actions[bot]";
const TOKEN = "ghs_the-token-of-the-workflow";

const CONFIG = `timezone: America/New_York
calendar: { country: US }
projects:
  requests: { forge: github, repo: ${REQUESTS} }
  onboarding: { forge: github, repo: ${PEOPLE} }
team:
  - { handle: amber, dri: true }
  - { handle: sam }
`;
const FILES = {
  "daytwo.yml": CONFIG,
  "systems/chorus.yml":
    "name: Chorus\nprovisioners: [amber, sam]\ndeprovisioners: [amber]\ntasks: [Invite from Settings]\nrevoke: [Remove the user]\n",
  "baselines/ae.yml": "role: Account Executive\nsystems: { chorus: default }\n",
};
const HIRE =
  "### Full name\n\nAda Lovelace\n\n### Work email\n\nada@acme.com\n\n### Role\n\nAccount Executive\n\n### Start date\n\n2026-11-23";

// Each step is a process of its own, and some tests take several.
vi.setConfig({ testTimeout: 60_000 });

let action: string;
let workspace: string;
let memory: MemoryForge;
let sandbox: Sandbox;

beforeAll(() => {
  action = download();
});

beforeEach(() => begin());
afterEach(() => sandbox.close());

async function begin(options: { graphql?: boolean } = {}): Promise<void> {
  workspace = workspaceWith(FILES);
  memory = new MemoryForge({ kind: "github", now: () => NOW });
  for (const handle of ["amber", "sam", "hr", "mallory"]) memory.addAccount(handle);
  memory.addAccount(BOT, { bot: true, token: TOKEN });
  memory.addToken(BOT, "ghs_reads-only", "read");
  memory.addProject(REQUESTS, {
    rights: { amber: "write", sam: "write", hr: "read", mallory: "read", [BOT]: "write" },
  });
  memory.addProject(PEOPLE, { rights: { hr: "write", mallory: "triage", [BOT]: "write" } });
  const { config } = loadConfigFrom(workspace);
  if (!config) throw new Error("the configuration of this test is broken");
  for (const { name, color, description } of configuredLabels(config)) {
    memory.addLabel(REQUESTS, name, { color, description });
  }
  memory.addLabel(PEOPLE, "onboarding");
  sandbox = await startSandbox({ forge: memory, clock: () => NOW, ...options });
  for (const project of [REQUESTS, PEOPLE]) sandbox.webhooks.add({ project, url: sandbox.url });
}

const run = (event: string, more: Partial<Step> = {}): Promise<Ended> =>
  step({ action, workspace, event, api: sandbox.githubApi, token: TOKEN, ...more });

/** What GitHub would hand a workflow for the last thing that happened. */
function lastEvent(): Pick<Step, "event" | "payload"> {
  const delivery = sandbox.webhooks.take().at(-1);
  if (!delivery) throw new Error("nothing happened");
  return { event: delivery.event, payload: JSON.parse(delivery.payload) };
}

const openRequest = (body = "Please", title = "Access for Ada"): number =>
  memory.by("amber").open(REQUESTS, { title, body, labels: ["access-request"] });
const openHire = (title = "Onboard Ada Lovelace", body = HIRE): number =>
  memory.by("hr").open(PEOPLE, { title, body, labels: ["onboarding"] });
const labelsOf = (number: number): string[] => memory.issue(REQUESTS, number).labels.map(({ name }) => name);
const writes = (): string[] =>
  sandbox.log.filter(({ method, path }) => method !== "GET" && path !== "/graphql").map(({ kind }) => kind);
const errors = ({ commands }: Ended): Command[] => commands.filter(({ name }) => name === "error");

describe("auto", () => {
  it.each(["issues", "issue_comment"])("works on %s events", async (event) => {
    const number = openRequest();
    if (event === "issue_comment") memory.by("hr").comment(REQUESTS, number, "Any news?");
    const happened = lastEvent();
    expect(happened.event).toBe(event);
    const ended = await run(event, { payload: happened.payload });
    expect(ended).toMatchObject({ code: 0, stderr: "", outputs: { failed: "0", created: "0" } });
    expect(labelsOf(number)).toContain("SalesOpsAR::Action Needed");
    expect(Number(ended.outputs.applied)).toBeGreaterThan(0);
    const plan = JSON.parse(ended.outputs.plan ?? "");
    expect(plan.changes).toContainEqual(
      expect.objectContaining({ kind: "add-label", issue: number, label: "SalesOpsAR::Action Needed" }),
    );
    expect(plan.outcomes).toHaveLength(plan.changes.length);
    expect(ended.summary).toContain(`](${sandbox.url}/${REQUESTS}/issues/${number}`);
    expect(ended.summary).toContain('add label "SalesOpsAR::Action Needed"');
  });

  it.each(["schedule", "workflow_dispatch"])("ticks on %s, and the next tick adds nothing", async (event) => {
    openHire();
    const first = await run(event, { inputs: { args: AT } });
    expect(first).toMatchObject({ code: 0, stderr: "", outputs: { failed: "0", created: "1" } });
    const [made] = memory.project(REQUESTS).issues.values();
    expect(made).toMatchObject({ title: "Access request: Ada Lovelace, Account Executive" });
    expect(made?.author.handle).toBe(BOT);
    expect(first.summary).toContain("| Issue | Change | Why | Outcome |");
    expect(first.summary).toContain("Access request: Ada Lovelace");

    const second = await run(event, { inputs: { args: AT } });
    expect(second).toMatchObject({ code: 0, outputs: { applied: "0", created: "0" } });
    expect(memory.project(REQUESTS).issues.size).toBe(1);
    expect(second.summary).toContain("Nothing to do.");
  });

  it.each(["push", "pull_request", "release"])("says so and succeeds on %s", async (event) => {
    openHire();
    const ended = await run(event);
    expect(ended).toMatchObject({ code: 0, outputs: {}, summary: "" });
    expect(ended.commands.find(({ name }) => name === "notice")?.data).toContain(
      `Nothing to do on "${event}"`,
    );
    expect(sandbox.log).toEqual([]);
  });

  it("leaves comments on pull requests alone", async () => {
    const number = memory.by("amber").openPull(REQUESTS, "A change");
    memory.by("amber").comment(REQUESTS, number, "Looks good");
    const { payload } = lastEvent();
    const ended = await run("issue_comment", { payload });
    expect(ended).toMatchObject({ code: 0, outputs: { applied: "0" } });
    expect(sandbox.log).toEqual([]);
  });
});

describe("dry-run", () => {
  const inputs = { "dry-run": "true", args: AT };

  it("plans a tick and writes nothing", async () => {
    openHire();
    const ended = await run("schedule", { inputs });
    expect(ended).toMatchObject({ code: 0, outputs: { applied: "0", failed: "0", created: "0" } });
    expect(writes()).toEqual([]);
    const plan = JSON.parse(ended.outputs.plan ?? "");
    expect(plan.changes[0]).toMatchObject({ kind: "create-issue", key: `hire:${PEOPLE}#1` });
    expect(plan.outcomes).toBeUndefined();
    expect(ended.summary).toContain("nothing was written");
  });

  it("plans for the issue of an event and writes nothing", async () => {
    const number = openRequest();
    const { payload } = lastEvent();
    const ended = await run("issues", { payload, inputs });
    expect(ended.code).toBe(0);
    expect(writes()).toEqual([]);
    expect(JSON.parse(ended.outputs.plan ?? "").changes).toContainEqual(
      expect.objectContaining({ kind: "add-label", issue: number }),
    );
  });

  it.each([
    ["an issue of another project", "acme/website", {}],
    ["a pull request", REQUESTS, { pull_request: {} }],
  ])("has nothing to do for %s", async (_, project, more) => {
    openRequest();
    const { payload } = lastEvent() as { payload: { issue: object } };
    const ended = await run("issues", {
      payload: { ...payload, issue: { ...payload.issue, ...more }, repository: { full_name: project } },
      inputs,
    });
    expect(ended.code).toBe(0);
    expect(ended.commands.find(({ name }) => name === "notice")?.data).toMatch(/^Nothing to do/);
    expect(sandbox.log).toEqual([]);
  });

  it("is either true or false, and nothing is done for anything else", async () => {
    openHire();
    const ended = await run("schedule", { inputs: { ...inputs, "dry-run": "yes" } });
    expect(ended.code).toBe(1);
    expect(errors(ended)[0]?.data).toBe('input dry-run: found "yes", expected true or false');
    expect(sandbox.log).toEqual([]);
  });
});

describe("other commands", () => {
  it("tick whatever the event, with more arguments and another configuration", async () => {
    const elsewhere = workspaceWith({ ...FILES, "daytwo.yml": "nonsense", "ops/team.yml": CONFIG });
    openHire("Onboard Ada", HIRE.replace("2026-11-23", "2026-09-01"));
    const inputs = { command: "tick", config: "ops/team.yml", args: AT };
    const first = await run("push", { workspace: elsewhere, inputs });
    expect(first).toMatchObject({ code: 0, outputs: { created: "0" } });
    const second = await run("push", {
      workspace: elsewhere,
      inputs: { ...inputs, args: `${AT} --catch-up` },
    });
    expect(second).toMatchObject({ code: 0, outputs: { created: "1" } });
  });

  it("check a valid configuration without asking the forge anything", async () => {
    const ended = await run("pull_request", { inputs: { command: "check" } });
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain("The configuration is valid.");
    expect(sandbox.log).toEqual([]);
  });

  it("check a pull request against what it merges into, and say so there", async () => {
    openRequest();
    const pull = memory.by("amber").openPull(REQUESTS, "Waive the approval");
    const base = workspaceWith(FILES);
    workspace = workspaceWith({ ...FILES, "daytwo.yml": `${CONFIG}requests: { label: other }\n` });
    const ended = await run("pull_request", {
      inputs: { command: "check", args: `--against "${base}" --comment ${AT}` },
      env: { GITHUB_REF: `refs/pull/${pull}/merge` },
    });
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    const [comment, ...others] = memory.issue(REQUESTS, pull).comments;
    expect(others).toEqual([]);
    expect(comment?.author.handle).toBe(BOT);
    expect(comment?.body).toContain("### It would no longer");
    expect(ended.summary).toContain("### It would no longer");
    expect(writes()).toEqual(["POST comment"]);
  });

  it("plan as on the command line", async () => {
    openHire();
    const ended = await run("workflow_dispatch", {
      inputs: { command: "plan", args: `${AT} --out 'my plan.json'` },
    });
    expect(ended.code).toBe(0);
    expect(writes()).toEqual([]);
    expect(JSON.parse(readFileSync(join(workspace, "my plan.json"), "utf8")).changes).toHaveLength(
      JSON.parse(ended.outputs.plan ?? "").changes.length,
    );
  });

  it.each([
    ["handle on a push", { command: "handle" }, "handle works on issues or issue_comment"],
    ["an unknown command", { command: "tock" }, "did you mean tick?"],
    ["open quotes", { args: '--at "2026' }, "quotes are closed"],
    ["an unknown report", { command: "report", args: "bord" }, "did you mean board?"],
    ["an unknown argument", { command: "tick", args: "--at-once" }, "--at-once"],
  ])("refuse %s", async (_, inputs, message) => {
    const ended = await run("push", { inputs });
    expect(ended.code).toBe(1);
    expect(
      errors(ended)
        .map(({ data }) => data)
        .join("\n"),
    ).toContain(message);
    expect(sandbox.log).toEqual([]);
  });
});

describe("faults", () => {
  it("of the configuration are annotations at their lines", async () => {
    workspace = workspaceWith({
      ...FILES,
      "daytwo.yml": CONFIG.replace("timezone: America/New_York", "timezne: America/New_York"),
      "systems/chorus.yml": "name: Chorus\nprovisioners: [ambr]\ntier: 9\n",
    });
    const ended = await run("schedule");
    expect(ended.code).toBe(1);
    expect(errors(ended)).toEqual(
      expect.arrayContaining([
        {
          name: "error",
          properties: { title: "daytwo", file: "daytwo.yml", line: "1", col: "1" },
          data: expect.stringContaining("timezone"),
        },
        {
          name: "error",
          properties: { title: "daytwo", file: "systems/chorus.yml", line: "3", col: "7" },
          data: expect.stringContaining("tier"),
        },
      ]),
    );
    expect(sandbox.log).toEqual([]);
  });

  it("of the configuration cannot give commands", async () => {
    workspace = workspaceWith({
      "daytwo.yml": `${CONFIG}"x\\n::set-env name=A::b\\r::warning::c": "%0A::error::d,e:f"\n`,
    });
    const ended = await run("schedule");
    expect(ended.code).toBe(1);
    expect(new Set(ended.commands.map(({ name }) => name))).toEqual(new Set(["add-mask", "error"]));
  });

  it("of rights say which right, where, and what to do", async () => {
    openHire();
    const ended = await run("schedule", { inputs: { args: AT }, token: "ghs_reads-only" });
    expect(ended.code).toBe(1);
    expect(
      errors(ended)
        .map(({ data }) => data)
        .join("\n"),
    ).toMatch(
      /GITHUB_TOKEN may not write there; it needs Issues: write .*permissions: \{ contents: read, issues: write \}/,
    );
    expect(ended.summary).toContain("failed");
    expect(ended.outputs).toMatchObject({ applied: "0" });
    expect(Number(ended.outputs.failed)).toBeGreaterThan(0);
    expect(memory.project(REQUESTS).issues.size).toBe(0);
  });

  it.each([
    ["a token that is wrong", "ghs_wrong", "GITHUB_TOKEN was refused"],
    ["no token", "", "GITHUB_TOKEN is not set"],
  ])("of %s end the step", async (_, token, message) => {
    const ended = await run("schedule", { token });
    expect(ended.code).toBe(1);
    expect(
      errors(ended)
        .map(({ data }) => data)
        .join("\n"),
    ).toContain(message);
    expect(writes()).toEqual([]);
  });

  it("of a project out of reach name the input to set", async () => {
    workspace = workspaceWith({ ...FILES, "daytwo.yml": CONFIG.replace(PEOPLE, "acme/private") });
    const ended = await run("schedule");
    expect(ended.code).toBe(1);
    expect(errors(ended)[0]?.data).toMatch(/no repository acme\/private .* set the input to a token/s);
  });
});

describe("what people write", () => {
  const HOSTILE = [
    "::error::pwned",
    "::set-output name=created::99",
    "##[error]pwned",
    "::stop-commands::x",
    "Ada ##[set-env name=PATH]/tmp | <img src=x> @amber [x](javascript:1)",
    "a\r::warning::b\n::add-mask::c\u2028::debug::d",
  ];

  it("never is a command, nor markup on the page of the run", async () => {
    for (const text of HOSTILE) {
      const line = text.replaceAll(/[\r\n]/g, " ");
      openHire(text, HIRE.replace("Ada Lovelace", line));
      openHire(text, HIRE.replace("2026-11-23", line));
      memory.by("mallory").comment(REQUESTS, openRequest(text, text), text);
    }
    const { event, payload } = lastEvent();
    for (const ended of [
      await run("schedule", { inputs: { args: AT, "dry-run": "true" } }),
      await run("schedule", { inputs: { args: AT } }),
      await run(event, { payload, inputs: { args: AT } }),
    ]) {
      expect(ended).toMatchObject({ code: 0, stderr: "" });
      expect(new Set(ended.commands.map(({ name }) => name))).toEqual(new Set(["add-mask", "stop-commands"]));
      expect(ended.commands.filter(({ name }) => name === "add-mask")).toEqual([
        { name: "add-mask", properties: {}, data: TOKEN },
      ]);
      expect(ended.summary).not.toMatch(/<img|@amber|(?<!\\)\]\(javascript/);
      expect(Object.keys(ended.outputs).sort()).toEqual(["applied", "created", "failed", "plan"]);
    }
  });

  it("the token is shown to nobody but the runner", async () => {
    openHire();
    const ended = await run("schedule", { inputs: { args: AT } });
    const said =
      ended.stdout.replace(`::add-mask::${TOKEN}\n`, "") + ended.summary + JSON.stringify(ended.outputs);
    expect(said).not.toContain(TOKEN);
  });
});

describe("from run to run", () => {
  it("daytwo knows its own comments where GitHub does not say who it is", async () => {
    await sandbox.close();
    await begin({ graphql: false });
    const hire = openHire("Onboard Ada", HIRE.replace("2026-11-23", "soon"));
    await run("schedule", { inputs: { args: AT } });
    await run("schedule", { inputs: { args: AT } });
    expect(memory.issue(PEOPLE, hire).comments.map(({ author }) => author.handle)).toEqual([BOT]);
  });

  it("what was quiet is not read closely again, where the data folder is kept", async () => {
    for (let i = 0; i < 5; i++) openRequest();
    await run("schedule", { inputs: { args: AT } });
    await run("schedule", { inputs: { args: AT } });
    const before = sandbox.log.length;
    const third = await run("schedule", { inputs: { args: AT } });
    expect(third.outputs).toMatchObject({ applied: "0", failed: "0" });
    const asked = sandbox.log.slice(before).map(({ kind }) => kind);
    expect(asked.filter((kind) => kind === "GET comments" || kind === "GET events")).toEqual([]);
    const kept = readFileSync(join(workspace, ".daytwo/memory.json"), "utf8");
    expect(kept).not.toMatch(/Please|Access for Ada|ghs_/);
  });
});
