/** The boxes of a request: one for each person and system, each group under its system's heading. */
import type { Config, System } from "../config/schema.ts";
import { perIssueAnd } from "../text/body.ts";
import { labelKey } from "../text/fields.ts";
import { type Box, boxes, headings, subject } from "../text/markdown.ts";
import { partOf } from "../text/part.ts";
import { readable } from "../text/readable.ts";
import { code, inline, type SafeText, safe } from "../text/safe.ts";
import { idsByTitle, systemTitle } from "./systems.ts";

/** A box that says who is given what, as it stands in the issue. */
export interface GrantBox {
  /** Id of the system. */
  readonly system: string;
  readonly email: string;
  readonly name: string;
  /** Role, profile or seat type in the system; null where none is said. */
  readonly role: string | null;
  /** With offsets into the body. */
  readonly box: Box;
}

/** How a box names somebody. */
export const whoText = ({ name, email }: { readonly name: string; readonly email: string }): SafeText =>
  safe`${inline(name)}, ${code(email)}`;

/** What a box says, without the box itself: Ada Lovelace, `ada@example.com`: Recorder. */
export const grantText = (who: SafeText, role: string | null): SafeText =>
  role === null ? who : safe`${who}: ${inline(role)}`;

/** The heading of a system's group. */
export const groupHeading = (config: Pick<Config, "systems">, system: System): SafeText =>
  safe`### ${inline(systemTitle(config, system))}`;

// A name has no bare backtick and no `<` in it, so the first of either starts the address.
const GRANT = /^([^`<]*(?:\\`[^`<]*)*), (?:(`+)(.+?)\2(?!`)|<code>(.+?)<\/code>)(?:: (.*))?$/;

/** The boxes in daytwo's part of a body, in order; what is none of daytwo's lines is passed over. */
export function readGrants(body: string, config: Pick<Config, "systems">): GrantBox[] {
  const part = partOf(body);
  if (!part) return [];
  const inPart = (offset: number) => offset >= part.start && offset < part.end;
  const byTitle = idsByTitle(config.systems);
  const groups = headings(body)
    .filter(({ start }) => inPart(start))
    .map(({ line, text }) => ({ line, system: byTitle.get(labelKey(readable(text))) }));
  // Each name stands in as many lines as there are systems.
  const read = new Map<string, string>();
  const words = (text: string): string => {
    const known = read.get(text) ?? readable(text);
    read.set(text, known);
    return known;
  };
  const found: GrantBox[] = [];
  for (const box of boxes(body)) {
    if (!inPart(box.offset)) continue;
    const system = groups.findLast(({ line }) => line < box.line)?.system;
    const [, name, , coded, tagged, role] = GRANT.exec(subject(box)) ?? [];
    const email = words(coded ?? tagged ?? "");
    if (system === undefined || name === undefined || email === "") continue;
    found.push({ system, email, name: words(name), role: role ? words(role) : null, box });
  }
  return found;
}

/** The boxes in daytwo's part of an issue's body, read once for each issue. */
export const grantsOf = perIssueAnd(
  ({ body }: { readonly body: string }, config: Pick<Config, "systems">): readonly GrantBox[] =>
    readGrants(body, config),
);
