/**
 * `kill -9` at every step between the 202 and the last write. A real app in a process of its own, over a real
 * forge's HTTP; after a restart nothing is lost and nothing is doubled.
 */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { isStatus } from "../../../src/engine/status.ts";
import { findMarkers } from "../../../src/engine/text/safe.ts";
import { type Postgres, startPostgres } from "../../run/postgres.ts";
import { type Instance, runClock, startInstance } from "./instances.ts";
import { openWorld, PEOPLE, REQUESTS, STATE, type World } from "./world.ts";

/** Requests of the whole story, at most: whoever counts beyond has seen it end. */
const MOST = 40;
/** The usual run spares some of the steps where another has them all: `EVERY_STEP=1` spares none. */
const STRIDES = process.env.EVERY_STEP === undefined;
const PATIENCE = 60_000;

let postgres: Postgres;
beforeAll(async () => {
  postgres = await startPostgres();
}, PATIENCE);
afterAll(() => postgres.remove());

/** Starts an app and leads the webhooks to it. */
async function start(world: World, env: Record<string, string>): Promise<Instance> {
  const instance = await startInstance(world, env);
  world.lead(instance.url);
  return instance;
}

/**
 * Calls `then` as soon as so many more requests have been answered, before the answer is on its way.
 * @returns what ends the watch, and says whether so many came
 */
function atRequest(world: World, count: number, then: () => void): () => boolean {
  const log = world.sandbox.log as unknown[];
  const push = log.push.bind(log);
  let left = count;
  log.push = (...entries: unknown[]) => {
    const length = push(...entries);
    left -= entries.length;
    if (left <= 0) {
      log.push = push;
      then();
    }
    return length;
  };
  return () => {
    log.push = push;
    return left <= 0;
  };
}

const HIRE = "### Full name\n\nAda Lovelace\n\n### Role\n\nAccount Executive\n\n### Start date\n\n2026-11-23";

/** The issues of the requests project that somebody opened for a hire. */
const opened = ({ memory }: World) =>
  [...memory.project(REQUESTS).issues.values()].filter(({ body }) =>
    findMarkers(body).some((key) => key.startsWith("hire:")),
  );
const labels = (world: World) => opened(world)[0]?.labels.map(({ name }) => name) ?? [];
const statuses = (world: World, project: string, number: number) =>
  world.memory.issue(project, number).comments.filter(({ body }) => isStatus(body));

/**
 * A hire's issue is opened, then Sam takes the request; the app is killed after `step` forge requests.
 * @returns whether the story had so many steps
 */
async function story(kind: "github" | "gitlab", step: number, env: Record<string, string>): Promise<boolean> {
  const world = await openWorld(kind);
  try {
    const told = { ...env, ...runClock(world) };
    let app = await start(world, told);
    // The sweep of the start has read its four lists: what follows is the deliveries' doing.
    await vi.waitFor(
      () => expect(world.sandbox.log.filter(({ kind }) => kind === "GET issues").length).toBeGreaterThan(3),
      {
        timeout: PATIENCE,
        interval: 10,
      },
    );
    let killed: Promise<unknown> | null = null;
    const kill = () => {
      app.child.kill("SIGKILL");
      killed = app.gone.then(async () => {
        app = await start(world, told);
      });
    };
    // Step zero: the delivery is stored, and nothing has been asked of the forge.
    const reached = step === 0 ? () => true : atRequest(world, step, kill);
    const number = world.memory.by("hr").open(PEOPLE, { title: "Ada", body: HIRE, labels: ["onboarding"] });
    await world.sandbox.deliver();
    if (step === 0) kill();
    await vi.waitFor(() => expect(statuses(world, PEOPLE, number)).toHaveLength(1), {
      timeout: PATIENCE,
      interval: 20,
    });
    await killed;
    const request = opened(world)[0]?.number ?? 0;
    world.memory.by("sam").assign(REQUESTS, request);
    await world.sandbox.deliver();
    await vi.waitFor(
      () => {
        expect(labels(world)).toContain(STATE.in_progress);
        expect(labels(world)).not.toContain(STATE.action_needed);
      },
      { timeout: PATIENCE, interval: 20 },
    );
    const came = reached();
    await killed;
    // One more delivery, and what it asks for, come after everything that was left over.
    world.memory.by("hr").comment(REQUESTS, request, "Thank you!");
    await world.sandbox.deliver();
    app.child.kill("SIGTERM");
    await app.gone;
    expect(opened(world)).toHaveLength(1);
    expect(statuses(world, PEOPLE, number)).toHaveLength(1);
    expect(statuses(world, REQUESTS, request)).toHaveLength(1);
    expect(labels(world).filter((name) => name.startsWith("SalesOpsAR::"))).toEqual([STATE.in_progress]);
    expect(world.memory.issue(REQUESTS, request).assignees.map(({ handle }) => handle)).toEqual(["sam"]);
    expect(statuses(world, PEOPLE, number)[0]?.body).toContain(`${REQUESTS}#${request}`);
    return came;
  } finally {
    await world.end();
  }
}

/** Every step until the story has no more of them, some at the same time. */
async function everyStep(
  { atOnce, stride }: { readonly atOnce: number; readonly stride: number },
  run: (step: number) => Promise<boolean>,
): Promise<number> {
  let next = 0;
  let ended = MOST;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < ended) {
        const step = next;
        next += STRIDES ? stride : 1;
        if (!(await run(step))) ended = Math.min(ended, step);
      }
    }),
  );
  return ended;
}

test.each([
  ["github", 1],
  ["gitlab", 2],
] as const)(
  "killed at the steps of a story on %s, with SQLite, one in %i",
  async (kind, stride) => {
    const steps = await everyStep({ atOnce: 3, stride }, (step) => story(kind, step, {}));
    expect(steps).toBeGreaterThan(10);
    expect(steps).toBeLessThan(MOST);
  },
  900_000,
);

test("killed at the steps of a story on github, with PostgreSQL, one in 3", async () => {
  const steps = await everyStep({ atOnce: 6, stride: 3 }, (step) =>
    story("github", step, { DATABASE_URL: postgres.url, SCHEMA: `step_${step}` }),
  );
  expect(steps).toBeGreaterThan(10);
  expect(steps).toBeLessThan(MOST);
}, 900_000);
