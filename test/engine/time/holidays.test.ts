import { describe, expect, it } from "vitest";
import { addDays, calendarOf, dayNumber, weekdayOf } from "../../../src/engine/time/index.ts";

/** The days off of a year that are not weekends, `MM-DD`. */
function weekdaysOff(country: string, region: string | undefined, year: number): string {
  const calendar = calendarOf(region === undefined ? { country } : { country, region });
  const off: string[] = [];
  for (let day = `${year}-01-01`; day <= `${year}-12-31`; day = addDays(day, 1)) {
    const weekend = [0, 6].includes(weekdayOf(dayNumber(day)));
    if (!weekend && !calendar.isWorkingDay(day)) off.push(day.slice(5));
  }
  return off.join(" ");
}

describe("public holidays on weekdays", () => {
  // As the governments publish them; where a day is kept by some employers only, as date-holidays has it.
  const table: [string, string | undefined, number, string][] = [
    ["US", undefined, 2026, "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25"],
    ["US", undefined, 2027, "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31"],
    ["US", "CO", 2026, "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-05 11-11 11-26 12-25"],
    ["US", "NY", 2026, "01-01 01-19 02-12 02-16 05-25 06-19 07-03 09-07 10-12 11-03 11-11 11-26 12-25"],
    ["GB", undefined, 2026, "01-01 04-03 04-06 05-04 05-25 12-25 12-28"],
    ["GB", "ENG", 2026, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28"],
    ["GB", "ENG", 2027, "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28"],
    ["GB", "SCT", 2026, "01-01 01-02 04-03 05-04 05-25 08-03 11-30 12-25 12-28"],
    ["DE", undefined, 2026, "01-01 04-03 04-06 05-01 05-14 05-25 12-25"],
    ["DE", undefined, 2027, "01-01 03-26 03-29 05-06 05-17"],
    ["DE", "BY", 2026, "01-01 01-06 04-03 04-06 05-01 05-14 05-25 06-04 12-25"],
    ["DE", "BY", 2027, "01-01 01-06 03-26 03-29 05-06 05-17 05-27 11-01"],
    ["IN", undefined, 2026, "01-26 04-03 04-14 10-02 12-25"],
    [
      "JP",
      undefined,
      2026,
      "01-01 01-12 02-11 02-23 03-20 04-29 05-04 05-05 05-06 07-20 08-11 09-21 09-22 09-23 10-12 11-03 11-23",
    ],
    [
      "JP",
      undefined,
      2027,
      "01-01 01-11 02-11 02-23 03-22 04-29 05-03 05-04 05-05 07-19 08-11 09-20 09-23 10-11 11-03 11-23",
    ],
    ["AU", undefined, 2026, "01-01 01-26 04-03 04-06 12-25 12-28"],
    ["AU", "NSW", 2026, "01-01 01-26 04-03 04-06 04-27 06-08 10-05 12-25 12-28"],
    ["BR", undefined, 2026, "01-01 04-03 04-21 05-01 09-07 10-12 11-02 11-20 12-25"],
    ["BR", undefined, 2027, "01-01 03-26 04-21 09-07 10-12 11-02 11-15"],
  ];
  it.each(table)("%s %s %i", (country, region, year, days) => {
    expect(weekdaysOff(country, region, year)).toBe(days);
  });

  const whole: [string, string, string | null][] = [
    // Half holidays: from noon, 13:00, 14:00 or the evening.
    ["US-KY", "2026-04-03", null],
    ["CH-SO", "2026-05-01", null],
    ["IS", "2026-12-24", null],
    ["AU-SA", "2026-12-24", null],
    ["DE", "2026-12-24", null],
    // Several days, and ones that begin the evening before.
    ["AE", "2026-03-20", "End of Ramadan (Eid al-Fitr)"],
    ["AE", "2026-05-29", "Feast of the Sacrifice (Eid al-Adha)"],
    ["AE", "2026-06-01", null],
    ["TR", "2026-05-26", null],
    ["TR", "2026-05-29", "Feast of the Sacrifice (Eid al-Adha)"],
    ["TR", "2027-03-11", "End of Ramadan (Eid al-Fitr)"],
    ["TR", "2027-03-12", null],
    ["IL", "2026-09-21", "Day of Atonement (Yom Kippur)"],
    ["RU", "2026-01-06", "New Year Holiday"],
    // A festival of six days from 28 December reaches into the new year.
    ["SZ", "2026-01-02", "Incwala Festival"],
    ["SZ", "2026-01-05", null],
    // Other types than public.
    ["JP", "2026-12-31", null],
    ["BR", "2026-02-17", null],
    ["US", "2026-12-24", null],
    // A substitute in the year before its holiday.
    ["US", "2027-12-31", "New Year's Day (substitute day)"],
    ["US", "2026-09-07", "Labor Day"],
    ["DE", "2026-05-14", "Ascension Day"],
  ];
  it.each(whole)("%s on %s: %s", (place, day, name) => {
    const [country, region] = place.split("-") as [string, string?];
    expect(calendarOf(region === undefined ? { country } : { country, region }).whyNot(day)).toBe(name);
  });
});
