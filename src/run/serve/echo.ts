/**
 * Deliveries of daytwo's own deeds. What they tell is known already where the work that did them ran to its end
 * and left nothing to do: such a delivery needs no look. Everything else does, so that work that was cut off is
 * finished, and what another lane, another program or a person with daytwo's account did is seen.
 */
import type { DecidedChange, Decision } from "../../engine/decision.ts";
import type { Delivery, HistoryEvent, Instant } from "../../model.ts";
import type { Batch, Inbox } from "../inbox/inbox.ts";

/** How far the forge's clock may be from this machine's: more of a difference costs looks, and nothing else. */
const SKEW_MS = 10_000;
/** Deliveries come within moments; so many looks back are compared. */
const LATEST = 5;

/** @param self the account daytwo runs as in the project of the lane; null where that is not known */
export async function isEcho(
  inbox: Pick<Inbox, "logged">,
  batch: Batch,
  self: string | null,
): Promise<boolean> {
  // What has failed before, or was cut off, is looked at.
  if (self === null || self === "" || batch.failures > 0) return false;
  const deliveries = batch.waiting.map(({ delivery }) => delivery);
  const own = ({ id, actor }: Delivery) => id !== null && actor.toLowerCase() === self.toLowerCase();
  if (!deliveries.every(own)) return false;
  const entries = await inbox.logged(batch.lane, LATEST);
  const done = entries.flatMap(({ entry }) => deedsOf(entry as Decision));
  return deliveries.every((delivery) =>
    effectsOf(delivery).every((effect) => {
      const at = done.findIndex((deed) => deed.effect === effect && isWithin(delivery, deed));
      // Each deed makes one delivery.
      return at >= 0 && done.splice(at, 1).length > 0;
    }),
  );
}

interface Deed {
  readonly effect: string;
  readonly from: Instant;
  readonly until: Instant;
}

function deedsOf({ whole, at, ended, changes }: Partial<Decision>): Deed[] {
  if (!whole || at === undefined || ended === undefined) return [];
  return (changes ?? []).flatMap((change) => {
    const effect = effectOf(change);
    return effect === null ? [] : [{ effect, from: at, until: ended }];
  });
}

const isWithin = ({ issue: { updatedAt } }: Delivery, { from, until }: Deed): boolean =>
  updatedAt >= from - SKEW_MS && updatedAt <= until + SKEW_MS;

function effectOf({ kind, what }: DecidedChange): string | null {
  switch (kind) {
    case "add-label":
      return `labeled ${what}`;
    case "remove-label":
      return `unlabeled ${what}`;
    case "assign":
      return `assigned ${what}`;
    case "unassign":
      return `unassigned ${what}`;
    case "close-issue":
      return "closed";
    case "reopen-issue":
      return "reopened";
    case "edit-issue":
      return "edited";
    case "comment":
    case "edit-comment":
      return "commented";
    default:
      return null;
  }
}

/** What a delivery tells; a name that no deed has where it tells something else. */
function effectsOf({ about, action, events }: Delivery): string[] {
  if (about === "comment") return [TOLD.includes(action) ? "commented" : `comment ${action}`];
  const heard = [...new Set(events.map(effectOfEvent))];
  if (heard.length > 0) return heard;
  return [TOLD.includes(action) ? "edited" : `issue ${action}`];
}

/** What the forges call a comment or an issue that was written or rewritten. */
const TOLD: readonly string[] = ["created", "edited", "create", "update"];

function effectOfEvent(event: HistoryEvent): string {
  switch (event.type) {
    case "labeled":
    case "unlabeled":
      return `${event.type} ${event.label}`;
    case "assigned":
    case "unassigned":
      return `${event.type} ${event.assignee}`;
    case "ticked":
    case "unticked":
      return "edited";
    default:
      return event.type;
  }
}
