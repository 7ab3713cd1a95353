/** What an account can do to a project, by the forge's rules. Every act checks rights and throws `Refusal`. */
import type { CloseReason } from "../../model.ts";
import { checkLabels, dropLabel, putLabel } from "./labels.ts";
import { interpret, readText } from "./quick.ts";
import {
  assignable,
  checkBody,
  checkTitle,
  type Doing,
  demand,
  findIssue,
  may,
  notify,
  recorder,
  tell,
  touch,
} from "./rules.ts";
import { type Before, Refusal, type StoredEvent, type StoredIssue } from "./state.ts";
import { mentions, tickedBetween } from "./text.ts";

/** GitHub: assignees of one issue, pinned issues of one repository. */
const GITHUB_ASSIGNEES = 10;
const GITHUB_PINNED = 3;

export interface IssueEdit {
  readonly title?: string;
  readonly body?: string;
  readonly state?: "open" | "closed";
  readonly closeReason?: CloseReason | null;
  readonly addLabels?: readonly string[];
  readonly removeLabels?: readonly string[];
  /** The whole set; what the real forges allow and daytwo never does. */
  readonly labels?: readonly string[];
  readonly addAssignees?: readonly string[];
  readonly removeAssignees?: readonly string[];
  readonly assignees?: readonly string[];
  readonly confidential?: boolean;
}

export function createIssue(
  acting: Doing,
  input: {
    title: string;
    body: string;
    labels?: readonly string[];
    assignees?: readonly string[];
    confidential?: boolean;
    pull?: boolean;
  },
): StoredIssue {
  const { forge, project, actor } = acting;
  checkTitle(forge, input.title);
  checkBody(forge, input.body);
  checkLabels(acting, input.labels ?? []);
  const { text, actions } = readText(acting, input.body);
  const at = forge.stamp();
  project.lastNumber += 1;
  const issue: StoredIssue = {
    id: forge.nextId(),
    number: project.lastNumber,
    author: actor,
    createdAt: at,
    pull: input.pull ?? false,
    title: input.title,
    body: text,
    state: "open",
    closeReason: null,
    closedAt: null,
    closedBy: null,
    updatedAt: at,
    confidential: forge.kind === "gitlab" && (input.confidential ?? false),
    labels: [],
    assignees: [],
    comments: [],
    events: [],
    edits: [],
    links: [],
    revision: 1,
  };
  project.issues.set(issue.number, issue);
  notify(acting, issue, text);
  const events: StoredEvent[] = [];
  // GitHub: "Only users with push access can set labels for new issues. Labels are silently dropped otherwise."
  // GitLab: a member may set metadata on a new issue, Guests included; anybody else's is dropped (IssuePolicy).
  if (may(acting, forge.kind === "github" ? "triage" : "read")) {
    for (const name of input.labels ?? []) putLabel(acting, issue, name, events);
    assignTo(acting, issue, [...(input.assignees ?? [])], events);
  }
  const edit = interpret(acting, issue, actions);
  if (edit) applyEdit(acting, issue, edit, {}, events);
  tell(acting, issue, "opened", { events });
  return issue;
}

/** One edit request: everything in it happens at one instant and is told as one change. */
export function editIssue(acting: Doing, number: number, edit: IssueEdit): StoredIssue {
  const { forge, actor } = acting;
  const issue = findIssue(acting, number);
  if (!may(acting, "triage")) {
    if (issue.author !== actor) demand(acting, "triage");
    const {
      addLabels,
      removeLabels,
      labels,
      addAssignees,
      removeAssignees,
      assignees,
      confidential,
      ...own
    } = edit;
    // Both forges drop, silently, what an author without the right to it asks for.
    void [addLabels, removeLabels, labels, addAssignees, removeAssignees, assignees, confidential];
    edit = own;
  }
  let effective = edit;
  checkLabels(acting, [...(edit.labels ?? []), ...(edit.addLabels ?? [])]);
  if (edit.title !== undefined) checkTitle(forge, edit.title);
  if (edit.body !== undefined) {
    checkBody(forge, edit.body);
    const { text, actions } = readText(acting, edit.body);
    effective = { ...edit, body: text, ...interpret(acting, issue, actions) };
  }
  const before: Before = {};
  const events: StoredEvent[] = [];
  if (applyEdit(acting, issue, effective, before, events)) {
    tell(acting, issue, "changed", { before, events });
  }
  return issue;
}

/** Makes an edit that has been checked. Returns whether anything changed. */
export function applyEdit(
  acting: Doing,
  issue: StoredIssue,
  edit: IssueEdit,
  before: Before,
  events: StoredEvent[],
): boolean {
  const { forge, actor } = acting;
  const at = forge.stamp();
  let changed = false;
  const event = recorder(acting, issue, events);
  const { labels: labelsBefore, assignees: assigneesBefore } = issue;

  if (edit.title !== undefined && edit.title !== issue.title) {
    before.title = issue.title;
    event({ type: "renamed", from: issue.title, to: edit.title });
    issue.title = edit.title;
    changed = true;
  }
  if (edit.body !== undefined && edit.body !== issue.body) {
    before.body = issue.body;
    if (forge.kind === "github") {
      if (issue.edits.length === 0)
        issue.edits.push({ at: issue.createdAt, editor: issue.author, body: issue.body });
      issue.edits.push({ at, editor: actor, body: edit.body });
    } else {
      const ticked = tickedBetween(issue.body, edit.body);
      for (const item of ticked) event({ type: item.done ? "ticked" : "unticked", text: item.text });
      if (ticked.length === 0) event({ type: "described" });
    }
    const known = new Set(mentions(issue.body));
    issue.body = edit.body;
    notify(acting, issue, edit.body, known);
    changed = true;
  }
  if (edit.labels) {
    for (const label of issue.labels) {
      if (!edit.labels.some((name) => forge.sameLabel(name, label.name)))
        dropLabel(issue, label.name, forge, event);
    }
    for (const name of edit.labels) putLabel(acting, issue, name, events);
  }
  for (const name of edit.addLabels ?? []) putLabel(acting, issue, name, events);
  for (const name of edit.removeLabels ?? []) dropLabel(issue, name, forge, event);
  if (issue.labels !== labelsBefore) {
    before.labels = labelsBefore;
    changed = true;
  }
  if (edit.assignees || edit.addAssignees || edit.removeAssignees) {
    const wanted = [
      ...(edit.assignees ?? issue.assignees.map((each) => each.handle)),
      ...(edit.addAssignees ?? []),
    ];
    const without = new Set((edit.removeAssignees ?? []).map((handle) => handle.toLowerCase()));
    assignTo(
      acting,
      issue,
      wanted.filter((handle) => !without.has(handle.toLowerCase())),
      events,
    );
  }
  if (issue.assignees !== assigneesBefore) {
    before.assignees = assigneesBefore;
    changed = true;
  }
  if (edit.confidential !== undefined && edit.confidential !== issue.confidential) {
    before.confidential = issue.confidential;
    issue.confidential = edit.confidential;
    changed = true;
  }
  const reason = forge.kind === "github" ? (edit.closeReason ?? issue.closeReason ?? "completed") : null;
  if (edit.state === "closed" && (issue.state === "open" || issue.closeReason !== reason)) {
    before.state = issue.state;
    Object.assign(issue, { state: "closed", closeReason: reason, closedAt: at, closedBy: actor });
    event({ type: "closed", reason });
    changed = true;
  } else if (edit.state === "open" && issue.state === "closed") {
    before.state = "closed";
    Object.assign(issue, { state: "open", closeReason: null, closedAt: null, closedBy: null });
    event({ type: "reopened" });
    changed = true;
  }
  if (changed) touch(forge, issue);
  return changed;
}

/** GitHub only. @returns false where it was pinned already */
export function pin(acting: Doing, number: number): boolean {
  const { project } = acting;
  demand(acting, "write");
  const issue = findIssue(acting, number);
  if (project.pinned.includes(number)) return false;
  if (project.pinned.length >= GITHUB_PINNED)
    throw new Refusal(422, "Maximum 3 pinned issues per repository", "issue");
  project.pinned.push(number);
  const events: StoredEvent[] = [];
  recorder(acting, issue, events)({ type: "pinned" });
  tell(acting, issue, "pinned", { events });
  return true;
}

/** GitLab only: relates two issues, both ways. @returns false where they were related already */
export function link(acting: Doing, number: number, other: { project: string; number: number }): boolean {
  const issue = findIssue(acting, number);
  const there = acting.forge.acting(acting.actor, other.project);
  demand(acting, "read");
  const target = findIssue(there, other.number);
  if (issue.links.some((each) => each.project === there.project.name && each.number === target.number))
    return false;
  const id = acting.forge.nextId();
  issue.links.push({ id, project: there.project.name, number: target.number });
  target.links.push({ id, project: acting.project.name, number: issue.number });
  return true;
}

/** Accounts that cannot be assigned, and those above the limit, are dropped without a word by both forges. */
function assignTo(
  acting: Doing,
  issue: StoredIssue,
  handles: readonly string[],
  events: StoredEvent[],
): void {
  const { forge } = acting;
  const event = recorder(acting, issue, events);
  const limit = forge.kind === "github" ? GITHUB_ASSIGNEES : forge.premium ? Number.POSITIVE_INFINITY : 1;
  const wanted = [...new Set(handles.map((handle) => assignable(acting, handle)))].filter(
    (each) => each !== undefined,
  );
  const next = wanted.slice(0, limit);
  const added = next.filter((each) => !issue.assignees.includes(each));
  const removed = issue.assignees.filter((each) => !next.includes(each));
  if (added.length + removed.length === 0) return;
  issue.assignees = next;
  for (const assignee of added) event({ type: "assigned", assignee });
  for (const assignee of removed) event({ type: "unassigned", assignee });
}
