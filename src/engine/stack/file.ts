/** A whole tech stack file in, system files out. */
import { isMap, isSeq, LineCounter, parseDocument, stringify } from "yaml";
import type { System } from "../config/files.ts";
import { type Imported, readEntry } from "./entry.ts";

/** A file that is no list of entries; the place is where it goes wrong. */
export interface StackFault {
  readonly line: number;
  readonly column: number;
  readonly found: string;
  readonly expected: string;
}

export type Stack = { readonly entries: readonly Imported[] } | { readonly fault: StackFault };

const EXPECTED = "a list of tools, each with a `title` (GitLab's tech_stack.yml)";

/**
 * Reads a `tech_stack.yml`. Each entry gets an id of its own; entries of one name get `-2`, `-3` …
 * @param site root of the site that paths like `/handbook/…` belong to
 */
export function readStack(text: string, site: string | null = null): Stack {
  const lines = new LineCounter();
  const source = text.replace(/^\ufeff/, "");
  // A real one repeats keys and indents as it likes: whatever can be read is.
  const document = parseDocument(source, { strict: false, uniqueKeys: false, lineCounter: lines });
  const { contents, errors } = document as { contents: unknown; errors: typeof document.errors };
  const list = isSeq(contents) ? contents : null;
  if (!list) {
    const at = lines.linePos(errors[0]?.pos[0] ?? 0);
    const found = errors[0]?.message.split("\n")[0] ?? "something else";
    return { fault: { line: at.line || 1, column: at.col || 1, found, expected: EXPECTED } };
  }
  const taken = new Map<string, number>();
  const entries: Imported[] = [];
  for (const item of list.items) {
    if (!isMap(item)) {
      const at = lines.linePos((item as { range?: readonly number[] | null } | null)?.range?.[0] ?? 0);
      return { fault: { line: at.line, column: at.col, found: "an entry without keys", expected: EXPECTED } };
    }
    const [start, , end] = item.range ?? [0, 0, 0];
    const read = readEntry(item.toJS(document), dedent(source, start, end), site);
    const times = (taken.get(read.id) ?? 0) + 1;
    taken.set(read.id, times);
    entries.push(times === 1 ? read : { ...read, id: `${read.id}-${times}` });
  }
  if (entries.length > 0 && entries.every(({ title }) => title === "")) {
    const at = lines.linePos(errors[0]?.pos[0] ?? 0);
    const found = errors[0]?.message.split("\n")[0] ?? "no entry with a title";
    return { fault: { line: at.line || 1, column: at.col || 1, found, expected: EXPECTED } };
  }
  return { entries };
}

/** The lines of an entry, as far to the left as they go. */
function dedent(source: string, start: number, end: number): string {
  const column = start - (source.lastIndexOf("\n", start - 1) + 1);
  return source
    .slice(start, end)
    .split(/\r?\n/)
    .map((line, i) => (i > 0 && /^\s*$/.test(line.slice(0, column)) ? line.slice(column) : line).trimEnd())
    .join("\n")
    .trim();
}

const DEFAULTS: Readonly<Record<string, unknown>> = { sox: false, invite: "none" };

/** A system as its file has it: what is empty or as by default is left out. */
export function systemText(system: Omit<System, "id">): string {
  const { roles, source, ...rest } = system;
  const kept = Object.entries(rest).filter(
    ([key, value]) => !(Array.isArray(value) && value.length === 0) && DEFAULTS[key] !== value,
  );
  const slim = kept.map(([key, value]) => [
    key,
    typeof value === "object" && !Array.isArray(value) ? filled(value) : value,
  ]);
  const more = { ...Object.fromEntries(slim), ...(source === undefined ? {} : { source: `${source}\n` }) };
  return `# yaml-language-server: $schema=../schema/system.schema.json\n${stringify(more, { lineWidth: 110, blockQuote: "literal" })}`;
}

const filled = (route: object): object =>
  Object.fromEntries(
    Object.entries(route).filter(([, value]) => !(Array.isArray(value) && value.length === 0)),
  );
