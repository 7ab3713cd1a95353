/** The issue of one period of a cadence: whose it is, and how it is opened. */
import type { Day, SafeText } from "../../model.ts";
import { inTurn, plannedTasks, taskGroups } from "../close/plan.ts";
import type { Cadence, Config, Member } from "../config/schema.ts";
import { memberOf, sameHandle } from "../cover.ts";
import { driMentions } from "../hire-request.ts";
import type { PeriodContext } from "../template/context.ts";
import { renderTemplate } from "../template/render.ts";
import type { Template } from "../template/template.ts";
import { join, lines, marker, mention, safe } from "../text/safe.ts";
import { isAway } from "../time/absences.ts";
import { calendarOf } from "../time/calendar.ts";
import { cadenceKey, type Occasion } from "./period.ts";

export interface Owner {
  readonly handle: string;
  /** Why it is they: a clause after "owns it, ". */
  readonly because: string;
}

/**
 * Who owns the issue: the owner that the cadence names, their cover while they are away, else the team in turn, but
 * for those who are away that day.
 */
export function ownerOf(
  { team }: Pick<Config, "team">,
  { owner }: Cadence,
  { span, day }: Pick<Occasion, "span" | "day">,
): Owner | null {
  const named = owner === undefined ? undefined : memberOf({ team } as Config, owner);
  if (named && !away(named, day)) return { handle: named.handle, because: "as configured" };
  const cover = named?.cover === undefined ? undefined : memberOf({ team } as Config, named.cover);
  if (named && cover && !away(cover, day))
    return { handle: cover.handle, because: `who covers for ${named.handle}` };
  const handle = inTurn(team, span.index, day, named?.handle ?? null) ?? named?.handle;
  if (handle === undefined) return null;
  if (named && sameHandle(handle, named.handle)) return { handle, because: "as configured" };
  return { handle, because: named ? `since ${named.handle} is away` : "whose turn it is" };
}

const away = ({ absences }: Member, day: Day): boolean => isAway(absences, day);

export interface NewIssue {
  readonly title: SafeText;
  readonly body: SafeText;
  readonly labels: readonly string[];
  readonly assignees: readonly string[];
}

/** @param previous a link to the issue of the period before */
export function composeCadence(
  config: Config,
  cadence: Cadence,
  { span, day }: Occasion,
  owner: Owner | null,
  previous: SafeText | null,
): NewIssue {
  // Loading a configuration makes sure of it.
  const template = config.templates.get(cadence.template) as Template;
  const dris = driMentions(config);
  const tasks = template.tasks.map((task) => {
    const own =
      task.owner === undefined && owner && !(task.reviewer && sameHandle(task.reviewer, owner.handle));
    return own ? { ...task, owner: owner.handle } : task;
  });
  const context: PeriodContext = {
    month: day.slice(0, 7),
    period: { name: span.name, from: span.from, to: span.to },
    opened: day,
    calendar: calendarOf(config.calendar),
    owner: owner && mention(owner.handle),
    dris: dris.length > 0 ? join(dris, " ") : null,
    groups: taskGroups(plannedTasks(config, tasks, { last: span.to, index: span.index })),
  };
  const rendered = renderTemplate(template, context);
  return {
    ...rendered,
    body: lines(
      rendered.body,
      safe``,
      previous && safe`The one before: ${previous}`,
      previous && safe``,
      marker(cadenceKey(cadence, span)),
    ),
  };
}
