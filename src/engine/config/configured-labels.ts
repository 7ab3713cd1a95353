/** The labels a team's requests project has, by its configuration. */
import type { Config } from "./schema.ts";

export interface ConfiguredLabel {
  readonly name: string;
  readonly color: string;
  readonly description: string;
  /** Former names, which `labels sync` renames. */
  readonly previously: readonly string[];
}

export function configuredLabels({ lifecycle, requests }: Config): ConfiguredLabel[] {
  const own = (name: string, color: string, description: string) => ({
    name,
    color,
    description,
    previously: [],
  });
  const { approval } = requests;
  return [
    ...[...Object.values(lifecycle.states), ...Object.values(lifecycle.hold_reasons)].map(
      ({ label, color, description, previously }) => ({ name: label, color, description, previously }),
    ),
    own(requests.label, "#1f78d1", "An access request"),
    ...(approval.required
      ? [
          own(approval.label, "#5cb85c", "The named manager has approved this access request"),
          own(approval.waiting, "#f0ad4e", "The named manager has still to approve this access request"),
        ]
      : []),
  ];
}
