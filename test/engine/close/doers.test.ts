/** Who ticked what, by each of the three ways in which forges tell it. */
import { describe, expect, it } from "vitest";
import {
  type Evidence,
  tickedByDeliveries,
  tickedByEdits,
  tickedByNotes,
} from "../../../src/engine/close/doers.ts";
import { readClose } from "../../../src/engine/close/tasks.ts";
import type { Delivery, HistoryEvent } from "../../../src/model.ts";

/** Two tasks with a review each: `x` and `-` for the four boxes, in order. */
const body = (marks: string, titles: readonly [string, string] = ["A", "B"]): string =>
  titles
    .flatMap((title, i) => [
      `- [${marks[2 * i] === "x" ? "x" : " "}] ${title} (due 2026-11-27, owner @sam)`,
      `  - [${marks[2 * i + 1] === "x" ? "x" : " "}] Reviewed (@meri)`,
    ])
    .join("\n");
const [A = "", B = ""] = readClose(body("----")).tasks.map(({ id }) => id);
const NAMES: Readonly<Record<string, string>> = {
  [`t${A}`]: "A",
  [`r${A}`]: "A reviewed",
  [`t${B}`]: "B",
  [`r${B}`]: "B reviewed",
};
const shown = ({ ticked }: Pick<Evidence, "ticked">): Record<string, string> =>
  Object.fromEntries([...ticked].map(([name, by]) => [NAMES[name] ?? name, by.join(" or ") || "?"]));
const own = (handle: string | null) => handle === "daytwo";
const NONE: Evidence = { ticked: new Map(), at: Number.NEGATIVE_INFINITY, sure: true };

const TEXT = {
  A: "A (due 2026-11-27, owner @sam)",
  B: "B (due 2026-11-27, owner @sam)",
  R: "Reviewed (@meri)",
} as const;
const tick = (
  at: number,
  actor: string | null,
  text: keyof typeof TEXT,
  type: "ticked" | "unticked" = "ticked",
): HistoryEvent => ({
  type,
  at,
  actor,
  text: TEXT[text],
});
const delivery = (after: string, actor: string, ...events: readonly HistoryEvent[]): Delivery =>
  ({ actor, events, issue: { body: after } }) as unknown as Delivery;

describe("deliveries", () => {
  it("tell box by box, though the reviews read alike", () => {
    const told = tickedByDeliveries(
      body("xxxx"),
      NONE,
      [
        delivery(body("x---"), "sam", tick(1, "sam", "A")),
        delivery(body("xx--"), "meri", tick(2, "meri", "R")),
        delivery(body("xxx-"), "sam", tick(3, "sam", "B")),
        delivery(body("xxxx"), "amber", tick(4, "amber", "R")),
      ],
      own,
    );
    expect(shown(told)).toEqual({ A: "sam", "A reviewed": "meri", B: "sam", "B reviewed": "amber" });
    expect([told.sure, told.at]).toEqual([true, 4]);
  });

  it("one that is missing leaves what it told unknown", () => {
    const told = tickedByDeliveries(
      body("xx--"),
      NONE,
      [delivery(body("xx--"), "meri", tick(2, "meri", "R"))],
      own,
    );
    expect(shown(told)).toEqual({ A: "?", "A reviewed": "meri" });
    expect(told.sure).toBe(false);
  });

  it("an old one, or one a second time, changes nothing", () => {
    const first = delivery(body("x---"), "sam", tick(1, "sam", "A"));
    const second = delivery(body("xx--"), "meri", tick(2, "meri", "R"));
    const known = tickedByDeliveries(body("xx--"), NONE, [first, second], own);
    expect(shown(tickedByDeliveries(body("xx--"), known, [first], own))).toEqual(shown(known));
    expect(shown(tickedByDeliveries(body("xx--"), known, [second], own))).toEqual(shown(known));
  });

  it("of daytwo's own ticks nobody is the doer", () => {
    const told = tickedByDeliveries(
      body("x---"),
      NONE,
      [delivery(body("x---"), "daytwo", tick(1, "daytwo", "A"))],
      own,
    );
    expect(shown(told)).toEqual({ A: "?" });
  });
});

describe("versions of a body", () => {
  const edits = (...versions: readonly (readonly [string | null, string | null])[]) =>
    versions.map(([text, editor], at) => ({ at, editor, body: text }));
  const told = (now: string, ...versions: readonly (readonly [string | null, string | null])[]) =>
    shown(tickedByEdits(now, edits(...versions), own));

  it("tell everything", () => {
    expect(
      told(
        body("xxx-"),
        [body("----"), "daytwo"],
        [body("x---"), "sam"],
        [body("xx--"), "meri"],
        [body("xxx-"), "amber"],
      ),
    ).toEqual({ A: "sam", "A reviewed": "meri", B: "amber" });
  });

  it("whoever ticks last did it", () => {
    expect(
      told(
        body("x---"),
        [body("----"), "daytwo"],
        [body("x---"), "sam"],
        [body("----"), "sam"],
        [body("x---"), "meri"],
      ),
    ).toEqual({ A: "meri" });
  });

  it("another title does not make another doer", () => {
    const now = body("x---", ["Alpha", "B"]);
    expect(Object.values(told(now, [body("----"), "daytwo"], [body("x---"), "sam"], [now, "meri"]))).toEqual([
      "sam",
    ]);
  });

  it("a version that was deleted hides who did what it changed", () => {
    expect(told(body("xx--"), [body("----"), "daytwo"], [null, "sam"], [body("xx--"), "meri"])).toEqual({
      A: "?",
      "A reviewed": "?",
    });
  });

  it("what was done from the first nobody saw being done", () => {
    expect(told(body("x---"))).toEqual({ A: "?" });
  });
});

describe("notes", () => {
  const told = (now: string, before: Evidence, ...history: readonly HistoryEvent[]) =>
    shown(tickedByNotes(now, before, history, own));

  it("tell of a box that is like no other", () => {
    expect(told(body("x-x-"), NONE, tick(1, "sam", "A"), tick(2, "meri", "B"), tick(3, null, "B"))).toEqual({
      A: "sam",
      B: "?",
    });
  });

  it("of boxes that read alike, where one person ticked all of them", () => {
    expect(told(body("-x-x"), NONE, tick(1, "meri", "R"), tick(2, "meri", "R"))).toEqual({
      "A reviewed": "meri",
      "B reviewed": "meri",
    });
  });

  it("name everybody it may have been, where several did", () => {
    expect(told(body("-x-x"), NONE, tick(1, "meri", "R"), tick(2, "sam", "R"))).toEqual({
      "A reviewed": "meri or sam",
      "B reviewed": "meri or sam",
    });
  });

  it("do not name whoever ticked a box before daytwo opened it again, even at the same instant", () => {
    const before: Evidence = { ticked: new Map(), at: 0, sure: true };
    const history = [
      tick(1, "sam", "R"),
      { ...tick(1, "daytwo", "R"), type: "unticked" },
      tick(1, "meri", "R"),
    ];
    const tell = (...names: string[]) =>
      shown(tickedByNotes(body("-x--"), before, history as HistoryEvent[], own, new Set(names)));
    expect(tell(`r${A}`)).toEqual({ "A reviewed": "meri" });
    expect(tell()).toEqual({ "A reviewed": "sam or meri" });
  });

  it("leave what was known before, and tell of what came since", () => {
    const before: Evidence = { ticked: new Map([[`r${A}`, ["meri"]]]), at: 1, sure: true };
    const first = tick(1, "meri", "R");
    expect(told(body("-x-x"), before, first, tick(2, "sam", "R"))).toEqual({
      "A reviewed": "meri",
      "B reviewed": "sam",
    });
    expect(told(body("-x-x"), before, first, tick(2, "sam", "R", "unticked"), tick(3, "sam", "R"))).toEqual({
      "A reviewed": "meri or sam",
      "B reviewed": "sam",
    });
    expect(
      told(body("-x--"), before, first, tick(2, "sam", "R"), tick(3, "daytwo", "R", "unticked")),
    ).toEqual({ "A reviewed": "meri" });
  });
});
