/**
 * The block structure of Markdown, line by line: what each line is and where its text starts. This is the block
 * half of the CommonMark algorithm (spec 0.31, appendix) with GFM tables; inlines are never parsed and nothing is
 * built, so a body costs microseconds where a syntax tree costs milliseconds.
 *
 * Two deliberate gaps: link reference definitions count as paragraph text, and an indented line right after a
 * table counts as its row.
 */

export type LineKind =
  /** Nothing, or only the marks of its containers. */
  | "blank"
  /** Paragraph text. A table's header is text until its rule is met. */
  | "text"
  /** A table's delimiter row; the text line before it is the header. */
  | "rule"
  /** A table's body row. */
  | "row"
  /** The opening or closing line of a fence. */
  | "fence"
  /** Inside a fence, or indented code. */
  | "code"
  /** Part of an HTML block: comments, `<pre>`, `<details>` up to the next blank line. */
  | "html"
  /** `# …` */
  | "heading"
  /** `===` or `---` under a paragraph, which makes it a heading. */
  | "underline"
  /** A thematic break. */
  | "break";

/** One line as the scanner sees it. The object is used again for the next line: copy what you keep. */
export interface Line {
  /** From 1. */
  readonly number: number;
  /** Offsets into the body; `end` is before the line break. */
  readonly start: number;
  readonly end: number;
  /** Offset of the line's own text, after containers and indentation; in code, after what the fence takes off. */
  readonly at: number;
  readonly kind: LineKind;
  /** First line of its paragraph, fence or HTML block. */
  readonly first: boolean;
  /** A list marker stands right before `at` on this line. */
  readonly item: boolean;
  /** Column of that marker. */
  readonly indent: number;
  /** How many quotes and list items the line is in. */
  readonly depth: number;
  readonly quoted: boolean;
}

/** Deeper containers are text: nobody reads them, and a line of 30,000 nested lists must not cost a minute. */
const MAX_DEPTH = 64;
const TAB = 9;
const SPACE = 32;
const CLOSE: readonly (RegExp | null)[] = [
  null,
  /<\/(?:pre|script|style|textarea)>/i,
  /-->/,
  /\?>/,
  />/,
  /\]\]>/,
];
const TAG_BLOCK =
  /^<\/?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul)(?:\s|\/?>|$)/i;
const ATTRIBUTE = String.raw`\s+[a-z_:][\w.:-]*(?:\s*=\s*(?:[^\s"'=<>\x60]+|'[^']*'|"[^"]*"))?`;
const WHOLE_TAG = new RegExp(
  String.raw`^(?:<[a-z][a-z0-9-]*(?:${ATTRIBUTE})*\s*\/?>|<\/[a-z][a-z0-9-]*\s*>)\s*$`,
  "i",
);
const DELIMITERS = /^\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;

/** Which of CommonMark's seven kinds of HTML block a line opens; 0 for none. */
function htmlKind(text: string, interrupts: boolean): number {
  if (/^<(?:pre|script|style|textarea)(?:\s|>|$)/i.test(text)) return 1;
  if (text.startsWith("<!--")) return 2;
  if (text.startsWith("<?")) return 3;
  if (/^<![a-z]/i.test(text)) return 4;
  if (text.startsWith("<![CDATA[")) return 5;
  if (TAG_BLOCK.test(text)) return 6;
  return !interrupts && WHOLE_TAG.test(text) ? 7 : 0;
}

/** The cells of a table row as pairs of offsets, spaces trimmed; `\|` does not part cells. */
export function splitRow(body: string, start: number, end: number): [start: number, end: number][] {
  const cells: [number, number][] = [];
  const push = (from: number, to: number) => {
    while (from < to && (body.charCodeAt(from) === SPACE || body.charCodeAt(from) === TAB)) from++;
    while (to > from && (body.charCodeAt(to - 1) === SPACE || body.charCodeAt(to - 1) === TAB)) to--;
    cells.push([from, to]);
  };
  while (end > start && (body.charCodeAt(end - 1) === SPACE || body.charCodeAt(end - 1) === TAB)) end--;
  let from = body[start] === "|" ? start + 1 : start;
  for (let i = from; i < end; i++) {
    if (body[i] === "\\") i++;
    else if (body[i] === "|") {
      push(from, i);
      from = i + 1;
    }
  }
  if (from < end) push(from, end);
  return cells;
}

type Leaf = "none" | "paragraph" | "table" | "fence" | "html";

/** What a visitor says that has seen enough. */
export const ENOUGH = "enough";

/** Calls `visit` for each line of a body, first to last or until it is enough. Linear in the body's length. */
export function walk(body: string, visit: (line: Line) => typeof ENOUGH | undefined): void {
  let enough = false;
  let bareReturn = body.includes("\r") ? body.search(/\r(?!\n)/) : -1;
  const quotes: boolean[] = [];
  const widths: number[] = [];
  const empties: boolean[] = [];
  let leaf: Leaf = "none";
  let fenceChar = 0;
  let fenceLength = 0;
  let fenceIndent = 0;
  let html = 0;
  let previousStart = 0;
  let previousEnd = 0;

  // The position within the line: `i` and `col` are consumed, `next` and `nextCol` skip white space from there.
  let end = 0;
  let i = 0;
  let col = 0;
  let next = 0;
  let nextCol = 0;
  const skip = () => {
    next = i;
    nextCol = col;
    for (; next < end; next++) {
      const c = body.charCodeAt(next);
      if (c === SPACE) nextCol++;
      else if (c === TAB) nextCol += 4 - (nextCol & 3);
      else break;
    }
  };
  /** Consumes columns; a tab may be consumed in part. */
  const advance = (columns: number) => {
    while (columns > 0 && i < end) {
      const width = body.charCodeAt(i) === TAB ? 4 - (col & 3) : 1;
      if (width <= columns) i++;
      col += Math.min(width, columns);
      columns -= width;
    }
  };
  const runLength = (c: number) => {
    let n = next;
    while (n < end && body.charCodeAt(n) === c) n++;
    return n - next;
  };
  const blankFrom = (from: number) => {
    for (let n = from; n < end; n++) {
      const c = body.charCodeAt(n);
      if (c !== SPACE && c !== TAB) return false;
    }
    return true;
  };
  const isBreak = (c: number) => {
    let marks = 0;
    for (let n = next; n < end; n++) {
      const d = body.charCodeAt(n);
      if (d === c) marks++;
      else if (d !== SPACE && d !== TAB) return false;
    }
    return marks >= 3;
  };
  /** Length of a list marker at `next`, 0 for none. */
  const markerLength = (c: number, interrupts: boolean) => {
    let length = 1;
    if (c >= 48 && c <= 57) {
      while (length < 10 && isDigit(body.charCodeAt(next + length))) length++;
      const d = body.charCodeAt(next + length);
      if (length > 9 || (d !== 46 && d !== 41)) return 0;
      if (interrupts && body.slice(next, next + length) !== "1") return 0;
      length++;
    } else if (c !== 45 && c !== 42 && c !== 43) return 0;
    const after = next + length;
    if (after > end) return 0;
    if (after < end && body.charCodeAt(after) !== SPACE && body.charCodeAt(after) !== TAB) return 0;
    return interrupts && blankFrom(after) ? 0 : length;
  };

  const line = {
    number: 0,
    start: 0,
    end: 0,
    at: 0,
    kind: "blank" as LineKind,
    first: false,
    item: false,
    indent: 0,
    depth: 0,
    quoted: false,
  };
  let depth = 0;
  const emit = (kind: LineKind, at: number, first: boolean) => {
    line.end = end;
    line.at = at;
    line.kind = kind;
    line.first = first;
    line.depth = depth;
    line.quoted = false;
    for (let n = 0; n < depth; n++) if (quotes[n]) line.quoted = true;
    enough = visit(line) === ENOUGH;
  };
  const fill = () => {
    if (depth > 0) empties[depth - 1] = false;
  };

  for (let start = 0; start < body.length && !enough; ) {
    let lineBreak = body.indexOf("\n", start);
    if (lineBreak < 0) lineBreak = body.length;
    let following = lineBreak + 1;
    if (bareReturn >= 0 && bareReturn < lineBreak) {
      lineBreak = bareReturn;
      following = bareReturn + 1;
      const rest = body.slice(following).search(/\r(?!\n)/);
      bareReturn = rest < 0 ? -1 : following + rest;
    }
    end = lineBreak > start && body.charCodeAt(lineBreak - 1) === 13 ? lineBreak - 1 : lineBreak;
    line.number++;
    line.start = start;
    line.item = false;
    // Most lines are prose outside everything: no need to look any further.
    if (depth === 0 && (leaf === "none" || leaf === "paragraph") && isProse(body.charCodeAt(start))) {
      const first = leaf === "none";
      leaf = "paragraph";
      emit("text", start, first);
      previousStart = start;
      previousEnd = end;
      start = following;
      continue;
    }
    i = start;
    col = 0;
    skip();
    start = following;

    // Which of the open containers go on?
    let matched = 0;
    for (; matched < depth; matched++) {
      if (quotes[matched]) {
        if (nextCol - col > 3 || body[next] !== ">" || next >= end) break;
        i = next + 1;
        col = nextCol + 1;
        if (i < end && (body.charCodeAt(i) === SPACE || body.charCodeAt(i) === TAB)) advance(1);
        skip();
      } else if (next === end) {
        if (empties[matched]) break;
      } else {
        const width = widths[matched] ?? 0;
        if (nextCol - col < width) break;
        advance(width);
      }
    }
    const all = matched === depth;

    if (all && leaf === "fence") {
      const closes =
        nextCol - col <= 3 &&
        body.charCodeAt(next) === fenceChar &&
        runLength(fenceChar) >= fenceLength &&
        blankFrom(next + runLength(fenceChar));
      if (closes) leaf = "none";
      else advance(Math.min(fenceIndent, nextCol - col));
      emit(closes ? "fence" : "code", closes ? next : i, false);
      continue;
    }
    if (all && leaf === "html" && (html < 6 || next < end)) {
      if (html < 6 && CLOSE[html]?.test(body.slice(i, end))) leaf = "none";
      emit("html", next, false);
      continue;
    }

    // What starts here?
    let paragraph = leaf === "paragraph";
    const before = depth;
    depth = matched;
    let kind: LineKind = "text";
    let started = false;
    while (next < end) {
      if (nextCol - col >= 4) {
        if (!paragraph && !(all && !started && leaf === "table")) kind = "code";
        break;
      }
      const c = body.charCodeAt(next);
      // Only these characters start a block other than a paragraph.
      if (c > 62 ? c !== 95 && c !== 96 && c !== 126 : c === 44 || c === 46 || c === 47) break;
      const own = all && !started && paragraph;
      if (c === 62) {
        if (depth >= MAX_DEPTH) break;
        quotes[depth] = true;
        empties[depth] = false;
        i = next + 1;
        col = nextCol + 1;
        if (i < end && (body.charCodeAt(i) === SPACE || body.charCodeAt(i) === TAB)) advance(1);
      } else if (c === 35) {
        const length = runLength(c);
        const after = next + length;
        if (
          length <= 6 &&
          (after === end || body.charCodeAt(after) === SPACE || body.charCodeAt(after) === TAB)
        )
          kind = "heading";
        break;
      } else if (c === 96 || c === 126) {
        const length = runLength(c);
        if (length >= 3 && (c === 126 || !body.slice(next + length, end).includes("`"))) {
          kind = "fence";
          fenceChar = c;
          fenceLength = length;
          fenceIndent = nextCol - col;
        }
        break;
      } else if (c === 60) {
        html = htmlKind(body.slice(next, end), paragraph);
        if (html > 0) kind = "html";
        break;
      } else if (own && (c === 61 || c === 45) && blankFrom(next + runLength(c))) {
        kind = "underline";
        break;
      } else if ((c === 42 || c === 45 || c === 95) && isBreak(c)) {
        kind = "break";
        break;
      } else {
        const length = depth < MAX_DEPTH ? markerLength(c, own) : 0;
        if (length === 0) break;
        const indent = nextCol - col;
        line.item = true;
        line.indent = nextCol;
        i = next + length;
        col = nextCol + length;
        skip();
        const spaces = nextCol - col;
        const blank = next === end;
        const taken = blank || spaces > 4 ? 1 : spaces;
        quotes[depth] = false;
        widths[depth] = indent + length + taken;
        empties[depth] = blank;
        advance(taken);
      }
      // A container was opened: whatever was open beside it is closed.
      if (depth > 0) empties[depth - 1] = false;
      depth++;
      if (c === 62) line.item = false;
      started = true;
      paragraph = false;
      leaf = "none";
      skip();
    }

    if (next === end) {
      leaf = "none";
      emit("blank", next, false);
    } else if (kind === "code") {
      leaf = "none";
      fill();
      emit("code", next, false);
    } else if (kind === "fence" || kind === "html") {
      leaf = kind;
      fill();
      if (kind === "html" && html < 6 && closesAtOnce(body.slice(next, end), html)) leaf = "none";
      emit(kind, next, true);
    } else if (kind !== "text") {
      leaf = "none";
      fill();
      emit(kind, next, true);
    } else if (paragraph) {
      // Goes on; lazily where containers did not match, and then it stays in them.
      depth = before;
      const c = body.charCodeAt(next);
      if (all && (c === 124 || c === 58 || c === 45) && isRule(body, next, end, previousStart, previousEnd)) {
        leaf = "table";
        emit("rule", next, false);
      } else emit("text", next, false);
    } else if (all && !started && leaf === "table") {
      emit("row", next, false);
    } else {
      leaf = "paragraph";
      fill();
      emit("text", next, true);
    }
    previousStart = next;
    previousEnd = end;
  }
}

/** Starts with a letter, say, that starts no block; a line break is none. */
const isProse = (c: number) => c > 62 && c !== 95 && c !== 96 && c !== 124 && c !== 126;
const isDigit = (c: number) => c >= 48 && c <= 57;

/** Comments may end where they begin (`<!-->`); the others end on their opening line like on any other. */
function closesAtOnce(text: string, html: number): boolean {
  return CLOSE[html]?.test(html === 2 ? text.slice(2) : text) ?? false;
}

/** Whether a line is the delimiter row of the header before it. A bare `---` is a heading's underline. */
function isRule(body: string, start: number, end: number, headStart: number, headEnd: number): boolean {
  const text = body.slice(start, end);
  if (!/[|:]/.test(text) || !DELIMITERS.test(text)) return false;
  return splitRow(body, start, end).length === splitRow(body, headStart, headEnd).length;
}
