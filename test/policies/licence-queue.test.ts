import { describe, expect, it } from "vitest";
import { isStatus } from "../../src/engine/status.ts";
import { apply } from "../../src/run/apply.ts";
import { look, reconcile } from "../../src/run/reconcile.ts";
import { remembering } from "../run/memory.ts";
import { DAY, HOLD, hr, MINUTE, REQUESTS, STATE, type Story, type StoryOptions, sam } from "../story.ts";
import { reactionsTo } from "./commands.world.ts";
import { commentsOf, KINDS } from "./hires.ts";
import { begin, CHORUS_HOLD, held, hold, leaver, opens, queueSection } from "./licence-queue.world.ts";

/** Twelve wait for Salesforce, in an order that is not that of their numbers, and one request waits for nothing. */
const ORDER = [5, 1, 9, 3, 12, 7, 2, 11, 4, 10, 6, 8];

async function twelve(options: Partial<StoryOptions> & Pick<StoryOptions, "kind">): Promise<Story> {
  const story = await begin(options);
  for (const number of ORDER.map((_, i) => i + 1)) opens(story, `person ${number}`);
  hold(story, ORDER);
  await story.tick();
  return story;
}

const asks = (story: Story, text: string, on: number, by = sam) => {
  story.about = { project: "requests", number: on };
  story.does(by.says(text));
};
const rest = (n: number): number[] => ORDER.slice(n).toSorted((a, b) => a - b);

describe.each(KINDS)("licence queue (%s)", (kind) => {
  it.each(["tick", "webhooks"] as const)(
    "12 wait, 5 seats come, 2 leavers free 2 more: the right 7, in order, once (by %s)",
    async (how) => {
      const story = await twelve({ kind });
      const look = async () => void (how === "tick" ? await story.tick() : await story.handle());
      await look();
      const desk = opens(story, "the desk");
      await look();
      asks(story, "Finance has bought some.\n\n/ar seats salesforce 5", desk);
      await look();
      expect(held(story)).toEqual(rest(5));
      expect(reactionsTo(story)).toEqual(["+1"]);
      expect(queueSection(story, desk)).toBe(
        "- **5 seats of Salesforce** are free: for #5, #1, #9, #3, #12, first in, first out.",
      );
      for (const number of ORDER.slice(0, 5)) {
        expect(story.see({ project: "requests", number }).labels).toContain(STATE.action_needed);
        expect(queueSection(story, number)).toBe(
          `**A seat of Salesforce is free**, so this waits for it no more. It came free on #${desk}.`,
        );
      }
      for (const name of ["Grace Hopper", "Alan Turing"]) leaver(story, name);
      await look();
      const [grace, alan] = [desk + 1, desk + 2];
      expect(held(story)).toEqual(rest(5));
      for (const number of [alan, grace]) {
        story.about = { project: "requests", number };
        // Salesforce comes after Chorus: its boxes are the third and the fourth.
        story.does(sam.ticks(2));
      }
      await look();
      expect(held(story)).toEqual(rest(7));
      const given = [grace, alan].map((number) => queueSection(story, number));
      expect(given.map((text) => /for #(\d+),/.exec(text ?? "")?.[1]).toSorted()).toEqual(["2", "7"]);
      // Nothing is given twice, whoever ticks what again.
      story.does(sam.unticks(2), sam.ticks(2));
      await look();
      await story.tick();
      expect((await story.tick()).changes).toEqual([]);
      expect(held(story)).toEqual(rest(7));
      for (const number of ORDER)
        expect(commentsOf(story, number, REQUESTS).filter(isStatus).length).toBeLessThan(2);
    },
  );

  it("left over seats are said to be; nobody who comes later gets them", async () => {
    const story = await begin({ kind });
    const [a, b, desk] = [opens(story, "a"), opens(story, "b"), opens(story, "c")];
    hold(story, [b, a]);
    asks(story, "/ar seats Salesforce 3", desk);
    await story.tick();
    expect(queueSection(story, desk)).toBe(
      `- **3 seats of Salesforce** are free: for #${b}, #${a}, first in, first out. 1 is left over: nobody else waits.`,
    );
    expect(held(story)).toEqual([]);
    hold(story, [desk]);
    await story.tick();
    expect((await story.tick()).changes).toEqual([]);
    expect(held(story)).toEqual([desk]);
    asks(story, "/ar seats salesforce 1\n/ar seats salesforce 2", a);
    await story.tick();
    expect(held(story)).toEqual([]);
    expect(queueSection(story, a)).toContain("**2 seats of Salesforce** are free: nobody waits for them.");
    expect((await story.tick()).changes).toEqual([]);
  });

  it("each system has its own queue; other reasons, cancelled starts, strangers' labels and closed ones take no seat", async () => {
    const story = await begin({ kind });
    const numbers = Array.from({ length: 7 }, (_, i) => opens(story, `p${i}`));
    const [other, off, gone, stranger, both, waits, desk] = numbers as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    hold(story, [other], CHORUS_HOLD);
    hold(story, [off, gone, both]);
    hold(story, [stranger], HOLD.license, "hr");
    hold(story, [off], HOLD.cancelled);
    hold(story, [both], "Waiting on a vendor");
    hold(story, [waits]);
    story.about = { project: "requests", number: gone };
    story.does(sam.puts(HOLD.cancelled), sam.closes("not_planned"));
    asks(story, "/ar seats salesforce 5", desk);
    await story.tick();
    await story.tick();
    expect(queueSection(story, desk)).toContain(`for #${both}, #${waits}, first in`);
    expect(queueSection(story, desk)).toContain("3 are left over");
    // It still waits for the vendor.
    expect(story.see({ project: "requests", number: both }).labels).toContain(STATE.on_hold);
    expect(story.see({ project: "requests", number: waits }).labels).toContain(STATE.action_needed);
    expect(held(story, CHORUS_HOLD)).toEqual([other]);
    expect((await story.tick()).changes).toEqual([]);
  });

  it("who left the queue and came back waits at its end; who was taken out by a stranger does not", async () => {
    const story = await begin({ kind });
    const [a, b, c, desk] = ["a", "b", "c", "d"].map((name) => opens(story, name)) as [
      number,
      number,
      number,
      number,
    ];
    hold(story, [a, b, c]);
    await story.tick();
    story.now += MINUTE;
    story.memory.by("sam").unlabel(REQUESTS, a, HOLD.license);
    story.now += MINUTE;
    await story.tick();
    hold(story, [a]);
    story.memory.by("hr").unlabel(REQUESTS, b, HOLD.license);
    story.now += MINUTE;
    await story.tick();
    await story.tick();
    asks(story, "/ar seats salesforce 2", desk);
    await story.tick();
    expect(queueSection(story, desk)).toContain(`for #${b}, #${c}, first in`);
    expect(held(story)).toEqual([a]);
  });

  it("a request may say it of the very seat it waits for", async () => {
    const story = await begin({ kind });
    const [a, b] = [opens(story, "a"), opens(story, "b")];
    hold(story, [a, b]);
    asks(story, "/ar seats salesforce 1", a);
    await story.tick();
    expect(held(story)).toEqual([b]);
    expect(queueSection(story, a)).toContain("**A seat of Salesforce is free**");
    expect((await story.tick()).changes).toEqual([]);
  });

  it.each([
    ["/ar seats", "name the system and how many", "confused"],
    ["/ar seats salesforce", "name the system and how many", "confused"],
    ["/ar seats salesforce many", "“many” is no number of seats", "confused"],
    ["/ar seats salesforce 0", "“0” is no number of seats", "confused"],
    ["/ar seats salesforce 1001", "“1001” is no number of seats", "confused"],
    ["/ar seats salesfroce 2", "did you mean salesforce?", "confused"],
    ["/ar seats zoom 2", "“zoom” is no system here", "confused"],
    ["/ar seats outreach 2", "nobody can wait for Outreach", "-1"],
  ])("%s is refused with words", async (text, words, reaction) => {
    const story = await begin({ kind, files: { "systems/outreach.yml": "name: Outreach\n" } });
    const [a, desk] = [opens(story, "a"), opens(story, "desk")];
    hold(story, [a]);
    asks(story, text, desk);
    await story.tick();
    expect(story.see().section("commands")).toContain(words);
    expect(reactionsTo(story)).toEqual([reaction]);
    expect(held(story)).toEqual([a]);
    expect(queueSection(story, desk)).toBeNull();
  });

  it("only the team frees seats", async () => {
    const story = await begin({ kind });
    const [a, desk] = [opens(story, "a"), opens(story, "desk")];
    hold(story, [a]);
    asks(story, "/ar seats salesforce 1", desk, hr);
    await story.tick();
    expect(held(story)).toEqual([a]);
    expect(reactionsTo(story)).toEqual(["-1"]);
  });

  it("access that a leaver never had frees nothing", async () => {
    const story = await begin({ kind });
    const a = opens(story, "a");
    hold(story, [a]);
    leaver(story, "Grace Hopper");
    await story.tick();
    story.about = { project: "requests", number: a + 1 };
    story.does(sam.ticks(3));
    await story.tick();
    expect(held(story)).toEqual([a]);
    story.does(sam.ticks(2));
    await story.tick();
    expect(held(story)).toEqual([]);
  });

  it("two programs that look at two issues at the same time end with four who got one each", async () => {
    const story = await twelve({ kind });
    const desks = [opens(story, "one"), opens(story, "two")];
    for (const desk of desks) asks(story, "/ar seats salesforce 2", desk);
    const trigger = { kind: "tick", catchUp: false } as const;
    const plans = await Promise.all(
      desks.map((number) =>
        look(story.team(), { trigger, now: story.now, subject: { project: "requests", number } }),
      ),
    );
    for (const { plan } of plans) await apply(story.team(), plan, { check: "nothing" });
    // Both have noted the same two by now.
    expect(desks.map((desk) => /for (.*), first in/.exec(queueSection(story, desk) ?? "")?.[1])).toEqual([
      "#5, #1",
      "#5, #1",
    ]);
    await story.tick();
    await story.tick();
    expect(held(story)).toEqual(rest(4));
    const given = desks.flatMap((desk) => queueSection(story, desk)?.match(/#\d+/g) ?? []);
    expect(given.toSorted()).toEqual(["#1", "#3", "#5", "#9"]);
    expect((await story.tick()).changes).toEqual([]);
  });

  it.each(["tick", "webhooks"] as const)("over HTTP, by %s", async (how) => {
    const story = await begin({ kind, via: "http" });
    const look = async () => void (how === "tick" ? await story.tick() : await story.handle());
    try {
      const [a, b, c, desk] = ["a", "b", "c", "desk"].map((name) => opens(story, name)) as [
        number,
        number,
        number,
        number,
      ];
      hold(story, [b, c, a]);
      await look();
      asks(story, "/ar seats Salesforce 1", desk);
      await look();
      expect(held(story)).toEqual([a, c]);
      leaver(story, "Grace Hopper");
      await look();
      story.about = { project: "requests", number: desk + 1 };
      story.does(sam.ticks(2));
      await look();
      expect(held(story)).toEqual([a]);
      for (const number of [b, c]) {
        expect(story.see({ project: "requests", number }).labels).toContain(STATE.action_needed);
      }
      expect((await story.tick()).changes).toEqual([]);
    } finally {
      await story.end();
    }
  });

  it("what waits, and what was given out, costs nothing once it stands", async () => {
    const story = await twelve({ kind, memory: remembering() });
    const desk = opens(story, "the desk");
    leaver(story, "Grace Hopper");
    asks(story, "/ar seats salesforce 5", desk);
    for (let i = 0; i < 3; i++) await story.tick();
    const team = story.team();
    const quiet = await reconcile(team, {
      trigger: { kind: "tick", catchUp: false },
      now: story.now,
      subject: null,
    });
    expect(quiet.changes).toEqual([]);
    for (const role of ["requests", "onboarding"] as const) {
      const made = [...(team.forges[role]?.requests() ?? [])].filter(
        ([what]) => what !== "GET issues" && what !== "GET user",
      );
      expect(made).toEqual([]);
    }
  });

  it("explains who waits where", async () => {
    const story = await twelve({ kind });
    asks(story, "/ar explain", 9);
    await story.tick();
    expect(story.see().section("commands")).toContain(
      "It is number 3 of 12 who wait for a seat of Salesforce",
    );
    story.now += DAY;
    expect((await story.tick()).changes.filter(({ policy }) => policy === "licence-queue")).toEqual([]);
  });
});
