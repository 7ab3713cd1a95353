/** Whoever has a request and is away has it covered: who is asked when, who gets it, and who is offered it back. */
import { describe, expect, it } from "vitest";
import type { ForgeKind, Instant } from "../../src/model.ts";
import { reconcile } from "../../src/run/reconcile.ts";
import {
  amber,
  HOLD,
  hr,
  itself,
  MINUTE,
  meri,
  REQUEST,
  SELF,
  STATE,
  Story,
  type StoryOptions,
  sam,
} from "../story.ts";

const at = (text: string): Instant => Date.parse(text);
const KINDS: readonly ForgeKind[] = ["github", "gitlab"];
/** Friday, 11:00 in New York. Weekends are between, and Christmas and the New Year: 25 December, 1 January. */
const OPENED = at("2026-12-18T16:00Z");
const TEAM = [
  "{ handle: amber, dri: true, timezone: America/Denver }",
  "{ handle: meri, timezone: Europe/London, calendar: { country: GB, region: eng }, away: [{ from: 2026-12-21, to: 2027-01-02 }], cover: sam }",
  "{ handle: sam }",
];
/** A month to be done: no reminders between. */
const SLOW = "requests: { sla: { done: 60d } }\n";

const begin = (more: Partial<StoryOptions> = {}) =>
  Story.begin({ kind: "github", via: "memory", at: OPENED, team: TEAM, config: SLOW, ...more });

const taken = async (story: Story, by = meri) => {
  story.openRequest();
  story.does(by.takes());
  await story.tick();
};
const says = (story: Story): string | null => story.see().section("coverage");

/** Looks at a time, and again: the second look finds nothing to do. */
async function lookAt(story: Story, time: string) {
  story.now = Math.max(story.now, at(time));
  const { changes } = await story.tick();
  story.now += MINUTE;
  expect((await story.tick()).changes).toEqual([]);
  return changes;
}

describe.each(KINDS)("on %s", (kind) => {
  it("the cover is asked, takes it, and whoever is back is offered it", async () => {
    const story = await begin({ kind });
    await taken(story);
    expect(await lookAt(story, "2026-12-18T21:00Z")).toEqual([]);
    const [change, ...more] = await lookAt(story, "2026-12-21T14:00Z");
    expect(more).toEqual([]);
    expect(change).toMatchObject({
      policy: "coverage",
      kind: "edit-comment",
      reason: "meri is away until Mon 4 Jan 2027: sam is asked to take it.",
    });
    expect(says(story)).toBe(
      "**meri is away** until **Mon 4 Jan 2027**. @sam please take this request: `/ar take`. Nobody is assigned who has not taken it.",
    );
    expect(story.see().assignees).toEqual(["meri"]);
    story.does(sam.says("/ar take"));
    await story.tick();
    expect(story.see().assignees).toEqual(["sam"]);
    expect(says(story)).toBe(
      "sam has it while **meri** is away until **Mon 4 Jan 2027**; then it is offered back.",
    );
    expect(await lookAt(story, "2026-12-28T15:00Z")).toEqual([]);
    expect(await lookAt(story, "2027-01-03T15:00Z")).toEqual([]);
    expect(await lookAt(story, "2027-01-04T09:00Z")).toMatchObject([
      { policy: "coverage", reason: "meri is back: it is offered back." },
    ]);
    expect(says(story)).toBe("@meri is back and may take it back from sam: `/ar take`.");
    expect(story.see().assignees).toEqual(["sam"]);
    story.does(meri.says("/ar take"));
    await story.tick();
    expect(story.see().assignees).toEqual(["meri"]);
    expect(says(story)).toBe("**meri is back** and has it.");
    expect(await lookAt(story, "2027-01-06T15:00Z")).toEqual([]);
    expect(story.see().comments.filter(({ author }) => author === SELF)).toHaveLength(1);
  });

  it("the cover does not take it within a working day: the others are asked; nobody does, and meri is back", async () => {
    const story = await begin({ kind });
    await taken(story);
    await lookAt(story, "2026-12-21T14:00Z");
    expect(await lookAt(story, "2026-12-21T21:50Z")).toEqual([]);
    await lookAt(story, "2026-12-22T14:00Z");
    expect(says(story)).toBe(
      "**meri is away** until **Mon 4 Jan 2027**. sam cannot, or has not. @amber please take this request: `/ar take`. Nobody is assigned who has not taken it.",
    );
    expect(await lookAt(story, "2026-12-23T15:00Z")).toEqual([]);
    expect(await lookAt(story, "2027-01-01T15:00Z")).toEqual([]);
    await lookAt(story, "2027-01-04T09:00Z");
    expect(says(story)).toBe("**meri is back** and has it.");
    expect(story.see().assignees).toEqual(["meri"]);
    expect(await lookAt(story, "2027-01-05T15:00Z")).toEqual([]);
  });
});

it("over HTTP, by webhooks and by ticks, on both forges", async () => {
  for (const kind of KINDS) {
    const story = await begin({ kind, via: "http" });
    try {
      story.openRequest();
      story.does(meri.takes());
      await story.handle();
      await lookAt(story, "2026-12-21T14:00Z");
      expect(says(story)).toContain("@sam please take");
      story.webhooks.take();
      story.does(sam.says("/ar take"));
      await story.handle();
      expect(story.see().assignees).toEqual(["sam"]);
      expect(says(story)).toContain("sam has it while **meri** is away");
      await lookAt(story, "2027-01-04T10:00Z");
      expect(says(story)).toContain("@meri is back");
      expect(story.sandbox?.violations ?? []).toEqual([]);
    } finally {
      await story.end();
    }
  }
});

interface Row {
  readonly name: string;
  readonly team: readonly string[];
  readonly config?: string;
  readonly opened: string;
  /** When it is looked at, and what the section has to say; null for none. */
  readonly looks: readonly (readonly [at: string, says: RegExp | null])[];
}

const meriAway = (from: string, to: string, more = "") =>
  `{ handle: meri, away: [{ from: ${from}, to: ${to} }], cover: sam${more} }`;
const rows: readonly Row[] = [
  {
    name: "one day away is not long",
    team: ["{ handle: sam }", meriAway("2026-12-08", "2026-12-08")],
    opened: "2026-12-07T15:00Z",
    looks: [
      ["2026-12-08T14:00Z", null],
      ["2026-12-08T20:00Z", null],
    ],
  },
  {
    name: "two days are",
    team: ["{ handle: sam }", meriAway("2026-12-08", "2026-12-09")],
    opened: "2026-12-07T15:00Z",
    looks: [["2026-12-08T14:00Z", /@sam please/]],
  },
  {
    name: "one day away, and due on it",
    team: ["{ handle: sam }", meriAway("2026-12-08", "2026-12-08")],
    config: "requests: { sla: { first_action: 4h, done: 10h } }\n",
    opened: "2026-12-07T15:00Z",
    looks: [["2026-12-08T14:00Z", /until \*\*Wed 9 Dec 2026\*\*\. @sam please/]],
  },
  {
    name: "one day away, and due right after it",
    team: ["{ handle: sam }", meriAway("2026-12-08", "2026-12-08")],
    config: "requests: { sla: { first_action: 4h, done: 15h } }\n",
    opened: "2026-12-07T15:00Z",
    looks: [["2026-12-08T14:00Z", null]],
  },
  {
    name: "one that is late already is late for whoever is away, too",
    team: ["{ handle: sam }", meriAway("2026-12-08", "2026-12-08")],
    config: "requests: { sla: { first_action: 1h, done: 2h } }\n",
    opened: "2026-12-07T15:00Z",
    looks: [["2026-12-08T14:00Z", /@sam please/]],
  },
  {
    name: "the weekend is nobody's absence",
    team: ["{ handle: sam }", "{ handle: meri, cover: sam }"],
    config: "requests: { sla: { first_action: 1h, done: 2h } }\n",
    opened: "2026-12-11T15:00Z",
    looks: [["2026-12-12T15:00Z", null]],
  },
  {
    name: "holidays of their own country in a row count as away",
    team: [
      "{ handle: sam }",
      "{ handle: meri, timezone: Europe/London, calendar: { country: GB, region: eng }, cover: sam }",
    ],
    opened: "2026-04-01T14:00Z",
    // Good Friday to Easter Monday.
    looks: [
      ["2026-04-02T15:00Z", null],
      ["2026-04-03T14:00Z", /meri is away\*\* until \*\*Tue 7 Apr 2026\*\*\. @sam please/],
      ["2026-04-07T09:00Z", /meri is back/],
    ],
  },
  {
    name: "without a cover the team is asked at once",
    team: [
      "{ handle: amber }",
      "{ handle: sam }",
      "{ handle: meri, away: [{ from: 2026-12-08, to: 2026-12-11 }] }",
    ],
    opened: "2026-12-07T15:00Z",
    looks: [["2026-12-08T14:00Z", /away\*\* until \*\*Mon 14 Dec 2026\*\*\. @amber @sam please/]],
  },
  {
    name: "a cover who is away, too, is passed over",
    team: [
      "{ handle: amber }",
      "{ handle: sam, away: [{ from: 2026-12-07, to: 2026-12-09 }] }",
      meriAway("2026-12-08", "2026-12-11"),
    ],
    opened: "2026-12-04T15:00Z",
    looks: [
      ["2026-12-08T14:00Z", /sam cannot, or has not\. @amber please/],
      ["2026-12-10T14:00Z", /@amber please/],
    ],
  },
  {
    name: "a cover who goes away meanwhile is passed over then",
    team: [
      "{ handle: amber }",
      "{ handle: sam, away: [{ from: 2026-12-09, to: 2026-12-09 }] }",
      meriAway("2026-12-08", "2026-12-11"),
    ],
    opened: "2026-12-04T15:00Z",
    looks: [
      ["2026-12-08T20:00Z", /@sam please/],
      ["2026-12-09T05:00Z", /@amber please/],
    ],
  },
  {
    name: "those of the others who are away are not asked",
    team: [
      "{ handle: amber, away: [{ from: 2026-12-07, to: 2026-12-09 }] }",
      "{ handle: sam }",
      "{ handle: hr }",
      "{ handle: meri, away: [{ from: 2026-12-08, to: 2026-12-11 }] }",
    ],
    opened: "2026-12-04T15:00Z",
    looks: [["2026-12-08T14:00Z", /\. @sam @hr please/]],
  },
  {
    name: "where nobody is in it waits for the first who is",
    team: [
      "{ handle: sam, away: [{ from: 2026-12-07, to: 2026-12-09 }] }",
      meriAway("2026-12-08", "2026-12-11"),
    ],
    opened: "2026-12-04T15:00Z",
    looks: [
      ["2026-12-08T14:00Z", null],
      ["2026-12-10T14:00Z", /@sam please/],
    ],
  },
  {
    name: "an absence that begins on a weekend is told on the cover's next working day",
    team: ["{ handle: sam }", meriAway("2026-12-12", "2026-12-20")],
    opened: "2026-12-11T15:00Z",
    looks: [
      ["2026-12-12T15:00Z", null],
      ["2026-12-14T14:00Z", /@sam please/],
    ],
  },
  {
    name: "a cover in another zone has a working day of their own to take it",
    team: [
      "{ handle: amber }",
      "{ handle: sam, timezone: Asia/Tokyo, calendar: { country: JP } }",
      meriAway("2026-12-08", "2026-12-16"),
    ],
    opened: "2026-12-07T15:00Z",
    // Asked in the middle of Tuesday in New York, at night in Tokyo, whose Wednesday ends at 8:00 UTC.
    looks: [
      ["2026-12-08T13:00Z", /@sam please/],
      ["2026-12-09T07:50Z", /@sam please/],
      ["2026-12-09T08:01Z", /@amber please/],
    ],
  },
  {
    name: "nobody else in the team: nobody to ask",
    team: ["{ handle: meri, away: [{ from: 2026-12-08, to: 2026-12-11 }] }"],
    opened: "2026-12-07T15:00Z",
    looks: [["2026-12-09T14:00Z", null]],
  },
];

describe("who is asked", () => {
  it.each(rows)("$name", async ({ team, config = SLOW, opened, looks }) => {
    const story = await begin({ team, config, at: at(opened) });
    await taken(story);
    for (const [time, expected] of looks) {
      await lookAt(story, time);
      if (expected === null) expect(says(story), time).toBeNull();
      else expect(says(story), time).toMatch(expected);
      expect(story.see().assignees).toEqual(["meri"]);
    }
  });
});

describe("what else may come of it", () => {
  it("taken while nobody had asked, it is nobody's to give back", async () => {
    const story = await begin();
    await taken(story);
    story.does(sam.says("/ar take"));
    await story.tick();
    await lookAt(story, "2026-12-21T14:00Z");
    await lookAt(story, "2027-01-04T14:00Z");
    expect(says(story)).toBeNull();
  });

  it("one who has it beside the one away has it", async () => {
    const story = await begin();
    await taken(story);
    story.does(meri.assigns("amber"));
    await lookAt(story, "2026-12-21T18:00Z");
    expect(says(story)).toBeNull();
  });

  it("of somebody who is not of the team nobody knows whether they are away", async () => {
    const story = await begin();
    await taken(story);
    story.does(meri.assigns("mallory"));
    await lookAt(story, "2026-12-21T18:00Z");
    expect(says(story)).toBeNull();
  });

  it("whoever took it goes away, too: it is asked for again, and still offered to the first", async () => {
    const story = await begin({
      team: [
        "{ handle: amber }",
        meriAway("2026-12-08", "2026-12-20"),
        "{ handle: sam, away: [{ from: 2026-12-14, to: 2026-12-31 }], cover: amber }",
      ],
      at: at("2026-12-07T15:00Z"),
    });
    await taken(story);
    await lookAt(story, "2026-12-08T14:00Z");
    story.does(sam.says("/ar take"));
    await lookAt(story, "2026-12-09T14:00Z");
    await lookAt(story, "2026-12-14T14:00Z");
    expect(says(story)).toMatch(/sam is away\*\* until .*Mon 4 Jan 2027\*\*\. @amber please/);
    story.does(amber.says("/ar take"));
    await lookAt(story, "2026-12-15T14:00Z");
    expect(says(story)).toMatch(/^amber has it while \*\*meri\*\* is away until \*\*Mon 21 Dec/);
    await lookAt(story, "2026-12-21T14:00Z");
    expect(says(story)).toBe("@meri is back and may take it back from amber: `/ar take`.");
  });

  it("a request that is released or done asks nobody any more", async () => {
    for (const act of [itself.unassigns("meri"), sam.ticksAll()]) {
      const story = await begin();
      await taken(story);
      await lookAt(story, "2026-12-21T14:00Z");
      expect(says(story)).not.toBeNull();
      story.does(act);
      await lookAt(story, "2026-12-21T15:00Z");
      expect(says(story)).toBeNull();
    }
  });

  it("what waits needs nobody, until it goes on", async () => {
    const story = await begin();
    await taken(story);
    story.does(meri.puts(HOLD.license));
    await lookAt(story, "2026-12-21T14:00Z");
    expect(says(story)).toBeNull();
    story.does(amber.takesOff(HOLD.license));
    await lookAt(story, "2026-12-22T16:00Z");
    expect(says(story)).toContain("@sam please");
  });

  it("an absence that grows is told in place, and the cover's day does not begin anew", async () => {
    const story = await begin();
    await taken(story);
    await lookAt(story, "2026-12-21T14:00Z");
    const { config } = await begin({ team: TEAM.map((one) => one.replace("2027-01-02", "2027-01-09")) });
    const lookLater = async (time: string) => {
      story.now = at(time);
      const errand = { trigger: { kind: "tick", catchUp: false }, now: story.now, subject: null } as const;
      return (await reconcile({ ...story.team(), config }, errand)).changes;
    };
    expect(await lookLater("2026-12-21T20:00Z")).toHaveLength(1);
    expect(says(story)).toMatch(/until \*\*Mon 11 Jan 2027\*\*\. @sam please/);
    expect(await lookLater("2026-12-21T20:10Z")).toEqual([]);
    await lookLater("2026-12-22T15:00Z");
    expect(says(story)).toMatch(/until \*\*Mon 11 Jan 2027\*\*\. sam cannot, or has not\. @amber/);
    expect(await lookLater("2027-01-05T15:00Z")).toEqual([]);
  });

  it("somebody who is given a request while away", async () => {
    const story = await begin();
    story.now = at("2026-12-22T15:00Z");
    story.open("hr", { body: "- [ ] Box", labels: [REQUEST, STATE.action_needed] });
    story.does(sam.assigns("meri"), sam.sets("in_progress"));
    await lookAt(story, "2026-12-22T15:10Z");
    expect(says(story)).toContain("@sam please");
  });
});

it("explain tells of it before, while and after", async () => {
  const story = await begin();
  await taken(story);
  const explained = async () => {
    story.does(hr.says("/ar explain"));
    await story.tick();
    return story.see().section("commands") ?? "";
  };
  expect(await explained()).toContain(
    "meri is away from Sat 19 Dec 2026 until Mon 4 Jan 2027: if that is more than a working day, or than the time left, sam is asked to take it.",
  );
  await lookAt(story, "2026-12-21T14:00Z");
  const while_ = await explained();
  expect(while_).toContain("meri is away until Mon 4 Jan 2027; the cover is asked to take it.");
  expect(while_).toContain("meri is away until Mon 4 Jan 2027.");
  story.does(sam.says("/ar take"));
  await story.tick();
  expect(await explained()).toContain("sam has it while meri is away; then it is offered back.");
});
