/** Preparer and reviewer differ, what comes first comes first, and nobody is taken for known who is not. */
import { describe, expect, it, test } from "vitest";
import type { ForgeKind } from "../../src/model.ts";
import { type Act, amber, guest, hr, MINUTE, meri, type Story, sam, together, type Via } from "../story.ts";
import { BOX, closeStory, stand } from "./monthly-close.world.ts";

/** GitHub where GraphQL, and with it the versions of a body, is refused. */
async function blind(tell: (story: Story) => Promise<void>): Promise<void> {
  const story = await closeStory({ kind: "github", via: "http", graphql: false });
  try {
    await tell(story);
  } finally {
    await story.end();
  }
}

type Way = "a webhook for each act" | "a tick for each act" | "one tick for everything";
interface World {
  readonly kind: ForgeKind;
  readonly via: Via;
  readonly graphql?: boolean;
  readonly ways: readonly Way[];
}
const WORLDS: readonly World[] = [
  {
    kind: "github",
    via: "memory",
    ways: ["a webhook for each act", "one tick for everything"],
  },
  { kind: "github", via: "http", graphql: false, ways: ["a webhook for each act"] },
  {
    kind: "gitlab",
    via: "memory",
    ways: ["a webhook for each act", "a tick for each act", "one tick for everything"],
  },
  { kind: "github", via: "http", ways: ["a webhook for each act", "one tick for everything"] },
  { kind: "gitlab", via: "http", ways: ["a webhook for each act", "one tick for everything"] },
];

interface Row {
  readonly name: string;
  readonly acts: readonly Act[];
  readonly stands: readonly string[];
  readonly says?: readonly string[];
  readonly neverSays?: readonly string[];
  readonly open?: boolean;
  /** Ways in which something else is known, by right. */
  readonly except?: readonly Way[];
}

const done = { model: [sam.ticks(BOX.extract), meri.ticks(BOX.extractReview), sam.ticks(BOX.model)] };
const all = [
  ...done.model,
  meri.ticks(BOX.modelReview),
  sam.ticks(BOX.signOff),
  meri.ticks(BOX.signOffReview),
];

const ROWS: readonly Row[] = [
  {
    name: "a task is done by one and reviewed by another",
    acts: [sam.ticks(BOX.extract), meri.ticks(BOX.extractReview)],
    stands: ["Extract xx", "Model --", "Sign off --"],
    says: ["Close of 2026-11: 1 of 3 tasks done, 1 reviewed."],
    neverSays: ["Put back", "Not known"],
  },
  {
    name: "another team member than the one named may review",
    acts: [sam.ticks(BOX.extract), amber.ticks(BOX.extractReview)],
    stands: ["Extract xx", "Model --", "Sign off --"],
    neverSays: ["Put back", "Not known"],
  },
  {
    name: "whoever did the task does not review it",
    acts: [sam.ticks(BOX.extract), sam.ticks(BOX.extractReview)],
    stands: ["Extract x-", "Model --", "Sign off --"],
    says: ["sam did “Extract” and ticked its review: somebody else reviews it."],
  },
  {
    name: "not even the one who is named as its reviewer",
    acts: [meri.ticks(BOX.extract), meri.ticks(BOX.extractReview)],
    stands: ["Extract x-", "Model --", "Sign off --"],
    says: ["meri did “Extract”"],
  },
  {
    name: "nor in one go",
    acts: [together(sam.ticks(BOX.extract), sam.ticks(BOX.extractReview))],
    stands: ["Extract x-", "Model --", "Sign off --"],
    says: ["sam did “Extract”"],
  },
  {
    name: "after a wrong review the right one counts, and the reason goes",
    acts: [sam.ticks(BOX.extract), sam.ticks(BOX.extractReview), meri.ticks(BOX.extractReview)],
    stands: ["Extract xx", "Model --", "Sign off --"],
    neverSays: ["Put back"],
    except: ["one tick for everything"],
  },
  {
    name: "nothing is reviewed before it is done",
    acts: [meri.ticks(BOX.extractReview)],
    stands: ["Extract --", "Model --", "Sign off --"],
    says: ["meri ticked the review of “Extract” before it was done."],
  },
  {
    name: "a review falls when the task is opened again",
    acts: [sam.ticks(BOX.extract), meri.ticks(BOX.extractReview), sam.unticks(BOX.extract)],
    stands: ["Extract --", "Model --", "Sign off --"],
    says: ["before it was done"],
  },
  {
    name: "who is not of the team does not review",
    acts: [
      sam.ticks(BOX.extract),
      hr.edits("ticks the review", ({ body }) => ({ body: body.replace("  - [ ] R", "  - [x] R") })),
    ],
    stands: ["Extract x-", "Model --", "Sign off --"],
    says: ["hr ticked the review of “Extract” and is not of the team."],
  },
  {
    name: "what waits for another task is put back until that is done",
    acts: [sam.ticks(BOX.model)],
    stands: ["Extract --", "Model --", "Sign off --"],
    says: ["sam ticked “Model” before “Extract” was done."],
  },
  {
    name: "in the right order it stays",
    acts: done.model,
    stands: ["Extract xx", "Model x-", "Sign off --"],
    neverSays: ["Put back"],
  },
  {
    name: "when what came first is opened again, so is what rests on it",
    acts: [...done.model, meri.ticks(BOX.modelReview), amber.unticks(BOX.extract)],
    stands: ["Extract --", "Model --", "Sign off --"],
    says: ["“Model” before “Extract” was done"],
  },
  {
    name: "reviews of several tasks that read alike",
    acts: [...done.model, meri.ticks(BOX.modelReview)],
    stands: ["Extract xx", "Model xx", "Sign off --"],
    neverSays: ["Put back", "Not known"],
  },
  {
    name: "one of them ticked by whoever did the work",
    acts: [...done.model, sam.ticks(BOX.modelReview)],
    stands: ["Extract xx", "Model x-", "Sign off --"],
    says: ["sam did “Model”"],
    // GitLab's notes say which text was ticked, and several read alike: see below.
    except: ["one tick for everything"],
  },
  {
    name: "a task without need of doing is reviewed all the same",
    acts: [
      sam.rewrites((body) =>
        body.replace(
          "- [ ] Extract (due 2026-12-02, WD+2, owner @sam)",
          "- [ ] ~~Extract (due 2026-12-02, WD+2, owner @sam)~~",
        ),
      ),
      meri.ticks(BOX.extractReview),
      sam.ticks(BOX.model),
    ],
    stands: ["Extract xx", "Model x-", "Sign off --"],
    neverSays: ["Put back"],
  },
  {
    name: "closing what is not done opens it again, and names what is missing",
    acts: [sam.ticks(BOX.extract), sam.closes()],
    stands: ["Extract x-", "Model --", "Sign off --"],
    says: ["It was closed with 3 open", "Extract: not reviewed (meri)", "Model: not done (sam)"],
  },
  {
    name: "all done and reviewed, it may be closed",
    acts: [...all, sam.closes()],
    stands: ["Extract xx", "Model xx", "Sign off xx"],
    open: false,
    says: ["It is closed: everything is done, and reviewed by somebody else."],
  },
  {
    name: "told to hand on what is open, it may be closed with it",
    acts: [sam.ticks(BOX.extract), sam.ticks(BOX.carry), sam.closes()],
    stands: ["Extract x-", "Model --", "Sign off --"],
    open: false,
    says: ["what is open goes to the next month's close"],
  },
];

describe.each(WORLDS.flatMap((world) => world.ways.map((way) => ({ ...world, way }))))(
  "$kind, $via, graphql $graphql, by $way",
  ({ kind, via, graphql = true, way }) => {
    // Over HTTP the adapters are the question, not the rules.
    const rows = ROWS.filter(({ except }, i) => !except?.includes(way) && (via === "memory" || i % 4 === 0));
    test.for(rows)("$name", async (row) => {
      const story = await closeStory({ kind, via, graphql });
      try {
        await play(story, row, way);
      } finally {
        await story.end();
      }
    });
  },
);

async function play(story: Story, row: Row, way: Way): Promise<void> {
  for (const one of row.acts) {
    story.does(one);
    if (way === "a webhook for each act") await story.handle();
    if (way === "a tick for each act") await story.tick();
  }
  if (way === "one tick for everything") await story.tick();
  expect(stand(story)).toEqual(row.stands);
  const { section, open, comments } = story.see();
  expect(open).toBe(row.open ?? true);
  expect(comments.filter(({ author }) => author === "daytwo").length).toBeLessThan(2);
  const said = section("monthly-close") ?? "";
  for (const phrase of row.says ?? []) expect(said).toContain(phrase);
  for (const phrase of row.neverSays ?? []) expect(said).not.toContain(phrase);
  const stands = story.fingerprint();
  for (const after of [MINUTE, MINUTE]) {
    story.now += after;
    await story.handle();
    await story.tick();
  }
  expect(story.fingerprint()).toBe(stands);
  expect(story.sandbox?.violations ?? []).toEqual([]);
}

describe("where it cannot be known who ticked", () => {
  const ticked = [sam.ticks(BOX.extract), sam.ticks(BOX.extractReview)];

  it("a forge without history and without a delivery leaves it open, and the reviewer signs", () =>
    blind(async (story) => {
      story.does(...ticked);
      await story.tick();
      expect(stand(story)[0]).toBe("Extract xx");
      const { section } = story.see();
      expect(section("monthly-close")).toContain(
        "Extract: who did it and who reviewed it is not known. meri signs the review: `/ar sign`.",
      );
      story.does(sam.says("/ar sign"));
      await story.tick();
      expect(story.see().section("commands")).toContain("no task of this close names sam as its reviewer");
      story.does(meri.says("/ar sign"));
      await story.tick();
      expect(story.see().section("commands")).toContain("reviewed and signed: “Extract”.");
      expect(story.see().section("monthly-close")).not.toContain("Not known");
      story.now += MINUTE;
      expect((await story.tick()).changes).toEqual([]);
    }));

  it("an unsigned review keeps the close open", () =>
    blind(async (story) => {
      story.does(sam.ticksAll(), sam.closes());
      await story.tick();
      expect(story.see().open).toBe(false);
      // The box that hands things on was ticked as well: without it, nothing is handed on.
      story.does(sam.reopens(), sam.unticks(BOX.carry), sam.closes());
      await story.tick();
      expect(story.see().open).toBe(true);
      expect(story.see().section("monthly-close")).toContain("Extract: its review is not signed (meri)");
      story.does(meri.says("/ar sign"));
      await story.tick();
      story.does(sam.closes());
      await story.tick();
      expect(story.see().open).toBe(false);
    }));

  it("GitLab's notes cannot tell alike boxes apart that two people ticked unseen", async () => {
    const story = await closeStory({ kind: "gitlab", via: "memory" });
    story.does(...done.model, sam.ticks(BOX.modelReview));
    await story.tick();
    expect(stand(story)).toEqual(["Extract xx", "Model xx", "Sign off --"]);
    const said = story.see().section("monthly-close") ?? "";
    expect(said).toContain("Extract: who reviewed it is not known. meri signs the review: `/ar sign`.");
    expect(said).toContain("Model: who reviewed it is not known. meri signs the review: `/ar sign`.");
  });
});

describe("/ar sign", () => {
  it.each(["github", "gitlab"] as const)("on %s ticks the signer's reviews of what is done", async (kind) => {
    const story = await closeStory({ kind, via: "memory" });
    story.does(sam.ticks(BOX.extract), meri.says("/ar sign"));
    await story.handle();
    expect(stand(story)).toEqual(["Extract xx", "Model --", "Sign off --"]);
    expect(story.see().section("commands")).toContain("reviewed and signed: “Extract”.");
    story.does(meri.unticks(BOX.extractReview));
    await story.handle();
    await story.tick();
    expect(stand(story)[0]).toBe("Extract x-");
  });

  it("is refused to whoever did the work, and for what is not done", async () => {
    const story = await closeStory({ kind: "github", via: "memory" });
    story.does(meri.ticks(BOX.extract));
    await story.handle();
    story.does(meri.says("/ar sign"));
    await story.handle();
    expect(story.see().section("commands")).toContain("meri did “Extract”: somebody else reviews that.");
    expect(stand(story)[0]).toBe("Extract x-");
    story.does(meri.unticks(BOX.extract));
    await story.handle();
    story.does(meri.says("/ar sign"));
    await story.handle();
    expect(story.see().section("commands")).toContain("are not done yet");
  });

  it("names a few of many tasks that are not done", async () => {
    const titles = ["Pull", "Sort", "Check", "Model", "Send", "Pay", "File"];
    const tasks = titles.map((title) => `{ title: ${title}, due: WD+2, owner: sam, reviewer: meri }`);
    const story = await closeStory({
      kind: "github",
      via: "memory",
      files: {
        "issue-templates/monthly-close.md": `---\nname: Close\ntitle: Close\ntasks: [${tasks.join(", ")}]\n---\n{{#each groups}}{{taskList tasks}}{{/each}}\n`,
      },
    });
    story.does(meri.says("/ar sign"));
    await story.handle();
    expect(story.see().section("commands")).toContain(
      "“Pull”, “Sort”, “Check”, “Model”, “Send” and 2 more are not done yet.",
    );
  });

  it("may be given by the cover of a reviewer who is away, and by no stranger", async () => {
    const config = "close: {}\n";
    const story = await closeStory({
      kind: "github",
      via: "memory",
      config,
      files: {
        "issue-templates/monthly-close.md":
          "---\nname: Close\ntitle: Close\ntasks: [{ title: Extract, due: WD+2, owner: sam, reviewer: meri }]\n---\n{{#each groups}}{{taskList tasks}}{{/each}}\n",
      },
    });
    story.does(sam.ticks(0), guest.says("/ar sign"), amber.says("/ar sign"));
    await story.handle();
    expect(stand(story)).toEqual(["Extract x-"]);
    expect(story.see().section("commands")).toContain("no task of this close names amber as its reviewer");
  });

  it("works on a close and nowhere else", async () => {
    const story = await closeStory({ kind: "github", via: "memory" });
    story.does(meri.says("/ar take"), meri.says("/ar explain"));
    await story.handle();
    const said = story.see().section("commands") ?? "";
    expect(said).toContain("it works on an access request; this is a monthly close.");
    expect(said).toContain("The close of 2026-11: 0 of 3 tasks done, 0 reviewed, 0 late.");
  });
});

describe("after the close", () => {
  it.each(["github", "gitlab"] as const)(
    "on %s edits are said, with who made them, and nothing is put back",
    async (kind) => {
      const story = await closeStory({ kind, via: "memory" });
      for (const one of [...all, sam.closes()]) {
        story.does(one);
        await story.handle();
      }
      story.does(sam.unticks(BOX.model));
      await story.tick();
      expect(stand(story)).toEqual(["Extract xx", "Model -x", "Sign off xx"]);
      expect(story.see().open).toBe(false);
      const said = story.see().section("monthly-close");
      expect(said).toMatch(/Edited after the close:\*\*\n\n- by sam/);
      expect(said).toContain("It is closed. What is open came after that, and goes to no other month");
      story.now += MINUTE;
      expect((await story.tick()).changes).toEqual([]);
    },
  );

  it("who edited is not known where no forge tells", () =>
    blind(async (story) => {
      for (const one of [...all, sam.closes()]) {
        story.does(one);
        await story.handle();
      }
      story.does(sam.unticks(BOX.model));
      await story.tick();
      expect(story.see().section("monthly-close")).toContain("by whom is not known");
    }));
});

describe("what is open goes to the next month", () => {
  it.each(["github", "gitlab"] as const)("on %s, when told to", async (kind) => {
    const story = await closeStory({ kind, via: "memory" });
    for (const one of [sam.ticks(BOX.extract), sam.ticks(BOX.carry), sam.closes()]) {
      story.does(one);
      await story.handle();
    }
    const { number } = story.about;
    story.now = Date.UTC(2026, 11, 29, 14);
    await story.tick();
    story.about = { project: "requests", number: number + 1 };
    expect(stand(story)).toEqual([
      "Extract --",
      "Model --",
      "Sign off --",
      "Extract --",
      "Model --",
      "Sign off --",
    ]);
    const { body } = story.see();
    expect(body).toContain(
      "## Carried over from 2026-11\n\n- [ ] Extract (due 2026-12-31, WD-1, owner @sam)",
    );
    expect(body).toContain(": done there, and not reviewed");
    expect(body).toMatch(/Month before: \[acme\/access-requests#1\]/);
  });
});
