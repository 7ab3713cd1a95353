/**
 * The one definition of `daytwo.yml`. Validation, defaults, types, the JSON schema and the reference page all
 * come from here; what one file alone cannot show (names that refer to other files, labels that collide) is
 * checked in `semantics.ts`.
 */
import { z } from "zod";
import { STATES } from "../lifecycle/states.ts";
import type { Template } from "../template/template.ts";
import type { Absence } from "../time/absences.ts";
import * as f from "./fields.ts";
import type { Baseline, System } from "./files.ts";

export type { Baseline, System } from "./files.ts";

const days = {
  closed: z.array(f.day()).default([]).describe("Further days off."),
  open: z.array(f.day()).default([]).describe("Days worked although they are holidays or weekends."),
};
const calendar = z.strictObject({
  country: f.country().default("US").describe("Country whose public holidays count, ISO 3166-1 alpha-2."),
  region: f
    .region()
    .exactOptional()
    .describe("Region of the country with holidays of its own, such as `ny` or `by`."),
  closed: days.closed.describe("Further days off, for everybody."),
  open: days.open.describe("Days worked by everybody although they are holidays or weekends."),
});
const ownCalendar = z.strictObject({
  country: f.country().exactOptional().describe("Country. Default: the file's, with its region."),
  region: f.region().exactOptional().describe("Region of that country."),
  ...days,
});

const hours = z.strictObject({
  from: f.clock().default("09:00").describe("Start of the working day."),
  to: f.clock().default("17:00").describe("End of the working day."),
});

const server = {
  url: f.webUrl().exactOptional().describe("Root of the server (GitHub Enterprise, self-managed GitLab)."),
  api: f
    .webUrl()
    .exactOptional()
    .describe("API root: what stands right before `/repos/…` or `/projects/…`. Overrides `url`."),
};
const OWNER_REPO = "a repository as owner/name";
const GROUP_PROJECT = "a project as group/name or group/subgroup/name";

const github = z.strictObject({
  forge: z.literal("github").describe("The forge."),
  repo: z
    .string({ error: OWNER_REPO })
    .regex(/^[A-Za-z0-9](-?[A-Za-z0-9_])*\/(?!\.{1,2}$)[\w.-]{1,100}$/, { error: OWNER_REPO })
    .describe("On GitHub: the repository as `owner/name`."),
  ...server,
});
const gitlab = z.strictObject({
  forge: z.literal("gitlab").describe("The forge."),
  project: z
    .string({ error: GROUP_PROJECT })
    .regex(/^[A-Za-z0-9_][\w.-]*(\/[A-Za-z0-9_][\w.-]*)+$/, { error: GROUP_PROJECT })
    .describe("On GitLab: the full path of the project, `group/subgroup/name`."),
  ...server,
});
const project = z.discriminatedUnion("forge", [github, gitlab]);

const member = z.strictObject({
  handle: f.handle().describe("Handle on the forge, without @."),
  name: f.line("a person's name").exactOptional().describe("Name as people write it. Default: the handle."),
  dri: f.yesNo().default(false).describe("Directly responsible: copied on each new access request."),
  timezone: f.timezone().exactOptional().describe("IANA time zone. Default: the file's."),
  calendar: ownCalendar
    .exactOptional()
    .describe("Own calendar. Default: the file's. The file's `closed` and `open` apply as well."),
  hours: hours.exactOptional().describe("Own working hours. Default: the file's."),
  away: z
    .union(
      [
        z.array(
          z.strictObject({
            from: f.day().describe("First day away."),
            to: f.day().describe("Last day away."),
            title: f.line().exactOptional().describe("Why, as shown to others."),
          }),
        ),
        f.path("a calendar file (.ics)"),
      ],
      { error: "a list of { from, to } or the path of an .ics file" },
    )
    .default([])
    .describe("Absences: a list of days, or the path of an iCalendar file."),
  cover: f.handle().exactOptional().describe("Team member who takes over while this one is away."),
});

const stateLabel = (label: string, color: string, description: string) =>
  z
    .strictObject({
      label: f.labelName().default(label).describe("Name of the label."),
      color: f.color().default(color).describe("Colour of the label."),
      description: z
        .string({ error: "text" })
        .max(f.LABEL_DESCRIPTION_LIMIT, { error: `text of at most ${f.LABEL_DESCRIPTION_LIMIT} characters` })
        .default(description)
        .describe("Description of the label."),
      previously: z
        .array(f.labelName())
        .default([])
        .describe("Former names: `daytwo labels sync` renames them."),
    })
    .prefault({});

const holdReason = z.strictObject({
  label: f.labelName().describe("Name of the label."),
  system: f.id("the id of a system").exactOptional().describe("System whose seats are waited for."),
  color: f.color().default("#777777").describe("Colour of the label."),
  description: z
    .string({ error: "text" })
    .max(f.LABEL_DESCRIPTION_LIMIT, { error: `text of at most ${f.LABEL_DESCRIPTION_LIMIT} characters` })
    .default("")
    .describe("Description of the label."),
  previously: z.array(f.labelName()).default([]).describe("Former names: `daytwo labels sync` renames them."),
});

/** A section that `false` switches off. */
const switchable = <T extends z.ZodObject>(section: T) => z.union([z.literal(false), section]);

const onboarding = z.strictObject({
  label: f.labelName().default("onboarding").describe("Label that makes an open issue a hire."),
  fields: z
    .strictObject({
      name: f
        .line("a heading")
        .default("Full name")
        .describe("Heading of the hire's name. Required in an issue."),
      email: f.line("a heading").default("Work email").describe("Heading of the work e-mail."),
      role: f.line("a heading").default("Role").describe("Heading of the role. Required in an issue."),
      department: f.line("a heading").default("Department").describe("Heading of the department."),
      region: f.line("a heading").default("Region").describe("Heading of the region."),
      manager: f.line("a heading").default("Manager").describe("Heading of the manager."),
      start: f
        .line("a heading")
        .default("Start date")
        .describe("Heading of the start date. Required in an issue."),
      timezone: f.line("a heading").default("Time zone").describe("Heading of the hire's time zone."),
      country: f.line("a heading").default("Country").describe("Heading of the hire's country."),
    })
    .prefault({})
    .describe("Headings under which an onboarding issue gives each fact."),
  open_on: z
    .strictObject({
      day: z
        .int({ error: "a day from 1 to 60" })
        .min(1, { error: "a day from 1 to 60" })
        .max(60, { error: "a day from 1 to 60" })
        .default(2)
        .describe("Which day; day one is the first working day on or after the start."),
      count: z.enum(["working", "calendar"]).default("working").describe("How days are counted."),
      at: f.clock().default("09:00").describe("Time of day."),
      in: z.enum(["hire", "team"]).default("hire").describe("Whose time zone."),
    })
    .prefault({})
    .describe("When the access request opens."),
  late: z
    .int({ error: "a number of calendar days" })
    .min(0, { error: "a number of calendar days" })
    .default(30)
    .describe("Calendar days; an older start without an access request is reported, not opened."),
  cancelled: f.labelName().default("onboarding-cancelled").describe("Label that cancels a hire."),
  template: f.id("the name of a template").default("new-hire").describe("Template of the access request."),
});

const lifecycle = z.strictObject({
  states: z
    .strictObject({
      action_needed: stateLabel(
        "SalesOpsAR::Action Needed",
        "#d9534f",
        "A Sales Ops action is due now or within this fiscal quarter",
      ).describe("Somebody must pick it up."),
      in_progress: stateLabel("SalesOpsAR::In Progress", "#f0ad4e", "Sales Ops is working on it").describe(
        "Somebody works on it.",
      ),
      on_hold: stateLabel("SalesOpsAR::On Hold", "#777777", "Blocked, or out of scope for now").describe(
        "It waits for something.",
      ),
      completed: stateLabel(
        "SalesOpsAR::Completed",
        "#5cb85c",
        "Sales Ops is done; the issue may stay open",
      ).describe("Sales Ops is done."),
    })
    .prefault({})
    .describe("The four states and their labels."),
  aliases: z
    .record(f.labelName(), z.enum(STATES))
    .default({ "SaelsOpsAR::In Progress": "in_progress" })
    .describe("Misspelt labels, and the state each stands for."),
  hold_reasons: z
    .record(f.id("the id of a hold reason"), holdReason)
    .default({
      sfdc_license: {
        label: "SalesOPS: Waiting on SFDC License",
        system: "salesforce",
        color: "#777777",
        description: "",
        previously: [],
      },
    })
    .describe("Why a request may be On Hold. `cancelled` is always there."),
  close_incomplete: z
    .enum(["reopen", "comment", "allow"])
    .default("reopen")
    .describe("What happens when a request is closed before it is Completed."),
});

/** The hold reason of a cancelled start; always there, whatever the file names. */
export const CANCELLED = {
  label: "SalesOPS: Start cancelled",
  color: "#777777",
  description: "",
  previously: [],
} satisfies z.output<typeof holdReason>;

const requests = z.strictObject({
  label: f.labelName().default("access-request").describe("Label of an access request."),
  approval: z
    .strictObject({
      required: f
        .yesNo()
        .default(true)
        .describe("Whether a request that is not a baseline one waits for its manager."),
      label: f.labelName().default("AR-Approval::Manager Approved").describe("Label of an approved request."),
      waiting: f
        .labelName()
        .default("AR-Approval::Needs Manager Approval")
        .describe("Label of a request that waits for approval."),
      above: z
        .record(f.handle(), z.array(f.handle()))
        .default({})
        .describe(
          "Who may approve in the place of whom: a handle, and the managers they stand above, such as `vpsales: [meri, amber]`.",
        ),
    })
    .prefault({})
    .describe("Approval by the manager."),
  confidential: f.yesNo().default(false).describe("Open requests as confidential issues. GitLab only."),
  sla: z
    .strictObject({
      first_action: f.duration().default("1d").describe("Working time in Action Needed."),
      done: f.duration().default("5d").describe("Working time until Completed, not counting On Hold."),
    })
    .prefault({})
    .describe("Working-time limits, in `h` or `d`."),
});

const WEEKLY = 'a time, with a weekday if it is weekly: "MON 09:00" or "09:00"';
const board = z.strictObject({
  summary: z
    .strictObject({
      issue: f
        .line("the title of an issue")
        .default("Sales Ops access requests: board")
        .describe("Title of the living summary issue."),
      publish: z
        .array(z.enum(["issue", "page", "csv", "json"]))
        .default(["issue", "page", "csv", "json"])
        .describe(
          "What is published: the living `issue`, the `page`, and the same as `csv` and `json` beside it. What is not named is neither published by CI nor shown at `/board`.",
        ),
      at: z
        .string({ error: WEEKLY })
        .regex(/^((MON|TUE|WED|THU|FRI|SAT|SUN) )?([01]\d|2[0-3]):[0-5]\d$/, { error: WEEKLY })
        .default("MON 09:00")
        .describe("When it is refreshed, in the file's time zone."),
      pin: f.yesNo().default(true).describe("Pin the summary issue."),
    })
    .prefault({})
    .describe("The summary."),
});

const close = z.strictObject({
  issue: f
    .line("the title of an issue")
    .default("Sales Ops monthly close: {{month}}")
    .describe("Title; `{{month}}` is the month, `2026-11`."),
  template: f.id("the name of a template").default("monthly-close").describe("Template of the close issue."),
  open: f.periodDay().default(-3).describe("Working day on which it opens; -3 is WD-3."),
  at: f.clock().default("09:00").describe("Time of day."),
  exceptions: z
    .array(f.labelName())
    .default(["deal-split", "comp-plan-change", "quota-relief"])
    .describe("Labels of issues that the close of their month lists as exceptions, each with its approver."),
  payees: z
    .array(f.line("a payee as the attainment list names them"))
    .default([])
    .describe("Everybody who is paid: the attainment list of the close has each of them once."),
});

const ON = "a weekday (MON … SUN) if weekly, else a working day of the period such as -10 or 1";
const cadence = z.strictObject({
  template: f.id("the name of a template").describe("Template of the issue."),
  every: z.enum(["day", "week", "month", "quarter", "year"]).describe("Period; `day` is every working day."),
  on: z
    .union([z.enum(f.WEEKDAYS), f.periodDay()], { error: ON })
    .exactOptional()
    .describe("Weekday (a day off moves it to the next working day), or working day of the period."),
  at: f.clock().default("09:00").describe("Time of day."),
  owner: f
    .handle()
    .exactOptional()
    .describe("Team member who owns it; their cover while they are away. Default: the team in turn."),
});

export const configFile = z
  .strictObject({
    version: z.literal(1, { error: "1" }).default(1).describe("Version of this format."),
    timezone: f.timezone().default("America/New_York").describe("IANA time zone of the team."),
    calendar: calendar.prefault({}).describe("Working days of the team."),
    hours: hours.prefault({}).describe("One working day; `1d` is one such day."),
    trusted: z
      .array(f.handle())
      .default([])
      .describe("Other accounts daytwo has run as; their markers count too."),
    projects: z
      .strictObject({
        requests: project.describe("Where access requests live."),
        onboarding: project
          .exactOptional()
          .describe("Where onboarding issues live. None: onboarding is off."),
      })
      .describe("The projects on the forge."),
    team: z
      .array(member)
      .min(1, { error: "at least one team member" })
      .describe("The people who work the requests."),
    onboarding: switchable(onboarding)
      .prefault({})
      .describe("Opens each hire's access request. `false` switches it off."),
    lifecycle: lifecycle.prefault({}).describe("States of an access request."),
    requests: requests.prefault({}).describe("Access requests."),
    systems: f
      .path("a glob of system files")
      .default("systems/*.yml")
      .describe("System files, one per tool."),
    baselines: f
      .path("a glob of baseline files")
      .default("baselines/*.yml")
      .describe("Baseline files: what a role gets."),
    templates: f
      .path("a folder of templates")
      .default("issue-templates")
      .describe("Folder of templates. One not found there is the shipped one."),
    board: switchable(board).prefault({}).describe("Board and summary. `false` switches it off."),
    close: switchable(close).prefault({}).describe("The monthly close. `false` switches it off."),
    cadences: z.array(cadence).default([]).describe("Recurring checklists."),
  })
  .describe("Configuration of daytwo.");

/** `daytwo.yml` as it stands in the file, defaults filled in. */
export type ConfigFile = z.output<typeof configFile>;

export type Project = z.output<typeof project>;
export type Onboarding = z.output<typeof onboarding>;
export type Close = z.output<typeof close>;
export type Cadence = z.output<typeof cadence>;
export type HoldReason = z.output<typeof holdReason>;
export type Hours = z.output<typeof hours>;
type Calendar = z.output<typeof calendar>;

/** A person of the team; zone, calendar and hours are the file's where the file gives none for them. */
export interface Member {
  readonly handle: string;
  readonly name: string;
  readonly dri: boolean;
  readonly timezone: string;
  readonly calendar: Calendar;
  readonly hours: Hours;
  /** In order of their first day. */
  readonly absences: readonly Absence[];
  /** Spelt as in that member's own `handle`. */
  readonly cover?: string;
}

/** A valid configuration with everything it names: keys as in the file, plus what its folders hold. */
export type Config = Readonly<
  Omit<ConfigFile, "team" | "lifecycle" | "systems" | "baselines" | "templates">
> & {
  readonly lifecycle: Readonly<Omit<ConfigFile["lifecycle"], "hold_reasons">> & {
    /** In the order of the file; `cancelled` is always there. */
    readonly hold_reasons: Readonly<Record<string, HoldReason>> & { readonly cancelled: HoldReason };
  };
  readonly team: readonly Member[];
  /** By id: the base name of the file. */
  readonly systems: ReadonlyMap<string, System>;
  /** Folder that the file of a new system goes into, from the root; "" is the root itself. */
  readonly systemsFolder: string;
  readonly baselines: readonly Baseline[];
  /** By name; the shipped ones included. */
  readonly templates: ReadonlyMap<string, Template>;
};

/** Full name of a project: `owner/repo` or `group/sub/project`. */
export function projectName(project: Project): string {
  return project.forge === "github" ? project.repo : project.project;
}
