/** The inputs of the action, as the runner hands them over: `INPUT_` and the name in capitals. */
import { nearest } from "../../engine/text/nearest.ts";
import { Invalid } from "../io.ts";

const COMMANDS = ["auto", "tick", "handle", "check", "plan", "report"] as const;
export type ActionCommand = (typeof COMMANDS)[number];

export interface Inputs {
  readonly command: ActionCommand;
  readonly config: string;
  readonly token: string;
  readonly dryRun: boolean;
  readonly args: readonly string[];
}

/** @throws Invalid with every input that cannot be read */
export function readInputs(env: Readonly<Record<string, string | undefined>>): Inputs {
  const input = (name: string) => (env[`INPUT_${name.toUpperCase()}`] ?? "").trim();
  const faults: Invalid[] = [];
  const command = input("command") || "auto";
  const known = COMMANDS.find((one) => one === command);
  if (!known)
    faults.push(fault("command", command, `one of ${COMMANDS.join(", ")}`, nearest(command, COMMANDS)));
  const dry = input("dry-run").toLowerCase() || "false";
  // A typing error here must not write.
  if (dry !== "true" && dry !== "false") faults.push(fault("dry-run", dry, "true or false"));
  const args = splitArguments(input("args"));
  if (args === null) faults.push(fault("args", input("args"), "arguments whose quotes are closed"));
  if (faults.length > 0) throw new Invalid(faults.flatMap(({ mistakes }) => mistakes));
  return {
    command: known ?? "auto",
    config: input("config"),
    token: input("token"),
    dryRun: dry === "true",
    args: args ?? [],
  };
}

function fault(name: string, found: string, expected: string, near: string | null = null): Invalid {
  const hint = near === null ? "" : `; did you mean ${near}?`;
  const message = `input ${name}: found ${JSON.stringify(found)}, expected ${expected}${hint}`;
  return Invalid.one(message, { path: name, found, expected, nearest: near });
}

/** Words parted by blanks; quotes of either kind keep blanks. Null where a quote stays open. */
export function splitArguments(text: string): string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (const char of text) {
    if (quote !== null) {
      if (char === quote) quote = null;
      else word += char;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= "";
    } else if (/\s/.test(char)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? "") + char;
    }
  }
  if (quote !== null) return null;
  return word === null ? words : [...words, word];
}
