/** What daytwo has decided about an issue lately, from the log that `daytwo serve` keeps. */
import type { ForgeKind } from "../model.ts";
import { laneOf, StoreError } from "../run/inbox/inbox.ts";
import { isThere, visitInbox } from "../run/inbox/open.ts";
import type { DecidedChange, Decision } from "../run/serve/decision.ts";
import { inboxPlace } from "./app/settings.ts";
import { Invalid, type Io } from "./io.ts";
import { count, onOneLine, type painter } from "./show.ts";

/** Looks that came to something, so many at most. */
const LATEST = 10;

export interface Decided {
  /** Newest first. */
  readonly decisions: readonly Decision[];
  /** Why the log could not be read; null where it was, or where there is none. */
  readonly unread: string | null;
}

/** Reads the log beside whoever writes it. A store that cannot be read is no failure. */
export async function decidedLately(
  io: Io,
  {
    forge,
    project,
    number,
  }: { readonly forge: ForgeKind; readonly project: string; readonly number: number },
): Promise<Decided> {
  try {
    const place = inboxPlace(io);
    if (!isThere(place)) return { decisions: [], unread: null };
    const visit = await visitInbox({ ...place, now: () => io.now() });
    try {
      const entries = await visit.logged(laneOf({ forge, project, issue: { number } }), LATEST);
      return { decisions: entries.map(({ entry }) => entry as Decision), unread: null };
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
    ...decisions.flatMap(({ at, deliveries, changes, problems, fatal }) => [
      `  ${new Date(at).toISOString()}  ${paint("dim", causeOf(deliveries))}`,
      ...changes.map((change) => `    ${changeLine(change)}`),
      ...problems.map(({ policy, message }) => `    problem (${policy}): ${onOneLine(message)}`),
      ...(fatal === null ? [] : [`    ended early: ${onOneLine(fatal)}`]),
    ]),
  ];
}

function causeOf(deliveries: Decision["deliveries"]): string {
  const [first, ...others] = deliveries;
  if (!first) return "at a sweep";
  const id = first.id === null ? "" : `, delivery ${onOneLine(first.id)}`;
  const more = others.length === 0 ? "" : `, and ${count(others.length, "more delivery", "more deliveries")}`;
  return `${first.about} ${first.action} by ${onOneLine(first.actor) || "nobody known"}${id}${more}`;
}

function changeLine({ kind, what, policy, reason, outcome, project, issue }: DecidedChange): string {
  const where = issue === null ? "" : ` on ${project}#${issue}`;
  const about = what === null ? "" : ` "${onOneLine(what)}"`;
  const error = outcome.error === null ? "" : `: ${onOneLine(outcome.error)}`;
  return `${kind}${about}${where}, ${outcome.status}${error}  (${policy}) ${onOneLine(reason)}`;
}
