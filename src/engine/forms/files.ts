/** Where forms stand in a project, and what stands there. */
import { isOneProject } from "../config/configured-labels.ts";
import type { Config } from "../config/schema.ts";
import { type Form, formsOf } from "./form.ts";
import { githubChooser, githubForm } from "./github.ts";
import { gitlabTemplate } from "./gitlab.ts";

export interface FormFile {
  readonly path: string;
  readonly text: string;
}

/**
 * The files of the forms that belong to the requests project, and to the onboarding project where that is the same;
 * paths from the project's root.
 */
export function formFiles(config: Config): FormFile[] {
  const { requests } = config.projects;
  const both = config.onboarding !== false && isOneProject(config);
  const forms = formsOf(config).filter(({ project }) => project === "requests" || both);
  const files = filesOf(forms, requests.forge);
  const chooser = { path: ".github/ISSUE_TEMPLATE/config.yml", text: githubChooser() };
  return requests.forge === "github" ? [...files, chooser] : files;
}

/** The files of the forms of the onboarding project. Empty where onboarding is off. */
export function onboardingFormFiles(config: Config): FormFile[] {
  const { onboarding } = config.projects;
  if (onboarding === undefined || config.onboarding === false) return [];
  const forms = formsOf(config).filter(({ project }) => project === "onboarding");
  return filesOf(forms, onboarding.forge);
}

function filesOf(forms: readonly Form[], forge: "github" | "gitlab"): FormFile[] {
  if (forge === "gitlab") {
    return forms.map((form) => ({
      path: `.gitlab/issue_templates/${fileName(form.name)}.md`,
      text: gitlabTemplate(form),
    }));
  }
  return forms.map((form) => ({ path: `.github/ISSUE_TEMPLATE/${form.id}.yml`, text: githubForm(form) }));
}

/** GitLab shows a template by its file's name. */
const fileName = (name: string): string => name.replace(/[\\/:*?"<>|]+/g, "-").trim();
