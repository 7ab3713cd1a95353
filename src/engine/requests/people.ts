/**
 * The people of a bulk request: Markdown tables, or CSV as a spreadsheet or a person writes it, in a code fence or
 * not. Nothing that could be a row is passed over in silence.
 */

import { walk } from "../text/blocks.ts";
import { labelKey } from "../text/fields.ts";
import { readRow, withoutComments } from "../text/markdown.ts";
import { nearest } from "../text/nearest.ts";
import { readable } from "../text/readable.ts";
import { readCsv } from "./csv.ts";
import { foundText, type RequestFault } from "./fault.ts";

/** The columns, as they are written to people. */
export const COLUMNS = {
  name: "Name",
  email: "Email",
  role: "Role",
  region: "Region",
  systems: "Systems",
  manager: "Manager",
} as const;
export type Column = keyof typeof COLUMNS;
const NAMES = Object.keys(COLUMNS) as Column[];
const REQUIRED = NAMES.filter((column) => column !== "manager");
/** What people head these columns with, too: the headings of the form for one person. */
const ALSO: Readonly<Record<string, Column>> = { fullname: "name", workemail: "email", system: "systems" };

/** A row of People. */
export interface PeopleRow {
  /** From 1, over all lists; the headers not counted. */
  readonly row: number;
  /** As a person reads them, but for addresses and handles, which are as written; null: there is no such column. */
  readonly cells: Readonly<Record<Column, string | null>>;
}

export interface PeopleRead {
  readonly rows: readonly PeopleRow[];
  readonly faults: readonly RequestFault[];
}

/** A stretch of the source that holds one list, or none. */
interface Block {
  readonly kind: "table" | "code" | "text";
  readonly lines: string[];
}

const PIPE = "|";
type Separator = "," | ";" | "\t" | typeof PIPE;
const SEPARATORS: readonly Separator[] = [PIPE, ",", "\t", ";"];

/**
 * Reads what stands under People.
 * @param heading as faults name it
 */
export function readPeople(source: string, heading: string): PeopleRead {
  const faults: RequestFault[] = [];
  const fault = (
    found: string | null,
    expected: string,
    near: string | null = null,
    row: number | null = null,
  ) => faults.push({ field: heading, row, found, expected, nearest: near });
  const rows: PeopleRow[] = [];
  const blocks = blocksOf(source);
  const lists = blocks.map((block) => listIn(block));
  for (const [i, list] of lists.entries()) {
    if (list) readList(list, blocks[i]?.kind === "code", rows, fault);
  }
  const found = lists.some((list) => list !== null);
  for (const [i, list] of lists.entries()) {
    const { kind, lines } = blocks[i] as Block;
    const text = lines.join("\n");
    if (list || !text.includes("@") || (found && kind === "text")) continue;
    fault(foundText(lines.find((line) => line.trim() !== "") ?? ""), `${HEADER} above the rows`);
  }
  if (rows.length === 0 && faults.length === 0) {
    const text = foundText(withoutComments(source));
    fault(
      found ? null : text,
      found ? "at least one row below the header" : `${HEADER}, and a row for each person`,
    );
  }
  return { rows, faults };
}

const HEADER = `the header ${REQUIRED.map((column) => COLUMNS[column]).join(",")}`;

/** Tables and code apart, and the text between them. */
function blocksOf(source: string): Block[] {
  const blocks: Block[] = [];
  let open: Block | null = null;
  const add = (kind: Block["kind"], line: string): void => {
    if (open?.kind !== kind) {
      open = { kind, lines: [] };
      blocks.push(open);
    }
    open.lines.push(line);
  };
  walk(source, ({ kind, start, at, end }) => {
    const line = source.slice(kind === "code" ? start : at, end).replace(/\r$/, "");
    if (kind === "fence") open = null;
    else if (kind === "code") add("code", line);
    else if (kind === "row") add("table", line);
    else if (kind === "rule") {
      // Only now is it known that the line before was a header.
      const header = open?.lines.pop() ?? "";
      open = null;
      add("table", header);
    } else if (kind !== "underline" && kind !== "break") {
      if (open?.kind === "table") open = null;
      add("text", line);
    }
  });
  // A comment may run over lines; in code there is none.
  return blocks.map(({ kind, lines }) =>
    kind === "code" ? { kind, lines } : { kind, lines: withoutComments(lines.join("\n")).split("\n") },
  );
}

interface List {
  readonly separator: Separator;
  /** The header's and all after it. */
  readonly lines: readonly string[];
}

/** The first line that reads as a header decides where a list starts, and how its cells are parted. */
function listIn({ kind, lines }: Block): List | null {
  for (const [i, line] of lines.entries()) {
    const best = SEPARATORS.filter((one) => kind !== "table" || one === PIPE)
      .map((separator) => ({ separator, columns: known(cellsOf(line, separator)) }))
      .sort((a, b) => b.columns - a.columns)[0];
    if (best && best.columns >= 2) return { separator: best.separator, lines: lines.slice(i) };
    if (kind === "table") return null;
  }
  return null;
}

const known = (cells: readonly string[]): number =>
  new Set(cells.map(columnOf).filter((column) => column !== null)).size;

/** The cells of one line; quotes that run over lines do not matter for a header. */
function cellsOf(line: string, separator: Separator): readonly string[] {
  if (separator !== PIPE) return readCsv(line, separator).rows[0] ?? [];
  return readRow(line, 1, line.length - line.trimStart().length, line.length).cells.map(({ text }) => text);
}

function columnOf(header: string): Column | null {
  const key = labelKey(readable(header).replace(/\([^()]*\)\s*$/, ""));
  return NAMES.find((column) => labelKey(COLUMNS[column]) === key) ?? ALSO[key] ?? null;
}

function readList(
  { separator, lines }: List,
  literal: boolean,
  rows: PeopleRow[],
  fault: (found: string | null, expected: string, near?: string | null, row?: number | null) => void,
): void {
  const { table, unclosed } = tableOf(lines, separator);
  const [header = [], ...body] = table;
  const columns = header.map(columnOf);
  const missing = REQUIRED.filter((column) => !columns.includes(column));
  for (const [i, column] of columns.entries()) {
    const text = header[i] ?? "";
    if (column !== null) {
      if (columns.indexOf(column) !== i)
        fault(foundText(`${text} twice`), `the column ${COLUMNS[column]} once`);
      continue;
    }
    const meant = nearest(
      readable(text),
      missing.map((one) => COLUMNS[one]),
    );
    if (meant === null) continue;
    missing.splice(
      missing.findIndex((one) => COLUMNS[one] === meant),
      1,
    );
    fault(foundText(text), `one of the columns ${Object.values(COLUMNS).join(", ")}`, meant);
  }
  for (const column of missing) fault(foundText(header.join(", ")), `the column ${COLUMNS[column]}, too`);
  if (unclosed !== null) {
    const row = rows.length + unclosed;
    fault(
      foundText(body[unclosed - 1]?.join(", ") ?? ""),
      'a second double quote (") where the cell ends',
      null,
      row,
    );
  }
  for (const cells of body) {
    const row = rows.length + 1;
    if (cells.slice(columns.length).some((cell) => cell !== "")) {
      const most = `${columns.length} cells, as the header has; several systems are parted by semicolons`;
      fault(foundText(cells.join(", ")), most, null, row);
    }
    const cell = (column: Column): string | null => {
      const at = columns.indexOf(column);
      const text = (cells[at] ?? "").trim();
      if (at < 0) return null;
      // A link's target is only in what was written.
      return literal || column === "email" || column === "manager" ? text : readable(text);
    };
    rows.push({
      row,
      cells: Object.fromEntries(NAMES.map((column) => [column, cell(column)])) as PeopleRow["cells"],
    });
  }
}

/** Rows of cells, the header first; blank rows, and the rule of a table that stands in code, left out. */
function tableOf(
  lines: readonly string[],
  separator: Separator,
): { readonly table: readonly (readonly string[])[]; readonly unclosed: number | null } {
  if (separator !== PIPE) {
    const { rows, unclosed } = readCsv(lines.join("\n"), separator);
    return { table: rows, unclosed: unclosed === null ? null : unclosed - 1 };
  }
  const table = lines
    .map((line) => cellsOf(line, PIPE))
    .filter((cells) => cells.some((cell) => cell !== "") && !cells.every((cell) => /^:?-+:?$/.test(cell)));
  return { table, unclosed: null };
}
