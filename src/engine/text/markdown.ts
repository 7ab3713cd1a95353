/**
 * Boxes, headings and tables of a body, found by the line scanner of `blocks.ts`. Every find carries offsets into
 * the source, and edits are made there: a body is never rendered anew, so nothing else in it moves.
 */
import { ENOUGH, type Line, splitRow, walk } from "./blocks.ts";

/** A task box: `- [ ] text`, in any list and at any depth, outside code, comments and HTML. */
export interface Box {
  /** Line in the body, from 1. */
  readonly line: number;
  /** Offset of the character between the brackets. */
  readonly offset: number;
  readonly ticked: boolean;
  /** The rest of the line as written, without hidden comments, trimmed. */
  readonly text: string;
  /** Column of the list marker. */
  readonly indent: number;
  /** Ticked, struck out or not applicable, or its alternative is ticked: nothing is left to do. */
  readonly done: boolean;
  /** Index, among the boxes of the body, of the one that this one is the alternative of. */
  readonly other: number | null;
  /** The whole text is `~~struck~~`. */
  readonly struck: boolean;
  /** The line ends in `(n/a)`, or the box is GitLab's `[~]`. */
  readonly notApplicable: boolean;
}

const OPEN_BRACKET = 91;
const CLOSE_PAREN = 41;
const TILDE = 126;
const HASH = 35;
const BRACKETS = ["[ ]", "[x]", "[X]", "[~]"];
const NOT_APPLICABLE = /\s*\(n\/a\)$/i;
const STRUCK = /^~~(?=\S)((?:(?!~~).)+)~~$/;

/** The two boxes of a system that somebody leaves: access was taken away, or there was none to take. */
export const REVOKED = "Revoked";
export const NEVER_HAD = "Never had access";
const ALTERNATIVES = [REVOKED.toLowerCase(), NEVER_HAD.toLowerCase()];

/** Text without the HTML comments that begin and end in it. */
export function withoutComments(text: string): string {
  let kept = "";
  let from = 0;
  for (;;) {
    const open = text.indexOf("<!--", from);
    const close = open < 0 ? -1 : text.indexOf("-->", open + 4);
    if (close < 0) return kept + text.slice(from);
    kept += text.slice(from, open);
    from = close + 3;
  }
}

type Found = { -readonly [K in keyof Box]: Box[K] };

/**
 * The boxes of a body, in order. As GFM has it, a box without text is none. A multiline item's text is its first line.
 *
 * "Revoked" and "Never had access", one after the other in one list, are alternatives: a tick in either settles both.
 * A struck one does not, since it only says that this was not it.
 */
export function boxes(body: string): Box[] {
  return scan(body, false);
}

/** How the boxes of a body stand as a whole: one that is open decides, and mostly it is the first. */
export function boxStand(body: string): "none" | "open" | "done" {
  const found = scan(body, true);
  if (found.length === 0) return "none";
  return found.every(({ done }) => done) ? "done" : "open";
}

/** @param untilOpen no further than to a box that is open, and that no alternative can settle */
function scan(body: string, untilOpen: boolean): Found[] {
  const found: Found[] = [];
  /** Index of the last box, while it waits for its alternative. */
  let lone: number | null = null;
  // Most bodies of other kinds have none; a look costs nothing.
  if (!BRACKETS.some((brackets) => body.includes(brackets))) return found;
  walk(body, (line) => {
    if (line.kind === "heading" || line.kind === "underline") lone = null;
    if (!line.item || line.kind !== "text") return;
    const { at, end } = line;
    if (body.charCodeAt(at) !== OPEN_BRACKET || body[at + 2] !== "]") return;
    if (body[at + 3] !== " " && body[at + 3] !== "\t") return;
    const mark = body[at + 1];
    const ticked = mark === "x" || mark === "X";
    if (!ticked && mark !== " " && mark !== "~") return;
    const source = body.slice(at + 4, end).trim();
    if (source === "") return;
    const text = source.includes("<!--") ? withoutComments(source).trim() : source;
    const notApplicable =
      mark === "~" || (text.charCodeAt(text.length - 1) === CLOSE_PAREN && NOT_APPLICABLE.test(text));
    const struck = text.charCodeAt(0) === TILDE && STRUCK.test(text.replace(NOT_APPLICABLE, ""));
    const box: Found = {
      line: line.number,
      offset: at + 1,
      ticked,
      text,
      indent: line.indent,
      done: ticked || struck || notApplicable,
      other: null,
      struck,
      notApplicable,
    };
    const before = lone === null ? undefined : found[lone];
    const name = alternative(box);
    if (name === null) lone = null;
    else if (before && before.indent === box.indent && alternative(before) !== name) {
      box.other = lone;
      before.other = found.length;
      if (before.ticked || ticked) before.done = box.done = true;
      lone = null;
    } else lone = found.length;
    found.push(box);
    return untilOpen && name === null && !box.done ? ENOUGH : undefined;
  });
  return found;
}

/** Which of the two alternatives a box is; null for any other. */
function alternative(box: Box): number | null {
  // Nearly no box is, and a look at the length and the first letter costs nothing.
  const { text } = box;
  if (text.length < REVOKED.length || text.length > LONGEST_ALTERNATIVE) return null;
  if (!INITIALS.includes(text.charAt(0))) return null;
  return alternativeNamed(subject(box));
}

/** Of both in either case, or of the strokes around them. */
const INITIALS = "RrNn~";
/** With strokes and `(n/a)` around it. */
const LONGEST_ALTERNATIVE = NEVER_HAD.length + 16;

/** Which of the two alternatives a text names; null for any other. */
export function alternativeNamed(text: string): number | null {
  const index = ALTERNATIVES.indexOf(text.toLowerCase());
  return index < 0 ? null : index;
}

/** Ticked, struck out or not applicable by itself, whatever its alternative says. */
const doneItself = (box: Box): boolean => box.ticked || box.struck || box.notApplicable;

/**
 * The body with one box ticked or cleared; nothing else changes.
 * @throws RangeError when the body is not the one the box was read from
 */
export function setBox(body: string, box: Box, ticked: boolean): string {
  const { offset } = box;
  if (!/^\[[ xX~]\]$/.test(body.slice(offset - 1, offset + 2))) {
    throw new RangeError(`no box at offset ${offset} (line ${box.line}): read the boxes of this body again`);
  }
  return body.slice(0, offset) + (ticked ? "x" : " ") + body.slice(offset + 1);
}

/** What a box is about, however it was settled. */
export const subject = (box: Box) => box.text.replace(NOT_APPLICABLE, "").replace(STRUCK, "$1").trim();

/**
 * The boxes that an edit got done or undone, as they stand after it. Boxes are the same when their text is, the
 * first with the first where several read alike. A box that came with the edit counts as ticked if it is done; one
 * that went with it counts for nothing.
 */
export function boxDiff(before: string, after: string): { ticked: Box[]; unticked: Box[] } {
  const waiting = new Map<string, Box[]>();
  for (const box of boxes(before)) {
    const same = waiting.get(subject(box));
    if (same) same.push(box);
    else waiting.set(subject(box), [box]);
  }
  const ticked: Box[] = [];
  const unticked: Box[] = [];
  for (const box of boxes(after)) {
    const was = waiting.get(subject(box))?.shift();
    const [is, wasDone] = [doneItself(box), was !== undefined && doneItself(was)];
    if (is && !wasDone) ticked.push(box);
    if (!is && wasDone) unticked.push(box);
  }
  return { ticked, unticked };
}

/** A heading outside quotes and lists: `## Text`, or text over `===` or `---`. */
export interface Heading {
  /** Line it starts on, from 1. */
  readonly line: number;
  readonly level: number;
  /** As written, without its marks. */
  readonly text: string;
  /** Offsets of the whole heading, up to and without its last line break. */
  readonly start: number;
  readonly end: number;
}

/** The headings of a body, in order. */
export function headings(body: string): Heading[] {
  const found: Heading[] = [];
  // The last paragraph: where it starts, and where its text does and ends.
  let number = 0;
  let start = 0;
  let from = 0;
  let to = 0;
  walk(body, (line) => {
    if (line.kind === "text") {
      if (line.first || number === 0) {
        number = line.number;
        start = line.start;
        from = line.at;
      }
      to = line.end;
    } else if (line.depth > 0) {
      return;
    } else if (line.kind === "heading") {
      found.push(atxHeading(body, line));
    } else if (line.kind === "underline" && number > 0) {
      const level = body[line.at] === "=" ? 1 : 2;
      found.push({ line: number, level, text: body.slice(from, to).trim(), start, end: line.end });
    }
  });
  return found;
}

function atxHeading(body: string, line: Line): Heading {
  const whole = body.slice(line.at, line.end).trim();
  let level = 0;
  while (level < 6 && whole.charCodeAt(level) === HASH) level++;
  let text = whole.slice(level).trim();
  if (text.charCodeAt(text.length - 1) === HASH) {
    const last = Math.max(text.lastIndexOf(" "), text.lastIndexOf("\t"));
    if (/^#+$/.test(text.slice(last + 1))) text = text.slice(0, Math.max(last, 0)).trim();
  }
  return { line: line.number, level, text, start: line.start, end: line.end };
}

/** What stands under a heading, up to the next heading of whatever level. */
export interface Section {
  readonly heading: Heading;
  /** Offsets of the content. */
  readonly start: number;
  readonly end: number;
}

/** The sections of a body, in order. Where a heading is repeated, only its first section counts. */
export function sections(body: string): Section[] {
  const all = headings(body);
  const seen = new Set<string>();
  const found: Section[] = [];
  all.forEach((heading, i) => {
    const name = heading.text.toLowerCase();
    if (seen.has(name)) return;
    seen.add(name);
    const start = Math.min(body.length, heading.end);
    found.push({ heading, start, end: all[i + 1]?.start ?? body.length });
  });
  return found;
}

/** A cell: its source with `\|` read as `|`, trimmed, and the offsets of that source. */
export interface Cell {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface Row {
  /** Line in the body, from 1. */
  readonly line: number;
  /** As many as the header has: missing ones are empty, surplus ones dropped. */
  readonly cells: readonly Cell[];
}

/** A GFM table. */
export interface Table {
  readonly header: Row;
  readonly align: readonly ("left" | "right" | "center" | null)[];
  readonly rows: readonly Row[];
}

/** The tables of a body, in order. */
export function tables(body: string): Table[] {
  const found: (Table & { readonly rows: Row[] })[] = [];
  let head = { number: 0, at: 0, end: 0 };
  let open = false;
  walk(body, ({ kind, number, at, end }) => {
    if (kind === "rule") {
      const header = readRow(body, head.number, head.at, head.end);
      const align = splitRow(body, at, end).map(([from, to]) => {
        const left = body[from] === ":";
        const right = body[to - 1] === ":";
        return left && right ? "center" : left ? "left" : right ? "right" : null;
      });
      found.push({ header, align, rows: [] });
      open = true;
    } else if (kind === "row" && open) {
      const table = found.at(-1);
      table?.rows.push(readRow(body, number, at, end, table.header.cells.length));
    } else {
      open = false;
      if (kind === "text") head = { number, at, end };
    }
  });
  return found;
}

/** Reads one line as a row of cells; with `width`, padded or cut to so many. */
export function readRow(body: string, line: number, start: number, end: number, width?: number): Row {
  const cells: Cell[] = splitRow(body, start, end).map(([from, to]) => ({
    text: body.slice(from, to).replaceAll("\\|", "|"),
    start: from,
    end: to,
  }));
  if (width !== undefined) {
    cells.length = Math.min(cells.length, width);
    while (cells.length < width) cells.push({ text: "", start: end, end });
  }
  return { line, cells };
}
