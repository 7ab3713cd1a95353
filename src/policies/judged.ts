/** How far back rules judge what people did. */
import { DAY_MS } from "../engine/time/days.ts";
import type { Instant, Issue } from "../model.ts";
import type { Look } from "./policy.ts";

const JUDGED_DAYS = 30;

/** Moves, closings and approvals before this are never put back: daytwo takes the time before it came as it was. */
export const judgeFrom = ({ now }: Pick<Look, "now">): Instant => now - JUDGED_DAYS * DAY_MS;

/** Whether an issue was closed too long ago for anybody to judge it. */
export const closedBefore = (look: Pick<Look, "now">, { closedAt }: Pick<Issue, "closedAt">): boolean =>
  closedAt !== null && closedAt < judgeFrom(look);

const FIRST_SIGHT_DAYS = 30;

/** On an issue where no command was carried out yet, comments before this are the past. */
export const firstSight = ({ now }: Pick<Look, "now">): Instant => now - FIRST_SIGHT_DAYS * DAY_MS;
