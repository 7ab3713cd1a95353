import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countBoxes, storyOfEdits, storyOfTicks } from "../../../src/engine/lifecycle/boxes.ts";
import type { HistoryEvent } from "../../../src/model.ts";

const body = (...done: boolean[]) => done.map((one, i) => `- [${one ? "x" : " "}] box ${i}`).join("\n");
const tick = (at: number, actor: string, type: "ticked" | "unticked" = "ticked"): HistoryEvent => ({
  type,
  at,
  actor,
  text: "box",
});
const opened = { actor: "hr", at: 0 };

test("boxes are counted, and those that are left", () => {
  expect(countBoxes("- [x] a\n- [ ] b\n- [ ] ~~c~~\n- [ ] d (n/a)\n```\n- [ ] e\n```")).toEqual({
    all: 4,
    open: 1,
  });
});

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
