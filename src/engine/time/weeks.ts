/** ISO 8601 weeks: from Monday to Sunday, each in the year that has its Thursday. */
import type { Day } from "../../model.ts";
import { addDays, dayNumber, weekdayOf } from "./days.ts";

/** The Monday of the week that a day lies in. */
export const mondayOf = (day: Day): Day => addDays(day, -((weekdayOf(dayNumber(day)) + 6) % 7));

/** `2026-W47`. */
export function isoWeek(day: Day): string {
  const thursday = addDays(mondayOf(day), 3);
  const year = thursday.slice(0, 4);
  const week = Math.floor((dayNumber(thursday) - dayNumber(`${year}-01-01`)) / 7) + 1;
  return `${year}-W${String(week).padStart(2, "0")}`;
}
