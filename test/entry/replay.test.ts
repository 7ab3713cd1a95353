import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Desk, REQUESTS, writes } from "./desk.ts";

const HOUR = 3_600_000;

describe.each(["github", "gitlab"] as const)("daytwo replay on %s", (kind) => {
  let desk: Desk;
  let since: string;
  beforeEach(async () => {
    desk = await Desk.open(kind);
    since = new Date(desk.now - 24 * HOUR).toISOString();
  });
  afterEach(() => desk.close());
  const replay = () => desk.run("replay", "--since", since, "--json");
  type Told = { did: boolean; kind: string; policy: string; label?: string };
  const missed = ({ would }: { would: Told[] }) =>
    would.filter(({ did }) => !did).map(({ kind: one, policy }) => `${policy} ${one}`);

  test("what daytwo did, the rules would have done, and nothing else", async () => {
    desk.hire();
    await desk.run("tick");
    const ar = Math.max(...desk.memory.project(REQUESTS).issues.keys());
    desk.now += HOUR;
    desk.memory.by("amber").assign(REQUESTS, ar);
    await desk.run("tick");
    desk.now += HOUR;
    desk.memory.by("mallory").label(REQUESTS, ar, "SalesOpsAR::Completed");
    await desk.run("tick");
    desk.now += HOUR;
    const before = desk.snapshot();
    const { json, code, ...ran } = await replay();
    expect(code).toBe(0);
    expect(writes({ json, code, ...ran })).toEqual([]);
    expect(desk.snapshot()).toBe(before);
    expect(missed(json)).toEqual([]);
    expect(json.undue).toEqual([]);
    const did = json.would.map(({ kind: one }: { kind: string }) => one);
    expect(did).toContain("create-issue");
    expect(did).toContain("remove-label");
  });

  test("with daytwo away, everything it would have done", async () => {
    desk.hire();
    const ar = desk.memory
      .by("sam")
      .open(REQUESTS, { title: "By hand", body: "", labels: ["access-request"] });
    desk.now += HOUR;
    desk.memory.by("amber").assign(REQUESTS, ar);
    desk.now += HOUR;
    const { json } = await replay();
    expect(missed(json)).toContain("day-two create-issue");
    expect(missed(json)).toContain("lifecycle add-label");
    const added = json.would.filter((one: Told) => one.kind === "add-label");
    const labels = added.map(({ label }: Told) => label);
    expect(labels).toEqual(["SalesOpsAR::Action Needed", "SalesOpsAR::In Progress"]);
  });

  test("with other rules, what daytwo did and they would not have", async () => {
    desk.hire();
    await desk.run("tick");
    const ar = Math.max(...desk.memory.project(REQUESTS).issues.keys());
    desk.now += HOUR;
    desk.memory.by("sam").assign(REQUESTS, ar);
    await desk.run("tick");
    desk.now += HOUR;
    desk.configure({ more: "" });
    desk.write(
      "other/daytwo.yml",
      `projects:\n  requests: { forge: ${kind}, ${kind === "github" ? "repo" : "project"}: ${REQUESTS}, api: "${desk.api}" }\nteam: [{ handle: amber, dri: true }]\n`,
    );
    const ran = await desk.run("replay", "--since", since, "--config", "other/daytwo.yml", "--json");
    expect(
      ran.json.undue.map(({ type, label }: { type: string; label: string }) => `${type} ${label}`),
    ).toContain("labeled SalesOpsAR::In Progress");
    const shown = await desk.run("replay", "--since", since, "--config", "other/daytwo.yml");
    expect(shown.out).toContain("Was done, and would not have been");
  });

  test("a time to come is refused", async () => {
    const ran = await desk.run("replay", "--since", new Date(desk.now + HOUR).toISOString());
    expect([ran.code, ran.err]).toEqual([
      2,
      expect.stringContaining("expected a time before the present one"),
    ]);
    expect((await desk.run("replay", "--since", "soon")).err).toContain('--since: found "soon"');
  });
});
