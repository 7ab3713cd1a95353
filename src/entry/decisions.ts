/** What daytwo has decided about an issue lately, from the log that `daytwo serve` keeps. */
import { type About, causeOf, type Decision, outcomesOf } from "../engine/decision.ts";
import { StoreError } from "../run/inbox/inbox.ts";
import { isThere, visitInbox } from "../run/inbox/open.ts";
import { decidedIn } from "../run/serve/decision.ts";
import { inboxPlace } from "./app/settings.ts";
import { Invalid, type Io } from "./io.ts";
import { onOneLine, type painter } from "./show.ts";

export interface Decided {
  /** Newest first. */
  readonly decisions: readonly Decision[];
  /** Why the log could not be read; null where it was, or where there is none. */
  readonly unread: string | null;
}

/** Reads the log beside whoever writes it. A store that cannot be read is no failure. */
export async function decidedLately(io: Io, about: About): Promise<Decided> {
  try {
    const place = inboxPlace(io);
    if (!isThere(place)) return { decisions: [], unread: null };
    const visit = await visitInbox({ ...place, now: () => io.now() });
    try {
      return { decisions: await decidedIn(visit, about), unread: null };
    } finally {
      await visit.close();
    }
  } catch (error) {
    if (!(error instanceof StoreError || error instanceof Invalid)) throw error;
    return { decisions: [], unread: error.message };
  }
}

export const decisionJson = ({ at, ...rest }: Decision) => ({ at: new Date(at).toISOString(), ...rest });

export function decisionLines({ decisions, unread }: Decided, paint: ReturnType<typeof painter>): string[] {
  if (unread !== null) return [paint("dim", `The log of earlier decisions cannot be read: ${unread}`)];
  if (decisions.length === 0) return [];
  return [
    paint("bold", "Decided lately"),
    ...decisions.flatMap((one) => [
      `  ${new Date(one.at).toISOString()}  ${paint("dim", onOneLine(causeOf(one, true)))}`,
      ...outcomesOf(one).map((line) => `    ${onOneLine(line)}`),
    ]),
  ];
}
