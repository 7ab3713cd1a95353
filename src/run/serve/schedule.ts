/** What is done on start and every quarter of an hour. */
import type { Instant } from "../../model.ts";

export const QUARTER_MS = 15 * 60_000;

/** Time, as the schedule needs it. */
export interface Clock {
  now(): Instant;
  /** Calls `wake` once after `ms`. @returns what stops it */
  after(ms: number, wake: () => void): () => void;
}

/** Why the work is done: the program has started, a quarter of an hour has begun, or somebody asked for it. */
export type Cause = "start" | "clock" | "asked";

export interface Schedule {
  /** Does it once more, after what runs. */
  run(): Promise<void>;
  /** Starts nothing more; resolves when what runs has finished. */
  stop(): Promise<void>;
}

/**
 * Runs `work` at once, and then at each full quarter of an hour of the clock after it last finished: late work
 * moves nothing that comes after, and what was missed is done once. Never twice at the same time.
 * @param failed hears what `work` throws; the schedule goes on
 */
export function everyQuarter(
  clock: Clock,
  work: (at: Instant, cause: Cause) => Promise<void>,
  failed: (error: unknown) => void,
): Schedule {
  let last: Promise<void> = Promise.resolve();
  let cancel: () => void = () => undefined;
  let stopped = false;

  function run(cause: Cause): Promise<void> {
    last = last.then(async () => {
      cancel();
      if (stopped) return;
      await work(clock.now(), cause).catch(failed);
      plan();
    });
    return last;
  }

  function plan(): void {
    cancel();
    if (stopped) return;
    const now = clock.now();
    const next = Math.floor(now / QUARTER_MS + 1) * QUARTER_MS;
    cancel = clock.after(next - now, () => void run("clock"));
  }

  void run("start");
  return {
    run: () => run("asked"),
    async stop() {
      stopped = true;
      cancel();
      await last;
    },
  };
}
