import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { labelKey, readFields } from "../../../src/engine/text/fields.ts";
import { readable } from "../../../src/engine/text/readable.ts";

const WANTED = {
  name: "Full name",
  email: "Work email",
  role: "Role",
  start: "Start date",
  manager: "Manager",
};
const values = (body: string) =>
  Object.fromEntries(
    Object.entries(readFields(body, WANTED)).flatMap(([name, field]) => (field ? [[name, field.value]] : [])),
  );

const ADA = {
  name: "Ada Lovelace",
  email: "ada.lovelace_x@acme.com",
  role: "Account Executive",
  start: "2026-11-24",
  manager: "@meri",
};

describe("the four forms", () => {
  test.each([
    [
      "an issue form",
      "### Full name\n\nAda Lovelace\n\n### Work email\n\nada.lovelace_x@acme.com\n\n### Role\n\nAccount Executive\n\n### Start date\n\n2026-11-24\n\n### Manager\n\n@meri\n",
    ],
    [
      "lines",
      "Full name: Ada Lovelace\nWork email : ada.lovelace_x@acme.com\nROLE:Account Executive\nstart-date: 2026-11-24\nManager:  @meri  ",
    ],
    [
      "a list",
      "- Full name: Ada Lovelace\n- Work email: ada.lovelace_x@acme.com\n* Role: Account Executive\n\n1. Start date: 2026-11-24\n2. Manager: @meri",
    ],
    [
      "bold keys",
      "**Full name:** Ada Lovelace\n**Work email**: ada.lovelace_x@acme.com\n__Role__ Account Executive\n- **Start date** – 2026-11-24\n\n_Manager:_ @meri",
    ],
    [
      "a table",
      "| Field | Value |\n|---|:-:|\n| start date | 2026-11-24 |\n| **Full name** | Ada Lovelace |\n| Work email | ada.lovelace\\_x@acme.com |\n| Role | Account Executive | surplus |\n| Manager | @meri |",
    ],
    [
      "a table whose header is data",
      "| Full name | Ada Lovelace |\n|---|---|\n| Work email | `ada.lovelace_x@acme.com` |\n| Role | Account Executive |\n| Start date: | 2026-11-24 |\n| Manager | @meri |",
    ],
    [
      "a table without a rule",
      "| Full name | Ada Lovelace |\n| Work email | <ada.lovelace_x@acme.com> |\n| Role | Account Executive |\n| Start date | 2026-11-24 |\n| Manager | @meri |",
    ],
    [
      "all of them",
      "Full name: Ada Lovelace\n\n**Role:** Account Executive\n\n| Start date | 2026-11-24 |\n|-|-|\n| Manager | @meri |\n\n## Work email\nada.lovelace_x@acme.com",
    ],
    [
      "setext headings and decorated ones",
      "Full name\n---\nAda Lovelace\n\n### 📧 **Work email**\nada.lovelace_x@acme.com\n\n# Role:\nAccount Executive\n\n###   Start date (YYYY-MM-DD)\n2026-11-24\n### Manager *\n@meri",
    ],
  ])("%s", (_, body) => {
    expect(values(body)).toEqual(ADA);
    expect(values(body.replaceAll("\n", "\r\n"))).toEqual(ADA);
    expect(values(body.replaceAll("\n", " \t\n"))).toEqual(ADA);
  });

  test("say where they were found and what stood there", () => {
    const body =
      "### Full name\n\n**Ada**\n\nRole: `AE`\n\n| Manager | [@meri](https://github.com/meri) |\n|-|-|\n\n__Start date:__ 2026-11-24";
    expect(readFields(body, WANTED)).toEqual({
      name: {
        value:
          "**Ada**\n\nRole: `AE`\n\n| Manager | [@meri](https://github.com/meri) |\n\n__Start date:__ 2026-11-24",
        raw: expect.any(String),
        line: 3,
        form: "heading",
        ticked: null,
      },
      email: null,
      role: { value: "AE", raw: "`AE`", line: 5, form: "line", ticked: null },
      manager: {
        value: "@meri",
        raw: "[@meri](https://github.com/meri)",
        line: 7,
        form: "table",
        ticked: null,
      },
      start: { value: "2026-11-24", raw: "2026-11-24", line: 10, form: "bold", ticked: null },
    });
  });
});

describe("what is no answer", () => {
  test.each([
    "_No response_",
    "*No response*",
    "No response",
    "None",
    "none",
    "N/A",
    "n/a",
    "-",
    "—",
    "",
    "  ",
    "\u00a0",
    "<!-- e.g. Ada -->",
    "**N/A**",
    "- [ ] one\n- [ ] two",
  ])("%j", (blank) => {
    expect(values(`### Full name\n\n${blank}\n\n### Role\n\nAE`)).toEqual({ role: "AE" });
    if (!blank.includes("\n")) {
      expect(values(`Full name: ${blank}\nRole: AE`)).toEqual({ role: "AE" });
      expect(values(`| Full name | ${blank} |\n|-|-|\n| Role | AE |`)).toEqual({ role: "AE" });
    }
  });

  test.each([
    ["in a fence", "```\nFull name: Eve\n```\n\nFull name: Ada"],
    ["in a tilde fence in a list", "- x\n  ~~~\n  Full name: Eve\n  ~~~\n\nFull name: Ada"],
    ["in indented code", "    Full name: Eve\n\nFull name: Ada"],
    ["in a comment", "<!-- Full name: Eve -->\nFull name: Ada"],
    ["in a comment of several lines", "<!--\n\nFull name: Eve\n### Full name\nEve\n-->\n\nFull name: Ada"],
    ["in <pre>", "<pre>\nFull name: Eve\n</pre>\n\nFull name: Ada"],
    ["in a quote", "> Full name: Eve\n\nFull name: Ada"],
    ["in a table of three columns", "| Full name | Eve | x |\n|-|-|-|\n\nFull name: Ada"],
    ["in the middle of a line", "Please note that the full name: Eve\n\nFull name: Ada"],
    ["under a fenced heading", "```\n### Full name\nEve\n```\nFull name: Ada"],
    ["as a later line", "Full name: Ada\nFull name: Eve"],
    ["as a later heading", "### Full name\nAda\n### Notes\nx\n### Full name\nEve"],
    ["as a line before the heading", "Full name: Eve\n\n### Full name\n\nAda"],
    ["after a comment on its line", "### Full name\n<!-- Eve --> Ada <!-- Eve -->"],
    ["after a comment's end", "### Full name\n<!-- Eve\n\nEve --> Ada"],
    ["as code beside an answer", "### Full name\n\n```\nEve\n```\n\nAda"],
  ])("Eve %s", (_, body) => {
    expect(values(body)).toEqual({ name: "Ada" });
    expect(values(body.replaceAll("\n", "\r\n"))).toEqual({ name: "Ada" });
  });

  test("no-break spaces are spaces", () => {
    expect(
      values("Full name:\u00a0Ada\u00a0Lovelace\u00a0\n\u00a0\n### Role\u00a0\n\n\u00a0AE \u00a0\n\u00a0"),
    ).toEqual({
      name: "Ada Lovelace",
      role: "AE",
    });
  });

  test("a heading left blank decides: lines elsewhere are no answer", () => {
    expect(values("### Manager\n\n_No response_\n\n### Notes\n\nManager: please call Bob")).toEqual({});
  });
});

describe("answers", () => {
  test("boxes give the ticked entries", () => {
    const { role } = readFields(
      "### Role\n\n- [x] Sales\n- [ ] Ops\n- [X] **Deal desk**\n\n### Manager\n- [ ] x",
      WANTED,
    );
    expect(role).toMatchObject({ value: "Sales, Deal desk", ticked: ["Sales", "Deal desk"], line: 3 });
  });

  test("several lines stay; an answer rendered as code is its content", () => {
    expect(values("### Role\n\nSells\n\n- things\n- more")).toEqual({ role: "Sells\n\n- things\n- more" });
    expect(values("### Role\n\n```csv\na,b\nc,d\n```\n")).toEqual({ role: "a,b\nc,d" });
    expect(values("### Role\n- AE")).toEqual({ role: "AE" });
    expect(values("**Role: AE**\n*Manager*: @meri")).toEqual({ role: "AE", manager: "@meri" });
    expect(values("Role： AE")).toEqual({ role: "AE" });
  });

  test.each([
    ["**x**", "x"],
    ["__x y__", "x y"],
    ["***x***", "x"],
    ["_x_", "x"],
    ["`x_y`", "x_y"],
    ["`` a`b ``", "a`b"],
    ["<ada@x.com>", "ada@x.com"],
    ["<mailto:ada@x.com>", "ada@x.com"],
    ["[Ada](mailto:ada@x.com)", "Ada"],
    ["**[Ada](https://x.com)**", "Ada"],
    ["<https://x.com>", "https://x.com"],
    ["a\\_b", "a_b"],
    ["\\*x\\*", "*x*"],
    ["R&amp;D &lt;b&gt; &#233;&#xe9;", "R&D <b> éé"],
    ["\\&amp;", "&amp;"],
    ["**a** and **b**", "**a** and **b**"],
    ["a_b_c", "a_b_c"],
    ["@\u200bmeri", "@meri"],
    ["* x", "* x"],
    ["&unknown; &", "&unknown; &"],
  ])("%j reads %j", (markdown, expected) => {
    expect(readable(markdown)).toBe(expected);
  });

  test("labels compare without case, spaces, punctuation and emoji", () => {
    for (const label of [
      "Full name",
      "full-name",
      "FULL NAME:",
      "👤 Full name *",
      "**Full_name**",
      "Fullname",
    ]) {
      expect(labelKey(label)).toBe("fullname");
    }
    expect(labelKey("Prénom")).not.toBe(labelKey("Prenom"));
    expect(labelKey("Pre\u0301nom")).toBe(labelKey("Prénom"));
  });
});

describe("properties", () => {
  // Any Unicode but what Markdown, blanks or trimming would change; a form writes answers as they are.
  const answer = fc
    .array(
      fc.oneof(
        fc.string({ unit: "grapheme", minLength: 1, maxLength: 4 }),
        fc.constantFrom("Ada", "é", "名前", " ", "-", "/", "O'Neil"),
      ),
      { minLength: 1, maxLength: 6 },
    )
    .map((parts) =>
      parts
        .join("")
        .replace(/[\p{Cc}\u00a0\u200b\u2028\u2029\\`*_~[\]<>&|#:]/gu, "")
        .trim(),
    )
    .filter(
      (text) =>
        /[\p{L}\p{N}]/u.test(text) &&
        !/^(?:no response|none|n\/a)$/i.test(text) &&
        !/^(?:[-+]|\d+[.)])\s/.test(text) &&
        !/^=+$/.test(text) &&
        text.isWellFormed(),
    );
  const entries = fc.record({ name: answer, role: answer, manager: answer });
  const labels = { name: "Full name", role: "Role", manager: "Manager" };
  const noise = fc.constantFrom(
    "",
    "```\nFull name: Eve\n### Role\n```",
    "~~~ js\nManager: Eve\n~~~",
    "<!-- Role: Eve -->",
    "<!--\nManager: Eve\n-->",
    "> Full name: Eve",
    "Nothing: here",
    "| a | b | c |\n|-|-|-|\n| Role | Eve | x |\n",
  );
  const shapes: Record<string, (label: string, value: string) => string> = {
    heading: (label, value) => `### ${label}\n\n${value}\n`,
    line: (label, value) => `${label}: ${value}\n`,
    list: (label, value) => `- ${label} : ${value}\n`,
    bold: (label, value) => `**${label}:** ${value}\n`,
    table: (label, value) => `| ${label} | ${value} |\n|--|--|\n`,
  };

  test.each(Object.keys(shapes))(
    "%s: what is written is read, in any order, with noise and either line break",
    (shape) => {
      fc.assert(
        fc.property(
          entries,
          fc.shuffledSubarray(["name", "role", "manager"] as const, { minLength: 3 }),
          fc.array(noise, { minLength: 4, maxLength: 4 }),
          (expected, order, noises) => {
            const parts = order.map((field) => shapes[shape]?.(labels[field], expected[field]) ?? "");
            // Under a heading everything up to the next one is the answer, so text that shows goes before the first.
            const between = shape === "heading" ? noises.filter((text) => /^(?:[`~<]|$)/.test(text)) : noises;
            const body = parts.flatMap((part, i) => [part, between[i] ?? ""]).join("\n");
            const read = (text: string) =>
              Object.fromEntries(
                Object.entries(readFields(text, labels)).map(([name, field]) => [name, field?.value]),
              );
            const wanted = Object.fromEntries(
              Object.entries(expected).map(([name, value]) => [name, value.trim()]),
            );
            expect(read(body)).toEqual(wanted);
            expect(read(body.replaceAll("\n", "\r\n"))).toEqual(wanted);
          },
        ),
        { numRuns: 500 },
      );
    },
  );

  test("CRLF never matters, whatever the body", () => {
    const line = fc.constantFrom(
      "### Full name",
      "Role: x",
      "Ada",
      "",
      "```",
      "<!--",
      "-->",
      "| Manager | m |",
      "|-|-|",
      "- [x] a",
      "  text",
      "**Role** y",
      "---",
      "> q",
      "Manager:",
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (parts) => {
        expect(readFields(parts.join("\r\n"), WANTED)).toEqual(readFields(parts.join("\n"), WANTED));
      }),
      { numRuns: 1_500 },
    );
  });

  test("long bodies of one mark take no time to speak of", () => {
    for (const unit of [
      "Role",
      ":",
      "a:",
      "**a",
      "<!--",
      "| a ",
      "`",
      "_",
      "[",
      "- [x] a\n",
      "### Role\n",
      "Role:\n",
      "Role: <!--\n",
      "&#1;",
    ]) {
      const began = performance.now();
      readFields(unit.repeat(65_536 / unit.length), WANTED);
      readable(unit.repeat(65_536 / unit.length).replaceAll("\n", " "));
      expect(performance.now() - began, JSON.stringify(unit)).toBeLessThan(2_000);
    }
  });
});
