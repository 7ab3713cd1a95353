/** A month's evidence for people to read: one row an issue, and what could not be established. */
import { count } from "../text/count.ts";
import { inline, join, lines, link, type SafeText, safe, trusted } from "../text/safe.ts";
import type { EvidenceRecord } from "./record.ts";

const day = (at: string | null): string => at?.slice(0, 10) ?? "";
const who = (by: string | null): string => by ?? "not known";
const list = (names: readonly string[]): string => [...new Set(names)].join(", ");

const row = (cells: readonly SafeText[]): SafeText => safe`| ${join(cells, trusted(" | "))} |`;
const HEAD = ["Issue", "Kind", "Asked", "Approved", "Granted or done by", "Asked and approved apart"];

function rowOf(record: EvidenceRecord): SafeText {
  const { url, project, issue, title, kind, asked, approved, access, tasks, separation } = record;
  const doers =
    kind === "close"
      ? tasks.map(({ doneBy }) => doneBy)
      : access.filter(({ done }) => done).map(({ by }) => by);
  const cells = [
    safe`${link(inline(`${project}#${issue}`), url)} ${inline(title)}`,
    inline(kind),
    inline(`${who(asked.by)} ${day(asked.at)}`),
    inline(approved.map(({ by, how, at }) => `${by ?? how} ${day(at)}`).join(", ")),
    inline(list(doers.map(who))),
    inline(separation),
  ];
  return row(cells);
}

/** A page of Markdown. @param month `2026-11` */
export function evidenceSummary(month: string, records: readonly EvidenceRecord[]): SafeText {
  const gaps = records.filter(({ unknown }) => unknown.length > 0);
  return lines(
    safe`# Evidence of ${inline(month)}`,
    safe``,
    safe`${inline(count(records.length, "issue"))}. Each has a file of its own with everything the forge tells of it.`,
    safe``,
    row(HEAD.map(inline)),
    row(HEAD.map(() => trusted("---"))),
    ...records.map(rowOf),
    safe``,
    safe`## What could not be established`,
    safe``,
    ...(gaps.length === 0
      ? [safe`Nothing: the forge told all that was asked for.`]
      : gaps.flatMap(({ project, issue, unknown }) =>
          unknown.map((gap) => safe`- ${inline(`${project}#${issue}`)}: ${inline(gap)}`),
        )),
    safe``,
  );
}
