/** Whatever people do to a request: nothing doubled, nothing lost, every tick kept, and then quiet. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { ownText, partOf } from "../../src/engine/text/part.ts";
import { guest, MINUTE, sam } from "../story.ts";
import { begin, boxes, bulk, expectQuiet, file, KINDS } from "./intake.world.ts";

const PEOPLE = ["ada", "bob", "cy", "deniz"];
const SYSTEMS = ["chorus", "salesforce"];
const row = (name: string, systems: readonly string[]) =>
  `${name},${name}@acme.com,AE,EMEA,${systems.join("; ")}`;

const asked = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...PEOPLE), fc.subarray(SYSTEMS, { minLength: 1 })), {
    selector: ([name]) => name,
    minLength: 1,
  })
  .map((rows) => ({
    rows,
    keys: rows.flatMap(([name, systems]) => systems.map((id) => `${id} ${name}@acme.com`)),
  }));
const step = fc.oneof(
  fc.record({ does: fc.constant("asks" as const), request: asked, faulty: fc.boolean() }),
  fc.record({ does: fc.constant("ticks" as const), box: fc.nat(7) }),
  fc.record({ does: fc.constant("unticks" as const), box: fc.nat(7) }),
);

it.each(KINDS)("%s", async (kind) => {
  await fc.assert(
    fc.asyncProperty(
      asked,
      fc.array(fc.tuple(step, fc.boolean()), { minLength: 1, maxLength: 6 }),
      async (first, steps) => {
        const story = await begin(kind);
        file(story, bulk(first.rows.map(([name, systems]) => row(name, systems))));
        await story.handle();
        let wanted = first.keys;
        let faulty = false;
        const ticked = new Set<string>();
        for (const [one, byTick] of steps) {
          const before = boxes(story).map((box) => box.replace(/ x$/, ""));
          if (one.does === "asks") {
            const rows = one.request.rows.map(([name, systems]) => row(name, systems));
            const text = bulk(one.faulty ? [...rows, "nobody,,,,"] : rows);
            story.does(
              guest.rewrites((body) => {
                const part = partOf(body);
                return part ? text + body.slice(ownText(body).trimEnd().length) : text;
              }),
            );
            faulty = one.faulty;
            if (!faulty) wanted = one.request.keys;
          } else {
            const key = before[one.box % Math.max(1, before.length)];
            const done = one.does === "ticks";
            if (key === undefined || ticked.has(key) === done) continue;
            story.does(done ? sam.ticks(one.box % before.length) : sam.unticks(one.box % before.length));
            if (done) ticked.add(key);
            else ticked.delete(key);
          }
          if (byTick) await story.tick();
          await story.handle();
          story.now += MINUTE;
          await story.tick();
          const now = boxes(story);
          const kept = new Set([...wanted, ...ticked]);
          // While it is faulty the boxes stay as they are.
          if (!faulty) expect(now.map((box) => box.replace(/ x$/, "")).sort()).toEqual([...kept].sort());
          expect(new Set(now.filter((box) => box.endsWith(" x")).map((box) => box.slice(0, -2)))).toEqual(
            ticked,
          );
        }
        await expectQuiet(story);
      },
    ),
    { numRuns: 12 },
  );
});
