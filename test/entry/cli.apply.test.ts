import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { marker } from "../../src/engine/text/safe.ts";
import { KINDS } from "../policies/hires.ts";
import { BOT, Desk, PEOPLE, REQUESTS, writes } from "./desk.ts";

const desks: Desk[] = [];
afterEach(async () => {
  for (const desk of desks.splice(0)) {
    expect(desk.sandbox.violations).toEqual([]);
    await desk.close();
  }
});

/** A desk with two hires due and one that cannot be read, and the plan for them saved. */
async function planned(kind: (typeof KINDS)[number]): Promise<Desk> {
  const desk = await Desk.open(kind);
  desks.push(desk);
  desk.hire();
  desk.hire({ "Full name": "Grace Hopper" });
  desk.hire({ "Start date": "11/12/2026" });
  const { code, out } = await desk.run("plan", "--out", "plan.json");
  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining("Saved to plan.json") });
  return desk;
}
const read = (desk: Desk) => JSON.parse(readFileSync(join(desk.cwd, "plan.json"), "utf8"));
const save = (desk: Desk, text: string) => writeFileSync(join(desk.cwd, "plan.json"), text);

describe.each(KINDS)("a saved plan (%s)", (kind) => {
  it("is what plan --json prints, and is done as it stands", async () => {
    const desk = await planned(kind);
    const shown = await desk.run("plan", "--json");
    const { requests: _, ...plan } = shown.json;
    expect(read(desk)).toEqual(plan);
    const ran = await desk.run("apply", "plan.json", "--json");
    expect(ran.code).toBe(0);
    expect(ran.json.changes).toEqual(plan.changes);
    expect(ran.json.outcomes.map(({ status }: { status: string }) => status)).toEqual(
      Array(5).fill("applied"),
    );
    expect(ran.json.requests).toBe(ran.requests.length);
    expect(writes(ran)).toHaveLength(5);
    // A tick finds nothing left to do.
    expect((await desk.run("tick", "--json")).json.changes).toEqual([]);
  });

  it("is what a tick would have done", async () => {
    const [a, b] = [await planned(kind), await planned(kind)];
    await a.run("apply", "plan.json");
    await b.run("tick");
    const seen = (desk: Desk) =>
      [...desk.memory.project(REQUESTS).issues.values()]
        .map(({ title, body, labels }) => ({
          title,
          body: body.replaceAll(desk.sandbox.url, ""),
          labels: labels.map(({ name }) => name),
        }))
        .sort((x, y) => (x.title < y.title ? -1 : 1));
    expect(seen(a)).toEqual(seen(b));
  });

  it("applied again does nothing: every outcome skipped, exit 1", async () => {
    const desk = await planned(kind);
    await desk.run("apply", "plan.json");
    const before = desk.snapshot();
    for (let again = 0; again < 2; again++) {
      const ran = await desk.run("apply", "plan.json", "--json");
      expect(ran.code).toBe(1);
      expect(ran.json.outcomes).toHaveLength(5);
      for (const { status, error } of ran.json.outcomes) {
        expect(status).toBe("skipped");
        expect(error).toMatch(/changed/);
      }
      expect(writes(ran)).toEqual([]);
    }
    expect(desk.snapshot()).toBe(before);
  });

  it.each<[string, (desk: Desk) => void]>([
    ["edited", (desk) => desk.memory.by("hr").edit(PEOPLE, 2, { title: "Another title" })],
    ["labelled", (desk) => desk.memory.by("hr").label(PEOPLE, 3, "urgent")],
    ["assigned", (desk) => desk.memory.by("hr").assign(PEOPLE, 1, "sam")],
    ["closed", (desk) => desk.memory.by("hr").close(PEOPLE, 1)],
    ["commented on", (desk) => desk.memory.by("hr").comment(PEOPLE, 1, "Wait")],
    ["deleted", (desk) => desk.memory.removeIssue(PEOPLE, 2)],
  ])("is refused whole when an issue in it has been %s", async (_, meddle) => {
    const desk = await planned(kind);
    desk.now += 60_000;
    meddle(desk);
    const before = desk.snapshot();
    const ran = await desk.run("apply", "plan.json", "--json");
    expect(ran.code).toBe(1);
    expect(ran.json.outcomes.map(({ status }: { status: string }) => status)).toEqual(
      Array(5).fill("skipped"),
    );
    expect(ran.err.trim().split("\n")).toHaveLength(1);
    expect(ran.err).toContain("plan again");
    expect(writes(ran)).toEqual([]);
    expect(desk.snapshot()).toBe(before);
    // Planned again it is done.
    await desk.run("plan", "--out", "plan.json");
    expect((await desk.run("apply", "plan.json")).code).toBe(0);
  });

  it("is refused when what it would open has been opened meanwhile", async () => {
    const desk = await planned(kind);
    const { changes } = read(desk);
    // A tick that was cut short before it could link.
    desk.memory.by(BOT).open(REQUESTS, { title: changes[0].title, body: changes[0].body });
    const before = desk.snapshot();
    const ran = await desk.run("apply", "plan.json", "--json");
    expect(ran.code).toBe(1);
    expect(desk.snapshot()).toBe(before);
  });

  it("is not refused because a stranger forged a marker", async () => {
    const desk = await planned(kind);
    desk.memory.by("mallory").open(REQUESTS, { title: "Mine", body: marker(`hire:${PEOPLE}#1`) });
    expect((await desk.run("apply", "plan.json")).code).toBe(0);
  });

  it("does nothing but what it says, even where more is due", async () => {
    const desk = await planned(kind);
    desk.hire({ "Full name": "Katherine Johnson" });
    const ran = await desk.run("apply", "plan.json", "--json");
    expect(ran.code).toBe(0);
    const titles = [...desk.memory.project(REQUESTS).issues.values()].map(({ title }) => title);
    expect(titles.some((title) => title.includes("Katherine"))).toBe(false);
  });

  it("of one issue is of it alone", async () => {
    const desk = await planned(kind);
    const { json } = await desk.run("plan", "--issue", "onboarding#2", "--json");
    expect(json.changes.map(({ kind: what }: { kind: string }) => what)).toEqual(["create-issue", "comment"]);
    expect(json.changes[0].title).toContain("Grace Hopper");
  });

  it("that is empty is done at once", async () => {
    const desk = await Desk.open(kind);
    desks.push(desk);
    await desk.run("plan", "--out", "plan.json");
    const ran = await desk.run("apply", "plan.json", "--json");
    expect(ran).toMatchObject({ code: 0, json: { changes: [], outcomes: [], problems: [], requests: 0 } });
  });
});

// biome-ignore lint/suspicious/noExplicitAny: a plan is taken apart to break it
type Broken = (plan: any) => unknown;
const BROKEN: readonly [string, Broken, RegExp][] = [
  ["not JSON", () => "{ nothing", /not JSON/],
  ["empty", () => "", /not JSON/],
  ["a list", () => [], /object/],
  ["without a time", ({ at: _, ...plan }) => plan, /at: /],
  ["with a time nobody can read", (plan) => ({ ...plan, at: "yesterday" }), /at: /],
  ["without changes", ({ changes: _, ...plan }) => plan, /changes: /],
  ["without versions", ({ versions: _, ...plan }) => plan, /versions: /],
  ["with a version missing", (plan) => ({ ...plan, versions: {} }), /versions\.onboarding#1: /],
  ["of a kind that is none", (plan) => with0(plan, { kind: "delete-issue" }), /changes\.0\.kind: /],
  ["of a project that is none", (plan) => with0(plan, { project: "payroll" }), /changes\.0\.project: /],
  ["with one key too many", (plan) => with0(plan, { confidential: true }), /changes\.0/],
  ["with a label that is a number", (plan) => with0(plan, { labels: [1] }), /changes\.0\.labels\.0: /],
  ["with an issue to create that has a number", (plan) => with0(plan, { issue: 3 }), /changes\.0\.issue: /],
  [
    "with an issue number below one",
    (plan) => ({ ...plan, changes: [...plan.changes.slice(0, 2), { ...plan.changes[2], issue: 0 }] }),
    /changes\.2\.issue: /,
  ],
];
// biome-ignore lint/suspicious/noExplicitAny: as above
const with0 = (plan: any, more: object) => ({
  ...plan,
  changes: [{ ...plan.changes[0], ...more }, ...plan.changes.slice(1)],
});

describe("a plan file that is broken ends with 2 and does nothing", () => {
  it.each(BROKEN)("%s", async (_, harm, says) => {
    const desk = await planned("github");
    const harmed = harm(read(desk));
    save(desk, typeof harmed === "string" ? harmed : JSON.stringify(harmed));
    const before = desk.snapshot();
    const ran = await desk.run("apply", "plan.json", "--json");
    expect(ran.code).toBe(2);
    expect(ran.json.errors.length).toBeGreaterThan(0);
    for (const error of ran.json.errors) {
      expect(Object.keys(error).sort()).toEqual(
        ["column", "expected", "file", "found", "line", "message", "nearest", "path"].sort(),
      );
      expect(error.file).toBe("plan.json");
    }
    expect(ran.json.errors.map(({ message }: { message: string }) => message).join("\n")).toMatch(says);
    expect(ran.err.trim().split("\n")).toHaveLength(ran.json.errors.length);
    expect(ran.requests).toEqual([]);
    expect(desk.snapshot()).toBe(before);
  });

  it("a file that is not there, and a folder that cannot be written to", async () => {
    const desk = await planned("gitlab");
    const ran = await desk.run("apply", "nowhere.json", "--json");
    expect(ran.code).toBe(2);
    expect(ran.json.errors[0]).toMatchObject({ file: "nowhere.json", expected: "a readable file" });
    const out = await desk.run("plan", "--out", "no/such/folder/plan.json", "--json");
    expect(out.code).toBe(2);
    expect(out.json.errors[0]).toMatchObject({ file: "no/such/folder/plan.json" });
  });
});
