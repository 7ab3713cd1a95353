/** What every inbox promises, held against each. */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import {
  BATCH_LIMIT,
  type Batch,
  type Inbox,
  type InboxOptions,
  StoreError,
  type Visit,
} from "../../src/run/inbox/inbox.ts";
import { lane, MONDAY, waiting } from "./deliveries.ts";

vi.setConfig({ testTimeout: 90_000 });

export interface World {
  /** Opens the one store of this world. */
  open(options?: Partial<InboxOptions>): Promise<Inbox>;
  visit(): Promise<Visit>;
  remove(): Promise<void>;
}

export interface Traits {
  /** A world whose store is empty. */
  readonly create: () => Promise<World>;
  /** The shortest first pause after a failure, in milliseconds. */
  readonly pause: number;
  /** How many random stories to play. */
  readonly stories: number;
}

const SOON = { timeout: 60_000, interval: 5 };
const ONE = { atOnce: 1, tries: 3 };
const ids = (batch: Batch) => batch.waiting.map(({ id }) => id.replace("github ", ""));

/** A handler that notes its batches and goes on when it is let. */
function gated() {
  const begun: Batch[] = [];
  const gates: (() => void)[] = [];
  return {
    begun,
    handler: (batch: Batch) => {
      begun.push(batch);
      return new Promise<void>((resolve) => gates.push(resolve));
    },
    open: () => {
      for (const gate of gates.splice(0)) gate();
    },
  };
}

export function inboxContract(name: string, { create, pause, stories }: Traits): void {
  describe(`inbox: ${name}`, () => {
    let world: World;
    let inbox: Inbox;
    const opened: Inbox[] = [];
    const open = async (options?: Partial<InboxOptions>) => {
      const one = await world.open(options);
      opened.push(one);
      return one;
    };
    const reopen = async (options?: Partial<InboxOptions>) => {
      await inbox.close();
      inbox = await open(options);
    };
    const empty = () => vi.waitFor(async () => expect((await inbox.stats()).waiting).toBe(0), SOON);

    beforeEach(async () => {
      world = await create();
      inbox = await open();
    });
    afterEach(async () => {
      for (const one of opened.splice(0)) await one.close();
      await world.remove();
    });

    describe("put", () => {
      test("stores a delivery once, and knows it when it comes again", async () => {
        expect(await inbox.put(waiting("a"))).toBe("stored");
        expect(await inbox.put(waiting("a"))).toBe("known");
        expect(await inbox.stats()).toEqual({ waiting: 1, oldest: MONDAY, dead: 0 });
      });

      test("stores one of twenty that come at the same time", async () => {
        const answers = await Promise.all(Array.from({ length: 20 }, () => inbox.put(waiting("a"))));
        expect(answers.filter((answer) => answer === "stored")).toHaveLength(1);
        expect(answers.filter((answer) => answer === "known")).toHaveLength(19);
      });

      test("knows a delivery that has been worked on, also after a restart", async () => {
        await inbox.put(waiting("a"));
        await inbox.work(async () => {}, ONE);
        await empty();
        await reopen();
        expect(await inbox.put(waiting("a"))).toBe("known");
        expect((await inbox.stats()).waiting).toBe(0);
      });

      test("has forgotten it a month later", async () => {
        await inbox.put(waiting("a"));
        await inbox.work(async () => {}, ONE);
        await empty();
        const later = () => MONDAY + 31 * 86_400_000;
        await reopen({ now: later });
        const worker = await inbox.work(async () => {}, ONE);
        await vi.waitFor(async () => expect(await inbox.put(waiting("a"))).toBe("stored"), SOON);
        await worker.stop();
      });

      test("gives back what it was given, whatever is in the text", async () => {
        const odd = `NUL \0, half a pair \ud83d, emoji 🏔, quotes '"\\, CRLF \r\n, ${"long ".repeat(50_000)}`;
        await inbox.put(waiting("a", 1, odd));
        await reopen();
        const seen: Batch[] = [];
        await inbox.work(async (batch) => void seen.push(batch), ONE);
        await empty();
        expect(seen).toEqual([{ lane: lane(1), waiting: [waiting("a", 1, odd)], failures: 0 }]);
      });
    });

    describe("work", () => {
      test("takes all that waits in a lane, oldest first", async () => {
        const names = Array.from({ length: 20 }, (_, at) => `d${at}`);
        await Promise.all(names.slice(0, 10).map((id) => inbox.put(waiting(id))));
        for (const id of names.slice(10)) await inbox.put(waiting(id));
        const seen: string[][] = [];
        await inbox.work(async (batch) => void seen.push(ids(batch)), ONE);
        await empty();
        expect(seen).toEqual([names]);
      });

      test("a burst while a lane is worked on makes one more batch", async () => {
        const { begun, handler, open: go } = gated();
        await inbox.work(handler, { atOnce: 4, tries: 3 });
        await inbox.put(waiting("first"));
        await vi.waitFor(() => expect(begun).toHaveLength(1), SOON);
        const burst = Array.from({ length: 20 }, (_, at) => `d${at}`);
        for (const id of burst) await inbox.put(waiting(id));
        expect(begun).toHaveLength(1);
        go();
        await vi.waitFor(() => expect(begun).toHaveLength(2), SOON);
        go();
        await empty();
        expect(begun.map(ids)).toEqual([["first"], burst]);
      });

      test("takes a very long lane in parts", async () => {
        const many = Array.from({ length: BATCH_LIMIT + 20 }, (_, at) => `d${at}`);
        await Promise.all(many.map((id) => inbox.put(waiting(id))));
        const seen: string[][] = [];
        await inbox.work(async (batch) => void seen.push(ids(batch)), ONE);
        await empty();
        expect(seen.map((batch) => batch.length)).toEqual([BATCH_LIMIT, 20]);
        expect(seen.flat()).toEqual(many);
      });

      test("works on different lanes at the same time, as many as it may", async () => {
        const { begun, handler, open: go } = gated();
        for (const issue of [1, 2, 3, 4, 5]) await inbox.put(waiting(`d${issue}`, issue));
        await inbox.work(handler, { atOnce: 3, tries: 3 });
        await vi.waitFor(() => expect(begun).toHaveLength(3), SOON);
        await inbox.put(waiting("d6", 6));
        expect(begun).toHaveLength(3);
        go();
        await vi.waitFor(() => expect(begun).toHaveLength(6), SOON);
        go();
        await empty();
        expect(begun.map(({ lane }) => lane).sort()).toEqual([1, 2, 3, 4, 5, 6].map(lane));
      });

      test("one worker at a time", async () => {
        const worker = await inbox.work(async () => {}, ONE);
        await expect(inbox.work(async () => {}, ONE)).rejects.toThrow("stop that worker first");
        await worker.stop();
        await (await inbox.work(async () => {}, ONE)).stop();
      });

      test("stopping waits for what runs, and takes nothing new; what is put meanwhile is kept", async () => {
        const { begun, handler, open: go } = gated();
        const worker = await inbox.work(handler, ONE);
        await inbox.put(waiting("a", 1));
        await vi.waitFor(() => expect(begun).toHaveLength(1), SOON);
        let stopped = false;
        const stopping = worker.stop().then(() => {
          stopped = true;
        });
        expect(await inbox.put(waiting("b", 1))).toBe("stored");
        expect(await inbox.put(waiting("c", 2))).toBe("stored");
        expect(stopped).toBe(false);
        go();
        await stopping;
        expect(begun.map(ids)).toEqual([["a"]]);
        await reopen();
        const seen: string[][] = [];
        await inbox.work(async (batch) => void seen.push(ids(batch)), ONE);
        await empty();
        expect(seen.sort()).toEqual([["b"], ["c"]]);
      });
    });

    describe("failures", () => {
      test("work that fails is tried again after growing pauses, with what came meanwhile", async () => {
        await reopen({ pauses: { first: pause, longest: 60_000 } });
        const tries: { at: number; failures: number; ids: string[] }[] = [];
        await inbox.put(waiting("a"));
        await inbox.work(
          async (batch) => {
            tries.push({ at: performance.now(), failures: batch.failures, ids: ids(batch) });
            if (tries.length < 3) throw new Error("the forge is away");
          },
          { atOnce: 2, tries: 5 },
        );
        await vi.waitFor(() => expect(tries).toHaveLength(1), SOON);
        await inbox.put(waiting("b"));
        await empty();
        expect(tries.map(({ failures }) => failures)).toEqual([0, 1, 2]);
        expect(tries.map(({ ids }) => ids)).toEqual([["a"], ["a", "b"], ["a", "b"]]);
        const [first = 0, second = 0, third = 0] = tries.map(({ at }) => at);
        expect(second - first).toBeGreaterThanOrEqual(pause * 0.9);
        expect(third - second).toBeGreaterThanOrEqual(pause * 2 * 0.9);
        expect((await inbox.stats()).dead).toBe(0);
      });

      test("success wipes the failures away", async () => {
        await reopen({ pauses: { first: pause, longest: pause } });
        const failures: number[] = [];
        await inbox.work(
          async (batch) => {
            failures.push(batch.failures);
            if (failures.length === 1) throw new Error("once");
          },
          { atOnce: 1, tries: 5 },
        );
        await inbox.put(waiting("a"));
        await empty();
        await inbox.put(waiting("b"));
        await empty();
        expect(failures).toEqual([0, 1, 0]);
      });

      test("what fails too often becomes a dead letter, which can be sent again", async () => {
        let broken = true;
        const seen: string[][] = [];
        const warnings: Error[] = [];
        await reopen({ warn: (error) => warnings.push(error) });
        await inbox.work(
          async (batch) => {
            seen.push(ids(batch));
            if (broken) throw new Error("a bad\0 day");
          },
          { atOnce: 1, tries: 1 },
        );
        await inbox.put(waiting("a"));
        await empty();
        expect(await inbox.stats()).toEqual({ waiting: 0, oldest: null, dead: 1 });
        const [letter, ...others] = await inbox.dead();
        expect(others).toEqual([]);
        expect(letter).toMatchObject({ ...waiting("a"), diedAt: MONDAY });
        expect(letter?.error).toMatch(/^a bad.* day$/s);
        expect(warnings.map(({ message }) => message)).toEqual([
          expect.stringContaining(`work on ${lane(1)} failed (1 of 1)`),
        ]);
        expect(await inbox.put(waiting("a"))).toBe("known");

        broken = false;
        expect(await inbox.revive("github a")).toBe(true);
        await vi.waitFor(() => expect(seen).toEqual([["a"], ["a"]]), SOON);
        await empty();
        expect(await inbox.dead()).toEqual([]);
        expect(await inbox.revive("github a")).toBe(false);
        expect(await inbox.revive("github nobody")).toBe(false);
      });

      test("somebody beside who works on it sees what is in it, and sends dead letters again", async () => {
        let broken = true;
        const seen: string[][] = [];
        await inbox.work(
          async (batch) => {
            seen.push(ids(batch));
            if (broken) throw new Error("a bad day");
          },
          { atOnce: 1, tries: 1 },
        );
        await inbox.put(waiting("a"));
        await inbox.remember("last tick", "1");
        await inbox.log(lane(1), MONDAY, "decided");
        await empty();
        const visit = await world.visit();
        onTestFinished(() => visit.close());
        expect(await visit.stats()).toEqual({ waiting: 0, oldest: null, dead: 1 });
        expect(await visit.dead()).toMatchObject([{ id: "github a", error: "a bad day" }]);
        expect(await visit.recall("last tick")).toBe("1");
        expect(await visit.recall("nothing")).toBeNull();
        expect(await visit.logged(lane(1), 5)).toEqual([{ at: MONDAY, entry: "decided" }]);

        broken = false;
        expect(await visit.revive("github a")).toBe(true);
        await vi.waitFor(() => expect(seen).toEqual([["a"], ["a"]]), SOON);
        await empty();
        expect(await visit.dead()).toEqual([]);
        expect(await visit.revive("github a")).toBe(false);
      });

      test("a lane goes on after its dead", async () => {
        const { begun, handler, open: go } = gated();
        await inbox.work(
          async (batch) => {
            await handler(batch);
            if (begun.length === 1) throw new Error("bad");
          },
          { atOnce: 1, tries: 1 },
        );
        await inbox.put(waiting("a"));
        await vi.waitFor(() => expect(begun).toHaveLength(1), SOON);
        await inbox.put(waiting("b"));
        go();
        await vi.waitFor(() => expect(begun).toHaveLength(2), SOON);
        go();
        await empty();
        expect(begun.map(ids)).toEqual([["a"], ["b"]]);
        expect((await inbox.dead()).map(({ id }) => id)).toEqual(["github a"]);
      });
    });

    describe("alone", () => {
      test("is refused at once while somebody runs under the name, and open again afterwards", async () => {
        const { promise, resolve } = Promise.withResolvers<string>();
        const begun = Promise.withResolvers<void>();
        const first = inbox.alone("tick acme", async () => {
          begun.resolve();
          return promise;
        });
        await begun.promise;
        let ran = false;
        expect(await inbox.alone("tick acme", async () => (ran = true))).toBeNull();
        expect(ran).toBe(false);
        expect(await inbox.alone("tick other", async () => "other")).toBe("other");
        resolve("done");
        expect(await first).toBe("done");
        expect(await inbox.alone("tick acme", async () => "again")).toBe("again");
      });

      test("work that throws gives the name back", async () => {
        await expect(inbox.alone("tick", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
        expect(await inbox.alone("tick", async () => 1)).toBe(1);
      });
    });

    test("remembers small values", async () => {
      expect(await inbox.recall("last tick")).toBeNull();
      await inbox.remember("last tick", "1");
      await inbox.remember("last tick", "2");
      await reopen();
      expect(await inbox.recall("last tick")).toBe("2");
    });

    test("keeps a decision log for each lane, newest first", async () => {
      for (const at of [1, 2, 3]) await inbox.log(lane(1), MONDAY + at, { step: at, text: "NUL \0 and 🏔" });
      await inbox.log(lane(2), MONDAY, "another");
      await reopen();
      expect(await inbox.logged(lane(1), 2)).toEqual([
        { at: MONDAY + 3, entry: { step: 3, text: "NUL \0 and 🏔" } },
        { at: MONDAY + 2, entry: { step: 2, text: "NUL \0 and 🏔" } },
      ]);
      expect(await inbox.logged(lane(2), 10)).toEqual([{ at: MONDAY, entry: "another" }]);
      expect(await inbox.logged(lane(3), 10)).toEqual([]);
    });

    test("is ready until it is closed, and then says so to everybody", async () => {
      expect(await inbox.ready()).toBe(true);
      const last = inbox.put(waiting("a"));
      await inbox.close();
      expect(await last).toBe("stored");
      expect(await inbox.ready()).toBe(false);
      await expect(inbox.put(waiting("b"))).rejects.toThrow(StoreError);
      await expect(inbox.stats()).rejects.toThrow(StoreError);
      await expect(inbox.alone("x", async () => 1)).rejects.toThrow(StoreError);
      await expect(inbox.work(async () => {}, ONE)).rejects.toThrow(StoreError);
      await inbox.close();
    });

    test("any story: one at a time in a lane, in order, everything once", { timeout: 240_000 }, async () => {
      const step = fc.record({
        issue: fc.integer({ min: 1, max: 3 }),
        again: fc.boolean(),
        gap: fc.constantFrom(0, 0, 0, 1, 3),
      });
      const story = fc.record({
        steps: fc.array(step, { minLength: 1, maxLength: 25 }),
        delays: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1 }),
        atOnce: fc.integer({ min: 1, max: 4 }),
      });
      let told = 0;
      await fc.assert(
        fc.asyncProperty(story, async ({ steps, delays, atOnce }) => {
          told++;
          const running = new Set<string>();
          const seen = new Map<string, string[]>();
          let most = 0;
          let turn = 0;
          const worker = await inbox.work(
            async (batch) => {
              expect(running.has(batch.lane)).toBe(false);
              running.add(batch.lane);
              most = Math.max(most, running.size);
              await new Promise((resolve) => setTimeout(resolve, delays[turn++ % delays.length]));
              seen.set(batch.lane, [...(seen.get(batch.lane) ?? []), ...ids(batch)]);
              running.delete(batch.lane);
            },
            { atOnce, tries: 1 },
          );
          const sent = new Map<string, string[]>();
          const puts: Promise<unknown>[] = [];
          for (const [at, { issue, again, gap }] of steps.entries()) {
            const id = `${told}-${at}`;
            sent.set(lane(issue), [...(sent.get(lane(issue)) ?? []), id]);
            puts.push(inbox.put(waiting(id, issue)));
            if (again) puts.push(inbox.put(waiting(id, issue)));
            if (gap > 0) await new Promise((resolve) => setTimeout(resolve, gap));
          }
          await Promise.all(puts);
          await empty();
          await worker.stop();
          expect(seen).toEqual(sent);
          expect(most).toBeLessThanOrEqual(atOnce);
          expect((await inbox.stats()).dead).toBe(0);
        }),
        { numRuns: stories },
      );
    });
  });
}
