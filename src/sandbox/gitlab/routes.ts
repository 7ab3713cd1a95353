/** GitLab's REST endpoints for issues. https://docs.gitlab.com/api/rest/ */
import { createIssue, editIssue, type IssueEdit, link } from "../../forge/memory/acts.ts";
import { comment, editComment, react } from "../../forge/memory/comments.ts";
import { Refusal } from "../../forge/memory/index.ts";
import { createLabel, editLabel } from "../../forge/memory/labels.ts";
import { type Doing, findComment, findIssue } from "../../forge/memory/rules.ts";
import type { StoredComment, StoredIssue } from "../../forge/memory/state.ts";
import type { Reaction } from "../../model.ts";
import { type Answer, type Call, caller, type Route, route, text } from "../http.ts";
import { boardRoutes } from "./boards.ts";
import { here, list, ok, placeOf, strings } from "./list.ts";
import { reviewRoutes } from "./reviews.ts";
import {
  issueJson,
  labelEventJson,
  labelJson,
  memberJson,
  noteJson,
  notesOf,
  projectJson,
  stateEventJson,
  time,
  userJson,
} from "./wire.ts";

const PROJECT = "/projects/:id";
const ISSUES = `${PROJECT}/issues`;
const ISSUE = `${ISSUES}/:iid`;
const NOTE = `${ISSUE}/notes/:note`;

/** GitLab's emoji of our reactions. */
const EMOJI: Record<string, Reaction> = {
  thumbsup: "+1",
  thumbsdown: "-1",
  eyes: "eyes",
  confused: "confused",
};

function issueOf(call: Call, doing: Doing): StoredIssue {
  return findIssue(doing, Number(call.params.iid));
}

function noteOf(call: Call, doing: Doing): StoredComment {
  const found = findComment(doing, Number(call.params.note));
  if (found.issue.number !== Number(call.params.iid)) throw new Refusal(404, "404 Not found");
  return found.comment;
}

function listIssues(call: Call): Answer {
  const doing = here(call);
  const { query } = call;
  const labels = strings(
    query.getAll("labels[]").length > 0 ? query.getAll("labels[]") : query.get("labels"),
  );
  const iids = query.getAll("iids[]").map(Number);
  const instant = (name: string, otherwise: number) =>
    query.has(name) ? Date.parse(query.get(name) ?? "") : otherwise;
  const after = instant("updated_after", Number.NEGATIVE_INFINITY);
  const before = instant("updated_before", Number.POSITIVE_INFINITY);
  if (Number.isNaN(after) || Number.isNaN(before)) throw new Refusal(400, "updated_after is invalid");
  const state = query.get("state") ?? "all";
  const author = query.get("scope") === "created_by_me" ? caller(call) : null;
  const found = [...doing.project.issues.values()]
    .filter((issue) => state === "all" || (state === "opened" ? "open" : "closed") === issue.state)
    .filter((issue) => issue.updatedAt >= after && issue.updatedAt <= before)
    .filter((issue) => labels.every((name) => issue.labels.some((label) => label.name === name)))
    .filter(
      (issue) => (iids.length === 0 || iids.includes(issue.number)) && (!author || issue.author === author),
    )
    .filter((issue) => canSee(doing, issue));
  const by = query.get("order_by") === "updated_at" ? "updatedAt" : "createdAt";
  const sign = query.get("sort") === "asc" ? 1 : -1;
  found.sort((a, b) => sign * (a[by] - b[by] || a.id - b.id));
  const labelDetails = query.get("with_labels_details") === "true";
  return list(call, found, (issue) => issueJson(placeOf(call, doing), issue, { labelDetails }));
}

function canSee(doing: Doing, issue: StoredIssue): boolean {
  try {
    return findIssue(doing, issue.number) === issue;
  } catch {
    return false;
  }
}

/** In the order they were asked for: without Premium GitLab keeps the first. */
function handles(call: Call, ids: unknown): string[] {
  const known = new Map([...call.memory.accounts.values()].map((each) => [each.id, each.handle]));
  return (Array.isArray(ids) ? ids : [ids]).flatMap((id) => known.get(Number(id)) ?? []);
}

const EDITABLE = [
  ...["title", "description", "state_event", "add_labels", "remove_labels", "labels"],
  ...["assignee_ids", "assignee_id", "confidential", "due_date", "issue_type", "discussion_locked"],
];

function putIssue(call: Call): Answer {
  const doing = here(call);
  const issue = issueOf(call, doing);
  const { body } = call;
  if (!EDITABLE.some((name) => name in body))
    throw new Refusal(400, `${EDITABLE.join(", ")} are missing, at least one parameter must be provided`);
  if (body.title !== undefined && body.title === "") throw new Refusal(400, "title is empty");
  const event = body.state_event;
  if (event !== undefined && event !== "close" && event !== "reopen") {
    throw new Refusal(400, "state_event does not have a valid value");
  }
  const wanted = body.assignee_ids ?? body.assignee_id;
  const edit: IssueEdit = {
    ...(body.title === undefined ? {} : { title: String(body.title) }),
    ...(body.description === undefined ? {} : { body: String(body.description ?? "") }),
    ...(body.add_labels === undefined ? {} : { addLabels: strings(body.add_labels) }),
    ...(body.remove_labels === undefined ? {} : { removeLabels: strings(body.remove_labels) }),
    ...(body.labels === undefined ? {} : { labels: strings(body.labels) }),
    ...(wanted === undefined ? {} : { assignees: handles(call, wanted) }),
    ...(event === undefined ? {} : { state: event === "close" ? "closed" : "open" }),
    ...(body.confidential === undefined ? {} : { confidential: String(body.confidential) === "true" }),
  };
  const changed = editIssue(doing, issue.number, edit);
  const violation = body.labels === undefined ? {} : { violation: "label set: labels written as a whole" };
  return { ...ok(issueJson(placeOf(call, doing), changed)), ...violation };
}

function awardJson(call: Call, doing: Doing, note: StoredComment, each: StoredComment["reactions"][number]) {
  const name = Object.keys(EMOJI).find((emoji) => EMOJI[emoji] === each.reaction) ?? each.reaction;
  return {
    id: each.id,
    name,
    user: userJson(placeOf(call, doing), each.account),
    created_at: time(note.createdAt),
    updated_at: time(note.createdAt),
    awardable_id: note.id,
    awardable_type: "Note",
    url: null,
  };
}

function createLink(call: Call): Answer {
  const doing = here(call);
  const source = issueOf(call, doing);
  const wanted = String(call.body.target_project_id ?? "");
  const there = [...call.memory.projects.values()].find(
    (each) => String(each.id) === wanted || each.name === wanted,
  );
  if (!there) throw new Refusal(404, "404 Project Not Found");
  const number = Number(call.body.target_issue_iid);
  const target = findIssue(call.memory.acting(doing.actor, there.name), number);
  if (!link(doing, source.number, { project: there.name, number }))
    throw new Refusal(409, "Issue(s) already assigned");
  return ok(
    {
      source_issue: issueJson(placeOf(call, doing), source),
      target_issue: issueJson({ ...placeOf(call, doing), project: there }, target),
      link_type: "relates_to",
    },
    201,
  );
}

/** Events of an issue that one endpoint lists. */
function events(map: typeof labelEventJson | typeof stateEventJson) {
  return (call: Call): Answer => {
    const doing = here(call);
    const issue = issueOf(call, doing);
    const found = issue.events.flatMap((event) => map(placeOf(call, doing), issue, event) ?? []);
    return list(call, found, (json) => json);
  };
}

export const gitlabRoutes: readonly Route[] = [
  route("GET", "/user", "user", (call) => {
    const account = caller(call);
    return ok({
      ...userJson(call, account),
      bot: account.bot,
      created_at: time(0),
      email: "",
      is_admin: false,
    });
  }),
  route("GET", "/personal_access_tokens/self", "token", (call) => {
    const account = caller(call);
    const { scope, scopes, expiresAt } = call.token ?? { scope: "read", scopes: [], expiresAt: null };
    return ok({
      id: account.id,
      name: "daytwo",
      revoked: false,
      created_at: time(0),
      scopes: scopes ?? [scope === "full" ? "api" : "read_api"],
      user_id: account.id,
      active: true,
      expires_at: expiresAt === null ? null : time(expiresAt).slice(0, 10),
    });
  }),
  route("GET", "/users", "users", (call) => {
    const wanted = call.query.get("username")?.toLowerCase();
    const all = [...call.memory.accounts.values()].filter(
      (each) => wanted === undefined || each.handle.toLowerCase() === wanted,
    );
    return list(call, all, (each) => userJson(call, each));
  }),
  route("GET", PROJECT, "project", (call) => {
    const doing = here(call);
    return ok(projectJson(placeOf(call, doing), call.memory.right(doing.project, doing.actor)));
  }),
  route("GET", ISSUES, "issues", listIssues),
  route("GET", ISSUE, "issue", (call) => {
    const doing = here(call);
    return ok(issueJson(placeOf(call, doing), issueOf(call, doing)));
  }),
  route(
    "POST",
    ISSUES,
    "issue",
    (call) => {
      const doing = here(call);
      const { title, description, labels, assignee_ids: ids, confidential } = call.body;
      if (title === undefined) throw new Refusal(400, "title is missing");
      const made = createIssue(doing, {
        title: String(title),
        body: text(description) ?? "",
        labels: strings(labels),
        assignees: ids === undefined ? [] : handles(call, ids),
        confidential: String(confidential ?? "false") === "true",
      });
      return ok(issueJson(placeOf(call, doing), made), 201);
    },
    "issue",
  ),
  route("PUT", ISSUE, "issue", putIssue),
  route("GET", `${ISSUE}/notes`, "notes", (call) => {
    const doing = here(call);
    const filter = call.query.get("activity_filter") ?? "all_notes";
    const found = notesOf(placeOf(call, doing), issueOf(call, doing)).filter(
      ({ system }) => filter === "all_notes" || system === (filter === "only_activity"),
    );
    return list(call, call.query.get("sort") === "asc" ? found : found.reverse(), (json) => json);
  }),
  route("GET", NOTE, "note", (call) => {
    const doing = here(call);
    const found = notesOf(placeOf(call, doing), issueOf(call, doing)).find(
      (each) => each.id === Number(call.params.note),
    );
    if (!found) throw new Refusal(404, "404 Not found");
    return ok(found);
  }),
  route(
    "POST",
    `${ISSUE}/notes`,
    "note",
    (call) => {
      const doing = here(call);
      const body = text(call.body.body) ?? "";
      if (body === "") throw new Refusal(400, "body is missing");
      const issue = issueOf(call, doing);
      const made = comment(doing, issue.number, body);
      // Nothing but quick actions: they ran, and there is no note.
      if (!made) return ok({ commands_changes: {}, summary: ["Applied commands."] }, 202);
      return ok(noteJson(placeOf(call, doing), issue, made), 201);
    },
    "comment",
  ),
  route("PUT", NOTE, "note", (call) => {
    const doing = here(call);
    const changed = editComment(doing, noteOf(call, doing).id, text(call.body.body) ?? "");
    return ok(noteJson(placeOf(call, doing), issueOf(call, doing), changed));
  }),
  route("GET", `${NOTE}/award_emoji`, "award emoji", (call) => {
    const doing = here(call);
    const note = noteOf(call, doing);
    return list(call, note.reactions, (each) => awardJson(call, doing, note, each));
  }),
  route("POST", `${NOTE}/award_emoji`, "award emoji", (call) => {
    const doing = here(call);
    const note = noteOf(call, doing);
    const reaction = EMOJI[text(call.body.name) ?? call.query.get("name") ?? ""];
    if (!reaction) throw new Refusal(404, "404 Award Emoji Name is not a valid emoji name Not Found");
    if (!react(doing, note.id, reaction))
      throw new Refusal(404, "404 Award Emoji Name has already been taken Not Found");
    const made = note.reactions.at(-1);
    return ok(made && awardJson(call, doing, note, made), 201);
  }),
  route("GET", `${ISSUE}/resource_label_events`, "label events", events(labelEventJson)),
  route("GET", `${ISSUE}/resource_state_events`, "state events", events(stateEventJson)),
  route("GET", `${ISSUE}/links`, "links", (call) => {
    const doing = here(call);
    return ok(
      issueOf(call, doing).links.map(({ id, project: name, number }) => {
        const project = call.memory.project(name);
        const target = findIssue({ ...doing, project }, number);
        return {
          ...issueJson({ ...placeOf(call, doing), project }, target),
          issue_link_id: id,
          link_type: "relates_to",
        };
      }),
    );
  }),
  route("POST", `${ISSUE}/links`, "link", createLink),
  route("GET", `${PROJECT}/labels`, "labels", (call) => {
    const { project } = here(call);
    const wanted = call.query.get("search")?.toLowerCase() ?? "";
    const found = project.labels.filter((label) => label.name.toLowerCase().includes(wanted));
    found.sort((a, b) => a.name.localeCompare(b.name));
    return list(call, found, labelJson);
  }),
  route("POST", `${PROJECT}/labels`, "label", (call) => {
    const { name, color, description } = call.body;
    if (name === undefined) throw new Refusal(400, "name is missing");
    if (!/^#[0-9a-f]{6}$/i.test(String(color))) throw new Refusal(400, "color does not have a valid value");
    const label = { name: String(name), color: String(color), description: text(description) ?? "" };
    return ok(labelJson(createLabel(here(call), label)), 201);
  }),
  route("PUT", `${PROJECT}/labels/:label`, "label", (call) => {
    const doing = here(call);
    const { label: wanted = "" } = call.params;
    const name = doing.project.labels.find((each) => String(each.id) === wanted)?.name ?? wanted;
    const { new_name: newName, color, description } = call.body;
    const edit = {
      ...(newName === undefined ? {} : { name: String(newName) }),
      ...(color === undefined ? {} : { color: String(color) }),
      ...(description === undefined ? {} : { description: String(description ?? "") }),
    };
    return ok(labelJson(editLabel(doing, name, edit)));
  }),
  ...["members", "members/all"].flatMap((members) => [
    route("GET", `${PROJECT}/${members}`, "members", (call) => {
      const doing = here(call);
      const wanted = call.query.get("query")?.toLowerCase() ?? "";
      const found = [...call.memory.accounts.values()]
        .filter((each) => call.memory.right(doing.project, each) !== "none")
        .filter((each) => `${each.handle}\n${each.name}`.toLowerCase().includes(wanted));
      return list(call, found, (each) => memberJson(placeOf(call, doing), each));
    }),
    route("GET", `${PROJECT}/${members}/:user(?<!/all)`, "member", (call) => {
      const doing = here(call);
      const found = [...call.memory.accounts.values()].find((each) => String(each.id) === call.params.user);
      if (!found || call.memory.right(doing.project, found) === "none")
        throw new Refusal(404, "404 Not found");
      return ok(memberJson(placeOf(call, doing), found));
    }),
  ]),
  ...boardRoutes,
  ...reviewRoutes,
];
