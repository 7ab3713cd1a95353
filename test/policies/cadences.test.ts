/** A cadence opens one issue for each period, whatever happens meanwhile. */
import { describe, expect, it } from "vitest";
import { findMarkers } from "../../src/engine/text/safe.ts";
import { DAY, MINUTE, REQUESTS, SELF, Story, type StoryOptions } from "../story.ts";
import { KINDS, requests } from "./hires.ts";

const WEEKLY = 'cadences: [{ template: pipeline-review, every: week, on: TUE, at: "08:00", owner: sam }]\n';
const QUARTERLY = "cadences: [{ template: system-audit, every: quarter, on: -10 }]\n";
/** Tuesday, 24 November 2026, 8:00 in New York. */
const TUESDAY = Date.UTC(2026, 10, 24, 13);
const WEEK = 7 * DAY;
const begin = (options: Partial<StoryOptions> = {}) =>
  Story.begin({ kind: "github", via: "memory", config: WEEKLY, at: TUESDAY, ...options });
const keys = (story: Story) => requests(story).map(({ body }) => findMarkers(body).at(-1));
const W48 = "cadence:pipeline-review:2026-W48";
const W49 = "cadence:pipeline-review:2026-W49";

describe.each(KINDS)("on %s", (kind) => {
  it.each(["memory", "http"] as const)(
    "over %s it opens each week, with the one before linked",
    async (via) => {
      const story = await begin({ kind, via, at: TUESDAY - MINUTE });
      try {
        story.now = TUESDAY;
        await story.tick();
        story.now += MINUTE;
        expect((await story.tick()).changes).toEqual([]);
        story.now = TUESDAY + WEEK;
        await story.tick();
        expect((await story.tick()).changes).toEqual([]);
        expect(keys(story)).toEqual([W48, W49]);
        const [first, second] = requests(story);
        expect(first?.title).toBe("Pipeline review: 2026-W48");
        expect(first?.labels).toEqual([]);
        expect(first?.assignees).toEqual([]);
        expect(first?.body).toContain("Owner: @sam.");
        expect(first?.body).not.toContain("The one before");
        expect(second?.body).toContain(`The one before: [${REQUESTS}#1](`);
        expect(story.sandbox?.violations ?? []).toEqual([]);
      } finally {
        await story.end();
      }
    },
  );
});

describe("never two for one period", () => {
  it.each<[string, (story: Story) => void]>([
    ["closed at once", (story) => story.memory.by("sam").close(REQUESTS, 1)],
    ["renamed", (story) => story.memory.by("sam").edit(REQUESTS, 1, { title: "Review" })],
    ["its marker taken out", (story) => story.memory.by("sam").edit(REQUESTS, 1, { body: "- [ ] mine" })],
  ])("%s", async (_, happens) => {
    const story = await begin();
    await story.tick();
    happens(story);
    for (const days of [0, 1, 4]) {
      story.now = TUESDAY + days * DAY + MINUTE;
      await story.tick();
      await story.tick({ catchUp: true });
    }
    expect(requests(story)).toHaveLength(1);
  });

  it("a second one is closed and points to the first", async () => {
    const story = await begin();
    await story.tick();
    const first = story.memory.issue(REQUESTS, 1);
    story.memory.by(SELF).open(REQUESTS, { title: first.title, body: first.body });
    await story.tick();
    expect(requests(story).map(({ state }) => state)).toEqual(["open", "closed"]);
    expect((await story.tick()).changes).toEqual([]);
  });
});

describe("late", () => {
  it("it opens for the present period only", async () => {
    const story = await begin({ at: TUESDAY + 2 * WEEK + 3 * DAY });
    await story.tick();
    expect(keys(story)).toEqual(["cadence:pipeline-review:2026-W50"]);
  });

  it("a cadence that is new opens nothing for periods that are over", async () => {
    const story = await begin({ config: QUARTERLY });
    expect((await story.tick()).changes).toEqual([]);
  });

  it("a quarter's finds the one before, though it was closed months ago", async () => {
    const story = await begin({ config: QUARTERLY, at: Date.UTC(2026, 8, 17, 13) });
    await story.tick();
    story.memory.by("sam").close(REQUESTS, 1);
    story.now = Date.UTC(2026, 11, 17, 14);
    const { changes } = await story.tick();
    expect(changes.map(({ kind }) => kind)).toEqual(["create-issue"]);
    expect(keys(story)).toEqual(["cadence:system-audit:2026-Q3", "cadence:system-audit:2026-Q4"]);
    expect(requests(story)[1]?.body).toContain(`The one before: [${REQUESTS}#1](`);
  });
});

describe("as it runs", () => {
  it("one issue alone opens nothing, and asks for no list", async () => {
    const story = await begin();
    story.open("sam", { title: "Something else" });
    const results = await story.handle();
    expect(results.flatMap(({ changes }) => changes)).toEqual([]);
  });

  it("tells by whom and when the next one opens", async () => {
    const story = await begin();
    const { changes } = await story.tick();
    expect(changes[0]?.reason).toBe("The pipeline-review of 2026-W48 is due; sam owns it, as configured.");
    const { explain } = await import("../../src/plan/explain.ts");
    const { lookClosely } = await import("../../src/run/reconcile.ts");
    const { policies } = await import("../../src/policies/index.ts");
    const ref = { project: "requests", number: 1 } as const;
    const errand = { trigger: { kind: "command" }, now: story.now, subject: ref } as const;
    const seen = await lookClosely(story.team(), errand, (facts, occasion) =>
      explain(policies, facts, occasion, ref),
    );
    expect(seen.value.explanations).toContainEqual({
      rule: "cadences",
      text: "The one for 2026-W49 opens.",
      at: TUESDAY + WEEK,
    });
  });
});
