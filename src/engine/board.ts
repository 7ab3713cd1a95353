/** What is to be done so that a project has a board with one list for each state. Nothing is ever taken away. */

/** A board as a forge has it: names of the labels it has lists for. */
export interface PresentBoard {
  readonly title: string;
  readonly lists: readonly string[];
}

export type BoardChange = { readonly reason: string } & (
  | { readonly kind: "create-board"; readonly title: string }
  | { readonly kind: "add-lists"; readonly labels: readonly string[] }
  | { readonly kind: "place-card"; readonly issue: number; readonly label: string }
);

export interface BoardFacts {
  readonly board: PresentBoard | null;
  /** Issues that belong on the board, by number, and the label each has to stand under. */
  readonly wanted: ReadonlyMap<number, string>;
  /** Where issues stand; null where they go by their labels. */
  readonly placed: ReadonlyMap<number, string | null> | null;
}

/** @param labels of the states, in order */
export function planBoard(title: string, labels: readonly string[], facts: BoardFacts): BoardChange[] {
  const { board, wanted, placed } = facts;
  const missing = labels.filter((label) => !board?.lists.includes(label));
  const changes: BoardChange[] = [];
  if (board === null) {
    changes.push({ kind: "create-board", title, reason: "there is no board of that name" });
  }
  if (missing.length > 0) {
    const reason =
      missing.length === labels.length ? "one list for each state" : "the board has no list for it";
    changes.push({ kind: "add-lists", labels: missing, reason });
  }
  if (placed === null) return changes;
  for (const [issue, label] of [...wanted].sort(([a], [b]) => a - b)) {
    const at = placed.get(issue);
    if (at === label) continue;
    const reason =
      at === undefined
        ? `it is open and bears "${label}"`
        : `it bears "${label}" and stands ${at === null ? "in no list" : `under "${at}"`}`;
    changes.push({ kind: "place-card", issue, label, reason });
  }
  return changes;
}
