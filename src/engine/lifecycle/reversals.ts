/** How often daytwo has taken back the same thing: two programs that each put the other right never end. */
import type { HistoryEvent, Instant } from "../../model.ts";

/** What is put back: a label that somebody puts on or takes off, or a closing. */
export type Reversal =
  | { readonly kind: "add-label" | "remove-label"; readonly label: string }
  | { readonly kind: "reopen-issue" };

/**
 * Counts the times that somebody's deed was followed by daytwo's undoing of it.
 * @param history oldest first
 * @param since what came before is not counted
 */
export function reversals(
  {
    history,
    since,
    own,
    sameLabel,
  }: {
    readonly history: readonly HistoryEvent[];
    readonly since: Instant;
    readonly own: (actor: string | null) => boolean;
    readonly sameLabel: (a: string, b: string) => boolean;
  },
  thing: Reversal,
): number {
  const [deed, undoing] = DEEDS[thing.kind];
  let done = false;
  let count = 0;
  for (const event of history) {
    if (event.at < since || (event.type !== deed && event.type !== undoing)) continue;
    if ("label" in thing && !("label" in event && sameLabel(event.label, thing.label))) continue;
    if (event.type === undoing && own(event.actor)) {
      if (done) count++;
      done = false;
    } else done = event.type === deed && !own(event.actor);
  }
  return count;
}

const DEEDS = {
  "remove-label": ["labeled", "unlabeled"],
  "add-label": ["unlabeled", "labeled"],
  "reopen-issue": ["closed", "reopened"],
} as const satisfies Record<Reversal["kind"], readonly [HistoryEvent["type"], HistoryEvent["type"]]>;
