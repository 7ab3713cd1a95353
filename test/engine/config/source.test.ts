import { describe, expect, it } from "vitest";
import { baseName, globber, globFolder } from "../../../src/engine/config/source.ts";

describe("patterns", () => {
  it.each([
    ["systems/*.yml", "systems/chorus.yml", true],
    ["systems/*.yml", "systems/old/chorus.yml", false],
    ["systems/*.yml", "systems/.hidden.yml", false],
    ["systems/*.yml", "systems/chorus.yaml", false],
    ["systems/*.{yml,yaml}", "systems/chorus.yaml", true],
    ["systems/**/*.yml", "systems/chorus.yml", true],
    ["systems/**/*.yml", "systems/a/b/chorus.yml", true],
    ["systems/**", "systems/a/b", true],
    ["**/*.ics", "calendars/sam.ics", true],
    ["**/*.ics", ".git/sam.ics", false],
    ["s?m.ics", "sam.ics", true],
    ["s?m.ics", "s/m.ics", false],
    ["a+(b).yml", "a+(b).yml", true],
    ["a{b.yml", "a{b.yml", false],
    ["{a,b", "a", true],
  ])("%s on %s: %s", (pattern, path, fits) => {
    expect(globber(pattern)(path)).toBe(fits);
  });

  it("start in the folder before their first wildcard", () => {
    expect(globFolder("systems/*.yml")).toBe("systems");
    expect(globFolder("a/b/**/c/*.yml")).toBe("a/b");
    expect(globFolder("*.yml")).toBe("");
  });

  it("name files by their base name", () => {
    expect(baseName("systems/linkedin-sales-insights.yml")).toBe("linkedin-sales-insights");
  });
});
