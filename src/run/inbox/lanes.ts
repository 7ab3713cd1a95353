/** Which lanes of one process have work: those that are ready in their order, those held, those that rest. */
export interface Lanes {
  /** Says that something waits in a lane. */
  add(lane: string): void;
  /** Keeps a lane from being taken for `ms` milliseconds, whatever is added to it. */
  rest(lane: string, ms: number): void;
  /** Begins to hand out ready lanes, oldest first, `atOnce` at the same time and each to one holder. */
  start(atOnce: number, hold: (lane: string) => Promise<void>): void;
  /** Hands out no more; resolves when no lane is held. */
  stop(): Promise<void>;
}

export function createLanes(): Lanes {
  const ready = new Set<string>();
  const held = new Map<string, Promise<void>>();
  const resting = new Map<string, NodeJS.Timeout>();
  /** Added to while held or resting. */
  const again = new Set<string>();
  let hand: { readonly atOnce: number; readonly hold: (lane: string) => Promise<void> } | null = null;

  function add(lane: string): void {
    if (held.has(lane) || resting.has(lane)) again.add(lane);
    else ready.add(lane);
    next();
  }

  function free(lane: string): void {
    if (!held.has(lane) && !resting.has(lane) && again.delete(lane)) ready.add(lane);
    next();
  }

  function next(): void {
    for (const lane of ready) {
      if (!hand || held.size >= hand.atOnce) return;
      ready.delete(lane);
      const done = hand.hold(lane).finally(() => {
        held.delete(lane);
        free(lane);
      });
      held.set(lane, done);
    }
  }

  return {
    add,
    rest(lane, ms) {
      clearTimeout(resting.get(lane));
      ready.delete(lane);
      again.add(lane);
      const wake = () => {
        resting.delete(lane);
        free(lane);
      };
      resting.set(lane, setTimeout(wake, ms));
    },
    start(atOnce, hold) {
      hand = { atOnce, hold };
      next();
    },
    async stop() {
      hand = null;
      while (held.size > 0) await Promise.allSettled(held.values());
      for (const [lane, timer] of resting) {
        clearTimeout(timer);
        resting.delete(lane);
        free(lane);
      }
    },
  };
}
