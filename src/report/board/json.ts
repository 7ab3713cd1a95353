/** The board as the document users rely on. */
import type { Board, StateTimes } from "../../engine/metrics/board.ts";
import type { Instant } from "../../model.ts";
import type { BoardJson } from "./schema.ts";

export function toJson(board: Board): BoardJson {
  const { states, flow, repeated, close } = board;
  return {
    at: iso(board.at),
    counts: board.counts,
    needs: board.needs.map((need) => ({ ...need })),
    holds: board.holds.map(({ oldest, issues, ...rest }) => ({
      ...rest,
      oldest: iso(oldest),
      issues: [...issues],
    })),
    work: board.work.map(({ handle, issues }) => ({ handle, issues: [...issues] })),
    breaches: board.breaches.map(({ since, ...rest }) => ({ ...rest, since: iso(since) })),
    states: {
      action_needed: timesJson(states.action_needed),
      in_progress: timesJson(states.in_progress),
      on_hold: timesJson(states.on_hold),
      completed: timesJson(states.completed),
    },
    flow: flow.map(({ week, opened, completed, reopened }) => ({
      week,
      opened: opened.length,
      completed: completed.length,
      reopened: reopened.length,
      openedIssues: [...opened],
      completedIssues: [...completed],
      reopenedIssues: [...reopened],
    })),
    bySystem: board.bySystem.map(({ system, count, issues }) => ({ system, count, issues: [...issues] })),
    byRole: board.byRole.map(({ role, count, issues }) => ({ role, count, issues: [...issues] })),
    queues: Object.fromEntries(
      Object.entries(board.queues).map(([system, waiting]) => [system, [...waiting]]),
    ),
    repeated: repeated.map(({ role, systems, issues }) => ({
      role,
      systems: [...systems],
      count: issues.length,
      issues: [...issues],
    })),
    close: close && { ...close },
    requests: board.requests.map(({ since, opened, assignees, systems, roles, reasons, ...row }) => ({
      ...row,
      since: iso(since),
      opened: iso(opened),
      assignees: [...assignees],
      systems: [...systems],
      roles: [...roles],
      reasons: [...reasons],
    })),
  };
}

const iso = (at: Instant): string => new Date(at).toISOString();

function timesJson({ n, p50, p90, running, oldest }: StateTimes): BoardJson["states"]["completed"] {
  return {
    n,
    p50: p50?.hours ?? null,
    p90: p90?.hours ?? null,
    p50Issue: p50?.issue ?? null,
    p90Issue: p90?.issue ?? null,
    running,
    oldest: oldest?.hours ?? null,
    oldestIssue: oldest?.issue ?? null,
  };
}
