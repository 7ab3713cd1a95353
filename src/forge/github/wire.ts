/**
 * GitHub's JSON, as much of it as we use. Tolerant: a value we do not know is no error, an optional field may be
 * missing, since GitHub Enterprise Server lags behind and its stand-ins are thinner still.
 */
import { z } from "zod";
import type { CloseReason, Comment, HistoryEvent, Instant, Issue, LabelEvent } from "../../model.ts";
import type { Label } from "../forge.ts";
import { issueVersion } from "../version.ts";

const user = z.object({ login: z.string() }).nullish();
const instant = z.string().nullish();

export const issueWire = z.object({
  number: z.number(),
  node_id: z.string().nullish(),
  html_url: z.string().nullish(),
  title: z.string(),
  body: z.string().nullish(),
  state: z.string().nullish(),
  state_reason: z.string().nullish(),
  user,
  labels: z.array(z.union([z.string(), z.object({ name: z.string().nullish() })])).nullish(),
  assignee: user,
  assignees: z.array(user).nullish(),
  created_at: instant,
  updated_at: instant,
  closed_at: instant,
  comments: z.number().nullish(),
  pull_request: z.unknown().optional(),
});
export type IssueWire = z.infer<typeof issueWire>;

export const commentWire = z.object({
  id: z.union([z.number(), z.string()]),
  user,
  body: z.string().nullish(),
  created_at: instant,
  html_url: z.string().nullish(),
});

export const labelWire = z.object({
  name: z.string(),
  color: z.string().nullish(),
  description: z.string().nullish(),
});

export const eventWire = z.object({
  event: z.string().nullish(),
  created_at: instant,
  actor: user,
  label: z.object({ name: z.string().nullish() }).nullish(),
  assignee: user,
  assigner: user,
  state_reason: z.string().nullish(),
});

/** https://docs.github.com/en/rest/issues/events#list-issue-events-for-a-repository */
export const repositoryEventWire = eventWire.extend({
  id: z.union([z.number(), z.string()]),
  issue: z.object({ number: z.number() }).nullish(),
});

/** One event of a repository's list. Its place in the list tells the time of others, so none is left out. */
export interface RepositoryEvent {
  readonly id: number | string;
  /** 0 where the issue is gone. */
  readonly issue: number;
  readonly at: Instant;
  readonly event: LabelEvent | null;
}

export function toRepositoryEvent(wire: z.infer<typeof repositoryEventWire>): RepositoryEvent {
  const event = toHistoryEvent(wire);
  const labels = event?.type === "labeled" || event?.type === "unlabeled";
  return {
    id: wire.id,
    issue: wire.issue?.number ?? 0,
    at: toInstant(wire.created_at),
    event: labels ? event : null,
  };
}

export const userWire = z.object({ login: z.string() });

export function isPullRequest(issue: Pick<IssueWire, "pull_request">): boolean {
  return issue.pull_request !== undefined && issue.pull_request !== null;
}

/** @param fallbackUrl where the issue is found should the answer not say */
export function toIssue(wire: IssueWire, fallbackUrl: string): Issue {
  const updatedAt = toInstant(wire.updated_at ?? wire.created_at);
  const state = wire.state === "closed" ? "closed" : "open";
  const issue = {
    number: wire.number,
    url: wire.html_url ?? fallbackUrl,
    title: wire.title,
    body: wire.body ?? "",
    state,
    closeReason: state === "closed" ? toCloseReason(wire.state_reason) : null,
    author: wire.user?.login ?? "",
    labels: labelNames(wire.labels ?? []),
    assignees: logins(wire.assignees ?? [wire.assignee]),
    createdAt: toInstant(wire.created_at ?? wire.updated_at),
    updatedAt,
    closedAt: wire.closed_at ? toInstant(wire.closed_at) : null,
    commentCount: wire.comments ?? 1,
  } as const;
  return { ...issue, version: issueVersion(issue) };
}

export function toComment(wire: z.infer<typeof commentWire>, fallbackUrl: string): Comment {
  return {
    id: String(wire.id),
    author: wire.user?.login ?? "",
    body: wire.body ?? "",
    createdAt: toInstant(wire.created_at),
    url: wire.html_url ?? fallbackUrl,
  };
}

export function toLabel(wire: z.infer<typeof labelWire>): Label {
  return {
    name: wire.name,
    color: `#${(wire.color ?? "ededed").replace(/^#/, "").toLowerCase()}`,
    description: wire.description ?? "",
  };
}

/** One entry of the events or the timeline of an issue; null for those no rule reads. */
export function toHistoryEvent(wire: z.infer<typeof eventWire>): HistoryEvent | null {
  const at = toInstant(wire.created_at);
  const actor = wire.actor?.login ?? null;
  switch (wire.event) {
    case "labeled":
    case "unlabeled":
      return wire.label?.name ? { at, actor, type: wire.event, label: wire.label.name } : null;
    case "assigned":
    case "unassigned":
      // The `actor` of these is the assignee in an issue's own events; who did it is the `assigner`.
      return wire.assignee
        ? { at, actor: wire.assigner?.login ?? actor, type: wire.event, assignee: wire.assignee.login }
        : null;
    case "closed":
      return { at, actor, type: "closed", reason: toCloseReason(wire.state_reason) };
    case "reopened":
      return { at, actor, type: "reopened" };
    default:
      return null;
  }
}

export function toCloseReason(reason: string | null | undefined): CloseReason | null {
  return reason === "completed" || reason === "not_planned" || reason === "duplicate" ? reason : null;
}

/** ISO 8601 to an instant; 0 where there is none or it is unreadable. */
export function toInstant(text: string | null | undefined): Instant {
  return Date.parse(text ?? "") || 0;
}

export function labelNames(labels: NonNullable<IssueWire["labels"]>): string[] {
  return labels.flatMap((label) => (typeof label === "string" ? label : (label.name ?? [])));
}

export function logins(users: readonly z.infer<typeof user>[]): string[] {
  return users.flatMap((one) => one?.login ?? []);
}

/** GitHub compares label names and handles without regard to case. */
export function fold(name: string): string {
  return name.normalize("NFC").toLowerCase();
}
