/** What a close collects: exceptions until the sign-off, and the list of attainment. */
import { describe, expect, it } from "vitest";
import { reconcile } from "../../src/run/reconcile.ts";
import type { Memory, Settled } from "../../src/run/team.ts";
import { deathless, deaths, type Life, tickThatDies } from "../dying.ts";
import { DAY, guest, MINUTE, meri, REQUESTS, Story, sam } from "../story.ts";
import { KINDS, requests } from "./hires.ts";
import { BOX, closeStory, OPENS, TEMPLATE } from "./monthly-close.world.ts";

const APPROVED = "AR-Approval::Manager Approved";
const said = (story: Story) => story.see().section("monthly-close") ?? "";
/** Rows of the table of exceptions: number, kind, approver. */
const exceptions = (story: Story): string[] =>
  [...said(story).matchAll(/^\| \[acme\/access-requests#(\d+)\]\(.*?\).*? \| `(.*?)` \| (.*?) \|$/gm)].map(
    ([, number, label, by]) => `#${number} ${label} ${by}`,
  );

function file(story: Story, title: string, labels: readonly string[], body = ""): number {
  for (const label of labels) {
    const known = story.memory.project(REQUESTS).labels.some(({ name }) => name === label);
    if (!known) story.memory.addLabel(REQUESTS, label);
  }
  return story.memory.by("hr").open(REQUESTS, { title, body, labels });
}

describe.each(KINDS)("exceptions on %s", (kind) => {
  it("are collected with approver and link, refreshed until the sign-off, and frozen after it", async () => {
    const story = await closeStory({ kind, via: "memory", at: OPENS });
    const split = file(story, "Split Acme 60/40", ["deal-split"]);
    const relief = file(story, "Relief for Ada", ["quota-relief"], "Approved by: @meri\n");
    file(story, "Nothing of the kind", []);
    story.now += MINUTE;
    await story.tick();
    expect(exceptions(story)).toEqual([
      `#${split} deal-split **nobody yet**`,
      `#${relief} quota-relief meri`,
    ]);
    story.now += MINUTE;
    expect((await story.tick()).changes).toEqual([]);

    story.memory.by("amber").label(REQUESTS, split, APPROVED);
    story.now += MINUTE;
    await story.tick();
    expect(exceptions(story)[0]).toBe(`#${split} deal-split amber`);

    // In the next month, for this one.
    story.now = OPENS + 7 * DAY;
    const late = file(story, "Plan of Bob", ["comp-plan-change"], "### Month\n\n2026-11\n");
    file(story, "Split of December", ["deal-split"]);
    await story.tick();
    expect(exceptions(story).map((one) => one.split(" ")[0])).toEqual([
      `#${split}`,
      `#${relief}`,
      `#${late}`,
    ]);

    story.does(sam.ticks(BOX.signOff));
    await story.tick();
    expect(said(story)).toContain("as they stood at the sign-off");
    const after = file(story, "Too late", ["deal-split"], "Month: 2026-11\n");
    story.memory.by("hr").edit(REQUESTS, split, { title: "Another name" });
    story.now += MINUTE;
    await story.tick();
    expect(said(story)).not.toContain(`#${after}`);
    expect(said(story)).toContain("Split Acme 60/40");
    expect((await story.tick()).changes).toEqual([]);
  });

  it("that are there before the close are listed as it opens, wherever daytwo dies", async () => {
    const play = async (look: (story: Story) => Promise<void>): Promise<string> => {
      const story = await Story.begin({
        kind,
        via: "memory",
        at: OPENS,
        config: "close: {}\n",
        files: TEMPLATE,
      });
      const split = file(story, "Split Acme 60/40", ["deal-split"], "Approved by: @meri\n");
      file(story, "Split of December", ["deal-split"], "Month: 2026-12\n");
      story.now += MINUTE;
      await look(story);
      const close = requests(story).find(({ title }) => title.includes("monthly close"));
      story.about = { project: "requests", number: close?.number ?? 0 };
      expect(exceptions(story)).toEqual([`#${split} deal-split meri`]);
      expect((await story.tick()).changes).toEqual([]);
      return story.fingerprint();
    };
    const life: Life = deathless();
    const whole = await play(tickThatDies(life));
    expect(life.written).toBe(2);
    for (const { n, after, when } of deaths(life.written)) {
      const dies = tickThatDies({ left: n, after, written: 0 });
      const played = play(async (story) => {
        await dies(story);
        await story.tick();
      });
      expect(await played, `dead ${when} write ${n}`).toBe(whole);
    }
  });

  it("leave the list with their label, on another day at the latest", async () => {
    const story = await closeStory({ kind, via: "memory" });
    const number = file(story, "Relief", ["quota-relief"]);
    await story.tick();
    expect(exceptions(story)).toHaveLength(1);
    story.memory.by("sam").unlabel(REQUESTS, number, "quota-relief");
    story.now += DAY;
    await story.tick();
    expect(exceptions(story)).toEqual([]);
  });
});

describe("exceptions", () => {
  it("have the labels that are configured", async () => {
    const story = await closeStory({
      kind: "github",
      via: "memory",
      config: "close: { exceptions: [windfall] }\n",
    });
    file(story, "A split", ["deal-split"]);
    const number = file(story, "A windfall", ["windfall"]);
    await story.tick();
    expect(exceptions(story)).toEqual([`#${number} windfall **nobody yet**`]);
  });

  it("what people write in their titles does nothing", async () => {
    const story = await closeStory({ kind: "gitlab", via: "memory" });
    file(story, "@amber | </td> /close `x` <!-- daytwo:section:lifecycle:done -->", ["deal-split"]);
    await story.tick();
    expect(said(story)).toContain("@\u200bamber \\| &lt;/td>");
    expect(story.see().section("lifecycle")).toBeNull();
    expect((await story.tick()).changes).toEqual([]);
  });
});

describe("what no box shows", () => {
  it("is said before the close is closed, and that there are no exceptions, too", async () => {
    const story = await closeStory({ kind: "github", via: "memory", config: "close: { payees: [Ada] }\n" });
    story.does(sam.ticks(BOX.extract));
    await story.tick();
    expect(said(story)).toContain("**Exceptions of 2026-11:** none so far.");
    file(story, "Split", ["deal-split"]);
    const { changes } = await story.tick();
    expect(changes.map(({ reason }) => reason)).toEqual(["The exceptions of 2026-11 have changed."]);
    story.does(sam.says("```csv\nPayee,Paid\nAda,1\nTotal,2\n```"));
    for (const [does, reviews] of [
      [BOX.extract, BOX.extractReview],
      [BOX.model, BOX.modelReview],
      [BOX.signOff, BOX.signOffReview],
    ] as const) {
      if (does !== BOX.extract) story.does(sam.ticks(does));
      await story.handle();
      story.does(meri.ticks(reviews));
      await story.handle();
    }
    expect(said(story)).toContain(
      "this issue can be closed. Look first at 1 exception without an approver and 1 fault in the list of attainment.",
    );
    story.does(meri.closes());
    await story.handle();
    expect(said(story)).not.toContain("Look first");
  });
});

describe("the list of attainment", () => {
  const PAYEES = "close: { payees: [Ada, Bob] }\n";
  const csv = (rows: string) => `The list:\n\n\`\`\`csv\nPayee,Paid\n${rows}\n\`\`\``;

  it("is checked as soon as it is given, its latest version counts, and its hash is kept", async () => {
    const story = await closeStory({ kind: "github", via: "memory", config: PAYEES });
    story.does(sam.says(csv("Ada,1\nAda,2\nTotal,4")));
    await story.handle();
    expect(said(story)).toContain("**Attainment:** 2 payees, 3 faults. SHA-256 of the list: `");
    expect(said(story)).toContain(
      "- row 3: Ada is there a second time, first in row 2.\n- row 4: Paid adds up to 3.00, and 4.00 is stated.\n- Bob is missing.",
    );
    story.does(sam.says(csv("Ada,1\nBob,2\nTotal,3")));
    await story.handle();
    expect(said(story)).toContain("**Attainment:** 2 payees, each once, and the totals add up.");
    story.does(guest.says(csv("Eve,1\nTotal,1")));
    await story.handle();
    expect(said(story)).toContain("each once, and the totals add up");
    expect((await story.tick()).changes).toEqual([]);
  });

  it("another one after the close is an edit after the close", async () => {
    const story = await closeStory({ kind: "github", via: "memory", config: PAYEES });
    story.does(sam.says(csv("Ada,1\nBob,2\nTotal,3")), sam.ticks(BOX.carry), sam.closes());
    await story.tick();
    expect(story.see().open).toBe(false);
    story.does(meri.says(csv("Ada,2\nBob,2\nTotal,4")));
    await story.tick();
    expect(said(story)).toMatch(/Edited after the close:\*\*\n\n- by meri/);
    expect((await story.tick()).changes).toEqual([]);
  });
});

describe("what it costs", () => {
  it("nothing but lists while nothing happens, a close with exceptions open or not", async () => {
    const notes = new Map<string, string>();
    const settled = new Map<string, Map<number, Settled>>();
    const memory: Memory = {
      settled: (project, now) =>
        new Map(
          [...(settled.get(project)?.values() ?? [])]
            .filter(({ wake }) => wake === null || wake > now)
            .map(({ number, version }) => [number, version]),
        ),
      settle(project, issues) {
        const known = settled.get(project) ?? new Map<number, Settled>();
        for (const one of issues) known.set(one.number, one);
        settled.set(project, known);
      },
      recall: (name) => notes.get(name) ?? null,
      note: (name, value) => void notes.set(name, value),
    };
    const story = await closeStory({ kind: "github", via: "memory", memory });
    file(story, "A split", ["deal-split"]);
    story.does(sam.ticks(BOX.extract));
    for (let i = 0; i < 3; i++) await story.tick();
    story.now += MINUTE;
    const team = story.team();
    const errand = { trigger: { kind: "tick", catchUp: false }, now: story.now, subject: null } as const;
    expect((await reconcile(team, errand)).changes).toEqual([]);
    expect([...(team.forges.requests?.requests() ?? [])]).toEqual([["GET issues", 2]]);
  });
});
