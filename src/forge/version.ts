import { hash } from "node:crypto";
import type { Issue } from "../model.ts";

/** What a rule reads of an issue, and when it was last touched. */
type VersionedFacts = Pick<
  Issue,
  "title" | "body" | "state" | "closeReason" | "labels" | "assignees" | "updatedAt"
>;

/**
 * The `version` of an issue: its time of change and a digest of what rules read. The time alone will not do,
 * since forges give it in whole seconds and some changes do not move it. Order of labels and assignees does
 * not count.
 */
export function issueVersion(issue: VersionedFacts): string {
  const { title, body, state, closeReason, labels, assignees } = issue;
  // No forge takes a NUL in any of these, so it parts them beyond doubt.
  const facts = [title, body, state, closeReason ?? "", ...[...labels].sort(), "", ...[...assignees].sort()];
  return `${issue.updatedAt} ${hash("sha256", facts.join("\0"), "base64url").slice(0, 16)}`;
}
