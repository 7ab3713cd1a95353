/** The command line: which commands there are, what they take, and how they end. */
import { relative } from "node:path";
import { Command, CommanderError } from "commander";
import { nearest } from "../engine/text/nearest.ts";
import { ForgeError } from "../forge/forge.ts";
import { version } from "../run/package.ts";
import { EXIT, Invalid, type Io, type Mistake, mistake } from "./io.ts";
import { onOneLine } from "./show.ts";

/**
 * Runs one command.
 * @returns its exit code
 */
export async function main(args: readonly string[], io: Io): Promise<number> {
  // `--json` is `--format json`.
  const json = args.includes("--json") || /(?:^| )--format[ =]json(?: |$)/.test(args.join(" "));
  let code: number = EXIT.done;
  const program = commands(io, async (run) => {
    code = await run();
  });
  try {
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError && error.code === "commander.help" && error.exitCode > 0) {
      const [, asked] = args[0] === "help" ? args : [];
      if (asked !== undefined) return invalid(unknown(asked, names(program)).mistakes, io, json);
      return invalid([noCommand(program)], io, json);
    }
    return failed(error, io, json);
  }
}

function commands(io: Io, run: (work: () => Promise<number>) => Promise<void>): Command {
  const program = new Command("daytwo")
    .description("Runs a Sales Ops team's access requests as issues on GitHub and GitLab.")
    .version(version(), "-V, --version", "print the version")
    .helpOption("-h, --help", "help for a command")
    .helpCommand("help [command]", "help for a command")
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: () => undefined })
    .showSuggestionAfterError(true)
    .addHelpText("after", HELP);

  const command = (name: string, summary: string, examples: readonly string[], under = program) =>
    under
      .command(name)
      .description(summary)
      .option("--json", "print one JSON document, and nothing else, on stdout")
      .option("--quiet", "no progress")
      .addHelpText("after", `\nExamples:\n${examples.map((line) => `  $ ${line}`).join("\n")}`);
  const onTeam = (name: string, summary: string, examples: readonly string[], under = program) =>
    command(name, summary, examples, under).option(
      "--config <file>",
      "the configuration (default: daytwo.yml, .github/daytwo.yml, .gitlab/daytwo.yml)",
    );
  const AT = ["--at <time>", "look as if it were this time, ISO 8601"] as const;

  command("demo", "plays the whole story in a local sandbox, over real HTTP; no account needed", [
    "daytwo demo",
    "daytwo demo --forge gitlab",
    "daytwo demo --serve",
  ])
    .option("--forge <forge>", "github or gitlab", "github")
    .option("--serve", "keep the sandbox and the app open in a browser, to try things by hand")
    .action((options) => run(async () => (await import("./commands/demo.ts")).demo(io, options)));
  command("init", "asks a few questions and writes a first configuration; never overwrites", [
    "daytwo init",
    "daytwo init --yes --requests acme/access-requests --onboarding acme/people --team amber,meri,sam",
    "daytwo init --yes --forge gitlab --requests acme/sales-ops/requests --country DE-BY --timezone Europe/Berlin",
  ])
    .option("--forge <forge>", "github or gitlab (default: by the repository's origin)")
    .option("--url <url>", "root of a GitHub Enterprise or self-managed GitLab server")
    .option("--requests <project>", "where access requests live (default: the repository's origin)")
    .option("--onboarding <project>", "where onboarding issues live, or none (default: with the requests)")
    .option("--team <handles>", "who works the requests, with commas between them")
    .option("--dri <handles>", "who of them is copied on each new request (default: the first two)")
    .option("--country <code>", "whose public holidays count: US, GB, DE-BY (default: by the locale)")
    .option("--timezone <zone>", "IANA time zone of the team (default: this machine's)")
    .option("--yes", "ask nothing: take flags, and what can be found out")
    .action((options) => run(async () => (await import("./commands/init.ts")).init(io, options)));
  onTeam("check", "checks the configuration, systems, baselines and templates", [
    "daytwo check",
    "daytwo check --against ../main --comment",
  ])
    .option("--against <folder>", "also plan with this one and with the one there, and tell the difference")
    .option("--comment", "say so in the pull or merge request of the CI job, in one comment")
    .option(...AT)
    .action((options) =>
      run(async () => {
        if (options.against !== undefined)
          return (await import("./commands/compare.ts")).compare(io, options);
        if (options.comment)
          throw Invalid.one("--comment: expected --against with it", { path: "--comment" });
        return (await import("./commands/check.ts")).check(io, options);
      }),
    );
  onTeam(
    "coverage",
    "where the team would be stuck: one provisioner, nobody to revoke, unknown handles, no docs",
    [
      "daytwo coverage",
      "daytwo coverage --import tech_stack.yml",
      "daytwo coverage --import tech_stack.yml --dry-run --json",
    ],
  )
    .option(
      "--import <file>",
      "read a GitLab-style tech_stack.yml into the folder of systems; overwrites nothing",
    )
    .option("--site <url>", "with --import: root of the site that links like /handbook/… belong to")
    .option("--dry-run", "with --import: say what would be written, and write nothing")
    .action((options) => run(async () => (await import("./commands/coverage.ts")).coverage(io, options)));
  onTeam("evidence", "a month's evidence for an auditor: who asked, approved, granted and ticked, and when", [
    "daytwo evidence --month 2026-11",
    "daytwo evidence --month 2026-11 --out audit/2026-11",
    "daytwo evidence --verify evidence-2026-11",
  ])
    .option("--month <month>", "like 2026-11 (default: the month before the present one)")
    .option("--out <folder>", "a new or empty folder (default: evidence-MONTH)")
    .option("--verify <folder>", "check that a bundle is as it was written; exit code 1 if not")
    .option(...AT)
    .action((options) => run(async () => (await import("./commands/evidence.ts")).evidence(io, options)));
  onTeam(
    "drill",
    "plays the work ahead with some people away: what is late, what nobody else may do, what has no steps",
    [
      "daytwo drill --away sam --from 2026-12-21 --to 2027-01-02",
      "daytwo drill --away amber,meri --from 2026-11-26 --to 2026-12-04 --json",
    ],
  )
    .requiredOption("--away <handles>", "who is away, with commas between them")
    .requiredOption("--from <day>", "the first day, like 2026-12-21")
    .requiredOption("--to <day>", "the last day")
    .option(...AT)
    .action((options) => run(async () => (await import("./commands/drill.ts")).drill(io, options)));
  onTeam("replay", "the present rules over recorded history: what they would have done", [
    "daytwo replay --since 2026-11-01",
    "daytwo replay --since 2026-11-01 --config new/daytwo.yml --json",
  ])
    .requiredOption("--since <time>", "where to begin: a day or an ISO 8601 time")
    .option(...AT)
    .action((options) => run(async () => (await import("./commands/replay.ts")).replayHistory(io, options)));
  onTeam("doctor", "tokens, rights, labels, webhooks, clock and store: what will not work, and what to do", [
    "daytwo doctor",
    "daytwo doctor --json",
  ])
    .option("--resend <id>", "put a delivery back to wait that failed too often, and nothing else")
    .action((options) => run(async () => (await import("./commands/doctor.ts")).doctor(io, options)));
  onTeam("plan", "shows what a tick would do, and writes nothing", [
    "daytwo plan",
    "daytwo plan --at 2026-11-24T09:00 --issue onboarding#12",
    "daytwo plan --out plan.json && daytwo apply plan.json",
  ])
    .option(...AT)
    .option("--issue <ref>", "only this issue: 12, onboarding#12, acme/people#12 or its address")
    .option("--out <file>", "save the plan")
    .action((options) => run(async () => (await work()).plan(io, options)));
  onTeam("apply", "does what a saved plan says and nothing else", ["daytwo apply plan.json"])
    .argument("<file>", "a plan saved by daytwo plan --out")
    .action((file, options) => run(async () => (await work()).apply(io, file, options)));
  onTeam("tick", "plans and applies all that is due", ["daytwo tick", "daytwo tick --catch-up --json"])
    .option(...AT)
    .option("--catch-up", "also open requests for starts older than onboarding.late")
    .action((options) => run(async () => (await work()).tick(io, options)));
  onTeam("handle", "works on one event, as a webhook or CI has it", [
    'daytwo handle --event issues --payload "$GITHUB_EVENT_PATH"',
    'daytwo handle --event "Issue Hook" --payload event.json',
  ])
    .requiredOption(
      "--event <name>",
      'issues, issue_comment, "Issue Hook", "Note Hook", issue or note; the name decides the forge',
    )
    .requiredOption("--payload <file>", "the JSON payload; - reads it from stdin")
    .option(...AT)
    .action((options) => run(async () => (await work()).handle(io, options)));
  onTeam("explain", "why an issue is where it is, and what happens next", [
    "daytwo explain 41",
    "daytwo explain acme/people#12",
  ])
    .argument("<issue>", "12, requests#12, onboarding#12, acme/people#12 or its address")
    .option(...AT)
    .action((issue, options) => run(async () => (await work()).explain(io, issue, options)));
  onTeam("report", "writes a report: board, close, coverage, access or holds", [
    "daytwo report board",
    "daytwo report board --format html --out board.html",
    "daytwo report board --publish public",
    "daytwo report holds --json",
    "daytwo report close --month 2026-11",
  ])
    .argument("<report>", "board, close, coverage, access or holds")
    .option(
      "--format <format>",
      "md, html, csv or json; --json is --format json (default: by --out, else md)",
    )
    .option("--out <file>", "write it to this file")
    .option("--publish <folder>", "report board: write what board.summary.publish names into this folder")
    .option("--month <month>", "the month of report close, like 2026-11 (default: the present one)")
    .option("--rebuild", "report access: read everything again, not only what changed")
    .option(...AT)
    .action((name, options) =>
      run(async () => (await import("./commands/report.ts")).report(io, name, options)),
    );
  /** A command that is nothing without one of its own. */
  const group = (name: string, summary: string) =>
    program
      .command(name)
      .description(summary)
      .allowExcessArguments()
      .allowUnknownOption()
      .action((_, { args: [found] }: Command) => {
        if (found === undefined || found.startsWith("-"))
          throw Invalid.one(`${name}: expected a command after it: daytwo ${name} sync`);
        throw unknown(`${name} ${found}`, [`${name} sync`]);
      });
  const DRY_RUN = ["--dry-run", "say what would be done, and write nothing"] as const;
  onTeam(
    "sync",
    "creates, renames, repaints and describes labels as the configuration has them; deletes none",
    ["daytwo labels sync --dry-run", "daytwo labels sync"],
    group("labels", "labels of the team's projects: labels sync"),
  )
    .option(...DRY_RUN)
    .action((options) => run(async () => (await import("./commands/sync.ts")).labelsSync(io, options)));
  onTeam(
    "sync",
    "creates the board with one list for each state; takes nothing away",
    ["daytwo board sync --dry-run", "daytwo board sync"],
    group("board", "the board of the requests: board sync"),
  )
    .option(...DRY_RUN)
    .action((options) => run(async () => (await import("./commands/sync.ts")).boardSync(io, options)));
  onTeam(
    "serve",
    "the webhook app: takes deliveries in, works on them, and looks at everything each quarter of an hour",
    [
      "daytwo serve",
      "DAYTWO_HOMES=github:acme/access-requests daytwo serve",
      "daytwo serve --config daytwo.yml",
    ],
  ).action((options) => run(async () => (await import("./commands/serve.ts")).serve(io, options)));
  command("commands", "lists the /ar commands of comments, and what templates may use", [
    "daytwo commands",
    "daytwo commands --templates",
  ])
    .option("--templates", "the variables of each kind of template")
    .action((options) =>
      run(async () => {
        const { commentCommands, templates } = await import("./commands/check.ts");
        return options.templates ? templates(io, options) : commentCommands(io, options);
      }),
    );
  return program;
}

const work = () => import("./commands/work.ts");

const HELP = `
Exit codes: 0 done, 1 some change could not be applied, 2 configuration or arguments invalid, 3 a token is
missing or refused or the forge is out of reach.

Tokens come from the environment: GITHUB_TOKEN, GITLAB_TOKEN.`;

/** Says what went wrong in as many lines as there are faults, and names the exit code. */
function failed(error: unknown, io: Io, json: boolean): number {
  if (error instanceof CommanderError) {
    // Help and version end this way, too.
    if (error.exitCode === 0) return EXIT.done;
    return invalid([misused(error.message)], io, json, " See daytwo --help.");
  }
  if (error instanceof Invalid) return invalid(error.mistakes, io, json);
  if (error instanceof ForgeError) {
    if (json) io.out(`${JSON.stringify({ error: { kind: error.kind, message: error.message } }, null, 2)}\n`);
    io.err(`daytwo: ${onOneLine(error.message)}\n`);
    return EXIT.unreachable;
  }
  const file = unusable(error, io);
  if (file) return invalid([file], io, json);
  throw error;
}

/** A file or folder in the way of a command, or one that it may not touch; null: another error. */
function unusable(error: unknown, { cwd }: Io): Mistake | null {
  const { code, path, syscall } = error as NodeJS.ErrnoException;
  if (!code || !path || !syscall) return null;
  const file = relative(cwd, path) || ".";
  const what = WHY_UNUSABLE[code] ?? `it failed (${syscall} ${code})`;
  return mistake(`${file} cannot be used: ${what}`, { file, found: code });
}

const WHY_UNUSABLE: Readonly<Record<string, string>> = {
  EACCES: "there is no right to it",
  EEXIST: "a file stands where a folder is expected",
  EISDIR: "it is a folder, where a file is expected",
  ENOENT: "it is not there",
  ENOSPC: "the disk is full",
  ENOTDIR: "a file stands where a folder is expected",
  EPERM: "there is no right to it",
  EROFS: "it cannot be written to",
};

const names = (program: Command): string[] => program.commands.map((one) => one.name());

/** A command that there is not, in a place where the parser itself does not tell. */
function unknown(found: string, known: readonly string[]): Invalid {
  const near = nearest(found, known);
  const hint = near === null ? "" : ` (Did you mean ${near}?)`;
  const expected = `${known.length === 1 ? "" : "one of "}${known.join(", ")}`;
  return Invalid.one(`unknown command '${found}'${hint}: expected ${expected}`, {
    found,
    expected,
    nearest: near,
  });
}

function noCommand(program: Command): Mistake {
  const expected = `one of ${names(program).join(", ")}`;
  return mistake(`no command: expected ${expected}; see daytwo --help`, { found: "no command", expected });
}

/** `error: unknown option '--catchup'\n(Did you mean --catch-up?)`, taken apart. */
function misused(said: string): Mistake {
  const message = said.replace(/^error: /, "").replace(/\s+/g, " ");
  const found = /^unknown (?:command|option) '(.*?)'/.exec(message)?.[1] ?? null;
  const nearest = /\(Did you mean (?:one of )?([^,?]+)/.exec(message)?.[1] ?? null;
  return mistake(message, { found, nearest });
}

function invalid(mistakes: readonly Mistake[], io: Io, json: boolean, hint = ""): number {
  if (json) io.out(`${JSON.stringify({ errors: mistakes }, null, 2)}\n`);
  for (const { file, line, column, message } of mistakes) {
    const where = file !== null && line !== null ? `${file}:${line}:${column}: ` : "daytwo: ";
    io.err(`${onOneLine(where + message)}${hint}\n`);
  }
  return EXIT.invalid;
}
