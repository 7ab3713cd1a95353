/** What an access review is called: the template that makes a cadence one, and the keys of its issues. */

/** A cadence with this template opens an issue for each owner of systems, not one. */
export const ACCESS_REVIEW = "access-review";

/** One issue of a review. */
export interface ReviewPart {
  /** `2026-Q4`. */
  readonly period: string;
  /** Handle of whoever answers it. */
  readonly owner: string;
  /** From 1: a review that does not fit into one issue has several. */
  readonly part: number;
}

const PREFIX = "review:";

/** The beginning of the keys of a period, in all of its issues. */
export const periodPrefix = (period: string): string => `${PREFIX}${period}:`;

export const reviewKey = ({ period, owner, part }: ReviewPart): string =>
  `${periodPrefix(period)}${owner}${part > 1 ? `:${part}` : ""}`;

const KEY = /^review:([^:]+):([^:]+)(?::([1-9]\d{0,3}))?$/;

/** Null for any other key. */
export function readReviewKey(key: string): ReviewPart | null {
  const [, period, owner, part] = KEY.exec(key) ?? [];
  return period === undefined || owner === undefined ? null : { period, owner, part: Number(part ?? 1) };
}

const ROSTER = "review-issues:";
const SYSTEMS = "review-systems:";

/** Marker that names every issue of the same review: what a crash left out is found to be missing. */
export const rosterKey = (keys: readonly string[]): string => `${ROSTER}${keys.join(",")}`;

export const readRoster = (keys: readonly string[]): string[] =>
  keys.flatMap((key) => (key.startsWith(ROSTER) ? key.slice(ROSTER.length).split(",") : []));

/** Marker of the systems of an issue: id and heading of each, since both may have changed by the time it is read. */
export const systemsKey = (systems: readonly { readonly id: string; readonly heading: string }[]): string =>
  SYSTEMS +
  systems.map(({ id, heading }) => `${encodeURIComponent(id)}=${encodeURIComponent(heading)}`).join(",");

/** Ids by heading. */
export function readSystems(keys: readonly string[]): Map<string, string> {
  const pairs = keys.flatMap((key) => (key.startsWith(SYSTEMS) ? key.slice(SYSTEMS.length).split(",") : []));
  return new Map(
    pairs.flatMap((pair): [string, string][] => {
      const [id = "", heading = ""] = pair.split("=");
      try {
        return [[decodeURIComponent(heading), decodeURIComponent(id)]];
      } catch {
        // Somebody has edited the line.
        return [];
      }
    }),
  );
}
