/** Reads what rules need, and nothing else. Reads do not wait for each other. */
import { OFFBOARDING } from "../engine/forms/form.ts";
import { DAY_MS } from "../engine/time/days.ts";
import { ForgeError } from "../forge/forge.ts";
import type { Instant, Issue, IssueRef, ProjectRole } from "../model.ts";
import type { Facts, Need, ProjectFacts } from "../plan/facts.ts";
import { readLedger } from "./ledger.ts";
import { readRecords } from "./records.ts";
import { ROLES, type Team } from "./team.ts";

/** How long after a closing it may still be put back. */
const CLOSED_DAYS = 31;
/** Histories read in one look at most: a first look at a large project spreads over a few ticks. */
export const MOST_HISTORIES = 400;

/** The first of a month, so that the question, and with it its cached answer, stays the same from day to day. */
function closedSince(now: Instant): Instant {
  const day = new Date(now - CLOSED_DAYS * DAY_MS);
  return Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), 1);
}

/** Facts about nothing yet but the projects' names. */
export function begin(team: Team): Facts {
  const project = (role: ProjectRole): ProjectFacts | null => {
    const forge = team.forges[role];
    if (!forge) return null;
    return {
      role,
      forge: forge.reader.forge,
      name: forge.reader.project,
      self: "",
      sameLabel: forge.sameLabel,
      listed: false,
      issues: new Map(),
      comments: new Map(),
      history: new Map(),
      edits: new Map(),
      members: new Map(),
      settled: new Map(),
    };
  };
  return { requests: project("requests"), onboarding: project("onboarding") };
}

/** A token stays its account's; this long is how late a renamed account may be noticed. */
const SELF_MS = 7 * DAY_MS;

const selfNote = (team: Team, role: ProjectRole): string => `self ${team.accounts[role]}`;

/** Who daytwo is in a project, where that was asked lately; asks nobody. */
export const knownSelf = (team: Team, role: ProjectRole): string | null =>
  team.memory.recall(selfNote(team, role), SELF_MS);

/** Who daytwo is, in each project. An account is asked once, and then remembered. */
export async function readSelf(team: Team, facts: Facts): Promise<void> {
  const asked = new Map<string, Promise<string>>();
  await Promise.all(
    ROLES.map(async (role) => {
      const project = facts[role];
      const forge = team.forges[role];
      if (!project || !forge) return;
      const account = team.accounts[role];
      const known = knownSelf(team, role);
      const self = asked.get(account) ?? (known ? Promise.resolve(known) : forge.reader.self());
      asked.set(account, self);
      project.self = await self;
      if (project.self !== "" && project.self !== known) team.memory.note(selfNote(team, role), project.self);
    }),
  );
}

/**
 * Reads a whole project: its open issues, and those closed so lately that it may matter.
 * @param since closed ones that changed at or after this
 */
export async function readList(
  team: Team,
  facts: Facts,
  role: ProjectRole,
  now: Instant,
  since: Instant = closedSince(now),
): Promise<void> {
  const project = facts[role];
  const forge = team.forges[role];
  if (!project || !forge) return;
  const { onboarding } = team.config;
  // A project that serves as both is listed whole.
  const apart = facts.requests?.name !== facts.onboarding?.name;
  const labels = onboarding ? [onboarding.label, OFFBOARDING] : [OFFBOARDING];
  const filters = role === "onboarding" && apart ? labels.map((label) => ({ label })) : [{}];
  const [open, closed] = await Promise.all([
    Promise.all(filters.map((filter) => forge.reader.issues({ state: "open", ...filter }))),
    Promise.all(
      filters.map((filter) => forge.reader.issues({ state: "closed", updatedSince: since, ...filter })),
    ),
  ]);
  // An issue that closes between the two reads is in both; the closed one is the later word.
  for (const issue of [...open, ...closed].flat()) project.issues.set(issue.number, issue);
  project.listed = true;
  project.settled = team.memory.settled(project.name, now);
}

/** Reads one issue afresh. */
export async function readIssue(team: Team, facts: Facts, ref: IssueRef): Promise<Issue | null> {
  const issue = (await team.forges[ref.project]?.reader.issue(ref.number)) ?? null;
  facts[ref.project]?.issues.set(ref.number, issue);
  return issue;
}

/**
 * Reads all that is needed, histories of the latest issues first and at most `limit` of them.
 * @returns how many issues were left for another time
 */
export async function gather(
  team: Team,
  facts: Facts,
  needs: readonly Need[],
  now: Instant,
  limit: number,
): Promise<number> {
  const updated = (need: Need): Instant =>
    "issue" in need ? (facts[need.project]?.issues.get(need.issue)?.updatedAt ?? 0) : 0;
  const where = (need: Need): string => ("issue" in need ? `${need.project}#${need.issue}` : "");
  const histories = needs.filter(({ what }) => what === "history").sort((a, b) => updated(b) - updated(a));
  const left = new Set(histories.slice(limit).map(where));
  await Promise.all(
    needs.filter((need) => !left.has(where(need))).map((need) => readOrMiss(team, facts, need, now)),
  );
  return left.size;
}

/** An issue may be deleted or moved away once it was listed: it is gone then, and the others are looked at. */
async function readOrMiss(team: Team, facts: Facts, need: Need, now: Instant): Promise<void> {
  try {
    await read(team, facts, need, now);
  } catch (error) {
    const missing = error instanceof ForgeError && error.kind === "not-found" && "issue" in need;
    if (!missing || (await readIssue(team, facts, { project: need.project, number: need.issue })))
      throw error;
  }
}

async function read(team: Team, facts: Facts, need: Need, now: Instant): Promise<void> {
  const project = facts[need.project];
  const reader = team.forges[need.project]?.reader;
  if (!project || !reader) return;
  switch (need.what) {
    case "list":
      return readList(team, facts, need.project, now);
    case "ledger": {
      const listedSince = project.listed ? closedSince(now) : null;
      project.ledger = await readLedger(team, project, { now, listedSince, rebuild: false });
      return;
    }
    case "records": {
      const listedSince = project.listed ? closedSince(now) : null;
      project.records = await readRecords(team, facts, { now, listedSince });
      return;
    }
    case "closed":
      project.closed ??= new Map();
      project.closed.set(need.since, await reader.issues({ state: "closed", updatedSince: need.since }));
      return;
    case "issue":
      await readIssue(team, facts, { project: need.project, number: need.issue });
      return;
    case "comments":
      project.comments.set(need.issue, await reader.comments(need.issue));
      return;
    case "history":
      project.history.set(need.issue, await reader.history(need.issue));
      return;
    case "edits":
      project.edits.set(need.issue, await reader.bodyEdits(need.issue));
      return;
    case "decisions": {
      const { forge, name } = project;
      const decided = await team.decided?.({ forge, project: name, number: need.issue });
      project.decisions ??= new Map();
      project.decisions.set(need.issue, decided ?? []);
      return;
    }
    case "member":
      project.members.set(need.handle.toLowerCase(), await reader.member(need.handle));
      return;
  }
}
