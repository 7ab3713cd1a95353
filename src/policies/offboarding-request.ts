/** What a request that takes a leaver's access away hears of the leaver, and how its deadlines are seen to. */
import { boxesBySystem } from "../engine/access/grants.ts";
import type { Config, System } from "../engine/config/schema.ts";
import { driHandles } from "../engine/hire-request.ts";
import { openTasks } from "../engine/lifecycle/boxes.ts";
import { issueLink } from "../engine/links.ts";
import {
  type Call,
  type Calls,
  CLASSES,
  type Class,
  callWords,
  classOf,
  type Deadline,
  deadlines,
  readCalls,
  stageAt,
} from "../engine/offboarding.ts";
import { CALLED, LAST_DAY, mentions, revokers, unique } from "../engine/offboarding-request.ts";
import { boxes } from "../engine/text/markdown.ts";
import { code, findMarkers, inline, join, lines, type SafeText, safe } from "../engine/text/safe.ts";
import { dayAfter, formatDay } from "../engine/time/days.ts";
import { dayOf, formatInstant } from "../engine/time/zones.ts";
import type { Day, Instant, Issue, IssueRef } from "../model.ts";
import type { Draft, Explanation, Look } from "./policy.ts";
import { LEAVER, ownKeys } from "./request.ts";

const NAME = "offboarding";

/** What the leaver's issue says now; without a last day nobody leaves. */
export interface News {
  readonly lastDay: Day | null;
  readonly from: IssueRef;
  readonly issue: Issue;
}

/** All that the section's key holds. */
interface Told {
  /** The last day as the request has been told since it was opened; null while what it was opened with stands. */
  readonly lastDay: Day | null;
  readonly withdrawn: boolean;
  readonly calls: Calls;
}

const WITHDRAWN = "withdrawn";
const LAST = "last:";

/** Whoever was on copy when the request was opened has been called for what was due by then. */
function readTold(key: string | null, { body }: Issue): Told {
  const opened = findMarkers(body).flatMap((one) =>
    one.startsWith(CALLED) ? [one.slice(CALLED.length)] : [],
  );
  const words = key === null ? opened : key.split("+");
  return {
    lastDay: dayAfter(LAST, words),
    withdrawn: words.includes(WITHDRAWN),
    calls: readCalls(words),
  };
}

const writeTold = ({ lastDay, withdrawn, calls }: Told): string =>
  [
    ...(withdrawn ? [WITHDRAWN] : []),
    ...(lastDay === null ? [] : [`${LAST}${lastDay}`]),
    ...callWords(calls),
  ].join("+");

/** Whether daytwo opened this to take somebody's access away. */
const isOurs = (look: Look, issue: Issue): boolean =>
  ownKeys(look, issue).some((key) => key.startsWith(LEAVER));

/** The last day that a request was opened with; where nobody can tell any more, the day it was opened. */
const openedWith = ({ body, createdAt }: Issue, { timezone }: Config): Day =>
  dayAfter(LAST_DAY, findMarkers(body)) ?? dayOf(createdAt, timezone);

/** What is still open of a class: the systems that are configured, and names for all of it. */
interface Open {
  readonly names: readonly string[];
  readonly systems: readonly (System | null)[];
}

/** Null where nothing of the class is open. */
function openOf(look: Look, { body }: Issue, of: Class): Open | null {
  const all = boxes(body);
  const left = new Set(all.filter(({ done }) => !done).map(({ line }) => line));
  const names: string[] = [];
  const systems: (System | null)[] = [];
  for (const [id, own] of boxesBySystem(body, look.config)) {
    const open = own.filter(({ line }) => left.has(line));
    for (const { line } of open) left.delete(line);
    const system = look.config.systems.get(id);
    if (open.length === 0 || !system || classOf(system) !== of) continue;
    names.push(system.name);
    systems.push(system);
  }
  if (of === "other" && left.size > 0) {
    // Steps of nobody's system, and systems that are configured no more.
    names.push(
      ...openTasks(
        body,
        all.map((box) => (left.has(box.line) ? box : { ...box, done: true })),
      ),
    );
    systems.push(null);
  }
  return names.length > 0 ? { names, systems } : null;
}

/** Sees to every request that may need it: those looked at, and those there is news for. */
export function attend(look: Look, draft: Draft, news: ReadonlyMap<number, News>): void {
  const seen = new Set<number>();
  for (const issue of look.subjects("requests")) {
    if (!isOurs(look, issue)) continue;
    seen.add(issue.number);
    const fresh = news.get(issue.number);
    if (fresh || !look.settled({ project: "requests", number: issue.number })) {
      tend(look, draft, issue, fresh ?? null);
    }
  }
  for (const [number, fresh] of news) {
    if (seen.has(number)) continue;
    const issue = look.issue({ project: "requests", number });
    if (issue) tend(look, draft, issue, fresh);
  }
}

function tend(look: Look, draft: Draft, request: Issue, news: News | null): void {
  const ref: IssueRef = { project: "requests", number: request.number };
  if (request.state === "closed") return;
  const first = openedWith(request, look.config);
  const open = new Map(
    CLASSES.flatMap((of) => {
      const left = openOf(look, request, of);
      return left ? [[of, left] as const] : [];
    }),
  );
  if (open.size === 0 && !news) return;
  const said = look.said(NAME, ref);
  if (said === undefined) return;
  const before = readTold(said, request);
  const heard = hear(before, first, news);
  const due = deadlines(heard.lastDay ?? first, look.config);
  const after = heard.withdrawn ? heard : { ...heard, calls: callsNow(look.now, heard, due, open) };
  const key = writeTold(after);
  if (key !== writeTold(before)) {
    // The leaver's issue itself may not change again: whoever dies before this is said must come back to it.
    if (news) draft.wake(news.from, look.now);
    draft.say(
      ref,
      { key, body: bodyOf(look, request, { before, after, due, open, news }) },
      reasonOf(before, after, first),
    );
  }
  if (after.withdrawn) return;
  for (const of of open.keys()) {
    const next = [due[of].warning, due[of].end].find((at) => at > look.now);
    if (next !== undefined) draft.wake(ref, next);
  }
}

function hear(before: Told, first: Day, news: News | null): Told {
  if (!news) return before;
  if (news.lastDay === null) return { ...before, withdrawn: true };
  const same = (before.lastDay ?? first) === news.lastDay;
  // Whoever was told of a withdrawal is told that it is over.
  return { ...before, withdrawn: false, lastDay: same && !before.withdrawn ? before.lastDay : news.lastDay };
}

/** What has been called out by now; a stage, once called, is not called again. */
function callsNow(
  now: Instant,
  { calls }: Told,
  due: Record<Class, Deadline>,
  open: ReadonlyMap<Class, Open>,
): Told["calls"] {
  return Object.fromEntries(
    CLASSES.flatMap((of): [Class, Call][] => {
      const { day } = due[of];
      const known = calls[of]?.day === day ? calls[of] : undefined;
      const stage = stageAt(due[of], now);
      if (!open.has(of) || stage === null || known?.stage === "over") return known ? [[of, known]] : [];
      return [[of, { stage, day }]];
    }),
  );
}

interface Saying {
  readonly before: Told;
  readonly after: Told;
  readonly due: Record<Class, Deadline>;
  readonly open: ReadonlyMap<Class, Open>;
  readonly news: News | null;
}

function bodyOf(look: Look, request: Issue, { before, after, due, open, news }: Saying): SafeText {
  const onboarding = look.project("onboarding");
  const source = news && onboarding ? safe` (${issueLink(onboarding.name, news.issue)})` : safe``;
  if (after.withdrawn) {
    return lines(
      safe`**The offboarding was withdrawn**${source}. Nothing more is to be revoked; please give back what was.`,
      safe`A team member who is done with this request ${callOff(look)}.`,
    );
  }
  const parts: SafeText[] = [];
  if (before.withdrawn) parts.push(safe`**The offboarding is on again**${source}.`);
  if (after.lastDay !== null) {
    const days = CLASSES.map((of) => safe`${NAMES[of]} by **${inline(formatDay(due[of].day))}**`);
    parts.push(
      safe`**The last day is ${inline(formatDay(after.lastDay))}.** To be revoked: ${join(days, ", ")}.`,
    );
  }
  for (const of of CLASSES) {
    const [call, left] = [after.calls[of], open.get(of)];
    if (call && left) parts.push(calledOut(look, request, call, left));
  }
  return join(parts, "\n\n");
}

const NAMES: Readonly<Record<Class, SafeText>> = {
  critical: safe`critical systems (tier 1)`,
  other: safe`the others`,
};

const MOST_NAMED = 20;

/** Names those who can do something about it: before the deadline whoever does it, after it the DRIs. */
function calledOut(look: Look, request: Issue, { stage, day }: Call, { names, systems }: Open): SafeText {
  const forge = look.project("requests")?.forge ?? "github";
  const handles =
    stage === "over"
      ? driHandles(look.config)
      : unique([...request.assignees, ...revokers(look.config, systems)]);
  const people = mentions(handles, forge);
  const named = names.slice(0, MOST_NAMED).map(inline);
  const more = names.length - named.length;
  const list = safe`${join(named, ", ")}${more > 0 ? safe` and ${more} more` : safe``}`;
  const when = inline(formatDay(day));
  const to = people ? safe` ${people}` : safe``;
  return stage === "over"
    ? safe`**Overdue since ${when}:** ${list}.${to} Please see that this access is revoked.`
    : safe`**To be revoked by ${when}:** ${list}.${to} Please revoke it, or tick that it was never there.`;
}

/** How a request is closed that is not wanted any more: words to end a sentence. */
export const callOff = (look: Look): SafeText =>
  look.project("requests")?.forge === "github"
    ? safe`closes it as not planned`
    : safe`adds ${code(look.book.reasonLabel("cancelled") ?? "")} and closes it`;

function reasonOf(before: Told, after: Told, first: Day): string {
  if (after.withdrawn) return "The offboarding was withdrawn.";
  const reasons: string[] = [];
  if (before.withdrawn) reasons.push("The offboarding is on again.");
  if (after.lastDay !== null && after.lastDay !== before.lastDay) {
    reasons.push(
      `The last day is ${formatDay(after.lastDay)}; it was ${formatDay(before.lastDay ?? first)}.`,
    );
  }
  for (const of of CLASSES) {
    const call = after.calls[of];
    if (!call || (before.calls[of]?.day === call.day && before.calls[of]?.stage === call.stage)) continue;
    const what = of === "critical" ? "Critical systems" : "Systems";
    const passed = call.stage === "over" ? "were to be revoked by" : "are to be revoked by";
    reasons.push(`${what} ${passed} ${formatDay(call.day)}, and some are open.`);
  }
  return reasons.join(" ");
}

/** Why a request that this rule opened is there, and when somebody is called. */
export function ofOffboardingRequest(look: Look, request: Issue): Omit<Explanation, "rule">[] {
  if (!isOurs(look, request)) return [];
  const ref: IssueRef = { project: "requests", number: request.number };
  const key = findMarkers(request.body).find((one) => one.startsWith(LEAVER)) ?? "";
  const said = look.said(NAME, ref);
  if (said === undefined) return [];
  const told = readTold(said, request);
  const opened = {
    text: `It was opened for the leaver ${key.slice(LEAVER.length)}. A revocation needs no approval.`,
  };
  if (told.withdrawn) return [opened, { text: "The offboarding was withdrawn." }];
  const due = deadlines(told.lastDay ?? openedWith(request, look.config), look.config);
  const calls = CLASSES.flatMap((of) => {
    const left = openOf(look, request, of);
    if (!left) return [];
    const { day, warning, end } = due[of];
    const next = [warning, end].find((at) => at > look.now);
    const whom = next === warning ? "whoever revokes is reminded" : "the DRIs are called";
    const then = next === undefined ? "" : `; at ${formatInstant(next, look.config.timezone)} ${whom}`;
    return [
      {
        text: `To be revoked by ${formatDay(day)}: ${left.names.join(", ")}${then}.`,
        ...(next === undefined ? {} : { at: next }),
      },
    ];
  });
  return [opened, ...calls];
}
