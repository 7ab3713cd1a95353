/** The page of a run: what was planned and what became of it, as Markdown. Pure. */
import { inline, type SafeText, safe, trusted } from "../../engine/text/safe.ts";
import type { Change, Problem } from "../../model.ts";
import { changesBlock, pageOf, problemsBlock, type Told } from "../page.ts";
import { count } from "../show.ts";

/** What `plan`, `tick` and `handle` print under `--json`. */
export interface Document {
  readonly at: string;
  readonly changes: readonly Change[];
  readonly problems: readonly Problem[];
  /** Absent where nothing was to be written. */
  readonly outcomes?: readonly Told[];
}

/** @param room in bytes of UTF-8: the page is not longer, and says what it leaves out */
export function summaryOf(document: Document, room: number): SafeText {
  const { changes, outcomes, problems } = document;
  return pageOf(
    safe`## daytwo\n\n${headline(document)}`,
    [changesBlock(changes, outcomes), problemsBlock(problems, trusted("### For somebody to mend"))],
    room,
    "the log of the step has them all",
  );
}

function headline({ changes, outcomes, problems }: Document): SafeText {
  const mend = problems.length === 0 ? "" : ` ${count(problems.length, "problem")} for somebody to mend.`;
  if (changes.length === 0) return inline(`Nothing to do.${mend}`);
  if (!outcomes) return inline(`${count(changes.length, "change")} planned; nothing was written.${mend}`);
  const applied = outcomes.filter(({ status }) => status === "applied").length;
  const failed = outcomes.filter(({ status }) => status === "failed" || status === "skipped").length;
  const rest = failed === 0 ? "" : ` ${failed} could not be made.`;
  return inline(`${applied} of ${count(changes.length, "change")} made.${rest}${mend}`);
}
