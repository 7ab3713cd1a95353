/** Hold reasons as people name them. */
import { distance, nearest } from "../text/nearest.ts";
import { readable } from "../text/readable.ts";

export interface HoldReason {
  readonly id: string;
  readonly label: string;
}

/** `exact` where the name is the reason's own id or label. */
export type ReasonReading =
  | { readonly reason: HoldReason; readonly exact?: true }
  | { readonly fault: string };

const letters = (text: string): string =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");

/** Fewer letters than this are in many names. */
const ENOUGH = 4;
/** Edits between a name and what was typed, at most. */
const SLIPS = 3;

/**
 * The reason that somebody names: by id or label, in any case and punctuation, quoted or not; by a part that only one
 * has; else by the nearest name, if one alone is nearest.
 */
export function readReason(text: string, reasons: readonly HoldReason[]): ReasonReading {
  const typed = readable(text).replace(/^["'“‘](.*)["'”’]$/s, "$1");
  const wanted = letters(typed);
  if (wanted === "") return { fault: "no reason is given" };
  const names = reasons.map((reason) => ({ reason, names: [letters(reason.id), letters(reason.label)] }));
  const same = names.find((one) => one.names.includes(wanted));
  if (same) return { reason: same.reason, exact: true };
  if (wanted.length >= ENOUGH) {
    const [only, ...more] = names.filter((one) => one.names.some((name) => name.includes(wanted)));
    if (only && more.length === 0) return { reason: only.reason };
    if (only) return { fault: `“${typed}” may be several reasons` };
  }
  const max = Math.min(SLIPS, Math.floor(wanted.length / 3));
  const near = names
    .map(({ reason, names: own }) => ({
      reason,
      slips: Math.min(...own.map((name) => distance(wanted, name, max))),
    }))
    .filter(({ slips }) => slips <= max)
    .sort((a, b) => a.slips - b.slips);
  const [best, next] = near;
  if (best && best.slips !== next?.slips) return { reason: best.reason };
  const maybe = nearest(
    typed,
    reasons.map(({ id }) => id),
  );
  return { fault: `“${typed}” is no reason${maybe === null ? "" : `; the nearest is ${maybe}`}` };
}

/** The reasons by id and label, for messages. */
export const reasonNames = (reasons: readonly HoldReason[]): string =>
  reasons.map(({ id, label }) => `${id} (${label})`).join(", ");
