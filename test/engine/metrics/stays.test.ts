/** What labels alone tell of a request's life. */
import { describe, expect, it } from "vitest";
import { lifeOf } from "../../../src/engine/metrics/stays.ts";
import type { LabelEvent } from "../../../src/model.ts";
import { BOT, book, LICENSE, STATE, type StateId } from "../../report/boards.ts";

const AT = Date.parse("2026-11-02T14:00:00Z");
const SECOND = 1000;

type Told = readonly [seconds: number, what: "+" | "-", label: string, actor?: string];

const eventOf = ([seconds, what, label, actor = "sam"]: Told): LabelEvent => ({
  type: what === "+" ? "labeled" : "unlabeled",
  at: AT + seconds * SECOND,
  actor,
  label,
});
/** Lives through the events; what the issue bears in the end follows from them, and from what it bore without any. */
function live(told: readonly Told[], bare: readonly string[] = []) {
  const labels = new Set(bare);
  for (const [, what, label] of told) {
    if (what === "+") labels.add(label);
    else labels.delete(label);
  }
  const issue = { labels: [...labels], createdAt: AT };
  const { stays, holds } = lifeOf(issue, told.map(eventOf), book, (actor) => actor === BOT);
  return {
    stays: stays.map(({ state, from }): [StateId, number] => [state, (from - AT) / SECOND]),
    holds: holds.map(({ reason, since }) => [reason, (since - AT) / SECOND]),
  };
}

const { action_needed: NEEDED, in_progress: PROGRESS, on_hold: HOLD, completed: DONE } = STATE;
const HOUR = 3600;

describe("stays by labels", () => {
  it.each<[string, readonly Told[], readonly (readonly [StateId, number])[]]>([
    ["nothing was ever put on", [], [["action_needed", 0]]],
    [
      "what it is opened with, stamped a moment later",
      [
        [1, "+", PROGRESS],
        [HOUR, "+", DONE],
        [HOUR, "-", PROGRESS],
      ],
      [
        ["in_progress", 0],
        ["completed", HOUR],
      ],
    ],
    [
      "the next put on first, and first the last taken off",
      [
        [0, "+", NEEDED],
        [100, "+", PROGRESS],
        [100, "-", NEEDED],
        [200, "-", PROGRESS],
        [205, "+", HOLD],
      ],
      [
        ["action_needed", 0],
        ["in_progress", 100],
        ["on_hold", 205],
      ],
    ],
    [
      "one taken off, and none put on for long",
      [
        [0, "+", PROGRESS],
        [100, "-", PROGRESS],
        [200, "+", DONE],
      ],
      [
        ["in_progress", 0],
        ["action_needed", 100],
        ["completed", 200],
      ],
    ],
    [
      "several at one instant",
      [
        [0, "+", NEEDED],
        [100, "+", DONE],
        [100, "+", PROGRESS],
        [100, "-", NEEDED],
      ],
      [
        ["action_needed", 0],
        ["in_progress", 100],
      ],
    ],
    [
      "put back by daytwo within the hour",
      [
        [0, "+", NEEDED],
        [100, "+", DONE, "mallory"],
        [100, "-", NEEDED, "mallory"],
        [160, "+", NEEDED, BOT],
        [160, "-", DONE, BOT],
      ],
      [["action_needed", 0]],
    ],
    [
      "put back by daytwo a week later",
      [
        [0, "+", NEEDED],
        [100, "+", DONE],
        [100, "-", NEEDED],
        [170 * HOUR, "+", NEEDED, BOT],
        [170 * HOUR, "-", DONE, BOT],
      ],
      [
        ["action_needed", 0],
        ["completed", 100],
        ["action_needed", 170 * HOUR],
      ],
    ],
    [
      "daytwo's own moves, there and back: a box was done and opened again",
      [
        [0, "+", PROGRESS],
        [100, "+", DONE, BOT],
        [100, "-", PROGRESS, BOT],
        [200, "+", PROGRESS, BOT],
        [200, "-", DONE, BOT],
      ],
      [
        ["in_progress", 0],
        ["completed", 100],
        ["in_progress", 200],
      ],
    ],
    [
      "misspelt, then corrected",
      [
        [0, "+", NEEDED],
        [100, "+", "SaelsOpsAR::In Progress"],
        [100, "-", NEEDED],
        [160, "+", PROGRESS, BOT],
        [160, "-", "SaelsOpsAR::In Progress", BOT],
      ],
      [
        ["action_needed", 0],
        ["in_progress", 100],
      ],
    ],
    [
      "labels of other kinds",
      [
        [0, "+", NEEDED],
        [100, "+", "access-request"],
        [200, "-", "access-request"],
      ],
      [["action_needed", 0]],
    ],
  ])("%s", (_, told, stays) => {
    expect(live(told).stays).toEqual(stays);
  });

  it("labels that no event tells of were there from the start", () => {
    expect(
      live(
        [
          [HOUR, "+", DONE],
          [HOUR, "-", PROGRESS],
        ],
        [PROGRESS],
      ).stays,
    ).toEqual([
      ["in_progress", 0],
      ["completed", HOUR],
    ]);
    expect(live([], [HOLD, LICENSE])).toEqual({ stays: [["on_hold", 0]], holds: [["sfdc_license", 0]] });
  });

  it("a hold is as old as its label, and a label put on again begins anew", () => {
    const held: Told[] = [
      [0, "+", NEEDED],
      [100, "+", LICENSE],
      [101, "+", HOLD, BOT],
      [101, "-", NEEDED, BOT],
    ];
    expect(live(held).holds).toEqual([["sfdc_license", 100]]);
    expect(live([...held, [300, "-", LICENSE], [400, "+", LICENSE]]).holds).toEqual([["sfdc_license", 400]]);
    expect(live([...held, [300, "+", PROGRESS], [300, "-", HOLD]]).holds).toEqual([]);
  });
});
