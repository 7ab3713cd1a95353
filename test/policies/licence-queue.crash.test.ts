import { describe, expect, it } from "vitest";
import { deathless, deaths, tickThatDies } from "../dying.ts";
import { MINUTE, REQUESTS, STATE, type Story, sam } from "../story.ts";
import { commentsOf, KINDS, labelsOf, requests } from "./hires.ts";
import { begin, held, hold, leaver, opens } from "./licence-queue.world.ts";

/** In the order in which they wait. */
const ORDER = [5, 1, 9, 3, 12, 7, 2, 11, 4, 10, 6, 8];
const DESK = 13;

/** What people do: seats come by a command, and two leavers free one each. */
const STEPS: readonly ((story: Story) => void)[] = [
  (story) => {
    story.about = { project: "requests", number: DESK };
    sam.says("/ar seats salesforce 5").run(story);
  },
  (story) => {
    leaver(story, "Grace Hopper");
    leaver(story, "Alan Turing");
  },
  (story) => {
    for (const number of [DESK + 1, DESK + 2]) {
      story.about = { project: "requests", number };
      sam.ticks(2).run(story);
      story.now += MINUTE;
    }
  },
];

/** Plays the story; `look` is how daytwo looks, and may die of it. */
async function play(story: Story, look: (story: Story) => Promise<void>): Promise<void> {
  for (let number = 1; number <= 12; number++) opens(story, `person ${number}`);
  hold(story, ORDER);
  opens(story, "the desk");
  await story.tick();
  let freed = 0;
  for (const [i, step] of STEPS.entries()) {
    story.now += MINUTE;
    step(story);
    freed += [5, 0, 2][i] ?? 0;
    await look(story);
    // Never more than were freed, whenever it dies.
    const left = held(story);
    expect(left).toEqual(expect.arrayContaining(ORDER.slice(freed)));
    // As it starts again.
    story.now += MINUTE;
    await story.tick();
    expect((await story.tick()).changes).toEqual([]);
    expect(held(story)).toEqual(ORDER.slice(freed).toSorted((a, b) => a - b));
  }
}

/** What people see in the end. Which leaver's seat went to whom may differ. */
const outcome = (story: Story): string =>
  JSON.stringify(
    requests(story).map(({ number, ...request }) => [
      number,
      labelsOf({ number, ...request }),
      commentsOf(story, number, REQUESTS).length,
      story
        .see({ project: "requests", number })
        .section("licence-queue")
        ?.replace(/(?<=for #)[27](?=,)|(?<=free on #)1[45](?=\\.)/g, "N") ?? null,
    ]),
    null,
    1,
  );

describe("a crash at any write: the right seven, once each", async () => {
  const calm = await Promise.all(
    KINDS.map(async (kind) => {
      const story = await begin({ kind });
      const life = deathless();
      await play(story, tickThatDies(life));
      return { kind, story, written: life.written, wanted: outcome(story) };
    }),
  );

  it.each(calm)("the story itself is as it should be ($kind)", ({ story, written }) => {
    expect(written).toBeGreaterThan(20);
    for (const number of ORDER.slice(0, 7)) {
      expect(story.see({ project: "requests", number }).labels).toContain(STATE.action_needed);
    }
  });

  // To die just after a write is to die before the next: each gap once on either forge, from its two sides.
  it.each(
    calm.flatMap(({ kind, written, wanted }, i) =>
      deaths(written)
        .filter(({ n }) => n % 2 === i)
        .map((death) => ({ kind, wanted, ...death })),
    ),
  )("dying just $when write $n ($kind)", async ({ kind, n, after, wanted }) => {
    const story = await begin({ kind });
    await play(story, tickThatDies({ left: n, after, written: 0 }));
    expect(outcome(story)).toBe(wanted);
  });
});
