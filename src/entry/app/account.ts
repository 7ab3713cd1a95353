/** daytwo's account on GitHub, through Probot: an app with its installations, or a token. */

import type { Logger } from "pino";
import { Probot, ProbotOctokit } from "probot";
import { ForgeError } from "../../forge/forge.ts";
import type { Attempt, Outbox } from "../../run/serve/recovery.ts";
import type { Reach } from "../wire.ts";
import type { Settings } from "./settings.ts";

export interface GitHubAccount {
  readonly probot: Probot;
  /** How requests to a repository are made; null in token mode, where the environment's token serves. */
  readonly reach: ((repository: string) => Reach) | null;
  /** Every repository the app is installed in, `owner/repo`. None in token mode. */
  repositories(): Promise<readonly string[]>;
  /** The lists of what GitHub sent us, one for an app, else one for each webhook of these repositories. */
  outboxes(repositories: readonly string[]): AsyncIterable<Outbox | Refused>;
}

/** A list of deliveries that the account may not read. */
export interface Refused {
  readonly refused: string;
}

/** What GitHub answers an account that may not read webhooks, and stand-ins for GitHub that have none. */
export const mayNotRead = (error: unknown): boolean =>
  [401, 403, 404, 501].includes(Number((error as { status?: unknown }).status));

/** @param api root of the REST API */
export function openGitHubAccount(settings: Settings, api: string, log: Logger): GitHubAccount {
  const { app, env } = settings;
  const [secret = ""] = settings.githubSecrets;
  const probot = new Probot({
    ...(app
      ? { appId: app.id, privateKey: app.privateKey }
      : { githubToken: env.GITHUB_TOKEN?.trim() ?? "" }),
    // Deliveries are verified before they come here; left out, Probot would take one that everybody knows.
    secret,
    baseUrl: api,
    Octokit: onServer(api),
    log,
  });
  return {
    probot,
    reach: app ? reaching(probot, api) : null,
    repositories: () => (app ? installedIn(probot) : Promise.resolve([])),
    outboxes: (repositories) => (app ? only(appOutbox(probot)) : hookOutboxes(probot, repositories)),
  };
}

interface Requesting {
  readonly request?: { defaults(options: { readonly baseUrl: string }): unknown };
}

/**
 * Probot 14 asks api.github.com for installation tokens, whatever its `baseUrl`: what its authentication asks
 * with is given the server's address here.
 */
const onServer = (api: string) =>
  ProbotOctokit.defaults((options: { readonly auth?: Requesting }) => {
    const request = options.auth?.request?.defaults({ baseUrl: api });
    return request === undefined ? options : { ...options, auth: { ...options.auth, request } };
  });

function reaching(probot: Probot, api: string): (repository: string) => Reach {
  const installations = new Map<string, Promise<number>>();
  let slug: Promise<string> | null = null;

  const installationOf = (repository: string): Promise<number> => {
    const known = installations.get(repository);
    if (known) return known;
    const found = findInstallation(probot, repository);
    installations.set(repository, found);
    found.catch(() => installations.delete(repository));
    return found;
  };

  async function tokenOf(repository: string, refresh: boolean): Promise<string> {
    try {
      if (refresh) installations.delete(repository);
      const octokit = await probot.auth(await installationOf(repository));
      const auth = (await octokit.auth({ type: "installation", refresh })) as { token: string };
      return auth.token;
    } catch (error) {
      throw refusedBy(error, repository, api);
    }
  }

  const self = (): Promise<string> => {
    slug ??= probot
      .auth()
      .then((octokit) => octokit.rest.apps.getAuthenticated())
      .then(({ data }) => `${data?.slug ?? ""}[bot]`);
    slug.catch(() => {
      slug = null;
    });
    return slug.catch((error: unknown) => {
      throw refusedBy(error, "the app", api);
    });
  };

  return (repository) => ({
    account: `app in ${repository.split("/")[0]?.toLowerCase()}`,
    self,
    async fetch(input, init) {
      const send = async (refresh: boolean) => {
        const headers = new Headers(init?.headers);
        headers.set("authorization", `token ${await tokenOf(repository, refresh)}`);
        return fetch(input, { ...init, headers });
      };
      const answer = await send(false);
      // A token may be revoked before its time: by a change of permissions, or by installing anew.
      return answer.status === 401 ? send(true) : answer;
    },
  });
}

async function findInstallation(probot: Probot, repository: string): Promise<number> {
  const [owner = "", repo = ""] = repository.split("/");
  const octokit = await probot.auth();
  return (await octokit.rest.apps.getRepoInstallation({ owner, repo })).data.id;
}

/** In the words of the port, where GitHub refused; other errors as they are, for whoever knows networks. */
function refusedBy(error: unknown, what: string, api: string): unknown {
  const status = (error as { status?: unknown }).status;
  if (status === 401 || status === 403) {
    const hint = "check APP_ID and PRIVATE_KEY, and that the app is not suspended";
    return new ForgeError(
      "unauthorized",
      `${new URL(api).host} refuses the app for ${what}: ${hint}`,
      status,
    );
  }
  if (status === 404) {
    return new ForgeError("not-found", `the app is not installed in ${what}: install it there`, status);
  }
  return error;
}

async function installedIn(probot: Probot): Promise<string[]> {
  const octokit = await probot.auth();
  const installations = await octokit.paginate(octokit.rest.apps.listInstallations, { per_page: 100 });
  const repositories: string[] = [];
  for (const { id, suspended_at } of installations) {
    if (suspended_at) continue;
    const own = await probot.auth(id);
    const found = await own.paginate(own.rest.apps.listReposAccessibleToInstallation, { per_page: 100 });
    for (const { full_name, archived } of found) if (!archived) repositories.push(full_name);
  }
  return repositories;
}

interface WireAttempt {
  readonly id: number;
  readonly guid: string;
  readonly event: string;
  readonly delivered_at: string;
  readonly status_code: number;
}

/** GitHub gives 502 and the like for a server that did not answer. */
const toAttempt = ({ id, guid, event, delivered_at, status_code }: WireAttempt): Attempt => ({
  id,
  delivery: guid,
  event,
  at: Date.parse(delivered_at),
  status: status_code,
});

async function* attemptsOf(pages: AsyncIterable<{ readonly data: readonly WireAttempt[] }>) {
  for await (const { data } of pages) for (const wire of data) yield toAttempt(wire);
}

function appOutbox(probot: Probot): Outbox {
  return {
    name: "github app",
    async *attempts() {
      const octokit = await probot.auth();
      const list = octokit.rest.apps.listWebhookDeliveries;
      yield* attemptsOf(octokit.paginate.iterator(list, { per_page: 100 }));
    },
    async redeliver({ id }) {
      const octokit = await probot.auth();
      await octokit.rest.apps.redeliverWebhookDelivery({ delivery_id: id });
    },
  };
}

async function* only(outbox: Outbox): AsyncIterable<Outbox> {
  yield outbox;
}

/** Webhooks of the repositories that lead to an app like this one. */
async function* hookOutboxes(
  probot: Probot,
  repositories: readonly string[],
): AsyncIterable<Outbox | Refused> {
  const octokit = await probot.auth();
  for (const repository of repositories) {
    const [owner = "", repo = ""] = repository.split("/");
    try {
      const hooks = await octokit.paginate(octokit.rest.repos.listWebhooks, { owner, repo, per_page: 100 });
      for (const { id, config, active } of hooks) {
        if (!active || !config.url?.endsWith("/api/github/webhooks")) continue;
        yield hookOutbox(probot, { owner, repo, hook_id: id });
      }
    } catch (error) {
      if (!mayNotRead(error)) throw error;
      yield { refused: `github ${repository.toLowerCase()}` };
    }
  }
}

function hookOutbox(probot: Probot, hook: { owner: string; repo: string; hook_id: number }): Outbox {
  return {
    name: `github ${hook.owner}/${hook.repo} hook ${hook.hook_id}`.toLowerCase(),
    async *attempts() {
      const octokit = await probot.auth();
      const list = octokit.rest.repos.listWebhookDeliveries;
      yield* attemptsOf(octokit.paginate.iterator(list, { ...hook, per_page: 100 }));
    },
    async redeliver({ id }) {
      const octokit = await probot.auth();
      await octokit.rest.repos.redeliverWebhookDelivery({ ...hook, delivery_id: id });
    },
  };
}
