import { stripVTControlCharacters } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { ADA_DUE, ADA_TITLE, BASELINE_LABELS, KINDS } from "../policies/hires.ts";
import { Desk, PEOPLE, type Ran, REQUESTS, TOKEN, writes } from "./desk.ts";

const desks: Desk[] = [];
async function open(kind: (typeof KINDS)[number]): Promise<Desk> {
  const desk = await Desk.open(kind);
  desks.push(desk);
  return desk;
}
afterEach(async () => {
  for (const desk of desks.splice(0)) {
    expect(desk.sandbox.violations).toEqual([]);
    await desk.close();
  }
});

const DUE = "2026-11-24T09:00";
const KINDS_OF_CHANGES = [
  ..."create-issue edit-issue add-label remove-label assign unassign comment edit-comment react".split(" "),
  ..."close-issue reopen-issue link-issues pin-issue".split(" "),
];

describe.each(KINDS)("what commands print as JSON (%s)", (kind) => {
  it("plan: when, each change with what its kind needs, each problem", async () => {
    const desk = await open(kind);
    const ada = desk.hire();
    const unreadable = desk.hire({ "Start date": "11/12/2026" });
    const planned = await desk.run("plan", "--at", DUE, "--json");
    const { code, json, err } = planned;
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(json.at).toBe("2026-11-24T14:00:00.000Z");
    expect(Object.keys(json).slice(0, 3)).toEqual(["at", "changes", "problems"]);
    expect(json.changes[0]).toEqual({
      policy: "day-two",
      kind: "create-issue",
      project: "requests",
      issue: null,
      key: `hire:${PEOPLE}#${ada}`,
      title: ADA_TITLE,
      labels: BASELINE_LABELS,
      assignees: [],
      body: expect.stringContaining(`<!-- daytwo:hire:${PEOPLE}#${ada} -->`),
      reason: "Ada Lovelace starts 2026-11-23; Tue 24 Nov 2026 09:00 EST is their day 2.",
    });
    expect(json.changes.slice(1)).toEqual(
      [ada, unreadable].map((issue) =>
        expect.objectContaining({
          policy: "day-two",
          kind: "comment",
          project: "onboarding",
          issue,
          body: expect.any(String),
          reason: expect.any(String),
        }),
      ),
    );
    expect(json.problems).toEqual([
      {
        policy: "day-two",
        project: "onboarding",
        issue: unreadable,
        message:
          '"Start date" reads "11/12/2026": write a date as YYYY-MM-DD, or with its month as an English word, for example 2026-11-23.',
      },
    ]);
    expect(writes(planned)).toEqual([]);
    expect(desk.memory.project(REQUESTS).issues.size).toBe(0);
  });

  it("tick: the same, one outcome to a change in order, and the number of requests", async () => {
    const desk = await open(kind);
    desk.hire();
    const planned = await desk.run("plan", "--at", DUE, "--json");
    const ran = await desk.run("tick", "--at", DUE, "--json");
    expect(ran.code).toBe(0);
    expect(ran.json.changes).toEqual(planned.json.changes);
    expect(ran.json.problems).toEqual([]);
    const issueUrl = (project: string) => desk.memory.issueUrl(desk.memory.project(project), 1);
    expect(ran.json.outcomes).toEqual([
      { status: "applied", issue: 1, url: issueUrl(REQUESTS) },
      { status: "applied", issue: 1, url: expect.stringContaining(issueUrl(PEOPLE)) },
    ]);
    expect(ran.json.requests).toBe(ran.requests.length);
    expect(writes(ran)).toHaveLength(2);
  });

  it("tick: a request that moves has a change of each kind it needs", async () => {
    const desk = await open(kind);
    desk.hire();
    await desk.run("tick", "--at", DUE);
    const seen = new Set<string>(["create-issue", "comment"]);
    const acts = [
      () => desk.memory.by("sam").assign(REQUESTS, 1),
      () => desk.memory.by("sam").label(REQUESTS, 1, "SalesOPS: Waiting on SFDC License"),
      () => desk.memory.by("mallory").label(REQUESTS, 1, "SalesOpsAR::Completed"),
      () => desk.memory.by("sam").close(REQUESTS, 1),
    ];
    for (const act of acts) {
      desk.now += 60_000;
      act();
      desk.now += 60_000;
      const { json } = await desk.run("tick", "--json");
      expect(json.changes).not.toEqual([]);
      expect(json.outcomes).toHaveLength(json.changes.length);
      for (const change of json.changes) {
        seen.add(change.kind);
        expect(KINDS_OF_CHANGES).toContain(change.kind);
        expect(Object.keys(change).slice(0, 4)).toEqual(["policy", "kind", "project", "issue"]);
        expect(change).toMatchObject({ issue: 1, reason: expect.stringMatching(/\S/) });
        if (change.kind.endsWith("-label")) expect(change.label).toEqual(expect.any(String));
        if (change.kind.endsWith("assign")) expect(change.assignee).toEqual(expect.any(String));
        if (change.kind.endsWith("comment")) expect(change.body).toEqual(expect.any(String));
      }
    }
    for (const wanted of ["edit-comment", "add-label", "remove-label", "reopen-issue"])
      expect(seen).toContain(wanted);
  });

  it("a second tick has no outcome and no write, and the one after it is all 304", async () => {
    const desk = await open(kind);
    for (let i = 0; i < 3; i++) desk.hire({ "Full name": `Hire ${i}` });
    desk.hire({ "Start date": "2026-12-01" });
    desk.hire({ "Start date": "12/01/2026" });
    const quiet = ({ json, requests }: Ran) => {
      expect(json).toMatchObject({ changes: [], outcomes: [], requests: requests.length });
      expect(json.problems).toHaveLength(1);
      expect(requests.filter(({ method }) => method !== "GET")).toEqual([]);
    };
    await desk.run("tick", "--json");
    desk.now += 60_000;
    quiet(await desk.run("tick", "--json"));
    desk.now += 60_000;
    quiet(await desk.run("tick", "--json"));
    desk.now += 60_000;
    const last = await desk.run("tick", "--json");
    quiet(last);
    expect(last.requests.filter(({ status, kind: what }) => status !== 304 && what !== "GET user")).toEqual(
      [],
    );
    // Lists of what is open and of what was closed of late: of the requests, of hires, and of leavers.
    expect(last.requests.length).toBeLessThanOrEqual(7);
    expect(desk.memory.project(REQUESTS).issues.size).toBe(3);
  });

  it("the due minute: nothing at 8:59, one at 9:00, nothing at 9:01, by --at alone", async () => {
    const desk = await open(kind);
    desk.hire();
    desk.now = ADA_DUE - 30 * 86_400_000;
    expect((await desk.run("tick", "--at", "2026-11-24T08:59", "--json")).json.changes).toEqual([]);
    expect((await desk.run("tick", "--at", "2026-11-24T13:59:59Z", "--json")).json.changes).toEqual([]);
    expect((await desk.run("tick", "--at", "2026-11-24T15:00+01:00", "--json")).json.changes).toHaveLength(2);
    expect((await desk.run("tick", "--at", "2026-11-24T09:01:00-05:00", "--json")).json.changes).toEqual([]);
    expect((await desk.run("tick", "--at", "2026-11-24 09:02", "--json")).json.changes).toEqual([]);
    expect((await desk.run("tick", "--at", "2026-11-25", "--json")).json.at).toBe("2026-11-25T05:00:00.000Z");
  });

  it("--catch-up opens what is older than onboarding.late", async () => {
    const desk = await open(kind);
    desk.hire();
    const at = ["--at", "2027-01-20T09:00", "--json"];
    const first = await desk.run("tick", ...at);
    expect(first.json).toMatchObject({ changes: [], outcomes: [] });
    expect(first.json.problems[0].message).toContain("daytwo tick --catch-up");
    expect(first.code).toBe(0);
    const second = await desk.run("tick", "--catch-up", ...at);
    expect(second.json.outcomes).toHaveLength(2);
    expect(desk.memory.issue(REQUESTS, 1).body).toContain("late");
  });

  it("check: no errors, and what was read", async () => {
    const desk = await open(kind);
    const { code, json, requests } = await desk.run("check", "--json");
    expect(code).toBe(0);
    expect(json).toMatchObject({ errors: [], systems: 1, baselines: 1, team: 3 });
    expect(requests).toEqual([]);
  });

  it("explain on a hire: when it is due, what it gets, and why each person is called", async () => {
    const desk = await open(kind);
    desk.hire({ Manager: "@hr" });
    const soon = await desk.run("explain", "onboarding#1", "--at", "2026-11-23", "--json");
    expect(soon.code).toBe(0);
    expect(soon.json.issue).toMatchObject({ project: "onboarding", number: 1 });
    const texts = soon.json.rules.map(({ text }: { text: string }) => text);
    expect(texts).toEqual([
      "The access request opens at Tue 24 Nov 2026 09:00 EST: day 2 of a start on Mon 23 Nov 2026 is Tue 24 Nov 2026.",
      "It gets the baseline of Account Executive: salesforce.",
      "On copy: amber, meri, since the team names them as DRIs. Nobody is assigned: whoever takes it assigns themself.",
      "@hr is mentioned as the manager.",
    ]);
    expect(soon.json.next).toEqual([{ rule: "day-two", text: texts[0], at: "2026-11-24T14:00:00.000Z" }]);
    await desk.run("tick");
    const then = await desk.run("explain", `${PEOPLE}#1`);
    expect(then.out).toContain(`Its access request is ${REQUESTS}#1.`);
    expect(writes(soon)).toEqual([]);
  });

  it("explain on a request: its state, the moves from it, and where it comes from", async () => {
    const desk = await open(kind);
    desk.hire();
    await desk.run("tick");
    const url = desk.memory.issueUrl(desk.memory.project(REQUESTS), 1);
    for (const ref of ["1", "#1", "requests#1", `${REQUESTS}#1`, url]) {
      const { code, out } = await desk.run("explain", ref);
      expect(code).toBe(0);
      expect(out).toContain(ADA_TITLE);
      expect(out).toContain("Action Needed");
      expect(out).toContain(`opened for the hire ${PEOPLE}#1`);
    }
  });

  it("explain on an issue that is not there, or of another project, ends with 2", async () => {
    const desk = await open(kind);
    for (const ref of ["99", "onboarding#99", "other/project#1", "zero", "#0", "https://example.com/x/y"]) {
      const { code, json, err } = await desk.run("explain", ref, "--json");
      expect(code).toBe(2);
      expect(json.errors).toHaveLength(1);
      expect(err.trim().split("\n")).toHaveLength(1);
    }
  });
});

describe.each(KINDS)("what commands print for people (%s)", (kind) => {
  it("plan and tick say what, where, why and how much", async () => {
    const desk = await open(kind);
    desk.hire();
    const planned = await desk.run("plan");
    expect(planned.out).toContain(`open "${ADA_TITLE}"`);
    expect(planned.out).toContain("2 changes planned; nothing was written.");
    const ticked = await desk.run("tick");
    expect(ticked.out).toContain("2 of 2 changes applied.");
    expect(ticked.out).toContain(`/issues/1`);
    expect(ticked.out).toContain(`${ticked.requests.length} forge requests`);
    expect((await desk.run("tick")).out).toContain("Nothing to do.");
    for (const { err } of [planned, ticked]) expect(err).toBe("");
  });

  it("other people's words stay on one line, and act on no terminal and no runner", async () => {
    const desk = await open(kind);
    desk.hire({ "Full name": "Eve\n::add-mask::x\n##[add-mask]y \u001b[31mred\u202e" });
    desk.hire({ "Start date": "soon\n::set-output name=x::y" });
    for (const { out, err } of [
      await desk.run("plan"),
      await desk.run("tick"),
      await desk.run("explain", "onboarding#1"),
    ]) {
      for (const text of [out, err]) {
        expect(text).not.toMatch(/^\s*::/m);
        expect(text).not.toContain("##[");
        expect(text).not.toMatch(/(?!\n)\p{Cc}|[\u202a-\u202e]/u);
      }
    }
  });

  it("progress goes to a terminal only, and --quiet keeps it away", async () => {
    const desk = await open(kind);
    desk.hire();
    expect((await desk.run("plan")).err).toBe("");
    desk.terminal = true;
    const { out, err } = await desk.run("plan", "--json");
    expect(err).toContain("reading…");
    expect(() => JSON.parse(out)).not.toThrow();
    expect((await desk.run("tick", "--quiet", "--json")).err).toBe("");
  });

  it("colours go to a terminal only, wherever progress goes", async () => {
    const desk = await open(kind);
    desk.terminal = true;
    const filed = (await desk.run("check")).out;
    expect(filed).not.toContain("\u001b");
    desk.terminal = false;
    desk.screen = true;
    const shown = (await desk.run("check")).out;
    expect(shown.startsWith("\u001b[32mThe configuration is valid.\u001b[39m ")).toBe(true);
    expect(stripVTControlCharacters(shown)).toBe(filed);
    expect((await desk.run("commands")).out).toContain("\n\u001b[1m/ar take\u001b[22m\n");
    desk.hire({ "Full name": "Eve \u001b[31mred\u001b]0;title\u0007" });
    expect(stripVTControlCharacters((await desk.run("plan")).out)).toMatch(/^(?:(?!\n)\P{Cc}|\n)+$/u);
    desk.env.NO_COLOR = "1";
    expect((await desk.run("check")).out).toBe(filed);
  });

  it("no token is ever printed, however a command ends", async () => {
    const desk = await open(kind);
    desk.hire();
    desk.terminal = true;
    const runs = [
      await desk.run("plan", "--json"),
      await desk.run("tick"),
      await desk.run("explain", "1", "--json"),
      await desk.run("check"),
    ];
    desk.sandbox.faults.next({ match: /./, kind: "status", status: 401, body: { message: `bad ${TOKEN}` } });
    runs.push(await desk.run("tick", "--json"));
    for (const { out, err } of runs) expect(out + err).not.toContain("5ecret");
  });
});
