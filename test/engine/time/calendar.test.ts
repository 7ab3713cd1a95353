import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addDays,
  addWorkingDays,
  boundsOf,
  calendarOf,
  countries,
  dayTwo,
  firstWorkingDay,
  type Period,
  periodOf,
  shiftPeriod,
  unknownCalendar,
  workingDayOf,
  workingDaysBetween,
} from "../../../src/engine/time/index.ts";
import * as any from "./arbitraries.ts";

const US = calendarOf({ country: "US" });
const n = fc.integer({ min: -400, max: 400 });

describe("a calendar", () => {
  it("says why a day is not worked", () => {
    const calendar = calendarOf({
      country: "US",
      region: "ny",
      closed: ["2026-12-24"],
      open: ["2026-11-28"],
    });
    const days = ["2026-11-24", "2026-11-26", "2026-07-04", "2026-11-29", "2026-12-24", "2026-11-28"];
    expect(days.map((day) => calendar.whyNot(day))).toEqual([
      null,
      "Thanksgiving Day",
      "Independence Day",
      "Sunday",
      "closed",
      null,
    ]);
  });

  it("takes the team's closed and open days as well, and closed wins", () => {
    const calendar = calendarOf(
      { country: "GB", closed: ["2026-12-23"], open: ["2026-12-24"] },
      { closed: ["2026-12-24", "2026-12-22"], open: ["2026-12-23", "2026-12-26"] },
    );
    const days = ["2026-12-22", "2026-12-23", "2026-12-24", "2026-12-26"];
    expect(days.map((day) => calendar.whyNot(day))).toEqual(["closed", "closed", "closed", null]);
  });

  it("is one object for one content, however it is written", () => {
    const a = calendarOf({ country: "us", region: "NY", closed: ["2026-12-24", "2026-12-31"] });
    const b = calendarOf(
      { country: "US", region: "us-ny", closed: ["2026-12-31"] },
      { closed: ["2026-12-24"] },
    );
    expect(b).toBe(a);
    expect(calendarOf({ country: "US", region: "NY" })).not.toBe(a);
  });

  it("does not take a closed day for an open one", () => {
    const closed = calendarOf({ country: "GB", closed: ["2026-11-24"] });
    const open = calendarOf({ country: "GB", open: ["2026-11-24"] });
    expect([closed.isWorkingDay("2026-11-24"), open.isWorkingDay("2026-11-24")]).toEqual([false, true]);
    expect(closed.id).not.toBe(open.id);
  });

  it.each([
    [{ country: "SA" }, "Friday", "Saturday"],
    [{ country: "EG" }, "Friday", "Saturday"],
    [{ country: "IL" }, "Friday", "Saturday"],
    [{ country: "BD" }, "Friday", "Saturday"],
    [{ country: "MY", region: "02" }, "Friday", "Saturday"],
    [{ country: "MY" }, "Saturday", "Sunday"],
    [{ country: "AE" }, "Saturday", "Sunday"],
    [{ country: "IN" }, "Saturday", "Sunday"],
    [{ country: "AF" }, "Thursday", "Friday"],
    [{ country: "IR" }, "Friday"],
  ])("of %j has the weekend %s, %s", (spec, ...weekend) => {
    const calendar = calendarOf(spec);
    // A week without a public holiday in any of them.
    const week = Array.from({ length: 7 }, (_, i) => calendar.whyNot(addDays("2026-07-06", i)));
    expect(week.filter((reason) => reason !== null)).toEqual(weekend);
  });

  it("has the weekends of the runtime's CLDR data, but for those it says it has otherwise", () => {
    const differs = ["BD", "MV", "PS", "IN", "UG"];
    for (const { code } of countries().filter((country) => !differs.includes(country.code))) {
      const locale = new Intl.Locale(`und-${code}`) as unknown as { getWeekInfo(): { weekend: number[] } };
      const calendar = calendarOf({ country: code });
      // A weekday off in every week of a year is the weekend; one week might have a holiday on it.
      const weekend = [1, 2, 3, 4, 5, 6, 7].filter((weekday) =>
        Array.from({ length: 52 }, (_, week) => addDays("2026-01-04", week * 7 + weekday)).every(
          (day) => !calendar.isWorkingDay(day),
        ),
      );
      expect([code, weekend]).toEqual([code, locale.getWeekInfo().weekend]);
    }
  });

  it("of a country without known holidays has its weekends only", () => {
    const nepal = calendarOf({ country: "NP" });
    expect([nepal.whyNot("2026-12-25"), nepal.whyNot("2026-12-26")]).toEqual([null, "Saturday"]);
  });

  it("of any country answers for any day that is one", () => {
    for (const { code } of countries()) {
      const calendar = calendarOf({ country: code });
      for (const day of ["1000-01-05", "1900-01-05", "2100-01-05", "2999-12-31", "9999-12-31"]) {
        expect(calendar.isWorkingDay(day)).toBe(calendar.whyNot(day) === null);
      }
      expect(addWorkingDays(calendar, "2999-12-31", 400) > "3001").toBe(true);
    }
  });

  it.each([
    [{ country: "uk" }, /"uk" is not a country code.*did you mean GB, United Kingdom/],
    [{ country: "Germny" }, /did you mean DE, Germany/],
    [{ country: "" }, /"" is not a country code; write ISO 3166-1 alpha-2, like US or GB$/],
    [{ country: "US", region: "nyy" }, /"nyy" is not a region of US.*did you mean NY, New York/],
    [{ country: "US", region: "Califronia" }, /did you mean CA, California/],
    [{ country: "JP", region: "13" }, /all of it keeps the same public holidays; leave region out/],
    [{ country: "NP", region: "1" }, /its public holidays are not known; leave region out/],
  ])("of %j is refused with the nearest", (spec, message) => {
    expect(unknownCalendar(spec)).toMatch(message);
    expect(() => calendarOf(spec)).toThrow(message);
  });

  it("refuses a closed day that does not exist", () => {
    expect(() => calendarOf({ country: "US", closed: ["2026-11-31"] })).toThrow('"2026-11-31" is not a day');
  });
});

describe("counting working days", () => {
  it.each([
    ["2026-11-24", 0, "2026-11-24"],
    ["2026-11-25", 1, "2026-11-27"],
    ["2026-11-28", 0, "2026-11-30"],
    ["2026-11-28", 1, "2026-12-01"],
    ["2026-11-28", -1, "2026-11-27"],
    ["2026-12-31", 1, "2027-01-04"],
    ["2027-01-01", -1, "2026-12-31"],
    ["2026-11-24", -250, "2025-11-24"],
  ])("%s and %i working days in the US: %s", (day, count, expected) => {
    expect(addWorkingDays(US, day, count)).toBe(expected);
  });

  it.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 1e9])("refuses %d working days", (count) => {
    expect(() => addWorkingDays(US, "2026-11-24", count)).toThrow("is not a number of working days");
  });

  it("ends on a working day, and n days forth and back is where it began", () => {
    fc.assert(
      fc.property(any.calendar, any.day, n, (calendar, day, count) => {
        const there = addWorkingDays(calendar, day, count);
        expect(calendar.isWorkingDay(there)).toBe(true);
        expect(addWorkingDays(calendar, there, -count)).toBe(firstWorkingDay(calendar, day));
      }),
    );
  });

  it("adds up: a and then b days are a + b", () => {
    fc.assert(
      fc.property(any.calendar, any.day, n, n, (calendar, day, a, b) => {
        const stepwise = addWorkingDays(calendar, addWorkingDays(calendar, day, a), b);
        expect(stepwise).toBe(addWorkingDays(calendar, day, a + b));
      }),
    );
  });

  it("between two days is what has to be added to the one to come to the other", () => {
    fc.assert(
      fc.property(any.calendar, any.day, n, any.day, (calendar, day, count, other) => {
        const from = firstWorkingDay(calendar, day);
        expect(workingDaysBetween(calendar, from, addWorkingDays(calendar, from, count))).toBe(count);
        expect(workingDaysBetween(calendar, day, other) + workingDaysBetween(calendar, other, day)).toBe(0);
      }),
    );
  });
});

describe("day two", () => {
  it.each([
    ["a Monday", "US", undefined, "2026-11-23", "2026-11-24"],
    ["before Thanksgiving", "US", undefined, "2026-11-25", "2026-11-27"],
    ["on Thanksgiving", "US", undefined, "2026-11-26", "2026-11-30"],
    ["a Saturday", "US", undefined, "2026-11-28", "2026-12-01"],
    ["31 December, a Thursday", "US", undefined, "2026-12-31", "2027-01-04"],
    ["31 December 2027, kept as New Year's Day", "US", undefined, "2027-12-31", "2028-01-04"],
    ["Christmas Eve", "GB", undefined, "2026-12-24", "2026-12-29"],
    ["before Epiphany in Bavaria", "DE", "by", "2027-01-05", "2027-01-07"],
    ["before Epiphany elsewhere", "DE", undefined, "2027-01-05", "2027-01-06"],
    ["Golden Week", "JP", undefined, "2026-05-01", "2026-05-07"],
    ["before Independence Day, a Saturday", "IN", undefined, "2026-08-14", "2026-08-17"],
    ["Australia Day", "AU", undefined, "2026-01-26", "2026-01-28"],
    ["before Black Awareness Day", "BR", undefined, "2026-11-19", "2026-11-23"],
    ["a Thursday in Riyadh", "SA", undefined, "2026-11-19", "2026-11-22"],
  ])("of a start on %s (%s %s)", (_, country, region, start, expected) => {
    const calendar = calendarOf(region === undefined ? { country } : { country, region });
    expect(dayTwo(start, calendar, "working", 2)).toBe(expected);
  });

  it("in calendar days counts every day", () => {
    expect(dayTwo("2026-11-27", US, "calendar", 2)).toBe("2026-11-28");
    expect(dayTwo("2026-11-28", US, "calendar", 1)).toBe("2026-11-28");
  });

  it.each([0, -1, 1.5])("refuses day %d", (count) => {
    expect(() => dayTwo("2026-11-24", US, "working", count)).toThrow("days are counted from 1");
  });
});

describe("working days of a period", () => {
  const november = { year: 2026, month: 11 };
  const rows: [Period, number, string][] = [
    [november, -1, "2026-11-30"],
    [november, -2, "2026-11-27"],
    [november, -3, "2026-11-25"],
    [november, 1, "2026-12-01"],
    [november, 3, "2026-12-03"],
    [{ year: 2026, month: 12 }, -1, "2026-12-31"],
    [{ year: 2026, month: 12 }, 1, "2027-01-04"],
    [{ year: 2026, month: 5 }, -1, "2026-05-29"],
    [{ year: 2026, quarter: 4 }, -10, "2026-12-17"],
    [{ year: 2026 }, 1, "2027-01-04"],
    [{ year: 2027 }, -1, "2027-12-30"],
  ];
  it.each(rows)("%j WD%i in the US is %s", (period, wd, expected) => {
    expect(workingDayOf(US, period, wd)).toBe(expected);
  });

  it.each([0, 0.5, Number.NaN])("has no WD%d", (wd) => {
    expect(() => workingDayOf(US, november, wd)).toThrow("there is no WD");
  });

  it("has WD-1 as its last and WD+1 as the next one's first working day", () => {
    const unit = fc.constantFrom("month" as const, "quarter" as const, "year" as const);
    fc.assert(
      fc.property(any.calendar, any.day, unit, (calendar, day, kind) => {
        const period = periodOf(day, kind);
        const last = workingDayOf(calendar, period, -1);
        const next = workingDayOf(calendar, period, 1);
        expect(calendar.isWorkingDay(last) && calendar.isWorkingDay(next)).toBe(true);
        expect(periodOf(last, kind)).toEqual(period);
        expect(periodOf(next, kind)).toEqual(shiftPeriod(period, 1));
        expect(addWorkingDays(calendar, last, 1)).toBe(next);
        expect(firstWorkingDay(calendar, addDays(boundsOf(period).last, 1))).toBe(next);
      }),
    );
  });
});
