/** Boards: of a project on GitLab, with a list for a label; of an owner on GitHub, with a list for a choice of a field. */
import type { MemoryForge } from "./memory.ts";
import { type Acting, demand } from "./rules.ts";
import { Refusal, type StoredIssue, type StoredLabel } from "./state.ts";

export interface StoredList {
  readonly id: number;
  /** GitHub: a name of its own. */
  readonly name: string;
  /** GitLab: the list's label, whatever it is called by now. */
  readonly label: StoredLabel | null;
  readonly color: string;
}

export interface StoredCard {
  readonly id: number;
  readonly project: string;
  readonly issue: StoredIssue;
  list: StoredList | null;
}

export interface StoredBoard {
  readonly id: number;
  /** GitHub: counted by owner. */
  readonly number: number;
  /** GitLab: the project's full name; GitHub: the owner's. In lower case. */
  readonly home: string;
  readonly title: string;
  /** GitHub: the field whose choices the lists are; null until it is made. */
  field: { readonly id: number; readonly name: string } | null;
  readonly lists: StoredList[];
  readonly cards: StoredCard[];
  /** GitHub: layouts of the views that were made. */
  readonly views: string[];
}

const boards = new WeakMap<MemoryForge, StoredBoard[]>();

const homeOf = ({ forge, project }: Acting): string =>
  (forge.kind === "gitlab" ? project.name : (project.name.split("/")[0] ?? "")).toLowerCase();

/** The boards of the project; on GitHub those of its owner. */
export function boardsOf(acting: Acting): StoredBoard[] {
  reach(acting);
  const home = homeOf(acting);
  return (boards.get(acting.forge) ?? []).filter((board) => board.home === home);
}

export function createBoard(acting: Acting, title: string): StoredBoard {
  reach(acting);
  demandEditing(acting);
  const { forge } = acting;
  const number = boardsOf(acting).length + 1;
  const home = homeOf(acting);
  const board = { id: forge.nextId(), number, home, title, field: null, lists: [], cards: [], views: [] };
  boards.set(forge, [...(boards.get(forge) ?? []), board]);
  return board;
}

/** GitLab: a list for a label. */
export function addLabelList(acting: Acting, board: StoredBoard, label: StoredLabel): StoredList {
  demandEditing(acting);
  if (board.lists.some((list) => list.label === label))
    throw new Refusal(400, "Label has already been taken");
  const list = { id: acting.forge.nextId(), name: label.name, label, color: label.color };
  board.lists.push(list);
  return list;
}

/** GitHub: a field of one choice, which the lists are. */
export function addField(
  acting: Acting,
  board: StoredBoard,
  name: string,
  choices: readonly { readonly name: string; readonly color: string }[],
): void {
  demandEditing(acting);
  if (board.field?.name === name) throw new Refusal(422, "Name has already been taken", "name");
  board.field = { id: acting.forge.nextId(), name };
  for (const choice of choices) board.lists.push({ id: acting.forge.nextId(), ...choice, label: null });
}

export function addCard(acting: Acting, board: StoredBoard, issue: StoredIssue): StoredCard {
  demandEditing(acting);
  const there = board.cards.find((card) => card.issue === issue);
  if (there) return there;
  const card = { id: acting.forge.nextId(), project: acting.project.name, issue, list: null };
  board.cards.push(card);
  return card;
}

export function moveCard(acting: Acting, card: StoredCard, list: StoredList | null): void {
  demandEditing(acting);
  card.list = list;
}

/** What a list is called now. */
export const listName = (list: StoredList): string => list.label?.name ?? list.name;

/** The token of a workflow reaches no projects of GitHub. */
function reach({ forge, actor }: Acting): void {
  if (forge.kind === "github" && actor?.handle === "github-actions[bot]") {
    throw new Refusal(403, "Resource not accessible by integration");
  }
}

const demandEditing = (acting: Acting): void =>
  demand(acting, acting.forge.kind === "github" ? "write" : "triage");
