import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Desk } from "./desk.ts";

const STACK = readFileSync(new URL("../fixtures/tech-stack.yml", import.meta.url), "utf8");

describe.each(["github", "gitlab"] as const)("daytwo coverage on %s", (kind) => {
  let desk: Desk;
  beforeEach(async () => {
    desk = await Desk.open(kind);
    desk.write("systems/chorus.yml", "name: Chorus\nprovisioners: [amber]\ndeprovisioners: [hr, nobody]\n");
  });
  afterEach(() => desk.close());

  test("asks the forge for handles that are not in the team, and for labels", async () => {
    desk.write(
      "systems/ledger.yml",
      'name: Ledger\nprovisioning: { via: label, labels: ["access-request", "IT::to do"] }\ndeprovisioning: { via: sso }\n',
    );
    const ran = await desk.run("coverage", "--json");
    expect(ran.code).toBe(0);
    const found = ran.json.findings.map(({ system, kind: one }: never) => `${system} ${one}`);
    expect(found).toContain("chorus one-provisioner");
    expect(found).toContain("chorus no-docs");
    expect(found).toContain("ledger missing-label");
    const strangers = ran.json.findings.filter(({ kind: one }: { kind: string }) => one === "unknown-handle");
    expect(strangers.map(({ message }: { message: string }) => message)).toEqual([
      "@nobody of Chorus is neither in the team nor a member of the projects: correct the handle, or add them.",
    ]);
    const report = await desk.run("report", "coverage", "--json");
    expect(report.json.findings).toEqual(ran.json.findings);
    expect(report.json.systems).toBe(ran.json.systems);
  });

  test("without a token it says what it could not ask, and the rest", async () => {
    delete desk.env.GITHUB_TOKEN;
    delete desk.env.GITLAB_TOKEN;
    const ran = await desk.run("coverage");
    expect(ran.code).toBe(0);
    expect(ran.out).toContain("Only @amber can give access to Chorus");
    expect(ran.out).toContain("@hr of Chorus is not in the team");
    expect(ran.out).toContain("is not set: handles were looked for in the team alone");
    expect(ran.requests).toEqual([]);
  });

  test("imports a tech stack; a second time everything is left as it is", async () => {
    desk.write("tech_stack.yml", STACK);
    const dry = await desk.run("coverage", "--import", "tech_stack.yml", "--dry-run", "--json");
    expect(dry.json.imported).toHaveLength(40);
    expect(existsSync(join(desk.cwd, "systems/mail-finder.yml"))).toBe(false);

    const ran = await desk.run("coverage", "--import", "tech_stack.yml", "--json");
    expect(ran.code).toBe(0);
    const { imported, systems } = ran.json;
    const status = (id: string) => imported.find(({ system }: { system: string }) => system === id).status;
    expect(status("chorus")).toBe("left");
    expect(status("mail-finder")).toBe("written");
    expect(readFileSync(join(desk.cwd, "systems/chorus.yml"), "utf8")).toContain("provisioners: [amber]");
    expect((await desk.run("check")).code).toBe(0);
    const again = await desk.run("coverage", "--import", "tech_stack.yml", "--json");
    expect(again.json.imported.every(({ status: one }: { status: string }) => one === "left")).toBe(true);
    expect(again.json.systems).toBe(systems);
    expect(again.json.findings).toEqual(ran.json.findings);
    expect(again.json.findings).toContainEqual({
      system: "hand-book",
      kind: "no-deprovisioner",
      message: "Nobody is named who revokes access to Hand Book: name a deprovisioner.",
    });
  });

  test("a file that is no tech stack is named with its place", async () => {
    desk.write("wrong.yml", "- title: A\n- B\n");
    const ran = await desk.run("coverage", "--import", "wrong.yml");
    expect(ran.code).toBe(2);
    expect(ran.err).toMatch(/^wrong\.yml:2:3: found an entry without keys, expected a list of tools/);
    expect((await desk.run("coverage", "--import", "none.yml")).err).toContain(
      "none.yml: found no such file",
    );
  });
});
