/**
 * The helpers of templates: what each takes, for the check and the documentation, and what it does. None
 * reads anything but its arguments.
 */
import { inline, join, type SafeText, safe, trusted, vouched } from "../text/safe.ts";
import { addWorkingDays, type WorkCalendar } from "../time/calendar.ts";
import { formatDay } from "../time/days.ts";
import type { ScalarKind, Variable } from "./context.ts";

/** What a helper gets: values of a prepared context, in which all text is safe already. */
type Value = unknown;
type Hash = Readonly<Record<string, string>>;

export interface Helper {
  readonly usage: string;
  readonly doc: string;
  /** Kinds each parameter may have; `list` is a list of anything. */
  readonly params: readonly (readonly (Variable["kind"] | "list")[])[];
  /** Parameters that may be left out, at the end. */
  readonly optional?: number;
  /** Whether it takes `key="Heading"` for the keys of the list's items; `run` gets the keys in order as its last value. */
  readonly columns?: boolean;
  readonly returns: ScalarKind;
  /** Null is written as any absent value is. */
  run(values: readonly Value[], hash: Hash, calendar: WorkCalendar | null): Value;
}

export const helpers = {
  cc: {
    usage: "{{cc dris}}",
    doc: "The line that copies people in: `CC @amber @meri`. Nothing where there is nobody.",
    params: [["markdown"]],
    returns: "markdown",
    run: ([people]) => (people ? safe`CC ${people as SafeText}` : trusted("")),
  },
  date: {
    usage: "{{date hire.start}}",
    doc: "A day as people write it.",
    params: [["day"]],
    returns: "text",
    run: ([day]) => (day ? formatDay(day as string) : null),
  },
  workday: {
    usage: "{{date (workday hire.start 5)}}",
    doc: "The working day so many working days after (before, if negative) the first one on or after a day.",
    params: [["day"], ["number"]],
    returns: "day",
    run: ([day, n], _hash, calendar) =>
      day && calendar ? addWorkingDays(calendar, day as string, Number(n)) : null,
  },
  taskList: {
    usage: "{{taskList tasks}}",
    doc: "One box for each step or task of a list; a task shows its due day and owner, and has a box for its reviewer.",
    params: [["list"]],
    returns: "markdown",
    run: ([list]) => join((list as readonly unknown[]).map(box), "\n"),
  },
  table: {
    usage: '{{table systems name="System" role="Role"}}',
    doc: "A table of a list: one row for each item, one column for each key given.",
    params: [["list"]],
    columns: true,
    returns: "markdown",
    run: ([list, order], hash) =>
      table(list as readonly Record<string, unknown>[], String(order).split(" "), hash),
  },
} as const satisfies Record<string, Helper>;

/** Shown in place of a value that is not there. */
export const ABSENT = trusted("_not given_");

interface Task {
  readonly title: SafeText;
  readonly due: SafeText | null;
  readonly wd: SafeText | null;
  readonly owner: SafeText | null;
  readonly reviewer: SafeText | null;
  readonly steps: readonly SafeText[];
}

function box(item: unknown): SafeText {
  if (typeof item === "string") return safe`- [ ] ${vouched(item)}`;
  const { title, due, wd, owner, reviewer, steps } = item as Task;
  const facts = join([due !== null && safe`due ${due}`, wd, owner !== null && safe`owner ${owner}`], ", ");
  return join(
    [
      safe`- [ ] ${title}${facts === "" ? facts : safe` (${facts})`}`,
      ...steps.map((step) => safe`  - ${step}`),
      reviewer !== null && safe`  - [ ] Reviewed (${reviewer})`,
    ],
    "\n",
  );
}

function table(rows: readonly Record<string, unknown>[], keys: readonly string[], columns: Hash): SafeText {
  const line = (cells: readonly SafeText[]) => safe`| ${join(cells, vouched(" | "))} |`;
  const cell = (row: Record<string, unknown>, key: string) =>
    row[key] === null || row[key] === undefined ? trusted("") : vouched(String(row[key]));
  return join(
    [
      line(keys.map((key) => inline(columns[key] ?? ""))),
      line(keys.map(() => trusted("---"))),
      ...rows.map((row) => line(keys.map((key) => cell(row, key)))),
    ],
    "\n",
  );
}
