/**
 * Every access request with its label events, read from the forge: all of them the first time, afterwards what has
 * changed. What is kept between runs are titles, labels and times; whoever deletes it pays some pages, and gets the
 * same board.
 */
import { CLOSE_KEY } from "../engine/close/month.ts";
import { isFinished } from "../engine/close/progress.ts";
import { readClose } from "../engine/close/tasks.ts";
import { type CloseRecord, type Records, type RequestRecord, STAYS_WEEKS } from "../engine/metrics/board.ts";
import { isLabelEvent } from "../engine/metrics/stays.ts";
import { findMarkers } from "../engine/text/safe.ts";
import { DAY_MS } from "../engine/time/days.ts";
import type { Reader } from "../forge/forge.ts";
import type { Instant, Issue, LabelEvent } from "../model.ts";
import type { Facts } from "../plan/facts.ts";
import { World } from "../plan/world.ts";
import { askedIn } from "../policies/board-asked.ts";
import type { Look } from "../policies/policy.ts";
import { isRequest } from "../policies/request.ts";
import type { Team } from "./team.ts";

/** Two lists are not of one instant, and what a forge writes shows a moment later. */
const OVERLAP_MS = 10 * 60_000;
const WEEK_MS = 7 * DAY_MS;
/** A request that was deleted or moved away is in no list of changes: once a week all are listed again. */
const WHOLE_MS = WEEK_MS;

/** As it is kept: a request, or a month's close. */
type Kept = { readonly version: string } & (
  | RequestRecord
  | { readonly close: CloseRecord; readonly events: readonly [] }
);

export interface RecordsOptions {
  readonly now: Instant;
  /** The facts hold every open issue, and all that were closed since then; null where they do not. */
  readonly listedSince: Instant | null;
}

/**
 * @param facts with `self` read
 * @throws ForgeError
 */
export async function readRecords(
  team: Team,
  facts: Facts,
  { now, listedSince }: RecordsOptions,
): Promise<Records> {
  const project = facts.requests;
  const reader = team.forges.requests?.reader;
  if (!project || !reader) return { requests: [], close: null };
  const cache = team.memory.deeds;
  // Another account takes other requests for its own.
  const name = `board ${project.name} as ${project.self}`;
  const known = cache?.recall(name) ?? null;
  const records = new Map<number, Kept>();
  for (const [number, text] of known?.entries ?? []) records.set(number, JSON.parse(text));
  const since = known && now - known.wholeAt < WHOLE_MS ? known.upTo - OVERLAP_MS : null;
  const issues =
    since === null
      ? await whole(reader, facts, { now, listedSince })
      : await changed(reader, facts, since, listedSince);
  const trigger = { kind: "command" } as const;
  const look = new World(facts, { config: team.config, now, trigger, subject: null });

  const news = new Map<number, string | null>();
  const stale: Issue[] = [];
  let upTo = since === null ? 0 : (known?.upTo ?? 0);
  for (const issue of issues) {
    upTo = Math.max(upTo, issue.updatedAt);
    const close = closeIn(look, issue);
    if (close) {
      const kept: Kept = { version: issue.version, close, events: [] };
      records.set(issue.number, kept);
      news.set(issue.number, JSON.stringify(kept));
    } else if (!isRequest(look, issue)) {
      if (records.delete(issue.number)) news.set(issue.number, null);
    } else if (records.get(issue.number)?.version !== issue.version) stale.push(issue);
  }
  if (since === null) {
    const there = new Set(issues.map(({ number }) => number));
    for (const number of records.keys()) if (!there.has(number)) records.delete(number);
  }
  const events = await eventsOf(reader, stale, records, known && known.upTo - OVERLAP_MS);
  for (const issue of stale) {
    const { number, url, title, state, labels, assignees, createdAt, closedAt, version } = issue;
    const kept: Kept = {
      version,
      issue: { number, url, title, state, labels, assignees, createdAt, closedAt },
      events: events.get(number) ?? [],
      ...askedIn(look, issue),
    };
    records.set(number, kept);
    news.set(number, JSON.stringify(kept));
  }
  if (since === null) {
    const all = new Map([...records].map(([number, kept]) => [number, JSON.stringify(kept)]));
    cache?.note(name, { upTo, wholeAt: now, entries: all }, true);
  } else if (known && (news.size > 0 || upTo > known.upTo)) {
    cache?.note(name, { upTo, wholeAt: known.wholeAt, entries: news }, false);
  }
  const all = [...records.values()];
  const closes = all.flatMap((kept) => ("close" in kept ? kept.close : []));
  return {
    requests: all.flatMap((kept) => ("close" in kept ? [] : kept)),
    close: closes.sort((a, b) => b.month.localeCompare(a.month))[0] ?? null,
  };
}

/** A month's close that daytwo opened, while it is open. */
function closeIn(look: Look, issue: Issue): CloseRecord | null {
  if (issue.state === "closed" || !look.own("requests", issue.author)) return null;
  const [month] = findMarkers(issue.body).flatMap((key) => CLOSE_KEY.exec(key)?.[1] ?? []);
  if (month === undefined) return null;
  const { tasks } = readClose(issue.body);
  const { number, url, title } = issue;
  const open = tasks.filter((task) => !isFinished(task));
  const due = open.flatMap((task) => task.due ?? []);
  return { issue: number, url, title, month, done: tasks.length - open.length, all: tasks.length, due };
}

/** All that is open, and what has changed within the time that numbers are told of. */
async function whole(
  reader: Reader,
  { requests }: Facts,
  { now, listedSince }: RecordsOptions,
): Promise<readonly Issue[]> {
  const from = new Date(now - STAYS_WEEKS * WEEK_MS);
  // The first of the month, so that the question, and with it its cached answer, stays the same from day to day.
  const updatedSince = Date.UTC(from.getUTCFullYear(), from.getUTCMonth(), 1);
  const [open, closed] = await Promise.all([
    listedSince === null ? reader.issues({ state: "open" }) : [...(requests?.issues.values() ?? [])],
    reader.issues({ state: "closed", updatedSince }),
  ]);
  // One that closes between the two reads is in both; the closed one is the later word.
  const known = [...open, ...closed].filter((issue) => issue !== null);
  return [...new Map(known.map((issue) => [issue.number, issue])).values()];
}

async function changed(
  reader: Reader,
  { requests }: Facts,
  since: Instant,
  listedSince: Instant | null,
): Promise<readonly Issue[]> {
  if (listedSince === null || since < listedSince) {
    return reader.issues({ state: "all", updatedSince: since });
  }
  const listed = [...(requests?.issues.values() ?? [])];
  return listed.filter((issue): issue is Issue => issue !== null && issue.updatedAt >= since);
}

/** @param since what happened before is in the records that there are */
async function eventsOf(
  reader: Reader,
  stale: readonly Issue[],
  records: ReadonlyMap<number, Kept>,
  since: Instant | null,
): Promise<ReadonlyMap<number, readonly LabelEvent[]>> {
  if (stale.length === 0) return new Map();
  if (since === null) return reader.labelEvents({ since, issues: stale });
  // What has long been there and is a request only now has a past that nobody has read.
  const isKnown = ({ number, createdAt }: Issue) => records.has(number) || createdAt >= since;
  const known = stale.filter(isKnown);
  const others = stale.filter((issue) => !isKnown(issue));
  const [latest, ...whole] = await Promise.all([
    known.length === 0
      ? new Map<number, readonly LabelEvent[]>()
      : reader.labelEvents({ since, issues: known }),
    ...others.map(({ number }) => reader.history(number)),
  ]);
  const events = new Map<number, readonly LabelEvent[]>();
  for (const { number } of known) {
    const before = (records.get(number)?.events ?? []).filter(({ at }) => at < since);
    events.set(number, [...before, ...(latest.get(number) ?? [])]);
  }
  others.forEach(({ number }, i) => {
    events.set(number, (whole[i] ?? []).filter(isLabelEvent));
  });
  return events;
}
