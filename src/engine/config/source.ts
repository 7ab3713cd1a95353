/** Where configuration is read from: a disk, a forge, or memory. Paths have `/` and start at the root. */

export interface ConfigFiles {
  /** The text of a file; null where there is none. */
  read(path: string): string | null;
  /** The paths that fit a pattern, in order of name. See `globber`. */
  glob(pattern: string): readonly string[];
  /** The templates that come with daytwo, by name. */
  readonly shipped: ReadonlyMap<string, string>;
}

/** Files held in memory, by path. */
export function memoryFiles(
  files: Readonly<Record<string, string>>,
  shipped: ReadonlyMap<string, string> = new Map(),
): ConfigFiles {
  return {
    read: (path) => (Object.hasOwn(files, path) ? (files[path] ?? null) : null),
    glob: (pattern) => Object.keys(files).filter(globber(pattern)).sort(),
    shipped,
  };
}

/**
 * Whether a path fits a pattern: `*` is any part of a name, `**` any folders, `?` one character, `{a,b}` one or
 * the other. Names that start with a dot fit only where the pattern has the dot.
 */
export function globber(pattern: string): (path: string) => boolean {
  let source = "";
  let depth = 0;
  for (const token of pattern.match(/\*\*\/?|[\s\S]/g) ?? []) {
    if (token === "**/") source += "(?:[^/.][^/]*/)*";
    else if (token === "**") source += "(?:[^/.][^/]*/)*[^/.][^/]*";
    else if (token === "*") source += source === "" || source.endsWith("/") ? "(?!\\.)[^/]*" : "[^/]*";
    else if (token === "?") source += "[^/]";
    else if (token === "{") {
      depth++;
      source += "(?:";
    } else if (token === "}" && depth > 0) {
      depth--;
      source += ")";
    } else if (token === "," && depth > 0) source += "|";
    else source += token.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  }
  const whole = new RegExp(`^${source}${")".repeat(depth)}$`);
  return (path) => whole.test(path);
}

/** The part of a pattern before its first wildcard, up to a folder: where to look. */
export function globFolder(pattern: string): string {
  const fixed = pattern.split("/").slice(0, -1);
  const wild = fixed.findIndex((part) => /[*?{]/.test(part));
  return (wild < 0 ? fixed : fixed.slice(0, wild)).join("/");
}

/**
 * Reads what a configuration names: first beside the configuration file, then from the root, so that
 * `.github/daytwo.yml` may have its folders in `.github` or at the top.
 */
export class Beside {
  readonly #files: ConfigFiles;
  readonly #folders: readonly string[];

  constructor(files: ConfigFiles, configPath: string) {
    this.#files = files;
    const folder = configPath.includes("/") ? configPath.slice(0, configPath.lastIndexOf("/") + 1) : "";
    this.#folders = folder === "" ? [""] : [folder, ""];
  }

  read(path: string): { readonly path: string; readonly text: string } | null {
    for (const folder of this.#folders) {
      const text = this.#files.read(folder + clean(path));
      if (text !== null) return { path: folder + clean(path), text };
    }
    return null;
  }

  glob(pattern: string): readonly string[] {
    for (const folder of this.#folders) {
      const found = this.#files.glob(folder + clean(pattern));
      if (found.length > 0) return found;
    }
    return [];
  }

  /** The folder of the files that fit a pattern; where there is none yet, beside the configuration. */
  folder(pattern: string): string {
    const [first] = this.glob(pattern);
    const file = first ?? `${this.#folders[0]}${globFolder(clean(pattern))}/`;
    return file.slice(0, Math.max(0, file.lastIndexOf("/"))).replace(/^\/+/, "");
  }
}

/** Without `./` in front and `/` behind. */
const clean = (path: string): string => path.replace(/^(\.\/)+/, "").replace(/\/+$/, "");

/** `systems/chorus.yml` is `chorus`. */
export const baseName = (path: string): string =>
  path.slice(path.lastIndexOf("/") + 1).replace(/\.[^.]+$/, "");
