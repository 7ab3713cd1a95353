/**
 * Who ticked which box of a close. Forges tell it in three ways: a delivery says what its actor has just changed,
 * GitHub keeps every version of a body with its editor, and GitLab notes the text of each box that was ticked. Review
 * boxes of one person read alike, so a note alone may leave open which of them was meant: then all who may have
 * ticked it are named, and nobody is taken for known.
 */
import type { BodyEdit, Delivery, HistoryEvent, Instant } from "../../model.ts";
import type { Box } from "../text/markdown.ts";
import { readable } from "../text/readable.ts";
import { type CloseBody, readClose } from "./tasks.ts";

/** Who may have ticked a box: one is known, several may have, of none nothing is known. Handles as the forge has them. */
export type Doers = readonly string[];
/** By the name of a box that is done. */
export type Ticked = ReadonlyMap<string, Doers>;

/** A box of a task, under a name that it keeps. */
interface Named {
  readonly name: string;
  readonly text: string;
  readonly done: boolean;
}

export const taskBox = (id: string): string => `t${id}`;
export const reviewBox = (id: string): string => `r${id}`;

function namedBoxes({ tasks }: CloseBody): Named[] {
  const named = (name: string, { text, done }: Box): Named => ({ name, text: readable(text), done });
  return tasks.flatMap(({ id, box, review }) => [
    named(taskBox(id), box),
    ...(review ? [named(reviewBox(id), review)] : []),
  ]);
}

const boxesOf = (body: string): Named[] => namedBoxes(readClose(body));

export interface Evidence {
  readonly ticked: Ticked;
  /** When the latest tick happened that this rests on; `-Infinity` for none. */
  readonly at: Instant;
  /** Nothing can have happened that would say otherwise. */
  readonly sure: boolean;
}

/** Whether a handle is daytwo's own: what it ticked, it ticked for somebody. */
type Own = (handle: string | null) => boolean;

/**
 * What deliveries tell, taken one after the other from where an earlier look left it. What one does not explain by
 * itself is not sure: another is missing, or late.
 * @param body as it stands now
 */
export function tickedByDeliveries(
  body: string,
  before: Evidence,
  deliveries: readonly Delivery[],
  own: Own,
): Evidence {
  const ticked = new Map(before.ticked);
  let { at } = before;
  let sure = true;
  for (const { actor, events, issue } of deliveries) {
    const ticks = events.filter(({ type }) => type === "ticked" || type === "unticked");
    const latest = ticks.reduce((last, one) => Math.max(last, one.at), Number.NEGATIVE_INFINITY);
    // An older body says nothing about what was seen since.
    if (latest < before.at || ticks.length === 0 || issue.body === null) continue;
    const boxes = boxesOf(issue.body);
    const explained = (text: string) =>
      boxes.some((one) => one.text === text && (ticked.get(one.name) ?? []).includes(actor));
    // One that nobody could tell of may be told of now, unless this is heard a second time.
    const fresh = boxes.filter(
      ({ name, text, done }) =>
        done && (!ticked.has(name) || (ticked.get(name)?.length === 0 && !explained(text))),
    );
    const there = new Map(boxes.map((box) => [box.name, box]));
    for (const name of [...ticked.keys()]) {
      if (!there.has(name)) sure = false;
      if (!there.get(name)?.done) ticked.delete(name);
    }
    for (const { name, text } of fresh) {
      const alike = fresh.filter((one) => one.text === text).length;
      const told = ticks.filter((one) => one.type === "ticked" && readable(one.text) === text).length;
      ticked.set(name, alike === told && actor !== "" && !own(actor) ? [actor] : []);
    }
    // Somebody ticked what was known to be done: it was opened in between, and nobody told.
    for (const event of ticks) {
      const text = "text" in event ? readable(event.text) : "";
      const known = boxes.filter((one) => one.text === text).flatMap(({ name }) => ticked.get(name) ?? []);
      if (event.type === "ticked" && known.length > 0 && !known.includes(actor)) sure = false;
    }
    at = Math.max(at, latest);
  }
  return complete(boxesOf(body), { ticked, at, sure });
}

/** Boxes that are done, and no others; one that nobody tells of is not known. */
function complete(boxes: readonly Named[], { ticked, at, sure }: Evidence): Evidence {
  const done = boxes.filter((box) => box.done).map(({ name }) => [name, ticked.get(name) ?? []] as const);
  return { ticked: new Map(done), at, sure: sure && done.every(([, doers]) => doers.length === 1) };
}

/**
 * What GitHub's versions of the body tell: everything, but for versions that were deleted.
 * @param edits oldest first, the original text the first of them
 */
export function tickedByEdits(body: string, edits: readonly BodyEdit[], own: Own): Evidence {
  const texts = edits.map((edit, i) => ({ ...edit, body: i === edits.length - 1 ? body : edit.body }));
  const [original, ...later] = texts;
  let stood = boxesOf(original?.body ?? body);
  let ticked: Ticked = new Map(stood.filter(({ done }) => done).map(({ name }) => [name, []]));
  let at = Number.NEGATIVE_INFINITY;
  let gap = original?.body === null;
  for (const { body: text, editor, at: when } of later) {
    if (text === null) {
      gap = true;
      continue;
    }
    const stands = boxesOf(text);
    // What a deleted version changed, its editor may have changed.
    const doers: Doers = gap || editor === null || own(editor) ? [] : [editor];
    const next = edited(stood, ticked, stands, doers);
    if (next.some(([name]) => !ticked.has(name))) at = Math.max(at, when);
    ticked = new Map(next);
    stood = stands;
    gap = false;
  }
  return { ...complete(boxesOf(body), { ticked, at, sure: true }), sure: true };
}

function edited(
  before: readonly Named[],
  ticked: Ticked,
  after: readonly Named[],
  doers: Doers,
): [string, Doers][] {
  const renamed = renames(before, after);
  const was = new Map(before.map((box) => [box.name, box]));
  return after
    .filter(({ done }) => done)
    .map(({ name }) => {
      const old = was.get(name) ?? was.get(renamed?.get(name) ?? "");
      if (old?.done) return [name, ticked.get(old.name) ?? []];
      // One that nobody can tell from those that went may have been done before.
      return [name, old || renamed ? doers : []];
    });
}

/** Boxes that got another name by this edit, new to old; null where that cannot be told. */
function renames(before: readonly Named[], after: readonly Named[]): Map<string, string> | null {
  const [old, now] = [new Set(before.map(({ name }) => name)), new Set(after.map(({ name }) => name))];
  const gone = before.filter(({ name }) => !now.has(name));
  const come = after.filter(({ name }) => !old.has(name));
  if (gone.length === 0) return new Map();
  if (gone.length !== come.length) return null;
  return new Map(come.map(({ name }, i) => [name, gone[i]?.name ?? ""]));
}

/**
 * What GitLab's notes tell. A box whose text is like no other's is known by its last tick. Of several that read alike,
 * those known before stay so unless one of them was opened since; the others were ticked by whoever ticked since.
 * @param before what was known at `before.at`
 * @param history oldest first; others than ticks are passed over
 * @param putBack names of boxes that daytwo has opened again and that nobody has done rightly since
 */
export function tickedByNotes(
  body: string,
  before: Evidence,
  history: readonly HistoryEvent[],
  own: Own,
  putBack: ReadonlySet<string> = new Set(),
): Evidence {
  const boxes = boxesOf(body);
  const ticks = history.flatMap((one) =>
    one.type === "ticked" || one.type === "unticked" ? [{ ...one, text: readable(one.text) }] : [],
  );
  const ticked = new Map<string, Doers>();
  for (const [text, alike] of Map.groupBy(boxes, (box) => box.text)) {
    const told = ticks.filter((one) => one.text === text);
    const tickers = (events: typeof told): string[] => [
      ...new Set(
        events.flatMap(({ type, actor }) =>
          type === "ticked" && actor !== null && !own(actor) ? [actor] : [],
        ),
      ),
    ];
    const by = (since: Instant) => tickers(told.filter(({ at }) => at > since));
    const done = alike.filter((box) => box.done);
    if (alike.length === 1) {
      const last = told.findLast(({ type }) => type === "ticked");
      const known = last ? (last.actor === null || own(last.actor) ? [] : [last.actor]) : null;
      for (const { name } of done) ticked.set(name, known ?? before.ticked.get(name) ?? []);
      continue;
    }
    const fresh = by(before.at);
    const opened = told.some(({ type, at, actor }) => type === "unticked" && at > before.at && !own(actor));
    const back = told.findIndex(({ type, at, actor }) => type === "unticked" && at > before.at && own(actor));
    // Whoever ticked it before daytwo opened it again has not ticked it now. By their order: times may be the same.
    const since = back < 0 ? fresh : tickers(told.slice(back));
    for (const { name } of done) {
      const known = before.ticked.get(name) ?? [];
      if (known.length === 0 && putBack.has(name) && since.length > 0) ticked.set(name, since);
      else if (known.length === 0) ticked.set(name, fresh.length > 0 ? fresh : by(Number.NEGATIVE_INFINITY));
      else ticked.set(name, opened ? [...new Set([...known, ...fresh])] : known);
    }
  }
  const at = ticks.reduce((latest, one) => Math.max(latest, one.at), before.at);
  return { ...complete(boxes, { ticked, at, sure: true }), sure: true };
}
