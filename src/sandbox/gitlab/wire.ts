/** GitLab's JSON, as https://docs.gitlab.com/api/ describes it. */
import type { MemoryForge } from "../../forge/memory/index.ts";
import type {
  Account,
  Project,
  Right,
  StoredComment,
  StoredEvent,
  StoredIssue,
  StoredLabel,
} from "../../forge/memory/state.ts";
import { taskItems } from "../../forge/memory/text.ts";
import type { Instant } from "../../model.ts";

export interface Place {
  readonly memory: MemoryForge;
  readonly api: string;
  readonly project: Project;
}

export const time = (at: Instant) => new Date(at).toISOString();
const timeOrNull = (at: Instant | null) => (at === null ? null : time(at));

/** https://docs.gitlab.com/api/access_requests/: Guest, Reporter, Developer. */
const ACCESS: Record<Right, number> = { none: 0, read: 10, triage: 20, write: 30 };

/** What a deleted account did belongs to the Ghost User. */
export function userJson({ memory }: Pick<Place, "memory">, account: Account) {
  const handle = account.gone ? "ghost" : account.handle;
  return {
    id: account.gone ? 0 : account.id,
    username: handle,
    public_email: null,
    name: account.gone ? "Ghost User" : account.name,
    state: "active",
    locked: false,
    avatar_url: null,
    web_url: `${memory.web}/${handle}`,
  };
}

export function memberJson(place: Place, account: Account) {
  return {
    ...userJson(place, account),
    access_level: ACCESS[place.memory.right(place.project, account)],
    created_at: time(0),
    expires_at: null,
    membership_state: "active",
  };
}

export function labelJson(label: StoredLabel) {
  return {
    id: label.id,
    name: label.name,
    description: label.description === "" ? null : label.description,
    description_html: label.description,
    text_color: "#FFFFFF",
    color: label.color,
    archived: false,
    subscribed: false,
    priority: null,
    is_project_label: true,
  };
}

export function issueJson(place: Place, issue: StoredIssue, options: { labelDetails?: boolean } = {}) {
  const { memory, api, project } = place;
  const assignees = issue.assignees.map((each) => userJson(place, each));
  const tasks = taskItems(issue.body);
  const done = tasks.filter((task) => task.done).length;
  const url = `${api}/projects/${project.id}/issues/${issue.number}`;
  const reference = `#${issue.number}`;
  return {
    id: issue.id,
    iid: issue.number,
    project_id: project.id,
    title: issue.title,
    description: issue.body,
    state: issue.state === "open" ? "opened" : "closed",
    created_at: time(issue.createdAt),
    updated_at: time(issue.updatedAt),
    closed_at: timeOrNull(issue.closedAt),
    closed_by: issue.closedBy ? userJson(place, issue.closedBy) : null,
    labels: options.labelDetails ? issue.labels.map(labelJson) : issue.labels.map((label) => label.name),
    milestone: null,
    assignees,
    author: userJson(place, issue.author),
    type: "ISSUE",
    assignee: assignees[0] ?? null,
    user_notes_count: issue.comments.length,
    merge_requests_count: 0,
    upvotes: 0,
    downvotes: 0,
    due_date: null,
    confidential: issue.confidential,
    discussion_locked: null,
    issue_type: "issue",
    web_url: memory.issueUrl(project, issue.number),
    time_stats: {
      time_estimate: 0,
      total_time_spent: 0,
      human_time_estimate: null,
      human_total_time_spent: null,
    },
    task_completion_status: { count: tasks.length, completed_count: done },
    blocking_issues_count: 0,
    has_tasks: tasks.length > 0,
    task_status: `${done} of ${tasks.length} checklist items completed`,
    _links: {
      self: url,
      notes: `${url}/notes`,
      award_emoji: `${url}/award_emoji`,
      project: `${api}/projects/${project.id}`,
      closed_as_duplicate_of: null,
    },
    references: { short: reference, relative: reference, full: `${project.name}${reference}` },
    severity: "UNKNOWN",
    moved_to_id: null,
    imported: false,
    imported_from: "none",
    service_desk_reply_to: null,
  };
}

function note(
  place: Place,
  issue: StoredIssue,
  it: { id: number; body: string; author: Account; at: Instant; updated: Instant; system: boolean },
) {
  return {
    id: it.id,
    type: null,
    body: it.body,
    author: userJson(place, it.author),
    created_at: time(it.at),
    updated_at: time(it.updated),
    system: it.system,
    noteable_id: issue.id,
    noteable_type: "Issue",
    project_id: place.project.id,
    resolvable: false,
    confidential: false,
    internal: false,
    imported: false,
    imported_from: "none",
    noteable_iid: issue.number,
    commands_changes: {},
  };
}

export function noteJson(place: Place, issue: StoredIssue, comment: StoredComment) {
  const { id, body, author, createdAt: at, updatedAt: updated } = comment;
  return note(place, issue, { id, body, author, at, updated, system: false });
}

/** Comments and system notes together, oldest first. */
export function notesOf(place: Place, issue: StoredIssue) {
  const comments = issue.comments.map((comment) => noteJson(place, issue, comment));
  const system = systemNotes(issue).map((each) =>
    note(place, issue, { ...each, updated: each.at, system: true }),
  );
  return [...comments, ...system].sort((a, b) => a.id - b.id);
}

const people = (accounts: readonly Account[]) => {
  const handles = accounts.map((account) => `@${account.handle}`);
  const last = handles.pop() ?? "";
  return handles.length === 0 ? last : `${handles.join(", ")}${handles.length > 1 ? "," : ""} and ${last}`;
};

/**
 * What GitLab tells of an issue in words. Assignments of one edit share one note; label and state changes are
 * events of their own (https://docs.gitlab.com/api/resource_label_events/). The wording is that of
 * `app/services/system_notes/issuables_service.rb`, English on every instance.
 */
function systemNotes(issue: StoredIssue): { id: number; body: string; author: Account; at: Instant }[] {
  const notes: { id: number; body: string; author: Account; at: Instant }[] = [];
  let open: { note: { body: string }; group: number; added: Account[]; removed: Account[] } | null = null;
  for (const event of issue.events) {
    if (event.type === "assigned" || event.type === "unassigned") {
      if (!open || open.group !== event.group) {
        const made = { id: event.id, body: "", author: event.actor, at: event.at };
        notes.push(made);
        open = { note: made, group: event.group, added: [], removed: [] };
      }
      (event.type === "assigned" ? open.added : open.removed).push(event.assignee);
      const parts = [
        open.added.length > 0 ? `assigned to ${people(open.added)}` : "",
        open.removed.length > 0 ? `unassigned ${people(open.removed)}` : "",
      ];
      open.note.body = parts.filter(Boolean).join(" and ");
      continue;
    }
    open = null;
    const body = wording(event);
    if (body !== null) notes.push({ id: event.id, body, author: event.actor, at: event.at });
  }
  return notes;
}

function wording(event: StoredEvent): string | null {
  switch (event.type) {
    case "ticked":
      return `marked the checklist item **${event.text}** as completed`;
    case "unticked":
      return `marked the checklist item **${event.text}** as incomplete`;
    case "renamed":
      return `changed title from **{-${event.from}-}** to **{+${event.to}+}**`;
    case "described":
      return "changed the description";
    default:
      return null;
  }
}

/** Null for events that GitLab lists elsewhere. */
export function labelEventJson(place: Place, issue: StoredIssue, event: StoredEvent) {
  if (event.type !== "labeled" && event.type !== "unlabeled") return null;
  const { label } = event;
  return {
    id: event.id,
    user: userJson(place, event.actor),
    created_at: time(event.at),
    resource_type: "Issue",
    resource_id: issue.id,
    // The label as it is called now; null once it has been deleted.
    label: place.project.labels.includes(label)
      ? { id: label.id, name: label.name, color: label.color, description: label.description || null }
      : null,
    action: event.type === "labeled" ? "add" : "remove",
  };
}

export function stateEventJson(place: Place, issue: StoredIssue, event: StoredEvent) {
  if (event.type !== "closed" && event.type !== "reopened") return null;
  return {
    id: event.id,
    user: userJson(place, event.actor),
    created_at: time(event.at),
    resource_type: "Issue",
    resource_id: issue.id,
    source_commit: null,
    source_merge_request: null,
    state: event.type,
  };
}

export function projectJson({ memory, api, project }: Place, right: Right) {
  const [name = "", ...groups] = project.name.split("/").reverse();
  const group = groups.reverse().join("/");
  const url = `${api}/projects/${project.id}`;
  const page = `${memory.web}/${project.name}`;
  return {
    id: project.id,
    description: null,
    name,
    name_with_namespace: project.name.split("/").join(" / "),
    path: name,
    path_with_namespace: project.name,
    created_at: time(0),
    default_branch: "main",
    web_url: page,
    ssh_url_to_repo: `git@${new URL(memory.web).host}:${project.name}.git`,
    http_url_to_repo: `${page}.git`,
    visibility: project.private ? "private" : "public",
    namespace: {
      id: 1,
      name: group,
      path: group,
      kind: "group",
      full_path: group,
      parent_id: null,
      web_url: `${memory.web}/groups/${group}`,
    },
    _links: { self: url, issues: `${url}/issues`, labels: `${url}/labels`, members: `${url}/members` },
    issues_enabled: true,
    archived: false,
    open_issues_count: [...project.issues.values()].filter((issue) => issue.state === "open").length,
    permissions: {
      project_access: right === "none" ? null : { access_level: ACCESS[right], notification_level: 3 },
      group_access: null,
    },
  };
}
