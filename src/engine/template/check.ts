/**
 * Checks a Handlebars text against what its kind of template may use, before anything is rendered: every
 * variable, helper and partial must be known, and every value must fit where it stands.
 */
import Handlebars from "handlebars";
import { count } from "../text/count.ts";
import { nearest } from "../text/nearest.ts";
import type { Fields, Group, List, Scalar, ScalarKind, Variable } from "./context.ts";
import { type Helper, helpers } from "./helpers.ts";
import { partials } from "./partials.ts";

/** What is wrong, with its place in the text: line and column from 1. */
export interface TemplateFault {
  readonly line: number;
  readonly column: number;
  readonly found: string;
  readonly expected: string;
  readonly nearest: string | null;
}

/** A body is Markdown; a line (title, label, assignee) is plain text and takes no Markdown values. */
export type TextMode = "body" | "line";

type Node = hbs.AST.Node;
type Path = hbs.AST.PathExpression;
type Call = Pick<hbs.AST.MustacheStatement, "path" | "params" | "hash" | "loc">;

const BLOCKS = ["each", "if", "unless", "with"] as const;
const EACH_DATA: Fields = {
  index: { kind: "number", optional: false, doc: "Position in the list, from 0." },
  first: { kind: "flag", optional: false, doc: "Whether it is the first." },
  last: { kind: "flag", optional: false, doc: "Whether it is the last." },
};
const known: Readonly<Record<string, Helper>> = helpers;

/** Every fault of a text, in order. Empty when it can be rendered. */
export function checkText(text: string, context: Group, mode: TextMode): TemplateFault[] {
  const parsed = parseText(text);
  if ("fault" in parsed) return [parsed.fault];
  const checker = new Checker(context, mode);
  checker.program(parsed.program, { self: context, up: null, each: false, names: {} });
  return checker.faults;
}

/** The syntax tree of a text, or why there is none. */
export function parseText(text: string): { program: hbs.AST.Program } | { fault: TemplateFault } {
  try {
    return { program: Handlebars.parse(text) };
  } catch (error) {
    return { fault: syntaxFault(text, error as Error & { lineNumber?: number; column?: number }) };
  }
}

function syntaxFault(text: string, error: Error & { lineNumber?: number; column?: number }): TemplateFault {
  if (error.message.includes("got 'EOF'")) {
    const open = unclosed(text);
    if (open !== null) return { ...open, expected: `{{/${open.name}}} further down`, nearest: null };
  }
  const said = /on line (\d+)/.exec(error.message)?.[1];
  const line = error.lineNumber ?? (said === undefined ? 1 : Number(said));
  const row = text.split(/\r?\n/)[line - 1] ?? "";
  const column = error.column ?? Math.max(row.lastIndexOf("{{"), 0);
  const mismatch = /^(\w+) doesn't match (\w+)/.exec(error.message);
  return {
    line,
    column: column + 1,
    found: mismatch
      ? `{{#${mismatch[1]}}} closed by {{/${mismatch[2]}}}`
      : shown(row.slice(column).trim() || "the end"),
    expected: mismatch ? `{{/${mismatch[1]}}}` : "a variable, helper or block in {{ }}",
    nearest: mismatch ? `{{/${mismatch[1]}}}` : null,
  };
}

/** The innermost block that nothing closes. */
function unclosed(text: string): { line: number; column: number; found: string; name: string } | null {
  const open: { index: number; found: string; name: string }[] = [];
  for (const { 0: tag, 1: sign, 2: name = "", index } of text.matchAll(
    /\{\{~?\s*([#^/])\s*([\w.-]+)[^}]*\}\}/g,
  )) {
    if (sign === "/") open.pop();
    else open.push({ index, found: tag, name });
  }
  const last = open.at(-1);
  if (last === undefined) return null;
  const before = text.slice(0, last.index).split("\n");
  return {
    line: before.length,
    column: (before.at(-1) ?? "").length + 1,
    found: shown(last.found),
    name: last.name,
  };
}

interface Scope {
  readonly self: Variable;
  readonly up: Scope | null;
  readonly each: boolean;
  /** Block parameters: `as |system|`. */
  readonly names: Fields;
}

const text: Scalar = { kind: "text", optional: false, doc: "" };
const scalar = (kind: ScalarKind): Scalar => ({ kind, optional: false, doc: "" });
const shown = (source: string): string => (source.length > 60 ? `${source.slice(0, 59)}…` : source);
const kindName = (variable: Variable): string =>
  ({ group: "a group of values", list: "a list", markdown: "Markdown" })[variable.kind as string] ??
  `a ${variable.kind}`;

class Checker {
  readonly faults: TemplateFault[] = [];
  readonly #root: Group;
  readonly #mode: TextMode;

  constructor(root: Group, mode: TextMode) {
    this.#root = root;
    this.#mode = mode;
  }

  program(program: hbs.AST.Program | undefined, scope: Scope): void {
    for (const statement of program?.body ?? []) this.#statement(statement, scope);
  }

  #fault(at: Node, found: string, expected: string, near: string | null = null): null {
    const { line, column } = at.loc.start;
    this.faults.push({ line, column: column + 1, found, expected, nearest: near });
    return null;
  }

  #statement(statement: hbs.AST.Statement, scope: Scope): void {
    switch (statement.type) {
      case "ContentStatement":
      case "CommentStatement":
        return;
      case "MustacheStatement":
        this.#mustache(statement as hbs.AST.MustacheStatement, scope);
        return;
      case "BlockStatement":
        this.#block(statement as hbs.AST.BlockStatement, scope);
        return;
      case "PartialStatement":
        this.#partial(statement as hbs.AST.PartialStatement, scope);
        return;
      default:
        this.#fault(statement, "a partial block or decorator", "a variable, a helper, a block or a partial");
    }
  }

  #mustache(statement: hbs.AST.MustacheStatement, scope: Scope): void {
    const name = original(statement.path);
    if (!statement.escaped) {
      this.#fault(statement, `{{{${name}}}}`, "two braces: every value is made safe", `{{${name}}}`);
      return;
    }
    const value = this.#value(statement, scope);
    if (value === null) return;
    if (value.kind === "group" || value.kind === "list" || value.kind === "calendar") {
      const how = value.kind === "list" ? `; {{#each ${name}}} goes through a list` : "";
      this.#fault(statement, `{{${name}}}, ${kindName(value)}`, `a single value${how}`);
    } else if (this.#mode === "line" && value.kind === "markdown") {
      this.#fault(
        statement,
        `{{${name}}}, Markdown`,
        "plain text: titles, labels and assignees know no Markdown",
      );
    }
  }

  /** The variable or result of an expression; null where it is at fault. */
  #value(call: Call, scope: Scope): Variable | null {
    const { path, params, hash } = call;
    if (path.type !== "PathExpression") return this.#literal(path);
    const target = path as Path;
    if (target.original in known && Object.hasOwn(known, target.original)) return this.#helper(call, scope);
    if ((params?.length ?? 0) > 0 || (hash?.pairs.length ?? 0) > 0) {
      const names = Object.keys(known);
      return this.#fault(
        path,
        `the unknown helper ${target.original}`,
        `one of ${names.join(", ")}`,
        nearest(target.original, names),
      );
    }
    return this.#path(target, scope);
  }

  #expression(expression: hbs.AST.Expression, scope: Scope): Variable | null {
    if (expression.type === "PathExpression")
      return this.#value(
        {
          ...(expression as Path),
          path: expression as Path,
          params: [],
          hash: { pairs: [] } as unknown as hbs.AST.Hash,
        },
        scope,
      );
    if (expression.type === "SubExpression") return this.#value(expression as hbs.AST.SubExpression, scope);
    return this.#literal(expression);
  }

  #literal(node: Node): Variable | null {
    if (node.type === "StringLiteral") return text;
    if (node.type === "NumberLiteral") return scalar("number");
    if (node.type === "BooleanLiteral") return scalar("flag");
    return this.#fault(node, "null or undefined", "a variable, text or a number");
  }

  #helper(call: Call, scope: Scope): Variable | null {
    const name = (call.path as Path).original;
    const helper = known[name] as Helper;
    const values = call.params.map((param) => this.#expression(param, scope));
    const least = helper.params.length - (helper.optional ?? 0);
    if (values.length < least || values.length > helper.params.length) {
      return this.#fault(call.path, `${name} with ${count(values.length, "value")}`, `${helper.usage}`);
    }
    values.forEach((value, index) => {
      const kinds = helper.params[index] ?? [];
      if (value !== null && !kinds.includes(value.kind)) {
        this.#fault(
          call.params[index] as Node,
          kindName(value),
          `a ${kinds.join(" or ")}, as in ${helper.usage}`,
        );
      }
    });
    const pairs = call.hash?.pairs ?? [];
    const list = values[0] ?? null;
    for (const pair of pairs) this.#column(pair, helper, list);
    if (helper.columns && pairs.length === 0) this.#fault(call.path, `${name} without columns`, helper.usage);
    return scalar(helper.returns);
  }

  #column(pair: hbs.AST.HashPair, helper: Helper, list: Variable | null): void {
    if (!helper.columns) {
      this.#fault(pair, `${pair.key}=…`, helper.usage);
      return;
    }
    if (pair.value.type !== "StringLiteral") this.#fault(pair.value, "a value", "a heading in quotes");
    const item = list?.kind === "list" ? (list as List).item : null;
    if (item === null) return;
    const fields = item.kind === "group" ? (item as Group).fields : {};
    const field = Object.hasOwn(fields, pair.key) ? fields[pair.key] : undefined;
    const names = Object.keys(fields).filter(
      (key) => !["list", "group", "calendar"].includes(fields[key]?.kind ?? ""),
    );
    if (field === undefined || !names.includes(pair.key)) {
      this.#fault(
        pair,
        `the unknown column ${pair.key}`,
        `one of ${names.join(", ")}`,
        nearest(pair.key, names),
      );
    }
  }

  #block(block: hbs.AST.BlockStatement, scope: Scope): void {
    const name = original(block.path) as (typeof BLOCKS)[number];
    if (!BLOCKS.includes(name)) {
      this.#fault(
        block,
        `{{#${name}}}`,
        `a block: ${BLOCKS.map((b) => `#${b}`).join(", ")}`,
        nearest(name, BLOCKS),
      );
      return;
    }
    const [argument, ...more] = block.params;
    if (argument === undefined || more.length > 0 || (block.hash?.pairs.length ?? 0) > 0) {
      this.#fault(block, `{{#${name}}} with ${count(block.params.length, "value")}`, `{{#${name} value}}`);
      return;
    }
    const value = this.#expression(argument, scope);
    if (value !== null)
      this.program(block.program, this.#inside(name, argument, value, block.program, scope) ?? scope);
    this.program(block.inverse, scope);
  }

  #inside(name: string, at: Node, value: Variable, program: hbs.AST.Program, scope: Scope): Scope | null {
    if (name === "if" || name === "unless") return scope;
    const wanted = name === "each" ? "list" : "group";
    if (value.kind !== wanted) {
      this.#fault(at, kindName(value), `a ${wanted === "list" ? "list" : "group of values"} after #${name}`);
      // What is inside cannot be judged without knowing what it stands for.
      return { self: value, up: scope, each: name === "each", names: {} };
    }
    const self = value.kind === "list" ? (value as List).item : value;
    const [first, second] = program.blockParams ?? [];
    const names: Record<string, Variable> = {};
    if (first !== undefined) names[first] = self;
    if (second !== undefined) names[second] = EACH_DATA.index as Variable;
    return { self, up: scope, each: name === "each", names };
  }

  #partial(statement: hbs.AST.PartialStatement, scope: Scope): void {
    const name = original(statement.name as Path);
    const source = Object.hasOwn(partials, name) ? partials[name as keyof typeof partials] : undefined;
    const names = Object.keys(partials);
    if (source === undefined) {
      this.#fault(
        statement,
        `the unknown partial ${name}`,
        `one of ${names.join(", ")}`,
        nearest(name, names),
      );
      return;
    }
    const [argument] = statement.params;
    const self = argument === undefined ? scope.self : this.#expression(argument, scope);
    if (self === null) return;
    const parsed = parseText(source.text);
    if ("fault" in parsed) return;
    const inner = new Checker(this.#root, this.#mode);
    inner.program(parsed.program, { self, up: null, each: false, names: {} });
    if (inner.faults.length > 0) this.#fault(statement, `{{> ${name}}} here`, source.usage);
  }

  #path(path: Path, scope: Scope): Variable | null {
    const [head] = path.parts;
    if (path.data) {
      if (head === "root") return this.#walk(path, this.#root, path.parts.slice(1));
      const eachScope = outward(scope, path.depth, (at) => at.each);
      const field =
        eachScope && head !== undefined && Object.hasOwn(EACH_DATA, head) ? EACH_DATA[head] : undefined;
      if (field !== undefined && path.parts.length === 1) return field;
      const names = ["root", ...(eachScope ? Object.keys(EACH_DATA) : [])].map((name) => `@${name}`);
      return this.#fault(
        path,
        `the unknown variable ${path.original}`,
        `one of ${names.join(", ")}`,
        nearest(`@${head}`, names),
      );
    }
    const named =
      path.depth === 0 && head !== undefined && !/^(this\b|\.)/.test(path.original)
        ? findName(scope, head)
        : null;
    if (named !== null) return this.#walk(path, named, path.parts.slice(1));
    let at: Scope | null = scope;
    for (let up = path.depth; up > 0 && at !== null; up--) at = at.up;
    if (at === null) return this.#fault(path, path.original, "a variable: there is nothing outside this");
    return this.#walk(path, at.self, path.parts);
  }

  #walk(path: Path, from: Variable, parts: readonly string[]): Variable | null {
    let at = from;
    for (const part of parts) {
      if (at.kind === "list" && part === "length") {
        at = scalar("number");
        continue;
      }
      const fields = at.kind === "group" ? (at as Group).fields : {};
      const next = Object.hasOwn(fields, part) ? fields[part] : undefined;
      if (next === undefined) return this.#unknown(path, part, Object.keys(fields), at);
      at = next;
    }
    return at;
  }

  #unknown(path: Path, part: string, names: readonly string[], at: Variable): null {
    const found = `the unknown variable ${path.original}`;
    if (at.kind !== "group") return this.#fault(path, found, `${kindName(at)} has no ${part}`);
    const near = nearest(part, names);
    // Only where the part at fault is the whole rest can the path be mended by replacing it.
    const whole = near === null ? null : path.original.replace(part, near);
    return this.#fault(path, found, `one of ${names.join(", ")}`, whole ?? this.#elsewhere(part));
  }

  /** A variable of that name one level down: `name` was meant to be `hire.name`. */
  #elsewhere(part: string): string | null {
    for (const [group, variable] of Object.entries(this.#root.fields)) {
      if (variable.kind === "group" && Object.hasOwn((variable as Group).fields, part))
        return `${group}.${part}`;
    }
    return null;
  }
}

function findName(scope: Scope, name: string): Variable | null {
  for (let at: Scope | null = scope; at !== null; at = at.up) {
    if (Object.hasOwn(at.names, name)) return at.names[name] ?? null;
  }
  return null;
}

function outward(scope: Scope, depth: number, fits: (scope: Scope) => boolean): Scope | null {
  let left = depth;
  for (let at: Scope | null = scope; at !== null; at = at.up) {
    if (fits(at) && left-- === 0) return at;
  }
  return null;
}

const original = (node: Node): string => String((node as Path).original ?? "");
