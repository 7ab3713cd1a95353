/** The commands about configuration: is it right, what may templates use, and which commands comments take. */

import { commandHelp } from "../../engine/commands/help.ts";
import { projectName } from "../../engine/config/schema.ts";
import { type ContextKind, contexts, describe } from "../../engine/template/context.ts";
import { loadConfigFrom } from "../../run/config.ts";
import { ROLES } from "../../run/team.ts";
import { EXIT, Invalid, type Io } from "../io.ts";
import type { Common } from "../session.ts";
import { count, painter, printable } from "../show.ts";

/** Reads everything the configuration names; faults end with exit code 2, all of them at once. */
export async function check(io: Io, options: Common): Promise<number> {
  const loaded = loadConfigFrom(io.cwd, options.config);
  if (loaded.faults) throw new Invalid(loaded.faults);
  const { config, notes } = loaded;
  if (options.json) {
    io.out(
      `${JSON.stringify({ errors: [], notes, systems: config.systems.size, baselines: config.baselines.length, templates: config.templates.size, team: config.team.length }, null, 2)}\n`,
    );
    return EXIT.done;
  }
  const paint = painter(io);
  const projects = ROLES.flatMap((role) => {
    const project = config.projects[role];
    return project ? [`${role}: ${projectName(project)} on ${project.forge}`] : [];
  });
  const lines = [
    ...notes.map(
      ({ file, line, column, message }) => `${file}:${line}:${column}: ${paint("yellow", "note")} ${message}`,
    ),
    `${paint("green", "The configuration is valid.")} ${projects.join(", ")}.`,
    `${count(config.team.length, "team member")}, ${count(config.systems.size, "system")}, ${count(config.baselines.length, "baseline")}, ${count(config.templates.size, "template")}.`,
  ];
  io.out(printable(`${lines.join("\n")}\n`));
  return EXIT.done;
}

/** The commands that comments take, from the same registry as their help. */
export async function commentCommands(io: Io, options: Common): Promise<number> {
  const list = commandHelp();
  if (options.json) {
    io.out(`${JSON.stringify({ commands: list }, null, 2)}\n`);
    return EXIT.done;
  }
  const paint = painter(io);
  const entries = list.map(({ usage, summary, who, example }) => {
    const more = example === usage ? [] : [`  Example: ${example}`];
    return [paint("bold", usage), `  ${summary}`, `  May be used by: ${who}.`, ...more].join("\n");
  });
  io.out(printable(`In a comment of an access request, one to a line:\n\n${entries.join("\n\n")}\n`));
  return EXIT.done;
}

/** What each kind of template may use, from the same description that checks templates. */
export async function templates(io: Io, options: Common): Promise<number> {
  const kinds = (Object.keys(contexts) as ContextKind[]).map((kind) => ({
    kind,
    doc: contexts[kind].doc,
    variables: describe(contexts[kind]),
  }));
  if (options.json) {
    io.out(`${JSON.stringify({ templates: kinds }, null, 2)}\n`);
    return EXIT.done;
  }
  for (const { kind, doc, variables: names } of kinds) {
    io.out(`${kind}: ${doc}\n${names.map(({ name, doc: what }) => `  {{${name}}}  ${what}`).join("\n")}\n\n`);
  }
  return EXIT.done;
}
