/**
 * The shape of `report board --format json`, and with it `schema/report-board.schema.json`. Keys that are there stay;
 * more may come.
 */
import { z } from "zod";
import { STATES } from "../../engine/lifecycle/states.ts";
import { WHYS } from "../../engine/metrics/board.ts";
import { CLOCKS } from "../../engine/metrics/clocks.ts";

const instant = z.iso.datetime().describe("An instant, ISO 8601 in UTC.");
const number = z.int().positive().describe("Number of an issue of the requests project.");
const issues = z.array(number);
const count = z.int().nonnegative();
const hours = z.number().describe("Working hours, to the thousandth.");
const state = z.enum(STATES);
const clock = z.enum(CLOCKS);

const times = z.object({
  n: count.describe("Finished stays of the last 52 weeks."),
  p50: hours
    .nullable()
    .describe("Median of the finished stays, by the nearest rank; null where there is none."),
  p90: hours.nullable().describe("90th percentile of the finished stays, by the nearest rank."),
  p50Issue: number.nullable().describe("The request whose stay the median is."),
  p90Issue: number.nullable().describe("The request whose stay the 90th percentile is."),
  running: count.describe("Stays that go on."),
  oldest: hours.nullable().describe("The longest stay that goes on."),
  oldestIssue: number.nullable(),
});

const states = <T extends z.ZodType>(each: T) =>
  z.object({ action_needed: each, in_progress: each, on_hold: each, completed: each });

export const boardJson = z
  .object({
    at: instant,
    counts: states(count).describe("Open requests in each state."),
    needs: z
      .array(
        z.object({
          issue: number,
          why: z.enum(WHYS),
          clock: clock.nullable(),
          hours: hours.describe(
            "Working hours left on the clock, negative after a breach; without a clock, how long it has been so.",
          ),
        }),
      )
      .describe("What needs somebody now, the most urgent first."),
    holds: z
      .array(
        z.object({
          reason: z.string().describe("Id of the hold reason."),
          count,
          oldest: instant.describe("Since when the first in the queue waits."),
          age: hours.describe("Working hours since then."),
          issues: issues.describe("In the order of the queue."),
        }),
      )
      .describe("Open requests On Hold, by reason."),
    work: z
      .array(z.object({ handle: z.string(), issues }))
      .describe("Open requests that are not Completed, by assignee."),
    breaches: z
      .array(
        z.object({
          issue: number,
          clock,
          since: instant,
          over: hours.describe("Working hours beyond the limit."),
        }),
      )
      .describe("Clocks of open requests that have passed their limit."),
    states: states(times).describe("Working time in each state."),
    flow: z
      .array(
        z.object({
          week: z.string().describe("ISO 8601 week, in the team's time zone."),
          opened: count,
          completed: count,
          reopened: count,
          openedIssues: issues,
          completedIssues: issues,
          reopenedIssues: issues,
        }),
      )
      .describe("Twelve weeks, oldest first; the last one is the present one."),
    bySystem: z
      .array(z.object({ system: z.string().describe("Id of the system."), count, issues }))
      .describe("Open requests by system they ask for."),
    byRole: z
      .array(z.object({ role: z.string(), count, issues }))
      .describe("Open requests by role of the people they are for."),
    queues: z
      .record(z.string(), issues)
      .describe("By system: open requests that wait for a seat, first come, first served."),
    repeated: z
      .array(
        z.object({
          role: z.string().nullable(),
          systems: z.array(z.string()),
          count,
          issues,
        }),
      )
      .describe("Filed three times or more within twelve weeks, for one role and the same systems."),
    close: z
      .object({
        issue: number,
        url: z.string(),
        title: z.string(),
        month: z.string().describe("As 2026-11."),
        done: count.describe("Tasks that are done, and reviewed where they are to be."),
        all: count,
        late: count.describe("Those that are neither, after their due day."),
      })
      .nullable()
      .describe("The open close issue, how many of its tasks are done, and how many late."),
    requests: z
      .array(
        z.object({
          issue: number,
          url: z.string(),
          title: z.string(),
          state,
          since: instant.describe("When it came to this state."),
          age: hours.describe("Working hours in this state."),
          opened: instant,
          assignees: z.array(z.string()),
          systems: z.array(z.string()),
          roles: z.array(z.string()),
          reasons: z.array(z.string()),
          reopened: z.boolean(),
        }),
      )
      .describe("Every open request, those that wait longest in their state first."),
  })
  .describe("The board of a team's access requests, as daytwo reports it.");

export type BoardJson = z.output<typeof boardJson>;
