import { describe, expect, it } from "vitest";
import { readReview } from "../../src/engine/review/read.ts";
import { findMarkers } from "../../src/engine/text/safe.ts";
import { deathless, deaths, tickThatDies } from "../dying.ts";
import { MINUTE, REQUESTS, type Story } from "../story.ts";
import { answers, begin, gave, people, removals, review, reviews, takesBack } from "./access-review.world.ts";
import { commentsOf, KINDS, labelsOf } from "./hires.ts";

const about = (story: Story, owner: string) => {
  story.about = { project: "requests", number: review(story, owner).number };
};

/** All that this rule ever writes: reviews, a box put back, removals and their links, news for one, a reminder, a reopening. */
const STEPS: readonly ((story: Story) => void)[] = [
  people,
  (story) => {
    about(story, "meri");
    story.does(answers("mallory", "Keep", "Grace Hopper"), answers("meri", "Revoke", "Ada Lovelace"));
  },
  (story) => story.does(answers("sam", "Revoke", "Grace Hopper")),
  (story) => story.does(takesBack("sam", "Revoke", "Grace Hopper")),
  (story) => {
    story.now = Date.UTC(2026, 11, 28, 15);
  },
  (story) => story.memory.by("meri").close(REQUESTS, story.about.number),
];

async function play(story: Story, look: (story: Story) => Promise<void>): Promise<string> {
  for (const step of STEPS) {
    story.now += MINUTE;
    step(story);
    await look(story);
    // As it starts again.
    story.now += MINUTE;
    await story.tick();
    expect((await story.tick()).changes).toEqual([]);
  }
  return outcome(story);
}

/** What people see in the end: issues may have come in another order. */
function outcome(story: Story): string {
  const all = [...reviews(story), ...removals(story)].map((one) => ({
    title: one.title,
    state: one.state,
    labels: labelsOf(one),
    boxes: one.body.match(/^- \[[ x]\] .*/gm),
    told: story
      .see({ project: "requests", number: one.number })
      .section("access-review")
      ?.replace(/#\d+/g, "#")
      .replace(/\/issues\/\d+/g, ""),
    comments: commentsOf(story, one.number, REQUESTS).length,
  }));
  return JSON.stringify(
    all.toSorted((a, b) => (a.title < b.title ? -1 : 1)),
    null,
    1,
  );
}

describe.each(KINDS)(
  "a crash at any write leaves one review for each owner and one removal for each person (%s)",
  async (kind) => {
    const life = deathless();
    const wanted = await play(await begin({ kind }), tickThatDies(life));

    it("the story itself is as it should be", () => {
      expect(life.written).toBeGreaterThan(8);
      expect(JSON.parse(wanted)).toMatchObject([
        { title: "Access review 2026-Q4: amber", comments: 1 },
        { title: "Access review 2026-Q4: meri", state: "open", comments: 2 },
        { title: "Access review: revoke the access of Ada Lovelace" },
        {
          title: "Access review: revoke the access of Grace Hopper",
          told: expect.stringContaining("**Not to be revoked after all:** Salesforce"),
        },
      ]);
    });

    it.each(deaths(life.written))("dying just $when write $n", async ({ n, after }) => {
      const story = await begin({ kind });
      expect(await play(story, tickThatDies({ left: n, after, written: 0 }))).toBe(wanted);
    });
  },
);

describe("a review of several parts", () => {
  const MANY = 150;
  it.each([1, 2])("dying just before write %i, every row is there once", async (n) => {
    const files = {
      "systems/salesforce.yml": "name: Salesforce\nowner: meri\n",
      "systems/chorus.yml": "name: Chorus\nowner: Meri\n",
    };
    const story = await begin({ kind: "github", files });
    for (let i = 0; i < MANY; i++) {
      gave(story, `Person ${i}`, `person.${i}@acme.com`, { salesforce: "Standard", chorus: "Recorder" });
    }
    const life = { left: n, after: false, written: 0 };
    await tickThatDies(life)(story);
    await story.tick();
    expect((await story.tick()).changes).toEqual([]);
    const keys = reviews(story).map(({ body }) => findMarkers(body)[0]);
    expect(keys.toSorted()).toEqual(["review:2026-Q4:meri", "review:2026-Q4:meri:2"]);
    const ids = reviews(story).flatMap(({ body }) => readReview(body).rows.map(({ id }) => id));
    expect([ids.length, new Set(ids).size]).toEqual([2 * MANY, 2 * MANY]);
  });
});
