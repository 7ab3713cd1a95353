/** Tasks of a close are brought to whoever has them on their due day, and to the DRIs once they are late. */
import { describe, expect, it } from "vitest";
import { DAY, MINUTE, meri, type Story, sam } from "../story.ts";
import { BOX, closeStory } from "./monthly-close.world.ts";

/** By the clocks of New York in winter. */
const at = (day: string, time: string) => Date.parse(`${day}T${time}:00-05:00`);

/** daytwo's comments that are no status comments. */
const said = (story: Story): string[] =>
  story
    .see()
    .comments.filter(({ author, body }) => author === "daytwo" && !body.includes("<!-- daytwo:status -->"))
    .map(({ body }) => body.replace(/<!--.*?-->\n/g, ""));

async function on(story: Story, day: string, time: string): Promise<string[]> {
  story.now = at(day, time);
  await story.tick();
  const heard = said(story);
  story.now += MINUTE;
  expect((await story.tick()).changes).toEqual([]);
  return heard;
}

describe.each(["github", "gitlab"] as const)("on %s", (kind) => {
  it("the owner hears of it once, on the morning of the due day; the reviewer of what is done", async () => {
    const story = await closeStory({ kind, via: "memory" });
    expect(await on(story, "2026-12-01", "12:00")).toEqual([]);
    expect(await on(story, "2026-12-02", "08:58")).toEqual([]);
    expect(await on(story, "2026-12-02", "09:00")).toEqual([
      "@sam due today, **Wed 2 Dec 2026**:\n- Extract (sam)",
    ]);
    story.does(sam.ticks(BOX.extract));
    expect((await on(story, "2026-12-02", "11:00"))[1]).toBe(
      "@meri due today, **Wed 2 Dec 2026**:\n- Extract: its review (meri)",
    );
    story.does(meri.ticks(BOX.extractReview));
    expect(await on(story, "2026-12-02", "16:00")).toHaveLength(2);
    expect(await on(story, "2026-12-03", "00:01")).toHaveLength(2);
  });

  it("once it is late the DRIs hear of it, when they are at work, and the status comment says so", async () => {
    const story = await closeStory({ kind, via: "memory" });
    await on(story, "2026-12-02", "09:00");
    expect(await on(story, "2026-12-03", "00:00")).toHaveLength(1);
    expect(story.see().section("monthly-close")).toContain(
      "**Late:**\n\n- Extract, due Wed 2 Dec 2026: not done (sam)",
    );
    const [, , late] = await on(story, "2026-12-03", "09:00");
    expect(late).toBe("@amber @meri this task is late:\n- Extract (sam), due **Wed 2 Dec 2026**");
    expect(await on(story, "2026-12-04", "09:00")).toHaveLength(4);
    expect(said(story)[3]).toBe("@amber @meri this task is late:\n- Model (sam), due **Thu 3 Dec 2026**");
  });
});

describe.each(["github", "gitlab"] as const)("opened late on %s", (kind) => {
  it("the look after it says nothing of what is late; the next morning does", async () => {
    const story = await closeStory({ kind, via: "memory", at: at("2026-12-04", "10:00") });
    expect((await story.tick()).changes).toEqual([]);
    expect(await on(story, "2026-12-04", "16:00")).toEqual([]);
    expect(story.see().section("monthly-close")).toBeNull();
    expect(await on(story, "2026-12-07", "09:00")).toEqual([
      "@amber @meri these tasks are late:\n- Extract (sam), due **Wed 2 Dec 2026**\n- Model (sam), due **Thu 3 Dec 2026**",
    ]);
    expect(story.see().section("monthly-close")).toContain("**Late:**");
  });
});

describe("who is off", () => {
  const team = (rest: string) => [
    "{ handle: amber, dri: true }",
    "{ handle: meri, dri: true }",
    `{ handle: sam, ${rest} }`,
  ];

  it("has their cover asked", async () => {
    const story = await closeStory({
      kind: "github",
      via: "memory",
      team: team("name: Sam Ito, cover: meri, away: [{ from: 2026-12-02, to: 2026-12-02 }]"),
    });
    expect(await on(story, "2026-12-02", "09:00")).toEqual([
      "@meri please see to it: Sam Ito is off, and due today, **Wed 2 Dec 2026**:\n- Extract (sam)",
    ]);
  });

  it("without a cover has another asked who does not review it", async () => {
    const story = await closeStory({
      kind: "github",
      via: "memory",
      team: team("away: [{ from: 2026-12-02, to: 2026-12-02 }]"),
    });
    expect((await on(story, "2026-12-02", "09:00"))[0]).toMatch(/^@amber please see to it: sam is off/);
  });

  it("hears of it by their own clock", async () => {
    const story = await closeStory({
      kind: "github",
      via: "memory",
      team: team("timezone: Europe/London, hours: { from: '08:00', to: '16:00' }"),
    });
    expect(await on(story, "2026-12-02", "02:58")).toEqual([]);
    expect(await on(story, "2026-12-02", "03:00")).toHaveLength(1);
  });

  it("whoever begins with daytwo hears of each late day once, and of nothing long ago", async () => {
    const story = await closeStory({ kind: "github", via: "memory" });
    const all = await on(story, "2026-12-14", "09:00");
    expect(all).toHaveLength(1);
    expect(all[0]).toContain("Extract (sam), due **Wed 2 Dec 2026**");
    expect(all[0]).toContain("Sign off (sam), due **Fri 11 Dec 2026**");
    const old = await closeStory({ kind: "github", via: "memory" });
    expect(await on(old, "2027-02-15", "09:00")).toEqual([]);
  });

  it("a close that is closed reminds nobody", async () => {
    const story = await closeStory({ kind: "github", via: "memory" });
    story.does(sam.ticks(BOX.carry), sam.closes());
    await story.tick();
    expect(await on(story, "2026-12-02", "09:00")).toEqual([]);
    story.now += 2 * DAY;
    expect((await story.tick()).changes).toEqual([]);
  });
});
