import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCsv } from "../../../src/engine/requests/csv.ts";

describe("what a spreadsheet writes is read back", () => {
  const cell = fc
    .oneof(
      fc.string({ unit: "grapheme", maxLength: 8 }),
      fc.constantFrom('a "b" c', "a,b;c\td", "two\nlines", "two\r\nlines", '"', '""', " x ", ""),
    )
    .map((text) => text.replace(/\r\n?/g, "\n").trim());

  it.each([",", ";", "\t"] as const)("%j", (separator) => {
    const quote = (text: string) =>
      /["\n\r,;\t]/.test(text) || text.startsWith(" ") ? `"${text.replaceAll('"', '""')}"` : text;
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 1, maxLength: 5 }), { maxLength: 6 }),
        fc.constantFrom("\n", "\r\n"),
        fc.constantFrom("", "\ufeff"),
        fc.boolean(),
        (rows, end, bom, last) => {
          const text = bom + rows.map((row) => row.map(quote).join(separator)).join(end) + (last ? end : "");
          const filled = rows.filter((row) => row.some((one) => one !== ""));
          expect(readCsv(text, separator)).toEqual({ rows: filled, unclosed: null });
        },
      ),
    );
  });

  it("never throws and never hangs, whatever it is given", () => {
    const bits = fc.constantFrom('"', ",", "\n", " ", "a", '""', "\r");
    fc.assert(
      fc.property(fc.array(bits, { maxLength: 60 }), (parts) => {
        const { rows } = readCsv(parts.join(""), ",");
        expect(rows.every((row) => row.some((one) => one !== ""))).toBe(true);
      }),
    );
    expect(readCsv(`"${'""'.repeat(200_000)}`, ",").unclosed).toBe(1);
  });
});

it.each([
  ['a, "b, c" ,d', [["a", "b, c", "d"]]],
  ['"Ada" Lovelace,x', [["Ada Lovelace", "x"]]],
  ['Ada "Ace" Lovelace,x', [['Ada "Ace" Lovelace', "x"]]],
  [
    "a,\n,,\n,b",
    [
      ["a", ""],
      ["", "b"],
    ],
  ],
])("%j", (text, rows) => {
  expect(readCsv(text, ",")).toEqual({ rows, unclosed: null });
});

it("says where a quote is never closed", () => {
  expect(readCsv('a,b\n"c,d\ne,f', ",").unclosed).toBe(2);
});
