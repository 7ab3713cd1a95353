/** What stands once a plan has been done, as far as that is known without reading it again. */
import type { Change, Comment, Instant, Issue, IssueRef, ProjectRole } from "../model.ts";
import type { Facts, ProjectFacts } from "./facts.ts";
import { changed, eventOf } from "./world.ts";

/**
 * The facts after these changes to one issue.
 * @returns null where they do more than that, or where only the forge can tell what came of them
 */
export function afterwards(
  facts: Facts,
  changes: readonly Change[],
  { project, number }: IssueRef,
  at: Instant,
): Facts | null {
  const before = facts[project];
  let issue: Issue | null | undefined = before?.issues.get(number);
  if (!before || !issue) return null;
  let comments = before.comments.get(number);
  const history = [...(before.history.get(number) ?? [])];
  for (const change of changes) {
    if (change.project !== project || change.issue !== number) return null;
    if ("about" in change && change.about !== undefined) return null;
    switch (change.kind) {
      case "link-issues":
      case "pin-issue":
        return null;
      case "comment":
        issue = { ...issue, commentCount: issue.commentCount + 1 };
        comments = [...(comments ?? []), commentOf(change.body, before.self, at)];
        break;
      case "edit-comment":
        comments = comments?.map((one) => (one.id === change.comment ? { ...one, body: change.body } : one));
        break;
      case "edit-issue":
        if (before.edits.has(number)) return null;
        issue = changed(issue, change, before.sameLabel);
        break;
      default: {
        issue = changed(issue, change, before.sameLabel);
        const event = eventOf(change, at, before.self);
        if (event) history.push(event);
      }
    }
  }
  const after: ProjectFacts = {
    ...before,
    issues: new Map(before.issues).set(number, issue),
    comments: comments ? new Map(before.comments).set(number, comments) : before.comments,
    history: new Map(before.history),
    settled: new Map(),
  };
  if (before.history.has(number)) after.history.set(number, history);
  const other: ProjectRole = project === "requests" ? "onboarding" : "requests";
  return { ...facts, [project]: after, [other]: facts[other] };
}

const commentOf = (body: string, author: string, createdAt: Instant): Comment => ({
  id: "",
  author,
  body,
  createdAt,
  url: "",
});
