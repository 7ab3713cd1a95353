import { describe, expect, it } from "vitest";
import type { Board, Boards } from "../../../src/forge/forge.ts";
import { boardsOf } from "../../../src/forge/memory/boards.ts";
import type { Stage } from "../forge.contract.ts";
import { PROJECT, refusal, type World } from "../worlds.ts";

const TITLE = "Access requests: 50% & more";
const LABELS = ["SalesOpsAR::Action Needed", "SalesOpsAR::In Progress", "Done, really"].map((name, i) => ({
  name: name.replaceAll(",", ""),
  color: ["#d9534f", "#f0ad4e", "#5cb85c"][i] ?? "",
  description: `The ${i}`,
}));
const NAMES = LABELS.map(({ name }) => name);

async function found(boards: Boards, title = TITLE): Promise<Board | null> {
  const board = await boards.find(title, NAMES);
  if (board !== null && "absent" in board) throw new Error(board.absent);
  return board;
}

async function created(boards: Boards, title = TITLE): Promise<Board> {
  const board = await boards.create(title);
  if ("absent" in board) throw new Error(board.absent);
  return board;
}

export function boards({ world }: Stage): void {
  const labelled = (on: World = world()) => {
    for (const { name, color } of LABELS) on.memory.addLabel(PROJECT, name, { color });
    return on;
  };
  const stored = () => boardsOf(world().memory.acting(world().memory.account("meri"), PROJECT));

  describe("boards", () => {
    it("has none at first, makes one, and finds it again by its title", async () => {
      const { forge, as } = labelled();
      expect(await found(forge.boards)).toBeNull();
      const made = await created(forge.boards);
      expect(made).toMatchObject({ title: TITLE, lists: [] });
      expect(made.url).toMatch(/^http/);
      expect(await found(as().boards)).toEqual(made);
      expect(await found(as().boards, "Another")).toBeNull();
    });

    it("adds a list for each label, in order", async () => {
      const { forge, as } = labelled();
      const made = await created(forge.boards);
      expect((await forge.boards.addLists(made, LABELS)).lists).toEqual(NAMES);
      expect((await found(as().boards))?.lists).toEqual(NAMES);
      expect(stored()).toHaveLength(1);
    });

    it("finds its board among more than a page of them", async () => {
      const { forge, as } = labelled();
      for (let i = 0; i < 120; i += 1) await created(forge.boards, `Board ${i}`);
      const made = await created(forge.boards);
      expect(await found(as().boards)).toEqual(made);
    });

    it("on GitLab takes another board that has all the lists, and adds lists of its own behind those there are", async () => {
      const { forge, as, kind, memory } = labelled();
      if (kind === "github") return;
      memory.addLabel(PROJECT, "Ours");
      const theirs = await created(forge.boards, "Development");
      await forge.boards.addLists(theirs, [{ name: "Ours", color: "", description: "" }]);
      expect(await found(as().boards)).toBeNull();
      await forge.boards.addLists((await as().boards.find("Development", [])) as Board, LABELS);
      expect(await found(as().boards)).toMatchObject({ title: "Development", lists: ["Ours", ...NAMES] });
    });

    it("on GitLab says which label there is none of", async () => {
      const { forge, kind } = world();
      if (kind === "github") return;
      const made = await created(forge.boards);
      const error = await refusal(forge.boards.addLists(made, LABELS));
      expect(error.kind).toBe("invalid");
      expect(error.message).toContain("SalesOpsAR::Action Needed");
    });

    it("puts issues into lists where they do not go there by their labels", async () => {
      const { forge, as, memory, kind } = labelled();
      const { cards } = forge.boards;
      expect(cards === null).toBe(kind === "gitlab");
      if (cards === null) return;
      const board = await forge.boards.addLists(await created(forge.boards), LABELS);
      const numbers = Array.from({ length: 105 }, (_, i) =>
        memory.by("meri").open(PROJECT, { title: `${i}` }),
      );
      const [one = 0, two = 0] = numbers;
      for (const number of numbers) await cards.place(board, number, NAMES[0] ?? "");
      // Another instance, which has to find the card, and one that is told of it again.
      await as().boards.cards?.place(board, one, NAMES[1] ?? "");
      await as().boards.cards?.place(board, one, NAMES[1] ?? "");
      const places = await as().boards.cards?.list(board);
      expect(places?.size).toBe(105);
      expect([places?.get(one), places?.get(two)]).toEqual([NAMES[1], NAMES[0]]);
      expect(stored()[0]?.cards).toHaveLength(105);
      expect((await refusal(cards.place(board, one, "no such list"))).message).toContain("no such list");
    });

    it("leaves lists to people that GitHub lets nobody else add", async () => {
      const { forge, as, kind } = labelled();
      if (kind === "gitlab") return;
      const board = await created(forge.boards);
      await forge.boards.addLists(board, LABELS.slice(0, 2));
      const error = await refusal(as().boards.addLists(board, LABELS));
      expect(error.kind).toBe("invalid");
    });

    it("an account that may only read makes none", async () => {
      const { as, kind } = labelled();
      const { boards: readers } = as({ account: "guest" });
      expect(await found(readers)).toBeNull();
      const made = kind === "github" ? await readers.create(TITLE) : await refusal(readers.create(TITLE));
      if ("absent" in made) expect(made.absent.length).toBeGreaterThan(30);
      else expect("kind" in made && made.kind).toBe("forbidden");
      expect(stored()).toEqual([]);
    });

    it("says that a workflow's token reaches none, without calling it a failure", async () => {
      const { as, memory, kind } = world();
      if (kind === "gitlab") return;
      const token = "secret-of-a-workflow";
      memory.addAccount("github-actions[bot]", { bot: true, token });
      memory.grant(PROJECT, "github-actions[bot]", "write");
      const none = await as({ account: "github-actions[bot]", token }).boards.find(TITLE, NAMES);
      expect(none).toEqual({ absent: expect.stringMatching(/./) });
    });
  });
}
