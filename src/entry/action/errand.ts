/** What a step is to do, from its inputs and from what set the workflow off. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { githubReceiver } from "../../forge/github/index.ts";
import { loadConfigFrom } from "../../run/config.ts";
import { Invalid, type Io } from "../io.ts";
import { rolesNamed } from "../session.ts";
import type { Inputs } from "./inputs.ts";

/** A command line, with the file it writes where it writes one; or why there is nothing to do. */
export type ActionErrand =
  | { readonly args: readonly string[]; readonly file?: string }
  | { readonly idle: string };

const ABOUT_ISSUES = ["issues", "issue_comment"];
const TICKS = ["schedule", "workflow_dispatch"];

/** @throws Invalid where the command does not fit what set the workflow off */
export function errandOf(inputs: Inputs, io: Pick<Io, "env" | "cwd">): ActionErrand {
  const { command, dryRun, args } = inputs;
  const event = io.env.GITHUB_EVENT_NAME ?? "";
  const config = inputs.config === "" ? [] : ["--config", inputs.config];
  switch (command) {
    case "auto":
      if (ABOUT_ISSUES.includes(event)) return handle(inputs, io, event, config);
      if (TICKS.includes(event)) return { args: [dryRun ? "plan" : "tick", "--json", ...config, ...args] };
      return {
        idle: `Nothing to do on "${event}": auto works on ${ABOUT_ISSUES.join(" and ")}, and ticks on ${TICKS.join(" and ")}. Set the input command to do something else.`,
      };
    case "handle":
      return handle(inputs, io, event, config);
    case "tick":
      return { args: [dryRun ? "plan" : "tick", "--json", ...config, ...args] };
    case "check":
    case "plan":
      return { args: [command, "--json", ...config, ...args] };
    case "report":
      return report(inputs, io, config);
  }
}

/** A report goes into a file, since a page is no output: the one or the folder that `args` names, else one beside the job's. */
function report(
  { command, args }: Inputs,
  { env, cwd }: Pick<Io, "env" | "cwd">,
  config: readonly string[],
): ActionErrand {
  const value = (name: string): string | undefined => {
    const at = args.findLastIndex((arg) => arg === name || arg.startsWith(`${name}=`));
    const arg = args[at];
    return arg === name ? args[at + 1] : arg?.slice(name.length + 1);
  };
  const named = value("--out") ?? value("--publish");
  if (named !== undefined) return { args: [command, ...config, ...args], file: resolve(cwd, named) };
  const format = value("--format") ?? (args.includes("--json") ? "json" : "md");
  const file = join(env.RUNNER_TEMP ?? cwd, `daytwo-report.${format}`);
  return { args: [command, ...config, ...args, "--out", file], file };
}

function handle(
  { dryRun, args, config: path }: Inputs,
  { env, cwd }: Pick<Io, "env" | "cwd">,
  event: string,
  config: readonly string[],
): ActionErrand {
  const file = env.GITHUB_EVENT_PATH ?? "";
  if (!ABOUT_ISSUES.includes(event) || file === "") {
    const expected = ABOUT_ISSUES.join(" or ");
    throw Invalid.one(
      `input command: handle works on ${expected}, and this workflow was set off by "${event}"`,
      {
        path: "command",
        found: event,
        expected,
      },
    );
  }
  if (!dryRun) return { args: ["handle", "--event", event, "--payload", file, "--json", ...config, ...args] };
  const delivery = githubReceiver.read(event, JSON.parse(readFileSync(file, "utf8")));
  if (!delivery) return { idle: "Nothing to do: the event is about a pull request." };
  const { project, issue } = delivery;
  const read = loadConfigFrom(cwd, path === "" ? undefined : path);
  // What is wrong with the configuration, the command tells better.
  if (read.config && rolesNamed(project, read.config).length === 0) {
    return { idle: `Nothing to do: ${project} is none of the projects in the configuration.` };
  }
  return { args: ["plan", "--issue", `${project}#${issue.number}`, "--json", ...config, ...args] };
}
