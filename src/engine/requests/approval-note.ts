/** What is written down of a request's approval: in its own body, and as the key of its section of the status comment. */
import type { Instant } from "../../model.ts";
import { marker, type SafeText } from "../text/safe.ts";
import { isInstant } from "../time/days.ts";

/** Marker of a request of daytwo's own that no baseline has approved. */
const WAITS = "approval:";
/** Goes into the body of a request that daytwo opens and that waits for this manager. */
export const waitsFor = (manager: string): SafeText => marker(`${WAITS}${manager}`);
/** The manager whom one of these markers names; null where it waits for nobody. */
export const waiterIn = (keys: readonly string[]): string | null =>
  keys.find((key) => key.startsWith(WAITS))?.slice(WAITS.length) ?? null;

/** Somebody's yes, and when it was said. */
export interface Consent {
  readonly by: string;
  readonly at: Instant;
}

export interface Noted {
  readonly state: "waiting" | "approved";
  /** What the request asked for when this was written. */
  readonly material: string;
  readonly text: string;
  /** What was said up to here has been heard: it is among `given`, or it does not count. */
  readonly heard: Instant;
  readonly given: readonly Consent[];
  readonly asked: readonly string[];
  readonly stuck: readonly string[];
  /** Boxes that were ticked while it was approved, by `boxId`: they stay so while it waits again. */
  readonly kept: readonly string[];
  /** How often boxes were put back since anything else changed. */
  readonly back: number;
  /** Labels that daytwo no longer puts right, since somebody keeps undoing it. */
  readonly stopped: readonly string[];
  /** What else it says, in words that differ when it does. */
  readonly news: readonly string[];
}

const HASH = /^[0-9a-f]{64}$/;
const CONSENT = /^(\S+) (\d+)$/;

/** Null for what is no such key: nothing was noted. */
export function readNote(key: string | null): Noted | null {
  const [state, ...rest] = (key ?? "").split("\n");
  if (state !== "waiting" && state !== "approved") return null;
  const all = (name: string): string[] =>
    rest.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1));
  const [material = "", text = "", heard = "", back = "0"] = ["for", "text", "heard", "back"].map(
    (name) => all(name)[0],
  );
  if (!HASH.test(material)) return null;
  return {
    state,
    material,
    text,
    heard: /^\d{1,15}$/.test(heard) ? Number(heard) : Number.NEGATIVE_INFINITY,
    given: all("by").flatMap((line) => {
      const [, by = "", at = ""] = CONSENT.exec(line) ?? [];
      return isInstant(at) ? [{ by, at: Number(at) }] : [];
    }),
    asked: all("ask"),
    stuck: all("stuck"),
    kept: all("kept").flatMap((ids) => ids.match(/[0-9a-f]{8}/g) ?? []),
    back: Number(back) || 0,
    stopped: all("stop"),
    news: all("news"),
  };
}

export function writeNote(note: Noted): string {
  const line = (name: string) => (value: string | number) => `${name}:${String(value).replaceAll("\n", " ")}`;
  return [
    note.state,
    line("for")(note.material),
    line("text")(note.text),
    ...(Number.isFinite(note.heard) ? [line("heard")(note.heard)] : []),
    ...note.given.map(({ by, at }) => line("by")(`${by} ${at}`)),
    ...note.asked.map(line("ask")),
    ...note.stuck.map(line("stuck")),
    ...(note.kept.length > 0 ? [line("kept")(note.kept.join(""))] : []),
    ...(note.back > 0 ? [line("back")(note.back)] : []),
    ...note.stopped.map(line("stop")),
    ...note.news.map(line("news")),
  ].join("\n");
}
