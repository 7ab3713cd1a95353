/** What `/ar explain` tells of the app's decision log: the latest looks that did something, in the words of `daytwo explain`. */
import { causeOf, outcomesOf } from "../engine/decision.ts";
import { formatInstant } from "../engine/time/zones.ts";
import type { Change, IssueRef } from "../model.ts";
import type { Look } from "./policy.ts";

const MOST_DECISIONS = 5;
/** What these came to stands on the issue, word for word. */
const SPOKEN: readonly Change["kind"][] = ["comment", "edit-comment", "react"];

/** Newest first, a line each, other people's words in it; none where no log is kept. */
export function decidedLately(look: Look, ref: IssueRef): string[] {
  const told: { readonly outcomes: string; readonly line: string }[] = [];
  for (const decision of look.decided(ref) ?? []) {
    const changes = decision.changes.filter(({ kind }) => !SPOKEN.includes(kind));
    const outcomes = outcomesOf({ ...decision, changes }).join("; ");
    // A problem that nobody has mended is found by every look.
    if (outcomes === "" || outcomes === told.at(-1)?.outcomes) continue;
    const when = formatInstant(decision.at, look.config.timezone);
    told.push({ outcomes, line: `${when}, ${causeOf(decision, false)}: ${outcomes}` });
  }
  return told.slice(0, MOST_DECISIONS).map(({ line }) => line);
}
