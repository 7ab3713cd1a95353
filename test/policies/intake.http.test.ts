/** The same over HTTP, by the real adapters and signed webhooks. */
import { afterEach, describe, expect, it } from "vitest";
import { amber, guest, REQUEST, STATE, type Story, sam } from "../story.ts";
import { begin, boxes, bulk, deeds, expectQuiet, file, issues, KINDS, part } from "./intake.world.ts";

let story: Story | null = null;
afterEach(async () => {
  await story?.end();
  story = null;
});

const ROWS = ["Ada,ada@acme.com,AE,EMEA,chorus; salesforce", 'שמעון,shimon@acme.com,"AE | לב",EMEA,chorus'];

describe.each(KINDS)("%s over HTTP", (kind) => {
  it.each(["webhooks", "ticks"])("a request is checked, mended, worked on and done, by %s", async (way) => {
    story = await begin(kind, { via: "http" });
    const told = story;
    const look = () => (way === "ticks" ? told.tick() : told.handle());
    file(story, bulk(ROWS).replace("chorus; salesforce", "chorus; salesfroce"));
    await look();
    expect(story.see().section("intake")).toContain("- Row 1, **Systems** reads `salesfroce`.");
    story.does(guest.rewrites((body) => body.replace("salesfroce", "salesforce").replaceAll("\n", "\r\n")));
    await look();
    expect(boxes(story)).toEqual([
      "chorus ada@acme.com",
      "chorus shimon@acme.com",
      "salesforce ada@acme.com",
    ]);
    expect([...story.see().labels].sort()).toEqual([STATE.action_needed, REQUEST].sort());
    story.does(sam.takes(), sam.ticks(0));
    await look();
    const before = part(story);
    story.does(amber.ticks(1));
    const results = [await look()].flat();
    expect(results.flatMap(deeds)).toEqual([]);
    expect(part(story)).not.toBe(before);
    story.does(sam.ticksAll());
    await look();
    expect(story.see().labels).toContain(STATE.completed);
    await expectQuiet(story);
  });
});

it("a long one goes into linked parts on GitHub over HTTP", async () => {
  story = await begin("github", { via: "http" });
  const long = "x".repeat(190);
  const rows = Array.from(
    { length: 100 },
    (_, i) => `${long} ${i},p${i}@acme.com,AE,EMEA,chorus; salesforce`,
  );
  file(story, bulk(rows));
  await story.tick();
  expect(issues(story)).toEqual([1, 2]);
  expect(issues(story).flatMap((number) => boxes(story as Story, number))).toHaveLength(200);
  expect(part(story, 1)).toMatch(/- Part 2: \[acme\/access-requests#2\]\(http\S+\/issues\/2\)/);
  await expectQuiet(story);
});
