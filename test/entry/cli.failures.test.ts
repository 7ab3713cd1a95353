import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { KINDS } from "../policies/hires.ts";
import { Desk, PEOPLE, type Ran, READ_TOKEN, REQUESTS, STRANGER_TOKEN, writes } from "./desk.ts";

const desks: Desk[] = [];
async function due(kind: (typeof KINDS)[number]): Promise<Desk> {
  const desk = await Desk.open(kind);
  desks.push(desk);
  desk.hire();
  desk.hire({ "Full name": "Grace Hopper" });
  return desk;
}
afterEach(async () => {
  for (const desk of desks.splice(0)) await desk.close();
});

/** One clear line for people, one document for machines, and not a word of a secret. */
function oneLine(ran: Ran): string {
  expect(ran.err.trim().split("\n")).toHaveLength(1);
  expect(ran.err).toMatch(/^daytwo: /);
  expect(ran.out + ran.err).not.toContain("5ecret");
  return ran.err;
}

const setToken = (desk: Desk, token: string | undefined) => {
  desk.env.GITHUB_TOKEN = token;
  desk.env.GITLAB_TOKEN = token;
};
const tokenName = (desk: Desk) => (desk.kind === "github" ? "GITHUB_TOKEN" : "GITLAB_TOKEN");

interface Failure {
  readonly what: string;
  harm(desk: Desk): void;
  readonly says: (desk: Desk) => readonly string[];
}
const ENDS: readonly Failure[] = [
  {
    what: "a forge that is out of reach",
    harm: (desk) => desk.configure({ api: "http://127.0.0.1:9" }),
    says: () => ["127.0.0.1:9"],
  },
  {
    what: "no token",
    harm: (desk) => setToken(desk, undefined),
    says: (desk) => [`${tokenName(desk)} is not set`, REQUESTS],
  },
  {
    what: "an empty token",
    harm: (desk) => setToken(desk, " \n"),
    says: (desk) => [`${tokenName(desk)} is not set`],
  },
  {
    what: "a wrong token",
    harm: (desk) => setToken(desk, "wrong-5ecret"),
    says: (desk) => [tokenName(desk), "refused"],
  },
  {
    what: "a token of somebody who may not see the projects",
    harm: (desk) => setToken(desk, STRANGER_TOKEN),
    says: (desk) => ["acme/", tokenName(desk)],
  },
  {
    what: "a requests project that is not there",
    harm: (desk) => desk.configure({ requests: "acme/nowhere" }),
    says: () => ["acme/nowhere"],
  },
  {
    what: "an onboarding project that is not there",
    harm: (desk) => desk.configure({ people: "acme/nobody" }),
    says: () => ["acme/nobody"],
  },
  {
    what: "a forge that fails at everything",
    harm: (desk) => desk.sandbox.faults.next({ match: /./, kind: "status", status: 503, times: 10_000 }),
    says: () => ["503", "try again"],
  },
  {
    what: "a connection that breaks at everything",
    harm: (desk) => desk.sandbox.faults.next({ match: /./, kind: "drop-before", times: 10_000 }),
    says: () => ["127.0.0.1"],
  },
];

describe.each(KINDS)("what ends a command with 3 (%s)", (kind) => {
  it.each(ENDS)("$what: one line that names what to do, nothing half done", async ({ harm, says }) => {
    const desk = await due(kind);
    const before = desk.snapshot();
    harm(desk);
    for (const command of [["tick", "--json"], ["tick"], ["plan", "--json"], ["explain", "onboarding#1"]]) {
      const ran = await desk.run(...command);
      expect(ran.code, command.join(" ")).toBe(3);
      const line = oneLine(ran);
      if (command[0] === "tick") for (const text of says(desk)) expect(line).toContain(text);
      if (command.includes("--json"))
        expect(ran.json).toMatchObject({ error: { message: expect.any(String) } });
      else expect(ran.out).toBe("");
    }
    expect(desk.snapshot()).toBe(before);
  });

  it("a server that is no forge", async () => {
    const desk = await due(kind);
    const server = createServer((_, answer) =>
      answer.writeHead(200, { "content-type": "text/html" }).end("<html>Hi"),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    desk.configure({ api: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    const ran = await desk.run("tick");
    server.close();
    server.closeAllConnections();
    expect(ran.code).toBe(3);
    expect(oneLine(ran)).toContain("api");
  });

  it("a token that is refused half way: what was done is told, and done no further", async () => {
    const desk = await due(kind);
    // The first write goes through, the account is locked, and everything after is refused.
    desk.memory.listen(() => desk.memory.tokens.clear());
    const ran = await desk.run("tick", "--json");
    expect(ran.code).toBe(3);
    oneLine(ran);
    const statuses = ran.json.outcomes.map(({ status }: { status: string }) => status);
    expect(statuses).toHaveLength(4);
    expect(statuses.filter((status: string) => status === "applied")).toHaveLength(1);
    expect(desk.memory.project(REQUESTS).issues.size).toBe(1);
  });
});

describe.each(KINDS)("what ends a command with 1 (%s)", (kind) => {
  it("a token that may only read: nothing is written, and the line says what it lacks", async () => {
    const desk = await due(kind);
    setToken(desk, READ_TOKEN);
    const before = desk.snapshot();
    const ran = await desk.run("tick", "--json");
    expect(ran.code).toBe(1);
    const line = oneLine(ran);
    expect(line).toContain(tokenName(desk));
    expect(line).toMatch(/may not write/);
    expect(ran.json.outcomes.map(({ status }: { status: string }) => status)).not.toContain("applied");
    expect(ran.json.outcomes[0]).toMatchObject({ status: "failed", issue: null, error: expect.any(String) });
    expect(desk.snapshot()).toBe(before);
    expect((await desk.run("plan")).code).toBe(0);
  });

  it.each(["access-request", "SalesOpsAR::Action Needed", "AR-Approval::Manager Approved"])(
    "the label %s is gone: it is named, and no request opens without it",
    async (label) => {
      const desk = await due(kind);
      const { labels } = desk.memory.project(REQUESTS);
      labels.splice(
        labels.findIndex(({ name }) => name === label),
        1,
      );
      const before = desk.snapshot();
      const ran = await desk.run("tick", "--json");
      expect(ran.code).toBe(1);
      const line = oneLine(ran);
      expect(line).toContain(`"${label}"`);
      expect(line).toContain(REQUESTS);
      expect(writes(ran)).toEqual([]);
      expect(ran.json.outcomes.map(({ status }: { status: string }) => status).sort()).toEqual([
        "failed",
        "failed",
        "skipped",
        "skipped",
      ]);
      expect(desk.snapshot()).toBe(before);
      // Made again, it goes through.
      desk.memory.addLabel(REQUESTS, label);
      expect((await desk.run("tick")).code).toBe(0);
      expect(desk.memory.project(REQUESTS).issues.size).toBe(2);
    },
  );

  it("one issue that is refused keeps nobody else waiting", async () => {
    const desk = await due(kind);
    desk.hire({ "Full name": "Katherine Johnson" });
    const status = {
      match: /^POST .*issues(\?.*)?$/,
      kind: "status",
      status: 422,
      body: { message: "no" },
    } as const;
    desk.sandbox.faults.next(status);
    const ran = await desk.run("tick", "--json");
    expect(ran.code).toBe(1);
    expect(desk.memory.project(REQUESTS).issues.size).toBe(2);
    const count = (status: string) =>
      ran.json.outcomes.filter((one: { status: string }) => one.status === status).length;
    expect([count("applied"), count("failed"), count("skipped")]).toEqual([4, 1, 1]);
    expect((await desk.run("tick")).code).toBe(0);
    expect(desk.memory.project(REQUESTS).issues.size).toBe(3);
  });

  it("one issue that may not be touched, either", async () => {
    const desk = await due(kind);
    const body = { message: kind === "github" ? "Must have admin rights to Repository." : "403 Forbidden" };
    desk.sandbox.faults.next({ match: /^POST .*(comments|notes)/, kind: "status", status: 403, body });
    const ran = await desk.run("tick", "--json");
    expect(ran.code).toBe(1);
    expect(desk.memory.project(REQUESTS).issues.size).toBe(2);
    const linked = [1, 2].filter((hire) => desk.memory.issue(PEOPLE, hire).comments.length === 1);
    expect(linked).toHaveLength(1);
    expect((await desk.run("tick")).code).toBe(0);
    expect([1, 2].map((hire) => desk.memory.issue(PEOPLE, hire).comments.length)).toEqual([1, 1]);
  });
});
