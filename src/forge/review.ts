/** The port to a pull or merge request: one comment of ours there, kept up to date. */
import type { SafeText } from "../model.ts";
import type { ForgeDeps, ForgeTarget, Written } from "./forge.ts";

export interface Review {
  /**
   * Writes the comment that begins with the marker of `key`, or edits the one that is there.
   * @param body begins with the marker
   * @throws ForgeError
   */
  say(key: string, body: SafeText): Promise<Written>;
}

/** @param number of the pull request, or the merge request's `iid` */
export type OpenReview = (target: ForgeTarget, number: number, deps: ForgeDeps) => Review;
