/** The board as one table: a number to a row, with what it counts and the requests behind it. */

import { type Cell, csv } from "../csv.ts";
import type { BoardJson } from "./schema.ts";

const HEAD = ["section", "name", "measure", "value", "issues"] as const;

type Line = readonly [section: string, name: string, measure: string, value: Cell, issues: readonly number[]];

export function boardCsv(board: BoardJson): string {
  return csv(
    HEAD,
    linesOf(board).map(([section, name, measure, value, issues]) => [
      section,
      name,
      measure,
      value,
      issues.join(" "),
    ]),
  );
}

const one = (issue: number | null): number[] => (issue === null ? [] : [issue]);

function* measures<T extends string>(
  section: string,
  name: string,
  values: Readonly<Record<T, readonly [value: Cell, issues: readonly number[]]>>,
): Iterable<Line> {
  for (const [measure, [value, issues]] of Object.entries(values) as [T, [Cell, readonly number[]]][]) {
    yield [section, name, measure, value, issues];
  }
}

function linesOf(board: BoardJson): Line[] {
  const { requests } = board;
  const lines: Line[] = [["board", "", "at", board.at, []]];
  const of = (state: string) => requests.filter((row) => row.state === state).map(({ issue }) => issue);
  for (const [state, count] of Object.entries(board.counts)) {
    lines.push(["counts", state, "open", count, of(state)]);
  }
  for (const { issue, why, clock, hours } of board.needs) {
    lines.push(["needs", clock === null ? why : `${why} ${clock}`, "hours", hours, [issue]]);
  }
  for (const { issue, clock, since, over } of board.breaches) {
    lines.push(...measures("breaches", clock, { over: [over, [issue]], since: [since, [issue]] }));
  }
  for (const [state, times] of Object.entries(board.states)) {
    lines.push(
      ...measures("states", state, {
        n: [times.n, []],
        p50: [times.p50, one(times.p50Issue)],
        p90: [times.p90, one(times.p90Issue)],
        running: [times.running, of(state)],
        oldest: [times.oldest, one(times.oldestIssue)],
      }),
    );
  }
  for (const { reason, count, oldest, age, issues } of board.holds) {
    lines.push(
      ...measures("holds", reason, {
        count: [count, issues],
        oldest: [oldest, issues.slice(0, 1)],
        age: [age, issues.slice(0, 1)],
      }),
    );
  }
  for (const { handle, issues } of board.work) lines.push(["work", handle, "open", issues.length, issues]);
  for (const week of board.flow) {
    lines.push(
      ...measures("flow", week.week, {
        opened: [week.opened, week.openedIssues],
        completed: [week.completed, week.completedIssues],
        reopened: [week.reopened, week.reopenedIssues],
      }),
    );
  }
  for (const { system, count, issues } of board.bySystem)
    lines.push(["bySystem", system, "open", count, issues]);
  for (const { role, count, issues } of board.byRole) lines.push(["byRole", role, "open", count, issues]);
  for (const [system, issues] of Object.entries(board.queues)) {
    lines.push(["queues", system, "waiting", issues.length, issues]);
  }
  for (const { role, systems, count, issues } of board.repeated) {
    lines.push(["repeated", `${role ?? ""}: ${systems.join(" ")}`, "filed", count, issues]);
  }
  if (board.close) {
    const { title, issue, done, all, late } = board.close;
    lines.push(
      ...measures("close", title, { done: [done, [issue]], all: [all, [issue]], late: [late, [issue]] }),
    );
  }
  for (const { issue, title, state, age, opened } of requests) {
    lines.push(
      ...measures("requests", title, {
        state: [state, [issue]],
        age: [age, [issue]],
        opened: [opened, [issue]],
      }),
    );
  }
  return lines;
}
