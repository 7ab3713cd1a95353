/**
 * YAML with the place of every key and value. Anchors, aliases and merge keys work; what they expand to is
 * limited, so that a small file cannot become a large one.
 */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type YAMLError,
} from "yaml";
import { type Fault, fault, type Place, show } from "./fault.ts";

/** Far above any real configuration; a limit against mistakes and bombs. */
const MAX_CHARACTERS = 1_000_000;
const MAX_VALUES = 20_000;
const MAX_DEPTH = 40;

/** One value of a file with its place. Accessors give undefined where the value is not of that kind. */
export interface Located {
  /** The plain value, with all below it. */
  readonly value: unknown;
  readonly path: string;
  /** Where the value stands; where there is none, its key. */
  readonly place: Place;
  /** Where its key stands; a list's item and the root have none. */
  readonly key: Place | null;
  readonly children: ReadonlyMap<string, Located>;
  /** Columns from `place` to the first character of a text: 1 for a quoted one. */
  readonly indent?: number;
}

export const get = (at: Located | undefined, ...keys: readonly (string | number)[]): Located | undefined =>
  keys.reduce<Located | undefined>((node, key) => node?.children.get(String(key)), at);

export const text = (at: Located | undefined): string | undefined =>
  typeof at?.value === "string" ? at.value : undefined;

export const items = (at: Located | undefined): Located[] =>
  Array.isArray(at?.value) ? [...(at?.children.values() ?? [])] : [];

export const entries = (at: Located | undefined): [string, Located][] =>
  at === undefined || Array.isArray(at.value) ? [] : [...at.children];

/** The fault of a value, at its place. */
export const wrong = (
  at: Located,
  expected: string,
  nearest: string | null = null,
  found = show(at.value),
): Fault => fault(at.place, at.path, { found, expected, nearest });

export const childPath = (parent: string, key: string | number): string => {
  if (typeof key === "number") return `${parent}[${key}]`;
  if (!/^[\w-]+$/.test(key)) return `${parent}[${JSON.stringify(key)}]`;
  return parent === "" ? key : `${parent}.${key}`;
};

export interface Parsed {
  /** Null where the file cannot be read as one mapping or list; then there are faults. */
  readonly root: Located | null;
  readonly faults: readonly Fault[];
}

/** Errors after which the rest of the file still reads as it was meant. */
const HARMLESS = new Set(["BAD_SCALAR_START", "BAD_DQ_ESCAPE", "TAG_RESOLVE_FAILED"]);

const EXPECTED: Readonly<Record<string, string>> = {
  ALIAS_PROPS: "an alias without a tag or anchor",
  BAD_DQ_ESCAPE: "a known escape, or the text in single quotes",
  BAD_INDENT: "lines of one block to be indented alike, and every bracket closed",
  BAD_SCALAR_START: "text that starts with this character to stand in quotes",
  BLOCK_AS_IMPLICIT_KEY: 'one key and value in a line; text with ": " in it in quotes',
  MISSING_CHAR: "the closing quote, bracket, comma or colon",
  MULTILINE_IMPLICIT_KEY: "a key and its colon on one line",
  MULTIPLE_DOCS: "one document in the file",
  RESOURCE_EXHAUSTION: `at most ${MAX_DEPTH} levels`,
  TAB_AS_INDENT: "spaces: YAML is not indented with tabs",
  TAG_RESOLVE_FAILED: "a value without this tag",
};

/** Reads one YAML file. `offset` shifts lines, for YAML inside another file. Never throws. */
export function parseYaml(file: string, source: string, offset = 0): Parsed {
  const start: Place = { file, line: offset + 1, column: 1 };
  if (source.length > MAX_CHARACTERS) {
    const found = `${source.length} characters`;
    return { root: null, faults: [fault(start, "", { found, expected: `at most ${MAX_CHARACTERS}` })] };
  }
  const bare = source.replace(/^\ufeff/, "");
  const lines = new LineCounter();
  const document = parseDocument(bare, {
    lineCounter: lines,
    uniqueKeys: false,
    schema: "core",
    prettyErrors: false,
  });
  const place = (at: number): Place => {
    const { line, col } = lines.linePos(at);
    return { file, line: Math.max(line, 1) + offset, column: Math.max(col, 1) };
  };
  const faults = syntax([...document.errors, ...document.warnings], bare, place);
  if (document.errors.some((error) => !HARMLESS.has(error.code))) return { root: null, faults };
  if (document.contents === null) {
    return {
      root: null,
      faults: [...faults, fault(start, "", { found: "an empty file", expected: "a mapping" })],
    };
  }
  const reader = new TreeReader(document, place, start);
  const root = reader.read(document.contents, "", null, 0);
  return { root: reader.exhausted ? null : root, faults: [...faults, ...reader.faults] };
}

/** One fault a line: the errors after the first in a line come from it. */
function syntax(errors: readonly YAMLError[], source: string, place: (at: number) => Place): Fault[] {
  const byLine = new Map<number, Fault>();
  const end = source.trimEnd().length;
  for (const error of errors) {
    // What is missed at the end is missed behind the last thing there, not in a line that does not exist.
    const offset = Math.min(error.pos[0], end);
    const at = place(offset);
    if (byLine.has(at.line)) continue;
    const here = source.slice(offset).split(/\r?\n/, 1)[0] ?? "";
    const empty = offset === end ? "the end of the file" : "the end of the line";
    const found = here.trim() === "" ? empty : show(here.replaceAll("\t", "→"));
    const expected = EXPECTED[error.code] ?? `valid YAML (${error.message})`;
    byLine.set(at.line, fault(at, "", { found, expected }));
  }
  return [...byLine.values()];
}

class TreeReader {
  readonly faults: Fault[] = [];
  exhausted = false;
  #left = MAX_VALUES;
  readonly #document: Document;
  readonly #place: (at: number) => Place;
  readonly #start: Place;

  constructor(document: Document, place: (at: number) => Place, start: Place) {
    this.#document = document;
    this.#place = place;
    this.#start = start;
  }

  read(node: Node | null, path: string, key: Place | null, depth: number): Located {
    const place = node?.range ? this.#place(node.range[0]) : (key ?? this.#start);
    if (this.#left-- <= 0 || depth > MAX_DEPTH) return this.#exhaust(place, path, key, depth);
    if (isAlias(node)) return this.#alias(node, path, place, key, depth);
    if (isMap(node)) return this.#mapping(node.items as Pair[], path, place, key, depth);
    if (isSeq(node)) {
      const list = node.items as (Node | null)[];
      const children = list.map((item, index) => this.read(item, childPath(path, index), null, depth + 1));
      const value = children.map((child) => child.value);
      return { value, path, place, key, children: new Map(children.map((child, i) => [String(i), child])) };
    }
    const value = isScalar(node) ? node.value : null;
    // A value left empty has its place behind the colon, where there is nothing to see.
    const indent = isScalar(node) && (node.type === "QUOTE_DOUBLE" || node.type === "QUOTE_SINGLE") ? 1 : 0;
    return { value, path, place: value === null ? (key ?? place) : place, key, children: new Map(), indent };
  }

  #alias(
    node: Node & { source: string },
    path: string,
    place: Place,
    key: Place | null,
    depth: number,
  ): Located {
    const target = (node as Node & { resolve(document: Document): Node | undefined }).resolve(this.#document);
    if (target === undefined) {
      this.faults.push(fault(place, path, { found: `*${node.source}`, expected: "an anchor set before it" }));
    }
    // What is wrong inside is shown where the anchor stands: that is where it is mended.
    return { ...this.read(target ?? null, path, key, depth + 1), key };
  }

  #mapping(pairs: readonly Pair[], path: string, place: Place, key: Place | null, depth: number): Located {
    const children = new Map<string, Located>();
    const merged: Located[] = [];
    for (const pair of pairs) {
      const name = pair.key as Node | null;
      const at = name?.range ? this.#place(name.range[0]) : place;
      if (!isScalar(name) || name.value === null || typeof name.value === "object") {
        const expected = "a name; text with braces in quotes";
        this.faults.push(fault(at, path, { found: "a key that is not text", expected }));
        continue;
      }
      const label = String(name.value);
      if (isMergeKey(name)) {
        merged.push(this.read(pair.value as Node | null, path, at, depth + 1));
      } else if (children.has(label) || label === "__proto__") {
        const what = label === "__proto__" ? `the key ${label}` : `${label} a second time`;
        this.faults.push(fault(at, childPath(path, label), { found: what, expected: "each key once" }));
      } else {
        children.set(label, this.read(pair.value as Node | null, childPath(path, label), at, depth + 1));
      }
    }
    for (const source of merged.flatMap((from) => (Array.isArray(from.value) ? items(from) : [from]))) {
      for (const [label, child] of source.children) if (!children.has(label)) children.set(label, child);
    }
    const value = Object.fromEntries([...children].map(([label, child]) => [label, child.value]));
    return { value, path, place, key, children };
  }

  #exhaust(place: Place, path: string, key: Place | null, depth: number): Located {
    if (!this.exhausted) {
      const expected =
        depth > MAX_DEPTH
          ? `at most ${MAX_DEPTH} levels`
          : `at most ${MAX_VALUES} values, those of aliases included`;
      this.faults.push(
        fault(place, path, { found: depth > MAX_DEPTH ? "more levels" : "more values", expected }),
      );
    }
    this.exhausted = true;
    return { value: null, path, place, key, children: new Map() };
  }
}

const isMergeKey = (key: Node | null): boolean => isScalar(key) && key.value === "<<" && key.type === "PLAIN";
