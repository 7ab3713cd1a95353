/**
 * The present rules over what was recorded: at each moment at which something happened to an issue, what they would
 * have done, and whether daytwo did. Pure: the past is made from what the forge keeps of it.
 */
import { sameHandle } from "../engine/cover.ts";
import { readHire } from "../engine/hire.ts";
import { undone } from "../engine/lifecycle/standing.ts";
import { boxes, setBox, subject } from "../engine/text/markdown.ts";
import { findMarkers } from "../engine/text/safe.ts";
import { DAY_MS } from "../engine/time/days.ts";
import type { BodyEdit, Change, HistoryEvent, Instant, Issue, IssueRef, ProjectRole } from "../model.ts";
import type { Policy } from "../policies/policy.ts";
import { changeIdentity } from "./difference.ts";
import { type Facts, type Need, needKey, type ProjectFacts } from "./facts.ts";
import { plan } from "./plan.ts";
import type { Occasion } from "./world.ts";

/** Something the rules would have done at an instant. */
export interface Replayed {
  readonly at: Instant;
  /** The issue that was looked at. */
  readonly subject: IssueRef;
  readonly change: Change;
  /** Whether daytwo did so, then or within a day. */
  readonly did: boolean;
}

/** Something daytwo did that the present rules would not have. */
export interface Undue {
  readonly at: Instant;
  readonly subject: IssueRef;
  readonly event: HistoryEvent;
}

export interface Replay {
  readonly would: readonly Replayed[];
  readonly undue: readonly Undue[];
  /** Issues that were looked at, and how often. */
  readonly issues: number;
  readonly looks: number;
  /** What has to be read yet; the answer is whole only when this is empty. */
  readonly needs: readonly Need[];
}

/** This long after a look daytwo may have done what it came to: a tick may have been late. */
const LATER_MS = DAY_MS;
const ROLES: readonly ProjectRole[] = ["requests", "onboarding"];

/** @param occasion its `now` is where the replay ends */
export function replay(
  policies: readonly Policy[],
  facts: Facts,
  occasion: Occasion,
  since: Instant,
): Replay {
  const needs = new Map<string, Need>();
  const need = (one: Need) => void needs.set(needKey(one), one);
  const subjects = ROLES.flatMap((role) =>
    [...(facts[role]?.issues.values() ?? [])].flatMap((issue) =>
      issue && issue.updatedAt >= since ? [{ role, issue }] : [],
    ),
  );
  for (const { role, issue } of subjects) {
    const project = facts[role];
    const ask = (what: "history" | "comments" | "edits") =>
      void (project?.[what].has(issue.number) || need({ what, project: role, issue: issue.number }));
    ask("history");
    if (issue.commentCount > 0) ask("comments");
    if (project?.forge === "github") ask("edits");
  }
  const whole = { issues: subjects.length, looks: 0, would: [], undue: [] };
  if (needs.size > 0) return { ...whole, needs: [...needs.values()] };

  const would: Replayed[] = [];
  const undue: Undue[] = [];
  let looks = 0;
  for (const { role, issue } of subjects) {
    const subject: IssueRef = { project: role, number: issue.number };
    let standing = new Set<string>();
    for (const at of moments(facts, occasion, subject, issue, since)) {
      looks++;
      const past = asOf(facts, at);
      const planned = plan(policies, past, {
        ...occasion,
        now: at,
        trigger: { kind: "tick", catchUp: false },
        subject,
      });
      for (const one of planned.needs) need(one);
      const now = new Set(planned.plan.changes.map(changeIdentity));
      // What stood there at the last look, too, is told once.
      for (const change of planned.plan.changes) {
        if (standing.has(changeIdentity(change))) continue;
        would.push({ at, subject, change, did: wasDone(facts, change, at) });
      }
      standing = now;
    }
  }
  for (const { role, issue } of subjects) {
    const subject: IssueRef = { project: role, number: issue.number };
    for (const event of facts[role]?.history.get(issue.number) ?? []) {
      if (event.at < since || !isOwn(facts, role, event.actor)) continue;
      const meant = would.some(
        ({ at, change }) =>
          at <= event.at && event.at - at <= LATER_MS && makes(facts, change, role, issue.number, event),
      );
      // What an issue was opened with is part of its opening.
      if (!meant && event.at - issue.createdAt > 2_000) undue.push({ at: event.at, subject, event });
    }
  }
  would.sort((a, b) => a.at - b.at);
  undue.sort((a, b) => a.at - b.at);
  return { would, undue, issues: subjects.length, looks, needs: [...needs.values()] };
}

/** When there was something to look at: whatever people did, and a hire's due minute. */
function moments(
  facts: Facts,
  { config, now }: Occasion,
  ref: IssueRef,
  issue: Issue,
  since: Instant,
): Instant[] {
  const project = facts[ref.project];
  const mine = (actor: string | null) => isOwn(facts, ref.project, actor);
  const history = project?.history.get(ref.number) ?? [];
  const reading =
    ref.project === "onboarding" && config.onboarding
      ? readHire(issue.body, config, config.onboarding)
      : null;
  const all = [
    issue.createdAt,
    ...history.flatMap(({ at, actor }) => (mine(actor) ? [] : [at])),
    ...(project?.comments.get(ref.number) ?? []).flatMap(({ createdAt, author }) =>
      mine(author) ? [] : [createdAt],
    ),
    ...(project?.edits.get(ref.number) ?? []).flatMap(({ at, editor }) => (mine(editor) ? [] : [at])),
    ...(reading && "hire" in reading ? [reading.hire.due] : []),
  ];
  return [...new Set(all)].filter((at) => at >= since && at <= now).sort((a, b) => a - b);
}

const isOwn = (facts: Facts, role: ProjectRole, actor: string | null): boolean => {
  const self = facts[role]?.self ?? "";
  return self !== "" && actor !== null && sameHandle(actor, self);
};

/**
 * The projects as they were at an instant, with all that people had done by then; what daytwo answered at that very
 * instant is still to come.
 */
function asOf(facts: Facts, at: Instant): Facts {
  const project = (role: ProjectRole): ProjectFacts | null => {
    const now = facts[role];
    if (!now) return null;
    const came: Came = (when, actor) => when < at || (when === at && !isOwn(facts, role, actor));
    const issues = new Map<number, Issue | null>();
    for (const [number, issue] of now.issues) {
      // One that was opened later is not there yet, and need not be asked for.
      const there = issue !== null && came(issue.createdAt, issue.author);
      issues.set(number, there ? issueAsOf(now, issue, came, at) : null);
    }
    return {
      ...now,
      listed: true,
      issues,
      history: each(now.history, (events) => events.filter((event) => came(event.at, event.actor))),
      comments: each(now.comments, (all) => all.filter((one) => came(one.createdAt, one.author))),
      edits: each(now.edits, (edits) => edits?.filter((edit) => came(edit.at, edit.editor)) ?? null),
      settled: new Map(),
    };
  };
  return { requests: project("requests"), onboarding: project("onboarding") };
}

/** Whether what this actor did at a time had happened by then. */
type Came = (at: Instant, actor: string | null) => boolean;

const each = <T>(all: ReadonlyMap<number, T>, change: (one: T) => T): Map<number, T> =>
  new Map([...all].map(([number, one]) => [number, change(one)]));

function issueAsOf(project: ProjectFacts, issue: Issue, came: Came, at: Instant): Issue {
  const history = project.history.get(issue.number) ?? [];
  const edits = project.edits.get(issue.number) ?? [];
  const [before, after] = [true, false].map((wanted) =>
    history.filter((event) => came(event.at, event.actor) === wanted),
  ) as [HistoryEvent[], HistoryEvent[]];
  const comments = (project.comments.get(issue.number) ?? []).filter((one) =>
    came(one.createdAt, one.author),
  );
  if (issue.updatedAt <= at && after.length === 0) return { ...issue, commentCount: comments.length };
  const turn = before.findLast(({ type }) => type === "closed" || type === "reopened");
  const closed = turn?.type === "closed" ? turn : null;
  const done = edits.filter((edit) => came(edit.at, edit.editor));
  const times = [...before, ...done].map((one) => one.at);
  return {
    ...issue,
    ...undone(issue, after),
    body: bodyAsOf(issue, after, edits, done),
    state: closed ? "closed" : "open",
    closeReason: closed?.reason ?? null,
    closedAt: closed?.at ?? null,
    updatedAt: Math.max(issue.createdAt, ...times, ...comments.map(({ createdAt }) => createdAt)),
    commentCount: comments.length,
    version: `${issue.version} as of ${at}`,
  };
}

/** By the edits, where the forge keeps them; else today's text with the boxes ticked since cleared again. */
function bodyAsOf(
  issue: Issue,
  after: readonly HistoryEvent[],
  edits: readonly BodyEdit[],
  done: readonly BodyEdit[],
): string {
  const kept = edits.filter(({ body }) => body !== null);
  if (kept.length > 0) {
    const then = done.findLast(({ body }) => body !== null) ?? kept[0];
    return then === kept.at(-1) ? issue.body : (then?.body ?? issue.body);
  }
  let body = issue.body;
  for (const event of after.toReversed()) {
    if (event.type !== "ticked" && event.type !== "unticked") continue;
    const ticked = event.type === "ticked";
    const box = boxes(body).find(
      (one) => one.ticked === ticked && (subject(one) === event.text || one.text === event.text),
    );
    if (box) body = setBox(body, box, !ticked);
  }
  return body;
}

/** Whether an event of daytwo's own is what a change would have made. */
function makes(facts: Facts, change: Change, role: ProjectRole, issue: number, event: HistoryEvent): boolean {
  if (change.project !== role || change.issue !== issue) return false;
  const same = facts.requests?.sameLabel ?? ((a: string, b: string) => a === b);
  switch (event.type) {
    case "labeled":
      return change.kind === "add-label" && same(change.label, event.label);
    case "unlabeled":
      return change.kind === "remove-label" && same(change.label, event.label);
    case "assigned":
      return change.kind === "assign" && sameHandle(change.assignee, event.assignee);
    case "unassigned":
      return change.kind === "unassign" && sameHandle(change.assignee, event.assignee);
    case "closed":
      return change.kind === "close-issue";
    case "reopened":
      return change.kind === "reopen-issue";
    default:
      return change.kind === "edit-issue";
  }
}

function wasDone(facts: Facts, change: Change, at: Instant): boolean {
  const project = facts[change.project];
  const soon = (when: Instant) => when >= at && when - at <= LATER_MS;
  if (change.kind === "create-issue") {
    return [...(project?.issues.values() ?? [])].some(
      (issue) =>
        issue !== null &&
        isOwn(facts, change.project, issue.author) &&
        soon(issue.createdAt) &&
        findMarkers(issue.body).some((key) => key.toLowerCase() === change.key.toLowerCase()),
    );
  }
  const number = change.issue;
  const own = (actor: string | null) => isOwn(facts, change.project, actor);
  if (change.kind === "comment" || change.kind === "edit-comment") {
    // Comments are edited in place, and nothing is kept of when: one that stands there was made.
    return (project?.comments.get(number) ?? []).some(({ author }) => own(author));
  }
  if (change.kind === "edit-issue") {
    return (project?.edits.get(number) ?? []).some((edit) => own(edit.editor) && soon(edit.at));
  }
  return (project?.history.get(number) ?? []).some(
    (event) => own(event.actor) && soon(event.at) && makes(facts, change, change.project, number, event),
  );
}
