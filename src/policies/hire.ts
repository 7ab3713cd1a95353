/** How a hire and their access request find each other, for the rule that opens it and for those that explain it. */
import type { Onboarding } from "../engine/config/schema.ts";
import type { Hire } from "../engine/hire.ts";
import { requestIn } from "../engine/links.ts";
import { findMarkers } from "../engine/text/safe.ts";
import { dayNumber } from "../engine/time/days.ts";
import { dayOf } from "../engine/time/zones.ts";
import type { Issue, IssueRef } from "../model.ts";
import type { Look } from "./policy.ts";

/** The key under which a hire's request is opened. */
export const HIRE = "hire:";
export const hireKey = (project: string, issue: number): string => `${HIRE}${project}#${issue}`;

/** The label says so, or on GitHub the way it was closed. */
export function calledOff(look: Look, onboarding: Onboarding, issue: Issue): boolean {
  if (look.has("onboarding", issue, onboarding.cancelled)) return true;
  const github = look.project("onboarding")?.forge === "github";
  return github && issue.state === "closed" && issue.closeReason === "not_planned";
}

/**
 * The number of the hire's request by either witness; null where there is none.
 * @param sure something would be done if there were none: both are asked. Otherwise only what costs little.
 */
export function requestOf(look: Look, ref: IssueRef, sure: boolean): number | null | undefined {
  const project = look.project("onboarding");
  const requests = look.project("requests");
  if (!project || !requests) return undefined;
  const marked = () => {
    const request = look.opened(hireKey(project.name, ref.number));
    return request ? request.number : request;
  };
  const linked = () => linkIn(look, ref, requests.name);
  if (look.trigger.kind === "tick") {
    // The list has been read anyway.
    const number = marked();
    return number === null ? linked() : number;
  }
  const number = linked();
  return number === null && sure ? marked() : number;
}

/** The request that daytwo's own comments on the hire's issue name. */
export function linkIn(look: Look, ref: IssueRef, requests: string): number | null | undefined {
  const comments = look.comments(ref);
  if (!comments) return undefined;
  for (const comment of comments) {
    if (!look.own("onboarding", comment.author)) continue;
    for (const key of findMarkers(comment.body)) {
      const number = requestIn(key, requests);
      if (number !== null) return number;
    }
  }
  return null;
}

/** Calendar days since a start that is too long ago for a request to come as a surprise; null where it is not. */
export function tooLate(look: Look, onboarding: Onboarding, hire: Hire): number | null {
  if (look.trigger.kind === "tick" && look.trigger.catchUp) return null;
  const today = dayOf(look.now, hire.dueZone);
  const age = dayNumber(today) - dayNumber(hire.start);
  // Whatever `late` is, a request that is due today is not late.
  return age > onboarding.late && today > hire.day ? age : null;
}
