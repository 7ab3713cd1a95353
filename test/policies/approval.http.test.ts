/** Some rows of the table over HTTP, where edits, comments and labels come in each forge's own words. */
import { describe, expect, it } from "vitest";
import type { ForgeKind } from "../../src/model.ts";
import { check, play, ROWS, type Way } from "./approval.table.ts";

const NAMES = [
  "approved again after the edit",
  "a box that is ticked too early",
  "the first of two managers, by the label",
];
const rows = ROWS.filter(({ name }) => NAMES.includes(name));

const KINDS: readonly ForgeKind[] = ["github", "gitlab"];
const WAYS: readonly Way[] = ["webhooks", "ticks"];

describe.each(KINDS.flatMap((kind) => WAYS.map((by) => ({ kind, by }))))("on $kind, by $by", (world) => {
  it.each(rows)("$name", async (row) => {
    const story = await play({ kind: world.kind, via: "http" }, world.by, row);
    await check(story, row);
    expect(story.sandbox?.violations ?? []).toEqual([]);
    await story.end();
  });
});

it("GitHub without GraphQL tells no edits: what changed since the last look is asked again", async () => {
  const row = ROWS.find(({ name }) => name === "a label, and a role that changed since");
  if (!row) throw new Error("the row is gone");
  const story = await play({ kind: "github", via: "http", graphql: false }, "one late tick", row);
  await check(story, { ...row, says: [/nobody can tell which came first: please approve again/] });
  await story.end();
});
