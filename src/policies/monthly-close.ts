/**
 * monthly-close: one issue takes a month from the last check of its data to the payout.
 *
 * It opens on its working day. From then on it is its body that counts: who does what by when, what is done and what
 * is reviewed. Whoever does a task does not review it.
 */
import { closeTitle, composeClose } from "../engine/close/compose.ts";
import { closeKey, type Month, monthToOpen } from "../engine/close/month.ts";
import type { Close } from "../engine/config/schema.ts";
import type { Draft, Explanation, Look, Policy } from "./policy.ts";
import { cannotKnowOwn, closeDoubles, periodIssue } from "./recurring.ts";

const NAME = "monthly-close";

export const monthlyClose: Policy = {
  name: NAME,
  summary:
    "Opens each month's close on its working day and sees it through: order, reviews, exceptions, lateness.",
  enabled: (config) => config.close !== false,

  propose(look, draft) {
    const { close } = look.config;
    if (!close) return;
    if (look.whole && look.trigger.kind === "tick") open(look, draft, close, look.trigger.catchUp);
  },

  explain(): readonly Explanation[] {
    return [];
  },
};

function open(look: Look, draft: Draft, close: Close, catchUp: boolean): void {
  const { config, now } = look;
  const dues = config.templates.get(close.template)?.tasks.flatMap(({ due }) => due ?? []) ?? [];
  const month = monthToOpen(config, close, dues, now, catchUp);
  if (month === null) return;
  const key = closeKey(month);
  closeDoubles(look, draft, NAME, key);
  if (periodIssue(look, key, closeTitle(close, month)) !== null) return;
  const unknown = cannotKnowOwn(look);
  if (unknown !== null) {
    draft.problem("requests", null, unknown);
    return;
  }
  create(look, draft, close, month);
}

function create(look: Look, draft: Draft, close: Close, month: Month): void {
  const key = closeKey(month);
  draft.change({
    kind: "create-issue",
    project: "requests",
    issue: null,
    key,
    ...composeClose(look.config, close, month, null),
    reason: `The close of ${month} opens.`,
  });
}
