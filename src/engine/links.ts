/** References to issues as both forges show them: `owner/repo#12`, linked, whatever project reads them. */
import { inline, link, marker, type SafeText, safe } from "./text/safe.ts";

export interface Linked {
  readonly number: number;
  readonly url: string;
}

export function issueLink(project: string, { number, url }: Linked): SafeText {
  return link(inline(`${project}#${number}`), url);
}

const REQUEST = "request:";

/** A link to an access request that daytwo itself can find again: the second witness that it exists. */
export function requestLink(project: string, request: Linked): SafeText {
  return safe`${issueLink(project, request)} ${marker(`${REQUEST}${project}#${request.number}`)}`;
}

/** The number in a marker that `requestLink` wrote; null for any other, or of another project. */
export function requestIn(key: string, project: string): number | null {
  const prefix = `${REQUEST}${project}#`.toLowerCase();
  if (!key.toLowerCase().startsWith(prefix)) return null;
  const digits = key.slice(prefix.length);
  return /^[1-9]\d{0,14}$/.test(digits) ? Number(digits) : null;
}
