/** Plans as Markdown pages: tables of changes and lists of problems, within the room there is. Pure. */
import { code, inline, join, lines, link, type SafeText, safe, trusted } from "../engine/text/safe.ts";
import type { Change, Outcome, Problem } from "../model.ts";
import { count, deed } from "./show.ts";

/** A table or list that may be cut short. */
export interface Block {
  /** What stands right above the first row, of more than one line if need be. */
  readonly head: SafeText;
  readonly rows: readonly SafeText[];
  /** One row, in a word. */
  readonly what: string;
}

/** For the line below each block that says what was left out. */
const NOTE_ROOM = 200;
const bytes = (text: string): number => Buffer.byteLength(text);

/**
 * A page of these blocks, without those that have no rows.
 * @param room in bytes of UTF-8; what does not fit is counted
 * @param elsewhere where all of it is, as a sentence after a colon
 */
export function pageOf(top: SafeText, blocks: readonly Block[], room: number, elsewhere: string): SafeText {
  const full = blocks.filter(({ rows }) => rows.length > 0);
  const parts: SafeText[] = [top];
  let left = room - bytes(top) - full.length * NOTE_ROOM;
  for (const { head, rows, what } of full) {
    left -= bytes(head) + 2;
    let fit = 0;
    for (; fit < rows.length; fit++) {
      left -= bytes(rows[fit] ?? "") + 1;
      if (left < 0) break;
    }
    if (fit > 0) parts.push(lines(head, ...rows.slice(0, fit)));
    if (fit < rows.length) {
      const more = count(rows.length - fit, fit > 0 ? `more ${what}` : what);
      parts.push(inline(`There is no room here for ${more}: ${elsewhere}.`));
    }
  }
  return safe`${join(parts, "\n\n")}\n`;
}

/** What happened to a change, as JSON tells it. */
export type Told = Omit<Outcome, "error"> & { readonly error?: string | null };

const WITH_OUTCOMES = trusted("| Issue | Change | Why | Outcome |\n| --- | --- | --- | --- |");
const PLANNED = trusted("| Issue | Change | Why |\n| --- | --- | --- |");

/** @param above a heading, with an empty line after it */
export function changesBlock(
  changes: readonly Change[],
  outcomes?: readonly Told[],
  above?: SafeText,
): Block {
  const table = outcomes ? WITH_OUTCOMES : PLANNED;
  return {
    head: above ? safe`${above}\n\n${table}` : table,
    rows: changes.map((change, i) => changeRow(change, outcomes?.[i])),
    what: "change",
  };
}

export const problemsBlock = (problems: readonly Problem[], heading: SafeText): Block => ({
  head: safe`${heading}\n`,
  rows: problems.map(({ policy, project, issue, message }) => {
    const place = issue === null ? project : `${project}#${issue}`;
    return safe`- ${inline(place)}: ${inline(message)} ${code(policy)}`;
  }),
  what: "problem",
});

function changeRow(change: Change, outcome: Told | undefined): SafeText {
  const number = outcome?.issue ?? change.issue;
  const place = inline(number === null ? `${change.project} (new)` : `${change.project}#${number}`);
  const url = outcome?.url ?? null;
  const cells = [
    url === null ? place : link(place, url),
    inline(deed(change)),
    safe`${inline(change.reason)} ${code(change.policy)}`,
    outcome && inline(outcome.error ? `${outcome.status}: ${outcome.error}` : outcome.status),
  ];
  return safe`| ${join(cells, trusted(" | "))} |`;
}
