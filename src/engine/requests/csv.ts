/** Comma-separated values as RFC 4180 has them and spreadsheets copy them. */

export interface Csv {
  readonly rows: readonly (readonly string[])[];
  /** Row from 1 whose quote never ends, so that nobody can tell where its cells end; null: none. */
  readonly unclosed: number | null;
}

/**
 * Reads rows of cells. A cell in double quotes may hold separators, line breaks and doubled quotes; spaces around a
 * cell are dropped. A row without any cell but blank ones is left out.
 */
export function readCsv(text: string, separator: "," | ";" | "\t"): Csv {
  const rows: string[][] = [];
  let row: string[] = [];
  let unclosed: number | null = null;
  // A cell, quoted or not, and what ends it. Space is no blank where tabs part cells.
  const cell = new RegExp(
    `[ ]*(?:"([^"]*(?:""[^"]*)*)("|$)([^${separator}\\n]*)|([^${separator}\\n]*))(${separator}|\\n|$)`,
    "y",
  );
  const source = text.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n");
  while (cell.lastIndex <= source.length) {
    const [, quoted, close, rest = "", bare = "", end] = cell.exec(source) ?? [];
    if (quoted !== undefined && close === "") unclosed ??= rows.length + 1;
    row.push(quoted === undefined ? bare.trim() : `${quoted.replaceAll('""', '"')}${rest}`.trim());
    if (end === separator) continue;
    if (row.some((one) => one !== "")) rows.push(row);
    row = [];
    if (end !== "\n") break;
  }
  return { rows, unclosed };
}
