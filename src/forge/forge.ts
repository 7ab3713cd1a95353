/**
 * The port to a forge: one project seen through three narrow faces. A planner gets a Reader, only `apply`
 * gets a Writer, only the receiving side gets a Receiver. Adapters live in `memory/`, `github/`, `gitlab/`
 * and keep their wire shapes to themselves; `test/forge/forge.contract.ts` holds all three to this page.
 */
import type { SafeText } from "../engine/text/safe.ts";
import type {
  BodyEdit,
  CloseReason,
  Comment,
  Delivery,
  ForgeKind,
  HistoryEvent,
  Instant,
  Issue,
  LabelEvent,
  Reaction,
} from "../model.ts";

export interface Label {
  readonly name: string;
  /** `#rrggbb`, lower case. */
  readonly color: string;
  readonly description: string;
  /** GitLab: it belongs to a group above the project and is changed there. */
  readonly shared?: true;
}

export interface IssueQuery {
  readonly state: "open" | "closed" | "all";
  /** Only issues that bear this label. */
  readonly label?: string;
  /** Only issues updated at or after this instant. */
  readonly updatedSince?: Instant;
}

export interface LabelEventsQuery {
  /** Whatever happened before this is left out; null: nothing is. */
  readonly since: Instant | null;
  /** The issues asked about, as just listed. */
  readonly issues: readonly Pick<Issue, "number" | "labels" | "createdAt">[];
}

/** Reads one project. Every list is read to its end. Reads may run at the same time. */
export interface Reader {
  readonly forge: ForgeKind;
  /** Full name of the project, as configured. */
  readonly project: string;
  /** Handle of the account daytwo runs as, without "@"; "" where the token cannot tell. */
  self(): Promise<string>;
  /** In order of number. */
  issues(query: IssueQuery): Promise<readonly Issue[]>;
  /** Null when there is no such issue (deleted, transferred, a pull request). */
  issue(number: number): Promise<Issue | null>;
  /** By people and bots, oldest first; system notes are history, not comments. */
  comments(issue: number): Promise<readonly Comment[]>;
  /** Labels, assignees, state and, where the forge notes them, boxes. Oldest first, ties in the forge's order. */
  history(issue: number): Promise<readonly HistoryEvent[]>;
  /**
   * Label events of many issues, for numbers over a whole project: as few requests as the forge allows. GitHub lists
   * them over the repository, a hundred a page; GitLab tells one issue's at a time.
   * @returns an entry for each issue asked about, oldest first
   */
  labelEvents(query: LabelEventsQuery): Promise<ReadonlyMap<number, readonly LabelEvent[]>>;
  /** The edits of a body, oldest first; null where the forge or the token cannot tell. */
  bodyEdits(issue: number): Promise<readonly BodyEdit[] | null>;
  labels(): Promise<readonly Label[]>;
  /** Whether this handle is a member of the project (on GitHub: can be assigned). */
  member(handle: string): Promise<boolean>;
}

export interface NewIssue {
  /** The marker `<!-- daytwo:KEY -->` is part of `body`; the adapter looks for it after a lost answer. */
  readonly key: string;
  readonly title: SafeText;
  readonly body: SafeText;
  readonly labels: readonly string[];
  readonly assignees: readonly string[];
  /** GitLab only. */
  readonly confidential?: boolean;
}

/** What to change of a label; what is absent stays. */
export type LabelEdit = Partial<Pick<Label, "name" | "color" | "description">>;

/** `unchanged`: the forge already had it so. */
export interface Written {
  readonly status: "applied" | "unchanged";
  readonly url: string | null;
}

/**
 * Writes to one project, one thing at a time. Nothing here ever writes a whole label set.
 * A write whose answer is lost is looked up before it is sent again, so it is done once.
 * All methods throw ForgeError.
 */
export interface Writer {
  /** Reads back what was created: labels or assignees the forge dropped are an error that names them. */
  createIssue(issue: NewIssue): Promise<Issue>;
  editIssue(issue: number, edit: { title?: SafeText; body?: SafeText }): Promise<Written>;
  addLabel(issue: number, label: string): Promise<Written>;
  removeLabel(issue: number, label: string): Promise<Written>;
  assign(issue: number, handle: string): Promise<Written>;
  unassign(issue: number, handle: string): Promise<Written>;
  /** `key` is the marker in the body, as with NewIssue. */
  comment(issue: number, comment: { key: string; body: SafeText }): Promise<Comment>;
  editComment(issue: number, id: string, body: SafeText): Promise<Written>;
  react(issue: number, comment: string, reaction: Reaction): Promise<Written>;
  close(issue: number, reason: CloseReason): Promise<Written>;
  reopen(issue: number): Promise<Written>;
  pin(issue: number): Promise<Written>;
  /** Relates two issues where the forge has such links; `unchanged` where it has none. */
  link(issue: number, other: { project: string; number: number }): Promise<Written>;
  createLabel(label: Label): Promise<Written>;
  /**
   * Renames, repaints or describes the label that is now called `name`; the issues that bear it follow. A name that
   * another label has is `invalid`.
   */
  editLabel(name: string, edit: LabelEdit): Promise<Written>;
}

/** What this token or this server cannot, in a sentence. */
export interface Absent {
  readonly absent: string;
}

/** A board with one list (column) for each of some labels. */
export interface Board {
  readonly id: string;
  readonly title: string;
  readonly url: string | null;
  /** Names of the labels it has a list for, in order. */
  readonly lists: readonly string[];
}

/** Boards, where the forge has them: an issue board on GitLab, a project (v2) of the repository's owner on GitHub. */
export interface Boards {
  /** The board of that title; on GitLab, where there is none, another that has a list for each of `labels`. */
  find(title: string, labels: readonly string[]): Promise<Board | Absent | null>;
  create(title: string): Promise<Board | Absent>;
  /** Adds a list for each label, in order, behind those there are. On GitLab the labels have to exist. */
  addLists(board: Board, labels: readonly Label[]): Promise<Board>;
  /** Null where an issue is in the list of its label by itself (GitLab). */
  readonly cards: Cards | null;
}

/** Issues on a board where people put them there. */
export interface Cards {
  /** The list that each issue of this project is in, by its number; null for one that is in no list. */
  list(board: Board): Promise<ReadonlyMap<number, string | null>>;
  /** Puts an issue into a list, and on the board if it is not there. */
  place(board: Board, issue: number, label: string): Promise<Written>;
}

/** Reads deliveries. Pure but for the clock; knows nothing of HTTP servers. */
export interface Receiver {
  /**
   * Reads one event as a webhook or CI has it.
   * @param event `issues`, `issue_comment`; `Issue Hook`, `Note Hook`, their `Confidential` forms, `issue`, `note`
   * @returns null for an event that is not about an issue
   * @throws ForgeError `invalid` where the payload is not what the event says
   */
  read(event: string, payload: unknown, id?: string): Delivery | null;
}

/** A forge as `entry` wires it: for one project. */
export interface Forge {
  readonly reader: Reader;
  readonly writer: Writer;
  readonly boards: Boards;
  /** Forge requests made so far, every attempt counted, by `GET issues`-like kind. */
  requests(): ReadonlyMap<string, number>;
  /** Label names compare as this forge compares them: GitHub ignores case, GitLab does not. */
  sameLabel(a: string, b: string): boolean;
}

export type ForgeErrorKind =
  /** No answer, or not from a forge (DNS, refused, TLS, HTML). */
  | "unreachable"
  /** The token is missing, wrong or expired (401). */
  | "unauthorized"
  /** The token may not do this (403). */
  | "forbidden"
  /** No such project or issue, or the token may not see it (404, 410). */
  | "not-found"
  /** The forge refused the content (400, 422), or answered something unreadable. */
  | "invalid"
  /** Limits did not clear within the time we are willing to wait (429, 403 with retry-after). */
  | "rate-limited"
  /** The forge failed (5xx) and kept failing. */
  | "unavailable";

/** One clear line: what failed, where, what was expected and the next step. Never holds a secret. */
export class ForgeError extends Error {
  override readonly name = "ForgeError";
  readonly kind: ForgeErrorKind;
  readonly status: number | null;
  constructor(kind: ForgeErrorKind, message: string, status: number | null = null, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
    this.status = status;
  }
}

/** How an adapter is told where its project is. */
export interface ForgeTarget {
  readonly forge: ForgeKind;
  /** `owner/repo` or `group/sub/project`. */
  readonly project: string;
  /** What stands right before `/repos/…` or `/projects/…`, without a trailing slash. */
  readonly api: string;
  /** Root of the web pages, for links. */
  readonly web: string;
  readonly token: string;
}

/** Remembers pages of lists with their entity tags, so that an unchanged page costs a 304. */
export interface PageCache {
  get(url: string): { readonly etag: string; readonly next: string | null; readonly page: unknown } | null;
  set(
    url: string,
    entry: { readonly etag: string; readonly next: string | null; readonly page: unknown },
  ): void;
}

/** What adapters take from outside, so that tests own time and waiting. */
export interface ForgeDeps {
  readonly cache: PageCache | null;
  readonly now: () => Instant;
  readonly sleep: (ms: number) => Promise<void>;
  /** Told when a request waits for a limit; for progress on a terminal. */
  readonly onWait?: (ms: number, why: string) => void;
  /** Told of every answer: its kind as in `requests()`, and its status; null where none came. For metrics. */
  readonly onAnswer?: (kind: string, status: number | null, headers: Headers | null) => void;
  readonly fetch?: typeof fetch;
}
