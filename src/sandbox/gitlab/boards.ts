/** Issue boards of a project, with one list per label. https://docs.gitlab.com/api/boards/ */
import type { MemoryForge } from "../../forge/memory/index.ts";
import { Refusal } from "../../forge/memory/index.ts";
import { demand } from "../../forge/memory/rules.ts";
import type { Project, StoredLabel } from "../../forge/memory/state.ts";
import { type Call, type Route, route } from "../http.ts";
import { here, list, ok } from "./list.ts";
import { labelJson } from "./wire.ts";

interface Board {
  readonly id: number;
  readonly name: string;
  readonly lists: { readonly id: number; readonly label: StoredLabel }[];
}

const boards = new WeakMap<Project, Board[]>();

function boardsOf(project: Project): Board[] {
  const found = boards.get(project) ?? [];
  boards.set(project, found);
  return found;
}

function boardOf(call: Call): Board {
  const found = boardsOf(here(call).project).find((each) => String(each.id) === call.params.board);
  if (!found) throw new Refusal(404, "404 Board Not Found");
  return found;
}

const listJson = (each: Board["lists"][number], position: number) => ({
  id: each.id,
  label: labelJson(each.label),
  position,
  list_type: "label",
});

const boardJson = (board: Board) => ({
  id: board.id,
  name: board.name,
  hide_backlog_list: false,
  hide_closed_list: false,
  lists: board.lists.map(listJson),
});

function make(memory: MemoryForge, project: Project, name: string): Board {
  const made: Board = { id: memory.nextId(), name, lists: [] };
  boardsOf(project).push(made);
  return made;
}

export const boardRoutes: readonly Route[] = [
  route("GET", "/projects/:id/boards", "boards", (call) =>
    list(call, boardsOf(here(call).project), boardJson),
  ),
  route("POST", "/projects/:id/boards", "board", (call) => {
    const doing = here(call);
    demand(doing, "triage");
    return ok(boardJson(make(call.memory, doing.project, String(call.body.name ?? "Development"))), 201);
  }),
  route("GET", "/projects/:id/boards/:board/lists", "board lists", (call) =>
    list(call, boardOf(call).lists, (each) => listJson(each, 0)),
  ),
  route("POST", "/projects/:id/boards/:board/lists", "board list", (call) => {
    const doing = here(call);
    demand(doing, "triage");
    const board = boardOf(call);
    const label = doing.project.labels.find((each) => String(each.id) === String(call.body.label_id));
    if (!label) throw new Refusal(400, "Label not found");
    if (board.lists.some((each) => each.label === label))
      throw new Refusal(400, "Label has already been taken");
    const made = { id: call.memory.nextId(), label };
    board.lists.push(made);
    return ok(listJson(made, board.lists.length - 1), 201);
  }),
];
