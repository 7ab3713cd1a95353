/** Whatever people do in whatever order: one honest label, no noise, and one answer however daytwo comes to look. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ForgeKind } from "../../src/model.ts";
import {
  type Act,
  afterwards,
  HOLD,
  MINUTE,
  person,
  SELF,
  STATE,
  type StateId,
  Story,
  TRUSTED,
} from "../story.ts";

/** More for a long night: `RUNS=5000 npx vitest run test/policies/lifecycle.property.test.ts`. */
const RUNS = Number(process.env.RUNS ?? 120);

const STATES = Object.keys(STATE) as StateId[];
const SLIP = "SalesOpsAR::In Progres";
const STATE_LABELS: readonly string[] = Object.values(STATE);

/** One thing somebody may do, and whether they can, as an issue shows. */
interface Deed {
  readonly act: Act;
  /** Whether it changes anything. */
  possible(story: Story): boolean;
  /** It rests on what daytwo is to do about an earlier one. */
  readonly leans?: (story: Story) => boolean;
  readonly [fc.toStringMethod]: () => string;
}

const bears = (story: Story, label: string): boolean => story.see().labels.includes(label);
const has = (story: Story, handle: string): boolean => story.see().assignees.includes(handle);
const boxIs = (story: Story, box: number, mark: string): boolean =>
  story
    .see()
    .body.split("\n")
    .filter((line) => line.startsWith("- ["))
    [box]?.startsWith(`- [${mark}]`) ?? false;

function deedsOf(handle: string): Deed[] {
  const one = person(handle);
  const deed = (act: Act, possible: Deed["possible"], leans?: Deed["leans"]): Deed => ({
    act,
    possible,
    ...(leans ? { leans } : {}),
    [fc.toStringMethod]: () => act.text,
  });
  const nobody = (story: Story) => story.see().assignees.length === 0;
  return [
    deed(one.takes(), (story) => !has(story, handle)),
    deed(one.leaves(), (story) => has(story, handle)),
    ...["sam", "amber"].flatMap((other) => [
      deed(one.assigns(other), (story) => !has(story, other)),
      deed(one.unassigns(other), (story) => has(story, other)),
    ]),
    ...STATES.flatMap((state) => {
      // In Progress with nobody assigned is theirs only once daytwo has assigned them, and that daytwo has
      // completed one with open boxes shows only to those who look before the boxes are done.
      const own = handle === SELF || handle === TRUSTED;
      // daytwo's account holds for a reason, and takes one state off for another, only where it has accepted that.
      const accepts = (story: Story) =>
        handle === SELF &&
        (stateLabels(story).length > 1 || Object.values(HOLD).some((reason) => bears(story, reason)));
      const leans = state === "in_progress" ? nobody : state === "completed" && own ? () => true : accepts;
      return [
        deed(one.sets(state), (story) => !bears(story, STATE[state]), leans),
        deed(one.moves(state), (story) => !bears(story, STATE[state]), leans),
        // A misspelt one that still stands keeps the meaning.
        deed(
          one.takesOff(STATE[state]),
          (story) => bears(story, STATE[state]),
          (story) => bears(story, SLIP) || accepts(story),
        ),
      ];
    }),
    deed(one.puts(SLIP), (story) => !bears(story, SLIP), nobody),
    ...Object.values(HOLD).flatMap((reason) => [
      deed(one.puts(reason), (story) => !bears(story, reason)),
      deed(one.takesOff(reason), (story) => bears(story, reason)),
    ]),
    ...[0, 1].flatMap((box) => [
      deed(one.ticks(box), (story) => boxIs(story, box, " ")),
      // GitHub tells of boxes that were done for a while only in the edits, which are not read for open ones.
      deed(
        one.unticks(box),
        (story) => boxIs(story, box, "x"),
        ({ kind }) => kind === "github",
      ),
    ]),
    ...(["completed", "not_planned"] as const).map((reason) =>
      deed(
        one.closes(reason),
        (story) => story.see().open,
        () => true,
      ),
    ),
    deed(one.reopens(), (story) => !story.see().open),
    deed(one.says("Hello"), () => true),
  ];
}

const DEEDS = ["sam", "amber", "mallory", "hr", SELF, TRUSTED].flatMap(deedsOf);
const deed = fc.integer({ min: 0, max: DEEDS.length - 1 }).map((i) => DEEDS[i] as Deed);
/** Seconds between two deeds: some at the same instant, some within a swap of labels. */
const pause = fc.constantFrom(0, 0, 1, 3, 60, 3600);
const life = fc.array(fc.tuple(deed, pause), { maxLength: 14 });
const story = (kind: ForgeKind) => Story.begin({ kind, via: "memory" });
const stateLabels = (one: Story) => one.see().labels.filter((label) => label.startsWith("SalesOpsAR"));

/** At most: a comment, a reopening, a request's label, an assignee, and one label off for each state and slip. */
const MOST = 10;

/** Where somebody undoes what daytwo does time and again, it leaves things as they are and says so. */
const stopped = (one: Story) => one.see().status?.includes("daytwo stops here") ?? false;

function expectHonest(one: Story): void {
  if (stopped(one)) return;
  if (one.see().open) {
    expect(stateLabels(one)).toHaveLength(1);
    expect(STATE_LABELS).toContain(stateLabels(one)[0]);
    const held = Object.values(HOLD).some((reason) => bears(one, reason));
    if (held) expect(stateLabels(one)).toEqual([STATE.on_hold]);
  }
  expect(
    one.see().comments.filter(({ author, body }) => author === SELF && body !== "Hello").length,
  ).toBeLessThan(2);
}

describe.each(["github", "gitlab"] as const)("%s, whatever people do", (kind) => {
  test("after one tick an open request bears exactly one state label, and the next writes nothing", () =>
    fc.assert(
      fc.asyncProperty(life, async (lived) => {
        const one = await story(kind);
        one.openRequest();
        for (const [{ act, possible }, seconds] of lived) {
          if (possible(one)) one.does(afterwards(seconds * 1000, act));
        }
        one.now += 1000;
        const { changes } = await one.tick();
        expect(changes.length).toBeLessThanOrEqual(MOST);
        expectHonest(one);
        expect((await one.tick()).changes).toEqual([]);
        one.now += MINUTE;
        expect((await one.tick()).changes).toEqual([]);
        await one.end();
      }),
      { numRuns: RUNS },
    ));

  test("with a webhook for each, too, and every comment is said once", () =>
    fc.assert(
      fc.asyncProperty(life, async (lived) => {
        const one = await story(kind);
        one.openRequest();
        await one.handle();
        for (const [{ act, possible }, seconds] of lived) {
          if (!possible(one)) continue;
          one.does(afterwards(seconds * 1000, act));
          const results = await one.handle();
          expect(results.flatMap(({ changes }) => changes).length).toBeLessThanOrEqual(MOST);
          expectHonest(one);
        }
        one.now += MINUTE;
        expect((await one.tick()).changes).toEqual([]);
        await one.end();
      }),
      { numRuns: RUNS },
    ));

  test("a webhook for each and one tick at the end come to the same, a minute apart", () =>
    fc.assert(
      fc.asyncProperty(fc.array(deed, { maxLength: 10 }), async (deeds) => {
        const seen = await story(kind);
        const unseen = await story(kind);
        for (const one of [seen, unseen]) one.openRequest();
        await seen.handle();
        const lived: string[] = [];
        for (const { act, possible, leans } of deeds) {
          const both = [seen, unseen];
          // What people can do depends on what daytwo has done: only what both can is compared.
          if (!both.every((one) => possible(one) && !leans?.(one))) continue;
          for (const one of both) one.does(act);
          lived.push(act.text);
          await seen.handle();
        }
        await unseen.tick();
        if (stopped(seen) || stopped(unseen)) return;
        expect([...unseen.see().labels].sort(), lived.join(", ")).toEqual([...seen.see().labels].sort());
        expect(unseen.see().open).toBe(seen.see().open);
        for (const one of [seen, unseen]) await one.end();
      }),
      { numRuns: RUNS },
    ));
});
