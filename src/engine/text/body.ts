/**
 * What is read from an issue is read once, for as long as somebody holds the issue: a dozen rules ask the same of ten
 * thousand bodies.
 */
import { boxStand } from "./markdown.ts";
import { findMarkers } from "./safe.ts";

interface HasBody {
  readonly body: string;
}

/** By issue: what each reader has read, at the reader's own place. */
const readings = new WeakMap<HasBody, unknown[]>();
let readers = 0;

function readingsOf(issue: HasBody): unknown[] {
  let known = readings.get(issue);
  if (!known) {
    known = [];
    readings.set(issue, known);
  }
  return known;
}

/** A reading that is made once for each issue. Whoever gets it must not change it. */
export function perIssue<I extends HasBody, T extends object | string>(
  read: (issue: I) => T,
): (issue: I) => T {
  const place = readers++;
  return (issue) => {
    const known = readingsOf(issue);
    known[place] ??= read(issue);
    return known[place] as T;
  };
}

/** The same for a reading that rests on something else, too, the configuration say: made again when that is another. */
export function perIssueAnd<I extends HasBody, W extends object, T>(
  read: (issue: I, what: W) => T,
): (issue: I, what: W) => T {
  const place = readers++;
  return (issue, what) => {
    const known = readingsOf(issue);
    let before = known[place] as { readonly what: W; readonly reading: T } | undefined;
    if (before?.what !== what) {
      before = { what, reading: read(issue, what) };
      known[place] = before;
    }
    return before.reading;
  };
}

/** The keys of the markers in an issue's body. Whether its author counts is for the caller to say. */
export const markersOf = perIssue(({ body }: HasBody): readonly string[] => findMarkers(body));

/** How the boxes of an issue stand as a whole. */
export const boxStandOf = perIssue(({ body }: HasBody) => boxStand(body));
