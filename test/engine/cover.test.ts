import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Member } from "../../src/engine/config/schema.ts";
import {
  awayAt,
  isAtWork,
  named,
  nextAtWork,
  nextAway,
  timeAway,
  worksToday,
} from "../../src/engine/cover.ts";
import { calendarOf, dayOf, isAway, MINUTE_MS, timeOf } from "../../src/engine/time/index.ts";
import type { Instant } from "../../src/model.ts";

const at = (text: string): Instant => Date.parse(text);
const TEAM = {
  calendar: calendarOf({ country: "US" }),
  zone: "America/New_York",
  hours: { from: "09:00", to: "17:00" },
};
const member = (more: Partial<Member> = {}): Member => ({
  handle: "meri",
  name: "Meri",
  dri: false,
  timezone: "Europe/London",
  calendar: { country: "GB", region: "eng", closed: [], open: [] },
  hours: { from: "09:00", to: "17:00" },
  absences: [],
  ...more,
});

describe("when somebody is at work", () => {
  it("by their own zone, hours, holidays and absences", () => {
    const meri = member({ absences: [{ from: "2026-12-21", to: "2026-12-24" }] });
    expect(isAtWork(meri, at("2026-12-18T09:00Z"))).toBe(true);
    expect(isAtWork(meri, at("2026-12-18T17:00Z"))).toBe(false);
    expect(worksToday(meri, at("2026-12-18T23:00Z"))).toBe(true);
    // A weekend, the absence, Christmas, a weekend and Boxing Day, which is kept on Monday.
    expect(nextAtWork(meri, at("2026-12-18T17:00Z"))).toBe(at("2026-12-29T09:00Z"));
    expect(awayAt(meri, at("2026-12-26T12:00Z"))).toEqual({
      from: at("2026-12-26T12:00Z"),
      until: at("2026-12-29T00:00Z"),
      back: at("2026-12-29T09:00Z"),
    });
    expect(awayAt(meri, at("2026-12-18T20:00Z"))).toBeNull();
  });

  const zones = fc.constantFrom<[string, string]>(
    ["GB", "Europe/London"],
    ["US", "America/Denver"],
    ["JP", "Asia/Tokyo"],
    ["SA", "Asia/Riyadh"],
    ["AU", "Australia/Sydney"],
  );
  const day = fc.integer({ min: 1, max: 28 }).map((n) => `2026-10-${String(n).padStart(2, "0")}`);
  const somebody = fc
    .record({
      zone: zones,
      hours: fc.constantFrom(
        { from: "09:00", to: "17:00" },
        { from: "00:00", to: "24:00" },
        { from: "13:30", to: "14:00" },
      ),
      days: fc.array(fc.tuple(day, day), { maxLength: 3 }),
    })
    .map(({ zone: [country, timezone], hours, days }) =>
      member({
        timezone,
        hours,
        calendar: { country, closed: [], open: [] },
        absences: days.map(([a, b]) => (a < b ? { from: a, to: b } : { from: b, to: a })),
      }),
    );
  const minute = fc
    .integer({ min: at("2026-09-28T00:00Z") / MINUTE_MS, max: at("2026-11-02T00:00Z") / MINUTE_MS })
    .map((n) => n * MINUTE_MS);

  it("the next time is the first minute that a look at calendar and clock finds", () => {
    fc.assert(
      fc.property(somebody, minute, (one, now) => {
        const works = (time: Instant) =>
          !isAway(one.absences, dayOf(time, one.timezone)) &&
          calendarOf(one.calendar).isWorkingDay(dayOf(time, one.timezone)) &&
          timeOf(time, one.timezone) >= one.hours.from &&
          timeOf(time, one.timezone) < one.hours.to;
        let first = now;
        while (!works(first)) first += MINUTE_MS;
        expect(nextAtWork(one, now)).toBe(first);
        expect(isAtWork(one, now)).toBe(first === now);
      }),
      { numRuns: 60 },
    );
  });
});

describe("when somebody is away next", () => {
  it("days off that the team has, too, are no absence", () => {
    const amber = member({ timezone: "America/Denver", calendar: { country: "US", closed: [], open: [] } });
    expect(nextAway(amber, TEAM, at("2026-11-20T15:00Z"))).toBeNull();
  });

  it("a holiday of their own is one, and so is an absence with the weekends beside it", () => {
    const meri = member({ absences: [{ from: "2026-09-07", to: "2026-09-11" }] });
    const bank = nextAway(meri, TEAM, at("2026-08-17T15:00Z"));
    // From Saturday on, with the bank holiday, of which the team works all.
    expect(bank).toEqual({
      from: at("2026-08-28T23:00Z"),
      until: at("2026-08-31T23:00Z"),
      back: at("2026-09-01T08:00Z"),
    });
    expect(bank && timeAway(TEAM, bank)).toBe(8 * 60 * MINUTE_MS);
    const away = nextAway(meri, TEAM, at("2026-09-01T15:00Z"));
    expect(away).toEqual({
      from: at("2026-09-04T23:00Z"),
      until: at("2026-09-13T23:00Z"),
      back: at("2026-09-14T08:00Z"),
    });
    // Labor Day is nobody's.
    expect(away && timeAway(TEAM, away)).toBe(4 * 8 * 60 * MINUTE_MS);
  });

  it("whoever is away for good is counted away for 60 days", () => {
    const gone = member({ absences: [{ from: "2026-09-07", to: "2029-12-31" }] });
    const away = nextAway(gone, TEAM, at("2026-09-01T15:00Z"));
    expect(away?.back).toBe(at("2030-01-02T09:00Z"));
    expect(away && timeAway(TEAM, away) / MINUTE_MS / 60).toBeGreaterThan(8 * 35);
    expect(away && timeAway(TEAM, away) / MINUTE_MS / 60).toBeLessThan(8 * 60);
  });
});

it("a handle that no forge mentions is printed as text", () => {
  expect([named(member()), named(member({ handle: "renovate[bot]" }))]).toEqual([
    "@meri",
    "renovate\\[bot\\]",
  ]);
});
