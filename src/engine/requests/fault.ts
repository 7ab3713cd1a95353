/** What is wrong with a filed request: where, what stands there, and what to write instead. */
import { code, inline, plain, type SafeText, safe } from "../text/safe.ts";

export interface RequestFault {
  /** The heading, or the column of People. */
  readonly field: string;
  /** Row of People from 1, its header not counted; null outside of it. */
  readonly row: number | null;
  /** What stands there, in one line and shortened; null when nothing does. */
  readonly found: string | null;
  /** What to write, as it follows "write". */
  readonly expected: string;
  /** The valid name that is nearest to what was found; null where none is near. */
  readonly nearest: string | null;
}

const FOUND_LIMIT = 80;

/** What stands there as a message shows it; null where that is nothing. */
export function foundText(text: string): string | null {
  const line = plain(text);
  if (line.length <= FOUND_LIMIT) return line === "" ? null : line;
  return `${line
    .slice(0, FOUND_LIMIT - 1)
    .toWellFormed()
    .trimEnd()}…`;
}

/** One plain sentence; for plans and `explain`, never written to a forge as it is. */
export function requestFaultText({ field, row, found, expected, nearest }: RequestFault): string {
  const where = row === null ? `"${field}"` : `"${field}" in row ${row}`;
  const what = found === null ? "is missing" : `reads "${found}"`;
  return `${where} ${what}: write ${expected}.${nearest === null ? "" : ` Did you mean "${nearest}"?`}`;
}

/** The same sentence for the status comment. */
export function requestFaultLine({ field, row, found, expected, nearest }: RequestFault): SafeText {
  const where = row === null ? safe`**${inline(field)}**` : safe`Row ${row}, **${inline(field)}**`;
  const what = found === null ? safe`is missing` : safe`reads ${code(found)}`;
  const hint = nearest === null ? safe`` : safe` Did you mean ${code(nearest)}?`;
  return safe`${where} ${what}. Write ${inline(expected)}.${hint}`;
}
