/**
 * GitLab's issue and comment webhooks, as a server or CI gets them.
 * https://docs.gitlab.com/user/project/integrations/webhook_events/
 */
import { z } from "zod";
import { boxDiff } from "../../engine/text/markdown.ts";
import type { Delivery, HistoryEvent, SeenIssue } from "../../model.ts";
import { ForgeError, type Receiver } from "../forge.ts";
import { seenIssue } from "../seen.ts";
import { instant, isIssue } from "./wire.ts";

const account = z.object({ username: z.string() });
const label = z.object({ title: z.string() });
const changed = <S extends z.ZodType>(value: S) =>
  z.object({ previous: value.nullish(), current: value.nullish() }).nullish().catch(null);

const hookIssue = z.object({
  iid: z.number().int().positive(),
  description: z.string().nullish(),
  /** Absent in payloads of some versions, which then have `state_id`: 1 opened, 2 closed. */
  state: z.string().nullish(),
  state_id: z.number().nullish(),
  updated_at: instant,
  type: z.string().nullish(),
  labels: z.array(label).nullish(),
});
type HookIssue = z.infer<typeof hookIssue>;

const common = z.object({
  user: account.nullish(),
  project: z.object({ path_with_namespace: z.string() }),
});

const issueHook = common.extend({
  object_attributes: hookIssue.extend({ action: z.string().nullish() }),
  assignees: z.array(account).nullish(),
  labels: z.array(label).nullish(),
  changes: z
    .object({
      labels: changed(z.array(label)),
      assignees: changed(z.array(account)),
      description: changed(z.string()),
    })
    .nullish(),
});
type IssueHook = z.infer<typeof issueHook>;

const noteHook = common.extend({
  object_attributes: z.object({
    id: z.number(),
    system: z.boolean().nullish(),
    action: z.string().nullish(),
  }),
  issue: hookIssue,
});

const KINDS: Readonly<Record<string, "issue" | "note">> = {
  "issue hook": "issue",
  "confidential issue hook": "issue",
  issue: "issue",
  "note hook": "note",
  "confidential note hook": "note",
  note: "note",
};

/**
 * Reads GitLab's payloads. They tell less than the API does: in a comment's payload nobody is assigned, and times
 * are in whole seconds.
 */
export const gitlabReceiver: Receiver = {
  read(event, payload, id) {
    const kind = KINDS[event.trim().toLowerCase()];
    if (!kind) return null;
    const { object_kind: told } = read(event, z.object({ object_kind: z.string() }), payload);
    // Tasks, epics and the like come under the same header.
    if (told === "work_item") return null;
    if (told !== kind) throw mismatch(event, `object_kind is "${told}", expected "${kind}"`);
    const delivery = kind === "issue" ? readIssue(event, payload) : readNote(event, payload);
    return delivery && { ...delivery, id: id ?? null };
  },
};

function readIssue(event: string, payload: unknown): Delivery | null {
  const hook = read(event, issueHook, payload);
  const { object_attributes: wire, user, project } = hook;
  if (!isIssue(wire.type)) return null;
  const labels = (wire.labels ?? hook.labels ?? []).map(({ title }) => title);
  const assignees = (hook.assignees ?? []).map(({ username }) => username);
  const issue = { ...factsOf(wire), labels, assignees };
  const events = eventsOf(hook, issue);
  return {
    forge: "gitlab",
    project: project.path_with_namespace,
    id: null,
    about: "issue",
    action: wire.action ?? "update",
    actor: user?.username ?? "",
    issue: seenIssue(issue, events),
    events,
    comment: null,
  };
}

function readNote(event: string, payload: unknown): Delivery | null {
  const about = read(
    event,
    z.object({ object_attributes: z.object({ noteable_type: z.string(), system: z.boolean().nullish() }) }),
    payload,
  ).object_attributes;
  if (about.noteable_type !== "Issue" || about.system) return null;
  const { object_attributes: note, user, project, issue: wire } = read(event, noteHook, payload);
  if (!isIssue(wire.type)) return null;
  const labels = (wire.labels ?? []).map(({ title }) => title);
  return {
    forge: "gitlab",
    project: project.path_with_namespace,
    id: null,
    about: "comment",
    action: note.action ?? "create",
    actor: user?.username ?? "",
    issue: seenIssue({ ...factsOf(wire), labels, assignees: [] }, []),
    events: [],
    comment: String(note.id),
  };
}

const factsOf = ({ iid, description, state, state_id, updated_at }: HookIssue) => ({
  number: iid,
  body: description ?? "",
  state: state === "closed" || (state == null && state_id === 2) ? ("closed" as const) : ("open" as const),
  updatedAt: updated_at,
});

/** What the user has just done to the issue. One delivery may tell of several changes made at once. */
function eventsOf(
  { object_attributes: { action }, user, changes }: IssueHook,
  issue: Pick<SeenIssue, "labels" | "assignees" | "updatedAt">,
) {
  const by = { at: issue.updatedAt, actor: user?.username ?? null };
  const events: HistoryEvent[] = [];
  if (action === "open") {
    // What a new issue begins with is no change to GitLab.
    for (const name of issue.labels) events.push({ ...by, type: "labeled", label: name });
    for (const handle of issue.assignees) events.push({ ...by, type: "assigned", assignee: handle });
    return events;
  }
  if (changes?.labels) {
    const { gone, come } = difference(changes.labels, (each) => each.title);
    for (const name of gone) events.push({ ...by, type: "unlabeled", label: name });
    for (const name of come) events.push({ ...by, type: "labeled", label: name });
  }
  if (changes?.assignees) {
    const { gone, come } = difference(changes.assignees, (each) => each.username);
    for (const handle of gone) events.push({ ...by, type: "unassigned", assignee: handle });
    for (const handle of come) events.push({ ...by, type: "assigned", assignee: handle });
  }
  if (typeof changes?.description?.previous === "string") {
    const { ticked, unticked } = boxDiff(changes.description.previous, changes.description.current ?? "");
    for (const { text } of ticked) events.push({ ...by, type: "ticked", text });
    for (const { text } of unticked) events.push({ ...by, type: "unticked", text });
  }
  if (action === "close") events.push({ ...by, type: "closed", reason: null });
  if (action === "reopen") events.push({ ...by, type: "reopened" });
  return events;
}

function difference<T>(
  change: { previous?: readonly T[] | null | undefined; current?: readonly T[] | null | undefined },
  name: (each: T) => string,
) {
  const before = new Set((change.previous ?? []).map(name));
  const after = new Set((change.current ?? []).map(name));
  return { gone: before.difference(after), come: after.difference(before) };
}

function read<S extends z.ZodType>(event: string, schema: S, payload: unknown): z.infer<S> {
  const result = schema.safeParse(payload);
  if (result.success) return result.data;
  const [fault] = result.error.issues;
  throw mismatch(event, `${fault?.path.join(".") || "the document"}: ${fault?.message ?? "unexpected"}`);
}

function mismatch(event: string, fault: string): ForgeError {
  return new ForgeError("invalid", `not a payload of GitLab's "${event}" event: ${fault}`);
}
