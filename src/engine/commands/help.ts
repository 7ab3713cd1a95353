/** The commands as help lists them; the status comment, `daytwo commands` and the reference page use it. */
import { type CommandName, commandNames, commands, type Place, who } from "./registry.ts";

export interface CommandHelp {
  readonly name: CommandName;
  /** As it is typed: `/ar hold <reason> …`. */
  readonly usage: string;
  readonly summary: string;
  /** Who may use it, in words. */
  readonly who: string;
  readonly places: readonly Place[];
  readonly example: string;
}

export function commandHelp(): CommandHelp[] {
  return commandNames.map((name) => {
    const { usage, summary, who: whose, places, example } = commands[name];
    return { name, usage: `/ar ${usage}`, summary, who: who[whose], places, example };
  });
}
