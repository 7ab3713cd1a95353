/** The files that `daytwo.yml` names: systems, baselines and the front matter of templates. */
import { z } from "zod";
import * as f from "./fields.ts";

const step = () => f.line("a step in one line");

const route = (what: string) =>
  z
    .strictObject({
      via: z
        .enum(["people", "group", "label", "sso", "self-service", "automatic", "none"])
        .default("people")
        .describe("By whom or by what."),
      groups: z.array(f.line("a group without @")).default([]).describe("Groups to tag, without `@`."),
      labels: z.array(f.labelName()).default([]).describe("Labels to put on the request."),
      contacts: z.array(f.line("a name")).default([]).describe("People and teams without a handle."),
      channels: z.array(f.line("a chat channel")).default([]).describe("Chat channels."),
      notes: z.array(f.line("a note")).default([]).describe("What else there is to know."),
    })
    .exactOptional()
    .describe(what);

export const systemFile = z
  .strictObject({
    name: f.line("the name of the tool").describe("Name of the tool."),
    provisioners: z
      .array(f.handle())
      .default([])
      .describe("Who can give access. Two at least, or `daytwo coverage` says so."),
    deprovisioners: z.array(f.handle()).default([]).describe("Who can revoke access."),
    provisioning: route("How access is given, where that is not by the provisioners alone."),
    deprovisioning: route("How access is revoked, where that is not by the deprovisioners alone."),
    owner: f.handle().exactOptional().describe("Who owns the tool."),
    tier: z
      .int({ error: "a tier from 1 (critical) to 4" })
      .min(1, { error: "a tier from 1 (critical) to 4" })
      .max(4, { error: "a tier from 1 (critical) to 4" })
      .default(2)
      .describe("1 is critical: revoked within one working day; the others within five."),
    sox: f.yesNo().default(false).describe("Whether the tool is in scope of SOX controls."),
    invite: z
      .enum(["comma", "semicolon", "lines", "none"])
      .default("none")
      .describe("How the request shows the approved people's e-mails, ready to paste."),
    roles: z
      .strictObject({
        default: f.line("a role in the tool").exactOptional().describe("Role of everybody else."),
        by_role: z
          .record(f.line("a job role"), f.line("a role in the tool"))
          .default({})
          .describe("Role in the tool by job role."),
      })
      .prefault({})
      .describe("Role, profile or seat type given in the tool."),
    licenses: z
      .strictObject({
        seats: z
          .int({ error: "a number of seats" })
          .min(0, { error: "a number of seats" })
          .describe("Seats bought."),
      })
      .exactOptional()
      .describe("Licences."),
    tasks: z.array(step()).default([]).describe("Steps to give access; each becomes a box."),
    revoke: z.array(step()).default([]).describe("Steps to take access away."),
    docs: f.webUrl().exactOptional().describe("Where the steps are explained."),
    depends_on: z.array(f.id("the id of a system")).default([]).describe("Systems that come first, by id."),
    source: z
      .string({ error: "text" })
      .exactOptional()
      .describe("The entry it was imported from, word for word."),
  })
  .describe("One tool that the team owns. Its id is the base name of the file.");

const WILD = 'text, or "*" for any';
export const baselineFile = z
  .strictObject({
    role: f.line(WILD).describe('Job role, or `"*"`.'),
    department: f.line(WILD).default("*").describe('Department, or `"*"`.'),
    region: f.line(WILD).default("*").describe('Region, or `"*"`.'),
    systems: z
      .record(f.id("the id of a system"), f.line("a role in the tool, or default"))
      .describe("Systems by id, each with the role in the tool; `default` is the system's own rule."),
  })
  .describe("What a role gets. The most specific match wins.");

const INPUT_TYPES = [
  "text",
  "textarea",
  "select",
  "checkboxes",
  "date",
  "handle",
  "email",
  "people",
  "systems",
] as const;

const input = z.strictObject({
  id: f.id("the id of an input").describe("Name of the input."),
  label: f.line("a heading").describe("Heading in the form."),
  type: z
    .enum(INPUT_TYPES)
    .default("text")
    .describe("Kind of input; `systems` is a choice of the tools in `systems/`, several at once."),
  description: z.string({ error: "text" }).exactOptional().describe("Help under the heading."),
  placeholder: z.string({ error: "text" }).exactOptional().describe("Example shown in an empty field."),
  options: z.array(f.line()).default([]).describe("Choices of `select` and `checkboxes`."),
  multiple: f.yesNo().default(false).describe("Whether `select` takes several choices."),
  required: f.yesNo().default(false).describe("Whether it must be answered."),
});

const DUE = "a working day of the period such as WD-2 or WD+3";
const task = z.strictObject({
  group: f.line().exactOptional().describe("Heading under which the task stands."),
  title: f.line("the title of a task").describe("What is to be done."),
  owner: f
    .handle()
    .exactOptional()
    .describe("Team member who does it. None: given out when the issue opens."),
  reviewer: f.handle().exactOptional().describe("Team member who reviews it; never its owner."),
  due: z
    .string({ error: DUE })
    .regex(/^WD[+-][1-9]\d?$/, { error: DUE })
    .exactOptional()
    .describe("Working day of the period, `WD-2`."),
  steps: z.array(step()).default([]).describe("How it is done."),
  after: z.array(f.line("the title of a task")).default([]).describe("Titles of tasks that come first."),
  when: z
    .enum(["quarter", "year"])
    .exactOptional()
    .describe("Only at the end of a quarter, or of a year. Default: every time."),
});

const DUE_IN = "a working time such as 2d, or a working day of the period such as WD-2";
export const templateFile = z
  .strictObject({
    name: f.line("the name of the template").describe("Name as people read it."),
    description: z.string({ error: "text" }).default("").describe("What it is for."),
    title: f.line("the title of the issue").describe("Title of the issue; may use variables."),
    labels: z.array(f.line("a label")).default([]).describe("Further labels; may use variables."),
    assignees: z.array(f.line("a handle")).default([]).describe("Assignees; may use variables."),
    due: z
      .string({ error: DUE_IN })
      .regex(/^((?=.*[1-9])(\d{1,4}d)?\s*(\d{1,5}h)?|WD[+-][1-9]\d?)$/, { error: DUE_IN })
      .exactOptional()
      .describe("When it is due."),
    inputs: z.array(input).default([]).describe("What the form asks for."),
    tasks: z.array(task).default([]).describe("Tasks with owners and due days."),
  })
  .describe("Front matter of an issue template.");

/** A tool that the team owns. */
export type System = Readonly<z.output<typeof systemFile>> & {
  /** Base name of its file. */
  readonly id: string;
};
export type Baseline = Readonly<z.output<typeof baselineFile>> & {
  /** Where it was read, for messages. */
  readonly file: string;
};
export type FrontMatter = Readonly<z.output<typeof templateFile>>;
export type Input = Readonly<z.output<typeof input>>;
export type TemplateTask = Readonly<z.output<typeof task>>;
