import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openedAt } from "../../../src/engine/metrics/opened.ts";
import { dayAfter, isInstant } from "../../../src/engine/time/days.ts";
import {
  addDays,
  boundsOf,
  dayFrom,
  dayNumber,
  formatDay,
  formatPeriod,
  isDay,
  type Period,
  periodOf,
  shiftPeriod,
  weekdayOf,
} from "../../../src/engine/time/index.ts";
import { day } from "./arbitraries.ts";

describe("days", () => {
  it.each(["2026-11-24", "2024-02-29", "2000-02-29", "1900-01-01", "2999-12-31"])("%s is a day", (text) => {
    expect(isDay(text)).toBe(true);
    expect(dayFrom(dayNumber(text))).toBe(text);
  });

  it.each([
    "",
    "2026-11-31",
    "2026-02-29",
    "2100-02-29",
    "2026-13-01",
    "2026-00-10",
    "2026-1-1",
    "0026-11-24",
  ])("%j is not a day", (text) => {
    expect(isDay(text)).toBe(false);
    expect(() => dayNumber(text)).toThrow(`"${text}" is not a day; write an existing one as YYYY-MM-DD`);
  });

  it.each(["2026-11-24 ", " 2026-11-24", "2026-11-24T09:00Z", "24-11-2026", "2026/11/24"])(
    "does not guess what %j means",
    (text) => expect(isDay(text)).toBe(false),
  );

  it("what stands behind a hidden word is read where it still is a day or an instant", () => {
    expect(dayAfter("start:", ["hire:a/b#1", "start:2026-11-24"])).toBe("2026-11-24");
    for (const key of ["start:soon", "start:", "start:2026-11-31", "hire:a/b#1"]) {
      expect(dayAfter("start:", [key])).toBeNull();
    }
    expect(isInstant("1795528860000")).toBe(true);
    for (const text of ["", "soon", "-1", "1e9", "99999999999999", "9007199254740991"]) {
      expect(isInstant(text)).toBe(false);
    }
    const body = "<!-- daytwo:opened:9007199254740991 -->";
    expect(openedAt({ body, createdAt: 5 }, true)).toBe(5);
  });

  it.each(["1000-01-01", "1899-12-31", "3000-01-01", "9999-12-31"])(
    "%s is none that anybody means",
    (text) => {
      expect(isDay(text)).toBe(false);
      expect(dayFrom(dayNumber(text))).toBe(text);
    },
  );

  it("knows weekdays on both sides of 1970", () => {
    const weekdays = ["1969-07-20", "1970-01-01", "2026-11-24"].map((text) => weekdayOf(dayNumber(text)));
    expect(weekdays).toEqual([0, 4, 2]);
  });

  it("adds calendar days over month and year ends", () => {
    expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
    expect(addDays("2024-03-01", -1)).toBe("2024-02-29");
  });

  it("is written for people", () => {
    expect(formatDay("2026-11-24")).toBe("Tue 24 Nov 2026");
    expect(formatDay("2027-01-03")).toBe("Sun 3 Jan 2027");
  });

  it("sorts as text the way it sorts as numbers", () => {
    fc.assert(fc.property(day, day, (a, b) => a < b === dayNumber(a) < dayNumber(b)));
  });
});

describe("periods", () => {
  const rows: [Period, string, string, string][] = [
    [{ year: 2026, month: 11 }, "2026-11", "2026-11-01", "2026-11-30"],
    [{ year: 2024, month: 2 }, "2024-02", "2024-02-01", "2024-02-29"],
    [{ year: 2026, quarter: 1 }, "2026-Q1", "2026-01-01", "2026-03-31"],
    [{ year: 2026, quarter: 4 }, "2026-Q4", "2026-10-01", "2026-12-31"],
    [{ year: 2026 }, "2026", "2026-01-01", "2026-12-31"],
  ];
  it.each(rows)("%j is %s, from %s to %s", (period, name, first, last) => {
    expect(formatPeriod(period)).toBe(name);
    expect(boundsOf(period)).toEqual({ first, last });
  });

  it.each([
    { year: 2026, month: 0 },
    { year: 2026, month: 13 },
    { year: 2026, quarter: 5 },
    { year: 2026.5 },
  ])("%j is refused", (period) => expect(() => boundsOf(period)).toThrow("is not a period"));

  it("is refused with both a month and a quarter", () => {
    expect(() => boundsOf({ year: 2026, month: 1, quarter: 1 })).toThrow("is not a period");
  });

  it("holds the days it is the period of, and leaves no gap to the next", () => {
    fc.assert(
      fc.property(day, fc.constantFrom("month", "quarter", "year"), (at, unit) => {
        const period = periodOf(at, unit);
        const { first, last } = boundsOf(period);
        expect(first <= at && at <= last).toBe(true);
        expect(boundsOf(shiftPeriod(period, 1)).first).toBe(addDays(last, 1));
        expect(shiftPeriod(shiftPeriod(period, 5), -5)).toEqual(period);
      }),
    );
  });
});
