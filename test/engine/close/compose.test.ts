/** A close as it is opened, and as it is read back. */
import { describe, expect, it } from "vitest";
import { composeClose } from "../../../src/engine/close/compose.ts";
import { readClose } from "../../../src/engine/close/tasks.ts";
import { safe } from "../../../src/engine/text/safe.ts";
import { closeOf, configOf } from "./setting.ts";

const shipped = (month: string, config = configOf()) => composeClose(config, closeOf(config), month, null);

/** A template with these tasks, one to a line. */
const withTasks = (tasks: readonly string[], team?: string) =>
  configOf(team, {
    "issue-templates/monthly-close.md": `---\nname: Close\ntitle: Close\ntasks:\n${tasks
      .map((one) => `  - ${one}`)
      .join("\n")}\n---\n{{#each groups}}\n## {{name}}\n\n{{taskList tasks}}\n\n{{/each}}\n`,
  });

describe("the shipped close", () => {
  const { title, body, labels, assignees } = shipped("2026-11");
  const { tasks, others, carry } = readClose(body);

  it("has its title, no label, nobody assigned, and the DRIs on CC", () => {
    expect({ title, labels, assignees }).toEqual({
      title: "Sales Ops monthly close: 2026-11",
      labels: [],
      assignees: [],
    });
    expect(body.split("\n")).toContain("CC @amber @meri");
  });

  it("has all groups, in order", () => {
    expect([...new Set(tasks.map(({ group }) => group))]).toEqual([
      "Data reconciliation",
      "Pipeline and bookings cut-off",
      "Attainment check",
      "Exceptions of the month",
      "Commission run",
      "Communication before payout",
      "Sign-off",
      "Knowledge transfer",
    ]);
  });

  it("writes each task with due day, working day, owner, steps and review", () => {
    expect(body).toContain(
      [
        "- [ ] Close the month for bookings (due 2026-11-30, WD-1, owner @sam)",
        "  - Take in what was signed before the cut-off, by the date of the signature",
        "  - Lock the period in the CRM, or note who may still write to it",
        "  - After: Announce the cut-off to sales and the order desk",
        "  - [ ] Reviewed (@amber)",
      ].join("\n"),
    );
    expect(tasks.length).toBeGreaterThan(20);
    for (const { due, wd, owner, reviewer, review, box } of tasks) {
      expect({ due, wd }).toEqual({ due: expect.any(String), wd: expect.stringMatching(/^WD[+-]\d$/) });
      expect([owner, reviewer].every((one) => ["amber", "meri", "sam"].includes(one ?? ""))).toBe(true);
      expect(reviewer).not.toBe(owner);
      expect([box.done, review?.done]).toEqual([false, false]);
    }
    expect({ others, carry }).toEqual({ others: [], carry: false });
  });

  it("no task comes before one that it waits for", () => {
    for (const { after, due } of tasks) {
      for (const title of after) {
        const first = tasks.find((one) => one.title === title);
        expect(first?.due).toBeDefined();
        expect((first?.due ?? "") <= (due ?? "")).toBe(true);
      }
    }
  });

  it.each([
    ["2026-11", 0, 0],
    ["2026-09", 5, 0],
    ["2026-12", 5, 2],
  ])("%s has what only a quarter's or a year's end needs", (month, quarter, year) => {
    const titles = (one: string) => readClose(shipped(one).body).tasks.map((task) => task.title);
    const ordinary = titles("2026-10");
    expect(titles(month).filter((one) => !ordinary.includes(one))).toHaveLength(quarter + year);
  });
});

describe("who does what", () => {
  const people = (month: string, tasks: readonly string[], team?: string) => {
    const config = withTasks(tasks, team);
    return readClose(composeClose(config, closeOf(config), month, null).body).tasks.map(
      ({ owner, reviewer }) => `${owner} ${reviewer}`,
    );
  };
  const two = ["{ group: G, title: A, due: WD+1 }", "{ group: H, title: B, due: WD+1 }"];

  it("is as the template says", () => {
    expect(
      people("2026-11", ["{ title: A, owner: Sam, reviewer: meri }", "{ title: B, reviewer: amber }"]),
    ).toEqual(["sam meri", expect.stringMatching(/^(meri|sam) amber$/)]);
  });

  it("goes round the team by group, and begins with another each month", () => {
    expect(people("2026-10", two)).toEqual(["amber meri", "meri sam"]);
    expect(people("2026-11", two)).toEqual(["meri sam", "sam amber"]);
  });

  it("passes over whoever is away on the due day", () => {
    const team = `team:
  - { handle: amber, dri: true }
  - { handle: meri, dri: true, away: [{ from: 2026-12-01, to: 2026-12-02 }] }
  - { handle: sam }
`;
    expect(people("2026-11", two, team)).toEqual(["sam amber", "sam amber"]);
    expect(people("2026-10", two, team)).toEqual(["amber meri", "meri sam"]);
  });

  it("has no reviewer in a team of one", () => {
    expect(people("2026-11", two, "team: [{ handle: amber }]\n")).toEqual(["amber null", "amber null"]);
  });
});

describe("what a month before leaves", () => {
  it("comes first, is due on the last working day and is linked", () => {
    const config = configOf();
    const { body } = composeClose(config, closeOf(config), "2026-12", {
      month: "2026-11",
      link: safe`[acme/access-requests#7](https://x.test/7)`,
      carried: [{ title: "Finance *approval*", owner: "sam", reviewer: "meri", steps: ["From there"] }],
    });
    expect(body).toContain(
      "## Carried over from 2026-11\n\n- [ ] Finance \\*approval\\* (due 2026-12-31, WD-1, owner @sam)\n  - From there\n  - [ ] Reviewed (@meri)",
    );
    expect(body).toContain("Month before: [acme/access-requests#7](https://x.test/7)");
    expect(readClose(body).tasks[0]).toMatchObject({
      title: "Finance *approval*",
      group: "Carried over from 2026-11",
    });
  });
});

describe("reading what people have made of it", () => {
  const read = (...lines: readonly string[]) => readClose(lines.join("\n"));

  it("settled boxes keep their task", () => {
    const { tasks } = read(
      "- [x] ~~A (due 2026-11-27, WD-2, owner @sam)~~",
      "  - [x] Reviewed (@meri)",
      "- [ ] B (due 2026-11-27, WD-2, owner @sam) (n/a)",
      "  - [ ] ~~Reviewed (@meri)~~",
    );
    expect(tasks.map(({ title, owner, reviewer, box }) => [title, owner, reviewer, box.done])).toEqual([
      ["A", "sam", "meri", true],
      ["B", "sam", "meri", true],
    ]);
  });

  it("a task keeps its name when its day and people change; two of one title have two", () => {
    const id = (line: string) => read(line).tasks[0]?.id;
    expect(id("- [ ] A (due 2026-11-27, WD-2, owner @sam)")).toBe(
      id("- [x] A (due 2026-12-01, owner @meri)"),
    );
    const { tasks } = read("- [ ] A (owner @sam)", "- [ ] A (owner @meri)");
    expect(new Set(tasks.map((one) => one.id)).size).toBe(2);
  });

  it("boxes that people add are others; their brackets are no facts", () => {
    const { tasks, others } = read(
      "- [ ] A (due 2026-11-27, owner @sam)",
      "  - [ ] half of it",
      "  - [ ] Reviewed (@meri)",
      "- [ ] Ask Bob (due soon)",
      "  - [ ] Reviewed (@meri)",
    );
    expect(tasks.map(({ title, reviewer }) => [title, reviewer])).toEqual([["A", "meri"]]);
    expect(others.map(({ text }) => text)).toEqual(["half of it", "Ask Bob (due soon)", "Reviewed (@meri)"]);
  });

  it("the box that hands on what is open is no task", () => {
    expect(read("- [x] Carry what is still open over to the next month's close")).toEqual({
      tasks: [],
      others: [],
      carry: true,
    });
  });
});
