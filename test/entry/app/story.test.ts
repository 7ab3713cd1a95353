/** What people do reaches daytwo as signed deliveries, and daytwo answers on the forge. */
import { afterEach, expect, test } from "vitest";
import { MINUTE, openWorld, quiet, REQUESTS, STATE, type World } from "./world.ts";

let world: World;
afterEach(() => world.end());

test.each(["github", "gitlab"] as const)("a %s delivery ends in the right state", async (kind) => {
  world = await openWorld(kind);
  const app = await world.start();
  const { memory, clock } = world;
  const number = memory.by("hr").open(REQUESTS, { title: "Access for Ada", labels: ["access-request"] });
  await quiet(world, app);
  expect(world.labels(number)).toContain(STATE.action_needed);

  clock.now += MINUTE;
  memory.by("sam").assign(REQUESTS, number);
  await quiet(world, app);
  expect(world.labels(number)).toContain(STATE.in_progress);
  expect(world.labels(number)).not.toContain(STATE.action_needed);
});
