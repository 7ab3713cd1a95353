import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Grant } from "../../../src/engine/access/grants.ts";
import { ledgerOf } from "../../../src/engine/access/ledger.ts";
import { spanOf } from "../../../src/engine/cadence/period.ts";
import { composeReview, partsOf } from "../../../src/engine/review/compose.ts";
import { judge } from "../../../src/engine/review/judge.ts";
import { type ReviewMemory, readMemory, writeMemory } from "../../../src/engine/review/memory.ts";
import { readReviewKey, reviewKey } from "../../../src/engine/review/names.ts";
import { readReview } from "../../../src/engine/review/read.ts";
import { reviewsOf } from "../../../src/engine/review/rows.ts";
import { setBox } from "../../../src/engine/text/markdown.ts";
import { plain } from "../../../src/engine/text/safe.ts";
import { config } from "../access/setting.ts";

const DAY = "2026-12-17";
const AT = Date.parse(`${DAY}T14:00:00Z`);
const around = {
  occasion: { span: spanOf(DAY, "quarter"), day: DAY },
  forge: "github",
  project: "acme/access-requests",
  now: AT,
} as const;
const OWNER = { owner: "amber", part: 1 };

const grant = (name: string, more: Partial<Grant> = {}): Grant => ({
  person: { name, email: null },
  role: null,
  region: null,
  system: "chorus",
  as: null,
  request: 12,
  url: "",
  at: AT,
  ...more,
});
const bodyOf = (grants: readonly Grant[]): string => {
  const [own] = reviewsOf(config, {}, ledgerOf([{ gives: grants, takes: [] }]));
  return composeReview(config, OWNER, own?.systems ?? [], around, []).body;
};

/** One line that is no blank, as forms give it. */
const line = fc
  .oneof(
    fc.string({ minLength: 1, maxLength: 30 }),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }),
    fc.constantFrom(
      "Lovelace, Ada",
      "a, `b@c.de`, Chorus",
      "Keep: x (since 2026-01-01, a/b#1)",
      "x (n/a)",
      "~~Ada~~",
    ),
  )
  .map((text) => plain(text).replaceAll("\u200b", ""))
  .filter((text) => text.trim() !== "");

describe("rows", () => {
  it("are read back whatever people are called", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.record({ name: line, as: fc.option(line) }), {
          selector: ({ name }) => name.toLowerCase().replace(/\s+/g, " ").trim(),
          minLength: 1,
          maxLength: 5,
        }),
        (people) => {
          const grants = people.flatMap(({ name, as }, i) => {
            const person = { name, email: `p${i}@acme.com` };
            return [grant(name, { person, as }), grant(name, { person, as, system: "inbox" })];
          });
          const { rows, others } = readReview(bodyOf(grants));
          expect(others).toEqual([]);
          expect(rows).toHaveLength(grants.length);
          expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
          for (const { keep, revoke } of rows) expect([keep?.done, revoke?.done]).toEqual([false, false]);
          const squeezed = (text: string | null) => text?.replace(/[\s\u00a0]+/g, " ").trim() ?? null;
          const seen = rows.map(({ name, email, as, system }) =>
            [squeezed(name), email, squeezed(as), system].join("|"),
          );
          const wanted = grants.map(({ person, as, system }) =>
            [squeezed(person.name), person.email, squeezed(as), system].join("|"),
          );
          expect(seen.sort()).toEqual(wanted.sort());
        },
      ),
      { numRuns: 150 },
    );
  });

  it("somebody without an address is told by the name; a box that went, and one that came, do not hurt", () => {
    const body = bodyOf([grant("Ada")]);
    expect(readReview(body).rows).toMatchObject([{ name: "Ada", email: null, system: "chorus" }]);
    const less = body.replace(/^- \[ \] Keep.*\n/m, "- [ ] Ask her manager\n");
    const { rows, others } = readReview(less);
    expect(rows).toMatchObject([{ name: "Ada", keep: null }]);
    expect(others.map(({ text }) => text)).toEqual(["Ask her manager"]);
  });
});

describe("judging", () => {
  const witness = { by: () => "mallory", stranger: () => false };
  const stand = (body: string, more: Partial<Parameters<typeof judge>[1]> = {}) =>
    judge(readReview(body), { ...witness, ...more }).stands.map((one) => one.stand);
  const tick = (body: string, answer: "keep" | "revoke") => {
    const box = readReview(body).rows[0]?.[answer];
    return box ? setBox(body, box, true) : body;
  };

  it.each([
    ["nothing", (body: string) => body, "open"],
    ["keep", (body: string) => tick(body, "keep"), "keep"],
    ["revoke", (body: string) => tick(body, "revoke"), "revoke"],
    ["both", (body: string) => tick(tick(body, "keep"), "revoke"), "both"],
    ["keep struck out", (body: string) => body.replace(/(\[ \] )(Keep.*)/, "$1~~$2~~"), "open"],
    [
      "both struck out",
      (body: string) => body.replace(/(\[ \] )((?:Keep|Revoke).*)/g, "$1~~$2~~"),
      "dropped",
    ],
  ] as const)("%s", (_, edit, wanted) => {
    expect(stand(edit(bodyOf([grant("Ada")])))).toEqual([wanted]);
  });

  it("what a stranger ticked is put back, and does not count", () => {
    const body = tick(tick(bodyOf([grant("Ada")]), "keep"), "revoke");
    const by = (_: unknown, answer: string) => (answer === "keep" ? "mallory" : null);
    const judged = judge(readReview(body), { by, stranger: () => true });
    expect(judged.stands.map((one) => one.stand)).toEqual(["revoke"]);
    expect(judged.backs).toMatchObject([{ answer: "keep", by: "mallory" }]);
    expect(judged.mends).toHaveLength(1);
  });
});

describe("a review that does not fit into one issue", () => {
  it("is cut into parts that fit, with every row once", () => {
    const grants = Array.from({ length: 700 }, (_, i) =>
      grant(`Person ${i}`, {
        person: { name: `Person ${i}`, email: `person.${i}@example.com` },
        system: i % 2 === 0 ? "chorus" : "inbox",
        as: "Recorder",
      }),
    );
    const [own] = reviewsOf(config, {}, ledgerOf([{ gives: grants, takes: [] }]));
    const parts = partsOf(config, "amber", own?.systems ?? [], around);
    expect(parts.length).toBeGreaterThan(2);
    const roster = parts.map((_, i) => reviewKey({ period: "2026-Q4", owner: "amber", part: i + 1 }));
    const issues = parts.map((systems, i) =>
      composeReview(config, { owner: "amber", part: i + 1 }, systems, around, roster),
    );
    for (const { body } of issues) expect(body.length).toBeLessThan(65_536);
    expect(issues[1]?.title).toBe("Access review 2026-Q4: amber, part 2");
    const ids = issues.flatMap(({ body }) => readReview(body).rows.map(({ id }) => id));
    expect(new Set(ids).size).toBe(700);
    expect(ids).toHaveLength(700);
  });
});

describe("keys", () => {
  it("are read back", () => {
    for (const part of [1, 2, 17]) {
      const about = { period: "2026-W48", owner: "a.b_c-d", part };
      expect(readReviewKey(reviewKey(about))).toEqual(about);
    }
    expect(readReviewKey("review-issues:a")).toBeNull();
  });

  it("so is what the status comment remembers", () => {
    const memory: ReviewMemory = {
      answers: new Map([
        ["0a", { answer: "keep", by: "meri" }],
        ["0b", { answer: "revoke", by: null }],
      ]),
      gone: new Map([
        ["0b", { number: 12, withdrawn: false }],
        ["0c", { number: 13, withdrawn: true }],
      ]),
      backs: [{ id: "0d", answer: "revoke", by: "mallory" }],
      reopened: true,
    };
    expect(readMemory(writeMemory(memory, "hash"))).toEqual(memory);
    expect(readMemory("double:3")).toEqual({
      answers: new Map(),
      gone: new Map(),
      backs: [],
      reopened: false,
    });
  });
});
