/**
 * The one status comment of an issue: sections, one to a policy, between hidden markers. A section whose key
 * stands already is never written again, so daytwo does not say the same thing twice.
 */
import { perIssue } from "./text/body.ts";
import { join, marker, type SafeText, vouched, writeBack } from "./text/safe.ts";

/** The status comment's marker key. */
export const STATUS = "status";
const MARKER = marker(STATUS);

export interface StatusSection {
  readonly policy: string;
  readonly key: string;
  readonly body: SafeText;
}

const HEAD = /^<!-- daytwo:section:([a-z-]+):(\S*) -->$/;

/** Whether a comment is a status comment (by its text; the caller checks the author). */
export const isStatus = (body: string): boolean => body.includes(MARKER);

/** Keys may hold anything; in a marker they are one word. */
export const sectionKey = (key: string): string =>
  encodeURIComponent(key.toWellFormed()).replaceAll("--", "%2D%2D");

/** The key as it was given; one that somebody has broken reads as it stands. */
export function readKey(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

/** The sections of a status comment, in their order. Whoever may have edited it, it acts on no forge. */
export function readStatus(body: string): StatusSection[] {
  const sections: { policy: string; key: string; lines: string[] }[] = [];
  for (const line of body.split(/\r?\n/)) {
    const head = HEAD.exec(line);
    if (head) sections.push({ policy: head[1] ?? "", key: head[2] ?? "", lines: [] });
    else sections.at(-1)?.lines.push(line);
  }
  return sections.map(({ policy, key, lines }) => ({
    policy,
    key,
    body: writeBack(lines.join("\n").trim()),
  }));
}

/** The sections of a status comment, read once for each comment. */
export const statusOf = perIssue(({ body }: { readonly body: string }): readonly StatusSection[] =>
  readStatus(body),
);

export function writeStatus(sections: readonly StatusSection[]): SafeText {
  const parts = sections.flatMap(({ policy, key, body }) => [
    vouched(`<!-- daytwo:section:${policy}:${key} -->`),
    body,
  ]);
  return join([MARKER, ...parts], "\n");
}
