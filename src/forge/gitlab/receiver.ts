/**
 * GitLab's issue and comment webhooks, as a server or CI gets them.
 * https://docs.gitlab.com/user/project/integrations/webhook_events/
 */
import { z } from "zod";
import { boxDiff } from "../../engine/text/markdown.ts";
import type { Comment, Delivery, HistoryEvent, Issue } from "../../model.ts";
import { ForgeError, type Receiver } from "../forge.ts";
import { issueVersion } from "../version.ts";
import { instant, isIssue } from "./wire.ts";

const account = z.object({ id: z.number().nullish(), username: z.string() });
const label = z.object({ title: z.string() });
const changed = <S extends z.ZodType>(value: S) =>
  z.object({ previous: value.nullish(), current: value.nullish() }).nullish().catch(null);

const hookIssue = z.object({
  iid: z.number().int().positive(),
  title: z.string(),
  description: z.string().nullish(),
  /** Absent in payloads of some versions, which then have `state_id`: 1 opened, 2 closed. */
  state: z.string().nullish(),
  state_id: z.number().nullish(),
  author_id: z.number().nullish(),
  created_at: instant,
  updated_at: instant,
  closed_at: instant.nullish().catch(null),
  url: z.string().nullish(),
  type: z.string().nullish(),
  labels: z.array(label).nullish(),
});
type HookIssue = z.infer<typeof hookIssue>;

const common = z.object({
  user: account.nullish(),
  project: z.object({ path_with_namespace: z.string(), web_url: z.string().nullish() }),
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
    note: z.string().nullish(),
    author_id: z.number().nullish(),
    created_at: instant,
    url: z.string().nullish(),
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
 * Reads GitLab's payloads. They tell less than the API does, so that an issue from here is only enough to know
 * what happened: its author's handle is "" unless somebody named in the payload has the author's id, its
 * number of comments is the unknown 1, and in a comment's payload nobody is assigned and `version` is "",
 * which equals no version read.
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
  const people = [...(user ? [user] : []), ...(hook.assignees ?? [])];
  const assignees = (hook.assignees ?? []).map((each) => each.username);
  const labels = wire.labels ?? hook.labels ?? [];
  const issue = toIssue({ ...wire, labels }, people, assignees, project);
  return {
    forge: "gitlab",
    project: project.path_with_namespace,
    id: null,
    about: "issue",
    action: wire.action ?? "update",
    actor: user?.username ?? "",
    issue: { ...issue, version: issueVersion(issue) },
    events: eventsOf(hook, issue),
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
  const people = user ? [user] : [];
  const issue = toIssue({ ...wire, url: wire.url ?? note.url?.replace(/#.*/, "") }, people, [], project);
  const comment: Comment = {
    id: String(note.id),
    author: handleOf(note.author_id, people),
    body: note.note ?? "",
    createdAt: note.created_at,
    url: note.url ?? `${issue.url}#note_${note.id}`,
  };
  return {
    forge: "gitlab",
    project: project.path_with_namespace,
    id: null,
    about: "comment",
    action: note.action ?? "create",
    actor: user?.username ?? "",
    issue: { ...issue, version: "" },
    events: [],
    comment,
  };
}

type Account = z.infer<typeof account>;

function handleOf(id: number | null | undefined, people: readonly Account[]): string {
  return (id == null ? undefined : people.find((each) => each.id === id))?.username ?? "";
}

function toIssue(
  wire: HookIssue,
  people: readonly Account[],
  assignees: readonly string[],
  project: z.infer<typeof common>["project"],
): Omit<Issue, "version"> {
  const closed = wire.state === "closed" || (wire.state == null && wire.state_id === 2);
  const web = project.web_url ?? `https://gitlab.com/${project.path_with_namespace}`;
  return {
    number: wire.iid,
    url: wire.url ?? `${web}/-/issues/${wire.iid}`,
    title: wire.title,
    body: wire.description ?? "",
    state: closed ? "closed" : "open",
    closeReason: null,
    author: handleOf(wire.author_id, people),
    labels: (wire.labels ?? []).map((each) => each.title),
    assignees,
    createdAt: wire.created_at,
    updatedAt: wire.updated_at,
    closedAt: closed ? (wire.closed_at ?? wire.updated_at) : null,
    commentCount: 1,
  };
}

/** What the user has just done to the issue. One delivery may tell of several changes made at once. */
function eventsOf(
  { object_attributes: { action }, user, changes }: IssueHook,
  issue: Omit<Issue, "version">,
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
