/** Requests beside the plain one: a hire without a baseline, parts of a long one, unreadable ones; and what people may get up to. */
import { describe, expect, it } from "vitest";
import type { ForgeKind, IssueRef } from "../../src/model.ts";
import { remembering } from "../run/memory.ts";
import {
  type Act,
  amber,
  hr,
  mallory,
  meri,
  PEOPLE,
  REQUESTS,
  SELF,
  STATE,
  Story,
  type StoryOptions,
  sam,
} from "../story.ts";
import { APPROVED, approvalLabels, bulk, expectCalm, single, WAITING } from "./approval.world.ts";
import { reactionsTo } from "./commands.world.ts";
import { ADA_DUE, file, onlyRequest } from "./hires.ts";

const KINDS: readonly ForgeKind[] = ["github", "gitlab"];
const begin = (kind: ForgeKind, more: Partial<StoryOptions> = {}) =>
  Story.begin({ kind, via: "memory", ...more });
const look = async (story: Story): Promise<void> => {
  story.now += 10_000;
  await story.handle();
};
const filed = async (kind: ForgeKind, body = single(), more: Partial<StoryOptions> = {}): Promise<Story> => {
  const story = await begin(kind, more);
  story.open("hr", { body });
  await look(story);
  return story;
};
const plays = async (story: Story, ...acts: readonly Act[]): Promise<void> => {
  for (const one of acts) {
    story.does(one);
    await look(story);
  }
};
const said = (story: Story) => story.see().section("approval");

it("a manager of the team who is in the request by name cannot approve it", async () => {
  const team = ["{ handle: amber, dri: true }", "{ handle: meri, name: Meri Okafor }"];
  const story = await filed("github", single({ name: "meri okafor" }), { team });
  await plays(story, meri.says("/ar approve"));
  expect(approvalLabels(story)).toEqual([WAITING]);
  expect(said(story)).toContain("**meri** is in this request and cannot approve it");
});

describe.each(KINDS)("a hire for whose role there is no baseline (%s)", (kind) => {
  const opens = async (manager: string): Promise<Story> => {
    const story = await begin(kind, { at: ADA_DUE });
    file(story, { Role: "Falconer", Manager: manager });
    await story.tick();
    story.about = { project: "requests", number: onlyRequest(story).number };
    return story;
  };

  it("waits for their manager, and says so where it opens", async () => {
    const story = await opens("@meri");
    expect(approvalLabels(story)).toEqual([WAITING]);
    expect(story.see().body).toContain("It waits for the approval of @meri");
    await expectCalm(story);
    expect(said(story)).toBeNull();
    await plays(story, sam.takes(), sam.ticksAll());
    expect(story.see().labels).toContain(STATE.in_progress);
    expect(story.see().body).not.toContain("- [x]");
    expect(said(story)).toMatch(/open again:\s+- Decide which systems/);
    await plays(story, sam.says("/ar approve"), meri.says("/ar approve"), sam.ticksAll());
    expect(approvalLabels(story)).toEqual([APPROVED]);
    expect(story.see().labels).toContain(STATE.completed);
    await plays(
      story,
      mallory.rewrites((body) => body.replace("| Role | Falconer |", "| Role | Admin |")),
    );
    expect(approvalLabels(story)).toEqual([WAITING]);
    expect(story.see().labels).toContain(STATE.in_progress);
    await expectCalm(story);
  });

  it.each(["Grace Hopper", "@nobody", "_No response_"])(
    "waits for nobody where the manager is %s",
    async (manager) => {
      const story = await opens(manager);
      expect(approvalLabels(story)).toEqual([]);
      await plays(story, sam.takes(), sam.ticksAll());
      expect(story.see().labels).toContain(STATE.completed);
      expect(said(story)).toBeNull();
    },
  );
});

it.each(KINDS)("what a baseline gives waits for nobody (%s)", async (kind) => {
  const story = await begin(kind, { at: ADA_DUE });
  file(story, { Manager: "@meri" });
  await story.tick();
  story.about = { project: "requests", number: onlyRequest(story).number };
  expect(approvalLabels(story)).toEqual([APPROVED]);
  await plays(story, sam.takes(), sam.ticksAll());
  expect(story.see().labels).toContain(STATE.completed);
  expect(said(story)).toBeNull();
});

describe.each(KINDS)("a request that cannot be read (%s)", (kind) => {
  it("is not asked about before it can, nor completed", async () => {
    const story = await filed(kind, single({ email: "somewhere" }));
    expect(approvalLabels(story)).toEqual([]);
    expect(said(story)).toBeNull();
    await plays(story, meri.says("/ar approve"));
    expect(reactionsTo(story)).toEqual(["-1"]);
    expect(story.see().section("commands")).toContain("the request cannot be read yet");
    await plays(story, sam.takes(), sam.moves("completed"));
    expect(story.see().labels).toContain(STATE.in_progress);
    await plays(
      story,
      hr.rewrites((body) => body.replace("somewhere", "ada@acme.com")),
    );
    expect(approvalLabels(story)).toEqual([WAITING]);
    expect(said(story)).toContain("of @meri");
    await plays(story, meri.says("/ar approve"));
    expect(approvalLabels(story)).toEqual([APPROVED]);
    await expectCalm(story);
  });

  it("and was set approved, is not", async () => {
    const story = await filed(kind, single({ email: "somewhere" }));
    await plays(story, meri.puts(APPROVED));
    expect(approvalLabels(story)).toEqual([WAITING]);
    expect(said(story)).toContain("meri approved what could not be read");
    await expectCalm(story);
  });

  it("keeps its approval where only its reason is gone", async () => {
    const story = await filed(kind);
    await plays(
      story,
      meri.says("/ar approve"),
      hr.rewrites((body) => body.replace("She sells from Monday on.", "")),
    );
    expect(approvalLabels(story)).toEqual([APPROVED]);
    await expectCalm(story);
  });
});

it.each(KINDS)("nothing waits where the team asks for no approval (%s)", async (kind) => {
  const story = await filed(kind, single(), { config: "requests: { approval: { required: false } }\n" });
  expect(approvalLabels(story)).toEqual([]);
  story.memory.addLabel(REQUESTS, WAITING);
  await plays(story, sam.puts(WAITING), sam.takes(), sam.ticksAll());
  expect(approvalLabels(story)).toEqual([]);
  expect(story.see().labels).toContain(STATE.completed);
});

describe("a long one on GitHub", () => {
  const SYSTEMS = Array.from({ length: 8 }, (_, i) => `tool-${i}`);
  const files = Object.fromEntries(
    SYSTEMS.map((id) => [
      `systems/${id}.yml`,
      `name: ${id}\nprovisioners: [amber, sam]\ndeprovisioners: [amber]\ntasks: [Create the user]\n`,
    ]),
  );
  const long = "de la ".repeat(30).trim();
  const rows = Array.from(
    { length: 48 },
    (_, i) => [`Person ${long} ${i}`, `p${i}@acme.com`, "@meri"] as const,
  );
  const body = bulk(rows).replaceAll("Chorus", SYSTEMS.join("; "));

  it("is approved at one place, and its parts follow", async () => {
    const story = await begin("github", { files });
    story.open("hr", { body });
    await story.tick();
    await story.tick();
    const numbers = [...story.memory.project(REQUESTS).issues.keys()];
    expect(numbers.length).toBeGreaterThan(1);
    const main: IssueRef = { project: "requests", number: 1 };
    const part: IssueRef = { project: "requests", number: 2 };
    const shows = () =>
      [main, part].map((ref) => story.see(ref).labels.filter((one) => one.startsWith("AR-")));
    expect(shows()).toEqual([[WAITING], [WAITING]]);
    story.now += 60_000;
    expect((await story.tick()).changes).toEqual([]);
    const then = async (at: IssueRef, act: Act) => {
      story.about = at;
      story.does(act);
      story.now += 60_000;
      await story.tick();
      expect((await story.tick()).changes.map(({ reason }) => reason)).toEqual([]);
    };
    await then(part, meri.says("/ar approve"));
    expect(story.see(part).section("commands")).toContain("this is a part of #1: approve it there.");
    await then(part, sam.ticks("Person"));
    expect(story.see(part).body).not.toContain("- [x]");
    await then(main, meri.says("/ar approve"));
    expect(shows()).toEqual([[APPROVED], [APPROVED]]);
    expect(story.see(part).section("approval")).toMatch(/\*\*Approved\*\* with \[acme\/access-requests#1\]/);
    await then(part, sam.ticks("Person"));
    expect(story.see(part).body).toContain("- [x]");
    await then(
      main,
      hr.rewrites((text) => text.replace("Account Executive", "Sales Manager")),
    );
    expect(shows()).toEqual([[WAITING], [WAITING]]);
    // What was given while it was approved stays.
    expect(story.see(part).body).toContain("- [x]");
  });
});

describe.each(KINDS)("it is not to be fooled (%s)", (kind) => {
  it("by a label that is set again and again: it stops, and the request still waits", async () => {
    const story = await filed(kind);
    await plays(story, sam.takes());
    for (let i = 0; i < 4; i++) await plays(story, mallory.puts(APPROVED));
    expect(said(story)).toContain("**daytwo stops here.**");
    await plays(story, sam.ticksAll(), sam.moves("completed"));
    expect(story.see().labels).toContain(STATE.in_progress);
    story.now += 60_000;
    expect((await story.tick()).changes).toEqual([]);
    await plays(story, meri.says("/ar approve"));
    expect(approvalLabels(story)).toEqual([APPROVED]);
  });

  it("by boxes that are ticked again and again: it stops, and the request still waits", async () => {
    const story = await filed(kind);
    await plays(story, sam.takes());
    for (let i = 0; i < 4; i++) await plays(story, amber.ticksAll());
    expect(said(story)).toContain("It has put the boxes back three times");
    expect(story.see().labels).toContain(STATE.in_progress);
    await expectCalm(story);
  });

  it("by an old comment that is edited", async () => {
    const story = await filed(kind);
    await plays(story, meri.says("/ar explain"));
    const comment = story.memory
      .issue(REQUESTS, story.about.number)
      .comments.find(({ author }) => author.handle === "meri");
    story.memory.by("amber").editComment(REQUESTS, String(comment?.id), "/ar approve");
    await look(story);
    expect((await story.tick()).changes).toEqual([]);
    expect(approvalLabels(story)).toEqual([WAITING]);
  });

  it("by a part or a note that people wrote", async () => {
    const story = await begin(kind);
    story.open("mallory", { body: `<!-- daytwo:hire:${PEOPLE}#1 -->\n\n${single()}` });
    await look(story);
    await plays(
      story,
      sam.says("<!-- daytwo:status -->\n<!-- daytwo:section:approval:approved -->\nApproved."),
    );
    expect(approvalLabels(story)).toEqual([WAITING]);
    await expectCalm(story);
  });
});

it.each(KINDS)("a manager who is no member is printed, not called (%s)", async (kind) => {
  const story = await filed(kind, single({ manager: "@stranger" }));
  expect(said(story)).toContain("Waits for the approval** of stranger: ");
  await expectCalm(story);
});

it.each(KINDS)(
  "a status comment that was deleted is written again, from what still stands (%s)",
  async (kind) => {
    const story = await filed(kind);
    await plays(story, meri.puts(APPROVED));
    const issue = story.memory.issue(REQUESTS, story.about.number);
    const own = issue.comments.find(({ author }) => author.handle === SELF);
    if (own) issue.comments.splice(issue.comments.indexOf(own), 1);
    await story.tick();
    // GitLab keeps no edits, and daytwo has changed labels since: nobody can tell what was approved.
    expect(approvalLabels(story)).toEqual([kind === "github" ? APPROVED : WAITING]);
    await expectCalm(story);
  },
);

it.each(KINDS)("is explained (%s)", async (kind) => {
  const story = await filed(kind);
  await plays(story, hr.says("/ar explain"));
  expect(story.see().section("commands")).toMatch(
    /It waits for the approval of meri\.[\s\S]*may be taken or put On Hold, but not completed/,
  );
  await plays(story, meri.says("/ar approve"), hr.says("/ar explain"));
  expect(story.see().section("commands")).toMatch(/Approved by meri\.[\s\S]*asks for approval again/);
});

it.each(KINDS)("what nothing happens to costs its place in a list, and no more (%s)", async (kind) => {
  const story = await begin(kind, { via: "http", memory: remembering() });
  try {
    story.open("hr", { body: single() });
    await story.tick();
    story.does(meri.says("/ar approve"));
    // One that writes, and one that sees that nothing is left.
    await story.tick();
    await story.tick();
    const before = story.sandbox?.log.length ?? 0;
    story.now += 60_000;
    await story.tick();
    const asked = (story.sandbox?.log ?? []).slice(before).map(({ method, path }) => `${method} ${path}`);
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((one) => !/^GET \S+\/issues\?/.test(one))).toEqual([]);
  } finally {
    await story.end();
  }
});

it("where GitLab lets only one label of a scope stand, both ways of approving work, and putting the other one on takes it back", async () => {
  const story = await filed("gitlab", single(), { premium: true });
  await plays(story, sam.puts(APPROVED));
  expect(approvalLabels(story)).toEqual([WAITING]);
  await plays(story, meri.puts(APPROVED));
  expect(approvalLabels(story)).toEqual([APPROVED]);
  await expectCalm(story);
  await plays(story, sam.puts(WAITING));
  expect(approvalLabels(story)).toEqual([WAITING]);
  expect(said(story)).toContain("with it the approval of meri");
  await plays(
    story,
    meri.says("/ar approve"),
    hr.rewrites((body) => body.replace("ada@", "eve@")),
  );
  expect(approvalLabels(story)).toEqual([WAITING]);
  await expectCalm(story);
});
