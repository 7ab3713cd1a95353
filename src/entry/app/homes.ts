/**
 * The teams an app serves. Each has a home, the place its configuration stands in. It is read again when that
 * may have changed; a broken one leaves the last good one in force, and says so.
 */
import type { Fault } from "../../engine/config/fault.ts";
import { type Config, projectName } from "../../engine/config/schema.ts";
import type { CommitNotes } from "../../forge/files.ts";
import type { ForgeKind, Instant } from "../../model.ts";
import { CONFIG_PATHS, type Read } from "../../run/config.ts";
import type { Inbox } from "../../run/inbox/inbox.ts";
import type { Log } from "../../run/serve/log.ts";
import type { Directory, Place, Served } from "../../run/serve/shop.ts";
import { ROLES, type Team } from "../../run/team.ts";
import { type ConfigNote, configNote } from "./config-note.ts";

/** Where one team's configuration comes from. */
export interface Source {
  /** `github:acme/access-requests`, or the path of a file. */
  readonly name: string;
  /** The repository a push to which changes it; null for a file. */
  readonly repository: { readonly forge: ForgeKind; readonly project: string } | null;
  /** Whether somebody named it: then a configuration that is not there is amiss. */
  readonly named: boolean;
  /** @returns null where there is none @throws ForgeError */
  read(): Promise<Read | null>;
  /** Where what is wrong with it can be said beside it; null for a file. */
  readonly notes: CommitNotes | null;
}

export interface HomesOptions {
  /** The homes there are now; may change from time to time. */
  readonly sources: () => Promise<readonly Source[]>;
  readonly team: (config: Config, rules: string) => Team;
  readonly inbox: Pick<Inbox, "recall" | "remember" | "alone">;
  readonly now: () => Instant;
  readonly log: Log;
}

/** What is known of a home, for `doctor`; kept in the store under `home NAME`. */
export interface HomeReport {
  readonly at: Instant;
  /** Null: in force. `last-good`: an older one is. */
  readonly trouble: string | null;
  readonly inForce: boolean;
  readonly faults: readonly Fault[];
}

interface Entry {
  readonly source: Source;
  rules: string | null;
  served: Served | null;
  /** Read at least once, whatever was found. */
  settled: boolean;
  reported: string;
  /** The key of what was last said on a commit; "" for nothing; null: not known yet. */
  said: string | null;
  reading: Promise<void> | null;
  /** Asked for while it was being read. */
  again: boolean;
}

export class Homes implements Directory {
  readonly #options: HomesOptions;
  readonly #entries = new Map<string, Entry>();
  #places = new Map<string, Place[]>();
  #listed = false;

  constructor(options: HomesOptions) {
    this.#options = options;
  }

  all(): readonly Served[] {
    return [...this.#entries.values()].flatMap(({ served }) => served ?? []);
  }

  serving(forge: ForgeKind, project: string): readonly Place[] {
    return this.#places.get(`${forge} ${project.toLowerCase()}`) ?? [];
  }

  complete(): boolean {
    return this.#listed && this.#entries.values().every(({ settled }) => settled);
  }

  /** Reads every home again. Never throws: what cannot be read stays as it is, and is logged. */
  async refresh(): Promise<void> {
    try {
      const sources = await this.#options.sources();
      const names = new Set(sources.map(({ name }) => name));
      for (const name of this.#entries.keys()) if (!names.has(name)) this.#entries.delete(name);
      for (const source of sources) {
        if (!this.#entries.has(source.name)) this.#entries.set(source.name, entryOf(source));
      }
      this.#listed = true;
    } catch (error) {
      this.#options.log.error({ err: error }, "the homes cannot be listed");
    }
    this.#index();
    await Promise.all(this.#entries.values().map((entry) => this.#read(entry)));
  }

  /** Reads the homes in a repository again, because something was pushed to it. */
  async pushed(forge: ForgeKind, project: string): Promise<void> {
    const here = this.#entries.values().filter(({ source: { repository } }) => {
      return repository?.forge === forge && repository.project.toLowerCase() === project.toLowerCase();
    });
    await Promise.all(here.map((entry) => this.#read(entry)));
  }

  /** One reading at a time; whoever comes meanwhile waits for one that begins after they came. */
  #read(entry: Entry): Promise<void> {
    if (entry.reading) {
      entry.again = true;
      return entry.reading;
    }
    entry.reading = (async () => {
      do {
        entry.again = false;
        await this.#readOnce(entry);
      } while (entry.again);
    })().finally(() => {
      entry.reading = null;
    });
    return entry.reading;
  }

  async #readOnce(entry: Entry): Promise<void> {
    const { source } = entry;
    let read: Read | null;
    try {
      read = await source.read();
    } catch (error) {
      const refused = ["not-found", "forbidden"].includes((error as { kind?: string }).kind ?? "");
      if (refused) this.#settle(entry);
      await this.#report(entry, (error as Error).message, [], error);
      return;
    }
    if (read === null) {
      const had = entry.served !== null;
      entry.served = null;
      entry.rules = null;
      this.#settle(entry);
      if (had)
        this.#options.log.warn(
          { home: source.name },
          "the configuration is gone: the team is no longer served",
        );
      const expected = `no configuration: expected one of ${CONFIG_PATHS.join(", ")}`;
      return this.#report(entry, source.named ? expected : null, []);
    }
    if (read.faults) {
      const [first] = read.faults;
      const where = first ? `${first.file}:${first.line}:${first.column}: ${first.message}` : "invalid";
      this.#settle(entry);
      await this.#report(entry, where, read.faults);
      return this.#say(entry, configNote(read.faults, entry.served !== null));
    }
    if (entry.rules !== read.rules) {
      try {
        const team = this.#options.team(read.config, read.rules);
        entry.served = { home: source.name, team };
        entry.rules = read.rules;
        this.#options.log.info(
          { home: source.name, projects: namesOf(read.config) },
          "configuration in force",
        );
      } catch (error) {
        this.#settle(entry);
        return this.#report(entry, (error as Error).message, [], error);
      }
    }
    this.#settle(entry);
    await this.#report(entry, null, []);
    await this.#say(entry, null);
  }

  /** Says on the commit what is wrong with it, once for the same faults, by one instance. @param note null: nothing is */
  async #say(entry: Entry, note: ConfigNote | null): Promise<void> {
    const { inbox, log } = this.#options;
    const { name: home, notes } = entry.source;
    const key = note?.key ?? "";
    if (notes === null || entry.said === key) return;
    const name = `said ${home}`;
    try {
      await inbox.alone(name, async () => {
        if (((await inbox.recall(name)) ?? "") !== key) {
          if (note && (await notes.say(key, note.body))) log.info({ home }, "said so on the commit");
          await inbox.remember(name, key);
        }
        entry.said = key;
      });
    } catch (error) {
      // Of what it may not do it is told once; what failed is tried again with the next reading.
      if (["forbidden", "not-found", "invalid"].includes((error as { kind?: string }).kind ?? ""))
        entry.said = key;
      log.warn({ home, err: error }, "not said on the commit: daytwo doctor tells it");
    }
  }

  /** In one step: whoever sees that all homes have been read sees their projects, too. */
  #settle(entry: Entry): void {
    entry.settled = true;
    this.#index();
  }

  /** Says what is wrong once, and keeps it for `doctor`. */
  async #report(
    entry: Entry,
    trouble: string | null,
    faults: readonly Fault[],
    error?: unknown,
  ): Promise<void> {
    const { log, inbox, now } = this.#options;
    const home = entry.source.name;
    const inForce = entry.served !== null;
    const news = JSON.stringify([trouble, inForce, faults]);
    if (news === entry.reported) return;
    const quiet = entry.reported === "" && trouble === null && !inForce;
    entry.reported = news;
    // One of many repositories that are no home.
    if (quiet) return;
    const next = inForce ? "the last good configuration stays in force" : "the team is not served yet";
    if (trouble !== null) {
      const told = { home, trouble, faults: faults.length, ...(error === undefined ? {} : { err: error }) };
      log.error(told, `configuration cannot be used: ${next}`);
    }
    const report: HomeReport = { at: now(), trouble, inForce, faults };
    await inbox.remember(`home ${home}`, JSON.stringify(report)).catch((failure: unknown) => {
      log.warn({ home, err: failure }, "not kept for doctor");
      entry.reported = "";
    });
  }

  #index(): void {
    const places = new Map<string, Place[]>();
    for (const served of this.all()) {
      for (const role of ROLES) {
        const reader = served.team.forges[role]?.reader;
        if (!reader) continue;
        const key = `${reader.forge} ${reader.project.toLowerCase()}`;
        places.set(key, [...(places.get(key) ?? []), { ...served, role }]);
      }
    }
    this.#places = places;
  }
}

const entryOf = (source: Source): Entry => ({
  source,
  rules: null,
  served: null,
  settled: false,
  reported: "",
  said: null,
  reading: null,
  again: false,
});

const namesOf = ({ projects }: Config): string[] =>
  ROLES.flatMap((role) => projects[role] ?? []).map(projectName);
