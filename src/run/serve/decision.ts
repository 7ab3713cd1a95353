/** The decision log, as it is read. */
import type { About, Decision } from "../../engine/decision.ts";
import { type Inbox, laneOf } from "../inbox/inbox.ts";

/** Looks that came to something, so many at most. */
const LATEST = 10;

/** What was decided about an issue lately, newest first. @throws StoreError */
export async function decidedIn(
  log: Pick<Inbox, "logged">,
  { forge, project, number }: About,
): Promise<readonly Decision[]> {
  const entries = await log.logged(laneOf({ forge, project, issue: { number } }), LATEST);
  return entries.map(({ entry }) => entry as Decision);
}
