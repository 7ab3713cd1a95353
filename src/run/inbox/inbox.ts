/**
 * The port to the inbox: where deliveries wait, durably, between the 202 and the reconcile they ask for.
 *
 * A delivery is stored once, by its id, which is known for thirty days. Deliveries about one issue form a
 * lane; a lane is worked on by one worker at a time, whichever instance it runs in, and a worker takes all
 * that waits in its lane at once, so that a burst of events becomes one look. A crash gives back what was
 * taken: work is done at least once, so it has to be safe to repeat. `sqlite.ts` and `postgres.ts` implement
 * it; `test/run/inbox.contract.ts` holds both to this page.
 */
import type { Delivery, Instant } from "../../model.ts";

/** A delivery as it waits: read already, so only what rules use is kept. */
export interface Waiting {
  /** The forge's delivery id, with the forge: unique. */
  readonly id: string;
  /** `github acme/people#12`: one at a time. */
  readonly lane: string;
  readonly delivery: Delivery;
  readonly receivedAt: Instant;
}

/** Deliveries of one lane, oldest first, taken together. At most `BATCH_LIMIT`; more make another batch. */
export interface Batch {
  readonly lane: string;
  readonly waiting: readonly Waiting[];
  /** How often work in this lane has failed, or its process has died, since it last succeeded. */
  readonly failures: number;
}

/**
 * Does the work a batch asks for.
 * @param lost aborted when the lane may no longer be ours, because the store could not be reached for too
 * long: somebody else may take it, so start nothing new. What is returned after that counts for nothing.
 */
export type Handler = (batch: Batch, lost: AbortSignal) => Promise<void>;

/** A delivery that has failed too often to be tried again by itself. */
export interface DeadLetter extends Waiting {
  readonly error: string;
  readonly diedAt: Instant;
}

/** An entry of the decision log. */
export interface Logged {
  readonly at: Instant;
  readonly entry: unknown;
}

export interface InboxStats {
  /** Deliveries that wait or are being worked on. */
  readonly waiting: number;
  /** When the oldest of them came; null when none waits. */
  readonly oldest: Instant | null;
  readonly dead: number;
}

export interface Inbox {
  /**
   * Stores a delivery. Resolved means durable: it survives a crash of the process and of the machine.
   * @returns `known` for an id that was stored before, also if it has been worked on since
   * @throws StoreError while the store cannot write
   */
  put(waiting: Waiting): Promise<"stored" | "known">;
  /**
   * Works through the lanes until stopped, at most `atOnce` of them at the same time in this process. A batch
   * whose work throws is tried again with growing pauses, joined by what came meanwhile, and becomes dead
   * letters after `tries` failures. One worker per inbox.
   */
  work(handler: Handler, options: { readonly atOnce: number; readonly tries: number }): Promise<Worker>;
  /**
   * Runs `work` while nobody else, in any instance, runs anything under this name: `tick github acme/people`.
   * @param work its signal is aborted when the claim to the name is lost, because the store went away
   * @returns null, at once and without running it, when somebody else does
   * @throws StoreError while the store cannot say
   */
  alone<T>(name: string, work: (lost: AbortSignal) => Promise<T>): Promise<T | null>;
  /** A small value kept across restarts, by name: when the last tick was, what was recovered. */
  recall(name: string): Promise<string | null>;
  remember(name: string, value: string): Promise<void>;
  stats(): Promise<InboxStats>;
  dead(): Promise<readonly DeadLetter[]>;
  /** Puts a dead letter back to wait. @returns false when there is none of this id */
  revive(id: string): Promise<boolean>;
  /** Appends to the decision log. `about` is the lane. */
  log(about: string, at: Instant, entry: unknown): Promise<void>;
  /** The latest entries about a lane, newest first. */
  logged(about: string, limit: number): Promise<readonly Logged[]>;
  /** Whether the store answers and can write. */
  ready(): Promise<boolean>;
  /** Stops the worker, waits for what runs, and gives the store up. Later calls throw StoreError. */
  close(): Promise<void>;
}

/** What may be asked of an inbox beside those who work on it. */
export type Visit = Pick<Inbox, "recall" | "stats" | "dead" | "revive" | "logged" | "close">;

export interface Worker {
  /** Takes no new work; resolves when what runs has finished. */
  stop(): Promise<void>;
}

/** The store cannot write now: a full disk, a lost connection. The sender is to try again. */
export class StoreError extends Error {
  override readonly name = "StoreError";
}

export interface InboxOptions {
  readonly now: () => Instant;
  /** Hears of what goes wrong beside any call: a connection lost between two requests, work that failed. */
  readonly warn?: (error: Error) => void;
  /** The pauses after a failure: `first`, then twice as long each time up to `longest`. Milliseconds. */
  readonly pauses?: Pauses;
}

export interface Pauses {
  readonly first: number;
  readonly longest: number;
}

/** In the data folder, where there is no database. */
export const SQLITE_FILE = "inbox.sqlite";

export const PAUSES: Pauses = { first: 2000, longest: 10 * 60_000 };
/** So many deliveries of one lane are taken at once. */
export const BATCH_LIMIT = 500;
/** How long the id of a delivery is known: GitHub redelivers for three days, GitLab keeps requests for two. */
export const KNOWN_MS = 30 * 86_400_000;
/** How long an entry of the decision log is kept. */
export const LOG_MS = 400 * 86_400_000;

export const laneOf = ({
  forge,
  project,
  issue,
}: Pick<Delivery, "forge" | "project"> & { readonly issue: Pick<Delivery["issue"], "number"> }): string =>
  `${forge} ${project.toLowerCase()}#${issue.number}`;
