/**
 * The table of lifecycle rows: where a request stood, what people did, what stands there afterwards. Every row
 * is played on every adapter and in every way that daytwo may come to look.
 */
import { describe, expect, test } from "vitest";
import type { ForgeKind } from "../../src/model.ts";
import {
  type Act,
  HOLD,
  MINUTE,
  REQUEST,
  REQUESTS,
  STATE,
  type StateId,
  Story,
  type StoryOptions,
  sam,
  type Via,
} from "../story.ts";

/** Where a request stands before anything happens. */
export interface Given {
  /** Opens the issue; daytwo opens a request with two boxes unless told. */
  readonly opened?: (story: Story) => void;
  readonly acts: readonly Act[];
  /** Checked, so that no row rests on a wrong start. Null: not yet looked at. */
  readonly state: StateId | null;
}

export const NEW: Given = { acts: [], state: "action_needed" };
export const TAKEN: Given = { acts: [sam.takes()], state: "in_progress" };
export const HELD: Given = { acts: [sam.takes(), sam.puts(HOLD.license)], state: "on_hold" };
export const HELD_NEW: Given = { acts: [sam.puts(HOLD.license)], state: "on_hold" };
export const DONE: Given = { acts: [sam.takes(), sam.ticksAll()], state: "completed" };
/** Opened by somebody, and not looked at yet. */
export const opened = (open: (story: Story) => void): Given => ({ opened: open, acts: [], state: null });

export interface Ends {
  /** Null: none at all. */
  readonly state: StateId | null;
  /** Labels beside the request's own and the state's. */
  readonly labels?: readonly string[];
  /** Without the request's own label. */
  readonly unclaimed?: boolean;
  readonly assignees?: readonly string[];
  readonly open?: boolean;
  /** What daytwo's status comment must say. */
  readonly says?: readonly (string | RegExp)[];
  readonly neverSays?: readonly (string | RegExp)[];
  /** daytwo wrote nothing. */
  readonly untouched?: boolean;
}

export interface Row {
  readonly name: string;
  readonly on?: ForgeKind;
  readonly options?: Pick<StoryOptions, "premium" | "graphql" | "config">;
  readonly given: Given;
  readonly when: readonly Act[];
  readonly ends: Ends;
  /** Ways of looking that see something else by right, with the reason. */
  readonly except?: Partial<Record<Way, string>>;
}

/** How daytwo comes to look. */
export type Way =
  | "a webhook for each act"
  | "webhooks that come late"
  | "a tick alone"
  | "one tick for everything";
const WORLDS: readonly { kind: ForgeKind; via: Via; ways: readonly Way[] }[] = (
  ["github", "gitlab"] as const
).flatMap((kind) => [
  {
    kind,
    via: "memory" as const,
    ways: ["a webhook for each act", "webhooks that come late", "a tick alone", "one tick for everything"],
  },
  { kind, via: "http" as const, ways: ["a webhook for each act", "a tick alone"] },
]);

export function lifecycleRows(title: string, rows: readonly Row[]): void {
  describe(title, () => {
    for (const { kind, via, ways } of WORLDS) {
      const here = rows.filter((row) => row.on === undefined || row.on === kind);
      for (const way of ways) {
        const cases = here.filter(
          (row) =>
            row.except?.[way] === undefined &&
            !(way === "one tick for everything" && row.ends.open === false),
        );
        describe(`${kind}, ${via}, by ${way}`, () => {
          test.for(cases)("$name", (row, { skip }) => play(row, { kind, via }, way, skip));
        });
      }
    }
  });
}

async function play(
  row: Row,
  world: { kind: ForgeKind; via: Via },
  way: Way,
  skip: (note: string) => never,
): Promise<void> {
  const story = await Story.begin({ ...world, ...row.options });
  try {
    const { opened: open = (one: Story) => void one.openRequest(), acts, state } = row.given;
    const looks = way.includes("webhook") ? "handle" : "tick";
    const once = way === "one tick for everything";
    open(story);
    if (!once && state !== null) {
      await story[looks]();
      for (const one of acts) await story.does(one)[looks]();
      expect(story.see().labels, "the start of the row").toContain(STATE[state]);
    } else story.does(...acts);
    const before = story.see().status;
    let changes = 0;
    const look = async () => {
      const results = [await story[looks]()].flat();
      changes += results.flatMap((one) => one.changes).length;
    };
    if (way === "a webhook for each act") {
      if (state === null) await look();
      for (const one of row.when) {
        story.does(one);
        await look();
      }
    } else {
      for (const one of row.when) {
        const { revision } = story.memory.issue(REQUESTS, story.about.number);
        story.does(one);
        // Nobody takes off a label that daytwo has not put on yet.
        if (once && story.memory.issue(REQUESTS, story.about.number).revision === revision && one.after > 0)
          skip(`${one.text}: there was nothing to do yet`);
      }
    }
    story.now += MINUTE / 2;
    const seen = [...story.webhooks.queue];
    await look();
    check(story, row.ends, once);
    if (row.ends.untouched && !once)
      expect({ changes, status: story.see().status }).toEqual({ changes: 0, status: before });
    await again(story, seen);
  } finally {
    await story.end();
  }
}

/** @param outcome only what came out of it: one look for everything has less to tell */
function check(story: Story, ends: Ends, outcome: boolean): void {
  const sight = story.see();
  const { state, labels = [], assignees, open = true, says = [], neverSays = [], unclaimed = false } = ends;
  const bears = [...labels, ...(unclaimed ? [] : [REQUEST]), ...(state ? [STATE[state]] : [])];
  expect([...sight.labels].sort()).toEqual(bears.sort());
  if (assignees) expect(sight.assignees).toEqual(assignees);
  expect(sight.open).toBe(open);
  expect(sight.comments.filter(({ author }) => author === "daytwo").length).toBeLessThan(2);
  if (outcome) return;
  const status = sight.status ?? "(nothing)";
  for (const phrase of says) {
    if (typeof phrase === "string") expect(status).toContain(phrase);
    else expect(status).toMatch(phrase);
  }
  for (const phrase of neverSays) {
    if (typeof phrase === "string") expect(status).not.toContain(phrase);
    else expect(status).not.toMatch(phrase);
  }
}

/** Looking again, by the same webhooks once more and by a tick, writes nothing. */
async function again(story: Story, seen: Story["webhooks"]["queue"]): Promise<void> {
  const stands = story.fingerprint();
  story.now += 3 * MINUTE;
  // Over HTTP every look costs: there the last few will do.
  for (const one of story.sandbox ? seen.slice(-2) : seen) {
    for (const { changes } of await story.receive(one)) expect(changes).toEqual([]);
  }
  expect((await story.tick()).changes).toEqual([]);
  expect(story.fingerprint()).toBe(stands);
  expect(story.sandbox?.violations ?? []).toEqual([]);
}
