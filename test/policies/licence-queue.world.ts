/** Requests that wait for seats, and what is told of them. */

import { HOLD, MINUTE, PEOPLE, REQUEST, REQUESTS, STATE, Story, type StoryOptions } from "../story.ts";
import { form } from "./hires.ts";

export const CHORUS_HOLD = "Waiting on Chorus seat";

const CONFIG = `lifecycle:
  hold_reasons:
    sfdc_license: { label: "${HOLD.license}", system: salesforce }
    chorus_seat: { label: "${CHORUS_HOLD}", system: chorus }
    vendor: { label: "Waiting on a vendor" }
`;

export const begin = (options: Partial<StoryOptions> & Pick<StoryOptions, "kind">): Promise<Story> =>
  Story.begin({ via: "memory", config: CONFIG, ...options });

/** Opens a request that nobody has taken yet. */
export const opens = (story: Story, name = "somebody"): number =>
  story.memory.by("daytwo").open(REQUESTS, {
    title: `Access for ${name}`,
    body: `<!-- daytwo:hire:${PEOPLE}#x-${name} -->\n### Steps\n\n- [ ] Create the user`,
    labels: [REQUEST, STATE.action_needed],
  });

/** Puts requests On Hold, a minute apart, in this order. */
export function hold(
  story: Story,
  numbers: readonly number[],
  label: string = HOLD.license,
  by = "sam",
): void {
  for (const number of numbers) {
    story.now += MINUTE;
    story.memory.by(by).label(REQUESTS, number, label);
  }
}

/** Files somebody who leaves; their request opens with the next look. */
export const leaver = (story: Story, name: string): number =>
  story.memory.by("hr").open(PEOPLE, {
    title: `Offboarding: ${name}`,
    body: form({ "Full name": name, "Last day": "2026-12-31" }),
    labels: ["offboarding"],
  });

/** The requests that still bear a hold reason. */
export const held = (story: Story, label: string = HOLD.license): number[] =>
  [...story.memory.project(REQUESTS).issues.values()]
    .filter(({ labels }) => labels.some(({ name }) => name === label))
    .map(({ number }) => number);

export const queueSection = (story: Story, number: number): string | null =>
  story.see({ project: "requests", number }).section("licence-queue");
