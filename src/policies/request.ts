/** What an access request is: decided here and nowhere else. */
import { formIn } from "../engine/requests/read.ts";
import { type PartOf, partIn } from "../engine/requests/split.ts";
import { markersOf } from "../engine/text/body.ts";
import type { Issue } from "../model.ts";
import type { Look } from "./policy.ts";

/** Begins the key under which a leaver's request is opened. */
export const LEAVER = "offboarding:";
/** Keys under which daytwo opens access requests. */
const OWN_KEYS = ["hire:", "request:", LEAVER, "removal:"];

/** The keys of the markers in an issue of the requests project: they count only in text by daytwo's own account. */
export const ownKeys = (look: Look, issue: Issue): readonly string[] =>
  look.own("requests", issue.author) ? markersOf(issue) : [];

/** What an issue is a part of, where a request was too long for one; null for any other issue. */
export function partOfRequest(look: Look, issue: Issue): PartOf | null {
  const project = look.project("requests");
  const keys = ownKeys(look, issue);
  return project && keys.length > 0 ? partIn(keys, project.name) : null;
}

/** An issue of the requests project that is an access request, by label, by origin or by claim. */
export function isRequest(look: Look, issue: Issue): boolean {
  if (look.has("requests", issue, look.config.requests.label)) return true;
  if (issue.labels.some((label) => look.book.read(label)?.kind === "state")) return true;
  return claims(look, issue);
}

/** Filed through a form by somebody who could not label it. */
export const needsLabel = (look: Look, issue: Issue): boolean =>
  !look.has("requests", issue, look.config.requests.label) && claims(look, issue);

function claims(look: Look, issue: Issue): boolean {
  if (markersOf(issue).length === 0) return false;
  if (formIn(issue.body) !== null) return true;
  return ownKeys(look, issue).some((key) => OWN_KEYS.some((own) => key.startsWith(own)));
}

/** Closed because it is not wanted any more, by somebody who may say so. */
export function isCalledOff(look: Look, issue: Issue, closer: string | null): boolean {
  if (look.role("requests", closer) === "outsider") return false;
  if (look.project("requests")?.forge === "github")
    return issue.closeReason === "not_planned" || issue.closeReason === "duplicate";
  // GitLab keeps no reason for closing.
  const cancelled = look.book.reasonLabel("cancelled");
  return cancelled !== null && look.has("requests", issue, cancelled);
}

/** Whether it bears the label Completed, however that is spelt. */
export const isCompleted = (look: Look, issue: Issue): boolean =>
  issue.labels.some((label) => {
    const reading = look.book.read(label);
    return reading?.kind === "state" && reading.state === "completed";
  });
