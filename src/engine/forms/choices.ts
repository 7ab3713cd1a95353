/** The answer to a question with given choices, as forms write it: `Salesforce, Chorus`. */
import { labelKey } from "../text/fields.ts";

export interface Choices {
  /** In the order of the answer, each once, spelt as offered. */
  readonly known: readonly string[];
  /** What was none of the choices, as written. */
  readonly unknown: readonly string[];
}

/**
 * Parts an answer at commas, semicolons and line breaks. A choice that has a comma of its own is read whole; case,
 * spaces and punctuation do not matter.
 */
export function readChoices(answer: string, options: readonly string[]): Choices {
  const byKey = new Map(options.map((option) => [labelKey(option), option]));
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
      option = byKey.get(labelKey(parts.slice(from, from + length).join(" ")));
      if (option !== undefined) taken = length;
    }
    if (option === undefined) unknown.push(parts[from] ?? "");
    else known.add(option);
    from += taken;
  }
  return { known: [...known], unknown };
}
