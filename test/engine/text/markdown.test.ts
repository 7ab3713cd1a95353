import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Box,
  boxDiff,
  boxes,
  boxStand,
  headings,
  sections,
  setBox,
  tables,
} from "../../../src/engine/text/markdown.ts";

const texts = (found: readonly Box[]) => found.map(({ text }) => text);

describe("boxes", () => {
  test("in every kind of list, nested, with CRLF", () => {
    const body = "- [ ] a\r\n  * [x] b\r\n    1. [X] c\r\n+ [ ] d\r\n2) [ ] e\r\n";
    expect(boxes(body).map(({ line, ticked, text, indent }) => [line, ticked, text, indent])).toEqual([
      [1, false, "a", 0],
      [2, true, "b", 2],
      [3, true, "c", 4],
      [4, false, "d", 0],
      [5, false, "e", 0],
    ]);
  });

  test.each([
    ["```\n- [ ] a\n```"],
    ["~~~\n- [ ] a"],
    ["````\n```\n- [ ] a\n````"],
    ["- x\n  ```\n  - [ ] a\n  ```"],
    ["> ```\n> - [ ] a"],
    ["    - [ ] a"],
    ["<!-- - [ ] a -->"],
    ["<!--\n\n- [ ] a\n-->"],
    ["<pre>\n- [ ] a\n\n- [ ] b\n</pre>"],
    ["<details>\n- [ ] a"],
    ["[ ] a"],
    ["text [ ] a"],
    ["- [ ]"],
    ["- [ ]   "],
    ["- [ ]a"],
    ["- [  ] a"],
    ["- [y] a"],
    ["- \\[ ] a"],
    ["- > [ ] a"],
    ["-[ ] a"],
    ["1234567890. [ ] a"],
    ["text\n2. [ ] a"],
    [""],
  ])("none in %j", (body) => {
    expect(boxes(body)).toEqual([]);
  });

  test.each([
    ["```\n```\n- [ ] a"],
    ["> ```\n- [ ] a"],
    ["- ```\n- [ ] a"],
    ["<!-- x -->\n- [ ] a"],
    ["text <!--\n- [ ] a"],
    ["<details>\n\n- [ ] a"],
    ["> - [ ] a"],
    ["- - [ ] a"],
    ["-\n\n- [ ] a"],
    ["> text\n- [ ] a"],
    ["| a | b |\n|-|-|\n| c | d |\n- [ ] a"],
    ["a\n\r- [ ] a"],
    ["- [ ] a <!-- hidden -->"],
    ["-\t[ ] a"],
  ])("one in %j", (body) => {
    expect(texts(boxes(body))).toEqual(["a"]);
  });

  test.each([
    ["- [ ] a", { done: false, struck: false, notApplicable: false }],
    ["- [x] a", { done: true, struck: false, notApplicable: false }],
    ["- [ ] ~~a b~~", { done: true, struck: true, notApplicable: false }],
    ["- [ ] ~~a~~  ", { done: true, struck: true, notApplicable: false }],
    ["- [ ] ~~a~~ and b", { done: false, struck: false, notApplicable: false }],
    ["- [ ] ~~a~~ and ~~b~~", { done: false, struck: false, notApplicable: false }],
    ["- [ ] a (n/a)", { done: true, struck: false, notApplicable: true }],
    ["- [ ] a (N/A)   ", { done: true, struck: false, notApplicable: true }],
    ["- [ ] a (n/a) <!-- id -->\r", { done: true, struck: false, notApplicable: true }],
    ["- [ ] a (n/a) not", { done: false, struck: false, notApplicable: false }],
    ["- [ ] ~~a~~ (n/a)", { done: true, struck: true, notApplicable: true }],
    ["- [~] a", { done: true, struck: false, notApplicable: true }],
  ])("%j", (body, expected) => {
    expect(boxes(body)[0]).toMatchObject(expected);
  });

  test("how they stand as a whole is told as if all were read", () => {
    const line = fc.constantFrom(
      "- [ ] a",
      "- [x] b",
      "- [ ] c (n/a)",
      "- [ ] ~~d~~",
      "- [ ] Revoked",
      "- [x] Never had access",
      "- [ ] ~~Never had access~~",
      "## Heading",
      "```",
      "text",
      "",
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (parts) => {
        const body = parts.join("\n");
        const all = boxes(body);
        const open = all.some(({ done }) => !done);
        expect(boxStand(body)).toBe(all.length === 0 ? "none" : open ? "open" : "done");
      }),
    );
  });

  test("setting a box changes one character and comes back", () => {
    const line = fc.constantFrom(
      "- [ ] a",
      "- [x] b",
      "```",
      "text",
      "  - [X] c",
      "",
      "> - [ ] d",
      "é👩 - [ ] no",
    );
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 12 }),
        fc.constantFrom("\n", "\r\n"),
        fc.boolean(),
        (parts, lineBreak, ticked) => {
          const body = parts.join(lineBreak);
          for (const [i, box] of boxes(body).entries()) {
            const edited = setBox(body, box, ticked);
            expect(edited.length).toBe(body.length);
            const others = (all: readonly Box[]) => all.filter((_, n) => n !== i);
            expect(others(boxes(edited))).toEqual(others(boxes(body)));
            expect(boxes(edited)[i]).toEqual({ ...box, ticked, done: ticked });
            expect(setBox(edited, box, box.ticked).toLowerCase()).toBe(body.toLowerCase());
          }
        },
      ),
    );
    const [box] = boxes("text\n- [ ] a");
    if (!box) throw new Error("a box was expected");
    expect(() => setBox("other text", box, true)).toThrow(RangeError);
  });
});

describe("alternatives", () => {
  const done = (body: string) => boxes(body).map((box) => (box.done ? "done" : "open"));
  const pairs = (body: string) => boxes(body).map(({ other }) => other);

  test.each([
    ["- [x] Revoked\n- [ ] Never had access", ["done", "done"]],
    ["- [ ] Revoked\n- [x] Never had access", ["done", "done"]],
    ["- [ ] never had access\r\n- [X] REVOKED <!-- x -->\r\n", ["done", "done"]],
    ["- [x] Revoked\n  - by sam, today\n- [ ] Never had access", ["done", "done"]],
    ["- [ ] Revoked\n- [ ] Never had access", ["open", "open"]],
    // A stroke says that it was not this one, not that it was the other.
    ["- [ ] Revoked\n- [ ] ~~Never had access~~", ["open", "done"]],
    ["- [ ] Revoked (n/a)\n- [ ] Never had access", ["done", "open"]],
    ["- [x] ~~Revoked~~\n- [ ] Never had access", ["done", "done"]],
    [
      "- [x] Revoked\n- [ ] Never had access\n- [ ] Revoked\n- [ ] Never had access",
      ["done", "done", "open", "open"],
    ],
    ["- [ ] Revoked\n- [x] Revoked\n- [ ] Never had access", ["open", "done", "done"]],
  ])("%j", (body, expected) => {
    expect(done(body)).toEqual(expected);
  });

  test.each([
    ["- [x] Revoked\n\n### Chorus\n\n- [ ] Never had access"],
    ["- [x] Revoked\n\nChorus\n---\n\n- [ ] Never had access"],
    ["- [x] Revoked\n- [x] Tell the manager\n- [ ] Never had access"],
    ["- [x] Revoked\n  - [ ] Never had access"],
    ["- [x] Revoked it\n- [ ] Never had access"],
    ["- [x] Revoked\n- [ ] Never had access to it"],
  ])("none in %j", (body) => {
    expect(pairs(body)).toEqual(boxes(body).map(() => null));
    expect(done(body).at(-1)).toBe("open");
  });

  test("each knows the other", () => {
    const pair = "- [ ] Revoked\n- [ ] Never had access\n";
    expect(pairs(`- [ ] a\n${pair}- [ ] b\n${pair}`)).toEqual([null, 2, 1, null, 5, 4]);
  });

  test("an edit ticks the one that was ticked, and not the other", () => {
    const before = "- [ ] Revoked\n- [ ] Never had access";
    const { ticked, unticked } = boxDiff(before, before.replace("[ ]", "[x]"));
    expect([ticked.map(({ text }) => text), unticked]).toEqual([["Revoked"], []]);
  });

  test("settled by a tick, whatever stands around them, and otherwise not", () => {
    const item = fc.record({
      text: fc.constantFrom("Revoked", "Never had access", "Other"),
      ticked: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(item, { maxLength: 12 }), (items) => {
        const found = boxes(items.map(({ text, ticked }) => `- [${ticked ? "x" : " "}] ${text}`).join("\n"));
        found.forEach((box, i) => {
          const other = box.other === null ? null : found[box.other];
          expect(box.done).toBe(box.ticked || other?.ticked === true);
          if (!other) return;
          expect([other.other, Math.abs((box.other ?? 0) - i)]).toEqual([i, 1]);
          expect(new Set([box.text, other.text])).toEqual(new Set(["Revoked", "Never had access"]));
        });
      }),
    );
  });
});

describe("boxDiff", () => {
  const diff = (before: string, after: string) => {
    const { ticked, unticked } = boxDiff(before, after);
    return [
      ticked.map(({ line, text }) => `${line} ${text}`),
      unticked.map(({ line, text }) => `${line} ${text}`),
    ];
  };
  test.each([
    ["- [ ] a\n- [x] b", "- [x] a\n- [ ] b", ["1 a"], ["2 b"]],
    ["- [ ] a", "- [ ] a", [], []],
    ["- [ ] a", "intro\n\n- [x] a", ["3 a"], []],
    ["- [ ] Reviewed\n- [ ] Reviewed", "- [ ] Reviewed\n- [x] Reviewed", ["2 Reviewed"], []],
    ["- [ ] a", "- [ ] ~~a~~", ["1 ~~a~~"], []],
    ["- [ ] a (n/a)", "- [ ] a", [], ["1 a"]],
    ["- [ ] a", "- [ ] a\n- [x] new", ["2 new"], []],
    ["- [x] a\n- [x] b", "- [x] b", [], []],
    ["", "- [ ] a", [], []],
  ])("%j to %j", (before, after, ticked, unticked) => {
    expect(diff(before, after)).toEqual([ticked, unticked]);
  });
});

describe("headings and sections", () => {
  test("ATX and setext, outside code, quotes and lists", () => {
    const body =
      "# One #\n\nTwo\nlines\n===\n\n```\n# no\n```\n> # no\n\n- # no\n\n###\tThree ##\nText\n---\n#no\n\n---\n";
    expect(headings(body).map(({ line, level, text }) => [line, level, text])).toEqual([
      [1, 1, "One"],
      [3, 1, "Two\nlines"],
      [14, 3, "Three"],
      [15, 2, "Text"],
    ]);
    expect(headings("#").map(({ text }) => text)).toEqual([""]);
    expect(headings("## a # b ##").map(({ text }) => text)).toEqual(["a # b"]);
    expect(headings("## ##").map(({ text }) => text)).toEqual([""]);
  });

  test("a section ends at the next heading; the first of a repeated heading counts", () => {
    const body = "intro\n### Name\n\nAda\n\n### Role\nAE\n### name\nEve\n";
    expect(
      sections(body).map(({ heading, start, end }) => [heading.text, body.slice(start, end).trim()]),
    ).toEqual([
      ["Name", "Ada"],
      ["Role", "AE"],
    ]);
  });

  test("the parts of a body make up the whole", () => {
    const line = fc.constantFrom("# a", "## b", "text", "", "```", "c\n---", "> # d");
    fc.assert(
      fc.property(fc.array(line, { maxLength: 10 }), (parts) => {
        const body = parts.join("\n");
        const all = headings(body);
        all.forEach((heading, i) => {
          expect(body.slice(heading.start, heading.end)).toContain(heading.text);
          expect(heading.end).toBeLessThanOrEqual(all[i + 1]?.start ?? body.length);
        });
      }),
    );
  });
});

test("tables carry their lines, alignment and offsets", () => {
  const body =
    "intro\n\n| Key | Value |\r\n|:--|:-:|\r\n| a \\| b | `c \\| d` | surplus |\r\n| only |\r\n\r\nend | of\n";
  const [table, ...others] = tables(body);
  expect(others).toEqual([]);
  expect(table?.align).toEqual(["left", "center"]);
  expect(table?.header).toMatchObject({ line: 3, cells: [{ text: "Key" }, { text: "Value" }] });
  expect(table?.rows.map(({ line, cells }) => [line, cells.map(({ text }) => text)])).toEqual([
    [5, ["a | b", "`c | d`"]],
    [6, ["only", ""]],
  ]);
  const cell = table?.rows[0]?.cells[0];
  expect(body.slice(cell?.start, cell?.end)).toBe("a \\| b");
});

test("long bodies of one mark take no time to speak of", () => {
  for (const unit of [
    "- ",
    "> ",
    "[ ] ",
    "<!--",
    "- [ ] <!--\n",
    "`",
    "```\n",
    "~~~\n",
    "|",
    "|a",
    "# ",
    "#",
    "-",
    "\r",
    "\r\n",
    "\t",
    "1. ",
    "<a ",
    "<a b ",
    "a:\n",
    "* * ",
  ]) {
    const body = unit.repeat(65_536 / unit.length);
    const began = performance.now();
    boxes(`${body}[ ]`);
    sections(body);
    tables(body);
    boxDiff(body, body);
    expect(performance.now() - began, JSON.stringify(unit)).toBeLessThan(2_000);
  }
});
