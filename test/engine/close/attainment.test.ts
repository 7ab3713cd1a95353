/** The list of attainment: each payee once, nobody missing, totals as stated. */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { attainmentIn, checkAttainment } from "../../../src/engine/close/attainment.ts";

const GOOD = "Payee,Quota,Attained\nAda,1000,900.50\nBob,2000,2000\nTotal,3000,2900.50";
const faults = (list: string, payees: readonly string[] = []) =>
  checkAttainment(list, payees).faults.map(({ row, text }) => `${row ?? "-"} ${text}`);

describe("where it stands", () => {
  it.each([
    ["a fenced block", `Here:\n\n\`\`\`csv\n${GOOD}\n\`\`\`\nthanks`, GOOD],
    ["with tildes and other case", `~~~CSV\n${GOOD}\n~~~`, GOOD],
    ["behind another list", `\`\`\`csv\na,b\n1,2\n\`\`\`\n\n\`\`\`csv\n${GOOD}\n\`\`\``, GOOD],
    ["a block of another kind", `\`\`\`text\n${GOOD}\n\`\`\``, null],
    ["no block", GOOD, null],
    ["a block without payees", "```csv\na,b\n```", null],
  ])("%s", (_, text, found) => {
    expect(attainmentIn(text)).toBe(found);
  });
});

describe("a list", () => {
  it("that is right has no fault, and its hash is that of its text", () => {
    expect(checkAttainment(GOOD, ["bob", " ADA "])).toEqual({
      hash: createHash("sha256").update(GOOD).digest("hex"),
      payees: 2,
      faults: [],
    });
    expect(checkAttainment(GOOD.replaceAll("\n", "\r\n"), []).hash).toBe(checkAttainment(GOOD, []).hash);
  });

  it.each([
    [
      "amounts as spreadsheets write them",
      'Payee;Quota\nAda;"1,000.10"\nBob;€ 2,000.20\nCy;(0.30)\nTotal;EUR 3000.00',
    ],
    ["cents that do not add up in floating point", "Name,Paid\nA,0.1\nB,0.2\nTotal,0.3"],
    ["shares are no sums", "Payee,Quota,Share\nA,10,50%\nB,10,70%\nTotal,20,60%"],
    ["an empty cell is nothing", "Payee,Quota\nA,\nB,5\nTotal,5"],
  ])("%s", (_, list) => {
    expect(faults(list)).toEqual([]);
  });

  it.each<[string, string, readonly string[], readonly string[]]>([
    [
      "a payee twice",
      "Payee,Q\nAda,1\nada ,1\nTotal,2",
      [],
      ["3 ada is there a second time, first in row 2."],
    ],
    ["nobody's row", "Payee,Q\n,1\nTotal,1", [], ["2 it names no payee."]],
    [
      "somebody missing, somebody too many",
      "Payee,Q\nEve,1\nTotal,1",
      ["Ada"],
      ["2 Eve is not among close.payees in daytwo.yml.", "- Ada is missing."],
    ],
    [
      "a sum that is not the stated one",
      "Payee,Q\nA,1\nB,2\nTotal,4",
      [],
      ["4 Q adds up to 3.00, and 4.00 is stated."],
    ],
    [
      "an amount that could be two",
      "Payee;Q\nA;1.234,50\nTotal;1234.50",
      [],
      ["2 Q reads “1.234,50”: write an amount such as 1234.50."],
    ],
    [
      "no total",
      "Payee,Q\nA,1",
      [],
      ["- there is no row Total at its end, so that nothing can be added up."],
    ],
    ["a total without amounts", "Payee,Q\nA,1\nTotal,", [], ["3 it states no total."]],
    ["two totals", "Payee,Q\nTotal,0\nTotal,0", [], ["3 a second row Total, first in row 2."]],
    ["a quote without an end", 'Payee,Q\nA,1\nTotal,"1', [], ["3 a quote is opened and never closed."]],
  ])("%s", (_, list, payees, expected) => {
    expect(faults(list, payees)).toEqual(expected);
  });
});
