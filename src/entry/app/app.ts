/** The webhook app, put together: what comes in, what works on it, what happens by the clock, and how it ends. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import type { Inbox, Worker } from "../../run/inbox/inbox.ts";
import { openInbox } from "../../run/inbox/open.ts";
import { decidedIn } from "../../run/serve/decision.ts";
import { AT_ONCE, TRIES, worker } from "../../run/serve/loop.ts";
import { recover } from "../../run/serve/recovery.ts";
import { everyQuarter, QUARTER_MS } from "../../run/serve/schedule.ts";
import type { Served, Shop } from "../../run/serve/shop.ts";
import { sweep } from "../../run/serve/sweep.ts";
import { Invalid, type Io } from "../io.ts";
import { storeOf, wire } from "../wire.ts";
import { type GitHubAccount, mayNotRead, openGitHubAccount } from "./account.ts";
import type { BoardHandler } from "./board.ts";
import { loadGitHubApp } from "./github.ts";
import { Homes } from "./homes.ts";
import { createIntake } from "./intake.ts";
import { createLog } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import { createFace } from "./server.ts";
import { readSettings } from "./settings.ts";
import { githubJudge, gitlabJudge } from "./signatures.ts";
import { findSources, type Sources } from "./sources.ts";

export interface AppOptions {
  /** One local file instead of homes. */
  readonly config?: string;
}

export interface App {
  /** `http://127.0.0.1:3000` */
  readonly url: string;
  /** What happens each quarter of an hour, now. Resolves when what it found is in the inbox. */
  sweep(): Promise<void>;
  /**
   * Takes no new work, lets what runs finish, and closes.
   * @returns false when `patience` milliseconds did not suffice: what was cut off is done by the next start
   */
  drain(patience: number): Promise<boolean>;
}

/** Teams swept at the same time. */
const SWEEPS_AT_ONCE = 4;
/** A store that takes longer to say that it is there is not. */
const READY_MS = 2000;

/**
 * Starts the app.
 * @param open opens its store
 * @throws Invalid, ForgeError for a missing token, StoreError for a store that cannot be opened
 */
export async function startApp(io: Io, options: AppOptions, open = openInbox): Promise<App> {
  const settings = readSettings(io);
  const sources = findSources(io, settings, options);
  const { log, flush } = createLog(settings.logLevel, (text) => io.out(text));
  const inbox = await open({
    databaseUrl: settings.databaseUrl,
    folder: settings.folder,
    now: () => io.now(),
    warn: (error) => log.warn({ err: error }, "inbox"),
  });
  try {
    return await run(io, { settings, sources, log, flush, inbox });
  } catch (error) {
    await inbox.close();
    throw error;
  }
}

interface Parts {
  readonly settings: ReturnType<typeof readSettings>;
  readonly sources: Sources;
  readonly log: ReturnType<typeof createLog>["log"];
  readonly flush: () => void;
  readonly inbox: Inbox;
}

async function run(io: Io, { settings, sources, log, flush, inbox }: Parts): Promise<App> {
  const env = { ...io, env: settings.env };
  const now = () => io.now();
  const store = storeOf(env);
  const metrics = createMetrics(inbox, now);
  const account = sources.githubApi === null ? null : openGitHubAccount(settings, sources.githubApi, log);
  const reach = account?.reach ?? null;
  const homes = new Homes({
    sources: () => sources.list({ account, onAnswer: metrics.asked }),
    team: (config, rules) => ({
      ...wire(config, rules, env, {
        store,
        onWait: (text) => log.info({}, text),
        onAnswer: metrics.asked,
        reach: (project) => (project.forge === "github" ? (reach?.(project.repo) ?? null) : null),
      }).team,
      decided: (about) => decidedIn(inbox, about),
    }),
    inbox,
    now,
    log,
  });
  const shop: Shop = { inbox, directory: homes, now, sleep: (ms) => io.sleep(ms), log, watch: metrics };
  const intake = createIntake({ inbox, directory: homes, now, log });
  let draining = false;
  let working: Worker | null = null;

  const hearing = {
    pushed: (repository: string) => void homes.pushed("github", repository),
    installed: () => void homes.refresh(),
  };
  const server = createFace({
    github: account && (await loadGitHubApp(account.probot, intake, hearing, log)),
    githubJudge: githubJudge(settings.githubSecrets),
    gitlabJudge: gitlabJudge(settings.gitlabSecrets, settings.gitlabKeys),
    intake,
    pushed: (project) => void homes.pushed("gitlab", project),
    metrics,
    board: await boardOf(settings.env.DAYTWO_BOARD_TOKEN?.trim() ?? "", homes, now),
    ready: () => Promise.race([inbox.ready().catch(() => false), wait(READY_MS, false, { ref: false })]),
    draining: () => draining,
    now,
    log,
  });
  server.listen(settings.port, settings.host);
  await once(server, "listening").catch((error: NodeJS.ErrnoException) => {
    const found = `${settings.host}:${settings.port}`;
    throw Invalid.one(`HOST and PORT: cannot listen on ${found} (${error.code}): name a free one`, {
      path: "PORT",
      found,
      expected: "an address and port that are free",
    });
  });
  const { address, family, port } = server.address() as AddressInfo;
  const url = `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
  log.info(
    { url, forges: [...sources.forges], store: settings.databaseUrl ? "postgresql" : "sqlite" },
    "listening",
  );

  const slotOf = (at: number) => Math.floor(at / QUARTER_MS) * QUARTER_MS;
  const schedule = everyQuarter(
    { now, after: (ms, wake) => clearing(setTimeout(wake, ms)) },
    async (at, cause) => {
      // By the clock one instance looks for all; after a start all is looked at.
      const since = cause === "clock" ? slotOf(at) : Number.POSITIVE_INFINITY;
      await homes.refresh();
      if (draining) return;
      working ??= await inbox.work(worker(shop), { atOnce: AT_ONCE, tries: TRIES });
      if (account) await recoverMissed(shop, account, metrics.recovered);
      const todo = [...homes.all()];
      const next = async () => {
        for (let served = todo.shift(); served && !draining; served = todo.shift())
          await tick(shop, served, since);
      };
      await Promise.all(Array.from({ length: SWEEPS_AT_ONCE }, next));
    },
    (error) => log.error({ err: error }, "the quarter-hourly work failed"),
  );

  return {
    url,
    sweep: () => schedule.run(),
    async drain(patience) {
      draining = true;
      log.info({}, "draining");
      const finish = async () => {
        await Promise.all([schedule.stop(), working?.stop()]);
        const closed = once(server, "close");
        server.close();
        server.closeIdleConnections();
        await closed;
        await inbox.close();
        store?.close();
        return true;
      };
      const clean = await Promise.race([finish(), wait(patience, false, { ref: false })]);
      if (clean) log.info({}, "closed");
      else log.warn({}, "closed before all had finished: the rest is done after the next start");
      flush();
      return clean;
    },
  };
}

/** What the page is drawn with is loaded only where there is one. */
async function boardOf(token: string, homes: Homes, now: () => number): Promise<BoardHandler | null> {
  if (token === "") return null;
  return (await import("./board.ts")).createBoard({ token, teams: () => homes.all(), now });
}

const clearing = (timer: NodeJS.Timeout) => () => clearTimeout(timer);

/** One team's tick, by one instance at a time. @param since it need not be, if another did it since */
async function tick(shop: Shop, served: Served, since: number): Promise<void> {
  const { inbox, now, log, watch } = shop;
  const { home } = served;
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  try {
    await inbox.alone(`tick ${home}`, async () => {
      const name = `ticked ${home}`;
      if (Number(await inbox.recall(name)) >= since) return;
      const at = now();
      const found = await sweep(shop, served);
      await inbox.remember(name, String(at));
      watch.swept("done", seconds());
      log.info({ home, ...found, seconds: seconds() }, "swept");
    });
  } catch (error) {
    watch.swept("failed", seconds());
    log.warn({ home, err: error }, "the sweep failed: the next one is in a quarter of an hour");
  }
}

const unreadable = new WeakMap<GitHubAccount, Set<string>>();

/** Missed deliveries of GitHub. GitLab keeps no list that could be sent again: its are what a sweep finds. */
async function recoverMissed(shop: Shop, account: GitHubAccount, count: (n: number) => void): Promise<void> {
  const { inbox, directory, log, now } = shop;
  const said = unreadable.get(account) ?? new Set();
  unreadable.set(account, said);
  const absent = (name: string) => {
    if (!said.has(name))
      log.info({ outbox: name }, "missed deliveries cannot be listed: sweeps put right what they told");
    said.add(name);
  };
  const readers = directory
    .all()
    .flatMap(({ team }) => Object.values(team.forges).flatMap((forge) => forge?.reader ?? []));
  const repositories = readers.filter(({ forge }) => forge === "github").map(({ project }) => project);
  try {
    for await (const outbox of account.outboxes([...new Set(repositories)])) {
      if ("refused" in outbox) {
        absent(outbox.refused);
        continue;
      }
      try {
        count((await inbox.alone(`recover ${outbox.name}`, () => recover(inbox, outbox, now(), log))) ?? 0);
      } catch (error) {
        if (!mayNotRead(error)) throw error;
        absent(outbox.name);
      }
    }
  } catch (error) {
    log.warn({ err: error }, "missed deliveries could not be asked for");
  }
}
