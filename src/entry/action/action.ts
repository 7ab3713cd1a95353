/**
 * One step of a workflow: inputs in, the command line run, annotations, outputs and a summary out. The command
 * line does the work; nothing here decides anything about issues.
 */
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Difference } from "../../plan/difference.ts";
import { openMemoryFile } from "../../run/memory-file.ts";
import { main } from "../cli.ts";
import { EXIT, Invalid, type Io, type Mistake } from "../io.ts";
import { differenceText } from "../review.ts";
import { changeLines, count, printable, problemLines } from "../show.ts";
import { type ActionErrand, errandOf } from "./errand.ts";
import { type Inputs, readInputs } from "./inputs.ts";
import { createRunner, type Runner } from "./runner.ts";
import { type Document, summaryOf } from "./summary.ts";

/** https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits */
const SUMMARY_LIMIT = 1024 * 1024;
/** An output may have 1 MB, counted in UTF-16; a workflow's outputs together 50 MB. */
export const OUTPUT_LIMIT = 400_000;
/** The runner shows ten of each kind for a step. */
const MOST_ANNOTATIONS = 50;

/**
 * Runs the action.
 * @returns the exit code of the process: 0, or 1 where the step failed
 */
export async function act(io: Io): Promise<number> {
  const runner = createRunner(io.env, io.out);
  for (const secret of [io.env.INPUT_TOKEN, io.env.GITHUB_TOKEN, io.env.GITLAB_TOKEN]) {
    if (secret?.trim()) runner.mask(secret.trim());
  }
  let inputs: Inputs;
  let errand: ActionErrand;
  try {
    inputs = readInputs(io.env);
    errand = errandOf(inputs, io);
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    for (const mistake of error.mistakes) annotate(runner, mistake);
    return 1;
  }
  if ("idle" in errand) {
    runner.notice(errand.idle);
    return 0;
  }
  const ran = await run(errand.args, inputs, io);
  if (errand.file !== undefined && ran.code === EXIT.done) {
    runner.print(printable(ran.stdout));
    runner.output("report", errand.file);
    return 0;
  }
  return tell(runner, inputs, ran, io);
}

interface Ran {
  readonly code: number;
  readonly stdout: string;
  /** One for each line on stderr, without the program's name. */
  readonly messages: readonly string[];
}

async function run(args: readonly string[], inputs: Inputs, io: Io): Promise<Ran> {
  let stdout = "";
  let stderr = "";
  const code = await main(args, {
    ...io,
    env: {
      ...io.env,
      GITHUB_ACTIONS: "true",
      ...(inputs.token === "" ? {} : { GITHUB_TOKEN: inputs.token }),
    },
    terminal: false,
    out: (text) => {
      stdout += text;
    },
    err: (text) => {
      stderr += text;
    },
    store: () => openMemoryFile(join(io.cwd, io.env.DAYTWO_DATA_DIR ?? ".daytwo"), () => io.now()),
  });
  const messages = stderr
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.replace(/^daytwo: /, ""));
  return { code, stdout, messages };
}

/** What commands print under `--json`, as far as it is looked at here. */
interface Printed extends Partial<Document> {
  readonly errors?: readonly Mistake[];
  readonly notes?: readonly Mistake[];
  /** Of `check --against`. */
  readonly difference?: Difference;
  readonly replaces?: boolean;
  readonly left?: number;
}

function tell(runner: Runner, { command }: Inputs, { code, stdout, messages }: Ran, io: Io): number {
  const printed = readPrinted(stdout);
  if (printed === null) runner.print(printable(stdout));
  if (printed?.changes && printed.problems && printed.at !== undefined) {
    tellWork(runner, printed as Document, io);
  }
  if (printed?.difference) {
    const { difference, left = 0, replaces = true } = printed;
    const text = differenceText(difference, { left, replaces });
    runner.print(text);
    runner.summary(text);
  }
  for (const note of printed?.notes ?? []) runner.notice(note.message, spotOf(note));
  const errors = printed?.errors ?? [];
  if (code === EXIT.done) {
    if (command === "check") runner.print("The configuration is valid.");
    return 0;
  }
  for (const mistake of errors.slice(0, MOST_ANNOTATIONS)) annotate(runner, mistake);
  if (errors.length > MOST_ANNOTATIONS) {
    runner.error(`${count(errors.length - MOST_ANNOTATIONS, "more fault")}: daytwo check tells all of them.`);
  }
  if (errors.length === 0) {
    for (const message of messages) runner.error(`${message}${hintFor(message)}`, { title: "daytwo" });
  }
  return 1;
}

function tellWork(runner: Runner, document: Document, io: Io): void {
  const { changes, problems, outcomes } = document;
  const plainly = (_: unknown, text: string) => text;
  const told = outcomes?.map((outcome) => ({ ...outcome, error: outcome.error ?? null })) ?? null;
  const lines = [
    ...changeLines(changes, told, plainly),
    ...problemLines(problems, plainly),
    ...(changes.length === 0 ? ["Nothing to do."] : []),
  ];
  runner.print(printable(lines.join("\n")));
  const having = (...statuses: string[]) =>
    (outcomes ?? []).filter(({ status }) => statuses.includes(status)).length;
  runner.output("plan", planOutput(document, io));
  runner.output("applied", String(having("applied")));
  runner.output("failed", String(having("failed", "skipped")));
  const created = changes.filter(
    ({ kind }, i) => kind === "create-issue" && outcomes?.[i]?.status === "applied",
  );
  runner.output("created", String(created.length));
  runner.summary(summaryOf(document, SUMMARY_LIMIT - sizeOf(io.env.GITHUB_STEP_SUMMARY)));
}

/** The document in one line; a long one without bodies, a longer one without its last changes either. */
export function planOutput(document: Document, io: Pick<Io, "env" | "cwd">): string {
  const whole = JSON.stringify(document);
  if (whole.length <= OUTPUT_LIMIT) return whole;
  const file = fileFor(io, "daytwo-plan.json", whole);
  const bare = document.changes.map((change) => ({ ...change, body: undefined }));
  for (let some = bare.length; ; some = Math.floor(some / 2)) {
    const part = {
      ...document,
      changes: bare.slice(0, some),
      ...(document.outcomes ? { outcomes: document.outcomes.slice(0, some) } : {}),
      problems: document.problems.slice(0, some),
      versions: undefined,
      file,
    };
    const text = JSON.stringify(part);
    if (text.length <= OUTPUT_LIMIT || some === 0) return text;
  }
}

/** Writes a file beside the job's others, which the runner deletes. */
function fileFor({ env, cwd }: Pick<Io, "env" | "cwd">, name: string, text: string): string {
  const file = join(env.RUNNER_TEMP ?? cwd, name);
  writeFileSync(file, text);
  return file;
}

function sizeOf(file: string | undefined): number {
  return (file && statSync(file, { throwIfNoEntry: false })?.size) || 0;
}

function readPrinted(stdout: string): Printed | null {
  try {
    return JSON.parse(stdout);
  } catch {
    return null;
  }
}

const spotOf = ({ file, line, column }: Mistake) => ({
  title: "daytwo",
  file: file ?? undefined,
  line: line ?? undefined,
  col: column ?? undefined,
});

/** A file outside of the checkout has no place in it to annotate. */
function annotate(runner: Runner, mistake: Mistake): void {
  const here = mistake.line !== null;
  runner.error(mistake.message, here ? spotOf(mistake) : { title: "daytwo" });
}

/** What somebody who writes a workflow can do about it. */
function hintFor(message: string): string {
  return /\bGITHUB_TOKEN\b/.test(message)
    ? ". In a workflow GITHUB_TOKEN is the input token: the workflow's own needs `permissions: { contents: read, issues: write }` and reaches only its own repository; for another one set the input to a token that may work there."
    : "";
}
