/** Finds the command lines of a comment. What they say is read by `read.ts`. */
import { walk } from "../text/blocks.ts";
import { plain } from "../text/safe.ts";

/** Commands read from one comment: nobody means more, and each is answered. */
export const MOST_LINES = 10;
/** What stands beyond this in a line is not read. */
const LONGEST = 1000;

/** One line `/ar name rest`, as typed but for white space. */
export interface CommandLine {
  /** Lower case; "" for a bare `/ar`. */
  readonly name: string;
  readonly rest: string;
}

/** Where a forge shows our own examples, a zero-width space may stand before them and be copied along. */
const START = /^ {0,3}\u200b?\/ar(?=\s|$)/i;

/**
 * The command lines of a comment, in order: `/ar` at the start of a line, in any case, outside code, quotes, tables
 * and HTML comments. A line right below a quote or list item counts, though forges draw it into them: whoever
 * types it there, without their marks, means it.
 */
export function commandLines(body: string): CommandLine[] {
  const found: CommandLine[] = [];
  // Nearly every comment has none, and this look costs nothing.
  if (!/^ {0,3}\u200b?\/ar/im.test(body)) return found;
  const hidden = commentsOverLines(body);
  let next = 0;
  walk(body, ({ kind, start, end }) => {
    if (kind !== "text") return;
    const line = body.slice(start, Math.min(end, start + LONGEST));
    const head = START.exec(line);
    if (!head) return;
    while ((hidden[next]?.to ?? start) < start) next++;
    if ((hidden[next]?.from ?? start) < start) return;
    const [, name = "", rest = ""] = /^(\S*)\s*(.*)$/s.exec(plain(line.slice(head[0].length))) ?? [];
    found.push({ name: name.toLowerCase(), rest });
  });
  return found;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** HTML comments that run over several lines of a paragraph; one that starts a block is no text to the scanner. */
function commentsOverLines(body: string): Span[] {
  const found: Span[] = [];
  if (!body.includes("<!--")) return found;
  let open: Span | null = null;
  const close = () => {
    if (open) found.push(...commentsIn(body.slice(open.from, open.to), open.from));
    open = null;
  };
  walk(body, ({ kind, first, start, end }) => {
    if (kind !== "text" || first) close();
    if (kind === "text") open = { from: open?.from ?? start, to: end };
  });
  close();
  return found;
}

function commentsIn(paragraph: string, offset: number): Span[] {
  const found: Span[] = [];
  for (let at = 0; ; ) {
    const from = paragraph.indexOf("<!--", at);
    const to = from < 0 ? -1 : paragraph.indexOf("-->", from + 4);
    if (to < 0) return found;
    found.push({ from: offset + from, to: offset + to });
    at = to + 3;
  }
}
