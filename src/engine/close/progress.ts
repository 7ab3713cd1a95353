/** How far a close is, and what is late: for the status comment, the report and the board. */
import type { Day } from "../../model.ts";
import type { CloseBody, CloseTask } from "./tasks.ts";

export interface CloseProgress {
  readonly total: number;
  readonly done: number;
  readonly reviewed: number;
  /** Not done, or done and not reviewed, after their due day; in order of their due day. */
  readonly late: readonly CloseTask[];
  /** The next one that is open, by due day; null where none is. */
  readonly next: CloseTask | null;
}

const byDue = (a: CloseTask, b: CloseTask): number =>
  (a.due ?? "9") < (b.due ?? "9") ? -1 : (a.due ?? "9") > (b.due ?? "9") ? 1 : 0;

export const isFinished = ({ box, review }: CloseTask): boolean =>
  box.done && (review === null || review.ticked);

/** @param today the day it is for the team */
export function closeProgress({ tasks }: Pick<CloseBody, "tasks">, today: Day): CloseProgress {
  const open = tasks.filter((task) => !isFinished(task)).sort(byDue);
  return {
    total: tasks.length,
    done: tasks.filter(({ box }) => box.done).length,
    reviewed: tasks.filter(({ review }) => review?.ticked).length,
    late: open.filter(({ due }) => due !== null && due < today),
    next: open[0] ?? null,
  };
}
