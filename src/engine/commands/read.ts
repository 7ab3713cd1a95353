/** Reads a command line by the registry. */
import { nearest } from "../text/nearest.ts";
import type { CommandLine } from "./lines.ts";
import { type Args, type CommandName, commandNames, commands, type Reading, type Terms } from "./registry.ts";

/** A command that can be carried out. */
export type Command = {
  readonly [N in CommandName]: { readonly name: N; readonly args: Args<N> };
}[CommandName];

/** `fault` is a sentence that quotes user text, so `inline` it. */
export type CommandReading = { readonly command: Command } | { readonly fault: string };

/** @param here the commands of the place, one of which was meant */
export function readCommand(
  { name, rest }: CommandLine,
  terms: Terms,
  here: readonly CommandName[] = commandNames,
): CommandReading {
  const known = commandNames.find((one) => one === name);
  if (known) return readKnown(known, rest, terms);
  if (name === "") return { fault: "name a command: /ar help lists them" };
  const near = nearest(name, here);
  const hint = near === null ? "/ar help lists the commands" : `did you mean /ar ${near}?`;
  return { fault: `there is no such command; ${hint}` };
}

function readKnown(name: CommandName, rest: string, terms: Terms): CommandReading {
  const read: Reading<unknown> = commands[name].parse(rest, terms);
  if ("args" in read) return { command: { name, args: read.args } as Command };
  const end = read.fault.endsWith("?") ? "" : ".";
  return { fault: `${read.fault}${end} Usage: /ar ${commands[name].usage}` };
}
