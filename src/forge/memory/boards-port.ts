/** The port to the boards of a forge in memory. */
import { type Absent, type Board, type Boards, ForgeError } from "../forge.ts";
import {
  addCard,
  addField,
  addLabelList,
  boardsOf,
  createBoard,
  listName,
  moveCard,
  type StoredBoard,
} from "./boards.ts";
import type { MemoryForge } from "./memory.ts";
import { type Doing, findIssue } from "./rules.ts";
import { Refusal } from "./state.ts";

interface Asking {
  readonly ask: <T>(kind: string, what: string, act: (acting: Doing) => T) => Promise<T>;
  readonly project: string;
}

export function memoryBoards(memory: MemoryForge, { ask, project }: Asking): Boards {
  const asBoard = (board: StoredBoard): Board => ({
    id: String(board.id),
    title: board.title,
    url: `${memory.web}/${board.home}/boards/${board.id}`,
    lists: board.lists.map(listName),
  });
  const stored = (acting: Doing, { id }: Board): StoredBoard => {
    const found = boardsOf(acting).find((board) => String(board.id) === id);
    if (!found) throw new Refusal(404, "Not Found");
    return found;
  };
  const absent = async <T>(asked: Promise<T>): Promise<T | Absent> => {
    try {
      return await asked;
    } catch (error) {
      const cannot = memory.kind === "github" && error instanceof ForgeError && error.kind === "forbidden";
      if (cannot) return { absent: error.message };
      throw error;
    }
  };
  return {
    find: (title, labels) =>
      absent(
        ask("GET boards", `list the boards of ${project}`, (acting) => {
          const all = boardsOf(acting).map(asBoard);
          const others = memory.kind === "gitlab" ? all.filter((one) => hasLists(one, labels)) : [];
          return all.find((one) => one.title === title) ?? others[0] ?? null;
        }),
      ),
    create: (title) =>
      absent(
        ask("POST board", `create a board in ${project}`, (acting) => asBoard(createBoard(acting, title))),
      ),
    addLists: (board, labels) =>
      ask("POST board list", `add lists to a board of ${project}`, (acting) => {
        const found = stored(acting, board);
        if (memory.kind === "github") addField(acting, found, "State", labels);
        else {
          for (const { name } of labels) {
            const label = acting.project.labels.find((one) => one.name === name);
            if (!label) throw new Refusal(400, `there is no label "${name}"`);
            addLabelList(acting, found, label);
          }
        }
        return asBoard(found);
      }),
    cards:
      memory.kind === "gitlab"
        ? null
        : {
            list: (board) =>
              ask("GET cards", `list the cards of a board of ${project}`, (acting) => {
                const own = stored(acting, board).cards.filter(
                  (card) => card.project === acting.project.name,
                );
                return new Map(own.map(({ issue, list }) => [issue.number, list ? listName(list) : null]));
              }),
            place: (board, issue, label) =>
              ask("PATCH card", `put ${project}#${issue} on a board`, (acting) => {
                const found = stored(acting, board);
                const list = found.lists.find((one) => listName(one) === label);
                if (!list) throw new Refusal(422, `there is no list "${label}"`);
                moveCard(acting, addCard(acting, found, findIssue(acting, issue)), list);
                return { status: "applied", url: memory.issueUrl(acting.project, issue) } as const;
              }),
          },
  };
}

const hasLists = ({ lists }: Board, labels: readonly string[]): boolean =>
  labels.every((label) => lists.includes(label));
