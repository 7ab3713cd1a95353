import { describe, expect, it } from "vitest";
import { requestFaultText } from "../../../src/engine/requests/fault.ts";
import { materialOf, readAccessRequest } from "../../../src/engine/requests/read.ts";
import { marker } from "../../../src/engine/text/safe.ts";
import { type ADA, bulk, config, heading, single } from "./setting.ts";

const read = (body: string, kind: "github" | "gitlab" = "github") =>
  readAccessRequest(body, config(kind), kind);
const faults = (body: string) => read(body)?.faults.map(requestFaultText);
const people = (body: string) =>
  read(body)?.people.map(({ name, email, systems }) => [name, email, systems.join()]);

describe("a request for one person", () => {
  it("is read", () => {
    expect(read(single())).toEqual({
      kind: "single",
      people: [
        {
          name: "Ada Lovelace",
          email: "ada@example.com",
          role: "Account Executive",
          region: "EMEA",
          manager: "meri",
          systems: ["salesforce", "chorus"],
          row: null,
        },
      ],
      manager: "meri",
      managers: ["meri"],
      justification: "She sells.",
      faults: [],
    });
  });

  it.each([
    ["by id, in any case", "CHORUS; salesforce", "chorus,salesforce"],
    ["as a list", "- Chorus\n- `Salesforce`", "chorus,salesforce"],
    ["as boxes, of which the ticked ones count", "- [x] Chorus\n- [ ] Salesforce\n- [X] C", "chorus,c"],
    ["by exact name where others are alike", "C++, c", "cpp,c"],
    ["by id where a name is two systems'", "twin-b", "twin-b"],
  ])("systems %s", (_, text, ids) => {
    expect(read(single({ Systems: text }))?.people[0]?.systems.join()).toBe(ids);
  });

  it.each<[string, Partial<typeof ADA>, string[]]>([
    [
      "no name",
      { "Full name": "_No response_" },
      ['"Full name" is missing: write the name of one person, for example Ada Lovelace.'],
    ],
    [
      "no address",
      { "Work email": "ada at acme" },
      ['"Work email" reads "ada at acme": write one e-mail address, for example ada.lovelace@example.com.'],
    ],
    [
      "two managers",
      { Manager: "@meri, @sam" },
      ['"Manager" reads "@meri, @sam": write the handle of one person, for example @their-handle.'],
    ],
    [
      "a system that is none",
      { Systems: "Salesforec" },
      [
        '"Systems" reads "Salesforec": write one or more of "C", "Chorus", "C++", "Outreach, Engage & Co", "Salesforce Inbox", "Salesforce", "twin-a", "twin-b". Did you mean "Salesforce"?',
      ],
    ],
    ["a name that is two systems'", { Systems: "Twin" }, [expect.stringContaining('"Systems" reads "Twin"')]],
    ["no box ticked", { Systems: "- [ ] Chorus" }, [expect.stringContaining('"Systems" is missing')]],
    ["no reason", { Justification: "None" }, ['"Justification" is missing: write what the access is for.']],
    ["a novel for a role", { Role: "x".repeat(201) }, [expect.stringContaining("in 200 characters at most")]],
    [
      "nothing at all",
      {
        "Full name": "",
        "Work email": "",
        Role: "",
        Region: "",
        Manager: "",
        Systems: "",
        Justification: "",
      },
      Array(7).fill(expect.stringContaining("is missing: write")),
    ],
  ])("with %s is faulty", (_, fields, wanted) => {
    expect(faults(single(fields))).toEqual(wanted);
  });

  it("takes handles as each forge has them", () => {
    const body = single({ Manager: "@me.ri" });
    expect(read(body, "gitlab")?.managers).toEqual(["me.ri"]);
    expect(read(body)?.managers).toEqual([]);
  });
});

describe("a request for many", () => {
  const WANTED = [
    ["Ada Lovelace", "ada@example.com", "salesforce,chorus"],
    ["Grace Hopper", "grace@example.com", "salesforce"],
  ];
  const CSV =
    "Name,Email,Role,Region,Systems\nAda Lovelace,ada@example.com,AE,EMEA,Salesforce; Chorus\nGrace Hopper,grace@example.com,SA,AMER,salesforce";
  const TABLE =
    "| systems | E-mail | NAME | Region | Role | Notes |\n|:--|--|--|--|--|--|\n| Salesforce, Chorus | <ada@example.com> | **Ada Lovelace** | EMEA | AE | new |\n| Salesforce | [Grace](mailto:grace@example.com) | Grace Hopper | AMER | SA | |";

  it.each([
    ["CSV", CSV],
    ["CSV with Windows line breaks", CSV.replaceAll("\n", "\r\n")],
    ["CSV in a fence", `Here they are:\n\n\`\`\`csv\n${CSV}\n\`\`\`\n\nThanks!`],
    ["CSV that is indented", CSV.replace(/^/gm, "    ")],
    ["CSV with a byte order mark", `\ufeff${CSV}`],
    ["CSV below a sentence", `These are the two:\n${CSV}`],
    ["CSV with blank lines and rows of nothing", `${CSV.replace("\nGrace", "\n\n,,,,\nGrace")}\n,,,,`],
    [
      "CSV with quotes",
      CSV.replace("Salesforce; Chorus", '"Salesforce, Chorus"').replace("Grace Hopper", '"Grace Hopper"'),
    ],
    ["what Excel copies", CSV.replaceAll(",", "\t")],
    [
      "what Excel saves where a comma is decimal",
      CSV.replace("; ", "+").replaceAll(",", ";").replace("+", ", "),
    ],
    ["a table", TABLE],
    ["a table in a quote", TABLE.replace(/^/gm, "> ")],
    ["a table without a rule", TABLE.replace(/\n\|:.*/, "")],
    ["a table in a fence", `~~~\n${TABLE.replaceAll("**", "")}\n~~~`],
    [
      "two lists under headings of their own",
      `#### EMEA\n\n${TABLE.split("\n").slice(0, 3).join("\n")}\n\n#### AMER\n\n\`\`\`\n${CSV.split("\n")
        .filter((_, i) => i !== 1)
        .join("\n")}\n\`\`\``,
    ],
    ["line breaks between systems", TABLE.replace("Salesforce, Chorus", "Salesforce<br>Chorus")],
  ])("is read from %s", (_, text) => {
    expect(faults(bulk(text))).toEqual([]);
    expect(people(bulk(text))).toEqual(WANTED);
    expect(read(bulk(text))?.people.map(({ row }) => row)).toEqual([1, 2]);
  });

  it("takes each person's own manager before everybody's", () => {
    const text = CSV.replace("Systems", "Systems,Manager").replace("Chorus", "Chorus,@sam").replace(/$/, ",");
    expect(read(bulk(text))).toMatchObject({ managers: ["sam", "meri"], manager: "meri", faults: [] });
    expect(read(bulk(text, { Manager: "" }))?.faults.map(requestFaultText)).toEqual([
      '"Manager" is missing: write the handle of the one person who approves, for example @their-handle.',
    ]);
    const all = text.replace(/,$/, ",@SAM");
    expect(read(bulk(all, { Manager: "_No response_" }))).toMatchObject({
      managers: ["sam"],
      manager: null,
      faults: [],
    });
  });

  it.each<[string, string, string[]]>([
    [
      "nothing",
      "_No response_",
      [
        expect.stringMatching(
          /^"People" reads "_No response_": write the header Name,Email,Role,Region,Systems/,
        ),
      ],
    ],
    [
      "a header alone",
      "Name,Email,Role,Region,Systems",
      ['"People" is missing: write at least one row below the header.'],
    ],
    [
      "no header",
      "Ada,ada@example.com,AE,EMEA,Chorus",
      [
        '"People" reads "Ada,ada@example.com,AE,EMEA,Chorus": write the header Name,Email,Role,Region,Systems above the rows.',
      ],
    ],
    [
      "a column that is misspelt",
      CSV.replace("Region", "Regoin"),
      [
        '"People" reads "Regoin": write one of the columns Name, Email, Role, Region, Systems, Manager. Did you mean "Region"?',
      ],
    ],
    [
      "a column too few",
      CSV.replaceAll(/,(AE|SA|Role)/g, ""),
      ['"People" reads "Name, Email, Region, Systems": write the column Role, too.'],
    ],
    [
      "a column twice",
      CSV.replace("Role", "Email"),
      [
        '"People" reads "Email twice": write the column Email once.',
        '"People" reads "Name, Email, Email, Region, Systems": write the column Role, too.',
      ],
    ],
    [
      "systems parted as columns are",
      CSV.replace("; ", ","),
      [
        '"People" in row 1 reads "Ada Lovelace, ada@example.com, AE, EMEA, Salesforce, Chorus": write 5 cells, as the header has; several systems are parted by semicolons.',
      ],
    ],
    [
      "a quote that is not closed",
      CSV.replace("Grace", '"Grace'),
      [
        expect.stringContaining('"People" in row 2'),
        ...Array(4).fill(expect.stringContaining("in row 2 is missing")),
      ],
    ],
    [
      "somebody twice",
      `${CSV}\nAda King,ADA@example.com,AE,EMEA,Chorus`,
      ['"Email" in row 3 reads "ADA@example.com": write each person once; row 1 has the same address.'],
    ],
    [
      "gaps",
      CSV.replace("AMER", "").replace("grace@example.com", "grace"),
      [
        '"Email" in row 2 reads "grace": write one e-mail address, for example ada.lovelace@example.com.',
        '"Region" in row 2 is missing: write where they work, for example EMEA.',
      ],
    ],
    [
      "a manager who is two",
      CSV.replace("Systems", "Systems,Manager").replace("Chorus", "Chorus,a and b"),
      [expect.stringContaining('"Manager" in row 1 reads "a and b"')],
    ],
    [
      "a second list without a header",
      `\`\`\`\n${CSV}\n\`\`\`\n\n\`\`\`\nBob,bob@example.com,AE,EMEA,Chorus\n\`\`\``,
      [expect.stringContaining("write the header")],
    ],
    [
      "words after the list",
      `${CSV}\nThanks!`,
      expect.arrayContaining([expect.stringContaining("in row 3 is missing")]),
    ],
  ])("with %s is faulty", (_, text, wanted) => {
    expect(faults(bulk(text))).toEqual(wanted);
  });

  it("is for 200 people at most", () => {
    const rows = (n: number) =>
      Array.from({ length: n }, (_, i) => `Person ${i},p${i}@example.com,AE,EMEA,chorus`).join("\n");
    const list = (n: number) => bulk(`Name,Email,Role,Region,Systems\n${rows(n)}`);
    expect(read(list(200))).toMatchObject({ faults: [] });
    expect(read(list(200))?.people).toHaveLength(200);
    expect(faults(list(201))).toEqual([
      '"People" reads "201 rows": write at most 200 people, and open another request for the rest.',
    ]);
  });
});

describe("what was filed through no form", () => {
  const claim = marker("form:access-request");

  it.each([
    ["a free text", "Please give Ada access to Chorus."],
    ["another form", heading({ "Full name": "Ada", Role: "AE", "Start date": "2026-11-23" })],
    ["a form that is only shown", `\`\`\`\n${claim}\n\`\`\``],
    ["the headings of a system", heading({ Systems: "", Salesforce: "- [ ] Create the user" })],
  ])("%s is no request", (_, body) => {
    expect(read(body)).toBeNull();
  });

  it("counts where it claims to be, or has the headings", () => {
    expect(read(`I need Chorus.\n\n${claim}`)?.faults).toHaveLength(7);
    expect(read(`Full name: Ada\nSystems: Chorus\n\n${claim}`)?.faults).toHaveLength(5);
    expect(read(heading({ "Work e-mail": "", "SYSTEMS:": "" }))?.kind).toBe("single");
    expect(read(heading({ "👥 People": "", Manager: "" }))?.kind).toBe("bulk");
  });
});

describe("what an approval rests on", () => {
  const of = (body: string) => {
    const request = read(body);
    return request && materialOf(request);
  };

  it.each([
    ["another reason", { Justification: "Because." }],
    ["another manager", { Manager: "sam" }],
    ["another region", { Region: "APAC" }],
    ["systems in another order", { Systems: "chorus; salesforce" }],
    ["white space", { Role: "Account  Executive" }],
    ["the case of the address", { "Work email": "Ada@Example.com" }],
  ])("is the same with %s", (_, fields) => {
    expect(of(single(fields))).toBe(of(single()));
  });

  it.each([
    ["person", { "Full name": "Ada King" }],
    ["address", { "Work email": "ada@example.org" }],
    ["role", { Role: "Account Manager" }],
    ["system", { Systems: "Salesforce" }],
  ])("is not the same with another %s", (_, fields) => {
    expect(of(single(fields))).not.toBe(of(single()));
  });
});
