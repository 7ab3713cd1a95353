import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { systemFile } from "../../../src/engine/config/files.ts";
import type { Imported } from "../../../src/engine/stack/entry.ts";
import { readStack, systemText } from "../../../src/engine/stack/file.ts";
import { type Route, readRoute } from "../../../src/engine/stack/route.ts";
import { type Answer, answers, type Side } from "./answers.ts";

const text = readFileSync(new URL("../../fixtures/tech-stack.yml", import.meta.url), "utf8");
const stack = readStack(text);
if ("fault" in stack) throw new Error(stack.fault.found);
const { entries } = stack;

const side = ({ rest: _, ...route }: Route): Side =>
  Object.fromEntries(
    Object.entries(route).filter(([, value]) => !Array.isArray(value) || value.length > 0),
  ) as never;

const asAnswer = ({ id, provisioner, deprovisioner, system, gaps }: Imported): Answer => ({
  id,
  give: side(provisioner),
  revoke: side(deprovisioner),
  tier: gaps.some(({ field }) => field === "critical_systems_tier") ? null : (system.tier as 1),
  ...(system.sox ? { sox: true } : {}),
  ...(system.docs ? { docs: system.docs } : {}),
  ...(system.owner ? { owner: system.owner } : {}),
});

describe("a tech stack of forty tools", () => {
  test("has an answer to each", () => {
    expect(entries.map(({ id }) => id)).toEqual(answers.map(({ id }) => id));
    expect(entries).toHaveLength(40);
  });

  test.each(answers)("$id", (answer) => {
    const entry = entries.find(({ id }) => id === answer.id) as Imported;
    expect(asAnswer(entry)).toEqual(answer);
  });

  test("what is not understood is said, with the field", () => {
    const gaps = (id: string) => entries.find((one) => one.id === id)?.gaps.map(({ field }) => field);
    expect(gaps("hand-book")).toEqual(["provisioner", "deprovisioner", "handbook_link"]);
    expect(gaps("query-agent")).toEqual([
      "deprovisioner",
      "critical_systems_tier",
      "compliance_scope",
      "handbook_link",
    ]);
    expect(gaps("access-hub")).toContain("provisioner");
    expect(gaps("signatures")).toContain("critical_systems_tier");
    expect(gaps("partner-portal")).toContain("business_owner");
  });

  test("each becomes a valid file that keeps its entry word for word", () => {
    for (const { system } of entries) {
      const read = systemFile.parse(parse(systemText(system)));
      expect({ ...read, source: read.source?.trimEnd() }).toEqual(system);
      expect(text.replaceAll("\n  ", "\n").replaceAll("- title", "title")).toContain(read.source?.trimEnd());
    }
  });

  test("links within a site have an address once the site is known", () => {
    const read = readStack(text, "https://handbook.example.com/");
    expect("entries" in read && read.entries[2]?.system.docs).toBe(
      "https://handbook.example.com/handbook/leandata/",
    );
  });
});

test("one entry among others without a title is told", () => {
  const read = readStack("- title: A\n- provisioner: amber\n");
  const gaps = "entries" in read ? read.entries.map((one) => one.gaps.map(({ field }) => field)) : [];
  expect(gaps.map((fields) => fields.includes("title"))).toEqual([false, true]);
});

describe("what is no tech stack", () => {
  test.each([
    ["", { line: 1, column: 1 }],
    ["title: Salesforce\n", { line: 1, column: 1 }],
    ["- title: A\n- just a word\n", { line: 2, column: 3 }],
    ["- tool: A\n- tool: B\n", { line: 1, column: 1 }],
    ["- title: [\n", { line: 2, column: 1 }],
  ])("%j", (source, place) => {
    const read = readStack(source);
    expect(read).toMatchObject({ fault: { ...place, expected: expect.stringContaining("a list of tools") } });
  });
});

describe("any text of a field", () => {
  test("gives well-formed names, and every handle it gives stands in it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" }), (a, b) => {
        const route = readRoute(`${a} @ana ${b}`);
        for (const handle of [...route.handles, ...route.groups]) {
          expect(`${a} @ana ${b}`.normalize("NFC")).toContain(handle);
          expect(handle).toMatch(/^[\w./-]+$/);
        }
      }),
    );
  });

  test("handles in any company are found", () => {
    const handle = fc
      .stringMatching(/^[a-z][a-z0-9]{1,8}(?:[.-][a-z0-9]{1,4})?$/)
      .filter((one) => !/(team|group|admins|owners|ops|support)$/.test(one));
    const glue = fc.constantFrom(", ", " ", ",", "; ", " and ", "\u00a0");
    fc.assert(
      fc.property(fc.uniqueArray(handle, { minLength: 1, maxLength: 5 }), glue, (names, between) => {
        expect(readRoute(names.map((name) => `@${name}`).join(between)).handles).toEqual(names);
      }),
    );
  });
});
