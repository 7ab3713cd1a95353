/** Issue boards of a project, with one list per label. https://docs.gitlab.com/api/boards/ */
import {
  addLabelList,
  boardsOf,
  createBoard,
  type StoredBoard,
  type StoredList,
} from "../../forge/memory/boards.ts";
import { Refusal } from "../../forge/memory/index.ts";
import { type Call, type Route, route, text } from "../http.ts";
import { here, list, ok } from "./list.ts";
import { labelJson } from "./wire.ts";

function boardOf(call: Call): StoredBoard {
  const found = boardsOf(here(call)).find((each) => String(each.id) === call.params.board);
  if (!found) throw new Refusal(404, "404 Board Not Found");
  return found;
}

const listJson = (each: StoredList, position: number) => ({
  id: each.id,
  label: each.label ? labelJson(each.label) : null,
  position,
  list_type: "label",
});

const boardJson = (board: StoredBoard) => ({
  id: board.id,
  name: board.title,
  hide_backlog_list: false,
  hide_closed_list: false,
  lists: board.lists.map(listJson),
});

export const boardRoutes: readonly Route[] = [
  route("GET", "/projects/:id/boards", "boards", (call) => list(call, boardsOf(here(call)), boardJson)),
  route("POST", "/projects/:id/boards", "board", (call) => {
    const name = text(call.body.name) ?? "";
    if (name === "") throw new Refusal(400, "name is missing");
    return ok(boardJson(createBoard(here(call), name)), 201);
  }),
  route("GET", "/projects/:id/boards/:board/lists", "board lists", (call) => {
    const { lists } = boardOf(call);
    return list(call, lists, (each) => listJson(each, lists.indexOf(each)));
  }),
  route("POST", "/projects/:id/boards/:board/lists", "board list", (call) => {
    const doing = here(call);
    const board = boardOf(call);
    const label = doing.project.labels.find((each) => String(each.id) === String(call.body.label_id));
    if (!label) throw new Refusal(400, "Label not found");
    return ok(listJson(addLabelList(doing, board, label), board.lists.length - 1), 201);
  }),
];
