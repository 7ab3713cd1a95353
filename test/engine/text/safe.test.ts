import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readable } from "../../../src/engine/text/readable.ts";
import {
  code,
  fence,
  fillSlot,
  findMarkers,
  inline,
  isHandle,
  issueSlot,
  join,
  lines,
  link,
  marker,
  mention,
  plain,
  quote,
  type SafeText,
  safe,
  TITLE_LIMIT,
  title,
  trusted,
  writeBack,
} from "../../../src/engine/text/safe.ts";
import { nodesOf, parse, textOf } from "./mdast.ts";

/** Strings of the characters and words that do damage, mixed with any others. */
const nasty = fc
  .array(
    fc.oneof(
      {
        weight: 8,
        arbitrary: fc.constantFrom(..."/@<!->\r\n\u2028|[]{}$:#&;`*_~\\+=.)(\"'^%x1 \t\u200b\u202e\0é\ud800"),
      },
      {
        weight: 3,
        arbitrary: fc.constantFrom(
          "/close",
          "\n/close",
          "\r/label ~x",
          "@all",
          "@ada",
          "a@b.co",
          "<!--",
          "-->",
          "<!-- daytwo:x -->",
          "&lt;",
          "&#64;",
          "&commat;",
          "- [ ] x",
          "\n- [x] y",
          "1. ",
          "\n> ",
          "```",
          "~~~",
          "\n---\n",
          "===",
          "::set-output name=x::",
          "##[error]",
          "$\u007b{ secrets.X }}",
          "{{x}}",
          "<script>",
          "|-|",
          ":-:",
          ":::",
          "![",
          "](",
          "http://a.b/_c_",
          " #",
          "  ",
          "[^1]: x",
          "[x]: y",
        ),
      },
      { weight: 2, arbitrary: fc.string({ unit: "grapheme", maxLength: 3 }) },
    ),
    { maxLength: 14 },
  )
  .map((parts) => parts.join(""));

/** What a reader must see: the plain text, with only the zero-width spaces that break mentions put in. */
const seen = (user: string) => plain(user).replaceAll("\u200b", "");
const withoutBreaks = (text: string) => text.replaceAll("\u200b", "");

const decoded = (markdown: string) =>
  markdown.replace(/&(?:#(\d+)|#x([\da-f]+)|commat|AMP|amp);/gi, (entity, dec?: string, hex?: string) =>
    dec
      ? String.fromCodePoint(Number(dec))
      : hex
        ? String.fromCodePoint(Number.parseInt(hex, 16))
        : entity === "&commat;"
          ? "@"
          : "&",
  );

/** What the forges and the runner act on, in whatever we write. */
function expectInert(text: string, entities = true) {
  expect(text).not.toMatch(/\r|\0/);
  expect(text).not.toMatch(/^\s*\//m);
  expect(text).not.toMatch(/^\s*(?:::|##\[)/m);
  expect(entities ? decoded(text) : text).not.toMatch(/(?:^|[^A-Za-z0-9_])@[A-Za-z0-9_]/);
  expect(text).not.toContain("<!--");
}

/** Node types under a parsed document that are not plain text. Autolinks are what the forges make of bare addresses. */
const kindsOf = (markdown: string) =>
  [...nodesOf(parse(markdown))].map(([node]) => node.type).filter((type) => type !== "link");

const RUNS = { numRuns: 500 };

describe("inline: user text is text and nothing else", () => {
  const places: [string, (text: SafeText) => string, string[]][] = [
    ["at the start of a line", (x) => x, ["paragraph"]],
    ["in a line", (x) => safe`Opened for ${x} today`, ["paragraph"]],
    ["on the second line", (x) => safe`Note:\n${x}`, ["paragraph"]],
    ["in a list item", (x) => safe`- ${x}`, ["list", "listItem", "paragraph"]],
    ["in a box", (x) => safe`- [ ] ${x}`, ["list", "listItem", "paragraph"]],
    ["in a heading", (x) => safe`## ${x}`, ["heading"]],
    ["in a quote", (x) => safe`> ${x}`, ["blockquote", "paragraph"]],
    ["in bold", (x) => safe`**${x}**`, ["paragraph", "strong"]],
  ];
  test.each(places)("%s", (_, place, around) => {
    fc.assert(
      fc.property(nasty, (user) => {
        fc.pre(seen(user) !== "");
        const text = place(inline(user));
        const tree = parse(text);
        expect(kindsOf(text).filter((type) => type !== "text")).toEqual(["root", ...around]);
        expect(withoutBreaks(textOf(tree))).toEqual(
          withoutBreaks(textOf(parse(place(trusted("§"))))).replace("§", () => seen(user)),
        );
        expectInert(text);
      }),
      RUNS,
    );
  });

  test("in a table cell: the cell, and no other cell or row", () => {
    fc.assert(
      fc.property(nasty, nasty, (a, b) => {
        const text = safe`| Name | Role |\n| - | - |\n| ${inline(a)} | ${inline(b)} |`;
        const [table] = parse(text).children;
        expect(
          table?.type === "table" && table.children.map((row) => row.children.map(textOf).map(withoutBreaks)),
        ).toEqual([
          ["Name", "Role"],
          [seen(a), seen(b)],
        ]);
        expectInert(text);
      }),
      RUNS,
    );
  });

  test("is read back by readable", () => {
    fc.assert(
      fc.property(nasty, (user) => {
        expect(readable(inline(user))).toBe(seen(user).replaceAll("\u00a0", " ").trim());
      }),
      RUNS,
    );
  });

  test.each([
    ["ada.lovelace_x@acme.com", "ada.lovelace_x@acme.com"],
    ["Ada O'Neil-Byrne (EMEA), +44 20", "Ada O'Neil-Byrne (EMEA), +44 20"],
    ["+44 20 7946 0000", "+44 20 7946 0000"],
    ["ping @meri", "ping @\u200bmeri"],
    ["/close", "\\/close"],
    ["\n\r/close", "\\/close"],
    [" \u2028 /close now", "\\/close now"],
    ["a\r\nb\tc", "a b c"],
    ["::set-output name=x::1", "\\::set-output name=x::1"],
    ["##[error]x", "\\##\\[error\\]x"],
    ["R&D at AT&T", "R&D at AT&T"],
    ["&lt;b&gt;", "&amp;lt;b&amp;gt;"],
    ["<!-- daytwo:x -->", "&lt;!-- daytwo:x -->"],
    ["- [x] done", "\\- \\[x\\] done"],
    ["__init__ snake_case", "\\_\\_init\\_\\_ snake_case"],
    ["1. one", "1\\. one"],
    ["2026-11-24", "2026-11-24"],
    ["C #", "C \\#"],
    ["\u202eevil\u202c", "evil"],
    ["{{name}} $\u007b{ x }}", "{{name}} \\$\u007b{ x }}"],
  ])("%j", (user, expected) => {
    expect(inline(user)).toBe(expected);
  });
});

describe("blocks", () => {
  test("quote: one quote that holds exactly the lines", () => {
    fc.assert(
      fc.property(nasty, (user) => {
        const text = safe`Before\n\n${quote(user)}\n\nAfter`;
        const tree = parse(text);
        expect(tree.children.map((node) => node.type)).toEqual(["paragraph", "blockquote", "paragraph"]);
        expect(new Set(kindsOf(text))).toEqual(
          new Set(["root", "paragraph", "blockquote", ...(seen(user) ? ["text"] : ["text"])]),
        );
        const paragraphs =
          tree.children[1]?.type === "blockquote" ? tree.children[1].children.map(textOf) : [];
        const expected = user
          .toWellFormed()
          .split(/[\n\v\f\u0085\u2028\u2029]/)
          .map(seen)
          .filter((line) => line !== "");
        expect(
          withoutBreaks(paragraphs.join("\n"))
            .split("\n")
            .filter((line) => line !== ""),
        ).toEqual(expected);
        expectInert(text);
      }),
      RUNS,
    );
  });

  test("fence: one code block that holds exactly the lines, whatever they are", () => {
    fc.assert(
      fc.property(nasty, fc.constantFrom("", "csv", "a b`c"), (user, lang) => {
        const text = safe`Before\n\n${fence(user, lang)}\n\nAfter`;
        const tree = parse(text);
        expect(tree.children.map((node) => node.type)).toEqual(["paragraph", "code", "paragraph"]);
        expectInert(text, false);
      }),
      RUNS,
    );
    const [block] = parse(fence("a,b\r\n  ~~~\n```\nx@y.z\n", "csv")).children;
    expect(block).toMatchObject({ type: "code", lang: "csv", value: "a,b\n  ~~~\n```\nx@y.z" });
  });

  test("code: one span that reads as typed, in a line and in a cell", () => {
    fc.assert(
      fc.property(nasty, (user) => {
        fc.pre(seen(user) !== "");
        const text = safe`| a | b |\n| - | - |\n| ${code(user)} | x |`;
        const [table] = parse(text).children;
        const row = table?.type === "table" ? table.children[1]?.children : undefined;
        expect(row?.map(textOf).map(withoutBreaks)).toEqual([seen(user), "x"]);
        expect(withoutBreaks(textOf(parse(safe`Say ${code(user)} now`)))).toBe(`Say ${seen(user)} now`);
        expectInert(text, false);
      }),
      RUNS,
    );
    expect(code("SalesOpsAR::On Hold")).toBe("`SalesOpsAR::On Hold`");
    expect(code("a`b")).toBe("``a`b``");
    expect(code(" \n")).toBe("");
  });

  test("title: one short inert line", () => {
    const long = fc.oneof(
      nasty,
      fc.array(nasty, { minLength: 20, maxLength: 60 }).map((parts) => parts.join("👩‍👩‍👧 ")),
    );
    fc.assert(
      fc.property(long, (user) => {
        const text = title(user);
        expect(text.length).toBeLessThanOrEqual(TITLE_LIMIT);
        expect(text.isWellFormed()).toBe(true);
        expect(text).not.toMatch(/[\n\u2028\u2029]/);
        expectInert(text);
        if (!text.endsWith("…")) expect(withoutBreaks(text)).toBe(seen(user));
      }),
      RUNS,
    );
    expect(title("Access request: Ada *Lovelace*")).toBe("Access request: Ada *Lovelace*");
    const family = "👩‍👩‍👧‍👦";
    expect(title(family.repeat(40))).toBe(`${family.repeat(23)}…`);
    expect(title("x".repeat(255))).toHaveLength(255);
    expect(title("x".repeat(256))).toBe(`${"x".repeat(254)}…`);
  });

  test("long input takes no time to speak of", () => {
    for (const unit of ["_", " ", "`", "#", "@", "<!--", "a_", "1", "\\", "&", "\n", "- "]) {
      const text = unit.repeat(65_536 / unit.length);
      const began = performance.now();
      for (const compose of [inline, quote, code, fence, title, writeBack]) compose(text);
      expect(performance.now() - began, JSON.stringify(unit)).toBeLessThan(2_000);
    }
  });
});

describe("composing", () => {
  test("safe, join and lines put parts together", () => {
    expect(safe`CC ${mention("amber")} and ${2} more`).toBe("CC @amber and 2 more");
    expect(join([mention("a"), null, mention("b"), false], ", ")).toBe("@a, @b");
    expect(lines(trusted("a"), undefined, trusted(""), trusted("b"))).toBe("a\n\nb");
    // @ts-expect-error a plain string is not safe
    safe`${"user text" as string}`;
    // @ts-expect-error only literals are trusted
    trusted("user text" as string);
  });

  test.each([
    ["meri", "github", true],
    ["a-b-c", "github", true],
    ["octo_acme", "github", true],
    ["-a", "github", false],
    ["a--b", "github", false],
    ["a.b", "github", false],
    ["a".repeat(40), "github", false],
    ["a.b_c-d", "gitlab", true],
    ["_x", "gitlab", true],
    ["a.", "gitlab", false],
    ["x.git", "gitlab", false],
    ["a b", "gitlab", false],
    ["@a", "gitlab", false],
    ["é", "gitlab", false],
    ["", "github", false],
  ] as const)("handle %j on %s: %s", (handle, forge, fine) => {
    expect(isHandle(handle, forge)).toBe(fine);
    if (fine) expect(mention(handle, forge)).toBe(`@${handle}`);
    else expect(() => mention(handle, forge)).toThrow(RangeError);
  });

  test("GitLab groups can be mentioned", () => {
    expect(mention("acme/sales-ops", "gitlab")).toBe("@acme/sales-ops");
    expect(() => mention("acme//x", "gitlab")).toThrow(RangeError);
    expect(() => mention("acme/x", "github")).toThrow(RangeError);
  });

  test("links", () => {
    expect(link(inline("#41 [x]"), "https://github.com/acme/x/issues/41")).toBe(
      "[#41 \\[x\\]](https://github.com/acme/x/issues/41)",
    );
    expect(link(inline("x"), "javascript:alert(1)")).toBe("x");
    fc.assert(
      fc.property(nasty, (user) => {
        const [paragraph] = parse(link(trusted("x"), `https://a.b/${user}`)).children;
        expect(paragraph?.type === "paragraph" && paragraph.children.map((node) => node.type)).toEqual([
          "link",
        ]);
      }),
      RUNS,
    );
  });

  test("markers come back, and no text can forge one", () => {
    const keys = fc
      .oneof(
        fc.string(),
        nasty,
        fc.constantFrom("hire:acme/people#12", "a--b", "a-->b", "---", "100%", "%2D", "a b"),
      )
      .filter((key) => key !== "" && key.isWellFormed());
    fc.assert(
      fc.property(fc.array(keys), nasty, (wanted, user) => {
        const body = lines(inline(user), ...wanted.map(marker), quote(user), fence(user), code(user));
        expect(findMarkers(body)).toEqual(wanted);
        for (const key of wanted) expect(marker(key)).toMatch(/^<!-- daytwo:(?:(?!--)[^<>\s])+ -->$/);
      }),
      RUNS,
    );
    expect(marker("hire:acme/people#12")).toBe("<!-- daytwo:hire:acme/people#12 -->");
  });

  test("slots are filled by key, everywhere", () => {
    const body = safe`Opened ${issueSlot("hire:a#1")}, ${issueSlot("hire:a#1")} and ${issueSlot("hire:a#12")}.`;
    expect(fillSlot(fillSlot(body, "hire:a#1", trusted("#41$&")), "hire:a#12", trusted("#42"))).toBe(
      "Opened #41$&, #41$& and #42.",
    );
  });
});

describe("writeBack", () => {
  test.each([
    ["text\n/label ~x\n", "text\n\\/label ~x\n"],
    ["text\n\r/close", "text\n\n\\/close"],
    ["a\r\n- [x] b\r\n", "a\r\n- [x] b\r\n"],
    ["```\n/close\n```", "```\n\u200b/close\n```"],
    ["~~~\n/close", "~~~\n\u200b/close"],
    ["/usr/bin and /etc", "/usr/bin and /etc"],
    ["  /Assign @x", "  \\/Assign @x"],
    ["\\/close", "\\/close"],
  ])("%j", (body, expected) => {
    expect(writeBack(body)).toBe(expected);
    expect(writeBack(expected)).toBe(expected);
  });

  test("leaves no line that GitLab's older parser would run, and changes nothing else", () => {
    fc.assert(
      fc.property(nasty, (body) => {
        const text = writeBack(body);
        expect(text.replaceAll("\r", "")).not.toMatch(/(?:^|\n)\/(?:close|label)(?: [^\n]*)?\s*(?:\n|$)/i);
        if (!/[\r\0]|^\s*\//m.test(body)) expect(text).toBe(body);
      }),
      RUNS,
    );
  });
});
