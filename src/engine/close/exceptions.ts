/** Exceptions of a month: issues labelled so, with who approved each. */
import type { Issue } from "../../model.ts";
import { readFields } from "../text/fields.ts";
import { readHandle } from "../text/values.ts";
import { dayOf } from "../time/zones.ts";
import { type Month, monthOf } from "./month.ts";

const FIELDS = { month: "Month", approver: "Approved by", approvedBy: "Approver" } as const;
const MONTH = /^[12]\d{3}-(0[1-9]|1[0-2])$/;

/**
 * Whether an issue belongs to a month: by its field Month (`2026-11`) where it has one, else if it was opened or
 * changed in it.
 */
export function isOfMonth({ body, createdAt, updatedAt }: Issue, month: Month, zone: string): boolean {
  const named = body.includes("onth") ? readFields(body, FIELDS).month?.value : undefined;
  if (named !== undefined && MONTH.test(named)) return named === month;
  return [createdAt, updatedAt].some((at) => monthOf(dayOf(at, zone)) === month);
}

/** Whom an issue itself names as its approver: a handle or a name as written; null where it names nobody. */
export function namedApprover(body: string): string | null {
  const { approver, approvedBy } = readFields(body, FIELDS);
  const given = approver ?? approvedBy;
  return given === null ? null : (readHandle(given.raw) ?? given.value.split("\n")[0] ?? null);
}
