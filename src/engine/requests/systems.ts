/** Systems as people name them, and as a request names them to people. */

import type { Config, System } from "../config/schema.ts";
import { some } from "../config/systems.ts";
import { readChoices } from "../forms/choices.ts";
import { labelKey } from "../text/fields.ts";
import { nearest } from "../text/nearest.ts";
import { readable } from "../text/readable.ts";
import { foundText, type RequestFault } from "./fault.ts";

type Systems = Pick<Config, "systems">;

/** A system's name; with its id where another one is called the same. */
export function systemTitle({ systems }: Systems, { id, name }: System): string {
  for (const other of systems.values()) {
    if (other.id !== id && labelKey(other.name) === labelKey(name)) return `${name} (${id})`;
  }
  return name;
}

/** What a system may be called: its id, and its name where that is nobody else's name or id. */
function spellings({ systems }: Systems): Map<string, string> {
  const found = new Map<string, string>();
  for (const { id } of systems.values()) found.set(id, id);
  const names = Map.groupBy(systems.values(), ({ name }) => name.trim().toLowerCase());
  for (const [, [first, ...others]] of names) {
    if (first && others.length === 0 && !found.has(first.name)) found.set(first.name, first.id);
  }
  return found;
}

export interface SystemsRead {
  /** Ids, in the order of the answer, each once. */
  readonly ids: readonly string[];
  readonly faults: readonly RequestFault[];
}

/** The systems in an answer: by id or name, whatever their case, parted by semicolons, commas or line breaks. */
export function readSystems(answer: string, config: Systems, field: string, row: number | null): SystemsRead {
  const names = spellings(config);
  const text = readable(answer.replace(/<br\s*\/?>/gi, "\n"));
  const { known, unknown } = readChoices(text, [...names.keys()]);
  const offered = [...config.systems.values()].map(({ id, name }) => (names.has(name) ? name : id));
  const expected =
    config.systems.size === 0
      ? "nothing yet: the Sales Ops team has no system files so far, please ask them"
      : `one or more of ${some(offered.map((name) => `"${name}"`))}`;
  const fault = (found: string | null): RequestFault => ({
    field,
    row,
    found,
    expected,
    nearest: found === null ? null : nearest(found, [...offered, ...names.keys()]),
  });
  const faults = unknown.map((one) => fault(foundText(one)));
  if (known.length === 0 && unknown.length === 0) faults.push(fault(null));
  return { ids: [...new Set(known.map((name) => names.get(name) as string))], faults };
}
