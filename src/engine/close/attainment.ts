/** The list of attainment: each payee once, nobody missing, and columns that add up to what is stated. */
import { readCsv } from "../requests/csv.ts";
import { walk } from "../text/blocks.ts";
import { textHash } from "./body-hash.ts";

export interface AttainmentFault {
  /** From 1, the heading included; null for what is in no row. */
  readonly row: number | null;
  /** A sentence that quotes what people typed: `inline` it. */
  readonly text: string;
}

export interface AttainmentCheck {
  /** SHA-256 of the list as it was given. */
  readonly hash: string;
  readonly payees: number;
  readonly faults: readonly AttainmentFault[];
}

const PAYEE = /^(payee|name|rep|employee)$/i;
const TOTAL = /^(grand )?totals?$/i;

/** The first list of attainment in a text: a fenced block `csv` whose heading names the payee; null without one. */
export function attainmentIn(text: string): string | null {
  if (!/csv/i.test(text)) return null;
  let open: number | null = null;
  let found: string | null = null;
  walk(text, ({ kind, first, start, end, at }) => {
    if (kind !== "fence" || found !== null) return;
    if (first) open = /^[`~]{3,}\s*csv\b/i.test(text.slice(at, end)) ? end + 1 : null;
    else if (open !== null) {
      const list = text.slice(open, start);
      if (columnsOf(list)) found = list.trim();
      open = null;
    }
  });
  return found;
}

interface Columns {
  readonly rows: readonly (readonly string[])[];
  readonly unclosed: number | null;
  readonly head: readonly string[];
  /** Place of the payee's column. */
  readonly payee: number;
}

function columnsOf(list: string): Columns | null {
  const [first = ""] = list.trim().split("\n");
  const count = (char: string) => first.split(char).length;
  const separator = ([",", ";", "\t"] as const).reduce((best, one) =>
    count(one) > count(best) ? one : best,
  );
  const { rows, unclosed } = readCsv(list, separator);
  const head = rows[0] ?? [];
  const payee = head.findIndex((name) => PAYEE.test(name));
  return payee < 0 ? null : { rows, unclosed, head, payee };
}

/**
 * Checks a list that `attainmentIn` found.
 * @param payees everybody who is paid, as configured; with none, nobody can be missing
 */
export function checkAttainment(list: string, payees: readonly string[]): AttainmentCheck {
  const hash = textHash(list);
  const columns = columnsOf(list);
  if (!columns) return { hash, payees: 0, faults: [{ row: 1, text: "the heading has no column Payee." }] };
  const { rows, unclosed, payee } = columns;
  const faults: AttainmentFault[] = [];
  if (unclosed !== null) faults.push({ row: unclosed, text: "a quote is opened and never closed." });
  const body = rows.slice(1).map((cells, i) => ({ row: i + 2, cells, name: cells[payee] ?? "" }));
  const totals = body.filter(({ name }) => TOTAL.test(name));
  const people = body.filter(({ name }) => !TOTAL.test(name));
  faults.push(...namesFaults(people, payees), ...totalFaults(columns, people, totals));
  const order = (one: AttainmentFault) => one.row ?? Number.POSITIVE_INFINITY;
  faults.sort((a, b) => order(a) - order(b) || 0);
  return { hash, payees: people.length, faults };
}

interface Row {
  readonly row: number;
  readonly cells: readonly string[];
  readonly name: string;
}

const fold = (name: string): string => name.trim().replace(/\s+/g, " ").toLowerCase();

function namesFaults(people: readonly Row[], payees: readonly string[]): AttainmentFault[] {
  const known = new Map(payees.map((name) => [fold(name), name]));
  const seen = new Map<string, number>();
  const faults: AttainmentFault[] = [];
  for (const { row, name } of people) {
    const first = seen.get(fold(name));
    if (name === "") faults.push({ row, text: "it names no payee." });
    else if (first !== undefined)
      faults.push({ row, text: `${name} is there a second time, first in row ${first}.` });
    else if (known.size > 0 && !known.has(fold(name))) {
      faults.push({ row, text: `${name} is not among close.payees in daytwo.yml.` });
    }
    if (first === undefined) seen.set(fold(name), row);
  }
  for (const [key, name] of known)
    if (!seen.has(key)) faults.push({ row: null, text: `${name} is missing.` });
  return faults;
}

function totalFaults(
  { head, payee }: Columns,
  people: readonly Row[],
  totals: readonly Row[],
): AttainmentFault[] {
  const [total, second] = totals;
  if (!total)
    return [{ row: null, text: "there is no row Total at its end, so that nothing can be added up." }];
  if (second) return [{ row: second.row, text: `a second row Total, first in row ${total.row}.` }];
  const faults: AttainmentFault[] = [];
  let stated = 0;
  head.forEach((column, i) => {
    const text = total.cells[i] ?? "";
    // A share of something is no sum.
    if (i === payee || text === "" || text.endsWith("%")) return;
    stated++;
    const wanted = amount(text);
    if (wanted === null) {
      faults.push({ row: total.row, text: unreadable(column, text) });
      return;
    }
    let sum = 0;
    let whole = true;
    for (const { row, cells } of people) {
      const cell = cells[i] ?? "";
      const value = cell === "" ? 0 : amount(cell);
      if (value === null) faults.push({ row, text: unreadable(column, cell) });
      whole &&= value !== null;
      sum += value ?? 0;
    }
    if (whole && sum !== wanted) {
      faults.push({
        row: total.row,
        text: `${column} adds up to ${shown(sum)}, and ${shown(wanted)} is stated.`,
      });
    }
  });
  return stated > 0 ? faults : [{ row: total.row, text: "it states no total." }];
}

const unreadable = (column: string, text: string): string =>
  `${column} reads “${text}”: write an amount such as 1234.50.`;

/** Parts of a unit that are counted, so that cents add up exactly. */
const PARTS = 10_000;

/** `1234.50`, `1,234.50`, `€ 1,234.50`, `(1,234.50)` for a negative one; in ten-thousandths. Null for anything else. */
function amount(text: string): number | null {
  const bare = text.replace(/[\p{Sc}\s]|\b[A-Z]{3}\b/gu, "");
  const negative = /^\(.*\)$/.test(bare);
  const digits = negative ? bare.slice(1, -1) : bare;
  if (!/^-?(\d+|\d{1,3}(,\d{3})+)(\.\d{1,4})?$/.test(digits)) return null;
  const value = Math.round(Number(digits.replaceAll(",", "")) * PARTS);
  return negative ? -value : value;
}

const shown = (parts: number): string => (parts / PARTS).toFixed(2);
