import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { labelBook, mayMove, movesFrom, STATES, stateName } from "../../../src/engine/lifecycle/states.ts";

const RULES = {
  states: {
    action_needed: { label: "SalesOpsAR::Action Needed" },
    in_progress: { label: "SalesOpsAR::In Progress" },
    on_hold: { label: "SalesOpsAR::On Hold" },
    completed: { label: "SalesOpsAR::Completed" },
  },
  aliases: { "SaelsOpsAR::In Progress": "in_progress", wip: "in_progress" },
  hold_reasons: {
    sfdc_license: { label: "SalesOPS: Waiting on SFDC License" },
    cancelled: { label: "SalesOPS: Start cancelled" },
  },
} as const;
const exact = (a: string, b: string) => a === b;
const folded = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
const gitlab = labelBook(RULES, exact, ["access-request", "SalesOpsAR::Completes"]);
const github = labelBook(RULES, folded, ["access-request"]);
const state = (label: string, book = gitlab) => {
  const reading = book.read(label);
  return reading?.kind === "state"
    ? `${reading.state}${reading.canonical ? "" : "?"}`
    : (reading?.label ?? null);
};

describe("moves", () => {
  test.each([
    ["action_needed", ["in_progress", "on_hold"]],
    ["in_progress", ["action_needed", "on_hold", "completed"]],
    ["on_hold", ["action_needed", "in_progress"]],
    ["completed", ["action_needed", "in_progress"]],
  ] as const)("from %s", (from, to) => {
    expect(movesFrom(from)).toEqual(to);
    for (const one of STATES) expect(mayMove(from, one)).toBe((to as readonly string[]).includes(one));
  });

  test("states are named as people read them", () => {
    expect(STATES.map(stateName)).toEqual(["Action Needed", "In Progress", "On Hold", "Completed"]);
  });
});

describe("labels are read", () => {
  test.each([
    ["SalesOpsAR::In Progress", "in_progress"],
    ["SaelsOpsAR::In Progress", "in_progress?"],
    ["wip", "in_progress?"],
    ["WIP", "in_progress?"],
    ["salesopsar::in progress", "in_progress?"],
    ["SalesOpsAR:In-Progress", "in_progress?"],
    ["SalesOpsAR::InProgress", "in_progress?"],
    ["ＳalesOpsAR::In Progress", "in_progress?"],
    ["SalesOpsAR::In Progess", "in_progress?"],
    ["SalseOpsAR::In Porgress", "in_progress?"],
    ["SalesOpsAR::Compelted", "completed?"],
    ["SalesOPS: Waiting on SFDC Licence", "SalesOPS: Waiting on SFDC License"],
  ])("%s is %s", (label, meaning) => {
    expect(state(label)).toBe(meaning);
  });

  test.each([
    "",
    "bug",
    "access-request",
    "Completed",
    "SalesOpsAR",
    "SalesOpsAR::Action Plan",
    "SalesOpsAR::Later",
    "SalesOpsAR::Uncompleted",
    "SalesOpsAR::No Action Needed",
    "SalesOpsAR::Incompleted",
    "wipe",
    "SalesOPS: Waiting on SFDC Sandbox",
  ])("%s is something else", (label) => {
    expect(gitlab.read(label)).toBeNull();
  });

  test("a label that means something else to daytwo is no misspelling", () => {
    expect(gitlab.read("SalesOpsAR::Completes")).toBeNull();
    expect(state("SalesOpsAR::Completes", github)).toBe("completed?");
  });

  test("case is nothing where the forge ignores it", () => {
    expect(state("SALESOPSAR::IN PROGRESS", github)).toBe("in_progress");
    expect(state("SALESOPSAR::IN PROGRESS")).toBe("in_progress?");
  });

  test("equally near to two it is neither", () => {
    const rules = {
      ...RULES,
      states: {
        ...RULES.states,
        on_hold: { label: "SalesOpsAR::Waiting A" },
        completed: { label: "SalesOpsAR::Waiting B" },
      },
    };
    expect(labelBook(rules, exact).read("SalesOpsAR::Waiting C")).toBeNull();
  });

  test("short labels are read to the letter", () => {
    const rules = { ...RULES, states: { ...RULES.states, completed: { label: "done" } } };
    const book = labelBook(rules, exact);
    expect(state("done", book)).toBe("completed");
    expect(state("Done", book)).toBe("completed?");
    expect(state("dome", book)).toBeNull();
  });

  test("one slip anywhere in a state's label is that state", () => {
    const label = RULES.states.action_needed.label;
    fc.assert(
      fc.property(fc.nat(label.length - 1), fc.constantFrom("q", "z", "x"), (at, letter) => {
        const slipped = label.slice(0, at) + letter + label.slice(at + 1);
        // A sign or space written over makes one word of two, or two slips of one.
        fc.pre(/[a-z]/i.test(label[at] ?? ""));
        expect(state(slipped)).toBe("action_needed?");
      }),
    );
  });
});

test("the book knows its labels", () => {
  expect(gitlab.labelOf("on_hold")).toBe("SalesOpsAR::On Hold");
  expect(gitlab.reasonLabel("cancelled")).toBe("SalesOPS: Start cancelled");
  expect(gitlab.reasonLabel("nothing")).toBeNull();
});
