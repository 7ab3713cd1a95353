/** Who may do what, what a text may be, and how a change goes on record. */
import type { MemoryForge } from "./memory.ts";
import {
  type Account,
  type Happening,
  type Project,
  Refusal,
  type Right,
  type StoredComment,
  type StoredEvent,
  type StoredIssue,
} from "./state.ts";
import { mentions } from "./text.ts";

/** GitHub: issue and comment bodies, in characters. */
const GITHUB_BODY = 65_536;
/** Both: characters of a title. */
const TITLE = { github: 256, gitlab: 255 };
/** GitLab: characters of a description or note. */
const GITLAB_BODY = 1_048_576;

/** Somebody in a project; `actor` null is the administrator who sets the scene. */
export interface Acting {
  readonly forge: MemoryForge;
  readonly project: Project;
  readonly actor: Account | null;
}

/** Somebody who is on record for what they do. */
export interface Doing extends Acting {
  readonly actor: Account;
}

const RANK: Record<Right, number> = { none: 0, read: 1, triage: 2, write: 3 };

export function may(acting: Acting, right: Right): boolean {
  return acting.actor === null || RANK[acting.forge.right(acting.project, acting.actor)] >= RANK[right];
}

export function demand(acting: Acting, right: Right): void {
  if (may(acting, right)) return;
  throw new Refusal(
    403,
    acting.forge.kind === "github" ? "Must have admin rights to Repository." : "403 Forbidden",
  );
}

/** The issue, where there is one that the actor may see. */
export function findIssue(acting: Acting, number: number): StoredIssue {
  const issue = acting.project.issues.get(number);
  const hidden = issue?.confidential && issue.author !== acting.actor && !may(acting, "triage");
  if (!issue && acting.forge.kind === "github" && number > 0 && number <= acting.project.lastNumber) {
    throw new Refusal(410, "This issue was deleted");
  }
  if (!issue || hidden) throw notFound(acting);
  return issue;
}

export function findComment(acting: Acting, id: number): { issue: StoredIssue; comment: StoredComment } {
  const comment = acting.project.comments.get(id);
  if (!comment) throw notFound(acting);
  return { comment, issue: findIssue(acting, comment.issue) };
}

function notFound(acting: Acting): Refusal {
  return new Refusal(404, acting.forge.kind === "github" ? "Not Found" : "404 Not found");
}

/** Who can be assigned: on GitHub anybody with at least read access, on GitLab anybody who can read the issue. */
export function assignable(acting: Acting, handle: string): Account | undefined {
  const account = acting.forge.findAccount(handle);
  return account && RANK[acting.forge.right(acting.project, account)] >= RANK.read ? account : undefined;
}

export type NewEvent = StoredEvent extends infer E
  ? E extends unknown
    ? Omit<E, "id" | "group" | "at" | "actor">
    : never
  : never;

/** Puts events of one instant on an issue's record and into `events`. */
export function recorder(
  acting: Doing,
  issue: StoredIssue,
  events: StoredEvent[],
): (event: NewEvent) => void {
  const at = acting.forge.stamp();
  const group = acting.forge.nextId();
  return (event) => {
    const stored = { id: acting.forge.nextId(), group, at, actor: acting.actor, ...event } as StoredEvent;
    issue.events.push(stored);
    events.push(stored);
  };
}

export function touch(forge: MemoryForge, issue: StoredIssue): void {
  issue.updatedAt = forge.stamp();
  issue.revision += 1;
}

export function notify(
  acting: Doing,
  issue: StoredIssue,
  text: string,
  known: ReadonlySet<string> = new Set(),
): void {
  const { forge, project, actor } = acting;
  for (const handle of mentions(text)) {
    const account = forge.findAccount(handle);
    if (!account || known.has(handle) || account === actor) continue;
    forge.notified.push({
      at: forge.stamp(),
      handle: account.handle,
      by: actor.handle,
      project: project.name,
      issue: issue.number,
    });
  }
}

export function checkTitle(forge: MemoryForge, title: string): void {
  const limit = TITLE[forge.kind];
  if (title.trim() !== "" && [...title].length <= limit) return;
  throw forge.kind === "github"
    ? new Refusal(422, `title is blank or too long (maximum is ${limit} characters)`, "title")
    : new Refusal(400, `title is blank or too long (maximum is ${limit} characters)`, "title");
}

export function checkBody(forge: MemoryForge, body: string): void {
  const limit = forge.kind === "github" ? GITHUB_BODY : GITLAB_BODY;
  if ([...body].length <= limit) return;
  throw new Refusal(
    forge.kind === "github" ? 422 : 400,
    `body is too long (maximum is ${limit} characters)`,
    "body",
  );
}

/** Tells the listeners of one change that was just made. */
export function tell(
  acting: Doing,
  issue: StoredIssue,
  what: Happening["what"],
  change: Partial<Pick<Happening, "before" | "events" | "comment" | "commentBefore">> = {},
): void {
  const { forge, project, actor } = acting;
  const none = { before: {}, events: [], comment: null, commentBefore: null };
  forge.emit({ project, issue, actor, at: forge.stamp(), what, ...none, ...change });
}
