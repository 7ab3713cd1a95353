/** The registry: every policy, in the order they look. A policy sees what those before it changed. */

import { accessReview } from "./access-review.ts";
import { approval } from "./approval.ts";
import { board } from "./board.ts";
import { cadences } from "./cadences.ts";
import { commandsPolicy } from "./commands.ts";
import { coverage } from "./coverage.ts";
import { dayTwo } from "./day-two.ts";
import { entitlementAdvice } from "./entitlement-advice.ts";
import { intake } from "./intake.ts";
import { licenceQueue } from "./licence-queue.ts";
import { lifecycle } from "./lifecycle.ts";
import { monthlyClose } from "./monthly-close.ts";
import { offboarding } from "./offboarding.ts";
import type { Policy } from "./policy.ts";
import { reminders } from "./reminders.ts";

export const policies: readonly Policy[] = [
  dayTwo,
  offboarding,
  intake,
  approval,
  commandsPolicy,
  lifecycle,
  entitlementAdvice,
  licenceQueue,
  coverage,
  reminders,
  monthlyClose,
  cadences,
  accessReview,
  board,
];
