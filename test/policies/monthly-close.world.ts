/** A close with a few tasks, as daytwo opened it, for stories about what people make of it. */
import { readClose } from "../../src/engine/close/tasks.ts";
import { REQUESTS, Story, type StoryOptions } from "../story.ts";
import { requests } from "./hires.ts";

/** Wednesday, 25 November 2026, 9:00 in New York: WD-3 of a month with Thanksgiving on its 26th. */
export const OPENS = Date.UTC(2026, 10, 25, 14);

/** Boxes by their place in the body. */
export const BOX = {
  extract: 0,
  extractReview: 1,
  model: 2,
  modelReview: 3,
  signOff: 4,
  signOffReview: 5,
  carry: 6,
} as const;

/** Sam does all, meri reviews all. */
export const TEMPLATE = {
  "issue-templates/monthly-close.md": `---
name: Close
title: Close
tasks:
  - { group: Commission run, title: Extract, due: WD+2, owner: sam, reviewer: meri }
  - { group: Commission run, title: Model, due: WD+3, owner: sam, reviewer: meri, after: [Extract] }
  - { group: Sign-off, title: Sign off, due: WD+9, owner: sam, reviewer: meri }
---
{{#each groups}}
## {{name}}

{{taskList tasks}}

{{/each}}
`,
};

export async function closeStory(
  options: Pick<StoryOptions, "kind" | "via"> & Partial<StoryOptions>,
): Promise<Story> {
  const { files = TEMPLATE, config = "close: {}\n", ...rest } = options;
  const story = await Story.begin({ at: OPENS, files, config, ...rest });
  await story.tick();
  story.webhooks.take();
  const [close] = requests(story);
  if (!close) throw new Error("no close was opened");
  story.about = { project: "requests", number: close.number };
  return story;
}

/** Titles of the tasks and whether each is done and reviewed: `Extract xx`, `Model x-`. */
export function stand(story: Story): string[] {
  const mark = (done: boolean | undefined) => (done ? "x" : "-");
  return tasksOf(story).map(({ title, box, review }) => `${title} ${mark(box.done)}${mark(review?.ticked)}`);
}

export const tasksOf = (story: Story) =>
  readClose(story.memory.issue(REQUESTS, story.about.number).body).tasks;
