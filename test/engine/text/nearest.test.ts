import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { distance, nearest } from "../../../src/engine/text/nearest.ts";

/** The recurrence as textbooks print it, with the whole matrix. */
function textbook(a: string, b: string): number {
  const d = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (_, j) => (i === 0 ? j : j === 0 ? i : 0)),
  );
  const at = (i: number, j: number) => d[i]?.[j] ?? Number.NaN;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const costs = [at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)];
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) costs.push(at(i - 2, j - 2) + 1);
      (d[i] as number[])[j] = Math.min(...costs);
    }
  }
  return at(a.length, b.length);
}

describe("distance", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 9 });
  test("is the textbook's, either way round, and cut off at max", () => {
    fc.assert(
      fc.property(word, word, fc.nat(6), (a, b, max) => {
        const expected = textbook(a, b);
        expect(distance(a, b)).toBe(expected);
        expect(distance(b, a)).toBe(expected);
        expect(distance(a, b, max)).toBe(Math.min(expected, max + 1));
      }),
      { numRuns: 3_000 },
    );
  });

  test("a swap is one edit", () => {
    expect(distance("SaelsOpsAR", "SalesOpsAR")).toBe(1);
  });

  test("gives up early on long words", () => {
    const began = performance.now();
    expect(distance("ab".repeat(50_000), "cd".repeat(50_000), 3)).toBe(4);
    expect(performance.now() - began).toBeLessThan(500);
  });
});

describe("nearest", () => {
  const states = ["SalesOpsAR::Action Needed", "SalesOpsAR::In Progress", "SalesOpsAR::On Hold"];
  test.each([
    ["SaelsOpsAR::In Progress", "SalesOpsAR::In Progress"],
    ["salesopsar::on hold ", "SalesOpsAR::On Hold"],
    ["SalesOpsAR::OnHold", "SalesOpsAR::On Hold"],
    ["bug", null],
    ["", null],
  ])("of %j is %j", (wanted, expected) => {
    expect(nearest(wanted, states)).toBe(expected);
  });

  test("takes the first of equals and keeps to max", () => {
    expect(nearest("tak", ["take", "talk"])).toBe("take");
    expect(nearest("tk", ["take"], 1)).toBeNull();
    expect(nearest("tk", ["take"], 2)).toBe("take");
    expect(nearest("x", [])).toBeNull();
  });
});
