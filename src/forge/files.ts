/** The port to a repository's files: what stands on its default branch. For configuration, not for code. */
import type { SafeText } from "../model.ts";
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

/** Comments on the latest commit of a repository's default branch. */
export interface CommitNotes {
  /**
   * Says `body` there, unless a comment there bears the marker of `key`, which is part of `body`.
   * @returns whether it was said just now
   * @throws ForgeError, also where the answer was lost: saying it again looks first
   */
  say(key: string, body: SafeText): Promise<boolean>;
}

export type OpenNotes = (target: ForgeTarget, deps: ForgeDeps) => CommitNotes;
