/** `daytwo report close`: the tasks of a month's close, as its issue shows them. */
import { closeTitle } from "../engine/close/compose.ts";
import {
  CLOSE_KEY,
  latestMonth,
  type Month,
  monthBounds,
  monthIndex,
  opensAt,
} from "../engine/close/month.ts";
import { plannedTasks } from "../engine/close/plan.ts";
import { closeProgress } from "../engine/close/progress.ts";
import { readClose } from "../engine/close/tasks.ts";
import type { Config } from "../engine/config/schema.ts";
import { count } from "../engine/text/count.ts";
import { findMarkers } from "../engine/text/safe.ts";
import { dayOf } from "../engine/time/zones.ts";
import type { Day, Instant, Issue } from "../model.ts";
import type { Team } from "../run/team.ts";
import { csv } from "./csv.ts";
import { report } from "./report.ts";
import { type TableDocument, tablesHtml, tablesMd } from "./tables.ts";

interface Task {
  readonly group: string | null;
  readonly title: string;
  readonly owner: string | null;
  readonly reviewer: string | null;
  readonly wd: string | null;
  readonly due: Day | null;
  readonly done: boolean;
  readonly reviewed: boolean;
  readonly late: boolean;
}

interface CloseData {
  readonly at: Instant;
  readonly month: Month;
  /** Null before it is opened: then the tasks are as they are planned. */
  readonly issue: Pick<Issue, "number" | "url" | "state"> | null;
  readonly tasks: readonly Task[];
}

const HEAD = ["group", "title", "owner", "reviewer", "wd", "due", "done", "reviewed", "late"] as const;

export const closeReport = report<CloseData>({
  name: "close",
  summary: "the tasks of a month's close: owner, reviewer, due day, done, reviewed, late",
  async load(team, at, { month: asked }, say) {
    const { config } = team;
    const today = dayOf(at, config.timezone);
    const present = config.close ? latestMonth(config, config.close, at) : null;
    const month = asked ?? present ?? today.slice(0, 7);
    say("reading…");
    const issue = await closeIssue(team, month);
    return { at, month, issue, tasks: issue ? tasksIn(issue, today) : planned(config, month) };
  },
  json: ({ at, month, issue, tasks }) => ({
    at: new Date(at).toISOString(),
    month,
    issue: issue?.number ?? null,
    url: issue?.url ?? null,
    state: issue?.state ?? null,
    tasks,
  }),
  md: (data) => tablesMd(asTables(data)),
  csv: ({ tasks }) =>
    csv(
      HEAD,
      tasks.map((task) => HEAD.map((key) => task[key])),
    ),
  html: (data) => tablesHtml(asTables(data)),
});

/** The month's issue, among the open ones and those closed since it may have opened. */
async function closeIssue({ config, forges }: Team, month: Month): Promise<Issue | null> {
  const { requests } = forges;
  const { close } = config;
  if (!close || !requests) return null;
  const { reader } = requests;
  const [self, open, closed] = await Promise.all([
    reader.self(),
    reader.issues({ state: "open" }),
    reader.issues({ state: "closed", updatedSince: opensAt(config, close, month) }),
  ]);
  const own = new Set([self, ...config.trusted].filter((one) => one !== "").map((one) => one.toLowerCase()));
  const mine = [...open, ...closed]
    .filter(({ author }) => own.has(author.toLowerCase()))
    .sort((a, b) => a.number - b.number);
  const marked = ({ body }: Issue) => findMarkers(body).some((key) => CLOSE_KEY.exec(key)?.[1] === month);
  const title = closeTitle(close, month);
  return mine.find(marked) ?? mine.find((issue) => issue.title === title) ?? null;
}

function tasksIn({ body, state }: Issue, today: Day): Task[] {
  const { tasks } = readClose(body);
  const late = state === "open" ? closeProgress({ tasks }, today).late : [];
  return tasks.map((task) => {
    const { group, title, owner, reviewer, wd, due, box, review } = task;
    const people = { owner, reviewer, wd, due };
    return {
      group,
      title,
      ...people,
      done: box.done,
      reviewed: review?.ticked ?? false,
      late: late.includes(task),
    };
  });
}

function planned(config: Config, month: Month): Task[] {
  const template = config.close ? config.templates.get(config.close.template) : undefined;
  const period = { last: monthBounds(month).last, index: monthIndex(month) };
  return plannedTasks(config, template?.tasks ?? [], period).map(
    ({ group, title, owner, reviewer, wd, due }) => {
      return { group, title, owner, reviewer, wd, due, done: false, reviewed: false, late: false };
    },
  );
}

const yes = (is: boolean): string => (is ? "yes" : "");

function asTables({ month, issue, tasks }: CloseData): TableDocument {
  const tally = (is: (task: Task) => boolean) => tasks.filter(is).length;
  const progress = `${tally(({ done }) => done)} of ${count(tasks.length, "task")} done, ${tally(({ reviewed }) => reviewed)} reviewed, ${tally(({ late }) => late)} late.`;
  return {
    title: `Monthly close ${month}`,
    intro: issue
      ? `Issue #${issue.number}, ${issue.state}: ${progress}`
      : "It is not opened yet; this is the plan.",
    tables: [...Map.groupBy(tasks, ({ group }) => group)].map(([group, own]) => ({
      title: group ?? "Tasks",
      head: ["Task", "Owner", "Reviewer", "Day", "Due", "Done", "Reviewed", "Late"],
      rows: own.map(({ title, owner, reviewer, wd, due, done, reviewed, late }) => [
        issue ? { text: title, url: issue.url } : title,
        owner,
        reviewer,
        wd,
        due,
        yes(done),
        yes(reviewed),
        yes(late),
      ]),
      none: "",
    })),
  };
}
