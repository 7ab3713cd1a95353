import { describe, expect, it } from "vitest";
import { readAccess } from "../../src/engine/access/record.ts";
import { isStatus } from "../../src/engine/status.ts";
import { findMarkers } from "../../src/engine/text/safe.ts";
import { explain } from "../../src/plan/explain.ts";
import { policies } from "../../src/policies/index.ts";
import { lookClosely } from "../../src/run/reconcile.ts";
import {
  amber,
  DAY,
  meri,
  PEOPLE,
  REQUEST,
  REQUESTS,
  STATE,
  Story,
  type StoryOptions,
  sam,
} from "../story.ts";
import { commentsOf, form, KINDS, labelsOf, ownComments, requests } from "./hires.ts";

const LEAVER = { "Full name": "Ada Lovelace", "Work email": "ada@acme.com", "Last day": "2026-11-25" };
/** Salesforce is critical; Chorus is not, and nobody is named to revoke Clari. */
const SYSTEMS = {
  "systems/salesforce.yml":
    "name: Salesforce\ntier: 1\nprovisioners: [amber, sam]\ndeprovisioners: [sam]\nrevoke: [Deactivate the user, Hand over the records]\ndocs: https://docs.example.com/sfdc\n",
  "systems/chorus.yml":
    "name: Chorus\nprovisioners: [amber, meri]\ndeprovisioners: [sam]\nrevoke: [Remove the user]\n",
};
const CLARI = { ...SYSTEMS, "systems/clari.yml": "name: Clari\n" };

const begin = (kind: (typeof KINDS)[number], options: Partial<StoryOptions> = {}) =>
  Story.begin({ kind, via: "memory", files: SYSTEMS, ...options });

function leaves(
  story: Story,
  fields: Readonly<Record<string, string>> = {},
  labels = ["offboarding"],
): number {
  const all = Object.entries({ ...LEAVER, ...fields }).filter(([, value]) => value !== "");
  const ref = story.open(
    "hr",
    { title: "Offboarding: Ada", body: form(Object.fromEntries(all)), labels },
    "onboarding",
  );
  return ref.number;
}

function only(story: Story) {
  const all = requests(story);
  expect(all.map(({ title }) => title)).toHaveLength(1);
  const [request] = all;
  if (!request) throw new Error("no request");
  story.about = { project: "requests", number: request.number };
  return request;
}

const section = (story: Story, number = 1) =>
  story.see({ project: "requests", number }).section("offboarding");
const onLeaver = (story: Story, number: number) =>
  story.see({ project: "onboarding", number }).section("offboarding");
const edit = (story: Story, number: number, fields: Readonly<Record<string, string>>) =>
  story.memory.by("hr").edit(PEOPLE, number, { body: form({ ...LEAVER, ...fields }) });

/** A leaver from filing to Completed, and another who stays, over HTTP. */
describe.each(KINDS.flatMap((kind) => (["tick", "webhooks"] as const).map((how) => ({ kind, how }))))(
  "offboarding over HTTP ($kind, by $how)",
  ({ kind, how }) => {
    it("from filing to Completed; and one that is withdrawn", async () => {
      const story = await begin(kind, { via: "http" });
      const look = async () => void (how === "tick" ? await story.tick() : await story.handle());
      try {
        const number = leaves(story, { "Full name": "Ada @meri /close" });
        await look();
        only(story);
        edit(story, number, { "Last day": "2026-11-23" });
        await look();
        expect(section(story)).toContain("**The last day is Mon 23 Nov 2026.**");
        // Critical systems are due on that very day.
        expect(section(story)).toContain("**To be revoked by Tue 24 Nov 2026:** Salesforce. @sam");
        story.does(sam.takes(), sam.ticks(0), sam.ticks(3));
        await look();
        expect(story.see().labels).toContain(STATE.completed);
        const other = leaves(story, { "Full name": "Grace Hopper" });
        await look();
        story.memory.by("hr").unlabel(PEOPLE, other, "offboarding");
        await look();
        const told = section(story, 2);
        if (how === "webhooks") expect(told).toContain("**The offboarding was withdrawn**");
        expect((await story.tick()).changes).toEqual([]);
        expect(requests(story)).toHaveLength(2);
      } finally {
        await story.end();
      }
    });
  },
);

describe.each(KINDS)("offboarding (%s)", (kind) => {
  it("opens one request at once, with a group for each system, most urgent first", async () => {
    const story = await begin(kind, { files: CLARI });
    const number = leaves(story, { Role: "Account Executive" });
    const { outcomes } = await story.tick();
    expect(outcomes.map(({ status }) => status)).toEqual(["applied", "applied"]);
    const request = only(story);
    expect(request.title).toBe("Offboarding: revoke the access of Ada Lovelace");
    expect(labelsOf(request)).toEqual([STATE.action_needed, REQUEST].sort());
    expect(request.assignees).toEqual([]);
    const { body } = request;
    expect(body.match(/^### .*|^- \[ \] .*|^Tier .*/gm)).toEqual([
      "### Salesforce",
      "Tier 1: revoke by **Fri 27 Nov 2026** (2026-11-27).",
      "- [ ] Revoked",
      "- [ ] Never had access",
      "### Chorus",
      "Tier 2: revoke by **Thu 3 Dec 2026** (2026-12-03).",
      "- [ ] Revoked",
      "- [ ] Never had access",
      "### Clari",
      "Tier 2: revoke by **Thu 3 Dec 2026** (2026-12-03).",
      "- [ ] Revoked",
      "- [ ] Never had access",
    ]);
    expect(body).toContain("- Deactivate the user\n- Hand over the records\n");
    expect(body.split("\n")).toContain("CC @sam @amber @meri");
    expect(body).toContain("every system is listed");
    expect(findMarkers(body)).toContain(`offboarding:${PEOPLE}#${number}`);
    expect(readAccess(body)).toEqual({
      does: "revoke",
      name: "Ada Lovelace",
      email: "ada@acme.com",
      role: "Account Executive",
      region: null,
      department: null,
      systems: { salesforce: null, chorus: null, clari: null },
    });
    const [comment, ...more] = ownComments(story, number);
    expect(more).toEqual([]);
    expect(findMarkers(comment ?? "")).toContain(`request:${REQUESTS}#${request.number}`);
    expect((await story.tick()).changes).toEqual([]);
  });

  it("only what the person has, with the role in it, where earlier requests tell", async () => {
    const story = await begin(kind, { files: CLARI });
    story.memory.by("hr").open(PEOPLE, {
      title: "Onboard Ada",
      body: form({
        "Full name": "Ada Lovelace",
        "Work email": "ADA@acme.com",
        Role: "Account Executive",
        "Start date": "2026-11-23",
      }),
      labels: ["onboarding"],
    });
    await story.tick();
    only(story);
    story.does(sam.takes(), sam.ticksAll());
    await story.tick();
    expect(story.see().labels).toContain(STATE.completed);
    leaves(story, { "Full name": "Ada King" });
    await story.tick();
    const request = requests(story)[1];
    expect(request?.body.match(/^### .*/gm)).toEqual(["### Salesforce", "### Chorus"]);
    expect(request?.body).toContain("Role: Standard.");
    expect(request?.body).toContain("was given by earlier requests");
  });

  it.each([
    { name: "over a weekend", lastDay: "2026-11-20", critical: "2026-11-23", other: "2026-11-30" },
    { name: "on a Saturday", lastDay: "2026-12-05", critical: "2026-12-07", other: "2026-12-11" },
    { name: "over Thanksgiving", lastDay: "25 November 2026", critical: "2026-11-27", other: "2026-12-03" },
    {
      name: "not given: from the day it was opened",
      lastDay: "",
      critical: "2026-11-25",
      other: "2026-12-02",
    },
    { name: "not to be read: likewise", lastDay: "11/12/2026", critical: "2026-11-25", other: "2026-12-02" },
  ])("deadlines count working days from the last day, $name", async ({ lastDay, critical, other }) => {
    const story = await begin(kind);
    const number = leaves(story, { "Last day": lastDay });
    const { problems } = await story.tick();
    expect(only(story).body.match(/\((\d{4}-\d\d-\d\d)\)/g)).toEqual([`(${critical})`, `(${other})`]);
    const unreadable = lastDay.includes("/");
    expect(problems.map(({ policy }) => policy)).toEqual(unreadable ? ["offboarding"] : []);
    if (unreadable) {
      expect(onLeaver(story, number)).toContain("**Last day** reads `11/12/2026`");
      expect(onLeaver(story, number)).toContain(`${REQUESTS}#1]`);
      edit(story, number, { "Last day": "2026-12-11" });
      await story.tick();
      expect(onLeaver(story, number)).not.toContain("reads");
      expect(section(story)).toContain("**The last day is Fri 11 Dec 2026.**");
    }
    expect((await story.tick()).changes).toEqual([]);
    expect(requests(story)).toHaveLength(1);
  });

  it("without a name it opens nothing, says so, and opens once there is one", async () => {
    const story = await begin(kind);
    const number = leaves(story, { "Full name": "" });
    const { problems } = await story.tick();
    expect(problems[0]).toMatchObject({ policy: "offboarding", issue: number });
    expect(onLeaver(story, number)).toContain("**Full name** is missing");
    expect((await story.tick()).changes).toEqual([]);
    edit(story, number, {});
    await story.tick();
    only(story);
    expect(onLeaver(story, number)).toContain(`${REQUESTS}#1]`);
    expect(onLeaver(story, number)).not.toContain("missing");
    expect(ownComments(story, number)).toHaveLength(1);
  });

  it("does so where hires are nobody's matter here, and for nothing without the label", async () => {
    const story = await begin(kind, { config: "onboarding: false\n" });
    leaves(story, {}, ["onboarding"]);
    await story.tick();
    expect(requests(story)).toEqual([]);
    leaves(story);
    await story.tick();
    only(story);
    expect((await story.tick()).changes).toEqual([]);
  });

  it("an issue that was a hire's is a leaver's, too: two requests, each found again", async () => {
    const story = await begin(kind, { at: Date.UTC(2026, 10, 24, 15) });
    const fields = { Role: "Account Executive", "Start date": "2026-11-23" };
    const number = leaves(story, fields, ["onboarding", "offboarding"]);
    await story.tick();
    expect(requests(story).map(({ title }) => title)).toEqual([
      "Access request: Ada Lovelace, Account Executive",
      "Offboarding: revoke the access of Ada Lovelace",
    ]);
    // One comment says both, and each link is there to be found again by.
    const [said = "", ...more] = ownComments(story, number);
    expect(more).toEqual([]);
    for (const one of [1, 2]) expect(findMarkers(said)).toContain(`request:${REQUESTS}#${one}`);
    story.memory
      .by("hr")
      .edit(PEOPLE, number, { body: form({ ...LEAVER, ...fields, "Last day": "2026-12-11" }) });
    await story.tick();
    expect((await story.tick()).changes).toEqual([]);
    expect(section(story, 1)).toBeNull();
    expect(section(story, 2)).toContain("Fri 11 Dec 2026");
  });

  it("a deleted marker does not double it, and of two the later one is closed", async () => {
    const story = await begin(kind);
    const number = leaves(story);
    await story.tick();
    only(story);
    const { body } = story.see();
    story.memory.by("sam").edit(REQUESTS, 1, { body: body.replace(/<!-- daytwo:offboarding.*-->/, "") });
    expect((await story.tick()).changes.filter(({ kind: what }) => what === "create-issue")).toEqual([]);
    story.memory.by("sam").edit(REQUESTS, 1, { body });
    story.memory
      .by("daytwo")
      .open(REQUESTS, { title: "Again", body, labels: [REQUEST, STATE.action_needed] });
    await story.tick();
    expect(requests(story).map(({ state }) => state)).toEqual(["open", "closed"]);
    expect(section(story, 2)).toContain("opened twice");
    expect(ownComments(story, number)).toHaveLength(1);
    expect((await story.tick()).changes).toEqual([]);
  });

  it("a hidden last day that somebody broke stops no look: the deadlines count from its opening", async () => {
    const story = await begin(kind);
    const number = leaves(story, { "Last day": "2026-11-27" });
    await story.tick();
    const { body } = only(story);
    story.memory.by("sam").edit(REQUESTS, 1, { body: body.replaceAll("2026-11-27", "Friday") });
    edit(story, number, { "Last day": "2026-12-04" });
    await story.tick();
    expect(section(story)).toContain("**The last day is Fri 4 Dec 2026.**");
    expect((await story.tick()).changes).toEqual([]);
  });

  it("is completed with one tick a system, and nothing else is asked for", async () => {
    const story = await begin(kind);
    leaves(story);
    await story.tick();
    only(story);
    story.does(sam.takes(), sam.ticks(0), sam.moves("completed"));
    await story.tick();
    expect(story.see().section("lifecycle")).toContain("- Chorus: Revoked or Never had access");
    expect(story.see().section("lifecycle")).not.toContain("Salesforce");
    story.does(sam.ticks(3));
    await story.tick();
    expect(story.see().labels).toContain(STATE.completed);
    expect((await story.tick()).changes).toEqual([]);
  });

  it("a last day that moves is told to the request, and counts anew", async () => {
    const story = await begin(kind);
    const number = leaves(story);
    await story.tick();
    only(story);
    edit(story, number, { "Last day": "2026-12-11" });
    await story.tick();
    expect(section(story)).toBe(
      "**The last day is Fri 11 Dec 2026.** To be revoked: critical systems (tier 1) by **Mon 14 Dec 2026**, the others by **Fri 18 Dec 2026**.",
    );
    expect((await story.tick()).changes).toEqual([]);
    // The old deadline calls nobody any more.
    story.now = Date.UTC(2026, 10, 27, 23);
    expect((await story.tick()).changes).toEqual([]);
    story.now = Date.UTC(2026, 11, 14, 14);
    await story.tick();
    expect(section(story)).toContain("**To be revoked by Mon 14 Dec 2026:** Salesforce. @sam");
    edit(story, number, {});
    await story.tick();
    expect(section(story)).toContain("**The last day is Wed 25 Nov 2026.**");
    expect(commentsOf(story, 1, REQUESTS).filter(isStatus)).toHaveLength(1);
  });

  it("withdrawn: the request is told, calls nobody, and hears if that is taken back", async () => {
    const story = await begin(kind);
    const number = leaves(story);
    await story.tick();
    only(story);
    story.memory.by("hr").label(PEOPLE, number, "onboarding-cancelled");
    await story.tick();
    expect(section(story)).toContain("**The offboarding was withdrawn**");
    expect(section(story)).toContain(`${PEOPLE}#${number}]`);
    story.now += 30 * DAY;
    expect((await story.tick()).changes.filter(({ policy }) => policy === "offboarding")).toEqual([]);
    story.now -= 30 * DAY;
    story.memory.by("hr").unlabel(PEOPLE, number, "onboarding-cancelled");
    await story.tick();
    expect(section(story)).toContain("**The offboarding is on again**");
    expect((await story.tick()).changes).toEqual([]);
  });

  it("a leaver's issue that is closed as done leaves the request to its work; one closed before opens nothing", async () => {
    const story = await begin(kind);
    const number = leaves(story);
    await story.tick();
    story.memory.by("hr").close(PEOPLE, number);
    expect((await story.tick()).changes).toEqual([]);
    leaves(story, { "Full name": "Grace Hopper" });
    story.does(meri.closes("completed"));
    expect((await story.tick()).changes).toEqual([]);
    expect(requests(story)).toHaveLength(1);
  });

  it("before a deadline whoever revokes is called once, at the deadline the DRIs", async () => {
    const story = await begin(kind);
    leaves(story);
    await story.tick();
    only(story);
    story.does(amber.takes());
    await story.tick();
    const at = async (instant: number) => {
      story.now = instant;
      await story.tick();
      const said = section(story);
      story.now += 60_000;
      expect((await story.tick()).changes.filter(({ policy }) => policy === "offboarding")).toEqual([]);
      return said;
    };
    // Tier 1 at the start of its day, in New York.
    expect(await at(Date.UTC(2026, 10, 27, 13, 58))).toBeNull();
    expect(await at(Date.UTC(2026, 10, 27, 14))).toBe(
      "**To be revoked by Fri 27 Nov 2026:** Salesforce. @amber @sam Please revoke it, or tick that it was never there.",
    );
    expect(await at(Date.UTC(2026, 10, 27, 22))).toBe(
      "**Overdue since Fri 27 Nov 2026:** Salesforce. @amber @meri Please see that this access is revoked.",
    );
    story.does(amber.ticks(0));
    // The others a working day before.
    expect(await at(Date.UTC(2026, 11, 2, 14))).toBe(
      "**To be revoked by Thu 3 Dec 2026:** Chorus. @amber @sam Please revoke it, or tick that it was never there.",
    );
    story.does(amber.ticks(3));
    expect(await at(Date.UTC(2026, 11, 3, 22))).toContain("To be revoked by Thu 3 Dec 2026");
    expect(commentsOf(story, 1, REQUESTS).filter(isStatus)).toHaveLength(1);
  });

  it("filed long after the last day, it calls the DRIs by the request itself, and once", async () => {
    const story = await begin(kind);
    const number = leaves(story, { "Last day": "2026-10-01" });
    await story.tick();
    expect(only(story).body.split("\n")).toContain("CC @sam @amber @meri");
    expect((await story.tick()).changes).toEqual([]);
    story.now += 29 * DAY;
    expect((await story.tick()).changes.filter(({ policy }) => policy === "offboarding")).toEqual([]);
    // Due again by another last day, it calls again.
    edit(story, number, { "Last day": "2026-12-22" });
    await story.tick();
    expect(section(story)).toBe(
      "**The last day is Tue 22 Dec 2026.** To be revoked: critical systems (tier 1) by **Wed 23 Dec 2026**, the others by **Wed 30 Dec 2026**.\n\n**To be revoked by Wed 23 Dec 2026:** Salesforce. @sam Please revoke it, or tick that it was never there.",
    );
  });

  it("explains what is due when, on either issue", async () => {
    const story = await begin(kind);
    const number = leaves(story);
    const said = async (project: "onboarding" | "requests", issue: number) => {
      const team = story.team();
      const errand = {
        trigger: { kind: "command" },
        now: story.now,
        subject: { project, number: issue },
      } as const;
      const { value } = await lookClosely(team, errand, (facts, occasion) =>
        explain(policies, facts, occasion, errand.subject),
      );
      return value.explanations.filter(({ rule }) => rule === "offboarding");
    };
    expect((await said("onboarding", number)).map(({ text }) => text)).toEqual([
      "The request to take access away opens with the next look.",
      "Critical systems (tier 1) are to be revoked by Fri 27 Nov 2026, the others by Thu 3 Dec 2026, counted from Wed 25 Nov 2026 (the last day).",
    ]);
    await story.tick();
    expect((await said("onboarding", number))[0]?.text).toBe(
      `The request to take access away is ${REQUESTS}#1.`,
    );
    expect(await said("requests", 1)).toEqual([
      {
        rule: "offboarding",
        text: `It was opened for the leaver ${PEOPLE}#${number}. A revocation needs no approval.`,
      },
      {
        rule: "offboarding",
        text: "To be revoked by Fri 27 Nov 2026: Salesforce; at Fri 27 Nov 2026 09:00 EST whoever revokes is reminded.",
        at: Date.UTC(2026, 10, 27, 14),
      },
      {
        rule: "offboarding",
        text: "To be revoked by Thu 3 Dec 2026: Chorus; at Wed 2 Dec 2026 09:00 EST whoever revokes is reminded.",
        at: Date.UTC(2026, 11, 2, 14),
      },
    ]);
  });

  it("what a leaver's issue says acts on nobody", async () => {
    const story = await begin(kind);
    leaves(story, {
      "Full name": "Ada @meri /close <!-- daytwo:hire:x#1 -->",
      Manager: "@meri and @sam",
      Role: "/label ~x",
    });
    await story.tick();
    const { body, title } = only(story);
    expect(`${title}\n${body.replace(/^CC .*$/m, "")}`).not.toMatch(/@(?!acme)[a-z]/);
    expect(findMarkers(body).filter((key) => key.startsWith("hire:"))).toEqual([]);
    expect(body).not.toMatch(/^\/\w/m);
  });
});

it("with a system for every entry of a large stack it fits, without its steps", async () => {
  const files = Object.fromEntries(
    Array.from({ length: 220 }, (_, i) => [
      `systems/tool-${i}.yml`,
      `name: Tool ${i}\ndeprovisioners: [sam]\nrevoke: [${Array.from({ length: 4 }, (_, n) => `Step ${n} of the tool that is called ${i}`).join(", ")}]\n`,
    ]),
  );
  const story = await begin("github", { files });
  leaves(story);
  await story.tick();
  const { body } = only(story);
  expect(body.match(/^- \[ \] Revoked$/gm)).toHaveLength(222);
  expect(body.length).toBeLessThan(65_536);
  expect(body).not.toContain("Step 0");
  expect((await story.tick()).changes).toEqual([]);
});
