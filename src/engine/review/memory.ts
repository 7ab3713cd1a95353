/** What the status comment of a review remembers, as the key of its section. */
import type { Answer } from "./read.ts";

export interface Answered {
  readonly answer: Answer;
  /** Null where nobody could tell. */
  readonly by: string | null;
}

/** The request that takes a row's access away. */
export interface Gone {
  readonly number: number;
  /** The row is not to be revoked any more, and the request has been told. */
  readonly withdrawn: boolean;
}

/** A tick that was put back. */
export interface PutBack {
  /** Of the row. */
  readonly id: string;
  readonly answer: Answer;
  readonly by: string;
}

export interface ReviewMemory {
  /** By row. */
  readonly answers: ReadonlyMap<string, Answered>;
  readonly gone: ReadonlyMap<string, Gone>;
  readonly backs: readonly PutBack[];
  /** It was closed too early, and opened again. */
  readonly reopened: boolean;
}

const sorted = <T>(map: ReadonlyMap<string, T>): [string, T][] =>
  [...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));

/** @param text hash of what the section says: another text has another key */
export function writeMemory({ answers, gone, backs, reopened }: ReviewMemory, text: string): string {
  return [
    `text ${text}`,
    ...sorted(answers).map(([id, { answer, by }]) => `row ${id} ${answer} ${by ?? "?"}`),
    ...sorted(gone).map(([id, one]) => `gone ${id} ${one.number}${one.withdrawn ? " withdrawn" : ""}`),
    ...backs.map(({ id, answer, by }) => `back ${id} ${answer} ${by}`),
    ...(reopened ? ["reopened"] : []),
  ].join("\n");
}

/** Nothing for what is no such key. */
export function readMemory(key: string | null): ReviewMemory {
  const answers = new Map<string, Answered>();
  const gone = new Map<string, Gone>();
  const backs: PutBack[] = [];
  let reopened = false;
  for (const line of key?.startsWith("text ") ? key.split("\n") : []) {
    const [word, id = "", a = "", b] = line.split(" ");
    const answer = a === "keep" || a === "revoke" ? a : null;
    if (word === "row" && answer) answers.set(id, { answer, by: b === undefined || b === "?" ? null : b });
    else if (word === "gone" && /^[1-9]\d{0,14}$/.test(a)) {
      gone.set(id, { number: Number(a), withdrawn: b === "withdrawn" });
    } else if (word === "back" && answer && b) backs.push({ id, answer, by: b });
    else if (word === "reopened") reopened = true;
  }
  return { answers, gone, backs, reopened };
}
