/** The clocks of a request at work: who hears of it, when, and of what nobody hears. */
import { describe, expect, it } from "vitest";
import { openedMarker } from "../../src/engine/metrics/opened.ts";
import { findMarkers } from "../../src/engine/text/safe.ts";
import type { ForgeKind, Instant } from "../../src/model.ts";
import { look } from "../../src/run/reconcile.ts";
import {
  DAY,
  HOLD,
  hr,
  itself,
  MINUTE,
  REQUEST,
  SELF,
  STATE,
  Story,
  type StoryOptions,
  sam,
} from "../story.ts";

const at = (text: string): Instant => Date.parse(text);
const KINDS: readonly ForgeKind[] = ["github", "gitlab"];
/** Tuesday, 9:00 in New York: a request opened then must be taken by 17:00, and be done by Thursday of next week. */
const OPENED = at("2026-12-01T14:00Z");
const TAKE_BY = at("2026-12-01T22:00Z");

const begin = (more: Partial<StoryOptions> = {}) =>
  Story.begin({ kind: "github", via: "memory", at: OPENED, ...more });

/** daytwo's own comments beside the status comment. */
const told = (story: Story): string[] =>
  story
    .see()
    .comments.filter(({ author, body }) => author === SELF && !findMarkers(body).includes("status"))
    .map(({ body }) => body);
const keyIn = (body: string | undefined): string | undefined => findMarkers(body ?? "")[0];

/** Looks at a time, and again: the second look finds nothing to do. */
async function lookAt(story: Story, time: Instant) {
  story.now = time;
  const { changes } = await story.tick();
  story.now += MINUTE;
  expect((await story.tick()).changes).toEqual([]);
  return changes;
}

describe.each(KINDS)("on %s", (kind) => {
  it("nobody takes it: the DRIs hear of it when it is late, and not before", async () => {
    const story = await begin({ kind });
    story.openRequest();
    expect(await lookAt(story, TAKE_BY - 3 * MINUTE)).toEqual([]);
    // The working day is over for everybody.
    expect(await lookAt(story, TAKE_BY + MINUTE)).toEqual([]);
    const [change, ...more] = await lookAt(story, at("2026-12-02T14:00Z"));
    expect(more).toEqual([]);
    expect(change).toMatchObject({
      policy: "reminders",
      kind: "comment",
      project: "requests",
      issue: 1,
      key: "breach:first_action",
    });
    expect(change?.reason).toContain("due by Tue 1 Dec 2026 17:00 EST");
    expect(told(story)).toEqual([
      expect.stringContaining("@amber @meri **Nobody has taken this request up.** It was due by"),
    ]);
    for (let day = 1; day < 4; day++) expect(await lookAt(story, OPENED + day * DAY)).toEqual([]);
  });

  it("somebody has it: they are reminded when a fifth is left, and the DRIs hear of it when it is late", async () => {
    const story = await begin({ kind });
    story.openRequest();
    story.does(sam.takes());
    await story.tick();
    // Four working days are over on Friday at 17:00; on Monday sam is at work again.
    expect(await lookAt(story, at("2026-12-04T21:59Z"))).toEqual([]);
    expect(await lookAt(story, at("2026-12-05T15:00Z"))).toEqual([]);
    const [change, ...more] = await lookAt(story, at("2026-12-07T14:00Z"));
    expect(more).toEqual([]);
    expect(change).toMatchObject({ kind: "comment", key: "reminder:done" });
    const [reminder] = told(story);
    expect(reminder).toContain("@sam This request is due by **Mon 7 Dec 2026 17:00 EST**");
    expect(reminder).not.toMatch(/@amber|@meri/);
    expect(await lookAt(story, at("2026-12-07T21:50Z"))).toEqual([]);
    expect(await lookAt(story, at("2026-12-08T14:00Z"))).toMatchObject([
      { kind: "comment", key: "breach:done" },
    ]);
    expect(told(story).map(keyIn)).toEqual(["reminder:done", "breach:done"]);
    expect(told(story)[1]).toContain("@amber @meri **This request is late.**");
    expect(await lookAt(story, at("2026-12-15T15:00Z"))).toEqual([]);
  });
});

it("over HTTP the comment is found again by its marker, on both forges", async () => {
  for (const kind of KINDS) {
    const story = await begin({ kind, via: "http" });
    try {
      story.openRequest();
      await lookAt(story, at("2026-12-02T14:00Z"));
      expect(told(story).map(keyIn)).toEqual(["breach:first_action"]);
      story.does(sam.takes());
      await story.tick();
      story.does(sam.leaves());
      await story.tick();
      await lookAt(story, at("2026-12-04T15:00Z"));
      expect(told(story).map(keyIn)).toEqual(["breach:first_action"]);
      expect(told(story)[0]).toContain("Thu 3 Dec 2026 09:");
      expect(story.sandbox?.violations ?? []).toEqual([]);
    } finally {
      await story.end();
    }
  }
});

interface Row {
  readonly name: string;
  readonly team?: readonly string[];
  readonly config?: string;
  readonly kind?: ForgeKind;
  /** Who takes it, a minute after it was opened. */
  readonly taker?: string;
  readonly opened?: string;
  /** Looks, and whom a comment written in each names; null where nothing is written. */
  readonly looks: readonly (readonly [at: string, names: string | null])[];
}

const WORLD = [
  "{ handle: amber, dri: true, timezone: America/Denver, calendar: { country: US, region: co } }",
  "{ handle: meri, dri: true, timezone: Europe/London, calendar: { country: GB, region: eng } }",
  '{ handle: sam, timezone: Asia/Tokyo, calendar: { country: JP }, hours: { from: "10:00", to: "19:00" } }',
];
const rows: readonly Row[] = [
  {
    name: "of DRIs in two zones the one at work is named",
    team: WORLD,
    // Late at 17:00 in New York: 22:00 in London, 15:00 in Denver.
    looks: [["2026-12-01T22:00Z", "@amber"]],
  },
  {
    name: "where no DRI is at work it waits for the first who is",
    team: WORLD,
    looks: [
      ["2026-12-02T00:00Z", null],
      ["2026-12-02T08:50Z", null],
      ["2026-12-02T09:00Z", "@meri"],
      ["2026-12-02T17:00Z", null],
    ],
  },
  {
    name: "a DRI whose day is a holiday there is not named",
    team: WORLD,
    opened: "2026-05-22T13:00Z", // Friday; Monday is Memorial Day in the USA and a bank holiday in England.
    config: "requests: { sla: { first_action: 4h } }\n",
    looks: [
      ["2026-05-22T20:00Z", "@amber"],
      ["2026-05-26T15:00Z", null],
    ],
  },
  {
    name: "nobody is named on a public holiday of both countries",
    team: WORLD,
    opened: "2026-05-22T13:00Z",
    looks: [
      ["2026-05-23T15:00Z", null],
      ["2026-05-25T15:00Z", null],
      ["2026-05-26T08:00Z", "@meri"],
    ],
  },
  {
    name: "a holiday of one country only",
    team: WORLD,
    opened: "2026-08-28T13:00Z", // Friday; Monday is a bank holiday in England.
    looks: [
      ["2026-08-31T10:00Z", null],
      ["2026-08-31T15:00Z", "@amber"],
    ],
  },
  {
    name: "somebody away is not named, however long it takes",
    team: [
      "{ handle: amber, dri: true, away: [{ from: 2026-12-01, to: 2026-12-08 }] }",
      "{ handle: meri, away: [] }",
    ],
    looks: [
      ["2026-12-02T15:00Z", null],
      ["2026-12-08T15:00Z", null],
      ["2026-12-09T14:00Z", "@amber"],
    ],
  },
  {
    name: "an assignee in Tokyo is reminded in their own hours",
    team: WORLD,
    taker: "sam",
    // A fifth is left on Friday 17:00 in New York, Saturday in Tokyo.
    looks: [
      ["2026-12-04T22:30Z", null],
      ["2026-12-07T00:30Z", null],
      ["2026-12-07T01:00Z", "@sam"],
      ["2026-12-07T15:00Z", null],
    ],
  },
  {
    name: "an assignee who is away is not reminded; the DRIs are told when it is late",
    team: ["{ handle: amber, dri: true }", "{ handle: sam, away: [{ from: 2026-12-04, to: 2026-12-11 }] }"],
    taker: "sam",
    looks: [
      ["2026-12-07T15:00Z", "status: @amber"],
      ["2026-12-08T15:00Z", "@amber"],
    ],
  },
  {
    name: "whoever is not of the team is never mentioned",
    taker: "mallory",
    looks: [
      ["2026-12-02T15:00Z", "@amber @meri"],
      ["2026-12-08T15:00Z", "@amber @meri"],
    ],
  },
  {
    name: "a team without DRIs tells nobody",
    team: ["{ handle: sam }"],
    looks: [["2026-12-04T15:00Z", null]],
  },
  {
    name: "other allowances, other days",
    config: 'hours: { from: "08:00", to: "20:00" }\nrequests: { sla: { first_action: 1d 3h, done: 30d } }\n',
    looks: [
      ["2026-12-02T16:50Z", null],
      ["2026-12-02T17:00Z", "@amber @meri"],
      ["2026-12-20T17:00Z", null],
    ],
  },
];

describe("who is named", () => {
  it.each(rows)("$name", async ({ team, config, kind = "github", taker, opened, looks }) => {
    const story = await begin({
      kind,
      ...(team ? { team } : {}),
      ...(config ? { config } : {}),
      ...(opened ? { at: at(opened) } : {}),
    });
    story.openRequest();
    if (taker !== undefined) {
      story.does(itself.assigns(taker));
      await story.tick();
    }
    for (const [time, names] of looks) {
      const changes = await lookAt(story, at(time));
      const bodies = changes.flatMap((one) => ("body" in one ? [one.body ?? ""] : []));
      const mentions = bodies.map((body) => {
        const who = body.match(/@\w+/g)?.join(" ");
        return findMarkers(body).includes("status") ? `status: ${who}` : who;
      });
      expect(mentions, time).toEqual(names === null ? [] : [names]);
    }
  });
});

it("what is late as a whole is not said to be taken up late, too", async () => {
  const story = await begin();
  story.openRequest();
  expect(await lookAt(story, at("2026-12-09T15:00Z"))).toMatchObject([{ key: "breach:done" }]);
  expect(told(story)[0]).toContain("takes it");
});

describe("what is said again is said in place", () => {
  it("a request that comes back and is late again", async () => {
    const story = await begin();
    story.openRequest();
    await lookAt(story, at("2026-12-02T14:00Z"));
    const [first] = told(story);
    story.does(sam.takes());
    await story.tick();
    story.does(sam.leaves());
    await story.tick();
    expect(await lookAt(story, at("2026-12-02T20:00Z"))).toEqual([]);
    expect(await lookAt(story, at("2026-12-03T15:00Z"))).toMatchObject([{ kind: "edit-comment" }]);
    const [again, ...more] = told(story);
    expect(more).toEqual([]);
    expect(again).not.toBe(first);
    expect(again).toContain("Thu 3 Dec 2026 09:03 EST");
  });

  it("whoever has it next is reminded in the same comment, at work", async () => {
    const story = await begin({
      team: [
        "{ handle: amber, dri: true, timezone: America/Denver }",
        "{ handle: meri, timezone: Europe/London }",
        "{ handle: sam }",
      ],
    });
    story.openRequest();
    story.does(sam.takes());
    await story.tick();
    await lookAt(story, at("2026-12-07T14:00Z"));
    expect(told(story)[0]).toContain("@sam");
    story.does(sam.assigns("amber"), sam.leaves());
    await story.tick();
    // 8:00 in Denver.
    expect(await lookAt(story, at("2026-12-07T15:00Z"))).toEqual([]);
    expect(await lookAt(story, at("2026-12-07T16:00Z"))).toMatchObject([{ kind: "edit-comment" }]);
    expect(told(story)).toEqual([expect.stringContaining("@amber")]);
  });

  it("a hold that moves the due time", async () => {
    const story = await begin();
    story.openRequest();
    story.does(sam.takes());
    await story.tick();
    await lookAt(story, at("2026-12-07T15:00Z"));
    story.does(sam.puts(HOLD.license));
    await story.tick();
    expect(await lookAt(story, at("2026-12-14T15:00Z"))).toEqual([]);
    story.does(sam.takesOff(HOLD.license));
    await story.tick();
    await lookAt(story, at("2026-12-14T16:00Z"));
    expect(told(story)).toEqual([expect.stringContaining("due by **Mon 14 Dec 2026")]);
  });

  it("what was said stays when it is put right", async () => {
    const story = await begin();
    story.openRequest();
    await lookAt(story, at("2026-12-02T14:00Z"));
    const before = told(story);
    story.does(sam.takes(), sam.ticksAll());
    await story.tick();
    await lookAt(story, at("2026-12-20T14:00Z"));
    expect(told(story)).toEqual(before);
  });
});

describe("nobody hears of", () => {
  const LATE = at("2026-12-14T16:00Z");
  it.each([
    ["a request that is On Hold", (story: Story) => story.does(sam.puts(HOLD.license))],
    ["one that is Completed", (story: Story) => story.does(sam.takes(), sam.ticksAll())],
    ["one that is closed", (story: Story) => story.does(sam.closes("not_planned"))],
    ["an issue that is no request", (story: Story) => story.open("hr", { body: "Hello" })],
  ])("%s", async (_, act) => {
    const story = await begin();
    story.openRequest();
    act(story);
    await story.tick();
    await lookAt(story, LATE);
    expect(told(story)).toEqual([]);
  });

  it("what was late more than thirty days ago", async () => {
    const story = await begin();
    story.openRequest();
    expect(await lookAt(story, at("2027-01-04T15:00Z"))).toMatchObject([{ key: "breach:done" }]);
    const other = await begin();
    other.openRequest();
    expect(await lookAt(other, at("2027-01-08T15:00Z"))).toEqual([]);
  });

  it("a leaver's request for being late: that has dates of its own", async () => {
    const story = await begin();
    const body = "<!-- daytwo:offboarding:acme/people#4 -->\n\n- [ ] Revoked";
    story.open(SELF, { body, labels: [REQUEST, STATE.in_progress] });
    story.does(sam.takes());
    await story.tick();
    await lookAt(story, LATE);
    expect(told(story)).toEqual([]);
  });
});

it("a comment that somebody else wrote with the marker in it is nobody's reminder", async () => {
  const story = await begin();
  story.openRequest();
  story.does(hr.says("<!-- daytwo:breach:first_action -->\n<!-- daytwo:told:0 -->"));
  await lookAt(story, at("2026-12-02T14:00Z"));
  expect(told(story).map(keyIn)).toEqual(["breach:first_action"]);
});

it("two who have it are reminded together; one who leaves and one who stays say nothing new", async () => {
  const story = await begin();
  story.openRequest();
  story.does(sam.takes(), sam.assigns("amber"));
  await story.tick();
  await lookAt(story, at("2026-12-07T15:00Z"));
  expect(told(story)[0]).toContain("@sam @amber");
  story.does(sam.leaves());
  expect(await lookAt(story, at("2026-12-07T16:00Z"))).toEqual([]);
});

/** What a tick had to read of single issues. */
async function readsOf(story: Story): Promise<readonly string[]> {
  const { facts } = await look(story.team(), {
    trigger: { kind: "tick", catchUp: false },
    now: story.now,
    subject: null,
  });
  return [...(facts.requests?.history.keys() ?? [])].map(String);
}

it("a request is not late before it was opened, whatever the clock of the forge says", async () => {
  const story = await begin({ at: OPENED - 10 * DAY });
  const body = `- [ ] Box\n\n${openedMarker(OPENED)}`;
  story.open(SELF, { body, labels: [REQUEST, STATE.action_needed] });
  story.open("hr", { body, labels: [REQUEST, STATE.action_needed] });
  // Nobody else's word counts.
  expect(await lookAt(story, OPENED)).toMatchObject([{ issue: 2, key: "breach:done" }]);
  expect(await lookAt(story, at("2026-12-02T14:00Z"))).toMatchObject([
    { issue: 1, key: "breach:first_action" },
  ]);
});

describe("looks read no more than they must", () => {
  it("one that was never touched needs no history, however late it is", async () => {
    const story = await begin();
    for (let i = 0; i < 3; i++) story.openRequest();
    for (const time of ["2026-12-01T15:00Z", "2026-12-02T15:00Z", "2026-12-30T15:00Z"]) {
      story.now = at(time);
      expect(await readsOf(story)).toEqual([]);
    }
  });

  it("one that was opened In Progress needs it only once it may be late", async () => {
    const story = await begin();
    story.open(SELF, { body: "- [ ] Box", labels: [REQUEST, STATE.in_progress], assignees: ["sam"] });
    story.now = at("2026-12-04T21:59Z");
    expect(await readsOf(story)).toEqual([]);
    story.now = at("2026-12-04T22:00Z");
    expect(await readsOf(story)).toEqual(["1"]);
  });
});

describe("explain", () => {
  const said = async (story: Story) => {
    const [comment] = await explainNow(story);
    return comment ?? "";
  };
  async function explainNow(story: Story): Promise<string[]> {
    story.does(hr.says("/ar explain"));
    await story.tick();
    return [story.see().section("commands") ?? ""];
  }

  it("tells when each clock is due and how much is left", async () => {
    const story = await begin();
    story.openRequest();
    const text = await said(story);
    expect(text).toContain(
      "Its first action is due Tue 1 Dec 2026 17:00 EST; 7 h 59 min of working time left.",
    );
    expect(text).toContain(
      "It is due Mon 7 Dec 2026 17:00 EST; 4 working days 7 h 59 min of working time left.",
    );
  });

  it("tells who is reminded when, what stands still, and what is late", async () => {
    const story = await begin();
    story.openRequest();
    story.does(sam.takes());
    await story.tick();
    story.now += MINUTE;
    expect(await said(story)).toContain("sam is reminded when a fifth of the time is left.");
    story.does(sam.puts(HOLD.license));
    await story.tick();
    story.now += MINUTE;
    expect(await said(story)).toMatch(/On Hold no time is counted; 4 working days 7 h \d+ min/);
    story.does(sam.takesOff(HOLD.license));
    await story.tick();
    story.now = at("2026-12-20T14:00Z");
    expect(await said(story)).toContain("It was due Tue 8 Dec 2026 09:0");
  });
});
