/** Systems as people name them, and as a request names them to people. */

import type { Config, System } from "../config/schema.ts";
import { some } from "../config/systems.ts";
import { readChoices } from "../forms/choices.ts";
import { labelKey } from "../text/fields.ts";
import { nearest } from "../text/nearest.ts";
import { readable } from "../text/readable.ts";
import { perObject } from "../time/memo.ts";
import { foundText, type RequestFault } from "./fault.ts";

type Systems = Pick<Config, "systems">;

const names = perObject((systems: Config["systems"]) =>
  Map.groupBy(systems.values(), ({ name }) => labelKey(name)),
);

/** A system's name; with its id where another one is called the same. */
export function systemTitle({ systems }: Systems, { id, name }: System): string {
  const same = names(systems).get(labelKey(name)) ?? [];
  return same.some((other) => other.id !== id) ? `${name} (${id})` : name;
}

/** System ids by their titles, as labels compare. */
export const idsByTitle = perObject(
  (systems: Config["systems"]): ReadonlyMap<string, string> =>
    new Map(systems.values().map((system) => [labelKey(systemTitle({ systems }, system)), system.id])),
);

/** What a system may be called: its id, and its name where that is nobody else's name or id. */
const spellings = perObject((systems: Config["systems"]): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  for (const { id } of systems.values()) found.set(id, id);
  const names = Map.groupBy(systems.values(), ({ name }) => name.trim().toLowerCase());
  for (const [, [first, ...others]] of names) {
    if (first && others.length === 0 && !found.has(first.name)) found.set(first.name, first.id);
  }
  return found;
});

/** An answer, read: ids in its order, each once, and what is none of our systems, as written. */
interface Answer {
  readonly ids: readonly string[];
  readonly unknown: readonly string[];
}

/** Reads the systems of many rows. */
export class SystemReader {
  readonly #names: ReadonlyMap<string, string>;
  readonly #offered: readonly string[];
  readonly #read = new Map<string, Answer>();

  constructor(config: Systems) {
    this.#names = spellings(config.systems);
    this.#offered = [...config.systems.values()].map(({ id, name }) => (this.#names.has(name) ? name : id));
  }

  /**
   * The systems in an answer: by id or name, whatever their case, parted by semicolons, commas or line breaks.
   * @returns null, and a fault for each that is unknown, unless all are known and there is one at least
   */
  read(answer: string, field: string, row: number | null, faults: RequestFault[]): readonly string[] | null {
    const { ids, unknown } = this.#answer(answer);
    const none = ids.length === 0 && unknown.length === 0;
    for (const one of none ? [""] : unknown) {
      const found = foundText(one);
      const near = found === null ? null : nearest(found, [...this.#offered, ...this.#names.keys()]);
      faults.push({ field, row, found, expected: this.#expected(), nearest: near });
    }
    return none || unknown.length > 0 ? null : ids;
  }

  /** People of one role need the same: their rows are read once. */
  #answer(answer: string): Answer {
    const before = this.#read.get(answer);
    if (before) return before;
    const text = readable(answer.replace(/<br\s*\/?>/gi, "\n"));
    const { known, unknown } = readChoices(text, [...this.#names.keys()]);
    const ids = [...new Set(known.map((name) => this.#names.get(name) as string))];
    this.#read.set(answer, { ids, unknown });
    return { ids, unknown };
  }

  #expected(): string {
    if (this.#offered.length === 0)
      return "nothing yet: the Sales Ops team has no system files so far, please ask them";
    return `one or more of ${some(this.#offered.map((name) => `"${name}"`))}`;
  }
}
