/**
 * Group commit. What is asked for while the flush before is still under way, and then for as long as every turn of
 * the event loop brings more, is flushed together: alone nobody waits for company, and under load one transaction
 * carries many. A timer would make everybody wait for its whole length at low load.
 */

/** So many items at most go into one flush. */
const LIMIT = 500;
/** So many turns at most are waited for, so that the first is not kept by those who come after it. */
const TURNS = 8;

interface Asked<Item, Result> {
  readonly item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

export interface Together<Item, Result> {
  /** @throws whatever the flush that carried the item threw, or the one it was waiting behind */
  add(item: Item): Promise<Result>;
  /** Resolves when nothing waits and nothing is under way. */
  idle(): Promise<void>;
}

/** @param flush does all the items, and answers each in its place */
export function together<Item, Result>(
  flush: (items: readonly Item[]) => readonly Result[] | Promise<readonly Result[]>,
): Together<Item, Result> {
  const asked: Asked<Item, Result>[] = [];
  let running: Promise<void> | null = null;

  const turn = () => new Promise((resolve) => setImmediate(resolve));
  async function gather(): Promise<void> {
    for (let turns = 0; turns < TURNS; turns++) {
      const before = asked.length;
      await turn();
      if (asked.length === before || asked.length >= LIMIT) return;
    }
  }
  async function run(): Promise<void> {
    await gather();
    while (asked.length > 0) {
      const lot = asked.splice(0, LIMIT);
      try {
        const results = await flush(lot.map(({ item }) => item));
        for (const [at, { resolve }] of lot.entries()) resolve(results[at] as Result);
        await gather();
      } catch (error) {
        // Those who wait behind a store that does not answer would only learn the same later.
        for (const { reject } of [...lot, ...asked.splice(0)]) reject(error);
      }
    }
    running = null;
  }

  return {
    add(item) {
      const { promise, resolve, reject } = Promise.withResolvers<Result>();
      asked.push({ item, resolve, reject });
      running ??= run();
      return promise;
    },
    idle: async () => {
      while (running) await running;
    },
  };
}
