/**
 * daytwo as a Probot app. Probot gives the app its account, its events and their types; what it leaves open is
 * closed in front of it: it would take bodies of any size, know one secret, and answer before or without what
 * its handlers do. So deliveries are verified by us, handed to the app, and answered when it has stored them.
 */
import type { ApplicationFunction, Probot as ProbotApp } from "probot";
import { StoreError } from "../../run/inbox/inbox.ts";
import type { Log } from "../../run/serve/log.ts";
import { type Intake, isUnreadable } from "./intake.ts";
import type { Answer } from "./metrics.ts";

/** What else the app hears of. */
export interface Hearing {
  /** Something was pushed to a repository's default branch. */
  pushed(repository: string): void;
  /** The app was given repositories, or lost some. */
  installed(): void;
}

export interface GitHubApp {
  readonly probot: ProbotApp;
  /** Whether anything handles this event. */
  handles(event: string): boolean;
  /** Never throws for what a delivery holds or for what the store does. */
  receive(event: string, payload: object, id: string): Promise<Answer>;
}

const STORED = ["issues", "issue_comment"] as const;
const HEARD = ["push", "installation", "installation_repositories"] as const;

/** Loads daytwo into Probot. @param log hears of what could not be taken in */
export async function loadGitHubApp(
  probot: ProbotApp,
  intake: Intake,
  hearing: Hearing,
  log: Log,
): Promise<GitHubApp> {
  const answers = new WeakMap<object, Answer>();
  const app: ApplicationFunction = (probot) => {
    probot.on([...STORED], async ({ id, name, payload }) => {
      answers.set(payload, await intake.take("github", name, payload, id));
    });
    probot.on("push", ({ payload: { ref, repository } }) => {
      if (ref === `refs/heads/${repository.default_branch}`) hearing.pushed(repository.full_name);
    });
    probot.on(["installation", "installation_repositories"], () => hearing.installed());
  };
  await probot.load(app);
  await leaveOutClients(probot);
  const handled: ReadonlySet<string> = new Set([...STORED, ...HEARD]);
  return {
    probot,
    handles: (event) => handled.has(event),
    async receive(event, payload, id) {
      try {
        await probot.receive({ id, name: event, payload } as Parameters<ProbotApp["receive"]>[0]);
        return answers.get(payload) ?? "dropped";
      } catch (error) {
        const errors: unknown[] = error instanceof AggregateError ? error.errors : [error];
        return answerTo(errors, { delivery: id, event }, log);
      }
    },
  };
}

/**
 * For an app, Probot makes a client of its own for each event, which takes longer than all the rest. The
 * handlers above ask GitHub nothing.
 */
async function leaveOutClients(probot: ProbotApp): Promise<void> {
  const octokit = await probot.auth();
  const { auth } = octokit;
  const other = async (options: { readonly type?: string } = {}) =>
    options.type === "event-octokit" ? octokit : auth(options);
  octokit.auth = Object.assign(other, auth) as typeof auth;
}

/** What to answer when something went wrong on the way to the store. */
export function answerTo(errors: readonly unknown[], fields: object, log: Log): Answer {
  const unreadable = errors.find(isUnreadable);
  if (unreadable) {
    log.warn({ ...fields, fault: unreadable.message }, "refused: not a payload of its event");
    return "invalid";
  }
  const lost = errors.find((error) => error instanceof StoreError);
  log.error({ ...fields, err: lost ?? errors[0] }, "not stored");
  return "unavailable";
}
