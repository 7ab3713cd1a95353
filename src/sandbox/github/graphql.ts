/** The few GraphQL fields that daytwo asks for, told apart by the fields that a query names. */
import { pin } from "../../forge/memory/acts.ts";
import { Refusal } from "../../forge/memory/index.ts";
import { type Doing, findIssue } from "../../forge/memory/rules.ts";
import type { StoredEdit, StoredIssue } from "../../forge/memory/state.ts";
import { type Answer, type Call, caller, text } from "../http.ts";
import { createProject } from "./projects.ts";
import { nodeId, time } from "./wire.ts";

type Json = Readonly<Record<string, unknown>>;

/** Answers `viewer { login }`, an issue with `id`, `isPinned` and `userContentEdits`, `pinIssue` and `createProjectV2`. */
export function graphql(call: Call): Answer {
  const account = caller(call);
  const query = text(call.body.query) ?? "";
  const variables = (call.body.variables ?? {}) as Json;
  try {
    if (/\bpinIssue\b/.test(query))
      return { status: 200, body: { data: { pinIssue: pinIssue(call, query, variables) } } };
    if (/\bcreateProjectV2\b/.test(query))
      return { status: 200, body: { data: { createProjectV2: createProject(call, variables) } } };
    if (/\brepository\b/.test(query)) {
      return { status: 200, body: { data: { repository: repository(call, query, variables) } } };
    }
    if (/\bviewer\b/.test(query)) {
      return {
        status: 200,
        body: { data: { viewer: { login: account.handle, id: nodeId("U", account.id) } } },
      };
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const type = error.status === 404 ? "NOT_FOUND" : error.status === 403 ? "FORBIDDEN" : "UNPROCESSABLE";
    const path = [/\b(?:pinIssue|createProjectV2)\b/.exec(query)?.[0] ?? "repository"];
    return {
      status: 200,
      body: { data: { [path[0] ?? ""]: null }, errors: [{ type, path, message: error.message }] },
    };
  }
  return { status: 200, body: { errors: [{ message: "The sandbox does not know this query" }] } };
}

function pinIssue(call: Call, query: string, variables: Json) {
  const wanted = /\bI_\d+\b/.exec(`${JSON.stringify(variables)} ${query}`)?.[0];
  const found = allIssues(call).find(({ issue }) => nodeId("I", issue.id) === wanted);
  if (!found) throw new Refusal(404, `Could not resolve to a node with the global id of '${wanted ?? ""}'`);
  if (!pin(found.doing, found.issue.number)) throw new Refusal(422, "Issue is already pinned");
  return { issue: { id: wanted, number: found.issue.number, isPinned: true } };
}

function allIssues(call: Call): { doing: Doing; issue: StoredIssue }[] {
  return [...call.memory.projects.values()].flatMap((project) => {
    const right = call.memory.right(project, caller(call));
    if (project.private && right === "none") return [];
    const doing = call.memory.acting(caller(call), project.name);
    return [...project.issues.values()].map((issue) => ({ doing, issue }));
  });
}

function repository(call: Call, query: string, variables: Json) {
  const value = (...names: string[]) =>
    names.map((name) => variables[name]).find((each) => each !== undefined);
  const literal = (name: string) => new RegExp(`\\b${name}:\\s*"?([^",\\s)]+)`).exec(query)?.[1];
  const owner = value("owner") ?? literal("owner");
  const name = value("name", "repo") ?? literal("name");
  const doing = call.memory.acting(caller(call), `${owner}/${name}`);
  if (!/\bissue\b/.test(query)) return { id: nodeId("R", doing.project.id) };
  const issue = findIssue(doing, Number(value("number", "issue") ?? literal("number")));
  return {
    issue: {
      id: nodeId("I", issue.id),
      number: issue.number,
      isPinned: doing.project.pinned.includes(issue.number),
      userContentEdits: edits(
        issue,
        Number(value("first") ?? literal("first")) || 100,
        text(value("after", "cursor")),
      ),
    },
  };
}

/** Newest first, as GitHub lists them; `diff` is the whole body as it stood after the edit. */
function edits(issue: StoredIssue, first: number, after: string | undefined) {
  const all = issue.edits.toReversed();
  const from = after === undefined ? 0 : Number(after.slice("cursor:".length));
  const nodes = all.slice(from, from + first).map((edit: StoredEdit) => ({
    createdAt: time(edit.at),
    editedAt: time(edit.at),
    deletedAt: null,
    diff: edit.body,
    editor: edit.editor.gone
      ? null
      : { __typename: edit.editor.bot ? "Bot" : "User", login: edit.editor.handle.replace(/\[bot\]$/, "") },
  }));
  const end = from + nodes.length;
  return {
    totalCount: all.length,
    pageInfo: { hasNextPage: end < all.length, endCursor: nodes.length > 0 ? `cursor:${end}` : null },
    nodes,
  };
}
