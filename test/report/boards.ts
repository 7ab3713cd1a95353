/** Boards made of requests as they might be: records, the terms they are counted by, and what shows them. */
import { labelBook } from "../../src/engine/lifecycle/states.ts";
import { boardOf, type RequestRecord } from "../../src/engine/metrics/board.ts";
import { namesOf } from "../../src/engine/metrics/board-words.ts";
import { clockTerms } from "../../src/engine/metrics/clocks.ts";
import { lifeOf } from "../../src/engine/metrics/stays.ts";
import type { Instant, LabelEvent } from "../../src/model.ts";
import type { BoardData } from "../../src/report/board/report.ts";
import { config } from "../plan/facts.ts";

export const NOW: Instant = Date.parse("2026-11-24T14:00:00Z");
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
export const BOT = "daytwo-bot";

export const STATE = {
  action_needed: "SalesOpsAR::Action Needed",
  in_progress: "SalesOpsAR::In Progress",
  on_hold: "SalesOpsAR::On Hold",
  completed: "SalesOpsAR::Completed",
} as const;
export type StateId = keyof typeof STATE;
export const LICENSE = "SalesOPS: Waiting on SFDC License";

export const book = labelBook(config.lifecycle, (a, b) => a === b);

export interface Told {
  readonly number: number;
  readonly title?: string;
  /** When it came to each state; the first is where it was opened. */
  readonly course: readonly (readonly [state: StateId, at: Instant])[];
  /** Since when it bears the licence's hold reason. */
  readonly license?: Instant;
  readonly closedAt?: Instant;
  readonly assignees?: readonly string[];
  readonly systems?: readonly string[];
  readonly roles?: readonly string[];
  readonly filed?: boolean;
}

/** A record of a request whose labels daytwo itself moved. */
export function recordOf(told: Told): RequestRecord {
  const { number, title = `Access for person ${number}`, course, license, closedAt = null } = told;
  const [first] = course as [readonly [StateId, Instant]];
  const event = (type: LabelEvent["type"], label: string, at: Instant): LabelEvent => ({
    type,
    label,
    at,
    actor: BOT,
  });
  const events = course.flatMap(([state, at], i) => {
    const before = course[i - 1];
    const on = event("labeled", STATE[state], at);
    return before ? [on, event("unlabeled", STATE[before[0]], at)] : [on];
  });
  if (license !== undefined) events.push(event("labeled", LICENSE, license));
  const last = course.at(-1) as readonly [StateId, Instant];
  return {
    issue: {
      number,
      url: `https://forge.example/acme/requests/issues/${number}`,
      title,
      state: closedAt === null ? "open" : "closed",
      labels: [STATE[last[0]], "access-request", ...(license === undefined ? [] : [LICENSE])],
      assignees: told.assignees ?? [],
      createdAt: first[1],
      closedAt,
    },
    events: events.sort((a, b) => a.at - b.at),
    systems: told.systems ?? [],
    roles: told.roles ?? [],
    filed: told.filed ?? true,
  };
}

export function boardData(records: readonly RequestRecord[], now: Instant = NOW): BoardData {
  const lived = records.map(({ events, ...record }) => ({
    ...record,
    ...lifeOf(record.issue, events, book, (actor) => actor === BOT),
  }));
  const waiting = lived.flatMap(({ issue, holds }) => {
    const [hold] = holds.filter(({ reason }) => reason === "sfdc_license");
    return hold && issue.state === "open" ? [{ number: issue.number, since: hold.since }] : [];
  });
  const queues = { salesforce: waiting.sort((a, b) => a.since - b.since).map(({ number }) => number) };
  return {
    board: boardOf(lived, { now, clocks: clockTerms(config), queues }),
    project: "acme/requests",
    setting: {
      forge: "github",
      zone: config.timezone,
      hours: config.hours,
      names: namesOf(config),
      book,
      schedule: null,
      stamp: now,
      urls: new Map(records.map(({ issue }) => [issue.number, issue.url])),
    },
  };
}

/** A week like any other, with names that would do harm where they were taken for markup. */
export function monday(): BoardData {
  const ago = (days: number) => NOW - days * DAY;
  const ae = { systems: ["salesforce", "chorus"], roles: ["Account Executive"] };
  return boardData([
    recordOf({
      number: 1,
      course: [["action_needed", ago(1)]],
      ...ae,
      title: "</script><script>alert(1)</script>",
    }),
    recordOf({
      number: 2,
      course: [["action_needed", ago(9)]],
      ...ae,
      title: "<img src=x onerror=alert(2)>",
    }),
    recordOf({
      number: 3,
      course: [
        ["action_needed", ago(20)],
        ["in_progress", ago(18)],
      ],
      ...ae,
      assignees: ["amber"],
    }),
    recordOf({
      number: 4,
      course: [
        ["action_needed", ago(30)],
        ["in_progress", ago(28)],
        ["on_hold", ago(27)],
      ],
      license: ago(27),
      assignees: ["amber", "sam"],
      systems: ["salesforce"],
      roles: ["Sales Engineer"],
    }),
    recordOf({
      number: 5,
      course: [
        ["action_needed", ago(14)],
        ["on_hold", ago(13)],
      ],
      license: ago(13),
      ...ae,
    }),
    recordOf({
      number: 6,
      course: [
        ["action_needed", ago(6)],
        ["on_hold", ago(2)],
      ],
      roles: ['"Quoted" & <odd>'],
    }),
    recordOf({
      number: 7,
      course: [
        ["action_needed", ago(40)],
        ["in_progress", ago(39)],
        ["completed", ago(35)],
        ["in_progress", ago(3)],
      ],
      assignees: ["sam"],
      systems: ["chorus"],
    }),
    recordOf({
      number: 8,
      course: [
        ["action_needed", ago(60)],
        ["in_progress", ago(57)],
        ["completed", ago(50)],
      ],
      closedAt: ago(45),
      ...ae,
    }),
    recordOf({
      number: 9,
      course: [
        ["action_needed", ago(25)],
        ["in_progress", ago(24)],
        ["completed", ago(20)],
      ],
    }),
  ]);
}
