import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { digest } from "../../src/engine/text/digest.ts";
import { createGitLabForge, gitlabApi, gitlabReceiver } from "../../src/forge/gitlab/index.ts";
import type { Issue } from "../../src/model.ts";
import type { Sandbox } from "../../src/sandbox/index.ts";
import { forgeContract } from "./forge.contract.ts";
import { PROJECT, pageCache, sandboxWorld, type World } from "./worlds.ts";

forgeContract("GitLab", (options) => sandboxWorld("gitlab", createGitLabForge, options));

describe("GitLab over HTTP", () => {
  let world: World;
  let sandbox: Sandbox;

  beforeEach(async () => {
    world = await sandboxWorld("gitlab", createGitLabForge);
    if (!world.sandbox) throw new Error("no sandbox");
    sandbox = world.sandbox;
  });
  afterEach(() => world.close());

  it("finds a server under a relative root", async () => {
    const number = world.memory.by("meri").open(PROJECT, { title: "One" });
    const { reader } = world.as({ api: gitlabApi(`${sandbox.url}/gitlab/`) });
    expect((await reader.issue(number))?.title).toBe("One");
  });

  it("reads more than 10,000 issues to the end, and again for a 304 a page", async () => {
    for (let i = 0; i < 10_150; i += 1) world.memory.by("meri").open(PROJECT, { title: `Issue ${i}` });
    const cache = pageCache();
    const read = async () => {
      const before = sandbox.log.length;
      const issues = await world.as({ cache }).reader.issues({ state: "open" });
      return { issues, statuses: sandbox.log.slice(before).map((each) => each.status) };
    };
    const first = await read();
    expect(first.issues.map((issue) => issue.number)).toEqual(
      Array.from({ length: 10_150 }, (_, i) => i + 1),
    );
    // 102 pages, and the question for the way to those after the first.
    expect(first.statuses).toEqual(Array(103).fill(200));
    const second = await read();
    expect(second.issues).toEqual(first.issues);
    expect(second.statuses).toEqual(Array(102).fill(304));
  });

  it("reads comments and history asked for together in one request for each kind", async () => {
    const number = world.memory.by("meri").open(PROJECT, { title: "One", labels: ["a"] });
    world.memory.by("sam").comment(PROJECT, number, "Hello");
    const { reader } = world.forge;
    await Promise.all([reader.comments(number), reader.history(number)]);
    expect(sandbox.log.map((each) => each.kind).sort()).toEqual([
      "GET label events",
      "GET notes",
      "GET state events",
    ]);
  });

  it("asks for one thing at most beside each write", async () => {
    const { writer, requests } = world.forge;
    const number = world.memory.by("meri").open(PROJECT, { title: "One" });
    await writer.addLabel(number, "a");
    await writer.removeLabel(number, "a");
    await writer.assign(number, "sam");
    await writer.unassign(number, "sam");
    await writer.close(number, "completed");
    expect(Object.fromEntries(requests())).toEqual({ "PUT issue": 5, "GET issue": 2, "GET users": 1 });
  });

  it("reads the webhooks that its own writes and other people's bring about", async () => {
    sandbox.webhooks.add({ project: PROJECT, url: "http://127.0.0.1:9/" });
    const { memory, forge } = world;
    const number = memory
      .by("meri")
      .open(PROJECT, { title: "One", body: "- [ ] Box", labels: ["a"], confidential: true });
    memory.by("sam").tick(PROJECT, number, "Box");
    await forge.writer.addLabel(number, "b");
    await forge.writer.removeLabel(number, "a");
    await forge.writer.assign(number, "sam");
    memory.by("sam").comment(PROJECT, number, "/ar take");
    await forge.writer.close(number, "completed");
    const issue = await forge.reader.issue(number);
    const read = sandbox.webhooks.take().map(({ event, payload, id }) => {
      const delivery = gitlabReceiver.read(event, JSON.parse(payload), id);
      expect(delivery).toMatchObject({
        forge: "gitlab",
        project: PROJECT,
        id,
        issue: { number },
      });
      return delivery;
    });
    const at = world.now();
    expect(read.map((each) => [each?.about, each?.action, each?.events])).toEqual([
      ["issue", "open", [{ at, actor: "meri", type: "labeled", label: "a" }]],
      ["issue", "update", [{ at, actor: "sam", type: "ticked", text: "Box" }]],
      ["issue", "update", [{ at, actor: "daytwo", type: "labeled", label: "b" }]],
      ["issue", "update", [{ at, actor: "daytwo", type: "unlabeled", label: "a" }]],
      ["issue", "update", [{ at, actor: "daytwo", type: "assigned", assignee: "sam" }]],
      ["comment", "create", []],
      ["issue", "close", [{ at, actor: "daytwo", type: "closed", reason: null }]],
    ]);
    expect(read[5]?.comment).toBe((await forge.reader.comments(number))[0]?.id);
    // Nothing happened after the last one, so that it tells what a read does.
    const { state, labels, assignees, body } = issue as Issue;
    expect(read.at(-1)?.issue).toMatchObject({ state, labels, assignees, digest: digest(body) });
  });
});
