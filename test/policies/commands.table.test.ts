/** Every command, by everybody, from every state: what it comes to, on both forges. */
import { describe, expect, it } from "vitest";
import type { ForgeKind } from "../../src/model.ts";
import { HOLD, REQUEST, STATE, type StateId, Story, sam } from "../story.ts";
import { reactionsTo } from "./commands.world.ts";

type Cell = readonly [reaction: "+1" | "-1", state: StateId, assignees: readonly string[], says: RegExp];

const STATES = {
  action_needed: [],
  in_progress: [sam.takes()],
  on_hold: [sam.takes(), sam.puts(HOLD.license)],
  completed: [sam.takes(), sam.ticksAll()],
} as const;
/** sam has it wherever somebody has; amber is of the team; hr is not. */
const PEOPLE = ["sam", "amber", "hr"] as const;

const NOT_YOURS = /only the Sales Ops team(?:, or whoever is assigned)? may: amber, meri, sam/;
const ILLEGAL = /it is Completed; from there the team may move it to Action Needed or In Progress/;
const outsider = (state: StateId, assignees: readonly string[]): Cell => ["-1", state, assignees, NOT_YOURS];
const nobody: readonly string[] = [];

/** By command, then by state: what sam, amber and hr come to. */
const TABLE: Record<string, Record<StateId, readonly [Cell, Cell, Cell]>> = {
  "/ar take": {
    action_needed: [
      ["+1", "in_progress", ["sam"], /sam has it now\./],
      ["+1", "in_progress", ["amber"], /amber has it now\./],
      outsider("action_needed", nobody),
    ],
    in_progress: [
      ["+1", "in_progress", ["sam"], /sam has it already\./],
      ["+1", "in_progress", ["amber"], /amber has it now\. sam had it before\./],
      outsider("in_progress", ["sam"]),
    ],
    on_hold: [
      ["+1", "in_progress", ["sam"], /sam has it now\. The hold is over\./],
      ["+1", "in_progress", ["amber"], /amber has it now\. sam had it before\. The hold is over\./],
      outsider("on_hold", ["sam"]),
    ],
    completed: [
      ["-1", "completed", ["sam"], ILLEGAL],
      ["-1", "completed", ["sam"], ILLEGAL],
      outsider("completed", ["sam"]),
    ],
  },
  "/ar hold sfdc_license": {
    action_needed: [
      ["+1", "on_hold", nobody, /On Hold for `SalesOPS: Waiting on SFDC License`/],
      ["+1", "on_hold", nobody, /On Hold for/],
      outsider("action_needed", nobody),
    ],
    in_progress: [
      ["+1", "on_hold", ["sam"], /On Hold for/],
      ["+1", "on_hold", ["sam"], /On Hold for/],
      outsider("in_progress", ["sam"]),
    ],
    on_hold: [
      ["+1", "on_hold", ["sam"], /On Hold for/],
      ["+1", "on_hold", ["sam"], /On Hold for/],
      outsider("on_hold", ["sam"]),
    ],
    completed: [
      ["-1", "completed", ["sam"], ILLEGAL],
      ["-1", "completed", ["sam"], ILLEGAL],
      outsider("completed", ["sam"]),
    ],
  },
  "/ar resume": {
    action_needed: [
      ["+1", "action_needed", nobody, /it is not On Hold but Action Needed/],
      ["+1", "action_needed", nobody, /it is not On Hold/],
      outsider("action_needed", nobody),
    ],
    in_progress: [
      ["+1", "in_progress", ["sam"], /it is not On Hold but In Progress/],
      ["+1", "in_progress", ["sam"], /it is not On Hold/],
      outsider("in_progress", ["sam"]),
    ],
    on_hold: [
      ["+1", "in_progress", ["sam"], /the hold is over/],
      ["+1", "in_progress", ["sam"], /the hold is over/],
      outsider("on_hold", ["sam"]),
    ],
    completed: [
      ["+1", "completed", ["sam"], /it is not On Hold but Completed/],
      ["+1", "completed", ["sam"], /it is not On Hold/],
      outsider("completed", ["sam"]),
    ],
  },
  "/ar complete": {
    action_needed: [
      ["-1", "action_needed", nobody, /it is Action Needed; first `\/ar take`/],
      ["-1", "action_needed", nobody, /first `\/ar take`/],
      outsider("action_needed", nobody),
    ],
    in_progress: [
      ["-1", "in_progress", ["sam"], /2 boxes are open:\n {2}- Create the user\n {2}- Set the profile/],
      ["-1", "in_progress", ["sam"], /2 boxes are open/],
      outsider("in_progress", ["sam"]),
    ],
    on_hold: [
      ["-1", "on_hold", ["sam"], /it is On Hold; first `\/ar resume`/],
      ["-1", "on_hold", ["sam"], /first `\/ar resume`/],
      outsider("on_hold", ["sam"]),
    ],
    completed: [
      ["+1", "completed", ["sam"], /it is Completed already/],
      ["+1", "completed", ["sam"], /it is Completed already/],
      outsider("completed", ["sam"]),
    ],
  },
  "/ar release": {
    action_needed: [
      ["+1", "action_needed", nobody, /nobody is assigned/],
      ["+1", "action_needed", nobody, /nobody is assigned/],
      outsider("action_needed", nobody),
    ],
    in_progress: [
      ["+1", "action_needed", nobody, /sam is off it/],
      ["+1", "action_needed", nobody, /sam is off it/],
      outsider("in_progress", ["sam"]),
    ],
    on_hold: [
      ["+1", "on_hold", nobody, /sam is off it/],
      ["+1", "on_hold", nobody, /sam is off it/],
      outsider("on_hold", ["sam"]),
    ],
    completed: [
      ["-1", "completed", ["sam"], ILLEGAL],
      ["-1", "completed", ["sam"], ILLEGAL],
      outsider("completed", ["sam"]),
    ],
  },
  "/ar approve": inEvery(["-1", /the field Manager names no manager: write the manager's handle there/]),
  "/ar explain": inEvery([
    "+1",
    /Why it is where it is:[\s\S]*It is (?:Action Needed|In Progress|On Hold|Completed)\./,
  ]),
  "/ar help": inEvery(["+1", /- `\/ar take`: Assigns you/]),
};

/** What changes nothing, whoever says it. */
function inEvery([reaction, says]: readonly ["+1" | "-1", RegExp]): Record<
  StateId,
  readonly [Cell, Cell, Cell]
> {
  const same = (state: StateId, assignees: readonly string[]) => {
    const cell: Cell = [reaction, state, assignees, says];
    return [cell, cell, cell] as const;
  };
  return {
    action_needed: same("action_needed", nobody),
    in_progress: same("in_progress", ["sam"]),
    on_hold: same("on_hold", ["sam"]),
    completed: same("completed", ["sam"]),
  };
}

const rows = Object.entries(TABLE).flatMap(([command, states]) =>
  Object.entries(states).flatMap(([from, cells]) =>
    PEOPLE.map((who, i) => ({ command, from: from as StateId, who, cell: cells[i] as Cell })),
  ),
);

const WORLDS: readonly { kind: ForgeKind; by: "webhook" | "tick" }[] = [
  { kind: "github", by: "webhook" },
  { kind: "gitlab", by: "tick" },
];

describe.each(WORLDS)("on $kind, by $by", ({ kind, by }) => {
  it.each(rows)("$who says $command to one that is $from", async ({ command, from, who, cell }) => {
    const [reaction, state, assignees, says] = cell;
    const story = await Story.begin({ kind, via: "memory" });
    story.openRequest();
    story.does(...STATES[from]);
    const ref = story.about;
    const look = async () => {
      if (by === "tick") return story.tick();
      return story.handle();
    };
    await look();
    expect(story.see().labels).toContain(STATE[from]);
    story.now += 60_000;
    story.memory.by(who).comment("acme/access-requests", ref.number, command);
    await look();
    const seen = story.see();
    expect(reactionsTo(story)).toEqual([reaction]);
    expect(seen.labels.filter((label) => label !== HOLD.license).sort()).toEqual(
      [STATE[state], REQUEST].sort(),
    );
    expect(seen.labels.includes(HOLD.license)).toBe(state === "on_hold");
    expect(seen.assignees).toEqual(assignees);
    expect(seen.section("commands")).toMatch(says);
    expect(seen.section("commands")).toContain(`**${who}**`);
    // Another look finds nothing to do.
    const before = story.fingerprint();
    const again = await story.tick();
    expect(again.changes).toEqual([]);
    expect(story.fingerprint()).toBe(before);
    await story.end();
  });
});
