import { describe, expect, it } from "vitest";
import { STATUS } from "../../src/engine/status.ts";
import { marker } from "../../src/engine/text/safe.ts";
import type { ForgeKind, Instant } from "../../src/model.ts";
import { reconcile } from "../../src/run/reconcile.ts";
import type { Memory, Settled } from "../../src/run/team.ts";
import {
  amber,
  atOnce,
  DAY,
  guest,
  HOLD,
  hr,
  itself,
  meri,
  PEOPLE,
  person,
  REQUEST,
  REQUESTS,
  STATE,
  Story,
  type StoryOptions,
  sam,
  trusted,
  waits,
} from "../story.ts";
import { reactionsTo } from "./commands.world.ts";

const KINDS: readonly ForgeKind[] = ["github", "gitlab"];

async function begin(kind: ForgeKind, options: Partial<StoryOptions> = {}): Promise<Story> {
  const story = await Story.begin({ kind, via: "memory", ...options });
  story.openRequest();
  await story.handle();
  return story;
}

const said = (story: Story): string => story.see().section("commands") ?? "";
const states = (story: Story): string[] =>
  story.see().labels.filter((label) => label.startsWith("SalesOpsAR::"));

describe.each(KINDS)("commands on %s", (kind) => {
  it("are carried out in order, several in one comment", async () => {
    const story = await begin(kind);
    story.does(sam.says("On it.\n/ar take\n/ar hold sfdc_license\n\nThanks"));
    await story.handle();
    expect(states(story)).toEqual([STATE.on_hold]);
    expect(story.see().assignees).toEqual(["sam"]);
    expect(reactionsTo(story)).toEqual(["+1"]);
    story.does(sam.says("/ar resume"));
    await story.handle();
    expect(states(story)).toEqual([STATE.in_progress]);
  });

  it("answer each command of a comment, and react once for each kind of answer", async () => {
    const story = await begin(kind);
    story.does(hr.says("/ar help\n/ar take\n/ar tkae\n/ar release"));
    await story.handle();
    expect(reactionsTo(story).sort()).toEqual(["+1", "-1", "confused"]);
    expect(said(story)).toContain("did you mean /ar take?");
    expect(story.see().assignees).toEqual([]);
  });

  it("of two people count in the order they were given", async () => {
    const story = await begin(kind);
    story.does(sam.says("/ar take"), atOnce(amber.says("/ar take")), sam.says("/ar hold sfdc_license"));
    story.does(amber.says("/ar resume"), meri.says("/ar release"), sam.says("/ar take"));
    await story.tick();
    expect(story.see().assignees).toEqual(["sam"]);
    expect(states(story)).toEqual([STATE.in_progress]);
    expect(said(story).match(/^- \*\*/gm)).toHaveLength(6);
    expect(said(story)).toContain("amber has it now. sam had it before.");
    expect(said(story)).toContain("amber is off it.");
  });

  it("are not carried out again by a delivery that comes twice", async () => {
    const story = await begin(kind);
    story.does(sam.says("/ar take"));
    const deliveries = story.webhooks.take();
    for (const delivery of deliveries) await story.receive(delivery);
    story.does(sam.leaves());
    await story.handle();
    const before = story.fingerprint();
    for (const delivery of deliveries) await story.receive(delivery);
    expect(story.fingerprint()).toBe(before);
    expect(story.see().assignees).toEqual([]);
  });

  it("are not carried out again when the comment is edited", async () => {
    const story = await begin(kind);
    story.does(sam.says("/ar take"));
    await story.handle();
    const [comment] = story.memory.issue(REQUESTS, story.about.number).comments;
    story.memory.by("sam").editComment(REQUESTS, String(comment?.id), "/ar release\n/ar hold sfdc_license");
    await story.handle();
    await story.tick();
    expect(states(story)).toEqual([STATE.in_progress]);
    expect(story.see().assignees).toEqual(["sam"]);
  });

  it("say nothing to daytwo in its own words, or in those of an account it trusts", async () => {
    const story = await begin(kind);
    story.does(itself.says("/ar hold sfdc_license"), trusted.says("/ar take"));
    await story.handle();
    expect((await story.tick()).changes).toEqual([]);
    expect(said(story)).toBe("");
  });

  it("older than thirty days are the past, unless one was carried out before", async () => {
    const story = await begin(kind);
    story.does(sam.says("/ar take"), waits(31 * DAY));
    expect((await story.tick()).changes).toEqual([]);
    story.does(sam.says("/ar take"));
    await story.tick();
    story.does(sam.says("/ar release"), waits(31 * DAY));
    await story.tick();
    expect(story.see().assignees).toEqual([]);
    expect(states(story)).toEqual([STATE.action_needed]);
  });

  it("are read again where the status comment was lost, and change nothing", async () => {
    const story = await begin(kind);
    story.does(sam.says("/ar take"));
    await story.handle();
    story.does(sam.says("/ar hold sfdc_license"), waits(DAY));
    await story.handle();
    story.does(sam.takesOff(HOLD.license), amber.assigns("amber"), sam.leaves());
    await story.handle();
    const before = story.see();
    const { comments } = story.memory.issue(REQUESTS, story.about.number);
    const status = comments.findIndex(({ body }) => body.includes(marker(STATUS)));
    comments.splice(status, 1);
    await story.tick();
    const { labels, assignees } = story.see();
    expect([labels, assignees]).toEqual([before.labels, before.assignees]);
    expect(story.see().comments.filter(({ body }) => body.includes(marker(STATUS)))).toHaveLength(1);
  });

  it("that come late do not undo what people did since", async () => {
    const story = await begin(kind);
    story.does(sam.says("/ar take"), sam.assigns("sam"), sam.puts(HOLD.license), sam.unassigns("sam"));
    story.does(
      hr.says("/ar hold sfdc_license"),
      amber.says("/ar hold cancelled"),
      amber.takesOff(HOLD.cancelled),
    );
    await story.tick();
    expect(states(story)).toEqual([STATE.on_hold]);
    expect(story.see().labels).toContain(HOLD.license);
    expect(story.see().assignees).toEqual([]);
    expect((await story.tick()).changes).toEqual([]);
  });

  it("are known wherever they stand among a request's oldest", async () => {
    const story = await Story.begin({ kind, via: "memory" });
    story.openRequest();
    // In the very second in which it was opened, and with no delivery.
    story.does(atOnce(sam.says("/ar take")));
    await story.tick();
    expect(states(story)).toEqual([STATE.in_progress]);
  });

  it("beyond ten in a comment are not read, and that is said", async () => {
    const story = await begin(kind);
    story.does(sam.says(`${"/ar help\n".repeat(10)}/ar take\n`.repeat(3)));
    await story.handle();
    expect(said(story)).toContain("only the first 10 commands of a comment are read");
    expect(story.see().assignees).toEqual([]);
    expect(reactionsTo(story).sort()).toEqual(["+1", "confused"]);
  });

  it("in more comments than one look carries out are all carried out", async () => {
    const story = await begin(kind);
    for (let i = 0; i < 25; i++) story.does(hr.says("/ar help"));
    story.does(sam.says("/ar take"));
    await story.tick();
    expect(story.see().assignees).toEqual([]);
    await story.tick();
    expect(story.see().assignees).toEqual(["sam"]);
    expect((await story.tick()).changes).toEqual([]);
  });

  it("cannot put anything of their own into the status comment", async () => {
    const story = await begin(kind);
    const evil =
      "<!-- daytwo:section:commands:done%3A999999 --> @amber ~bug **x** [a](http://b) `c` |d| ##[e]";
    story.does(sam.says(`/ar hold sfdc_license because ${evil}`), guest.says(`/ar ${evil}`));
    story.does(guest.says(`/ar hold ${evil}\n/ar help ${evil}\n/ar take /close`));
    await story.handle();
    const { status } = story.see();
    // Code shows what it holds and does nothing.
    const live = status?.replace(/`[^`]*`/g, "");
    expect(live).not.toMatch(/@amber|[^\\]\]\(http|<!-- daytwo:section:commands:done%3A999999/);
    expect(status).not.toMatch(/^\s*\/|##\[/m);
    expect(story.see().open).toBe(true);
    story.does(sam.says("/ar resume"));
    await story.handle();
    expect(states(story)).toEqual([STATE.action_needed]);
  });

  it("are nobody's on an issue that is no request", async () => {
    const story = await begin(kind);
    story.open("hr", { body: "A question", labels: [] });
    story.does(sam.says("/ar take"));
    await story.handle();
    expect(story.see().status).toBeNull();
  });

  it("on a closed request are refused, but for questions", async () => {
    const story = await begin(kind);
    story.does(sam.takes(), sam.ticksAll());
    await story.handle();
    story.does(sam.closes(), waits(5 * DAY));
    await story.handle();
    story.does(amber.says("/ar take\n/ar explain"));
    await story.tick();
    expect(reactionsTo(story).sort()).toEqual(["+1", "-1"]);
    expect(said(story)).toContain("it is closed: reopen it first.");
    expect(said(story)).toContain("It is Completed.");
    expect(story.see().assignees).toEqual(["sam"]);
  });

  it("take is refused to a team member whom the project does not know", async () => {
    const story = await begin(kind);
    const project = story.memory.project(REQUESTS);
    project.rights.delete("meri");
    (project as { private: boolean }).private = false;
    story.does(meri.says("/ar take"));
    await story.handle();
    expect(story.see().assignees).toEqual([]);
    expect(said(story)).toContain("meri cannot be assigned here: they are no member of this project.");
    expect(reactionsTo(story)).toEqual(["-1"]);
  });

  it("release is for whoever is assigned, of the team or not", async () => {
    const story = await begin(kind);
    story.does(sam.takes());
    await story.handle();
    story.does(amber.assigns("mallory"), sam.leaves());
    await story.handle();
    expect(story.see().assignees).toEqual(["mallory"]);
    story.does(person("mallory").says("/ar release"));
    await story.handle();
    expect(story.see().assignees).toEqual([]);
    expect(states(story)).toEqual([STATE.action_needed]);
  });

  it("complete needs every box done, and says which are not", async () => {
    const story = await begin(kind);
    story.does(sam.takes(), sam.ticks("Create the user"), sam.says("/ar complete"));
    await story.handle();
    expect(said(story)).toContain("1 box is open:\n  - Set the profile");
    story.does(hr.ticks("Set the profile"));
    await story.handle();
    expect(states(story)).toEqual([STATE.in_progress]);
    // A stranger ticked the last one: a team member's word completes it.
    story.does(sam.says("/ar complete"));
    await story.handle();
    expect(states(story)).toEqual([STATE.completed]);
    expect(reactionsTo(story)).toEqual(["+1"]);
  });

  it("explain tells what every rule has to say", async () => {
    const story = await begin(kind);
    story.does(hr.says("/ar explain"));
    await story.handle();
    expect(said(story)).toContain(`It was opened for the hire ${PEOPLE}#1.`);
    expect(said(story)).toContain("It is Action Needed.");
    expect(said(story)).toContain("0 of 2 boxes are done.");
  });

  it("answer questions on a hire's onboarding issue, and refuse the rest", async () => {
    const story = await begin(kind);
    const body = "Full name: Ada Lovelace\nRole: Account Executive\nStart date: 2026-12-07\nManager: @hr";
    story.memory.by("hr").open(PEOPLE, { title: "Something else" });
    story.open("hr", { body, labels: ["onboarding"] }, "onboarding");
    await story.handle();
    story.does(hr.says("/ar explain\n/ar take"));
    await story.handle();
    expect(said(story)).toMatch(/The access request opens at Tue 8 Dec 2026 09:00 EST/);
    expect(said(story)).toContain("it works on an access request; this is an onboarding issue.");
    expect(reactionsTo(story).sort()).toEqual(["+1", "-1"]);
    expect((await story.tick()).changes).toEqual([]);
  });

  describe("approve", () => {
    const request = (story: Story, body: string, by = "hr"): void => {
      const labels = [REQUEST, STATE.action_needed, story.config.requests.approval.waiting];
      story.open(by, { body: `${body}\n\n### Steps\n\n- [ ] Create the user`, labels });
    };
    const FORM = "### Full name\n\nAda Lovelace\n\n### Work email\n\nada@acme.com\n\n### Manager\n\n@meri";

    it("is the named manager's alone", async () => {
      const story = await begin(kind);
      const { label, waiting } = story.config.requests.approval;
      request(story, FORM);
      await story.handle();
      for (const other of [sam, hr, guest]) {
        story.does(other.says("/ar approve"));
        await story.handle();
        expect(reactionsTo(story)).toEqual(["-1"]);
        expect(said(story)).toContain("only the manager whom the request names may: meri.");
      }
      expect(story.see().labels).not.toContain(label);
      story.does(meri.says("Fine.\n\n/ar approve"));
      await story.handle();
      expect(story.see().labels).toContain(label);
      expect(story.see().labels).not.toContain(waiting);
      story.does(meri.says("/ar approve"));
      await story.handle();
      expect(said(story)).toContain("it is approved already");
      expect(reactionsTo(story)).toEqual(["+1"]);
    });

    it.each([
      ["whoever opened it", FORM, "meri", /whoever opened a request cannot approve it/],
      [
        "whom it is for",
        FORM.replace("ada@", "meri@"),
        "hr",
        /the request is for meri, who cannot approve it/,
      ],
      [
        "a name that is no handle",
        FORM.replace("@meri", "Meri Okafor"),
        "hr",
        /names Meri Okafor, which is no handle/,
      ],
      ["nobody named", "Something else", "hr", /names no manager/],
    ])("is not for %s", async (_, body, author, says) => {
      const story = await begin(kind);
      request(story, body, author);
      await story.handle();
      story.does(meri.says("/ar approve"));
      await story.handle();
      expect(said(story)).toMatch(says);
      expect(reactionsTo(story)).toEqual(["-1"]);
      expect(story.see().labels).not.toContain(story.config.requests.approval.label);
    });

    it("is not needed where the team needs none", async () => {
      const story = await begin(kind, { config: "requests: { approval: { required: false } }\n" });
      request(story, FORM);
      story.does(meri.says("/ar approve"));
      await story.handle();
      expect(said(story)).toContain("requests need no approval here");
    });

    it("comes before complete", async () => {
      const story = await begin(kind);
      request(story, FORM);
      await story.handle();
      story.does(sam.says("/ar take\n/ar complete"));
      await story.handle();
      expect(said(story)).toContain("it waits for the manager's approval: `/ar approve`");
    });

    it("that somebody took back meanwhile is not given again", async () => {
      const story = await begin(kind);
      const { label } = story.config.requests.approval;
      request(story, FORM);
      story.does(meri.says("/ar approve"), sam.puts(label), sam.takesOff(label));
      await story.tick();
      expect(story.see().labels).not.toContain(label);
    });
  });

  describe("hold", () => {
    it("with a date ends by itself at nine on that day", async () => {
      const settled = new Map<number, Settled>();
      const memory: Memory = {
        settled: (project, now) =>
          new Map(
            settled
              .values()
              .filter(({ wake }) => project === REQUESTS && (wake === null || wake > now))
              .map(({ number, version }) => [number, version]),
          ),
        settle: (project, issues) => {
          if (project === REQUESTS) for (const one of issues) settled.set(one.number, one);
        },
        recall: () => null,
        note: () => undefined,
      };
      const story = await begin(kind, { memory });
      story.does(sam.takes());
      await story.handle();
      story.does(amber.says("/ar hold sfdc_license until 2026-12-01 because Finance has the order"));
      await story.handle();
      expect(said(story)).toContain("until **Tue 1 Dec 2026**, says amber: Finance has the order");
      story.does(hr.says("/ar explain"));
      await story.handle();
      expect(said(story)).toContain("comes off by itself, as amber said. (Tue 1 Dec 2026 09:00 EST)");
      expect(said(story)).toContain("says amber: Finance has the order");
      await story.tick();
      story.now = Date.UTC(2026, 11, 1, 13, 59);
      expect((await story.tick()).changes).toEqual([]);
      expect(settled.get(story.about.number)?.wake).toBe(Date.UTC(2026, 11, 1, 14));
      story.now = Date.UTC(2026, 11, 1, 14);
      await story.tick();
      expect(states(story)).toEqual([STATE.in_progress]);
      expect(story.see().labels).not.toContain(HOLD.license);
      expect(said(story)).toContain("is over, as amber said: its day has come.");
      expect((await story.tick()).changes).toEqual([]);
    });

    it("ends on its day although daytwo was down for a week, and once", async () => {
      const story = await begin(kind);
      story.does(sam.says("/ar hold sfdc_license until 2026-12-01"), waits(14 * DAY));
      await story.tick();
      expect(states(story)).toEqual([STATE.action_needed]);
      story.does(sam.puts(HOLD.license));
      await story.tick();
      await story.tick();
      expect(states(story)).toEqual([STATE.on_hold]);
    });

    it("that a person ended is not ended again, and no longer told of", async () => {
      const story = await begin(kind);
      story.does(sam.says("/ar hold sfdc_license until 2026-12-01 because of the freeze"));
      await story.handle();
      story.does(amber.takesOff(HOLD.license));
      await story.handle();
      expect(said(story)).not.toContain("freeze");
      story.does(amber.puts(HOLD.license), waits(10 * DAY));
      await story.tick();
      expect(states(story)).toEqual([STATE.on_hold]);
    });

    it("for one reason leaves another alone when its day comes", async () => {
      const story = await begin(kind);
      story.does(sam.says("/ar hold sfdc_license until 2026-12-01"), sam.says("/ar hold cancelled"));
      await story.handle();
      story.does(waits(10 * DAY));
      await story.tick();
      expect(states(story)).toEqual([STATE.on_hold]);
      expect(story.see().labels).toContain(HOLD.cancelled);
      expect(story.see().labels).not.toContain(HOLD.license);
    });

    it("given again has the later date", async () => {
      const story = await begin(kind);
      story.does(
        sam.says("/ar hold sfdc_license until 2026-12-01"),
        sam.says("/ar hold sfdc_license until 2026-12-08"),
      );
      await story.handle();
      story.does(waits(8 * DAY));
      await story.tick();
      expect(states(story)).toEqual([STATE.on_hold]);
      story.does(waits(8 * DAY));
      await story.tick();
      expect(states(story)).toEqual([STATE.action_needed]);
    });

    it("with nothing to say why is still ended by resume", async () => {
      const story = await begin(kind);
      story.does(sam.takes());
      await story.handle();
      story.does(sam.moves("on_hold"));
      await story.handle();
      story.does(amber.says("/ar resume"));
      await story.handle();
      expect(states(story)).toEqual([STATE.in_progress]);
    });
  });
});

describe("on GitLab", () => {
  it("go with quick actions in one comment, and take none of theirs away", async () => {
    const story = await begin("gitlab");
    story.does(sam.says("/assign @amber\n/ar hold sfdc_license\n/label ~access-request"));
    await story.handle();
    expect(story.see().assignees).toEqual(["amber"]);
    expect(states(story)).toEqual([STATE.on_hold]);
    story.does(sam.says("/unassign @amber\n/ar take"));
    await story.handle();
    expect(states(story)).toEqual([STATE.in_progress]);
    expect(story.see().assignees).toEqual(["sam"]);
    expect(said(story)).toContain("sam has it now. The hold is over.");
  });

  it("are nobody's in a comment of quick actions alone", async () => {
    const story = await begin("gitlab");
    story.does(sam.says("/label ~access-request\n/assign @sam"));
    await story.handle();
    expect(story.see().comments.filter(({ author }) => author === "sam")).toEqual([]);
    expect(said(story)).toBe("");
  });
});

describe.each(KINDS)("a crash on %s", (kind) => {
  class Crash extends Error {}

  /** A team whose writer dies at the nth write, before it or after. */
  function dying(story: Story, nth: number, done: boolean) {
    const team = story.team();
    const { requests } = team.forges;
    if (!requests) throw new Error("no requests");
    let writes = 0;
    const writer = new Proxy(requests.writer, {
      get: (target, property) => {
        const method = Reflect.get(target, property) as (...args: unknown[]) => Promise<unknown>;
        return async (...args: unknown[]) => {
          const dies = ++writes === nth;
          if (dies && !done) throw new Crash();
          const result = await method.apply(target, args);
          if (dies) throw new Crash();
          return result;
        };
      },
    });
    return { ...team, forges: { ...team.forges, requests: { ...requests, writer } } };
  }

  const SAID = "/ar take\n/ar hold sfdc_license until 2026-12-01 because of the freeze\n/ar tkae";

  async function prepared(): Promise<Story> {
    const story = await begin(kind);
    story.does(amber.takes());
    await story.handle();
    story.does(sam.says(SAID));
    return story;
  }

  it("at any write leaves nothing lost and nothing doubled", async () => {
    const whole = await prepared();
    const { changes } = await whole.tick();
    expect(changes.length).toBeGreaterThan(5);
    const { now } = whole;
    for (let nth = 1; nth <= changes.length; nth++) {
      for (const done of [false, true]) {
        const story = await prepared();
        const errand = { trigger: { kind: "tick", catchUp: false } as const, now, subject: null };
        await expect(reconcile(dying(story, nth, done), errand)).rejects.toThrow(Crash);
        await story.tick();
        const [seen, meant] = [story.see(), whole.see()];
        expect(seen.labels.toSorted()).toEqual(meant.labels.toSorted());
        expect(seen.assignees).toEqual(meant.assignees);
        expect(seen.section("commands")).toBe(meant.section("commands"));
        expect(seen.comments).toHaveLength(meant.comments.length);
        expect(reactionsTo(story)).toEqual(reactionsTo(whole));
        expect((await story.tick()).changes).toEqual([]);
      }
    }
  });
});

describe("a reaction that the forge refuses", () => {
  it("keeps nothing else from being done, and is not tried for ever", async () => {
    const story = await Story.begin({ kind: "github", via: "http" });
    story.openRequest();
    await story.handle();
    story.does(sam.says("/ar take"));
    story.sandbox?.faults.next({
      match: /^POST .*\/reactions/,
      kind: "status",
      status: 403,
      body: { message: "Unable to create comment because issue is locked." },
    });
    const { outcomes } = await story.tick();
    expect(outcomes.filter(({ status }) => status === "failed")).toHaveLength(1);
    expect(story.see().assignees).toEqual(["sam"]);
    expect(states(story)).toEqual([STATE.in_progress]);
    expect(said(story)).toContain("sam has it now.");
    expect((await story.tick()).changes).toEqual([]);
    await story.end();
  });

  it("since the comment is gone is no failure", async () => {
    const story = await Story.begin({ kind: "github", via: "http" });
    story.openRequest();
    await story.handle();
    story.does(sam.says("/ar take"));
    story.sandbox?.faults.next({
      match: /^POST .*\/reactions/,
      kind: "status",
      status: 404,
      body: { message: "Not Found" },
    });
    const { changes, outcomes } = await story.tick();
    const of = (kind: string) => outcomes[changes.findIndex((change) => change.kind === kind)]?.status;
    expect([of("react"), of("assign"), of("comment")]).toEqual(["unchanged", "applied", "applied"]);
    expect((await story.tick()).changes).toEqual([]);
    await story.end();
  });
});

describe("a token that cannot tell whose it is", () => {
  it("answers no commands, for it would for ever", async () => {
    const story = await begin("github");
    story.does(sam.says("/ar take"));
    const team = story.team();
    const { requests } = team.forges;
    if (!requests) throw new Error("no requests");
    const nameless = { ...requests, reader: { ...requests.reader, self: async () => "" } };
    const now: Instant = story.now;
    const { changes, problems } = await reconcile(
      { ...team, forges: { ...team.forges, requests: nameless } },
      { trigger: { kind: "tick", catchUp: false }, now, subject: null },
    );
    expect(changes).toEqual([]);
    expect(problems.map(({ message }) => message)).toContain(
      "Commands are not carried out: the token cannot tell whose it is.",
    );
  });
});
