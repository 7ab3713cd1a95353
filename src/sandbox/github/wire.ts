/**
 * GitHub's JSON, as https://docs.github.com/en/rest describes it. Held against GitHub's own OpenAPI document
 * and example payloads by tests.
 */
import type { MemoryForge } from "../../forge/memory/index.ts";
import type {
  Account,
  Project,
  StoredComment,
  StoredEvent,
  StoredIssue,
  StoredLabel,
} from "../../forge/memory/state.ts";
import type { Instant } from "../../model.ts";

export interface Place {
  readonly memory: MemoryForge;
  readonly api: string;
  readonly project: Project;
}

export function time(at: Instant): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, "Z");
}

const timeOrNull = (at: Instant | null) => (at === null ? null : time(at));

/** Stable opaque ids; `idOfNode` reads them back. */
export const nodeId = (prefix: string, id: number) => `${prefix}_${id}`;

export function userJson(memory: MemoryForge, api: string, account: Account) {
  const url = `${api}/users/${account.handle}`;
  return {
    login: account.handle,
    id: account.id,
    node_id: nodeId("U", account.id),
    avatar_url: `${memory.web}/avatars/u/${account.id}`,
    gravatar_id: "",
    url,
    html_url: `${memory.web}/${account.handle}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: account.bot ? "Bot" : "User",
    user_view_type: "public",
    site_admin: false,
  };
}

/** `null` for a deleted account, as the API gives it. */
const user = ({ memory, api }: Place, account: Account) =>
  account.gone ? null : userJson(memory, api, account);

export function labelJson({ api, project }: Place, label: StoredLabel) {
  return {
    id: label.id,
    node_id: nodeId("LA", label.id),
    url: `${api}/repos/${project.name}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    color: label.color.slice(1),
    default: false,
    description: label.description === "" ? null : label.description,
  };
}

const REACTIONS = ["+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes"];

function reactionRollup(url: string, reactions: StoredComment["reactions"]) {
  const count = (name: string) => reactions.filter((each) => each.reaction === name).length;
  return {
    url: `${url}/reactions`,
    total_count: reactions.length,
    ...Object.fromEntries(REACTIONS.map((name) => [name, count(name)])),
  };
}

function association({ memory, project }: Place, account: Account): string {
  if (account.gone) return "NONE";
  return { none: "NONE", read: "CONTRIBUTOR", triage: "COLLABORATOR", write: "MEMBER" }[
    memory.right(project, account)
  ];
}

export function issueJson(place: Place, issue: StoredIssue) {
  const { memory, api, project } = place;
  const url = `${api}/repos/${project.name}/issues/${issue.number}`;
  const page = memory.issueUrl(project, issue.number);
  const assignees = issue.assignees.filter((each) => !each.gone).map((each) => userJson(memory, api, each));
  const pull = `${api}/repos/${project.name}/pulls/${issue.number}`;
  const pullPage = page.replace("/issues/", "/pull/");
  return {
    url,
    repository_url: `${api}/repos/${project.name}`,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: issue.pull ? pullPage : page,
    id: issue.id,
    node_id: nodeId(issue.pull ? "PR" : "I", issue.id),
    number: issue.number,
    title: issue.title,
    user: user(place, issue.author),
    labels: issue.labels.map((label) => labelJson(place, label)),
    state: issue.state,
    locked: false,
    assignee: assignees[0] ?? null,
    assignees,
    milestone: null,
    comments: issue.comments.length,
    created_at: time(issue.createdAt),
    updated_at: time(issue.updatedAt),
    closed_at: timeOrNull(issue.closedAt),
    author_association: association(place, issue.author),
    active_lock_reason: null,
    ...(issue.pull
      ? {
          draft: false,
          pull_request: {
            url: pull,
            html_url: pullPage,
            diff_url: `${pullPage}.diff`,
            patch_url: `${pullPage}.patch`,
            merged_at: null,
          },
        }
      : {}),
    body: issue.body === "" ? null : issue.body,
    closed_by: issue.closedBy ? user(place, issue.closedBy) : null,
    reactions: reactionRollup(url, []),
    timeline_url: `${url}/timeline`,
    performed_via_github_app: null,
    state_reason:
      issue.closeReason ?? (issue.events.some((event) => event.type === "reopened") ? "reopened" : null),
  };
}

export function commentJson(place: Place, comment: StoredComment) {
  const { memory, api, project } = place;
  const url = `${api}/repos/${project.name}/issues/comments/${comment.id}`;
  return {
    url,
    html_url: memory.commentUrl(project, comment),
    issue_url: `${api}/repos/${project.name}/issues/${comment.issue}`,
    id: comment.id,
    node_id: nodeId("IC", comment.id),
    user: user(place, comment.author),
    created_at: time(comment.createdAt),
    updated_at: time(comment.updatedAt),
    author_association: association(place, comment.author),
    body: comment.body,
    reactions: reactionRollup(url, comment.reactions),
    performed_via_github_app: null,
  };
}

/** Null for what GitHub keeps no event of. `timeline`: the timeline names who did it, events of assignment whom it was about. */
export function eventJson(place: Place, event: StoredEvent, timeline: boolean) {
  const { memory, api, project } = place;
  const by = user(place, event.actor);
  const base = {
    id: event.id,
    node_id: nodeId("EV", event.id),
    url: `${api}/repos/${project.name}/issues/events/${event.id}`,
    actor: by,
    event: event.type as string,
    commit_id: null,
    commit_url: null,
    created_at: time(event.at),
    performed_via_github_app: null,
  };
  switch (event.type) {
    case "labeled":
    case "unlabeled":
      return { ...base, label: { name: event.name, color: event.label.color.slice(1) } };
    case "assigned":
    case "unassigned": {
      const assignee = userJson(memory, api, event.assignee);
      return timeline ? { ...base, assignee } : { ...base, actor: assignee, assignee, assigner: by };
    }
    case "closed":
      return { ...base, state_reason: event.reason };
    case "reopened":
      return { ...base, state_reason: null };
    case "renamed":
      return { ...base, rename: { from: event.from, to: event.to } };
    case "pinned":
      return base;
    default:
      return null;
  }
}

export function repositoryJson({ memory, api, project }: Place) {
  const [owner = "", name = ""] = project.name.split("/");
  const url = `${api}/repos/${project.name}`;
  const page = `${memory.web}/${project.name}`;
  const open = [...project.issues.values()].filter((issue) => issue.state === "open").length;
  const at = time(0);
  const links = Object.fromEntries(
    Object.entries(REPOSITORY_LINKS).map(([key, path]) => [key, `${url}${path}`]),
  );
  return {
    id: project.id,
    node_id: nodeId("R", project.id),
    name,
    full_name: project.name,
    private: project.private,
    owner: { ...userJson(memory, api, OWNER), login: owner, type: "Organization" },
    html_url: page,
    description: null,
    fork: false,
    url,
    ...links,
    git_url: `${page.replace(/^https?/, "git")}.git`,
    ssh_url: `git@${new URL(memory.web).host}:${project.name}.git`,
    clone_url: `${page}.git`,
    svn_url: page,
    homepage: null,
    language: null,
    license: null,
    mirror_url: null,
    default_branch: "main",
    forks: 0,
    forks_count: 0,
    stargazers_count: 0,
    watchers: 0,
    watchers_count: 0,
    network_count: 0,
    subscribers_count: 0,
    size: 0,
    open_issues: open,
    open_issues_count: open,
    has_issues: true,
    has_projects: true,
    has_wiki: false,
    has_pages: false,
    has_downloads: true,
    has_discussions: false,
    archived: false,
    disabled: false,
    allow_forking: true,
    is_template: false,
    web_commit_signoff_required: false,
    topics: [],
    visibility: project.private ? "private" : "public",
    pushed_at: at,
    created_at: at,
    updated_at: at,
  };
}

const OWNER: Account = { id: 1, handle: "acme", name: "acme", bot: false, gone: false };

const REPOSITORY_LINKS = {
  archive_url: "/{archive_format}{/ref}",
  assignees_url: "/assignees{/user}",
  blobs_url: "/git/blobs{/sha}",
  branches_url: "/branches{/branch}",
  collaborators_url: "/collaborators{/collaborator}",
  comments_url: "/comments{/number}",
  commits_url: "/commits{/sha}",
  compare_url: "/compare/{base}...{head}",
  contents_url: "/contents/{+path}",
  contributors_url: "/contributors",
  deployments_url: "/deployments",
  downloads_url: "/downloads",
  events_url: "/events",
  forks_url: "/forks",
  git_commits_url: "/git/commits{/sha}",
  git_refs_url: "/git/refs{/sha}",
  git_tags_url: "/git/tags{/sha}",
  hooks_url: "/hooks",
  issue_comment_url: "/issues/comments{/number}",
  issue_events_url: "/issues/events{/number}",
  issues_url: "/issues{/number}",
  keys_url: "/keys{/key_id}",
  labels_url: "/labels{/name}",
  languages_url: "/languages",
  merges_url: "/merges",
  milestones_url: "/milestones{/number}",
  notifications_url: "/notifications{?since,all,participating}",
  pulls_url: "/pulls{/number}",
  releases_url: "/releases{/id}",
  stargazers_url: "/stargazers",
  statuses_url: "/statuses/{sha}",
  subscribers_url: "/subscribers",
  subscription_url: "/subscription",
  tags_url: "/tags",
  teams_url: "/teams",
  trees_url: "/git/trees{/sha}",
};
