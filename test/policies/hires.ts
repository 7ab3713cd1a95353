/** Hires as people file them, and what a hire's access request must look like, whoever opened it and how. */
import { expect } from "vitest";
import { findMarkers } from "../../src/engine/text/safe.ts";
import type { StoredIssue } from "../../src/forge/memory/state.ts";
import type { ForgeKind, Instant } from "../../src/model.ts";
import { PEOPLE, REQUEST, REQUESTS, SELF, STATE, type Story } from "../story.ts";

export const KINDS: readonly ForgeKind[] = ["github", "gitlab"];
export const APPROVED = "AR-Approval::Manager Approved";
/** What a request bears whose role has a baseline, and one whose role has none. */
export const BASELINE_LABELS = [STATE.action_needed, REQUEST, APPROVED];
export const GENERAL_LABELS = [STATE.action_needed, REQUEST];

export type Fields = Readonly<Record<string, string>>;

/** A hire nothing is wrong with: due on Tuesday, 24 November 2026, 9:00 in New York. */
export const ADA: Fields = {
  "Full name": "Ada Lovelace",
  "Work email": "ada@acme.com",
  Role: "Account Executive",
  "Start date": "2026-11-23",
};
export const ADA_DUE = Date.parse("2026-11-24T14:00:00Z");
export const ADA_TITLE = "Access request: Ada Lovelace, Account Executive";

/** As an issue form writes it. */
export const form = (fields: Fields): string =>
  Object.entries(fields)
    .map(([label, value]) => `### ${label}\n\n${value}`)
    .join("\n\n");

/** Files a hire as HR does. Returns the number of the onboarding issue. */
export function file(
  story: Story,
  body: string | Fields,
  labels: readonly string[] = ["onboarding"],
): number {
  const text = typeof body === "string" ? body : form({ ...ADA, ...body });
  return story.memory.by("hr").open(PEOPLE, { title: "Onboard somebody", body: text, labels });
}

/** Every issue in the requests project. */
export const requests = (story: Story): StoredIssue[] => [...story.memory.project(REQUESTS).issues.values()];

export function onlyRequest(story: Story): StoredIssue {
  const all = requests(story);
  expect(all.map(({ title }) => title)).toHaveLength(1);
  return all[0] as StoredIssue;
}

export const commentsOf = (story: Story, number: number, project = PEOPLE): string[] =>
  story.memory.issue(project, number).comments.map(({ body }) => body);
/** daytwo's comments on an onboarding issue. */
export const ownComments = (story: Story, number: number, project = PEOPLE): string[] =>
  story.memory
    .issue(project, number)
    .comments.filter(({ author }) => author.handle === SELF)
    .map(({ body }) => body);

export const labelsOf = ({ labels }: StoredIssue): string[] => labels.map(({ name }) => name).sort();

/** What every access request of a hire has, besides what its own row says. */
export function expectRequest(
  story: Story,
  hire: number,
  wanted: { readonly title?: string; readonly labels?: readonly string[] } = {},
): StoredIssue {
  const request = onlyRequest(story);
  const { title = ADA_TITLE, labels = BASELINE_LABELS } = wanted;
  expect(request.title).toBe(title);
  expect(labelsOf(request)).toEqual([...labels].sort());
  expect(request.assignees).toEqual([]);
  expect(request.author.handle).toBe(SELF);
  expect(request.state).toBe("open");
  expect(request.body.split("\n")).toContain("CC @amber @meri");
  expect(findMarkers(request.body)).toContain(`hire:${PEOPLE}#${hire}`);
  const { memory } = story;
  const link = (name: string, number: number) =>
    `[${name}#${number}](${memory.issueUrl(memory.project(name), number)})`;
  expect(request.body).toContain(`Onboarding issue: ${link(PEOPLE, hire)}`);
  const [comment, ...more] = ownComments(story, hire);
  expect(more).toEqual([]);
  expect(comment).toContain(`Access request: ${link(REQUESTS, request.number)}`);
  expect(findMarkers(comment ?? "")).toContain(`request:${REQUESTS}#${request.number}`);
  return request;
}

/** Nothing before the due minute, the request in it, and nothing more however often daytwo looks again. */
export async function expectOpensAt(story: Story, hire: number, due: Instant): Promise<void> {
  for (const early of [due - 3_600_000, due - 60_000, due - 1]) {
    story.now = early;
    expect((await story.tick()).changes).toEqual([]);
  }
  expect(requests(story)).toEqual([]);
  expect(ownComments(story, hire)).toEqual([]);
  story.now = due;
  const first = await story.tick();
  expect(first.outcomes.map(({ status }) => status)).toEqual(["applied", "applied"]);
  story.now = due + 60_000;
  expect((await story.tick()).changes).toEqual([]);
  story.now = due + 3 * 86_400_000;
  // Nobody has taken it up: of that the team may hear by now.
  expect((await story.tick()).changes.filter(({ policy }) => policy !== "reminders")).toEqual([]);
}
