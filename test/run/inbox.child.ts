/**
 * One instance of its own process: puts deliveries, works on them, and writes what it does into a journal that
 * survives its death. Run by `instances.ts`.
 */
import { openSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { waiting } from "./deliveries.ts";
import { type Orders, openStore } from "./instances.ts";

const orders: Orders = JSON.parse(process.argv[2] ?? "");
const { name, store, puts, lanes, atOnce, tries, fatal } = orders;
// Appended in one write each, so that the lines of several processes stay whole and in their order.
const journal = openSync(orders.journal, "a");
const note = (...words: readonly (string | number)[]) => writeSync(journal, `${words.join(" ")}\n`);

const inbox = await openStore(store);
const worker = await inbox.work(
  async (batch) => {
    const ids = batch.waiting.map(({ delivery }) => delivery.id).join(",");
    note("begin", name, batch.waiting[0]?.delivery.issue.number ?? 0, ids);
    if (fatal) process.kill(process.pid, "SIGKILL");
    await sleep(Math.random() * 4);
    note("end", name, batch.waiting[0]?.delivery.issue.number ?? 0, ids);
  },
  { atOnce, tries },
);
let stopping = false;
process.on("SIGTERM", async () => {
  stopping = true;
  await worker.stop();
  await inbox.close();
  process.exit(0);
});
// Goes with whoever started it, and stays until then.
process.on("disconnect", () => process.exit(1));
note("ready", name);
process.send?.("ready");

for (let sent = 0; sent < puts && !stopping; ) {
  const some = Array.from({ length: Math.min(puts - sent, 1 + Math.floor(Math.random() * 6)) }, () => sent++);
  await Promise.all(
    some.map(async (at) => {
      const one = waiting(`${name}-${at}`, 1 + Math.floor(Math.random() * lanes));
      await inbox.put(one);
      note("put", name, one.delivery.issue.number, one.delivery.id ?? "");
    }),
  );
  await sleep(1);
}
note("sent", name);
