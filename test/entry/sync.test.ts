import { afterEach, describe, expect, it } from "vitest";
import { boardsOf, listName } from "../../src/forge/memory/boards.ts";
import { editLabel } from "../../src/forge/memory/labels.ts";
import { KINDS } from "../policies/hires.ts";
import { Desk, PEOPLE, READ_TOKEN, REQUESTS, writes } from "./desk.ts";

const desks: Desk[] = [];
afterEach(async () => {
  for (const desk of desks.splice(0)) {
    expect(desk.sandbox.violations.filter((each) => !each.includes("refused write"))).toEqual([]);
    await desk.close();
  }
});

async function at(kind: (typeof KINDS)[number], more = ""): Promise<Desk> {
  const desk = await Desk.open(kind);
  desks.push(desk);
  desk.configure({ more });
  return desk;
}

const labels = (desk: Desk, project = REQUESTS) =>
  Object.fromEntries(desk.memory.project(project).labels.map((label) => [label.name, label]));
const scene = (desk: Desk, project = REQUESTS) => ({
  forge: desk.memory,
  project: desk.memory.project(project),
  actor: null,
});
const boards = (desk: Desk) => boardsOf(scene(desk));

const STATES = [
  "SalesOpsAR::Action Needed",
  "SalesOpsAR::In Progress",
  "SalesOpsAR::On Hold",
  "SalesOpsAR::Completed",
];

describe.each(KINDS)("labels sync (%s)", (kind) => {
  it("makes the labels what the configuration says, and nothing else", async () => {
    const desk = await at(kind);
    desk.memory.addLabel(REQUESTS, "somebody else's", { color: "#123456", description: "Theirs" });
    editLabel(scene(desk), "access-request", { color: "#abcdef", description: "As we like it" });
    const ran = await desk.run("labels", "sync", "--json");
    expect({ code: ran.code, err: ran.err }).toEqual({ code: 0, err: "" });
    expect(labels(desk)).toMatchObject({
      "SalesOpsAR::Action Needed": {
        color: "#d9534f",
        description: "A Sales Ops action is due now or within this fiscal quarter",
      },
      "SalesOpsAR::In Progress": { color: "#f0ad4e" },
      "SalesOpsAR::On Hold": { color: "#777777" },
      "SalesOpsAR::Completed": { color: "#5cb85c" },
      "SalesOPS: Waiting on SFDC License": { color: "#777777" },
      // The configuration says nothing of how this looks.
      "access-request": { color: "#abcdef", description: "As we like it" },
      "somebody else's": { color: "#123456", description: "Theirs" },
    });
    expect(Object.keys(labels(desk, PEOPLE)).sort()).toEqual([
      "offboarding",
      "onboarding",
      "onboarding-cancelled",
    ]);
    expect(ran.json.outcomes).toHaveLength(ran.json.changes.length);
    expect(ran.json.requests).toBe(ran.requests.length);
    for (const change of ran.json.changes) {
      expect(change).toMatchObject({
        kind: expect.stringMatching(/^(create|edit)-label$/),
        project: expect.stringMatching(/^(requests|onboarding)$/),
        reason: expect.stringMatching(/.{10}/),
      });
    }
    const again = await desk.run("labels", "sync", "--json");
    expect(again.json.changes).toEqual([]);
    expect(writes(again)).toEqual([]);
    expect((await desk.run("labels", "sync")).out).toContain("Nothing to do");
  });

  it("--dry-run says the same and writes nothing", async () => {
    const desk = await at(kind);
    const dry = await desk.run("labels", "sync", "--dry-run", "--json");
    expect(dry.code).toBe(0);
    expect(writes(dry)).toEqual([]);
    expect(dry.json.outcomes).toBeUndefined();
    expect((await desk.run("labels", "sync", "--dry-run")).out).toContain("nothing was written");
    const wet = await desk.run("labels", "sync", "--json");
    expect(wet.json.changes).toEqual(dry.json.changes);
    expect(writes(wet)).toHaveLength(dry.json.changes.length);
  });

  it("renames former names and odd case, and issues keep their labels", async () => {
    const desk = await at(
      kind,
      'lifecycle: { states: { in_progress: { label: "AR::Doing", previously: ["AR: old", "SalesOpsAR::In Progress"] } } }',
    );
    editLabel(scene(desk), "SalesOpsAR::On Hold", { name: "salesopsar::on hold" });
    const number = desk.memory.by("amber").open(REQUESTS, {
      title: "One",
      labels: ["SalesOpsAR::In Progress", "salesopsar::on hold"],
    });
    const { code, out } = await desk.run("labels", "sync");
    expect(code).toBe(0);
    expect(out).toMatch(/rename "SalesOpsAR::In Progress" to "AR::Doing".*former name/);
    expect(out).toMatch(/rename "salesopsar::on hold" to "SalesOpsAR::On Hold"/);
    const names = desk.memory.issue(REQUESTS, number).labels.map(({ name }) => name);
    expect(names).toEqual(["AR::Doing", "SalesOpsAR::On Hold"]);
    expect(Object.keys(labels(desk))).not.toContain("SalesOpsAR::In Progress");
  });

  it("a former name beside the present one is left to people, which is no failure", async () => {
    const desk = await at(
      kind,
      'lifecycle: { states: { in_progress: { label: "SalesOpsAR::In Progress", previously: ["AR: old"] } } }',
    );
    desk.memory.addLabel(REQUESTS, "AR: old");
    const { code, json } = await desk.run("labels", "sync", "--json");
    expect(code).toBe(0);
    expect(json.problems).toEqual([
      { project: "requests", message: expect.stringContaining('then delete "AR: old"') },
    ]);
    expect(Object.keys(labels(desk))).toContain("AR: old");
  });

  it("a token that may only read: exit 1, each failure told", async () => {
    const desk = await at(kind);
    Object.assign(desk.env, { GITHUB_TOKEN: READ_TOKEN, GITLAB_TOKEN: READ_TOKEN });
    const { code, json, err } = await desk.run("labels", "sync", "--json");
    expect(code).toBe(1);
    expect(new Set(json.outcomes.map(({ status }: { status: string }) => status))).toEqual(
      new Set(["failed"]),
    );
    expect(err).toMatch(/^daytwo: cannot (create|change) the label/);
    expect(err).not.toContain(READ_TOKEN);
  });

  it("no token: exit 3", async () => {
    const desk = await at(kind);
    Object.assign(desk.env, { GITHUB_TOKEN: "", GITLAB_TOKEN: "" });
    expect((await desk.run("labels", "sync")).code).toBe(3);
  });

  it("is named where a label is missing", async () => {
    const desk = await at(kind);
    const { project } = scene(desk);
    desk.hire();
    project.labels.splice(
      project.labels.findIndex(({ name }) => name === "access-request"),
      1,
    );
    const { code, err } = await desk.run("tick");
    expect(code).toBe(1);
    expect(err).toContain("daytwo labels sync");
    await desk.run("labels", "sync");
    desk.now += 3_600_000;
    expect((await desk.run("tick")).code).toBe(0);
  });
});

describe.each(KINDS)("board sync (%s)", (kind) => {
  it("makes one board with one list for each state, in order", async () => {
    const desk = await at(kind);
    await desk.run("labels", "sync");
    const dry = await desk.run("board", "sync", "--dry-run", "--json");
    expect(writes(dry)).toEqual([]);
    expect(dry.json.changes.map(({ kind: what }: { kind: string }) => what)).toEqual([
      "create-board",
      "add-lists",
    ]);
    const { code, json, err } = await desk.run("board", "sync", "--json");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(json.changes).toEqual(dry.json.changes);
    expect(json.outcomes).toEqual([{ status: "applied" }, { status: "applied" }]);
    expect(json.url).toMatch(/^http/);
    expect(boards(desk).map(({ lists }) => lists.map(listName))).toEqual([STATES]);
    const again = await desk.run("board", "sync", "--json");
    expect(again.json).toMatchObject({ changes: [], url: json.url });
    expect((await desk.run("board", "sync")).out).toContain(json.url);
  });

  it("goes on where it was interrupted", async () => {
    const desk = await at(kind);
    await desk.run("labels", "sync");
    const match = kind === "github" ? /^POST .*\/fields$/ : /^POST .*\/lists$/;
    desk.sandbox.faults.next({ match, kind: "status", status: 403, body: { message: "No" } });
    const broken = await desk.run("board", "sync");
    expect(broken.code).toBe(1);
    expect((await desk.run("board", "sync")).code).toBe(0);
    expect(boards(desk).map(({ lists }) => lists.map(listName))).toEqual([STATES]);
  });

  it("board: false makes none", async () => {
    const desk = await at(kind, "board: false");
    const { code, out } = await desk.run("board", "sync");
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining("board: false") });
    expect(boards(desk)).toEqual([]);
  });

  it("a command that is half a command says what is missing", async () => {
    const desk = await at(kind);
    for (const name of ["labels", "board"]) {
      const { code, err } = await desk.run(name);
      expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(`daytwo ${name} sync`) });
      expect((await desk.run(name, "snyc")).code).toBe(2);
      expect((await desk.run(name, "--help")).out).toContain("sync");
    }
  });
});

describe("GitHub's projects", () => {
  it("get the open requests, each in the list of its state, and nobody else's issues", async () => {
    const desk = await at("github");
    const by = desk.memory.by("amber");
    const open = (...names: string[]) => by.open(REQUESTS, { title: "One", labels: names });
    const [needed, held] = [open(STATES[0] ?? ""), open(STATES[2] ?? "", "other")];
    open("other");
    const closed = open(STATES[3] ?? "");
    by.close(REQUESTS, closed);
    await desk.run("board", "sync");
    const places = () =>
      boards(desk)[0]?.cards.map(({ issue, list }) => [issue.number, list ? listName(list) : null]);
    expect(places()).toEqual([
      [needed, STATES[0]],
      [held, STATES[2]],
    ]);
    by.label(REQUESTS, needed, STATES[1] ?? "");
    by.unlabel(REQUESTS, needed, STATES[0] ?? "");
    const { json } = await desk.run("board", "sync", "--json");
    expect(json.changes).toEqual([
      expect.objectContaining({ kind: "place-card", issue: needed, label: STATES[1] }),
    ]);
    expect(places()?.[0]).toEqual([needed, STATES[1]]);
  });

  it("the token of a workflow has none of them: said, exit 0", async () => {
    const desk = await at("github");
    desk.memory.addAccount("github-actions[bot]", { bot: true, token: "ghs_workflow" });
    for (const project of [REQUESTS, PEOPLE]) desk.memory.grant(project, "github-actions[bot]", "write");
    desk.env.GITHUB_TOKEN = "ghs_workflow";
    const { code, json, err } = await desk.run("board", "sync", "--json");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(json).toMatchObject({ changes: [], absent: expect.stringContaining("GITHUB_TOKEN") });
    expect((await desk.run("board", "sync")).out).toMatch(/^No board: /);
    expect(boards(desk)).toEqual([]);
  });
});

describe("GitLab's boards", () => {
  it("a board that has all the lists already is taken as it is", async () => {
    const desk = await at("gitlab");
    const doing = desk.memory.acting(desk.memory.account("amber"), REQUESTS);
    const { createBoard, addLabelList } = await import("../../src/forge/memory/boards.ts");
    const board = createBoard(doing, "Development");
    for (const label of desk.memory.project(REQUESTS).labels) addLabelList(doing, board, label);
    expect((await desk.run("board", "sync", "--json")).json.changes).toEqual([]);
  });

  it("a list needs its label: which to make, and how", async () => {
    const desk = await at("gitlab");
    desk.memory.project(REQUESTS).labels.splice(0);
    const { code, err } = await desk.run("board", "sync");
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining("daytwo labels sync") });
  });
});
