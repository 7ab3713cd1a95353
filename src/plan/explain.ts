/** Why an issue is where it is, and what happens next: every rule speaks for itself. */
import type { IssueRef } from "../model.ts";
import type { Explanation, Policy } from "../policies/policy.ts";
import type { Facts, Need } from "./facts.ts";
import { type Occasion, World } from "./world.ts";

export interface Explaining {
  readonly explanations: readonly Explanation[];
  /** What rules asked for and nobody has read yet; the answer is whole only when this is empty. */
  readonly needs: readonly Need[];
}

export function explain(
  policies: readonly Policy[],
  facts: Facts,
  occasion: Occasion,
  ref: IssueRef,
): Explaining {
  const world = new World(facts, occasion);
  const explanations = policies
    .filter((policy) => policy.enabled(occasion.config))
    .flatMap((policy) => policy.explain(world, ref));
  return { explanations, needs: world.needs };
}
