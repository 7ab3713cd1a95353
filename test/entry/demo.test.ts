import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { main } from "../../src/entry/cli.ts";
import { openStage, type Stage } from "../../src/entry/demo/stage.ts";
import { play, type Scene } from "../../src/entry/demo/story.ts";
import type { Io } from "../../src/entry/io.ts";

const BIN = fileURLToPath(new URL("../../bin/daytwo.js", import.meta.url));

function recordingIo(): Io & { stdout: string; stderr: string } {
  return {
    env: {},
    cwd: tmpdir(),
    now: () => Date.now(),
    sleep: async () => undefined,
    stdout: "",
    stderr: "",
    out(text) {
      this.stdout += text;
    },
    err(text) {
      this.stderr += text;
    },
    stdin: async () => "",
    terminal: false,
  };
}

describe.each(["github", "gitlab"] as const)("daytwo demo --forge %s", (forge) => {
  it("plays the story, and every check holds on the forge", async () => {
    const io = recordingIo();
    const code = await main(["demo", "--forge", forge, "--json"], io);
    const document = JSON.parse(io.stdout);
    expect(document.checks.filter(({ passed }: { passed: boolean }) => !passed)).toEqual([]);
    expect(document).toMatchObject({ forge, failed: 0 });
    expect(document.checks.length).toBeGreaterThan(25);
    expect(document.requests).toBeGreaterThan(50);
    expect(document.seconds).toBeLessThan(20);
    expect(io.stderr).toBe("");
    expect(code).toBe(0);
  });

  it("needs no token and no folder of its own, and leaves nothing behind", async () => {
    const cwd = await mkdtemp(join(tmpdir(), "daytwo-demo-"));
    try {
      const { stdout } = await promisify(execFile)(process.execPath, [BIN, "demo", "--forge", forge], {
        cwd,
        env: { PATH: process.env.PATH ?? "" },
      });
      expect(stdout).toMatch(/Access request: Ada Lovelace, Account Executive/);
      expect(stdout).toMatch(/^\d+ checks, \d+ passed, 0 failed\. \d+ forge requests, \d+ webhooks/m);
      expect(await readdir(cwd)).toEqual([]);
    } finally {
      await rm(cwd, { recursive: true });
    }
  });

  it("checks what the forge holds, not what daytwo says it did", async () => {
    const stage = await openStage(forge, recordingIo());
    const meddle = ({ what }: Scene) => {
      if (what === "amber ticks the last box") {
        const { requests } = stage.projects;
        const issues = [...stage.memory.project(requests).issues.values()];
        const ada = issues.find(({ title }) => title.startsWith("Access request: Ada"));
        stage.by("amber").unlabel(requests, ada?.number ?? 0, "SalesOpsAR::Completed");
      }
    };
    const checks = await playOn(stage, meddle);
    expect(
      checks.filter(({ passed }) => !passed).map(({ check, found }) => ({ check, found })),
    ).toContainEqual({
      check: "The last box completes it",
      found: [],
    });
  });

  it("ends with a failed check where it cannot go on", async () => {
    const stage = await openStage(forge, recordingIo());
    const checks = await playOn({ ...stage, tick: async () => NOTHING });
    expect(checks.at(-1)).toEqual({
      check: "There is an access request for Grace",
      expected: true,
      found: false,
      passed: false,
    });
  });
});

it("says which forges there are", async () => {
  const io = recordingIo();
  expect(await main(["demo", "--forge", "bitbucket"], io)).toBe(2);
  expect(io.stderr).toBe('daytwo: --forge: found "bitbucket", expected github or gitlab\n');
});

const NOTHING = { at: 0, changes: [], outcomes: [], problems: [], fatal: null };

async function playOn(stage: Stage, scene: (scene: Scene) => void = () => undefined) {
  try {
    return await play(stage, { scene, progress: () => undefined });
  } finally {
    await stage.close();
  }
}
