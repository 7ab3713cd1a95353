/**
 * What a template may use, described once. The check at `daytwo check`, the types of the renderer and the
 * list of `daytwo commands --templates` all come from these descriptions.
 */
import type { SafeText } from "../text/safe.ts";
import type { WorkCalendar } from "../time/calendar.ts";

/**
 * - text: what a person typed; escaped wherever it is written
 * - markdown: composed by daytwo or written in the configuration; written as it is
 * - day: `YYYY-MM-DD`
 * - calendar: what `workday` counts in; cannot be written
 */
export type ScalarKind = "text" | "markdown" | "day" | "url" | "number" | "flag" | "calendar";

export interface Scalar<K extends ScalarKind = ScalarKind, O extends boolean = boolean> {
  readonly kind: K;
  readonly optional: O;
  readonly doc: string;
}
export interface Group<F extends Fields = Fields> {
  readonly kind: "group";
  readonly doc: string;
  readonly fields: F;
}
export interface List<I extends Variable = Variable> {
  readonly kind: "list";
  readonly doc: string;
  readonly item: I;
}
export type Variable = Scalar | Group | List;
export interface Fields {
  readonly [name: string]: Variable;
}

type ScalarValue<K extends ScalarKind> = K extends "markdown"
  ? SafeText
  : K extends "number"
    ? number
    : K extends "flag"
      ? boolean
      : K extends "calendar"
        ? WorkCalendar
        : string;

/** The values a description asks for; what is optional may be null. */
type ValueOf<V extends Variable> =
  V extends Group<infer F>
    ? { readonly [N in keyof F]: ValueOf<F[N]> }
    : V extends List<infer I>
      ? readonly ValueOf<I>[]
      : V extends Scalar<infer K, infer O>
        ? ScalarValue<K> | (O extends true ? null : never)
        : never;

const scalar =
  <const K extends ScalarKind>(kind: K) =>
  (doc: string): Scalar<K, false> => ({ kind, optional: false, doc });
const maybe = <K extends ScalarKind>(value: Scalar<K, false>): Scalar<K, true> => ({
  ...value,
  optional: true,
});
const group = <const F extends Fields>(doc: string, fields: F): Group<F> => ({ kind: "group", doc, fields });
const list = <I extends Variable>(doc: string, item: I): List<I> => ({ kind: "list", doc, item });

const text = scalar("text");
const markdown = scalar("markdown");
const day = scalar("day");
const url = scalar("url");
const number = scalar("number");
const flag = scalar("flag");
const calendar = scalar("calendar");

const dris = maybe(markdown("The DRIs as mentions; `{{cc dris}}` writes the CC line."));

const system = group("A system.", {
  id: text("Its id, the base name of its file."),
  name: text("Its name."),
  role: maybe(text("Role, profile or seat type to give.")),
  tier: number("1 is critical."),
  sox: flag("Whether it is in scope of SOX controls."),
  owner: maybe(text("Handle of its owner, without a mention.")),
  docs: maybe(url("Where the steps are explained.")),
  invite: maybe(markdown("The e-mails to invite, ready to paste.")),
  tasks: list("The steps to give access.", markdown("A step.")),
});

const task = group("A task.", {
  title: text("What is to be done."),
  due: maybe(day("The day it is due.")),
  wd: maybe(text("The working day it is due, `WD-2`.")),
  owner: maybe(markdown("Who does it, as a mention.")),
  reviewer: maybe(markdown("Who reviews it, as a mention.")),
  steps: list("How it is done.", markdown("A step.")),
});

const hire = group("For `onboarding.template` and `general`: a new hire's access request.", {
  hire: group("The new hire.", {
    name: text("Full name."),
    email: maybe(text("Work e-mail.")),
    role: text("Job role."),
    department: maybe(text("Department.")),
    region: maybe(text("Region.")),
    manager: maybe(
      markdown("The manager: a mention where they are a member of the project, else their name."),
    ),
    start: day("Start date."),
    dayTwo: day("The day the request is due."),
    timezone: maybe(text("Time zone, an IANA name.")),
    country: maybe(text("Country.")),
  }),
  onboarding: group("The onboarding issue.", {
    ref: markdown("A link to it, as the forge writes one."),
    url: url("Its address."),
  }),
  dris,
  systems: list("The systems of the baseline, those others depend on first; none with `general`.", system),
  calendar: calendar("The hire's working days, for `workday`."),
  late: maybe(text("How late the request opens, such as `2 working days`.")),
});

const revoked = list(
  "The systems to take away, the most urgent first.",
  group("A system.", {
    id: text("Its id, the base name of its file."),
    name: text("Its name, as `daytwo` finds its boxes again."),
    role: maybe(text("Role, profile or seat type that this person has in it.")),
    tier: number("1 is critical."),
    due: day("The day by which access is to be revoked."),
    owner: maybe(text("Handle of its owner, without a mention.")),
    docs: maybe(url("Where the steps are explained.")),
    steps: list("The steps to revoke access.", markdown("A step.")),
  }),
);

const leaver = group("For `deprovisioning`: the request that takes a leaver's access away.", {
  leaver: group("Whoever leaves.", {
    name: text("Full name."),
    email: maybe(text("Work e-mail.")),
    role: maybe(text("Job role.")),
    department: maybe(text("Department.")),
    region: maybe(text("Region.")),
    manager: maybe(text("The manager, without a mention.")),
    lastDay: day("The day that deadlines count from."),
    given: flag(
      "Whether that is the last day as the issue has it; otherwise it is the day the issue was opened.",
    ),
  }),
  offboarding: group("The offboarding issue.", {
    ref: markdown("A link to it, as the forge writes one."),
    url: url("Its address."),
  }),
  people: maybe(
    markdown("Who can revoke, and the DRIs for what nobody can, as mentions; for `{{cc people}}`."),
  ),
  known: flag("Whether the requests tell what this person has; otherwise every system is listed."),
  systems: revoked,
  calendar: calendar("The team's working days, for `workday`."),
});

const removal = group("For `removal`: the request that takes away what an access review revoked.", {
  person: group("Whose access is revoked.", {
    name: text("Full name."),
    email: maybe(text("Work e-mail.")),
  }),
  review: group("The access review.", {
    ref: markdown("A link to its issue, as the forge writes one."),
    url: url("Its address."),
    by: maybe(text("Handle of whoever revoked it, where that is known.")),
  }),
  people: maybe(
    markdown("Who can revoke, and the DRIs for what nobody can, as mentions; for `{{cc people}}`."),
  ),
  systems: revoked,
  calendar: calendar("The team's working days, for `workday`."),
});

const review = group("For `access-review`: what one owner of systems reviews.", {
  period: group("The period.", {
    name: text("Its name: `2026-Q4`."),
    from: day("Its first day."),
    to: day("Its last day."),
  }),
  owner: group("Whoever reviews it.", {
    handle: text("Their handle, without a mention."),
    mention: markdown("A mention, where the handle is one that can be mentioned."),
  }),
  part: maybe(text("Which part it is, from the second on, of a review that does not fit into one issue.")),
  opened: day("The day the issue opens."),
  due: day("The day on which the DRIs are called for what nobody has answered."),
  dris,
  systems: list(
    "The owner's systems, by name.",
    group("A system.", {
      id: text("Its id, the base name of its file."),
      name: text("Its name, as `daytwo` finds its boxes again."),
      tier: maybe(number("1 is critical.")),
      docs: maybe(url("Where its steps are explained.")),
      rows: list(
        "Everybody who has it by the requests.",
        group("A person.", {
          keep: markdown("The text of the box that keeps the access, as `daytwo` reads it again."),
          revoke: markdown("The text of the box that revokes it."),
        }),
      ),
    }),
  ),
  calendar: calendar("The team's working days, for `workday`."),
});

const period = group("For `close.template` and cadences: the issue of one period.", {
  month: text("The month, `2026-11`; for a cadence the month it opens in."),
  period: group("The period.", {
    name: text("Its name: `2026-11`, `2026-Q4`, `2026-W48` or `2026`."),
    from: day("Its first day."),
    to: day("Its last day."),
  }),
  opened: day("The day the issue opens."),
  calendar: calendar("The team's working days, for `workday`."),
  owner: maybe(markdown("Who owns it, as a mention.")),
  dris,
  groups: list(
    "The tasks of the front matter by group.",
    group("A group of tasks.", {
      name: maybe(text("Heading.")),
      tasks: list("Its tasks.", task),
    }),
  ),
});

/** The title of the monthly close. */
const closeTitle = group("For `close.issue`.", { month: text("The month, `2026-11`.") });

/** What each kind of template may use. */
export const contexts = { hire, leaver, removal, review, period, closeTitle } as const;

export type ContextKind = keyof typeof contexts;
export type ContextOf<K extends ContextKind> = ValueOf<(typeof contexts)[K]>;
export type HireContext = ContextOf<"hire">;
export type LeaverContext = ContextOf<"leaver">;
export type RemovalContext = ContextOf<"removal">;
export type ReviewContext = ContextOf<"review">;
export type PeriodContext = ContextOf<"period">;

/** One line of the list of variables: `hire.name`, `systems[].role`. */
export interface VariableDoc {
  readonly name: string;
  readonly kind: Variable["kind"];
  readonly optional: boolean;
  readonly doc: string;
}

/** Every variable of a kind of template, in order. */
export function describe(context: Group): VariableDoc[] {
  const walk = (name: string, variable: Variable): VariableDoc[] => {
    const optional = "optional" in variable && variable.optional;
    const own = { name, kind: variable.kind, optional, doc: variable.doc };
    if (variable.kind === "group") {
      return Object.entries(variable.fields).flatMap(([key, field]) => walk(`${name}.${key}`, field));
    }
    if (variable.kind !== "list") return [own];
    const { item } = variable;
    if (item.kind !== "group") return [own];
    return [own, ...Object.entries(item.fields).flatMap(([key, field]) => walk(`${name}[].${key}`, field))];
  };
  return Object.entries(context.fields).flatMap(([name, field]) => walk(name, field));
}
