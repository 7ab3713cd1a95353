/** How a hire and their access request find each other, for the rule that opens it and for those that explain it. */
import { doneTasks } from "../engine/access/grants.ts";
import type { Onboarding } from "../engine/config/schema.ts";
import type { Hire } from "../engine/hire.ts";
import { readLabels } from "../engine/lifecycle/standing.ts";
import { dayNumber } from "../engine/time/days.ts";
import { dayOf } from "../engine/time/zones.ts";
import type { Issue, IssueRef } from "../model.ts";
import { requestOf as findRequest, type Sought } from "./opened.ts";
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

/** What a request has given already, by its boxes; null where it gave nothing. */
export function givenBy(look: Look, { body, labels }: Issue): readonly string[] | null {
  const tasks = doneTasks(body);
  return tasks.length > 0 || isCompleted(look, labels) ? tasks : null;
}

export const isCompleted = (look: Look, labels: readonly string[]): boolean =>
  readLabels(labels, look.book).states.includes("completed");

/** The rule that opens it, which is also the name of its section in the status comment. */
export const DAY_TWO = "day-two";

export const soughtFor = (look: Look, issue: number): Sought => ({
  policy: DAY_TWO,
  key: hireKey(look.project("onboarding")?.name ?? "", issue),
});

/** The number of the hire's request; see `opened.ts`. */
export const requestOf = (look: Look, ref: IssueRef, sure: boolean): number | null | undefined =>
  findRequest(look, ref, soughtFor(look, ref.number), sure);

/** Calendar days since a start that is too long ago for a request to come as a surprise; null where it is not. */
export function tooLate(look: Look, onboarding: Onboarding, hire: Hire): number | null {
  if (look.trigger.kind === "tick" && look.trigger.catchUp) return null;
  const today = dayOf(look.now, hire.dueZone);
  const age = dayNumber(today) - dayNumber(hire.start);
  // Whatever `late` is, a request that is due today is not late.
  return age > onboarding.late && today > hire.day ? age : null;
}
