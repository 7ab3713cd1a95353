/** What a forge holds. Plain mutable data; the rules that change it are in `acts.ts`. */
import type { CloseReason, Instant, Reaction } from "../../model.ts";

/**
 * What an account may do in a project. On GitHub: read, triage, write as documented under "repository roles";
 * on GitLab `read` is a Guest, `triage` a Reporter, `write` a Developer or above. `none` is somebody who is not a
 * member: they see nothing of a private project, and may read, open and comment in a public one.
 */
export type Right = "none" | "read" | "triage" | "write";

export interface Account {
  readonly id: number;
  readonly handle: string;
  readonly name: string;
  readonly bot: boolean;
  /** A deleted account: what it did stays, its name does not. */
  gone: boolean;
}

/** `read` tokens may look and not touch (a fine-grained token on GitHub, `read_api` on GitLab). */
export interface Token {
  readonly value: string;
  readonly account: Account;
  readonly scope: "full" | "read";
  /** What the forge tells of it: GitHub of a classic token, GitLab of any. Null: nothing, or what `scope` says. */
  readonly scopes: readonly string[] | null;
  readonly expiresAt: Instant | null;
}

export interface StoredLabel {
  readonly id: number;
  name: string;
  /** `#rrggbb`. */
  color: string;
  description: string;
}

export interface StoredComment {
  readonly id: number;
  readonly issue: number;
  readonly author: Account;
  body: string;
  readonly createdAt: Instant;
  updatedAt: Instant;
  readonly reactions: { readonly id: number; readonly account: Account; readonly reaction: Reaction }[];
}

export type StoredEvent = {
  readonly id: number;
  /** Events of one act share it; GitLab tells of them in one note. */
  readonly group: number;
  readonly at: Instant;
  readonly actor: Account;
} & (
  | { readonly type: "labeled" | "unlabeled"; readonly label: StoredLabel; readonly name: string }
  | { readonly type: "assigned" | "unassigned"; readonly assignee: Account }
  | { readonly type: "closed"; readonly reason: CloseReason | null }
  | { readonly type: "reopened" }
  /** `text` is the item's line without its box. Only GitLab notes these. */
  | { readonly type: "ticked" | "unticked"; readonly text: string }
  | { readonly type: "renamed"; readonly from: string; readonly to: string }
  /** Only GitLab notes that a description changed; GitHub keeps the edit itself. */
  | { readonly type: "described" }
  | { readonly type: "pinned" }
);

export interface StoredEdit {
  readonly at: Instant;
  readonly editor: Account;
  readonly body: string;
}

export interface StoredIssue {
  readonly id: number;
  readonly number: number;
  readonly author: Account;
  readonly createdAt: Instant;
  /** A pull request shares GitHub's numbering and its issue list. */
  readonly pull: boolean;
  title: string;
  body: string;
  state: "open" | "closed";
  closeReason: CloseReason | null;
  closedAt: Instant | null;
  closedBy: Account | null;
  updatedAt: Instant;
  confidential: boolean;
  labels: StoredLabel[];
  assignees: Account[];
  readonly comments: StoredComment[];
  readonly events: StoredEvent[];
  /** GitHub: what stood after each edit, the first being what it was opened with; empty until edited. */
  readonly edits: StoredEdit[];
  readonly links: { readonly id: number; readonly project: string; readonly number: number }[];
  /** Goes up with every change of any kind. */
  revision: number;
}

export interface Project {
  readonly id: number;
  /** Full name: `owner/repo` or `group/sub/project`. */
  readonly name: string;
  readonly private: boolean;
  readonly rights: Map<string, Right>;
  readonly labels: StoredLabel[];
  readonly issues: Map<number, StoredIssue>;
  readonly comments: Map<number, StoredComment>;
  readonly pinned: number[];
  lastNumber: number;
}

/** Somebody was notified because a text mentioned them. */
export interface Notification {
  readonly at: Instant;
  readonly handle: string;
  readonly by: string;
  readonly project: string;
  readonly issue: number;
}

/** Values before one request changed an issue; only what changed is set. */
export interface Before {
  title?: string;
  body?: string;
  labels?: readonly StoredLabel[];
  assignees?: readonly Account[];
  state?: "open" | "closed";
  confidential?: boolean;
}

/** One request's worth of change, told to listeners right after it happened. */
export interface Happening {
  readonly project: Project;
  readonly issue: StoredIssue;
  readonly actor: Account;
  readonly at: Instant;
  readonly what: "opened" | "changed" | "commented" | "comment-edited" | "pinned";
  readonly before: Before;
  readonly events: readonly StoredEvent[];
  readonly comment: StoredComment | null;
  /** What stood in the comment before it was edited. */
  readonly commentBefore: string | null;
}

/** The forge says no, with the status its HTTP face would use. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: 400 | 401 | 403 | 404 | 409 | 410 | 422;
  /** The field at fault, where one is. */
  readonly field: string | null;
  constructor(status: Refusal["status"], message: string, field: string | null = null) {
    super(message);
    this.status = status;
    this.field = field;
  }
}
