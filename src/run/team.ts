/** A team as the running program holds it: its configuration, its forges, and what it remembers. */
import type { Config } from "../engine/config/schema.ts";
import type { About, Decision } from "../engine/decision.ts";
import type { Forge } from "../forge/forge.ts";
import type { Instant, Issue, ProjectRole } from "../model.ts";

export interface Settled extends Pick<Issue, "number" | "version"> {
  /** When something is due although nothing changes; null: never. */
  readonly wake: Instant | null;
}

/** What the requests of a project gave and took, as far as they have been read. */
export interface KeptDeeds<E> {
  /** The latest change among the issues read. */
  readonly upTo: Instant;
  /** When all requests were read, not only those that had changed. */
  readonly wholeAt: Instant;
  /** By issue, as JSON; an issue that gave and took nothing has none. */
  readonly entries: ReadonlyMap<number, E>;
}

/** Keeps them between runs, under the rules in force. */
export interface DeedsCache {
  recall(project: string): KeptDeeds<string> | null;
  /**
   * @param news entries that have changed; null for one that is no more
   * @param whole they are all there is: what was kept before goes
   */
  note(project: string, news: KeptDeeds<string | null>, whole: boolean): void;
}

/** What daytwo remembers between runs to ask less. Losing it loses nothing. */
export interface Memory {
  /** The version at which each issue of a project was last found to need nothing before some time after `now`. */
  settled(project: string, now: Instant): ReadonlyMap<number, string>;
  settle(project: string, issues: readonly Settled[]): void;
  /** What was noted under a name, unless that is longer ago than `maxAge` milliseconds. */
  recall(name: string, maxAge: number): string | null;
  note(name: string, value: string): void;
  /** Absent where nothing that people wrote may be kept: requests are read anew each time the ledger is asked for. */
  readonly deeds?: DeedsCache;
}

export interface Team {
  readonly config: Config;
  readonly forges: Readonly<Record<ProjectRole, Forge | null>>;
  /** Names the server and token of each project, without telling either: equal for the same account. */
  readonly accounts: Readonly<Record<ProjectRole, string>>;
  readonly memory: Memory;
  /** Reads the log of what was decided about an issue, newest first; absent where none is kept. @throws StoreError */
  readonly decided?: (about: About) => Promise<readonly Decision[]>;
}

export const ROLES: readonly ProjectRole[] = ["requests", "onboarding"];

/** Remembers nothing: every look is a first look. */
export const forgetful: Memory = {
  settled: () => new Map(),
  settle: () => undefined,
  recall: () => null,
  note: () => undefined,
};

/** Forge requests made so far, by kind, over both projects. */
export function requestsMade(team: Team): Map<string, number> {
  const sum = new Map<string, number>();
  for (const forge of new Set(ROLES.map((role) => team.forges[role]))) {
    for (const [kind, count] of forge?.requests() ?? []) sum.set(kind, (sum.get(kind) ?? 0) + count);
  }
  return sum;
}

export const total = (counts: ReadonlyMap<string, number>): number =>
  counts.values().reduce((sum, count) => sum + count, 0);
