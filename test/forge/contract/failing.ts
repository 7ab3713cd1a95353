import { describe, expect, it } from "vitest";
import { lines, marker, vouched } from "../../../src/engine/text/safe.ts";
import type { Stage } from "../forge.contract.ts";
import { PROJECT, refusal, type World } from "../worlds.ts";

const marked = (key: string) => lines(vouched("Body"), marker(key));
const draft = (key: string) => ({
  key,
  title: vouched("Title"),
  body: marked(key),
  labels: [],
  assignees: [],
});

export function failing({ world }: Stage): void {
  const open = (on: World = world()) => on.memory.by("meri").open(PROJECT, { title: "One" });

  describe("failing", () => {
    it("says that a project is not there, and which", async () => {
      const project = "acme/no-such-project";
      const error = await refusal(world().as({ project }).reader.issues({ state: "open" }));
      expect(error.kind).toBe("not-found");
      expect(error.message).toContain(project);
      // A missing project must not pass for a missing issue.
      expect((await refusal(world().as({ project }).reader.issue(1))).kind).toBe("not-found");
    });

    it("says that an account may not see a project or may not write to it", async () => {
      const { as, memory } = world();
      const number = open();
      const hidden = await refusal(as({ account: "stranger" }).reader.issues({ state: "open" }));
      expect(hidden.kind).toBe("not-found");
      const forbidden = await refusal(as({ account: "guest" }).writer.addLabel(number, "a"));
      expect(forbidden.kind).toBe("forbidden");
      for (const error of [hidden, forbidden]) expect(error.message).toContain(PROJECT);
      expect(memory.issue(PROJECT, number).labels).toEqual([]);
    });

    it("says that there is no such issue to write to", async () => {
      const { writer } = world().forge;
      for (const write of [
        () => writer.addLabel(4711, "a"),
        () => writer.removeLabel(4711, "a"),
        () => writer.assign(4711, "sam"),
        () => writer.comment(4711, { key: "k", body: marked("k") }),
        () => writer.close(4711, "completed"),
      ]) {
        const error = await refusal(write());
        expect(error.kind).toBe("not-found");
        expect(error.message).toContain("4711");
      }
    });

    it("says that content was refused", async () => {
      const { forge, memory, kind } = world();
      const name = "x".repeat(kind === "github" ? 51 : 256);
      const error = await refusal(forge.writer.createLabel({ name, color: "#777777", description: "" }));
      expect(error.kind).toBe("invalid");
      expect(error.message).toContain(PROJECT);
      expect(memory.project(PROJECT).labels).toEqual([]);
    });

    it("gets a hundred comments and issues through the limits on content, each once", async () => {
      const on = world();
      const number = open(on);
      for (let i = 0; i < 100; i += 1) {
        await on.forge.writer.comment(number, { key: `c${i}`, body: marked(`c${i}`) });
        if (i % 2 === 0) await on.forge.writer.createIssue(draft(`i${i}`));
      }
      expect(on.memory.issue(PROJECT, number).comments.length).toBe(100);
      expect(on.memory.project(PROJECT).issues.size).toBe(51);
    });
  });
}
