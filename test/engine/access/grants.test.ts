import { describe, expect, test } from "vitest";
import { grantReader } from "../../../src/engine/access/grants.ts";
import type { AccessRecord } from "../../../src/engine/access/record.ts";
import { whoText } from "../../../src/engine/requests/grants.ts";
import type { Issue } from "../../../src/model.ts";
import { ADA, COMPLETED, config, filed, own, SELF } from "./setting.ts";

const deeds = grantReader({
  config,
  forge: "github",
  own: (author) => author === SELF,
  completed: ({ labels }) => labels.includes(COMPLETED),
});
const given = (issue: Issue) =>
  deeds(issue).gives.map(({ system, as }) => (as ? `${system} as ${as}` : system));
const taken = (issue: Issue) => deeds(issue).takes.map(({ system, how }) => `${system} ${how}`);

const TWO: Partial<AccessRecord> = { systems: { salesforce: "Standard", chorus: null } };

describe("what a hire's request gives", () => {
  test.each<[string, string, string[]]>([
    [
      "all boxes ticked",
      "### Salesforce\n- [x] a\n- [x] b\n### Chorus\n- [x] c",
      ["salesforce as Standard", "chorus"],
    ],
    ["a box open", "### Salesforce\n- [x] a\n- [ ] b\n### Chorus\n- [x] c", ["chorus"]],
    [
      "one struck beside one ticked",
      "### Salesforce\n- [x] a\n- [ ] ~~b~~",
      ["salesforce as Standard", "chorus"],
    ],
    ["all struck", "### Salesforce\n- [ ] ~~a~~\n- [ ] ~~b~~\n### Chorus\n- [x] c", ["chorus"]],
    ["all not applicable", "### Salesforce\n- [x] a (n/a)\n### Chorus\n- [x] c", ["chorus"]],
    ["no headings", "Done as agreed.", ["salesforce as Standard", "chorus"]],
    ["a heading without boxes", "### Salesforce\nDone.", ["salesforce as Standard", "chorus"]],
    [
      "the role in the heading",
      "### Salesforce: Standard\n- [ ] a\n### Chorus: Recorder\n- [x] c",
      ["chorus as Recorder"],
    ],
    [
      "headings below",
      "## Chorus\n#### First\n- [x] c\n#### Then\n- [ ] d\n## Salesforce\n- [x] a",
      ["salesforce as Standard"],
    ],
    [
      "a name that is the start of another",
      "### Salesforce Inbox\n- [x] a\n### Salesforce\n- [ ] b\n### Chorus\n- [x] c",
      ["chorus", "inbox"],
    ],
    [
      "boxes after a heading of no system",
      "### Salesforce\n- [x] a\n### Last\n- [ ] b\n### Chorus\n- [x] c",
      ["salesforce as Standard", "chorus"],
    ],
    [
      "ids and escapes",
      "### chorus\n- [x] c\n### \\Salesforce\n- [x] a",
      ["salesforce as Standard", "chorus"],
    ],
    [
      "headings and boxes shown in code",
      "```\n### Salesforce\n- [ ] a\n```",
      ["salesforce as Standard", "chorus"],
    ],
  ])("%s", (_, text, systems) => {
    expect(given(own(1, TWO, text))).toEqual(systems);
  });

  test("who, when and by which request", () => {
    expect(deeds(own(7, TWO, "### Salesforce\n- [x] a\n### Chorus\n- [ ] b")).gives).toEqual([
      {
        person: { name: ADA.name, email: ADA.email },
        role: ADA.role,
        region: ADA.region,
        system: "salesforce",
        as: "Standard",
        request: 7,
        url: "https://forge.example/7",
        at: 7000,
      },
    ]);
  });

  test("a system the team added, too, and in one without a baseline nothing else", () => {
    expect(given(own(1, {}, "## Steps\n- [x] Decide\n### Chorus: Recorder\n- [x] Invite"))).toEqual([
      "chorus as Recorder",
    ]);
    expect(given(own(1, {}, "## Steps\n- [x] Decide"))).toEqual([]);
  });

  test("a system that is configured no more", () => {
    expect(given(own(1, { systems: { oldtool: "User" } }, "### Old tool\n- [x] a"))).toEqual([
      "oldtool as User",
    ]);
  });

  test("nothing until it is Completed, and nothing by somebody else's word", () => {
    const done = "### Salesforce\n- [x] a";
    expect(given(own(1, TWO, done, { labels: ["access-request"] }))).toEqual([]);
    expect(given(own(1, TWO, done, { author: "mallory" }))).toEqual([]);
  });
});

describe("what a filed request gives", () => {
  const ADDRESS = whoText({ name: "Grace Hopper", email: "grace@example.com" });

  test("its ticked boxes, with the role that is in them", () => {
    const part = `### Chorus\n\n- [x] ${ADDRESS}: Recorder\n\n### Salesforce\n\n- [ ] ${ADDRESS}`;
    expect(given(filed(1, "Chorus, Salesforce", part))).toEqual(["chorus as Recorder"]);
    expect(deeds(filed(3, "Chorus, Salesforce", part)).gives[0]).toMatchObject({
      person: { name: "Grace Hopper", email: "grace@example.com" },
      role: "Architect",
      region: "AMER",
      request: 3,
      at: 3000,
    });
  });

  test.each([
    ["struck", `### Chorus\n\n- [x] ~~${ADDRESS}~~`],
    ["not applicable", `### Chorus\n\n- [x] ${ADDRESS} (n/a)`],
    ["under no system", `- [x] ${ADDRESS}`],
  ])("none that is %s", (_, part) => {
    expect(given(filed(1, "Chorus", part))).toEqual([]);
  });

  test("none before it is Completed", () => {
    expect(
      given(filed(1, "Chorus", `### Chorus\n\n- [x] ${ADDRESS}`, { labels: ["access-request"] })),
    ).toEqual([]);
  });

  test("what is no longer asked for, while its box is ticked", () => {
    const part = `### Salesforce\n\n- [x] ${ADDRESS}\n- [x] Alan Turing, \`alan@example.com\``;
    expect(deeds(filed(1, "Chorus", part)).gives).toMatchObject([
      { person: { name: "Grace Hopper" }, system: "salesforce", role: "Architect" },
      { person: { name: "Alan Turing", email: "alan@example.com" }, system: "salesforce", role: null },
    ]);
  });

  test("what its boxes say though another system of it is configured no more", () => {
    const [grant] = deeds(filed(1, "Chorus, Old tool", `### Chorus\n\n- [x] ${ADDRESS}`)).gives;
    expect(grant).toMatchObject({ system: "chorus", role: null, person: { email: "grace@example.com" } });
  });
});

describe("what an offboarding takes", () => {
  const leaver: Partial<AccessRecord> = { does: "revoke", systems: { salesforce: null, chorus: null } };
  const pair = (revoked: string, never: string) => `- [${revoked}] Revoked\n- [${never}] Never had access`;

  test("what is ticked, however far the rest", () => {
    const text = `### Salesforce\n\n${pair("x", " ")}\n\n### Chorus\n\n${pair(" ", "x")}\n\n### Salesforce Inbox\n\n${pair(" ", " ")}`;
    const request = own(9, leaver, text, { labels: ["access-request"] });
    expect(taken(request)).toEqual(["salesforce revoked", "chorus never"]);
    expect(given(request)).toEqual([]);
    expect(deeds(request).takes[0]).toMatchObject({ person: { email: ADA.email }, request: 9, at: 9000 });
  });

  test.each([
    ["struck", "### Chorus\n- [x] ~~Revoked~~\n- [ ] Never had access"],
    ["not applicable", "### Chorus\n- [x] Revoked (n/a)\n- [ ] Never had access"],
    ["another box", "### Chorus\n- [x] Ask the owner"],
    ["under no system", pair("x", " ")],
  ])("nothing where it is %s", (_, text) => {
    expect(taken(own(1, leaver, text))).toEqual([]);
  });

  test("a system that is configured no more: by its id, else once all is done", () => {
    const old: Partial<AccessRecord> = { does: "revoke", systems: { oldtool: "User" } };
    const open = { labels: ["access-request"] };
    expect(taken(own(1, old, `### oldtool\n${pair(" ", "x")}`, open))).toEqual(["oldtool never"]);
    expect(taken(own(1, old, `### The old tool\n${pair("x", " ")}`, open))).toEqual([]);
    expect(taken(own(1, old, `### The old tool\n${pair("x", " ")}`))).toEqual(["oldtool revoked"]);
  });

  test("nothing by somebody else's word", () => {
    expect(taken(own(1, leaver, `### Chorus\n${pair("x", " ")}`, { author: "mallory" }))).toEqual([]);
  });
});
