import {
  type Forge,
  type ForgeDeps,
  ForgeError,
  type ForgeTarget,
  type PageCache,
} from "../../src/forge/forge.ts";
import { MemoryForge } from "../../src/forge/memory/index.ts";
import type { ForgeKind, Instant } from "../../src/model.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../src/sandbox/index.ts";

export const PROJECT = "acme/access-requests";
/** A public project, where strangers may open issues and not label them. */
export const OPEN = "acme/open";
export const START: Instant = Date.UTC(2026, 10, 24, 14);

export interface WorldOptions {
  /** GitLab Premium. */
  readonly premium?: boolean;
  readonly limits?: SandboxOptions["limits"];
}

export interface As {
  /** Handle; `daytwo` unless told. */
  readonly account?: string;
  readonly project?: string;
  /** Instead of the account's own; "" for none. Worlds without tokens have no use for it. */
  readonly token?: string;
  readonly api?: string;
  readonly cache?: PageCache;
}

/** A forge with people in it, and daytwo as one of them. */
export interface World {
  readonly kind: ForgeKind;
  readonly memory: MemoryForge;
  /** As `daytwo` in `PROJECT`. */
  readonly forge: Forge;
  as(options?: As): Forge;
  /** What was waited, in milliseconds. */
  readonly sleeps: number[];
  now(): Instant;
  later(ms: number): void;
  /** Null where no HTTP stands between. */
  readonly sandbox: Sandbox | null;
  /** The sandbox of a world that has one. */
  http(): Sandbox;
  close(): Promise<void>;
}

/** Each account's token; never to be seen in a message. */
export const tokenOf = (account: string) => `secret-of-${account}-7f3a91`;

function people(kind: ForgeKind, now: () => Instant, options: WorldOptions): MemoryForge {
  const memory = new MemoryForge({ kind, now, premium: options.premium ?? false });
  for (const handle of ["daytwo", "meri", "sam", "guest", "stranger"]) {
    memory.addAccount(handle, { token: tokenOf(handle) });
  }
  memory.addToken("daytwo", tokenOf("reader"), "read");
  const rights = { daytwo: "write", meri: "write", sam: "triage", guest: "read" } as const;
  memory.addProject(PROJECT, { rights });
  memory.addProject(OPEN, { private: false, rights: { daytwo: "write", meri: "write" } });
  return memory;
}

function clock() {
  let at = START;
  const sleeps: number[] = [];
  return {
    sleeps,
    now: () => at,
    later: (ms: number) => {
      at += ms;
    },
    sleep: async (ms: number) => {
      sleeps.push(ms);
      at += ms;
    },
  };
}

export async function memoryWorld(kind: ForgeKind, options: WorldOptions = {}): Promise<World> {
  const time = clock();
  const memory = people(kind, time.now, options);
  const as = ({ account = "daytwo", project = PROJECT }: As = {}) => memory.as(account, project);
  const http = () => {
    throw new Error("No HTTP stands between this test and its forge");
  };
  return { kind, memory, forge: as(), as, ...time, sandbox: null, http, close: async () => {} };
}

/** The adapter under test, speaking HTTP to the sandbox. */
export async function sandboxWorld(
  kind: ForgeKind,
  create: (target: ForgeTarget, deps: ForgeDeps) => Forge,
  options: WorldOptions = {},
): Promise<World> {
  const time = clock();
  const memory = people(kind, time.now, options);
  const sandbox = await startSandbox({
    forge: memory,
    clock: time.now,
    ...(options.limits ? { limits: options.limits } : {}),
  });
  const root = kind === "github" ? sandbox.githubApi : sandbox.gitlabApi;
  const as = ({
    account = "daytwo",
    project = PROJECT,
    token = tokenOf(account),
    api = root,
    cache,
  }: As = {}) =>
    create(
      { forge: kind, project, api, web: sandbox.url, token },
      { cache: cache ?? null, now: time.now, sleep: time.sleep },
    );
  return {
    kind,
    memory,
    forge: as(),
    as,
    ...time,
    sandbox,
    http: () => sandbox,
    close: () => sandbox.close(),
  };
}

export function pageCache(): PageCache {
  const pages = new Map<string, NonNullable<ReturnType<PageCache["get"]>>>();
  return { get: (url) => pages.get(url) ?? null, set: (url, entry) => void pages.set(url, entry) };
}

/** The ForgeError that a promise rejects with; anything else fails the test. */
export async function refusal(promise: Promise<unknown>): Promise<ForgeError> {
  const error: unknown = await promise.then(
    () => new Error("It was not refused"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof ForgeError)) throw error;
  return error;
}
