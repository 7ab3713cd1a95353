/** Somebody who has left the team: what they moved while they were in it stands, what they move now does not. */
import { describe, expect, it } from "vitest";
import { amber, HOLD, mallory, STATE, type StateId, Story, sam } from "../story.ts";

const TAKEN = [sam.takes()];
const HELD = [...TAKEN, sam.puts(HOLD.license)];
const moves = [
  ["took it", TAKEN, "in_progress"],
  ["set In Progress", [sam.sets("in_progress")], "in_progress"],
  ["moved it, and was assigned", [sam.moves("in_progress")], "in_progress"],
  ["held it", HELD, "on_hold"],
  ["held it before anybody took it", [sam.puts(HOLD.license)], "on_hold"],
  ["resumed it", [...HELD, sam.takesOff(HOLD.license)], "in_progress"],
  ["finished it", [...TAKEN, sam.ticksAll()], "completed"],
  ["set Completed", [...TAKEN, amber.ticks(0), sam.ticks(1), sam.sets("completed")], "completed"],
  ["gave it back", [...TAKEN, sam.leaves()], "action_needed"],
] as const;

describe.each(["github", "gitlab"] as const)("on %s", (kind) => {
  const begin = async (acts: readonly (typeof moves)[number][1][number][], state: StateId) => {
    const story = await Story.begin({ kind, via: "memory" });
    story.openRequest();
    await story.tick();
    for (const act of acts) {
      story.does(act);
      story.now += 2000;
      await story.handle();
    }
    expect(story.see().labels).toContain(STATE[state]);
    const { team } = story.config;
    story.config = { ...story.config, team: team.filter(({ handle }) => handle !== "sam") };
    return story;
  };

  it.each(moves)("who %s", async (_, acts, state) => {
    const story = await begin(acts, state);
    const before = story.see();
    await story.tick();
    expect(story.see()).toMatchObject({ labels: before.labels, assignees: before.assignees });
    // And not only because nothing was looked at.
    story.does(amber.says("Who has this now?"));
    await story.handle();
    await story.tick();
    expect(story.see()).toMatchObject({ labels: before.labels, assignees: before.assignees });
  });

  it("nothing that they do now", async () => {
    const story = await begin(TAKEN, "in_progress");
    for (const one of [sam.puts(HOLD.license), mallory.puts(HOLD.cancelled), sam.sets("completed")]) {
      story.does(one);
      await story.handle();
      await story.tick();
      expect(story.see().labels.toSorted()).toEqual([STATE.in_progress, "access-request"].toSorted());
    }
  });
});
