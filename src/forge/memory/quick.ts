import type { IssueEdit } from "./acts.ts";
import { type Doing, may } from "./rules.ts";
import type { StoredIssue } from "./state.ts";
import { labelArguments, type QuickAction, quickActions } from "./text.ts";

/** A text as the forge takes it: GitLab runs the quick actions in it and keeps the rest. */
export function readText(acting: Doing, text: string): { text: string; actions: QuickAction[] } {
  return acting.forge.kind === "gitlab" ? quickActions(text) : { text, actions: [] };
}

/** The quick actions of a text as an edit, as far as its author may do them; null where there is nothing to do. */
export function interpret(
  acting: Doing,
  issue: StoredIssue,
  actions: readonly QuickAction[],
): IssueEdit | null {
  if (actions.length === 0) return null;
  const own = issue.author === acting.actor;
  const triage = may(acting, "triage");
  const labels = (args: string) =>
    labelArguments(args).filter((name) => acting.project.labels.some((each) => each.name === name));
  const people = (args: string) =>
    args
      .split(/[\s,]+/)
      .filter(Boolean)
      .map((word) => (word === "me" ? acting.actor.handle : word.replace(/^@/, "")));
  let edit: IssueEdit = {};
  for (const { command, args } of actions) {
    if (command === "close" && (own || triage)) edit = { ...edit, state: "closed" };
    if (command === "reopen" && (own || triage)) edit = { ...edit, state: "open" };
    if (command === "title" && args !== "" && (own || triage)) edit = { ...edit, title: args };
    if (!triage) continue;
    if (command === "label" || command === "labels") {
      edit = { ...edit, addLabels: [...(edit.addLabels ?? []), ...labels(args)] };
    } else if (command === "relabel") {
      edit = { ...edit, labels: labels(args) };
    } else if (command === "unlabel" || command === "remove_label") {
      const gone = args === "" ? issue.labels.map((each) => each.name) : labels(args);
      edit = { ...edit, removeLabels: [...(edit.removeLabels ?? []), ...gone] };
    } else if (command === "assign") {
      // With one assignee at most, the newest takes the place.
      edit = { ...edit, assignees: [...people(args), ...issue.assignees.map((each) => each.handle)] };
    } else if (command === "reassign") {
      edit = { ...edit, assignees: people(args) };
    } else if (command === "unassign" || command === "remove_assignee") {
      edit = { ...edit, ...(args === "" ? { assignees: [] } : { removeAssignees: people(args) }) };
    } else if (command === "confidential") {
      edit = { ...edit, confidential: true };
    }
  }
  return edit;
}
