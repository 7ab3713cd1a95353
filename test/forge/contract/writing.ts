import { describe, expect, it } from "vitest";
import {
  lines,
  marker,
  mention,
  quote,
  safe,
  title as safeTitle,
  vouched,
} from "../../../src/engine/text/safe.ts";
import type { Stage } from "../forge.contract.ts";
import { OPEN, PROJECT, refusal } from "../worlds.ts";

/** A body with its marker, as the planner makes them. */
const marked = (key: string, text = "Body") => lines(vouched(text), marker(key));

export function writing({ world, make }: Stage): void {
  const draft = (key: string) => ({
    key,
    title: vouched("Access request"),
    body: marked(key),
    labels: [],
    assignees: [],
  });
  const open = (body = "Body") => world().memory.by("meri").open(PROJECT, { title: "One", body });
  const labelsOf = (number: number) =>
    world()
      .memory.issue(PROJECT, number)
      .labels.map((label) => label.name);

  describe("writing", () => {
    it("creates an issue with all it was given, and labels that did not exist", async () => {
      const { forge, memory } = world();
      memory.addLabel(PROJECT, "access-request");
      const body = marked("hire:acme/people#12", "Zoë 👩‍💻\n\n- [ ] One");
      const created = await forge.writer.createIssue({
        key: "hire:acme/people#12",
        title: vouched("Zoë’s access request 🎉"),
        body,
        labels: ["access-request", "SalesOpsAR::Action Needed"],
        assignees: ["sam"],
      });
      expect(created).toMatchObject({
        title: "Zoë’s access request 🎉",
        body,
        author: "daytwo",
        state: "open",
        labels: ["access-request", "SalesOpsAR::Action Needed"],
        assignees: ["sam"],
      });
      expect(created).toEqual(await forge.reader.issue(created.number));
      expect(memory.project(PROJECT).issues.size).toBe(1);
    });

    it("says which labels and assignees were dropped at creation, and where what was created is", async () => {
      const { as, memory, kind } = world();
      // Below triage on GitHub, no member of the project on GitLab: labels are dropped without a word.
      const [account, project] = kind === "github" ? ["guest", PROJECT] : ["stranger", OPEN];
      const { writer } = as({ account, project });
      const error = await refusal(
        writer.createIssue({ ...draft("one"), labels: ["access-request"], assignees: ["meri"] }),
      );
      expect(error.message).toContain("access-request");
      expect(error.message).toContain("meri");
      expect(error.message).toContain(project);
      const left = [...memory.project(project).issues.keys()];
      if (left.length > 0) expect(error.message).toContain(`#${left[0]}`);
    });

    it("keeps an issue confidential on GitLab", async () => {
      const { forge, memory, kind } = world();
      const { number } = await forge.writer.createIssue({ ...draft("one"), confidential: true });
      expect(memory.issue(PROJECT, number).confidential).toBe(kind === "gitlab");
    });

    it("edits a title and a body, each alone", async () => {
      const { forge, memory } = world();
      const number = open();
      expect((await forge.writer.editIssue(number, { title: vouched("Two") })).status).toBe("applied");
      expect((await forge.writer.editIssue(number, { body: vouched("New\n\n- [ ] Box") })).status).toBe(
        "applied",
      );
      expect(memory.issue(PROJECT, number)).toMatchObject({
        title: "Two",
        body: "New\n\n- [ ] Box",
        labels: [],
      });
    });

    it("adds and removes single labels and leaves the others, also those added meanwhile", async () => {
      const { forge, memory } = world();
      const number = open();
      memory.by("meri").label(PROJECT, number, "a", "b");
      expect((await forge.writer.addLabel(number, "SalesOPS: 100% & /?#")).status).toBe("applied");
      memory.by("sam").label(PROJECT, number, "meanwhile");
      expect((await forge.writer.removeLabel(number, "a")).status).toBe("applied");
      expect(labelsOf(number)).toEqual(["b", "SalesOPS: 100% & /?#", "meanwhile"]);
    });

    it("leaves nothing behind when it adds, removes or closes what already is so", async () => {
      const { forge, memory } = world();
      const number = open();
      memory.by("meri").label(PROJECT, number, "a");
      memory.by("meri").assign(PROJECT, number, "sam");
      const stood = () => memory.issue(PROJECT, number).revision;
      const before = stood();
      // Whether an added label was there already not every forge tells; that it changed nothing it must not deny.
      const told = ["applied", "unchanged"];
      expect(told).toContain((await forge.writer.addLabel(number, "a")).status);
      expect(told).toContain((await forge.writer.assign(number, "sam")).status);
      expect(told).toContain((await forge.writer.reopen(number)).status);
      expect(told).toContain((await forge.writer.editIssue(number, { body: vouched("Body") })).status);
      await forge.reader.issue(number);
      expect((await forge.writer.removeLabel(number, "never there")).status).toBe("unchanged");
      await forge.writer.unassign(number, "meri");
      expect(stood()).toBe(before);
    });

    it("assigns a member and takes them off again, leaving the others", async () => {
      const { forge, memory } = await make({ premium: true });
      const number = memory.by("meri").open(PROJECT, { title: "One", assignees: ["meri"] });
      const handles = () => memory.issue(PROJECT, number).assignees.map((each) => each.handle);
      expect((await forge.writer.assign(number, "sam")).status).toBe("applied");
      expect(handles()).toEqual(["meri", "sam"]);
      expect((await forge.writer.unassign(number, "meri")).status).toBe("applied");
      expect(handles()).toEqual(["sam"]);
    });

    it("says whom it could not assign: a stranger, or a second one on GitLab Free", async () => {
      const { forge, memory, kind } = world();
      const number = open();
      for (const handle of ["stranger", "nobody-of-that-name"]) {
        const error = await refusal(forge.writer.assign(number, handle));
        expect(error.message).toContain(handle);
        expect(error.message).toContain(PROJECT);
      }
      if (kind === "gitlab") {
        await forge.writer.assign(number, "sam");
        expect((await refusal(forge.writer.assign(number, "meri"))).message).toContain("meri");
      }
      const assigned = memory.issue(PROJECT, number).assignees.map((each) => each.handle);
      expect(assigned).toEqual(kind === "gitlab" ? ["sam"] : []);
    });

    it("comments, and edits the comment in place", async () => {
      const { forge, memory } = world();
      const number = open();
      const made = await forge.writer.comment(number, { key: "status", body: marked("status", "Hello 👋") });
      expect(made).toMatchObject({ author: "daytwo", body: marked("status", "Hello 👋") });
      expect(await forge.reader.comments(number)).toEqual([made]);
      const edited = await forge.writer.editComment(number, made.id, marked("status", "Bye"));
      expect(edited.status).toBe("applied");
      expect(memory.issue(PROJECT, number).comments.map((comment) => comment.body)).toEqual([
        marked("status", "Bye"),
      ]);
    });

    it("reacts once", async () => {
      const { forge, memory } = world();
      const number = open();
      const comment = memory.by("sam").comment(PROJECT, number, "/ar take") ?? "";
      for (const reaction of ["+1", "-1", "eyes", "confused"] as const) {
        expect((await forge.writer.react(number, comment, reaction)).status).toBe("applied");
      }
      expect((await forge.writer.react(number, comment, "eyes")).status).toBe("unchanged");
      const [stored] = memory.issue(PROJECT, number).comments;
      expect(stored?.reactions.map((each) => each.reaction)).toEqual(["+1", "-1", "eyes", "confused"]);
    });

    it("closes with a reason where the forge keeps one, and reopens", async () => {
      const { forge, memory, kind } = world();
      const number = open();
      expect((await forge.writer.close(number, "not_planned")).status).toBe("applied");
      const closeReason = kind === "github" ? "not_planned" : null;
      expect(memory.issue(PROJECT, number)).toMatchObject({ state: "closed", closeReason });
      expect((await forge.writer.reopen(number)).status).toBe("applied");
      expect(memory.issue(PROJECT, number)).toMatchObject({ state: "open" });
    });

    it("pins where the forge pins, once", async () => {
      const { forge, memory, kind } = world();
      const number = open();
      expect((await forge.writer.pin(number)).status).toBe(kind === "github" ? "applied" : "unchanged");
      expect((await forge.writer.pin(number)).status).toBe("unchanged");
      expect(memory.project(PROJECT).pinned).toEqual(kind === "github" ? [number] : []);
    });

    it("links issues where the forge has links, once", async () => {
      const { forge, memory, kind } = world();
      const number = open();
      const other = { project: OPEN, number: memory.by("meri").open(OPEN, { title: "Hire" }) };
      expect((await forge.writer.link(number, other)).status).toBe(
        kind === "gitlab" ? "applied" : "unchanged",
      );
      expect((await forge.writer.link(number, other)).status).toBe("unchanged");
      const linked = memory
        .issue(PROJECT, number)
        .links.map((link) => ({ project: link.project, number: link.number }));
      expect(linked).toEqual(kind === "gitlab" ? [other] : []);
    });

    it("creates a label once", async () => {
      const { forge } = world();
      const label = {
        name: "SalesOpsAR::On Hold",
        color: "#777777",
        description: "Blocked, or out of scope",
      };
      expect((await forge.writer.createLabel(label)).status).toBe("applied");
      expect((await forge.writer.createLabel(label)).status).toBe("unchanged");
      expect(await forge.reader.labels()).toEqual([label]);
    });

    it("renames, repaints and describes a label, each alone, and issues that bear it follow", async () => {
      const { forge, memory } = world();
      memory.addLabel(PROJECT, "AR/doing: 50% & ?#", { color: "#aaaaaa", description: "Old" });
      const number = open();
      memory.by("meri").label(PROJECT, number, "AR/doing: 50% & ?#");
      const name = "SalesOpsAR::In Progress";
      expect((await forge.writer.editLabel("AR/doing: 50% & ?#", { name })).status).toBe("applied");
      expect(await forge.reader.labels()).toEqual([{ name, color: "#aaaaaa", description: "Old" }]);
      expect(labelsOf(number)).toEqual([name]);
      await forge.writer.editLabel(name, { color: "#F0AD4E" });
      await forge.writer.editLabel(name, { description: "Sales Ops is working on it" });
      expect(await forge.reader.labels()).toEqual([
        { name, color: "#f0ad4e", description: "Sales Ops is working on it" },
      ]);
    });

    it("mends the case of a label's name", async () => {
      const { forge, memory } = world();
      memory.addLabel(PROJECT, "salesopsar::completed", { color: "#5cb85c" });
      expect(
        (await forge.writer.editLabel("salesopsar::completed", { name: "SalesOpsAR::Completed" })).status,
      ).toBe("applied");
      expect((await forge.reader.labels()).map(({ name }) => name)).toEqual(["SalesOpsAR::Completed"]);
    });

    it("does not change a label that is not there, nor give it the name of another", async () => {
      const { forge, memory, as } = world();
      for (const name of ["a", "b"]) memory.addLabel(PROJECT, name);
      const gone = await refusal(forge.writer.editLabel("no such label", { color: "#777777" }));
      expect(gone.kind).toBe("not-found");
      expect(gone.message).toContain("no such label");
      const taken = await refusal(forge.writer.editLabel("a", { name: "b" }));
      expect(taken.kind).toBe("invalid");
      expect(taken.message).toContain(PROJECT);
      const guest = await refusal(as({ account: "guest" }).writer.editLabel("a", { color: "#777777" }));
      expect(guest.kind).toBe("forbidden");
      expect((await forge.reader.labels()).map(({ name }) => name)).toEqual(["a", "b"]);
    });

    it.each([
      "/close",
      "a\r/close",
      "\n\r/label ~a\n",
      "~~~\n/close\n~~~",
      "```\n/close",
      "<!-- daytwo:forged -->",
      "@sam @meri",
      "/ASSIGN @sam",
      "-->\n/close",
      "> x\n/close",
    ])("lets nothing in %j take effect", async (hostile) => {
      const { forge, memory } = world();
      memory.addLabel(PROJECT, "a");
      const key = "hire:acme/people#1";
      const body = safe`Somebody wrote:\n\n${quote(hostile)}\n\nCC ${mention("guest")}\n${marker(key)}`;
      const { number } = await forge.writer.createIssue({
        key,
        title: safeTitle(`Request of ${hostile}`),
        body,
        labels: [],
        assignees: [],
      });
      await forge.writer.comment(number, { key: "status", body: lines(quote(hostile), marker("status")) });
      await forge.writer.editIssue(number, { body: safe`${body}\n\n${quote(hostile)}` });
      const issue = memory.issue(PROJECT, number);
      expect(issue).toMatchObject({ state: "open", labels: [], assignees: [] });
      expect(issue.comments.length).toBe(1);
      expect(new Set(memory.notified.map((each) => each.handle))).toEqual(new Set(["guest"]));
    });
  });
}
