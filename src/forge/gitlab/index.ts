/** GitLab's side of the port: the REST API, version 4, through @gitbeaker/rest. */
import type { Forge, ForgeDeps, ForgeTarget } from "../forge.ts";
import { createBoards } from "./boards.ts";
import { createClient } from "./client.ts";
import { createReader } from "./reader.ts";
import { createWriter } from "./writer.ts";

export { gitlabApi } from "./api.ts";
export { gitlabNotes } from "./commit-notes.ts";
export { gitlabDiagnoser } from "./diagnoser.ts";
export { gitlabFiles } from "./files.ts";
export { gitlabReceiver } from "./receiver.ts";
export { gitlabReview } from "./review.ts";

/**
 * One project on GitLab. The token is a project, group or personal access token with the scope `api`, sent as
 * `PRIVATE-TOKEN`; CI job tokens cannot use the Issues API.
 */
export function createGitLabForge(target: ForgeTarget, deps: ForgeDeps): Forge {
  const client = createClient(target, deps);
  const reader = createReader(client);
  return {
    reader,
    writer: createWriter(client, reader),
    boards: createBoards(client),
    requests: () => client.sender.counts,
    // GitLab's label names are case-sensitive.
    sameLabel: (a, b) => a === b,
  };
}
