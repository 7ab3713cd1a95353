/** The close opens by itself on its working day, once, whatever happens around it. */
import { describe, expect, it } from "vitest";
import { findMarkers } from "../../src/engine/text/safe.ts";
import { DAY, MINUTE, REQUESTS, SELF, Story, type StoryOptions } from "../story.ts";
import { KINDS, requests } from "./hires.ts";

/** Wednesday, 25 November 2026, 9:00 in New York: WD-3 of a month with Thanksgiving on its 26th. */
const OPENS = Date.UTC(2026, 10, 25, 14);
const begin = (options: Partial<StoryOptions> = {}) =>
  Story.begin({ kind: "github", via: "memory", config: "close: {}\n", at: OPENS, ...options });
const closes = (story: Story) => requests(story).filter(({ body }) => body.includes("daytwo:close:"));

describe.each(KINDS)("on %s", (kind) => {
  it.each(["memory", "http"] as const)(
    "over %s it opens at WD-3, once, and is no access request",
    async (via) => {
      const story = await begin({ kind, via, at: OPENS - MINUTE });
      try {
        expect((await story.plan()).changes).toEqual([]);
        story.now = OPENS;
        const { outcomes } = await story.tick();
        expect(outcomes.map(({ status }) => status)).toEqual(["applied"]);
        const [close, ...more] = requests(story);
        expect(more).toEqual([]);
        expect(close?.title).toBe("Sales Ops monthly close: 2026-11");
        expect(close?.labels).toEqual([]);
        expect(close?.assignees).toEqual([]);
        expect(findMarkers(close?.body ?? "")).toEqual(["close:2026-11"]);
        for (const later of [MINUTE, DAY]) {
          story.now += later;
          await story.handle();
          const { changes } = await story.tick();
          expect(changes.filter((one) => one.kind === "create-issue" || "label" in one)).toEqual([]);
        }
        expect(story.sandbox?.violations ?? []).toEqual([]);
      } finally {
        await story.end();
      }
    },
  );
});

describe("never two for one month", () => {
  it.each<[string, (story: Story, number: number) => void]>([
    ["closed", (story, number) => story.memory.by("sam").close(REQUESTS, number)],
    [
      "its marker taken out",
      (story, number) => {
        const { body } = story.memory.issue(REQUESTS, number);
        story.memory.by("sam").edit(REQUESTS, number, { body: body.replace(/<!-- daytwo:close:.*-->/, "") });
      },
    ],
    ["renamed", (story, number) => story.memory.by("sam").edit(REQUESTS, number, { title: "November" })],
  ])("%s", async (_, happens) => {
    const story = await begin();
    await story.tick();
    happens(story, 1);
    for (const days of [0, 2, 9]) {
      story.now = OPENS + days * DAY + MINUTE;
      await story.tick();
    }
    expect(requests(story)).toHaveLength(1);
  });

  it("one that somebody else opened under its marker does not count", async () => {
    const story = await begin();
    story.memory.by("mallory").open(REQUESTS, { title: "x", body: "<!-- daytwo:close:2026-11 -->" });
    await story.tick();
    expect(closes(story)).toHaveLength(2);
  });

  it("a second one is closed and points to the first", async () => {
    const story = await begin();
    await story.tick();
    const first = story.memory.issue(REQUESTS, 1);
    story.memory.by(SELF).open(REQUESTS, { title: first.title, body: first.body });
    await story.tick();
    expect(closes(story).map(({ state }) => state)).toEqual(["open", "closed"]);
    expect(story.see({ project: "requests", number: 2 }).section("monthly-close")).toContain("#1");
    expect((await story.tick()).changes).toEqual([]);
  });
});

describe("late", () => {
  it("it still opens while its tasks are due", async () => {
    const story = await begin({ at: Date.UTC(2026, 11, 9, 20) });
    await story.tick();
    expect(closes(story)[0]?.title).toBe("Sales Ops monthly close: 2026-11");
  });

  it("it opens no more after its last due day, whatever else is caught up", async () => {
    const story = await begin({ at: Date.UTC(2026, 11, 20, 20) });
    expect((await story.tick()).changes).toEqual([]);
    expect((await story.tick({ catchUp: true })).changes).toEqual([]);
  });
});

describe("as configured", () => {
  it("not at all", async () => {
    const story = await begin({ config: "close: false\n" });
    expect((await story.tick()).changes).toEqual([]);
  });

  it("with its own day, time and title, in the team's zone", async () => {
    const config = 'close: { open: -1, at: "16:30", issue: "Close of {{month}}!" }\n';
    const at = Date.UTC(2026, 10, 30, 21, 30);
    const story = await begin({ config, at: at - 1 });
    expect((await story.tick()).changes).toEqual([]);
    story.now = at;
    await story.tick();
    expect(closes(story)[0]?.title).toBe("Close of 2026-11!");
  });

  it("not where daytwo could not find it again", async () => {
    const story = await begin({ trusted: [] });
    const team = story.team();
    const requestsForge = team.forges.requests;
    if (!requestsForge) throw new Error("no forge");
    requestsForge.reader.self = async () => "";
    const { look } = await import("../../src/run/reconcile.ts");
    const errand = { trigger: { kind: "tick", catchUp: false }, now: OPENS, subject: null } as const;
    const { plan } = await look(team, errand);
    expect(plan.changes).toEqual([]);
    expect(plan.problems.map(({ message }) => message)).toEqual([
      expect.stringContaining("trusted in daytwo.yml"),
    ]);
  });
});
