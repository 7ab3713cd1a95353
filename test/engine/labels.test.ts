import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ConfiguredLabel } from "../../src/engine/config/configured-labels.ts";
import { labelsByProject } from "../../src/engine/config/configured-labels.ts";
import { type LabelChange, type PresentLabel, planLabels } from "../../src/engine/labels.ts";
import { configOf } from "./forms/setting.ts";

const want = (name: string, more: Partial<ConfiguredLabel> = {}): ConfiguredLabel => ({
  name,
  color: "#777777",
  description: "",
  previously: [],
  styled: true,
  ...more,
});
const has = (name: string, more: Partial<PresentLabel> = {}): PresentLabel => ({
  name,
  color: "#777777",
  description: "",
  ...more,
});

/** What stands after the changes, as a forge makes them. */
function after(
  have: readonly PresentLabel[],
  changes: readonly LabelChange[],
  fold: (name: string) => string,
) {
  const labels = have.map((label) => ({ ...label }));
  for (const change of changes) {
    const named = (name: string) => labels.find((label) => fold(label.name) === fold(name));
    if (change.kind === "create-label") {
      if (named(change.label)) throw new Error(`${change.label} is there already`);
      labels.push({ name: change.label, color: change.color, description: change.description });
      continue;
    }
    const label = named(change.from);
    if (!label) throw new Error(`no label ${change.from}`);
    const taken = change.name === undefined ? undefined : named(change.name);
    if (taken && taken !== label) throw new Error(`${change.name} is taken`);
    label.name = change.name ?? label.name;
    label.color = change.color ?? label.color;
    label.description = change.description ?? label.description;
  }
  return labels;
}

describe("labels as they are to be", () => {
  const cases: {
    what: string;
    want: ConfiguredLabel[];
    have: PresentLabel[];
    changes: Partial<LabelChange>[];
    problems?: RegExp[];
  }[] = [
    { what: "one that is right", want: [want("A")], have: [has("A"), has("other")], changes: [] },
    {
      what: "one that is missing",
      want: [want("A", { description: "What" })],
      have: [has("B")],
      changes: [{ kind: "create-label", label: "A", color: "#777777", description: "What" }],
    },
    {
      what: "another colour and description",
      want: [want("A", { color: "#D9534F", description: "What" })],
      have: [has("A", { description: "Else" })],
      changes: [{ kind: "edit-label", from: "A", color: "#d9534f", description: "What" }],
    },
    {
      what: "a colour written in capitals",
      want: [want("A", { color: "#AABBCC" })],
      have: [has("A", { color: "#aabbcc" })],
      changes: [],
    },
    {
      what: "a description that the configuration has none of",
      want: [want("A")],
      have: [has("A", { description: "By hand" })],
      changes: [],
    },
    {
      what: "looks that the configuration says nothing of",
      want: [want("A", { styled: false, color: "#111111", description: "What" })],
      have: [has("A", { color: "#222222", description: "By hand" })],
      changes: [],
    },
    {
      what: "odd case",
      want: [want("SalesOpsAR::On Hold")],
      have: [has("salesopsar::on hold")],
      changes: [{ kind: "edit-label", from: "salesopsar::on hold", name: "SalesOpsAR::On Hold" }],
    },
    {
      what: "a former name, repainted at once",
      want: [want("A", { previously: ["older", "old"], color: "#d9534f" })],
      have: [has("Old")],
      changes: [{ kind: "edit-label", from: "Old", name: "A", color: "#d9534f" }],
    },
    {
      what: "two former names: the first is renamed, the other told",
      want: [want("A", { previously: ["older", "old"] })],
      have: [has("old"), has("older")],
      changes: [{ kind: "edit-label", from: "older", name: "A" }],
      problems: [/"A".*"old".*delete "old"/],
    },
    {
      what: "a former name beside the present one",
      want: [want("A", { previously: ["old"] })],
      have: [has("A"), has("old")],
      changes: [],
      problems: [/"A".*"old"/],
    },
    {
      what: "one of a group, as wanted",
      want: [want("A")],
      have: [has("A", { shared: true })],
      changes: [],
    },
    {
      what: "one of a group that looks otherwise",
      want: [want("A", { color: "#d9534f" })],
      have: [has("A", { shared: true })],
      changes: [],
      problems: [/group.*#d9534f/],
    },
    {
      what: "a label of another meaning, whatever its case",
      want: [want("a b"), want("A B")],
      have: [has("A B")],
      changes: [{ kind: "create-label", label: "a b" }],
    },
  ];

  it.each(cases)("$what", ({ want: wanted, have, changes, problems = [] }) => {
    const plan = planLabels(wanted, have);
    expect(plan.changes).toMatchObject(changes);
    expect(plan.changes).toHaveLength(changes.length);
    expect(plan.problems).toEqual(problems.map((problem) => expect.stringMatching(problem)));
    for (const { reason } of plan.changes) expect(reason.length).toBeGreaterThan(10);
  });

  const names = ["A", "a", "B", "b", "C", "old a", "Old A", "x"];
  const present = fc.record({
    name: fc.constantFrom(...names),
    color: fc.constantFrom("#111111", "#222222"),
    description: fc.constantFrom("", "By hand"),
  });
  const wanted = fc.uniqueArray(fc.constantFrom("A", "B", "C"), { minLength: 1 }).chain((some) =>
    fc.tuple(
      ...some.map((name) =>
        fc.record({
          name: fc.constant(name),
          color: fc.constantFrom("#111111", "#222222"),
          description: fc.constantFrom("", "What"),
          previously: fc.constant(name === "A" ? ["old a"] : []),
          styled: fc.boolean(),
        }),
      ),
    ),
  );

  it.each([
    ["GitHub", (name: string) => name.toLowerCase()],
    ["GitLab", (name: string) => name],
  ] as const)(
    "on %s: all there, nothing lost, nothing touched that is not ours, and a second time nothing to do",
    (_, fold) => {
      fc.assert(
        fc.property(wanted, fc.uniqueArray(present, { selector: ({ name }) => fold(name) }), (all, have) => {
          const { changes } = planLabels(all, have);
          const labels = after(have, changes, fold);
          for (const { name } of all) expect(labels.map((label) => label.name)).toContain(name);
          expect(labels.length).toBe(
            have.length + changes.filter(({ kind }) => kind === "create-label").length,
          );
          expect(labels).toEqual(expect.arrayContaining(have.filter(({ name }) => name === "x")));
          expect(planLabels(all, labels).changes).toEqual([]);
        }),
        { numRuns: 1000 },
      );
    },
  );
});

describe("the labels of each project", () => {
  it("onboarding's are apart, unless one project is both", () => {
    const two = labelsByProject(configOf("github"));
    expect(two.requests.map(({ name }) => name)).toContain("AR-Approval::Manager Approved");
    expect(two.onboarding.map(({ name }) => name)).toEqual([
      "onboarding",
      "onboarding-cancelled",
      "offboarding",
    ]);
    const one = labelsByProject(configOf("gitlab", {}, { onboarding: "acme/access-requests" }));
    expect(one.onboarding).toEqual([]);
    expect(one.requests.length).toBe(two.requests.length + 3);
    const off = labelsByProject(configOf("github", {}, { more: "onboarding: false" }));
    // Leavers are none of onboarding's business.
    expect(off.onboarding.map(({ name }) => name)).toEqual(["offboarding"]);
  });
});
