/** The reference page of the action: its tables come from `action.yml`, which GitHub reads. */
import { readFileSync } from "node:fs";
import { parse } from "yaml";

interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string }>>;
}

/** @param table writes a Markdown table */
export function actionPage(
  note: string,
  table: (head: readonly string[], body: readonly (readonly string[])[]) => string,
): string {
  const { inputs, outputs }: Action = parse(readFileSync(new URL("../action.yml", import.meta.url), "utf8"));
  const parts = [
    note,
    "# The GitHub Action",
    USE,
    "## Inputs",
    table(
      ["Input", "Default", "Meaning"],
      Object.entries(inputs).map(([name, { description, default: standard }]) => [
        `\`${name}\``,
        standard === "" ? "" : `\`${standard}\``,
        description,
      ]),
    ),
    "## Outputs",
    table(
      ["Output", "Meaning"],
      Object.entries(outputs).map(([name, { description }]) => [`\`${name}\``, description]),
    ),
    MORE,
  ];
  return `${parts.join("\n\n")}\n`;
}

const USE = `\`\`\`yaml
permissions:
  contents: read
  issues: write
steps:
  - uses: actions/checkout@v5
    with:
      persist-credentials: false
  - uses: daytwo/daytwo@v1
\`\`\`

[workflows/github](../../workflows/github) has whole workflows to copy: for events, for a tick on a schedule, and for checks of pull
requests that change the configuration. The action is one file with all it needs, on Node 24; nothing is installed.
\`@v1\` follows the releases of the first major version; name a commit instead where every action has to be pinned.`;

const MORE = `## What it does with a run

- Faults of the configuration are annotations at their lines, and the step fails.
- The plan and what became of it are a table in the job summary. Where that is longer than the 1 MiB a step may have, what is
  left out is counted; the log has all of it.
- The step fails when a change could not be made, and says which right is missing. Problems that somebody must mend (a start
  date that cannot be read) do not fail it.
- What people wrote is printed between \`::stop-commands::\` and a word that nobody can guess, so that no line of an issue is
  taken for a command. Where outputs are used in a script, hand them over in \`env:\` and not as \`\${{ }}\` in the script.
- With \`dry-run: true\` nothing is written, and the plan is the one that would have been.
- A run that was late, cancelled or dropped is made up for by the next: the issues themselves are all it goes by.

## Tokens

The workflow's own token serves where requests and hires are issues of one repository. It is new in each run and belongs to
\`github-actions[bot]\`; what it changes starts no other workflow. For projects in several repositories give \`token\` a
fine-grained token, or that of an app, with Issues: read and write in each. Comments and issues that daytwo made as another account go
on counting as its own when that account is in \`trusted\`.

## Between runs

The tick keeps \`.daytwo/memory.json\`: which issues need nothing until they change, as numbers and digests. With
\`actions/cache\` a tick then reads lists and little more. No text of an issue is in it, since whoever can run a workflow
in a repository can read its caches. Without it everything works, with more requests.`;
