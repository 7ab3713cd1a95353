/** The shape of a policy: one pure rule, in one file, that looks and proposes. */
import type { Ledger } from "../engine/access/ledger.ts";
import type { Config } from "../engine/config/schema.ts";
import type { Decision } from "../engine/decision.ts";
import type { Role } from "../engine/lifecycle/standing.ts";
import type { LabelBook } from "../engine/lifecycle/states.ts";
import type { Records } from "../engine/metrics/board.ts";
import type { SafeText } from "../engine/text/safe.ts";
import type {
  BodyEdit,
  Change,
  Comment,
  ForgeKind,
  HistoryEvent,
  Instant,
  Issue,
  IssueRef,
  ProjectRole,
  Trigger,
} from "../model.ts";

/** A project as rules see it. */
export interface ProjectView {
  readonly role: ProjectRole;
  readonly forge: ForgeKind;
  readonly name: string;
  /** The account daytwo runs as here; "" where the token cannot tell. */
  readonly self: string;
}

/**
 * What a rule may look at. Whatever has not been read yet answers `undefined` and is noted as needed: the
 * rule leaves the issue alone this time and is asked again once it has been read. So a rule never says twice
 * what it needs, and nothing is read that no rule asked for.
 */
export interface Look {
  readonly config: Config;
  readonly now: Instant;
  readonly trigger: Trigger;
  /** Everything is considered, as on a tick; not one issue alone. What the calendar opens is opened then. */
  readonly whole: boolean;
  project(role: ProjectRole): ProjectView | null;
  /** The issues to consider now: all of a project on a tick, one on a delivery. */
  subjects(role: ProjectRole): Iterable<Issue>;
  /** Every issue of a project as listed, whatever is considered now; for rules that look across issues. */
  all(role: ProjectRole): Iterable<Issue> | undefined;
  /** Closed issues that changed since an instant: for what is too old to be listed. Costs a list; ask seldom. */
  closedSince(role: ProjectRole, since: Instant): readonly Issue[] | undefined;
  issue(ref: IssueRef): Issue | null | undefined;
  /** The same as it was read, without what rules have proposed since. */
  read(ref: IssueRef): Issue | null;
  comments(ref: IssueRef): readonly Comment[] | undefined;
  history(ref: IssueRef): readonly HistoryEvent[] | undefined;
  /** Null where the forge cannot tell. */
  edits(ref: IssueRef): readonly BodyEdit[] | null | undefined;
  member(role: ProjectRole, handle: string): boolean | undefined;
  /** Who has what, by the requests. */
  ledger(): Ledger | undefined;
  /** Every request with its label events, and the close: for numbers over all of them. */
  records(): Records | undefined;
  /** The key of a policy's section in the issue's status comment; null when there is none. */
  said(policy: string, ref: IssueRef): Section["key"] | null | undefined;
  /** The same, as an earlier rule says it in this very plan; else as it stands. */
  saying(policy: string, ref: IssueRef): Section["key"] | null | undefined;
  /** The request that daytwo opened under this key, by its marker; null when there is none. */
  opened(key: string): Issue | null | undefined;
  /** Open requests under a key whose first one is open, too: opened again by a look that could not see it. */
  doubles(key: string): readonly Issue[];
  /** Whether an earlier rule has told something into this issue's history: no delivery alone says it all. */
  retold(ref: IssueRef): boolean;
  /** What every rule has to say about an issue as it stands by now. */
  explain(ref: IssueRef): readonly Explanation[] | undefined;
  /** What was decided about an issue lately, newest first, where a log of that is kept: by the app. Else nothing. */
  decided(ref: IssueRef): readonly Decision[] | undefined;
  /** Nothing has changed on this issue since a look that found nothing to do. */
  settled(ref: IssueRef): boolean;
  /** Whether daytwo, or an account it trusts, wrote this. */
  own(role: ProjectRole, author: string): boolean;
  /** Whether this is the account daytwo runs as, and no other. */
  self(role: ProjectRole, author: string): boolean;
  /** Who an actor is to the team. */
  role(project: ProjectRole, actor: string | null): Role;
  has(role: ProjectRole, issue: Issue, label: string): boolean;
  /** Whether the forge of the requests takes two names for one label. */
  readonly sameLabel: (a: string, b: string) => boolean;
  readonly book: LabelBook;
}

/** One policy's part of the status comment. Two sections with one key say the same: the text is left alone. */
export interface Section {
  readonly key: string;
  readonly body: SafeText;
  /** Said once the issue's changes are made, not before: the key itself marks them as done. */
  readonly after?: boolean;
}

type Proposed<C> = C extends Change ? Omit<C, "policy"> : never;

/** What a rule may say. Every change shows at once to the rules that look after it. */
export interface Draft {
  change(change: Proposed<Change>): void;
  problem(project: ProjectRole, issue: number | null, message: string): void;
  /**
   * Tells something into an issue's history, for the rules that look after this one: they see it as done by
   * its actor at its time, and propose what follows from it.
   */
  tell(ref: IssueRef, event: HistoryEvent): void;
  /**
   * This policy's section of the issue's status comment; null takes it out.
   * @param about key of an issue this plan creates, whose reference stands in the body as a slot
   */
  say(ref: IssueRef, section: Section | null, reason: string, about?: string): void;
  /**
   * Once this plan is made the issue is looked at again: what follows rests on what was written.
   * @param what the issue, or the key of one that this plan creates
   */
  again(what: IssueRef | string): void;
  /** Something is due on this issue then, though nothing may have changed on it: it is looked at again. */
  wake(ref: IssueRef, at: Instant): void;
}

/** A line of what a rule has to say about one issue, for `explain`. */
export interface Explanation {
  readonly rule: string;
  readonly text: string;
  /** When something happens next by this rule. */
  readonly at?: Instant;
}

export interface Policy {
  readonly name: string;
  /** One sentence for help and docs. */
  readonly summary: string;
  enabled(config: Config): boolean;
  propose(look: Look, draft: Draft): void;
  explain(look: Look, ref: IssueRef): readonly Explanation[];
}
