/** Requests as people file them, and what daytwo makes of them. */
import { expect } from "vitest";
import { type GrantBox, readGrants } from "../../src/engine/requests/read.ts";
import { ownText, partOf } from "../../src/engine/text/part.ts";
import { marker } from "../../src/engine/text/safe.ts";
import type { ForgeKind, IssueRef } from "../../src/model.ts";
import type { Result } from "../../src/run/reconcile.ts";
import { REQUESTS, Story, type StoryOptions } from "../story.ts";

export const KINDS: readonly ForgeKind[] = ["github", "gitlab"];

/** Approval has tests of its own. */
export const begin = (kind: ForgeKind, options: Partial<StoryOptions> = {}): Promise<Story> =>
  Story.begin({ kind, via: "memory", config: "requests: { approval: { required: false } }\n", ...options });

const ADA = {
  "Full name": "Ada Lovelace",
  "Work email": "ada@acme.com",
  Role: "Account Executive",
  Region: "EMEA",
  Manager: "@hr",
  Systems: "Salesforce, Chorus",
  Justification: "She sells.",
};
type Fields = Readonly<Record<string, string>>;
const form = (id: string, fields: Fields): string =>
  `${Object.entries(fields)
    .map(([label, value]) => `### ${label}\n\n${value}`)
    .join("\n\n")}\n\n${marker(`form:${id}`)}`;

export const single = (fields: Partial<typeof ADA> = {}): string =>
  form("access-request", { ...ADA, ...fields });
export const bulk = (rows: readonly string[], fields: Fields = {}): string =>
  form("bulk-access-request", {
    Manager: "@hr",
    Justification: "A new team.",
    ...fields,
    People: `Name,Email,Role,Region,Systems\n${rows.join("\n")}`,
  });

export const file = (story: Story, body: string, title = "Access request: Ada", by = "guest"): IssueRef =>
  story.open(by, { title, body });

/** What this rule did. */
export const deeds = ({ changes }: Result): string[] =>
  changes
    .filter(({ policy }) => policy === "intake")
    .map((one) => (one.issue === null ? one.kind : `${one.kind} ${one.issue}`));

export const bodyOf = (story: Story, number: number): string => story.memory.issue(REQUESTS, number).body;
export const grants = (story: Story, number = story.about.number): readonly GrantBox[] =>
  readGrants(bodyOf(story, number), story.config);
/** Boxes as `chorus ada@acme.com x`. */
export const boxes = (story: Story, number = story.about.number): string[] =>
  grants(story, number).map(
    ({ system, email, box }) =>
      `${system} ${email}${box.struck ? " ~" : box.ticked ? " x" : box.done ? " -" : ""}`,
  );
export const part = (story: Story, number = story.about.number): string | null =>
  partOf(bodyOf(story, number))?.text ?? null;
export const own = (story: Story, number = story.about.number): string => ownText(bodyOf(story, number));
export const issues = (story: Story): number[] => [...story.memory.project(REQUESTS).issues.keys()];

/** Nothing is left to do, whoever looks and however often. */
export async function expectQuiet(story: Story): Promise<void> {
  await story.handle();
  const before = story.fingerprint();
  story.now += 60_000;
  expect((await story.tick()).changes).toEqual([]);
  story.now += 60_000;
  expect((await story.tick()).changes).toEqual([]);
  expect(story.fingerprint()).toBe(before);
}
