/** Lists in what daytwo says: so many points at most, and how many more there are. */
import { lines, type SafeText, safe } from "../engine/text/safe.ts";

export function points(items: readonly SafeText[], most: number): SafeText[] {
  const more = items.length - most;
  return [
    ...items.slice(0, most).map((item) => safe`- ${item}`),
    ...(more > 0 ? [safe`- and ${more} more`] : []),
  ];
}

/** The same under a title; null where there is nothing to list. */
export const titled = (title: SafeText, items: readonly SafeText[], most: number): SafeText | null =>
  items.length === 0 ? null : lines(title, safe``, ...points(items, most));
