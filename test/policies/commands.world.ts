/** What tests of commands look at. */
import { PROJECTS, SELF, type Story } from "../story.ts";

/** daytwo's reactions to the last comment of somebody else. */
export function reactionsTo({ memory, about }: Story): string[] {
  const issue = memory.issue(PROJECTS[about.project], about.number);
  const last = issue.comments.findLast(({ author }) => author.handle !== SELF);
  return (last?.reactions ?? []).map(({ account, reaction }) => {
    if (account.handle !== SELF) throw new Error(`@${account.handle} reacted`);
    return reaction;
  });
}
