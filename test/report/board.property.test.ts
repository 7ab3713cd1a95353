/**
 * The document's numbers against a slow, obvious recomputation: people and daytwo do random things on a forge, the
 * test keeps its own diary of it, and counts working time hour by hour. The board is read twice on the way, so that
 * what was kept and read again since comes to the same as reading everything.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { STATES, type State } from "../../src/engine/lifecycle/states.ts";
import { calendarOf } from "../../src/engine/time/calendar.ts";
import { dayOf, timeOf } from "../../src/engine/time/zones.ts";
import { MemoryForge } from "../../src/forge/memory/index.ts";
import type { ForgeKind } from "../../src/model.ts";
import { toJson } from "../../src/report/board/json.ts";
import { loadBoard } from "../../src/report/board/report.ts";
import type { BoardJson } from "../../src/report/board/schema.ts";
import { openStore } from "../../src/run/store.ts";
import type { Memory, Team } from "../../src/run/team.ts";
import { config } from "../plan/facts.ts";
import { HOUR, LICENSE, STATE } from "./boards.ts";

const PROJECT = "acme/requests";
/** A Monday at midnight in New York, some weeks before its clocks change. */
const BEGIN = Date.parse("2026-09-14T04:00:00Z");
const MINUTE = 60_000;

interface Diary {
  readonly number: number;
  readonly opened: number;
  readonly stays: { state: State; from: number }[];
  closed: number | null;
  license: number | null;
  readonly assignees: Set<string>;
  readonly systems: readonly string[];
  readonly role: string;
}

const SYSTEMS = [["salesforce"], ["chorus"], ["salesforce", "chorus"]] as const;
const ROLES = ["Account Executive", "Sales Engineer"] as const;
const form = (systems: readonly string[], role: string) =>
  [
    ["Full name", "Ada Lovelace"],
    ["Work email", "ada@example.com"],
    ["Role", role],
    ["Region", "EMEA"],
    ["Manager", "@meri"],
    ["Systems", systems.join("; ")],
    ["Justification", "Starts soon"],
  ]
    .map(([head, text]) => `### ${head}\n\n${text}`)
    .join("\n\n");

/** Somebody does something to one of the requests; which, and what, by the numbers drawn. */
interface Act {
  readonly hours: number;
  readonly what: "open" | "move" | "meddle" | "hold" | "resume" | "assign" | "unassign" | "close" | "comment";
  readonly which: number;
  readonly to: State;
}

const act: fc.Arbitrary<Act> = fc.record({
  // Now and then nobody does anything for a week or two.
  hours: fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 1, max: 40 }) },
    { weight: 1, arbitrary: fc.integer({ min: 150, max: 400 }) },
  ),
  what: fc.constantFrom(
    "open",
    "open",
    "move",
    "move",
    "move",
    "move",
    "meddle",
    "hold",
    "resume",
    "assign",
    "unassign",
    "close",
    "comment",
  ),
  which: fc.nat(1000),
  to: fc.constantFrom(...STATES),
});

class World {
  now = BEGIN;
  readonly diaries: Diary[] = [];
  readonly memory: MemoryForge;
  readonly config = {
    ...config,
    systems: new Map([
      ["salesforce", { id: "salesforce", name: "Salesforce" }],
      ["chorus", { id: "chorus", name: "Chorus" }],
    ]) as never as typeof config.systems,
    lifecycle: {
      ...config.lifecycle,
      hold_reasons: {
        ...config.lifecycle.hold_reasons,
        sfdc_license: { ...config.lifecycle.hold_reasons.cancelled, label: LICENSE, system: "salesforce" },
      },
    },
  };

  constructor(kind: ForgeKind) {
    this.memory = new MemoryForge({ kind, now: () => this.now });
    for (const handle of ["bot", "amber", "stranger", "hr"]) this.memory.addAccount(handle);
    const rights = { bot: "write", amber: "write", stranger: "write", hr: "write" } as const;
    this.memory.addProject(PROJECT, { rights });
    for (const label of [...Object.values(STATE), LICENSE, "access-request"])
      this.memory.addLabel(PROJECT, label);
  }

  team(memory: Memory): Team {
    const forges = { requests: this.memory.as("bot", PROJECT), onboarding: null };
    return { config: this.config, forges, accounts: { requests: "x", onboarding: "" }, memory };
  }

  do({ hours, what, which, to }: Act): void {
    this.now += hours * HOUR;
    const bot = this.memory.by("bot");
    if (what === "open" || this.diaries.length === 0) {
      const systems = SYSTEMS[which % SYSTEMS.length] ?? SYSTEMS[0];
      const role = ROLES[which % ROLES.length] ?? ROLES[0];
      const number = this.memory.by("hr").open(PROJECT, {
        title: "Access",
        body: form(systems, role),
        labels: ["access-request", STATE.action_needed],
      });
      this.diaries.push({
        number,
        opened: this.now,
        stays: [{ state: "action_needed", from: this.now }],
        closed: null,
        license: null,
        assignees: new Set(),
        systems,
        role,
      });
      return;
    }
    const diary = this.diaries[which % this.diaries.length] as Diary;
    const { number, stays, assignees } = diary;
    const state = (stays.at(-1) as Diary["stays"][number]).state;
    switch (what) {
      case "move":
        this.move(diary, to);
        return;
      case "meddle": {
        if (to === state) return;
        // daytwo puts it back a few minutes later: nothing has happened.
        this.memory.by("stranger").label(PROJECT, number, STATE[to]);
        this.memory.by("stranger").unlabel(PROJECT, number, STATE[state]);
        this.now += 5 * MINUTE;
        bot.label(PROJECT, number, STATE[state]);
        bot.unlabel(PROJECT, number, STATE[to]);
        this.now += 55 * MINUTE;
        return;
      }
      case "hold":
        if (diary.license !== null) return;
        this.memory.by("amber").label(PROJECT, number, LICENSE);
        diary.license = this.now;
        this.move(diary, "on_hold");
        return;
      case "resume":
        if (diary.license === null) return;
        bot.unlabel(PROJECT, number, LICENSE);
        diary.license = null;
        this.move(diary, "action_needed");
        return;
      case "assign":
        this.memory.by("amber").assign(PROJECT, number);
        assignees.add("amber");
        return;
      case "unassign":
        this.memory.by("amber").unassign(PROJECT, number);
        assignees.delete("amber");
        return;
      case "close":
        if (diary.closed === null) this.memory.by("amber").close(PROJECT, number);
        else this.memory.by("amber").reopen(PROJECT, number);
        diary.closed = diary.closed === null ? this.now : null;
        return;
      case "comment":
        this.memory.by("hr").comment(PROJECT, number, "Any news?");
    }
  }

  /** People move closed requests, too, and nobody minds; the test leaves that out. */
  move(diary: Diary, to: State): void {
    const last = diary.stays.at(-1) as Diary["stays"][number];
    if (last.state === to || diary.closed !== null) return;
    // Off first or on first, it is one move.
    const bot = this.memory.by("bot");
    if (this.now % (2 * HOUR) === 0) bot.unlabel(PROJECT, diary.number, STATE[last.state]);
    bot.label(PROJECT, diary.number, STATE[to]);
    bot.unlabel(PROJECT, diary.number, STATE[last.state]);
    diary.stays.push({ state: to, from: this.now });
  }
}

/** Every working hour there is, one by one. */
const calendar = calendarOf(config.calendar);
const worked = new Map<number, number>();
function workedHours(from: number, to: number): number {
  let hours = 0;
  for (let at = from; at < to; at += HOUR) {
    let one = worked.get(at);
    if (one === undefined) {
      const time = timeOf(at, config.timezone);
      const works = time >= "09:00" && time < "17:00" && calendar.isWorkingDay(dayOf(at, config.timezone));
      one = works ? 1 : 0;
      worked.set(at, one);
    }
    hours += one;
  }
  return hours;
}

const numbersOf = (diaries: readonly Diary[]) => diaries.map(({ number }) => number);
const stateNow = ({ stays }: Diary) => (stays.at(-1) as Diary["stays"][number]).state;

function recount({ diaries, now }: World) {
  const open = diaries.filter(({ closed }) => closed === null);
  const byWait = (some: readonly Diary[]) =>
    some.toSorted((a, b) => (a.license ?? 0) - (b.license ?? 0) || a.number - b.number);
  // Whoever bears the label waits for a seat, though the state may have been changed by hand.
  const waiting = byWait(open.filter((one) => one.license !== null && stateNow(one) !== "completed"));
  const queue = waiting.filter((one) => stateNow(one) === "on_hold");
  const times = (state: State) => {
    const finished: number[] = [];
    const running: number[] = [];
    for (const { stays, closed } of diaries) {
      stays.forEach((stay, i) => {
        if (stay.state !== state) return;
        const next = stays[i + 1];
        if (next) finished.push(workedHours(stay.from, next.from));
        else if (closed === null) running.push(workedHours(stay.from, now));
        else if (state !== "completed") finished.push(workedHours(stay.from, closed));
      });
    }
    finished.sort((a, b) => a - b);
    const rank = (percent: number) => {
      if (finished.length === 0) return null;
      // The smallest value that at least so many of a hundred do not exceed.
      return finished.find(
        (value) => finished.filter((one) => one <= value).length * 100 >= percent * finished.length,
      );
    };
    return {
      n: finished.length,
      p50: rank(50),
      p90: rank(90),
      running: running.length,
      oldest: running.length === 0 ? null : Math.max(...running),
    };
  };
  /** Whether anybody still worked on it when so many hours of work in these states had gone by. */
  const isBreached = (stays: Diary["stays"], states: readonly State[], limit: number) => {
    let spent = 0;
    return stays.some(({ state, from }, i) => {
      if (!states.includes(state)) return false;
      const last = i === stays.length - 1;
      const to = stays[i + 1]?.from ?? now;
      for (let at = from; at < to; at += HOUR) {
        if (spent >= limit) return true;
        spent += workedHours(at, at + HOUR);
      }
      return last && spent >= limit;
    });
  };
  const breaches = open.flatMap(({ number, stays }) => {
    const state = stays.at(-1)?.state;
    const taken = stays.findLastIndex((one) => one.state === "in_progress" || one.state === "completed");
    const wait = stays.slice(taken + 1);
    return [
      ...(state === "action_needed" && isBreached(wait, ["action_needed"], 8)
        ? [`${number} first_action`]
        : []),
      ...(state !== "completed" && isBreached(stays, ["action_needed", "in_progress"], 40)
        ? [`${number} done`]
        : []),
    ];
  });
  const monday = (at: number) => {
    let day = at;
    while (
      new Date(dayOf(day, config.timezone)).getUTCDay() !== 1 ||
      timeOf(day, config.timezone) !== "00:00"
    )
      day -= HOUR;
    return day;
  };
  const flow = [];
  for (let week = 0, end = Number.POSITIVE_INFINITY, from = monday(now); week < 12; week++) {
    const within = (at: number) => at >= from && at < end;
    const entered = (test: (before: State | undefined, after: State) => boolean) =>
      diaries.filter(({ stays }) =>
        stays.some(({ state, from: at }, i) => within(at) && test(stays[i - 1]?.state, state)),
      ).length;
    flow.unshift({
      opened: diaries.filter(({ opened }) => within(opened)).length,
      completed: entered((_, after) => after === "completed"),
      reopened: entered((before) => before === "completed"),
    });
    end = from;
    from = monday(from - HOUR);
  }
  const share = (test: (diary: Diary) => boolean) => open.filter(test).length;
  return {
    counts: Object.fromEntries(STATES.map((state) => [state, share((one) => stateNow(one) === state)])),
    holds:
      queue.length === 0
        ? []
        : [
            {
              reason: "sfdc_license",
              count: queue.length,
              oldest: new Date(queue[0]?.license ?? 0).toISOString(),
              age: workedHours(queue[0]?.license ?? 0, now),
              issues: numbersOf(queue),
            },
          ],
    queues: { salesforce: numbersOf(waiting) },
    work: numbersOf(open.filter((one) => one.assignees.size > 0 && stateNow(one) !== "completed")).sort(
      (a, b) => a - b,
    ),
    breaches: breaches.sort(),
    states: Object.fromEntries(STATES.map((state) => [state, times(state)])),
    flow,
    bySystem: Object.fromEntries(
      ["salesforce", "chorus"].map((id) => [id, share(({ systems }) => systems.includes(id))]),
    ),
    byRole: Object.fromEntries(ROLES.map((role) => [role, share((one) => one.role === role)])),
  };
}

/** The same of the document. */
function told(board: BoardJson) {
  return {
    counts: board.counts,
    holds: board.holds,
    queues: board.queues,
    work: board.work.flatMap(({ issues }) => issues).sort((a, b) => a - b),
    breaches: board.breaches.map(({ issue, clock }) => `${issue} ${clock}`).sort(),
    states: Object.fromEntries(
      STATES.map((state) => {
        const { n, p50, p90, running, oldest } = board.states[state];
        return [state, { n, p50, p90, running, oldest }];
      }),
    ),
    flow: board.flow.map(({ opened, completed, reopened }) => ({ opened, completed, reopened })),
    bySystem: Object.fromEntries(
      ["salesforce", "chorus"].map((id) => [
        id,
        board.bySystem.find(({ system }) => system === id)?.count ?? 0,
      ]),
    ),
    byRole: Object.fromEntries(
      ROLES.map((of) => [of, board.byRole.find(({ role }) => role === of)?.count ?? 0]),
    ),
  };
}

describe.each(["github", "gitlab"] as const)("the board of %s", (kind) => {
  it("is what a slow recomputation comes to, whatever happened, read at once or bit by bit", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 60 }), async (acts) => {
        const world = new World(kind);
        const store = openStore(null, () => world.now);
        const read = async (memory: Memory) => toJson((await loadBoard(world.team(memory), world.now)).board);
        const memory = store.memory("rules");
        for (const [i, one] of acts.entries()) {
          world.do(one);
          if (i % 20 === 10) await read(memory);
        }
        world.now += HOUR;
        const bitByBit = await read(memory);
        const atOnce = await read(openStore(null, () => world.now).memory("rules"));
        store.close();
        expect(bitByBit).toEqual(atOnce);
        expect(told(atOnce)).toEqual(recount(world));
      }),
      { numRuns: 40 },
    );
  });
});
