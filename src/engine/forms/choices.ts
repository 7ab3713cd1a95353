/** The answer to a question with given choices, as forms write it: `Salesforce, Chorus`. */
import { labelKey } from "../text/fields.ts";

export interface Choices {
  /** In the order of the answer, each once, spelt as offered. */
  readonly known: readonly string[];
  /** What was none of the choices, as written. */
  readonly unknown: readonly string[];
}

/**
 * Parts an answer at commas, semicolons and line breaks. A choice that has a comma of its own is read whole; case
 * does not matter, nor do spaces and punctuation where they alone do not tell two choices apart.
 */
export function readChoices(answer: string, options: readonly string[]): Choices {
  const exact = new Map(options.map((option) => [fold(option), option]));
  const byKey = Map.groupBy(exact.values(), labelKey);
  const parts = answer
    .split(/[,;\n]/)
    .map((part) => part.replace(/^\s*(?:[-*+]|\d+[.)])\s+/, "").trim())
    .filter((part) => part !== "");
  const known = new Set<string>();
  const unknown: string[] = [];
  for (let from = 0; from < parts.length; ) {
    let taken = 1;
    let option: string | undefined;
    for (let length = parts.length - from; length > 0 && option === undefined; length--) {
      const words = parts.slice(from, from + length).join(", ");
      const alike = byKey.get(labelKey(words)) ?? [];
      option = exact.get(fold(words)) ?? (alike.length === 1 ? alike[0] : undefined);
      if (option !== undefined) taken = length;
    }
    if (option === undefined) unknown.push(parts[from] ?? "");
    else known.add(option);
    from += taken;
  }
  return { known: [...known], unknown };
}

const fold = (text: string): string => text.normalize("NFC").trim().toLowerCase();
