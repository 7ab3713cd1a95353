/** What commands are told into: an issue's history, with what its boxes and its approval were at each moment. */
import type { Place } from "../engine/commands/registry.ts";
import { Retelling } from "../engine/commands/retelling.ts";
import { type BoxStory, storyOfEdits, storyOfTicks } from "../engine/lifecycle/boxes.ts";
import { standing, type Witness } from "../engine/lifecycle/standing.ts";
import type { HistoryEvent, Instant, Issue, IssueRef } from "../model.ts";
import type { Judged } from "./approval-evidence.ts";
import { judgeFrom } from "./judged.ts";
import type { Look } from "./policy.ts";

/** Without GitLab Premium an issue has one; with it, nobody who takes a request shares it. */
export const hasOneAssignee = (look: Look, ref: IssueRef): boolean =>
  look.project(ref.project)?.forge === "gitlab";

/**
 * The history that commands are told into; a hire's plays no part.
 * @returns undefined while something that decides has not been read
 */
export function storyOf(
  look: Look,
  place: Place,
  ref: IssueRef,
  issue: Issue,
  judged: Judged | null,
): Retelling | undefined {
  const history = place === "request" ? look.history(ref) : [];
  if (!history) return undefined;
  const story = boxStory(look, place, ref, issue, history);
  if (!story) return undefined;
  const witness: Witness = {
    book: look.book,
    role: (actor) => look.role(ref.project, actor),
    judgeFrom: judgeFrom(look),
    opened: { author: issue.author, at: issue.createdAt },
  };
  const own = (actor: string | null) => witness.role(actor) === "self";
  const since = judged?.approval.since ?? null;
  const waits = (at: Instant) => judged !== null && !(since !== null && since <= at);
  return new Retelling(issue, history, {
    own,
    oneAssignee: hasOneAssignee(look, ref),
    standingAt: (shown, events, at) =>
      standing(
        shown,
        events,
        { ...story, turns: story.turns.filter((turn) => turn.at <= at) },
        { ...witness, waits: waits(at) },
      ),
    openAt: (at) => (story.turns.findLast((turn) => turn.at <= at)?.to ?? story.first) === "open",
  });
}

/** When its boxes were all done: a command is judged by what they were then. */
function boxStory(
  look: Look,
  place: Place,
  ref: IssueRef,
  issue: Issue,
  history: readonly HistoryEvent[],
): BoxStory | undefined {
  const noted = look.project(ref.project)?.forge === "gitlab";
  const ticks = storyOfTicks(issue.body, history, noted);
  if (place !== "request" || ticks.first !== "unknown") return ticks;
  const edits = look.edits(ref);
  if (edits === undefined) return undefined;
  const opened = { actor: issue.author || null, at: issue.createdAt };
  return edits ? storyOfEdits(issue.body, edits, opened) : ticks;
}
