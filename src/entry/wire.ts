/** Puts a team together: its configuration, the forges it names, the tokens of the environment, the store. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Config, type Project, projectName } from "../engine/config/schema.ts";
import { type Forge, type ForgeDeps, ForgeError, type ForgeTarget } from "../forge/forge.ts";
import { createGitHubForge, githubApi, githubWeb } from "../forge/github/index.ts";
import { createGitLabForge, gitlabApi } from "../forge/gitlab/index.ts";
import { openStore, type Store } from "../run/store.ts";
import { forgetful, type Team } from "../run/team.ts";
import type { Io } from "./io.ts";

const TOKENS = {
  github: "GITHUB_TOKEN",
  gitlab: "GITLAB_TOKEN",
} as const;

/** Where a project is, from the configuration first and the environment second. */
export function targetOf(project: Project, env: Io["env"]): ForgeTarget {
  const { forge } = project;
  const token = env[TOKENS[forge]]?.trim() ?? "";
  if (token === "") {
    const name = projectName(project);
    throw new ForgeError(
      "unauthorized",
      `${TOKENS[forge]} is not set: set it to a token that may read and write issues of ${name}`,
    );
  }
  const named = project.url !== undefined || project.api !== undefined;
  if (forge === "github") {
    const api = named ? project.api : env["GITHUB_API_URL"];
    return {
      forge,
      project: project.repo,
      api: githubApi(project.url, api),
      web: githubWeb(project.url, api),
      token,
    };
  }
  const api = named ? project.api : (env["GITLAB_API_URL"] ?? env["CI_API_V4_URL"]);
  const root = gitlabApi(project.url, api);
  return { forge, project: project.project, api: root, web: root.replace(/\/api\/v4$/, ""), token };
}

const CREATE = { github: createGitHubForge, gitlab: createGitLabForge } as const;

export interface Wired {
  readonly team: Team;
  close(): void;
}

/**
 * @param rules names the rules in force: another configuration asks afresh
 * @throws ForgeError `unauthorized` where a token is missing
 */
export function wire(config: Config, rules: string, io: Io, onWait: (text: string) => void): Wired {
  const store = storeOf(io);
  const depsOf = memoize(
    (account: string): ForgeDeps => ({
      cache: store?.pages(account) ?? null,
      now: () => io.now(),
      sleep: async (ms) => void (await sleep(ms)),
      onWait: (ms, why) => onWait(`waiting ${Math.ceil(ms / 1000)} s for ${why}`),
    }),
  );
  const accountOf = ({ api, token }: ForgeTarget): string => digest(`${api} ${token}`);
  const build = (target: ForgeTarget): Forge => CREATE[target.forge](target, depsOf(accountOf(target)));
  const requests = targetOf(config.projects.requests, io.env);
  const { onboarding: second } = config.projects;
  const onboarding = second && config.onboarding ? targetOf(second, io.env) : null;
  const shared = onboarding !== null && accountOf(onboarding) === accountOf(requests);
  return {
    team: {
      config,
      forges: { requests: build(requests), onboarding: onboarding && build(onboarding) },
      oneAccount: shared,
      memory: store?.memory(digest(rules)) ?? forgetful,
    },
    close: () => store?.close(),
  };
}

/** The store is a convenience: where it cannot be opened, every look is a first look. */
function storeOf(io: Io): Store | null {
  try {
    return openStore(join(io.cwd, io.env["DAYTWO_DATA_DIR"] ?? ".daytwo"), () => io.now());
  } catch {
    return null;
  }
}

const digest = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16);

function memoize<V>(make: (key: string) => V): (key: string) => V {
  const made = new Map<string, V>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make(key);
    made.set(key, value);
    return value;
  };
}
