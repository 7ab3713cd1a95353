/** Every row of the table on both forges, by webhooks and by ticks alone. */
import { describe, it } from "vitest";
import type { ForgeKind } from "../../src/model.ts";
import { check, play, ROWS, WAYS } from "./approval.table.ts";

const KINDS: readonly ForgeKind[] = ["github", "gitlab"];
const WORLDS = KINDS.flatMap((kind) => WAYS.map((by) => ({ kind, by })));

describe.each(WORLDS)("on $kind, by $by", ({ kind, by }) => {
  const rows = ROWS.filter(({ each }) => !each || by !== "one late tick");
  it.each(rows)("$name", async (row) => {
    await check(await play({ kind, via: "memory" }, by, row), row);
  });
});
