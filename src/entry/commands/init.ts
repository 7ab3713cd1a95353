/** `daytwo init`: everything a team needs to begin, written where nothing is yet. */
import { existsSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { Fault } from "../../engine/config/fault.ts";
import { type Loaded, loadConfig } from "../../engine/config/load.ts";
import { type Config, projectName } from "../../engine/config/schema.ts";
import { type ConfigFiles, globber } from "../../engine/config/source.ts";
import { diskFiles, findConfig, loadConfigFrom } from "../../run/config.ts";
import { type Answers, FORGES, guess, type InitOptions, isForge } from "../init/answers.ts";
import { converse, type Judge } from "../init/ask.ts";
import { configText } from "../init/config.ts";
import {
  commonFiles,
  exampleFiles,
  FOR_ONBOARDING,
  forms,
  formsElsewhere,
  GITLAB_CI,
  GITLAB_JOBS,
  type NewFile,
  workflows,
} from "../init/files.ts";
import { type Done, writeAll } from "../init/write.ts";
import { EXIT, Invalid, type Io } from "../io.ts";
import { count, painter, printable } from "../show.ts";

const CONFIG = "daytwo.yml";
const DATA = ".daytwo/";

/** @throws Invalid for a flag that cannot be, and where nobody is there to answer */
export async function init(io: Io, options: InitOptions): Promise<number> {
  const begun = findConfig(io.cwd) === null ? await begin(io, options) : goOn(io);
  const { config, files, examples } = begun;
  const done = writeAll(io.cwd, files, DATA);
  const next = steps(io, config, done, examples);
  if (options.json) {
    io.out(`${JSON.stringify({ ...done, next }, null, 2)}\n`);
  } else io.out(printable(`${lines(io, done, next).join("\n")}\n`));
  return EXIT.done;
}

interface Begun {
  readonly config: Config;
  readonly files: readonly NewFile[];
  readonly examples: readonly ("requests" | "team")[];
}

/** A folder without a configuration. */
async function begin(io: Io, options: InitOptions): Promise<Begun> {
  if (options.forge !== undefined && !isForge(options.forge)) {
    const expected = FORGES.join(" or ");
    throw wrongFlag("--forge", `found "${options.forge}", expected ${expected}`, options.forge, expected);
  }
  const known = guess(io, options);
  let { answers, examples } = known;
  const judge: Judge = (of, about) => judged(io, of, about);
  if (!options.yes) {
    if (!io.ask) {
      throw Invalid.one(
        "init asks a few questions, and nobody is here to answer: add --yes, with flags for what cannot be guessed (daytwo init --help)",
      );
    }
    const given = new Set(
      Object.keys(options).filter((key) => options[key as keyof InitOptions] !== undefined),
    );
    answers = await converse(io.ask, io, answers, given, judge);
    examples = [];
  }
  const strangers = judged(io, answers, "dri");
  if (strangers !== null)
    throw wrongFlag("--dri", strangers, answers.dri.join(", "), answers.team.join(", "));
  const files = [{ path: CONFIG, text: configText(answers) }, ...folders(answers.team)];
  const loaded = trial(io, files);
  if ("faults" in loaded) throw new Invalid(loaded.faults.map((one) => asFlag(one)));
  const { config } = loaded;
  return {
    config,
    files: [...files, ...forms(config), ...formsElsewhere(config), ...workflows(answers.forge)],
    examples,
  };
}

/** A folder with a configuration: only what is missing beside it. */
function goOn(io: Io): Begun {
  const read = loadConfigFrom(io.cwd);
  if (read.faults) throw new Invalid(read.faults);
  const { config } = read;
  const path = relative(io.cwd, findConfig(io.cwd) ?? CONFIG)
    .split(sep)
    .join("/");
  const { systems, baselines } = exampleFiles(config.team.map(({ handle }) => handle));
  const files = [
    { path, text: "" },
    ...commonFiles(),
    // Examples that were thrown out are not brought back.
    ...(config.systems.size === 0 ? systems : []),
    ...(config.systems.size === 0 && config.baselines.length === 0 ? baselines : []),
    ...forms(config),
    ...workflows(config.projects.requests.forge),
  ];
  return { config, files, examples: [] };
}

function folders(team: readonly string[]): NewFile[] {
  const { systems, baselines } = exampleFiles(team);
  return [...commonFiles(), ...systems, ...baselines];
}

/** The configuration as it will be: files that are there already stay as they are. */
function trial(io: Io, files: readonly NewFile[]): Loaded {
  const disk = diskFiles(io.cwd);
  const fresh = new Map(files.map(({ path, text }) => [path, text]));
  const merged: ConfigFiles = {
    read: (path) => disk.read(path) ?? fresh.get(path) ?? null,
    glob: (pattern) =>
      [...new Set([...disk.glob(pattern), ...[...fresh.keys()].filter(globber(pattern))])].sort(),
    shipped: disk.shipped,
  };
  return loadConfig(merged, CONFIG);
}

/** Which flag answers for a key of the configuration. */
const FLAGS: readonly (readonly [prefix: string, about: keyof Answers])[] = [
  ["projects.requests.url", "url"],
  ["projects.onboarding.url", "url"],
  ["projects.requests", "requests"],
  ["projects.onboarding", "onboarding"],
  ["team", "team"],
  ["timezone", "timezone"],
  ["calendar", "country"],
];

const aboutOf = ({ file, path }: Fault): keyof Answers | null =>
  file === CONFIG ? (FLAGS.find(([prefix]) => path.startsWith(prefix))?.[1] ?? null) : null;

function asFlag(one: Fault): Fault {
  const about = aboutOf(one);
  if (about === null) return one;
  const { found, expected, nearest } = one;
  const hint = nearest === null ? "" : `; did you mean ${nearest}?`;
  return { ...one, path: `--${about}`, message: `--${about}: found ${found}, expected ${expected}${hint}` };
}

function judged(io: Io, answers: Answers, about: keyof Answers): string | null {
  const strangers = answers.dri.filter((handle) => !answers.team.includes(handle));
  if (about === "dri") {
    return strangers.length === 0
      ? null
      : `${strangers.join(", ")}: expected some of ${answers.team.join(", ")}`;
  }
  const loaded = trial(io, [{ path: CONFIG, text: configText(answers) }, ...folders(answers.team)]);
  const fault = "faults" in loaded ? loaded.faults.find((one) => aboutOf(one) === about) : undefined;
  return fault ? `found ${fault.found}, expected ${fault.expected}` : null;
}

const wrongFlag = (path: string, message: string, found: string, expected: string): Invalid =>
  Invalid.one(`${path}: ${message}`, { path, found, expected });

/** What is left to do, one line each. */
function steps(io: Io, config: Config, done: Done, examples: Begun["examples"]): string[] {
  const { requests, onboarding } = config.projects;
  const github = requests.forge === "github";
  const projects = [...new Set([requests, ...(onboarding ? [onboarding] : [])].map(projectName))].join(
    " and ",
  );
  const token = github
    ? `Set GITHUB_TOKEN to a token that may read and write issues of ${projects}.`
    : `Set GITLAB_TOKEN to an access token with the scope api and the role Reporter or above in ${projects}.`;
  const elsewhere = done.written.some((path) => path.startsWith(`${FOR_ONBOARDING}/`));
  const ciLeft = done.left.includes(GITLAB_CI) && !includesJobs(join(io.cwd, GITLAB_CI));
  return [
    ...(examples.includes("requests")
      ? [`In ${CONFIG}, put your own project in the place of ${projectName(requests)}, which is an example.`]
      : []),
    ...(examples.includes("team")
      ? [`In ${CONFIG} and systems/, put your own handles in the place of the example's.`]
      : []),
    token,
    "daytwo check        is the configuration right?",
    "daytwo labels sync  creates the labels",
    "daytwo plan         what would be done now; writes nothing",
    ...(elsewhere && onboarding
      ? [`Copy what is in ${FOR_ONBOARDING}/ to ${projectName(onboarding)}, and delete that folder here.`]
      : []),
    ...(ciLeft ? [`In ${GITLAB_CI}, which was left as it is, include: ${GITLAB_JOBS}`] : []),
    github
      ? "Commit it all: the workflows in .github/workflows/ begin with the default branch."
      : "Commit it all, and make a pipeline schedule: daytwo.gitlab-ci.yml says how.",
  ];
}

const includesJobs = (file: string): boolean =>
  existsSync(file) && readFileSync(file, "utf8").includes(GITLAB_JOBS);

function lines(io: Io, done: Done, next: readonly string[]): string[] {
  const paint = painter(io);
  const { written, extended, left } = done;
  const some = (title: string, paths: readonly string[]): string[] =>
    paths.length === 0 ? [] : [paint("bold", title), ...folded(paths).map((path) => `  ${path}`)];
  return [
    ...some("Written", written),
    ...some("A line was added", extended),
    ...some("There already, left as it was", left),
    paint("bold", "Next"),
    ...next.map((step, i) => `  ${i + 1}. ${step}`),
  ];
}

/** Files of one folder in one line. */
function folded(paths: readonly string[]): string[] {
  const folders = Map.groupBy(paths, (path) => path.slice(0, path.lastIndexOf("/") + 1));
  return [...folders].map(([folder, all]) => {
    const names = all.map((path) => path.slice(folder.length));
    return folder === ""
      ? names.join(", ")
      : `${folder}: ${names.join(", ")} (${count(names.length, "file")})`;
  });
}
