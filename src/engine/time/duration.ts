/** Lengths of working time as people write and read them: `1d4h` and `1 working day 4 h`. */
import { dayLength, type WorkHours } from "./clock.ts";
import { HOUR_MS, MINUTE_MS } from "./days.ts";

const DURATION = /^(?:(\d{1,4})d)?\s*(?:(\d{1,5})h)?\s*(?:(\d{1,6})m)?$/;

/**
 * Milliseconds of working time: days (`d`, each as long as `hours`), hours (`h`) and minutes (`m`), in this
 * order, such as `1d`, `4h`, `90m` or `1d 4h`. Null when `text` is not so written.
 */
export function parseDuration(text: string, hours: WorkHours): number | null {
  const [all, days = "0", hour = "0", minutes = "0"] = DURATION.exec(text.trim()) ?? [];
  if (!all) return null;
  return Number(days) * dayLength(hours) + Number(hour) * HOUR_MS + Number(minutes) * MINUTE_MS;
}

/** `2 working days 3 h`, `45 min`, `0 min`: to the nearest minute, a day being as long as `hours`. */
export function formatWorking(ms: number, hours: WorkHours): string {
  const minutes = Math.round(ms / MINUTE_MS);
  const perDay = dayLength(hours) / MINUTE_MS;
  const days = Math.floor(minutes / perDay);
  const rest = minutes - days * perDay;
  const parts: string[] = [];
  if (days > 0) parts.push(`${days} working ${days === 1 ? "day" : "days"}`);
  if (rest >= 60) parts.push(`${Math.floor(rest / 60)} h`);
  if (rest % 60 > 0 || parts.length === 0) parts.push(`${rest % 60} min`);
  return parts.join(" ");
}
