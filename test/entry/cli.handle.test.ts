import { afterEach, describe, expect, it } from "vitest";
import type { Delivery } from "../../src/sandbox/webhooks.ts";
import { KINDS } from "../policies/hires.ts";
import { Desk, PEOPLE, REQUESTS, writes } from "./desk.ts";

type Kind = (typeof KINDS)[number];
const desks: Desk[] = [];
async function begin(kind: Kind): Promise<Desk> {
  const desk = await Desk.open(kind);
  desks.push(desk);
  for (const project of [PEOPLE, REQUESTS]) desk.sandbox.webhooks.add({ project, url: desk.memory.web });
  return desk;
}
afterEach(async () => {
  for (const desk of desks.splice(0)) {
    expect(desk.sandbox.violations).toEqual([]);
    await desk.close();
  }
});

/** The events that wait, as CI would be set off by them. */
const waiting = (desk: Desk): readonly Delivery[] => desk.sandbox.webhooks.take();

async function handle(desk: Desk, event: string, payload: string, ...more: string[]) {
  desk.write("event.json", payload);
  return desk.run("handle", "--event", event, "--payload", "event.json", "--json", ...more);
}

/** Every name an event has, in webhooks and in CI. */
const NAMES: Readonly<Record<Kind, { issue: readonly string[]; comment: readonly string[] }>> = {
  github: { issue: ["issues"], comment: ["issue_comment"] },
  gitlab: {
    issue: ["Issue Hook", "Confidential Issue Hook", "issue"],
    comment: ["Note Hook", "Confidential Note Hook", "note"],
  },
};

describe.each(KINDS)("handle (%s)", (kind) => {
  it.each(NAMES[kind].issue)("an issue, as %s: one look at that issue", async (name) => {
    const desk = await begin(kind);
    const hire = desk.hire();
    desk.hire({ "Full name": "Grace Hopper" });
    const [first] = waiting(desk);
    const ran = await handle(desk, name, first?.payload ?? "");
    expect(ran.code).toBe(0);
    expect(ran.json.at).toBe("2026-11-24T14:00:00.000Z");
    expect(ran.json.changes.map(({ kind: what }: { kind: string }) => what)).toEqual([
      "create-issue",
      "comment",
    ]);
    expect(ran.json.outcomes.map(({ status }: { status: string }) => status)).toEqual(["applied", "applied"]);
    expect(ran.json.requests).toBe(ran.requests.length);
    expect(desk.memory.issue(REQUESTS, 1).title).toContain("Ada Lovelace");
    expect(desk.memory.issue(PEOPLE, hire).comments).toHaveLength(1);
    expect(desk.memory.project(REQUESTS).issues.size).toBe(1);
    // The same event again does nothing.
    const again = await handle(desk, name, first?.payload ?? "");
    expect(again).toMatchObject({ code: 0, json: { changes: [], outcomes: [] } });
    expect(writes(again)).toEqual([]);
  });

  it.each(NAMES[kind].comment)("a comment, as %s", async (name) => {
    const desk = await begin(kind);
    const hire = desk.hire();
    waiting(desk);
    desk.memory.by("hr").comment(PEOPLE, hire, "Ada is here.");
    const [event] = waiting(desk);
    const ran = await handle(desk, name, event?.payload ?? "");
    expect(ran.code).toBe(0);
    expect(desk.memory.project(REQUESTS).issues.size).toBe(1);
  });

  it("an event on a request keeps its labels, with one read beside the writes", async () => {
    const desk = await begin(kind);
    desk.hire();
    await desk.run("tick");
    waiting(desk);
    desk.now += 60_000;
    desk.memory.by("sam").assign(REQUESTS, 1);
    const [event] = waiting(desk);
    const ran = await handle(desk, NAMES[kind].issue[0] ?? "", event?.payload ?? "");
    expect(ran.code).toBe(0);
    const labels = desk.memory.issue(REQUESTS, 1).labels.map(({ name }) => name);
    expect(labels).toContain("SalesOpsAR::In Progress");
    expect(labels).not.toContain("SalesOpsAR::Action Needed");
    expect(ran.requests.filter(({ method }) => method === "GET").length).toBeLessThanOrEqual(2);
  });

  it("reads the payload from stdin", async () => {
    const desk = await begin(kind);
    desk.hire();
    desk.stdin = waiting(desk)[0]?.payload ?? "";
    const ran = await desk.run("handle", "--event", NAMES[kind].issue[0] ?? "", "--payload", "-", "--json");
    expect(ran.code).toBe(0);
    expect(desk.memory.project(REQUESTS).issues.size).toBe(1);
  });

  it("--at is the time it looks by", async () => {
    const desk = await begin(kind);
    desk.hire();
    const payload = waiting(desk)[0]?.payload ?? "";
    const ran = await handle(desk, NAMES[kind].issue[0] ?? "", payload, "--at", "2026-11-24T08:59");
    expect(ran.json).toMatchObject({ at: "2026-11-24T13:59:00.000Z", changes: [] });
  });

  it("an event of a project that is none of ours is nothing to do", async () => {
    const desk = await begin(kind);
    // Its name ends like one of ours.
    const foreign = kind === "github" ? "evil/people" : "evil/acme/people";
    desk.memory.addProject(foreign, { rights: { hr: "write", sam: "write" } });
    desk.sandbox.webhooks.add({ project: foreign, url: desk.memory.web });
    desk.hire();
    waiting(desk);
    desk.memory.by("hr").open(foreign, { title: "Elsewhere", labels: [] });
    const [event] = waiting(desk);
    const ran = await handle(desk, NAMES[kind].issue[0] ?? "", event?.payload ?? "");
    expect(ran).toMatchObject({ code: 0, json: { changes: [], problems: [], outcomes: [], requests: 0 } });
    expect(desk.memory.project(REQUESTS).issues.size).toBe(0);
  });

  it("an event of the other forge's is nothing to do, or not readable", async () => {
    const desk = await begin(kind);
    const other = await begin(kind === "github" ? "gitlab" : "github");
    other.hire();
    const [event] = waiting(other);
    const ran = await handle(desk, NAMES[other.kind].issue[0] ?? "", event?.payload ?? "");
    expect(ran).toMatchObject({ code: 0, json: { changes: [], requests: 0 } });
    const mixed = await handle(desk, NAMES[kind].issue[0] ?? "", event?.payload ?? "");
    expect(mixed.code).toBe(2);
  });

  it("an event about an issue that is gone by now is nothing to do", async () => {
    const desk = await begin(kind);
    const hire = desk.hire();
    const [event] = waiting(desk);
    desk.memory.removeIssue(PEOPLE, hire);
    const ran = await handle(desk, NAMES[kind].issue[0] ?? "", event?.payload ?? "");
    expect(ran).toMatchObject({ code: 0, json: { changes: [], outcomes: [] } });
  });

  it("looks at what the issue says now, however old the event is", async () => {
    const desk = await begin(kind);
    const hire = desk.hire({ "Start date": "11/12/2026" });
    const [event] = waiting(desk);
    const fresh = desk.memory.issue(PEOPLE, hire).body.replace("11/12/2026", "2026-11-23");
    desk.memory.by("hr").edit(PEOPLE, hire, { body: fresh });
    const ran = await handle(desk, NAMES[kind].issue[0] ?? "", event?.payload ?? "");
    expect(ran.json.problems).toEqual([]);
    expect(desk.memory.project(REQUESTS).issues.size).toBe(1);
  });
});

describe("an event that cannot be read ends with 2 and asks nothing of the forge", () => {
  it.each([
    { event: "push", payload: "{}", path: "--event" },
    { event: "Issues", payload: "{}", path: "--event" },
    { event: "", payload: "{}", path: "--event" },
  ])("named $event", async ({ event, payload, path }) => {
    const desk = await begin("github");
    const ran = await handle(desk, event, payload);
    expect(ran.code).toBe(2);
    expect(ran.json.errors).toEqual([expect.objectContaining({ path, found: event })]);
    expect(ran.json.errors[0].message).toContain('"Issue Hook"');
    expect(ran.requests).toEqual([]);
  });

  it.each<[Kind, string, string]>([
    ["github", "issues", "{ not json"],
    ["github", "issues", ""],
    ["github", "issues", "{}"],
    ["github", "issues", "[]"],
    ["github", "issues", "null"],
    ["github", "issue_comment", '{"action":"created"}'],
    [
      "github",
      "issues",
      '{"action":"opened","issue":{"number":"one"},"repository":{"full_name":"acme/people"}}',
    ],
    ["gitlab", "Issue Hook", "{}"],
    ["gitlab", "Note Hook", '{"object_kind":"note"}'],
    ["gitlab", "issue", "42"],
  ])("%s %s %s", async (kind, event, payload) => {
    const desk = await begin(kind);
    const ran = await handle(desk, event, payload);
    expect(ran.code).toBe(2);
    expect(ran.json.errors).toHaveLength(1);
    expect(ran.json.errors[0]).toMatchObject({ file: "event.json", expected: expect.any(String) });
    expect(ran.err.trim().split("\n")).toHaveLength(1);
    expect(ran.requests).toEqual([]);
  });

  it("a payload that is not there", async () => {
    const desk = await begin("github");
    const ran = await desk.run("handle", "--event", "issues", "--payload", "nowhere.json", "--json");
    expect(ran.code).toBe(2);
    expect(ran.json.errors[0]).toMatchObject({ file: "nowhere.json", expected: "a readable file" });
  });
});

describe("events that are about no issue are nothing to do", () => {
  it("a comment on a pull request", async () => {
    const desk = await begin("github");
    const by = desk.memory.by("hr");
    const pull = by.openPull(PEOPLE, "Change the handbook");
    waiting(desk);
    by.comment(PEOPLE, pull, "Looks good");
    const events = waiting(desk);
    expect(events.length).toBeGreaterThan(0);
    for (const { event, payload } of events) {
      const ran = await handle(desk, event, payload);
      expect(ran).toMatchObject({ code: 0, json: { changes: [], outcomes: [], requests: 0 } });
    }
  });

  it("a note on a merge request or a commit", async () => {
    const desk = await begin("gitlab");
    const hire = desk.hire();
    waiting(desk);
    desk.memory.by("hr").comment(PEOPLE, hire, "Hello");
    const payload = JSON.parse(waiting(desk)[0]?.payload ?? "{}");
    for (const noteable_type of ["MergeRequest", "Commit", "Snippet"]) {
      const { issue: _, ...rest } = payload;
      const other = { ...rest, object_attributes: { ...payload.object_attributes, noteable_type } };
      const ran = await handle(desk, "Note Hook", JSON.stringify(other));
      expect(ran).toMatchObject({ code: 0, json: { changes: [], outcomes: [], requests: 0 } });
    }
  });
});
