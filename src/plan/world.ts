/**
 * The team's projects during one planning: the facts as read, overlaid with what the plan has already
 * decided, so that a later rule sees an earlier rule's changes as if they had been made.
 */
import { type Ledger, ledgerOf } from "../engine/access/ledger.ts";
import type { Config } from "../engine/config/schema.ts";
import type { Decision } from "../engine/decision.ts";
import type { Role } from "../engine/lifecycle/standing.ts";
import { type LabelBook, labelBook } from "../engine/lifecycle/states.ts";
import type { Records } from "../engine/metrics/board.ts";
import { isLabelEvent } from "../engine/metrics/stays.ts";
import { isStatus, readKey, type StatusSection, statusOf } from "../engine/status.ts";
import { markersOf } from "../engine/text/body.ts";
import type { Change, HistoryEvent, Instant, Issue, IssueRef, ProjectRole, Trigger } from "../model.ts";
import type { Explanation, Look, Policy, ProjectView } from "../policies/policy.ts";
import { asSettled, type Facts, type Need, needKey, type ProjectFacts } from "./facts.ts";

export interface Occasion {
  readonly config: Config;
  readonly now: Instant;
  readonly trigger: Trigger;
  /** Only this issue is considered; all are when null. */
  readonly subject: IssueRef | null;
}

/** To whom both forges make over what an account did that is deleted. */
const GHOST = "ghost";

/** Something about issues, by project and number: asked of every issue by every rule. */
const byProject = <T>(): Readonly<Record<ProjectRole, Map<number, T>>> => ({
  requests: new Map(),
  onboarding: new Map(),
});

/** Everything daytwo itself knows labels for and that is not a state or hold reason. */
const otherLabels = ({ requests, onboarding }: Config): string[] => [
  requests.label,
  requests.approval.label,
  requests.approval.waiting,
  ...(onboarding ? [onboarding.label, onboarding.cancelled] : []),
];

export class World implements Look {
  readonly config: Config;
  readonly now: Instant;
  readonly trigger: Trigger;
  readonly book: LabelBook;
  readonly sameLabel: (a: string, b: string) => boolean;
  readonly #facts: Facts;
  readonly #subject: IssueRef | null;
  readonly #policies: readonly Policy[];
  #needs = new Map<string, Need>();
  readonly #overlay = byProject<Issue>();
  readonly #added = byProject<readonly HistoryEvent[]>();
  readonly #retold = byProject<true>();
  readonly #sayings = byProject<Map<string, string | null>>();
  readonly #team: ReadonlySet<string>;
  readonly #trusted: ReadonlySet<string>;
  #byKey: Map<string, number[]> | null = null;

  /** @param policies those that `explain` asks */
  constructor(facts: Facts, occasion: Occasion, policies: readonly Policy[] = []) {
    this.#policies = policies;
    this.config = occasion.config;
    this.now = occasion.now;
    this.trigger = occasion.trigger;
    this.#facts = facts;
    this.#subject = occasion.subject;
    this.sameLabel = facts.requests?.sameLabel ?? ((a, b) => a === b);
    this.book = labelBook(this.config.lifecycle, this.sameLabel, otherLabels(this.config));
    this.#team = new Set(this.config.team.map((member) => member.handle.toLowerCase()));
    this.#trusted = new Set(this.config.trusted.map((handle) => handle.toLowerCase()));
  }

  get whole(): boolean {
    return this.#subject === null;
  }

  get needs(): readonly Need[] {
    return [...this.#needs.values()];
  }

  project(role: ProjectRole): ProjectView | null {
    return this.#facts[role];
  }

  subjects(role: ProjectRole): Iterable<Issue> {
    if (!this.#facts[role]) return [];
    if (!this.#subject) return this.all(role) ?? [];
    const issue = this.#subject.project === role ? this.issue(this.#subject) : null;
    return issue ? [issue] : [];
  }

  all(role: ProjectRole): Iterable<Issue> | undefined {
    const project = this.#facts[role];
    if (!project) return [];
    if (!project.listed) {
      this.#need({ what: "list", project: role });
      return undefined;
    }
    return this.#issues(project);
  }

  *#issues({ role, issues }: ProjectFacts): Iterable<Issue> {
    const overlay = this.#overlay[role];
    for (const issue of issues.values()) {
      if (issue) yield (overlay.size > 0 && overlay.get(issue.number)) || issue;
    }
  }

  closedSince(role: ProjectRole, since: Instant): readonly Issue[] | undefined {
    const project = this.#facts[role];
    if (!project) return [];
    const closed = project.closed?.get(since);
    if (!closed) this.#need({ what: "closed", project: role, since });
    return closed;
  }

  issue(ref: IssueRef): Issue | null | undefined {
    return (
      this.#overlay[ref.project].get(ref.number) ??
      this.#ask(ref, "issue", (project) => project.issues.get(ref.number))
    );
  }

  comments(ref: IssueRef) {
    const issue = this.issue(ref);
    // An issue without comments, or that is gone, needs no request to say so.
    if (issue === null || issue?.commentCount === 0) return [];
    return this.#ask(ref, "comments", (project) => project.comments.get(ref.number));
  }

  history(ref: IssueRef) {
    if (this.#facts[ref.project]?.issues.get(ref.number) === null) return [];
    const read = this.#ask(ref, "history", (project) => project.history.get(ref.number));
    const added = this.#added[ref.project].get(ref.number);
    return read && added ? [...read, ...added].sort((a, b) => a.at - b.at) : read;
  }

  edits(ref: IssueRef) {
    if (this.#facts[ref.project]?.issues.get(ref.number) === null) return null;
    return this.#ask(ref, "edits", (project) => project.edits.get(ref.number));
  }

  /** The issue's status comment, taken apart; null when there is none. */
  status(ref: IssueRef): { comment: string; sections: readonly StatusSection[] } | null | undefined {
    const comments = this.comments(ref);
    const own = comments?.find((one) => isStatus(one.body) && this.own(ref.project, one.author));
    return own ? { comment: own.id, sections: statusOf(own) } : comments && null;
  }

  said(policy: string, ref: IssueRef): string | null | undefined {
    const status = this.status(ref);
    if (!status) return status;
    const section = status.sections.find((one) => one.policy === policy);
    return section ? readKey(section.key) : null;
  }

  saying(policy: string, ref: IssueRef): string | null | undefined {
    const said = this.#sayings[ref.project].get(ref.number)?.get(policy);
    return said === undefined ? this.said(policy, ref) : said;
  }

  /** Notes what a rule says of an issue, for those after it. */
  say(policy: string, ref: IssueRef, key: string | null): void {
    const sayings = this.#sayings[ref.project];
    sayings.set(ref.number, (sayings.get(ref.number) ?? new Map()).set(policy, key));
  }

  member(role: ProjectRole, handle: string): boolean | undefined {
    const known = this.#facts[role]?.members.get(handle.toLowerCase());
    if (known === undefined) this.#need({ what: "member", project: role, handle });
    return known;
  }

  ledger(): Ledger | undefined {
    const project = this.#facts.requests;
    if (!project) return ledgerOf([]);
    if (!project.ledger) this.#need({ what: "ledger", project: "requests" });
    return project.ledger;
  }

  records(): Records | undefined {
    const project = this.#facts.requests;
    if (!project) return { requests: [], close: null };
    if (!project.records) {
      this.#need({ what: "records", project: "requests" });
      return undefined;
    }
    const requests = project.records.requests.map((record) => {
      const { number } = record.issue;
      const issue = this.#overlay.requests.get(number);
      if (!issue) return record;
      const added = (this.#added.requests.get(number) ?? []).filter(isLabelEvent);
      return { ...record, issue, events: [...record.events, ...added] };
    });
    return { ...project.records, requests };
  }

  opened(key: string): Issue | null | undefined {
    const project = this.#facts.requests;
    if (!project) return null;
    if (!project.listed) {
      this.#need({ what: "list", project: "requests" });
      return undefined;
    }
    const number = this.#numbers(project, key)[0];
    return number === undefined ? null : this.issue({ project: "requests", number });
  }

  doubles(key: string): readonly Issue[] {
    const project = this.#facts.requests;
    if (!project?.listed) return [];
    const issues = this.#numbers(project, key).map((number) => this.issue({ project: "requests", number }));
    return issues[0]?.state === "open"
      ? (issues.slice(1).filter((issue) => issue?.state === "open") as Issue[])
      : [];
  }

  retold(ref: IssueRef): boolean {
    return this.#retold[ref.project].has(ref.number);
  }

  explain(ref: IssueRef): readonly Explanation[] | undefined {
    const before = this.#needs;
    this.#needs = new Map();
    const said = this.#policies
      .filter((policy) => policy.enabled(this.config))
      .flatMap((policy) => policy.explain(this, ref));
    const whole = this.#needs.size === 0;
    this.#needs = new Map([...before, ...this.#needs]);
    return whole ? said : undefined;
  }

  decided(ref: IssueRef): readonly Decision[] | undefined {
    return this.#ask(ref, "decisions", (project) => project.decisions?.get(ref.number));
  }

  settled(ref: IssueRef): boolean {
    const before = this.#facts[ref.project]?.settled.get(ref.number);
    const issue = this.read(ref);
    if (before === undefined || !issue || before !== asSettled(issue)) return false;
    // An overlaid issue has changed since, by this very plan.
    return !this.#overlay[ref.project].has(ref.number) && !this.retold(ref);
  }

  own(role: ProjectRole, author: string): boolean {
    return this.self(role, author) || this.#trusted.has(author.toLowerCase());
  }

  self(role: ProjectRole, author: string): boolean {
    return author !== "" && author.toLowerCase() === this.#facts[role]?.self.toLowerCase();
  }

  /** Whether anything of daytwo's own could be told from what others write. */
  knowsOwn(role: ProjectRole): boolean {
    return this.#facts[role]?.self !== "" || this.#trusted.size > 0;
  }

  role(project: ProjectRole, actor: string | null): Role {
    if (!actor || actor.toLowerCase() === GHOST) return "unknown";
    if (this.own(project, actor)) return "self";
    if (this.#team.has(actor.toLowerCase())) return "team";
    // Where daytwo cannot tell its own hand, it does not take anybody else's for a stranger's.
    return this.#facts[project]?.self ? "outsider" : "unknown";
  }

  has(role: ProjectRole, issue: Issue, label: string): boolean {
    const same = this.#facts[role]?.sameLabel;
    if (same === undefined) return false;
    return issue.labels.includes(label) || issue.labels.some((own) => same(own, label));
  }

  /** Makes a change show to whoever looks next, as a deed of daytwo's own. */
  overlay(change: Change): void {
    if (change.kind === "create-issue") return;
    const ref = { project: change.project, number: change.issue };
    const issue = this.issue(ref);
    const project = this.#facts[change.project];
    if (!issue || !project) return;
    const done = changed(issue, change, project.sameLabel);
    if (done === issue) return;
    this.#overlay[ref.project].set(ref.number, done);
    const event = eventOf(change, this.now, project.self);
    if (event) this.#add(ref, event);
  }

  /** Adds to an issue's history what no forge tells. */
  tell(ref: IssueRef, event: HistoryEvent): void {
    this.#retold[ref.project].set(ref.number, true);
    this.#add(ref, event);
  }

  #add(ref: IssueRef, event: HistoryEvent): void {
    const added = this.#added[ref.project];
    added.set(ref.number, [...(added.get(ref.number) ?? []), event]);
  }

  /** The issue as it was read, without this plan's own changes. */
  read(ref: IssueRef): Issue | null {
    return this.#facts[ref.project]?.issues.get(ref.number) ?? null;
  }

  #need(need: Need): void {
    this.#needs.set(needKey(need), need);
  }

  #ask<T>(
    ref: IssueRef,
    what: "issue" | "comments" | "history" | "edits" | "decisions",
    read: (project: ProjectFacts) => T | undefined,
  ): T | undefined {
    const project = this.#facts[ref.project];
    const value = project ? read(project) : undefined;
    if (value === undefined && project) this.#need({ what, project: ref.project, issue: ref.number });
    return value;
  }

  #numbers(project: ProjectFacts, key: string): readonly number[] {
    this.#byKey ??= this.#keys(project);
    return this.#byKey.get(key.toLowerCase()) ?? [];
  }

  /** Markers count only in text that daytwo wrote. Of several under one key the oldest is the one. */
  #keys(project: ProjectFacts): Map<string, number[]> {
    const keys = new Map<string, number[]>();
    for (const issue of project.issues.values()) {
      if (!issue || !this.own(project.role, issue.author)) continue;
      // Projects are named in keys, and their names ignore case.
      for (const key of new Set(markersOf(issue).map((one) => one.toLowerCase()))) {
        const before = keys.get(key);
        if (before) before.push(issue.number);
        else keys.set(key, [issue.number]);
      }
    }
    for (const numbers of keys.values()) numbers.sort((a, b) => a - b);
    return keys;
  }
}

/** An issue with one change made to it. */
export function changed(issue: Issue, change: Change, sameLabel: (a: string, b: string) => boolean): Issue {
  switch (change.kind) {
    case "add-label":
      return { ...issue, labels: [...issue.labels, change.label] };
    case "remove-label":
      return { ...issue, labels: issue.labels.filter((label) => !sameLabel(label, change.label)) };
    case "assign":
      return { ...issue, assignees: [...issue.assignees, change.assignee] };
    case "unassign":
      return { ...issue, assignees: issue.assignees.filter((handle) => handle !== change.assignee) };
    case "close-issue":
      return { ...issue, state: "closed", closeReason: change.closeReason };
    case "reopen-issue":
      return { ...issue, state: "open", closeReason: null };
    case "edit-issue":
      return { ...issue, body: change.body ?? issue.body, title: change.title ?? issue.title };
    default:
      return issue;
  }
}

/** What the forge will have noted of a change. */
export function eventOf(change: Change, at: Instant, actor: string): HistoryEvent | null {
  switch (change.kind) {
    case "add-label":
      return { type: "labeled", label: change.label, at, actor };
    case "remove-label":
      return { type: "unlabeled", label: change.label, at, actor };
    case "assign":
      return { type: "assigned", assignee: change.assignee, at, actor };
    case "unassign":
      return { type: "unassigned", assignee: change.assignee, at, actor };
    case "close-issue":
      return { type: "closed", reason: change.closeReason, at, actor };
    case "reopen-issue":
      return { type: "reopened", at, actor };
    default:
      return null;
  }
}
