import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  allot,
  heldSince,
  type Note,
  type QueueRules,
  queueOf,
  readNote,
  waitedFor,
  writeNote,
} from "../../src/engine/licence-queue.ts";
import { labelBook } from "../../src/engine/lifecycle/states.ts";
import { readKey, sectionKey } from "../../src/engine/status.ts";
import type { HistoryEvent, Issue } from "../../src/model.ts";
import { configOf } from "./forms/setting.ts";

const LICENSE = "SalesOPS: Waiting on SFDC License";
const RENEWAL = "Waiting on SFDC renewal";
const CONFIG = configOf(
  "github",
  {},
  {
    more: `lifecycle:
  hold_reasons:
    sfdc_license: { label: "${LICENSE}", system: salesforce }
    sfdc_renewal: { label: "${RENEWAL}", system: salesforce }
    chorus: { label: "Waiting on Chorus", system: chorus }
    vendor: { label: "Waiting on a vendor" }
`,
  },
);
const RULES: QueueRules = {
  config: CONFIG,
  book: labelBook(CONFIG.lifecycle, (a, b) => a.toLowerCase() === b.toLowerCase()),
  outsider: ({ actor }) => actor === "mallory",
};

const issue = (number: number, labels: readonly string[], more: Partial<Issue> = {}): Issue => ({
  number,
  url: "",
  title: "",
  body: "",
  state: "open",
  closeReason: null,
  author: "daytwo",
  labels,
  assignees: [],
  createdAt: 500,
  updatedAt: 500,
  closedAt: null,
  commentCount: 0,
  version: "1",
  ...more,
});
const on = (at: number, label = LICENSE, actor = "sam"): HistoryEvent => ({
  type: "labeled",
  label,
  at,
  actor,
});
const off = (at: number, label = LICENSE, actor = "sam"): HistoryEvent => ({
  type: "unlabeled",
  label,
  at,
  actor,
});

describe("when a hold began", () => {
  it.each<[string, HistoryEvent[], number | null]>([
    ["put on once", [on(1000)], 1000],
    ["put on before the history begins: when it was opened", [], 500],
    ["put on again: the latest time", [on(1000), off(2000), on(3000)], 3000],
    [
      "another reason of the same system came before the first went",
      [on(1000), on(2000, RENEWAL), off(3000)],
      1000,
    ],
    ["another system's reasons do not matter", [on(1000, "Waiting on Chorus"), on(2000)], 2000],
    [
      "a misspelling that became the label",
      [
        on(1000, "SalesOPS: Waiting on SFDC Licence"),
        on(1100),
        off(1200, "SalesOPS: Waiting on SFDC Licence"),
      ],
      1000,
    ],
    [
      "a stranger took it off, daytwo put it back",
      [on(1000), off(2000, LICENSE, "mallory"), on(2100, LICENSE, "daytwo")],
      1000,
    ],
    ["only a stranger put it on", [on(1000, LICENSE, "mallory")], null],
    [
      "a stranger put it on, the team after that",
      [on(1000, LICENSE, "mallory"), off(1500, LICENSE, "daytwo"), on(2000)],
      2000,
    ],
  ])("%s", (_, history, since) => {
    expect(heldSince("salesforce", { createdAt: 500 }, history, RULES)).toBe(since);
  });
});

describe("the queue of a system", () => {
  it("is in the order of holds, and has nobody who does not wait", () => {
    const issues = [
      issue(1, [LICENSE]),
      issue(2, [LICENSE.toUpperCase(), "other"]),
      issue(3, ["Waiting on Chorus"]),
      issue(4, [LICENSE], { state: "closed" }),
      issue(5, [LICENSE, "SalesOPS: Start cancelled"]),
      issue(6, [LICENSE, "SalesOpsAR::Completed"]),
      issue(7, [RENEWAL]),
      issue(8, []),
    ];
    const histories = new Map([
      [1, [on(3000)]],
      [2, [on(2000)]],
      [3, [on(1, "Waiting on Chorus")]],
      [7, [on(2000, RENEWAL)]],
    ]);
    const asked: number[] = [];
    const history = (number: number) => {
      asked.push(number);
      return histories.get(number);
    };
    expect(queueOf("salesforce", issues, history, RULES)).toEqual([
      { number: 2, since: 2000 },
      { number: 7, since: 2000 },
      { number: 1, since: 3000 },
    ]);
    expect(asked).toEqual([1, 2, 7]);
    expect(queueOf("chorus", issues, history, RULES)).toEqual([{ number: 3, since: 1 }]);
    expect(waitedFor(CONFIG)).toEqual(["salesforce", "chorus"]);
  });

  it("is not known before every history of it has been asked for", () => {
    const asked: number[] = [];
    const ask = (number: number) => void asked.push(number);
    expect(
      queueOf("salesforce", [issue(1, [LICENSE]), issue(2, [LICENSE])], ask as never, RULES),
    ).toBeUndefined();
    expect(asked).toEqual([1, 2]);
  });
});

const waiting = fc.record({
  number: fc.integer({ min: 1, max: 40 }),
  since: fc.integer({ min: 0, max: 100 }).map((n) => n * 1000),
});
const queue = fc.uniqueArray(waiting, { selector: ({ number }) => number, maxLength: 30 });

describe("giving seats out", () => {
  it("never more than are free, in order, none to whom one goes already", () => {
    fc.assert(
      fc.property(
        queue,
        fc.nat(20),
        fc.array(waiting, { maxLength: 10 }),
        fc.nat(5),
        (line, seats, taken, had) => {
          const before = line.slice(0, Math.min(had, seats));
          const { to } = allot({ id: "1.0", system: "salesforce", seats }, before, line, taken);
          expect(to.length).toBeLessThanOrEqual(seats);
          expect(new Set(to.map(({ number }) => number)).size).toBe(to.length);
          const gone = (one: { number: number; since: number }) =>
            [...taken, ...before].some((other) => other.number === one.number && other.since === one.since);
          const may = line.filter((one) => !gone(one));
          expect(to).toEqual([...before, ...may.slice(0, seats - before.length)]);
        },
      ),
    );
  });
});

describe("a note", () => {
  const id = fc.oneof(fc.constant("revoked"), fc.stringMatching(/^[1-9][0-9]{0,12}\.[0-9]$/));
  const system = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,12}$/);
  const note: fc.Arbitrary<Note> = fc.record({
    freed: fc.array(
      fc.record({
        id,
        system,
        seats: fc.integer({ min: 1, max: 1000 }),
        to: fc.array(waiting, { maxLength: 5 }),
      }),
      { maxLength: 5 },
    ),
    got: fc.array(
      fc.record({
        system,
        since: fc.nat(100).map((n) => n * 1000),
        from: fc.integer({ min: 1, max: 99 }),
        id,
      }),
      { maxLength: 3 },
    ),
  });

  it("comes back from a section's key as it was", () => {
    fc.assert(
      fc.property(note, (one) => {
        expect(readNote(readKey(sectionKey(writeNote(one))))).toEqual(one);
      }),
    );
  });

  it("says nothing where somebody broke it", () => {
    const none = { freed: [], got: [] };
    for (const key of [null, "", "freed", "freed a b c d", "got x", "got salesforce zz a b"])
      expect(readNote(key)).toEqual(none);
  });

  it("has room for a thousand seats in one comment, and for every box a leaver has", () => {
    const to = Array.from({ length: 1000 }, (_, i) => ({ number: 10_000 + i, since: 1_795_000_000_000 }));
    const freed = Array.from({ length: 30 }, (_, i) => ({
      id: `${i}.0`,
      system: "salesforce",
      seats: 1,
      to: [],
    }));
    const boxes = Array.from({ length: 30 }, (_, i) => ({
      id: "revoked",
      system: `s${i}`,
      seats: 1,
      to: [],
    }));
    const key = sectionKey(
      writeNote({ freed: [{ id: "1.0", system: "salesforce", seats: 1000, to }], got: [] }),
    );
    expect(key.length).toBeLessThan(20_000);
    const kept = readNote(writeNote({ freed: [...boxes, ...freed], got: [] })).freed;
    expect(kept.filter((one) => one.id === "revoked")).toHaveLength(30);
    expect(kept.at(-1)?.id).toBe("29.0");
    expect(kept).toHaveLength(50);
  });
});
