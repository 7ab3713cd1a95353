/** What rules share that open issues by the calendar: never two for one period, whatever happened to the first. */
import { issueLink } from "../engine/links.ts";
import { findMarkers, safe } from "../engine/text/safe.ts";
import type { Issue, IssueRef, SafeText } from "../model.ts";
import type { Draft, Look } from "./policy.ts";

/**
 * The issue of a period: by its marker, or where somebody took that out, by its title.
 * @returns null where there is none, undefined while the list has not been read
 */
export function periodIssue(look: Look, key: string, title: SafeText | null): Issue | null | undefined {
  const marked = look.opened(key);
  if (marked !== null || title === null) return marked;
  const all = look.all("requests");
  if (!all) return undefined;
  for (const issue of all) {
    if (issue.title !== title || !look.own("requests", issue.author)) continue;
    // One that bears another period's marker was only renamed.
    if (!findMarkers(issue.body).some((one) => /^(close|cadence|review):/.test(one))) return issue;
  }
  return null;
}

/** Why nothing can be opened: it could not be found again, and would be opened at every look. Null where it can. */
export function cannotKnowOwn(look: Look): string | null {
  if (look.config.trusted.length > 0 || look.project("requests")?.self !== "") return null;
  return (
    "It cannot be told which account the token belongs to, so an issue opened now could not be found again: " +
    "name that account under trusted in daytwo.yml."
  );
}

/** Key of the section on an issue that was opened twice. */
export const DOUBLE = "double:";

/** Two looks at the same time may both find none. The later one goes, and says which one counts. */
export function closeDoubles(look: Look, draft: Draft, policy: string, key: string): void {
  const project = look.project("requests");
  for (const double of look.doubles(key)) {
    const ref: IssueRef = { project: "requests", number: double.number };
    const first = look.opened(key);
    if (!project || !first || look.said(policy, ref) === undefined) continue;
    const reason = `It was opened twice for one period: ${project.name}#${first.number} counts.`;
    const body = safe`**This was opened twice.** The one that counts: ${issueLink(project.name, first)}`;
    draft.say(ref, { key: `${DOUBLE}${first.number}`, body }, reason);
    draft.change({
      kind: "close-issue",
      project: "requests",
      issue: double.number,
      closeReason: "duplicate",
      reason,
    });
  }
}
