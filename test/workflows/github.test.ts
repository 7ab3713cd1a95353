/** The workflows to copy, read by GitHub's own parser, and held against the action they run. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { faultsOf } from "./parser.ts";

const root = new URL("../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");
const folder = "workflows/github/";
const files = readdirSync(new URL(folder, root)).sort();
const action = parse(read("action.yml"));

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string | boolean | number>>;
}
interface Job {
  readonly "runs-on": string;
  readonly "timeout-minutes"?: number;
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly concurrency: { readonly group: string; readonly "cancel-in-progress": boolean };
  readonly jobs: Readonly<Record<string, Job>>;
}

it("the parser finds what is wrong", async () => {
  const wrong = read(`${folder}daytwo-tick.yml`);
  expect(await faultsOf("a", wrong.replace("timeout-minutes", "timeout-minuts"))).not.toEqual([]);
  expect(await faultsOf("b", wrong.replace("inputs.dry-run ||", "imputs.dry-run ||"))).not.toEqual([]);
  expect(await faultsOf("c", wrong.replace("issues: write", "issues: everything"))).not.toEqual([]);
  expect(await faultsOf("d", wrong.replace("7,37 * * * *", "7,77 * * * *"))).not.toEqual([]);
});

describe.each(files)("%s", (file) => {
  const text = read(folder + file);
  const workflow: Workflow = parse(text);
  const jobs = Object.values(workflow.jobs);
  const steps = jobs.flatMap((job) => job.steps);

  it("is valid to GitHub's parser", async () => {
    expect(await faultsOf(file, text)).toEqual([]);
  });

  it("gives the action only inputs that it has", () => {
    const ours = steps.filter(({ uses }) => uses?.startsWith("daytwo/"));
    expect(ours).toHaveLength(1);
    for (const { with: inputs = {} } of ours) {
      expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(inputs)));
    }
  });

  it("names a version of each action", () => {
    for (const { uses } of steps) if (uses) expect(uses).toMatch(/^[\w-]+\/[\w-]+@v\d+$/);
  });

  it("has the least rights, and only those it was given", () => {
    expect(workflow.permissions.contents).toBe("read");
    const writes = Object.entries(workflow.permissions).filter(([, right]) => right === "write");
    // What only reports writes nothing.
    const reports = steps.some(({ with: inputs }) => inputs?.command === "report");
    expect(writes.filter(([right]) => right === "issues" || right === "pull-requests")).toHaveLength(
      reports ? 0 : 1,
    );
    for (const { uses, with: inputs } of steps) {
      if (uses?.startsWith("actions/checkout@")) expect(inputs?.["persist-credentials"]).toBe(false);
    }
  });

  it("ends in time, and is not cut off while it may write to issues", () => {
    for (const job of jobs) expect(job["timeout-minutes"]).toBeGreaterThan(0);
    const { group, "cancel-in-progress": cancels } = workflow.concurrency;
    expect(group).toMatch(/^daytwo-/);
    expect(cancels).toBe(workflow.permissions.issues !== "write");
  });

  it("puts nothing that people write into a script", () => {
    for (const { run = "" } of steps) expect(run).not.toContain("${{");
  });
});

it("events of one issue wait for each other, and those of others do not", () => {
  const { on, concurrency } = parse(read(`${folder}daytwo-events.yml`)) as Workflow;
  expect(Object.keys(on)).toEqual(["issues", "issue_comment"]);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub's
  expect(concurrency.group).toContain("${{ github.event.issue.number }}");
});

it("ticks come on a schedule, and by hand with a catch-up", () => {
  const { on } = parse(read(`${folder}daytwo-tick.yml`)) as {
    on: { schedule: { cron: string }[]; workflow_dispatch: { inputs: object } };
  };
  // Not at the full hour, when GitHub drops most.
  expect(on.schedule.map(({ cron }) => cron.split(" ")[0])).toEqual(["7,37"]);
  expect(Object.keys(on.workflow_dispatch.inputs)).toEqual(["catch-up", "dry-run"]);
});

it("the board is published only where somebody has asked for it, by a job that can do nothing else", () => {
  const { jobs } = parse(read(`${folder}daytwo-board.yml`)) as {
    jobs: Record<"page" | "publish", { if?: string; needs?: string; permissions?: object; steps: Step[] }>;
  };
  // A folder of its own, so that nothing else is published; what goes into it is for board.summary.publish to say.
  const [, report, upload] = jobs.page.steps;
  // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub's
  const site = "${{ runner.temp }}/board";
  expect(report?.with).toMatchObject({ command: "report", args: `board --publish "${site}"` });
  expect(upload?.with).toEqual({ path: site });
  expect(jobs.page.if).toBe("vars.DAYTWO_BOARD_PAGES == 'yes'");
  expect(jobs.page.permissions).toBeUndefined();
  expect(jobs.publish).toMatchObject({ needs: "page", permissions: { pages: "write", "id-token": "write" } });
  expect(jobs.publish.steps.map(({ uses }) => uses?.split("@")[0])).toEqual(["actions/deploy-pages"]);
});
