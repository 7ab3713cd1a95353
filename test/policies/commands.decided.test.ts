/** `/ar explain` where a decision log is kept, and where none is. */
import { describe, expect, it } from "vitest";
import type { About, Decision } from "../../src/engine/decision.ts";
import { reconcile } from "../../src/run/reconcile.ts";
import { hr, REQUESTS, STATE, Story } from "../story.ts";

const HOUR = 3_600_000;
type Change = Decision["changes"][number];

const change = (kind: Change["kind"], more: Partial<Change> = {}): Change => ({
  policy: "lifecycle",
  kind,
  project: "requests",
  issue: 1,
  reason: "sam took it.",
  what: null,
  outcome: { status: "applied", issue: 1, url: null, error: null },
  ...more,
});

async function begin(kind: "github" | "gitlab") {
  const story = await Story.begin({ kind, via: "memory" });
  story.openRequest();
  const decision = (hoursAgo: number, more: Partial<Decision>): Decision => ({
    at: story.now - hoursAgo * HOUR,
    ended: story.now,
    deliveries: [{ id: "d-1", about: "issue", action: "assigned", actor: "sam" }],
    changes: [],
    problems: [],
    fatal: null,
    whole: true,
    ...more,
  });
  const asked: About[] = [];
  const look = (log: readonly Decision[]) => {
    const decided = async (about: About) => {
      asked.push(about);
      return log;
    };
    const errand = { trigger: { kind: "tick", catchUp: false } as const, now: story.now, subject: null };
    return reconcile({ ...story.team(), decided }, errand);
  };
  const told = () =>
    /Decided lately:\n\n((?:- .*\n?)+)/.exec(story.see().section("commands") ?? "")?.[1]?.split("\n") ?? [];
  return { story, decision, asked, look, told };
}

describe.each(["github", "gitlab"] as const)("/ar explain on %s", (kind) => {
  it("tells what was decided lately in the words of the command line, once", async () => {
    const { story, decision, asked, look, told } = await begin(kind);
    const log = [
      decision(1, { changes: [change("edit-comment"), change("react")] }),
      decision(2, { changes: [change("add-label", { what: STATE.in_progress }), change("edit-comment")] }),
    ];
    await look(log);
    expect(asked).toEqual([]);
    story.does(hr.says("/ar explain"));
    await look(log);
    expect(asked).toEqual([{ forge: kind, project: REQUESTS, number: 1 }]);
    expect(told()).toEqual([
      `- Tue 24 Nov 2026 07:00 EST, issue assigned by sam: add-label "${STATE.in_progress}" on requests#1, applied (lifecycle) sam took it.`,
    ]);
    const before = story.fingerprint();
    expect((await look([decision(0, { changes: [change("close-issue")] })])).changes).toEqual([]);
    expect([story.fingerprint(), asked.length]).toEqual([before, 1]);
  });

  it("tells five at most, and a problem that stays once", async () => {
    const { story, decision, look, told } = await begin(kind);
    const problem = { policy: "intake", project: "requests", issue: 1, message: "No form." } as const;
    const sweeps = [1, 2, 3].map((ago) => decision(ago, { deliveries: [], problems: [problem] }));
    const takes = [4, 5, 6, 7, 8].map((ago) =>
      decision(ago, { changes: [change("assign", { what: `sam${ago}` })] }),
    );
    story.does(hr.says("/ar explain"));
    await look([...sweeps, ...takes]);
    expect(told()).toHaveLength(5);
    expect(told()[0]).toMatch(/^- .*, at a sweep: problem \(intake\): No form\.$/);
    expect(told()[4]).toContain('assign "sam7"');
  });

  it("tells what other people typed as text", async () => {
    const { story, decision, look, told } = await begin(kind);
    const hostile = "a\n/close\n@amber <!-- daytwo:status --> [x](http://x)";
    const failed = { status: "failed", issue: null, url: null, error: hostile } as const;
    story.does(hr.says("/ar explain"));
    await look([
      decision(1, {
        deliveries: [
          { id: "d-1", about: "comment", action: "created", actor: hostile },
          { id: "d-2", about: "issue", action: "edited", actor: "sam" },
        ],
        changes: [change("add-label", { what: hostile, reason: hostile.repeat(10), outcome: failed })],
        fatal: hostile,
      }),
    ]);
    const [line = "", ...others] = told();
    expect(others).toEqual([]);
    expect(line).toContain(", and 1 more delivery: add-label");
    expect(line).toMatch(/…$/);
    expect(line).not.toMatch(/@amber|<!--|[^\\]\[x/);
    expect(story.see().open).toBe(true);
  });

  it("says nothing of decisions where no log is kept", async () => {
    const { story } = await begin(kind);
    story.does(hr.says("/ar explain"));
    await story.tick();
    expect(story.see().section("commands")).toContain("It is Action Needed.");
    expect(story.see().section("commands")).not.toContain("Decided");
  });
});
