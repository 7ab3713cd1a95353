/** GitHub's webhook payloads. https://docs.github.com/en/webhooks/webhook-events-and-payloads */
import type { Happening } from "../../forge/memory/state.ts";
import { commentJson, issueJson, labelJson, type Place, repositoryJson, userJson } from "./wire.ts";

export interface Payload {
  readonly event: string;
  readonly action: string;
  readonly payload: unknown;
}

/** GitHub sends one delivery for each thing that a request changed, each with the issue as it is after all of them. */
export function githubEvents(place: Place, happening: Happening): Payload[] {
  const { issue, actor, before, events, comment, commentBefore, what } = happening;
  const common = {
    issue: issueJson(place, issue),
    repository: repositoryJson(place),
    sender: userJson(place.memory, place.api, actor),
  };
  const tell = (event: string, action: string, more: object = {}): Payload => ({
    event,
    action,
    payload: { action, ...more, ...common },
  });
  if (comment) {
    const about = { comment: commentJson(place, comment) };
    return what === "commented"
      ? [tell("issue_comment", "created", about)]
      : [tell("issue_comment", "edited", { ...about, changes: { body: { from: commentBefore } } })];
  }
  // Pull requests have events of their own.
  if (issue.pull) return [];
  const payloads: Payload[] = what === "opened" ? [tell("issues", "opened")] : [];
  if (before.title !== undefined || before.body !== undefined) {
    const changes = {
      ...(before.title === undefined ? {} : { title: { from: before.title } }),
      ...(before.body === undefined ? {} : { body: { from: before.body } }),
    };
    payloads.push(tell("issues", "edited", { changes }));
  }
  for (const event of events) {
    if (event.type === "labeled" || event.type === "unlabeled") {
      payloads.push(tell("issues", event.type, { label: labelJson(place, event.label) }));
    } else if (event.type === "assigned" || event.type === "unassigned") {
      const assignee = userJson(place.memory, place.api, event.assignee);
      payloads.push(tell("issues", event.type, { assignee }));
    } else if (event.type === "closed" || event.type === "reopened" || event.type === "pinned") {
      payloads.push(tell("issues", event.type));
    }
  }
  return payloads;
}
