import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Stay } from "../../../src/engine/lifecycle/standing.ts";
import type { State } from "../../../src/engine/lifecycle/states.ts";
import {
  CLOCKS,
  type ClockTerms,
  clockTerms,
  readClocks,
  soonest,
  spans,
} from "../../../src/engine/metrics/clocks.ts";
import { calendarOf, dayOf, HOUR_MS, MINUTE_MS, timeOf } from "../../../src/engine/time/index.ts";
import type { Instant } from "../../../src/model.ts";
import { config } from "../../plan/facts.ts";

const at = (text: string): Instant => Date.parse(text);
const TERMS: ClockTerms = {
  time: {
    calendar: calendarOf({ country: "US", region: "ny", closed: ["2026-12-24"] }),
    zone: "America/New_York",
    hours: { from: "09:00", to: "17:00" },
  },
  allowance: { first_action: 8 * HOUR_MS, done: 40 * HOUR_MS },
};
/** Wednesday before Thanksgiving, 10:00 in New York. */
const OPENED = at("2026-11-25T15:00:00Z");
const lived = (...stays: [State, string | number][]) => ({
  createdAt: OPENED,
  closedAt: null as Instant | null,
  stays: stays.map(([state, from]): Stay => ({ state, from: typeof from === "string" ? at(from) : from })),
});
const NEVER = Number.NEGATIVE_INFINITY;

describe("the clock of the first action", () => {
  it("runs in Action Needed in the team's working time, over a holiday and a weekend", () => {
    const { first_action: clock } = readClocks(
      lived(["action_needed", NEVER]),
      at("2026-11-28T12:00Z"),
      TERMS,
    );
    expect(clock).toEqual({
      clock: "first_action",
      running: true,
      since: OPENED,
      spent: 15 * HOUR_MS,
      left: -7 * HOUR_MS,
      dueAt: at("2026-11-27T15:00:00Z"),
      breachedAt: at("2026-11-27T15:00:00Z"),
    });
  });

  it("is over when somebody takes it, and says by when that was due only if it came too late", () => {
    const taken = lived(["action_needed", NEVER], ["in_progress", "2026-11-25T17:00Z"]);
    const late = lived(["action_needed", NEVER], ["in_progress", "2026-11-27T15:00:00.001Z"]);
    const now = at("2026-12-15T12:00Z");
    expect(readClocks(taken, now, TERMS).first_action).toMatchObject({
      running: false,
      spent: 2 * HOUR_MS,
      left: 6 * HOUR_MS,
      dueAt: null,
      breachedAt: null,
    });
    expect(readClocks(late, now, TERMS).first_action).toMatchObject({
      running: false,
      breachedAt: at("2026-11-27T15:00Z"),
    });
  });

  it("what is taken at the very instant is in time", () => {
    const just = lived(["action_needed", NEVER], ["in_progress", "2026-11-27T15:00Z"]);
    expect(readClocks(just, at("2026-12-15T12:00Z"), TERMS).first_action).toMatchObject({
      left: 0,
      breachedAt: null,
    });
  });

  it("stands still On Hold and goes on after it", () => {
    const held = [
      ["action_needed", NEVER],
      ["on_hold", "2026-11-25T16:00Z"],
    ] as [State, string | number][];
    const now = at("2026-12-01T20:00Z");
    expect(readClocks(lived(...held), now, TERMS).first_action).toMatchObject({
      running: false,
      left: 7 * HOUR_MS,
      dueAt: null,
    });
    expect(
      readClocks(lived(...held, ["action_needed", "2026-12-01T19:00Z"]), now, TERMS).first_action,
    ).toMatchObject({
      running: true,
      left: 6 * HOUR_MS,
      dueAt: at("2026-12-02T18:00Z"),
    });
  });

  it("starts anew when a request that was taken comes back", () => {
    const back = lived(
      ["action_needed", NEVER],
      ["in_progress", "2026-12-08T15:00Z"],
      ["on_hold", "2026-12-09T15:00Z"],
      ["action_needed", "2026-12-10T15:00Z"],
    );
    expect(readClocks(back, at("2026-12-10T16:00Z"), TERMS).first_action).toMatchObject({
      since: at("2026-12-10T15:00Z"),
      spent: HOUR_MS,
      breachedAt: null,
      dueAt: at("2026-12-11T15:00Z"),
    });
  });

  it("is told of no request that was never in Action Needed", () => {
    expect(readClocks(lived(["in_progress", NEVER]), OPENED, TERMS).first_action).toBeNull();
  });
});

describe("the clock until Completed", () => {
  it("runs from the opening, stands still On Hold and Completed, and goes on when it is opened again", () => {
    const story = lived(
      ["action_needed", NEVER],
      ["in_progress", "2026-11-25T18:00Z"], // 3 h
      ["on_hold", "2026-11-30T15:00Z"], // 4 h, 8 h on Friday and 1 h on Monday
      ["in_progress", "2026-12-07T15:00Z"],
      ["completed", "2026-12-07T20:00Z"], // 5 h
      ["in_progress", "2027-01-05T15:00Z"],
    );
    expect(readClocks(story, at("2027-01-05T16:00Z"), TERMS).done).toMatchObject({
      running: true,
      spent: 22 * HOUR_MS,
      left: 18 * HOUR_MS,
      dueAt: at("2027-01-07T18:00Z"),
      breachedAt: null,
    });
  });

  it("stops for good when the request is closed", () => {
    const closed = { ...lived(["action_needed", NEVER]), closedAt: at("2026-11-25T19:00Z") };
    const { done, first_action } = readClocks(closed, at("2027-11-25T19:00Z"), TERMS);
    expect([done, first_action]).toEqual([
      expect.objectContaining({ running: false, spent: 4 * HOUR_MS, breachedAt: null }),
      expect.objectContaining({ running: false, spent: 4 * HOUR_MS, breachedAt: null }),
    ]);
  });

  it("a clock of the forge that is ahead of ours counts nothing", () => {
    const { done } = readClocks(lived(["action_needed", NEVER]), OPENED - HOUR_MS, TERMS);
    expect(done).toMatchObject({ spent: 0, left: 40 * HOUR_MS, since: OPENED });
  });
});

it("the terms are the configuration's, a day being one of its working days", () => {
  const own = { ...config, hours: { from: "08:00", to: "14:00" } };
  expect(clockTerms(own).allowance).toEqual({ first_action: 6 * HOUR_MS, done: 30 * HOUR_MS });
});

// Whole minutes, so that a count of minutes can be exact; with a change of clocks, holidays and a year's end in it.
const FIRST = at("2026-10-20T00:00:00Z") / MINUTE_MS;
const DAYS = 24;
const minute = fc.integer({ min: FIRST, max: FIRST + DAYS * 24 * 60 }).map((n) => n * MINUTE_MS);
const state = fc.constantFrom<State>("action_needed", "in_progress", "on_hold", "completed");
const terms: fc.Arbitrary<ClockTerms> = fc
  .record({
    place: fc.constantFrom<[string, string]>(
      ["US", "America/New_York"],
      ["GB", "Europe/London"],
      ["IN", "Asia/Kolkata"],
      ["SA", "Asia/Riyadh"],
      ["AU", "Australia/Sydney"],
      ["JP", "Asia/Tokyo"],
    ),
    hours: fc.constantFrom(
      { from: "09:00", to: "17:00" },
      { from: "00:00", to: "24:00" },
      { from: "07:30", to: "12:15" },
    ),
    first_action: fc.integer({ min: 1, max: 20 * 60 }),
    done: fc.integer({ min: 1, max: 60 * 60 }),
  })
  .map(({ place: [country, zone], hours, first_action, done }) => ({
    time: { calendar: calendarOf({ country }), zone, hours },
    allowance: { first_action: first_action * MINUTE_MS, done: done * MINUTE_MS },
  }));
const life = fc
  .record({
    times: fc.uniqueArray(minute, { minLength: 2, maxLength: 7 }).map((all) => all.toSorted((a, b) => a - b)),
    states: fc.array(state, { minLength: 7, maxLength: 7 }),
    born: fc.boolean(),
  })
  .map(({ times, states, born }) => {
    const [createdAt = 0, ...moves] = times;
    const now = moves.pop() ?? createdAt;
    const stays = [born ? NEVER : createdAt, ...moves].map(
      (from, i): Stay => ({
        state: states[i] as State,
        from,
      }),
    );
    return { lived: { createdAt, closedAt: null, stays }, now };
  });

/** Minute by minute, as somebody with a calendar, a watch and much patience would do it. */
function recount(
  life: { createdAt: Instant; stays: readonly Stay[] },
  now: Instant,
  { time, allowance }: ClockTerms,
) {
  const worked = (one: Instant) => {
    const clock = timeOf(one, time.zone);
    return (
      time.calendar.isWorkingDay(dayOf(one, time.zone)) && clock >= time.hours.from && clock < time.hours.to
    );
  };
  const spent = { first_action: 0, done: 0 };
  const breachedAt: Record<string, Instant | null> = { first_action: null, done: null };
  let waited = false;
  for (let one = life.createdAt; one <= now; one += MINUTE_MS) {
    const stands = (life.stays.findLast(({ from }) => from <= one) as Stay).state;
    if (stands === "action_needed" && !waited) {
      spent.first_action = 0;
      breachedAt.first_action = null;
    }
    if (stands !== "on_hold") waited = stands === "action_needed";
    const runs = { first_action: stands === "action_needed", done: waited || stands === "in_progress" };
    if (stands === "on_hold") runs.done = false;
    for (const clock of CLOCKS) {
      if (runs[clock] && spent[clock] >= allowance[clock]) breachedAt[clock] ??= one;
      if (runs[clock] && one < now && worked(one)) spent[clock] += MINUTE_MS;
    }
  }
  return { spent, breachedAt };
}

describe("whatever a request lives through", () => {
  it("the clocks say what a count of every minute says", () => {
    fc.assert(
      fc.property(life, terms, ({ lived: one, now }, given) => {
        const slow = recount(one, now, given);
        const { first_action, done } = readClocks(one, now, given);
        expect({ spent: done.spent, breachedAt: done.breachedAt }).toEqual({
          spent: slow.spent.done,
          breachedAt: slow.breachedAt.done,
        });
        expect(first_action?.spent ?? 0).toBe(slow.spent.first_action);
        expect(first_action?.breachedAt ?? null).toBe(slow.breachedAt.first_action);
      }),
      { numRuns: 60 },
    );
  });

  it("time only adds up, a breach once made stays, and one is announced for the instant it comes", () => {
    fc.assert(
      fc.property(life, terms, fc.nat({ max: 5 * 24 * 60 }), ({ lived: one, now }, given, more) => {
        const before = readClocks(one, now, given);
        const later = now + more * MINUTE_MS;
        const after = readClocks(one, later, given);
        for (const clock of CLOCKS) {
          const [then, now_] = [before[clock], after[clock]];
          if (!then || !now_) continue;
          expect(now_.spent).toBeGreaterThanOrEqual(then.spent);
          if (!then.running) expect(now_.spent).toBe(then.spent);
          if (then.breachedAt !== null) expect(now_.breachedAt).toBe(then.breachedAt);
          if (then.dueAt === null) continue;
          expect(readClocks(one, then.dueAt, given)[clock]?.breachedAt).toBe(then.dueAt);
          if (then.breachedAt === null) {
            expect(readClocks(one, then.dueAt - 1, given)[clock]?.breachedAt).toBeNull();
            expect(now_.breachedAt).toBe(later >= then.dueAt ? then.dueAt : null);
          }
          expect(then.dueAt).toBeGreaterThanOrEqual(soonest(given, [clock], one.createdAt));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("the spans follow each other from the opening to now", () => {
    fc.assert(
      fc.property(life, ({ lived: one, now }) => {
        const all = spans(one, now);
        expect(all[0]?.from).toBe(one.createdAt);
        expect(all.at(-1)?.to).toBe(now);
        for (const [i, span] of all.slice(1).entries()) expect(span.from).toBe(all[i]?.to);
      }),
    );
  });
});
