import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { approversOf } from "../../../src/engine/commands/approval.ts";
import { kept, readLedger, writeLedger } from "../../../src/engine/commands/ledger.ts";
import { readKey, sectionKey } from "../../../src/engine/status.ts";

describe("the ledger", () => {
  const hold = fc.record({
    reason: fc.stringMatching(/^[a-z][a-z0-9_-]{0,20}$/),
    until: fc.option(fc.constantFrom("2026-12-01", "2027-02-28")),
    by: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,30}$/),
    because: fc.option(
      fc
        .string({ unit: "binary", maxLength: 400 })
        .map(kept)
        .filter((text) => text !== ""),
    ),
  });
  const seats = fc.record({
    id: fc.stringMatching(/^[1-9][0-9]{0,14}\.[0-9]$/),
    system: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,20}$/),
    seats: fc.integer({ min: 1, max: 1000 }),
  });
  const ledger = fc.record({
    done: fc.nat(),
    holds: fc.array(hold, { maxLength: 4 }),
    seats: fc.array(seats, { maxLength: 4 }),
  });

  it("comes back from a section's key as it was", () => {
    fc.assert(
      fc.property(ledger, (one) => {
        expect(readLedger(readKey(sectionKey(writeLedger(one))))).toEqual(one);
      }),
    );
  });

  it.each([null, "", "done:", "done:-1", "done:1e9", "done:9999999999999999", "linked", "hold:x - sam"])(
    "is none in %j",
    (key) => {
      expect(readLedger(key)).toBeNull();
    },
  );

  it("drops a hold and seats that somebody broke", () => {
    expect(
      readLedger("done:7\nhold:\nhold:x 2026-99-99 sam\nseats:12.0 salesforce\nseats:12.0 salesforce 1e3"),
    ).toEqual({
      done: 7,
      holds: [{ reason: "x", until: null, by: "sam", because: null }],
      seats: [],
    });
  });
});

describe("who may approve", () => {
  it.each([
    ["a form's heading", "### Manager\n\n@meri", "meri"],
    ["a table's row", "| | |\n| --- | --- |\n| Role | AE |\n| Manager | @meri |", "meri"],
    ["a mention that was broken", "| | |\n| --- | --- |\n| Manager | @\u200bmeri |", "meri"],
    ["a line", "Manager: meri", "meri"],
    ["a name", "Manager: Meri Okafor", null],
    ["two handles", "Manager: @meri @sam", null],
    ["nobody", "Role: AE", null],
  ])("is read from %s", (_, body, manager) => {
    expect(approversOf(body, "github").manager).toBe(manager);
  });

  it.each([
    ["the work e-mail", "Work email: Ada@acme.com"],
    ["the name as a handle", "Full name: @ada"],
    [
      "a row of people",
      "### People\n\n| Name | Email |\n| --- | --- |\n| Bo | bo@acme.com |\n| Ada | ada@acme.com |",
    ],
    ["a CSV of people", "### People\n\nName,Email\nBo,bo@acme.com\nAda,ada@acme.com"],
  ])("is not whom the request is for, by %s", (_, body) => {
    expect(approversOf(body, "github").isFor("ADA")).toBe(true);
    expect(approversOf(body, "github").isFor("meri")).toBe(false);
  });

  it("takes no time over a body that means harm", () => {
    const began = performance.now();
    approversOf(`### People\n\n${"a".repeat(200_000)}\n### Work email\n\n${"@".repeat(100_000)}`, "gitlab");
    expect(performance.now() - began).toBeLessThan(1000);
  });
});
