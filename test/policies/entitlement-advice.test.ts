import { afterEach, describe, expect, it, test } from "vitest";
import { plural } from "../../src/engine/access/advice.ts";
import { type AccessRecord, accessMarker } from "../../src/engine/access/record.ts";
import { marker } from "../../src/engine/text/safe.ts";
import { explain } from "../../src/plan/explain.ts";
import { entitlementAdvice } from "../../src/policies/entitlement-advice.ts";
import { lookClosely } from "../../src/run/reconcile.ts";
import { remembering } from "../run/memory.ts";
import {
  amber,
  DAY,
  MINUTE,
  person,
  REQUEST,
  REQUESTS,
  SELF,
  STATE,
  Story,
  type StoryOptions,
  sam,
} from "../story.ts";
import { ADA, ADA_DUE, file, KINDS } from "./hires.ts";

const NAME = "entitlement-advice";
const stories: Story[] = [];
afterEach(async () => {
  for (const story of stories.splice(0)) await story.end();
});

const FILES = {
  "systems/clari.yml": "name: Clari\nprovisioners: [amber, sam]\ndeprovisioners: [amber]\n",
};

async function begin(options: Partial<StoryOptions> = {}): Promise<Story> {
  const story = await Story.begin({ kind: "github", via: "memory", files: FILES, ...options });
  stories.push(story);
  return story;
}

let people = 0;
/** Somebody who was given something long ago. */
function had(
  story: Story,
  systems: AccessRecord["systems"],
  role = "Account Executive",
  region = "EMEA",
): void {
  people += 1;
  const record: AccessRecord = {
    does: "give",
    name: `Person ${people}`,
    email: `p${people}@example.com`,
    role,
    region,
    department: null,
    systems,
  };
  const body = `Done.\n\n- [x] All of it\n\n${marker(`hire:acme/people#${1000 + people}`)}\n${accessMarker(record)}`;
  story.open(SELF, { body, labels: [REQUEST, STATE.completed] });
}
const several = (count: number, what: () => void) => Array.from({ length: count }, what);

/** A request filed through the form. */
function filed(story: Story, fields: Readonly<Record<string, string>> = {}) {
  const all = {
    "Full name": "Grace Hopper",
    "Work email": "grace@example.com",
    Role: "Account Executive",
    Region: "EMEA",
    Manager: "@meri",
    Systems: "Clari",
    Justification: "forecasts",
    ...fields,
  };
  const body = Object.entries(all).map(([heading, text]) => `### ${heading}\n\n${text}`);
  return story.open("hr", { body: [marker("form:access-request"), ...body].join("\n\n") });
}

const advice = (story: Story): string | null => story.see().section(NAME);

describe.each(KINDS)("advice on a role that a request leaves open (%s)", (kind) => {
  it.each(["memory", "http"] as const)(
    "counts what others with the role and region have (%s)",
    async (via) => {
      const story = await begin({ kind, via });
      several(7, () => had(story, { clari: "Recorder" }));
      had(story, { clari: "Listener" });
      had(story, { clari: "Listener" }, "Account Executive", "AMER");
      had(story, { clari: "Admin" }, "Engineer");
      filed(story);
      const before = story.see().body;
      await story.tick();
      expect(advice(story)).toContain(
        "- **Clari**: 7 of 8 Account Executives in EMEA have Recorder, 1 Listener",
      );
      // Advice ticks nothing.
      const boxes = (body: string) => body.match(/\[x\]/g) ?? [];
      expect(boxes(story.see().body)).toEqual(boxes(before));
      await story.tick();
      expect((await story.tick()).changes).toEqual([]);
    },
  );

  it("is said by a webhook, too", async () => {
    const story = await begin({ kind });
    several(2, () => had(story, { clari: "Recorder" }));
    await story.handle();
    filed(story);
    await story.handle();
    expect(advice(story)).toContain("2 of 2 Account Executives in EMEA have Recorder");
  });

  it("is given for a hire whose role has no baseline, on every system the others have", async () => {
    const story = await begin({
      kind,
      files: { ...FILES, "baselines/ae.yml": "role: Nobody\nsystems: { clari: User }\n" },
    });
    several(2, () => had(story, { salesforce: "Standard", chorus: "Recorder", clari: null }));
    had(story, { salesforce: "Standard" });
    file(story, { ...ADA, Region: "EMEA" });
    story.now = ADA_DUE;
    await story.tick();
    story.about = { project: "requests", number: 4 };
    await story.tick();
    const lines = advice(story)
      ?.split("\n")
      .filter((line) => line.startsWith("- "));
    expect(lines).toEqual([
      "- **Salesforce**: 3 of 3 Account Executives in EMEA have Standard",
      "- **Chorus**: 2 of 3 Account Executives in EMEA have Recorder",
      "- **Clari**: 2 of 3 Account Executives in EMEA have it",
    ]);
    expect((await story.tick()).changes).toEqual([]);
  });

  it("is given for the one system of a baseline that names no role", async () => {
    const story = await begin({ kind });
    several(3, () => had(story, { salesforce: "Admin", chorus: "Recorder" }));
    file(story, { ...ADA, Region: "EMEA" });
    story.now = ADA_DUE;
    await story.tick();
    story.about = { project: "requests", number: 4 };
    await story.tick();
    expect(advice(story)).toContain("- **Chorus**: 3 of 3 Account Executives in EMEA have Recorder");
    expect(advice(story)).not.toContain("Salesforce");
  });
});

describe("advice", () => {
  it("says so where it is of any region", async () => {
    const story = await begin();
    several(2, () => had(story, { clari: "Recorder" }));
    filed(story, { Region: "APAC" });
    await story.tick();
    expect(advice(story)).toContain(
      "2 of 2 Account Executives in any region have Recorder (in APAC there are none yet)",
    );
  });

  it.each<[string, (story: Story) => void]>([
    ["nobody has that role", (story) => had(story, { clari: "Recorder" }, "Engineer")],
    ["nobody of that role has a role in it", (story) => had(story, { clari: null, chorus: "Recorder" })],
    ["nobody has anything", () => undefined],
  ])("is not given where %s", async (_, given) => {
    const story = await begin();
    given(story);
    filed(story);
    await story.tick();
    expect(advice(story)).toBeNull();
  });

  it.each<[string, Readonly<Record<string, string>>, StoryOptions["files"]?]>([
    [
      "the system gives that job a role",
      {},
      { "systems/clari.yml": `${FILES["systems/clari.yml"]}roles: { default: Member }\n` },
    ],
    ["the request has to be mended first", { "Work email": "nowhere" }],
  ])("is not given where %s", async (_, fields, files = FILES) => {
    const story = await begin({ files });
    had(story, { clari: "Recorder" });
    filed(story, fields);
    await story.tick();
    expect(advice(story)).toBeNull();
  });

  it("leaves out whom the request is for", async () => {
    const story = await begin();
    had(story, { clari: "Recorder" });
    filed(story, { "Work email": `P${people}@example.com` });
    await story.tick();
    expect(advice(story)).toBeNull();
  });

  it("is not rewritten when others are given something else, and is when something else is asked", async () => {
    const story = await begin();
    several(2, () => had(story, { clari: "Recorder", chorus: "Listener" }));
    const request = filed(story);
    await story.tick();
    const said = advice(story);
    expect(said).toContain("2 of 2");
    story.now += DAY;
    had(story, { clari: "Admin" });
    story.about = request;
    story.does(sam.takes());
    await story.tick();
    expect(advice(story)).toBe(said);
    story.does(person("hr").rewrites((body) => body.replace("\nClari", "\nChorus")));
    await story.tick();
    expect(advice(story)).toContain("- **Chorus**: 2 of 3 Account Executives in EMEA have Listener");
    expect(advice(story)).not.toContain("Clari");
  });

  it("is told by explain, too", async () => {
    const story = await begin();
    several(2, () => had(story, { clari: "Recorder" }));
    const ref = filed(story);
    await story.tick();
    const errand = { trigger: { kind: "command" }, now: story.now, subject: ref } as const;
    const { value } = await lookClosely(story.team(), errand, (facts, occasion) =>
      explain([entitlementAdvice], facts, occasion, ref),
    );
    const text = "Clari: 2 of 2 Account Executives in EMEA have Recorder.";
    expect(value.explanations).toEqual([{ rule: NAME, text }]);
  });

  it("is not for what is done or closed", async () => {
    const story = await begin();
    had(story, { clari: "Recorder" });
    filed(story);
    story.does(amber.puts(REQUEST), sam.closes("not_planned"));
    await story.tick();
    expect(advice(story)).toBeNull();
  });

  it("quotes what people wrote, and acts on nothing in it", async () => {
    const story = await begin();
    had(story, { clari: "@amber <b>x</b> /close" }, "Chief | of `Staff`", "[x](y)");
    filed(story, { Role: "Chief | of \\`Staff\\`", Region: "\\[x\\](y)" });
    await story.tick();
    expect(advice(story)).toContain("1 of 1");
    expect(advice(story)).not.toMatch(/@amber|<b>|(?<!\\)\[x\]\(y/);
  });

  it("makes a quiet tick read nothing more", async () => {
    const quiet = async (role: string) => {
      const story = await begin({ via: "http", memory: remembering() });
      several(3, () => had(story, { clari: "Recorder" }, role));
      filed(story);
      for (let i = 0; i < 3; i++) {
        story.now += MINUTE;
        await story.tick();
      }
      const before = story.sandbox?.log.length ?? 0;
      story.now += MINUTE;
      expect((await story.tick()).changes).toEqual([]);
      return (story.sandbox?.log ?? []).slice(before).map(({ path }) => path);
    };
    for (const role of ["Account Executive", "Somebody Else"]) {
      const paths = await quiet(role);
      expect(paths.filter((path) => !/\/issues\?/.test(path))).toEqual([]);
      // The two lists of a tick, and none of the ledger's.
      expect(paths.filter((path) => path.includes(REQUESTS))).toHaveLength(2);
    }
  });
});

test.each([
  ["Account Executive", "Account Executives"],
  ["Sales Secretary", "Sales Secretaries"],
  ["Attaché", "Attachés"],
  ["Coach", "Coaches"],
  ["Sales Ops", "Sales Ops"],
  ["Chief of Staff", "Chiefs of Staff"],
  ["Head of Sales", "Heads of Sales"],
  ["Director, Sales", "Directors, Sales"],
  ["Account Executive (SMB)", "Account Executives (SMB)"],
])("several of %s are %s", (one, many) => {
  expect(plural(one)).toBe(many);
});
