import { describe, expect, test } from "vitest";
import type { BoxStory } from "../../../src/engine/lifecycle/boxes.ts";
import {
  readLabels,
  type Shown,
  standing,
  standingAfter,
  undone,
  type Witness,
} from "../../../src/engine/lifecycle/standing.ts";
import { labelBook } from "../../../src/engine/lifecycle/states.ts";
import type { HistoryEvent } from "../../../src/model.ts";

const AN = "SalesOpsAR::Action Needed";
const IP = "SalesOpsAR::In Progress";
const OH = "SalesOpsAR::On Hold";
const DONE = "SalesOpsAR::Completed";
const LICENSE = "SalesOPS: Waiting on SFDC License";
const book = labelBook(
  {
    states: {
      action_needed: { label: AN },
      in_progress: { label: IP },
      on_hold: { label: OH },
      completed: { label: DONE },
    },
    aliases: {},
    hold_reasons: { sfdc_license: { label: LICENSE } },
  },
  (a, b) => a === b,
);
const witness: Witness = {
  book,
  role: (actor) =>
    actor === null
      ? "unknown"
      : actor === "daytwo"
        ? "self"
        : ["sam", "amber"].includes(actor)
          ? "team"
          : "outsider",
  judgeFrom: 0,
  opened: { author: "hr", at: 0 },
};
const OPEN: BoxStory = { first: "open", finisher: null, turns: [], sure: true };
const NONE: BoxStory = { first: "none", finisher: null, turns: [], sure: true };

const MINUTE = 60_000;
/** Events a minute apart: `sam +label`, `sam -label`, `sam @assignee`, `sam !assignee`. */
const history = (...told: string[]): HistoryEvent[] =>
  told.map((line, i) => {
    const [, actor = "", sign, rest = ""] = /^(\S+) ([+\-@!])(.*)$/.exec(line) ?? [];
    const by = { at: (i + 1) * MINUTE, actor: actor === "nobody" ? null : actor };
    if (sign === "+") return { ...by, type: "labeled", label: rest };
    if (sign === "-") return { ...by, type: "unlabeled", label: rest };
    return { ...by, type: sign === "@" ? "assigned" : "unassigned", assignee: rest };
  });
const shown = (labels: string[], assignees: string[] = []): Shown => ({ labels, assignees });

describe("where a request stands after its history", () => {
  test("without any: Action Needed", () => {
    expect(standing(shown([]), [], NONE, witness)).toMatchObject({
      state: "action_needed",
      why: { kind: "new" },
    });
  });

  test("labels that no event explains were there from the start", () => {
    expect(standing(shown([IP], ["sam"]), [], OPEN, witness).state).toBe("in_progress");
    expect(standing(shown([OH, LICENSE]), [], OPEN, witness)).toMatchObject({
      state: "on_hold",
      reasons: [LICENSE],
    });
    expect(standing(shown([OH, IP]), [], OPEN, witness).state).toBe("in_progress");
  });

  test("a label taken off that nobody put on was there, too", () => {
    const events = history("sam -SalesOpsAR::In Progress");
    expect(standing(shown([]), events, OPEN, witness)).toMatchObject({
      state: "action_needed",
      why: { kind: "label-removed", by: "sam" },
    });
  });

  test("a stranger's move is refused, and remembered as long as its label stands", () => {
    const moved = history(`daytwo +${AN}`, `hr +${IP}`);
    expect(standing(shown([AN, IP]), moved, OPEN, witness)).toMatchObject({
      state: "action_needed",
      refusal: { why: "not-team", by: "hr", from: "action_needed", tried: { move: "in_progress" } },
    });
    const back = history(`daytwo +${AN}`, `hr +${IP}`, `daytwo -${IP}`);
    expect(standing(shown([AN]), back, OPEN, witness)).toMatchObject({
      state: "action_needed",
      refusal: null,
    });
  });

  test("moves of the time before are not judged", () => {
    const moved = history(`daytwo +${AN}`, `hr +${IP}`);
    expect(standing(shown([IP]), moved, OPEN, { ...witness, judgeFrom: 10 * MINUTE }).state).toBe(
      "in_progress",
    );
  });

  test("a misspelt label may go when the canonical one has come", () => {
    const slip = "SalesOPS: Waiting on SFDC Licence";
    const events = history(`daytwo +${AN}`, `sam +${slip}`, `daytwo +${LICENSE}`, `daytwo -${slip}`);
    expect(standing(shown([OH, LICENSE]), events, OPEN, witness)).toMatchObject({
      state: "on_hold",
      reasons: [LICENSE],
    });
  });

  test("whoever sets In Progress with nobody assigned takes it, until somebody is assigned", () => {
    const set = history(`daytwo +${AN}`, `sam +${IP}`, `sam -${AN}`);
    expect(standing(shown([IP]), set, OPEN, witness).takenBy).toBe("sam");
    const taken = [...set, ...history("amber @amber").map((one) => ({ ...one, at: 5 * MINUTE }))];
    expect(standing(shown([IP], ["amber"]), taken, OPEN, witness).takenBy).toBeNull();
  });

  test("handles are the same in any case", () => {
    const events = history(`daytwo +${AN}`, "sam @Sam");
    expect(standing(shown([AN], ["SAM"]), events, OPEN, { ...witness, role: () => "team" }).state).toBe(
      "in_progress",
    );
  });

  test("Completed while a box is open is refused", () => {
    const events = history(`daytwo +${AN}`, "sam @sam", `sam +${DONE}`);
    expect(standing(shown([DONE], ["sam"]), events, OPEN, witness)).toMatchObject({
      state: "in_progress",
      refusal: { why: "open-boxes" },
    });
  });

  test("boxes done while in progress complete it when they are done", () => {
    const events = history(`daytwo +${AN}`, "sam @sam", "sam !sam");
    const boxes: BoxStory = { ...OPEN, turns: [{ to: "done", actor: "sam", at: 2.5 * MINUTE }] };
    expect(standing(shown([AN]), events, boxes, witness)).toMatchObject({
      state: "completed",
      why: { kind: "finished", by: "sam" },
    });
  });

  test("boxes done by a stranger complete nothing", () => {
    const events = history(`daytwo +${AN}`, "sam @sam");
    const boxes: BoxStory = { ...OPEN, turns: [{ to: "done", actor: "hr", at: 3 * MINUTE }] };
    expect(standing(shown([AN], ["sam"]), events, boxes, witness)).toMatchObject({
      state: "in_progress",
      finisher: { actor: "hr" },
    });
  });

  test("where it was closed is remembered while it is closed", () => {
    const closed: HistoryEvent = { type: "closed", reason: "completed", actor: "hr", at: 9 * MINUTE };
    const events = [...history(`daytwo +${AN}`, "sam @sam"), closed];
    expect(standing(shown([AN], ["sam"]), events, OPEN, witness).closed).toEqual({
      actor: "hr",
      reason: "completed",
      from: "in_progress",
    });
    const again: HistoryEvent = { type: "reopened", actor: "hr", at: 10 * MINUTE };
    expect(standing(shown([AN], ["sam"]), [...events, again], OPEN, witness).closed).toBeNull();
  });

  test("events out of order are taken in the order of time", () => {
    const events = history(`daytwo +${AN}`, "sam @sam", `sam +${LICENSE}`).reverse();
    expect(standing(shown([AN, LICENSE], ["sam"]), events, OPEN, witness).state).toBe("on_hold");
  });
});

test("after a few events from a known state", () => {
  const before = { ...shown([IP], ["sam"]), state: "in_progress" } as const;
  expect(standingAfter(before, history(`amber +${LICENSE}`), OPEN, witness)).toMatchObject({
    state: "on_hold",
    reasons: [LICENSE],
    why: { kind: "held", by: "amber" },
  });
  expect(standingAfter(before, history("amber !sam"), OPEN, witness).state).toBe("action_needed");
});

test("what an issue showed before", () => {
  const events = history(`sam +${IP}`, `sam -${AN}`, "sam @Sam", "sam !amber");
  expect(undone(shown([IP, "bug"], ["sam"]), events)).toEqual(shown(["bug", AN], ["amber"]));
});

test("labels are read in the order of states", () => {
  expect(readLabels([DONE, "bug", "SalesOpsAR::In Progres", LICENSE], book)).toEqual({
    states: ["in_progress", "completed"],
    reasons: [LICENSE],
    misspelt: ["SalesOpsAR::In Progres"],
  });
});
