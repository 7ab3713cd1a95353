import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addDays,
  addWorkingDays,
  addWorkingMs,
  calendarOf,
  dayOf,
  formatWorking,
  HOUR_MS,
  instantOf,
  parseDuration,
  timeOf,
  type WorkClock,
  workingMs,
} from "../../../src/engine/time/index.ts";
import * as any from "./arbitraries.ts";

const nineToFive = { from: "09:00", to: "17:00" };
const newYork: WorkClock = {
  calendar: calendarOf({ country: "US" }),
  zone: "America/New_York",
  hours: nineToFive,
};
const at = (text: string, clock = newYork) => instantOf(text.slice(0, 10), text.slice(11), clock.zone);
const show = (instant: number, clock = newYork) =>
  `${dayOf(instant, clock.zone)} ${timeOf(instant, clock.zone)}`;

const clock: fc.Arbitrary<WorkClock> = fc.record({
  calendar: any.calendar,
  zone: any.zone,
  hours: fc.constantFrom(
    nineToFive,
    { from: "00:00", to: "24:00" },
    { from: "01:30", to: "02:30" },
    { from: "07:30", to: "16:00" },
  ),
});
const length = fc.integer({ min: 1, max: 2_000 * HOUR_MS });

describe("working time between two instants", () => {
  it.each([
    ["within a day", "2026-11-24 10:00", "2026-11-24 12:30", 2.5],
    ["before and after work", "2026-11-24 06:00", "2026-11-24 23:00", 8],
    ["overnight", "2026-11-23 16:00", "2026-11-24 10:00", 2],
    ["over a weekend", "2026-11-20 16:00", "2026-11-23 10:00", 2],
    ["over Thanksgiving", "2026-11-25 16:00", "2026-11-27 10:00", 2],
    ["on a weekend", "2026-11-21 09:00", "2026-11-22 17:00", 0],
    ["over the change to summer time", "2026-03-06 16:00", "2026-03-09 10:00", 2],
    ["over the change to winter time", "2026-10-30 16:00", "2026-11-02 10:00", 2],
    ["over the year's end", "2026-12-31 16:00", "2027-01-04 10:00", 2],
    ["of a year", "2026-01-01 00:00", "2027-01-01 00:00", 250 * 8],
    ["backwards", "2026-11-24 12:00", "2026-11-24 10:00", 0],
  ])("%s", (_, from, to, hours) => {
    expect(workingMs(newYork, at(from), at(to)) / HOUR_MS).toBe(hours);
  });

  it("measures hours in which the clocks change as they are", () => {
    const calendar = calendarOf({ country: "US", open: ["2026-03-08", "2026-11-01"] });
    const night: WorkClock = { calendar, zone: "America/New_York", hours: { from: "00:00", to: "08:00" } };
    expect(workingMs(night, at("2026-03-08 00:00"), at("2026-03-08 24:00"))).toBe(7 * HOUR_MS);
    expect(workingMs(night, at("2026-11-01 00:00"), at("2026-11-01 24:00"))).toBe(9 * HOUR_MS);
  });

  it("is the same for clocks of the same content and different for others", () => {
    const span = [at("2026-11-24 08:00"), at("2026-11-24 20:00")] as const;
    expect(workingMs({ ...newYork, hours: { ...nineToFive } }, ...span)).toBe(8 * HOUR_MS);
    expect(workingMs({ ...newYork, hours: { from: "09:00", to: "18:00" } }, ...span)).toBe(9 * HOUR_MS);
  });

  it("adds up, and is never negative or longer than the time that passed", () => {
    fc.assert(
      fc.property(clock, any.instant, any.instant, any.instant, (c, ...instants) => {
        const [a, b, d] = instants.sort((x, y) => x - y) as [number, number, number];
        expect(workingMs(c, a, b) + workingMs(c, b, d)).toBe(workingMs(c, a, d));
        expect(workingMs(c, b, a)).toBe(0);
        expect(workingMs(c, a, b)).toBeLessThanOrEqual(b - a);
      }),
    );
  });

  it("is a working day's length for each working day, whatever the clocks do in between", () => {
    fc.assert(
      fc.property(
        any.calendar,
        any.zone,
        any.day,
        fc.integer({ min: 0, max: 400 }),
        (calendar, zone, day, n) => {
          const c: WorkClock = { calendar, zone, hours: nineToFive };
          const first = addWorkingDays(calendar, day, 0);
          const last = addWorkingDays(calendar, day, n);
          const ms = workingMs(c, instantOf(first, "09:00", zone), instantOf(last, "09:00", zone));
          expect(ms).toBe(n * 8 * HOUR_MS);
        },
      ),
    );
  });

  it.each([[{ from: "17:00", to: "09:00" }], [{ from: "09:00", to: "09:00" }], [{ from: "9", to: "17:00" }]])(
    "refuses the hours %j",
    (hours) => {
      expect(() => workingMs({ ...newYork, hours }, 0, HOUR_MS)).toThrow("is not a working day");
    },
  );
});

describe("adding working time", () => {
  it.each([
    ["2026-11-24 09:00", 1, "2026-11-24 10:00"],
    ["2026-11-24 09:00", 8, "2026-11-24 17:00"],
    ["2026-11-24 16:00", 2, "2026-11-25 10:00"],
    ["2026-11-25 16:00", 2, "2026-11-27 10:00"],
    ["2026-11-28 12:00", 1, "2026-11-30 10:00"],
    ["2026-11-28 12:00", 0, "2026-11-30 09:00"],
    ["2026-11-24 17:00", 0, "2026-11-24 17:00"],
    ["2026-11-24 17:01", 0, "2026-11-25 09:00"],
    ["2026-12-31 16:00", 2, "2027-01-04 10:00"],
    ["2026-03-06 16:00", 2, "2026-03-09 10:00"],
    ["2026-10-30 16:00", 2, "2026-11-02 10:00"],
    ["2026-11-27 10:00", -2, "2026-11-25 16:00"],
    ["2026-11-24 17:00", -8, "2026-11-24 09:00"],
    ["2026-11-24 09:00", -8, "2026-11-23 09:00"],
  ])("%s and %d h is %s", (from, hours, expected) => {
    expect(show(addWorkingMs(newYork, at(from), hours * HOUR_MS))).toBe(expected);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1e13])("refuses %d ms", (ms) => {
    expect(() => addWorkingMs(newYork, 0, ms)).toThrow("is not a length of working time");
  });

  it("is undone by measuring it, forth and back, and ends at work", () => {
    fc.assert(
      fc.property(clock, any.instant, length, (c, from, ms) => {
        const later = addWorkingMs(c, from, ms);
        expect(workingMs(c, from, later)).toBe(ms);
        expect(workingMs(c, from, later - 1)).toBe(ms - 1);
        const earlier = addWorkingMs(c, from, -ms);
        expect(workingMs(c, earlier, from)).toBe(ms);
        expect(workingMs(c, earlier + 1, from)).toBe(ms - 1);
        expect(c.calendar.isWorkingDay(dayOf(later - 1, c.zone))).toBe(true);
        expect(c.calendar.isWorkingDay(dayOf(earlier, c.zone))).toBe(true);
      }),
    );
  });

  it("adds up", () => {
    fc.assert(
      fc.property(clock, any.instant, length, length, (c, from, a, b) => {
        expect(addWorkingMs(c, addWorkingMs(c, from, a), b)).toBe(addWorkingMs(c, from, a + b));
      }),
    );
  });

  it("of nothing begins at work, no later than any of something", () => {
    fc.assert(
      fc.property(clock, any.instant, (c, from) => {
        const start = addWorkingMs(c, from, 0);
        expect(start).toBeGreaterThanOrEqual(from);
        expect(workingMs(c, from, start)).toBe(0);
        expect(start).toBeLessThan(addWorkingMs(c, from, 1));
        expect(addWorkingMs(c, start, 0)).toBe(start);
      }),
    );
  });

  it("of whole days keeps the time of day over any change of the clocks", () => {
    fc.assert(
      fc.property(
        any.calendar,
        any.zone,
        any.day,
        fc.integer({ min: 1, max: 300 }),
        (calendar, zone, day, n) => {
          const c: WorkClock = { calendar, zone, hours: nineToFive };
          const first = addWorkingDays(calendar, day, 0);
          const due = addWorkingMs(c, instantOf(first, "11:00", zone), n * 8 * HOUR_MS);
          expect(show(due, c)).toBe(`${addWorkingDays(calendar, first, n)} 11:00`);
          expect(addDays(first, n) <= dayOf(due, zone)).toBe(true);
        },
      ),
    );
  });
});

describe("durations", () => {
  it.each([
    ["1d", 8],
    ["4h", 4],
    ["90m", 1.5],
    ["1d4h", 12],
    ["1d 4h 30m", 12.5],
    [" 5d ", 40],
    ["0h", 0],
  ])("%j is %d h", (text, hours) => expect(parseDuration(text, nineToFive)).toBe(hours * HOUR_MS));

  it("has days as long as the working day", () => {
    expect(parseDuration("2d", { from: "09:00", to: "16:30" })).toBe(15 * HOUR_MS);
  });

  it.each(["", "1", "d", "1w", "-1d", "4h1d", "1.5d", "1d1d", "P1D"])("%j is none", (text) => {
    expect(parseDuration(text, nineToFive)).toBeNull();
  });

  it.each([
    [0, "0 min"],
    [29_999, "0 min"],
    [45 * 60_000, "45 min"],
    [3.5 * HOUR_MS, "3 h 30 min"],
    [8 * HOUR_MS, "1 working day"],
    [8 * HOUR_MS - 1, "1 working day"],
    [19 * HOUR_MS, "2 working days 3 h"],
  ])("%d ms is written %s", (ms, text) => expect(formatWorking(ms, nineToFive)).toBe(text));
});
