/** How a close stands: what is done, what is reviewed by somebody else, and which boxes were ticked too early. */
import { sameHandle } from "../cover.ts";
import type { Role } from "../lifecycle/standing.ts";
import { type Box, setBox } from "../text/markdown.ts";
import { type Doers, reviewBox, type Ticked, taskBox } from "./doers.ts";
import type { CloseBody, CloseTask } from "./tasks.ts";

/**
 * Why a box is put back: `order`: a task that comes first is open; `same`: whoever did the task reviewed it; `early`:
 * what is reviewed is not done; `outsider`: whoever reviewed it is not of the team.
 */
export const WHYS = ["order", "same", "early", "outsider"] as const;
export type Why = (typeof WHYS)[number];

export interface Back {
  /** The name of the box. */
  readonly name: string;
  readonly why: Why;
  readonly by: Doers;
}

/** How a review stands; `unsigned`: it is ticked, and it cannot be known that somebody else did. */
export type Review = "none" | "open" | "unsigned" | "done";

export interface TaskStand {
  readonly task: CloseTask;
  readonly done: boolean;
  /** Titles of the tasks that it waits for. */
  readonly waitsFor: readonly string[];
  readonly preparers: Doers;
  readonly review: Review;
  /** Who reviewed it, where that is known. */
  readonly reviewer: string | null;
}

export interface Judgement {
  readonly stands: readonly TaskStand[];
  readonly backs: readonly Back[];
  /** Other boxes that are open. */
  readonly others: readonly Box[];
  /** Everything is done, and reviewed by somebody else. */
  readonly complete: boolean;
  /** What the boxes must show, by box. */
  readonly mends: readonly { readonly box: Box; readonly ticked: boolean }[];
}

export interface Witness {
  readonly ticked: Ticked;
  /** Who signed the review of a task, by its id. */
  readonly signed: ReadonlyMap<string, string>;
  readonly role: (handle: string) => Role;
  /** Whether the team has somebody else to review. */
  readonly reviews: boolean;
}

/** Only a tick is taken back: what is struck out or not applicable is done in words. */
const isTick = (box: Box): boolean => box.ticked && !box.struck && !box.notApplicable;

export function judge({ tasks, others }: CloseBody, witness: Witness): Judgement {
  const backs: Back[] = [];
  const mends: { box: Box; ticked: boolean }[] = [];
  const putBack = (name: string, box: Box, why: Why) => {
    backs.push({ name, why, by: witness.ticked.get(name) ?? [] });
    mends.push({ box, ticked: false });
  };
  const early = tooEarly(tasks);
  for (const { id, box } of tasks) if (early.has(id)) putBack(taskBox(id), box, "order");
  const isDone = (task: CloseTask) => task.box.done && !early.has(task.id);
  const stands = tasks.map((task): TaskStand => {
    const done = isDone(task);
    const waitsFor = task.after.filter((title) => tasks.some((one) => one.title === title && !isDone(one)));
    const preparers = witness.ticked.get(taskBox(task.id)) ?? [];
    const stand = { task, done, waitsFor, preparers, reviewer: null };
    const { review } = task;
    if (!review) return { ...stand, review: "none" };
    const signer = witness.signed.get(task.id);
    if (signer !== undefined && done && !isOne(preparers, signer)) {
      if (!review.ticked) mends.push({ box: review, ticked: true });
      return { ...stand, review: "done", reviewer: signer };
    }
    if (!isTick(review)) return { ...stand, review: "open" };
    const reviewers = witness.ticked.get(reviewBox(task.id)) ?? [];
    const why = whyBack(done, preparers, reviewers, witness);
    if (why !== null) {
      putBack(reviewBox(task.id), review, why);
      return { ...stand, review: "open" };
    }
    const known = preparers.length > 0 && reviewers.length > 0;
    const apart = known && !reviewers.some((one) => preparers.some((other) => sameHandle(one, other)));
    const reviewer = reviewers.length === 1 ? (reviewers[0] as string) : null;
    return { ...stand, review: apart ? "done" : "unsigned", reviewer };
  });
  const left = others.filter((box) => !box.done);
  const complete =
    left.length === 0 &&
    stands.every(
      ({ done, review }) => done && (review === "done" || (review === "none" && !witness.reviews)),
    );
  return { stands, backs, others: left, complete, mends };
}

const isOne = (doers: Doers, handle: string): boolean =>
  doers.length === 1 && sameHandle(doers[0] as string, handle);

function whyBack(done: boolean, preparers: Doers, reviewers: Doers, { role }: Witness): Why | null {
  if (!done) return "early";
  const [reviewer] = reviewers;
  if (reviewer === undefined || reviewers.length > 1) return null;
  if (isOne(preparers, reviewer)) return "same";
  return role(reviewer) === "outsider" ? "outsider" : null;
}

/** Tasks that were ticked while one that comes first is open; and then those that wait for them. */
function tooEarly(tasks: readonly CloseTask[]): Set<string> {
  const early = new Set<string>();
  for (let before = -1; before !== early.size; ) {
    before = early.size;
    const open = new Set(tasks.filter(({ id, box }) => !box.done || early.has(id)).map(({ title }) => title));
    for (const { id, box, after } of tasks) {
      if (isTick(box) && after.some((title) => open.has(title))) early.add(id);
    }
  }
  return early;
}

/** The body with these boxes as they must be. */
export const mended = (body: string, mends: Judgement["mends"]): string =>
  mends.reduce((text, { box, ticked }) => setBox(text, box, ticked), body);

export interface Signing {
  /** Ids of the tasks whose review is signed now. */
  readonly signed: readonly CloseTask[];
  /** Those whose work the signer did. */
  readonly own: readonly CloseTask[];
  /** Those that are not done yet. */
  readonly open: readonly CloseTask[];
  /** Whether the signer is anybody's reviewer. */
  readonly any: boolean;
}

/**
 * What somebody signs: the reviews that are theirs, of tasks that are done.
 * @param standsIn whether the signer covers for a reviewer who is away
 */
export function signing(
  { tasks }: CloseBody,
  ticked: Ticked,
  signer: string,
  standsIn: (reviewer: string) => boolean,
): Signing {
  const theirs = tasks.filter(
    ({ reviewer, review }) =>
      review && reviewer !== null && (sameHandle(reviewer, signer) || standsIn(reviewer)),
  );
  const early = tooEarly(tasks);
  const done = theirs.filter(({ id, box }) => box.done && !early.has(id));
  const own = done.filter(({ id }) => isOne(ticked.get(taskBox(id)) ?? [], signer));
  return {
    signed: done.filter((task) => !own.includes(task)),
    own,
    open: theirs.filter((task) => !done.includes(task)),
    any: theirs.length > 0,
  };
}
