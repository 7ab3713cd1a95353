import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Store } from "../run/store.ts";

/** Where a command reads and writes: the process in earnest, plain objects in tests. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  now(): number;
  /** Waits. */
  sleep(ms: number): Promise<void>;
  out(text: string): void;
  err(text: string): void;
  stdin(): Promise<string>;
  /** Asks whoever is at the terminal for a line; absent where nobody is. */
  readonly ask?: (question: string) => Promise<string>;
  /** Whether `err` is a terminal: progress goes to one only. */
  readonly terminal: boolean;
  /** Whether `out` is a terminal, which gets colours and no control characters; a file or a pipe is none. */
  readonly screen?: boolean;
  /** What is remembered between runs, where that is not the file in the data folder. */
  store?(): Store | null;
}

/** Exit codes of the command line. */
export const EXIT = {
  done: 0,
  /** Some change could not be applied. */
  failed: 1,
  /** Configuration, template or arguments are invalid. */
  invalid: 2,
  /** A token is missing or refused, or the forge is out of reach. */
  unreachable: 3,
} as const;

export interface Mistake {
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  readonly path: string | null;
  readonly found: string | null;
  readonly expected: string | null;
  readonly nearest: string | null;
  readonly message: string;
}

/** What was given cannot be worked with: exit code 2. */
export class Invalid extends Error {
  readonly mistakes: readonly Mistake[];
  constructor(mistakes: readonly Mistake[]) {
    super(mistakes.map(({ message }) => message).join("\n"));
    this.mistakes = mistakes;
  }

  /** One fault of an argument or of a file that is not configuration. */
  static one(message: string, more: Partial<Mistake> = {}): Invalid {
    return new Invalid([mistake(message, more)]);
  }
}

export function mistake(message: string, more: Partial<Mistake> = {}): Mistake {
  const nothing = {
    file: null,
    line: null,
    column: null,
    path: null,
    found: null,
    expected: null,
    nearest: null,
  };
  return { ...nothing, ...more, message };
}

/** A line that is written over by the next, on a terminal; nothing elsewhere. */
export function progress(io: Io, quiet: boolean): (text: string) => void {
  if (quiet || !io.terminal) return () => undefined;
  return (text) => io.err(`\r\u001b[2K${text}`);
}

/** Writes a file that an argument names. @throws Invalid where it cannot be written */
export function writeText(io: Io, file: string, text: string): void {
  try {
    writeFileSync(resolve(io.cwd, file), text);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const expected = "a file that can be written";
    throw Invalid.one(`${file}: cannot be written (${code}); expected ${expected}`, {
      file,
      found: code ?? null,
      expected,
    });
  }
}
