import { describe, expect, it } from "vitest";
import { type Forge, ForgeError, type Reader } from "../../src/forge/forge.ts";
import type { IssueRef } from "../../src/model.ts";
import { reconcile } from "../../src/run/reconcile.ts";
import type { Team } from "../../src/run/team.ts";
import { ADA, ADA_DUE, ADA_TITLE, file, form, KINDS, labelsOf, requests } from "../policies/hires.ts";
import { MINUTE, PEOPLE, REQUEST, REQUESTS, STATE, Story } from "../story.ts";
import { remembering } from "./memory.ts";

const TICK = { kind: "tick", catchUp: false } as const;
type Kind = (typeof KINDS)[number];
const begin = (kind: Kind, more = {}) => Story.begin({ kind, via: "memory", at: ADA_DUE, ...more });

/** A team that acts in the middle of daytwo's own work: just before its n-th write. */
function meddled(team: Team, n: number, act: () => void): Team {
  let left = n;
  const forge = (role: "requests" | "onboarding") => {
    const one = team.forges[role];
    if (!one) return null;
    const reader = new Proxy(one.reader, {
      get(target, name) {
        const value = target[name as keyof typeof target];
        if (name !== "issue" || typeof value !== "function") return value;
        return (...args: [number]) => {
          left -= 1;
          if (left === 0) act();
          return target.issue(...args);
        };
      },
    });
    return { ...one, reader };
  };
  return { ...team, forges: { requests: forge("requests"), onboarding: forge("onboarding") } };
}

describe.each(KINDS)("reconcile (%s)", (kind) => {
  it("plans again for an issue that changes between the look and the write", async () => {
    const story = await begin(kind);
    file(story, {});
    await story.tick();
    story.now += MINUTE;
    story.memory.by("sam").assign(REQUESTS, 1);
    // In Progress is what the first look plans; before it is written, a licence is missing.
    const team = meddled(story.team(), 1, () => {
      story.now += MINUTE;
      story.memory.by("sam").label(REQUESTS, 1, "SalesOPS: Waiting on SFDC License");
    });
    const result = await reconcile(team, { trigger: TICK, now: story.now, subject: null });
    expect(result.fatal).toBeNull();
    expect(result.outcomes).toHaveLength(result.changes.length);
    expect(result.outcomes.map(({ status }) => status)).not.toContain("skipped");
    expect(requests(story).map(labelsOf)[0]).toContain(STATE.on_hold);
    expect(requests(story).map(labelsOf)[0]).not.toContain(STATE.action_needed);
    story.now += MINUTE;
    expect((await story.tick()).changes).toEqual([]);
  });

  it.each(["comments", "history"] as const)(
    "an issue deleted between the list and its %s is gone, and keeps nobody else waiting",
    async (what) => {
      const story = await begin(kind);
      file(story, {});
      const { number } = story.open("hr", { body: "- [ ] Invite", labels: [REQUEST] });
      story.memory.by("sam").comment(REQUESTS, number, "Soon.");
      const team = story.team();
      const forge = team.forges.requests as Forge;
      const reader: Reader = {
        ...forge.reader,
        [what]: (asked: number) => {
          if (story.memory.project(REQUESTS).issues.has(number)) story.memory.removeIssue(REQUESTS, number);
          return forge.reader[what](asked);
        },
      };
      const forges = { ...team.forges, requests: { ...forge, reader } };
      const result = await reconcile({ ...team, forges }, { trigger: TICK, now: story.now, subject: null });
      expect(result.fatal).toBeNull();
      expect(result.outcomes.map(({ status }) => status)).toEqual(["applied", "applied"]);
      expect(requests(story).map(({ title }) => title)).toEqual([ADA_TITLE]);
      story.now += MINUTE;
      expect((await story.tick()).changes).toEqual([]);
    },
  );

  it("gives up on an issue that never rests, says so, and leaves it for the next look", async () => {
    const story = await begin(kind);
    file(story, {});
    await story.tick();
    story.now += MINUTE;
    story.memory.by("sam").assign(REQUESTS, 1);
    let team = story.team();
    for (let n = 1; n <= 12; n++) {
      team = meddled(team, n, () => {
        story.now += 1000;
        story.memory.by("hr").comment(REQUESTS, 1, `Any news? ${n}`);
      });
    }
    const result = await reconcile(team, { trigger: TICK, now: story.now, subject: null });
    expect(result.fatal).toBeNull();
    story.now += MINUTE;
    await story.tick();
    expect(requests(story).map(labelsOf)[0]).toContain(STATE.in_progress);
  });

  it("reads nothing twice, and nothing that no rule asks for", async () => {
    const story = await begin(kind);
    for (let i = 0; i < 5; i++) file(story, { "Full name": `Hire ${i}` });
    const team = story.team();
    await reconcile(team, { trigger: TICK, now: story.now, subject: null });
    for (const role of ["requests", "onboarding"] as const) {
      const counts = team.forges[role]?.requests();
      // Open ones and those closed lately; of the onboarding project hires and leavers.
      expect(counts?.get("GET issues")).toBe(role === "requests" ? 2 : 4);
      for (const kindOf of ["GET comments", "GET history", "GET issue"])
        expect(counts?.get(kindOf) ?? 0).toBe(0);
    }
  });

  it("what was found to need nothing is not read closely again until it changes", async () => {
    const memory = remembering();
    const story = await begin(kind, { memory });
    const hire = file(story, {});
    await story.tick();
    story.now += MINUTE;
    await story.tick();
    expect(memory.settledIn(PEOPLE).has(hire)).toBe(true);
    const quiet = story.team();
    await reconcile(quiet, { trigger: TICK, now: story.now + MINUTE, subject: null });
    expect(quiet.forges.onboarding?.requests().get("GET comments") ?? 0).toBe(0);
    story.now += MINUTE;
    story.memory.by("hr").edit(PEOPLE, hire, { body: form({ ...ADA, "Start date": "2026-11-30" }) });
    const awake = story.team();
    const { changes } = await reconcile(awake, { trigger: TICK, now: story.now + MINUTE, subject: null });
    expect(changes).toHaveLength(1);
  });

  it("a comment written in the second of the last look is heard", async () => {
    const story = await begin(kind, { memory: remembering() });
    file(story, {});
    await story.tick();
    expect((await story.tick()).changes).toEqual([]);
    story.memory.by("sam").comment(REQUESTS, 1, "/ar take");
    await story.tick();
    expect(requests(story).map(labelsOf)[0]).toContain(STATE.in_progress);
  });

  it("a look at one issue does not call another one settled that it only glanced at", async () => {
    const memory = remembering();
    const story = await begin(kind, { memory });
    const hire = file(story, {});
    await story.tick();
    story.memory.by("hr").comment(REQUESTS, 1, "Thank you!");
    story.now += MINUTE;
    await story.tick();
    story.now += MINUTE;
    // Nobody hears of an outsider's move; then the hire's issue is edited, and somebody looks at that.
    story.memory.by("mallory").label(REQUESTS, 1, STATE.completed);
    story.webhooks.take();
    story.now += MINUTE;
    story.memory.by("hr").edit(PEOPLE, hire, { body: form({ ...ADA, Region: "EMEA" }) });
    const [looked] = await story.handle();
    expect(looked?.changes).toEqual([]);
    story.now += MINUTE;
    await story.tick();
    expect(requests(story).map(labelsOf)[0]).not.toContain(STATE.completed);
  });

  it("an issue whose change failed is looked at again, though nothing changed on it", async () => {
    const memory = remembering();
    const story = await begin(kind, { memory });
    const hire = file(story, {});
    await story.tick();
    story.now += MINUTE;
    await story.tick();
    story.memory.by("hr").label(PEOPLE, hire, "onboarding-cancelled");
    story.now += MINUTE;
    const team = story.team();
    const refusing: Team = {
      ...team,
      forges: {
        ...team.forges,
        requests: team.forges.requests && {
          ...team.forges.requests,
          writer: new Proxy(team.forges.requests.writer, {
            get: () => async () => {
              throw new ForgeError("unavailable", "The forge failed: try again later.", 503);
            },
          }),
        },
      },
    };
    const failed = await reconcile(refusing, { trigger: TICK, now: story.now, subject: null });
    expect(failed.outcomes[0]?.status).toBe("failed");
    expect(failed.outcomes.slice(1).every(({ status }) => status === "skipped")).toBe(true);
    story.now += MINUTE;
    await story.tick();
    expect(requests(story).map(labelsOf)[0]).toContain(STATE.on_hold);
  });

  it("what reaches beyond its issue is done alone, after another look; the rest is not", async () => {
    const story = await begin(kind);
    const hire = file(story, {});
    let turns = 0;
    let meanwhile = async (): Promise<void> => undefined;
    const work = (subject: IssueRef) =>
      reconcile(story.team(), { trigger: TICK, now: story.now, subject }, undefined, async (work) => {
        turns += 1;
        await meanwhile();
        return work();
      });
    const onboarding = { project: "onboarding", number: hire } as const;
    // Somebody else creates it while this one waits for its turn.
    meanwhile = async () => void (await story.tick());
    expect((await work(onboarding)).changes).toEqual([]);
    expect(requests(story)).toHaveLength(1);
    expect(turns).toBe(1);

    meanwhile = async () => undefined;
    story.now += MINUTE;
    story.memory.by("sam").assign(REQUESTS, 1);
    const own = await work({ project: "requests", number: 1 });
    expect(own.changes.length).toBeGreaterThan(0);
    expect(turns).toBe(1);

    story.now += MINUTE;
    story.memory.by("hr").label(PEOPLE, hire, "onboarding-cancelled");
    const wide = await work(onboarding);
    expect(wide.changes).toContainEqual(expect.objectContaining({ project: "requests", kind: "add-label" }));
    expect(wide.outcomes.every(({ status }) => status === "applied")).toBe(true);
    expect(turns).toBe(2);
  });

  it("where another issue changes before it is reached, all is planned again from the one that asks", async () => {
    const story = await begin(kind);
    const hire = file(story, {});
    await story.tick();
    story.now += MINUTE;
    story.memory.by("hr").label(PEOPLE, hire, "onboarding-cancelled");
    let meddled = false;
    const team = story.team();
    const forge = team.forges.requests;
    if (!forge) throw new Error("no requests");
    const reader = {
      ...forge.reader,
      async issue(number: number) {
        if (!meddled) {
          meddled = true;
          story.now += MINUTE;
          story.memory.by("sam").assign(REQUESTS, number);
        }
        return forge.reader.issue(number);
      },
    };
    const racing: Team = { ...team, forges: { ...team.forges, requests: { ...forge, reader } } };
    const subject = { project: "onboarding", number: hire } as const;
    const result = await reconcile(racing, { trigger: TICK, now: story.now, subject });
    expect(meddled).toBe(true);
    expect(result.outcomes.map(({ status }) => status)).not.toContain("skipped");
    expect(requests(story).map(labelsOf)[0]).toContain("SalesOPS: Start cancelled");
  });

  it("a forge that goes away ends the errand, and tells what was done", async () => {
    const story = await begin(kind);
    for (let i = 0; i < 3; i++) file(story, { "Full name": `Hire ${i}` });
    const team = story.team();
    let writes = 0;
    const dropping: Team = {
      ...team,
      forges: {
        ...team.forges,
        requests: team.forges.requests && {
          ...team.forges.requests,
          writer: new Proxy(team.forges.requests.writer, {
            get: (target, name) => {
              const write = target[name as keyof typeof target] as (...args: unknown[]) => Promise<unknown>;
              return async (...args: unknown[]) => {
                writes += 1;
                if (writes > 1)
                  throw new ForgeError("unreachable", "forge.example cannot be reached: check it.");
                return write.apply(target, args);
              };
            },
          }),
        },
      },
    };
    const result = await reconcile(dropping, { trigger: TICK, now: story.now, subject: null });
    expect(result.fatal?.kind).toBe("unreachable");
    expect(result.outcomes).toHaveLength(result.changes.length);
    expect(requests(story)).toHaveLength(1);
    story.now += MINUTE;
    await story.tick();
    expect(requests(story)).toHaveLength(3);
  });
});
