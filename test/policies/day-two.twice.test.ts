import { describe, expect, it } from "vitest";
import { marker } from "../../src/engine/text/safe.ts";
import type { Forge } from "../../src/forge/forge.ts";
import { reconcile } from "../../src/run/reconcile.ts";
import { DAY, HOLD, MINUTE, PEOPLE, REQUEST, REQUESTS, SELF, STATE, Story, TRUSTED } from "../story.ts";
import {
  ADA,
  ADA_DUE,
  expectRequest,
  file,
  form,
  KINDS,
  labelsOf,
  onlyRequest,
  ownComments,
  requests,
} from "./hires.ts";

const HOUR = 60 * MINUTE;
type Kind = (typeof KINDS)[number];

/** A hire whose request is open. */
async function opened(kind: Kind): Promise<{ story: Story; hire: number }> {
  const story = await Story.begin({ kind, via: "memory", at: ADA_DUE });
  const hire = file(story, {});
  await story.tick();
  expectRequest(story, hire);
  story.now += HOUR;
  return { story, hire };
}

/** As somebody does who deletes comments in the web page. */
function deleteComments(story: Story, project: string, number: number): void {
  const issue = story.memory.issue(project, number);
  for (const { id } of issue.comments.splice(0)) story.memory.project(project).comments.delete(id);
}

/** Looks for weeks: nothing is opened again, and in the end nothing is left to do. */
async function staysOne(story: Story): Promise<void> {
  for (const after of [MINUTE, HOUR, DAY, 10 * DAY, 40 * DAY, 100 * DAY]) {
    story.now = ADA_DUE + HOUR + after;
    const { changes } = await story.tick({ catchUp: true });
    expect(changes.filter(({ kind }) => kind === "create-issue")).toEqual([]);
  }
  story.now += DAY;
  expect((await story.tick({ catchUp: true })).changes).toEqual([]);
}

describe.each(KINDS)("a request is not opened again (%s)", (kind) => {
  it("when its marker is deleted: the link is the second witness", async () => {
    const { story } = await opened(kind);
    story.memory.by("sam").edit(REQUESTS, 1, { body: "Emptied by hand" });
    await staysOne(story);
    expect(requests(story)).toHaveLength(1);
  });

  it("when the link is deleted: the marker is the witness, and the link is posted again", async () => {
    const { story, hire } = await opened(kind);
    deleteComments(story, PEOPLE, hire);
    await story.tick();
    expectRequest(story, hire);
    await staysOne(story);
  });

  it("when the hidden start is no day any more, which stops no look", async () => {
    const { story, hire } = await opened(kind);
    const { body } = onlyRequest(story);
    story.memory.by("sam").edit(REQUESTS, 1, { body: body.replaceAll("2026-11-23", "next week") });
    story.memory.by("hr").edit(PEOPLE, hire, { body: form({ ...ADA, "Start date": "2026-11-30" }) });
    await staysOne(story);
    expect(requests(story)).toHaveLength(1);
  });

  it("when the link is edited away by somebody", async () => {
    const { story, hire } = await opened(kind);
    const [comment] = story.memory.issue(PEOPLE, hire).comments;
    story.memory.by("sam").editComment(PEOPLE, String(comment?.id), "nothing here");
    story.now += MINUTE;
    await story.tick();
    expect(ownComments(story, hire)[1]).toContain(`Access request: [${REQUESTS}#1]`);
    await staysOne(story);
    expect(requests(story)).toHaveLength(1);
    expect(ownComments(story, hire)).toHaveLength(2);
  });

  it("when it is closed, lately or long ago", async () => {
    const { story, hire } = await opened(kind);
    const by = story.memory.by("sam");
    by.label(REQUESTS, 1, STATE.in_progress, HOLD.cancelled);
    by.close(REQUESTS, 1, "not_planned");
    await staysOne(story);
    expect(requests(story)).toHaveLength(1);
    expect(ownComments(story, hire)).toHaveLength(1);
  });

  it("when it is deleted, or moved to another project", async () => {
    const { story, hire } = await opened(kind);
    story.memory.removeIssue(REQUESTS, 1);
    await staysOne(story);
    expect(requests(story)).toEqual([]);
    // Also not when its hire is edited, or cancelled and on again.
    const hr = story.memory.by("hr");
    hr.edit(PEOPLE, hire, { body: form({ ...ADA, "Start date": "2026-11-30" }) });
    await story.tick({ catchUp: true });
    hr.label(PEOPLE, hire, "onboarding-cancelled");
    await story.tick({ catchUp: true });
    hr.unlabel(PEOPLE, hire, "onboarding-cancelled");
    await story.tick({ catchUp: true });
    expect(requests(story)).toEqual([]);
  });

  it("when the project of the hire is written in another case", async () => {
    const { story } = await opened(kind);
    const issue = onlyRequest(story);
    issue.body = issue.body.replace("hire:acme/people#1", "hire:Acme/People#1");
    deleteComments(story, PEOPLE, 1);
    await staysOne(story);
    expect(requests(story)).toHaveLength(1);
  });
});

describe.each(KINDS)("markers count by who wrote them (%s)", (kind) => {
  const key = marker(`hire:${PEOPLE}#1`);
  const begin = () => Story.begin({ kind, via: "memory", at: ADA_DUE });

  it("a forged one in somebody else's issue does not count", async () => {
    const story = await begin();
    const hire = file(story, {});
    for (const by of ["mallory", "sam"]) {
      story.memory.by(by).open(REQUESTS, { title: "Mine", body: `- [ ] box\n\n${key}`, labels: [REQUEST] });
    }
    await story.tick();
    const made = requests(story).filter(({ author }) => author.handle === SELF);
    expect(made).toHaveLength(1);
    expect(made[0]?.number).toBe(3);
    expect(ownComments(story, hire)[0]).toContain(`${REQUESTS}#3`);
    story.now += MINUTE;
    expect((await story.tick()).changes.filter(({ policy }) => policy === "day-two")).toEqual([]);
  });

  it("a forged link in somebody else's comment does not count", async () => {
    const story = await begin();
    const hire = file(story, {});
    story.memory.by("mallory").open(REQUESTS, { title: "Mine", body: "Something else" });
    story.memory.by("mallory").comment(PEOPLE, hire, `Access request: ${marker(`request:${REQUESTS}#1`)}`);
    await story.tick();
    expect(requests(story).map(({ author }) => author.handle)).toEqual(["mallory", SELF]);
    expect(ownComments(story, hire)[0]).toContain(`${REQUESTS}#2`);
  });

  it("one by a trusted account does, in an issue", async () => {
    const story = await begin();
    const hire = file(story, {});
    story.memory.by(TRUSTED).open(REQUESTS, {
      title: "Access request: Ada Lovelace, Account Executive",
      body: `- [ ] box\n\n${key}`,
      labels: [REQUEST, STATE.action_needed],
    });
    await story.tick();
    expect(requests(story)).toHaveLength(1);
    expect(ownComments(story, hire)[0]).toContain(`${REQUESTS}#1`);
  });

  it("one by a trusted account does, in a comment", async () => {
    const story = await begin();
    const hire = file(story, {});
    story.memory.by(TRUSTED).comment(PEOPLE, hire, `Access request: ${marker(`request:${REQUESTS}#7`)}`);
    await story.tick();
    expect(requests(story)).toEqual([]);
  });

  it("daytwo's own under another project's name or number does not", async () => {
    const story = await begin();
    file(story, {});
    const by = story.memory.by(SELF);
    by.open(REQUESTS, {
      title: "Other",
      body: marker("hire:acme/people#12"),
      labels: [REQUEST, STATE.action_needed],
    });
    by.open(REQUESTS, {
      title: "Other",
      body: marker("hire:other/people#1"),
      labels: [REQUEST, STATE.action_needed],
    });
    by.comment(PEOPLE, 1, `see ${marker("request:other/requests#1")} ${marker(`request:${REQUESTS}#0`)}`);
    await story.tick();
    expect(requests(story)).toHaveLength(3);
  });
});

describe("a token that cannot tell whose it is", () => {
  const nameless = async (story: Story) => {
    const team = story.team();
    const hide = (forge: Forge | null) =>
      forge && { ...forge, reader: { ...forge.reader, self: async () => "" } };
    const forges = { requests: hide(team.forges.requests), onboarding: hide(team.forges.onboarding) };
    return reconcile(
      { ...team, forges },
      { trigger: { kind: "tick", catchUp: false }, now: story.now, subject: null },
    );
  };

  it("opens nothing, rather than one at every look, and says what is missing", async () => {
    const story = await Story.begin({ kind: "github", via: "memory", at: ADA_DUE, trusted: [] });
    file(story, {});
    for (let look = 0; look < 3; look++) {
      const { changes, problems } = await nameless(story);
      expect(changes).toEqual([]);
      expect(problems).toMatchObject([
        { issue: 1, message: expect.stringContaining("under trusted in daytwo.yml") },
      ]);
    }
    expect(requests(story)).toEqual([]);
  });

  it("makes no comment, rather than one at every look, and says what is missing", async () => {
    const story = await Story.begin({ kind: "github", via: "memory", at: ADA_DUE, trusted: [] });
    file(story, { "Start date": "11/12/2026" });
    story.memory.by("guest").open(REQUESTS, {
      title: "Access",
      body: `### Full name\n\nZoe\n\n${marker("form:access-request")}`,
    });
    for (let look = 0; look < 3; look++) {
      const { changes, problems } = await nameless(story);
      expect(changes.filter(({ kind }) => kind.includes("comment"))).toEqual([]);
      if (look > 0) expect(changes).toEqual([]);
      const message = expect.stringContaining("a comment could not be found again");
      for (const [policy, project] of [
        ["day-two", "onboarding"],
        ["intake", "requests"],
      ])
        expect(problems).toContainEqual({ policy, project, issue: 1, message });
      story.now += HOUR;
    }
  });

  it("opens one where the account is named as trusted", async () => {
    const story = await Story.begin({ kind: "github", via: "memory", at: ADA_DUE, trusted: [SELF] });
    const hire = file(story, {});
    await nameless(story);
    story.now += MINUTE;
    expect((await nameless(story)).changes).toEqual([]);
    expectRequest(story, hire);
  });
});

describe.each(KINDS)("two ticks at the same time (%s)", (kind) => {
  it("may both open it; the next one closes the later, and one counts", async () => {
    const story = await Story.begin({ kind, via: "memory", at: ADA_DUE });
    const hire = file(story, {});
    await Promise.all([story.tick(), story.tick()]);
    expect(requests(story).length).toBeLessThanOrEqual(2);
    story.now += MINUTE;
    await story.tick();
    story.now += MINUTE;
    expect((await story.tick()).changes).toEqual([]);
    const open = requests(story).filter(({ state }) => state === "open");
    expect(open.map(({ number }) => number)).toEqual([1]);
    expect(ownComments(story, hire)[0]).toContain(`${REQUESTS}#1]`);
    for (const { number } of requests(story).slice(1)) {
      expect(ownComments(story, number, REQUESTS)[0]).toContain("**This was opened twice.**");
      expect(ownComments(story, number, REQUESTS)[0]).toContain(`${REQUESTS}#1]`);
    }
    await staysOne(story);
    expect(labelsOf(story.memory.issue(REQUESTS, 1))).toContain(STATE.action_needed);
  });

  it("leaves a pair alone in which somebody has closed the first", async () => {
    const { story } = await opened(kind);
    const first = onlyRequest(story);
    story.memory.by(SELF).open(REQUESTS, {
      title: first.title,
      body: first.body,
      labels: first.labels.map(({ name }) => name),
    });
    story.memory.by("sam").label(REQUESTS, 1, HOLD.cancelled);
    story.memory.by("sam").close(REQUESTS, 1, "not_planned");
    story.now += MINUTE;
    await story.tick();
    expect(story.memory.issue(REQUESTS, 2).state).toBe("open");
  });
});
