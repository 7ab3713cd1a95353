/**
 * What GitLab tells only in words: its system notes say who was assigned and which boxes were ticked.
 * They are always in English (`app/services/system_notes/issuables_service.rb` renders them in the default
 * locale).
 */
import type { HistoryEvent } from "../../model.ts";
import type { WireNote } from "./wire.ts";

/** The events of one system note, in the order it names them; none for a note about something else. */
export function noteEvents(note: WireNote): HistoryEvent[] {
  const by = { at: note.created_at, actor: note.author?.username ?? null };
  const text = note.body ?? "";
  const box = tick(text);
  if (box) return [{ ...by, ...box }];
  return assignments(text).map((each) => ({ ...by, ...each }));
}

/** `marked the checklist item **Buy milk** as completed`; until 16.0 it said `the task`. */
const TICK = /^marked the (?:checklist item|task) \*\*(.*)\*\* as (completed|incomplete)\.?$/s;

function tick(text: string): { type: "ticked" | "unticked"; text: string } | null {
  const found = TICK.exec(text.trim());
  if (!found) return null;
  const item = unescaped(found[1] ?? "").replace(/<!--.*?-->/g, "");
  return { type: found[2] === "completed" ? "ticked" : "unticked", text: item.trim() };
}

/**
 * Newer versions escape the item's Markdown (`src/x\.go`), older ones quote it as it stands. A text with an
 * unescaped mark that the newer ones would have escaped is taken as it stands.
 */
function unescaped(text: string): string {
  if (/[#*_=.`-]/.test(text.replace(/\\[!-/:-@[-`{-~]/g, ""))) return text;
  return text.replace(/\\([!-/:-@[-`{-~])/g, "$1");
}

/**
 * `assigned to @a, @b, and @c and unassigned @d`, `unassigned @a`; before 10.0 also
 * `assigned to @a additionally to @b`, where @b was there before. Texts that do not name who was taken off
 * (`removed assignee`) tell nothing.
 */
function assignments(text: string): { type: "assigned" | "unassigned"; assignee: string }[] {
  if (!/^(?:un)?assigned (?:to |from )?@/.test(text)) return [];
  const events: { type: "assigned" | "unassigned"; assignee: string }[] = [];
  let type: "assigned" | "unassigned" | null = null;
  for (const [word, handle] of text.matchAll(
    /(?<!@[\w.-]*)\b(?:unassigned|assigned|additionally)\b|@([\w](?:[\w.-]*\w)?)/g,
  )) {
    if (handle === undefined) type = word === "additionally" ? null : (word as "assigned" | "unassigned");
    else if (type) events.push({ type, assignee: handle });
  }
  return events;
}
