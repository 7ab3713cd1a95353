/** Reads back a plan that was saved: its shape is checked, its words are taken as they stand. */
import { z } from "zod";
import { vouched } from "../engine/text/safe.ts";
import type { Change, Plan } from "../model.ts";

const text = z.string().transform(vouched);
const role = z.enum(["requests", "onboarding"]);
const base = { policy: z.string(), project: role, reason: z.string() };
const number = z.int().positive();
const onIssue = { ...base, issue: number };

const change = z.discriminatedUnion("kind", [
  z.strictObject({
    ...base,
    kind: z.literal("create-issue"),
    issue: z.null(),
    key: z.string(),
    title: text,
    labels: z.array(z.string()),
    assignees: z.array(z.string()),
    body: text,
    pin: z.literal(true).exactOptional(),
  }),
  z.strictObject({
    ...onIssue,
    kind: z.literal("edit-issue"),
    body: text.exactOptional(),
    title: text.exactOptional(),
    about: z.array(z.string()).exactOptional(),
  }),
  z.strictObject({ ...onIssue, kind: z.enum(["add-label", "remove-label"]), label: z.string() }),
  z.strictObject({ ...onIssue, kind: z.enum(["assign", "unassign"]), assignee: z.string() }),
  z.strictObject({
    ...onIssue,
    kind: z.literal("comment"),
    key: z.string(),
    body: text,
    about: z.array(z.string()).exactOptional(),
  }),
  z.strictObject({
    ...onIssue,
    kind: z.literal("edit-comment"),
    comment: z.string(),
    body: text,
    about: z.array(z.string()).exactOptional(),
  }),
  z.strictObject({
    ...onIssue,
    kind: z.literal("react"),
    comment: z.string(),
    reaction: z.enum(["+1", "-1", "eyes", "confused"]),
  }),
  z.strictObject({
    ...onIssue,
    kind: z.literal("close-issue"),
    closeReason: z.enum(["completed", "not_planned", "duplicate"]),
  }),
  z.strictObject({ ...onIssue, kind: z.enum(["reopen-issue", "pin-issue"]) }),
  z.strictObject({ ...onIssue, kind: z.literal("link-issues"), other: z.object({ project: role, number }) }),
]);

const file = z.object({
  at: z.iso.datetime({ offset: true }),
  changes: z.array(change),
  problems: z.array(
    z.object({ policy: z.string(), project: role, issue: number.nullable(), message: z.string() }),
  ),
  versions: z.record(z.string().regex(/^(requests|onboarding)#[1-9]\d*$/), z.string()),
});

export type PlanFault = { readonly path: string; readonly message: string };

/** @returns the plan, or what is wrong with the text */
export function readPlan(text: string): { readonly plan: Plan } | { readonly faults: readonly PlanFault[] } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { faults: [{ path: "", message: `it is not JSON: ${(error as Error).message}` }] };
  }
  const read = file.safeParse(json);
  if (!read.success) {
    return {
      faults: read.error.issues.map(({ path, message }) => ({ path: path.join("."), message })),
    };
  }
  const { at, changes, problems, versions } = read.data;
  const unversioned = changes.find(
    (one) => one.issue !== null && versions[`${one.project}#${one.issue}`] === undefined,
  );
  if (unversioned) {
    const path = `versions.${unversioned.project}#${unversioned.issue}`;
    return {
      faults: [{ path, message: "the plan changes an issue without saying which version of it was read" }],
    };
  }
  return { plan: { at: Date.parse(at), changes: changes as Change[], problems, versions } };
}
