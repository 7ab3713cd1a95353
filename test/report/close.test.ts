/** The report of a month's close: as its issue shows it, or as it is planned. */
import { describe, expect, it } from "vitest";
import { closeReport } from "../../src/report/close.ts";
import { KINDS } from "../policies/hires.ts";
import { BOX, closeStory, OPENS } from "../policies/monthly-close.world.ts";
import { DAY, meri, type Story, sam } from "../story.ts";

const read = async (story: Story, month: string | null = null) =>
  closeReport.read(story.team(), story.now, { rebuild: false, month }, () => undefined);
const json = async (story: Story, month?: string) =>
  JSON.parse(await (await read(story, month ?? null)).render("json"));

describe.each(KINDS)("on %s", (kind) => {
  it("tells each task, done, reviewed and late", async () => {
    const story = await closeStory({ kind, via: "memory" });
    story.does(sam.ticks(BOX.extract), meri.ticks(BOX.extractReview), sam.ticks(BOX.model));
    story.now = OPENS + 9 * DAY;
    const report = await json(story);
    expect(report).toMatchObject({ month: "2026-11", issue: 1, state: "open" });
    expect(report.tasks).toEqual([
      {
        group: "Commission run",
        title: "Extract",
        owner: "sam",
        reviewer: "meri",
        wd: "WD+2",
        due: "2026-12-02",
        done: true,
        reviewed: true,
        late: false,
      },
      {
        group: "Commission run",
        title: "Model",
        owner: "sam",
        reviewer: "meri",
        wd: "WD+3",
        due: "2026-12-03",
        done: true,
        reviewed: false,
        late: true,
      },
      expect.objectContaining({ group: "Sign-off", wd: "WD+9", due: "2026-12-11", done: false, late: false }),
    ]);
  });

  it("finds a month that was closed long ago, and plans one that is still to come", async () => {
    const story = await closeStory({ kind, via: "memory" });
    story.does(sam.ticks(BOX.carry), sam.closes());
    await story.tick();
    story.now = OPENS + 120 * DAY;
    expect(await json(story, "2026-11")).toMatchObject({ issue: 1, state: "closed" });
    const planned = await json(story, "2027-06");
    expect(planned).toMatchObject({ month: "2027-06", issue: null });
    expect(planned.tasks.map(({ due }: { due: string }) => due)).toEqual([
      "2027-07-02",
      "2027-07-06",
      "2027-07-14",
    ]);
  });
});

describe("the other forms", () => {
  it("say the same", async () => {
    const story = await closeStory({ kind: "github", via: "memory" });
    story.does(sam.ticks(BOX.extract));
    const report = await read(story);
    expect(await report.render("csv")).toContain(
      "Commission run,Extract,sam,meri,WD+2,2026-12-02,true,false,false",
    );
    const md = await report.render("md");
    expect(md).toContain("Issue #1, open: 1 of 3 tasks done, 0 reviewed, 0 late.");
    expect(md).toContain("| WD+2 | 2026-12-02 | yes |");
    expect(await report.render("html")).toContain("Monthly close 2026-11");
  });
});
