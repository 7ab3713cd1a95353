/** Commands that are read late, all at once, come to what they would have come to one by one. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ForgeKind } from "../../src/model.ts";
import { type Act, amber, HOLD, hr, meri, REQUEST, STATE, Story, sam } from "../story.ts";

const KINDS: readonly ForgeKind[] = ["github", "gitlab"];
const BODY = "### Manager\n\n@meri\n\n### Steps\n\n- [ ] Create the user\n- [ ] Set the profile";

const words = fc.constantFrom(
  "/ar take",
  "/ar take\n/ar hold sfdc_license",
  "/ar hold sfdc_license",
  "/ar hold cancelled until 2026-12-01",
  "/ar resume",
  "/ar resume\n/ar release",
  "/ar release",
  "/ar complete",
  "/ar approve",
  "/ar help",
);
const people = fc.constantFrom(sam, amber, meri, hr);
const storyOf = (texts: fc.Arbitrary<string>, ...byHand: readonly Act[]): fc.Arbitrary<Act[]> => {
  const said = fc.tuple(people, texts).map(([who, text]) => who.says(text));
  return fc
    .tuple(
      fc.array(said, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(...byHand),
      fc.array(said, { maxLength: 3 }),
    )
    .map(([before, hand, after]) => [...before, hand, ...after]);
};
/**
 * Among commands something done by hand, such as can be done whether daytwo has looked meanwhile or not. Who assigns
 * themself to one that waits takes it if nothing shows that it waits: there the two ways differ by right.
 */
const story = fc.oneof(
  storyOf(words, amber.puts(HOLD.cancelled), sam.ticksAll()),
  storyOf(
    words.filter((text) => !text.includes("hold")),
    amber.takes(),
    sam.takes(),
  ),
);

async function played(kind: ForgeKind, acts: readonly Act[], each: boolean) {
  const story = await Story.begin({ kind, via: "memory" });
  story.open("hr", { body: BODY, labels: [REQUEST, STATE.action_needed] });
  await story.handle();
  for (const one of acts) {
    story.does(one);
    if (each) await story.handle();
  }
  await story.tick();
  await story.tick();
  const { labels, assignees } = story.see();
  return { labels: labels.toSorted(), assignees: assignees.toSorted() };
}

describe.each(KINDS)("on %s", (kind) => {
  it("the end is the same", async () => {
    await fc.assert(
      fc.asyncProperty(story, async (acts) => {
        const late = await played(kind, acts, false);
        expect(late, acts.map(({ text }) => text).join("; ")).toEqual(await played(kind, acts, true));
      }),
      { numRuns: 60 },
    );
  });
});
