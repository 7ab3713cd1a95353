/**
 * What the board costs: forge requests the first time, when one request of a hundred has changed since, and when
 * nothing has; against the pages that there are. Over the sandbox's real HTTP, through the real adapters.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { wire } from "../src/entry/wire.ts";
import { MemoryForge } from "../src/forge/memory/index.ts";
import type { ForgeKind } from "../src/model.ts";
import { toJson } from "../src/report/board/json.ts";
import { loadBoard } from "../src/report/board/report.ts";
import { loadConfigFrom } from "../src/run/config.ts";
import { startSandbox } from "../src/sandbox/index.ts";

const SIZES = (process.argv[3] ?? "100,1000").split(",").map(Number);
const REQUESTS = "acme/access-requests";
const NOW = Date.parse("2026-11-24T15:00:00Z");
const HOUR = 3_600_000;
const PAGE = 100;
const EXAMPLE = fileURLToPath(new URL("../examples/acme", import.meta.url));

const example = loadConfigFrom(EXAMPLE);
if (example.faults) throw new Error(example.faults.map(({ message }) => message).join("\n"));
const { config } = example;
const { action_needed, in_progress, completed } = config.lifecycle.states;

/** Waiting for a limit would move the clock; here only requests count. */
const UNLIMITED = Object.fromEntries(
  [
    "perHour",
    "pointsPerMinute",
    "contentPerMinute",
    "contentPerHour",
    "perMinute",
    "issuesPerMinute",
    "notesPerMinute",
  ].map((limit) => [limit, Number.POSITIVE_INFINITY]),
);

/** Requests opened over half a year, most of them done, a third of those closed. */
async function world(kind: ForgeKind, size: number) {
  let at = NOW - 180 * 24 * HOUR;
  const step = (170 * 24 * HOUR) / size;
  const memory = new MemoryForge({ kind, now: () => at });
  memory.addAccount("sam");
  memory.addAccount("daytwo", { token: "token" });
  memory.addProject(REQUESTS, { rights: { sam: "write", daytwo: "write" } });
  for (const { label } of [action_needed, in_progress, completed]) memory.addLabel(REQUESTS, label);
  memory.addLabel(REQUESTS, config.requests.label);
  const daytwo = memory.by("daytwo");
  const move = (issue: number, from: string, to: string) => {
    daytwo.label(REQUESTS, issue, to);
    daytwo.unlabel(REQUESTS, issue, from);
  };
  for (let i = 0; i < size; i++) {
    const labels = [action_needed.label, config.requests.label];
    const issue = daytwo.open(REQUESTS, {
      title: `Access request ${i}`,
      body: "- [ ] Create the user",
      labels,
    });
    at += step / 3;
    if (i % 4 === 0) continue;
    move(issue, action_needed.label, in_progress.label);
    at += step / 3;
    if (i % 4 === 1) continue;
    move(issue, in_progress.label, completed.label);
    at += step / 3;
    if (i % 3 === 0) memory.by("sam").close(REQUESTS, issue);
  }
  at = NOW;
  const sandbox = await startSandbox({ forge: memory, clock: () => at, limits: UNLIMITED });
  const folder = mkdtempSync(join(tmpdir(), "daytwo-bench-"));
  const requests =
    kind === "github"
      ? ({ forge: "github", repo: REQUESTS, api: sandbox.githubApi } as const)
      : ({ forge: "gitlab", project: REQUESTS, api: sandbox.gitlabApi } as const);
  const { onboarding: _, ...projects } = config.projects;
  const here = { ...config, projects: { ...projects, requests } };
  const io = {
    env: { GITHUB_TOKEN: "token", GITLAB_TOKEN: "token", DAYTWO_DATA_DIR: "store" },
    cwd: folder,
    now: () => at,
    sleep: async (ms: number) => {
      at += ms;
    },
    out: () => undefined,
    err: () => undefined,
    stdin: async () => "",
    terminal: false,
  };
  return {
    memory,
    change() {
      at += HOUR;
      const open = [...memory.project(REQUESTS).issues.values()].filter(({ state }) => state === "open");
      for (const { number } of open.slice(0, Math.ceil(size / 100))) {
        memory.by("sam").assign(REQUESTS, number);
        daytwo.label(REQUESTS, number, in_progress.label);
        at += 60_000;
      }
    },
    async read() {
      at += HOUR;
      const { team, close } = wire(here, "bench", io, { onWait: () => undefined });
      const from = sandbox.log.length;
      const started = performance.now();
      const { board } = await loadBoard(team, at);
      const ms = Math.round(performance.now() - started);
      close();
      return { requests: sandbox.log.length - from, ms, board: toJson(board) };
    },
    async close() {
      await sandbox.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const rows: object[] = [];
for (const forge of ["github", "gitlab"] as const) {
  for (const size of SIZES) {
    console.error(`${forge}, ${size} access requests…`);
    const here = await world(forge, size);
    const issues = [...here.memory.project(REQUESTS).issues.values()];
    const closed = issues.filter(({ state }) => state === "closed").length;
    const events = issues.reduce((sum, issue) => sum + issue.events.length, 0);
    // GitLab has no list of label events over a project: one issue, one page.
    const pages =
      Math.ceil(closed / PAGE) +
      Math.ceil((size - closed) / PAGE) +
      (forge === "github" ? Math.ceil(events / PAGE) : size);
    const first = await here.read();
    here.change();
    const changed = await here.read();
    const quiet = await here.read();
    const note = (what: string, aim: string, { requests, ms }: typeof first) =>
      rows.push({ what, forge, size, requests, aim, ms });
    note("first time", `${Math.floor(pages * 1.1)}: ${pages} pages and a tenth`, first);
    note("1 % changed since", "12", changed);
    note("nothing changed since", "12", quiet);
    if (changed.board.counts.in_progress === first.board.counts.in_progress)
      throw new Error("the change does not show");
    await here.close();
  }
}
console.table(rows);
