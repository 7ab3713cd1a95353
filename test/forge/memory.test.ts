import { describe, expect, it } from "vitest";
import { MemoryForge, Refusal } from "../../src/forge/memory/index.ts";
import type { ForgeKind } from "../../src/model.ts";
import { forgeContract } from "./forge.contract.ts";
import { memoryWorld } from "./worlds.ts";

const PROJECT = "acme/requests";
const START = Date.UTC(2026, 10, 24, 14, 0, 0, 250);

function scene(kind: ForgeKind, options: { premium?: boolean } = {}) {
  let at = START;
  const memory = new MemoryForge({ kind, now: () => at, ...options });
  for (const handle of ["meri", "sam", "guest", "stranger"]) memory.addAccount(handle);
  memory.addProject(PROJECT, { rights: { meri: "write", sam: "triage", guest: "read" } });
  return {
    memory,
    meri: memory.by("meri"),
    later: (ms: number) => {
      at += ms;
    },
    names: (issue: number) => memory.issue(PROJECT, issue).labels.map((label) => label.name),
    handles: (issue: number) => memory.issue(PROJECT, issue).assignees.map((each) => each.handle),
  };
}

describe("labels", () => {
  it("compare without case on GitHub and with it on GitLab, and are made on use", () => {
    for (const kind of ["github", "gitlab"] as const) {
      const { memory, meri, names } = scene(kind);
      const issue = meri.open(PROJECT, { title: "One", labels: ["SalesOpsAR::On Hold"] });
      meri.label(PROJECT, issue, "salesopsar::on hold");
      const known = memory.project(PROJECT).labels.map((label) => label.name);
      expect(names(issue)).toEqual(known);
      expect(known.length).toBe(kind === "github" ? 1 : 2);
    }
  });

  it.each([
    { premium: false, left: ["AR::One", "AR::Two", "AR::Two::Sub"] },
    { premium: true, left: ["AR::Two", "AR::Two::Sub"] },
  ])("of one scope exclude each other on GitLab only on Premium (premium: $premium)", ({ premium, left }) => {
    const { meri, names } = scene("gitlab", { premium });
    const issue = meri.open(PROJECT, { title: "One" });
    for (const label of ["AR::One", "AR::Two", "AR::Two::Sub"]) meri.label(PROJECT, issue, label);
    expect(names(issue)).toEqual(left);
  });

  it("follow a rename onto the issues that bear them, whose past keeps the old name", async () => {
    const { memory, meri } = scene("github");
    const issue = meri.open(PROJECT, { title: "One", labels: ["bug"] });
    const label = memory.project(PROJECT).labels[0];
    if (label) label.name = "defect";
    const { reader } = memory.as("meri", PROJECT);
    expect((await reader.issue(issue))?.labels).toEqual(["defect"]);
    expect(await reader.history(issue)).toMatchObject([{ type: "labeled", label: "bug" }]);
  });
});

describe("time", () => {
  it("is kept in seconds by GitHub and in milliseconds by GitLab", () => {
    for (const kind of ["github", "gitlab"] as const) {
      const { memory, meri } = scene(kind);
      const issue = meri.open(PROJECT, { title: "One", labels: ["a"] });
      const at = kind === "github" ? START - 250 : START;
      expect(memory.issue(PROJECT, issue)).toMatchObject({ createdAt: at, updatedAt: at });
      expect(memory.issue(PROJECT, issue).events[0]?.at).toBe(at);
    }
  });

  it("does not hide a second change within one second: the version moves with every change", async () => {
    const { memory, meri } = scene("github");
    const issue = meri.open(PROJECT, { title: "One" });
    const { reader } = memory.as("meri", PROJECT);
    const seen = new Set<string | undefined>();
    const acts = [
      () => meri.label(PROJECT, issue, "a"),
      () => meri.assign(PROJECT, issue),
      () => meri.comment(PROJECT, issue, "Hello"),
      () => meri.edit(PROJECT, issue, { body: "New" }),
      () => meri.close(PROJECT, issue),
    ];
    for (const act of acts) {
      act();
      seen.add((await reader.issue(issue))?.version);
    }
    expect(seen.size).toBe(acts.length);
  });
});

describe("rights", () => {
  it("hide a private project from strangers and let nobody below triage label", () => {
    const { memory, meri } = scene("github");
    const issue = meri.open(PROJECT, { title: "One" });
    expect(() => memory.by("stranger").comment(PROJECT, issue, "Hi")).toThrow(Refusal);
    expect(() => memory.by("guest").label(PROJECT, issue, "a")).toThrow(Refusal);
    memory.by("sam").label(PROJECT, issue, "a");
    memory.by("guest").comment(PROJECT, issue, "Hi");
    expect(memory.issue(PROJECT, issue)).toMatchObject({
      labels: [{ name: "a" }],
      comments: [{ body: "Hi" }],
    });
  });

  it("drop labels and assignees silently: GitHub below triage, GitLab from those who are no members", () => {
    const github = scene("github");
    const mine = github.memory
      .by("guest")
      .open(PROJECT, { title: "One", labels: ["a"], assignees: ["meri"] });
    expect([github.names(mine), github.handles(mine)]).toEqual([[], []]);

    const gitlab = scene("gitlab");
    const member = gitlab.memory
      .by("guest")
      .open(PROJECT, { title: "One", labels: ["a"], assignees: ["meri"] });
    expect([gitlab.names(member), gitlab.handles(member)]).toEqual([["a"], ["meri"]]);
    gitlab.memory.addProject("acme/open", { private: false });
    gitlab.memory.by("stranger").open("acme/open", { title: "One", labels: ["a"] });
    expect(gitlab.memory.issue("acme/open", 1).labels).toEqual([]);
  });

  it("leave out whom a forge cannot assign: strangers on both, a second one on GitLab Free", () => {
    const github = scene("github");
    const issue = github.meri.open(PROJECT, { title: "One", assignees: ["stranger", "meri", "sam"] });
    expect(github.handles(issue)).toEqual(["meri", "sam"]);
    const gitlab = scene("gitlab");
    expect(gitlab.handles(gitlab.meri.open(PROJECT, { title: "One", assignees: ["meri", "sam"] }))).toEqual([
      "meri",
    ]);
  });

  it("keep a confidential issue from guests who did not write it", async () => {
    const { memory, meri } = scene("gitlab");
    const issue = meri.open(PROJECT, { title: "One", confidential: true });
    await expect(memory.as("guest", PROJECT).reader.comments(issue)).rejects.toMatchObject({
      kind: "not-found",
    });
    expect(await memory.as("sam", PROJECT).reader.comments(issue)).toEqual([]);
  });
});

describe("text", () => {
  it("runs quick actions on GitLab, in what is opened, edited and commented, also behind a carriage return", () => {
    const { memory, meri, names } = scene("gitlab");
    memory.addLabel(PROJECT, "two words");
    const issue = meri.open(PROJECT, { title: "One", body: 'Hello\n/label ~"two words"\nWorld' });
    expect(memory.issue(PROJECT, issue)).toMatchObject({ body: "Hello\nWorld" });
    expect(names(issue)).toEqual(["two words"]);
    expect(meri.comment(PROJECT, issue, "\n\r/CLOSE\n")).toBeNull();
    expect(memory.issue(PROJECT, issue)).toMatchObject({ state: "closed", comments: [] });
    meri.edit(PROJECT, issue, { body: "~~~\n/reopen\n~~~" });
    expect(memory.issue(PROJECT, issue).state).toBe("open");
  });

  it.each([
    "```\n/close\n```",
    "\\/close",
    " /close",
    "a /close",
    "<p>\n/close\n</p>",
    ">>>\n/close\n>>>",
    "`\n/close\n`",
  ])("leaves %j alone", (body) => {
    const { memory, meri } = scene("gitlab");
    const issue = meri.open(PROJECT, { title: "One", body });
    expect(memory.issue(PROJECT, issue)).toMatchObject({ state: "open", body });
  });

  it("means nothing to GitHub", () => {
    const { memory, meri } = scene("github");
    const issue = meri.open(PROJECT, { title: "One", body: "/close\r\nthen" });
    expect(memory.issue(PROJECT, issue)).toMatchObject({ state: "open", body: "/close\r\nthen" });
  });

  it("does not let a quick action do what its author may not", () => {
    const { memory, meri, names } = scene("gitlab");
    memory.addLabel(PROJECT, "a");
    const issue = meri.open(PROJECT, { title: "One" });
    memory.by("guest").comment(PROJECT, issue, "/label ~a\n/close");
    expect([names(issue), memory.issue(PROJECT, issue).state]).toEqual([[], "open"]);
  });

  it("notifies whom it mentions, once, outside code, comments and addresses", () => {
    const { memory, meri } = scene("github");
    const issue = meri.open(PROJECT, {
      title: "One",
      body: "CC @Sam, @sam and `@guest`\n<!-- @guest -->\n```\n@guest\n```\nx@guest.example @nobody @meri",
    });
    expect(memory.notified.map((each) => each.handle)).toEqual(["sam"]);
    meri.edit(PROJECT, issue, { body: "CC @Sam and @stranger" });
    expect(memory.notified.slice(1).map((each) => each.handle)).toEqual(["stranger"]);
  });

  it("has limits", () => {
    for (const [kind, limit] of [
      ["github", 65_536],
      ["gitlab", 1_048_576],
    ] as const) {
      const { meri } = scene(kind);
      const issue = meri.open(PROJECT, { title: "One", body: "x".repeat(limit) });
      expect(() => meri.comment(PROJECT, issue, "x".repeat(limit + 1))).toThrow("too long");
    }
    expect(() => scene("github").meri.open(PROJECT, { title: "One", labels: ["x".repeat(51)] })).toThrow(
      "label",
    );
  });
});

describe("boxes", () => {
  const body = "- [ ] Invite\n  - [ ] Nested\n```\n- [ ] code\n```\n1. [ ] Role";

  it("leave a system note by whoever ticked them on GitLab, edits on GitHub", async () => {
    const gitlab = scene("gitlab");
    const issue = gitlab.meri.open(PROJECT, { title: "One", body });
    gitlab.memory.by("sam").tick(PROJECT, issue, "Role");
    gitlab.memory.by("sam").untick(PROJECT, issue, 2);
    expect(await gitlab.memory.as("meri", PROJECT).reader.history(issue)).toMatchObject([
      { type: "ticked", actor: "sam", text: "Role" },
      { type: "unticked", actor: "sam", text: "Role" },
    ]);

    const github = scene("github");
    const other = github.meri.open(PROJECT, { title: "One", body });
    const { reader } = github.memory.as("meri", PROJECT);
    expect(await reader.bodyEdits(other)).toEqual([]);
    github.later(60_000);
    github.memory.by("sam").tick(PROJECT, other, 0);
    expect(await reader.bodyEdits(other)).toEqual([
      { at: START - 250, editor: "meri", body },
      { at: START - 250 + 60_000, editor: "sam", body: body.replace("[ ]", "[x]") },
    ]);
    expect(await reader.history(other)).toEqual([]);
  });

  it("are found by text or place, and a missing one is said to be missing", () => {
    const { memory, meri } = scene("github");
    const issue = meri.open(PROJECT, { title: "One", body });
    meri.tick(PROJECT, issue, "Nested");
    expect(memory.issue(PROJECT, issue).body).toContain("  - [x] Nested");
    expect(() => meri.tick(PROJECT, issue, "code")).toThrow('no open box "code"');
  });
});

it("tells listeners of each request's change once, with what stood before", () => {
  const { memory, meri } = scene("gitlab");
  const heard: string[] = [];
  const stop = memory.listen(({ what, before, events }) =>
    heard.push(`${what} ${Object.keys(before)} ${events.map((event) => event.type)}`),
  );
  const issue = meri.open(PROJECT, { title: "One", labels: ["a"] });
  meri.edit(PROJECT, issue, { title: "Two", body: "/label ~a\ntext" });
  meri.label(PROJECT, issue, "a");
  meri.comment(PROJECT, issue, "Done\n/close");
  stop();
  meri.reopen(PROJECT, issue);
  expect(heard).toEqual([
    "opened  labeled",
    "changed title,body renamed,described",
    "commented  ",
    "changed state closed",
  ]);
});

forgeContract("A GitHub in memory", (options) => memoryWorld("github", options), { http: false });
forgeContract("A GitLab in memory", (options) => memoryWorld("gitlab", options), { http: false });
