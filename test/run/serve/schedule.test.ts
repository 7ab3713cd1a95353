import { expect, test } from "vitest";
import type { Instant } from "../../../src/model.ts";
import { type Cause, everyQuarter, QUARTER_MS } from "../../../src/run/serve/schedule.ts";

const NINE = Date.UTC(2026, 10, 24, 9);
const MINUTE = 60_000;

/** A clock that is moved by hand, and says when it would wake somebody. */
function clockAt(now: Instant) {
  const clock = {
    at: now,
    wakes: [] as { at: Instant; wake: () => void }[],
    now: () => clock.at,
    after(ms: number, wake: () => void) {
      const entry = { at: clock.at + ms, wake };
      clock.wakes.push(entry);
      return () => {
        clock.wakes = clock.wakes.filter((each) => each !== entry);
      };
    },
    /** To the next wake, and `late` beyond it. */
    next(late = 0) {
      const [entry] = clock.wakes.splice(0);
      if (!entry) throw new Error("nobody waits");
      clock.at = entry.at + late;
      entry.wake();
    },
  };
  return clock;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const minutes = (at: Instant) => (at - NINE) / MINUTE;

test("at once, and then at each full quarter of an hour, however long the work takes", async () => {
  const clock = clockAt(NINE + 4 * MINUTE);
  const runs: [number, Cause][] = [];
  const schedule = everyQuarter(
    clock,
    async (at, cause) => {
      runs.push([minutes(at), cause]);
      clock.at += 2 * MINUTE;
    },
    () => undefined,
  );
  await turn();
  clock.next();
  await turn();
  clock.next(3 * MINUTE);
  await turn();
  clock.next();
  await turn();
  expect(runs).toEqual([
    [4, "start"],
    [15, "clock"],
    [33, "clock"],
    [45, "clock"],
  ]);
  await schedule.stop();
  expect(clock.wakes).toEqual([]);
});

test("what was missed while the machine slept is done once", async () => {
  const clock = clockAt(NINE);
  const runs: number[] = [];
  const schedule = everyQuarter(
    clock,
    async (at) => void runs.push(minutes(at)),
    () => undefined,
  );
  await turn();
  clock.next(3 * 24 * 60 * MINUTE);
  await turn();
  expect(runs).toEqual([0, 15 + 3 * 24 * 60]);
  expect(clock.wakes.map(({ at }) => at % QUARTER_MS)).toEqual([0]);
  await schedule.stop();
});

test("work that fails is told of, and the schedule goes on", async () => {
  const clock = clockAt(NINE);
  const failures: unknown[] = [];
  const schedule = everyQuarter(
    clock,
    async () => {
      throw new Error("the forge is away");
    },
    (error) => failures.push(error),
  );
  await turn();
  clock.next();
  await turn();
  expect(failures).toHaveLength(2);
  expect(clock.wakes).toHaveLength(1);
  await schedule.stop();
});

test("never twice at a time: what is asked for comes after what runs, and stopping waits for both", async () => {
  const clock = clockAt(NINE);
  const gates: PromiseWithResolvers<void>[] = [];
  let running = 0;
  const causes: Cause[] = [];
  const schedule = everyQuarter(
    clock,
    async (_, cause) => {
      causes.push(cause);
      expect(++running).toBe(1);
      const gate = Promise.withResolvers<void>();
      gates.push(gate);
      await gate.promise;
      running--;
    },
    (error) => {
      throw error;
    },
  );
  await turn();
  const asked = schedule.run();
  await turn();
  expect(causes).toEqual(["start"]);
  gates[0]?.resolve();
  await turn();
  expect(causes).toEqual(["start", "asked"]);
  let stopped = false;
  const stopping = schedule.stop().then(() => {
    stopped = true;
  });
  await turn();
  expect(stopped).toBe(false);
  gates[1]?.resolve();
  await Promise.all([asked, stopping]);
  await schedule.run();
  expect(causes).toEqual(["start", "asked"]);
});
