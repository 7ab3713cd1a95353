/** What GitHub does on a bad day, and what its stand-ins leave out. */
import { describe, expect, test } from "vitest";
import { lines, marker, safe, title } from "../../src/engine/text/safe.ts";
import type { ForgeDeps, PageCache } from "../../src/forge/forge.ts";
import { createGitHubForge, githubApi, githubWeb } from "../../src/forge/github/index.ts";
import { validatingFetch } from "./github.openapi.ts";

const API = "https://ghe.test/api/v3";
const REPO = "/repos/acme/ar";
const LOST = new TypeError("fetch failed", {
  cause: Object.assign(new Error("reset"), { code: "ECONNRESET" }),
});
const TOKEN = "ghp_very_secret";

type Reply = readonly [status: number, data?: unknown, headers?: Record<string, string>] | Error;
type Routes = Record<string, Reply | ((query: URLSearchParams, body: never, headers: Headers) => Reply)>;

/** A GitHub that has just these routes; a list of replies plays one after the other. */
function github(routes: Routes, extra: Partial<ForgeDeps> = {}) {
  const log: string[] = [];
  const judge = validatingFetch(API, async (input, init) => {
    const url = new URL(String(input));
    const graphql = url.pathname.endsWith("/graphql");
    const route = `${init?.method} ${graphql ? url.pathname : url.pathname.replace("/api/v3", "")}`;
    log.push(route + (url.searchParams.get("page") ? ` ${url.searchParams.get("page")}` : ""));
    const found = routes[route] ?? ([404, { message: "Not Found" }] as const);
    const body = typeof init?.body === "string" ? JSON.parse(init.body) : null;
    const reply =
      typeof found === "function"
        ? found(url.searchParams, body as never, new Headers(init?.headers))
        : found;
    if (reply instanceof Error) throw reply;
    const [status, data, headers] = reply;
    const text = typeof data === "string" ? data : JSON.stringify(data ?? {});
    return new Response(status === 204 || status === 304 ? null : text, {
      status,
      headers: { "content-type": typeof data === "string" ? "text/html" : "application/json", ...headers },
    });
  });
  const forge = createGitHubForge(
    { forge: "github", project: "acme/ar", api: API, web: "https://ghe.test", token: TOKEN },
    { cache: null, now: Date.now, sleep: async () => undefined, fetch: judge.fetch, ...extra },
  );
  return { ...forge, log, faults: judge.faults };
}

/** Replies that come one after the other, the last one for ever. */
function then(...replies: Reply[]): () => Reply {
  return () => (replies.length > 1 ? replies.shift() : replies[0]) as Reply;
}

function issue(number: number, more: object = {}) {
  return {
    number,
    html_url: `https://ghe.test/acme/ar/issues/${number}`,
    title: `Issue ${number}`,
    body: "",
    state: "open",
    user: { login: "daytwo-bot" },
    labels: [],
    assignees: [],
    created_at: "2026-11-24T14:00:00Z",
    updated_at: "2026-11-24T14:00:00Z",
    comments: 0,
    ...more,
  };
}

const ME: Routes = { "GET /user": [200, { login: "daytwo-bot" }] };
const body = lines(safe`Please.`, marker("hire:acme/people#12"));
const request = { key: "hire:acme/people#12", title: title("AR"), body, labels: ["a"], assignees: [] };
const made = issue(41, { body, labels: [{ name: "a" }] });

describe("a write whose answer was lost", () => {
  test("is found again: an issue", async () => {
    const { writer, log, faults } = github({
      ...ME,
      [`POST ${REPO}/issues`]: LOST,
      [`GET ${REPO}/issues`]: [200, [issue(42), { ...made, number: 40, user: { login: "forger" } }, made]],
    });
    expect((await writer.createIssue(request)).number).toBe(41);
    expect(log.filter((line) => line.startsWith("POST"))).toHaveLength(1);
    expect(faults).toEqual([]);
  });

  test("is sent again if it is not there: an issue", async () => {
    const { writer, log } = github({
      ...ME,
      [`POST ${REPO}/issues`]: then([502, "<h1>Bad gateway</h1>"], [201, made]),
      [`GET ${REPO}/issues`]: [200, [issue(40)]],
    });
    expect((await writer.createIssue(request)).number).toBe(41);
    expect(log.filter((line) => line.startsWith("POST"))).toHaveLength(2);
  });

  test("is found again: a comment", async () => {
    const comment = { id: 5, user: { login: "daytwo-bot" }, body: marker("status"), html_url: "u" };
    const { writer, log } = github({
      ...ME,
      [`POST ${REPO}/issues/41/comments`]: LOST,
      [`GET ${REPO}/issues/41/comments`]: [200, [{ ...comment, id: 4, user: { login: "forger" } }, comment]],
    });
    expect(await writer.comment(41, { key: "status", body: marker("status") })).toMatchObject({ id: "5" });
    expect(log.filter((line) => line.startsWith("POST"))).toHaveLength(1);
  });

  test.each([
    ["a label", `POST ${REPO}/issues/41/labels`, { labels: [{ name: "A" }] }, "addLabel", "a"],
    ["a label taken off", `DELETE ${REPO}/issues/41/labels/a`, {}, "removeLabel", "a"],
    [
      "an assignee",
      `POST ${REPO}/issues/41/assignees`,
      { assignees: [{ login: "Amber" }] },
      "assign",
      "amber",
    ],
    ["an assignee taken off", `DELETE ${REPO}/issues/41/assignees`, {}, "unassign", "amber"],
    [
      "a closing",
      `PATCH ${REPO}/issues/41`,
      { state: "closed", state_reason: "completed" },
      "close",
      "completed",
    ],
  ] as const)("is found again: %s", async (_, route, after, method, argument) => {
    const { writer, log, faults } = github({
      [route]: LOST,
      [`GET ${REPO}/issues/41`]: [200, issue(41, after)],
    });
    const write = writer[method] as (issue: number, argument: string) => Promise<unknown>;
    expect(await write(41, argument)).toMatchObject({ status: "applied" });
    expect(log).toEqual([route, `GET ${REPO}/issues/41`]);
    expect(faults).toEqual([]);
  });

  test("is given up with one clear line when it never arrives", async () => {
    const { writer } = github({
      [`PATCH ${REPO}/issues/41`]: [503, {}],
      [`GET ${REPO}/issues/41`]: [200, issue(41)],
    });
    await expect(writer.close(41, "completed")).rejects.toMatchObject({
      kind: "unavailable",
      message: "ghe.test failed with HTTP 503 on PATCH issue: try again later",
    });
  });
});

describe("what GitHub drops without a word", () => {
  test("labels and assignees of a new issue", async () => {
    const { writer } = github({ [`POST ${REPO}/issues`]: [201, issue(41)] });
    await expect(writer.createIssue({ ...request, assignees: ["amber"] })).rejects.toThrow(
      'created #41 in acme/ar, but ghe.test dropped the label "a", the assignee @amber: GITHUB_TOKEN needs Issues: write',
    );
  });

  test("an assignee who may not be one", async () => {
    const { writer } = github({ [`POST ${REPO}/issues/41/assignees`]: [201, issue(41)] });
    await expect(writer.assign(41, "ghost")).rejects.toThrow(
      /cannot assign @ghost to #41 .* must be a member/,
    );
  });
});

describe("refusals are one line that says what to do", () => {
  const forbidden: Reply = [403, { message: "Resource not accessible by personal access token" }];
  test.each([
    [
      "a wrong token",
      { [`GET ${REPO}/issues`]: [401, { message: "Bad credentials" }] },
      /^GITHUB_TOKEN was refused by ghe\.test: .* make a new one with Issues: read$/,
    ],
    [
      "a missing project",
      {},
      /^no repository acme\/ar at ghe\.test, or the token may not see it: check `repo`/,
    ],
    [
      "issues switched off",
      { [`GET ${REPO}/issues`]: [410, { message: "Issues are disabled for this repo" }] },
      /^issues are switched off in acme\/ar/,
    ],
    [
      "a token for nothing",
      { [`GET ${REPO}/issues`]: forbidden },
      /may not read that; it needs Issues: read \(Resource not accessible/,
    ],
    [
      "a web page",
      { [`GET ${REPO}/issues`]: [200, "<html>"] },
      /answers with a web page \(HTTP 200\), not with GitHub's API: set `api`/,
    ],
    [
      "another API",
      { [`GET ${REPO}/issues`]: [200, { ok: true }] },
      /something else than its API says \(the answer: .*: check `api`/,
    ],
  ] satisfies [string, Routes, RegExp][])("%s", async (_, routes, message) => {
    const { reader } = github(routes);
    const error = await reader.issues({ state: "open" }).catch((thrown: Error) => thrown);
    expect(error).toHaveProperty("message", expect.stringMatching(message));
    expect(String(error)).not.toContain(TOKEN);
  });

  test("a read-only token", async () => {
    const { writer } = github({ [`POST ${REPO}/issues/41/labels`]: forbidden });
    await expect(writer.addLabel(41, "a")).rejects.toMatchObject({
      kind: "forbidden",
      message: expect.stringMatching(
        /^cannot add the label "a" to #41 in acme\/ar: GITHUB_TOKEN may not write there; it needs Issues: write/,
      ),
    });
  });

  test("fields that GitHub objects to are named", async () => {
    const errors = [{ resource: "Issue", field: "assignees", code: "invalid", value: "ghost" }];
    const { writer } = github({ [`POST ${REPO}/issues`]: [422, { message: "Validation Failed", errors }] });
    await expect(writer.createIssue(request)).rejects.toThrow(
      '(Validation Failed; assignees "ghost" invalid)',
    );
  });

  test("a missing issue in a missing project is a missing project", async () => {
    await expect(github({}).reader.issue(4)).rejects.toThrow("no repository acme/ar");
    expect(await github({ [`GET ${REPO}/issues`]: [200, []] }).reader.issue(4)).toBeNull();
  });
});

describe("lists", () => {
  const wires = Array.from({ length: 250 }, (_, n) => issue(n + 1));
  wires[6] = issue(7, { pull_request: { url: "x" } });

  function listing(query: URLSearchParams, _: never, headers: Headers): Reply {
    const page = Number(query.get("page"));
    const mine = wires.slice((page - 1) * 100, page * 100);
    const etag = `"${mine.length}-${page}"`;
    if (headers.get("if-none-match") === etag) return [304];
    // As behind a proxy, that does not know by which address it was reached.
    const link = (n: number) =>
      `https://internal.test/api/v3/repositories/9/issues?${new URLSearchParams({ ...Object.fromEntries(query), page: String(n) })}`;
    const next = page < 3 ? { link: `<${link(page + 1)}>; rel="next", <${link(3)}>; rel="last"` } : {};
    return [200, mine, { etag, ...next }];
  }

  function memoryCache(): PageCache {
    const entries = new Map<string, { etag: string; next: string | null; page: unknown }>();
    return {
      get: (url) => entries.get(url) ?? null,
      set: (url, entry) => void entries.set(url, JSON.parse(JSON.stringify(entry))),
    };
  }

  test("are read to their end, without pull requests, and cost 304s when nothing changed", async () => {
    const cache = memoryCache();
    const cold = github({ [`GET ${REPO}/issues`]: listing }, { cache });
    const read = await cold.reader.issues({ state: "open" });
    expect(read.map(({ number }) => number)).toEqual(
      wires.map(({ number }) => number).filter((n) => n !== 7),
    );
    expect(cold.log).toEqual([1, 2, 3].map((page) => `GET ${REPO}/issues ${page}`));
    const warm = github({ [`GET ${REPO}/issues`]: listing }, { cache });
    expect(await warm.reader.issues({ state: "open" })).toEqual(read);
    expect(warm.requests()).toEqual(new Map([["GET issues", 3]]));
    expect([...cold.faults, ...warm.faults]).toEqual([]);
  });

  test("a label with a comma is not put into a parameter that parts at commas", async () => {
    const odd = issue(1, { labels: [{ name: "One, two" }] });
    const { reader, faults } = github({
      [`GET ${REPO}/issues`]: (query) => [200, query.has("labels") ? [] : [odd, issue(2)]],
    });
    expect((await reader.issues({ state: "open", label: "one, TWO" })).map(({ number }) => number)).toEqual([
      1,
    ]);
    expect(faults).toEqual([]);
  });

  test("`updatedSince` goes to GitHub and is held to", async () => {
    const { reader } = github({
      [`GET ${REPO}/issues`]: (query) => {
        expect(query.get("since")).toBe("2026-11-24T14:30:00.000Z");
        return [200, [issue(1), issue(2, { updated_at: "2026-11-24T15:00:00Z" })]];
      },
    });
    const found = await reader.issues({ state: "open", updatedSince: Date.parse("2026-11-24T14:30:00Z") });
    expect(found.map(({ number }) => number)).toEqual([2]);
  });
});

describe("who did what", () => {
  const events = [
    {
      event: "assigned",
      actor: { login: "amber" },
      assignee: { login: "amber" },
      assigner: { login: "meri" },
      created_at: "2026-11-24T14:00:02Z",
    },
    { event: "renamed", actor: { login: "amber" }, created_at: "2026-11-24T14:00:02Z" },
    { event: "labeled", actor: null, label: { name: "x" }, created_at: "2026-11-24T14:00:01Z" },
    {
      event: "closed",
      actor: { login: "sam" },
      state_reason: "not_planned",
      created_at: "2026-11-24T14:00:03Z",
    },
  ];
  const expected = [
    { at: Date.parse("2026-11-24T14:00:01Z"), actor: null, type: "labeled", label: "x" },
    { at: Date.parse("2026-11-24T14:00:02Z"), actor: "meri", type: "assigned", assignee: "amber" },
    { at: Date.parse("2026-11-24T14:00:03Z"), actor: "sam", type: "closed", reason: "not_planned" },
  ];

  test("comes from the events, else the timeline, else nobody knows", async () => {
    expect(await github({ [`GET ${REPO}/issues/4/events`]: [200, events] }).reader.history(4)).toEqual(
      expected,
    );
    expect(await github({ [`GET ${REPO}/issues/4/timeline`]: [200, events] }).reader.history(4)).toEqual(
      expected,
    );
    expect(await github({}).reader.history(4)).toEqual([]);
  });

  describe("label events of a repository", () => {
    const event = (id: number, issue: number, minute: number, event = "labeled", name = "a") => ({
      id,
      event,
      label: { name },
      actor: { login: "sam" },
      created_at: `2026-11-24T14:${String(minute).padStart(2, "0")}:00Z`,
      issue: { number: issue },
    });
    const at = (minute: number) => Date.parse(`2026-11-24T14:${String(minute).padStart(2, "0")}:00Z`);
    const issue = (number: number, created: number, ...labels: string[]) => ({
      number,
      labels,
      createdAt: at(created),
    });
    const told = (minute: number, label = "a") => ({ type: "labeled", at: at(minute), actor: "sam", label });

    test("are read until they are older than wanted, one page after the other", async () => {
      const next = {
        link: '<https://ghe.test/api/v3/repos/acme/ar/issues/events?page=2&per_page=100>; rel="next"',
      };
      const { reader, log } = github({
        "GET /repos/acme/ar/issues/events": (query) =>
          query.get("page") === "1"
            ? [200, [event(9, 4, 9), event(8, 5, 8, "closed"), event(7, 4, 2)], next]
            : [500, {}],
      });
      const read = await reader.labelEvents({ since: at(5), issues: [issue(4, 1, "a"), issue(5, 1, "b")] });
      expect([...read]).toEqual([
        [4, [told(9)]],
        [5, []],
      ]);
      expect(log).toEqual(["GET /repos/acme/ar/issues/events 1"]);
    });

    test("that the list has lost are read from the issue itself", async () => {
      const { reader, log } = github({
        "GET /repos/acme/ar/issues/events": [
          200,
          [event(9, 4, 9, "unlabeled"), event(8, 5, 8), event(8, 5, 8)],
        ],
        "GET /repos/acme/ar/issues/3/events": [200, [event(1, 3, 1, "labeled", "old")]],
      });
      const issues = [issue(3, 1, "Old"), issue(4, 1), issue(5, 1, "A"), issue(6, 9, "told nowhere")];
      const read = await reader.labelEvents({ since: null, issues });
      expect(read.get(3)).toEqual([told(1, "old")]);
      expect(read.get(4)).toEqual([{ ...told(9), type: "unlabeled" }]);
      expect(read.get(5)).toEqual([told(8)]);
      expect(read.get(6)).toEqual([]);
      expect(log).toEqual(["GET /repos/acme/ar/issues/events 1", "GET /repos/acme/ar/issues/3/events 1"]);
    });

    test("are read issue by issue where there is no such list", async () => {
      const { reader } = github({ "GET /repos/acme/ar/issues/4/events": [200, [event(1, 4, 1)]] });
      expect((await reader.labelEvents({ since: null, issues: [issue(4, 1, "a")] })).get(4)).toEqual([
        told(1),
      ]);
    });
  });

  test("body edits come from GraphQL, page by page, oldest first", async () => {
    const edit = (second: number, diff: string | null, editor: object | null) => ({
      editedAt: `2026-11-24T14:00:0${second}Z`,
      diff,
      editor,
    });
    const page = (nodes: unknown[], endCursor: string | null): Reply => [
      200,
      {
        data: {
          repository: {
            issue: { userContentEdits: { pageInfo: { hasNextPage: endCursor !== null, endCursor }, nodes } },
          },
        },
      },
    ];
    const { reader, log } = github({
      "POST /api/graphql": (_, { variables }: { variables: { after: string | null } }) =>
        variables.after === null
          ? page([edit(3, "- [x] a", { __typename: "Bot", login: "daytwo" }), edit(2, null, null)], "more")
          : page([edit(1, "- [ ] a", { __typename: "User", login: "amber" })], null),
    });
    expect(await reader.bodyEdits(4)).toEqual([
      { at: Date.parse("2026-11-24T14:00:01Z"), editor: "amber", body: "- [ ] a" },
      { at: Date.parse("2026-11-24T14:00:02Z"), editor: null, body: null },
      { at: Date.parse("2026-11-24T14:00:03Z"), editor: "daytwo[bot]", body: "- [x] a" },
    ]);
    expect(log).toHaveLength(2);
  });

  test.each<[string, Reply]>([
    ["missing", [404, {}]],
    ["refused", [403, { message: "Resource not accessible by integration" }]],
    ["in error", [200, { data: null, errors: [{ message: "nope" }] }]],
  ])("body edits are unknown where GraphQL is %s", async (_, reply) => {
    expect(await github({ "POST /api/graphql": reply }).reader.bodyEdits(4)).toBeNull();
  });

  test("an installation learns its own name from GraphQL, once", async () => {
    const app = github({
      "GET /user": [403, { message: "Resource not accessible by integration" }],
      "POST /api/graphql": [200, { data: { viewer: { login: "daytwo[bot]" } } }],
    });
    expect([await app.reader.self(), await app.reader.self()]).toEqual(["daytwo[bot]", "daytwo[bot]"]);
    expect(app.log).toHaveLength(2);
    expect(await github({}).reader.self()).toBe("");
    await expect(github({ "GET /user": [401, {}] }).reader.self()).rejects.toThrow(
      "GITHUB_TOKEN was refused",
    );
  });

  test("members are those who can be assigned", async () => {
    const { reader } = github({ [`GET ${REPO}/assignees/amber`]: [204] });
    expect([await reader.member("amber"), await reader.member("ghost")]).toEqual([true, false]);
  });
});

describe("one thing at a time", () => {
  test("a label that is not there is nothing to remove", async () => {
    const gone: Reply = [404, { message: "Label does not exist" }];
    const { writer, log } = github({ [`DELETE ${REPO}/issues/4/labels/a`]: gone });
    expect(await writer.removeLabel(4, "a")).toMatchObject({ status: "unchanged" });
    expect(log).toHaveLength(1);
    const { writer: other } = github({ [`GET ${REPO}/issues`]: [200, []] });
    await expect(other.removeLabel(4, "a")).rejects.toThrow("there is no issue #4");
  });

  test.each([".", "..", " "])("a label named %j never removes all of them", async (label) => {
    const { writer, log } = github({});
    await expect(writer.removeLabel(4, label)).rejects.toThrow("remove it by hand");
    expect(log).toEqual([]);
  });

  test("pinning asks first, says when the three places are taken, and is left out where there is no GraphQL", async () => {
    const state = (isPinned: boolean): Reply => [
      200,
      { data: { repository: { issue: { id: "I_4", isPinned } } } },
    ];
    const full: Reply = [
      200,
      { data: { pinIssue: null }, errors: [{ message: "Maximum 3 pinned issues per repository" }] },
    ];
    const done: Reply = [200, { data: { pinIssue: { issue: { id: "I_4" } } } }];
    const pin = (...replies: Reply[]) => github({ "POST /api/graphql": then(...replies) }).writer.pin(4);
    expect(await pin(state(true))).toMatchObject({ status: "unchanged" });
    expect(await pin(state(false), done)).toMatchObject({ status: "applied" });
    expect(await pin(state(false), LOST, state(true))).toMatchObject({ status: "applied" });
    await expect(pin(state(false), full)).rejects.toThrow("three issues at most");
    expect(await pin([404, {}])).toMatchObject({ status: "unchanged" });
  });

  test("a reaction that was there already changes nothing", async () => {
    const route = `POST ${REPO}/issues/comments/5/reactions`;
    expect(await github({ [route]: [201, {}] }).writer.react(4, "5", "+1")).toMatchObject({
      status: "applied",
    });
    expect(await github({ [route]: [200, {}] }).writer.react(4, "5", "+1")).toMatchObject({
      status: "unchanged",
    });
  });

  test("a label is created without the number sign, or was there", async () => {
    const label = { name: "A", color: "#d9534f", description: "d" };
    const created = github({
      [`POST ${REPO}/labels`]: (_, sent) => {
        expect(sent).toEqual({ name: "A", color: "d9534f", description: "d" });
        return [201, sent];
      },
    });
    expect(await created.writer.createLabel(label)).toMatchObject({ status: "applied" });
    const errors = [{ resource: "Label", code: "already_exists", field: "name" }];
    const there = github({ [`POST ${REPO}/labels`]: [422, { message: "Validation Failed", errors }] });
    expect(await there.writer.createLabel(label)).toMatchObject({ status: "unchanged" });
  });

  test("a renamed repository is followed, with the same method", async () => {
    const { writer, log } = github({
      [`PATCH ${REPO}/issues/4`]: [307, {}, { location: `${API}/repositories/9/issues/4` }],
      "PATCH /repositories/9/issues/4": [200, issue(4)],
    });
    expect(await writer.reopen(4)).toMatchObject({ status: "applied" });
    expect(log).toHaveLength(2);
  });

  test("a transferred issue is gone", async () => {
    const { reader } = github({
      [`GET ${REPO}/issues/4`]: [301, {}, { location: `${API}/repositories/9/issues/77` }],
      "GET /repositories/9/issues/77": [200, issue(77)],
    });
    expect(await reader.issue(4)).toBeNull();
  });
});

test.each([
  [undefined, undefined, "https://api.github.com", "https://github.com"],
  ["https://github.com/", undefined, "https://api.github.com", "https://github.com"],
  ["https://ghe.example.com/", undefined, "https://ghe.example.com/api/v3", "https://ghe.example.com"],
  ["https://acme.ghe.com", undefined, "https://api.acme.ghe.com", "https://acme.ghe.com"],
  [undefined, "https://api.acme.ghe.com", "https://api.acme.ghe.com", "https://acme.ghe.com"],
  [undefined, "http://127.0.0.1:4000/", "http://127.0.0.1:4000", "http://127.0.0.1:4000"],
  [undefined, "http://127.0.0.1:4000/api/v3/", "http://127.0.0.1:4000/api/v3", "http://127.0.0.1:4000"],
  ["https://ghe.example.com", "http://10.0.0.1/gh", "http://10.0.0.1/gh", "https://ghe.example.com"],
])("url %s and api %s", (url, api, root, web) => {
  expect(githubApi(url, api)).toBe(root);
  expect(githubWeb(url, api)).toBe(web);
});

test("label names compare without regard to case", () => {
  const { sameLabel } = github({});
  expect(sameLabel("SalesOpsAR::On Hold", "salesopsar::on hold")).toBe(true);
  expect(sameLabel("a", "b")).toBe(false);
});
