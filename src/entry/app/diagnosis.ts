/** What an app can tell of itself where a token cannot: its permissions where it is installed, and its own webhook. */
import type { Config } from "../../engine/config/schema.ts";
import { type Diagnoser, type HookFacts, LATEST_DELIVERIES } from "../../forge/diagnoser.ts";
import { ForgeError } from "../../forge/forge.ts";
import { githubApi, githubHookEvents } from "../../forge/github/index.ts";
import type { Reach } from "../wire.ts";
import { openGitHubAccount } from "./account.ts";
import { createLog } from "./log.ts";
import type { Settings } from "./settings.ts";

export interface AppDiagnosis {
  reach(repository: string): Reach | null;
  diagnoser(repository: string, plain: Diagnoser): Diagnoser;
}

export function openApp(settings: Settings, { projects }: Config): AppDiagnosis {
  const project = [projects.requests, projects.onboarding].find((one) => one?.forge === "github");
  const named = project?.url !== undefined || project?.api !== undefined;
  const api = githubApi(project?.url, named ? project?.api : settings.env.GITHUB_API_URL);
  const { log } = createLog("silent", () => undefined);
  const { probot, reach } = openGitHubAccount(settings, api, log);

  /** Asks as the app itself. */
  async function ask<T>(
    what: string,
    request: (octokit: Awaited<ReturnType<typeof probot.auth>>) => Promise<T>,
  ) {
    try {
      return await request(await probot.auth());
    } catch (error) {
      const status = (error as { status?: number }).status;
      if (status === undefined) throw error;
      const hint = "check APP_ID and PRIVATE_KEY, and where the app is installed";
      const kind = status === 404 ? "not-found" : "unauthorized";
      throw new ForgeError(kind, `the app may not ${what} (HTTP ${status}): ${hint}`, status, {
        cause: error,
      });
    }
  }

  const installed = (repository: string) => {
    const [owner = "", repo = ""] = repository.split("/");
    return ask(`tell about its installation in ${repository}`, async ({ rest }) => {
      return (await rest.apps.getRepoInstallation({ owner, repo })).data;
    });
  };

  return {
    reach: (repository) => reach?.(repository) ?? null,
    diagnoser: (repository, plain) => ({
      ...plain,
      async token() {
        const { permissions, app_slug: slug } = await installed(repository);
        return {
          kind: "installation",
          account: `${slug}[bot]`,
          scopes: null,
          permissions: permissions as Readonly<Record<string, string>>,
          expiresAt: null,
        };
      },
      async hooks(): Promise<readonly HookFacts[]> {
        const { events } = await installed(repository);
        return ask("read its own webhook", async ({ rest }) => {
          const [{ data: config }, { data: deliveries }] = await Promise.all([
            rest.apps.getWebhookConfigForApp(),
            rest.apps.listWebhookDeliveries({ per_page: LATEST_DELIVERIES }),
          ]);
          return [
            {
              id: 0,
              url: config.url ?? "",
              active: true,
              events: githubHookEvents(events),
              secret: config.secret ? "signed" : "none",
              verifiesTls: String(config.insecure_ssl ?? "0") === "0",
              disabled: null,
              deliveries: deliveries.map(({ delivered_at, status_code }) => ({
                at: Date.parse(delivered_at),
                status: status_code || null,
              })),
            },
          ];
        });
      },
    }),
  };
}
