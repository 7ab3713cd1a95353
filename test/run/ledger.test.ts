import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { Ledger } from "../../src/engine/access/ledger.ts";
import { type AccessRecord, accessMarker } from "../../src/engine/access/record.ts";
import { marker } from "../../src/engine/text/safe.ts";
import { begin, readList, readSelf } from "../../src/run/gather.ts";
import { readLedger } from "../../src/run/ledger.ts";
import { openStore, type Store } from "../../src/run/store.ts";
import { forgetful, requestsMade, type Team, total } from "../../src/run/team.ts";
import { ADA_DUE, file, form, ADA as HIRE, KINDS } from "../policies/hires.ts";
import { type Act, DAY, MINUTE, person, REQUEST, REQUESTS, SELF, START, STATE, Story } from "../story.ts";

const ADA: AccessRecord = {
  does: "give",
  name: "Ada Lovelace",
  email: "ada@example.com",
  role: "Account Executive",
  region: "EMEA",
  department: null,
  systems: { chorus: "Recorder" },
};
const GIVE = "### Chorus\n\n- [x] Invite";
const REVOKE = "### Chorus\n\n- [x] Revoked\n- [ ] Never had access";

/** Of the story that began last. */
let store: Store;
const stores: Store[] = [];
const stories: Story[] = [];

async function begun(kind: Story["kind"], via: "memory" | "http" = "memory"): Promise<Story> {
  store = openStore(null, () => START);
  stores.push(store);
  const story = await Story.begin({ kind, via, memory: store.memory("rules") });
  stories.push(story);
  return story;
}
afterEach(async () => {
  for (const story of stories.splice(0)) await story.end();
  for (const one of stores.splice(0)) one.close();
});

interface How {
  readonly rebuild?: boolean;
  /** As on a tick: after the lists have been read. */
  readonly listed?: boolean;
  readonly team?: Team;
}

async function ledger(story: Story, { rebuild = false, listed = false, team = story.team() }: How = {}) {
  const facts = begin(team);
  await readSelf(team, facts);
  if (listed) await readList(team, facts, "requests", story.now);
  const before = total(requestsMade(team));
  const { requests } = facts;
  if (!requests) throw new Error("There are no requests");
  // The first of the month before: what `readList` reads of closed issues.
  const day = new Date(story.now - 31 * DAY);
  const listedSince = listed ? Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), 1) : null;
  const read = await readLedger(team, requests, { now: story.now, listedSince, rebuild });
  return { read, requests: total(requestsMade(team)) - before };
}

const shown = ({ people }: Ledger): string[] =>
  people.flatMap(({ person: { email }, grants }) =>
    grants.map(({ system, as, request }) => `${email} ${system} ${as} #${request}`),
  );

function open(
  story: Story,
  record: Partial<AccessRecord> = {},
  text = GIVE,
  labels = [REQUEST, STATE.completed],
) {
  const body = `${text}\n\n${accessMarker({ ...ADA, ...record })}`;
  return story.open(SELF, { body, labels }).number;
}

describe.each(KINDS)("the ledger of a project (%s)", (kind) => {
  it("is read anew, then by what has changed", async () => {
    const story = await begun(kind);
    open(story);
    expect(shown((await ledger(story)).read)).toEqual(["ada@example.com chorus Recorder #1"]);
    story.now += 30 * MINUTE;
    open(story, { email: "alan@example.com", name: "Alan Turing" });
    story.now += 30 * MINUTE;
    expect(shown((await ledger(story)).read)).toHaveLength(2);
    open(story, { does: "revoke" }, REVOKE, [REQUEST, STATE.in_progress]);
    expect(shown((await ledger(story)).read)).toEqual(["alan@example.com chorus Recorder #2"]);
  });

  it("counts neither what lost its label nor what stands in two states", async () => {
    const story = await begun(kind);
    const number = open(story);
    const sam = person("sam");
    for (const [act, count] of [
      [sam.takesOff(REQUEST), 0],
      [sam.puts(REQUEST), 1],
      [sam.puts(STATE.in_progress), 0],
      [sam.takesOff(STATE.in_progress), 1],
      [sam.closes(), 1],
      [sam.moves("in_progress"), 0],
    ] as const) {
      await ledger(story);
      story.about = { project: "requests", number };
      story.does(act);
      story.now += 20 * MINUTE;
      expect(shown((await ledger(story)).read), act.text).toHaveLength(count);
    }
  });

  it("follows somebody from the first day to the last, and back", async () => {
    const story = await begun(kind);
    const sam = person("sam");
    const works = async (number: number, ...acts: Act[]) => {
      story.about = { project: "requests", number };
      story.does(sam.takes(), ...acts);
      await story.tick();
      expect(story.see().labels).toContain(STATE.completed);
      story.now += DAY;
      return shown((await ledger(story)).read);
    };
    file(story, { ...HIRE, Region: "EMEA" });
    story.now = ADA_DUE;
    await story.tick();
    expect(shown((await ledger(story)).read)).toEqual([]);
    const given = ["ada@acme.com salesforce Standard #1", "ada@acme.com chorus null #1"];
    expect(await works(1, sam.ticksAll())).toEqual(given);
    const leaver = form({
      "Full name": "Ada Lovelace",
      "Work email": "Ada@acme.com",
      "Last day": "2026-11-30",
    });
    story.open("hr", { body: leaver, labels: ["offboarding"] }, "onboarding");
    await story.tick();
    const settles = sam.rewrites((body) => body.replaceAll("- [ ] Revoked", "- [x] Revoked"));
    expect(await works(2, settles)).toEqual([]);
    file(story, { ...HIRE, Region: "EMEA", "Start date": "2026-11-26" });
    story.now += 7 * DAY;
    await story.tick();
    expect(await works(3, sam.ticksAll())).toEqual(given.map((one) => one.replace("#1", "#3")));
  });

  it("has what a filed request gave", async () => {
    const story = await begun(kind);
    const [sam, meri] = [person("sam"), person("meri")];
    const people =
      "Name,Email,Role,Region,Systems\nGrace Hopper,grace@x.io,Architect,AMER,Chorus;Salesforce\nAlan Turing,alan@x.io,Analyst,EMEA,Chorus";
    const fields = form({ Manager: "@meri", Justification: "research", People: `\`\`\`\n${people}\n\`\`\`` });
    story.open("hr", { body: `${marker("form:bulk-access-request")}\n${fields}` });
    await story.tick();
    story.does(meri.says("/ar approve"), sam.takes());
    await story.tick();
    story.does(
      sam.rewrites((body) => body.replace(/- \[ \] (Alan.*)/, "- [ ] ~~$1~~")),
      sam.ticksAll(),
    );
    story.does(sam.rewrites((body) => body.replace("- [x] ~~", "- [ ] ~~")));
    await story.tick();
    expect(story.see().labels).toContain(STATE.completed);
    const { read } = await ledger(story);
    expect(shown(read)).toEqual(["grace@x.io chorus null #1", "grace@x.io salesforce null #1"]);
    expect(read.alike("Architect", "AMER")).toHaveLength(1);
  });

  it("is not taken from what other rules or another account have kept", async () => {
    const story = await begun(kind);
    open(story);
    await ledger(story);
    const other = { ...story.team(), memory: store.memory("other rules") };
    story.memory.project(REQUESTS).issues.delete(1);
    // Nothing tells of an issue that was deleted: the change is not seen, and a reading from nothing sees it.
    expect(shown((await ledger(story)).read)).toHaveLength(1);
    expect(shown((await ledger(story, { team: other })).read)).toEqual([]);
    // What they have begun anew is theirs: the first rules begin anew, too.
    expect(shown((await ledger(story)).read)).toEqual([]);
  });

  it("is read anew when told to, and once a week", async () => {
    const story = await begun(kind);
    open(story);
    await ledger(story);
    story.memory.project(REQUESTS).issues.delete(1);
    expect(shown((await ledger(story, { rebuild: true })).read)).toEqual([]);
    expect(shown((await ledger(story)).read)).toEqual([]);
    open(story);
    await ledger(story);
    story.memory.project(REQUESTS).issues.delete(2);
    story.now += 6 * DAY;
    expect(shown((await ledger(story)).read)).toHaveLength(1);
    story.now += DAY;
    expect(shown((await ledger(story)).read)).toEqual([]);
  });

  it("costs a page for a hundred requests at first, then two requests, and none on a tick", async () => {
    const story = await begun(kind, "http");
    for (let i = 0; i < 120; i++) {
      open(story, { email: `p${i}@example.com`, name: `P ${i}` });
      story.now += 30 * MINUTE;
    }
    const first = await ledger(story);
    expect(shown(first.read)).toHaveLength(120);
    expect(first.requests).toBeLessThanOrEqual(3);
    open(story);
    const next = await ledger(story);
    expect(shown(next.read)).toHaveLength(121);
    expect(next.requests).toBe(2);
    story.now += MINUTE;
    open(story, { name: "Alan Turing", email: "alan@example.com" });
    const tick = await ledger(story, { listed: true });
    expect(shown(tick.read)).toHaveLength(122);
    expect(tick.requests).toBe(0);
    expect((await ledger(story, { rebuild: true })).read.people).toEqual(tick.read.people);
  });

  it("is the same whether read by what has changed or from nothing", async () => {
    const sam = person("sam");
    const change = fc.oneof(
      fc.record({ does: fc.constantFrom("give" as const, "revoke" as const), who: fc.nat(2) }),
      fc.record({
        issue: fc.nat(5),
        act: fc.constantFrom(
          sam.puts(STATE.completed),
          sam.moves("in_progress"),
          sam.moves("completed"),
          sam.takesOff(REQUEST),
          sam.puts(REQUEST),
          sam.closes(),
          sam.reopens(),
          sam.rewrites((body) => body.replace("[x]", "[ ]")),
          sam.ticksAll(),
        ),
      }),
      fc.constantFrom(MINUTE, 30 * MINUTE, DAY, 40 * DAY),
      fc.constantFrom("alone" as const, "on a tick" as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 4, maxLength: 24 }), async (changes) => {
        const story = await begun(kind);
        let opened = 0;
        for (const one of changes) {
          if (typeof one === "number") story.now += one;
          else if (typeof one === "string") {
            const { read } = await ledger(story, { listed: one === "on a tick" });
            const anew = await ledger(story, { team: { ...story.team(), memory: forgetful } });
            expect(read.people).toEqual(anew.read.people);
          } else if ("does" in one) {
            opened += 1;
            open(
              story,
              { does: one.does, email: `p${one.who}@example.com` },
              one.does === "give" ? GIVE : REVOKE,
            );
          } else if (one.issue < opened) {
            story.about = { project: "requests", number: one.issue + 1 };
            story.does(one.act);
          }
        }
        const { read } = await ledger(story);
        const anew = await ledger(story, { rebuild: true });
        expect(read.people).toEqual(anew.read.people);
      }),
      { numRuns: 40 },
    );
  });
});
