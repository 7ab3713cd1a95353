/** Deliveries that a forge could not hand over are asked for again, where the forge keeps a list of them. */
import { DAY_MS } from "../../engine/time/days.ts";
import type { Instant } from "../../model.ts";
import type { Inbox } from "../inbox/inbox.ts";
import type { Log } from "./log.ts";

/** One time that a forge tried to hand over a delivery. */
export interface Attempt {
  /** The attempt's own, for asking again. */
  readonly id: number;
  /** The delivery's, the same each time. */
  readonly delivery: string;
  readonly event: string;
  readonly at: Instant;
  /** HTTP status of our answer; null or 5xx where there was none. */
  readonly status: number | null;
}

/** A forge's list of what it sent to one address. */
export interface Outbox {
  /** `github app`, `github acme/people hook 12`; names it across restarts. */
  readonly name: string;
  /** Newest first. */
  attempts(): AsyncIterable<Attempt>;
  /** Asks the forge to send it again, soon. */
  redeliver(attempt: Attempt): Promise<void>;
}

/** GitHub keeps deliveries for so long: https://docs.github.com/en/webhooks/testing-and-troubleshooting-webhooks/redelivering-webhooks */
export const KEPT_MS = 3 * DAY_MS;
/** Attempts are looked at again for this long, as what was asked for again may fail as well. */
const OVERLAP_MS = 60 * 60_000;
/** Within the overlap; more would not help. */
const MOST_ATTEMPTS = 4;
const HANDLED = ["issues", "issue_comment"];
/** Our own refusals that sending again would meet again. */
const FINAL = [400, 413];

/**
 * Asks for everything that was not taken in since the last time, three days back at most.
 * @returns how many deliveries were asked for
 * @throws whatever the list throws; the next time starts where this one did
 */
export async function recover(
  inbox: Pick<Inbox, "recall" | "remember">,
  outbox: Outbox,
  now: Instant,
  log: Log,
): Promise<number> {
  const name = `recovered ${outbox.name}`;
  const before = Number((await inbox.recall(name)) ?? 0);
  const since = Math.max(now - KEPT_MS, before - OVERLAP_MS);
  const byDelivery = new Map<string, Attempt[]>();
  for await (const attempt of outbox.attempts()) {
    if (attempt.at < since) break;
    if (!HANDLED.includes(attempt.event)) continue;
    byDelivery.set(attempt.delivery, [...(byDelivery.get(attempt.delivery) ?? []), attempt]);
  }
  // Oldest first, as they happened.
  const missed = [...byDelivery.values()].filter(isMissed).reverse();
  for (const [newest] of missed) {
    if (!newest) continue;
    await outbox.redeliver(newest);
    log.info({ delivery: newest.delivery, outbox: outbox.name, status: newest.status }, "asked for again");
  }
  await inbox.remember(name, String(now));
  return missed.length;
}

function isMissed(attempts: readonly Attempt[]): boolean {
  const arrived = attempts.some(({ status }) => status !== null && status >= 200 && status < 300);
  const final = attempts.some(({ status }) => status !== null && FINAL.includes(status));
  return !arrived && !final && attempts.length < MOST_ATTEMPTS;
}
