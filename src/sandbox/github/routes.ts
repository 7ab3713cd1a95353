/** GitHub's REST endpoints for issues. https://docs.github.com/en/rest */
import { createIssue, editIssue } from "../../forge/memory/acts.ts";
import { comment, editComment, react } from "../../forge/memory/comments.ts";
import { Refusal } from "../../forge/memory/index.ts";
import { createLabel, editLabel } from "../../forge/memory/labels.ts";
import { assignable, type Doing, findComment, findIssue } from "../../forge/memory/rules.ts";
import type { StoredIssue } from "../../forge/memory/state.ts";
import type { CloseReason, Reaction } from "../../model.ts";
import { type Answer, type Call, caller, type Route, route, text } from "../http.ts";
import { graphql } from "./graphql.ts";
import { here, list, ok, placeOf } from "./list.ts";
import { projectRoutes } from "./projects.ts";
import {
  commentJson,
  eventJson,
  issueJson,
  labelJson,
  nodeId,
  repositoryJson,
  time,
  userJson,
} from "./wire.ts";

const REACTIONS = ["+1", "-1", "eyes", "confused"];
const ISSUES = "/repos/:owner/:repo/issues";
const ISSUE = `${ISSUES}/:number`;

const numberOf = (call: Call): number => Number(call.params.number);

function names(value: unknown): string[] {
  const items = Array.isArray(value) ? value : typeof value === "string" ? [value] : [];
  return items.flatMap(
    (item) => (typeof item === "string" ? item : text((item as { name?: unknown })?.name)) ?? [],
  );
}

function listIssues(call: Call): Answer {
  const doing = here(call);
  const { memory, query } = call;
  const state = query.get("state") ?? "open";
  const labels = (query.get("labels") ?? "").split(",").filter(Boolean);
  const since = query.has("since") ? Date.parse(query.get("since") ?? "") : Number.NEGATIVE_INFINITY;
  if (Number.isNaN(since)) throw new Refusal(422, "since is not a valid timestamp", "since");
  const found = [...doing.project.issues.values()]
    .filter((issue) => (state === "all" || issue.state === state) && issue.updatedAt >= since)
    .filter((issue) =>
      labels.every((name) => issue.labels.some((label) => memory.sameLabel(label.name, name))),
    );
  const by: (issue: StoredIssue) => number =
    query.get("sort") === "updated"
      ? (issue) => issue.updatedAt
      : query.get("sort") === "comments"
        ? (issue) => issue.comments.length
        : (issue) => issue.createdAt;
  const sign = query.get("direction") === "asc" ? 1 : -1;
  found.sort((a, b) => sign * (by(a) - by(b) || a.number - b.number));
  return list(call, found, (issue) => issueJson(placeOf(call, doing), issue));
}

function patchIssue(call: Call): Answer {
  const doing = here(call);
  const { title, body, state, state_reason: reason, labels, assignees } = call.body;
  if (state !== undefined && state !== "open" && state !== "closed")
    throw new Refusal(422, "state is invalid", "state");
  const changed = editIssue(doing, numberOf(call), {
    ...(title === undefined ? {} : { title: String(title) }),
    ...(body === undefined ? {} : { body: String(body ?? "") }),
    ...(state === undefined ? {} : { state }),
    ...(reason ? { closeReason: reason as CloseReason } : {}),
    ...(labels === undefined ? {} : { labels: names(labels) }),
    ...(assignees === undefined ? {} : { assignees: names(assignees) }),
  });
  const violation = labels === undefined ? {} : { violation: "label set: labels written as a whole" };
  return { ...ok(issueJson(placeOf(call, doing), changed)), ...violation };
}

function removeLabel(call: Call): Answer {
  const doing = here(call);
  const name = call.params.name ?? "";
  const issue = findIssue(doing, numberOf(call));
  if (!issue.labels.some((label) => call.memory.sameLabel(label.name, name))) {
    throw new Refusal(404, "Label does not exist");
  }
  const changed = editIssue(doing, issue.number, { removeLabels: [name] });
  return ok(changed.labels.map((label) => labelJson(placeOf(call, doing), label)));
}

function assignees(call: Call, how: "addAssignees" | "removeAssignees", status: number): Answer {
  const doing = here(call);
  const issue = findIssue(doing, numberOf(call));
  const mayAssign = ["triage", "write"].includes(call.memory.right(doing.project, doing.actor));
  // "Only users with push access can add assignees to an issue. Assignees are silently ignored otherwise."
  if (mayAssign) editIssue(doing, issue.number, { [how]: names(call.body.assignees) });
  return ok(issueJson(placeOf(call, doing), issue), status);
}

function timeline(call: Call): Answer {
  const doing = here(call);
  const place = placeOf(call, doing);
  const issue = findIssue(doing, numberOf(call));
  const entries = [
    ...issue.events.flatMap((event) => eventJson(place, event, true) ?? []),
    ...issue.comments.map((each) => {
      const json = commentJson(place, each);
      return { ...json, event: "commented", actor: json.user };
    }),
  ];
  entries.sort((a, b) => a.created_at.localeCompare(b.created_at) || a.id - b.id);
  return list(call, entries, (entry) => entry);
}

export const githubRoutes: readonly Route[] = [
  route("GET", "/user", "user", (call) => {
    const account = caller(call);
    if (account.bot) throw new Refusal(403, "Resource not accessible by integration");
    const at = time(0);
    return ok({
      ...userJson(call.memory, call.api, account),
      ...{
        name: account.name,
        company: null,
        blog: "",
        location: null,
        email: null,
        hireable: null,
        bio: null,
      },
      ...{ public_repos: 0, public_gists: 0, followers: 0, following: 0, created_at: at, updated_at: at },
    });
  }),
  route("GET", "/repos/:owner/:repo", "repository", (call) => {
    const doing = here(call);
    const right = call.memory.right(doing.project, doing.actor);
    const permissions = {
      admin: false,
      maintain: false,
      push: right === "write",
      triage: right === "write" || right === "triage",
      pull: true,
    };
    return ok({ ...repositoryJson(placeOf(call, doing)), permissions });
  }),
  route("GET", ISSUES, "issues", listIssues),
  route("GET", ISSUE, "issue", (call) => {
    const doing = here(call);
    return ok(issueJson(placeOf(call, doing), findIssue(doing, numberOf(call))));
  }),
  route(
    "POST",
    ISSUES,
    "issue",
    (call) => {
      const doing = here(call);
      const title = text(call.body.title) ?? "";
      const body = text(call.body.body) ?? "";
      const labels = names(call.body.labels);
      const made = createIssue(doing, { title, body, labels, assignees: names(call.body.assignees) });
      return ok(issueJson(placeOf(call, doing), made), 201);
    },
    "issue",
  ),
  route("PATCH", ISSUE, "issue", patchIssue),
  route("GET", `${ISSUE}/labels`, "issue labels", (call) => {
    const doing = here(call);
    return list(call, findIssue(doing, numberOf(call)).labels, (label) =>
      labelJson(placeOf(call, doing), label),
    );
  }),
  route("POST", `${ISSUE}/labels`, "label", (call) => {
    const doing = here(call);
    const wanted = names(Array.isArray(call.body) ? call.body : call.body.labels);
    const changed = editIssue(doing, numberOf(call), { addLabels: wanted });
    return ok(changed.labels.map((label) => labelJson(placeOf(call, doing), label)));
  }),
  route("PUT", `${ISSUE}/labels`, "labels", (call) => {
    const doing = here(call);
    const changed = editIssue(doing, numberOf(call), { labels: names(call.body.labels) });
    const violation = "label set: labels written as a whole";
    return { ...ok(changed.labels.map((label) => labelJson(placeOf(call, doing), label))), violation };
  }),
  route("DELETE", `${ISSUE}/labels/:name`, "label", removeLabel),
  route("POST", `${ISSUE}/assignees`, "assignee", (call) => assignees(call, "addAssignees", 201)),
  route("DELETE", `${ISSUE}/assignees`, "assignee", (call) => assignees(call, "removeAssignees", 200)),
  route("GET", "/repos/:owner/:repo/assignees", "assignees", (call) => {
    const doing = here(call);
    const able = [...call.memory.accounts.values()].filter(({ handle }) => assignable(doing, handle));
    return list(call, able, (each) => userJson(call.memory, call.api, each));
  }),
  route("GET", "/repos/:owner/:repo/assignees/:handle", "assignee", (call) => {
    if (assignable(here(call), call.params.handle ?? "")) return { status: 204 };
    throw new Refusal(404, "Not Found");
  }),
  route("GET", `${ISSUE}/comments`, "comments", (call) => {
    const doing = here(call);
    const since = call.query.has("since")
      ? Date.parse(call.query.get("since") ?? "")
      : Number.NEGATIVE_INFINITY;
    const found = findIssue(doing, numberOf(call)).comments.filter((each) => each.updatedAt >= since);
    return list(call, found, (each) => commentJson(placeOf(call, doing), each));
  }),
  route(
    "POST",
    `${ISSUE}/comments`,
    "comment",
    (call) => {
      const doing = here(call);
      const made = comment(doing, numberOf(call), text(call.body.body) ?? "");
      return ok(made && commentJson(placeOf(call, doing), made), 201);
    },
    "comment",
  ),
  route("GET", `${ISSUES}/comments/:id`, "comment", (call) => {
    const doing = here(call);
    return ok(commentJson(placeOf(call, doing), findComment(doing, Number(call.params.id)).comment));
  }),
  route("PATCH", `${ISSUES}/comments/:id`, "comment", (call) => {
    const doing = here(call);
    const changed = editComment(doing, Number(call.params.id), text(call.body.body) ?? "");
    return ok(commentJson(placeOf(call, doing), changed));
  }),
  route("GET", `${ISSUES}/comments/:id/reactions`, "reactions", (call) => {
    const doing = here(call);
    const { reactions } = findComment(doing, Number(call.params.id)).comment;
    return list(call, reactions, (each) => reactionJson(call, each));
  }),
  route("POST", `${ISSUES}/comments/:id/reactions`, "reaction", (call) => {
    const doing = here(call);
    const content = text(call.body.content) ?? "";
    if (!REACTIONS.includes(content)) throw new Refusal(422, "content is invalid", "content");
    const id = Number(call.params.id);
    const isNew = react(doing, id, content as Reaction);
    const { reactions } = findComment(doing, id).comment;
    const made = reactions.find((each) => each.account === doing.actor && each.reaction === content);
    return ok(made && reactionJson(call, made), isNew ? 201 : 200);
  }),
  route("GET", `${ISSUE}/events`, "events", (call) => {
    const doing = here(call);
    const { events } = findIssue(doing, numberOf(call));
    return list(
      call,
      events.flatMap((event) => eventJson(placeOf(call, doing), event, false) ?? []),
      (json) => json,
    );
  }),
  route("GET", `${ISSUES}/events`, "repository events", (call) => {
    const doing = here(call);
    const place = placeOf(call, doing);
    const all = [...doing.project.issues.values()].flatMap((issue) =>
      issue.events.map((event) => ({ issue, event })),
    );
    all.sort((a, b) => b.event.id - a.event.id);
    const shown = all.filter(({ event }) => eventJson(place, event, false) !== null);
    return list(call, shown, ({ issue, event }) => ({
      ...eventJson(place, event, false),
      issue: issueJson(place, issue),
    }));
  }),
  route("GET", `${ISSUE}/timeline`, "timeline", timeline),
  route("GET", "/repos/:owner/:repo/labels", "labels", (call) => {
    const doing = here(call);
    return list(call, doing.project.labels, (label) => labelJson(placeOf(call, doing), label));
  }),
  route("POST", "/repos/:owner/:repo/labels", "label", (call) => {
    const doing = here(call);
    const color = `#${text(call.body.color) ?? "ededed"}`;
    if (!/^#[0-9a-f]{6}$/i.test(color)) throw new Refusal(422, "color is invalid", "color");
    const description = text(call.body.description) ?? "";
    const made = createLabel(doing, { name: text(call.body.name) ?? "", color, description });
    return ok(labelJson(placeOf(call, doing), made), 201);
  }),
  route("PATCH", "/repos/:owner/:repo/labels/:name", "label", (call) => {
    const doing = here(call);
    const { new_name: name, color, description } = call.body;
    const changed = editLabel(doing, call.params.name ?? "", {
      ...(name === undefined ? {} : { name: String(name) }),
      ...(color === undefined ? {} : { color: `#${color}` }),
      ...(description === undefined ? {} : { description: String(description ?? "") }),
    });
    return ok(labelJson(placeOf(call, doing), changed));
  }),
  route("POST", "/graphql", "graphql", graphql),
  ...projectRoutes,
];

function reactionJson(call: Call, each: { id: number; account: Doing["actor"]; reaction: Reaction }) {
  return {
    id: each.id,
    node_id: nodeId("REA", each.id),
    user: userJson(call.memory, call.api, each.account),
    content: each.reaction,
    created_at: time(call.memory.now()),
  };
}
