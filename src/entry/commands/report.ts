/** `daytwo report NAME`: reads, and shows what it found in one of four forms. */
import { extname } from "node:path";
import { nearest } from "../../engine/text/nearest.ts";
import { reports } from "../../report/index.ts";
import { FORMATS, type Format, isMonth, type Report, type ReportOptions } from "../../report/report.ts";
import { EXIT, Invalid, type Io, writeText } from "../io.ts";
import { type Common, instantFrom, withTeam } from "../session.ts";
import { printable } from "../show.ts";

export interface ReportArguments extends Common {
  readonly format?: string;
  readonly out?: string;
  readonly at?: string;
  readonly month?: string;
  readonly rebuild?: boolean;
}

/** @throws Invalid for a report, format or month that there is not */
export async function report(io: Io, name: string, options: ReportArguments): Promise<number> {
  const wanted = reportNamed(name);
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
      if (options.out === undefined || options.json) io.out(io.terminal ? printable(text) : text);
      else io.out(`Saved to ${options.out}.\n`);
      return EXIT.done;
    },
  );
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
