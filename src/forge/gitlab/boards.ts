/** Issue boards with a list for each label. https://docs.gitlab.com/api/boards/ */
import { z } from "zod";
import { type Board, type Boards, ForgeError, type Label } from "../forge.ts";
import { writeOnce } from "../http/send.ts";
import type { Doing } from "../http/words.ts";
import type { Client } from "./client.ts";

/** https://docs.gitlab.com/user/permissions/: boards and their lists take Planner since 17.7, Reporter before. */
const NEED = "the scope api and the role Planner, Reporter or above";

const wireBoard = z.object({
  id: z.number(),
  name: z.string(),
  lists: z
    .array(z.object({ label: z.object({ name: z.string() }).nullish(), position: z.number().nullish() }))
    .nullish(),
});
const wireLabelId = z.object({ id: z.number(), name: z.string() });

export function createBoards(client: Client): Boards {
  const { api, path, sender, target } = client;
  const { project } = target;
  const reading = (what: string): Doing => ({ what, write: false, target: null });
  const writing = (what: string, thing: string | null = null): Doing => ({
    what,
    write: true,
    target: thing,
    need: NEED,
  });

  const toBoard = ({ id, name, lists }: z.infer<typeof wireBoard>): Board => ({
    id: String(id),
    title: name,
    url: `${target.web}/${project}/-/boards/${id}`,
    // Lists of people and milestones have no label.
    lists: [...(lists ?? [])]
      .sort((a, b) => (a.position ?? 0) - (b.position ?? 0))
      .flatMap(({ label }) => label?.name ?? []),
  });

  const all = () =>
    client.list(reading("list boards"), {
      path: `${path}/boards`,
      schema: wireBoard,
      map: (row) => [toBoard(row)],
      remember: false,
    });

  const labelIds = async (): Promise<ReadonlyMap<string, number>> =>
    new Map(
      await client.list(reading("list labels"), {
        path: `${path}/labels`,
        schema: wireLabelId,
        map: ({ id, name }) => [[name, id] as const],
        remember: false,
      }),
    );

  async function addList(board: Board, { name }: Label, labelId: number): Promise<void> {
    const doing = writing(`add a list for "${name}" to the board "${board.title}"`, `board ${board.id}`);
    await writeOnce(
      sender,
      async () => {
        await client.ask(doing, z.unknown(), () =>
          api.boards.createList(project, Number(board.id), { labelId }),
        );
        return true;
      },
      async () => ((await all()).find(({ id }) => id === board.id)?.lists.includes(name) ? true : null),
    );
  }

  return {
    find: async (title, labels) => {
      const boards = await all();
      const others = boards.filter(({ lists }) => labels.every((label) => lists.includes(label)));
      return boards.find((board) => board.title === title) ?? others[0] ?? null;
    },
    create: (title) =>
      writeOnce(
        sender,
        async () =>
          toBoard(
            await client.ask(writing("create a board"), wireBoard, () => api.boards.create(project, title)),
          ),
        async () => (await all()).find((board) => board.title === title) ?? null,
      ),
    addLists: async (board, labels) => {
      const ids = await labelIds();
      const missing = labels.find(({ name }) => !ids.has(name));
      if (missing) {
        throw new ForgeError(
          "invalid",
          `cannot add a list to the board "${board.title}" in ${project}: there is no label "${missing.name}"; make it with daytwo labels sync`,
        );
      }
      // One after the other: their order is that of the board.
      for (const label of labels) await addList(board, label, ids.get(label.name) as number);
      return { ...board, lists: [...board.lists, ...labels.map(({ name }) => name)] };
    },
    cards: null,
  };
}
