import { describe, expect, test } from "vitest";
import type { DecidedChange, Decision } from "../../../src/engine/decision.ts";
import type { Delivery } from "../../../src/model.ts";
import type { Batch } from "../../../src/run/inbox/inbox.ts";
import { isEcho } from "../../../src/run/serve/echo.ts";
import { MONDAY, waiting } from "../deliveries.ts";

const SECOND = 1000;
const STATE = "SalesOpsAR::In Progress";

const change = (kind: DecidedChange["kind"], what: string | null = null): DecidedChange => ({
  policy: "lifecycle",
  kind,
  project: "requests",
  issue: 1,
  reason: "",
  what,
  outcome: { status: "applied", issue: 1, url: null, error: null },
});
const decision = (changes: readonly DecidedChange[], more: Partial<Decision> = {}): Decision => ({
  at: MONDAY,
  ended: MONDAY + 2 * SECOND,
  deliveries: [],
  changes,
  problems: [],
  fatal: null,
  whole: true,
  ...more,
});
const DONE = decision([
  change("comment"),
  change("add-label", STATE),
  change("remove-label", "SalesOpsAR::Action Needed"),
  change("assign", "sam"),
]);

const by = { at: MONDAY, actor: "daytwo" } as const;
const labeled = (label = STATE): Partial<Delivery> => ({
  action: "labeled",
  events: [{ ...by, type: "labeled", label }],
});
const commented = (action = "created"): Partial<Delivery> => ({ about: "comment", action, events: [] });
function batch(deliveries: readonly Partial<Delivery>[], failures = 0): Batch {
  const all = deliveries.map((more, at) => {
    const one = waiting(`d-${at}`);
    return { ...one, delivery: { ...one.delivery, actor: "Daytwo", ...more } };
  });
  return { lane: all[0]?.lane ?? "", waiting: all, failures };
}
const at = (ms: number, more: Partial<Delivery>): Partial<Delivery> => ({
  ...more,
  issue: { ...waiting("x").delivery.issue, updatedAt: MONDAY + ms },
});
const inbox = (...decisions: readonly unknown[]) => ({
  logged: async () => decisions.map((entry) => ({ at: MONDAY, entry })),
});

describe("deliveries of daytwo's own deeds", () => {
  test.each([
    ["a label", [labeled()]],
    ["a comment", [commented()]],
    ["a comment that was edited, as GitLab calls it", [commented("update")]],
    [
      "all of them",
      [commented(), labeled(), at(5 * SECOND, { events: [{ ...by, type: "assigned", assignee: "sam" }] })],
    ],
  ])("%s: no look", async (_, deliveries) => {
    expect(await isEcho(inbox(DONE), batch(deliveries), "daytwo")).toBe(true);
  });

  test.each<[string, readonly Partial<Delivery>[]]>([
    ["somebody else's", [labeled(), { ...labeled(), actor: "sam" }]],
    ["one that daytwo asked for itself", [{ ...labeled(), id: null }]],
    ["a label that was not decided", [labeled("SalesOpsAR::On Hold")]],
    ["the same label twice", [labeled(), labeled()]],
    ["a label taken off that was put on", [{ events: [{ ...by, type: "unlabeled", label: STATE }] }]],
    ["a comment deleted", [commented("deleted")]],
    ["an edit of the body", [{ action: "edited", events: [] }]],
    ["an issue that is opened", [{ action: "opened", events: [] }]],
    ["long after", [at(60 * SECOND, labeled())]],
    ["long before", [at(-60 * SECOND, labeled())]],
  ])("%s: a look", async (_, deliveries) => {
    expect(await isEcho(inbox(DONE), batch(deliveries), "daytwo")).toBe(false);
  });

  test.each<[string, unknown]>([
    ["work that left something to do", { ...DONE, whole: false }],
    ["a log of an older version", { at: MONDAY, changes: DONE.changes }],
    ["work that did something else", decision([change("add-label", "other")])],
  ])("after %s: a look", async (_, entry) => {
    expect(await isEcho(inbox(entry), batch([labeled()]), "daytwo")).toBe(false);
  });

  test("after a failure, or where nobody knows who daytwo is: a look", async () => {
    expect(await isEcho(inbox(DONE), batch([labeled()], 1), "daytwo")).toBe(false);
    expect(await isEcho(inbox(DONE), batch([labeled()]), null)).toBe(false);
    expect(await isEcho(inbox(DONE), batch([{ ...labeled(), actor: "" }]), "")).toBe(false);
  });
});
