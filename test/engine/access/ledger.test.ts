import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Deeds, Grant, Withdrawal } from "../../../src/engine/access/grants.ts";
import { type Ledger, ledgerOf } from "../../../src/engine/access/ledger.ts";

const ADA = { name: "Ada Lovelace", email: "ada@example.com" };
const OTHER_ADA = { name: "Ada Lovelace", email: "ada2@example.com" };

interface Given extends Partial<Omit<Grant, "request">> {
  readonly takes?: Withdrawal["how"];
}

/** A request that does one thing; opened in the order of its number unless told. */
function request(number: number, { takes, ...given }: Given): Deeds {
  const one = { person: ADA, system: "chorus", request: number, url: `u${number}`, at: number, ...given };
  if (takes) return { gives: [], takes: [{ ...one, how: takes }] };
  return { gives: [{ role: "AE", region: "EMEA", as: null, ...one }], takes: [] };
}

const has = (ledger: Ledger, who: { name: string; email: string | null }) =>
  ledger.of(who).map(({ system, as, request: by }) => `${system}${as ? ` as ${as}` : ""} by #${by}`);

describe("the ledger", () => {
  test.each<[string, Given[], string[]]>([
    ["given", [{}], ["chorus by #1"]],
    ["given and revoked", [{}, { takes: "revoked" }], []],
    ["given, and found never to have been there", [{}, { takes: "never" }], []],
    [
      "given after a revocation: hired again",
      [{}, { takes: "revoked" }, { as: "Recorder" }],
      ["chorus as Recorder by #3"],
    ],
    ["revoked before it was given", [{ takes: "revoked" }, {}], ["chorus by #2"]],
    ["given twice", [{}, {}], ["chorus by #1"]],
    ["given again with a role", [{}, { as: "Recorder" }], ["chorus as Recorder by #2"]],
    ["given again without one", [{ as: "Recorder" }, {}], ["chorus as Recorder by #1"]],
    ["two systems, one revoked", [{}, { system: "salesforce" }, { takes: "revoked" }], ["salesforce by #2"]],
    ["opened earlier than its number says", [{ takes: "revoked", at: 9 }, { at: 5 }], []],
    ["opened at the same moment", [{ at: 5 }, { takes: "revoked", at: 5 }], []],
  ])("%s", (_, acts, expected) => {
    const ledger = ledgerOf(acts.map((act, i) => request(i + 1, act)));
    expect(has(ledger, ADA)).toEqual(expected);
    expect(ledger.holders("chorus").length).toBe(expected.filter((one) => one.startsWith("chorus")).length);
    expect(ledger.knows(ADA)).toBe(acts.some((act) => !act.takes));
  });

  test("the same person is told by the address, whatever its case, else by the name", () => {
    const ledger = ledgerOf([
      request(1, { person: { name: "Ada King", email: "ADA@example.com" } }),
      request(2, { system: "salesforce" }),
      request(3, { system: "clari", person: { name: " ada  lovelace", email: null } }),
    ]);
    expect(ledger.people).toHaveLength(1);
    expect(has(ledger, { name: "whoever", email: "Ada@Example.com" })).toHaveLength(3);
    expect(has(ledger, { name: "Ada Lovelace", email: null })).toHaveLength(3);
    expect(has(ledger, { name: "Ada Lovelace", email: "someone@example.com" })).toEqual([]);
  });

  test("an address that becomes known later belongs to the same person", () => {
    const ledger = ledgerOf([
      request(1, { person: { ...ADA, email: null } }),
      request(2, { system: "salesforce" }),
      request(3, { takes: "revoked" }),
    ]);
    expect(ledger.people.map(({ person }) => person)).toEqual([ADA]);
    expect(has(ledger, ADA)).toEqual(["salesforce by #2"]);
  });

  test("where a name may be two people's, nothing is taken by it and both are shown", () => {
    const both = [request(1, {}), request(2, { person: OTHER_ADA, system: "salesforce" })];
    const ledger = ledgerOf([...both, request(3, { person: { ...ADA, email: null }, takes: "revoked" })]);
    expect(has(ledger, { ...ADA, email: null })).toEqual(["chorus by #1", "salesforce by #2"]);
    expect(has(ledger, OTHER_ADA)).toEqual(["salesforce by #2"]);
  });

  test("role and region are the latest that were given; whoever has nothing is no holder", () => {
    const ledger = ledgerOf([
      request(1, {}),
      request(2, { system: "salesforce", role: "Account Director", region: null }),
      request(3, { person: OTHER_ADA }),
      request(4, { person: OTHER_ADA, takes: "revoked" }),
    ]);
    expect(ledger.people).toMatchObject([{ person: ADA, role: "Account Director", region: "EMEA" }]);
    expect(ledger.alike("account  director", "emea")).toHaveLength(1);
    expect(ledger.alike("Account Director", "APAC")).toEqual([]);
    expect(ledger.alike("Account Director", null)).toHaveLength(1);
    expect(ledger.alike("AE", null)).toEqual([]);
  });

  const who = fc.record({
    name: fc.constantFrom("Ada", "Grace", "Alan"),
    email: fc.constantFrom("a@x.io", "A@X.io", "g@x.io", null),
  });
  const acts = fc.array(
    fc.record({
      person: who,
      system: fc.constantFrom("chorus", "salesforce"),
      at: fc.nat(5),
      as: fc.constantFrom("Recorder", "Member", null),
      role: fc.constantFrom("AE", null),
      takes: fc.constantFrom(undefined, undefined, "revoked" as const, "never" as const),
    }),
    { maxLength: 12 },
  );
  const shown = ({ people }: Ledger) => JSON.stringify(people);

  test("is the same in whatever order requests are read", () => {
    fc.assert(
      fc.property(acts, fc.infiniteStream(fc.nat(1000)), (given, keys) => {
        const all = given.map(({ takes, ...act }, i) => request(i, takes ? { ...act, takes } : act));
        const shuffled = all
          .map((one) => ({ one, key: keys.next().value as number }))
          .sort((a, b) => a.key - b.key)
          .map(({ one }) => one);
        expect(shown(ledgerOf(shuffled))).toBe(shown(ledgerOf(all)));
      }),
    );
  });

  test("shows each grant in every way alike, and one system to a person once", () => {
    fc.assert(
      fc.property(acts, (given) => {
        const ledger = ledgerOf(
          given.map(({ takes, ...act }, i) => request(i, takes ? { ...act, takes } : act)),
        );
        const all = ledger.people.flatMap(({ grants }) => grants);
        expect(ledger.holders("chorus").length + ledger.holders("salesforce").length).toBe(all.length);
        for (const { person, grants } of ledger.people) {
          expect(new Set(grants.map(({ system }) => system)).size).toBe(grants.length);
          expect(ledger.of(person)).toEqual(expect.arrayContaining([...grants]));
        }
      }),
    );
  });
});
