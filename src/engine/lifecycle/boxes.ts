/** When the boxes of a request were all done, and by whom: told from edits, or counted back from ticks. */
import type { BodyEdit, HistoryEvent, Instant } from "../../model.ts";
import {
  alternativeNamed,
  type Box,
  boxes,
  boxStand,
  headings,
  NEVER_HAD,
  REVOKED,
} from "../text/markdown.ts";

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

/**
 * What is left to do, in words: the text of each open box, with the heading it is under where another box reads the
 * same; a pair of open alternatives once, with its heading.
 * @param all the boxes of `body`
 */
export function openTasks(body: string, all: readonly Box[]): string[] {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const { text } of all) (seen.has(text) ? repeated : seen).add(text);
  const tops = all.some(({ done, other, text }) => !done && (other !== null || repeated.has(text)))
    ? headings(body)
    : [];
  const named = ({ line }: Box, text: string): string => {
    const top = tops.findLast((one) => one.line < line);
    return top ? `${top.text}: ${text}` : text;
  };
  return all.flatMap((box, i) => {
    if (box.done) return [];
    const other = box.other === null ? undefined : all[box.other];
    if (!other || other.done) return [repeated.has(box.text) ? named(box, box.text) : box.text];
    return (box.other ?? i) < i ? [] : [named(box, `${REVOKED} or ${NEVER_HAD}`)];
  });
}

/** What the body alone says: boxes that are open now are taken to have been open all along. */
function storyOfBody(body: string, sure: boolean): BoxStory {
  const now = boxStand(body);
  return { first: now === "done" ? "unknown" : now, finisher: null, turns: [], sure };
}

/**
 * Counted back from today's open boxes over each box that was ticked or cleared.
 * @param events oldest first; others than ticks are passed over
 * @param sure whether every tick there was is among the events
 */
export function storyOfTicks(body: string, events: readonly HistoryEvent[], sure: boolean): BoxStory {
  const ticks = events.filter(({ type }) => type === "ticked" || type === "unticked");
  if (ticks.length === 0 || boxStand(body) === "none") return storyOfBody(body, sure);
  const turns: Turn[] = [];
  const past = new Past(body);
  let { open } = past;
  for (const event of ticks.toReversed()) {
    const { actor, at } = event;
    past.takeBack(event);
    if (open === 0 && past.open > 0) turns.unshift({ to: "done", actor, at });
    if (open > 0 && past.open === 0) turns.unshift({ to: "open", actor, at });
    open = past.open;
  }
  return { first: open > 0 ? "open" : "done", finisher: null, turns, sure };
}

/** How many boxes were open, tick by tick back from now. */
class Past {
  /** Open boxes without an alternative. */
  #lone = 0;
  /** Each pair of alternatives: which of the two is ticked. */
  readonly #pairs: boolean[][] = [];

  constructor(body: string) {
    const all = boxes(body);
    all.forEach((box, i) => {
      if (box.other === null) this.#lone += box.done ? 0 : 1;
      else if (box.other > i) {
        const pair = [box, all[box.other] as Box];
        const first = alternativeNamed(box.text) === 1;
        // Both struck out is settled, too, and no tick did it.
        if (!pair.every(({ struck, notApplicable }) => struck || notApplicable)) {
          const ticked = pair.map((one) => one.ticked);
          this.#pairs.push(first ? ticked.toReversed() : ticked);
        }
      }
    });
  }

  get open(): number {
    return this.#lone + this.#pairs.filter((pair) => !pair.some(Boolean)).length;
  }

  /** Events name a box by its text, and every system has the same two: the likeliest pair is taken. */
  takeBack(event: HistoryEvent): void {
    if (event.type !== "ticked" && event.type !== "unticked") return;
    const to = event.type === "unticked";
    const name = this.#pairs.length === 0 ? null : alternativeNamed(event.text);
    if (name === null) this.#lone = Math.max(0, this.#lone + (to ? -1 : 1));
    else {
      const may = this.#pairs.filter((pair) => pair[name] === !to);
      // A slip is mended at once: a box ticked beside a ticked one, or cleared where nothing else is ticked.
      const pair = may.find((one) => one[1 - name] === !to) ?? may[0];
      if (pair) pair[name] = to;
    }
  }
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
  const first = boxStand(original ? (original.body ?? "") : body);
  const turns: Turn[] = [];
  let stood = first;
  let gap = false;
  for (const { body: text, editor, at } of later) {
    if (text === null) {
      gap = true;
      continue;
    }
    const stands = boxStand(text);
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
