/** Waiting for a turn, where the inbox only says that somebody else is at it. */
import type { Inbox } from "../inbox/inbox.ts";

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1000;
/** Who waits longer than this gives way to the inbox, which tries again later. */
const PATIENCE_MS = 5 * 60_000;

export type Sleep = (ms: number) => Promise<void>;

/**
 * Runs `work` alone under a name, after whoever runs under it now, in any instance.
 * @throws Error when the turn does not come within five minutes
 */
export async function inTurn<T>(
  inbox: Pick<Inbox, "alone">,
  name: string,
  sleep: Sleep,
  work: (lost: AbortSignal) => Promise<T>,
): Promise<T> {
  let waited = 0;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    const ran = await inbox.alone(name, async (lost) => ({ value: await work(lost) }));
    if (ran) return ran.value;
    if (waited > PATIENCE_MS) throw new Error(`"${name}" has been busy for ${PATIENCE_MS / 60_000} minutes`);
    // Spread out, so that those who wait do not ask in step.
    const ms = Math.round(pause * (0.5 + Math.random()));
    waited += ms;
    await sleep(ms);
  }
}
