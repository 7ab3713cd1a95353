/** The files of a new team: what the package brings, fitted to who works there. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isOneProject } from "../../engine/config/configured-labels.ts";
import type { Config } from "../../engine/config/schema.ts";
import { formFiles, onboardingFormFiles } from "../../engine/forms/files.ts";
import type { ForgeKind } from "../../model.ts";
import { packageRoot } from "../../run/package.ts";
import { q } from "./config.ts";

export interface NewFile {
  /** From the folder that `daytwo init` runs in, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** Where the forms of an onboarding project that is another one are put, to be copied there. */
export const FOR_ONBOARDING = "for-the-onboarding-project";

/** The schema, and the templates of issues and forms. */
export const commonFiles = (): NewFile[] => [
  ...folder("schema", "schema", /^daytwo\.schema\.json$/),
  ...folder("issue-templates", "issue-templates", /\.md$/),
];

/** The eight systems and the baselines, with people of this team in the place of the example's. */
export function exampleFiles(team: readonly string[]): { systems: NewFile[]; baselines: NewFile[] } {
  const systems = folder("examples/acme/systems", "systems", /\.yml$/);
  return {
    systems: systems.map(({ path, text }) => ({ path, text: withTeam(text, team) })),
    baselines: folder("examples/acme/baselines", "baselines", /\.yml$/),
  };
}

const EXAMPLE_TEAM = ["amber", "meri", "sam"];

function withTeam(text: string, team: readonly string[]): string {
  /** As many people as there were, as far as the team has so many. */
  const standIns = (handles: readonly string[]): string[] => {
    const chosen: string[] = [];
    for (const handle of handles) {
      const place = EXAMPLE_TEAM.indexOf(handle);
      const turns = team.map((_, turn) => team[(place + turn) % team.length] ?? handle);
      chosen.push(...turns.filter((one) => !chosen.includes(one)).slice(0, 1));
    }
    return chosen;
  };
  return text
    .replace(/^((?:de)?provisioners): \[(.*)\]$/gm, (_, key: string, handles: string) => {
      const people = standIns(handles.split(",").map((handle) => handle.trim()));
      return `${key}: [${people.map(q).join(", ")}]`;
    })
    .replace(/^owner: (\S+)$/gm, (_, handle: string) => `owner: ${standIns([handle]).map(q).join("")}`);
}

/** Issue forms or description templates of this project, by what the configuration says. */
export const forms = (config: Config): readonly NewFile[] => formFiles(config);

/** Those of an onboarding project that is another one. */
export const formsElsewhere = (config: Config): NewFile[] =>
  isOneProject(config)
    ? []
    : onboardingFormFiles(config).map(({ path, text }) => ({ path: `${FOR_ONBOARDING}/${path}`, text }));

/** What makes the forge's CI run daytwo. */
export function workflows(forge: ForgeKind): NewFile[] {
  if (forge === "github") return folder("workflows/github", ".github/workflows", /\.ya?ml$/);
  const jobs = folder("workflows/gitlab", "", /\.ya?ml$/);
  return [...jobs, { path: GITLAB_CI, text: `include:\n  - local: /${GITLAB_JOBS}\n` }];
}

/** What GitLab runs, and what it includes. */
export const GITLAB_CI = ".gitlab-ci.yml";
export const GITLAB_JOBS = "daytwo.gitlab-ci.yml";

function folder(from: string, to: string, wanted: RegExp): NewFile[] {
  const source = join(packageRoot(), from);
  return readdirSync(source)
    .filter((name) => wanted.test(name))
    .sort()
    .map((name) => ({
      path: to === "" ? name : `${to}/${name}`,
      text: readFileSync(join(source, name), "utf8"),
    }));
}
