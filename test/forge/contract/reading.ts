import { describe, expect, it } from "vitest";
import type { Stage } from "../forge.contract.ts";
import { PROJECT, START } from "../worlds.ts";

const MINUTE = 60_000;

export function reading({ world }: Stage): void {
  describe("reading", () => {
    it("knows itself and its project", async () => {
      const { forge, kind } = world();
      expect(await forge.reader.self()).toBe("daytwo");
      expect([forge.reader.forge, forge.reader.project]).toEqual([kind, PROJECT]);
    });

    it("gives an issue whole, with text as it stands", async () => {
      const { forge, memory, later, kind } = world();
      const body = "Grüße, 世界 👩‍💻 ‮x‬\n\n- [ ] <b>one</b> & “two”\n```\n/close\n```";
      const title = "Zoë’s “request” 🎉 & <more>";
      memory.addLabel(PROJECT, "A & B / C#?+%", { color: "#D9534F", description: "Ünïcode" });
      const number = memory
        .by("meri")
        .open(PROJECT, { title, body, labels: ["A & B / C#?+%"], assignees: ["sam"] });
      later(5 * MINUTE);
      memory.by("sam").comment(PROJECT, number, "Hello");
      const issue = await forge.reader.issue(number);
      expect(issue).toMatchObject({
        number,
        title,
        body,
        state: "open",
        closeReason: null,
        author: "meri",
        labels: ["A & B / C#?+%"],
        assignees: ["sam"],
        createdAt: START,
        updatedAt: START + 5 * MINUTE,
        closedAt: null,
        commentCount: 1,
      });
      const path = kind === "github" ? `${PROJECT}/issues/${number}` : `${PROJECT}/-/issues/${number}`;
      expect(issue?.url).toBe(`${memory.web}/${path}`);
      expect(await forge.reader.issues({ state: "open" })).toEqual([issue]);
      expect(await forge.reader.labels()).toEqual([
        { name: "A & B / C#?+%", color: "#d9534f", description: "Ünïcode" },
      ]);
    });

    it("gives an absent body as empty, and a closed issue with when and, on GitHub, why", async () => {
      const { forge, memory, later, kind } = world();
      const meri = memory.by("meri");
      const number = meri.open(PROJECT, { title: "Empty" });
      later(MINUTE);
      meri.close(PROJECT, number, "not_planned");
      expect(await forge.reader.issue(number)).toMatchObject({
        body: "",
        state: "closed",
        closedAt: START + MINUTE,
        closeReason: kind === "github" ? "not_planned" : null,
      });
      meri.reopen(PROJECT, number);
      expect(await forge.reader.issue(number)).toMatchObject({
        state: "open",
        closedAt: null,
        closeReason: null,
      });
    });

    it("gives null for an issue that is not there: never was, deleted, a pull request", async () => {
      const { forge, memory, kind } = world();
      const number = memory.by("meri").open(PROJECT, { title: "Gone" });
      memory.removeIssue(PROJECT, number);
      expect(await forge.reader.issue(number)).toBeNull();
      expect(await forge.reader.issue(4711)).toBeNull();
      if (kind === "github") {
        const pull = memory.by("meri").openPull(PROJECT, "Code");
        expect(await forge.reader.issue(pull)).toBeNull();
      }
    });

    it("lists issues to the end of many pages, in order of number, without pull requests", async () => {
      const { forge, memory, kind } = world();
      const meri = memory.by("meri");
      const numbers: number[] = [];
      for (let i = 0; i < 250; i += 1) {
        if (kind === "github" && i % 7 === 0) meri.openPull(PROJECT, `Code ${i}`);
        numbers.push(meri.open(PROJECT, { title: `Issue ${i}` }));
      }
      const found = await forge.reader.issues({ state: "open" });
      expect(found.map((issue) => issue.number)).toEqual(numbers);
    });

    it("filters by state, by label as the forge compares it, and by time, both ends included", async () => {
      const { forge, memory, later, kind } = world();
      const meri = memory.by("meri");
      const label = "SalesOpsAR::In Progress";
      const open = meri.open(PROJECT, { title: "One", labels: [label, "other"] });
      meri.open(PROJECT, { title: "Two", labels: ["other"] });
      later(MINUTE);
      const closed = meri.open(PROJECT, { title: "Three", labels: [label] });
      meri.close(PROJECT, closed);
      const numbers = async (query: Parameters<typeof forge.reader.issues>[0]) =>
        (await forge.reader.issues(query)).map((issue) => issue.number);
      expect(await numbers({ state: "open", label })).toEqual([open]);
      expect(await numbers({ state: "closed", label })).toEqual([closed]);
      expect(await numbers({ state: "open", label: "nobody bears this" })).toEqual([]);
      expect(await numbers({ state: "open", label: label.toLowerCase() })).toEqual(
        kind === "github" ? [open] : [],
      );
      expect(await numbers({ state: "open", updatedSince: START })).toEqual([open, open + 1]);
      expect(await numbers({ state: "open", updatedSince: START + 1000 })).toEqual([]);
      expect(await numbers({ state: "closed", updatedSince: START + MINUTE })).toEqual([closed]);
    });

    it("changes an issue's version with every change that a rule may read", async () => {
      const { forge, memory, later } = world();
      const meri = memory.by("meri");
      const number = meri.open(PROJECT, { title: "One", body: "- [ ] Box" });
      const version = async () => (await forge.reader.issue(number))?.version;
      const first = await version();
      expect(await version()).toBe(first);
      const seen = [first];
      const acts = [
        () => meri.label(PROJECT, number, "a"),
        () => meri.assign(PROJECT, number),
        () => meri.tick(PROJECT, number, "Box"),
        () => meri.edit(PROJECT, number, { title: "Two" }),
        () => meri.close(PROJECT, number),
        () => {
          later(1000);
          meri.comment(PROJECT, number, "Hello");
        },
      ];
      for (const act of acts) {
        act();
        seen.push(await version());
      }
      expect(new Set(seen).size).toBe(acts.length + 1);
      const [listed] = await forge.reader.issues({ state: "closed" });
      expect(listed?.version).toBe(seen.at(-1));
    });

    it("lists comments to the end, oldest first, and no system notes", async () => {
      const { forge, memory, later } = world();
      const number = memory.by("meri").open(PROJECT, { title: "One", body: "- [ ] Box" });
      const texts: string[] = [];
      for (let i = 0; i < 130; i += 1) {
        later(1000);
        texts.push(`Comment ${i}`);
        memory.by(i % 2 ? "meri" : "sam").comment(PROJECT, number, `Comment ${i}`);
      }
      memory.by("sam").assign(PROJECT, number);
      memory.by("sam").tick(PROJECT, number, "Box");
      const comments = await forge.reader.comments(number);
      expect(comments.map((comment) => comment.body)).toEqual(texts);
      expect(comments[1]).toMatchObject({ author: "meri", createdAt: START + 2000 });
      expect(comments[1]?.url).toContain(`${memory.issueUrl(memory.project(PROJECT), number)}#`);
      expect((await forge.reader.issue(number))?.commentCount).toBe(130);
    });

    it("tells who did what, oldest first", async () => {
      const { forge, memory, later, kind } = world();
      const number = memory.by("meri").open(PROJECT, { title: "One", body: "- [ ] Invite `x`\n- [ ] Role" });
      const acts = [
        () => memory.by("sam").label(PROJECT, number, "a"),
        () => memory.by("meri").assign(PROJECT, number, "sam"),
        () => memory.by("sam").unlabel(PROJECT, number, "a"),
        () => memory.by("sam").tick(PROJECT, number, "Invite"),
        () => memory.by("meri").untick(PROJECT, number, "Invite"),
        () => memory.by("sam").close(PROJECT, number, "not_planned"),
        () => memory.by("meri").reopen(PROJECT, number),
        () => memory.by("sam").unassign(PROJECT, number, "sam"),
      ];
      for (const act of acts) {
        later(MINUTE);
        act();
      }
      const github = kind === "github";
      const at = (minutes: number) => START + minutes * MINUTE;
      expect(await forge.reader.history(number)).toEqual([
        { at: at(1), actor: "sam", type: "labeled", label: "a" },
        { at: at(2), actor: "meri", type: "assigned", assignee: "sam" },
        { at: at(3), actor: "sam", type: "unlabeled", label: "a" },
        ...(github
          ? []
          : [
              { at: at(4), actor: "sam", type: "ticked", text: "Invite `x`" },
              { at: at(5), actor: "meri", type: "unticked", text: "Invite `x`" },
            ]),
        { at: at(6), actor: "sam", type: "closed", reason: github ? "not_planned" : null },
        { at: at(7), actor: "meri", type: "reopened" },
        { at: at(8), actor: "sam", type: "unassigned", assignee: "sam" },
      ]);
    });

    it("reads a history to its end", async () => {
      const { forge, memory, later } = world();
      const sam = memory.by("sam");
      const number = memory.by("meri").open(PROJECT, { title: "One" });
      for (let i = 0; i < 75; i += 1) {
        later(1000);
        sam.label(PROJECT, number, "a");
        later(1000);
        sam.unlabel(PROJECT, number, "a");
      }
      const history = await forge.reader.history(number);
      expect(history.length).toBe(150);
      expect(history.at(-1)).toEqual({ at: START + 150_000, actor: "sam", type: "unlabeled", label: "a" });
    });

    it("reads the label events of many issues, and nothing before the instant it is asked for", async () => {
      const { forge, memory, later, kind } = world();
      const meri = memory.by("meri");
      const sam = memory.by("sam");
      const first = meri.open(PROJECT, { title: "One", labels: ["a"] });
      const second = meri.open(PROJECT, { title: "Two" });
      const other = meri.open(PROJECT, { title: "Not asked about", labels: ["a"] });
      for (let i = 0; i < 70; i += 1) {
        later(MINUTE);
        sam.label(PROJECT, second, "b");
        later(MINUTE);
        sam.unlabel(PROJECT, second, "b");
      }
      sam.assign(PROJECT, first, "sam");
      const listed = await forge.reader.issues({ state: "all" });
      const issues = listed.filter(({ number }) => number !== other);
      const before = [...forge.requests().values()].reduce((sum, count) => sum + count, 0);
      const all = await forge.reader.labelEvents({ since: null, issues });
      const after = [...forge.requests().values()].reduce((sum, count) => sum + count, 0);
      expect(after - before).toBe(kind === "github" ? 2 : 3);
      expect([...all.keys()].sort()).toEqual([first, second]);
      expect(all.get(first)).toEqual([{ at: START, actor: "meri", type: "labeled", label: "a" }]);
      const events = all.get(second) ?? [];
      expect(events.length).toBe(140);
      expect(events.map(({ at }) => at)).toEqual(events.map(({ at }) => at).toSorted((a, b) => a - b));
      const since = START + 138 * MINUTE;
      const late = await forge.reader.labelEvents({ since, issues });
      expect(late.get(first)).toEqual([]);
      expect(late.get(second)).toEqual(events.slice(-3));
      expect([...forge.requests().values()].reduce((sum, count) => sum + count, 0) - after).toBe(
        kind === "github" ? 1 : 3,
      );
    });

    it("lists open and closed issues together", async () => {
      const { forge, memory, later } = world();
      const meri = memory.by("meri");
      const [open, closed] = [meri.open(PROJECT, { title: "One" }), meri.open(PROJECT, { title: "Two" })];
      later(MINUTE);
      meri.close(PROJECT, closed);
      const numbers = async (query: object) =>
        (await forge.reader.issues({ state: "all", ...query })).map(({ number }) => number);
      expect(await numbers({})).toEqual([open, closed]);
      expect(await numbers({ updatedSince: START + MINUTE })).toEqual([closed]);
    });

    it("still tells the history of an account that is gone", async () => {
      const { forge, memory } = world();
      const number = memory.by("sam").open(PROJECT, { title: "One", labels: ["a"] });
      memory.removeAccount("sam");
      expect((await forge.reader.issue(number))?.number).toBe(number);
      const [event] = await forge.reader.history(number);
      expect(event).toMatchObject({ type: "labeled", label: "a" });
      expect(event?.actor ?? "").not.toBe("sam");
    });

    it("gives the edits of a body where the forge keeps them", async () => {
      const { forge, memory, later, kind } = world();
      const number = memory.by("meri").open(PROJECT, { title: "One", body: "- [ ] Box" });
      later(MINUTE);
      memory.by("sam").tick(PROJECT, number, "Box");
      later(MINUTE);
      memory.by("meri").edit(PROJECT, number, { body: "- [x] Box\n- [ ] Next" });
      const edits = await forge.reader.bodyEdits(number);
      if (kind === "gitlab") {
        expect(edits).toBeNull();
        return;
      }
      expect(edits).toEqual([
        { at: START, editor: "meri", body: "- [ ] Box" },
        { at: START + MINUTE, editor: "sam", body: "- [x] Box" },
        { at: START + 2 * MINUTE, editor: "meri", body: "- [x] Box\n- [ ] Next" },
      ]);
    });

    it("lists labels to the end", async () => {
      const { forge, memory } = world();
      const names = Array.from({ length: 130 }, (_, i) => `label ${String(i).padStart(3, "0")}`);
      for (const name of names) memory.addLabel(PROJECT, name);
      expect((await forge.reader.labels()).map((label) => label.name).sort()).toEqual(names);
    });

    it("knows members from strangers, however the handle is written", async () => {
      const { reader } = world().forge;
      const handles = ["sam", "SAM", "guest", "stranger", "nobody-of-that-name"];
      const members = await Promise.all(handles.map((handle) => reader.member(handle)));
      expect(members).toEqual([true, true, true, false, false]);
    });

    it("compares label names as the forge does", () => {
      const { forge, kind } = world();
      expect(forge.sameLabel("SalesOpsAR::On Hold", "salesopsar::on hold")).toBe(kind === "github");
      expect(forge.sameLabel("a", "a")).toBe(true);
      expect(forge.sameLabel("a", "b")).toBe(false);
    });
  });
}
