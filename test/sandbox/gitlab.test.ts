import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MemoryForge } from "../../src/forge/memory/index.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/index.ts";
import { client } from "./client.ts";

const NAME = "acme/sales-ops/access-requests";
const PROJECT = `/projects/${encodeURIComponent(NAME)}`;
const ISSUES = `${PROJECT}/issues`;

let memory: MemoryForge;
let sandbox: Sandbox;
let call: ReturnType<typeof client>;
let now: number;

beforeEach(async () => {
  now = Date.UTC(2026, 10, 24, 14, 0, 0, 123);
  memory = new MemoryForge({ kind: "gitlab", now: () => now });
  for (const handle of ["meri", "sam", "guest", "stranger"])
    memory.addAccount(handle, { token: `t-${handle}` });
  memory.addToken("meri", "t-reader", "read");
  memory.addProject(NAME, { rights: { meri: "write", sam: "triage", guest: "read" } });
  sandbox = await startSandbox({ forge: memory, clock: () => now });
  call = as("meri");
});
afterEach(() => sandbox.close());

const as = (account: string, api = sandbox.gitlabApi) => client(api, { "private-token": `t-${account}` });

describe("answers", () => {
  it("are the same by number and by name, by either header, and under a relative root", async () => {
    memory.by("meri").open(NAME, { title: "One" });
    const { id } = (await call("GET", PROJECT)).json;
    const byNumber = await call("GET", `/projects/${id}/issues/1`);
    expect(byNumber.json).toMatchObject({
      iid: 1,
      project_id: id,
      state: "opened",
      labels: [],
      assignees: [],
    });
    const bearer = client(sandbox.gitlabApi, { authorization: "Bearer t-meri" });
    expect((await bearer("GET", `${ISSUES}/1`)).json).toEqual(byNumber.json);
    const nested = await as("meri", `${sandbox.url}/gitlab/api/v4`)("GET", `${ISSUES}/1`);
    expect(nested.json._links.self).toBe(`${sandbox.url}/gitlab/api/v4/projects/${id}/issues/1`);
  });

  it("come in pages, with GitLab's headers", async () => {
    for (let i = 0; i < 45; i += 1) memory.by("meri").open(NAME, { title: `Issue ${i}` });
    const { headers, json } = await call("GET", `${ISSUES}?per_page=20&page=2&sort=asc`);
    expect(json.map((issue: { iid: number }) => issue.iid)).toEqual(
      Array.from({ length: 20 }, (_, i) => i + 21),
    );
    const shown = ["x-page", "x-next-page", "x-prev-page", "x-per-page", "x-total", "x-total-pages"];
    expect(shown.map((name) => headers.get(name))).toEqual(["2", "3", "1", "20", "45", "3"]);
    expect(headers.get("link")).toContain('page=3&sort=asc>; rel="next"');
    expect((await call("GET", `${ISSUES}?per_page=20&page=3`)).headers.get("x-next-page")).toBe("");
  });

  it("come by key too, so that writes do not move them", async () => {
    for (let i = 0; i < 45; i += 1) memory.by("meri").open(NAME, { title: `Issue ${i}` });
    const seen: number[] = [];
    let next: string | undefined = `${sandbox.gitlabApi}${ISSUES}?pagination=keyset&per_page=20&sort=asc`;
    while (next) {
      const { json, headers } = await client(next, { "private-token": "t-meri" })("GET", "");
      seen.push(...json.map((issue: { iid: number }) => issue.iid));
      next = /<([^>]+)>; rel="next"/.exec(headers.get("link") ?? "")?.[1];
    }
    expect(seen).toEqual(Array.from({ length: 45 }, (_, i) => i + 1));
  });

  it("tell in system notes what labels and state tell in events of their own", async () => {
    memory.by("meri").open(NAME, { title: "One", body: "- [ ] Invite\n- [ ] Role" });
    memory.by("meri").label(NAME, 1, "a");
    memory.by("meri").assign(NAME, 1, "sam");
    memory.by("meri").assign(NAME, 1, "meri");
    memory.by("sam").tick(NAME, 1, "Invite");
    memory.by("sam").untick(NAME, 1, "Invite");
    memory.by("meri").edit(NAME, 1, { title: "Two", body: "Other" });
    memory.by("meri").close(NAME, 1);
    const notes = (await call("GET", `${ISSUES}/1/notes?sort=asc&per_page=100`)).json;
    type Note = { system: boolean; body: string; author: { username: string } };
    expect(notes.map(({ body, author }: Note) => [author.username, body])).toEqual([
      ["meri", "assigned to @sam"],
      ["meri", "assigned to @meri and unassigned @sam"],
      ["sam", "marked the checklist item **Invite** as completed"],
      ["sam", "marked the checklist item **Invite** as incomplete"],
      ["meri", "changed title from **{-One-}** to **{+Two+}**"],
      ["meri", "changed the description"],
    ]);
    expect(notes.every(({ system }: Note) => system)).toBe(true);
    const [label] = (await call("GET", `${ISSUES}/1/resource_label_events`)).json;
    expect(label).toMatchObject({
      action: "add",
      label: { name: "a" },
      created_at: "2026-11-24T14:00:00.123Z",
    });
    const [state] = (await call("GET", `${ISSUES}/1/resource_state_events`)).json;
    expect(state).toMatchObject({ state: "closed", user: { username: "meri" } });
  });

  it("take single labels, assignees by id and state in one edit, as JSON or as a form", async () => {
    memory.by("meri").open(NAME, { title: "One", labels: ["a", "b"] });
    const id = memory.account("sam").id;
    const edit = { add_labels: "c,d", remove_labels: "a", assignee_ids: [id], state_event: "close" };
    const { json } = await call("PUT", `${ISSUES}/1`, edit);
    expect(json).toMatchObject({
      labels: ["b", "c", "d"],
      assignees: [{ username: "sam" }],
      state: "closed",
    });
    const form = await fetch(`${sandbox.gitlabApi}${ISSUES}/1`, {
      method: "PUT",
      headers: { "private-token": "t-meri" },
      body: new URLSearchParams({ state_event: "reopen", "assignee_ids[]": "0" }),
    });
    expect(await form.json()).toMatchObject({ state: "opened", assignees: [] });
    expect(sandbox.violations).toEqual([]);
    await call("PUT", `${ISSUES}/1`, { labels: "x" });
    expect(sandbox.violations.length).toBe(1);
  });

  it("run the quick actions of a note, and keep no note of nothing else", async () => {
    memory.by("meri").open(NAME, { title: "One" });
    expect((await call("POST", `${ISSUES}/1/notes`, { body: "/close" })).status).toBe(202);
    const kept = await call("POST", `${ISSUES}/1/notes`, { body: "Again\n/reopen" });
    expect([kept.status, kept.json.body]).toEqual([201, "Again"]);
    expect(memory.issue(NAME, 1).state).toBe("open");
  });

  it("know a label by its old name in the past no more: the past shows it as it is called now", async () => {
    memory.by("meri").open(NAME, { title: "One", labels: ["old"] });
    await call("PUT", `${PROJECT}/labels/old`, { new_name: "new" });
    expect((await call("GET", `${ISSUES}/1`)).json.labels).toEqual(["new"]);
    expect((await call("GET", `${ISSUES}/1/resource_label_events`)).json[0].label.name).toBe("new");
  });

  it("keep boards with a list per label", async () => {
    memory.addLabel(NAME, "SalesOpsAR::On Hold");
    const label_id = (await call("GET", `${PROJECT}/labels`)).json[0].id;
    const { id } = (await call("POST", `${PROJECT}/boards`, { name: "Sales Ops" })).json;
    expect((await call("POST", `${PROJECT}/boards/${id}/lists`, { label_id })).status).toBe(201);
    expect((await call("POST", `${PROJECT}/boards/${id}/lists`, { label_id })).status).toBe(400);
    const [board] = (await call("GET", `${PROJECT}/boards`)).json;
    expect(board).toMatchObject({ name: "Sales Ops", lists: [{ label: { name: "SalesOpsAR::On Hold" } }] });
  });
});

it("refuses as GitLab does", async () => {
  memory.by("meri").open(NAME, { title: "One" });
  memory.by("meri").open(NAME, { title: "Two" });
  const note = memory.by("sam").comment(NAME, 1, "Hello");
  const tell = async (who: string, method: string, path: string, body?: unknown) => {
    const { status, json } = await as(who)(method, path, body);
    return [status, json?.message ?? json?.error];
  };
  expect(await tell("nobody", "GET", PROJECT)).toEqual([401, "401 Unauthorized"]);
  expect(await tell("stranger", "GET", PROJECT)).toEqual([404, "404 Project Not Found"]);
  expect(await tell("guest", "PUT", `${ISSUES}/1`, { title: "Mine" })).toEqual([403, "403 Forbidden"]);
  expect(await tell("reader", "POST", ISSUES, { title: "One" })).toEqual([403, "insufficient_scope"]);
  expect(await tell("meri", "GET", `${ISSUES}/9`)).toEqual([404, "404 Not found"]);
  expect(await tell("meri", "POST", ISSUES, {})).toEqual([400, "title is missing"]);
  expect((await tell("meri", "PUT", `${ISSUES}/1`, {}))[0]).toBe(400);
  const other = { target_project_id: NAME, target_issue_iid: 2 };
  expect((await tell("meri", "POST", `${ISSUES}/1/links`, other))[0]).toBe(201);
  expect(await tell("meri", "POST", `${ISSUES}/1/links`, other)).toEqual([409, "Issue(s) already assigned"]);
  const award = `${ISSUES}/1/notes/${note}/award_emoji`;
  expect((await tell("meri", "POST", award, { name: "eyes" }))[0]).toBe(201);
  expect((await tell("meri", "POST", award, { name: "eyes" }))[1]).toContain("already been taken");
  const label = { name: "a", color: "#777777" };
  expect((await tell("meri", "POST", `${PROJECT}/labels`, label))[0]).toBe(201);
  expect(await tell("meri", "POST", `${PROJECT}/labels`, label)).toEqual([409, "Label already exists"]);
});

it("finds members by part of a handle, and accounts by the whole of it", async () => {
  const names = async (path: string) =>
    (await call("GET", path)).json.map((each: { username: string }) => each.username);
  expect(await names(`${PROJECT}/members/all?query=a`)).toEqual(["sam"]);
  expect(await names("/users?username=STRANGER")).toEqual(["stranger"]);
  const sam = memory.account("sam").id;
  expect((await call("GET", `${PROJECT}/members/all/${sam}`)).json.access_level).toBe(20);
  expect((await call("GET", `${PROJECT}/members/all/${memory.account("stranger").id}`)).status).toBe(404);
});
