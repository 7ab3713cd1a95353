/**
 * `daytwo demo`: the whole story in a sandbox, told as it happens, with what was checked at the end; or, with
 * `--serve`, the sandbox and the app together, in a browser.
 */
import { performance } from "node:perf_hooks";
import type { Change, ForgeKind } from "../../model.ts";
import type { Result } from "../../run/reconcile.ts";
import { HINTS, openPlayground } from "../demo/serve.ts";
import { openStage } from "../demo/stage.ts";
import { type Check, play, type Scene } from "../demo/story.ts";
import { EXIT, Invalid, type Io, progress } from "../io.ts";
import { changeJson, count, deed, outcomeJson, painter, printable } from "../show.ts";
import { type Ending, INTERRUPTED, PROCESS } from "./serve.ts";

export interface DemoOptions {
  readonly forge: string;
  /** Keep a sandbox and the app open in a browser, instead of playing the story. */
  readonly serve?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const NAMES: Readonly<Record<ForgeKind, string>> = { github: "GitHub", gitlab: "GitLab" };

/** @returns 1 where a check failed */
export async function demo(io: Io, options: DemoOptions, ending: Ending = PROCESS): Promise<number> {
  const began = performance.now();
  const forge = forgeNamed(options.forge);
  if (options.serve) return await playground(io, forge, options, ending);
  const stage = await openStage(forge, io);
  const paint = painter(io);
  const tell = (lines: readonly string[]) => {
    if (!options.json) io.out(printable(`${lines.join("\n")}\n`));
  };
  const say = progress(io, options.quiet ?? false);
  const scenes: Scene[] = [];
  tell([
    paint("bold", `daytwo on ${NAMES[forge]}, in a sandbox at ${stage.sandbox.url}: no account needed.`),
    "Acme's Sales Ops team is @amber, @meri and @sam. What daytwo reads, writes and hears goes over HTTP.",
    "",
  ]);
  try {
    const checks = await play(stage, {
      progress: (what) => say(`${scenes.length + 1}: ${what}…`),
      scene(scene) {
        scenes.push(scene);
        say("");
        tell(sceneLines(scene, paint));
      },
    });
    const failed = checks.filter(({ passed }) => !passed).length;
    const requests = stage.requests();
    const webhooks = stage.sandbox.webhooks.attempts.length;
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    const kinds = [...Map.groupBy(requests, ({ kind }) => kind)].map(([kind, { length }]) => [kind, length]);
    if (options.json) {
      const requestsByKind = Object.fromEntries(kinds);
      const story = scenes.map(sceneJson);
      const document = {
        forge,
        story,
        checks,
        failed,
        requests: requests.length,
        requestsByKind,
        webhooks,
        seconds,
      };
      io.out(`${JSON.stringify(document, null, 2)}\n`);
    }
    tell([
      ...tableLines(checks, paint),
      "",
      `${count(checks.length, "check")}, ${checks.length - failed} passed, ${failed} failed. ` +
        `${count(requests.length, "forge request")}, ${count(webhooks, "webhook")}, ${seconds} s.`,
      paint("dim", `Requests: ${kinds.map(([kind, n]) => `${n} ${kind}`).join(", ")}.`),
    ]);
    return failed === 0 ? EXIT.done : EXIT.failed;
  } finally {
    say("");
    await stage.close();
  }
}

/** Until it is told to stop. A second signal ends it at once. */
async function playground(
  io: Io,
  forge: ForgeKind,
  { json, quiet }: DemoOptions,
  ending: Ending,
): Promise<number> {
  const told = Promise.withResolvers<void>();
  let signals = 0;
  const stop = ending.onSignal(() => {
    signals++;
    if (signals > 1) ending.exit(INTERRUPTED);
    told.resolve();
  });
  const say = progress(io, quiet ?? false);
  try {
    say("A forge, a team and daytwo are starting…");
    const { url, app, ready, close } = await openPlayground(forge, io);
    try {
      await Promise.race([ready, told.promise]);
      say("");
      if (signals === 0) {
        const text = [
          `daytwo on ${NAMES[forge]}, in a sandbox: open ${url}`,
          ...HINTS.map((hint) => `  - ${hint}`),
          "Ctrl-C ends it and leaves nothing behind.",
        ];
        io.out(
          json ? `${JSON.stringify({ forge, url, app }, null, 2)}\n` : printable(`${text.join("\n")}\n`),
        );
      }
      await told.promise;
    } finally {
      await close();
    }
    return EXIT.done;
  } finally {
    stop();
  }
}

function forgeNamed(name: string): ForgeKind {
  if (name === "github" || name === "gitlab") return name;
  const expected = "github or gitlab";
  throw Invalid.one(`--forge: found "${name}", expected ${expected}`, {
    path: "--forge",
    found: name,
    expected,
  });
}

type Paint = ReturnType<typeof painter>;

function sceneLines({ when, what, url, results, notes, requests }: Scene, paint: Paint): string[] {
  const lines = results.flatMap((result) => resultLines(result, paint));
  return [
    `${paint("cyan", when)}  ${paint("bold", what)}`,
    ...(url === null ? [] : [paint("dim", `  ${url}`)]),
    ...(lines.length === 0 ? ["  nothing to do"] : lines),
    ...notes.map((note) => `  ${note}`),
    paint("dim", `  ${count(requests, "forge request")}`),
    "",
  ];
}

/** What was done to each issue, in one line for each reason. */
function resultLines({ changes, outcomes }: Result, paint: Paint): string[] {
  const done = changes.map((change, i) => ({ change, outcome: outcomes[i] }));
  return [...Map.groupBy(done, ({ change }) => `${place(change)} ${change.reason}`).values()].flatMap(
    (group) => {
      const { change } = group[0] as (typeof done)[number];
      const deeds = group.map(({ change: one, outcome }) =>
        outcome?.error ? `${paint("red", deed(one))} (${outcome.error})` : paint("green", deed(one)),
      );
      const urls = group.flatMap(({ change: one, outcome }) =>
        one.kind === "create-issue" && outcome?.url ? [paint("dim", `    ${outcome.url}`)] : [],
      );
      return [`  ${place(change)}: ${deeds.join("; ")}`, `    ${change.reason}`, ...urls];
    },
  );
}

const place = ({ project, issue }: Change): string => (issue === null ? project : `${project}#${issue}`);

function sceneJson({ at, what, url, results, notes, requests }: Scene) {
  return {
    at: new Date(at).toISOString(),
    what,
    url,
    changes: results.flatMap(({ changes }) => changes.map(changeJson)),
    outcomes: results.flatMap(({ outcomes }) => outcomes.map(outcomeJson)),
    notes,
    requests,
  };
}

/** Each check with what the forge holds; where that is not what it should be, with both. */
function tableLines(checks: readonly Check[], paint: Paint): string[] {
  const width = Math.max(...checks.map(({ check }) => check.length));
  return [
    `${paint("bold", "Checked".padEnd(width + 10))}${paint("bold", "On the forge")}`,
    ...checks.map(({ check, expected, found, passed }) => {
      const verdict = passed ? paint("green", "ok    ") : paint("red", "FAILED");
      const should = passed ? "" : `, expected ${shown(expected)}`;
      return `${verdict}  ${check.padEnd(width)}  ${shown(found)}${should}`;
    }),
  ];
}

function shown(value: unknown): string {
  if (value === true) return "yes";
  if (value === false) return "no";
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(shown).join(", ");
  return String(value ?? "nothing");
}
