/** A month's close as it is opened: title, body and labels. */
import type { SafeText } from "../../model.ts";
import type { Close, Config } from "../config/schema.ts";
import { driMentions } from "../hire-request.ts";
import type { PeriodContext } from "../template/context.ts";
import { renderCloseTitle, renderTemplate } from "../template/render.ts";
import type { Template } from "../template/template.ts";
import { inline, join, lines, marker, safe, trusted } from "../text/safe.ts";
import { calendarOf, workingDayOf } from "../time/calendar.ts";
import { closeKey, type Month, monthBounds, monthIndex, monthPeriod } from "./month.ts";
import { type PlannedTask, plannedTasks, taskGroups } from "./plan.ts";

/** Ticked, it lets the close be closed with open tasks: the next month's has them. */
export const CARRY = "Carry what is still open over to the next month's close";

export interface NewClose {
  readonly title: SafeText;
  readonly body: SafeText;
  readonly labels: readonly string[];
  readonly assignees: readonly string[];
}

/** What the month before leaves to this one. */
export interface Before {
  readonly month: Month;
  /** A link to its issue. */
  readonly link: SafeText;
  /** Its open tasks, where it was told to hand them on. */
  readonly carried: readonly Pick<PlannedTask, "title" | "owner" | "reviewer" | "steps">[];
}

export const closeTitle = (close: Close, month: Month): SafeText => renderCloseTitle(close.issue, { month });

export function composeClose(config: Config, close: Close, month: Month, before: Before | null): NewClose {
  // Loading a configuration makes sure of it.
  const template = config.templates.get(close.template) as Template;
  const { first, last } = monthBounds(month);
  const calendar = calendarOf(config.calendar);
  const day = (wd: number) => workingDayOf(calendar, monthPeriod(month), wd);
  const dris = driMentions(config);
  const carried = (before?.carried ?? []).map((task): PlannedTask => {
    return { ...task, group: `Carried over from ${before?.month}`, wd: "WD-1", due: day(-1), after: [] };
  });
  const context: PeriodContext = {
    month,
    period: { name: month, from: first, to: last },
    opened: day(close.open),
    calendar,
    owner: null,
    dris: dris.length > 0 ? join(dris, " ") : null,
    groups: taskGroups([
      ...carried,
      ...plannedTasks(config, template.tasks, { last, index: monthIndex(month) }),
    ]),
  };
  const rendered = renderTemplate(template, context);
  return {
    title: closeTitle(close, month),
    body: lines(
      rendered.body,
      safe``,
      trusted("## Unfinished tasks"),
      safe``,
      safe`- [ ] ${inline(CARRY)}`,
      safe``,
      before && safe`Month before: ${before.link}`,
      before && safe``,
      marker(closeKey(month)),
    ),
    labels: rendered.labels,
    assignees: rendered.assignees,
  };
}
