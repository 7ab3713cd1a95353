import { describe, expect, it } from "vitest";
import type { Trigger } from "../../src/model.ts";
import { reconcile } from "../../src/run/reconcile.ts";
import type { Fault } from "../../src/sandbox/faults.ts";
import { deathless, deaths, tickThatDies } from "../dying.ts";
import { HOLD, MINUTE, PEOPLE, REQUESTS, STATE, Story } from "../story.ts";
import { ADA, ADA_DUE, file, form, KINDS, labelsOf, ownComments, requests } from "./hires.ts";

type Kind = (typeof KINDS)[number];
const TICK: Trigger = { kind: "tick", catchUp: false };

/** All that this rule ever writes: a request and its link, a moved start, a hold, and its end. */
const STEPS: readonly ((story: Story) => void)[] = [
  () => undefined,
  ({ memory }) => memory.by("hr").edit(PEOPLE, 1, { body: form({ ...ADA, "Start date": "2026-11-30" }) }),
  ({ memory }) => memory.by("hr").label(PEOPLE, 1, "onboarding-cancelled"),
  ({ memory }) => {
    memory.by("hr").unlabel(PEOPLE, 1, "onboarding-cancelled");
    memory.by("hr").edit(PEOPLE, 2, { body: form({ ...ADA, "Start date": "11/12/2026" }) });
  },
];

/** Plays the story; `look` is how daytwo looks, and may die of it. */
async function play(story: Story, look: (story: Story) => Promise<void>): Promise<string> {
  file(story, {});
  file(story, { Role: "Falconer", Manager: "@hr", "Start date": "2026-11-20" });
  for (const [i, step] of STEPS.entries()) {
    story.now = ADA_DUE + i * 30 * MINUTE;
    step(story);
    story.now += MINUTE;
    await look(story);
    // As it starts again, a minute later.
    story.now = ADA_DUE + i * 30 * MINUTE + 2 * MINUTE;
    await story.tick();
    story.now += MINUTE;
    expect((await story.tick()).changes).toEqual([]);
  }
  return outcome(story);
}

/** What people see in the end, by hire: requests may have come in another order. */
function outcome(story: Story): string {
  const seen = requests(story).map((request) => ({
    title: request.title,
    state: request.state,
    labels: labelsOf(request),
    told: story.see({ project: "requests", number: request.number }).section("day-two"),
    // Their numbers may differ, so links are told apart by where they stand.
    links: [1, 2].filter((hire) =>
      ownComments(story, hire).some((body) => body.includes(`${REQUESTS}#${request.number}]`)),
    ),
  }));
  const comments = [1, 2].map((hire) =>
    ownComments(story, hire).map((body) => body.replace(/(?<=[#/])\d+(?=[)\] ])/g, "N")),
  );
  const sorted = seen.sort((a, b) => (a.title < b.title ? -1 : 1));
  return JSON.stringify([sorted, comments], null, 1).replaceAll(story.memory.web, "");
}

describe.each(KINDS)(
  "a crash at any write leaves one request, linked, and nothing untold (%s)",
  async (kind) => {
    const begin = () => Story.begin({ kind, via: "memory", at: ADA_DUE });
    const life = deathless();
    const wanted = await play(await begin(), tickThatDies(life));

    it("the story itself is as it should be", async () => {
      expect(life.written).toBeGreaterThan(12);
      const [seen, comments] = JSON.parse(wanted);
      expect(seen).toMatchObject([
        {
          title: "Access request: Ada Lovelace, Account Executive",
          labels: expect.not.arrayContaining([HOLD.cancelled]),
          links: [1],
        },
        {
          title: "Access request: Ada Lovelace, Falconer",
          labels: expect.arrayContaining([STATE.action_needed]),
          links: [2],
        },
      ]);
      expect(seen[0].told).toContain("**The start is on again**");
      expect(comments[1][0]).toContain("reads `11/12/2026`");
    });

    it.each(deaths(life.written))("dying just $when write $n", async ({ n, after }) => {
      const story = await begin();
      expect(await play(story, tickThatDies({ left: n, after, written: 0 }))).toBe(wanted);
    });
  },
);

/** A pattern that matches the n-th write, or everything from it on. */
class NthWrite extends RegExp {
  #seen = 0;
  readonly #n: number;
  readonly #onwards: boolean;
  constructor(n: number, onwards: boolean) {
    super("");
    this.#n = n;
    this.#onwards = onwards;
  }
  override test(request: string): boolean {
    const writes = !request.startsWith("GET ") && !request.startsWith("POST /graphql");
    if (writes) this.#seen += 1;
    return this.#onwards ? this.#seen >= this.#n : writes && this.#seen === this.#n;
  }
}

/** Both requests, a link, news, a hold: each kind of write. */
const HTTP_WRITES = [1, 2, 3, 5, 8];
type Trouble = {
  readonly what: string;
  readonly kind: Fault["kind"];
  readonly status?: number;
  readonly onwards: boolean;
};
const TROUBLES: readonly Trouble[] = [
  { what: "loses its answer", kind: "drop-after-commit", onwards: false },
  { what: "never arrives", kind: "drop-before", onwards: false },
  { what: "is the last before the network goes", kind: "drop-before", onwards: true },
  { what: "is done as the network goes", kind: "drop-after-commit", onwards: true },
  { what: "meets a failing gateway", kind: "status", status: 502, onwards: false },
  { what: "meets a forge that keeps failing", kind: "status", status: 500, onwards: true },
  { what: "meets a conflict", kind: "status", status: 409, onwards: false },
];

describe.each(KINDS)("over HTTP (%s)", async (kind: Kind) => {
  const calm = await Story.begin({ kind, via: "http", at: ADA_DUE });
  const wanted = await play(calm, async (story) => void (await story.tick())).finally(() => calm.end());

  it.each(TROUBLES)(
    "whichever write $what, one request is left, linked",
    async ({ kind: fault, status, onwards }) => {
      for (const n of HTTP_WRITES) {
        const story = await Story.begin({ kind, via: "http", at: ADA_DUE });
        try {
          const match = new NthWrite(n, onwards);
          const times = onwards && fault !== "drop-after-commit" ? 10_000 : 1;
          story.sandbox?.faults.next({ match, kind: fault, times, ...(status ? { status } : {}) });
          if (onwards && fault === "drop-after-commit") {
            story.sandbox?.faults.next({ match: new NthWrite(n, true), kind: "drop-before", times: 10_000 });
          }
          const seen = await play(story, async (one) => {
            await reconcile(one.team(), { trigger: TICK, now: one.now, subject: null });
            if (one.sandbox?.log.some((request) => request.status === null || (request.status ?? 0) >= 409)) {
              one.sandbox.faults.clear();
            }
          });
          expect(seen, `at write ${n}`).toBe(wanted);
        } finally {
          await story.end();
        }
      }
    },
    120_000,
  );
});
