/** What has been read of a team's projects so far, and what is still needed. Data; the shell fills it. */
import type { Ledger } from "../engine/access/ledger.ts";
import type { Decision } from "../engine/decision.ts";
import type { Records } from "../engine/metrics/board.ts";
import type {
  BodyEdit,
  Comment,
  ForgeKind,
  HistoryEvent,
  Instant,
  Issue,
  IssueRef,
  ProjectRole,
} from "../model.ts";

export interface ProjectFacts {
  readonly role: ProjectRole;
  readonly forge: ForgeKind;
  /** Full name: `owner/repo`. */
  readonly name: string;
  /** The account daytwo runs as here; "" where the token cannot tell. */
  self: string;
  readonly sameLabel: (a: string, b: string) => boolean;
  /** True once every issue a rule may need is in `issues`. */
  listed: boolean;
  /** Null: looked for, and not there. */
  readonly issues: Map<number, Issue | null>;
  readonly comments: Map<number, readonly Comment[]>;
  readonly history: Map<number, readonly HistoryEvent[]>;
  readonly edits: Map<number, readonly BodyEdit[] | null>;
  readonly members: Map<string, boolean>;
  /** Closed issues that changed since an instant, where somebody asked for older ones than are listed. */
  closed?: Map<Instant, readonly Issue[]>;
  /** What the log has of an issue, newest first, where somebody asked. */
  decisions?: Map<number, readonly Decision[]>;
  /** What an issue was as an earlier look found nothing to do, by number: see `asSettled`. */
  settled: ReadonlyMap<number, string>;
  /** Of the requests: who has what. Absent until somebody asks. */
  ledger?: Ledger;
  /** Of the requests: every one with its label events, and the close. Absent until somebody asks. */
  records?: Records;
}

export type Facts = Readonly<Record<ProjectRole, ProjectFacts | null>>;

export type Need =
  | { readonly what: "list" | "ledger" | "records"; readonly project: ProjectRole }
  | {
      readonly what: "issue" | "comments" | "history" | "edits" | "decisions";
      readonly project: ProjectRole;
      readonly issue: number;
    }
  | { readonly what: "closed"; readonly project: ProjectRole; readonly since: Instant }
  | { readonly what: "member"; readonly project: ProjectRole; readonly handle: string };

export const needKey = (need: Need): string =>
  `${need.what} ${need.project} ${"issue" in need ? need.issue : "handle" in need ? need.handle : "since" in need ? need.since : ""}`;

/**
 * What an issue is remembered by that needs nothing. Forges may tell time in whole seconds, so a comment written in the
 * second of the last change does not move the version: comments are counted, too.
 */
export const asSettled = ({ version, commentCount }: Issue): string => `${version} ${commentCount}`;

export const refKey = (ref: IssueRef): string => `${ref.project}#${ref.number}`;
