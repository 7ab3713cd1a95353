/** Who ticked the boxes of a review: as the delivery says, else as the forge tells of notes or edits, else as it was heard. */
import { doneBy, tickStory } from "../engine/evidence/ticks.ts";
import { ANSWERS, isTicked } from "../engine/review/judge.ts";
import type { ReviewMemory } from "../engine/review/memory.ts";
import type { Answer, ReviewRow } from "../engine/review/read.ts";
import { subject } from "../engine/text/markdown.ts";
import { readable } from "../engine/text/readable.ts";
import type { Issue, IssueRef } from "../model.ts";
import { deliveriesOf } from "./deliveries.ts";
import type { Look } from "./policy.ts";

/** Handle of whoever ticked a box; null where nobody can tell. */
type Doers = (row: ReviewRow, answer: Answer) => string | null;

/** @returns undefined while something that decides has not been read */
export function doersOf(
  look: Look,
  ref: IssueRef,
  { body }: Issue,
  rows: readonly ReviewRow[],
  { answers }: ReviewMemory,
): Doers | undefined {
  const known = (handle: string | null) =>
    handle === null || handle === "" || look.own("requests", handle) ? null : handle;
  const heard = new Map<string, string | null>();
  for (const { events } of deliveriesOf(look, ref)) {
    for (const event of events) {
      if (event.type === "ticked") heard.set(readable(event.text), known(event.actor));
    }
  }
  const told = (row: ReviewRow, answer: Answer): string | null | undefined => {
    const box = row[answer];
    const now = box ? heard.get(readable(subject(box))) : undefined;
    if (now !== undefined) return now;
    const before = answers.get(row.id);
    return before?.answer === answer ? before.by : undefined;
  };
  const ticked = rows.flatMap((row) =>
    ANSWERS.flatMap((answer) => (isTicked(row[answer]) ? [told(row, answer)] : [])),
  );
  // On a tick alone, somebody else may have ticked a known box since.
  const whole = heard.size > 0 && ticked.every((one) => one !== undefined);
  if (ticked.length === 0 || whole) return (row, answer) => told(row, answer) ?? null;
  const noted = look.project("requests")?.forge === "gitlab";
  const history = noted ? look.history(ref) : [];
  const edits = noted ? null : look.edits(ref);
  if (history === undefined || edits === undefined) return undefined;
  const story = tickStory({ body, history, edits, noted });
  return (row, answer) => {
    const box = row[answer];
    const by = box ? known(doneBy(story, box)?.by ?? null) : null;
    return by ?? told(row, answer) ?? null;
  };
}
