import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { diskFiles, findConfig, loadConfigFrom, shippedTemplates } from "../../src/run/config.ts";

const MINIMAL = "projects: { requests: { forge: github, repo: acme/ar } }\nteam: [{ handle: amber }]\n";

let top: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), "daytwo-config-"));
});
afterEach(() => rmSync(top, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(top, path)), { recursive: true });
  writeFileSync(join(top, path), text);
}

describe("the configuration of a folder", () => {
  it("is daytwo.yml, else the one in .github, else the one in .gitlab, or the one that is named", () => {
    expect(findConfig(top)).toBeNull();
    write(".gitlab/daytwo.yml", MINIMAL);
    expect(findConfig(top)).toBe(join(top, ".gitlab/daytwo.yml"));
    write(".github/daytwo.yml", MINIMAL);
    expect(findConfig(top)).toBe(join(top, ".github/daytwo.yml"));
    write("daytwo.yml", MINIMAL);
    expect(findConfig(top)).toBe(join(top, "daytwo.yml"));
    write("teams/emea.yml", MINIMAL);
    expect(findConfig(top, "teams/emea.yml")).toBe(join(top, "teams/emea.yml"));
    expect(findConfig(top, "teams/apac.yml")).toBeNull();
  });

  it("is missed with the places where it was looked for", () => {
    expect(loadConfigFrom(top).faults?.[0]?.message).toContain(".github/daytwo.yml");
    expect(loadConfigFrom(top, "x.yml").faults?.[0]).toMatchObject({ file: "x.yml", line: 1, column: 1 });
  });

  it("reads the folders beside it and tells faults where they are seen from", () => {
    write("teams/emea/daytwo.yml", MINIMAL);
    write("teams/emea/systems/chorus.yml", "name: Chorus\n");
    expect([...(loadConfigFrom(top, "teams/emea/daytwo.yml").config?.systems.keys() ?? [])]).toEqual([
      "chorus",
    ]);
    write("teams/emea/systems/chorus.yml", "nam: Chorus\n");
    const [seenFromTop] = loadConfigFrom(top, "teams/emea/daytwo.yml").faults ?? [];
    expect(seenFromTop?.file).toBe("teams/emea/systems/chorus.yml");
    write("elsewhere/x", "");
    const [seenFromBeside] = loadConfigFrom(join(top, "elsewhere"), "../teams/emea/daytwo.yml").faults ?? [];
    expect(seenFromBeside?.file).toBe("../teams/emea/systems/chorus.yml");
  });

  it("has rules that change with any file it read", () => {
    write("daytwo.yml", MINIMAL);
    write("systems/chorus.yml", "name: Chorus\n");
    const before = loadConfigFrom(top).rules;
    expect(loadConfigFrom(top).rules).toBe(before);
    write("systems/chorus.yml", "name: Chorus.ai\n");
    expect(loadConfigFrom(top).rules).not.toBe(before);
  });
});

describe("files of a folder", () => {
  it("are only those in it, whatever a path or a link says", () => {
    write("inside/daytwo.yml", MINIMAL);
    write("secret.txt", "secret");
    write("outside/a.yml", "name: A\n");
    symlinkSync(join(top, "secret.txt"), join(top, "inside/link.txt"));
    mkdirSync(join(top, "inside/systems"));
    symlinkSync(join(top, "outside/a.yml"), join(top, "inside/systems/a.yml"));
    symlinkSync(join(top, "outside"), join(top, "inside/more"));
    const files = diskFiles(join(top, "inside"));
    expect(files.read("daytwo.yml")).toBe(MINIMAL);
    for (const path of [
      "../secret.txt",
      join(top, "secret.txt"),
      "link.txt",
      "systems/a.yml",
      "systems",
      "none",
    ]) {
      expect(files.read(path), path).toBeNull();
    }
    for (const pattern of ["systems/*.yml", "../outside/*.yml", "more/*.yml", "**/*.yml"]) {
      expect(files.glob(pattern), pattern).toEqual(pattern === "**/*.yml" ? ["daytwo.yml"] : []);
    }
  });

  it("do not include dependencies, and come in order", () => {
    for (const path of ["b.yml", "a.yml", "node_modules/x/c.yml", ".git/d.yml", "z/e.yml"]) write(path, "");
    expect(diskFiles(top).glob("**/*.yml")).toEqual(["a.yml", "b.yml", "z/e.yml"]);
  });
});

describe("shipped templates", () => {
  it("are those of the package", () => {
    expect([...shippedTemplates().keys()]).toEqual(
      expect.arrayContaining(["general", "monthly-close", "new-hire", "pipeline-review", "system-audit"]),
    );
  });
});
