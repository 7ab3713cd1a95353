/**
 * Whatever people do, and whatever becomes of the deliveries that tell of it: shuffled, doubled, a third of them
 * dropped, then one sweep, and everything stands as if each had come at once and in order.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isStatus } from "../../../src/engine/status.ts";
import type { App } from "../../../src/entry/app/app.ts";
import { MINUTE, openWorld, PEOPLE, quiet, REQUESTS, STATE, type World } from "./world.ts";

/** More for a long night: `RUNS=200 npx vitest run test/entry/app/scrambled.test.ts`. */
const RUNS = Number(process.env.RUNS ?? 3);
const HOLD = "SalesOPS: Waiting on SFDC License";
const BODY = "- [ ] Create the user\n- [ ] Set the role\n";

/** One thing somebody may do, and whether it would change anything as things stand. */
interface Deed {
  readonly text: string;
  possible(world: World): boolean;
  run(world: World): void;
}

const open = (text: string, run: Deed["run"]): Deed => ({ text, possible: () => true, run });
const HIRE = (name: string) =>
  [`### Full name\n\n${name}`, "### Role\n\nAccount Executive", "### Start date\n\n2026-11-23"].join("\n\n");

/** What is opened as the story goes on has a title of its own: numbers depend on who comes first. */
const OPENED: readonly Deed[] = ["Katherine Johnson", "Dorothy Vaughan"].map((name) =>
  open(
    `hr onboards ${name}`,
    ({ memory }) =>
      void memory.by("hr").open(PEOPLE, { title: name, body: HIRE(name), labels: ["onboarding"] }),
  ),
);

function deedsOn(number: number): Deed[] {
  const issue = ({ memory }: World) => memory.issue(REQUESTS, number);
  const has = (label: string) => (world: World) => world.labels(number).includes(label);
  const held = (handle: string) => (world: World) =>
    issue(world).assignees.some((one) => one.handle === handle);
  const box = (world: World) => issue(world).body.includes("- [ ] Set the role");
  const not = (that: Deed["possible"]) => (world: World) => !that(world);
  const deed = (text: string, possible: Deed["possible"], run: Deed["run"]): Deed => ({
    text: `${text} (#${number})`,
    possible,
    run,
  });
  return [
    ...["sam", "amber"].flatMap((handle) => [
      deed(`${handle} takes it`, not(held(handle)), ({ memory }) =>
        memory.by(handle).assign(REQUESTS, number),
      ),
      deed(`${handle} leaves it`, held(handle), ({ memory }) => memory.by(handle).unassign(REQUESTS, number)),
    ]),
    deed("meri puts it on hold", not(has(HOLD)), ({ memory }) =>
      memory.by("meri").label(REQUESTS, number, HOLD),
    ),
    deed("meri takes the reason off", has(HOLD), ({ memory }) =>
      memory.by("meri").unlabel(REQUESTS, number, HOLD),
    ),
    // An outsider's move is put back, and so is one of the team's that is not legal.
    deed("hr completes it", not(has(STATE.completed)), ({ memory }) =>
      memory.by("hr").label(REQUESTS, number, STATE.completed),
    ),
    deed("amber sets Action Needed", not(has(STATE.action_needed)), ({ memory }) =>
      memory.by("amber").label(REQUESTS, number, STATE.action_needed),
    ),
    deed("sam ticks a box", box, ({ memory }) => memory.by("sam").tick(REQUESTS, number, 1)),
    deed(
      "hr says thanks",
      () => true,
      ({ memory }) => void memory.by("hr").comment(REQUESTS, number, "Thank you!"),
    ),
  ];
}

const DEEDS = [1, 2, 3].flatMap(deedsOn);
const life = fc.tuple(
  fc.array(fc.integer({ min: 0, max: DEEDS.length - 1 }), { minLength: 4, maxLength: 9 }),
  fc.subarray([...OPENED.keys()]),
  fc.integer({ min: 1, max: 2 ** 31 }),
);

function begin({ memory }: World): void {
  for (const [title, body, labels] of [
    ["Access for Ada", BODY, ["access-request"]],
    ["Access for Grace", BODY, ["access-request"]],
    ["A question", "What is this?", []],
  ] as const)
    memory.by("hr").open(REQUESTS, { title, body, labels });
}

/** What stands on the forge, by title. */
function standing({ memory }: World) {
  const shown = [REQUESTS, PEOPLE].flatMap((project) =>
    [...memory.project(project).issues.values()].map((issue) => ({
      project,
      title: issue.title,
      state: issue.state,
      labels: issue.labels.map(({ name }) => name).sort(),
      assignees: issue.assignees.map(({ handle }) => handle).sort(),
      // Whether there is one depends on what daytwo came to see; two there are never.
      statuses: Math.max(1, issue.comments.filter(({ body }) => isStatus(body)).length),
    })),
  );
  return shown.sort((a, b) => a.title.localeCompare(b.title));
}

/** Whether daytwo has left something as it is, because somebody undid what it did time and again. */
const stopped = ({ memory }: World): boolean =>
  [...memory.project(REQUESTS).issues.values()].some(({ comments }) =>
    comments.some(({ body }) => body.includes("daytwo stops here")),
  );

/** A generator of numbers from 0 to 1 that always gives the same ones. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

async function scramble(world: World, app: App, next: () => number): Promise<void> {
  const waiting = world.sandbox.webhooks.take();
  const sent = [...waiting, ...waiting.filter(() => next() < 0.5)]
    .filter(() => next() > 1 / 3)
    .map((delivery) => ({ delivery, at: next() }))
    .sort((a, b) => a.at - b.at);
  await world.sandbox.webhooks.deliver(sent.map(({ delivery }) => delivery));
  await quiet(world, app);
  await app.sweep();
  await quiet(world, app);
}

describe.each(["github", "gitlab"] as const)("on %s", (kind) => {
  test(
    "shuffled, doubled and a third dropped, then one sweep: the same end as in order",
    async () => {
      await fc.assert(
        fc.asyncProperty(life, async ([deeds, opened, seed]) => {
          const [inOrder, scrambled] = await Promise.all([openWorld(kind), openWorld(kind)]);
          try {
            const [first, second] = await Promise.all([inOrder.start(), scrambled.start()]);
            for (const world of [inOrder, scrambled]) begin(world);
            await quiet(inOrder, first);
            const lived: string[] = [];
            const todo = [...deeds.map((i) => DEEDS[i] as Deed), ...opened.map((i) => OPENED[i] as Deed)];
            for (const { text, possible, run } of todo) {
              const both = [inOrder, scrambled];
              // What people can do depends on what daytwo has done: only what both can is compared.
              if (!both.every((world) => possible(world))) continue;
              for (const world of both) {
                world.clock.now += MINUTE;
                run(world);
              }
              lived.push(text);
              await quiet(inOrder, first);
            }
            await scramble(scrambled, second, random(seed));
            if (stopped(inOrder) || stopped(scrambled)) return;
            expect(standing(scrambled), lived.join(", ")).toEqual(standing(inOrder));
            for (const world of [inOrder, scrambled]) expect(world.sandbox.violations).toEqual([]);
          } finally {
            await Promise.all([inOrder.end(), scrambled.end()]);
          }
        }),
        { numRuns: RUNS },
      );
    },
    60_000 + RUNS * 60_000,
  );
});
