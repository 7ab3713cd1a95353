import { afterEach, describe, expect, it } from "vitest";
import { commandNames } from "../../src/engine/commands/registry.ts";
import { KINDS } from "../policies/hires.ts";
import { Desk, REQUESTS } from "./desk.ts";

const desks: Desk[] = [];
async function begin(kind: (typeof KINDS)[number]): Promise<Desk> {
  const desk = await Desk.open(kind);
  desks.push(desk);
  desk.sandbox.webhooks.add({ project: REQUESTS, url: desk.memory.web });
  return desk;
}
afterEach(async () => {
  for (const desk of desks.splice(0)) await desk.close();
});

describe("daytwo commands", () => {
  it("lists every command with who may use it", async () => {
    const desk = await begin("github");
    const { code, out } = await desk.run("commands");
    expect(code).toBe(0);
    for (const name of commandNames) expect(out).toContain(`/ar ${name}`);
    expect(out).toContain("May be used by: the Sales Ops team.");
  });

  it("as JSON", async () => {
    const desk = await begin("github");
    const { code, json } = await desk.run("commands", "--json");
    expect(code).toBe(0);
    expect(json.commands.map(({ name }: { name: string }) => name)).toEqual(commandNames);
    expect(json.commands[1]).toMatchObject({ usage: "/ar hold <reason> [until <date>] [because …]" });
  });

  it("still lists what templates may use", async () => {
    const desk = await begin("github");
    expect((await desk.run("commands", "--templates")).out).toContain("{{hire.name}}");
  });
});

describe.each(KINDS)("a command in a comment, as CI hands it over (%s)", (kind) => {
  it("is carried out and answered", async () => {
    const desk = await begin(kind);
    desk.hire();
    await desk.run("tick", "--quiet");
    desk.sandbox.webhooks.take();
    const by = desk.memory.by("sam");
    by.comment(REQUESTS, 1, "/ar take");
    const [delivery] = desk.sandbox.webhooks.take();
    desk.write("event.json", delivery?.payload ?? "");
    const name = kind === "github" ? "issue_comment" : "Note Hook";
    const { code, json } = await desk.run("handle", "--event", name, "--payload", "event.json", "--json");
    expect(code).toBe(0);
    expect(json.changes.map((change: { kind: string }) => change.kind)).toEqual([
      "assign",
      "add-label",
      "remove-label",
      "react",
      "comment",
    ]);
    expect(new Set(json.outcomes.map(({ status }: { status: string }) => status))).toEqual(
      new Set(["applied"]),
    );
    const issue = desk.memory.issue(REQUESTS, 1);
    expect(issue.assignees.map(({ handle }) => handle)).toEqual(["sam"]);
    expect(issue.comments[0]?.reactions.map(({ reaction }) => reaction)).toEqual(["+1"]);
  });
});
