/** Turns what zod finds in a file into faults with places and near names. */
import type { z } from "zod";
import { listed } from "../text/listed.ts";
import { nearest } from "../text/nearest.ts";
import { type Fault, fault, type Place, show } from "./fault.ts";
import { childPath, get, type Located } from "./located.ts";

type Schema = z.core.$ZodType;
type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

export type Validated<T> =
  | { readonly value: T; readonly faults?: undefined }
  | { readonly faults: readonly Fault[] };

/** Checks one file against its schema; every fault at once. */
export function validate<S extends z.ZodType>(schema: S, root: Located): Validated<z.output<S>> {
  const parsed = schema.safeParse(root.value, { error: describe, reportInput: true });
  if (parsed.success) return { value: parsed.data };
  return { faults: parsed.error.issues.flatMap((issue) => faultsOf(issue, [], schema, root)) };
}

const KINDS: Readonly<Record<string, string>> = {
  string: "text (in quotes, where it could be read as something else)",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "a mapping",
  record: "a mapping",
  array: "a list",
};

/** What is expected, where the schema itself does not say. */
function describe(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return KINDS[issue.expected] ?? issue.expected;
    case "invalid_value":
      return oneOf(issue.values);
    case "invalid_union":
      return oneOf((issue.options as readonly string[] | undefined) ?? []) || "another kind of value";
    default:
      return "a valid value";
  }
}

function oneOf(values: readonly unknown[]): string {
  return listed(values.map(String), "or");
}

function faultsOf(issue: Issue, before: Path, schema: Schema, root: Located): Fault[] {
  const path = [...before, ...issue.path];
  const at = get(root, ...path.map(String));
  if (issue.code === "unrecognized_keys") return unknownKeys(issue.keys, path, schema, root);
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    const branch = issue.errors.find((errors) => errors.some(isInside)) ?? null;
    const structured = typeof at?.value === "object" && at.value !== null;
    if (branch !== null && structured) return branch.flatMap((inner) => faultsOf(inner, path, schema, root));
  }
  if (issue.code === "invalid_key" || issue.code === "invalid_element") {
    const expected = issue.issues[0]?.message ?? "another name";
    const place = at?.key ?? at?.place ?? root.place;
    return [fault(place, pathText(root, path), { found: show(String(path.at(-1))), expected })];
  }
  return [where(root, path, at, expectedOf(issue), near(issue, path, at, schema, root))];
}

/** An issue of one branch of a union that is not about the kind of the value as a whole. */
const isInside = (issue: Issue): boolean =>
  issue.path.length > 0 || (issue.code !== "invalid_type" && issue.code !== "invalid_value");

function expectedOf(issue: Issue): string {
  if (issue.code !== "invalid_union" || issue.message !== "another kind of value") return issue.message;
  return oneOf([...new Set(issue.errors.flatMap((errors) => errors.map((inner) => inner.message)))]);
}

/** A fault at a value; at its parent's key where the value is missing. */
function where(
  root: Located,
  path: Path,
  at: Located | undefined,
  expected: string,
  near: string | null,
): Fault {
  if (at !== undefined) {
    const empty = at.value === null ? { found: "nothing", expected } : null;
    return fault(at.place, pathText(root, path), empty ?? { found: show(at.value), expected, nearest: near });
  }
  return fault(holder(root, path), pathText(root, path), { found: "nothing", expected, nearest: null });
}

/** The key of the innermost mapping that is there. */
function holder(root: Located, path: Path): Place {
  let deepest = root;
  for (const key of path.slice(0, -1)) deepest = deepest.children.get(String(key)) ?? deepest;
  return deepest.key ?? deepest.place;
}

function unknownKeys(keys: readonly string[], path: Path, schema: Schema, root: Located): Fault[] {
  const at = get(root, ...path.map(String));
  const known = keysAt(schema, path, root.value);
  return keys.map((key) => {
    const free = known.filter((name) => at === undefined || !at.children.has(name));
    const place = at?.children.get(key)?.key ?? at?.place ?? root.place;
    const expected = `one of ${known.join(", ")}`;
    return fault(place, childPath(pathText(root, path), key), {
      found: `the unknown key ${show(key)}`,
      expected,
      nearest: nearest(key, free),
    });
  });
}

/** The nearest value that the schema takes: one of its words, or the value with a small slip mended. */
function near(
  issue: Issue,
  path: Path,
  at: Located | undefined,
  schema: Schema,
  root: Located,
): string | null {
  const value = at?.value;
  if (typeof value !== "string" && typeof value !== "number") return null;
  const expected = schemaAt(schema, path, root.value);
  const mended = slips(value).find((slip) => slip !== value && expected !== null && accepts(expected, slip));
  if (mended === undefined) return typeof value === "string" ? nearest(value, wordsOf(issue)) : null;
  return typeof value === "number" ? JSON.stringify(mended) : String(mended);
}

/** What may have been meant by a value: with the quotes, the case, the sign or the zero that it lacks or has too much. */
function slips(value: string | number): (string | number | boolean)[] {
  const written = String(value).trim();
  return [
    written,
    ...(/^\d:\d\d$/.test(written) ? [`0${written}`] : []),
    ...(/^[0-9A-Fa-f]{6}$/.test(written) ? [`#${written}`] : []),
    ...(/^(yes|on|true)$/i.test(written) ? [true] : []),
    ...(/^(no|off|false)$/i.test(written) ? [false] : []),
    ...(/^[+-]?\d+$/.test(written) ? [Number(written)] : []),
    written.replace(/^@/, ""),
    written.toUpperCase(),
    written.toLowerCase(),
  ];
}

function wordsOf(issue: Issue): string[] {
  if (issue.code === "invalid_value") return issue.values.map(String);
  if (issue.code !== "invalid_union") return [];
  const words = ((issue as { options?: readonly unknown[] }).options ?? []).map(String);
  return [...words, ...issue.errors.flatMap((errors) => errors.flatMap(wordsOf))];
}

const accepts = (schema: Schema, value: unknown): boolean => (schema as z.ZodType).safeParse(value).success;

const pathText = (root: Located, path: Path): string =>
  path.reduce<string>(
    (parent, key) => childPath(parent, typeof key === "symbol" ? String(key) : key),
    root.path,
  );

/** The names a mapping at `path` may hold. */
function keysAt(schema: Schema, path: Path, value: unknown): string[] {
  const at = schemaAt(schema, path, value);
  const inner = path.reduce<unknown>((holder, key) => (holder as Record<PropertyKey, unknown>)?.[key], value);
  return Object.keys(at === null ? {} : (shapeOf(unwrap(at, inner)) ?? {}));
}

const shapeOf = (schema: Schema | null): Record<string, Schema> | undefined =>
  (schema?._zod.def as { shape?: Record<string, Schema> } | undefined)?.shape;

/** The schema of the value at `path`, choosing the branch of a union by the value that is there. */
function schemaAt(schema: Schema, path: Path, value: unknown): Schema | null {
  const [key, ...rest] = path;
  if (key === undefined) return schema;
  const bare = unwrap(schema, value);
  const def = bare?._zod.def as { element?: Schema; valueType?: Schema } | undefined;
  const next = shapeOf(bare)?.[String(key)] ?? def?.element ?? def?.valueType;
  const inner = (value as Record<PropertyKey, unknown> | null | undefined)?.[key];
  return next === undefined ? null : schemaAt(next, rest, inner);
}

function unwrap(schema: Schema, value: unknown): Schema | null {
  const def = schema._zod.def as { innerType?: Schema; options?: readonly Schema[]; discriminator?: string };
  if (def.innerType !== undefined) return unwrap(def.innerType, value);
  if (def.options === undefined) return schema;
  const fits = def.options.filter((option) => kindOf(option) === kindOfValue(value));
  const { discriminator } = def;
  const said = discriminator === undefined ? undefined : (value as Record<string, unknown>)?.[discriminator];
  const chosen = fits.find((option) => {
    const word = discriminator === undefined ? undefined : shapeOf(option)?.[discriminator];
    return word === undefined || accepts(word, said);
  });
  return chosen === undefined ? null : unwrap(chosen, value);
}

const kindOf = (schema: Schema): string =>
  ({ object: "mapping", record: "mapping", array: "list" })[schema._zod.def.type as string] ?? "scalar";

const kindOfValue = (value: unknown): string =>
  Array.isArray(value) ? "list" : typeof value === "object" && value !== null ? "mapping" : "scalar";
