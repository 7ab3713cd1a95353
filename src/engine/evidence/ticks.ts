/** Who ticked which box, and when: as the forge tells it, and where it does not, said so. */
import type { BodyEdit, HistoryEvent, Instant } from "../../model.ts";
import { type Box, boxDiff, boxes, subject } from "../text/markdown.ts";

export interface Tick {
  /** The box's line without the box. */
  readonly text: string;
  /** Which of the boxes that read alike, from 0; null where the forge names the text alone. */
  readonly nth: number | null;
  readonly done: boolean;
  /** Handle; null where the forge does not know. */
  readonly by: string | null;
  readonly at: Instant;
}

/** How a box of a body is told from the others. */
interface Place {
  readonly text: string;
  /** Which of those that read alike, from 0. */
  readonly nth: number;
  /** Whether there are several. */
  readonly alike: boolean;
}

export interface TickStory {
  /** Oldest first. */
  readonly ticks: readonly Tick[];
  readonly place: (box: Box) => Place;
  /** Boxes that are ticked by now though nothing tells who did them. */
  readonly untold: readonly Box[];
}

/** Deleted accounts leave what they did to one that stands for nobody. */
export const known = (handle: string | null): string | null =>
  handle === null || handle === "" || handle.toLowerCase() === "ghost" ? null : handle;

/** From the notes that a forge leaves for each box (GitLab). */
const fromHistory = (history: readonly HistoryEvent[]): Tick[] =>
  history.flatMap((event) =>
    event.type === "ticked" || event.type === "unticked"
      ? [{ text: event.text, nth: null, done: event.type === "ticked", by: known(event.actor), at: event.at }]
      : [],
  );

/** From the edits of the body (GitHub): what each of them did to the boxes of the text before it. */
function fromEdits(body: string, edits: readonly BodyEdit[]): Tick[] {
  const texts = edits.map((edit, i) => ({ ...edit, body: i === edits.length - 1 ? body : edit.body }));
  const ticks: Tick[] = [];
  let before: string | null = null;
  let gap = false;
  for (const { body: text, editor, at } of texts) {
    if (text === null) {
      gap = true;
      continue;
    }
    if (before !== null) {
      // What a deleted revision changed, its editor may have changed.
      const by = gap ? null : known(editor);
      const { ticked, unticked } = boxDiff(before, text);
      const place = places(text);
      const tick = (box: Box, done: boolean): Tick => {
        const { text: line, nth } = place(box);
        return { text: line, nth, done, by, at };
      };
      ticks.push(...ticked.map((box) => tick(box, true)), ...unticked.map((box) => tick(box, false)));
    }
    before = text;
    gap = false;
  }
  return ticks;
}

function places(body: string): (box: Box) => Place {
  const lines = new Map<string, number[]>();
  for (const box of boxes(body)) {
    const text = subject(box);
    lines.set(text, [...(lines.get(text) ?? []), box.line]);
  }
  return (box) => {
    const text = subject(box);
    const same = lines.get(text) ?? [];
    return { text, nth: Math.max(0, same.indexOf(box.line)), alike: same.length > 1 };
  };
}

export interface TickSource {
  readonly body: string;
  readonly history: readonly HistoryEvent[];
  /** Null where the forge or the token cannot tell. */
  readonly edits: readonly BodyEdit[] | null;
  /** Whether the forge leaves a note for each box (GitLab). */
  readonly noted: boolean;
}

/** What became of the boxes of a body. Those that it was opened with, ticked, are nobody's deed. */
export function tickStory({ body, history, edits, noted }: TickSource): TickStory {
  const ticks = noted || edits === null ? fromHistory(history) : fromEdits(body, edits);
  const place = places(body);
  const told = { ticks: ticks.toSorted((a, b) => a.at - b.at), place };
  const whole = noted || edits !== null;
  const untold = boxes(body).filter((box) => {
    if (!box.ticked || doneBy(told, box) !== null) return false;
    return !whole || ticks.some(({ text }) => text === subject(box));
  });
  return { ...told, untold };
}

/** Who did a box last; null where it is open, or where that is not known: which of several that read alike, say. */
export function doneBy({ ticks, place }: Pick<TickStory, "ticks" | "place">, box: Box): Tick | null {
  const { text, nth, alike } = place(box);
  const about = ticks.filter(
    (tick) => (tick.text === text || tick.text === box.text) && (tick.nth === null || tick.nth === nth),
  );
  const last = about.at(-1);
  if (!box.done || !last?.done) return null;
  const unsure = last.nth === null && alike && new Set(about.map(({ by }) => by)).size > 1;
  return unsure ? null : last;
}
