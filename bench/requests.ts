/**
 * Forge requests by kind against the least possible, and the time to plan against the time to parse.
 * Over the sandbox's real HTTP, through the real adapters, a fresh process's worth of state each time.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Config } from "../src/engine/config/schema.ts";
import { wire } from "../src/entry/wire.ts";
import { githubReceiver } from "../src/forge/github/index.ts";
import { gitlabReceiver } from "../src/forge/gitlab/index.ts";
import { MemoryForge } from "../src/forge/memory/index.ts";
import type { ForgeKind } from "../src/model.ts";
import type { Facts, ProjectFacts } from "../src/plan/facts.ts";
import { plan } from "../src/plan/plan.ts";
import { policies } from "../src/policies/index.ts";
import { loadConfigFrom } from "../src/run/config.ts";
import { type Errand, look, reconcile } from "../src/run/reconcile.ts";
import { requestsMade, total } from "../src/run/team.ts";
import { startSandbox } from "../src/sandbox/index.ts";

const SIZES = (process.argv[3] ?? "100,1000,10000").split(",").map(Number);
const REQUESTS = "acme/access-requests";
const PEOPLE = "acme/people";
const NOW = Date.parse("2026-11-24T15:00:00Z");
const EXAMPLE = fileURLToPath(new URL("../examples/acme", import.meta.url));

const example = loadConfigFrom(EXAMPLE);
if (example.faults) throw new Error(example.faults.map(({ message }) => message).join("\n"));
/** What opens issues of its own, at its own hours, is not what a quiet tick costs; the board has a benchmark of its own. */
const config: Config = { ...example.config, board: false, close: false, cadences: [] };

/** A body as long as real ones are: about four kilobytes. */
const BODY = `**Ada Lovelace** starts on Mon 2 Nov 2026.\n\n${Array.from(
  { length: 8 },
  (_, i) =>
    `### System ${i}\n\n- [ ] Create the user ${"and set it up ".repeat(25)}\n- [ ] Set the profile\n`,
).join("\n")}`;

/** The adapters keep to the forges' limits by themselves; waiting moves the clock here, and costs no time. */
const UNLIMITED = {
  perHour: Infinity,
  pointsPerMinute: Infinity,
  contentPerMinute: Infinity,
  contentPerHour: Infinity,
  perMinute: Infinity,
  issuesPerMinute: Infinity,
  notesPerMinute: Infinity,
};

const STATES = Object.values(config.lifecycle.states).map(({ label }) => label);

function people(kind: ForgeKind, now: () => number) {
  const memory = new MemoryForge({ kind, now });
  const handles = ["amber", "meri", "sam", "hr"];
  for (const handle of handles) memory.addAccount(handle);
  memory.addAccount("daytwo", { token: "token" });
  const rights = Object.fromEntries([...handles, "daytwo"].map((handle) => [handle, "write"] as const));
  for (const project of [REQUESTS, PEOPLE]) memory.addProject(project, { rights });
  for (const label of [
    ...STATES,
    "access-request",
    "AR-Approval::Manager Approved",
    "AR-Approval::Needs Manager Approval",
    "SalesOPS: Waiting on SFDC License",
    "SalesOPS: Start cancelled",
  ]) {
    memory.addLabel(REQUESTS, label);
  }
  return memory;
}

async function world(kind: ForgeKind, size: number) {
  // The same working day: nobody has to be reminded of any of them.
  let at = NOW - 30 * 60_000;
  const memory = people(kind, () => at);
  for (let i = 0; i < size; i++) {
    memory.by("daytwo").open(REQUESTS, {
      title: `Access request ${i}`,
      body: BODY,
      labels: [STATES[0] ?? "", "access-request"],
    });
  }
  at = NOW;
  const sandbox = await startSandbox({ forge: memory, clock: () => at, limits: UNLIMITED });
  const folder = mkdtempSync(join(tmpdir(), "daytwo-bench-"));
  const project = (name: string) =>
    kind === "github"
      ? ({ forge: "github", repo: name, api: sandbox.githubApi } as const)
      : ({ forge: "gitlab", project: name, api: sandbox.gitlabApi } as const);
  const here = { ...config, projects: { requests: project(REQUESTS), onboarding: project(PEOPLE) } };
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
    sandbox,
    async run(errand: Errand) {
      const { team, close } = wire(here, "bench", io, { onWait: () => undefined });
      const from = sandbox.log.length;
      const started = performance.now();
      const result = await reconcile(team, errand);
      const ms = performance.now() - started;
      close();
      const log = sandbox.log.slice(from);
      return { result, ms, log, counted: total(requestsMade(team)) };
    },
    team: () => wire(here, "bench", io, { onWait: () => undefined }),
    async close() {
      await sandbox.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

type Row = {
  what: string;
  forge: string;
  size: number;
  reads: number;
  fresh: number;
  writes: number;
  least: string;
  ms: number;
  kinds: string;
};
const rows: Row[] = [];

function note(
  what: string,
  forge: string,
  size: number,
  least: string,
  {
    log,
    ms,
  }: { log: readonly { method: string; path: string; kind: string; status: number | null }[]; ms: number },
): void {
  const reads = log.filter(({ method, path }) => method === "GET" || path === "/graphql");
  const kinds = new Map<string, number>();
  for (const { kind, status } of log) {
    const name = status === 304 ? `${kind} (304)` : kind;
    kinds.set(name, (kinds.get(name) ?? 0) + 1);
  }
  rows.push({
    what,
    forge,
    size,
    reads: reads.length,
    fresh: reads.filter(({ status }) => status !== 304).length,
    writes: log.length - reads.length,
    least,
    ms: Math.round(ms),
    kinds: [...kinds].map(([kind, n]) => `${n} ${kind}`).join(", "),
  });
}

const tick: Errand = { trigger: { kind: "tick", catchUp: false }, now: NOW, subject: null };
const HIRES = 50;
const HIRE = (i: number) =>
  `### Full name\n\nHire ${i}\n\n### Role\n\nAccount Executive\n\n### Start date\n\n2026-11-23\n\n### Work email\n\nhire${i}@acme.com\n\n### Manager\n\n@hr\n`;

for (const kind of ["github", "gitlab"] as const) {
  for (const size of SIZES) {
    console.error(`${kind}, ${size} access requests…`);
    const here = await world(kind, size);
    const pages = Math.max(1, Math.ceil(size / 100));
    note("quiet tick, first", kind, size, `${pages} pages + 5`, await here.run(tick));
    note("quiet tick, next", kind, size, `${pages} pages + 5, all 304`, await here.run(tick));

    const receiver = kind === "github" ? githubReceiver : gitlabReceiver;
    here.sandbox.webhooks.add({ project: REQUESTS, url: "http://127.0.0.1:9/", secret: "s" });
    const number = Math.ceil(size / 2);
    // Before a comment stands on the issue, and after: the second time the comment is read, to be edited.
    for (const [what, least, act] of [
      ["event: taken", "1 read", () => here.memory.by("sam").assign(REQUESTS, number)],
      [
        "event: held",
        "1 read + 1 for the comment",
        () => here.memory.by("sam").label(REQUESTS, number, "SalesOPS: Waiting on SFDC License"),
      ],
    ] as const) {
      act();
      const [sent] = here.sandbox.webhooks.take();
      if (!sent) throw new Error("no webhook was sent");
      const delivery = receiver.read(kind === "github" ? "issues" : "Issue Hook", JSON.parse(sent.payload));
      if (!delivery) throw new Error("the webhook was not read");
      const errand: Errand = {
        trigger: { kind: "delivery", deliveries: [delivery], project: "requests" },
        now: NOW,
        subject: { project: "requests", number },
      };
      note(what, kind, size, least, await here.run(errand));
      here.sandbox.webhooks.take();
    }
    for (let i = 0; i < HIRES; i++) {
      here.memory.by("hr").open(PEOPLE, { title: `Onboard ${i}`, body: HIRE(i), labels: ["onboarding"] });
    }
    if (size <= 1000) {
      const done = await here.run(tick);
      note(`${HIRES} hires due`, kind, size, `${2 * HIRES} writes`, done);
      note("the tick after", kind, size, "no write", await here.run(tick));
    }
    await here.close();
  }
}
console.table(rows.map(({ kinds: _, ...row }) => row));
for (const { what, forge, size, kinds } of rows) console.log(`${forge} ${size} ${what}: ${kinds}`);

await planningTime(SIZES.at(-1) ?? 10_000);

/** Planning all issues against parsing the JSON they came as. */
async function planningTime(size: number): Promise<void> {
  const here = await world("github", size);
  const texts: string[] = [];
  for (let page = 1; page <= Math.ceil(size / 100); page++) {
    const answer = await fetch(
      `${here.sandbox.githubApi}/repos/${REQUESTS}/issues?state=open&per_page=100&page=${page}`,
      {
        headers: { authorization: "Bearer token" },
      },
    );
    texts.push(await answer.text());
  }
  const { team, close } = here.team();
  const { facts } = await look(team, tick);
  const times = { parse: [] as number[], plan: [] as number[] };
  for (let i = 0; i < 9; i++) {
    let started = performance.now();
    for (const text of texts) JSON.parse(text);
    times.parse.push(performance.now() - started);
    // As a look reads them: what a rule remembers of an issue is remembered of that very object.
    const read = fresh(facts);
    started = performance.now();
    plan(policies, read, { config: team.config, ...tick });
    times.plan.push(performance.now() - started);
  }
  const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  const spread = (values: number[]) => `${Math.min(...values).toFixed(0)}–${Math.max(...values).toFixed(0)}`;
  const megabytes = texts.reduce((sum, text) => sum + text.length, 0) / 1e6;
  console.log(
    `Planning ${size} access requests: ${median(times.plan).toFixed(0)} ms (${spread(times.plan)}); JSON.parse of the same ${megabytes.toFixed(0)} MB: ` +
      `${median(times.parse).toFixed(0)} ms (${spread(times.parse)}); ratio ${(median(times.plan) / median(times.parse)).toFixed(2)} (aim 2)`,
  );
  close();
  await here.close();
}

/** The same facts, of issues that no rule has seen yet. */
function fresh({ requests, onboarding }: Facts): Facts {
  const anew = (project: ProjectFacts | null): ProjectFacts | null =>
    project && {
      ...project,
      issues: new Map([...project.issues].map(([number, issue]) => [number, issue && { ...issue }])),
    };
  return { requests: anew(requests), onboarding: anew(onboarding) };
}
