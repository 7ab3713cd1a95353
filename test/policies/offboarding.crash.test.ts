import { describe, expect, it } from "vitest";
import { deathless, deaths, tickThatDies } from "../dying.ts";
import { MINUTE, PEOPLE, REQUESTS, STATE, Story, sam } from "../story.ts";
import { commentsOf, form, KINDS, labelsOf, ownComments, requests } from "./hires.ts";

const LEAVER = { "Full name": "Ada Lovelace", "Work email": "ada@acme.com", "Last day": "2026-11-25" };
const edit = ({ memory }: Story, fields: Readonly<Record<string, string>>) =>
  memory.by("hr").edit(PEOPLE, 1, { body: form({ ...LEAVER, ...fields }) });

/** All that this rule ever writes: a request and its link, a fault, a last day that moves, deadlines, a withdrawal. */
const STEPS: readonly ((story: Story) => void)[] = [
  ({ memory }) => {
    for (const name of ["Ada Lovelace", "Grace Hopper"])
      memory.by("hr").open(PEOPLE, {
        title: `Offboarding: ${name}`,
        body: form({ ...LEAVER, "Full name": name }),
        labels: ["offboarding"],
      });
  },
  (story) => edit(story, { "Last day": "11/12/2026" }),
  (story) => edit(story, { "Last day": "2026-11-26" }),
  (story) => {
    story.now = Date.UTC(2026, 11, 3, 23);
  },
  ({ memory }) => memory.by("hr").label(PEOPLE, 1, "onboarding-cancelled"),
  (story) => {
    story.memory.by("hr").unlabel(PEOPLE, 1, "onboarding-cancelled");
    story.about = { project: "requests", number: 2 };
    sam.takes().run(story);
    sam.ticksAll().run(story);
  },
];

async function play(story: Story, look: (story: Story) => Promise<void>): Promise<string> {
  for (const step of STEPS) {
    story.now += MINUTE;
    step(story);
    await look(story);
    // As it starts again.
    story.now += MINUTE;
    await story.tick();
    expect((await story.tick()).changes).toEqual([]);
  }
  return outcome(story);
}

/** What people see in the end, by leaver: requests may have come in another order. */
function outcome(story: Story): string {
  const seen = requests(story).map((request) => ({
    title: request.title,
    state: request.state,
    labels: labelsOf(request),
    told: story.see({ project: "requests", number: request.number }).section("offboarding"),
    comments: commentsOf(story, request.number, REQUESTS).length,
    links: [1, 2].filter((leaver) =>
      ownComments(story, leaver).some((body) => body.includes(`${REQUESTS}#${request.number}]`)),
    ),
  }));
  return JSON.stringify(
    seen.toSorted((a, b) => (a.title < b.title ? -1 : 1)),
    null,
    1,
  );
}

describe.each(KINDS)(
  "a crash at any write leaves one request for each leaver, and nothing untold (%s)",
  async (kind) => {
    const life = deathless();
    const wanted = await play(await Story.begin({ kind, via: "memory" }), tickThatDies(life));

    it("the story itself is as it should be", () => {
      expect(life.written).toBeGreaterThan(10);
      expect(JSON.parse(wanted)).toMatchObject([
        { told: expect.stringContaining("**The offboarding is on again**"), links: [1], comments: 1 },
        {
          told: expect.stringContaining("Overdue since"),
          links: [2],
          labels: expect.arrayContaining([STATE.completed]),
        },
      ]);
    });

    it.each(deaths(life.written))("dying just $when write $n", async ({ n, after }) => {
      const story = await Story.begin({ kind, via: "memory" });
      expect(await play(story, tickThatDies({ left: n, after, written: 0 }))).toBe(wanted);
    });
  },
);
