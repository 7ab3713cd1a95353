/**
 * How an issue and the request that daytwo opened for it find each other again, for every rule that opens one.
 *
 * The marker in the request's body is the first witness that it exists, the link in the rule's section of the status
 * comment on the issue the second: either one is enough for the request not to be opened again.
 */
import { issueLink, requestIn, requestLink } from "../engine/links.ts";
import { isStatus, readStatus } from "../engine/status.ts";
import { findMarkers, type SafeText, safe } from "../engine/text/safe.ts";
import type { IssueRef } from "../model.ts";
import type { Draft, Look } from "./policy.ts";

/** A request as its rule looks for it: by the key it opens it under. */
export interface Sought {
  readonly policy: string;
  readonly key: string;
}

/**
 * The number of the request by either witness; null where there is none.
 * @param sure something would be done if there were none: both are asked. Otherwise only what costs little.
 */
export function requestOf(
  look: Look,
  ref: IssueRef,
  { policy, key }: Sought,
  sure: boolean,
): number | null | undefined {
  const requests = look.project("requests");
  if (!look.project("onboarding") || !requests) return undefined;
  const marked = () => {
    const request = look.opened(key);
    return request ? request.number : request;
  };
  const linked = () => linkIn(look, ref, requests.name, policy);
  if (look.trigger.kind === "tick") {
    // The list has been read anyway.
    const number = marked();
    return number === null ? linked() : number;
  }
  const number = linked();
  return number === null && sure ? marked() : number;
}

/** The request that daytwo's own comments on an issue name; of the status comment, only this rule's section tells. */
export function linkIn(
  look: Look,
  ref: IssueRef,
  requests: string,
  policy: string,
): number | null | undefined {
  const comments = look.comments(ref);
  if (!comments) return undefined;
  for (const { author, body } of comments) {
    if (!look.own(ref.project, author)) continue;
    const texts = isStatus(body)
      ? readStatus(body).flatMap((section) => (section.policy === policy ? [section.body] : []))
      : [body];
    for (const key of texts.flatMap(findMarkers)) {
      const number = requestIn(key, requests);
      if (number !== null) return number;
    }
  }
  return null;
}

/** A link to the request; its number alone where it is gone. */
export function linkTo(look: Look, number: number): SafeText | undefined {
  const requests = look.project("requests");
  const request = look.issue({ project: "requests", number });
  if (!requests || request === undefined) return undefined;
  return requestLink(requests.name, request ?? { number, url: "" });
}

/** Two looks at the same time may both find no request. The later one goes, and says which one counts. */
export function closeDoubles(look: Look, draft: Draft, { policy, key }: Sought, what: string): void {
  const requests = look.project("requests");
  for (const double of look.doubles(key)) {
    const ref: IssueRef = { project: "requests", number: double.number };
    const first = look.opened(key);
    if (!requests || !first || look.said(policy, ref) === undefined) continue;
    const reason = `It was opened twice for one ${what}: ${requests.name}#${first.number} counts.`;
    const body = safe`**This was opened twice.** The one that counts: ${issueLink(requests.name, first)}`;
    draft.say(ref, { key: `double:${first.number}`, body }, reason);
    const label = look.book.reasonLabel("cancelled");
    const change = { project: "requests", issue: double.number, reason } as const;
    // GitLab knows no reasons for closing, so the label says that this one is meant.
    if (requests.forge === "gitlab" && label && !look.has("requests", double, label)) {
      draft.change({ ...change, kind: "add-label", label });
    }
    draft.change({ ...change, kind: "close-issue", closeReason: "duplicate" });
  }
}

/** Markers count only in text of daytwo's own: one that does not know its own would open a request at every look. */
export function nameless(look: Look): boolean {
  const unknown = (role: "requests" | "onboarding") => look.project(role)?.self === "";
  return look.config.trusted.length === 0 && (unknown("requests") || unknown("onboarding"));
}

export const NAMELESS =
  "It cannot be told which account the token belongs to, so an access request could not be found again: " +
  "name that account under trusted in daytwo.yml.";
