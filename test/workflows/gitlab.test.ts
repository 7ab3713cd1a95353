/**
 * The pipeline to copy, held against GitLab's schema and its rules, as gitlab-ci-local has them, and its scripts run
 * as a runner runs them, with a program of the name `npx` that says what it was given.
 */
import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { parse } from "yaml";

vi.setConfig({ testTimeout: 60_000 });
const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));
const text = readFileSync(join(root, "workflows/gitlab/daytwo.gitlab-ci.yml"), "utf8");
const pipeline = parse(text);
const PAYLOADS = {
  issue: { object_kind: "issue" },
  note: { object_kind: "note" },
  push: { object_kind: "push" },
};

async function repository(config: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "daytwo-gitlab-"));
  writeFileSync(join(folder, ".gitlab-ci.yml"), config);
  writeFileSync(join(folder, "daytwo.yml"), "version: 1\n");
  const git = (...args: string[]) =>
    run("git", ["-c", "user.name=a", "-c", "user.email=a@b.c", ...args], { cwd: folder });
  await git("init", "-q", "-b", "main");
  await git("add", ".");
  await git("commit", "-q", "-m", "a");
  return folder;
}

/** Names of the jobs of a pipeline that something set off. @throws with what the schema refuses */
async function jobsOf(config: string, source: string, more: readonly string[] = []): Promise<string[]> {
  const cwd = await repository(config);
  const local = join(root, "node_modules/gitlab-ci-local/dist/index.js");
  const { stdout } = await run(
    process.execPath,
    [
      local,
      "--list-csv",
      "--variable",
      `CI_PIPELINE_SOURCE=${source}`,
      "--ignore-predefined-vars",
      "CI_PIPELINE_SOURCE",
      ...more.flatMap((variable) => ["--variable", variable]),
    ],
    { cwd },
  );
  return stdout
    .trim()
    .split("\n")
    .slice(1)
    .filter((line) => !line.includes(";never;"))
    .map((line) => line.split(";")[0] ?? "");
}

describe("the pipeline", () => {
  it.each([
    ["schedule", ["daytwo tick"]],
    ["trigger", ["daytwo event"]],
    ["push", []],
    ["web", []],
  ])("of a %s has the jobs %j", async (source, jobs) => {
    expect(await jobsOf(text, source)).toEqual(jobs);
  });

  it("publishes the board only where somebody has asked for it", async () => {
    const asked = await jobsOf(text, "schedule", ["DAYTWO_BOARD_PAGES=yes"]);
    expect(asked).toEqual(["daytwo tick", "pages"]);
    expect(pipeline.pages.artifacts.paths).toEqual(["public"]);
    expect(pipeline.pages.resource_group).toBeUndefined();
  });

  it("reports the close where somebody has asked for it", async () => {
    expect(await jobsOf(text, "schedule", ["DAYTWO_REPORT=close"])).toEqual(["daytwo tick", "daytwo close"]);
    expect(pipeline["daytwo close"].script).toEqual(['npx --yes "$DAYTWO" report close --out close.md']);
  });

  it("is held to the schema", async () => {
    const wrong = text.replace("interruptible: false", "interuptible: false");
    await expect(jobsOf(wrong, "schedule")).rejects.toThrow(/interuptible/);
  });

  it("checks merge requests that touch the configuration", () => {
    const [rule] = pipeline["daytwo check"].rules;
    expect(rule.if).toBe('$CI_PIPELINE_SOURCE == "merge_request_event"');
    expect(rule.changes).toEqual(
      expect.arrayContaining(["daytwo.yml", "systems/**/*", "issue-templates/**/*"]),
    );
  });

  it("writes one job at a time, and none is cut off", () => {
    expect(pipeline[".daytwo"].interruptible).toBe(false);
    for (const job of ["daytwo tick", "daytwo event"]) {
      expect(pipeline[job]).toMatchObject({ extends: ".daytwo", resource_group: "daytwo" });
      expect(pipeline[job].interruptible).toBeUndefined();
    }
  });
});

describe("scripts", () => {
  async function play(job: string, env: Record<string, string>, files: Record<string, string> = {}) {
    const cwd = await repository(text);
    const tools = mkdtempSync(join(tmpdir(), "daytwo-tools-"));
    writeFileSync(join(tools, "npx"), '#!/bin/sh\nfor word in "$@"; do echo "<$word>"; done\n');
    chmodSync(join(tools, "npx"), 0o755);
    for (const [name, content] of Object.entries(files)) writeFileSync(join(tools, name), content);
    const { stdout: head } = await run("git", ["rev-parse", "HEAD"], { cwd });
    // A runner stops at the first line that fails.
    const script = `set -eo pipefail\n${pipeline[job].script.join("\n")}`;
    const { stdout } = await run("bash", ["-c", script], {
      cwd,
      env: {
        PATH: [tools, dirname(process.execPath), process.env.PATH].join(delimiter),
        ...pipeline[".daytwo"].variables,
        CI_PROJECT_DIR: cwd,
        CI_MERGE_REQUEST_DIFF_BASE_SHA: head.trim(),
        TRIGGER_PAYLOAD: join(tools, "payload"),
        ...env,
      },
    });
    const said = stdout.replaceAll(tools, "TOOLS").replaceAll(cwd, "CHECKOUT");
    return said
      .split("\n")
      .filter((line) => line.startsWith("<"))
      .join(" ");
  }

  it("tick, with more arguments where they are set", async () => {
    expect(await play("daytwo tick", {})).toBe("<--yes> <daytwo@1> <tick>");
    expect(await play("daytwo tick", { DAYTWO_ARGS: "--catch-up --quiet" })).toBe(
      "<--yes> <daytwo@1> <tick> <--catch-up> <--quiet>",
    );
  });

  it.each(["issue", "note"] as const)("hand over the payload of a webhook about an %s", async (kind) => {
    const payload = JSON.stringify(PAYLOADS[kind]);
    expect(await play("daytwo event", {}, { payload })).toBe(
      `<--yes> <daytwo@1> <handle> <--event> <${kind}> <--payload> <TOOLS/payload>`,
    );
  });

  it.each([JSON.stringify(PAYLOADS.push), '{"object_kind":"$(echo pwned); issue"}'])(
    "leave other webhooks alone: %s",
    async (payload) => {
      expect(await play("daytwo event", {}, { payload })).toBe("");
    },
  );

  it("write what is published of the board where GitLab Pages takes it from", async () => {
    expect(await play("pages", {})).toBe("<--yes> <daytwo@1> <report> <board> <--publish> <public>");
  });

  it("check a merge request, against what it merges into where there is a token", async () => {
    expect(await play("daytwo check", {})).toBe("<--yes> <daytwo@1> <check>");
    expect(await play("daytwo check", { GITLAB_TOKEN: "glpat-x" })).toBe(
      "<--yes> <daytwo@1> <check> <--against> <CHECKOUT.base> <--comment>",
    );
  });
});
