import { describe, expect, it } from "vitest";
import { remembering } from "../run/memory.ts";
import { DAY, HOLD, MINUTE, PEOPLE, REQUESTS, STATE, Story } from "../story.ts";
import {
  ADA,
  ADA_DUE,
  commentsOf,
  expectRequest,
  file,
  form,
  KINDS,
  labelsOf,
  onlyRequest,
  ownComments,
  requests,
} from "./hires.ts";

const HOUR = 60 * MINUTE;
const begin = (kind: (typeof KINDS)[number], at = ADA_DUE - DAY, more = {}) =>
  Story.begin({ kind, via: "memory", at, ...more });
const rewrite = (story: Story, hire: number, fields: Readonly<Record<string, string>>) =>
  story.memory.by("hr").edit(PEOPLE, hire, { body: form({ ...ADA, ...fields }) });
/** What daytwo has told the request. */
const told = (story: Story) => ownComments(story, onlyRequest(story).number, REQUESTS);

describe.each(KINDS)("a late tick (%s)", (kind) => {
  it.each([
    { after: 30 * MINUTE, late: null },
    { after: HOUR, late: "1 hour" },
    { after: 5 * HOUR, late: "5 hours" },
    { after: DAY, late: "1 working day" },
    // Thanksgiving and a weekend do not count.
    { after: 6 * DAY, late: "3 working days" },
    { after: 29 * DAY, late: "20 working days" },
  ])("$after ms after the due minute opens it and says: $late", async ({ after, late }) => {
    const story = await begin(kind);
    const hire = file(story, {});
    story.now = ADA_DUE + after;
    const { changes } = await story.tick();
    const request = expectRequest(story, hire);
    const create = changes.find((change) => change.kind === "create-issue");
    if (late === null) {
      expect(create?.reason).not.toContain("late");
      expect(request.body).not.toContain("late");
      expect(ownComments(story, hire)[0]).not.toContain("late");
    } else {
      expect(create?.reason).toContain(`It opens ${late} late.`);
      expect(request.body).toContain(`> This request opens ${late} late.`);
      expect(ownComments(story, hire)[0]).toContain(`It opened ${late} late.`);
    }
  });

  it("is told by the clock that decides: the team's, for a hire a day ahead", async () => {
    const story = await begin(kind, ADA_DUE, { config: "onboarding: { open_on: { in: team } }\n" });
    const hire = file(story, { "Start date": "2026-11-24", "Time zone": "Asia/Tokyo", Country: "JP" });
    // Wednesday, 11:00 in New York is Thursday, 01:00 in Tokyo.
    story.now = Date.parse("2026-11-25T16:00:00Z");
    await story.tick();
    expect(expectRequest(story, hire).body).toContain("> This request opens 2 hours late.");
  });

  it("older than `late` is a problem at every tick and no request, until --catch-up", async () => {
    const story = await begin(kind);
    const hire = file(story, {});
    // Ada started 30 days ago: the last day on which it opens by itself; a day later it does not.
    story.now = Date.parse("2026-12-24T14:00:00Z");
    for (let look = 0; look < 3; look++) {
      story.now += look === 0 ? 0 : HOUR;
      const { changes, problems } = await story.tick();
      expect(changes).toEqual([]);
      expect(problems).toEqual([
        {
          policy: "day-two",
          project: "onboarding",
          issue: hire,
          message:
            "The start 2026-11-23 is 31 days ago and there is no access request: open it by hand, or run daytwo tick --catch-up.",
        },
      ]);
    }
    expect(requests(story)).toEqual([]);
    expect(commentsOf(story, hire)).toEqual([]);
    await story.tick({ catchUp: true });
    expect(expectRequest(story, hire).body).toContain("21 working days late");
    expect((await story.tick()).changes).toEqual([]);
    expect((await story.tick({ catchUp: true })).changes).toEqual([]);
  });

  it("exactly `late` days after the start still opens", async () => {
    const story = await begin(kind);
    const hire = file(story, {});
    story.now = Date.parse("2026-12-23T14:00:00Z");
    await story.tick();
    expectRequest(story, hire);
  });

  it("is a problem also when people have talked on the issue, and it is remembered", async () => {
    const memory = remembering();
    const story = await begin(kind, ADA_DUE - DAY, { memory });
    const hire = file(story, {});
    story.memory.by("hr").comment(PEOPLE, hire, "Laptop ordered");
    for (const at of ["2027-01-05T14:00:00Z", "2027-01-05T14:15:00Z", "2027-01-05T14:30:00Z"]) {
      story.now = Date.parse(at);
      expect((await story.tick()).problems).toHaveLength(1);
    }
    // And one that waits, remembered or not, opens in its minute.
    const next = file(story, { "Start date": "2027-01-11" });
    story.memory.by("hr").comment(PEOPLE, next, "Laptop ordered");
    for (const at of ["2027-01-12T13:58:00Z", "2027-01-12T13:59:00Z"]) {
      story.now = Date.parse(at);
      expect((await story.tick()).changes).toEqual([]);
    }
    expect(memory.settledIn(PEOPLE).has(next)).toBe(true);
    story.now = Date.parse("2027-01-12T14:00:00Z");
    await story.tick();
    expectRequest(story, next);
  });
});

describe.each(KINDS)("a start that moves (%s)", (kind) => {
  it("before there is a request, waits for the new day", async () => {
    const story = await begin(kind);
    const hire = file(story, {});
    await story.tick();
    rewrite(story, hire, { "Start date": "2026-11-30" });
    story.now = ADA_DUE;
    expect((await story.tick()).changes).toEqual([]);
    story.now = Date.parse("2026-12-01T13:59:00Z");
    expect((await story.tick()).changes).toEqual([]);
    story.now = Date.parse("2026-12-01T14:00:00Z");
    await story.tick();
    expect(expectRequest(story, hire).body).toContain("| Start date | 2026-11-30 |");
  });

  it("after there is a request, is told to it once, and again when it moves again or back", async () => {
    const story = await begin(kind);
    const hire = file(story, {});
    story.now = ADA_DUE;
    await story.tick();
    const moves = [
      { to: "2026-12-07", says: "**The start has moved** from Mon 23 Nov 2026 to **Mon 7 Dec 2026**." },
      { to: "2026-12-14", says: "**The start has moved** from Mon 7 Dec 2026 to **Mon 14 Dec 2026**." },
      { to: "2026-11-23", says: "**The start has moved** from Mon 14 Dec 2026 to **Mon 23 Nov 2026**." },
      { to: "2026-12-07", says: "**The start has moved** from Mon 23 Nov 2026 to **Mon 7 Dec 2026**." },
    ];
    for (const { to, says } of moves) {
      story.now += HOUR;
      rewrite(story, hire, { "Start date": to });
      story.now += HOUR;
      const { changes, outcomes } = await story.tick();
      expect(changes.map(({ project, issue }) => [project, issue])).toEqual([["requests", 1]]);
      expect(outcomes.map(({ status }) => status)).toEqual(["applied"]);
      expect(told(story)).toHaveLength(1);
      expect(told(story)[0]).toContain(says);
      story.now += HOUR;
      expect((await story.tick()).changes).toEqual([]);
    }
    expectRequest(story, hire);
  });

  it("is not told to a request that is closed, nor when only the words changed", async () => {
    const story = await begin(kind);
    const hire = file(story, {});
    story.now = ADA_DUE;
    await story.tick();
    rewrite(story, hire, { "Start date": "23 November 2026", Region: "EMEA" });
    story.now += HOUR;
    expect((await story.tick()).changes).toEqual([]);
    const by = story.memory.by("sam");
    by.label(REQUESTS, 1, STATE.in_progress);
    by.unlabel(REQUESTS, 1, STATE.action_needed);
    by.tick(REQUESTS, 1, "Create the user");
    by.tick(REQUESTS, 1, "Set the profile");
    by.tick(REQUESTS, 1, "Invite");
    story.now += HOUR;
    await story.tick();
    by.close(REQUESTS, 1);
    rewrite(story, hire, { "Start date": "2026-12-07" });
    story.now += HOUR;
    expect((await story.tick()).changes.filter(({ policy }) => policy === "day-two")).toEqual([]);
  });

  it("unreadable after there is a request keeps the link, and says that a move would go unseen", async () => {
    const story = await begin(kind);
    const hire = file(story, {});
    story.now = ADA_DUE;
    await story.tick();
    rewrite(story, hire, { "Start date": "11/12/2026" });
    story.now += HOUR;
    await story.tick();
    const [comment, ...more] = ownComments(story, hire);
    expect(more).toEqual([]);
    expect(comment).toContain("**Start date** reads `11/12/2026`");
    expect(comment).toContain("whether the start has moved");
    expectRequest(story, hire);
    // The link alone keeps a second request away.
    story.memory.by("sam").edit(REQUESTS, 1, { body: "Emptied by hand" });
    story.now += HOUR;
    await story.tick();
    rewrite(story, hire, {});
    story.now += HOUR;
    await story.tick();
    expect(requests(story)).toHaveLength(1);
    expect(ownComments(story, hire)[0]).not.toContain("reads");
  });
});

describe.each(KINDS)("an onboarding that is cancelled (%s)", (kind) => {
  const label = (story: Story, hire: number) =>
    story.memory.by("hr").label(PEOPLE, hire, "onboarding-cancelled");
  const close = (story: Story, hire: number) => story.memory.by("hr").close(PEOPLE, hire, "not_planned");
  const ways = kind === "github" ? { label, "closed as not planned": close } : { label };

  /** A hire whose request Sam took, and finished. */
  async function completed(): Promise<{ story: Story; hire: number }> {
    const story = await begin(kind);
    const hire = file(story, {});
    story.now = ADA_DUE;
    await story.tick();
    story.now += HOUR;
    const by = story.memory.by("sam");
    by.assign(REQUESTS, 1);
    story.now += HOUR;
    await story.tick();
    for (const box of ["Create the user", "Set the profile", "Invite"]) by.tick(REQUESTS, 1, box);
    story.now += HOUR;
    await story.tick();
    return { story, hire };
  }

  it.each(Object.entries(ways))("by %s before the request: none opens", async (_, cancel) => {
    const story = await begin(kind);
    const hire = file(story, {});
    cancel(story, hire);
    for (const after of [0, HOUR, 20 * DAY]) {
      story.now = ADA_DUE + after;
      const { changes, problems } = await story.tick();
      expect(changes).toEqual([]);
      expect(problems).toEqual([]);
    }
    expect(requests(story)).toEqual([]);
  });

  it.each(Object.entries(ways))("by %s after it: the request waits On Hold, once", async (_, cancel) => {
    const story = await begin(kind);
    const hire = file(story, {});
    story.now = ADA_DUE;
    await story.tick();
    story.now += HOUR;
    cancel(story, hire);
    story.now += HOUR;
    await story.tick();
    const request = onlyRequest(story);
    expect(labelsOf(request)).toEqual(expect.arrayContaining([HOLD.cancelled, STATE.on_hold]));
    expect(labelsOf(request)).not.toContain(STATE.action_needed);
    expect(told(story)).toHaveLength(1);
    expect(told(story)[0]).toContain("**The start was called off** on");
    const before = story.fingerprint();
    for (let look = 0; look < 3; look++) {
      story.now += HOUR;
      expect((await story.tick()).changes).toEqual([]);
    }
    expect(story.fingerprint()).toBe(before);
  });

  it("and on again: the hold is lifted and the request says so", async () => {
    const story = await begin(kind);
    const hire = file(story, {});
    story.now = ADA_DUE;
    await story.tick();
    label(story, hire);
    story.now += HOUR;
    await story.tick();
    story.now += HOUR;
    story.memory.by("hr").unlabel(PEOPLE, hire, "onboarding-cancelled");
    rewrite(story, hire, { "Start date": "2027-01-11" });
    story.now += HOUR;
    await story.tick();
    const request = expectRequest(story, hire);
    expect(labelsOf(request)).not.toContain(HOLD.cancelled);
    expect(told(story)[0]).toContain("**The start is on again**, on **Mon 11 Jan 2027**");
    story.now += HOUR;
    expect((await story.tick()).changes).toEqual([]);
    label(story, hire);
    story.now += HOUR;
    await story.tick();
    expect(labelsOf(request)).toEqual(expect.arrayContaining([HOLD.cancelled, STATE.on_hold]));
  });

  it("keeps its peace when the team takes the hold off by hand", async () => {
    const story = await begin(kind);
    const hire = file(story, {});
    story.now = ADA_DUE;
    await story.tick();
    label(story, hire);
    story.now += HOUR;
    await story.tick();
    story.now += HOUR;
    story.memory.by("sam").unlabel(REQUESTS, 1, HOLD.cancelled);
    story.now += HOUR;
    await story.tick();
    expect(labelsOf(onlyRequest(story))).not.toContain(HOLD.cancelled);
    story.now += HOUR;
    expect((await story.tick()).changes).toEqual([]);
    expect(hire).toBe(1);
  });

  it("after access was given asks to revoke it and changes no state", async () => {
    const { story, hire } = await completed();
    expect(labelsOf(onlyRequest(story))).toContain(STATE.completed);
    label(story, hire);
    story.now += HOUR;
    await story.tick();
    expect(labelsOf(onlyRequest(story))).toContain(STATE.completed);
    expect(labelsOf(onlyRequest(story))).not.toContain(HOLD.cancelled);
    expect(told(story)[0]).toContain("Access was given already: please revoke it. @amber @meri");
    expect(told(story)[0]).toContain("\n- Create the user");
    story.now += HOUR;
    expect((await story.tick()).changes).toEqual([]);
  });

  it.each(Object.entries(ways))(
    "by %s once the request is closed: the DRIs are called, once",
    async (_, cancel) => {
      const { story, hire } = await completed();
      const by = story.memory.by("sam");
      by.close(REQUESTS, 1, "completed");
      story.now += HOUR;
      await story.tick();
      cancel(story, hire);
      story.now += HOUR;
      await story.tick();
      const request = onlyRequest(story);
      expect({ state: request.state, labels: labelsOf(request) }).toEqual({
        state: "closed",
        labels: expect.arrayContaining([STATE.completed]),
      });
      expect(told(story)).toHaveLength(1);
      expect(told(story)[0]).toContain("Access was given already: please revoke it. @amber @meri");
      const before = story.fingerprint();
      for (let look = 0; look < 3; look++) {
        story.now += HOUR;
        expect((await story.tick()).changes).toEqual([]);
      }
      expect(story.fingerprint()).toBe(before);
      story.memory.by("hr").unlabel(PEOPLE, hire, "onboarding-cancelled");
      if (kind === "github") story.memory.by("hr").reopen(PEOPLE, hire);
      story.now += HOUR;
      await story.tick();
      expect(told(story)[0]).toContain("**The start is on again**");
      story.now += HOUR;
      expect((await story.tick()).changes).toEqual([]);
    },
  );

  it("with some of it given: the request waits, and what was given is named", async () => {
    const story = await begin(kind);
    const hire = file(story, {});
    story.now = ADA_DUE;
    await story.tick();
    story.now += HOUR;
    const by = story.memory.by("sam");
    by.assign(REQUESTS, 1);
    by.tick(REQUESTS, 1, "Create the user");
    label(story, hire);
    story.now += HOUR;
    await story.tick();
    expect(labelsOf(onlyRequest(story))).toEqual(expect.arrayContaining([HOLD.cancelled, STATE.on_hold]));
    expect(told(story)[0]).toContain("The request waits On Hold until that is taken back.");
    expect(told(story)[0]).toMatch(
      /please revoke it\. @amber @meri\n\n- Create the user[^\n]*(?:\n(?!- )|$)/,
    );
    story.now += HOUR;
    expect((await story.tick()).changes).toEqual([]);
  });

  it("and closed without anything given: nothing is said", async () => {
    const story = await begin(kind);
    const hire = file(story, {});
    story.now = ADA_DUE;
    await story.tick();
    story.memory.by("sam").label(REQUESTS, 1, HOLD.cancelled);
    story.now += HOUR;
    await story.tick();
    story.memory.by("sam").close(REQUESTS, 1, "not_planned");
    story.now += HOUR;
    await story.tick();
    label(story, hire);
    story.now += HOUR;
    expect((await story.tick()).changes).toEqual([]);
  });

  it("closed as completed before the day opens nothing and says nothing", async () => {
    const story = await begin(kind);
    const hire = file(story, {});
    story.memory.by("hr").close(PEOPLE, hire, "completed");
    story.now = ADA_DUE;
    expect(await story.tick()).toMatchObject({ changes: [], problems: [] });
    story.memory.by("hr").reopen(PEOPLE, hire);
    story.now += MINUTE;
    await story.tick();
    expectRequest(story, hire);
  });
});
