/**
 * The words daytwo is written in. Types only, no behaviour; everything else imports this and it imports
 * nothing.
 *
 * Instants are milliseconds since the epoch (UTC). Days are `YYYY-MM-DD` strings without a zone.
 */
declare const safeBrand: unique symbol;
/** Text that may be written to a forge: made only by the composer in `engine/text/safe.ts`. */
export type SafeText = string & { readonly [safeBrand]: true };

export type Instant = number;
export type Day = string;

export type ForgeKind = "github" | "gitlab";
/** The two projects of a team's configuration. */
export type ProjectRole = "requests" | "onboarding";

/** Where an issue lives: which of the team's projects, and its number there (`iid` on GitLab). */
export interface IssueRef {
  readonly project: ProjectRole;
  readonly number: number;
}

/** Why a closed issue was closed. GitLab records no reason: `null`. */
export type CloseReason = "completed" | "not_planned" | "duplicate";

/** An issue as a forge tells it. Pull requests and merge requests are never issues. */
export interface Issue {
  readonly number: number;
  readonly url: string;
  readonly title: string;
  /** Markdown, line breaks as the forge stores them. Never null: an absent body is "". */
  readonly body: string;
  readonly state: "open" | "closed";
  readonly closeReason: CloseReason | null;
  /** Handle of the author, without "@"; "" when the account is gone. */
  readonly author: string;
  readonly labels: readonly string[];
  readonly assignees: readonly string[];
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly closedAt: Instant | null;
  /** Comments by people and bots; system notes do not count. Unknown counts as 1, so that somebody looks. */
  readonly commentCount: number;
  /** Changes whenever anything a rule reads has changed. Opaque; compare for equality. */
  readonly version: string;
}

export interface Comment {
  readonly id: string;
  readonly author: string;
  readonly body: string;
  readonly createdAt: Instant;
  readonly url: string;
}

/** One thing that happened to an issue, with who did it where the forge says. Oldest first wherever listed. */
export type HistoryEvent = {
  readonly at: Instant;
  /** Handle without "@", or null where the forge does not know. */
  readonly actor: string | null;
} & (
  | { readonly type: "labeled" | "unlabeled"; readonly label: string }
  | { readonly type: "assigned" | "unassigned"; readonly assignee: string }
  | { readonly type: "closed"; readonly reason: CloseReason | null }
  | { readonly type: "reopened" }
  /** A task box; `text` is its line without the box. */
  | { readonly type: "ticked" | "unticked"; readonly text: string }
);

/** A label put on or taken off. */
export type LabelEvent = Extract<HistoryEvent, { type: "labeled" | "unlabeled" }>;

/** One edit of an issue's body, where the forge keeps edit history. `body` is what stood after the edit. */
export interface BodyEdit {
  readonly at: Instant;
  readonly editor: string | null;
  readonly body: string | null;
}

/** One webhook request or CI event, read: what happened, by whom, and the issue as it was just after. */
export interface Delivery {
  readonly forge: ForgeKind;
  /** Full name: `owner/repo` or `group/sub/project`. */
  readonly project: string;
  /** The forge's delivery id where there is one; for deduplication and logs. */
  readonly id: string | null;
  readonly about: "issue" | "comment";
  /** What the forge calls it: opened, labeled, edited, update … For logs. */
  readonly action: string;
  readonly actor: string;
  readonly issue: SeenIssue;
  /** What this delivery says has just changed, by its actor. */
  readonly events: readonly HistoryEvent[];
  /** The id of the comment that was written. */
  readonly comment: string | null;
}

/**
 * The issue in a delivery, which may be older than what the forge holds now. Only what rules hold against that,
 * since deliveries wait by the thousand.
 */
export interface SeenIssue extends Pick<Issue, "number" | "state" | "labels" | "assignees" | "updatedAt"> {
  /** `digest` of the body. */
  readonly digest: string;
  /** The body, where boxes in it were ticked or opened; null where nobody asks for it. */
  readonly body: string | null;
}

/** Why daytwo looks. */
export type Trigger =
  | { readonly kind: "tick"; readonly catchUp: boolean }
  /** All about one issue, oldest first. */
  | { readonly kind: "delivery"; readonly deliveries: readonly Delivery[]; readonly project: ProjectRole }
  | { readonly kind: "command" };

/** One write. Exactly the fields its kind needs are set; `reason` says why in a sentence. */
export type Change = { readonly policy: string; readonly project: ProjectRole; readonly reason: string } & (
  | {
      readonly kind: "create-issue";
      readonly issue: null;
      /** Idempotency key; the body carries it as a marker. */
      readonly key: string;
      readonly title: SafeText;
      readonly labels: readonly string[];
      readonly assignees: readonly string[];
      readonly body: SafeText;
      /** Pinned once it is there, where the forge pins issues and has room. */
      readonly pin?: true;
    }
  | {
      readonly kind: "edit-issue";
      readonly issue: number;
      readonly body?: SafeText;
      readonly title?: SafeText;
      /** Keys of issues that this plan creates, whose references replace their placeholders in `body`. */
      readonly about?: readonly string[];
    }
  | { readonly kind: "add-label" | "remove-label"; readonly issue: number; readonly label: string }
  | { readonly kind: "assign" | "unassign"; readonly issue: number; readonly assignee: string }
  /** `key` is the comment's marker. `about` as for `edit-issue`. */
  | {
      readonly kind: "comment";
      readonly issue: number;
      readonly key: string;
      readonly body: SafeText;
      readonly about?: readonly string[];
    }
  | {
      readonly kind: "edit-comment";
      readonly issue: number;
      readonly comment: string;
      readonly body: SafeText;
      readonly about?: readonly string[];
    }
  | { readonly kind: "react"; readonly issue: number; readonly comment: string; readonly reaction: Reaction }
  | { readonly kind: "close-issue"; readonly issue: number; readonly closeReason: CloseReason }
  | { readonly kind: "reopen-issue" | "pin-issue"; readonly issue: number }
  | { readonly kind: "link-issues"; readonly issue: number; readonly other: IssueRef }
);

export type Reaction = "+1" | "-1" | "eyes" | "confused";

/** Something a person must mend; never a failure of daytwo. */
export interface Problem {
  readonly policy: string;
  readonly project: ProjectRole;
  readonly issue: number | null;
  readonly message: string;
}

export interface Plan {
  readonly at: Instant;
  readonly changes: readonly Change[];
  readonly problems: readonly Problem[];
  /** The version of every issue that the changes rest on, by `requests#12`. */
  readonly versions: Readonly<Record<string, string>>;
}

/** What really happened to one change. */
export interface Outcome {
  readonly status: "applied" | "unchanged" | "failed" | "skipped";
  readonly issue: number | null;
  readonly url: string | null;
  readonly error: string | null;
}
