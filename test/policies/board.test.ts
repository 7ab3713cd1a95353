/** The living summary: when it is opened, when it is edited, and when it is left alone. */
import { afterEach, describe, expect, it } from "vitest";
import type { ForgeKind } from "../../src/model.ts";
import { reconcile } from "../../src/run/reconcile.ts";
import { openStore } from "../../src/run/store.ts";
import { total } from "../../src/run/team.ts";
import { DAY, HOLD, MINUTE, REQUEST, REQUESTS, SELF, STATE, Story, type StoryOptions } from "../story.ts";
import { TEMPLATE } from "./monthly-close.world.ts";

const HOUR = 60 * MINUTE;
/** Tuesday, 24 November 2026, 9:00 in New York: the last Monday at nine is a day ago. */
const TUESDAY = Date.UTC(2026, 10, 24, 14);
const TITLE = "Sales Ops access requests: board";

let story: Story;
afterEach(() => story.end());

async function begin(kind: ForgeKind, more: Partial<StoryOptions> = {}): Promise<void> {
  const memory = openStore(null, () => TUESDAY).memory("rules");
  story = await Story.begin({ kind, via: "memory", memory, at: TUESDAY, config: "board: {}\n", ...more });
}

const file = (title = "Access for Ada Lovelace") =>
  story.open(SELF, { title, labels: [REQUEST, STATE.action_needed] }).number;

const issues = () => [...story.memory.project(REQUESTS).issues.values()];
const summaries = () => issues().filter(({ body }) => body.includes("<!-- daytwo:board:summary -->"));
const summary = () => {
  const [one, ...others] = summaries();
  if (!one || others.length > 0) throw new Error(`${summaries().length} summaries, expected one`);
  return one;
};
const deeds = (result: Awaited<ReturnType<Story["tick"]>>) =>
  result.changes
    .filter(({ policy }) => policy === "board")
    .map(({ kind, issue }) => `${kind}${issue === null ? "" : ` #${issue}`}`);
const nextMonday = TUESDAY + 6 * DAY;

describe.each(["github", "gitlab"] as const)("the board's summary on %s", (kind) => {
  it("is opened at the first scheduled hour that has something to show, once, and is no request", async () => {
    await begin(kind);
    expect(deeds(await story.tick())).toEqual([]);
    const number = file();
    expect(deeds(await story.tick())).toEqual([]);
    story.now = nextMonday - MINUTE;
    expect(deeds(await story.tick())).toEqual([]);
    story.now = nextMonday;
    expect(deeds(await story.tick())).toEqual(["create-issue"]);
    const made = summary();
    expect(made).toMatchObject({ title: TITLE, state: "open", labels: [], assignees: [] });
    expect(made.body).toContain(`| [1](`);
    expect(made.body).toContain(`[#${number}](`);
    expect(story.memory.project(REQUESTS).pinned).toEqual(kind === "github" ? [made.number] : []);
    for (const later of [0, MINUTE, DAY]) {
      story.now += later;
      expect(deeds(await story.tick())).toEqual([]);
    }
    expect(summary().labels).toEqual([]);
    expect(summary().comments).toEqual([]);
  });

  it("says of the close what is done, and what is late on the day", async () => {
    await begin(kind, { config: "close: {}\nboard: {}\n", files: TEMPLATE });
    file();
    story.now = TUESDAY + DAY;
    await story.tick();
    for (const [days, late] of [
      [6, 0],
      [13, 2],
    ] as const) {
      story.now = TUESDAY + days * DAY;
      await story.tick();
      expect(summary().body).toContain(`monthly close: 2026-11: 0 of 3 tasks are done, ${late} late.`);
    }
  });

  it("before and after a change: one edit, no new comment, none when nothing has changed", async () => {
    await begin(kind, { config: 'board: { summary: { at: "09:00" } }\n' });
    story.now = TUESDAY - 3 * DAY;
    const number = file();
    story.now = TUESDAY;
    await story.tick();
    const before = summary();
    expect(before.body).toMatch(/\| Action Needed \| \[1\]/);
    const { body, number: board } = before;

    story.now += HOUR;
    story.memory.by("sam").assign(REQUESTS, number);
    await story.handle();
    await story.tick();
    expect(summary().body, "between the hours it stays as it is").toBe(body);

    story.now = TUESDAY + DAY;
    const result = await story.tick();
    expect(deeds(result)).toEqual([`edit-issue #${board}`]);
    expect(summary().body).toMatch(/\| Action Needed \| \[0\]/);
    expect(summary().body).toMatch(/\| In Progress \| \[1\]/);
    expect(summary().comments).toEqual([]);
    expect(deeds(await story.tick())).toEqual([]);
  });

  it("is not edited while its numbers are the same, and asks for them once an hour that is due", async () => {
    await begin(kind, { config: 'board: { summary: { at: "09:00" } }\n' });
    // Friday evening: over the weekend no working time goes by.
    story.now = Date.UTC(2026, 10, 20, 23);
    const number = file();
    story.now = Date.UTC(2026, 10, 21, 15);
    await story.tick();
    const { body, revision } = summary();
    expect(body).toContain(`#${number}`);
    story.now += DAY;
    const team = story.team();
    const tick = { trigger: { kind: "tick", catchUp: false }, subject: null } as const;
    const ask = async () => {
      const before = total(team.forges.requests?.requests() ?? new Map());
      const { changes } = await reconcile(team, { ...tick, now: story.now });
      expect(changes.filter(({ policy }) => policy === "board")).toEqual([]);
      return total(team.forges.requests?.requests() ?? new Map()) - before;
    };
    await ask();
    story.now += MINUTE;
    const quiet = await ask();
    expect(quiet, "lists only").toBeLessThanOrEqual(2);
    expect(summary()).toMatchObject({ body, revision });
  });

  it("a missed hour is made up for by the first tick after it", async () => {
    await begin(kind);
    story.now = TUESDAY - 5 * DAY;
    file();
    story.now = TUESDAY;
    expect(deeds(await story.tick())).toEqual(["create-issue"]);
    story.now = nextMonday + 2 * DAY + HOUR;
    expect(deeds(await story.tick())).toEqual([`edit-issue #${summary().number}`]);
    expect(summary().body).toContain("As of Wed 2 Dec 2026, 10:00 (America/New");
  });

  it("what people do to it is mended at its hour: text, title, state", async () => {
    await begin(kind);
    story.now = TUESDAY - 5 * DAY;
    file();
    story.now = TUESDAY;
    await story.tick();
    const { number, body } = summary();
    const sam = story.memory.by("sam");
    sam.edit(REQUESTS, number, { title: "Mine", body: `${body}\n\n- [ ] a box` });
    sam.close(REQUESTS, number);
    await story.handle();
    expect(deeds(await story.tick())).toEqual([]);
    story.now = nextMonday;
    expect(deeds(await story.tick())).toEqual([`reopen-issue #${number}`, `edit-issue #${number}`]);
    expect(summary()).toMatchObject({ title: TITLE, state: "open" });
    expect(summary().body).not.toContain("a box");
  });

  it("tells of holds in the order of their queue, and of nobody by a mention", async () => {
    await begin(kind);
    story.now = TUESDAY - 9 * DAY;
    const [first, second] = [file(), file("Access for @mallory | <!-- daytwo:board:summary -->")];
    for (const number of [second, first]) {
      story.now += HOUR;
      story.memory.by("amber").label(REQUESTS, number, HOLD.license);
      await story.handle();
    }
    story.now = TUESDAY;
    await story.tick();
    const { body } = summary();
    const row = body.split("\n").find((line) => line.startsWith("| SalesOPS: Waiting"));
    expect(row).toMatch(new RegExp(`\\[#${second}\\].*\\[#${first}\\]`));
    expect(body).not.toMatch(/@\w/);
    expect(body.match(/<!-- daytwo:board:summary -->/g)).toHaveLength(1);
  });

  it("somebody else's issue with its marker is not the summary; a second one of our own is closed", async () => {
    await begin(kind);
    story.now = TUESDAY - 5 * DAY;
    file();
    story.now += MINUTE;
    story.memory.by("mallory").open(REQUESTS, { title: "Fake", body: "<!-- daytwo:board:summary -->" });
    story.now = TUESDAY;
    await story.tick();
    const own = summaries().find(({ author }) => author.handle === SELF);
    expect(own?.title).toBe(TITLE);
    story.memory.by(SELF).open(REQUESTS, { title: TITLE, body: own?.body ?? "" });
    story.now += MINUTE;
    const result = await story.tick();
    expect(deeds(result)).toEqual([`close-issue #${(own?.number ?? 0) + 1}`]);
    story.now += MINUTE;
    expect(deeds(await story.tick())).toEqual([]);
  });

  it.each([
    ["board: false", "board: false\n"],
    ["publish without issue", "board: { summary: { publish: [page] } }\n"],
  ])("there is none with %s", async (_, config) => {
    await begin(kind, { config });
    story.now = TUESDAY - 5 * DAY;
    file();
    story.now = TUESDAY;
    expect(deeds(await story.tick())).toEqual([]);
  });
});

describe("the board's summary", () => {
  it("is opened, too, where it cannot be pinned", async () => {
    await begin("github");
    story.now = TUESDAY - 5 * DAY;
    const sam = story.memory.by("sam");
    const pinned = ["One", "Two", "Three"].map((title) => sam.open(REQUESTS, { title }));
    const { writer } = story.memory.as(SELF, REQUESTS);
    for (const number of pinned) await writer.pin(number);
    file();
    story.now = TUESDAY;
    const result = await story.tick();
    expect(result.outcomes.every(({ status }) => status === "applied")).toBe(true);
    expect(story.memory.project(REQUESTS).pinned).toEqual(pinned);
  });

  it("is looked at by itself in the app, and brought up to date in its own lane", async () => {
    await begin("github");
    story.now = TUESDAY - 5 * DAY;
    const number = file();
    story.now = TUESDAY;
    await story.tick();
    story.now = nextMonday;
    const trigger = { kind: "tick", catchUp: false } as const;
    const look = (issue: number) =>
      reconcile(story.team(), {
        trigger,
        now: story.now,
        subject: { project: "requests", number: issue },
      });
    expect((await look(number)).changes.filter(({ policy }) => policy === "board")).toEqual([]);
    expect((await look(summary().number)).changes.map(({ kind }) => kind)).toEqual(["edit-issue"]);
  });
});
