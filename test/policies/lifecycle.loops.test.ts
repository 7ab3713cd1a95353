/** Two programs that each put the other right: daytwo stops after three reversals, says so once, and calls the DRIs. */
import { describe, expect, test } from "vitest";
import { type Act, mallory, STATE, Story, sam, type Via } from "../story.ts";

const WAYS = [
  ["github", "memory", "handle"],
  ["github", "memory", "tick"],
  ["github", "http", "handle"],
  ["gitlab", "memory", "handle"],
  ["gitlab", "http", "tick"],
] as const satisfies readonly (readonly [string, Via, "handle" | "tick"])[];

describe.each(WAYS)("on %s, %s, by %s", (kind, via, looks) => {
  /** @returns how often what was done was put back */
  async function fight(story: Story, deed: Act, undone: () => boolean): Promise<number> {
    let count = 0;
    for (let round = 0; round < 7; round++) {
      story.does(deed);
      await story[looks]();
      if (undone()) count++;
    }
    return count;
  }

  test("a label that keeps coming back is put back three times", async () => {
    const story = await Story.begin({ kind, via });
    try {
      story.openRequest();
      await story[looks]();
      story.does(sam.takes());
      await story[looks]();
      const bears = () => story.see().labels.includes(STATE.completed);
      expect(await fight(story, mallory.puts(STATE.completed), () => !bears())).toBe(3);
      const { status, labels } = story.see();
      expect(labels).toContain(STATE.in_progress);
      expect(status).toContain("daytwo stops here");
      expect(status).toContain("@amber @meri");
      const called = story.memory.notified.filter(({ handle }) => handle === "amber");
      // It says so once, whatever is done after that; and a tick finds nothing more to do.
      story.does(mallory.says("hm"));
      await story[looks]();
      expect((await story.tick()).changes).toEqual([]);
      expect(story.memory.notified.filter(({ handle }) => handle === "amber")).toEqual(called);
      // A move by the team starts afresh.
      story.does(sam.moves("action_needed"));
      await story[looks]();
      expect(story.see().status).not.toContain("daytwo stops here");
    } finally {
      await story.end();
    }
  });

  test("a request that keeps being closed is opened again three times", async () => {
    const story = await Story.begin({ kind, via });
    try {
      story.openRequest();
      await story[looks]();
      expect(await fight(story, mallory.closes(), () => story.see().open)).toBe(3);
      expect(story.see().status).toContain("the closing");
    } finally {
      await story.end();
    }
  });
});
