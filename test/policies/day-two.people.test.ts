import { describe, expect, it } from "vitest";
import type { Trigger } from "../../src/model.ts";
import { reconcile } from "../../src/run/reconcile.ts";
import { DAY, HOLD, MINUTE, PEOPLE, REQUESTS, STATE, Story } from "../story.ts";
import {
  ADA,
  ADA_DUE,
  BASELINE_LABELS,
  expectRequest,
  type Fields,
  file,
  form,
  GENERAL_LABELS,
  KINDS,
  labelsOf,
  ownComments,
  requests,
} from "./hires.ts";

const begin = (kind: (typeof KINDS)[number], more = {}) =>
  Story.begin({ kind, via: "memory", at: ADA_DUE, ...more });

/** Whom daytwo called, and where. */
const called = (story: Story, project = REQUESTS) =>
  story.memory.notified
    .filter((one) => one.by === "daytwo" && one.project === project)
    .map(({ handle }) => handle)
    .sort();

describe.each(KINDS)("the manager of a hire (%s)", (kind) => {
  it.each([
    { what: "a handle of a member", manager: "@hr", shown: "| Manager | @hr |", calls: true },
    { what: "a bare handle of a member", manager: "hr", shown: "| Manager | @hr |", calls: true },
    { what: "a handle in another case", manager: "@HR", shown: "| Manager | @HR |", calls: true },
    {
      what: "a linked handle",
      manager: "[@hr](https://example.com/hr)",
      shown: "| Manager | @hr |",
      calls: true,
    },
    { what: "a handle of nobody here", manager: "@grace", shown: "| Manager | @\u200bgrace |", calls: false },
    { what: "a name", manager: "Grace Hopper", shown: "| Manager | Grace Hopper |", calls: false },
    {
      what: "several handles",
      manager: "@hr @sam",
      shown: "| Manager | @\u200bhr @\u200bsam |",
      calls: false,
    },
    {
      what: "handles on two lines",
      manager: "@hr\n@sam",
      shown: "| Manager | @\u200bhr @\u200bsam |",
      calls: false,
    },
    {
      what: "a handle in a sentence",
      manager: "ask @hr",
      shown: "| Manager | ask @\u200bhr |",
      calls: false,
    },
    { what: "a group", manager: "@acme/everyone", shown: "| Manager | @\u200bacme/everyone |", calls: false },
    { what: "all", manager: "@all", shown: "| Manager | @\u200ball |", calls: false },
    { what: "nobody", manager: "_No response_", shown: "| Manager | _not given_ |", calls: false },
  ])("$what is shown as it should be", async ({ manager, shown, calls }) => {
    const story = await begin(kind);
    const hire = file(story, { Manager: manager });
    await story.tick();
    expect(expectRequest(story, hire).body).toContain(shown);
    expect(called(story)).toEqual(["amber", "meri", ...(calls ? ["hr"] : [])].sort());
    expect(called(story, PEOPLE)).toEqual([]);
  });

  it("is mentioned only in the project they are a member of", async () => {
    const story = await begin(kind);
    story.memory.addAccount("lead");
    story.memory.grant(PEOPLE, "lead", "read");
    const hire = file(story, { Manager: "@lead", Role: "Falconer" });
    await story.tick();
    const request = expectRequest(story, hire, {
      title: "Access request: Ada Lovelace, Falconer",
      labels: GENERAL_LABELS,
    });
    expect(request.body).toContain("| Manager | @\u200blead |");
    expect(called(story)).toEqual(["amber", "meri"]);
    expect(called(story, PEOPLE)).toEqual(["amber", "lead", "meri"]);
  });
});

describe.each(KINDS)("a role no baseline knows (%s)", (kind) => {
  it.each([
    { manager: "@hr", says: "@hr, @amber, @meri: please say which systems Ada Lovelace needs." },
    { manager: "Grace Hopper", says: "Grace Hopper, @amber, @meri: please say which systems" },
    {
      manager: "_No response_",
      says: "\n\nNo baseline says what **Falconer** gets, so the request asks. @amber, @meri: please say",
    },
  ])(
    "opens with the general template; one comment names $manager and the DRIs",
    async ({ manager, says }) => {
      const story = await begin(kind);
      const hire = file(story, { Role: "Falconer", Manager: manager });
      await story.tick();
      const waits = manager === "@hr";
      const { body } = expectRequest(story, hire, {
        title: "Access request: Ada Lovelace, Falconer",
        labels: waits ? [...GENERAL_LABELS, story.config.requests.approval.waiting] : GENERAL_LABELS,
      });
      expect(body.includes("It waits for the approval of @hr: a comment `/ar approve`.")).toBe(waits);
      expect(body).toContain("No baseline says what this role gets");
      expect(body.includes("and the DRIs, please name")).toBe(!manager.startsWith("_"));
      expect(body).not.toContain("### Salesforce");
      expect(ownComments(story, hire)[0]).toContain(says);
      story.now += DAY;
      const { changes } = await story.tick();
      expect(changes.filter(({ policy }) => policy !== "reminders")).toEqual([]);
    },
  );

  it("with nobody to ask says so without calling anybody", async () => {
    const story = await begin(kind, {
      files: { "baselines/ae.yml": "role: Somebody Else\nsystems: { chorus: Member }\n" },
    });
    const hire = file(story, {});
    await story.tick();
    expect(ownComments(story, hire)[0]).toContain("No baseline says what **Account Executive** gets");
  });
});

const SYSTEM = (name: string, more = "") =>
  `name: ${name}\nprovisioners: [amber, sam]\ndeprovisioners: [amber]\ntasks: [Give ${name}]\n${more}`;
const BASELINES = {
  "baselines/ae.yml": "role: Account Executive\nsystems: { chorus: Anywhere }\n",
  "baselines/ae-sales.yml": "role: Account Executive\ndepartment: Sales\nsystems: { chorus: InSales }\n",
  "baselines/ae-sales-emea.yml":
    "role: Account Executive\ndepartment: Sales\nregion: EMEA\nsystems: { chorus: InEmea }\n",
  "baselines/any.yml": 'role: "*"\nsystems: { chorus: Whoever }\n',
};

describe.each(KINDS)("what a baseline gives (%s)", (kind) => {
  it.each<{ fields: Fields; gets: string; role?: string }>([
    { fields: {}, gets: "Anywhere" },
    { fields: { Region: "EMEA" }, gets: "Anywhere" },
    { fields: { Department: "Sales" }, gets: "InSales" },
    { fields: { Department: " sales " }, gets: "InSales" },
    { fields: { Department: "Sales", Region: "APAC" }, gets: "InSales" },
    { fields: { Department: "Sales", Region: "emea" }, gets: "InEmea" },
    { fields: { Role: "account  executive" }, gets: "Anywhere", role: "account executive" },
    { fields: { Role: "Controller", Department: "Sales" }, gets: "Whoever", role: "Controller" },
  ])("the most specific one wins: $fields", async ({ fields, gets, role = "Account Executive" }) => {
    const story = await begin(kind, { files: BASELINES });
    const hire = file(story, fields);
    await story.tick();
    const title = `Access request: Ada Lovelace, ${role}`;
    const request = requests(story)[0];
    // A role is printed as it was written.
    expect(request?.title.replace(/\s+/g, " ")).toBe(title);
    expect(request && labelsOf(request)).toEqual([...BASELINE_LABELS].sort());
    expect(request?.body).toContain(`### Chorus: ${gets}`);
    expect(hire).toBe(1);
  });

  it("each system comes after those it depends on, with its role, list, steps and owner", async () => {
    const story = await begin(kind, {
      files: {
        "systems/apex.yml": SYSTEM("Apex", "depends_on: [middle, salesforce]\ninvite: lines\n"),
        "systems/middle.yml": SYSTEM("Middle", "depends_on: [salesforce]\ninvite: semicolon\nowner: sam\n"),
        "systems/other.yml": SYSTEM("Other", "depends_on: [chorus]\nroles: { default: Member }\n"),
        "systems/roles.yml": SYSTEM(
          "Roles",
          "roles: { default: Member, by_role: { account executive: Recorder } }\ndocs: https://docs.example.com/roles\n",
        ),
        "baselines/ae.yml":
          "role: Account Executive\nsystems: { apex: A, other: default, roles: default, middle: M, salesforce: S }\n",
      },
    });
    const hire = file(story, {});
    await story.tick();
    const { body } = expectRequest(story, hire);
    const order = [...body.matchAll(/^### (.*)$/gm)].map(([, name]) => name);
    expect(order).toEqual(["Salesforce: S", "Middle: M", "Apex: A", "Other: Member", "Roles: Recorder"]);
    expect(body).toContain("Invite list: `ada@acme.com`");
    expect(body).toContain("Invite list: \n\n```\nada@acme.com\n```");
    expect(body).toContain("Owner: sam");
    expect(body).toContain("[How it is done](https://docs.example.com/roles)");
    expect(body.match(/^- \[ \] /gm)).toHaveLength(6);
  });

  it.each([
    { email: "_No response_", shown: "_not given_" },
    { email: "ada at acme", shown: "ada at acme" },
    { email: "ada@acme.com, bob@acme.com", shown: "ada@acme.com, bob@acme.com" },
  ])("an invite list has addresses only: $email", async ({ email, shown }) => {
    const story = await begin(kind);
    const hire = file(story, { "Work email": email });
    await story.tick();
    const { body } = expectRequest(story, hire);
    expect(body).toContain(`| Work e-mail | ${shown} |`);
    expect(body).not.toContain("Invite list");
  });

  it.each(["Ada <ada@acme.com>", "[Ada](mailto:ada@acme.com)", "mailto:ada@acme.com", "<ada@acme.com>"])(
    "an address is read out of %s",
    async (email) => {
      const story = await begin(kind);
      const hire = file(story, { "Work email": email });
      await story.tick();
      expect(expectRequest(story, hire).body).toContain("Invite list: `ada@acme.com`");
    },
  );

  it("its own template and labels come on top; nobody is assigned whatever the template says", async () => {
    const story = await begin(kind, {
      files: {
        "issue-templates/new-hire.md":
          '---\nname: Ours\ndescription: Our own.\ntitle: "AR for {{hire.name}}"\nlabels: ["team::ops"]\nassignees: ["sam"]\n---\nHello {{hire.name}}\n\n{{cc dris}}\n\nOnboarding issue: {{onboarding.ref}}\n',
      },
    });
    story.memory.addLabel(REQUESTS, "team::ops");
    const hire = file(story, {});
    await story.tick();
    expectRequest(story, hire, { title: "AR for Ada Lovelace", labels: [...BASELINE_LABELS, "team::ops"] });
  });

  it("approval that nobody requires is not labelled", async () => {
    const story = await begin(kind, { config: "requests: { approval: { required: false } }\n" });
    const hire = file(story, {});
    await story.tick();
    expectRequest(story, hire, { labels: GENERAL_LABELS });
  });
});

describe.each(KINDS)("many hires at once (%s)", (kind) => {
  it("each gets their own request, linked to their own issue", async () => {
    const story = await begin(kind);
    const hires = Array.from({ length: 12 }, (_, i) => file(story, { "Full name": `Hire ${i}` }));
    await story.tick();
    expect(
      requests(story)
        .map(({ title }) => title)
        .sort(),
    ).toEqual(hires.map((_, i) => `Access request: Hire ${i}, Account Executive`).sort());
    for (const request of requests(story)) {
      const hire = Number(/acme\/people#(\d+)\]/.exec(request.body)?.[1]);
      expect(ownComments(story, hire)[0]).toContain(`${REQUESTS}#${request.number}]`);
      expect(story.memory.issue(PEOPLE, hire).body).toContain(/Hire \d+/.exec(request.title)?.[0]);
    }
    expect((await story.tick()).changes).toEqual([]);
  });

  it("one that cannot be read does not keep the others waiting", async () => {
    const story = await begin(kind);
    file(story, { "Start date": "soon" });
    const hire = file(story, {});
    file(story, { Country: "Atlantis" });
    const { problems } = await story.tick();
    expect(problems).toHaveLength(2);
    expectRequest(story, hire);
  });
});

describe.each(KINDS)("one event about a hire (%s)", (kind) => {
  it("opens the request when it is due, and only then", async () => {
    const story = await Story.begin({ kind, via: "memory", at: ADA_DUE - DAY });
    const hire = file(story, {});
    await story.handle();
    expect(requests(story)).toEqual([]);
    story.now = ADA_DUE + MINUTE;
    story.memory.by("hr").comment(PEOPLE, hire, "Ada is here.");
    await story.handle();
    expectRequest(story, hire);
    story.memory.by("hr").edit(PEOPLE, hire, { body: form({ ...ADA, "Start date": "2026-11-30" }) });
    story.now += MINUTE;
    await story.handle();
    expect(ownComments(story, 1, REQUESTS)[0]).toContain("**The start has moved**");
    story.memory.by("hr").label(PEOPLE, hire, "onboarding-cancelled");
    story.now += MINUTE;
    await story.handle();
    expect(requests(story).map(labelsOf)[0]).toEqual(expect.arrayContaining([HOLD.cancelled, STATE.on_hold]));
    expect((await story.tick()).changes).toEqual([]);
  });

  it("before it is due, reads one issue and no list", async () => {
    const story = await begin(kind, { at: ADA_DUE - DAY });
    const hire = file(story, {});
    const team = story.team();
    const trigger: Trigger = { kind: "delivery", deliveries: [], project: "onboarding" };
    const subject = { project: "onboarding", number: hire } as const;
    await reconcile(team, { trigger, now: story.now, subject });
    expect(Object.fromEntries(team.forges.requests?.requests() ?? [])).not.toHaveProperty("GET issues");
    expect(Object.fromEntries(team.forges.onboarding?.requests() ?? [])).not.toHaveProperty("GET issues");
  });
});
