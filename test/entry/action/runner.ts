/** A runner in small: starts the committed bundle as GitHub's does, and reads what it says as GitHub's does. */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** What a runner downloads of the repository at a tag: nothing is installed. */
export function download(): string {
  const folder = mkdtempSync(join(tmpdir(), "daytwo-action-"));
  for (const path of ["action.yml", "action", "issue-templates", "package.json"]) {
    cpSync(join(root, path), join(folder, path), { recursive: true });
  }
  return folder;
}

export interface Step {
  /** The downloaded action. */
  readonly action: string;
  /** The checkout. */
  readonly workspace: string;
  readonly event: string;
  readonly payload?: unknown;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly api: string;
  /** Of the workflow: the default of the input `token`. */
  readonly token: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Commands that took effect. */
  readonly commands: readonly Command[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

export async function step(options: Step): Promise<Ended> {
  const { action, workspace, event, payload = {}, inputs = {}, api, token, env = {} } = options;
  const temp = mkdtempSync(join(tmpdir(), "daytwo-runner-"));
  const file = (name: string, text = "") => {
    writeFileSync(join(temp, name), text);
    return join(temp, name);
  };
  const { inputs: declared, runs } = parse(readFileSync(join(action, "action.yml"), "utf8"));
  if (runs.using !== "node24") throw new Error(`the runner of this test knows node24, not ${runs.using}`);
  const given: Record<string, string> = {};
  for (const [name, { default: standard = "" }] of Object.entries<{ default?: string }>(declared)) {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub's
    const value = inputs[name] ?? standard.replace("${{ github.token }}", token);
    given[`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`] = value;
  }
  const output = file("output");
  const summary = file("summary");
  const started = Promise.withResolvers<Pick<Ended, "code" | "stdout" | "stderr">>();
  execFile(
    process.execPath,
    [join(action, runs.main)],
    {
      cwd: workspace,
      env: {
        ...given,
        GITHUB_ACTIONS: "true",
        GITHUB_API_URL: api,
        GITHUB_EVENT_NAME: event,
        GITHUB_EVENT_PATH: file("event.json", JSON.stringify(payload)),
        GITHUB_OUTPUT: output,
        GITHUB_REPOSITORY: "acme/access-requests",
        GITHUB_STEP_SUMMARY: summary,
        GITHUB_WORKSPACE: workspace,
        RUNNER_TEMP: temp,
        ...env,
      },
    },
    (error, stdout, stderr) => started.resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
  );
  const { code, stdout, stderr } = await started.promise;
  return {
    code,
    stdout,
    stderr,
    commands: commandsIn(stdout),
    outputs: outputsIn(readFileSync(output, "utf8")),
    summary: readFileSync(summary, "utf8"),
  };
}

const unescapeData = (text: string) =>
  text.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%");
const unescapeProperty = (text: string) => unescapeData(text.replaceAll("%3A", ":").replaceAll("%2C", ","));

/**
 * The commands that a runner carries out. It reads lines; `::name k=v,k=v::data` after blanks, and the older
 * `##[name k=v;k=v]data` anywhere in a line; between `stop-commands` and its word, none.
 * https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
 */
export function commandsIn(stdout: string): Command[] {
  const found: Command[] = [];
  let word: string | null = null;
  for (const line of stdout.split(/\r\n|\r|\n/)) {
    const [, name, , properties = "", data = ""] =
      /^\s*::([^\s:]+)(\s+(.*?))?::(.*)$/.exec(line) ?? /##\[([^\s\]]+)(\s+(.*?))?\](.*)$/.exec(line) ?? [];
    if (name === undefined) continue;
    if (word !== null) {
      if (name === word) word = null;
      continue;
    }
    if (name === "stop-commands") word = data;
    const pairs = properties.split(/[,;]/).filter((pair) => pair.includes("="));
    found.push({
      name,
      properties: Object.fromEntries(
        pairs.map((pair) => [
          pair.slice(0, pair.indexOf("=")).trim(),
          unescapeProperty(pair.slice(pair.indexOf("=") + 1)),
        ]),
      ),
      data: unescapeData(data),
    });
  }
  if (word !== null) throw new Error("commands were stopped and never resumed");
  return found;
}

function outputsIn(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  for (let rest = text; rest !== ""; ) {
    const [head, name = "", end] = /^([^\n=<]+)<<([^\n]+)\n/.exec(rest) ?? [];
    if (head === undefined || end === undefined) throw new Error(`not an output file: ${rest.slice(0, 80)}`);
    const to = rest.indexOf(`\n${end}\n`, head.length - 1);
    if (to < 0) throw new Error(`the output ${name} has no end`);
    outputs[name] = rest.slice(head.length, to);
    rest = rest.slice(to + end.length + 2);
  }
  return outputs;
}

export function workspaceWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "daytwo-checkout-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}
