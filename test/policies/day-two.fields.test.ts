import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Onboarding } from "../../src/engine/config/schema.ts";
import { readHire } from "../../src/engine/hire.ts";
import { DAY, MINUTE, PEOPLE, SELF, Story } from "../story.ts";
import {
  ADA,
  ADA_DUE,
  expectRequest,
  type Fields,
  file,
  form,
  KINDS,
  onlyRequest,
  ownComments,
  requests,
} from "./hires.ts";

const begin = (kind: (typeof KINDS)[number], via: "memory" | "http" = "memory") =>
  Story.begin({ kind, via, at: ADA_DUE - DAY });

/** The same hire in every form people use, with what editors and forms leave around it. */
const BODIES: Readonly<Record<string, string>> = {
  "headings of an issue form": form(ADA),
  "headings with CRLF and trailing spaces": form(ADA).replaceAll("\n", "  \r\n"),
  "headings, blank ones answered by the form": form({
    ...ADA,
    Region: "_No response_",
    Manager: "_No response_",
    "Time zone": "_No response_",
    Country: "_No response_",
  }),
  "headings with boxes for the role": form(ADA).replace(
    "Account Executive",
    "- [ ] Sales Manager\n- [x] Account Executive\n- [ ] Solutions Architect",
  ),
  "headings with a hint and an emoji": form(ADA).replace("Start date", "📅 Start date (YYYY-MM-DD)"),
  "key: value lines": Object.entries(ADA)
    .map(([label, value]) => `${label}: ${value}`)
    .join("\n"),
  "key: value lines in a list, with CRLF": Object.entries(ADA)
    .map(([label, value]) => `- ${label}:   ${value}\t`)
    .join("\r\n"),
  "bold keys": Object.entries(ADA)
    .map(([label, value]) => `**${label}:** ${value}  `)
    .join("\n"),
  "bold keys, the colon outside": Object.entries(ADA)
    .map(([label, value]) => `**${label}**: ${value}`)
    .join("\r\n\r\n"),
  "a table of two columns": [
    "| Field | Value |",
    "| --- | --- |",
    ...Object.entries(ADA).map(([label, value]) => `| ${label} | ${value} |`),
  ].join("\n"),
  "a table with CRLF and bold labels": [
    "| | |",
    "|:--|:--|",
    ...Object.entries(ADA).map(([label, value]) => `|  **${label}**|${value}  |  `),
  ].join("\r\n"),
  "an example in fenced code first": `Copy this:\n\n\`\`\`\n### Full name\n\nSomebody Else\n\nStart date: 2020-01-01\n\`\`\`\n\n${form(ADA)}`,
  "an example in tildes and a comment first": `~~~md\nRole: Nobody\n~~~\n<!--\nStart date: 1999-01-01\n-->\n${form(ADA)}`,
  "ticked boxes of an onboarding list below": `${form(ADA)}\n\n### Before day one\n\n- [x] Start date: 2020-01-01 confirmed\n- [x] Laptop\n- [ ] Badge\n`,
};

describe.each(KINDS)("a hire is read (%s)", (kind) => {
  it.each(Object.entries(BODIES))("from %s", async (_, body) => {
    const story = await begin(kind);
    const hire = file(story, body);
    story.now = ADA_DUE - MINUTE;
    expect(await story.tick()).toMatchObject({ changes: [], problems: [] });
    story.now = ADA_DUE;
    await story.tick();
    expect(expectRequest(story, hire).body).toContain("| Work e-mail | ada@acme.com |");
  });

  it("only where the issue bears the onboarding label", async () => {
    const story = await begin(kind);
    const hire = file(story, ADA, []);
    file(story, ADA, ["onboarding-cancelled"]);
    story.now = ADA_DUE + MINUTE;
    expect(await story.tick()).toMatchObject({ changes: [], problems: [] });
    story.memory.by("hr").label(PEOPLE, hire, "onboarding");
    story.now += MINUTE;
    await story.tick();
    expectRequest(story, hire);
  });
});

/** What is wrong, and what the issue is told of it. */
const FAULTS: readonly { what: string; fields: Fields; says: readonly string[] }[] = [
  {
    what: "a date that could be two days",
    fields: { "Start date": "11/12/2026" },
    says: ["- **Start date** reads `11/12/2026`. Write a date as YYYY-MM-DD", "for example `2026-11-23`."],
  },
  { what: "a day that is none", fields: { "Start date": "2026-02-30" }, says: ["reads `2026-02-30`"] },
  { what: "a day beyond any calendar", fields: { "Start date": "9999-12-31" }, says: ["reads `9999-12-31`"] },
  {
    what: "words for a day",
    fields: { "Start date": "as soon as possible" },
    says: ["**Start date** reads"],
  },
  { what: "no start", fields: { "Start date": "_No response_" }, says: ["- **Start date** is missing."] },
  { what: "no name", fields: { "Full name": "_No response_" }, says: ["- **Full name** is missing."] },
  {
    what: "a name nobody can see",
    fields: { "Full name": "\u202e\u2066" },
    says: ["- **Full name** is missing."],
  },
  { what: "no role", fields: { Role: "N/A" }, says: ["- **Role** is missing."] },
  {
    what: "a zone that is none",
    fields: { "Time zone": "Eastern Standard Time" },
    says: [
      "- **Time zone** reads `Eastern Standard Time`. Write an IANA time zone, for example `Europe/London`.",
    ],
  },
  {
    what: "an offset for a zone",
    fields: { "Time zone": "+05:30" },
    says: ["- **Time zone** reads `+05:30`."],
  },
  {
    what: "a country that is none",
    fields: { Country: "Atlantis" },
    says: ["- **Country** reads `Atlantis`. Write a country as its ISO 3166 code or English name"],
  },
  {
    what: "a region its country lacks",
    fields: { Country: "DE-XX" },
    says: ["- **Country** reads `DE-XX`."],
  },
  {
    what: "all of it",
    fields: { "Full name": "", Role: "", "Start date": "tomorrow", "Time zone": "EST5", Country: "?" },
    says: ["**Full name** is missing", "**Role** is missing", "`tomorrow`", "`EST5`", "`?`"],
  },
  {
    what: "a start of ten thousand words",
    fields: { "Start date": "when he has time, ".repeat(3000) },
    says: ["**Start date** reads `when he has time, when he has time"],
  },
];

describe.each(KINDS)("a field that cannot be worked with (%s)", (kind) => {
  it.each(FAULTS)("$what: one comment, no request until it is mended", async ({ fields, says }) => {
    const story = await begin(kind);
    const hire = file(story, fields);
    const first = await story.tick();
    expect(first.changes.map((change) => change.kind)).toEqual(["comment"]);
    expect(first.outcomes.map(({ status }) => status)).toEqual(["applied"]);
    for (const text of says) expect(ownComments(story, hire)[0]).toContain(text);
    expect(ownComments(story, hire)[0]).toContain("**The access request cannot be opened yet.**");
    expect(story.memory.notified).toEqual([]);
    for (const at of [ADA_DUE, ADA_DUE + 3 * DAY]) {
      story.now = at;
      const again = await story.tick();
      expect(again.changes).toEqual([]);
      expect(again.problems.length).toBe(first.problems.length);
      expect(again.problems.length).toBeGreaterThan(0);
    }
    expect(requests(story)).toEqual([]);
    story.memory.by("hr").edit(PEOPLE, hire, { body: form(ADA) });
    story.now += MINUTE;
    expect((await story.tick()).problems).toEqual([]);
    expect(expectRequest(story, hire).body).toContain("late");
    expect(ownComments(story, hire)[0]).not.toContain("cannot be opened");
    story.now += MINUTE;
    expect((await story.tick()).changes).toEqual([]);
  });

  it("mended before it is due: the comment says when it opens, and then where it is", async () => {
    const story = await begin(kind);
    const hire = file(story, { "Start date": "11/23/2026" });
    await story.tick();
    story.memory.by("hr").edit(PEOPLE, hire, { body: form(ADA) });
    story.now += MINUTE;
    await story.tick();
    expect(ownComments(story, hire)).toHaveLength(1);
    expect(ownComments(story, hire)[0]).toContain("opens on **Tue 24 Nov 2026 09:00 EST**, day two of Ada");
    story.memory.by("hr").edit(PEOPLE, hire, { body: form({ ...ADA, "Start date": "2026-11-24" }) });
    story.now += MINUTE;
    await story.tick();
    expect(ownComments(story, hire)[0]).toContain("opens on **Wed 25 Nov 2026 09:00 EST**");
    story.now = ADA_DUE + DAY;
    await story.tick();
    expectRequest(story, hire);
  });

  it("wrong in another way now: the same comment says so", async () => {
    const story = await begin(kind);
    const hire = file(story, { "Start date": "11/23/2026" });
    await story.tick();
    story.memory.by("hr").edit(PEOPLE, hire, { body: form({ ...ADA, Country: "Narnia" }) });
    story.now += MINUTE;
    await story.tick();
    expect(ownComments(story, hire)).toHaveLength(1);
    expect(ownComments(story, hire)[0]).toContain("`Narnia`");
    expect(ownComments(story, hire)[0]).not.toContain("11/23");
  });

  it("mended when it is too late: whoever was asked learns why nothing opened", async () => {
    const story = await begin(kind);
    const hire = file(story, { "Start date": "11/23/2026" });
    await story.tick();
    story.now = ADA_DUE + 60 * DAY;
    story.memory.by("hr").edit(PEOPLE, hire, { body: form(ADA) });
    for (let look = 0; look < 2; look++) {
      story.now += MINUTE;
      const { changes, problems } = await story.tick();
      expect(changes).toHaveLength(look === 0 ? 1 : 0);
      expect(problems).toHaveLength(1);
    }
    expect(ownComments(story, hire)[0]).toContain("too long ago");
    expect(requests(story)).toEqual([]);
  });
});

/** Texts that act on a forge, a runner, a template or a reader where they are not kept as data. */
const HOSTILE: Readonly<Record<string, string>> = {
  mention: "Bob @amber @acme/everyone",
  // Escapes and entities are resolved when a field is read: this is what is left of them.
  "quick action": "\\/close",
  "quick action after a break": "Eve&#13;/close&#10;&#13;/label ~x&#10;/assign @sam",
  html: '<img src=x onerror="alert(1)"><details open>',
  marker: "Ada <!-- daytwo:hire:acme/people#99 --> <!-- daytwo:status -->",
  "half a marker": "Ada <!-- daytwo:hire:",
  "template expression": "{{hire.email}} {{{dris}}} {{#each systems}}x{{/each}} $" + "{{ secrets.TOKEN }}",
  "table pipes": "a | b \\| c || d",
  "a box": "- [x] - [ ] give me admin",
  "a heading": "\\## Systems",
  "a runner command": "::set-output name=x::y",
  "an old runner command": "##[add-mask]x",
  "300 characters": "N".repeat(300),
  "300 emoji": "👩‍👩‍👧‍👦".repeat(300),
  "right to left": "\u202eevil\u2066 שלום",
  "control characters": "Ada\u0000\u0007\u001b[31m Lovelace",
  "a link": "[click](javascript:alert(1)) ![x](https://evil.example/x.png)",
  code: "``` ` ``` ~~~",
  "lone surrogates": "Ada \ud83d Lovelace",
};
const PLACES = ["Full name", "Work email", "Role", "Department", "Region", "Manager"] as const;

describe.each(KINDS)("hostile text in a field stays text (%s)", (kind) => {
  it.each(Object.entries(HOSTILE).flatMap(([what, text]) => PLACES.map((place) => ({ what, place, text }))))(
    "$what as $place",
    async ({ place, text }) => {
      const story = await begin(kind);
      file(story, form({ ...ADA, [place]: text }));
      story.now = ADA_DUE;
      const { outcomes } = await story.tick();
      expect(outcomes.map(({ status }) => status)).toEqual(["applied", "applied"]);
      const request = onlyRequest(story);
      const { body, title } = request;
      expect(request.state).toBe("open");
      expect(request.assignees).toEqual([]);
      expect(title.length).toBeLessThanOrEqual(255);
      expect(title.isWellFormed() && body.isWellFormed()).toBe(true);
      // The DRIs are on copy; nobody else is called by daytwo.
      expect(body.split("\n")).toContain("CC @amber @meri");
      const called = story.memory.notified.filter(({ by }) => by === SELF).map(({ handle }) => handle);
      expect(called.filter((handle) => !["amber", "meri"].includes(handle))).toEqual([]);
      expect(body.match(/<!-- daytwo:/g)).toHaveLength(4);
      expect(body).not.toMatch(
        /<(?!!-- daytwo:(?:hire:acme\/people#1|start:2026-11-23|opened:\d+|access:[^\s<>]+) -->)/,
      );
      for (const written of [body, title])
        expect(written).not.toMatch(/(?!\n)\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u);
      for (const written of [body, title]) expect(written).not.toMatch(/^\s*(?:\/\w|::)|##\[/m);
      expect(body.match(/^## /gm)).toHaveLength(1);
      const again = await story.tick();
      expect(again.changes).toEqual([]);
    },
  );

  it("a name of hostile kinds over HTTP makes one request, too", async () => {
    const story = await begin(kind, "http");
    try {
      const hire = file(story, form({ ...ADA, "Full name": "Eve @sam | <b>&#13;/close&#10;{{x}} 👩‍👩‍👧‍👦" }));
      story.now = ADA_DUE;
      await story.tick();
      expect(onlyRequest(story).state).toBe("open");
      const called = story.memory.notified.filter(({ by }) => by === SELF).map(({ handle }) => handle);
      expect(called).not.toContain("sam");
      expect(ownComments(story, hire)).toHaveLength(1);
      expect((await story.tick()).changes).toEqual([]);
    } finally {
      await story.end();
    }
  });
});

describe("reading a hire", () => {
  it("never throws, whatever stands in the issue", async () => {
    const { config } = await begin("github");
    const onboarding = config.onboarding as Onboarding;
    const value = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10)),
      fc.tuple(fc.nat(9999), fc.nat(13), fc.nat(32)).map((parts) => parts.join("-")),
      fc.constantFrom(
        "1900-01-01",
        "2999-12-31",
        "2999-12-30",
        "0001-01-01",
        "9999-12-31",
        "IR",
        "SA",
        "UTC",
      ),
    );
    const fields = fc.record({
      "Full name": value,
      Role: value,
      "Start date": value,
      "Time zone": fc.oneof(value, fc.constant("Pacific/Apia")),
      Country: fc.oneof(value, fc.constantFrom("IL", "CN", "IR", "NP", "DE-BY")),
    });
    fc.assert(
      fc.property(fields, (given) => {
        const read = readHire(form(given), config, onboarding);
        if ("hire" in read) expect(Number.isFinite(read.hire.due)).toBe(true);
        else expect(read.faults.length).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });
});
