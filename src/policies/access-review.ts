/**
 * access-review: once in a period everybody who owns systems says of each access whether it is kept or revoked.
 *
 * A cadence with the template `access-review` opens one issue for each owner. From then on its body counts: a row has
 * two boxes, and one of them answers it. What was revoked is taken away by a request of its own.
 */
import { latestOccasion, nextOccasion, type Occasion, stillOpens } from "../engine/cadence/period.ts";
import { bodyHash } from "../engine/close/body-hash.ts";
import type { Cadence, Config } from "../engine/config/schema.ts";
import { sameHandle } from "../engine/cover.ts";
import { composeReview, partsOf, reviewTitle } from "../engine/review/compose.ts";
import { type Judgement, judge } from "../engine/review/judge.ts";
import { type PutBack, type ReviewMemory, readMemory, writeMemory } from "../engine/review/memory.ts";
import {
  ACCESS_REVIEW,
  periodPrefix,
  type ReviewPart,
  readReviewKey,
  readRoster,
  reviewKey,
} from "../engine/review/names.ts";
import { readReview } from "../engine/review/read.ts";
import { reviewOfRemoval } from "../engine/review/removal.ts";
import { ownersOf, type ReviewedSystem, reviewsOf } from "../engine/review/rows.ts";
import { setBox } from "../engine/text/markdown.ts";
import { findMarkers, writeBack } from "../engine/text/safe.ts";
import type { Issue, IssueRef } from "../model.ts";
import { escalate, escalations } from "./access-review-calls.ts";
import { doersOf } from "./access-review-evidence.ts";
import { attendRemovals } from "./access-review-removals.ts";
import { backReason, reviewSection } from "./access-review-words.ts";
import { closedBefore } from "./judged.ts";
import type { Draft, Explanation, Look, Policy } from "./policy.ts";
import { cannotKnowOwn, closeDoubles, DOUBLE, periodIssue } from "./recurring.ts";
import { ownKeys } from "./request.ts";

const cadencesOf = ({ cadences }: Config): Cadence[] =>
  cadences.filter(({ template }) => template === ACCESS_REVIEW);

export const accessReview: Policy = {
  name: ACCESS_REVIEW,
  summary: "Asks each owner of systems, once in a period, which access is kept and which is revoked.",
  enabled: (config) => cadencesOf(config).length > 0,

  propose(look, draft) {
    if (look.whole && look.trigger.kind === "tick") {
      for (const cadence of cadencesOf(look.config)) open(look, draft, cadence);
    }
    for (const issue of look.subjects("requests")) {
      const about = partOf(look, issue);
      if (!about) continue;
      // One that was opened twice is about to go.
      const first = look.whole ? look.opened(reviewKey(about)) : null;
      if (!first || first.number === issue.number) keep(look, draft, issue, about);
    }
  },

  explain(look, ref) {
    const issue = ref.project === "requests" ? look.issue(ref) : null;
    if (!issue || !look.own("requests", issue.author)) return [];
    const about = partOf(look, issue);
    return (about ? explained(look, issue, about) : explainedRemoval(look, issue)).map((one) => ({
      rule: ACCESS_REVIEW,
      ...one,
    }));
  },
};

/** Which part of a review an issue is; null for any other issue. */
function partOf(look: Look, issue: Issue): ReviewPart | null {
  for (const key of ownKeys(look, issue)) {
    const about = readReviewKey(key);
    if (about) return about;
  }
  return null;
}

type There = ReadonlyMap<string, Issue>;

/** The issues of a period by their keys in lower case, and the keys of those that must be there. */
function findReview(
  look: Look,
  cadence: Cadence,
  occasion: Occasion,
):
  | { readonly there: There; readonly missing: readonly string[]; readonly roster: readonly string[] }
  | undefined {
  const all = look.all("requests");
  const around = aroundOf(look, occasion);
  if (!all || !around) return undefined;
  const period = occasion.span.name;
  const there = new Map<string, Issue>();
  for (const issue of all) {
    const about = partOf(look, issue);
    if (!about || !reviewKey(about).startsWith(periodPrefix(period))) continue;
    const key = reviewKey(about).toLowerCase();
    const before = there.get(key);
    if (!before || issue.number < before.number) there.set(key, issue);
  }
  const roster = [...new Set([...there.values()].flatMap(({ body }) => readRoster(findMarkers(body))))];
  const expected =
    roster.length > 0
      ? roster
      : ownersOf(look.config, cadence).map((owner) => reviewKey({ period, owner, part: 1 }));
  // Where somebody took the marker out, the title tells.
  for (const key of expected) {
    const about = readReviewKey(key);
    if (!about || there.has(key.toLowerCase())) continue;
    const named = periodIssue(look, key, reviewTitle(look.config, about, around));
    if (named) there.set(key.toLowerCase(), named);
  }
  return { there, roster, missing: roster.filter((key) => !there.has(key.toLowerCase())) };
}

function aroundOf(look: Look, occasion: Occasion) {
  const project = look.project("requests");
  return project && { occasion, forge: project.forge, project: project.name, now: look.now };
}

function open(look: Look, draft: Draft, cadence: Cadence): void {
  const { config, now } = look;
  const occasion = latestOccasion(config, cadence, now);
  if (!occasion || !stillOpens(config, cadence, occasion, now)) return;
  const found = findReview(look, cadence, occasion);
  const around = aroundOf(look, occasion);
  if (!found || !around) return;
  for (const key of found.there.keys()) closeDoubles(look, draft, ACCESS_REVIEW, key);
  if (found.there.size > 0 && found.missing.length === 0) return;
  const unknown = cannotKnowOwn(look);
  if (unknown !== null) {
    draft.problem("requests", null, unknown);
    return;
  }
  const ledger = look.ledger();
  if (!ledger) return;
  const period = occasion.span.name;
  const fresh = reviewsOf(config, cadence, ledger).flatMap(({ owner, systems }) => {
    const of = (part: number) => reviewKey({ period, owner, part });
    const missing = found.missing.some((key) => sameHandle(readReviewKey(key)?.owner ?? "", owner));
    if (found.there.size > 0 && !missing) return [];
    const own = [...found.there].flatMap(([key, { body }]) =>
      sameHandle(readReviewKey(key)?.owner ?? "", owner) ? [body] : [],
    );
    const left = withoutThose(systems, own);
    if (left.every(({ grants }) => grants.length === 0)) return [];
    let part = 0;
    return partsOf(config, owner, left, around).map((some) => {
      do part++;
      while (found.there.has(of(part).toLowerCase()));
      return { owner, part, systems: some };
    });
  });
  const keys = fresh.map(({ owner, part }) => reviewKey({ period, owner, part }));
  const roster = [...new Set([...found.roster, ...keys])];
  for (const { owner, part, systems } of fresh) {
    draft.change({
      kind: "create-issue",
      project: "requests",
      issue: null,
      ...composeReview(config, { owner, part }, systems, around, roster),
      reason: `The access review of ${period} is due; ${owner} owns these systems.`,
    });
  }
}

/** Rows that another part of the same review has already, since a crash came between, are not asked for twice. */
function withoutThose(systems: readonly ReviewedSystem[], bodies: readonly string[]): ReviewedSystem[] {
  if (bodies.length === 0) return [...systems];
  const asked = new Set(
    bodies.flatMap((body) => readReview(body).rows.map((row) => `${row.system}\n${row.email ?? row.name}`)),
  );
  return systems.flatMap((one) => {
    const grants = one.grants.filter(({ person }) => !asked.has(`${one.id}\n${person.email ?? person.name}`));
    return grants.length > 0 ? [{ ...one, grants }] : [];
  });
}

function keep(look: Look, draft: Draft, issue: Issue, about: ReviewPart): void {
  const ref: IssueRef = { project: "requests", number: issue.number };
  const project = look.project("requests");
  if (!project || look.settled(ref)) return;
  const closed = issue.state === "closed";
  if (closed && closedBefore(look, issue)) return;
  const said = look.said(ACCESS_REVIEW, ref);
  if (said === undefined || said?.startsWith(DOUBLE)) return;
  const memory = readMemory(said);
  const body = readReview(issue.body);
  const by = doersOf(look, ref, issue, body.rows, memory);
  if (!by) return;
  const judgement = judge(body, { by, stranger: (handle) => isStranger(look, about, handle) });
  const gone = attendRemovals(look, draft, issue, judgement.stands, memory);
  if (!gone || gone === "opening") return;
  const kept: ReviewMemory = {
    answers: new Map(
      judgement.stands.flatMap(({ row, stand, by: who }) =>
        stand === "keep" || stand === "revoke" ? [[row.id, { answer: stand, by: who }] as const] : [],
      ),
    ),
    gone,
    backs: backsOf(memory, judgement),
    reopened: judgement.open > 0 && (closed || memory.reopened),
  };
  // Nothing has happened yet, and nobody needs a comment to say so.
  const news = judgement.open === 0 || judgement.stands.some(({ stand }) => stand !== "open");
  if (said !== null || news || kept.backs.length > 0 || kept.reopened) {
    const text = reviewSection({ about, judgement, memory: kept, project: project.name, issue });
    const key = writeMemory(kept, bodyHash(text));
    draft.say(ref, { key, body: text }, reasonOf(about, judgement, closed));
  }
  change(draft, ref, issue, judgement, closed);
  if (!closed && judgement.open > 0) escalate(look, draft, ref, issue, about, judgement.open);
}

/** Whoever is neither the owner nor of the team has no say in it. */
const isStranger = (look: Look, { owner }: ReviewPart, handle: string): boolean =>
  !sameHandle(owner, handle) && look.role("requests", handle) === "outsider";

/** What was put back and has not been answered since. */
function backsOf(memory: ReviewMemory, { backs, stands }: Judgement): PutBack[] {
  const open = new Set(stands.flatMap(({ row, stand }) => (stand === "open" ? [row.id] : [])));
  const now = backs.map(({ row, answer, by }): PutBack => ({ id: row.id, answer, by }));
  const before = memory.backs.filter(({ id }) => open.has(id) && !now.some((one) => one.id === id));
  return [...before, ...now];
}

function reasonOf(
  { period }: ReviewPart,
  { backs, stands, kept, revoked, open }: Judgement,
  closed: boolean,
) {
  const put = backs.flatMap(({ row, answer, by }) => backReason({ id: row.id, answer, by }, stands) ?? []);
  if (put.length > 0) return put.join(" ");
  if (closed && open > 0) return `It was closed with ${open} open.`;
  if (open === 0) return `The access review of ${period} is answered: ${kept} kept, ${revoked} revoked.`;
  return `The access review of ${period} has moved on.`;
}

function change(draft: Draft, ref: IssueRef, issue: Issue, judgement: Judgement, closed: boolean): void {
  const base = { project: ref.project, issue: ref.number } as const;
  const { mends, backs, stands, open } = judgement;
  if (mends.length > 0) {
    const reasons = backs.flatMap(
      ({ row, answer, by }) => backReason({ id: row.id, answer, by }, stands) ?? [],
    );
    const body = mends.reduce((text, box) => setBox(text, box, false), issue.body);
    draft.change({ ...base, kind: "edit-issue", body: writeBack(body), reason: reasons.join(" ") });
  }
  if (closed && open > 0) {
    draft.change({
      ...base,
      kind: "reopen-issue",
      reason: `It was closed with ${open} open: each access is kept or revoked first.`,
    });
  }
}

type Said = Omit<Explanation, "rule">;

function explained(look: Look, issue: Issue, about: ReviewPart): Said[] {
  const { stands, kept, revoked, open } = judge(readReview(issue.body), {
    by: () => null,
    stranger: () => false,
  });
  const text = `The access review of ${about.period} by ${about.owner}: ${kept} of ${stands.length} kept, ${revoked} revoked, ${open} open.`;
  const next = cadencesOf(look.config).flatMap((cadence): Said[] => {
    const latest = latestOccasion(look.config, cadence, look.now);
    const after = latest && nextOccasion(look.config, cadence, latest);
    return after ? [{ text: `The one for ${after.span.name} opens.`, at: after.opens }] : [];
  });
  const calls = issue.state === "open" && open > 0 ? escalations(look, issue, about) : [];
  return [{ text }, ...calls, ...next];
}

function explainedRemoval(look: Look, { body }: Issue): Said[] {
  const project = look.project("requests")?.name ?? "";
  const review = reviewOfRemoval(body, project);
  if (review === null) return [];
  return [
    { text: `It was opened by the access review ${project}#${review}. A revocation needs no approval.` },
  ];
}
