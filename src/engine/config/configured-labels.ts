/** The labels a team's projects have, by its configuration. */
import type { ProjectRole } from "../../model.ts";
import { OFFBOARDING } from "../forms/form.ts";
import { type Config, type Project, projectName } from "./schema.ts";

export interface ConfiguredLabel {
  readonly name: string;
  readonly color: string;
  readonly description: string;
  /** Former names, which `labels sync` renames. */
  readonly previously: readonly string[];
  /** Whether the configuration says how it looks. Otherwise that is only how a new one is made. */
  readonly styled: boolean;
}

const plain = (name: string, color: string, description: string): ConfiguredLabel => ({
  name,
  color,
  description,
  previously: [],
  styled: false,
});

/** Those of the requests project. */
export function configuredLabels({ lifecycle, requests }: Config): ConfiguredLabel[] {
  const { approval } = requests;
  return [
    ...[...Object.values(lifecycle.states), ...Object.values(lifecycle.hold_reasons)].map(
      ({ label, color, description, previously }) => ({
        name: label,
        color,
        description,
        previously,
        styled: true,
      }),
    ),
    plain(requests.label, "#1f78d1", "An access request"),
    ...(approval.required
      ? [
          plain(approval.label, "#5cb85c", "The named manager has approved this access request"),
          plain(approval.waiting, "#f0ad4e", "The named manager has still to approve this access request"),
        ]
      : []),
  ];
}

/** Those that people put on what the monthly close lists; daytwo only reads them. */
export function exceptionLabels({ close }: Config): ConfiguredLabel[] {
  if (close === false) return [];
  return close.exceptions.map((name) =>
    plain(name, "#c98a1b", "An exception that the close of its month lists"),
  );
}

/** Those of the onboarding project. */
export function onboardingLabels({ onboarding, projects }: Config): ConfiguredLabel[] {
  if (projects.onboarding === undefined) return [];
  return [
    ...(onboarding
      ? [
          plain(onboarding.label, "#1f78d1", "A new hire: the access request opens on day two"),
          plain(onboarding.cancelled, "#777777", "This hire does not start after all"),
        ]
      : []),
    plain(OFFBOARDING, "#8e44ad", "Somebody who leaves: their access is to be taken away"),
  ];
}

/** The labels of each project; where one project is both, all of them are the requests project's. */
export function labelsByProject(config: Config): Record<ProjectRole, ConfiguredLabel[]> {
  const requests = [...configuredLabels(config), ...exceptionLabels(config)];
  const onboarding = onboardingLabels(config);
  return isOneProject(config)
    ? { requests: [...requests, ...onboarding], onboarding: [] }
    : { requests, onboarding };
}

/** Whether requests and onboarding issues live in the same project. */
export function isOneProject({ projects: { requests, onboarding } }: Pick<Config, "projects">): boolean {
  const fold = (project: Project) => `${project.forge} ${projectName(project)}`.toLowerCase();
  return onboarding !== undefined && fold(onboarding) === fold(requests);
}
