/** A request as rules see it that watch its clocks: in which state it is shown, who has it, and how its clocks stand. */

import type { Member } from "../engine/config/schema.ts";
import { memberOf } from "../engine/cover.ts";
import { readLabels, type Stay } from "../engine/lifecycle/standing.ts";
import type { State } from "../engine/lifecycle/states.ts";
import { type ClockReading, clockTerms, readClocks } from "../engine/metrics/clocks.ts";
import { openedAt } from "../engine/metrics/opened.ts";
import type { Issue, IssueRef } from "../model.ts";
import { courseOf } from "./lifecycle-evidence.ts";
import type { Look } from "./policy.ts";

/** The one state that a request shows; null where it shows none or several, which is for the lifecycle to mend. */
export function shownState(look: Look, { labels }: Issue): State | null {
  const { states } = readLabels(labels, look.book);
  return states.length === 1 ? (states[0] as State) : null;
}

/** Those assigned who are of the team. */
export const teamAssignees = (look: Look, { assignees }: Issue): Member[] =>
  assignees.flatMap((handle) => memberOf(look.config, handle) ?? []);

/**
 * How the clocks of a request stand.
 * @returns undefined while its history has not been read; `moving` where it has only just come to where it is,
 *   by this very plan, too: when it did the forge will tell
 */
export function clocksOf(
  look: Look,
  ref: IssueRef,
  issue: Issue,
): { readonly [clock in "first_action" | "done"]: ClockReading | null } | "moving" | undefined {
  const stays = staysOf(look, ref, issue);
  if (!stays) return undefined;
  const since = stays.at(-1)?.from ?? Number.NEGATIVE_INFINITY;
  if (look.retold(ref) || since >= look.now) return "moving";
  const createdAt = openedAt(issue, look.own("requests", issue.author));
  return readClocks({ ...issue, createdAt, stays }, look.now, clockTerms(look.config));
}

/** One that was never touched since it was opened in Action Needed has no history to read. */
function staysOf(look: Look, ref: IssueRef, issue: Issue): readonly Stay[] | undefined {
  if (issue.updatedAt <= issue.createdAt && shownState(look, issue) === "action_needed") {
    return [{ state: "action_needed", from: Number.NEGATIVE_INFINITY }];
  }
  return courseOf(look, ref, issue)?.stays;
}
