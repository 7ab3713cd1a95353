/** daytwo dies at any write of a close; the next look leaves what the first would have left. */
import { describe, expect, it } from "vitest";
import { deathless, deaths, type Life, tickThatDies } from "../dying.ts";
import { MINUTE, meri, Story, sam } from "../story.ts";
import { KINDS, requests } from "./hires.ts";
import { BOX, OPENS, stand, TEMPLATE } from "./monthly-close.world.ts";

/** By the clocks of New York in winter. */
const at = (day: string, time: string) => Date.parse(`${day}T${time}:00-05:00`);

/** All that this rule ever writes: issue, wrong reviews, a signature, reminders, a reopening, what is edited later. */
const STEPS: readonly ((story: Story) => void)[] = [
  () => undefined,
  (story) => {
    story.about = { project: "requests", number: 1 };
    story.does(sam.ticks(BOX.extract), sam.ticks(BOX.extractReview));
  },
  (story) => void story.does(meri.says("/ar sign")),
  (story) => {
    story.now = at("2026-12-03", "09:00");
  },
  (story) => {
    story.now = at("2026-12-04", "09:00");
  },
  (story) => void story.does(sam.ticks(BOX.model), sam.closes()),
  (story) => void story.does(sam.ticks(BOX.carry), sam.closes()),
  (story) => void story.does(sam.unticks(BOX.model)),
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
  const { open, comments, section } = story.see();
  const said = comments.map(({ author, body }) => `${author}: ${body.replace(/<!--.*?-->/g, "")}`);
  return JSON.stringify(
    [requests(story).length, open, stand(story), section("monthly-close"), said],
    null,
    1,
  );
}

describe.each(KINDS)("on %s", (kind) => {
  const begin = () => Story.begin({ kind, via: "memory", at: OPENS, config: "close: {}\n", files: TEMPLATE });

  it("it comes to the same, wherever it dies", async () => {
    const life: Life = deathless();
    const whole = await play(await begin(), tickThatDies(life));
    expect(life.written).toBeGreaterThan(8);
    for (const { n, after, when } of deaths(life.written)) {
      const one: Life = { left: n, after, written: 0 };
      expect(await play(await begin(), tickThatDies(one)), `dead ${when} write ${n}`).toBe(whole);
    }
  });
});
