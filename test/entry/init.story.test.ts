/** From an empty folder to the first request that opens by itself, on each forge over HTTP. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { formsOf } from "../../src/engine/forms/form.ts";
import { boxes } from "../../src/engine/text/markdown.ts";
import { main } from "../../src/entry/cli.ts";
import { MemoryForge } from "../../src/forge/memory/index.ts";
import type { ForgeKind } from "../../src/model.ts";
import { loadConfigFrom } from "../../src/run/config.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/index.ts";
import { filled, submitted } from "../engine/forms/setting.ts";

const REQUESTS = "acme/access-requests";
const PEOPLE = "acme/people";
/** Tuesday, the second working day of somebody who starts on the 23rd; 9:00 in New York. */
const NOW = Date.UTC(2026, 10, 24, 14);
const HIRE = {
  name: "Ada Lovelace",
  email: "ada.lovelace@example.com",
  role: "Account Executive",
  department: "Sales",
  region: "AMER",
  manager: "@meri",
  start: "2026-11-23",
};

let sandbox: Sandbox | null = null;
let cwd = "";
afterEach(async () => {
  expect(sandbox?.violations).toEqual([]);
  await sandbox?.close();
  rmSync(cwd, { recursive: true, force: true });
});

async function newcomer(kind: ForgeKind) {
  const memory = new MemoryForge({ kind, now: () => NOW });
  const rights: Record<string, "write"> = {};
  for (const handle of ["amber", "meri", "sam", "newcomer"]) {
    memory.addAccount(handle, { token: `token-of-${handle}` });
    rights[handle] = "write";
  }
  for (const project of [REQUESTS, PEOPLE]) memory.addProject(project, { rights });
  sandbox = await startSandbox({ forge: memory, clock: () => NOW });
  cwd = mkdtempSync(join(tmpdir(), "daytwo-newcomer-"));
  const env = {
    GITHUB_API_URL: sandbox.githubApi,
    GITLAB_API_URL: sandbox.gitlabApi,
    GITHUB_TOKEN: "token-of-newcomer",
    GITLAB_TOKEN: "token-of-newcomer",
  };
  const run = async (...args: string[]) => {
    let out = "";
    let err = "";
    const code = await main(args, {
      env,
      cwd,
      now: () => NOW,
      sleep: async () => undefined,
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      stdin: async () => "",
      terminal: false,
    });
    expect({ args, code, err }).toEqual({ args, code: 0, err: "" });
    // biome-ignore lint/suspicious/noExplicitAny: each step looks at its own document
    return { out, json: args.includes("--json") ? (JSON.parse(out) as any) : null };
  };
  return { memory, run };
}

describe.each(["github", "gitlab"] as const)("a newcomer on %s", (forge) => {
  it("init, check, labels sync, board sync, plan, tick", async () => {
    const { memory, run } = await newcomer(forge);
    await run(
      ...["init", "--yes", "--forge", forge, "--requests", REQUESTS, "--onboarding", PEOPLE],
      ...["--team", "amber,meri,sam", "--dri", "amber", "--country", "US", "--timezone", "America/New_York"],
    );
    expect((await run("check")).out).toContain("valid");
    // Nothing is there yet, and that is no reason to fail: this period's checklists are all there is to open.
    const { changes, problems } = (await run("plan", "--json")).json;
    expect(problems).toEqual([]);
    expect(changes.filter(({ policy }: { policy: string }) => policy !== "cadences")).toEqual([]);
    await run("labels", "sync");
    await run("board", "sync");

    // HR files a hire through the form that was written.
    const { config } = loadConfigFrom(cwd);
    const form = config && formsOf(config).find(({ id }) => id === "onboarding");
    if (!form) throw new Error("no form for new hires");
    const text = (path: string) => readFileSync(join(cwd, "for-the-onboarding-project", path), "utf8");
    const body =
      forge === "github"
        ? submitted(text(".github/ISSUE_TEMPLATE/onboarding.yml"), HIRE)
        : filled(text(".gitlab/issue_templates/New hire.md"), form, HIRE);
    memory.by("meri").open(PEOPLE, { title: form.title + HIRE.name, body, labels: form.labels });

    const plan = (await run("plan", "--json")).json;
    expect(plan.problems).toEqual([]);
    expect(plan.changes.map(({ kind }: { kind: string }) => kind)).toContain("create-issue");
    const tick = (await run("tick", "--json")).json;
    expect(new Set(tick.outcomes.map(({ status }: { status: string }) => status))).toEqual(
      new Set(["applied"]),
    );
    const issues = [...memory.project(REQUESTS).issues.values()];
    const request = issues.find(({ labels }) => labels.some(({ name }) => name === "access-request"));
    expect(request?.title).toContain(HIRE.name);
    expect(request?.body).toContain("@amber");
    expect(boxes(request?.body ?? "").length).toBeGreaterThan(5);
    expect(request?.labels.map(({ color }) => color)).toContain("#d9534f");
    expect((await run("tick", "--json")).json.changes).toEqual([]);
  });
});
