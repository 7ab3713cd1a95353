/** The deliveries at hand that tell of an issue. */
import type { Delivery, IssueRef } from "../model.ts";
import type { Look } from "./policy.ts";

/** Those of this very issue, oldest first; none where daytwo looks for another reason. */
export function deliveriesOf({ trigger }: Pick<Look, "trigger">, ref: IssueRef): readonly Delivery[] {
  if (trigger.kind !== "delivery" || trigger.project !== ref.project) return [];
  return trigger.deliveries.filter(({ issue }) => issue.number === ref.number);
}
