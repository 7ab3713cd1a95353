/** GitLab's webhook payloads. https://docs.gitlab.com/user/project/integrations/webhook_events/ */
import type { Account, Happening, StoredIssue, StoredLabel } from "../../forge/memory/state.ts";
import type { Instant } from "../../model.ts";
import type { Place } from "./wire.ts";

/** Webhooks write times as Rails does, without fractions. */
const time = (at: Instant) => `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
const timeOrNull = (at: Instant | null) => (at === null ? null : time(at));

function userJson({ memory }: Place, account: Account) {
  return {
    id: account.id,
    name: account.name,
    username: account.handle,
    avatar_url: `${memory.web}/avatars/${account.id}`,
    email: "[REDACTED]",
  };
}

function labelJson({ project }: Place, label: StoredLabel) {
  return {
    id: label.id,
    title: label.name,
    color: label.color,
    project_id: project.id,
    created_at: time(0),
    updated_at: time(0),
    template: false,
    description: label.description === "" ? null : label.description,
    type: "ProjectLabel",
    group_id: null,
  };
}

function projectJson({ memory, project }: Place) {
  const parts = project.name.split("/");
  const page = `${memory.web}/${project.name}`;
  const ssh = `git@${new URL(memory.web).host}:${project.name}.git`;
  return {
    id: project.id,
    name: parts.at(-1),
    description: null,
    web_url: page,
    avatar_url: null,
    git_ssh_url: ssh,
    git_http_url: `${page}.git`,
    namespace: parts.slice(0, -1).join(" / "),
    visibility_level: project.private ? 0 : 20,
    path_with_namespace: project.name,
    default_branch: "main",
    ci_config_path: null,
    homepage: page,
    url: ssh,
    ssh_url: ssh,
    http_url: `${page}.git`,
  };
}

function issueJson(place: Place, issue: StoredIssue) {
  return {
    id: issue.id,
    iid: issue.number,
    project_id: place.project.id,
    author_id: issue.author.id,
    assignee_id: issue.assignees[0]?.id ?? null,
    assignee_ids: issue.assignees.map((each) => each.id),
    title: issue.title,
    description: issue.body,
    state: issue.state === "open" ? "opened" : "closed",
    state_id: issue.state === "open" ? 1 : 2,
    confidential: issue.confidential,
    created_at: time(issue.createdAt),
    updated_at: time(issue.updatedAt),
    closed_at: timeOrNull(issue.closedAt),
    due_date: null,
    milestone_id: null,
    discussion_locked: null,
    moved_to_id: null,
    duplicated_to_id: null,
    relative_position: null,
    time_estimate: 0,
    total_time_spent: 0,
    time_change: 0,
    human_time_estimate: null,
    human_total_time_spent: null,
    human_time_change: null,
    weight: null,
    health_status: null,
    type: "Issue",
    severity: "unknown",
    customer_relations_contacts: [],
    labels: issue.labels.map((label) => labelJson(place, label)),
    url: place.memory.issueUrl(place.project, issue.number),
  };
}

/** One delivery for a request, with all that it changed. */
export function gitlabEvents(
  place: Place,
  happening: Happening,
): { event: string; action: string; payload: unknown }[] {
  const { issue, actor, comment, what } = happening;
  const { memory, project } = place;
  const prefix = issue.confidential ? "Confidential " : "";
  const kind = (name: string) => (issue.confidential ? `confidential_${name}` : name);
  const common = {
    user: userJson(place, actor),
    project: projectJson(place),
    repository: {
      name: project.name.split("/").at(-1),
      url: `git@${new URL(memory.web).host}:${project.name}.git`,
      description: null,
      homepage: `${memory.web}/${project.name}`,
    },
  };
  if (comment) {
    const action = what === "commented" ? "create" : "update";
    const note = {
      id: comment.id,
      action,
      note: comment.body,
      description: comment.body,
      noteable_id: issue.id,
      noteable_type: "Issue",
      author_id: comment.author.id,
      project_id: project.id,
      created_at: time(comment.createdAt),
      updated_at: time(comment.updatedAt),
      system: false,
      internal: false,
      type: null,
      commit_id: null,
      line_code: null,
      st_diff: null,
      discussion_id: String(comment.id),
      url: memory.commentUrl(project, comment),
    };
    const payload = {
      object_kind: "note",
      event_type: kind("note"),
      ...common,
      project_id: project.id,
      object_attributes: note,
      issue: issueJson(place, issue),
    };
    return [{ event: `${prefix}Note Hook`, action, payload }];
  }
  if (what === "pinned") return [];
  const action = what === "opened" ? "open" : stateAction(happening);
  const people = issue.assignees.map((each) => userJson(place, each));
  const payload = {
    object_kind: "issue",
    event_type: kind("issue"),
    ...common,
    object_attributes: { ...issueJson(place, issue), action },
    labels: issue.labels.map((label) => labelJson(place, label)),
    changes: changes(place, happening),
    ...(people.length > 0 ? { assignees: people } : {}),
  };
  return [{ event: `${prefix}Issue Hook`, action, payload }];
}

function stateAction({ before, issue }: Happening): string {
  if (before.state === undefined) return "update";
  return issue.state === "closed" ? "close" : "reopen";
}

function changes(place: Place, { before, issue, what, at }: Happening) {
  const change = (previous: unknown, current: unknown) => ({ previous, current });
  const labels = (list: readonly StoredLabel[]) => list.map((label) => labelJson(place, label));
  const people = (list: readonly Account[]) => list.map((each) => userJson(place, each));
  const stateId = (state: string) => (state === "open" ? 1 : 2);
  if (what === "opened") {
    return {
      author_id: change(null, issue.author.id),
      created_at: change(null, time(issue.createdAt)),
      description: change(null, issue.body),
      id: change(null, issue.id),
      iid: change(null, issue.number),
      project_id: change(null, place.project.id),
      title: change(null, issue.title),
      updated_at: change(null, time(issue.updatedAt)),
      ...(issue.labels.length > 0 ? { labels: change([], labels(issue.labels)) } : {}),
      ...(issue.assignees.length > 0 ? { assignees: change([], people(issue.assignees)) } : {}),
    };
  }
  return {
    updated_at: change(time(at), time(issue.updatedAt)),
    ...(before.title === undefined ? {} : { title: change(before.title, issue.title) }),
    ...(before.body === undefined ? {} : { description: change(before.body, issue.body) }),
    ...(before.labels ? { labels: change(labels(before.labels), labels(issue.labels)) } : {}),
    ...(before.assignees ? { assignees: change(people(before.assignees), people(issue.assignees)) } : {}),
    ...(before.confidential === undefined
      ? {}
      : { confidential: change(before.confidential, issue.confidential) }),
    ...(before.state === undefined ? {} : { state_id: change(stateId(before.state), stateId(issue.state)) }),
    ...(before.state === "open" ? { closed_at: change(null, timeOrNull(issue.closedAt)) } : {}),
  };
}
