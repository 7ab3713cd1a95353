/**
 * When a request was opened by daytwo's own time. The forge stamps an issue by a clock of its own, and the two may
 * differ: by seconds, or by as much as `--at` says. A request is not late before it was opened on either.
 */
import type { Instant, Issue } from "../../model.ts";
import { markersOf } from "../text/body.ts";
import { marker, type SafeText } from "../text/safe.ts";
import { isInstant } from "../time/days.ts";

const OPENED = "opened:";

/** The hidden line of a request that daytwo opens. */
export const openedMarker = (at: Instant): SafeText => marker(`${OPENED}${at}`);

/**
 * When the clocks of a request begin.
 * @param own whether daytwo wrote the body: nobody else's word counts
 */
export function openedAt(issue: Pick<Issue, "body" | "createdAt">, own: boolean): Instant {
  const { createdAt } = issue;
  const told = own ? markersOf(issue).find((key) => key.startsWith(OPENED)) : undefined;
  const at = told?.slice(OPENED.length) ?? "";
  return isInstant(at) ? Math.max(Number(at), createdAt) : createdAt;
}
