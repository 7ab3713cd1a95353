/** A crash at any write: nobody's approval is lost or taken for more than it was, and nothing is said twice. */
import { describe, expect, it } from "vitest";
import { deathless, deaths, type Life, tickThatDies } from "../dying.ts";
import { type Act, amber, hr, MINUTE, meri, Story, sam, together } from "../story.ts";
import { APPROVED, approvalLabels, TWO, WAITING } from "./approval.world.ts";

/** All that this rule writes: it asks, notes, approves, voids, puts back boxes and labels. */
const STEPS: readonly (readonly [act: Act, shows: string])[] = [
  [sam.takes(), WAITING],
  [sam.ticks("Bo"), WAITING],
  [together(meri.puts(APPROVED), hr.says("/ar help")), WAITING],
  [sam.puts(APPROVED), WAITING],
  [amber.says("/ar approve"), APPROVED],
  [sam.ticks("Ada"), APPROVED],
  [hr.rewrites((body) => body.replace("Bo Diddley", "Bob Diddley")), WAITING],
  [together(meri.says("/ar approve"), amber.puts(APPROVED)), APPROVED],
  [meri.takesOff(APPROVED), WAITING],
];

/** @param calm also sees that nothing is left to do after each step */
async function play(story: Story, look: (story: Story) => Promise<void>, calm = false): Promise<string> {
  story.open("hr", { body: TWO });
  await look(story);
  const seen: string[] = [];
  for (const [act, shows] of STEPS) {
    story.does(act);
    const at = story.now + 10 * MINUTE;
    story.now += MINUTE;
    await look(story);
    // As it starts again, a minute later.
    story.now += MINUTE;
    await story.tick();
    expect(approvalLabels(story), act.text).toEqual([shows]);
    if (calm) expect((await story.tick()).changes.map(({ reason }) => reason)).toEqual([]);
    const { section, body, labels } = story.see();
    seen.push(`${act.text}\n${section("approval")}\n${body}\n${labels.toSorted()}`);
    story.now = at;
  }
  return seen.join("\n\n");
}

describe.each([
  { kind: "github", odd: 0 },
  { kind: "gitlab", odd: 1 },
] as const)("on $kind", async ({ kind, odd }) => {
  const begin = () => Story.begin({ kind, via: "memory" });
  const life: Life = deathless();
  const wanted = await play(await begin(), tickThatDies(life), true);

  it("the story itself is as it should be", () => {
    expect(life.written).toBeGreaterThan(20);
    expect(wanted).toContain("sam set it approved, but is no manager whom it names");
    expect(wanted).toContain("edited after meri approved");
    expect(wanted).toContain("with it the approval of meri");
  });

  // To die just after a write is to die before the next: each gap once on either forge, from its two sides.
  it.each(deaths(life.written).filter(({ n }) => n % 2 === odd))(
    "dying just $when write $n",
    async ({ n, after }) => {
      expect(await play(await begin(), tickThatDies({ left: n, after, written: 0 }))).toBe(wanted);
    },
  );
});
