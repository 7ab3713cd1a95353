/** `check --against --comment`, in a pull request and in a merge request, against a forge over HTTP. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { marker } from "../../src/engine/text/safe.ts";
import { main } from "../../src/entry/cli.ts";
import type { Io } from "../../src/entry/io.ts";
import { MemoryForge } from "../../src/forge/memory/index.ts";
import type { ForgeKind } from "../../src/model.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/index.ts";

const REQUESTS = "acme/access-requests";
const NOW = Date.UTC(2026, 10, 24, 14, 30);
const TOKEN = "the-token";

const config = (kind: ForgeKind, more = ""): string => `timezone: America/New_York
calendar: { country: US }
projects:
  requests: { forge: ${kind}, ${kind === "github" ? "repo" : "project"}: ${REQUESTS} }
team:
  - { handle: amber, dri: true }
${more}`;
const ALIAS = 'lifecycle: { aliases: { "AR: todo": action_needed } }\n';

function folder(files: Readonly<Record<string, string>>): string {
  const path = mkdtempSync(join(tmpdir(), "daytwo-compare-"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return path;
}

describe.each(["github", "gitlab"] as const)("on %s", (kind) => {
  let memory: MemoryForge;
  let sandbox: Sandbox;
  let pull: number;

  beforeEach(async () => {
    memory = new MemoryForge({ kind, now: () => NOW });
    for (const handle of ["amber", "mallory"]) memory.addAccount(handle);
    memory.addAccount("daytwo", { token: TOKEN });
    memory.addAccount("other", { token: "another" });
    memory.addProject(REQUESTS, {
      rights: { amber: "write", mallory: "triage", daytwo: "write", other: "write" },
    });
    memory.addLabel(REQUESTS, "access-request");
    memory.addLabel(REQUESTS, "AR: todo");
    sandbox = await startSandbox({ forge: memory, clock: () => NOW });
    pull = kind === "github" ? memory.by("amber").openPull(REQUESTS, "A change of the rules") : 7;
  });
  afterEach(() => sandbox.close());

  const env = (): Io["env"] =>
    kind === "github"
      ? {
          GITHUB_API_URL: sandbox.githubApi,
          GITHUB_TOKEN: TOKEN,
          GITHUB_REPOSITORY: REQUESTS,
          GITHUB_REF: `refs/pull/${pull}/merge`,
        }
      : {
          CI_API_V4_URL: sandbox.gitlabApi,
          GITLAB_TOKEN: TOKEN,
          CI_MERGE_REQUEST_PROJECT_PATH: REQUESTS,
          CI_MERGE_REQUEST_IID: String(pull),
        };

  async function check(
    now: string,
    before: string | null,
    more: readonly string[] = ["--comment", "--json"],
  ) {
    const cwd = folder({ "daytwo.yml": now });
    const against = folder(before === null ? {} : { "daytwo.yml": before });
    const said = { out: "", err: "" };
    const code = await main(["check", "--against", against, ...more], {
      env: env(),
      cwd,
      now: () => NOW,
      sleep: async () => undefined,
      out: (text) => {
        said.out += text;
      },
      err: (text) => {
        said.err += text;
      },
      stdin: async () => "",
      terminal: false,
    });
    return { code, ...said, document: said.out.startsWith("{") ? JSON.parse(said.out) : null };
  }

  async function comments(): Promise<{ author: string; body: string }[]> {
    if (kind === "github") {
      const { comments } = memory.issue(REQUESTS, pull);
      return comments.map(({ author, body }) => ({ author: author.handle, body }));
    }
    const url = `${sandbox.gitlabApi}/projects/${encodeURIComponent(REQUESTS)}/merge_requests/${pull}/notes?per_page=100`;
    const answer = await fetch(url, { headers: { "private-token": TOKEN } });
    const notes = (await answer.json()) as { author: { username: string }; body: string }[];
    return notes.map(({ author, body }) => ({ author: author.username, body }));
  }

  const openRequest = (...labels: string[]): number =>
    memory.by("amber").open(REQUESTS, { title: "Access for Ada", body: "Please", labels });

  it("says in one comment what a change would change, and edits it", async () => {
    openRequest("AR: todo");
    const first = await check(config(kind, ALIAS), config(kind));
    expect(first).toMatchObject({ code: 0, err: "" });
    expect(first.document.difference.added).toContainEqual(
      expect.objectContaining({ kind: "add-label", label: "SalesOpsAR::Action Needed" }),
    );
    expect(first.document).toMatchObject({ errors: [], comment: { status: "applied" } });
    expect(await comments()).toEqual([
      { author: "daytwo", body: expect.stringContaining("### It would also") },
    ]);

    const same = await check(config(kind, ALIAS), config(kind));
    expect(same.document.comment.status).toBe("unchanged");

    const back = await check(config(kind), config(kind));
    expect(back.document.difference).toMatchObject({ added: [], removed: [], altered: [] });
    expect(await comments()).toEqual([
      { author: "daytwo", body: expect.stringContaining("exactly the same") },
    ]);
    expect(sandbox.violations).toEqual([]);
  });

  it("writes nothing but the comment", async () => {
    openRequest("AR: todo");
    await check(config(kind, ALIAS), config(kind));
    const writes = sandbox.log.filter(({ method, path }) => method !== "GET" && path !== "/graphql");
    expect(writes).toHaveLength(1);
    const without = await check(config(kind, ALIAS), config(kind), ["--json"]);
    expect(without.document.comment).toBeNull();
  });

  it("tells what would no longer be done", async () => {
    openRequest("AR: todo");
    const { document } = await check(config(kind), config(kind, ALIAS));
    expect(document.difference.removed).toContainEqual(expect.objectContaining({ kind: "add-label" }));
    expect((await comments())[0]?.body).toContain("### It would no longer");
  });

  it("takes a first configuration for all new", async () => {
    openRequest("access-request");
    const { document } = await check(config(kind), null);
    expect(document.replaces).toBe(false);
    expect(document.difference.added.length).toBeGreaterThan(0);
    expect((await comments())[0]?.body).toContain("no valid configuration yet");
  });

  it("tells faults in the same comment, with exit code 2", async () => {
    await check(config(kind), config(kind));
    const wrong = await check(config(kind, "timezne: UTC\n"), config(kind));
    expect(wrong.code).toBe(2);
    expect(wrong.document.errors).toHaveLength(1);
    expect(await comments()).toEqual([
      { author: "daytwo", body: expect.stringContaining("`daytwo.yml:7:1`") },
    ]);
  });

  it("leaves a comment alone that somebody else wrote with our marker", async () => {
    const body = `${marker("config-check")}\nmine`;
    if (kind === "github") memory.by("mallory").comment(REQUESTS, pull, body);
    else {
      const url = `${sandbox.gitlabApi}/projects/${encodeURIComponent(REQUESTS)}/merge_requests/${pull}/notes`;
      const headers = { "private-token": "another", "content-type": "application/json" };
      await fetch(url, { method: "POST", headers, body: JSON.stringify({ body }) });
    }
    await check(config(kind), config(kind));
    expect((await comments()).map(({ author }) => author)).toEqual([
      expect.not.stringMatching("daytwo"),
      "daytwo",
    ]);
  });

  it("repeats no comment whose answer was lost", async () => {
    sandbox.faults.next({ kind: "drop-after-commit", match: /^POST .*(comments|notes)/ });
    const { document } = await check(config(kind), config(kind));
    expect(document.comment.status).toBe("applied");
    expect(await comments()).toHaveLength(1);
  });

  it("is for people, too", async () => {
    openRequest("AR: todo");
    const { out } = await check(config(kind, ALIAS), config(kind), []);
    expect(out).toContain("It would also:");
    expect((await check(config(kind), config(kind), [])).out).toContain("A tick now would do the same.");
  });
});

it("--comment needs a pull or merge request, and --against", async () => {
  const cwd = folder({ "daytwo.yml": config("github") });
  const run = async (...args: string[]) => {
    let err = "";
    const io: Io = {
      env: {},
      cwd,
      now: () => NOW,
      sleep: async () => undefined,
      out: () => undefined,
      err: (text) => {
        err += text;
      },
      stdin: async () => "",
      terminal: false,
    };
    return { code: await main(["check", ...args], io), err };
  };
  expect(await run("--against", cwd, "--comment")).toMatchObject({
    code: 2,
    err: expect.stringContaining("merge request pipeline"),
  });
  expect(await run("--comment")).toMatchObject({ code: 2, err: expect.stringContaining("--against") });
});
