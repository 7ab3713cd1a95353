/** GitHub and GitHub Enterprise, over REST; GraphQL only for edit history and pinning. */
import type { Forge, ForgeDeps, ForgeTarget } from "../forge.ts";
import { createBoards } from "./boards.ts";
import { createClient } from "./client.ts";
import { createReader } from "./reader.ts";
import { fold } from "./wire.ts";
import { createWriter } from "./writer.ts";

export { githubApi, githubWeb } from "./address.ts";
export { githubNotes } from "./commit-notes.ts";
export { githubDiagnoser, githubHookEvents } from "./diagnoser.ts";
export { githubFiles } from "./files.ts";
export { githubReceiver } from "./receiver.ts";
export { githubReview } from "./review.ts";

/** @param target `project` is `owner/repo`; an empty token asks without one, which public repositories allow to read */
export function createGitHubForge(target: ForgeTarget, deps: ForgeDeps): Forge {
  const client = createClient(target, deps);
  const reader = createReader(client);
  return {
    reader,
    writer: createWriter(client, reader),
    boards: createBoards(client),
    requests: () => client.sender.counts,
    sameLabel: (a, b) => fold(a) === fold(b),
  };
}
