/**
 * What GitLab sends, and what we keep of it. The schemas name only the fields used; unknown fields and values
 * pass, absent optional ones have a stand-in. https://docs.gitlab.com/api/issues/
 */
import { z } from "zod";
import type { Comment, HistoryEvent, Instant, Issue } from "../../model.ts";
import type { Label } from "../forge.ts";
import { issueVersion } from "../version.ts";

/** Also GitLab's deleted accounts come as null in places. */
const user = z.object({ id: z.number().optional(), username: z.string() });
const someone = user.nullish().transform((it) => it ?? null);

/** A plain name, or with `with_labels_details` and in webhooks an object. */
const labelName = z
  .union([z.string(), z.object({ name: z.string() }), z.object({ title: z.string() })])
  .transform((it) => (typeof it === "string" ? it : "name" in it ? it.name : it.title));

/**
 * An instant as GitLab writes it: ISO 8601 in the API, `2026-11-24 09:00:00 UTC` or `… +0100` in webhooks.
 * Without a zone it is UTC.
 */
export const instant = z.string().transform((text, context): Instant => {
  const parts = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d+)?) ?(?:(UTC|Z)|([+-]\d\d):?(\d\d))?$/i.exec(
    text,
  );
  const at = parts
    ? Date.parse(`${parts[1]}T${parts[2]}${parts[4] === undefined ? "Z" : `${parts[4]}:${parts[5]}`}`)
    : Number.NaN;
  if (!Number.isNaN(at)) return at;
  context.addIssue({ code: "custom", message: `not an instant: ${text.slice(0, 40)}` });
  return z.NEVER;
});

const issueType = z.string().nullish();

/**
 * Tasks, epics, objectives and the like are work items with a life of their own. Incidents are issues to those
 * who work on them, and an issue can be turned into one.
 */
export function isIssue(type: string | null | undefined): boolean {
  return type == null || ["issue", "incident"].includes(type.toLowerCase());
}

export const wireIssue = z.object({
  iid: z.number().int().positive(),
  title: z.string(),
  description: z.string().nullish(),
  state: z.string(),
  web_url: z.string(),
  author: someone,
  labels: z.array(labelName).nullish(),
  assignees: z.array(user).nullish(),
  created_at: instant,
  updated_at: instant,
  closed_at: instant.nullish(),
  user_notes_count: z.number().nullish(),
  issue_type: issueType,
  confidential: z.boolean().nullish(),
});
export type WireIssue = z.infer<typeof wireIssue>;

/** GitLab keeps no reason for closing: `closeReason` is null. Confidential issues are issues like others. */
export function toIssue(wire: WireIssue): Issue {
  const facts = {
    number: wire.iid,
    url: wire.web_url,
    title: wire.title,
    body: wire.description ?? "",
    state: wire.state === "closed" ? ("closed" as const) : ("open" as const),
    closeReason: null,
    author: wire.author?.username ?? "",
    labels: wire.labels ?? [],
    assignees: (wire.assignees ?? []).map((each) => each.username),
    createdAt: wire.created_at,
    updatedAt: wire.updated_at,
    closedAt: wire.closed_at ?? null,
    commentCount: wire.user_notes_count ?? 1,
  };
  return { ...facts, version: issueVersion(facts) };
}

export const wireNote = z.object({
  id: z.number(),
  body: z.string().nullish(),
  author: someone,
  created_at: instant,
  system: z.boolean().nullish(),
});
export type WireNote = z.infer<typeof wireNote>;

/** Notes carry no address of their own; `issueUrl` is the one of their issue. */
export function toComment(note: WireNote, issueUrl: string): Comment {
  return {
    id: String(note.id),
    author: note.author?.username ?? "",
    body: note.body ?? "",
    createdAt: note.created_at,
    url: `${issueUrl}#note_${note.id}`,
  };
}

/** https://docs.gitlab.com/api/resource_label_events/ */
export const wireLabelEvent = z.object({
  user: someone,
  created_at: instant,
  action: z.string(),
  /** Null once the label itself has been deleted. */
  label: z.object({ name: z.string() }).nullish(),
});

export function labelEvents({
  user,
  created_at,
  action,
  label,
}: z.infer<typeof wireLabelEvent>): HistoryEvent[] {
  const by = { at: created_at, actor: user?.username ?? null };
  if (label == null) return [];
  if (action === "add") return [{ ...by, type: "labeled", label: label.name }];
  if (action === "remove") return [{ ...by, type: "unlabeled", label: label.name }];
  return [];
}

/** https://docs.gitlab.com/api/resource_state_events/ */
export const wireStateEvent = z.object({ user: someone, created_at: instant, state: z.string() });

export function stateEvents({ user, created_at, state }: z.infer<typeof wireStateEvent>): HistoryEvent[] {
  const by = { at: created_at, actor: user?.username ?? null };
  if (state === "closed") return [{ ...by, type: "closed", reason: null }];
  if (state === "reopened" || state === "opened") return [{ ...by, type: "reopened" }];
  return [];
}

export const wireLabel = z.object({
  name: z.string(),
  color: z.string(),
  description: z.string().nullish(),
  is_project_label: z.boolean().nullish(),
});

export function toLabel(wire: z.infer<typeof wireLabel>): Label {
  const { name, color, description, is_project_label: own } = wire;
  const shared = own === false ? { shared: true as const } : {};
  return { name, color: color.toLowerCase(), description: description ?? "", ...shared };
}

/** A user of the instance, or a member of the project; `state` is `active` for those who can act. */
export const wireUser = z.object({ id: z.number(), username: z.string(), state: z.string().nullish() });
export type WireUser = z.infer<typeof wireUser>;
