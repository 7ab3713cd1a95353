/** Webhooks that come twice, late, shuffled or never; people who act while daytwo writes. */
import { describe, expect, test } from "vitest";
import type { Forge } from "../../src/forge/forge.ts";
import type { ForgeKind } from "../../src/model.ts";
import { reconcile } from "../../src/run/reconcile.ts";
import {
  type Act,
  afterwards,
  amber,
  atOnce,
  HOLD,
  MINUTE,
  mallory,
  meri,
  REQUEST,
  REQUESTS,
  STATE,
  type StateId,
  Story,
  type StoryOptions,
  sam,
  type Via,
} from "../story.ts";

const KINDS: readonly ForgeKind[] = ["github", "gitlab"];
const WORLDS = KINDS.flatMap((kind) => (["memory", "http"] as const).map((via: Via) => ({ kind, via })));

async function told(options: StoryOptions, tell: (story: Story) => Promise<void>): Promise<void> {
  const story = await Story.begin(options);
  try {
    await tell(story);
    expect(story.sandbox?.violations ?? []).toEqual([]);
  } finally {
    await story.end();
  }
}

function expectState(story: Story, state: StateId, ...more: string[]): void {
  expect([...story.see().labels].sort()).toEqual([REQUEST, STATE[state], ...more].sort());
  expect(story.see().comments.filter(({ author }) => author === "daytwo").length).toBeLessThan(2);
}

/** An ordinary life, with one move of a stranger in it. */
const LIFE: readonly Act[] = [
  sam.takes(),
  sam.puts(HOLD.license),
  mallory.moves("completed"),
  sam.takesOff(HOLD.license),
  sam.ticks(0),
  amber.says("Nearly there"),
  sam.ticks(1),
];

describe.each(WORLDS)("$kind, $via: webhooks", ({ kind, via }) => {
  test("the same one twice is done once", () =>
    told({ kind, via }, async (story) => {
      story.openRequest();
      for (const one of LIFE) {
        story.does(one);
        const waiting = story.webhooks.take();
        for (const delivery of waiting) await story.receive(delivery);
        for (const delivery of waiting) {
          expect((await story.receive(delivery)).flatMap(({ changes }) => changes)).toEqual([]);
        }
        story.webhooks.take();
      }
      expectState(story, "completed");
    }));

  test("all of them in the wrong order come to the same", () =>
    told({ kind, via }, async (story) => {
      story.openRequest();
      await story.handle();
      story.does(sam.takes(), sam.puts(HOLD.license), mallory.takesOff(HOLD.license), amber.says("Hm"));
      for (const delivery of story.webhooks.take().reverse()) await story.receive(delivery);
      expectState(story, "on_hold", HOLD.license);
      story.does(sam.takesOff(HOLD.license), sam.ticksAll());
      for (const delivery of story.webhooks.take().reverse()) await story.receive(delivery);
      expectState(story, "completed");
      expect((await story.tick()).changes).toEqual([]);
    }));

  test("one that is very late finds nothing to do", () =>
    told({ kind, via }, async (story) => {
      story.openRequest();
      await story.handle();
      story.does(sam.takes());
      const late = story.webhooks.take();
      await story.tick();
      story.does(sam.moves("action_needed"));
      await story.handle();
      const stands = story.fingerprint();
      for (const delivery of late) {
        expect((await story.receive(delivery)).flatMap(({ changes }) => changes)).toEqual([]);
      }
      expect(story.fingerprint()).toBe(stands);
      expectState(story, "action_needed");
    }));

  test("one that shows labels of another time is not judged by them", () =>
    told({ kind, via }, async (story) => {
      story.openRequest(["one"]);
      await story.handle();
      story.does(sam.takes());
      await story.handle();
      story.does(mallory.puts(HOLD.license));
      const stranger = story.webhooks.take();
      story.does(mallory.takesOff(HOLD.license), sam.puts(HOLD.license));
      for (const delivery of stranger) await story.receive(delivery);
      expectState(story, "on_hold", HOLD.license);
    }));

  test("dropped ones are made good by a tick", () =>
    told({ kind, via }, async (story) => {
      story.openRequest();
      story.webhooks.take();
      for (const one of LIFE) {
        story.does(one);
        story.webhooks.take();
      }
      await story.tick();
      expectState(story, "completed");
      expect((await story.tick()).changes).toEqual([]);
    }));

  test("after a dropped one the next does not judge by what it never saw", () =>
    told({ kind, via }, async (story) => {
      story.openRequest([]);
      await story.handle();
      story.does(sam.takes());
      story.webhooks.take();
      story.does(sam.moves("completed"));
      await story.handle();
      expectState(story, "completed");
    }));

  test("several of one act are one act", () =>
    told({ kind, via }, async (story) => {
      story.openRequest();
      await story.handle();
      story.does(
        sam.edits("does it all", {
          addLabels: [STATE.on_hold, HOLD.license, HOLD.cancelled],
          removeLabels: [STATE.action_needed],
          addAssignees: ["sam"],
        }),
      );
      await story.handle();
      expectState(story, "on_hold", HOLD.license, HOLD.cancelled);
      expect(story.see().assignees).toEqual(["sam"]);
    }));

  test("a comment tells nothing new, but makes daytwo look", () =>
    told({ kind, via }, async (story) => {
      story.openRequest();
      await story.handle();
      story.does(sam.takes());
      story.webhooks.take();
      story.does(amber.says("Thanks, Sam"));
      await story.handle();
      expectState(story, "in_progress");
    }));
});

describe.each(KINDS)("%s: people act while daytwo writes", (kind) => {
  /** The forge, with something done right after daytwo has read what it plans from. */
  const meddled = (forge: Forge, when: "list" | "comments", meddle: () => void): Forge => {
    let left = 1;
    const once = () => {
      if (left-- > 0) meddle();
    };
    const reader = {
      ...forge.reader,
      issues: async (query: Parameters<Forge["reader"]["issues"]>[0]) => {
        const found = await forge.reader.issues(query);
        if (when === "list" && query.state === "open") once();
        return found;
      },
      comments: async (issue: number) => {
        const found = await forge.reader.comments(issue);
        if (when === "comments") once();
        return found;
      },
    };
    return { ...forge, reader };
  };

  const tickMeddled = async (story: Story, when: "list" | "comments", ...acts: Act[]) => {
    const team = story.team();
    const requests = meddled(team.forges.requests as Forge, when, () => void story.does(...acts));
    const errand = { trigger: { kind: "tick", catchUp: false }, now: story.now, subject: null } as const;
    return reconcile({ ...team, forges: { ...team.forges, requests } }, errand);
  };

  test("a tick whose issue changed after it was listed plans again", () =>
    told({ kind, via: "memory" }, async (story) => {
      story.openRequest();
      await story.tick();
      story.does(sam.takes());
      const { outcomes } = await tickMeddled(story, "list", sam.puts(HOLD.license));
      expect(outcomes.every(({ status }) => status === "applied")).toBe(true);
      expectState(story, "on_hold", HOLD.license);
      expect((await story.tick()).changes).toEqual([]);
    }));

  test("what somebody does meanwhile is never undone", () =>
    told({ kind, via: "memory" }, async (story) => {
      story.openRequest();
      await story.tick();
      story.does(mallory.moves("completed"), amber.says("Who was that?"));
      await tickMeddled(story, "comments", sam.moves("in_progress"), sam.puts("urgent"));
      expectState(story, "in_progress", "urgent");
      expect(story.see().assignees).toEqual(["sam"]);
    }));

  test("a label put on meanwhile stays", () =>
    told({ kind, via: "memory" }, async (story) => {
      story.openRequest();
      await story.tick();
      story.does(sam.takes(), amber.says("Go"));
      await tickMeddled(story, "comments", meri.puts("urgent"));
      expectState(story, "in_progress", "urgent");
    }));
});

describe("many things within one second on GitHub", () => {
  const quick = (...acts: Act[]) => acts.map((one, i) => (i === 0 ? one : atOnce(one)));
  const cases: readonly [string, readonly Act[], StateId, readonly string[]][] = [
    ["taken and put on hold", quick(sam.takes(), sam.puts(HOLD.license)), "on_hold", [HOLD.license]],
    [
      "taken, held and resumed",
      quick(sam.takes(), sam.puts(HOLD.license), sam.takesOff(HOLD.license)),
      "in_progress",
      [],
    ],
    ["moved and moved back", quick(sam.moves("on_hold"), sam.moves("action_needed")), "action_needed", []],
    ["taken and finished", quick(sam.takes(), sam.ticksAll()), "completed", []],
    ["a stranger's move and the team's", quick(mallory.sets("completed"), sam.takes()), "in_progress", []],
    ["taken, left and taken by another", quick(sam.takes(), sam.leaves(), meri.takes()), "in_progress", []],
  ];
  for (const [name, acts, state, labels] of cases) {
    for (const looks of ["handle", "tick"] as const) {
      test(`${name}, then daytwo looks in the same second, by ${looks}`, () =>
        told({ kind: "github", via: "memory" }, async (story) => {
          story.openRequest();
          await story.tick();
          story.does(...acts);
          await story[looks]();
          expectState(story, state, ...labels);
          await story.handle();
          story.now += MINUTE;
          expect((await story.tick()).changes).toEqual([]);
          expectState(story, state, ...labels);
        }));
    }
    test(`${name}, and daytwo looks after each within the same second`, () =>
      told({ kind: "github", via: "memory" }, async (story) => {
        story.openRequest();
        await story.tick();
        for (const one of acts) {
          story.does(one);
          await story.handle();
        }
        expectState(story, state, ...labels);
        story.now += MINUTE;
        expect((await story.tick()).changes).toEqual([]);
      }));
  }
});

describe.each(["memory", "http"] as const)(
  "GitLab Premium, %s: labels of one scope push each other out",
  (via) => {
    const premium = { kind: "gitlab", via, premium: true } as const;
    const cases: readonly [string, readonly Act[], StateId, readonly string[]][] = [
      ["a move is one label", [sam.sets("in_progress")], "in_progress", []],
      ["a stranger's move is put back", [sam.takes(), mallory.sets("on_hold")], "in_progress", []],
      ["an illegal move is put back", [sam.sets("completed")], "action_needed", []],
      [
        "a hold and back",
        [sam.takes(), sam.puts(HOLD.license), sam.takesOff(HOLD.license)],
        "in_progress",
        [],
      ],
      ["a misspelt label of the same scope", [sam.puts("SalesOpsAR::In Progres")], "in_progress", []],
      ["another label of the same scope", [sam.takes(), sam.puts("SalesOpsAR::Later")], "action_needed", []],
    ];
    test.each(cases)("%s", (_name, acts, state, labels) =>
      told(premium, async (story) => {
        for (const looks of ["handle", "tick"] as const) {
          story.openRequest();
          await story[looks]();
          for (const one of acts) await story.does(one)[looks]();
          expectState(story, state, ...labels);
          expect((await story.tick()).changes).toEqual([]);
        }
      }),
    );
  },
);

describe("GitLab: confidential requests", () => {
  test.each(["memory", "http"] as const)("%s: their hooks are heard like others", (via) =>
    told({ kind: "gitlab", via }, async (story) => {
      story.open("sam", { labels: [REQUEST], body: "- [ ] one", confidential: true });
      expect(story.webhooks.queue.map(({ event }) => event)).toEqual(["Confidential Issue Hook"]);
      await story.handle();
      story.does(sam.takes(), amber.says("Thanks"));
      expect(story.webhooks.queue.map(({ event }) => event)).toContain("Confidential Note Hook");
      await story.handle();
      expectState(story, "in_progress");
      story.does(sam.ticksAll());
      await story.handle();
      expectState(story, "completed");
    }),
  );
});

test("moves of the time before daytwo came are not judged", () =>
  told({ kind: "github", via: "memory" }, async (story) => {
    story.open("mallory", { labels: [REQUEST, STATE.completed], body: "Old times" });
    story.does(afterwards(40 * 24 * 60 * MINUTE, amber.says("Still open?")));
    expect((await story.tick()).changes).toEqual([]);
    expect(story.memory.issue(REQUESTS, 1).labels.map(({ name }) => name)).toContain(STATE.completed);
  }));
