import { describe, expect, it } from "vitest";
import { issueSlot, marker, safe, title } from "../../src/engine/text/safe.ts";
import { type Forge, ForgeError, type ForgeErrorKind, type Writer } from "../../src/forge/forge.ts";
import type { Change, Outcome, Plan } from "../../src/model.ts";
import { type Applied, type ApplyOptions, apply } from "../../src/run/apply.ts";
import type { Team } from "../../src/run/team.ts";
import { KINDS } from "../policies/hires.ts";
import { PEOPLE, REQUEST, REQUESTS, SELF, STATE, Story } from "../story.ts";

type Kind = (typeof KINDS)[number];
const base = { policy: "test", reason: "Because." } as const;
const create = (key: string, labels: readonly string[] = [STATE.action_needed, REQUEST]): Change => ({
  ...base,
  kind: "create-issue",
  project: "requests",
  issue: null,
  key,
  title: title(`About ${key}`),
  labels,
  assignees: [],
  body: safe`Body\n${marker(key)}`,
});
const linking = (issue: number, key: string): Change => ({
  ...base,
  kind: "comment",
  project: "onboarding",
  issue,
  key: "status",
  body: safe`See ${issueSlot(key)}`,
  about: [key],
});
const on = (issue: number, change: object): Change =>
  ({ ...base, project: "requests", issue, ...change }) as Change;
const add = (issue: number, label: string) => on(issue, { kind: "add-label", label });
const say = (issue: number) =>
  on(issue, { kind: "comment", key: "status", body: safe`Hello ${marker("status")}` });

interface Begun {
  readonly story: Story;
  run(changes: readonly Change[], check?: ApplyOptions["check"], team?: Team): Promise<Applied>;
}
async function begin(kind: Kind): Promise<Begun> {
  const story = await Story.begin({ kind, via: "memory" });
  for (let i = 1; i <= 3; i++) {
    story.memory.by("hr").open(PEOPLE, { title: `Hire ${i}` });
    story.memory.by(SELF).open(REQUESTS, { title: `Request ${i}`, labels: [STATE.action_needed, REQUEST] });
  }
  return {
    story,
    run: async (changes, check = "nothing", team = story.team()) => {
      const versions: Record<string, string> = {};
      for (const { project, issue } of changes) {
        if (issue === null) continue;
        const read = await story.team().forges[project]?.reader.issue(issue);
        versions[`${project}#${issue}`] = read?.version ?? "";
      }
      const plan: Plan = { at: story.now, changes, problems: [], versions };
      return apply(team, plan, { check });
    },
  };
}
const statuses = ({ outcomes }: Applied) => outcomes.map(({ status }) => status);
const labels = (story: Story, issue: number) =>
  story.memory.issue(REQUESTS, issue).labels.map(({ name }) => name);

/** A team whose requests project refuses what `refuses` says. */
function refusing(
  team: Team,
  refuses: (method: keyof Writer, args: unknown[]) => ForgeErrorKind | null,
): Team {
  const { requests } = team.forges;
  if (!requests) return team;
  const writer = new Proxy(requests.writer, {
    get: (target, name) => {
      const write = target[name as keyof Writer] as (...args: unknown[]) => Promise<unknown>;
      return async (...args: unknown[]) => {
        const kind = refuses(name as keyof Writer, args);
        if (kind) throw new ForgeError(kind, `${String(name)} was refused.`);
        return write.apply(target, args);
      };
    },
  });
  return { ...team, forges: { ...team.forges, requests: { ...requests, writer } satisfies Forge } };
}

describe.each(KINDS)("apply (%s)", (kind) => {
  it("has one outcome to a change, in order, with number and address of each issue", async () => {
    const { story, run } = await begin(kind);
    const { outcomes, fatal, stale } = await run([
      create("a"),
      create("b"),
      linking(2, "b"),
      linking(1, "a"),
      add(1, STATE.on_hold),
      add(1, STATE.action_needed),
      on(2, { kind: "assign", assignee: "sam" }),
      say(3),
    ]);
    expect({ fatal, stale }).toEqual({ fatal: null, stale: [] });
    const issue = (name: string, number: number) => story.memory.issueUrl(story.memory.project(name), number);
    const [a, b, toB, toA, ...rest] = outcomes as [Outcome, Outcome, Outcome, Outcome, ...Outcome[]];
    expect([a.issue, b.issue].sort()).toEqual([4, 5]);
    for (const { status, issue: number, url } of [a, b]) {
      expect({ status, url }).toEqual({ status: "applied", url: issue(REQUESTS, number ?? 0) });
    }
    expect([toB.issue, toA.issue]).toEqual([2, 1]);
    // Each comment names the issue it is about, whichever came first.
    for (const [hire, made] of [
      [1, a],
      [2, b],
    ] as const) {
      const [comment] = story.memory.issue(PEOPLE, hire).comments;
      expect(comment?.body).toContain(`[${REQUESTS}#${made.issue}](${made.url})`);
      expect(comment?.body).not.toContain("daytwo-slot");
    }
    expect(rest.map(({ status, issue: number }) => [status, number])).toEqual([
      ["applied", 1],
      ["unchanged", 1],
      ["applied", 2],
      ["applied", 3],
    ]);
  });

  it("an issue's changes stop at the first that fails; other issues go on", async () => {
    const { story, run } = await begin(kind);
    const team = refusing(story.team(), (method, [issue]) =>
      method === "addLabel" && issue === 1 ? "invalid" : null,
    );
    const applied = await run(
      [say(1), add(1, STATE.on_hold), say(1), add(2, STATE.on_hold)],
      "nothing",
      team,
    );
    expect(statuses(applied)).toEqual(["applied", "failed", "skipped", "applied"]);
    expect(applied.outcomes[1]?.error).toBe("addLabel was refused.");
    expect(applied.outcomes[2]?.error).toContain("earlier change");
    expect(applied.fatal).toBeNull();
    expect(labels(story, 2)).toContain(STATE.on_hold);
  });

  it("what is about an issue that was not created is not said", async () => {
    const { story, run } = await begin(kind);
    const team = refusing(story.team(), (method) => (method === "createIssue" ? "invalid" : null));
    const applied = await run([create("a"), linking(1, "a"), say(2)], "nothing", team);
    expect(statuses(applied)).toEqual(["failed", "skipped", "applied"]);
    expect(story.memory.issue(PEOPLE, 1).comments).toEqual([]);
  });

  it.each<[ForgeErrorKind, boolean]>([
    ["unreachable", true],
    ["unauthorized", true],
    ["rate-limited", true],
    ["forbidden", false],
    ["not-found", false],
    ["invalid", false],
    ["unavailable", false],
  ])("after one %s it %j that nothing else would go better", async (refusal, ends) => {
    const { story, run } = await begin(kind);
    const team = refusing(story.team(), (_, [issue]) => (issue === 1 ? refusal : null));
    const applied = await run([say(1), ...[2, 3].map(say)], "nothing", team);
    expect(applied.fatal?.kind ?? null).toBe(ends ? refusal : null);
    expect(applied.outcomes).toHaveLength(3);
    if (!ends) expect(statuses(applied)).toEqual(["failed", "applied", "applied"]);
    expect(story.memory.issue(REQUESTS, 1).comments).toEqual([]);
  });

  it("a token that is refused twice, and never obeyed, is not tried on everything else", async () => {
    const { story, run } = await begin(kind);
    let asked = 0;
    const team = refusing(story.team(), () => {
      asked += 1;
      return "forbidden";
    });
    const changes = Array.from({ length: 40 }, (_, i) => create(`k${i}`));
    const applied = await run(changes, "nothing", team);
    expect(applied.fatal?.kind).toBe("forbidden");
    expect(asked).toBeLessThanOrEqual(5);
    expect(applied.outcomes).toHaveLength(40);
    expect(statuses(applied)).not.toContain("applied");
  });

  describe("labels that are not there", () => {
    const drop = (story: Story, ...names: string[]) => {
      const { labels: all } = story.memory.project(REQUESTS);
      for (const name of names)
        all.splice(
          all.findIndex((label) => label.name === name),
          1,
        );
    };

    it("one gone astray fails what needs it before anything of it is written, and names it", async () => {
      const { story, run } = await begin(kind);
      drop(story, REQUEST);
      const applied = await run([create("a"), linking(1, "a"), say(2), add(3, STATE.on_hold)]);
      expect(statuses(applied)).toEqual(["failed", "skipped", "applied", "applied"]);
      expect(applied.outcomes[0]?.error).toContain(`"${REQUEST}" does not exist in ${REQUESTS}`);
      expect(story.memory.project(REQUESTS).issues.size).toBe(3);
    });

    it("in a project without any, those that are used are made, in their colours", async () => {
      const { story, run } = await begin(kind);
      story.memory.project(REQUESTS).labels.splice(0);
      const applied = await run([create("a"), linking(1, "a")]);
      expect(statuses(applied)).toEqual(["applied", "applied"]);
      const made = story.memory.project(REQUESTS).labels;
      expect(made.map(({ name }) => name)).toEqual(expect.arrayContaining([STATE.action_needed, REQUEST]));
      expect(made.find(({ name }) => name === STATE.action_needed)).toMatchObject({ color: "#d9534f" });
      expect(labels(story, 4).sort()).toEqual([STATE.action_needed, REQUEST].sort());
    });

    it("one that differs in case only is there on GitHub, and not on GitLab", async () => {
      const { story, run } = await begin(kind);
      drop(story, REQUEST);
      story.memory.addLabel(REQUESTS, "Access-Request");
      const applied = await run([create("a")]);
      expect(statuses(applied)).toEqual([kind === "github" ? "applied" : "failed"]);
    });
  });

  describe("what has changed since it was read", () => {
    const meddle = ({ memory }: Story, issue: number) =>
      memory.by("sam").label(REQUESTS, issue, STATE.completed);
    const stale = async (begun: Begun, changes: readonly Change[], check: ApplyOptions["check"]) => {
      const { story } = begun;
      const versions: Record<string, string> = {};
      for (const number of [1, 2, 3]) {
        versions[`requests#${number}`] =
          (await story.team().forges.requests?.reader.issue(number))?.version ?? "";
      }
      story.now += 60_000;
      meddle(story, 1);
      return apply(story.team(), { at: story.now, changes, problems: [], versions }, { check });
    };
    const changes = [say(1), add(1, STATE.on_hold), add(2, STATE.on_hold)];

    it("checked all at once stops everything", async () => {
      const begun = await begin(kind);
      const applied = await stale(begun, changes, "all");
      expect(statuses(applied)).toEqual(["skipped", "skipped", "skipped"]);
      for (const { error } of applied.outcomes) expect(error).toContain(`${REQUESTS}#1 changed`);
      expect(applied.stale).toEqual([{ project: "requests", number: 1 }]);
      expect(labels(begun.story, 2)).not.toContain(STATE.on_hold);
    });

    it("checked each stops that issue", async () => {
      const begun = await begin(kind);
      const applied = await stale(begun, changes, "each");
      expect(statuses(applied)).toEqual(["skipped", "skipped", "applied"]);
      expect(applied.stale).toEqual([{ project: "requests", number: 1 }]);
      expect(begun.story.memory.issue(REQUESTS, 1).comments).toEqual([]);
    });

    it("a comment alone may come late, and costs no reading", async () => {
      const begun = await begin(kind);
      const applied = await stale(begun, [say(1)], "each");
      expect(statuses(applied)).toEqual(["applied"]);
    });

    it("not checked at all is written as planned", async () => {
      const begun = await begin(kind);
      expect(statuses(await stale(begun, changes, "nothing"))).toEqual(["applied", "applied", "applied"]);
    });
  });

  it("a read that fails before the first write ends it with nothing written", async () => {
    const { story, run } = await begin(kind);
    const team = story.team();
    const { requests } = team.forges;
    const blind: Team = {
      ...team,
      forges: {
        ...team.forges,
        requests: requests && {
          ...requests,
          reader: {
            ...requests.reader,
            labels: () => Promise.reject(new ForgeError("unreachable", "forge.example cannot be reached.")),
          },
        },
      },
    };
    const applied = await run([create("a"), say(1)], "nothing", blind);
    expect(applied.fatal?.kind).toBe("unreachable");
    expect(statuses(applied)).toEqual(["skipped", "skipped"]);
    expect(story.memory.project(REQUESTS).issues.size).toBe(3);
  });
});
