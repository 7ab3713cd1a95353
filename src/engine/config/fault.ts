/** What is wrong with a file, and where. */

/** A place in a file; line and column from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One fault. `path` is the key, such as `lifecycle.states.in_progress.color`; "" is the whole file. */
export interface Fault extends Place {
  readonly path: string;
  readonly found: string;
  readonly expected: string;
  /** The nearest valid name, or null where none is near. */
  readonly nearest: string | null;
  readonly message: string;
}

/** Something worth knowing that does not make the configuration invalid. */
export interface Note extends Place {
  readonly path: string;
  readonly message: string;
}

export interface What {
  readonly found: string;
  readonly expected: string;
  readonly nearest?: string | null;
}

export function fault(at: Place, path: string, what: What): Fault {
  const nearest = what.nearest ?? null;
  const where = path === "" ? "" : `${path}: `;
  const hint = nearest === null ? "" : `; did you mean ${nearest}?`;
  const message = `${where}found ${what.found}, expected ${what.expected}${hint}`;
  const { file, line, column } = at;
  return { file, line, column, path, found: what.found, expected: what.expected, nearest, message };
}

const FOUND_LIMIT = 60;

/** A value as a message shows it: short, in one line, without control characters. */
export function show(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (typeof value === "string") {
    const text = JSON.stringify(
      [...value].length > FOUND_LIMIT ? `${[...value].slice(0, FOUND_LIMIT).join("")}…` : value,
    );
    return text.replace(/[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
  }
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "a mapping";
  return String(value);
}

/** In the order of the files, one of them first, and of the places there. */
export function inOrder<T extends Place>(items: readonly T[], first: string): T[] {
  const key = ({ file }: Place) => (file === first ? "" : file);
  return [...items].sort((a, b) => {
    if (key(a) !== key(b)) return key(a) < key(b) ? -1 : 1;
    return a.line - b.line || a.column - b.column;
  });
}
