/** Puts a team together: its configuration, the forges it names, the tokens of the environment, the store. */
import { createHash } from "node:crypto";
import { join } from "node:path";
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

/** Whose a workflow's own token is, where GitHub does not say so itself: without GraphQL it cannot. */
const WORKFLOW_ACCOUNT = "github-actions[bot]";

/** How requests of an account are made whose token is not simply in the environment: an app's installation. */
export interface Reach {
  /** Tells accounts apart; not a secret. */
  readonly account: string;
  /** Puts the account's token on each request, a fresh one where it has expired. */
  readonly fetch: typeof fetch;
  /** The account's handle. */
  self(): Promise<string>;
}

/**
 * Where a project is, from the configuration first and the environment second.
 * @param reach stands for the token where there is one
 */
export function targetOf(project: Project, env: Io["env"], reach: Reach | null = null): ForgeTarget {
  const { forge } = project;
  const token = reach?.account ?? env[TOKENS[forge]]?.trim() ?? "";
  if (token === "") {
    const name = projectName(project);
    throw new ForgeError(
      "unauthorized",
      `${TOKENS[forge]} is not set: set it to a token that may read and write issues of ${name}`,
    );
  }
  const named = project.url !== undefined || project.api !== undefined;
  if (forge === "github") {
    const api = named ? project.api : env.GITHUB_API_URL;
    return {
      forge,
      project: project.repo,
      api: githubApi(project.url, api),
      web: githubWeb(project.url, api),
      token,
    };
  }
  const api = named ? project.api : (env.GITLAB_API_URL ?? env.CI_API_V4_URL);
  const root = gitlabApi(project.url, api);
  return { forge, project: project.project, api: root, web: root.replace(/\/api\/v4$/, ""), token };
}

const CREATE = { github: createGitHubForge, gitlab: createGitLabForge } as const;

export interface Wired {
  readonly team: Team;
  close(): void;
}

export interface Wiring {
  readonly onWait: (text: string) => void;
  readonly onAnswer?: (forge: Project["forge"]) => NonNullable<ForgeDeps["onAnswer"]>;
  /** Kept open by whoever gives it; opened and closed with the team otherwise. */
  readonly store?: Store | null;
  /** Null where the environment's token serves. */
  readonly reach?: (project: Project) => Reach | null;
}

/**
 * @param rules names the rules in force: another configuration asks afresh
 * @throws ForgeError `unauthorized` where a token is missing
 */
export function wire(config: Config, rules: string, io: Io, wiring: Wiring): Wired {
  const { onWait, onAnswer, reach = () => null } = wiring;
  const store = wiring.store === undefined ? storeOf(io) : wiring.store;
  const depsOf = memoize(
    (account: string, { own, forge }: { own: Reach | null; forge: Project["forge"] }): ForgeDeps => ({
      cache: store?.pages(account) ?? null,
      now: () => io.now(),
      sleep: (ms) => io.sleep(ms),
      onWait: (ms, why) => onWait(`waiting ${Math.ceil(ms / 1000)} s for ${why}`),
      ...(onAnswer ? { onAnswer: onAnswer(forge) } : {}),
      ...(own ? { fetch: own.fetch } : {}),
    }),
  );
  const accountOf = ({ api, token }: ForgeTarget): string => digest(`${api} ${token}`);
  const build = (project: Project): { forge: Forge; account: string } => {
    const own = reach(project);
    const target = targetOf(project, io.env, own);
    const account = accountOf(target);
    const forge = CREATE[target.forge](target, depsOf(account, { own, forge: target.forge }));
    const as = (self: () => Promise<string>) => ({
      forge: { ...forge, reader: { ...forge.reader, self } },
      account,
    });
    if (own) return as(() => own.self());
    if (target.forge === "github" && io.env.GITHUB_ACTIONS === "true") {
      return as(async () => (await forge.reader.self()) || WORKFLOW_ACCOUNT);
    }
    return { forge, account };
  };
  const requests = build(config.projects.requests);
  const { onboarding: second } = config.projects;
  const onboarding = second ? build(second) : null;
  return {
    team: {
      config,
      forges: { requests: requests.forge, onboarding: onboarding?.forge ?? null },
      accounts: { requests: requests.account, onboarding: onboarding?.account ?? "" },
      memory: store?.memory(digest(rules)) ?? forgetful,
    },
    close: () => {
      if (wiring.store === undefined) store?.close();
    },
  };
}

/** The store is a convenience: where it cannot be opened, every look is a first look. */
export function storeOf(io: Io): Store | null {
  try {
    if (io.store) return io.store();
    return openStore(join(io.cwd, io.env.DAYTWO_DATA_DIR ?? ".daytwo"), () => io.now());
  } catch {
    return null;
  }
}

const digest = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16);

function memoize<A, V>(make: (key: string, more: A) => V): (key: string, more: A) => V {
  const made = new Map<string, V>();
  return (key, more) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make(key, more);
    made.set(key, value);
    return value;
  };
}
