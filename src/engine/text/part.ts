/**
 * The one part of a person's issue that daytwo writes: below their own text, between two hidden marker lines. All
 * that stands outside belongs to them and is left as it is.
 */
import { lines, marker, type SafeText, safe, writeBack } from "./safe.ts";

const START = marker("part");
const END = marker("part-end");

export interface Part {
  /** What stands between the marker lines, trimmed. */
  readonly text: string;
  /** Offsets into the body, of the first marker's first character and behind the last one's last. */
  readonly start: number;
  readonly end: number;
  /** Offset of `text` in the body. */
  readonly from: number;
}

/** The part of a body; null where there is none. Whoever forges the lines gets them overwritten. */
export function partOf(body: string): Part | null {
  const start = body.indexOf(START);
  if (start < 0) return null;
  const inside = start + START.length;
  const close = body.indexOf(END, inside);
  // Somebody has cut the end off: everything below was ours.
  const [stop, end] = close < 0 ? [body.length, body.length] : [close, close + END.length];
  const raw = body.slice(inside, stop);
  const text = raw.trim();
  return { text, start, end, from: inside + raw.indexOf(text) };
}

/** The person's own text, without the part. */
export function ownText(body: string): string {
  const part = partOf(body);
  return part ? body.slice(0, part.start).trimEnd() + body.slice(part.end) : body;
}

/** The body with this part in place of the one it had, or below the text; null takes it out. */
export function withPart(body: string, text: SafeText | null): SafeText {
  const part = partOf(body);
  const block = text === null ? null : lines(START, safe``, text, safe``, END);
  if (part) {
    const [before, after] = [body.slice(0, part.start), body.slice(part.end)];
    return writeBack(block === null ? before.trimEnd() + after : before + block + after);
  }
  if (block === null) return writeBack(body);
  // Trimmed as it is written: what is not written back may hide blanks at the end.
  const own = writeBack(body).trimEnd();
  return writeBack(own === "" ? block : `${own}\n\n${block}`);
}
