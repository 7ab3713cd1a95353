/** Reads what `doctor` judges. A reading that fails is told as such and does not stop the others. */
import { labelsByProject } from "../../engine/config/configured-labels.ts";
import { type Config, projectName } from "../../engine/config/schema.ts";
import { planLabels } from "../../engine/labels.ts";
import type { Diagnoser } from "../../forge/diagnoser.ts";
import type { RepositoryFiles } from "../../forge/files.ts";
import { type Forge, ForgeError } from "../../forge/forge.ts";
import type { ProjectRole } from "../../model.ts";
import { ROLES } from "../team.ts";
import type { ObservedProject, Reading } from "./finding.ts";

/** How one project is looked at. */
export interface Instruments {
  readonly forge: Forge;
  readonly diagnoser: Diagnoser;
  readonly files: RepositoryFiles;
}

/** @throws whatever is no ForgeError */
async function reading<T>(read: () => Promise<T>): Promise<Reading<T>> {
  try {
    return { value: await read() };
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    return { failure: { kind: error.kind, message: error.message } };
  }
}

/** One entry for each project, also where it is both to the team. */
export function observeProjects(
  config: Config,
  instruments: (role: ProjectRole) => Instruments,
): Promise<readonly ObservedProject[]> {
  const roles = ROLES.filter((role) => config.projects[role] && (role === "requests" || config.onboarding));
  const byProject = Map.groupBy(roles, (role) => {
    const project = config.projects[role];
    return project ? `${project.forge} ${projectName(project)}`.toLowerCase() : "";
  });
  return Promise.all(
    byProject.values().map((same) => {
      const [role = "requests"] = same;
      return observeProject(config, same, instruments(role));
    }),
  );
}

async function observeProject(
  config: Config,
  roles: readonly ProjectRole[],
  { forge: { reader }, diagnoser }: Instruments,
): Promise<ObservedProject> {
  // One after the other: where the project is out of reach nothing else needs to be asked.
  const project = await reading(() => diagnoser.project());
  const rest = <T>(read: () => Promise<T>): Promise<Reading<T>> =>
    "failure" in project ? Promise.resolve(project) : reading(read);
  const wanted = labelsByProject(config);
  const [token, labels, strangers, hooks] = await Promise.all([
    rest(() => diagnoser.token()),
    rest(async () => {
      const names = roles.flatMap((role) => wanted[role]);
      return names.length === 0 ? [] : planLabels(names, await reader.labels()).changes;
    }),
    rest(async () => {
      // Nobody of the team is assigned in the onboarding project.
      const handles = roles.includes("requests") ? config.team.map(({ handle }) => handle) : [];
      const members = await Promise.all(handles.map((handle) => reader.member(handle)));
      return handles.filter((_, i) => !members[i]);
    }),
    rest(() => diagnoser.hooks()),
  ]);
  const { forge, project: name } = reader;
  return { forge, name, roles, token, project, labels, strangers, hooks, skew: diagnoser.skew() };
}

/**
 * Whether the configuration on the default branch of a project is this one.
 * @param here its text
 * @returns null where there is none there, or it may not be read
 */
export async function isSameThere(
  files: RepositoryFiles,
  paths: readonly string[],
  here: string,
): Promise<boolean | null> {
  const read = await reading(async () => {
    const listing = await files.list();
    const path = paths.find((one) => listing.has(one));
    return path === undefined ? null : files.read(path);
  });
  if ("failure" in read || read.value === null) return null;
  return read.value.replaceAll("\r\n", "\n") === here.replaceAll("\r\n", "\n");
}
