/** What is done on start and every quarter of an hour. */
import type { Instant } from "../../model.ts";

export const QUARTER_MS = 15 * 60_000;

/** Time, as the schedule needs it. */
export interface Clock {
  now(): Instant;
  /** Calls `wake` once after `ms`. @returns what stops it */
  after(ms: number, wake: () => void): () => void;
}

export interface Schedule {
  /** Does it now, or joins what runs. */
  run(): Promise<void>;
  /** Starts nothing more; resolves when what runs has finished. */
  stop(): Promise<void>;
}

/**
 * Runs `work` at once, and then at each full quarter of an hour of the clock after it last finished: late work
 * moves nothing that comes after, and what was missed is done once.
 * @param failed hears what `work` throws; the schedule goes on
 */
export function everyQuarter(
  clock: Clock,
  work: (at: Instant) => Promise<void>,
  failed: (error: unknown) => void,
): Schedule {
  let running: Promise<void> | null = null;
  let cancel: () => void = () => undefined;
  let stopped = false;

  function run(): Promise<void> {
    running ??= work(clock.now())
      .catch(failed)
      .finally(() => {
        running = null;
        plan();
      });
    return running;
  }

  function plan(): void {
    cancel();
    if (stopped) return;
    const now = clock.now();
    const next = Math.floor(now / QUARTER_MS + 1) * QUARTER_MS;
    cancel = clock.after(next - now, () => void run());
  }

  void run();
  return {
    run,
    async stop() {
      stopped = true;
      cancel();
      await running;
    },
  };
}
