import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commandHelp } from "../../../src/engine/commands/help.ts";
import { commandLines } from "../../../src/engine/commands/lines.ts";
import { readCommand } from "../../../src/engine/commands/read.ts";
import { commandNames, commands, type Terms } from "../../../src/engine/commands/registry.ts";

const license = { id: "sfdc_license", label: "SalesOPS: Waiting on SFDC License" };
const cancelled = { id: "cancelled", label: "SalesOPS: Start cancelled" };
const budget = { id: "budget", label: "Waiting until budget" };
const salesforce = { id: "salesforce", name: "Salesforce" };
const inbox = { id: "salesforce-inbox", name: "Salesforce Inbox" };
const terms: Terms = {
  reasons: [license, cancelled, budget],
  systems: [inbox, salesforce],
  today: "2026-11-24",
};

function read(text: string) {
  const [line, ...more] = commandLines(text);
  if (!line || more.length > 0) throw new Error(`not one line: ${text}`);
  return readCommand(line, terms);
}
const fault = (text: string): string => {
  const found = read(text);
  return "fault" in found ? found.fault : `read as ${JSON.stringify(found)}`;
};

describe("the registry", () => {
  it.each(commandNames)("reads the example of %s as what it is an example of", (name) => {
    expect(read(commands[name].example)).toMatchObject({ command: { name } });
  });

  it("says of each command who may use it, where, and what it does", () => {
    for (const help of commandHelp()) {
      expect(help.usage.startsWith(`/ar ${help.name}`)).toBe(true);
      expect(help.summary).toMatch(/^[A-Z].*\.$/);
      expect(help.who).not.toBe("");
      expect(help.places.length).toBeGreaterThan(0);
    }
  });
});

describe("hold", () => {
  it.each([
    ["its id", "sfdc_license", license],
    ["its id in another case", "SFDC-License", license],
    ["its label", "SalesOPS: Waiting on SFDC License", license],
    ["its label in quotes", '"SalesOPS: Waiting on SFDC License"', license],
    ["its label in backticks", "`SalesOPS: Start cancelled`", cancelled],
    ["a part that only one has", "waiting on sfdc", license],
    ["the nearest", "sfdc_licence", license],
    ["a slip", "canceled", cancelled],
    ["a label with the word until", "Waiting until budget", budget],
  ])("takes a reason by %s", (_, text, reason) => {
    expect(read(`/ar hold ${text}`)).toEqual({
      command: { name: "hold", args: { reason, until: null, because: null } },
    });
  });

  it.each([
    ["budget until 2026-12-01", { reason: budget, until: "2026-12-01", because: null }],
    ["budget UNTIL 1 December 2026", { reason: budget, until: "2026-12-01", because: null }],
    ["Waiting until budget until 2026-12-01", { reason: budget, until: "2026-12-01", because: null }],
    [
      "budget until Tuesday, 1 Dec 2026 because Finance said: until January",
      { reason: budget, until: "2026-12-01", because: "Finance said: until January" },
    ],
    ["budget because of the <freeze>", { reason: budget, until: null, because: "of the <freeze>" }],
  ])("reads %s", (text, args) => {
    expect(read(`/ar hold ${text}`)).toEqual({ command: { name: "hold", args } });
  });

  it.each([
    ["no reason", "", /say what it waits for.*sfdc_license \(SalesOPS: Waiting on SFDC License\).*Usage/],
    ["no reason but a date", "until 2026-12-01", /say what it waits for/],
    ["an unknown reason", "vacation", /“vacation” is no reason\. Reasons: /],
    ["a part of several", "SalesOPS", /“SalesOPS” may be several reasons/],
    ["a date in numbers", "budget until 11/12/2026", /day and month can be mistaken.*2026-11-12/],
    ["no date", "budget until", /no date is given/],
    ["no such date", "budget until 2026-02-30", /is no day of the calendar/],
    ["a relative date", "budget until Friday", /no date that can be read/],
    ["today", "budget until 2026-11-24", /2026-11-24 is not after 2026-11-24/],
    ["the past", "budget until 2025-12-01", /is not after/],
    ["an empty because", "budget because", /say why after “because”/],
    ["prototype keys", "constructor", /is no reason/],
  ])("says what is wrong with %s", (_, text, message) => {
    expect(fault(`/ar hold ${text}`)).toMatch(message);
  });
});

describe("seats", () => {
  it.each([
    ["its id", "salesforce 5", salesforce, 5],
    ["its id in another case", "SALESFORCE 1000", salesforce, 1000],
    ["its name", "Salesforce Inbox 1", inbox, 1],
    ["its name in quotes", '"Salesforce Inbox" 2', inbox, 2],
    ["its id in backticks", "`salesforce-inbox`   3", inbox, 3],
  ])("takes a system by %s", (_, text, system, seats) => {
    expect(read(`/ar seats ${text}`)).toEqual({ command: { name: "seats", args: { system, seats } } });
  });

  it.each([
    ["nothing", "", /name the system and how many.*Usage: \/ar seats <system> <n>/],
    ["no number", "salesforce", /name the system and how many/],
    ["no system", "5", /name the system and how many/],
    ["none", "salesforce 0", /“0” is no number of seats: write a whole number from 1 to 1000/],
    ["too many", "salesforce 1001", /“1001” is no number/],
    ["less than none", "salesforce -3", /“-3” is no number/],
    ["a part of one", "salesforce 1.5", /“1.5” is no number/],
    ["the wrong order", "5 salesforce", /“salesforce” is no number/],
    ["a slip", "salesfroce 5", /“salesfroce” is no system here; did you mean salesforce\? Usage: /],
    ["an unknown one", "zoom 5", /“zoom” is no system here; Systems: salesforce-inbox, salesforce/],
    ["prototype keys", "constructor 5", /is no system/],
  ])("says what is wrong with %s", (_, text, message) => {
    expect(fault(`/ar seats ${text}`)).toMatch(message);
  });
});

describe("what cannot be read", () => {
  it.each([
    ["/ar tkae", /did you mean \/ar take\?/],
    ["/ar aprove", /did you mean \/ar approve\?/],
    ["/ar", /name a command: \/ar help/],
    ["/ar frobnicate", /\/ar help lists/],
    ["/ar __proto__", /\/ar help lists/],
    ["/ar toString", /\/ar help lists/],
    ["/ar take @meri", /takes nothing after its name, and there is “@meri”\. Usage: \/ar take/],
    ["/ar approve not yet", /takes nothing after its name/],
  ])("%s", (text, message) => {
    expect(fault(text)).toMatch(message);
  });

  it("is a short fault, whatever was typed", () => {
    const word = fc.constantFrom("/ar", "hold", "take", "until", "because", "budget", "2026-12-01", '"', "`");
    const line = fc.array(fc.oneof(word, fc.string({ unit: "binary" })), { maxLength: 12 });
    fc.assert(
      fc.property(line, (words) => {
        for (const one of commandLines(`/ar ${words.join(" ")}`)) {
          const found = readCommand(one, terms);
          if ("fault" in found) expect(found.fault.length).toBeLessThan(2000);
          else expect(commandNames).toContain(found.command.name);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
