/** What a role gets: the most specific baseline that fits. */
import type { Baseline } from "./files.ts";
import type { Config } from "./schema.ts";

const FIELDS = ["role", "department", "region"] as const;
type Field = (typeof FIELDS)[number];

/** Who a baseline is looked up for; what is not known fits only `*`. */
export type Position = { readonly [F in Field]?: string | null | undefined };
type Pattern = { readonly [F in Field]: string };

const ANY = "*";
const word = (text: string | null | undefined): string =>
  (text ?? "").trim().replace(/\s+/g, " ").toLowerCase();

const fits = (pattern: Pattern, position: Position): boolean =>
  FIELDS.every((field) => pattern[field] === ANY || word(pattern[field]) === word(position[field]));

/** How many fields a baseline fixes. */
const specificity = (pattern: Pattern): number => FIELDS.filter((field) => pattern[field] !== ANY).length;

/**
 * The most specific baseline for a role, department and region, or null. Words compare without regard to
 * case and to space around them; `*` fits anything.
 */
export function baselineFor(config: Pick<Config, "baselines">, position: Position): Baseline | null {
  return config.baselines
    .filter((baseline) => fits(baseline, position))
    .reduce<Baseline | null>(
      (best, next) => (best === null || specificity(next) > specificity(best) ? next : best),
      null,
    );
}

/**
 * Whether somebody could fit both with nothing to choose between them. A third one that says exactly what
 * both have in common settles it.
 */
export function ambiguous(a: Pattern, b: Pattern, all: readonly Pattern[]): boolean {
  if (specificity(a) !== specificity(b)) return false;
  const overlap = FIELDS.every((f) => a[f] === ANY || b[f] === ANY || word(a[f]) === word(b[f]));
  if (!overlap) return false;
  const meet = Object.fromEntries(FIELDS.map((f) => [f, a[f] === ANY ? b[f] : a[f]])) as Pattern;
  const same = (p: Pattern, q: Pattern) => FIELDS.every((f) => word(p[f]) === word(q[f]));
  return same(a, b) || !all.some((other) => same(other, meet));
}
