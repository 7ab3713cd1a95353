/**
 * The rows of a review as its issue shows them: for each person and system two boxes, of which one is ticked.
 *
 *     - [ ] Keep: Ada Lovelace, `ada@example.com`, Chorus as Recorder (since 2026-03-02, acme/access-requests#12)
 *     - [ ] Revoke: Ada Lovelace, `ada@example.com`, Chorus as Recorder (since 2026-03-02, acme/access-requests#12)
 *
 * No two boxes of an issue read alike, since GitLab tells of a tick by the text of its box alone.
 */
import { fold, type Grant, type Who } from "../access/grants.ts";
import { textHash } from "../close/body-hash.ts";
import { type Box, boxes, headings, subject } from "../text/markdown.ts";
import { readable } from "../text/readable.ts";
import { code, findMarkers, inline, type SafeText, safe } from "../text/safe.ts";
import { dayOf } from "../time/zones.ts";
import { readSystems } from "./names.ts";

export type Answer = "keep" | "revoke";

export interface ReviewRow extends Who {
  /** Names the row: the same for a person and system whatever else of it changes. */
  readonly id: string;
  /** Id of the system. */
  readonly system: string;
  readonly heading: string;
  /** The role in it, where the row says. */
  readonly as: string | null;
  /** Null where somebody has taken the box out. */
  readonly keep: Box | null;
  readonly revoke: Box | null;
}

export interface ReviewBody {
  readonly rows: readonly ReviewRow[];
  /** Boxes that people have added; they are to be done, too. */
  readonly others: readonly Box[];
}

/** Tells people apart as the ledger does. */
export const personKey = ({ name, email }: Who): string => fold(email ?? name);

const rowId = (system: string, who: Who): string => textHash(`${system}\n${personKey(who)}`).slice(0, 10);

export const NO_ADDRESS = "no address";
const WORDS: Readonly<Record<Answer, SafeText>> = { keep: safe`Keep`, revoke: safe`Revoke` };

/**
 * The text of a box.
 * @param project full name of the requests' project
 */
export function rowText(
  answer: Answer,
  { person, as, at, request }: Grant,
  heading: string,
  { project, zone }: { readonly project: string; readonly zone: string },
): SafeText {
  const role = as === null ? safe`` : safe` as ${inline(as)}`;
  const who = safe`${inline(person.name)}, ${code(person.email ?? NO_ADDRESS)}`;
  const since = safe`since ${inline(dayOf(at, zone))}, ${inline(`${project}#${request}`)}`;
  return safe`${WORDS[answer]}: ${who}, ${inline(heading)}${role} (${since})`;
}

/** No name has a bare backtick in it, so the first one begins the address. */
const ROW = /^(Keep|Revoke): (.*?), `([^`]+)`, (.+) \(since \d{4}-\d\d-\d\d, \S+\)$/i;

/** Reads a review. Whether its author counts is for the caller. */
export function readReview(body: string): ReviewBody {
  const ids = readSystems(findMarkers(body));
  const heads = headings(body).map(({ line, text }) => ({ line, text: readable(text) }));
  const rows = new Map<string, ReviewRow>();
  const others: Box[] = [];
  for (const box of boxes(body)) {
    const heading = heads.findLast(({ line }) => line < box.line)?.text ?? "";
    const system = ids.get(heading);
    const [, verb = "", name = "", address = "", rest = ""] = ROW.exec(subject(box)) ?? [];
    if (system === undefined || name === "") {
      others.push(box);
      continue;
    }
    const who: Who = { name: readable(name), email: address === NO_ADDRESS ? null : address };
    const id = rowId(system, who);
    const row = rows.get(id) ?? { ...who, id, system, heading, as: roleIn(rest, heading), ...NO_BOXES };
    const answer = verb.toLowerCase() as Answer;
    if (row[answer] === null) rows.set(id, { ...row, [answer]: box });
    else others.push(box);
  }
  return { rows: [...rows.values()], others };
}

const NO_BOXES = { keep: null, revoke: null } as const;

/** `Chorus as Recorder`. */
function roleIn(text: string, heading: string): string | null {
  const before = `${inline(heading)} as `;
  return text.startsWith(before) ? readable(text.slice(before.length)) : null;
}
