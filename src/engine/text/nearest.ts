/** Nearest names, for messages that say what was probably meant. */

/**
 * Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours, in UTF-16
 * units. Anything above `max` comes back as `max + 1`, found out early. Memory is linear in the shorter word.
 */
export function distance(a: string, b: string, max = Number.POSITIVE_INFINITY): number {
  if (a === b) return 0;
  if (a.length < b.length) [a, b] = [b, a];
  if (a.length - b.length > max) return max + 1;
  if (b.length === 0) return a.length;

  const width = b.length + 1;
  let twoAgo = new Uint32Array(width);
  let previous = Uint32Array.from({ length: width }, (_, j) => j);
  let row = new Uint32Array(width);
  let leastBefore = 0;
  for (let i = 1; i <= a.length; i++) {
    row[0] = i;
    let least = i;
    for (let j = 1; j < width; j++) {
      const same = a.charCodeAt(i - 1) === b.charCodeAt(j - 1);
      let cost = Math.min(at(previous, j) + 1, at(row, j - 1) + 1, at(previous, j - 1) + (same ? 0 : 1));
      const swapped =
        i > 1 &&
        j > 1 &&
        a.charCodeAt(i - 1) === b.charCodeAt(j - 2) &&
        a.charCodeAt(i - 2) === b.charCodeAt(j - 1);
      if (swapped) cost = Math.min(cost, at(twoAgo, j - 2) + 1);
      row[j] = cost;
      if (cost < least) least = cost;
    }
    // A swap builds on the row before the last one, so one bad row is not yet hopeless.
    if (least > max && leastBefore >= max) return max + 1;
    leastBefore = least;
    [twoAgo, previous, row] = [previous, row, twoAgo];
  }
  return Math.min(at(previous, b.length), max + 1);
}

const at = (row: Uint32Array, i: number) => row[i] as number;

/**
 * The candidate nearest to a word, case and surrounding space aside; null when none is within `max` edits (by
 * default a third of the word, at least one, at most four). The first of equally near ones.
 */
export function nearest(word: string, candidates: Iterable<string>, max?: number): string | null {
  const wanted = fold(word);
  let limit = max ?? Math.min(4, Math.max(1, Math.floor(wanted.length / 3)));
  let best: string | null = null;
  for (const candidate of candidates) {
    const found = distance(wanted, fold(candidate), limit);
    if (found > limit) continue;
    best = candidate;
    limit = found - 1;
    if (limit < 0) break;
  }
  return best;
}

const fold = (text: string) => text.trim().toLowerCase();
