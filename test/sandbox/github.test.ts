import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { createEmulator } from "emulate";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MemoryForge } from "../../src/forge/memory/index.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/index.ts";
import { client } from "./client.ts";
import { faultsOf } from "./openapi.ts";

const REPO = "/repos/acme/access-requests";

let memory: MemoryForge;
let sandbox: Sandbox;
let call: ReturnType<typeof client>;
let now: number;

beforeEach(async () => {
  now = Date.UTC(2026, 10, 24, 14);
  memory = new MemoryForge({ kind: "github", now: () => now });
  memory.addAccount("meri", { token: "t-meri" });
  memory.addAccount("guest", { token: "t-guest" });
  memory.addAccount("daytwo[bot]", { bot: true, token: "t-bot" });
  memory.addAccount("stranger", { token: "t-stranger" });
  memory.addProject("acme/access-requests", {
    rights: { meri: "write", guest: "read", "daytwo[bot]": "write" },
  });
  sandbox = await startSandbox({ forge: memory, clock: () => now });
  call = client(sandbox.githubApi, { authorization: "Bearer t-meri" });
});
afterEach(() => sandbox.close());

const as = (account: string, api = sandbox.githubApi) => client(api, { authorization: `token t-${account}` });

describe("answers", () => {
  it("are as GitHub's own description says", async () => {
    const judged = async (method: string, path: string, body?: unknown) => {
      const answer = await call(method, path, body);
      expect(faultsOf(method, path, answer.status, answer.json)).toEqual([]);
      expect(answer.status, `${method} ${path}`).toBeLessThan(300);
      return answer.json;
    };
    await judged("GET", "/user");
    await judged("GET", REPO);
    await judged("POST", `${REPO}/labels`, { name: "a", color: "d9534f", description: "A" });
    await judged("PATCH", `${REPO}/labels/a`, { new_name: "b", color: "00ff00" });
    const draft = { title: "One", body: "Text", labels: ["b", "c"], assignees: ["meri"] };
    const { number } = await judged("POST", `${REPO}/issues`, draft);
    const issue = `${REPO}/issues/${number}`;
    await judged("GET", issue);
    await judged("POST", `${issue}/labels`, { labels: ["d"] });
    await judged("GET", `${issue}/labels`);
    await judged("DELETE", `${issue}/labels/b`);
    await judged("POST", `${issue}/assignees`, { assignees: ["guest"] });
    await judged("DELETE", `${issue}/assignees`, { assignees: ["meri"] });
    const { id } = await judged("POST", `${issue}/comments`, { body: "Hello" });
    await judged("GET", `${issue}/comments`);
    await judged("GET", `${REPO}/issues/comments/${id}`);
    await judged("PATCH", `${REPO}/issues/comments/${id}`, { body: "Bye" });
    await judged("POST", `${REPO}/issues/comments/${id}/reactions`, { content: "eyes" });
    await judged("GET", `${REPO}/issues/comments/${id}/reactions`);
    await judged("PATCH", issue, { title: "Two", state: "closed", state_reason: "not_planned" });
    await judged("PATCH", issue, { state: "open" });
    memory.by("meri").openPull("acme/access-requests", "Code");
    await judged("GET", `${REPO}/issues?state=all`);
    await judged("GET", `${issue}/events`);
    await judged("GET", `${REPO}/issues/events`);
    await judged("GET", `${issue}/timeline`);
    await judged("GET", `${REPO}/labels`);
  });

  it("about projects (v2) are as GitHub's own description says", async () => {
    const judged = async (method: string, path: string, body?: unknown) => {
      const answer = await call(method, path, body);
      expect(faultsOf(method, path, answer.status, answer.json)).toEqual([]);
      expect(answer.status, `${method} ${path}`).toBeLessThan(300);
      return answer.json;
    };
    const { node_id: repository } = (await call("GET", REPO)).json;
    const query =
      "mutation ($title: String!) { createProjectV2(input: { title: $title }) { projectV2 { number } } }";
    const made = await call("POST", "/graphql", { query, variables: { title: "Board", repository } });
    const { number } = made.json.data.createProjectV2.projectV2;
    const project = `/orgs/acme/projectsV2/${number}`;
    expect(await judged("GET", "/orgs/acme/projectsV2")).toMatchObject([{ title: "Board", number }]);
    const choices = ["one", "two"].map((name) => ({ name, color: "GRAY", description: "" }));
    const field = { name: "State", data_type: "single_select", single_select_options: choices };
    const { id, options } = await judged("POST", `${project}/fields`, field);
    await judged("GET", `${project}/fields`);
    await judged("POST", `${project}/views`, { name: "By state", layout: "board", vertical_group_by: [id] });
    const issue = memory.by("meri").open("acme/access-requests", { title: "One" });
    const what = { type: "Issue", owner: "acme", repo: "access-requests", number: issue };
    const item = await judged("POST", `${project}/items`, what);
    const update = { fields: [{ id, value: options[1].id }] };
    await judged("PATCH", `${project}/items/${item.id}`, update);
    const [placed] = await judged("GET", `${project}/items?fields=${id}`);
    expect(placed).toMatchObject({
      content: { number: issue },
      fields: [{ id, value: { name: { raw: "two" } } }],
    });
    expect((await call("GET", "/orgs/nobody/projectsV2")).status).toBe(404);
  });

  it("are the same under /api/v3, with its own links, and GraphQL under /api/graphql", async () => {
    memory.by("meri").open("acme/access-requests", { title: "One" });
    const { json } = await call("GET", `/api/v3${REPO}/issues/1`);
    expect(json).toMatchObject({ number: 1, url: `${sandbox.url}/api/v3${REPO}/issues/1` });
    const { json: viewer } = await call("POST", "/api/graphql", { query: "query { viewer { login } }" });
    expect(viewer).toEqual({ data: { viewer: { login: "meri", id: expect.any(String) } } });
  });

  it("come in pages with links to the others", async () => {
    for (let i = 0; i < 45; i += 1) memory.by("meri").open("acme/access-requests", { title: `Issue ${i}` });
    const { json, headers } = await call("GET", `${REPO}/issues?per_page=20&page=2&direction=asc`);
    expect(json.map((issue: { number: number }) => issue.number)).toEqual(
      Array.from({ length: 20 }, (_, i) => i + 21),
    );
    const page = (number: number) =>
      `<${sandbox.url}${REPO}/issues?per_page=20&page=${number}&direction=asc>`;
    expect(headers.get("link")).toBe(
      `${page(1)}; rel="prev", ${page(1)}; rel="first", ${page(3)}; rel="next", ${page(3)}; rel="last"`,
    );
    expect(sandbox.violations).toEqual([]);
    await call("GET", `${REPO}/issues`);
    expect(sandbox.violations).toEqual([`GET ${REPO}/issues: unpaged: 45 items, and no per_page`]);
  });

  it("cost nothing when nothing has changed", async () => {
    const first = await call("GET", `${REPO}/issues`);
    const again = await call("GET", `${REPO}/issues`, undefined, {
      "if-none-match": first.headers.get("etag") ?? "",
    });
    expect([again.status, again.text]).toEqual([304, ""]);
    expect(again.headers.get("x-ratelimit-used")).toBe(first.headers.get("x-ratelimit-used"));
    memory.by("meri").open("acme/access-requests", { title: "One" });
    const third = await call("GET", `${REPO}/issues`, undefined, {
      "if-none-match": first.headers.get("etag") ?? "",
    });
    expect([third.status, third.headers.get("x-ratelimit-used")]).toEqual([200, "2"]);
  });

  it("name the assignee as the actor of an assignment in the events, and who did it in the timeline", async () => {
    memory.by("meri").open("acme/access-requests", { title: "One", assignees: ["guest"] });
    const [event] = (await call("GET", `${REPO}/issues/1/events`)).json;
    expect([event.actor.login, event.assignee.login, event.assigner.login]).toEqual([
      "guest",
      "guest",
      "meri",
    ]);
    const [entry] = (await call("GET", `${REPO}/issues/1/timeline`)).json;
    expect([entry.actor.login, entry.assignee.login, entry.assigner]).toEqual(["meri", "guest", undefined]);
  });

  it("give the edits of a body over GraphQL, newest first and in pages", async () => {
    const meri = memory.by("meri");
    meri.open("acme/access-requests", { title: "One", body: "0" });
    for (const body of ["1", "2", "3"]) meri.edit("acme/access-requests", 1, { body });
    const query = "query { repository { issue { userContentEdits { nodes { diff } } } } }";
    const page = async (after: string | null) => {
      const variables = { owner: "acme", repo: "access-requests", number: 1, first: 3, after };
      return (await call("POST", "/graphql", { query, variables })).json.data.repository.issue
        .userContentEdits;
    };
    const first = await page(null);
    const second = await page(first.pageInfo.endCursor);
    expect([...first.nodes, ...second.nodes].map((node) => node.diff)).toEqual(["3", "2", "1", "0"]);
    expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([true, false]);
  });
});

describe("refusals", () => {
  it("tell a wrong token, a hidden repository, a missing right and a missing issue apart", async () => {
    memory.by("meri").open("acme/access-requests", { title: "One" });
    memory.by("meri").open("acme/access-requests", { title: "Gone" });
    memory.removeIssue("acme/access-requests", 2);
    memory.addToken("meri", "t-reader", "read");
    const status = async (who: string, method: string, path: string, body?: unknown) =>
      (await as(who)(method, path, body)).status;
    expect(await status("nobody", "GET", REPO)).toBe(401);
    expect(await status("stranger", "GET", REPO)).toBe(404);
    expect(await status("guest", "PATCH", `${REPO}/issues/1`, { title: "Mine" })).toBe(403);
    expect(await status("reader", "POST", `${REPO}/issues/1/comments`, { body: "Hi" })).toBe(403);
    expect(await status("meri", "GET", `${REPO}/issues/2`)).toBe(410);
    expect(await status("meri", "GET", `${REPO}/issues/3`)).toBe(404);
    expect(await status("meri", "GET", `${REPO}/assignees/stranger`)).toBe(404);
    expect(await status("meri", "GET", `${REPO}/assignees/guest`)).toBe(204);
    expect(await status("bot", "GET", "/user")).toBe(403);
    expect(await status("meri", "POST", `${REPO}/issues`, { title: "x".repeat(257) })).toBe(422);
    expect(sandbox.violations.every((each) => each.includes("refused write"))).toBe(true);
    expect((await client(sandbox.githubApi, {})("GET", REPO)).status).toBe(404);
  });

  it("note a label set written as a whole", async () => {
    memory.by("meri").open("acme/access-requests", { title: "One", labels: ["a"] });
    await call("PUT", `${REPO}/issues/1/labels`, { labels: ["b"] });
    await call("PATCH", `${REPO}/issues/1`, { labels: ["c"] });
    expect(sandbox.violations.map((each) => each.split(": ")[1])).toEqual(["label set", "label set"]);
  });
});

it("logs what was asked, by whom and how it went, without tokens", async () => {
  await call("POST", `${REPO}/issues`, { title: "One" });
  await as("nobody")("GET", `${REPO}/issues?state=all`);
  expect(sandbox.log).toMatchObject([
    {
      method: "POST",
      path: `${REPO}/issues`,
      kind: "POST issue",
      account: "meri",
      body: { title: "One" },
      status: 201,
    },
    { method: "GET", path: `${REPO}/issues?state=all`, kind: "GET issues", account: "", status: 401 },
  ]);
  expect(JSON.stringify(sandbox.log)).not.toContain("t-");
});

/** The emulator wants to be told its port. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

it("answers as an emulator that knows nothing of it, where that one keeps to GitHub", async () => {
  const emulator = await createEmulator({
    service: "github",
    port: await freePort(),
    seed: {
      tokens: { "t-meri": { login: "meri", scopes: ["repo", "user"] } },
      github: {
        users: [{ login: "meri" }],
        orgs: [{ login: "acme" }],
        repos: [{ owner: "acme", name: "access-requests", auto_init: false }],
      },
    },
  });
  try {
    const there = client(emulator.url, { authorization: "Bearer t-meri" });
    const steps: [string, string, unknown?][] = [
      ["POST", `${REPO}/labels`, { name: "Bug", color: "d9534f", description: "B" }],
      ["POST", `${REPO}/labels`, { name: "Bug", color: "d9534f" }],
      ["POST", `${REPO}/issues`, { title: "One", body: "Text", labels: ["Bug"] }],
      ["POST", `${REPO}/issues/1/labels`, { labels: ["Bug"] }],
      ["POST", `${REPO}/issues/1/comments`, { body: "Hello" }],
      ["PATCH", `${REPO}/issues/1`, { state: "closed", state_reason: "not_planned" }],
      ["GET", `${REPO}/issues/1`],
      ["DELETE", `${REPO}/issues/1/labels/Bug`],
      ["DELETE", `${REPO}/issues/1/labels/Bug`],
      ["GET", `${REPO}/issues?state=all&labels=Bug`],
      ["GET", `${REPO}/issues/99`],
    ];
    for (const [method, path, body] of steps) {
      const [mine, theirs] = await Promise.all([call(method, path, body), there(method, path, body)]);
      expect(mine.status, `${method} ${path}`).toBe(theirs.status);
      const facts = ({ json }: { json: Record<string, unknown> }) => ({
        number: json?.number,
        title: json?.title,
        body: json?.body,
        state: json?.state,
        state_reason: json?.state_reason,
        labels: (json?.labels as { name: string }[] | undefined)?.map((label) => label.name),
        comments: json?.comments,
        length: Array.isArray(json) ? json.length : null,
      });
      if (mine.status < 300) expect(facts(mine), `${method} ${path}`).toEqual(facts(theirs));
    }
  } finally {
    await emulator.close();
  }
});
