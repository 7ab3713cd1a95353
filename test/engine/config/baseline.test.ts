import { describe, expect, it } from "vitest";
import { ambiguous, baselineFor } from "../../../src/engine/config/baseline.ts";
import type { Baseline } from "../../../src/engine/config/files.ts";

const baseline = (role: string, department = "*", region = "*"): Baseline => ({
  role,
  department,
  region,
  systems: {},
  file: `${role}/${department}/${region}`,
});

const baselines = [
  baseline("*"),
  baseline("Account Executive"),
  baseline("Account Executive", "Sales", "EMEA"),
  baseline("Account Executive", "Sales"),
  baseline("*", "Sales", "APAC"),
];

describe("the baseline of a position", () => {
  it.each([
    [{ role: "Account Executive", department: "Sales", region: "EMEA" }, "Account Executive/Sales/EMEA"],
    [{ role: "Account Executive", department: "Sales", region: "AMER" }, "Account Executive/Sales/*"],
    [{ role: " account  executive ", department: "SALES", region: "emea" }, "Account Executive/Sales/EMEA"],
    [{ role: "Account Executive", department: null, region: "EMEA" }, "Account Executive/*/*"],
    [{ role: "Solutions Architect", department: "Sales", region: "APAC" }, "*/Sales/APAC"],
    [{ role: "Recruiter", department: "People" }, "*/*/*"],
  ])("%o is the most specific one", (position, file) => {
    expect(baselineFor({ baselines }, position)?.file).toBe(file);
  });

  it("is none where none fits", () => {
    const only = [baseline("Account Executive", "Sales")];
    expect(
      baselineFor({ baselines: only }, { role: "Account Executive", department: "Marketing" }),
    ).toBeNull();
    expect(baselineFor({ baselines: only }, { role: "Account Executive" })).toBeNull();
    expect(baselineFor({ baselines: [] }, { role: "Account Executive" })).toBeNull();
  });
});

describe("two baselines", () => {
  it.each([
    ["the same", baseline("AE"), baseline("ae"), true],
    ["of other roles", baseline("AE"), baseline("SDR"), false],
    ["of other specificity", baseline("AE"), baseline("AE", "Sales"), false],
    ["that overlap", baseline("AE", "Sales"), baseline("AE", "*", "EMEA"), true],
    ["that cannot both fit", baseline("AE", "Sales", "AMER"), baseline("AE", "Sales", "EMEA"), false],
  ])("%s", (_, a, b, expected) => {
    expect(ambiguous(a, b, [a, b])).toBe(expected);
    expect(ambiguous(b, a, [a, b])).toBe(expected);
  });

  it("that overlap are settled by a third that says what both have in common", () => {
    const [a, b] = [baseline("AE", "Sales"), baseline("AE", "*", "EMEA")];
    expect(ambiguous(a, b, [a, b, baseline("AE", "Sales", "EMEA")])).toBe(false);
  });
});
