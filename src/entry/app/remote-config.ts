/** A team's configuration as it stands on the default branch of its home. */

import { fault } from "../../engine/config/fault.ts";
import { loadConfig } from "../../engine/config/load.ts";
import { type ConfigFiles, globber } from "../../engine/config/source.ts";
import type { Listing, RepositoryFiles } from "../../forge/files.ts";
import { CONFIG_PATHS, type Read, shippedTemplates } from "../../run/config.ts";

/** More files than any configuration has; a pattern that fits so many fits by mistake. */
const MOST_FILES = 1000;
const AT_ONCE = 8;

/** Reads configuration, and reads it again at the price of what has changed. */
export interface RemoteConfig {
  /** @returns null where the home has no configuration @throws ForgeError */
  read(): Promise<Read | null>;
}

export function remoteConfig(files: RepositoryFiles): RemoteConfig {
  /** Texts by path, each with the version of it that was read. */
  const texts = new Map<string, { readonly version: string; readonly text: string }>();
  let last: { readonly listing: Listing; readonly read: Read | null } | null = null;

  /** Loads what is there; what turns out to be missing is fetched, and all is loaded again. */
  async function load(path: string, listing: Listing): Promise<Read> {
    for (;;) {
      const missing = new Set<string>();
      const seen = new Map<string, string>();
      const known: ConfigFiles = {
        read(path) {
          const version = listing.get(path);
          if (version === undefined) return null;
          const found = texts.get(path);
          if (found?.version !== version) {
            missing.add(path);
            return null;
          }
          seen.set(path, found.text);
          return found.text;
        },
        glob: (pattern) => [...listing.keys()].filter(globber(pattern)).sort(),
        shipped: shippedTemplates(),
      };
      const loaded = loadConfig(known, path);
      if (missing.size === 0) {
        if ("faults" in loaded) return loaded;
        return { ...loaded, rules: JSON.stringify([[...seen], [...known.shipped]]) };
      }
      if (texts.size + missing.size > MOST_FILES) return { faults: [tooMany(path)] };
      await fetchAll([...missing], listing);
    }
  }

  async function fetchAll(paths: string[], listing: Listing): Promise<void> {
    const next = async () => {
      for (let path = paths.shift(); path !== undefined; path = paths.shift()) {
        texts.set(path, { version: listing.get(path) ?? "", text: await files.read(path) });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
  }

  return {
    async read() {
      const listing = await files.list();
      if (last?.listing === listing) return last.read;
      const path = CONFIG_PATHS.find((candidate) => listing.has(candidate));
      const read = path === undefined ? null : await load(path, listing);
      for (const known of texts.keys()) if (!listing.has(known)) texts.delete(known);
      last = { listing, read };
      return read;
    },
  };
}

const tooMany = (file: string) =>
  fault({ file, line: 1, column: 1 }, "", {
    found: `more than ${MOST_FILES} files that it names`,
    expected: "patterns that fit only files of the configuration",
  });
