/** A team with systems of awkward names, and GitHub's way of turning a submitted form into an issue. */
import { parse } from "yaml";
import { loadConfig } from "../../../src/engine/config/load.ts";
import type { Config } from "../../../src/engine/config/schema.ts";
import { memoryFiles } from "../../../src/engine/config/source.ts";
import type { Form } from "../../../src/engine/forms/form.ts";
import { formsOf } from "../../../src/engine/forms/form.ts";
import type { ForgeKind } from "../../../src/model.ts";
import { shippedTemplates } from "../../../src/run/config.ts";

const PROJECT = {
  github: (name: string) => `{ forge: github, repo: ${name} }`,
  gitlab: (name: string) => `{ forge: gitlab, project: ${name} }`,
};

const SYSTEMS = {
  "systems/salesforce.yml": "name: Salesforce\n",
  "systems/salesforce-inbox.yml": "name: Salesforce Inbox\n",
  "systems/chorus.yml": "name: Chorus\n",
  "systems/outreach.yml": 'name: "Outreach, Engage & Co"\n',
};

export function load(
  kind: ForgeKind,
  files: Readonly<Record<string, string>> = {},
  { onboarding = "acme/people", more = "" } = {},
) {
  const config = `projects: { requests: ${PROJECT[kind]("acme/access-requests")}, onboarding: ${PROJECT[kind](onboarding)} }
calendar: { country: US }
team: [{ handle: amber, dri: true }]
${more}`;
  const all = { ...SYSTEMS, ...files, "daytwo.yml": config };
  return loadConfig(memoryFiles(all, shippedTemplates()), "daytwo.yml");
}

export function configOf(...args: Parameters<typeof load>): Config {
  const read = load(...args);
  if ("faults" in read) throw new Error(read.faults.map(({ message }) => message).join("\n"));
  return read.config;
}

export function formOf(config: Config, id: string): Form {
  const form = formsOf(config).find((one) => one.id === id);
  if (!form) throw new Error(`no form ${id}`);
  return form;
}

interface Element {
  readonly type: string;
  readonly id?: string;
  readonly attributes: {
    readonly label: string;
    readonly value?: string;
    readonly options?: readonly unknown[];
  };
}

/** What a person leaves, types (for a text area: above what stands there) or chooses. */
export type Answer = string | readonly string[] | null;

/**
 * The body of the issue that GitHub makes of a form: a heading of level 3 for each input in its order, the answer as it
 * was typed, `_No response_` for none, choices with commas between them, a box for each checkbox.
 */
export function submitted(yaml: string, answers: Readonly<Record<string, Answer>>): string {
  const elements = (parse(yaml) as { body: Element[] }).body.filter(({ type }) => type !== "markdown");
  return elements
    .map(({ type, id = "", attributes: { label, value = "", options = [] } }) => {
      const answer = answers[id] ?? null;
      return `### ${label}\n\n${text(type, answer, value, options) || "_No response_"}\n`;
    })
    .join("\n");
}

function text(type: string, answer: Answer, value: string, options: readonly unknown[]): string {
  if (type === "checkboxes") {
    const names = options.map((option) => (option as { label: string }).label);
    return names.map((name) => `- [${answer?.includes(name) ? "x" : " "}] ${name}`).join("\n");
  }
  if (answer === null) return value;
  return typeof answer === "string" ? answer + value : answer.join(", ");
}

/** The description template filled in: each answer under its hint. */
export function filled(template: string, form: Form, answers: Readonly<Record<string, Answer>>): string {
  return form.fields.reduce((body, { id, label }) => {
    const answer = answers[id] ?? null;
    if (answer === null) return body;
    const from = body.indexOf(`### ${label}\n`);
    const next = body.indexOf("\n### ", from);
    const end = next < 0 ? body.length : next;
    const written = typeof answer === "string" ? answer : answer.join(", ");
    return `${body.slice(0, end).trimEnd()}\n\n${written}\n${body.slice(end)}`;
  }, template);
}
