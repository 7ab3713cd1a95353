/** When the boxes of a request were all done, and by whom: told from edits, or counted back from ticks. */
import type { BodyEdit, HistoryEvent, Instant } from "../../model.ts";
import { boxes } from "../text/markdown.ts";

export interface Doer {
  readonly actor: string | null;
  readonly at: Instant;
}

/** The moment when the last open box was done, or a done one opened again. */
export interface Turn extends Doer {
  readonly to: "done" | "open";
}

export interface BoxStory {
  /** `unknown`: all are done by now, and nobody can tell since when. */
  readonly first: "none" | "open" | "done" | "unknown";
  /** Who did the last box where all were done from the first. */
  readonly finisher: Doer | null;
  /** Oldest first. */
  readonly turns: readonly Turn[];
  /** Nothing can have happened in between that is not told here. */
  readonly sure: boolean;
}

type Count = { readonly all: number; readonly open: number };

export function countBoxes(body: string): Count {
  const all = boxes(body);
  return { all: all.length, open: all.filter((box) => !box.done).length };
}

const standOf = ({ all, open }: Count): "none" | "open" | "done" =>
  all === 0 ? "none" : open > 0 ? "open" : "done";

/** What the body alone says: boxes that are open now are taken to have been open all along. */
function storyOfBody(body: string, sure: boolean): BoxStory {
  const now = standOf(countBoxes(body));
  return { first: now === "done" ? "unknown" : now, finisher: null, turns: [], sure };
}

/**
 * Counted back from today's open boxes over each box that was ticked or cleared.
 * @param events oldest first; others than ticks are passed over
 * @param sure whether every tick there was is among the events
 */
export function storyOfTicks(body: string, events: readonly HistoryEvent[], sure: boolean): BoxStory {
  const ticks = events.filter(({ type }) => type === "ticked" || type === "unticked");
  const now = countBoxes(body);
  if (ticks.length === 0 || now.all === 0) return storyOfBody(body, sure);
  const turns: Turn[] = [];
  let { open } = now;
  for (const { type, actor, at } of ticks.toReversed()) {
    const before = type === "ticked" ? open + 1 : Math.max(0, open - 1);
    if (open === 0 && before > 0) turns.unshift({ to: "done", actor, at });
    if (open > 0 && before === 0) turns.unshift({ to: "open", actor, at });
    open = before;
  }
  return { first: open > 0 ? "open" : "done", finisher: null, turns, sure };
}

/**
 * Told from the edits of a body.
 * @param body as it stands now, which is what stood after the last edit
 * @param edits oldest first, the original text the first of them; none where it was never edited
 * @param opened who wrote the original, and when
 */
export function storyOfEdits(body: string, edits: readonly BodyEdit[], opened: Doer): BoxStory {
  const texts = edits.map((edit, i) => ({ ...edit, body: i === edits.length - 1 ? body : edit.body }));
  const [original, ...later] = texts;
  const first = standOf(countBoxes(original ? (original.body ?? "") : body));
  const turns: Turn[] = [];
  let stood = first;
  let gap = false;
  for (const { body: text, editor, at } of later) {
    if (text === null) {
      gap = true;
      continue;
    }
    const stands = standOf(countBoxes(text));
    // What a deleted revision changed, its editor may have changed.
    const actor = gap ? null : editor;
    if (stands !== stood && stands !== "none" && (stands === "done" || stood === "done")) {
      turns.push({ to: stands, actor, at });
    }
    stood = stands;
    gap = false;
  }
  return { first, finisher: first === "done" ? opened : null, turns, sure: true };
}
