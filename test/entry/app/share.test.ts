/**
 * Several apps on one PostgreSQL, thousands of deliveries, and one app killed half way: every issue ends in its
 * right state, and no two ever work on one issue at once.
 */
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { isStatus } from "../../../src/engine/status.ts";
import { audit } from "../../run/instances.ts";
import { type Postgres, startPostgres } from "../../run/postgres.ts";
import { type Instance, runClock, startInstance } from "./instances.ts";
import { githubSignature, openWorld, REQUESTS, SECRET, STATE, type World } from "./world.ts";

const ISSUES = 500;
const DELIVERIES = 10_000;
/** Connections that the forge delivers over. */
const SENDERS = 40;
/** The forge's limits count by a clock that runs so much faster than the machine's. */
const SPEED = 600;
const HOLD = "SalesOPS: Waiting on SFDC License";
const PATIENCE = { timeout: 300_000, interval: 250 };

let postgres: Postgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.remove());

interface Sent {
  readonly id: string;
  readonly issue: number;
  readonly event: string;
  readonly payload: string;
}

/** What people do to every issue, and the state each then belongs in. */
function act({ memory }: World): Map<number, string> {
  const expected = new Map<number, string>();
  for (let n = 1; n <= ISSUES; n++) {
    const number = memory.by("hr").open(REQUESTS, { title: `Access ${n}`, labels: ["access-request"] });
    expected.set(number, STATE.action_needed);
    if (n % 3 === 0) continue;
    memory.by("sam").assign(REQUESTS, number);
    expected.set(number, STATE.in_progress);
    if (n % 3 === 1) continue;
    memory.by("meri").label(REQUESTS, number, HOLD);
    expected.set(number, STATE.on_hold);
  }
  return expected;
}

/** So many issues are busy at the same time. */
const BUSY = 2;

/** Every delivery several times over, under ids of their own: a burst for each issue, shuffled, among others'. */
function deliveriesOf(world: World): Sent[] {
  const heard = world.sandbox.webhooks.take().map(({ event, payload }) => {
    return { event, payload, issue: Number(JSON.parse(payload).issue.number) };
  });
  const turns = new Map([...new Set(heard.map(({ issue }) => issue))].map((issue) => [issue, Math.random()]));
  const all = Array.from({ length: DELIVERIES }, (_, i) => {
    const one = heard[i % heard.length] as (typeof heard)[number];
    const turn = (turns.get(one.issue) ?? 0) + (Math.random() * BUSY) / ISSUES;
    return { ...one, id: `delivery-${i}`, turn };
  });
  return all.sort((a, b) => a.turn - b.turn);
}

async function post(url: string, { id, event, payload }: Sent): Promise<number | null> {
  try {
    const answer = await fetch(`${url}/api/github/webhooks`, {
      method: "POST",
      body: payload,
      headers: {
        "content-type": "application/json",
        "x-github-event": event,
        "x-github-delivery": id,
        "x-hub-signature-256": githubSignature(payload),
      },
    });
    await answer.body?.cancel();
    return answer.status;
  } catch {
    // The one it went to was killed: a forge sends it again.
    return null;
  }
}

test.for([2, 4])(
  `%i instances, ${DELIVERIES} deliveries over ${ISSUES} issues, one killed half way`,
  { timeout: 900_000 },
  async (count) => {
    const world = await openWorld("github");
    onTestFinished(() => world.end());
    const journal = join(world.folder, "journal");
    writeFileSync(journal, "");
    const told = {
      ...runClock(world, SPEED),
      DATABASE_URL: postgres.url,
      SCHEMA: `share_${count}`,
      LEASE: "15",
    };
    const names = Array.from({ length: count }, (_, i) => `of${count}-${i + 1}`);
    const apps = new Map<string, Instance>();
    onTestFinished(() => {
      for (const { child } of apps.values()) child.kill("SIGKILL");
    });
    await Promise.all(
      names.map(async (NAME) => {
        const own = { NAME, JOURNAL: journal, DAYTWO_DATA_DIR: NAME };
        apps.set(NAME, await startInstance(world, { ...told, ...own }));
      }),
    );
    // The sweeps of the start find nothing: what follows is the deliveries' doing.
    await vi.waitFor(
      () => expect(world.sandbox.log.filter(({ kind }) => kind === "GET issues").length).toBeGreaterThan(3),
      PATIENCE,
    );
    world.sandbox.webhooks.add({ project: REQUESTS, url: "http://127.0.0.1:1", secret: SECRET });
    const expected = act(world);
    const todo = deliveriesOf(world);
    world.sandbox.webhooks.hooks.length = 0;

    const [victim = ""] = names;
    let next = 0;
    let half: Promise<unknown> | null = null;
    const began = performance.now();
    const sender = async () => {
      for (let one = todo.pop(); one; one = todo.pop()) {
        const living = [...apps.values()];
        const app = living[next++ % living.length];
        if (app && (await post(app.url, one)) === 202) {
          appendFileSync(journal, `put forge ${one.issue} ${one.id}\n`);
        } else todo.push(one);
        if (half === null && todo.length < DELIVERIES / 2) {
          const killed = apps.get(victim);
          apps.delete(victim);
          killed?.child.kill("SIGKILL");
          half = (killed?.gone ?? Promise.resolve()).then(() =>
            appendFileSync(journal, `gone ${victim} SIGKILL\n`),
          );
        }
      }
    };
    await Promise.all(Array.from({ length: SENDERS }, sender));
    await half;
    const taken = (performance.now() - began) / 1000;
    await vi.waitFor(() => {
      const { promised, done } = audit(journal);
      expect([...promised].filter((id) => !done.has(id))).toHaveLength(0);
    }, PATIENCE);
    const worked = (performance.now() - began) / 1000;
    for (const { child } of apps.values()) child.kill("SIGTERM");
    await Promise.all([...apps.values()].map(({ gone }) => gone));

    const { promised, done, clashes, doubled } = audit(journal);
    expect(clashes).toEqual([]);
    expect(doubled).toEqual([]);
    expect(promised.size).toBe(DELIVERIES);
    for (const [number, state] of expected) {
      const labels = world.labels(number).filter((name) => name.startsWith("SalesOpsAR::"));
      expect(labels, `issue ${number}`).toEqual([state]);
      const comments = world.memory.issue(REQUESTS, number).comments;
      expect(comments.filter(({ body }) => isStatus(body)).length, `issue ${number}`).toBeLessThan(2);
    }
    const looks = readFileSync(journal, "utf8")
      .split("\n")
      .filter((line) => line.startsWith("end "));
    const lines = names.map((name) => {
      const own = looks.filter((line) => line.split(" ")[1] === name).length;
      const heard = [...done].filter(([id, who]) => who === name && promised.has(id)).length;
      const share = Math.round((100 * own) / looks.length);
      const killed = name === victim ? "  (killed half way)" : "";
      return `  ${name}: ${own} looks (${share} %), ${heard} deliveries${killed}`;
    });
    console.log(
      [
        `${count} instances: ${DELIVERIES} deliveries taken in ${taken.toFixed(1)} s, worked off in ${worked.toFixed(1)} s`,
        ...lines,
      ].join("\n"),
    );
    // Whoever lives has had a part in it.
    for (const name of apps.keys()) expect([...done.values()]).toContain(name);
  },
);
