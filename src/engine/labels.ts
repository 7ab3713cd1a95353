/** What is to be done so that a project has the labels its configuration names. Nothing is ever deleted. */
import type { ConfiguredLabel } from "./config/configured-labels.ts";

/** A label as a forge has it. */
export interface PresentLabel {
  readonly name: string;
  /** `#rrggbb`, lower case. */
  readonly color: string;
  readonly description: string;
  /** GitLab: it belongs to a group above the project and is changed there. */
  readonly shared?: true;
}

export type LabelChange = { readonly label: string; readonly reason: string } & (
  | { readonly kind: "create-label"; readonly color: string; readonly description: string }
  | {
      readonly kind: "edit-label";
      /** What it is called now. */
      readonly from: string;
      readonly name?: string;
      readonly color?: string;
      readonly description?: string;
    }
);

export interface LabelPlan {
  readonly changes: readonly LabelChange[];
  /** What daytwo leaves to people, each a sentence. */
  readonly problems: readonly string[];
}

/**
 * Each wanted label is, in this order: the one of that very name, one that differs from it in case only, one of its
 * former names. What is none of these is made anew.
 * @param want no two of one name, and no former name that is another's present one: loading a configuration makes sure
 */
export function planLabels(want: readonly ConfiguredLabel[], have: readonly PresentLabel[]): LabelPlan {
  const changes: LabelChange[] = [];
  const problems: string[] = [];
  const names = new Set(want.map(({ name }) => name));
  const taken = new Set<PresentLabel>();
  const free = (test: (label: PresentLabel) => boolean): PresentLabel | undefined =>
    have.find((label) => !taken.has(label) && !names.has(label.name) && test(label));
  for (const label of want) {
    const { name, color, description } = label;
    const exact = have.find((one) => one.name === name);
    const odd = exact ? undefined : free((one) => fold(one.name) === fold(name));
    const former = [...formerOf(label, free)];
    const present = exact ?? odd ?? former[0];
    if (present === undefined) {
      const reason = "the configuration names it and the project does not have it";
      changes.push({ kind: "create-label", label: name, color, description, reason });
      continue;
    }
    taken.add(present);
    for (const other of former) if (other !== present) problems.push(both(name, other.name));
    const { edit, reasons } = editOf(label, present);
    if (reasons.length === 0) continue;
    const reason = reasons.join("; ");
    if (present.shared)
      problems.push(`the label "${present.name}" belongs to a group, so it is changed there: ${reason}`);
    else changes.push({ kind: "edit-label", label: name, from: present.name, ...edit, reason });
  }
  return { changes, problems };
}

function* formerOf(
  { previously }: ConfiguredLabel,
  free: (test: (label: PresentLabel) => boolean) => PresentLabel | undefined,
): Generator<PresentLabel> {
  for (const name of previously) {
    const found = free((one) => one.name === name) ?? free((one) => fold(one.name) === fold(name));
    if (found) yield found;
  }
}

function editOf(
  { name, color, description, styled, previously }: ConfiguredLabel,
  present: PresentLabel,
): { readonly edit: { name?: string; color?: string; description?: string }; readonly reasons: string[] } {
  const edit: { name?: string; color?: string; description?: string } = {};
  const reasons: string[] = [];
  if (present.name !== name) {
    edit.name = name;
    const isFormer = previously.some((one) => fold(one) === fold(present.name));
    const odd = fold(present.name) === fold(name);
    reasons.push(
      odd || !isFormer
        ? `"${present.name}" is written "${name}"`
        : `"${present.name}" is a former name of it in the configuration`,
    );
  }
  if (styled && present.color !== color.toLowerCase()) {
    edit.color = color.toLowerCase();
    reasons.push(`its colour is ${present.color}, the configuration says ${edit.color}`);
  }
  // An empty one is no wish to have it empty.
  if (styled && description !== "" && present.description !== description) {
    edit.description = description;
    const now = present.description === "" ? "it has no description" : "its description is another";
    reasons.push(now);
  }
  return { edit, reasons };
}

const both = (name: string, former: string): string =>
  `both "${name}" and its former name "${former}" are there: put "${name}" on the issues that bear "${former}", then delete "${former}"`;

const fold = (name: string): string => name.normalize("NFC").toLowerCase();
