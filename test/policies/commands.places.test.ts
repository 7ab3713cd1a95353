/** Commands where they do not apply: whatever daytwo opened, somebody is answered there. */
import { describe, expect, it } from "vitest";
import { SUMMARY } from "../../src/engine/metrics/board-text.ts";
import { marker } from "../../src/engine/text/safe.ts";
import { guest, hr, itself, MINUTE, meri, REQUESTS, SELF, Story, sam, trusted, waits } from "../story.ts";
import { reactionsTo } from "./commands.world.ts";
import { KINDS, requests } from "./hires.ts";
import { BOX, closeStory, OPENS, stand } from "./monthly-close.world.ts";

const CONFIG = `close: {}
board: {}
cadences:
  - { template: pipeline-review, every: week, on: WED, at: "08:00", owner: sam }
  - { template: access-review, every: quarter, on: -10 }
`;
const said = (story: Story): string => story.see().section("commands") ?? "";

describe.each(KINDS)("on %s", (kind) => {
  async function begin(where: string): Promise<Story> {
    const story = await Story.begin({ kind, via: "memory", at: OPENS, config: CONFIG });
    for (const key of [SUMMARY, "review:2026-Q3:amber"]) {
      story.memory.by(SELF).open(REQUESTS, { title: key, body: marker(key) });
    }
    await story.tick();
    await story.handle();
    const issue = requests(story).find(({ body }) => body.includes(`<!-- daytwo:${where}`));
    story.about = { project: "requests", number: issue?.number ?? 0 };
    return story;
  }

  it.each([
    ["cadence:pipeline-review:", "a recurring checklist", "`/ar explain`, `/ar help`"],
    ["board:summary", "the board's summary", "`/ar explain`, `/ar help`"],
    ["review:2026-Q3:amber", "an access review", "`/ar explain`, `/ar help`"],
    ["close:2026-11", "a monthly close", "`/ar sign`, `/ar explain`, `/ar help`"],
  ])(
    "a command that is not for %s is refused, and what is possible there is named",
    async (key, name, here) => {
      const story = await begin(key);
      story.does(hr.says("/ar take\n/ar hlep\n/ar help\n/ar explain"));
      await story.handle();
      expect(reactionsTo(story).sort()).toEqual(["+1", "-1", "confused"]);
      expect(said(story)).toContain(
        `it works on an access request; this is ${name}. Possible here: ${here}.`,
      );
      expect(said(story)).toContain("did you mean /ar help?");
      expect(said(story)).toContain("- `/ar help`: Lists the commands.");
      expect(said(story)).toMatch(/Why it is where it is:\n\n- \w/);
      expect((await story.tick()).changes).toEqual([]);

      const before = said(story);
      story.does(itself.says("/ar take"), trusted.says("/ar take"), guest.says("Thanks, all."));
      const own = story.see().comments.length;
      await story.handle();
      expect((await story.tick()).changes).toEqual([]);
      expect(story.see().comments).toHaveLength(own);
      expect(said(story)).toBe(before);
    },
  );

  it("a close that is closed takes no signature, and still says what is possible", async () => {
    const story = await closeStory({ kind, via: "memory" });
    story.does(sam.ticks(BOX.carry), sam.closes());
    await story.handle();
    story.does(meri.says("/ar sign\n/ar take\n/ar explain"));
    await story.handle();
    expect(said(story)).toContain("- The close of 2026-11 is closed: 0 of 3 tasks done, 0 reviewed.");
    expect(said(story)).not.toContain("Next:");
    expect(said(story)).toContain("it is closed: reopen it first.");
    expect(said(story)).toContain("this is a monthly close.");
    story.does(meri.says("/ar help"));
    await story.tick();
    expect(reactionsTo(story)).toEqual(["+1"]);
    expect(story.see().open).toBe(false);
    expect((await story.tick()).changes).toEqual([]);
  });

  it("who signs a close and then closes it has signed, though daytwo looks only then", async () => {
    const story = await closeStory({ kind, via: "memory" });
    for (const box of [BOX.extract, BOX.model, BOX.signOff]) {
      story.does(sam.ticks(box));
      await story.handle();
    }
    story.does(meri.says("/ar sign"), meri.closes(), waits(MINUTE));
    await story.tick();
    expect(story.see().open).toBe(false);
    expect(stand(story)).toEqual(["Extract xx", "Model xx", "Sign off xx"]);
    expect(reactionsTo(story)).toEqual(["+1"]);
    expect(story.see().section("monthly-close")).toContain("It is closed: everything is done");
    expect((await story.tick()).changes).toEqual([]);
  });
});
