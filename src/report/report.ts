/**
 * The shape of a report: what it reads, and the four forms of what it found. One definition gives the command,
 * its help and its documentation; every form is made from the same data, so that they cannot disagree.
 */
import type { Instant } from "../model.ts";
import type { Team } from "../run/team.ts";

export const FORMATS = ["md", "html", "csv", "json"] as const;
export type Format = (typeof FORMATS)[number];

/** What a report may be asked for beside its format; each report heeds those it knows. */
export interface ReportOptions {
  /** Reads everything again instead of what has changed since (`access`). */
  readonly rebuild: boolean;
  /** A month as `2026-11`; null: the present one (`close`). */
  readonly month: string | null;
}

export interface Definition<D> {
  /** The word after `daytwo report`. */
  readonly name: string;
  /** One sentence for help and docs. */
  readonly summary: string;
  /**
   * Reads what the report tells of. Never writes.
   * @param say told of progress
   * @throws ForgeError
   */
  load(team: Team, now: Instant, options: ReportOptions, say: (text: string) => void): Promise<D>;
  /** The document of `--format json`, keys as users rely on them. */
  json(data: D): unknown;
  md(data: D): string;
  /** RFC 4180; made with `csv.ts`. */
  csv(data: D): string;
  /** One self-contained page. What it is drawn with is loaded here, not with the program. */
  html(data: D): string | Promise<string>;
}

/** A report that has been read, to be shown in any form. */
export interface Rendering {
  render(format: Format): Promise<string>;
}

/** A definition whose data nobody else needs to know. */
export interface Report {
  readonly name: string;
  readonly summary: string;
  read(team: Team, now: Instant, options: ReportOptions, say: (text: string) => void): Promise<Rendering>;
}

export function report<D>(definition: Definition<D>): Report {
  const { name, summary } = definition;
  return {
    name,
    summary,
    async read(team, now, options, say) {
      const data = await definition.load(team, now, options, say);
      return {
        async render(format) {
          const text =
            format === "json"
              ? JSON.stringify(definition.json(data), null, 2)
              : await definition[format](data);
          return text.endsWith("\n") ? text : `${text}\n`;
        },
      };
    },
  };
}

/** `2026-11`, and nothing else. */
export const isMonth = (text: string): boolean => /^[12]\d{3}-(0[1-9]|1[0-2])$/.test(text);
