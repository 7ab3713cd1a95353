import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Desk, REQUESTS, writes } from "./desk.ts";

describe.each(["github", "gitlab"] as const)("daytwo drill on %s", (kind) => {
  let desk: Desk;
  beforeEach(async () => {
    desk = await Desk.open(kind);
    desk.write(
      "systems/clari.yml",
      "name: Clari\nprovisioners: [sam]\ndeprovisioners: [sam]\ntasks: [Invite]\n",
    );
    desk.write(
      "baselines/ae.yml",
      "role: Account Executive\nsystems: { salesforce: Standard, clari: default }\n",
    );
  });
  afterEach(() => desk.close());
  const day = (days: number) => new Date(desk.now + days * 86_400_000).toISOString().slice(0, 10);
  const drill = (away: string, ...more: string[]) =>
    desk.run("drill", "--away", away, "--from", day(0), "--to", day(14), "--json", ...more);
  // biome-ignore lint/suspicious/noExplicitAny: documents as they are printed
  const about = (json: any, words: string) => json.findings.filter((one: any) => one.title.includes(words));

  test("an open request that only one person can go on with", async () => {
    desk.hire();
    await desk.run("tick");
    const ar = Math.max(...desk.memory.project(REQUESTS).issues.keys());
    const before = desk.snapshot();
    const ran = await drill("sam");
    expect(ran.code).toBe(1);
    expect(writes(ran)).toEqual([]);
    expect(desk.snapshot()).toBe(before);
    const found = about(ran.json, "Clari");
    expect(found.map(({ kind: one, issue, system }: never) => [one, issue, system])).toEqual([
      ["nobody-else", ar, "clari"],
      ["late", ar, "clari"],
    ]);
    expect(found[0].mend).toContain("clari.yml");
    expect(about(ran.json, "Salesforce")).toEqual([]);
    const [first] = desk.memory.issue(REQUESTS, ar).body.match(/- \[ \] Invite/) ?? [];
    expect(first).toBe("- [ ] Invite");
    desk.memory.by("sam").tick(REQUESTS, ar, "Invite");
    expect(about((await drill("sam")).json, "Clari")).toEqual([]);
  });

  test("a hire to come, and the close, are played forward", async () => {
    desk.now -= 7 * 86_400_000;
    desk.hire();
    const { json } = await drill("sam");
    expect(about(json, "to open on")).toMatchObject([
      { kind: "nobody-else", issue: null, system: "clari" },
      { kind: "late", issue: null, system: "clari" },
    ]);
    const alone = await drill("amber,meri,sam");
    expect(about(alone.json, "Close of").some((one: { kind: string }) => one.kind === "late")).toBe(true);
  });

  test("a checklist whose owner is away goes to the next; with everybody away it is told of", async () => {
    desk.configure({
      more: "cadences:\n  - { template: pipeline-review, every: week, on: MON, owner: sam }\n",
    });
    expect(about((await drill("sam")).json, "pipeline-review")).toEqual([]);
    const found = about((await drill("amber,meri,sam")).json, "pipeline-review");
    expect(found.map(({ kind: one, title }: { kind: string; title: string }) => [one, title])).toEqual([
      ["nobody-else", "pipeline-review of 2026-W49"],
      ["late", "pipeline-review of 2026-W49"],
      ["nobody-else", "pipeline-review of 2026-W50"],
    ]);
  });

  test("people says what and why; mistakes are told", async () => {
    desk.hire();
    await desk.run("tick");
    const ran = await desk.run("drill", "--away", "@sam", "--from", day(0), "--to", day(14));
    expect(ran.out).toContain("Nobody else may do it");
    expect(ran.out).toContain("only @sam may do it, and they are away");
    const wrong = await desk.run("drill", "--away", "samm", "--from", day(0), "--to", day(1));
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining("did you mean sam?")]);
    expect((await desk.run("drill", "--away", "sam", "--from", "soon", "--to", day(1))).err).toContain(
      '--from: found "soon", expected a day such as 2026-12-21',
    );
    expect((await desk.run("drill", "--away", "sam", "--from", day(2), "--to", day(1))).code).toBe(2);
  });
});
