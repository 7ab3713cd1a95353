/**
 * GitLab's description templates: the headings to write under, with hints that nobody sees afterwards.
 * https://docs.gitlab.com/user/project/description_templates/
 *
 * No quick action in them: `/label` fails for guests, and daytwo puts the label on by the hidden line.
 */
import type { Field, Form } from "./form.ts";

/** The text of `.gitlab/issue_templates/NAME.md`. */
export function gitlabTemplate({ introduction, fields, claim }: Form): string {
  const parts = [
    claim,
    ...(introduction === "" ? [] : [comment(introduction)]),
    ...fields.map((field) => [`### ${field.label}`, hint(field), ...boxes(field)].join("\n\n")),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

const boxes = ({ kind, options }: Field): string[] =>
  kind === "boxes" ? [options.map((option) => `- [ ] ${option}`).join("\n")] : [];

function hint({ description, placeholder, required, kind, options }: Field): string {
  const choice = options.join(", ");
  const lines = [
    required ? "Required." : "",
    description,
    kind === "one" ? `One of: ${choice}` : "",
    kind === "several" ? `One or more of these, with commas between them: ${choice}` : "",
    placeholder.includes("\n") ? `For example:\n${placeholder}` : "",
    placeholder !== "" && !placeholder.includes("\n") ? `For example: ${placeholder}` : "",
  ];
  return comment(lines.filter((line) => line !== "").join("\n"));
}

/** A hidden one; what would end it is broken up. */
function comment(text: string): string {
  if (text === "") return "<!-- Write here. -->";
  const inside = text.replaceAll("-->", "--\u200b>").replaceAll("<!--", "<!\u200b--");
  return inside.includes("\n") ? `<!--\n${inside}\n-->` : `<!-- ${inside} -->`;
}
