/** Commands over HTTP: comments as webhooks tell them, or found by a tick alone. */
import { describe, expect, it } from "vitest";
import type { ForgeKind } from "../../src/model.ts";
import {
  type Act,
  amber,
  DAY,
  guest,
  HOLD,
  hr,
  meri,
  REQUEST,
  STATE,
  type StateId,
  Story,
  sam,
  waits,
} from "../story.ts";
import { reactionsTo } from "./commands.world.ts";

interface Row {
  readonly name: string;
  readonly body?: string;
  readonly acts: readonly Act[];
  readonly state: StateId;
  readonly assignees: readonly string[];
  readonly reacts: readonly string[];
  readonly says: RegExp;
}

const FORM = "### Full name\n\nAda Lovelace\n\n### Manager\n\n@meri\n\n### Steps\n\n- [ ] Create the user";

const ROWS: readonly Row[] = [
  {
    name: "take",
    acts: [sam.says("I will.\r\n\r\n/ar take\r\n")],
    state: "in_progress",
    assignees: ["sam"],
    reacts: ["+1"],
    says: /sam has it now/,
  },
  {
    name: "take from somebody",
    acts: [sam.takes(), amber.says("/ar take")],
    state: "in_progress",
    assignees: ["amber"],
    reacts: ["+1"],
    says: /sam had it before/,
  },
  {
    name: "take out of hold",
    acts: [amber.puts(HOLD.license), sam.says("/ar take")],
    state: "in_progress",
    assignees: ["sam"],
    reacts: ["+1"],
    says: /The hold is over/,
  },
  {
    name: "take and hold in one comment, and resume",
    acts: [sam.says("/ar take\n/ar hold sfdc_license"), amber.says("/ar resume")],
    state: "in_progress",
    assignees: ["sam"],
    reacts: ["+1"],
    says: /the hold is over/,
  },
  {
    name: "hold with a date and a reason in words",
    acts: [sam.takes(), sam.says("/ar hold sfdc_license until 2026-12-01 because Finance has it")],
    state: "on_hold",
    assignees: ["sam"],
    reacts: ["+1"],
    says: /until \*\*Tue 1 Dec 2026\*\*, says sam: Finance has it/,
  },
  {
    name: "hold with a date that has come",
    acts: [sam.takes(), sam.says("/ar hold sfdc_license until 2026-12-01"), waits(8 * DAY)],
    state: "in_progress",
    assignees: ["sam"],
    reacts: ["+1"],
    says: /its day has come/,
  },
  {
    name: "complete with open boxes",
    acts: [sam.takes(), sam.says("/ar complete")],
    state: "in_progress",
    assignees: ["sam"],
    reacts: ["-1"],
    says: /2 boxes are open/,
  },
  {
    name: "release by the team",
    acts: [sam.takes(), amber.says("/ar release")],
    state: "action_needed",
    assignees: [],
    reacts: ["+1"],
    says: /sam is off it/,
  },
  {
    name: "a stranger's take",
    acts: [guest.says("/ar take")],
    state: "action_needed",
    assignees: [],
    reacts: ["-1"],
    says: /only the Sales Ops team may: amber, meri, sam/,
  },
  {
    name: "the manager's approval",
    body: FORM,
    acts: [meri.says("/ar approve")],
    state: "action_needed",
    assignees: [],
    reacts: ["+1"],
    says: /approved\./,
  },
  {
    name: "somebody else's approval",
    body: FORM,
    acts: [amber.says("/ar approve")],
    state: "action_needed",
    assignees: [],
    reacts: ["-1"],
    says: /only the manager whom the request names may: meri/,
  },
  {
    name: "explain and a slip",
    acts: [hr.says("/ar explain\n/ar tkae")],
    state: "action_needed",
    assignees: [],
    reacts: ["+1", "confused"],
    says: /did you mean \/ar take\?[\s\S]*It is Action Needed/,
  },
];

const WORLDS = (["github", "gitlab"] as const satisfies readonly ForgeKind[]).flatMap((kind) =>
  (["webhooks", "a tick"] as const).map((by) => ({ kind, by })),
);

describe.each(WORLDS)("on $kind, by $by", ({ kind, by }) => {
  it.each(ROWS)("$name", async ({ body, acts, state, assignees, reacts, says }) => {
    const story = await Story.begin({ kind, via: "http" });
    const look = () => (by === "webhooks" ? story.handle() : story.tick());
    if (body) story.open("hr", { body, labels: [REQUEST, STATE.action_needed] });
    else story.openRequest();
    await look();
    for (const act of acts) {
      story.does(act);
      await look();
    }
    // What comes with time comes by a tick.
    await story.tick();
    const seen = story.see();
    expect(seen.labels.filter((label) => label.startsWith("SalesOpsAR::"))).toEqual([STATE[state]]);
    expect(seen.assignees).toEqual(assignees);
    expect(reactionsTo(story).sort()).toEqual(reacts);
    expect(seen.section("commands")).toMatch(says);
    expect(seen.comments.filter(({ author }) => author === "daytwo")).toHaveLength(1);
    expect((await story.tick()).changes).toEqual([]);
    await story.end();
  });
});
