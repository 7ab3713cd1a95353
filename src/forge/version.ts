import { createHash } from "node:crypto";
import type { Issue } from "../model.ts";

/** What a rule reads of an issue, and when it was last touched. */
export type VersionedFacts = Pick<
  Issue,
  "title" | "body" | "state" | "closeReason" | "labels" | "assignees" | "updatedAt"
>;

/**
 * The `version` of an issue: its time of change and a digest of what rules read. The time alone will not do,
 * since forges give it in whole seconds and some changes do not move it. Order of labels and assignees does
 * not count.
 */
export function issueVersion(issue: VersionedFacts): string {
  const facts = [
    issue.title,
    issue.body,
    issue.state,
    issue.closeReason,
    [...issue.labels].sort(),
    [...issue.assignees].sort(),
  ];
  const digest = createHash("sha256").update(JSON.stringify(facts)).digest("base64url").slice(0, 16);
  return `${new Date(issue.updatedAt).toISOString()} ${digest}`;
}
