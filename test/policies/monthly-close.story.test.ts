/** A whole month on both forges, over HTTP: everything that may go wrong with a close does, and it is closed in the end. */
import { describe, expect, it } from "vitest";
import { closeReport } from "../../src/report/close.ts";
import { type Act, meri, REQUESTS, type Story, sam } from "../story.ts";
import { KINDS } from "./hires.ts";
import { BOX, closeStory, stand } from "./monthly-close.world.ts";

/** By the clocks of New York in winter. */
const at = (day: string, time = "10:00") => Date.parse(`${day}T${time}:00-05:00`);

async function on(story: Story, day: string, ...acts: readonly Act[]): Promise<string> {
  story.now = at(day);
  for (const one of acts) {
    story.does(one);
    await story.handle();
  }
  await story.tick();
  await story.handle();
  return story.see().section("monthly-close") ?? "";
}

describe.each(KINDS)("a month on %s", (kind) => {
  it("is closed with everything done by one and reviewed by another", async () => {
    const story = await closeStory({
      kind,
      via: "http",
      config:
        'close: { payees: [Ada, Bob] }\ncadences: [{ template: pipeline-review, every: week, on: MON, at: "08:00" }]\n',
      team: [
        "{ handle: amber, dri: true }",
        "{ handle: meri, dri: true, away: [{ from: 2026-12-04, to: 2026-12-04 }], cover: amber }",
        "{ handle: sam, cover: amber, away: [{ from: 2026-12-03, to: 2026-12-03 }] }",
      ],
    });
    try {
      const comments = () => story.see().comments.map(({ body }) => body);
      // An exception of the month, labelled late.
      story.memory.addLabel(REQUESTS, "deal-split");
      const split = story.memory
        .by("hr")
        .open(REQUESTS, { title: "Split Acme", body: "Approved by: @meri\n" });
      await on(story, "2026-11-30");
      story.memory.by("hr").label(REQUESTS, split, "deal-split");
      expect(await on(story, "2026-12-01")).toContain("| meri |");

      // Whoever reviews their own work is put right.
      const own = await on(story, "2026-12-02", sam.ticks(BOX.extract), sam.ticks(BOX.extractReview));
      expect(own).toContain("sam did “Extract” and ticked its review");
      expect(stand(story)[0]).toBe("Extract x-");

      // The owner of what is due is away: the cover is asked. It is late all the same.
      await on(story, "2026-12-03", meri.ticks(BOX.extractReview));
      expect(comments().join()).toContain("@amber please see to it: sam is off");
      expect(await on(story, "2026-12-04")).toContain("- Model, due Thu 3 Dec 2026: not done (sam)");
      expect(comments().join()).toContain("@amber this task is late:\n- Model (sam)");

      const list = "```csv\nPayee,Paid\nAda,1\nBob,2\nTotal,3\n```";
      const checked = await on(story, "2026-12-07", sam.ticks(BOX.model), sam.says(list), sam.closes());
      expect(story.see().open).toBe(true);
      expect(checked).toContain("Model: not reviewed (meri)");
      expect(checked).toContain("**Attainment:** 2 payees, each once");

      await on(story, "2026-12-08", meri.says("/ar sign"), sam.ticks(BOX.signOff));
      expect(stand(story)).toEqual(["Extract xx", "Model xx", "Sign off x-"]);
      const last = await on(story, "2026-12-09", meri.ticks(BOX.signOffReview), sam.closes());
      expect(story.see().open).toBe(false);
      expect(last).toContain("It is closed: everything is done, and reviewed by somebody else.");
      expect(last).toContain("as they stood at the sign-off");

      const report = await closeReport.read(
        story.team(),
        story.now,
        { rebuild: false, month: "2026-11" },
        () => undefined,
      );
      const { tasks } = JSON.parse(await report.render("json"));
      expect(tasks.every(({ done, reviewed }: Record<string, boolean>) => done && reviewed)).toBe(true);
      expect((await story.tick()).changes).toEqual([]);
      expect(story.sandbox?.violations ?? []).toEqual([]);
    } finally {
      await story.end();
    }
  });
});
