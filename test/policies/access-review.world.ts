/** Reviews as daytwo opens them, for stories about what people make of them. */
import { accessMarker } from "../../src/engine/access/record.ts";
import { readReview } from "../../src/engine/review/read.ts";
import { marker } from "../../src/engine/text/safe.ts";
import {
  type Act,
  PEOPLE,
  person,
  REQUEST,
  REQUESTS,
  SELF,
  STATE,
  Story,
  type StoryOptions,
} from "../story.ts";
import { requests } from "./hires.ts";

/** Thursday, 17 December 2026, 9:00 in New York: WD-10 of the quarter, with Christmas Day in between. */
export const OPENS = Date.UTC(2026, 11, 17, 14);
export const CADENCE = "cadences: [{ template: access-review, every: quarter, on: -10 }]\n";

/** Salesforce is meri's; Chorus has no owner, so it is for its first provisioner, amber. */
export const SYSTEMS = {
  "systems/salesforce.yml":
    "name: Salesforce\nowner: meri\nprovisioners: [amber, sam]\ndeprovisioners: [amber]\nrevoke: [Deactivate the user]\n",
  "systems/chorus.yml":
    "name: Chorus\nprovisioners: [elsewhere, amber]\ndeprovisioners: [sam]\nrevoke: [Remove the user]\n",
};

/** A completed request that gave somebody systems. */
export function gave(
  story: Story,
  name: string,
  email: string | null,
  systems: Readonly<Record<string, string | null>>,
): number {
  const hire = story.memory.project(REQUESTS).issues.size + 1;
  const record = { does: "give", name, email, role: "Architect", region: null, department: null, systems };
  const body = [
    ...Object.keys(systems).map(
      (id) => `### ${story.config.systems.get(id)?.name ?? id}\n\n- [x] Give access\n`,
    ),
    marker(`hire:${PEOPLE}#${hire}`),
    accessMarker(record as Parameters<typeof accessMarker>[0]),
  ].join("\n");
  return story.memory.by(SELF).open(REQUESTS, {
    title: `Access of ${name}`,
    body,
    labels: [REQUEST, STATE.completed],
  });
}

export const begin = (options: Pick<StoryOptions, "kind"> & Partial<StoryOptions>) =>
  Story.begin({ via: "memory", at: OPENS, config: CADENCE, files: SYSTEMS, ...options });

/** Ada and Grace have Salesforce, Ada has Chorus, too; the reviews are there, meri's is what the story is about. */
export async function reviewed(options: Pick<StoryOptions, "kind"> & Partial<StoryOptions>): Promise<Story> {
  const story = await begin(options);
  people(story);
  await story.tick();
  story.webhooks.take();
  story.about = { project: "requests", number: review(story, "meri").number };
  return story;
}

export function people(story: Story): void {
  gave(story, "Ada Lovelace", "ada@acme.com", { salesforce: "Standard", chorus: "Recorder" });
  gave(story, "Grace Hopper", "grace@acme.com", { salesforce: null });
}

export const reviews = (story: Story) =>
  requests(story).filter(({ body }) => body.includes("<!-- daytwo:review:"));
export const removals = (story: Story) =>
  requests(story).filter(({ body }) => body.includes("<!-- daytwo:removal:"));

export function review(story: Story, owner: string) {
  const found = reviews(story).find(({ title }) => title.includes(owner));
  if (!found) throw new Error(`no review of ${owner}`);
  return found;
}

/** The text of a box, by who it is about. */
const textOf = (story: Story, answer: "Keep" | "Revoke", name: string): string => {
  const { rows } = readReview(story.memory.issue(REQUESTS, story.about.number).body);
  const row = rows.find((one) => one.name === name);
  const box = answer === "Keep" ? row?.keep : row?.revoke;
  if (!box) throw new Error(`no box ${answer} for ${name}`);
  return box.text;
};

/** Somebody answers for a person. */
export const answers = (handle: string, answer: "Keep" | "Revoke", name: string): Act => {
  const text = `${handle} ${answer} ${name}`;
  const run = (story: Story) =>
    person(handle)
      .ticks(textOf(story, answer, name))
      .run(story);
  return { text, after: 60_000, run };
};

export const takesBack = (handle: string, answer: "Keep" | "Revoke", name: string): Act => ({
  text: `${handle} takes ${answer} of ${name} back`,
  after: 60_000,
  run: (story) =>
    person(handle)
      .unticks(textOf(story, answer, name))
      .run(story),
});
