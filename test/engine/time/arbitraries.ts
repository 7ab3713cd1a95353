import fc from "fast-check";
import type { WorkCalendar } from "../../../src/engine/time/calendar.ts";
import { calendarOf, dayFrom, dayNumber } from "../../../src/engine/time/index.ts";

/** A few years, so that calendars are worked out once, with leap day and year ends among them. */
export const day = fc
  .integer({ min: dayNumber("2024-01-01"), max: dayNumber("2029-12-31") })
  .map((number) => dayFrom(number));

const places = [
  { country: "US" },
  { country: "US", region: "ny" },
  { country: "GB", region: "eng" },
  { country: "DE", region: "by" },
  { country: "IN" },
  { country: "JP" },
  { country: "SA" },
  { country: "IR" },
  { country: "NP" },
];

export const calendar: fc.Arbitrary<WorkCalendar> = fc
  .record({
    place: fc.constantFrom(...places),
    closed: fc.array(day, { maxLength: 4 }),
    open: fc.array(day, { maxLength: 4 }),
  })
  .map(({ place, closed, open }) => calendarOf({ ...place, closed, open }));

/** Both hemispheres, half-hour clocks and changes, changes at midnight, and none at all. */
export const zone = fc.constantFrom(
  "America/New_York",
  "America/Phoenix",
  "America/St_Johns",
  "America/Havana",
  "Europe/London",
  "Africa/Cairo",
  "Asia/Kolkata",
  "Asia/Kathmandu",
  "Australia/Sydney",
  "Australia/Lord_Howe",
  "Pacific/Apia",
  "Pacific/Chatham",
  "UTC",
);

export const instant = fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2029, 11, 31) });

export const time = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map(([hour, minute]) => `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`);
