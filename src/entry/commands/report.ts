/** `daytwo report NAME`: reads, and shows what it found in one of four forms, or publishes the board. */
import { mkdirSync } from "node:fs";
import { extname, join, resolve } from "node:path";
import type { Config } from "../../engine/config/schema.ts";
import { FILES, publishes, whyNot } from "../../engine/metrics/publish.ts";
import { nearest } from "../../engine/text/nearest.ts";
import { reports } from "../../report/index.ts";
import { FORMATS, type Format, isMonth, type Report, type ReportOptions } from "../../report/report.ts";
import { EXIT, Invalid, type Io, writeText } from "../io.ts";
import { type Common, instantFrom, withTeam } from "../session.ts";
import { printable } from "../show.ts";

export interface ReportArguments extends Common {
  readonly format?: string;
  readonly out?: string;
  readonly publish?: string;
  readonly at?: string;
  readonly month?: string;
  readonly rebuild?: boolean;
}

/** @throws Invalid for a report, format or month that there is not */
export async function report(io: Io, name: string, options: ReportArguments): Promise<number> {
  const wanted = reportNamed(name);
  if (options.publish !== undefined) return publish(io, wanted, options, options.publish);
  const format = formatOf(options);
  const asked: ReportOptions = { rebuild: options.rebuild ?? false, month: monthOf(options.month) };
  return withTeam(
    io,
    options,
    (config) => instantFrom(options.at, config, io),
    async ({ team }, now, say) => {
      say("reading…");
      const text = await (await wanted.read(team, now, asked, say)).render(format);
      say("");
      if (options.out !== undefined) writeText(io, options.out, text);
      // A terminal gets no control characters; a file or a pipe gets the document as it is.
      if (options.out === undefined || options.json) io.out(io.screen ? printable(text) : text);
      else io.out(`Saved to ${options.out}.\n`);
      return EXIT.done;
    },
  );
}

/** Writes every form of the board that is published into a folder, all from one reading. */
function publish(io: Io, wanted: Report, options: ReportArguments, folder: string): Promise<number> {
  const { format, out, json } = options;
  if (wanted.name !== "board" || format !== undefined || out !== undefined || json) {
    const found = wanted.name === "board" ? "another form of output" : `report ${wanted.name}`;
    const expected = "report board, with the forms that board.summary.publish names";
    throw Invalid.one(`--publish: found with ${found}, expected ${expected}`, {
      path: "--publish",
      found,
      expected,
    });
  }
  const args = (config: Config) => {
    const named = FILES.filter(({ form }) => publishes(config, form));
    if (named.length > 0) return { named, now: instantFrom(options.at, config, io) };
    const why = whyNot(config, ...FILES.map(({ form }) => form));
    const expected = "page, csv or json in board.summary.publish, or no job that publishes";
    throw Invalid.one(`--publish: there is nothing to publish, since ${why}; expected ${expected}`, {
      path: "--publish",
      expected,
    });
  };
  return withTeam(io, options, args, async ({ team }, { named, now }, say) => {
    say("reading…");
    const rendering = await wanted.read(team, now, { rebuild: false, month: null }, say);
    makeFolder(io, folder);
    for (const { format: form, file } of named)
      writeText(io, join(folder, file), await rendering.render(form));
    say("");
    const left = FILES.filter((one) => !named.includes(one));
    const lines = [
      `Written to ${folder}: ${named.map(({ file }) => file).join(", ")}.`,
      ...left.map(({ form, file }) => `Not published: ${file}, since ${whyNot(team.config, form)}.`),
    ];
    io.out(printable(`${lines.join("\n")}\n`));
    return EXIT.done;
  });
}

/** What is in the way shows when the first file is written. */
function makeFolder({ cwd }: Io, folder: string): void {
  try {
    mkdirSync(resolve(cwd, folder), { recursive: true });
  } catch {}
}

function reportNamed(name: string): Report {
  const known = reports.find((one) => one.name === name);
  if (known) return known;
  const names = reports.map((one) => one.name);
  const near = nearest(name, names);
  const expected = `one of ${names.join(", ")}`;
  throw Invalid.one(
    `report: found "${name}", expected ${expected}${near === null ? "" : `; did you mean ${near}?`}`,
    { path: "report", found: name, expected, nearest: near },
  );
}

const isFormat = (text: string): text is Format => (FORMATS as readonly string[]).includes(text);

/** `--format`, else `--json`, else what the file's name says, else Markdown. */
function formatOf({ format, json, out }: ReportArguments): Format {
  const named = format?.toLowerCase();
  if (named !== undefined && !isFormat(named)) {
    const expected = `one of ${FORMATS.join(", ")}`;
    const near = nearest(named, FORMATS);
    throw Invalid.one(`--format: found "${format}", expected ${expected}`, {
      path: "--format",
      found: format ?? null,
      expected,
      nearest: near,
    });
  }
  if (json && named !== undefined && named !== "json") {
    throw Invalid.one(`--json: found with --format ${named}, expected one of the two`, {
      path: "--json",
      found: `--format ${named}`,
      expected: "--json or --format",
    });
  }
  if (named !== undefined) return named;
  if (json) return "json";
  const extension = extname(out ?? "")
    .slice(1)
    .toLowerCase();
  return isFormat(extension) ? extension : "md";
}

function monthOf(text: string | undefined): string | null {
  if (text === undefined || isMonth(text)) return text ?? null;
  const expected = "a month such as 2026-11";
  throw Invalid.one(`--month: found "${text}", expected ${expected}`, {
    path: "--month",
    found: text,
    expected,
  });
}
