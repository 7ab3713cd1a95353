/** How a review stands: what was answered, by whom, and which ticks do not count. */
import type { Box } from "../text/markdown.ts";
import type { Answer, ReviewBody, ReviewRow } from "./read.ts";

/** A tick that is taken back: whoever made it has no say in it. */
export interface Back {
  readonly row: ReviewRow;
  readonly answer: Answer;
  readonly by: string;
}

/** `both` contradict each other; `dropped`: struck out or not applicable, so nothing is to be answered. */
export type Stand = Answer | "both" | "dropped" | "open";

export interface RowStand {
  readonly row: ReviewRow;
  readonly stand: Stand;
  /** Who answered; null where nobody can tell, or nothing was answered. */
  readonly by: string | null;
}

export interface Judgement {
  readonly stands: readonly RowStand[];
  readonly backs: readonly Back[];
  /** Other boxes that are open. */
  readonly others: readonly Box[];
  readonly kept: number;
  readonly revoked: number;
  /** Rows without an answer, and other open boxes. */
  readonly open: number;
  /** Boxes that are to be cleared. */
  readonly mends: readonly Box[];
}

export interface Witness {
  /** Who ticked a box; null where nobody can tell: that counts. */
  readonly by: (row: ReviewRow, answer: Answer) => string | null;
  /** Whether somebody has no say: neither the owner nor of the team. */
  readonly stranger: (handle: string) => boolean;
}

export const ANSWERS: readonly Answer[] = ["keep", "revoke"];

/** Struck out, or said to not apply. */
const dropped = (box: Box | null): boolean => box !== null && (box.struck || box.notApplicable);
export const isTicked = (box: Box | null): box is Box => box?.ticked === true && !dropped(box);

export function judge({ rows, others }: ReviewBody, { by, stranger }: Witness): Judgement {
  const backs: Back[] = [];
  const mends: Box[] = [];
  const stands = rows.map((row): RowStand => {
    const ticked = ANSWERS.filter((answer) => {
      const box = row[answer];
      if (!isTicked(box)) return false;
      const doer = by(row, answer);
      if (doer === null || !stranger(doer)) return true;
      backs.push({ row, answer, by: doer });
      mends.push(box);
      return false;
    });
    const [only, ...more] = ticked;
    if (only === undefined) {
      const gone = ANSWERS.some((answer) => dropped(row[answer]));
      const rest = ANSWERS.every((answer) => row[answer] === null || dropped(row[answer]));
      return { row, stand: gone && rest ? "dropped" : "open", by: null };
    }
    if (more.length > 0) return { row, stand: "both", by: null };
    return { row, stand: only, by: by(row, only) };
  });
  const left = others.filter((box) => !box.done);
  const count = (...of: Stand[]) => stands.filter(({ stand }) => of.includes(stand)).length;
  return {
    stands,
    backs,
    others: left,
    kept: count("keep"),
    revoked: count("revoke"),
    open: count("open", "both") + left.length,
    mends,
  };
}
