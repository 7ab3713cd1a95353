/** Labels: of a project, and on an issue. */
import type { MemoryForge } from "./memory.ts";
import { type Acting, type Doing, demand, type NewEvent, recorder } from "./rules.ts";
import { type Project, Refusal, type StoredEvent, type StoredIssue, type StoredLabel } from "./state.ts";

/** GitHub: characters of a label's name and of its description. */
const GITHUB_LABEL_NAME = 50;
const GITHUB_LABEL_DESCRIPTION = 100;
/** GitHub: labels of one issue. */
const GITHUB_LABELS = 100;
/** GitLab: characters of a label's name. */
const GITLAB_LABEL_NAME = 255;
/** What a label made on use looks like. */
const GREY = { github: "#ededed", gitlab: "#6699cc" };

export function createLabel(
  acting: Acting,
  input: { name: string; color: string; description: string },
): StoredLabel {
  const { forge, project } = acting;
  demand(acting, forge.kind === "github" ? "write" : "triage");
  if (project.labels.some((each) => forge.sameLabel(each.name, input.name))) {
    throw forge.kind === "github"
      ? new Refusal(422, "already_exists", "name")
      : new Refusal(409, "Label already exists");
  }
  return makeLabel(forge, project, input);
}

/** Renames and repaints; issues that bear it follow. */
export function editLabel(
  acting: Acting,
  name: string,
  edit: { name?: string; color?: string; description?: string },
): StoredLabel {
  const { forge, project } = acting;
  demand(acting, forge.kind === "github" ? "write" : "triage");
  const label = project.labels.find((each) => forge.sameLabel(each.name, name));
  if (!label) throw new Refusal(404, forge.kind === "github" ? "Not Found" : "404 Label Not Found");
  const taken = project.labels.find(
    (each) => edit.name !== undefined && forge.sameLabel(each.name, edit.name),
  );
  if (taken && taken !== label) {
    throw forge.kind === "github"
      ? new Refusal(422, "already_exists", "name")
      : new Refusal(400, "Title has already been taken");
  }
  Object.assign(label, { ...edit, color: (edit.color ?? label.color).toLowerCase() });
  return label;
}

/** Refuses names that no label may have, before anything is changed. */
export function checkLabels(acting: Acting, names: readonly string[]): void {
  const { forge, project } = acting;
  for (const name of names) {
    if (!project.labels.some((each) => forge.sameLabel(each.name, name))) checkName(forge, name);
  }
}

function checkName(forge: MemoryForge, name: string): void {
  const github = forge.kind === "github";
  if (name.trim() !== "" && name.length <= (github ? GITHUB_LABEL_NAME : GITLAB_LABEL_NAME)) return;
  throw new Refusal(github ? 422 : 400, `label name "${name}" is blank or too long`, "name");
}

function makeLabel(
  forge: MemoryForge,
  project: Project,
  input: { name: string; color: string; description: string },
): StoredLabel {
  checkName(forge, input.name);
  if (forge.kind === "github" && input.description.length > GITHUB_LABEL_DESCRIPTION) {
    throw new Refusal(422, "description is too long (maximum is 100 characters)", "description");
  }
  const label: StoredLabel = { id: forge.nextId(), ...input, color: input.color.toLowerCase() };
  project.labels.push(label);
  return label;
}

export function putLabel(acting: Doing, issue: StoredIssue, name: string, events: StoredEvent[]): void {
  const { forge, project } = acting;
  const event = recorder(acting, issue, events);
  const color = GREY[forge.kind];
  const label =
    project.labels.find((each) => forge.sameLabel(each.name, name)) ??
    makeLabel(forge, project, { name, color, description: "" });
  if (issue.labels.includes(label)) return;
  if (forge.kind === "github" && issue.labels.length >= GITHUB_LABELS) {
    throw new Refusal(422, "An issue can have at most 100 labels", "labels");
  }
  // Only Premium instances let labels of one scope push each other out; the scope ends at the last `::`.
  const scope = label.name.lastIndexOf("::");
  if (forge.kind === "gitlab" && forge.premium && scope > 0) {
    for (const other of issue.labels) {
      if (other.name.lastIndexOf("::") === scope && other.name.startsWith(label.name.slice(0, scope + 2))) {
        dropLabel(issue, other.name, forge, event);
      }
    }
  }
  issue.labels = [...issue.labels, label];
  event({ type: "labeled", label, name: label.name });
}

export function dropLabel(
  issue: StoredIssue,
  name: string,
  forge: MemoryForge,
  event: (event: NewEvent) => void,
): void {
  const label = issue.labels.find((each) => forge.sameLabel(each.name, name));
  if (!label) return;
  issue.labels = issue.labels.filter((each) => each !== label);
  event({ type: "unlabeled", label, name: label.name });
}
