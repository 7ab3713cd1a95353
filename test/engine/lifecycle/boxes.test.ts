import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openTasks, storyOfEdits, storyOfTicks } from "../../../src/engine/lifecycle/boxes.ts";
import { boxes, boxStand } from "../../../src/engine/text/markdown.ts";
import type { HistoryEvent } from "../../../src/model.ts";

const body = (...done: boolean[]) => done.map((one, i) => `- [${one ? "x" : " "}] box ${i}`).join("\n");
const tick = (at: number, actor: string, type: "ticked" | "unticked" = "ticked"): HistoryEvent => ({
  type,
  at,
  actor,
  text: "box",
});
const opened = { actor: "hr", at: 0 };

describe("counted back from ticks", () => {
  test("the last one that was ticked finished it", () => {
    const { first, turns } = storyOfTicks(body(true, true), [tick(1, "sam"), tick(2, "amber")], true);
    expect(first).toBe("open");
    expect(turns).toEqual([{ to: "done", actor: "amber", at: 2 }]);
  });

  test("cleared and ticked again", () => {
    const events = [tick(1, "sam"), tick(2, "hr", "unticked"), tick(3, "amber")];
    expect(storyOfTicks(body(true), events, true).turns).toEqual([
      { to: "done", actor: "sam", at: 1 },
      { to: "open", actor: "hr", at: 2 },
      { to: "done", actor: "amber", at: 3 },
    ]);
  });

  test("done from the first, and cleared", () => {
    const { first, turns } = storyOfTicks(body(false), [tick(5, "hr", "unticked")], true);
    expect(first).toBe("done");
    expect(turns).toEqual([{ to: "open", actor: "hr", at: 5 }]);
  });

  test("without a tick nobody knows since when all are done; open ones were open", () => {
    expect(storyOfTicks(body(true), [], false).first).toBe("unknown");
    expect(storyOfTicks(body(true, false), [], true).first).toBe("open");
    expect(storyOfTicks("No boxes", [tick(1, "sam")], true).first).toBe("none");
  });

  test("is what a look after every tick would have seen", () => {
    const act = fc.tuple(fc.nat(3), fc.constantFrom("sam", "amber", "hr"));
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), fc.array(act), (start, acts) => {
        const now = [...start];
        const all = () => now.every(Boolean);
        const events: HistoryEvent[] = [];
        const seen: { to: string; actor: string; at: number }[] = [];
        acts.forEach(([box, actor], at) => {
          const before = all();
          now[box] = !now[box];
          events.push(tick(at, actor, now[box] ? "ticked" : "unticked"));
          if (all() !== before) seen.push({ to: all() ? "done" : "open", actor, at });
        });
        fc.pre(events.length > 0);
        expect(storyOfTicks(body(...now), events, true)).toMatchObject({
          first: start.every(Boolean) ? "done" : "open",
          turns: seen,
        });
      }),
    );
  });
});

describe("alternatives", () => {
  type Pair = readonly [revoked: boolean, never: boolean];
  const NAMES = ["Revoked", "Never had access"] as const;
  const group = (pair: Pair, i: number) =>
    [`### System ${i}`, "", ...pair.map((one, n) => `- [${one ? "x" : " "}] ${NAMES[n]}`)].join("\n");
  const pairs = (...all: readonly Pair[]) => all.map(group).join("\n\n");
  const ticks = (at: number, name: 0 | 1, ticked = true): HistoryEvent => ({
    type: ticked ? "ticked" : "unticked",
    text: NAMES[name],
    actor: `who ${at}`,
    at,
  });

  test("a settled pair is done, and what is open is named once, with its heading", () => {
    const text = `${pairs([true, false], [false, false], [false, true])}\n- [ ] Tell the manager`;
    expect(boxes(text).map(({ done }) => done)).toEqual([true, true, false, false, true, true, false]);
    expect(openTasks(text, boxes(text))).toEqual([
      "System 1: Revoked or Never had access",
      "Tell the manager",
    ]);
    const struck = "- [ ] Revoked\n- [ ] ~~Never had access~~";
    expect(openTasks(struck, boxes(struck))).toEqual(["Revoked"]);
  });

  test("boxes that read the same are told apart by their headings", () => {
    const text = [
      "### Chorus",
      "- [ ] Ada Lovelace, `ada@acme.com`",
      "- [ ] Grace Hopper, `grace@acme.com`",
      "### Salesforce",
      "- [x] Grace Hopper, `grace@acme.com`",
      "- [ ] Ada Lovelace, `ada@acme.com`",
      "- [ ] Send the welcome mail",
    ].join("\n");
    expect(openTasks(text, boxes(text))).toEqual([
      "Chorus: Ada Lovelace, `ada@acme.com`",
      "Chorus: Grace Hopper, `grace@acme.com`",
      "Salesforce: Ada Lovelace, `ada@acme.com`",
      "Send the welcome mail",
    ]);
  });

  test.each([
    ["corrected: cleared, then the other", [ticks(1, 0), ticks(2, 0, false), ticks(3, 1)], [1, 2, 3]],
    ["corrected: the other, then cleared", [ticks(1, 0), ticks(2, 1), ticks(3, 0, false)], [1]],
  ])("%s", (_, events, turns) => {
    const told = storyOfTicks(pairs([false, true]), events, true);
    expect([told.first, told.turns.map(({ at }) => at)]).toEqual(["open", turns]);
    const beside = storyOfTicks(pairs([true, false], [false, true]), [ticks(0, 0), ...events], true);
    expect([beside.first, beside.turns.map(({ at }) => at)]).toEqual(["open", turns]);
  });

  test("one pair beside others: what a look after every tick would have seen", () => {
    const act = fc.nat(3);
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
        fc.array(act, { minLength: 1 }),
        (start, acts) => {
          const now = [...start];
          const text = () =>
            `${group([now[0] === true, now[1] === true], 0)}\n${body(now[2] === true, now[3] === true)}`;
          const done = () => boxStand(text()) === "done";
          const began = done();
          const edits = [{ at: -1, editor: "hr", body: text() }];
          const seen: { to: string; at: number }[] = [];
          const events = acts.map((box, at): HistoryEvent => {
            const before = done();
            now[box] = !now[box];
            if (done() !== before) seen.push({ to: done() ? "done" : "open", at });
            edits.push({ at, editor: "sam", body: text() });
            const type = now[box] ? "ticked" : "unticked";
            return { at, actor: "sam", type, text: NAMES[box] ?? `box ${box - 2}` };
          });
          for (const told of [storyOfTicks(text(), events, true), storyOfEdits(text(), edits, opened)]) {
            expect(told).toMatchObject({ first: began ? "done" : "open", turns: seen });
          }
        },
      ),
    );
  });

  test("several pairs, each settled once, in any order", () => {
    const order = fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 });
    fc.assert(
      fc.property(
        order,
        fc.array(fc.constantFrom(0 as const, 1 as const), { minLength: 4, maxLength: 4 }),
        (systems, by) => {
          const events = systems.map((system, at) => ticks(at, by[system] ?? 0));
          const text = pairs(...by.map((one): Pair => [one === 0, one === 1]));
          expect(storyOfTicks(text, events, true)).toMatchObject({
            first: "open",
            turns: [{ to: "done", at: 3 }],
          });
        },
      ),
    );
  });
});

describe("told from edits", () => {
  test("never edited: its author wrote it so", () => {
    expect(storyOfEdits(body(true), [], opened)).toMatchObject({
      first: "done",
      finisher: opened,
      turns: [],
    });
    expect(storyOfEdits(body(false), [], opened)).toMatchObject({ first: "open", finisher: null, turns: [] });
  });

  test("who did the last one, and who opened it again", () => {
    const edits = [
      { at: 0, editor: "hr", body: body(false, false) },
      { at: 1, editor: "sam", body: body(true, false) },
      { at: 2, editor: "mallory", body: body(true, true) },
      { at: 3, editor: "amber", body: body(false, true) },
    ];
    expect(storyOfEdits(body(false, true), edits, opened).turns).toEqual([
      { to: "done", actor: "mallory", at: 2 },
      { to: "open", actor: "amber", at: 3 },
    ]);
  });

  test("a box that is taken out or struck is done by whoever did it", () => {
    const edits = [
      { at: 0, editor: "hr", body: body(true, false) },
      { at: 1, editor: "mallory", body: body(true) },
    ];
    expect(storyOfEdits(body(true), edits, opened).turns).toEqual([{ to: "done", actor: "mallory", at: 1 }]);
  });

  test("after a revision that was deleted nobody is named", () => {
    const edits = [
      { at: 0, editor: "hr", body: body(false) },
      { at: 1, editor: "mallory", body: null },
      { at: 2, editor: "sam", body: `${body(true)}\n\nThanks` },
    ];
    expect(storyOfEdits(`${body(true)}\n\nThanks`, edits, opened).turns).toEqual([
      { to: "done", actor: null, at: 2 },
    ]);
  });

  test("the last revision is the body that stands", () => {
    const edits = [
      { at: 0, editor: "hr", body: body(false) },
      { at: 1, editor: "sam", body: null },
    ];
    expect(storyOfEdits(body(true), edits, opened).turns).toEqual([{ to: "done", actor: "sam", at: 1 }]);
  });
});
