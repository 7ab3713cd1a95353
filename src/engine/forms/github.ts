/**
 * GitHub's issue forms.
 * https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-issue-forms
 *
 * What is submitted are the answers alone: neither the `markdown` element nor anything else of the form reaches the
 * issue. So that an issue still says which form it was made from, two things do:
 * - `labels`, which GitHub puts on whoever submits the form, guests included, if the label exists (`daytwo labels sync`);
 * - the hidden line, as what stands in the first text area before anybody types. It is a comment, so the issue does
 *   not show it, and an answer that is nothing else is a blank one.
 * `required` is kept by GitHub in public repositories only, and not for that text area, which is never empty:
 * daytwo checks every request itself.
 */
import { stringify } from "yaml";
import type { Field, Form } from "./form.ts";

/** The text of `.github/ISSUE_TEMPLATE/ID.yml`. */
export function githubForm(form: Form): string {
  const { name, description, title, labels, introduction, fields, claim } = form;
  const first = fields.find(({ kind }) => kind === "text");
  const yaml = {
    name,
    description,
    title,
    ...(labels.length > 0 ? { labels } : {}),
    body: [
      ...(introduction === "" ? [] : [{ type: "markdown", attributes: { value: introduction } }]),
      ...fields.map((field) => element(field, field === first ? `\n\n${claim}\n` : null)),
    ],
  };
  return `${HEAD}${stringify(yaml, YAML)}`;
}

/** The text of `.github/ISSUE_TEMPLATE/config.yml`: who asks gets the forms, and no blank page beside them. */
export const githubChooser =
  (): string => `# Who asks for access gets a form. Say true where other things are filed here, too.
blank_issues_enabled: false
`;

/** GitHub reads YAML 1.1, where `no` and `on` are no texts: every text that could be anything else is quoted. */
const YAML = { lineWidth: 0, version: "1.1", aliasDuplicateObjects: false } as const;
const HEAD =
  "# Made by `daytwo init` from issue-templates/ and systems/. To renew it, delete it and run that again.\n";

const TYPES = { line: "input", text: "textarea", one: "dropdown", several: "dropdown", boxes: "checkboxes" };

function element(field: Field, value: string | null): object {
  const { id, label, description, placeholder, required, kind, options } = field;
  const typed = kind === "line" || kind === "text";
  return {
    type: TYPES[kind],
    id,
    attributes: {
      label,
      ...(description === "" ? {} : { description }),
      ...(typed && placeholder !== "" ? { placeholder } : {}),
      ...(value === null ? {} : { value }),
      ...(kind === "several" ? { multiple: true } : {}),
      ...(kind === "boxes" ? { options: options.map((name) => ({ label: name })) } : {}),
      ...(kind === "one" || kind === "several" ? { options } : {}),
    },
    // Boxes are required one by one, which a source cannot say.
    ...(required && kind !== "boxes" ? { validations: { required } } : {}),
  };
}
