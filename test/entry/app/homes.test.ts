/** Teams whose configuration stands in a repository: read there, read again, and kept when it breaks. */
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { App } from "../../../src/entry/app/app.ts";
import { Homes } from "../../../src/entry/app/homes.ts";
import { MemoryForge } from "../../../src/forge/memory/index.ts";
import { loadConfigFrom } from "../../../src/run/config.ts";
import type { Log } from "../../../src/run/serve/log.ts";
import { forgetful } from "../../../src/run/team.ts";
import {
  configText,
  githubSignature,
  MINUTE,
  metric,
  openWorld,
  PATIENCE,
  PEOPLE,
  quiet,
  REQUESTS,
  STATE,
  signed,
  type World,
} from "./world.ts";

const SYSTEM = "name: Salesforce\nprovisioners: [amber, sam]\ntasks: [Create the user]\n";

const nothing = () => undefined;
const silent: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => silent };

let world: World;
let app: App;
let home: string;
let good: string;

const apiOf = ({ kind, sandbox }: World) => (kind === "github" ? sandbox.githubApi : sandbox.gitlabApi);
const commit = (files: Readonly<Record<string, string>>) =>
  void world.sandbox.files.set(REQUESTS, {
    "README.md": "# Requests",
    "systems/salesforce.yml": SYSTEM,
    ...files,
  });
const start = () =>
  world.start({
    DAYTWO_HOMES: home,
    [world.kind === "github" ? "GITHUB_API_URL" : "GITLAB_API_URL"]: apiOf(world),
  });
const told = (text: string) => world.logged.filter(({ msg }) => String(msg).includes(text));

/** What the forge sends when somebody pushes to a branch. */
async function push(branch = "main"): Promise<void> {
  const github = world.kind === "github";
  const body = JSON.stringify({
    ref: `refs/heads/${branch}`,
    repository: { full_name: REQUESTS, default_branch: "main" },
    project: { path_with_namespace: REQUESTS, default_branch: "main" },
  });
  const headers = github
    ? { "x-github-event": "push", "x-github-delivery": "push", "x-hub-signature-256": githubSignature(body) }
    : { "x-gitlab-event": "Push Hook", ...signed(body, { at: world.clock.now }) };
  const path = `${app.url}/api/${world.kind}/webhooks`;
  const { status } = await fetch(path, { method: "POST", body, headers: headers as Record<string, string> });
  expect(status).toBe(202);
}

/** A request with this label, and what becomes of it. */
async function request(label: string): Promise<string[]> {
  world.clock.now += MINUTE;
  const number = world.memory.by("hr").open(REQUESTS, { title: "Access for Ada", labels: [label] });
  await quiet(world, app);
  return world.labels(number);
}

describe.each(["github", "gitlab"] as const)("on %s", (kind) => {
  beforeEach(async () => {
    world = await openWorld(kind);
    home = `${kind}:${REQUESTS}`;
    good = configText(kind, apiOf(world));
    world.memory.addLabel(REQUESTS, "wanted");
  });
  afterEach(() => world.end());

  test("a team is served from its home", async () => {
    commit({ "daytwo.yml": good });
    app = await start();
    await app.sweep();
    expect(await request("access-request")).toContain(STATE.action_needed);
    expect(told("configuration in force")).toMatchObject([{ home, projects: [REQUESTS, PEOPLE] }]);
  });

  test("the file may stand in a folder of the forge, with what it names at the top", async () => {
    commit({
      [`.${kind}/daytwo.yml`]: `${good}baselines: people/*.yml\n`,
      "people/ae.yml": "role: AE\nsystems: { salesforce: default }\n",
    });
    app = await start();
    await app.sweep();
    expect(await request("access-request")).toContain(STATE.action_needed);
  });

  test("a push to the default branch brings new rules into force, one to another branch does not", async () => {
    commit({ "daytwo.yml": good });
    app = await start();
    await app.sweep();
    commit({ "daytwo.yml": `${good}requests: { label: wanted }\n` });
    await push("feature");
    expect(await request("wanted")).toEqual(["wanted"]);
    await push();
    await vi.waitFor(() => expect(told("configuration in force")).toHaveLength(2), PATIENCE);
    expect(await request("wanted")).toContain(STATE.action_needed);
  });

  test("a broken one leaves the last good one in force and says so once", async () => {
    commit({ "daytwo.yml": good });
    app = await start();
    await app.sweep();
    commit({ "daytwo.yml": `${good}requests: { labels: wanted }\n` });
    await push();
    await vi.waitFor(
      () => expect(told("the last good configuration stays in force")).toHaveLength(1),
      PATIENCE,
    );
    expect(told("the last good")).toMatchObject([
      { home, faults: 1, trouble: expect.stringMatching(/^daytwo\.yml:8:13: /) },
    ]);
    await app.sweep();
    expect(told("the last good configuration stays in force")).toHaveLength(1);
    expect(await request("access-request")).toContain(STATE.action_needed);
    const [said, ...more] = world.sandbox.commitComments;
    expect(more).toEqual([]);
    expect(said).toMatchObject({ project: REQUESTS, author: "daytwo" });
    expect(said?.body).toMatch(
      /^daytwo cannot use this configuration: the one before it stays in force\.\n\n- `daytwo\.yml:8:13` .*labels/,
    );

    commit({ "daytwo.yml": `${good}requests: { label: wanted }\n` });
    await app.sweep();
    expect(await request("wanted")).toContain(STATE.action_needed);
  });

  test("what is wrong is said on the commit once, whoever starts again, and again when it breaks anew", async () => {
    const broken = `${good}requests: { labels: "/close @everybody" }\n`;
    commit({ "daytwo.yml": broken });
    app = await start();
    await app.sweep();
    const bodies = () => world.sandbox.commitComments.map(({ body }) => body);
    expect(bodies()).toEqual([expect.stringContaining("serves this team only when it is mended")]);
    expect(bodies()[0]).not.toMatch(/@everybody|^\/close/m);
    await app.drain(10_000);
    app = await start();
    await app.sweep();
    // Another commit, and the same faults.
    commit({ "daytwo.yml": broken, "README.md": "# Other" });
    await app.sweep();
    expect(bodies()).toHaveLength(1);
    commit({ "daytwo.yml": good });
    await app.sweep();
    // On the very same commit it stands already.
    commit({ "daytwo.yml": broken });
    await app.sweep();
    expect(bodies()).toHaveLength(1);
    commit({ "daytwo.yml": good });
    await app.sweep();
    commit({ "daytwo.yml": broken, "README.md": "# A third" });
    const refused = { match: /POST .*comments/, kind: "status", status: 403, times: 1 } as const;
    world.sandbox.faults.next(refused);
    await app.sweep();
    expect(told("not said on the commit")).toHaveLength(1);
    commit({ "daytwo.yml": good });
    await app.sweep();
    commit({ "daytwo.yml": broken, "README.md": "# Another" });
    await app.sweep();
    expect(bodies()).toHaveLength(2);
  });

  test("a home that cannot be read yet loses no delivery", async () => {
    commit({ "daytwo.yml": good });
    const match = kind === "github" ? /GET \/repos\/acme\/access-requests$/ : /repository\/tree/;
    world.sandbox.faults.next({ match, kind: "status", status: 401 });
    app = await start();
    await vi.waitFor(() => expect(told("the team is not served yet")).toHaveLength(1), PATIENCE);
    world.memory.by("hr").open(REQUESTS, { title: "Access for Ada", labels: ["access-request"] });
    const answers = await world.sandbox.webhooks.deliver();
    expect(answers.map(({ status, body }) => [status, body])).toEqual(answers.map(() => [202, "stored\n"]));
    await app.sweep();
    await quiet(world, app);
    expect(world.labels(1)).toContain(STATE.action_needed);
  });

  test("a home without a configuration is nobody's, and one that goes is served no more", async () => {
    commit({});
    app = await start();
    await app.sweep();
    await vi.waitFor(() => expect(told("the team is not served yet")).toHaveLength(1), PATIENCE);
    expect(told("not served")).toMatchObject([
      { trouble: expect.stringContaining("expected one of daytwo.yml") },
    ]);
    expect(await request("access-request")).toEqual(["access-request"]);
    commit({ "daytwo.yml": good });
    await app.sweep();
    await quiet(world, app);
    expect(world.labels(1)).toContain(STATE.action_needed);
    commit({});
    await app.sweep();
    await vi.waitFor(() => expect(told("the team is no longer served")).toHaveLength(1), PATIENCE);
    expect(await request("access-request")).toEqual(["access-request"]);
  });

  test("a home that is not there holds up no other", async () => {
    commit({ "daytwo.yml": good });
    home = `${kind}:acme/nowhere,${home}`;
    app = await start();
    await app.sweep();
    expect(told("the team is not served yet")).toMatchObject([{ home: `${kind}:acme/nowhere` }]);
    expect(await request("access-request")).toContain(STATE.action_needed);
  });

  test("nothing that stays as it is is read again", async () => {
    commit({ "daytwo.yml": good });
    app = await start();
    await app.sweep();
    const before = world.sandbox.log.length;
    await app.sweep();
    const reads = world.sandbox.log
      .slice(before)
      .filter(({ kind }) => /tree|blob|file|repository/.test(kind));
    const unchanged = [
      ["GET repository", 304],
      ["GET tree", 304],
    ];
    expect(reads.map(({ kind, status }) => [kind, status])).toEqual(
      kind === "github" ? unchanged : [["GET tree", 200]],
    );
    expect(await metric(app.url, "daytwo_inbox_waiting")).toBe(0);
  });
});

test("whoever sees that all homes have been read sees their projects", async () => {
  const { config } = loadConfigFrom(join(import.meta.dirname, "../../../examples/acme"));
  if (!config) throw new Error("the example does not load");
  const forge = new MemoryForge({ kind: "github", now: () => 0 });
  forge.addAccount("daytwo");
  forge.addProject("acme/access-requests");
  const kept = Promise.withResolvers<void>();
  const homes = new Homes({
    sources: async () => [
      {
        name: "home",
        repository: null,
        named: true,
        read: async () => ({ config, notes: [], rules: "" }),
        notes: null,
      },
    ],
    team: () => ({
      config,
      forges: { requests: forge.as("daytwo", "acme/access-requests"), onboarding: null },
      accounts: { requests: "", onboarding: "" },
      memory: forgetful,
    }),
    // A store that takes its time to keep the report.
    inbox: { remember: () => kept.promise, recall: async () => null, alone: async () => null },
    now: () => 0,
    log: silent,
  });
  expect(homes.complete()).toBe(false);
  const refreshed = homes.refresh();
  await vi.waitFor(() => expect(homes.complete()).toBe(true), PATIENCE);
  expect(homes.serving("github", "Acme/Access-Requests")).toMatchObject([{ home: "home", role: "requests" }]);
  kept.resolve();
  await refreshed;
});
