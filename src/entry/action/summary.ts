/** The page of a run: what was planned and what became of it, as Markdown. Pure. */
import { code, inline, join, lines, link, type SafeText, safe, trusted } from "../../engine/text/safe.ts";
import type { Change, Outcome, Problem } from "../../model.ts";
import { count, deed } from "../show.ts";

/** What `plan`, `tick` and `handle` print under `--json`. */
export interface Document {
  readonly at: string;
  readonly changes: readonly Change[];
  readonly problems: readonly Problem[];
  /** Absent where nothing was to be written. */
  readonly outcomes?: readonly (Omit<Outcome, "error"> & { readonly error?: string })[];
}

const HEAD = trusted("| Issue | Change | Why | Outcome |\n| --- | --- | --- | --- |");

/**
 * @param room in bytes of UTF-8
 * @returns at most `room` bytes; what does not fit is counted
 */
export function summaryOf(document: Document, room: number): SafeText {
  const { changes, outcomes, problems } = document;
  const parts: SafeText[] = [safe`## daytwo\n\n${headline(document)}`];
  let left = room - bytes(parts[0] ?? "") - NOTE_ROOM;
  const take = (rows: readonly SafeText[], head: SafeText, what: string, whole: string) => {
    if (rows.length === 0) return;
    left -= bytes(head) + 2;
    let fit = 0;
    for (; fit < rows.length; fit++) {
      left -= bytes(rows[fit] ?? "") + 1;
      if (left < 0) break;
    }
    if (fit > 0) parts.push(lines(head, ...rows.slice(0, fit)));
    if (fit < rows.length) {
      left = 0;
      parts.push(
        inline(
          `${count(rows.length - fit, what)} not shown here, where a step has room for 1 MiB: ${whole}.`,
        ),
      );
    }
  };
  take(
    changes.map((change, i) => changeRow(change, outcomes?.[i])),
    HEAD,
    "change",
    "the log of the step and the output plan have more",
  );
  take(problems.map(problemRow), trusted("### For somebody to mend\n"), "problem", "the log has them all");
  return safe`${join(parts, "\n\n")}\n`;
}

/** For the lines that say what was left out. */
const NOTE_ROOM = 512;
const bytes = (text: string): number => Buffer.byteLength(text);

function headline({ changes, outcomes, problems }: Document): SafeText {
  const mend = problems.length === 0 ? "" : ` ${count(problems.length, "problem")} for somebody to mend.`;
  if (changes.length === 0) return inline(`Nothing to do.${mend}`);
  if (!outcomes) return inline(`${count(changes.length, "change")} planned; nothing was written.${mend}`);
  const applied = outcomes.filter(({ status }) => status === "applied").length;
  const failed = outcomes.filter(({ status }) => status === "failed" || status === "skipped").length;
  const rest = failed === 0 ? "" : ` ${failed} could not be made.`;
  return inline(`${applied} of ${count(changes.length, "change")} made.${rest}${mend}`);
}

type Row = NonNullable<Document["outcomes"]>[number];

function changeRow(change: Change, outcome: Row | undefined): SafeText {
  const number = outcome?.issue ?? change.issue;
  const place = inline(number === null ? `${change.project} (new)` : `${change.project}#${number}`);
  const url = outcome?.url ?? null;
  const became =
    outcome === undefined
      ? trusted("planned")
      : join([inline(outcome.status), outcome.error ? inline(outcome.error) : null], trusted(": "));
  const cells = [
    url === null ? place : link(place, url),
    inline(deed(change)),
    safe`${inline(change.reason)} ${code(change.policy)}`,
    became,
  ];
  return safe`| ${join(cells, trusted(" | "))} |`;
}

function problemRow({ policy, project, issue, message }: Problem): SafeText {
  const place = issue === null ? project : `${project}#${issue}`;
  return safe`- ${inline(place)}: ${inline(message)} ${code(policy)}`;
}
