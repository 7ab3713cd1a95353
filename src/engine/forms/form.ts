/**
 * Forms: what people fill in to ask for something. One source, a template of `issue-templates/` with `inputs`,
 * from which GitHub's issue forms and GitLab's description templates are made.
 */
import type { ProjectRole } from "../../model.ts";
import type { Input } from "../config/files.ts";
import type { Config } from "../config/schema.ts";
import type { Template } from "../template/template.ts";
import { marker, type SafeText } from "../text/safe.ts";

/** The label of an issue of the onboarding project about somebody who leaves. */
export const OFFBOARDING = "offboarding";

export interface Form {
  /** Base name of its source: `access-request`. */
  readonly id: string;
  /** As people choose it. */
  readonly name: string;
  readonly description: string;
  /** What a new issue's title starts with. */
  readonly title: string;
  /** The project it belongs to. */
  readonly project: ProjectRole;
  /** What an issue gets that is made from it, where the forge and its author's rights let it. */
  readonly labels: readonly string[];
  /** Shown above the inputs; Markdown. */
  readonly introduction: string;
  readonly fields: readonly Field[];
  /** The hidden line `<!-- daytwo:form:ID -->` that says which form an issue was made from. */
  readonly claim: SafeText;
}

export interface Field {
  readonly id: string;
  /** Its heading in the issue. */
  readonly label: string;
  readonly description: string;
  readonly placeholder: string;
  readonly required: boolean;
  /** One line, several lines, one of `options`, several of them, or a box for each of them. */
  readonly kind: "line" | "text" | "one" | "several" | "boxes";
  readonly options: readonly string[];
}

/** The forms of a team, in order of id. */
export function formsOf(config: Config): Form[] {
  return [...config.templates.values()]
    .filter(({ inputs }) => inputs.length > 0)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map((template) => formOf(template, config));
}

function formOf(template: Template, config: Config): Form {
  const { id, name, description, title, inputs, body } = template;
  const { project, label, headings } = placeOf(id, config);
  const labels = [...(label === null ? [] : [label]), ...template.labels];
  return {
    id,
    name,
    // GitHub shows no form without one.
    description: description === "" ? name : description,
    title,
    project,
    labels: [...new Set(labels)],
    introduction: body.trim(),
    fields: inputs.map((input) => fieldOf(input, headings[input.id] ?? input.label, config)),
    claim: marker(`form:${id}`),
  };
}

interface FormPlace {
  readonly project: ProjectRole;
  readonly label: string | null;
  /** Headings that the configuration names, by id of the input. */
  readonly headings: Readonly<Record<string, string>>;
}

function placeOf(id: string, { requests, onboarding }: Config): FormPlace {
  switch (id) {
    case "access-request":
    case "bulk-access-request":
      return { project: "requests", label: requests.label, headings: {} };
    case "onboarding":
      return {
        project: "onboarding",
        label: onboarding ? onboarding.label : null,
        headings: onboarding ? onboarding.fields : {},
      };
    case "offboarding":
      return { project: "onboarding", label: OFFBOARDING, headings: {} };
    default:
      return { project: "requests", label: null, headings: {} };
  }
}

function fieldOf(input: Input, label: string, config: Config): Field {
  const { id, description = "", placeholder = PLACEHOLDERS[input.type] ?? "", required } = input;
  const options = input.type === "systems" ? systemNames(config) : input.options;
  return { id, label, description, placeholder, required, options, kind: kindOf(input, options) };
}

const PLACEHOLDERS: Readonly<Partial<Record<Input["type"], string>>> = {
  date: "2026-11-24",
  email: "ada.lovelace@example.com",
  handle: "@their-handle",
};

function kindOf({ type, multiple }: Input, options: readonly string[]): Field["kind"] {
  switch (type) {
    case "textarea":
    case "people":
      return "text";
    case "select":
      return multiple ? "several" : "one";
    case "checkboxes":
      return "boxes";
    case "systems":
      // Not boxes: in an access request those are work to be done. A team without system files writes names.
      return options.length > 0 ? "several" : "line";
    default:
      return "line";
  }
}

/** As a form offers them: by name, those of one name by id. */
function systemNames({ systems }: Config): string[] {
  const all = [...systems.values()];
  const shared = (name: string) => all.filter((other) => other.name === name).length > 1;
  const names = all.map(({ id, name }) => (shared(name) ? id : name));
  return names.sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
}
