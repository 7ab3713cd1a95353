/** Projects (v2) of an organization. https://docs.github.com/en/rest/projects */
import {
  addCard,
  addField,
  boardsOf,
  createBoard,
  moveCard,
  type StoredBoard,
  type StoredCard,
  type StoredList,
} from "../../forge/memory/boards.ts";
import { Refusal } from "../../forge/memory/index.ts";
import { type Doing, findIssue } from "../../forge/memory/rules.ts";
import { type Answer, type Call, caller, linkHeader, type Route, route, text } from "../http.ts";
import { ok } from "./list.ts";
import { issueJson, nodeId, time, userJson } from "./wire.ts";

const PROJECTS = "/orgs/:org/projectsV2";
const PROJECT = `${PROJECTS}/:number`;

/** The caller in some project of the owner that they may see: projects (v2) belong to the owner. */
function here(call: Call): Doing {
  const account = caller(call);
  const owned = [...call.memory.projects.values()].filter(
    ({ name }) => name.split("/")[0]?.toLowerCase() === call.params.org?.toLowerCase(),
  );
  const seen = owned.find((project) => !project.private || call.memory.right(project, account) !== "none");
  if (!seen) throw new Refusal(404, "Not Found");
  return call.memory.acting(account, seen.name);
}

function projectOf(call: Call, doing = here(call)): StoredBoard {
  const found = boardsOf(doing).find((each) => String(each.number) === call.params.number);
  if (!found) throw new Refusal(404, "Not Found");
  return found;
}

/** In pages with a cursor, as this part of the API has them. */
function page<T>(call: Call, all: readonly T[], map: (item: T) => unknown): Answer {
  const size = Math.min(100, Number(call.query.get("per_page")) || 30);
  const from = Number(atob(call.query.get("after") ?? "")) || 0;
  const end = from + size;
  const link = end < all.length ? linkHeader(call, { next: { after: btoa(String(end)) } }) : "";
  return { ...ok(all.slice(from, end).map(map)), headers: link === "" ? {} : { link } };
}

const at = time(0);

function projectJson(call: Call, board: StoredBoard) {
  const owner = userJson(call.memory, call.api, caller(call));
  return {
    id: board.id,
    node_id: nodeId("PVT", board.id),
    owner: { ...owner, login: board.home, type: "Organization" },
    creator: owner,
    title: board.title,
    description: null,
    public: false,
    closed_at: null,
    created_at: at,
    updated_at: at,
    number: board.number,
    short_description: null,
    deleted_at: null,
    deleted_by: null,
    state: "open",
    is_template: false,
  };
}

const urlOf = (call: Call, board: StoredBoard) => `${call.api}/orgs/${board.home}/projectsV2/${board.number}`;
const words = (raw: string) => ({ raw, html: raw });

const choiceJson = ({ id, name, color }: StoredList) => ({
  id: String(id),
  name: words(name),
  description: words(""),
  color,
});

function fieldsJson(call: Call, board: StoredBoard) {
  const shared = { project_url: urlOf(call, board), created_at: at, updated_at: at };
  const title = {
    id: board.id + 1_000_000,
    node_id: nodeId("PVTF", board.id),
    name: "Title",
    data_type: "title",
  };
  const { field, lists } = board;
  if (!field) return [{ ...title, ...shared }];
  const choices = { data_type: "single_select", options: lists.map(choiceJson) };
  return [
    { ...title, ...shared },
    { ...field, node_id: nodeId("PVTSSF", field.id), ...choices, ...shared },
  ];
}

function itemJson(call: Call, doing: Doing, board: StoredBoard, card: StoredCard, fields: readonly string[]) {
  const { memory, api } = call;
  const place = { memory, api, project: memory.project(card.project) };
  const wanted = board.field && fields.includes(String(board.field.id)) ? board.field : null;
  return {
    id: card.id,
    node_id: nodeId("PVTI", card.id),
    project_url: urlOf(call, board),
    content_type: "Issue",
    content: issueJson(place, card.issue),
    creator: userJson(memory, api, doing.actor),
    created_at: at,
    updated_at: at,
    archived_at: null,
    item_url: `${urlOf(call, board)}/items/${card.id}`,
    fields: wanted
      ? [{ ...wanted, data_type: "single_select", value: card.list ? choiceJson(card.list) : null }]
      : [],
  };
}

export const projectRoutes: readonly Route[] = [
  route("GET", PROJECTS, "projectsV2", (call) =>
    page(call, boardsOf(here(call)), (each) => projectJson(call, each)),
  ),
  route("GET", `${PROJECT}/fields`, "fields", (call) =>
    page(call, fieldsJson(call, projectOf(call)), (each) => each),
  ),
  route("POST", `${PROJECT}/fields`, "field", (call) => {
    const doing = here(call);
    const board = projectOf(call, doing);
    const { name, data_type: type, single_select_options: options } = call.body;
    if (type !== "single_select" || !Array.isArray(options)) throw new Refusal(422, "data_type is invalid");
    addField(doing, board, text(name) ?? "", options as { name: string; color: string }[]);
    return ok(fieldsJson(call, board).at(-1), 201);
  }),
  route("POST", `${PROJECT}/views`, "view", (call) => {
    const doing = here(call);
    const board = projectOf(call, doing);
    const { name, layout, filter, vertical_group_by: columns } = call.body;
    if (layout !== "board" && layout !== "table" && layout !== "roadmap") {
      throw new Refusal(422, "layout is invalid", "layout");
    }
    board.views.push(layout);
    const id = call.memory.nextId();
    return ok(
      {
        id,
        number: board.views.length,
        name: text(name) ?? "",
        layout,
        node_id: nodeId("PVTV", id),
        project_url: urlOf(call, board),
        html_url: `${call.memory.web}/orgs/${board.home}/projects/${board.number}/views/${board.views.length}`,
        creator: userJson(call.memory, call.api, doing.actor),
        created_at: at,
        updated_at: at,
        filter: text(filter) ?? null,
        visible_fields: [],
        sort_by: [],
        group_by: [],
        vertical_group_by: Array.isArray(columns) ? columns : [],
      },
      201,
    );
  }),
  route("GET", `${PROJECT}/items`, "items", (call) => {
    const doing = here(call);
    const board = projectOf(call, doing);
    const fields = (call.query.get("fields") ?? "").split(",");
    return page(call, board.cards, (each) => itemJson(call, doing, board, each, fields));
  }),
  route("POST", `${PROJECT}/items`, "item", (call) => {
    const doing = here(call);
    const board = projectOf(call, doing);
    const { type, owner, repo, number } = call.body;
    if (type !== "Issue") throw new Refusal(422, "type is invalid", "type");
    const at = call.memory.acting(doing.actor, `${owner}/${repo}`);
    const card = addCard(at, board, findIssue(at, Number(number)));
    const { content: _, fields: __, ...made } = itemJson(call, doing, board, card, []);
    return ok(made, 201);
  }),
  route("PATCH", `${PROJECT}/items/:item`, "item", (call) => {
    const doing = here(call);
    const board = projectOf(call, doing);
    const card = board.cards.find((each) => String(each.id) === call.params.item);
    if (!card) throw new Refusal(404, "Not Found");
    for (const update of (call.body.fields ?? []) as { id?: unknown; value?: unknown }[]) {
      if (update.id !== board.field?.id) throw new Refusal(422, "field is invalid", "fields");
      const list = board.lists.find((each) => String(each.id) === update.value) ?? null;
      if (!list && update.value !== null) throw new Refusal(422, "value is invalid", "fields");
      moveCard(doing, card, list);
    }
    return ok(itemJson(call, doing, board, card, [String(board.field?.id)]));
  }),
];

/** GraphQL's `createProjectV2`. */
export function createProject(call: Call, variables: Readonly<Record<string, unknown>>) {
  const repository = [...call.memory.projects.values()].find(
    ({ id }) => nodeId("R", id) === variables.repository,
  );
  if (!repository) throw new Refusal(404, "Could not resolve to a node");
  const doing = call.memory.acting(caller(call), repository.name);
  const { number, title } = createBoard(doing, text(variables.title) ?? "");
  return { projectV2: { number, title } };
}
