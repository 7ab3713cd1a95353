/**
 * The numbers of the board: where requests stand, who works on what, what waits and for how long. Pure; what each
 * number means is written down with its formula in docs/metrics.md.
 */
import type { Day, Instant, Issue, LabelEvent } from "../../model.ts";
import { STATES, type State } from "../lifecycle/states.ts";
import { dayLength, workingMs } from "../time/clock.ts";
import { addDays, HOUR_MS } from "../time/days.ts";
import { isoWeek, mondayOf } from "../time/weeks.ts";
import { dayOf, instantOf } from "../time/zones.ts";
import { type ClockName, type ClockTerms, readClocks, type Span, spans } from "./clocks.ts";
import type { LabelLife } from "./stays.ts";

/** What a request asks for. */
export interface Asked {
  /** Ids of the systems, each once. */
  readonly systems: readonly string[];
  /** Roles of the people it is for, each once. */
  readonly roles: readonly string[];
  /** Filed by somebody, not opened by daytwo itself. */
  readonly filed: boolean;
}

/** One access request as read: what the board is made of, and no text but its title. */
export interface RequestRecord extends Asked {
  readonly issue: Pick<
    Issue,
    "number" | "url" | "title" | "state" | "labels" | "assignees" | "createdAt" | "closedAt"
  >;
  /** Oldest first. */
  readonly events: readonly LabelEvent[];
}

/** One access request, as far as the board tells of it. */
export type BoardRequest = Omit<RequestRecord, "events"> & LabelLife;

export interface BoardTerms {
  readonly now: Instant;
  readonly clocks: ClockTerms;
  /** By system id: who waits for a seat, longest first. */
  readonly queues: Readonly<Record<string, readonly number[]>>;
}

/** How far the open close is. */
export interface BoardClose {
  readonly issue: number;
  readonly url: string;
  readonly title: string;
  /** `2026-11`. */
  readonly month: string;
  /** Tasks that are done, and reviewed where they are to be. */
  readonly done: number;
  readonly all: number;
  /** Those that are neither, after their due day. */
  readonly late: number;
}

/** The open close as it is read: what of it is late depends on the day. */
export interface CloseRecord extends Omit<BoardClose, "late"> {
  /** Due days of what is not finished. */
  readonly due: readonly Day[];
}

/** What the board is made of. */
export interface Records {
  readonly requests: readonly RequestRecord[];
  /** Of the latest month that is open; null where none is. */
  readonly close: CloseRecord | null;
}

export interface Percentile {
  /** Working hours. */
  readonly hours: number;
  /** The request whose stay it is: by the nearest rank a percentile is always somebody's. */
  readonly issue: number;
}

export interface StateTimes {
  /** Finished stays. */
  readonly n: number;
  readonly p50: Percentile | null;
  readonly p90: Percentile | null;
  /** Stays that go on: how many, and the longest. */
  readonly running: number;
  readonly oldest: Percentile | null;
}

export const WHYS = ["breached", "due", "unassigned", "no-reason"] as const;

/** Something that needs somebody now, the first of its reasons only. */
export interface Need {
  readonly issue: number;
  readonly why: (typeof WHYS)[number];
  readonly clock: ClockName | null;
  /** Working hours left on that clock, negative after a breach; else how long it has been so. */
  readonly hours: number;
}

export interface Row {
  readonly issue: number;
  readonly url: string;
  readonly title: string;
  readonly state: State;
  readonly since: Instant;
  /** Working hours in this state. */
  readonly age: number;
  readonly opened: Instant;
  readonly assignees: readonly string[];
  readonly systems: readonly string[];
  readonly roles: readonly string[];
  readonly reasons: readonly string[];
  /** Came back from Completed. */
  readonly reopened: boolean;
}

export interface Board {
  readonly at: Instant;
  readonly counts: Readonly<Record<State, number>>;
  /** The most urgent first. */
  readonly needs: readonly Need[];
  /** Every open request, those that wait longest in their state first. */
  readonly requests: readonly Row[];
  /** The reason that has been waited for longest first; its requests likewise. */
  readonly holds: readonly {
    readonly reason: string;
    readonly count: number;
    readonly oldest: Instant;
    /** Working hours since `oldest`. */
    readonly age: number;
    readonly issues: readonly number[];
  }[];
  readonly work: readonly { readonly handle: string; readonly issues: readonly number[] }[];
  readonly breaches: readonly {
    readonly issue: number;
    readonly clock: ClockName;
    readonly since: Instant;
    /** Working hours beyond the limit. */
    readonly over: number;
  }[];
  readonly states: Readonly<Record<State, StateTimes>>;
  /** Twelve ISO weeks, oldest first, the present one last. */
  readonly flow: readonly {
    readonly week: string;
    readonly opened: readonly number[];
    readonly completed: readonly number[];
    readonly reopened: readonly number[];
  }[];
  readonly bySystem: readonly Share<"system">[];
  readonly byRole: readonly Share<"role">[];
  /** By system id, longest waiting first. */
  readonly queues: Readonly<Record<string, readonly number[]>>;
  readonly repeated: readonly {
    readonly role: string | null;
    readonly systems: readonly string[];
    readonly issues: readonly number[];
  }[];
  readonly close: BoardClose | null;
}

type Share<K extends string> = Readonly<Record<K, string>> & {
  readonly count: number;
  readonly issues: readonly number[];
};

/** Weeks of flow that are shown. */
export const FLOW_WEEKS = 12;
/** Stays that ended longer ago than this say nothing of today. */
export const STAYS_WEEKS = 52;
/** Asked for so often within the weeks of flow, a request is worth a baseline or a script. */
export const REPEATED = 3;

/** Working hours, to the thousandth: 3.6 seconds. Never −0. */
const hoursOf = (ms: number): number => Math.round((ms / HOUR_MS) * 1000) / 1000 + 0;

/** The value at rank ⌈p · n⌉ of the values in order; null where there is none. */
export function nearestRank<T>(ordered: readonly T[], p: number): T | null {
  return ordered[Math.ceil(p * ordered.length) - 1] ?? null;
}

/** @param requests every request that is open, or had a stay that ended within `STAYS_WEEKS` */
export function boardOf(
  requests: readonly BoardRequest[],
  terms: BoardTerms,
  close: BoardClose | null = null,
): Board {
  const { now, clocks } = terms;
  const live = requests.filter(({ issue }) => issue.createdAt <= now);
  const open = live.filter(({ issue }) => issue.state === "open");
  const rows = open.map((request) => rowOf(request, terms));
  rows.sort((a, b) => b.age - a.age || a.since - b.since || a.issue - b.issue);
  const breaches = open.flatMap((request) => breachesOf(request, terms));
  breaches.sort((a, b) => b.over - a.over || a.issue - b.issue);
  const times = new Map(live.map((request) => [request, spansOf(request, now)]));
  const states = Object.fromEntries(STATES.map((state) => [state, timesOf(state, times, terms)])) as Record<
    State,
    StateTimes
  >;
  return {
    at: now,
    counts: Object.fromEntries(
      STATES.map((state) => [state, rows.filter((row) => row.state === state).length]),
    ) as Record<State, number>,
    needs: needsOf(open, rows, terms),
    requests: rows,
    holds: holdsOf(open, terms),
    work: workOf(rows),
    breaches,
    states,
    flow: flowOf(live, terms),
    bySystem: shares(rows, "systems").map(({ of, ...rest }) => ({ system: of, ...rest })),
    byRole: shares(rows, "roles").map(({ of, ...rest }) => ({ role: of, ...rest })),
    queues: terms.queues,
    repeated: repeatedIn(live, now - FLOW_WEEKS * 7 * 24 * HOUR_MS),
    close,
  };

  function spansOf({ issue, stays }: BoardRequest, at: Instant): readonly Span[] {
    return spans({ stays, createdAt: issue.createdAt, closedAt: closedAt(issue) }, at);
  }
  function rowOf({ issue, stays, holds, systems, roles }: BoardRequest, { now: at }: BoardTerms): Row {
    const { state, from } = stays.at(-1) as LabelLife["stays"][number];
    const { number, url, title, assignees, createdAt } = issue;
    return {
      issue: number,
      url,
      title,
      state,
      since: from,
      age: hoursOf(workingMs(clocks.time, from, at)),
      opened: createdAt,
      assignees,
      systems,
      roles,
      reasons: holds.map(({ reason }) => reason),
      reopened: stays.slice(0, -1).some((stay) => stay.state === "completed"),
    };
  }
}

/** An issue that was opened again keeps the time it was closed at on some forges. */
const closedAt = ({ state, closedAt: at }: BoardRequest["issue"]): Instant | null =>
  state === "closed" ? at : null;

function readingsOf({ issue, stays }: BoardRequest, { now, clocks }: BoardTerms) {
  const { first_action, done } = readClocks(
    { stays, createdAt: issue.createdAt, closedAt: closedAt(issue) },
    now,
    clocks,
  );
  const state = stays.at(-1)?.state;
  return [...(first_action?.running ? [first_action] : []), ...(state === "completed" ? [] : [done])];
}

/** Clocks of open requests whose limit is passed and that have not been answered since. */
function breachesOf(request: BoardRequest, terms: BoardTerms): Board["breaches"][number][] {
  return readingsOf(request, terms).flatMap(({ clock, breachedAt, left }) =>
    breachedAt === null
      ? []
      : [{ issue: request.issue.number, clock, since: breachedAt, over: hoursOf(-left) }],
  );
}

function needsOf(open: readonly BoardRequest[], rows: readonly Row[], terms: BoardTerms): Need[] {
  const soon = dayLength(terms.clocks.time.hours) / 2;
  const byNumber = new Map(rows.map((row) => [row.issue, row]));
  const needs = open.flatMap((request): Need[] => {
    const row = byNumber.get(request.issue.number) as Row;
    const { issue, age: hours } = row;
    if (row.state === "completed") return [];
    const readings = readingsOf(request, terms).sort((a, b) => a.left - b.left);
    const [tightest] = readings;
    const urgent = (why: Need["why"]): Need[] =>
      tightest ? [{ issue, why, clock: tightest.clock, hours: hoursOf(tightest.left) }] : [];
    if (tightest && tightest.breachedAt !== null) return urgent("breached");
    if (tightest?.running && tightest.left <= soon) return urgent("due");
    const waits = (why: Need["why"]): Need[] => [{ issue, why, clock: null, hours }];
    if (row.state === "action_needed" && row.assignees.length === 0) return waits("unassigned");
    if (row.state === "on_hold" && row.reasons.length === 0) return waits("no-reason");
    return [];
  });
  // The least that is left, or the longest wait, comes first.
  const rank = ({ why, hours }: Need) => (why === "breached" || why === "due" ? hours : -hours);
  return needs.sort(
    (a, b) => WHYS.indexOf(a.why) - WHYS.indexOf(b.why) || rank(a) - rank(b) || a.issue - b.issue,
  );
}

function holdsOf(open: readonly BoardRequest[], { now, clocks }: BoardTerms): Board["holds"] {
  const held = open.flatMap(({ issue, holds }) => holds.map((hold) => ({ ...hold, issue: issue.number })));
  return [...Map.groupBy(held, ({ reason }) => reason)]
    .map(([reason, group]) => {
      const ordered = inQueue(group);
      const oldest = ordered[0]?.since ?? now;
      const age = hoursOf(workingMs(clocks.time, oldest, now));
      return { reason, count: ordered.length, oldest, age, issues: ordered.map(({ issue }) => issue) };
    })
    .sort((a, b) => a.oldest - b.oldest || a.reason.localeCompare(b.reason, "en"));
}

/** First come, first served. */
const inQueue = <T extends { since: Instant; issue: number }>(held: readonly T[]): T[] =>
  held.toSorted((a, b) => a.since - b.since || a.issue - b.issue);

/** Who has most of what is not Completed first. */
function workOf(rows: readonly Row[]): Board["work"] {
  const byHandle = new Map<string, { handle: string; issues: number[] }>();
  for (const { issue, state, assignees } of rows) {
    if (state === "completed") continue;
    for (const handle of assignees) {
      const key = handle.toLowerCase();
      const work = byHandle.get(key) ?? { handle, issues: [] };
      work.issues.push(issue);
      byHandle.set(key, work);
    }
  }
  return [...byHandle.values()].sort(
    (a, b) => b.issues.length - a.issues.length || a.handle.localeCompare(b.handle, "en"),
  );
}

/**
 * A stay is finished when another state follows, or when the request was closed in any state but Completed: being
 * done is no wait.
 */
function timesOf(
  state: State,
  times: ReadonlyMap<BoardRequest, readonly Span[]>,
  { now, clocks }: BoardTerms,
): StateTimes {
  const from = now - STAYS_WEEKS * 7 * 24 * HOUR_MS;
  const finished: Percentile[] = [];
  const running: Percentile[] = [];
  for (const [{ issue }, all] of times) {
    all.forEach((span, i) => {
      if (span.state !== state) return;
      const last = i === all.length - 1;
      const stay = { hours: hoursOf(workingMs(clocks.time, span.from, span.to)), issue: issue.number };
      if (last && issue.state === "open") running.push(stay);
      else if (span.to >= from && !(last && state === "completed")) finished.push(stay);
    });
  }
  for (const stays of [finished, running]) stays.sort((a, b) => a.hours - b.hours || a.issue - b.issue);
  return {
    n: finished.length,
    p50: nearestRank(finished, 0.5),
    p90: nearestRank(finished, 0.9),
    running: running.length,
    oldest: running.at(-1) ?? null,
  };
}

function flowOf(requests: readonly BoardRequest[], { now, clocks }: BoardTerms): Board["flow"] {
  const { zone } = clocks.time;
  const monday = mondayOf(dayOf(now, zone));
  return Array.from({ length: FLOW_WEEKS }, (_, i) => {
    const first = addDays(monday, (i + 1 - FLOW_WEEKS) * 7);
    const [from, to] = [first, addDays(first, 7)].map((day) => instantOf(day, "00:00", zone)) as [
      Instant,
      Instant,
    ];
    const within = (at: Instant) => at >= from && at < to && at <= now;
    const having = (test: (request: BoardRequest) => boolean) =>
      requests
        .filter(test)
        .map(({ issue }) => issue.number)
        .sort((a, b) => a - b);
    return {
      week: isoWeek(first),
      opened: having(({ issue }) => within(issue.createdAt)),
      completed: having(({ stays }) => stays.some((stay) => stay.state === "completed" && within(stay.from))),
      reopened: having(({ stays }) =>
        stays.some((stay, at) => stays[at - 1]?.state === "completed" && within(stay.from)),
      ),
    };
  });
}

function shares(
  rows: readonly Row[],
  key: "systems" | "roles",
): { of: string; count: number; issues: number[] }[] {
  const found = new Map<string, number[]>();
  for (const row of rows) {
    for (const of of new Set(row[key])) found.set(of, [...(found.get(of) ?? []), row.issue]);
  }
  return [...found]
    .map(([of, issues]) => ({ of, count: issues.length, issues }))
    .sort((a, b) => b.count - a.count || a.of.localeCompare(b.of, "en"));
}

/** The same systems for the same role, filed again and again. */
function repeatedIn(requests: readonly BoardRequest[], from: Instant): Board["repeated"] {
  const asked = requests.filter(
    ({ filed, systems, roles, issue }) =>
      filed && systems.length > 0 && roles.length <= 1 && issue.createdAt >= from,
  );
  return [
    ...Map.groupBy(asked, ({ systems, roles }) =>
      JSON.stringify([(roles[0] ?? "").toLowerCase(), systems.toSorted()]),
    ).values(),
  ]
    .filter((group) => group.length >= REPEATED)
    .map((group) => {
      const [first] = group as [BoardRequest];
      const issues = group.map(({ issue }) => issue.number).sort((a, b) => a - b);
      return { role: first.roles[0] ?? null, systems: first.systems.toSorted(), issues };
    })
    .sort((a, b) => b.issues.length - a.issues.length || (a.issues[0] ?? 0) - (b.issues[0] ?? 0));
}
