/** What an access request is: decided here and nowhere else. */
import { walk } from "../engine/text/blocks.ts";
import { findMarkers } from "../engine/text/safe.ts";
import type { Issue } from "../model.ts";
import type { Look } from "./policy.ts";

/** Keys under which daytwo opens access requests. */
const OWN_KEYS = ["hire:", "request:", "offboarding:", "removal:"];
/** Shipped forms and description templates claim to be a request by a hidden line. */
const FORM_KEYS = ["form:access-request", "form:bulk-access-request"];

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
  if (!issue.body.includes("<!-- daytwo:")) return false;
  const keys = findMarkers(issue.body);
  if (keys.some((key) => FORM_KEYS.includes(key)) && hidesForm(issue.body)) return true;
  return (
    look.own("requests", issue.author) && keys.some((key) => OWN_KEYS.some((own) => key.startsWith(own)))
  );
}

/** A form's line that somebody shows in a code block is no claim. */
function hidesForm(body: string): boolean {
  let found = false;
  walk(body, ({ kind, start, end }) => {
    if (kind === "html" && findMarkers(body.slice(start, end)).some((key) => FORM_KEYS.includes(key)))
      found = true;
  });
  return found;
}
