/**
 * Labelled fields of an issue's body. Four forms are read: issue-form headings (`### Full name`), `Key: value`
 * lines, bold keys and two-column tables. Code and HTML comments hold no fields.
 *
 * A heading decides over all other forms, and the first occurrence over later ones, even where it was left
 * blank: what somebody wrote further down under "Notes" is not an answer.
 */
import { walk } from "./blocks.ts";
import { boxes, readRow, sections, tables, withoutComments } from "./markdown.ts";
import { readable, tidy } from "./readable.ts";

export type FieldForm = "heading" | "line" | "bold" | "table";

export interface FieldValue {
  /** As a person would read it: Markdown around it, escapes and entities resolved. Several lines keep their breaks. */
  readonly value: string;
  /** As written, trimmed; a link's target is only here. */
  readonly raw: string;
  /** Line of the value in the body, from 1. */
  readonly line: number;
  readonly form: FieldForm;
  /** Where the answer is a list of boxes: the ticked ones. `value` has them joined by ", ". */
  readonly ticked: readonly string[] | null;
}

/**
 * Reads fields by their labels.
 * @param wanted the label of each field; labels compare without case, spaces, punctuation and emoji, and a
 *   bracketed hint after one (`Start date (YYYY-MM-DD)`) does not matter
 * @returns null for a field that is absent or blank (`_No response_`, `None`, `N/A`, `-`)
 */
export function readFields<K extends string>(
  body: string,
  wanted: Readonly<Record<K, string>>,
): Record<K, FieldValue | null> {
  const names = Object.keys(wanted) as K[];
  const byKey = new Map(names.map((name) => [labelKey(wanted[name]), name]));
  const lookup = (label: string): K | undefined =>
    byKey.get(labelKey(label)) ?? byKey.get(labelKey(label.replace(/\([^()]*\)[\s*_:：]*$/, "")));

  const lines = readLines(body);
  // Each holds the first occurrence, blank (null) or not.
  const found = new Map<K, FieldValue | null>();
  for (const { heading, start, end } of sections(body)) {
    const name = lookup(heading.text);
    if (name !== undefined && !found.has(name)) found.set(name, sectionValue(body, lines, start, end));
  }
  const underHeading = new Set(found.keys());
  for (const { form, label, raw, line } of pairs(body, lines, lookup)) {
    const name = lookup(label);
    if (name === undefined || underHeading.has(name) || found.has(name)) continue;
    found.set(name, fieldValue(raw, line, form));
  }
  return Object.fromEntries(names.map((name) => [name, found.get(name) ?? null])) as Record<
    K,
    FieldValue | null
  >;
}

/** A label as labels compare. */
export function labelKey(label: string): string {
  // Most are plain, and need not be folded.
  if (/^[ -~]*$/.test(label)) return label.toLowerCase().replace(/[^a-z0-9]+/g, "");
  return label
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{Mn}\p{Mc}]|[\ufe00-\ufe0f]/gu, "");
}

/** A line that may hold a value; comments are gone from it. */
interface Text {
  readonly number: number;
  readonly start: number;
  /** From the start of the line's own text. */
  readonly own: string;
  /** The whole line. */
  readonly whole: string;
  readonly kind: "text" | "row" | "code" | "html";
  readonly quoted: boolean;
}

function readLines(body: string): Text[] {
  const found: Text[] = [];
  let comment = false;
  let commentBlock = false;
  walk(body, (line) => {
    const { number, start, end, at, kind, quoted } = line;
    if (kind !== "html") comment = commentBlock = false;
    if (kind === "fence" || kind === "rule" || kind === "break" || kind === "heading" || kind === "underline")
      return;
    let own = body.slice(at, end);
    let whole = body.slice(start, end);
    if (kind === "html") {
      if (line.first) commentBlock = own.startsWith("<!--");
      // A comment block may run over lines, and text may stand after its end.
      if (comment) {
        const close = own.indexOf("-->");
        own = close < 0 ? "" : own.slice(close + 3);
        comment = close < 0;
      }
      own = withoutComments(own);
      const open = own.indexOf("<!--");
      if (open >= 0) {
        own = own.slice(0, open);
        comment = true;
      }
      whole = own;
    } else if (kind !== "code" && own.includes("<!--")) {
      own = withoutComments(own);
      whole = withoutComments(whole);
    }
    const as = kind === "code" || kind === "row" || (kind === "html" && !commentBlock) ? kind : "text";
    // A quote's lazy last lines are rendered in it, but nobody who writes them means that.
    found.push({
      number,
      start,
      own,
      whole,
      kind: as,
      quoted: quoted && body.slice(start, at).includes(">"),
    });
  });
  return found;
}

/** What stands under a heading. Code counts only where there is nothing else: forms can render an answer as code. */
function sectionValue(body: string, lines: readonly Text[], start: number, end: number): FieldValue | null {
  const inside = lines.filter((line) => line.start >= start && line.start < end);
  const answers = boxes(body).filter((box) => box.offset >= start && box.offset < end);
  const [first] = answers;
  if (first) {
    const ticked = answers.filter((box) => box.ticked).map((box) => readable(box.text));
    if (ticked.length === 0) return null;
    const raw = ticked.join(", ");
    return { value: raw, raw, line: first.line, form: "heading", ticked };
  }
  const text = inside.filter((line) => line.kind !== "code");
  const isBlank = (line: Text) => line.own.trim() === "";
  const answer = text.every(isBlank) ? inside.filter((line) => line.kind === "code") : text;
  const filled = answer.filter((line) => !isBlank(line));
  const [top] = filled;
  if (!top) return null;
  if (filled.length === 1)
    return fieldValue(top.kind === "code" ? top.whole : top.own, top.number, "heading");
  return fieldValue(answer.map((line) => line.whole.trimEnd()).join("\n"), top.number, "heading");
}

interface Pair {
  readonly form: FieldForm;
  readonly label: string;
  readonly raw: string;
  readonly line: number;
}

/** Labels with a value on their own line, in the order of the body. */
function pairs(body: string, lines: readonly Text[], lookup: (label: string) => unknown): Pair[] {
  const found: Pair[] = [];
  const inTables = new Set<number>();
  const add = (form: FieldForm, line: number, label = "", raw = "") => found.push({ form, label, raw, line });
  for (const { header, rows } of tables(body)) {
    for (const { line, cells } of [header, ...rows]) {
      inTables.add(line);
      if (header.cells.length === 2) add("table", line, cells[0]?.text, cells[1]?.text);
    }
  }
  for (const { number, own, kind, quoted } of lines) {
    // A line right below a table is its row, whatever it looks like.
    if ((kind !== "text" && kind !== "row") || quoted || (inTables.has(number) && own.includes("|")))
      continue;
    if (own.startsWith("|")) {
      const { cells } = readRow(own, number, 0, own.length);
      if (cells.length === 2) add("table", number, cells[0]?.text, cells[1]?.text);
      continue;
    }
    const bold = /^(\*\*|__)(.+?)\1\s*[:：]?(.*)$/.exec(own);
    if (bold && lookup(bold[2] ?? "") !== undefined) {
      add("bold", number, bold[2], bold[3]?.replace(/^\s*[-–—=]\s/, ""));
      continue;
    }
    for (const { index } of own.slice(0, LABEL_LIMIT).matchAll(/[:：]/g)) {
      const label = own.slice(0, index);
      if (lookup(label) === undefined) continue;
      // `**Key: value**` and `_Key:_ value`: an emphasis that opens before the label closes somewhere in the value.
      const [marks = ""] = /^[*_`]*/.exec(label) ?? [];
      const value = own.slice(index + 1).trim();
      const open = marks !== "" && !label.trimEnd().endsWith(marks);
      if (open && value.startsWith(marks)) add("line", number, label, value.slice(marks.length));
      else if (open && value.endsWith(marks)) add("line", number, label, value.slice(0, -marks.length));
      else add("line", number, label, value);
      break;
    }
  }
  return found.sort((a, b) => a.line - b.line);
}

/** Labels are short; colons after this many characters are prose. */
const LABEL_LIMIT = 120;

const BLANK = /^(?:no response|none|n\/a|[-–—]*)$/i;

function fieldValue(text: string, line: number, form: FieldForm): FieldValue | null {
  const raw = tidy(withoutComments(text));
  const value = readable(raw);
  return BLANK.test(value) ? null : { value, raw, line, form, ticked: null };
}
