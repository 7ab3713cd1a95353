/** The port to a repository's files: what stands on its default branch. For configuration, not for code. */
import type { ForgeDeps, ForgeTarget } from "./forge.ts";

/** Every file of the default branch, by path: something that changes with its content. */
export type Listing = ReadonlyMap<string, string>;

export interface RepositoryFiles {
  /**
   * An empty repository has an empty listing.
   * @returns the same object as the last time while nothing has changed
   * @throws ForgeError
   */
  list(): Promise<Listing>;
  /** The text of a file of the latest listing. @throws ForgeError */
  read(path: string): Promise<string>;
}

export type OpenFiles = (target: ForgeTarget, deps: ForgeDeps) => RepositoryFiles;
