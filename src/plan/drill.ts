/** The work that lies ahead, as far as rules and forge tell: open requests, hires to come, closes and cadences. */
import { boxesBySystem } from "../engine/access/grants.ts";
import { readAccess } from "../engine/access/record.ts";
import { ownerOf } from "../engine/cadence/compose.ts";
import { latestOccasion, nextOccasion } from "../engine/cadence/period.ts";
import { monthIndex, monthOf, monthPeriod, opensAt } from "../engine/close/month.ts";
import { plannedTasks } from "../engine/close/plan.ts";
import { readClose } from "../engine/close/tasks.ts";
import { baselineFor } from "../engine/config/baseline.ts";
import type { Config, Member, System } from "../engine/config/schema.ts";
import { memberOf } from "../engine/cover.ts";
import { type Drill, type FindingKind, type Work, withAbsences } from "../engine/drill/judge.ts";
import { readHire } from "../engine/hire.ts";
import { clockTerms } from "../engine/metrics/clocks.ts";
import { classOf, deadlines } from "../engine/offboarding.ts";
import { LAST_DAY } from "../engine/offboarding-request.ts";
import { findMarkers } from "../engine/text/safe.ts";
import { addWorkingMs } from "../engine/time/clock.ts";
import { boundsOf, formatPeriod, isDay, shiftPeriod } from "../engine/time/days.ts";
import { dayOf } from "../engine/time/zones.ts";
import type { Day, Issue, IssueRef } from "../model.ts";
import { calledOff } from "../policies/hire.ts";
import type { Look } from "../policies/policy.ts";
import { isRequest } from "../policies/request.ts";
import { clocksOf, shownState } from "../policies/request-clocks.ts";
import type { Facts, Need } from "./facts.ts";
import { type Occasion, World } from "./world.ts";

export interface Ahead {
  readonly works: readonly Work[];
  /** What has to be read yet; the answer is whole only when this is empty. */
  readonly needs: readonly Need[];
}

/** Everything to be done that a drill may be about. */
export function workAhead(facts: Facts, occasion: Occasion, drill: Drill): Ahead {
  const look = new World(facts, occasion);
  const works = [
    ...ofRequests(look),
    ...ofHires(look, drill),
    ...ofCloses(look, drill),
    ...ofCadences(look, drill),
  ];
  return { works, needs: look.needs };
}

const laterOf = (...days: readonly Day[]): Day => days.toSorted().at(-1) as Day;

const today = (look: Look): Day => dayOf(look.now, look.config.timezone);

function* ofRequests(look: Look): Iterable<Work> {
  for (const issue of look.all("requests") ?? []) {
    if (issue.state !== "open" || !isRequest(look, issue)) continue;
    const state = shownState(look, issue);
    if (state === "completed" || state === null) continue;
    const ref: IssueRef = { project: "requests", number: issue.number };
    const clocks = clocksOf(look, ref, issue);
    if (clocks === undefined) continue;
    const dueAt = clocks === "moving" ? null : (clocks.done?.dueAt ?? null);
    const due = dueAt === null || state === "on_hold" ? null : dayOf(dueAt, look.config.timezone);
    yield* ofRequest(look, issue, due);
  }
}

function* ofRequest(look: Look, issue: Issue, due: Day | null): Iterable<Work> {
  const { config } = look;
  const record = look.own("requests", issue.author) ? readAccess(issue.body) : null;
  const revokes = record?.does === "revoke";
  const usual = issue.assignees.find((handle) => memberOf(config, handle)) ?? null;
  const last = revokes ? lastDayOf(issue) : null;
  const ends = last === null ? null : deadlines(last, config);
  const base = { issue: issue.number, from: today(look), usual };
  let named = false;
  for (const [id, boxes] of boxesBySystem(issue.body, config)) {
    const system = config.systems.get(id);
    if (!system || boxes.every(({ done }) => done)) continue;
    named = true;
    const by = ends ? ends[classOf(system)].day : due;
    yield {
      ...base,
      ...ofSystem(config, system, revokes),
      title: `#${issue.number} ${issue.title}: ${system.name}`,
      due: by,
    };
  }
  // Without a system of its own, anybody of the team may see to it.
  if (!named) {
    const title = `#${issue.number} ${issue.title}`;
    yield { ...base, system: null, title, due, may: everybody(config), steps: true, mend: ofTeam(config) };
  }
}

const lastDayOf = ({ body }: Issue): Day | null => {
  const day = findMarkers(body)
    .find((key) => key.startsWith(LAST_DAY))
    ?.slice(LAST_DAY.length);
  return day !== undefined && isDay(day) ? day : null;
};

const everybody = ({ team }: Config): string[] => team.map(({ handle }) => handle);

/** Who may give or revoke a tool, and whether it is written down how. */
function ofSystem(
  config: Config,
  system: System,
  revokes: boolean,
): Pick<Work, "system" | "may" | "steps" | "mend"> {
  const { id, name } = system;
  const [key, people, lines] = revokes
    ? (["deprovisioners", system.deprovisioners, system.revoke] as const)
    : (["provisioners", system.provisioners, system.tasks] as const);
  const list = revokes ? "revoke" : "tasks";
  return {
    system: id,
    may: people.length > 0 ? people : everybody(config),
    steps: lines.length > 0 || system.docs !== undefined,
    mend: {
      late: `Name somebody under ${key} in ${id}.yml who is there then.`,
      "nobody-else": `Name a further one of the ${key} of ${name} in ${id}.yml.`,
      "no-steps": `Write the steps under ${list} in ${id}.yml, or link them under docs.`,
    },
  };
}

const ofTeam = (config: Config): Record<FindingKind, string> => ({
  late: "Ask somebody outside the team to be there, or move the work ahead.",
  "nobody-else": `Add a person to the team, which has ${config.team.length}.`,
  "no-steps": "Write down how it is done.",
});

/** Hires whose request opens before the drill ends. */
function* ofHires(look: Look, drill: Drill): Iterable<Work> {
  const { config } = look;
  const { onboarding } = config;
  if (!onboarding) return;
  for (const issue of look.all("onboarding") ?? []) {
    if (issue.state !== "open" || !look.has("onboarding", issue, onboarding.label)) continue;
    if (calledOff(look, onboarding, issue)) continue;
    const reading = readHire(issue.body, config, onboarding);
    if (!("hire" in reading) || reading.hire.due <= look.now) continue;
    const { hire } = reading;
    const from = dayOf(hire.due, config.timezone);
    const baseline = baselineFor(config, hire);
    if (from > drill.to || !baseline) continue;
    const { time, allowance } = clockTerms(config);
    const due = dayOf(addWorkingMs(time, hire.due, allowance.done), config.timezone);
    for (const id of Object.keys(baseline.systems)) {
      const system = config.systems.get(id);
      if (!system) continue;
      const title = `Access request of ${hire.name}, to open on ${from}: ${system.name}`;
      yield { issue: null, ...ofSystem(config, system, false), title, from, due, usual: null };
    }
  }
}

/** Tasks of the closes that are open, and of those that open before the drill ends. */
function* ofCloses(look: Look, drill: Drill): Iterable<Work> {
  const { config } = look;
  if (config.close === false) return;
  const open = new Set<string>();
  for (const issue of look.all("requests") ?? []) {
    const key = look.own("requests", issue.author)
      ? findMarkers(issue.body).find((one) => one.startsWith("close:"))
      : undefined;
    if (key === undefined) continue;
    open.add(key.slice("close:".length));
    if (issue.state !== "open") continue;
    for (const task of readClose(issue.body).tasks) {
      const told = { title: task.title, owner: task.owner, reviewer: task.reviewer, due: task.due };
      const steps = hasSteps(config, task.title);
      const from = today(look);
      if (!task.box.done) yield ofTask(config, issue.number, told, from, steps);
      if (task.review && !task.review.done) yield ofReview(config, issue.number, told, from);
    }
  }
  const played = withAbsences(config, drill);
  const template = config.templates.get(config.close.template);
  for (let month = monthOf(today(look)); ; month = formatPeriod(shiftPeriod(monthPeriod(month), 1))) {
    const opens = dayOf(opensAt(config, config.close, month), config.timezone);
    if (opens > drill.to) return;
    if (open.has(month)) continue;
    const period = { last: boundsOf(monthPeriod(month)).last, index: monthIndex(month) };
    const from = laterOf(opens, today(look));
    for (const task of plannedTasks(played, template?.tasks ?? [], period)) {
      if (task.due !== null && task.due < today(look)) continue;
      const told = { ...task, title: `Close of ${month}: ${task.title}` };
      yield ofTask(config, null, told, from, task.steps.length > 0);
      if (task.reviewer !== null) yield ofReview(config, null, told, from);
    }
  }
}

const hasSteps = (config: Config, title: string): boolean =>
  config.close !== false &&
  (config.templates
    .get(config.close.template)
    ?.tasks.some((one) => one.title === title && one.steps.length > 0) ??
    false);

interface Told {
  readonly title: string;
  readonly owner: string | null;
  readonly reviewer: string | null;
  readonly due: Day | null;
}

/** Whoever owns a task, and whoever covers them. */
function withCover(config: Config, handle: string | null): string[] {
  if (handle === null) return everybody(config);
  const cover: Member["cover"] = memberOf(config, handle)?.cover;
  return cover === undefined ? [handle] : [handle, cover];
}

function ofTask(
  config: Config,
  issue: number | null,
  { title, owner, due }: Told,
  from: Day,
  steps: boolean,
): Work {
  return {
    issue,
    system: null,
    title,
    from,
    due,
    may: withCover(config, owner),
    usual: owner,
    steps,
    mend: {
      late: owner === null ? "Name an owner." : `Name a cover for @${owner} in daytwo.yml who is there then.`,
      "nobody-else": owner === null ? "Name an owner." : `Name a cover for @${owner} in daytwo.yml.`,
      "no-steps": "Write its steps into the template of the close.",
    },
  };
}

function ofReview(
  config: Config,
  issue: number | null,
  { title, owner, reviewer, due }: Told,
  from: Day,
): Work {
  const others = everybody(config).filter((handle) => handle !== owner);
  const may = reviewer === null ? others : [reviewer, ...others.filter((handle) => handle !== reviewer)];
  return {
    issue,
    system: null,
    title: `Review of ${title}`,
    from,
    due,
    may,
    usual: reviewer,
    steps: true,
    mend: {
      late: "Name a reviewer who is there then, other than the owner.",
      "nobody-else": "Add somebody to the team who may review: other than the owner.",
      "no-steps": "Write down how it is reviewed.",
    },
  };
}

/** Checklists that open before the drill ends: whoever owns one by then does it by the end of its period. */
function* ofCadences({ config, now }: Look, drill: Drill): Iterable<Work> {
  const played = withAbsences(config, drill);
  for (const cadence of config.cadences) {
    let next = latestOccasion(config, cadence, now);
    if (next) next = nextOccasion(config, cadence, next);
    for (; next; next = nextOccasion(config, cadence, next)) {
      const from = dayOf(next.opens, config.timezone);
      if (from > drill.to) break;
      const owner = ownerOf(played, cadence, next)?.handle ?? null;
      yield {
        issue: null,
        system: null,
        title: `${cadence.template} of ${next.span.name}`,
        from,
        due: laterOf(next.span.to, from),
        may: withCover(config, owner),
        usual: owner,
        // The checklist itself says what to do.
        steps: true,
        mend: {
          late: `Name a cover for @${owner} in daytwo.yml who is there then, or another owner.`,
          "nobody-else": `Name a cover for @${owner} in daytwo.yml, or another owner.`,
          "no-steps": `Write the steps into the template ${cadence.template}.`,
        },
      };
    }
  }
}
