import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AccessRecord, accessMarker, readAccess } from "../../../src/engine/access/record.ts";
import { findMarkers, marker } from "../../../src/engine/text/safe.ts";

const ADA: AccessRecord = {
  does: "give",
  name: "Ada Lovelace",
  email: "ada@example.com",
  role: "Account Executive",
  region: "EMEA",
  department: null,
  systems: { salesforce: "Standard", chorus: null },
};

const text = fc.string({ unit: "binary" }).map((one) => one.toWellFormed());
const maybe = fc.option(text);
const record: fc.Arbitrary<AccessRecord> = fc.record({
  does: fc.constantFrom("give", "revoke"),
  name: text.filter((one) => one !== ""),
  email: maybe,
  role: maybe,
  region: maybe,
  department: maybe,
  systems: fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9-]*$/), maybe, { noNullPrototype: true }),
});

describe("the record of whom a request is about", () => {
  test("is one hidden line that is read back", () => {
    const line = accessMarker(ADA);
    expect(line).toMatch(/^<!-- daytwo:access:\S+ -->$/);
    expect(readAccess(`Please.\n\n- [ ] Invite\n\n${marker("hire:acme/people#1")}\n${line}`)).toEqual(ADA);
  });

  test("is read back whatever the texts are, and acts on nothing", () => {
    fc.assert(
      fc.property(record, (one) => {
        const line = accessMarker(one);
        expect(readAccess(line)).toEqual(one);
        expect(findMarkers(line)).toHaveLength(1);
        // No mention, no comment's end, no quick action, no expression, no reference, nothing that hides.
        expect(line.slice(5, -4)).not.toMatch(
          /[@<>/#&`$[\]!~\n\r]|--|\{\{|[\u202a-\u202e\u2066-\u2069]|\p{Cc}/u,
        );
      }),
    );
  });

  test.each([
    ["nothing", "no line"],
    ["another marker", marker("hire:acme/people#1")],
    ["not JSON", marker("access:{does")],
    ["JSON of another shape", marker('access:{"does":"take"}')],
    ["a name that is empty", accessMarker({ ...ADA, name: "" })],
  ])("%s is no record", (_, body) => {
    expect(readAccess(body)).toBeNull();
  });

  test("a broken one does not hide the next", () => {
    expect(readAccess(`${marker("access:x")}\n${accessMarker(ADA)}`)).toEqual(ADA);
  });
});
