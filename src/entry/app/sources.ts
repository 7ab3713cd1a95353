/** Where the teams of an app have their homes: one local file, the homes named, or wherever the app is installed. */
import type { Project } from "../../engine/config/schema.ts";
import type { OpenFiles, OpenNotes } from "../../forge/files.ts";
import type { ForgeDeps } from "../../forge/forge.ts";
import { githubApi, githubFiles, githubNotes } from "../../forge/github/index.ts";
import { gitlabFiles, gitlabNotes } from "../../forge/gitlab/index.ts";
import type { ForgeKind } from "../../model.ts";
import { loadConfigFrom } from "../../run/config.ts";
import { Invalid, type Io } from "../io.ts";
import { targetOf } from "../wire.ts";
import type { GitHubAccount } from "./account.ts";
import type { Source } from "./homes.ts";
import { remoteConfig } from "./remote-config.ts";
import { demandSecrets, type Home, type Settings } from "./settings.ts";

export interface Finding {
  readonly account: GitHubAccount | null;
  readonly onAnswer: (forge: ForgeKind) => NonNullable<ForgeDeps["onAnswer"]>;
}

export interface Sources {
  /** The forges that deliveries may come from. */
  readonly forges: ReadonlySet<ForgeKind>;
  /** API root of the GitHub server in use; null where none is. */
  readonly githubApi: string | null;
  /** The homes there are now. @throws whatever asking for the app's installations throws */
  list(finding: Finding): Promise<readonly Source[]>;
}

/**
 * @throws Invalid for a local configuration with faults, or without webhook secrets
 * @throws ForgeError `unauthorized` where a token is missing
 */
export function findSources(io: Io, settings: Settings, { config }: { readonly config?: string }): Sources {
  const { homes, app, env } = settings;
  const local = config !== undefined || (homes.length === 0 && app === null);
  const projects = local ? localProjects(io, config) : homes.map(projectOf);
  const forges = new Set(projects.map(({ forge }) => forge));
  if (!local && homes.length === 0) forges.add("github");
  demandSecrets(settings, forges);
  for (const project of projects) {
    if (project.forge !== "github" || app === null) targetOf(project, env);
  }
  const first = projects.find(({ forge }) => forge === "github");
  const named = first?.url !== undefined || first?.api !== undefined;
  const api = githubApi(first?.url, named ? first?.api : env.GITHUB_API_URL);

  /** One object for each home, as it remembers what it has read. */
  const known = new Map<string, Source>();
  const remember = (home: Home, make: () => Source): Source => {
    const name = `${home.forge}:${home.project}`;
    const source = known.get(name) ?? make();
    known.set(name, source);
    return source;
  };
  return {
    forges,
    githubApi: forges.has("github") ? api : null,
    async list(finding) {
      if (local) return [localSource(io, config)];
      const all =
        homes.length > 0
          ? homes
          : ((await finding.account?.repositories()) ?? []).map(
              (project): Home => ({ forge: "github", project }),
            );
      return all.map((home) =>
        remember(home, () => remoteSource(io, env, home, { ...finding, named: homes.length > 0 })),
      );
    },
  };
}

function localProjects(io: Io, config: string | undefined): Project[] {
  const read = loadConfigFrom(io.cwd, config);
  if (read.faults) throw new Invalid(read.faults);
  const { projects, onboarding } = read.config;
  return [projects.requests, ...(onboarding && projects.onboarding ? [projects.onboarding] : [])];
}

const localSource = (io: Io, config: string | undefined): Source => ({
  name: config ?? "daytwo.yml",
  repository: null,
  named: true,
  read: async () => loadConfigFrom(io.cwd, config),
  notes: null,
});

const projectOf = ({ forge, project }: Home): Project =>
  forge === "github" ? { forge, repo: project } : { forge, project };

const OPEN: Readonly<Record<ForgeKind, OpenFiles>> = { github: githubFiles, gitlab: gitlabFiles };
const NOTES: Readonly<Record<ForgeKind, OpenNotes>> = { github: githubNotes, gitlab: gitlabNotes };

function remoteSource(
  io: Io,
  env: Io["env"],
  home: Home,
  { account, onAnswer, named }: Finding & { readonly named: boolean },
): Source {
  const { forge, project } = home;
  const reach = forge === "github" ? (account?.reach?.(project) ?? null) : null;
  const deps: ForgeDeps = {
    cache: null,
    now: () => io.now(),
    sleep: (ms) => io.sleep(ms),
    onAnswer: onAnswer(forge),
    ...(reach ? { fetch: reach.fetch } : {}),
  };
  const target = targetOf(projectOf(home), env, reach);
  const config = remoteConfig(OPEN[forge](target, deps));
  return {
    name: `${forge}:${project}`,
    repository: home,
    named,
    read: () => config.read(),
    notes: NOTES[forge](target, deps),
  };
}
