/** What the GitLab adapter sends and how it takes odd answers; the whole contract is in gitlab.test.ts. */
import nock from "nock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lines, marker, safe, title } from "../../src/engine/text/safe.ts";
import { type Forge, ForgeError, type PageCache } from "../../src/forge/forge.ts";
import { createGitLabForge, gitlabApi } from "../../src/forge/gitlab/index.ts";

const API = "https://git.example.com/api/v4";
const P = "/projects/acme%2Fops%2Frequests";
const TOKEN = "glpat-secret";
const NOW = Date.parse("2026-11-24T09:00:00Z");

let sleeps: number[];
let waits: string[];

function forge(options: { api?: string; token?: string; cache?: PageCache } = {}): Forge {
  let clock = NOW;
  return createGitLabForge(
    {
      forge: "gitlab",
      project: "acme/ops/requests",
      api: options.api ?? API,
      web: "https://git.example.com",
      token: options.token ?? TOKEN,
    },
    {
      cache: options.cache ?? null,
      now: () => clock,
      sleep: async (ms) => {
        sleeps.push(ms);
        clock += ms;
      },
      onWait: (_, why) => waits.push(why),
    },
  );
}

function memoryCache(): PageCache {
  const pages = new Map<string, NonNullable<ReturnType<PageCache["get"]>>>();
  return { get: (url) => pages.get(url) ?? null, set: (url, entry) => void pages.set(url, entry) };
}

const ann = { id: 11, username: "ann" };
const bob = { id: 12, username: "bob" };

function issue(iid: number, rest: object = {}) {
  return {
    id: 1000 + iid,
    iid,
    title: `Issue ${iid}`,
    description: null,
    state: "opened",
    web_url: `https://git.example.com/acme/ops/requests/-/issues/${iid}`,
    author: ann,
    labels: [],
    assignees: [],
    created_at: "2026-11-23T09:00:00.000Z",
    updated_at: "2026-11-23T10:00:00.000Z",
    closed_at: null,
    user_notes_count: 0,
    issue_type: "issue",
    ...rest,
  };
}

const numbers = (found: readonly { number: number }[]) => found.map((each) => each.number);
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

beforeEach(() => {
  nock.disableNetConnect();
  sleeps = [];
  waits = [];
});

afterEach(() => {
  const pending = nock.pendingMocks();
  nock.cleanAll();
  nock.enableNetConnect();
  expect(pending).toEqual([]);
});

it.each([
  [undefined, undefined, "https://gitlab.com/api/v4"],
  ["https://git.example.com", undefined, "https://git.example.com/api/v4"],
  ["https://git.example.com/", undefined, "https://git.example.com/api/v4"],
  ["https://example.com/gitlab", undefined, "https://example.com/gitlab/api/v4"],
  ["https://git.example.com/api/v4", undefined, "https://git.example.com/api/v4"],
  ["https://git.example.com", "http://127.0.0.1:8080/", "http://127.0.0.1:8080"],
  [undefined, "http://proxy/forge/v4", "http://proxy/forge/v4"],
])("the API root of url %s and api %s is %s", (url, api, root) => {
  expect(gitlabApi(url, api)).toBe(root);
});

describe("addresses", () => {
  it.each(["https://git.example.com/api/v4", "http://127.0.0.1:8080", "https://example.com/gitlab/api/v4"])(
    "reads, writes and comments below %s, with the token in its own header",
    async (api) => {
      const at = new URL(api);
      const scope = nock(at.origin, { reqheaders: { "private-token": TOKEN } });
      const base = at.pathname === "/" ? "" : at.pathname;
      scope.get(`${base}${P}/issues/4`).reply(200, issue(4));
      scope.put(`${base}${P}/issues/4`, { add_labels: "A::B" }).reply(200, issue(4, { labels: ["A::B"] }));
      scope
        .post(`${base}${P}/issues/4/notes`, { body: "<!-- daytwo:k -->\nHello" })
        .reply(201, { id: 9, body: "Hello", author: ann, created_at: "2026-11-24T09:00:00Z", system: false });
      const { reader, writer, requests } = forge({ api });
      expect((await reader.issue(4))?.title).toBe("Issue 4");
      expect(await writer.addLabel(4, "A::B")).toMatchObject({ status: "applied" });
      const comment = await writer.comment(4, { key: "k", body: lines(marker("k"), safe`Hello`) });
      expect(comment.url).toBe("https://git.example.com/acme/ops/requests/-/issues/4#note_9");
      expect(Object.fromEntries(requests())).toEqual({ "GET issue": 1, "PUT issue": 1, "POST note": 1 });
    },
  );
});

describe("lists", () => {
  const listed = { scope: "all", state: "opened", order_by: "created_at", sort: "asc", per_page: "100" };

  it("asks for all pages it is told of, by label and time, and leaves tasks out", async () => {
    const query = { ...listed, labels: "SalesOpsAR::In Progress", updated_after: "2026-11-01T00:00:00.000Z" };
    for (const page of upTo(3)) {
      const rows = [
        issue(page * 10),
        issue(page * 10 + 1, { issue_type: "task" }),
        issue(page, { issue_type: "incident" }),
      ];
      nock(API)
        .get(`${P}/issues`)
        .query({ ...query, page: String(page) })
        .reply(200, rows, { "x-total-pages": "3", "x-next-page": page < 3 ? String(page + 1) : "" });
    }
    const found = await forge().reader.issues({
      state: "open",
      label: "SalesOpsAR::In Progress",
      updatedSince: Date.parse("2026-11-01T00:00:00Z"),
    });
    expect(numbers(found)).toEqual([1, 2, 3, 10, 20, 30]);
  });

  it("tells labels of a group from the project's own", async () => {
    const rows = [
      { name: "own", color: "#AABBCC", description: null, is_project_label: true },
      { name: "group's", color: "#777777", description: "Of all", is_project_label: false },
    ];
    nock(API).get(`${P}/labels`).query(true).reply(200, rows, { "x-total-pages": "1" });
    expect(await forge().reader.labels()).toEqual([
      { name: "own", color: "#aabbcc", description: "" },
      { name: "group's", color: "#777777", description: "Of all", shared: true },
    ]);
  });

  it("reads labels given with details, and stand-ins for what is absent", async () => {
    const { user_notes_count: _, assignees: __, ...bare } = issue(1);
    const row = { ...bare, author: null, labels: [{ id: 1, name: "A, B" }, "C"], issue_type: undefined };
    nock(API).get(`${P}/issues`).query(true).reply(200, [row]);
    expect(await forge().reader.issues({ state: "closed" })).toMatchObject([
      { author: "", body: "", labels: ["A, B", "C"], assignees: [], commentCount: 1, closeReason: null },
    ]);
  });

  it("goes on by keyset pages where there are no totals, at our own address", async () => {
    const page = (query: object, rows: object[], link?: string) =>
      nock(API)
        .get(`${P}/issues`)
        .query({ ...listed, ...query })
        .reply(
          200,
          rows,
          link ? { link: `<http://internal:8080/api/v4${P}/issues?${link}>; rel="next"` } : {},
        );
    const search = new URLSearchParams(listed);
    page({ page: "1" }, [issue(1)], `${search}&page=2`);
    page({ pagination: "keyset" }, [issue(1)], `${search}&pagination=keyset&cursor=x%3D`);
    page({ pagination: "keyset", cursor: "x=" }, [issue(2)], `${search}&pagination=keyset&cursor=y`);
    page({ pagination: "keyset", cursor: "y" }, [issue(3)]);
    expect(numbers(await forge().reader.issues({ state: "open" }))).toEqual([1, 2, 3]);
  });

  it("costs a 304 a page the second time, also after a full last page", async () => {
    const cache = memoryCache();
    const full = upTo(100).map((iid) => issue(iid));
    const page = (n: number) =>
      nock(API)
        .get(`${P}/issues`)
        .query({ ...listed, page: String(n) });
    page(1).reply(200, full, { etag: 'W/"one"', "x-total-pages": "1", "x-next-page": "" });
    // The place of the next page is asked for at once, so that it, too, costs a 304 while nothing comes.
    page(2).reply(200, [], { etag: 'W/"none"', "x-total-pages": "1", "x-next-page": "" });
    expect(await forge({ cache }).reader.issues({ state: "open" })).toHaveLength(100);

    page(1).matchHeader("if-none-match", 'W/"one"').reply(304);
    page(2).matchHeader("if-none-match", 'W/"none"').reply(304);
    expect(await forge({ cache }).reader.issues({ state: "open" })).toHaveLength(100);

    page(1).matchHeader("if-none-match", 'W/"one"').reply(304);
    page(2).reply(200, [issue(101)], { etag: 'W/"two"', "x-total-pages": "2" });
    expect(await forge({ cache }).reader.issues({ state: "open" })).toHaveLength(101);
  });
});

describe("history and comments", () => {
  const note = (id: number, body: string, rest: object = {}) => ({
    id,
    body,
    author: bob,
    created_at: `2026-11-24T09:00:0${id}Z`,
    system: true,
    ...rest,
  });

  it("merges labels, states and system notes, and reads the notes once for both", async () => {
    const scope = nock(API);
    scope
      .get(`${P}/issues/4/resource_label_events`)
      .query(true)
      .reply(200, [
        { id: 1, user: ann, created_at: "2026-11-24T09:00:02Z", action: "add", label: { name: "A" } },
        { id: 2, user: null, created_at: "2026-11-24T09:00:05Z", action: "remove", label: { name: "A" } },
        { id: 3, user: ann, created_at: "2026-11-24T09:00:05Z", action: "add", label: null },
      ]);
    scope
      .get(`${P}/issues/4/resource_state_events`)
      .query(true)
      .reply(200, [
        { id: 1, user: ann, created_at: "2026-11-24T09:00:04Z", state: "closed" },
        { id: 2, user: ann, created_at: "2026-11-24T09:00:06Z", state: "reopened" },
      ]);
    scope
      .get(`${P}/issues/4/notes`)
      .query({ sort: "asc", order_by: "created_at", per_page: "100", page: "1" })
      .reply(200, [
        note(1, "assigned to @ann"),
        note(3, "marked the checklist item **x** as completed"),
        note(7, "assigned to @ann", { system: false }),
      ]);
    const { reader } = forge();
    const [history, comments] = await Promise.all([reader.history(4), reader.comments(4)]);
    expect(history.map((event) => [event.type, event.actor])).toEqual([
      ["assigned", "bob"],
      ["labeled", "ann"],
      ["ticked", "bob"],
      ["closed", "ann"],
      ["unlabeled", null],
      ["reopened", "ann"],
    ]);
    expect(comments).toMatchObject([{ id: "7", author: "bob", body: "assigned to @ann" }]);
  });

  it("does without an endpoint that is not there, but not without the issue", async () => {
    const missing = { error: "404 Not Found" };
    const scope = nock(API);
    scope.get(`${P}/issues/4/resource_label_events`).query(true).times(2).reply(404, missing);
    scope.get(`${P}/issues/4/resource_state_events`).query(true).times(2).reply(404, missing);
    scope
      .get(`${P}/issues/4/notes`)
      .query(true)
      .reply(200, [note(1, "unassigned @ann")]);
    const { reader } = forge();
    expect(await reader.history(4)).toMatchObject([{ type: "unassigned", assignee: "ann" }]);

    scope.get(`${P}/issues/4/notes`).query(true).reply(404, { message: "404 Issue Not Found" });
    await expect(reader.history(4)).rejects.toThrow(/there is no issue #4/);
  });
});

describe("people", () => {
  it("knows a member by the exact handle, once", async () => {
    nock(API)
      .get(`${P}/members/all`)
      .query({ query: "ann", per_page: "100", page: "1" })
      .reply(200, [
        { id: 1, username: "annika", state: "active" },
        { id: 2, username: "Ann", state: "active" },
      ]);
    nock(API)
      .get(`${P}/members/all`)
      .query(true)
      .reply(200, [{ id: 3, username: "bob", state: "blocked" }]);
    const { reader } = forge();
    expect([await reader.member("ann"), await reader.member("ANN"), await reader.member("bob")]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it("has no name where the token may not ask for it", async () => {
    nock(API).get("/user").reply(403, { error: "insufficient_scope" });
    expect(await forge().reader.self()).toBe("");
  });

  it("adds one assignee to those there", async () => {
    nock(API)
      .get(`${P}/issues/4`)
      .reply(200, issue(4, { assignees: [ann] }));
    nock(API).get("/users").query({ username: "Bob" }).reply(200, [bob]);
    nock(API)
      .put(`${P}/issues/4`, { assignee_ids: [11, 12] })
      .reply(200, issue(4, { assignees: [ann, bob] }));
    expect(await forge().writer.assign(4, "Bob")).toMatchObject({ status: "applied" });
  });

  it("says so where the forge keeps one assignee", async () => {
    nock(API)
      .get(`${P}/issues/4`)
      .reply(200, issue(4, { assignees: [ann] }));
    nock(API).get("/users").query(true).reply(200, [bob]);
    nock(API)
      .put(`${P}/issues/4`)
      .reply(200, issue(4, { assignees: [ann] }));
    await expect(forge().writer.assign(4, "bob")).rejects.toThrow(
      "GitLab did not assign @bob to acme/ops/requests#4: @ann has it, and without GitLab Premium an issue has one assignee; unassign @ann first",
    );
  });

  it("takes one assignee off and leaves the others; who is not there costs no write", async () => {
    nock(API)
      .get(`${P}/issues/4`)
      .times(2)
      .reply(200, issue(4, { assignees: [ann, bob] }));
    nock(API)
      .put(`${P}/issues/4`, { assignee_ids: [12] })
      .reply(200, issue(4, { assignees: [bob] }));
    const { writer } = forge();
    expect(await writer.unassign(4, "ann")).toMatchObject({ status: "applied" });
    expect(await writer.unassign(4, "cy")).toMatchObject({ status: "unchanged" });
  });

  it("names a handle that nobody has", async () => {
    nock(API).get(`${P}/issues/4`).reply(200, issue(4));
    nock(API).get("/users").query(true).reply(200, []);
    await expect(forge().writer.assign(4, "nobody")).rejects.toThrow(
      "cannot assign @nobody in acme/ops/requests: there is no such account at git.example.com",
    );
  });
});

describe("writes that change nothing", () => {
  it("tells a label that was there from one that came", async () => {
    nock(API)
      .get(`${P}/issues/4`)
      .reply(200, issue(4, { labels: ["A"] }));
    nock(API)
      .put(`${P}/issues/4`, { add_labels: "A" })
      .reply(200, issue(4, { labels: ["A"] }));
    const after = issue(4, { labels: ["A", "B"], updated_at: "2026-11-24T09:00:00.000Z" });
    nock(API).put(`${P}/issues/4`, { add_labels: "B" }).reply(200, after);
    const { reader, writer } = forge();
    await reader.issue(4);
    expect((await writer.addLabel(4, "A")).status).toBe("unchanged");
    expect((await writer.addLabel(4, "B")).status).toBe("applied");
  });

  it.each([
    [
      "a reaction",
      404,
      "404 Award Emoji Name has already been taken Not Found",
      "/issues/4/notes/9/award_emoji",
    ],
    ["a link", 409, "Issue(s) already assigned", "/issues/4/links"],
    ["a label", 409, "Label already exists", "/labels"],
  ])("takes %s that is there already for done", async (_, status, message, path) => {
    nock(API).post(`${P}${path}`).reply(status, { message });
    const { writer } = forge();
    const written = path.endsWith("award_emoji")
      ? await writer.react(4, "9", "+1")
      : path.endsWith("links")
        ? await writer.link(4, { project: "acme/people", number: 2 })
        : await writer.createLabel({ name: "A", color: "#ffffff", description: "" });
    expect(written.status).toBe("unchanged");
  });

  it("has nothing to pin to", async () => {
    expect((await forge().writer.pin(4)).status).toBe("unchanged");
  });
});

describe("what GitLab drops in silence", () => {
  it("names the label that a role may not set", async () => {
    nock(API).put(`${P}/issues/4`).reply(200, issue(4));
    await expect(forge().writer.addLabel(4, "A")).rejects.toThrow(
      'GitLab did not add the label "A" to acme/ops/requests#4: GITLAB_TOKEN needs the scope api and the role Planner, Reporter or above there',
    );
  });

  it("names all that a new issue lacks", async () => {
    nock(API).get("/users").query(true).reply(200, [bob]);
    nock(API)
      .post(`${P}/issues`, {
        title: "T",
        description: "<!-- daytwo:k -->",
        labels: "A,B",
        assignee_ids: [12],
        confidential: true,
      })
      .reply(201, issue(5, { labels: ["B"], confidential: false }));
    const made = forge().writer.createIssue({
      key: "k",
      title: title("T"),
      body: marker("k"),
      labels: ["A", "B"],
      assignees: ["bob"],
      confidential: true,
    });
    await expect(made).rejects.toThrow(
      /created acme\/ops\/requests#5 \(.*\) without the label "A", the assignee @bob, that it is confidential: GITLAB_TOKEN needs/,
    );
  });

  it("sends no label with a comma, which GitLab would take for two", async () => {
    await expect(forge().writer.addLabel(4, "A, B")).rejects.toThrow(/names must not contain a comma/);
    expect(await forge().reader.issues({ state: "open", label: "A, B" })).toEqual([]);
  });
});

describe("lost answers", () => {
  const create = (it: Forge) =>
    it.writer.createIssue({ key: "k", title: title("T"), body: marker("k"), labels: [], assignees: [] });
  const newest = { scope: "created_by_me", order_by: "created_at", sort: "desc", page: "1", per_page: "100" };

  it("finds the issue it made by its marker, and makes no second one", async () => {
    nock(API).post(`${P}/issues`).reply(502, "Bad Gateway");
    nock(API).get("/user").reply(200, ann);
    nock(API)
      .get(`${P}/issues`)
      .query(newest)
      .reply(200, [
        issue(8, { description: "<!-- daytwo:k -->", author: bob }),
        issue(7, { description: "<!-- daytwo:k -->" }),
      ]);
    expect((await create(forge())).number).toBe(7);
  });

  it("sends it again where it was not made", async () => {
    nock(API)
      .post(`${P}/issues`)
      .replyWithError(Object.assign(new Error("reset"), { code: "ECONNRESET" }));
    nock(API).get("/user").reply(200, ann);
    nock(API).get(`${P}/issues`).query(newest).reply(200, []);
    nock(API).post(`${P}/issues`).reply(201, issue(9));
    expect((await create(forge())).number).toBe(9);
  });

  it("finds the comment it made", async () => {
    nock(API).post(`${P}/issues/4/notes`).reply(500, {});
    nock(API).get("/user").reply(200, ann);
    nock(API)
      .get(`${P}/issues/4/notes`)
      .query({ sort: "desc", order_by: "created_at", page: "1", per_page: "100" })
      .reply(200, [
        { id: 3, body: "<!-- daytwo:k -->", author: ann, created_at: "2026-11-24T09:00:00Z", system: false },
      ]);
    expect((await forge().writer.comment(4, { key: "k", body: marker("k") })).id).toBe("3");
  });

  it("looks at the issue before it sets a label again", async () => {
    nock(API).put(`${P}/issues/4`).reply(504);
    nock(API)
      .get(`${P}/issues/4`)
      .reply(200, issue(4, { labels: ["A"] }));
    expect((await forge().writer.addLabel(4, "A")).status).toBe("applied");
  });

  it("reads who is assigned again before it sets them again", async () => {
    const read = (assignees: object[]) => nock(API).get(`${P}/issues/4`).reply(200, issue(4, { assignees }));
    const cy = { id: 13, username: "cy" };
    read([ann]);
    nock(API).get("/users").query({ username: "bob" }).reply(200, [bob]);
    nock(API)
      .put(`${P}/issues/4`, { assignee_ids: [11, 12] })
      .reply(502);
    read([ann, cy]);
    read([ann, cy]);
    nock(API)
      .put(`${P}/issues/4`, { assignee_ids: [11, 13, 12] })
      .reply(200, issue(4, { assignees: [ann, cy, bob] }));
    expect((await forge().writer.assign(4, "bob")).status).toBe("applied");
  });

  it("counts a reaction as its own if the second attempt finds it there", async () => {
    nock(API).post(`${P}/issues/4/notes/9/award_emoji`, { name: "eyes" }).reply(502);
    nock(API)
      .post(`${P}/issues/4/notes/9/award_emoji`)
      .reply(404, { message: "404 Award Emoji Name has already been taken Not Found" });
    expect((await forge().writer.react(4, "9", "eyes")).status).toBe("applied");
  });
});

describe("limits", () => {
  it("waits as told and repeats what was refused", async () => {
    nock(API).post(`${P}/issues/4/notes`).reply(429, "Retry later", { "retry-after": "7" });
    nock(API)
      .post(`${P}/issues/4/notes`)
      .reply(201, { id: 1, body: "x", author: ann, created_at: "2026-11-24T09:00:00Z" });
    await forge().writer.comment(4, { key: "k", body: marker("k") });
    expect(sleeps).toEqual([7000]);
    expect(waits[0]).toContain("git.example.com");
  });

  it("spreads comments once a burst nears sixty a minute", async () => {
    const body = { id: 1, body: "x", author: ann, created_at: "2026-11-24T09:00:00Z" };
    nock(API).post(`${P}/issues/4/notes`).times(70).reply(201, body);
    const { writer } = forge();
    for (const _ of upTo(70)) await writer.comment(4, { key: "k", body: marker("k") });
    expect(sleeps.filter((ms) => ms > 0)).not.toHaveLength(0);
    expect(sleeps.reduce((a, b) => a + b, 0)).toBeGreaterThanOrEqual(30_000);
  });
});

describe("refusals, one clear line each", () => {
  const read = (it: Forge) => it.reader.issues({ state: "open" });

  it.each([
    [
      "a wrong token",
      401,
      { message: "401 Unauthorized" },
      "unauthorized",
      "GITLAB_TOKEN was refused by git.example.com: it is wrong or has expired; make a new one with the scope api (a CI job token cannot use the Issues API)",
    ],
    [
      "a missing project",
      404,
      { message: "404 Project Not Found" },
      "not-found",
      /no project acme\/ops\/requests at git\.example\.com/,
    ],
    [
      "a scope too few",
      403,
      { error: "insufficient_scope", error_description: "The request requires higher privileges" },
      "forbidden",
      /may not read that; .*higher privileges/,
    ],
    ["an odd answer", 200, { hello: 1 }, "invalid", /something else than its API says/],
    ["a row that is no issue", 200, [{ iid: "x" }], "invalid", /something else than its API says/],
  ])("%s", async (_, status, body, kind, message) => {
    nock(API).get(`${P}/issues`).query(true).reply(status, body);
    const error = await read(forge()).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ForgeError);
    expect(error).toMatchObject({ kind });
    expect(String((error as Error).message)).toMatch(message);
    expect(`${error} ${JSON.stringify(error)}`).not.toContain(TOKEN);
  });

  it("a web page instead of the API", async () => {
    nock("https://git.example.com")
      .get(`${P}/issues`)
      .query(true)
      .reply(200, "<!DOCTYPE html><html>", { "content-type": "text/html" });
    await expect(read(forge({ api: "https://git.example.com" }))).rejects.toThrow(
      /set `api` beside `project` in daytwo\.yml, usually https:\/\/git\.example\.com\/api\/v4/,
    );
  });

  it("no token at all", async () => {
    nock(API, { badheaders: ["private-token"] })
      .get(`${P}/issues`)
      .query(true)
      .reply(401, { message: "401 Unauthorized" });
    await expect(read(forge({ token: "" }))).rejects.toThrow(/GITLAB_TOKEN is not set/);
  });

  it("a token that may only read", async () => {
    nock(API).put(`${P}/issues/4`).reply(403, { message: "403 Forbidden" });
    await expect(forge().writer.close(4, "completed")).rejects.toThrow(
      /cannot close #4 in acme\/ops\/requests: GITLAB_TOKEN may not write there; it needs the scope api/,
    );
  });

  it("a title that is too long, in GitLab's words", async () => {
    nock(API)
      .put(`${P}/issues/4`)
      .reply(400, { message: { title: ["is too long (maximum is 255 characters)"] } });
    await expect(forge().writer.editIssue(4, { title: title("x") })).rejects.toThrow(
      /title is too long \(maximum is 255 characters\)/,
    );
  });

  it("a link to a project that is not there", async () => {
    nock(API).post(`${P}/issues/4/links`).reply(404, { message: "404 Project Not Found" });
    await expect(forge().writer.link(4, { project: "acme/gone", number: 2 })).rejects.toThrow(
      /cannot link #4 to acme\/gone#2 in acme\/ops\/requests: there is no issue #4 or acme\/gone#2/,
    );
  });

  it("an issue that is not there reads as null, one of another kind too", async () => {
    nock(API).get(`${P}/issues/4`).reply(404, { message: "404 Not found" });
    nock(API)
      .get(`${P}/issues/5`)
      .reply(200, issue(5, { issue_type: "task" }));
    nock(API).get(`${P}/issues/6`).reply(404, { message: "404 Project Not Found" });
    const { reader } = forge();
    expect(await reader.issue(4)).toBeNull();
    expect(await reader.issue(5)).toBeNull();
    await expect(reader.issue(6)).rejects.toThrow(/no project/);
  });
});
