/** `daytwo evidence`: a month's bundle for an auditor, and the check that nobody has changed it since. */
import { statSync } from "node:fs";
import { relative, resolve } from "node:path";
import { evidenceSummary } from "../../engine/evidence/summary.ts";
import { isMonth } from "../../report/report.ts";
import { isEmpty, lastMonth, readEvidence, verifyBundle, writeBundle } from "../../run/evidence.ts";
import { requestsMade, total } from "../../run/team.ts";
import { EXIT, Invalid, type Io } from "../io.ts";
import { type Common, instantFrom, withTeam } from "../session.ts";
import { count, painter, printable } from "../show.ts";

export interface EvidenceOptions extends Common {
  readonly month?: string;
  readonly out?: string;
  readonly at?: string;
  /** A folder to check instead. */
  readonly verify?: string;
}

/** @throws Invalid, ForgeError */
export async function evidence(io: Io, options: EvidenceOptions): Promise<number> {
  if (options.verify !== undefined) return verify(io, options, options.verify);
  const { month: asked } = options;
  if (asked !== undefined && !isMonth(asked)) {
    const expected = "a month such as 2026-11";
    throw Invalid.one(`--month: found "${asked}", expected ${expected}`, {
      path: "--month",
      found: asked,
      expected,
    });
  }
  return withTeam(
    io,
    options,
    (config) => {
      const now = instantFrom(options.at, config, io);
      const month = asked ?? lastMonth(now, config.timezone);
      const folder = resolve(io.cwd, options.out ?? `evidence-${month}`);
      if (!isEmpty(folder)) {
        const name = relative(io.cwd, folder) || ".";
        throw Invalid.one(`--out: found ${name}, which holds something; expected a new or empty folder`, {
          path: "--out",
          found: name,
          expected: "a new or empty folder",
        });
      }
      return { now, month, folder };
    },
    async ({ team }, { now, month, folder }, say) => {
      const records = await readEvidence(team, month, now, say);
      const more = { "summary.md": evidenceSummary(month, records) };
      const manifest = writeBundle(folder, { month, at: now, team, records, more });
      say("");
      const name = relative(io.cwd, folder);
      const requests = total(requestsMade(team));
      if (options.json) io.out(`${JSON.stringify({ folder: name, ...manifest, requests }, null, 2)}\n`);
      else {
        const lines = [
          `${name}: ${count(records.length, "issue")} of ${month}, ${count(manifest.files.length, "file")}, ${count(requests, "forge request")}.`,
          manifest.unknown === 0
            ? "The forge told all that was asked for."
            : `${count(manifest.unknown, "thing")} could not be established; summary.md lists them.`,
          `Check it at any time: daytwo evidence --verify ${inShell(name)}`,
        ];
        io.out(printable(`${lines.join("\n")}\n`));
      }
      return EXIT.done;
    },
  );
}

/** One word to a shell. */
const inShell = (path: string): string =>
  /^[\w./@:-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;

function verify(io: Io, options: EvidenceOptions, path: string): number {
  const folder = resolve(io.cwd, path);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory() || isEmpty(folder)) {
    throw Invalid.one(`--verify: found no bundle in ${path}, expected a folder that daytwo evidence wrote`, {
      path: "--verify",
      found: path,
      expected: "a folder that daytwo evidence wrote",
    });
  }
  const { manifest, faults } = verifyBundle(folder);
  const valid = faults.length === 0;
  if (options.json) {
    io.out(
      `${JSON.stringify({ valid, month: manifest?.month ?? null, files: manifest?.files.length ?? 0, faults }, null, 2)}\n`,
    );
  } else if (valid) {
    const paint = painter(io);
    io.out(
      printable(
        `${paint("green", "As it was written.")} ${path}: the evidence of ${manifest?.month}, ${count(manifest?.files.length ?? 0, "file")}.\n`,
      ),
    );
  } else {
    io.out(printable(`${path} is not as it was written:\n${faults.map((fault) => `  ${fault}\n`).join("")}`));
  }
  return valid ? EXIT.done : EXIT.failed;
}
