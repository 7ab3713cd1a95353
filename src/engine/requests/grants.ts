/** The boxes of a request: one for each person and system, each group under its system's heading. */
import type { Config, System } from "../config/schema.ts";
import { labelKey } from "../text/fields.ts";
import { type Box, boxes, headings, subject } from "../text/markdown.ts";
import { partOf } from "../text/part.ts";
import { readable } from "../text/readable.ts";
import { code, inline, type SafeText, safe } from "../text/safe.ts";
import { systemTitle } from "./systems.ts";

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

/** What a box says, without the box itself: `Ada Lovelace, `ada@example.com`: Recorder`. */
export function grantText(name: string, email: string, role: string | null): SafeText {
  const who = safe`${inline(name)}, ${code(email)}`;
  return role === null ? who : safe`${who}: ${inline(role)}`;
}

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
  const byTitle = new Map(
    config.systems.values().map((system) => [labelKey(systemTitle(config, system)), system.id]),
  );
  const groups = headings(body).filter(({ start }) => inPart(start));
  const found: GrantBox[] = [];
  for (const box of boxes(body)) {
    if (!inPart(box.offset)) continue;
    const group = groups.findLast(({ line }) => line < box.line);
    const system = group && byTitle.get(labelKey(readable(group.text)));
    const [, name, , coded, tagged, role] = GRANT.exec(subject(box)) ?? [];
    const email = readable(coded ?? tagged ?? "");
    if (system === undefined || name === undefined || email === "") continue;
    found.push({ system, email, name: readable(name), role: role ? readable(role) : null, box });
  }
  return found;
}
