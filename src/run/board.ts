/** The board of a team's requests, made as the configuration has it. */
import { type BoardChange, planBoard } from "../engine/board.ts";
import type { Config } from "../engine/config/schema.ts";
import {
  type Absent,
  type Board,
  type Cards,
  type Forge,
  ForgeError,
  type Label,
  type Written,
} from "../forge/forge.ts";
import { inOrder, type PlacedChange, type Synced, type SyncPlan } from "./labels.ts";
import type { Team } from "./team.ts";

export interface BoardPlan extends SyncPlan<BoardChange> {
  /** The board as it is; null where there is none yet. */
  readonly board: Board | null;
}

export interface BoardSynced extends Synced {
  readonly board: Board | null;
  /** What turned out to be out of this token's reach: no failure. */
  readonly absent: string | null;
}

/** On GitLab a board is the project's; on GitHub it stands beside those of all projects of the owner. */
const titleOf = ({ reader }: Forge): string =>
  reader.forge === "github" ? `Access requests of ${reader.project}` : "Sales Ops access requests";

/** Reads the board and says what is to be done, or why there can be none. @throws ForgeError */
export async function planBoardSync(team: Team): Promise<BoardPlan | Absent> {
  const forge = team.forges.requests as Forge;
  const title = titleOf(forge);
  const labels = stateLabels(team.config).map(({ name }) => name);
  const board = await forge.boards.find(title, labels);
  if (board !== null && "absent" in board) return board;
  const { cards } = forge.boards;
  const [wanted, placed] = cards
    ? await Promise.all([openByState(team), placesOn(cards, board)])
    : [none, null];
  const changes = planBoard(title, labels, { board, wanted, placed });
  return {
    board,
    changes: changes.map((change): PlacedChange<BoardChange> => ({ ...change, project: "requests" })),
    problems: [],
  };
}

const none: ReadonlyMap<number, string> = new Map();

const placesOn = (cards: Cards, board: Board | null) =>
  board === null ? new Map<number, string | null>() : cards.list(board);

/** Open issues that bear a state label, each with the first of them in the order of the states. */
async function openByState(team: Team): Promise<ReadonlyMap<number, string>> {
  const { reader, sameLabel } = team.forges.requests as Forge;
  const labels = stateLabels(team.config).map(({ name }) => name);
  const found = new Map<number, string>();
  for (const issue of await reader.issues({ state: "open" })) {
    const label = labels.find((one) => issue.labels.some((other) => sameLabel(one, other)));
    if (label !== undefined) found.set(issue.number, label);
  }
  return found;
}

const stateLabels = ({ lifecycle }: Config): Label[] =>
  Object.values(lifecycle.states).map(({ label, color, description }) => ({
    name: label,
    color,
    description,
  }));

/** Does what a plan says. Without a board and its lists nothing can be put there: then nothing more is tried. */
export async function applyBoardSync(team: Team, plan: BoardPlan): Promise<BoardSynced> {
  const { boards } = team.forges.requests as Forge;
  let { board } = plan;
  let absent: string | null = null;
  async function make(change: BoardChange): Promise<Written> {
    if (change.kind === "create-board") {
      const made = await boards.create(change.title);
      if ("absent" in made) {
        absent = made.absent;
        throw new ForgeError("forbidden", made.absent);
      }
      board = made;
      return { status: "applied", url: made.url };
    }
    const there = board as Board;
    if (change.kind === "place-card") return (boards.cards as Cards).place(there, change.issue, change.label);
    const labels = stateLabels(team.config).filter(({ name }) => change.labels.includes(name));
    board = await boards.addLists(there, labels);
    return { status: "applied", url: board.url };
  }
  const synced = await inOrder(plan.changes, make, ({ kind }) => kind !== "place-card");
  return { ...synced, board, absent };
}
