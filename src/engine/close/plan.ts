/** Tasks of a template as they are planned for one period: due days, owners and reviewers. */
import type { Day } from "../../model.ts";
import type { TemplateTask } from "../config/files.ts";
import type { Config, Member } from "../config/schema.ts";
import { memberOf, sameHandle } from "../cover.ts";
import type { PeriodContext } from "../template/context.ts";
import { inline, mention, type SafeText, safe, vouched } from "../text/safe.ts";
import { isAway } from "../time/absences.ts";
import { calendarOf, workingDayAbout } from "../time/calendar.ts";
import { addDays } from "../time/days.ts";

/** The period as tasks need to know it. */
export interface TaskPeriod {
  readonly last: Day;
  /** One more with each period: whose turn it is moves on with it. */
  readonly index: number;
}

export interface PlannedTask {
  readonly group: string | null;
  readonly title: string;
  readonly owner: string | null;
  /** Never the owner; null where nobody else is in the team. */
  readonly reviewer: string | null;
  /** `WD-2`; null where the task has no due day. */
  readonly wd: string | null;
  readonly due: Day | null;
  readonly steps: readonly string[];
  /** Titles of tasks of the same plan that come first. */
  readonly after: readonly string[];
}

/** Before the title of a task that comes first, in the list below a task. */
export const AFTER = "After: ";

/**
 * The tasks that a period has, in the order of the template. Where the template names no owner, the groups go round
 * the team, beginning with another person each period, and the next person reviews; whoever is away on the due day is
 * passed over.
 */
export function plannedTasks(
  config: Pick<Config, "team" | "calendar">,
  tasks: readonly TemplateTask[],
  period: TaskPeriod,
): PlannedTask[] {
  const here = tasks.filter(({ when }) => isTime(when, period.last));
  const titles = new Set(here.map(({ title }) => title));
  const groups = [...new Set(here.map(({ group }) => group ?? null))];
  const calendar = calendarOf(config.calendar);
  return here.map((task) => {
    const group = task.group ?? null;
    const due =
      task.due === undefined ? null : workingDayAbout(calendar, period.last, Number(task.due.slice(2)));
    const turn = period.index + groups.indexOf(group);
    const people = assigned(config, task, due ?? period.last, turn);
    return {
      group,
      title: task.title,
      ...people,
      wd: task.due ?? null,
      due,
      steps: task.steps,
      after: task.after.filter((title) => titles.has(title)),
    };
  });
}

function isTime(when: TemplateTask["when"], last: Day): boolean {
  if (when === undefined) return true;
  const endsMonth = addDays(last, 1).endsWith("-01");
  const month = Number(last.slice(5, 7));
  return endsMonth && (when === "year" ? month === 12 : month % 3 === 0);
}

function assigned(
  { team }: Pick<Config, "team">,
  task: TemplateTask,
  due: Day,
  turn: number,
): Pick<PlannedTask, "owner" | "reviewer"> {
  const spelt = (handle: string) => memberOf({ team } as Config, handle)?.handle ?? handle;
  const reviewer = task.reviewer === undefined ? null : spelt(task.reviewer);
  const owner = task.owner === undefined ? inTurn(team, turn, due, reviewer) : spelt(task.owner);
  if (reviewer !== null || owner === null) return { owner, reviewer };
  const place = team.findIndex(({ handle }) => sameHandle(handle, owner));
  return { owner, reviewer: inTurn(team, place + 1, due, owner) };
}

/** Whose turn it is, but for `other`: somebody who is not away that day, if there is one. */
export function inTurn(team: readonly Member[], turn: number, day: Day, other: string | null): string | null {
  const at = turn % team.length;
  const round = [...team.slice(at), ...team.slice(0, at)].filter(
    ({ handle }) => other === null || !sameHandle(handle, other),
  );
  return (round.find(({ absences }) => !isAway(absences, day)) ?? round[0])?.handle ?? null;
}

/** The tasks as a template gets them, by group in the order in which groups first come up. */
export function taskGroups(tasks: readonly PlannedTask[]): PeriodContext["groups"] {
  const handle = (name: string | null): SafeText | null => (name === null ? null : mention(name));
  return [...Map.groupBy(tasks, ({ group }) => group)].map(([name, own]) => ({
    name,
    tasks: own.map(({ title, due, wd, owner, reviewer, steps, after }) => ({
      title,
      due,
      wd,
      owner: handle(owner),
      reviewer: handle(reviewer),
      steps: [
        // Steps come from the team's own files: Markdown as the team wrote it.
        ...steps.map((step) => vouched(step)),
        ...after.map((one) => safe`${vouched(AFTER)}${inline(one)}`),
      ],
    })),
  }));
}
