/**
 * The commands that people give in comments. One definition each: how it is read, who may use it, and where;
 * help, `daytwo commands` and the reference page are written from here. What a command does is in `deeds.ts`.
 */
import type { Day } from "../../model.ts";
import { labelKey } from "../text/fields.ts";
import { nearest } from "../text/nearest.ts";
import { readable } from "../text/readable.ts";
import { readDate } from "../text/values.ts";
import { type HoldReason, readReason, reasonNames } from "./reasons.ts";

/** What the words of a command may refer to. */
export interface Terms {
  readonly reasons: readonly HoldReason[];
  readonly systems: readonly NamedSystem[];
  /** The day on which the command was given, in the team's zone. */
  readonly today: Day;
}

/** A system as people may name it. */
export interface NamedSystem {
  readonly id: string;
  readonly name: string;
}

export interface SeatsArgs {
  readonly system: NamedSystem;
  /** How many came free. */
  readonly seats: number;
}

/** What stands after the name, read; or what is wrong with it: a sentence that quotes user text, so `inline` it. */
export type Reading<T> = { readonly args: T } | { readonly fault: string };

/** Issues that take commands: access requests, the onboarding issues of hires, and whatever daytwo opens by the calendar. */
export const PLACES = ["request", "hire", "close", "cadence", "review", "board"] as const;
export type Place = (typeof PLACES)[number];

/** How a place is called. */
export const placeNames: Readonly<Record<Place, string>> = {
  request: "an access request",
  hire: "an onboarding issue",
  close: "a monthly close",
  cadence: "a recurring checklist",
  review: "an access review",
  board: "the board's summary",
};

export const who = {
  team: "the Sales Ops team",
  assignee: "the Sales Ops team, or whoever is assigned",
  manager:
    "the managers whom the request names, or who is configured above them, unless they opened it or it is for them",
  reviewer: "the reviewer whom a task of the close names, or their cover while they are away",
  anyone: "anyone",
} as const;

export interface Definition<T> {
  /** After `/ar `. */
  readonly usage: string;
  /** One sentence. */
  readonly summary: string;
  readonly who: keyof typeof who;
  readonly places: readonly Place[];
  /** Also answered once the issue is closed. */
  readonly closed?: boolean;
  readonly example: string;
  parse(rest: string, terms: Terms): Reading<T>;
}

export interface HoldArgs {
  readonly reason: HoldReason;
  /** It resumes by itself on this day. */
  readonly until: Day | null;
  readonly because: string | null;
}

const nothing = (rest: string): Reading<null> =>
  rest === "" ? { args: null } : { fault: `it takes nothing after its name, and there is “${short(rest)}”` };

const LONGEST_QUOTE = 60;
const short = (text: string): string =>
  text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE - 1)}…` : text;

const plainly = (definition: Omit<Definition<null>, "parse">): Definition<null> => ({
  ...definition,
  parse: nothing,
});

export const commands = {
  take: plainly({
    usage: "take",
    summary: "Assigns you and starts work: In Progress. Whoever had it hands it over, and a hold ends.",
    who: "team",
    places: ["request"],
    example: "/ar take",
  }),
  hold: {
    usage: "hold <reason> [until <date>] [because …]",
    summary: "Puts it On Hold for a reason of the list; with a date, it resumes by itself on that day.",
    who: "team",
    places: ["request"],
    example: "/ar hold sfdc_license until 2026-12-01 because Finance has the order",
    parse: parseHold,
  } satisfies Definition<HoldArgs>,
  resume: plainly({
    usage: "resume",
    summary: "Ends the hold: it returns to where it was.",
    who: "team",
    places: ["request"],
    example: "/ar resume",
  }),
  complete: plainly({
    usage: "complete",
    summary: "Completes it, if it is In Progress and every box is done.",
    who: "team",
    places: ["request"],
    example: "/ar complete",
  }),
  release: plainly({
    usage: "release",
    summary: "Takes you off, or for the team whoever is assigned: Action Needed once nobody is.",
    who: "assignee",
    places: ["request"],
    example: "/ar release",
  }),
  approve: plainly({
    usage: "approve",
    summary: "Approves it as the manager; an edit to people, systems or roles asks again.",
    who: "manager",
    places: ["request"],
    example: "/ar approve",
  }),
  seats: {
    usage: "seats <system> <n>",
    summary: "Says that seats of a system came free: those who wait longest leave On Hold.",
    who: "team",
    places: ["request"],
    closed: true,
    example: "/ar seats salesforce 5",
    parse: parseSeats,
  } satisfies Definition<SeatsArgs>,
  sign: plainly({
    usage: "sign",
    summary:
      "Signs your reviews of the tasks that are done: somebody else did the work, and you have checked it.",
    who: "reviewer",
    places: ["close"],
    example: "/ar sign",
  }),
  explain: plainly({
    usage: "explain",
    summary:
      "Says why it is where it is, what happens next and, where the app runs, what was decided lately.",
    who: "anyone",
    places: PLACES,
    closed: true,
    example: "/ar explain",
  }),
  help: plainly({
    usage: "help",
    summary: "Lists the commands.",
    who: "anyone",
    places: PLACES,
    closed: true,
    example: "/ar help",
  }),
} as const;

export type CommandName = keyof typeof commands;
export const commandNames = Object.keys(commands) as CommandName[];
/** The commands of a place. */
export const commandsOf = (place: Place): CommandName[] =>
  commandNames.filter((name) => (commands[name].places as readonly Place[]).includes(place));

export type Args<N extends CommandName> = (typeof commands)[N] extends Definition<infer T> ? T : never;

/** Where the last `until` and the first `because` start, as words of their own. */
const UNTIL = /(?:^|\s)until(?=\s|$)(?!.*\suntil(?:\s|$))/i;
const BECAUSE = /(?:^|\s)because(?=\s|$)/i;

function parseHold(rest: string, { reasons, today }: Terms): Reading<HoldArgs> {
  const [before, because] = parted(rest, BECAUSE);
  // A label may have the word in its name: the last one counts.
  const whole = readReason(before, reasons);
  const [named, date] = "exact" in whole ? [before, null] : parted(before, UNTIL);
  const read = readReason(named, reasons);
  if (!("reason" in read)) {
    const list = `Reasons: ${reasonNames(reasons)}`;
    return { fault: named === "" ? `say what it waits for. ${list}` : `${read.fault}. ${list}` };
  }
  const { reason } = read;
  if (because === "") return { fault: "say why after “because”, or leave the word out" };
  if (date === null) return { args: { reason, until: null, because } };
  const day = readDate(date);
  if ("fault" in day) return { fault: day.fault };
  if (day.day <= today)
    return { fault: `${day.day} is not after ${today}, the day on which this was written` };
  return { args: { reason, until: day.day, because } };
}

/** More seats than anybody buys at once: a slip of the keyboard. */
const MOST_SEATS = 1000;

function parseSeats(rest: string, { systems }: Terms): Reading<SeatsArgs> {
  const [, typed = "", count = ""] = /^(?:(.*)\s)?\s*(\S*)$/s.exec(rest) ?? [];
  const named = readable(typed).replace(/^["'“‘](.*)["'”’]$/s, "$1");
  if (named === "") {
    return { fault: "name the system and how many seats came free, for example /ar seats salesforce 5" };
  }
  const seats = /^\d{1,9}$/.test(count) ? Number(count) : 0;
  if (seats < 1 || seats > MOST_SEATS) {
    return {
      fault: `“${short(count)}” is no number of seats: write a whole number from 1 to ${MOST_SEATS} at the end`,
    };
  }
  const same = (a: string) => labelKey(a) === labelKey(named);
  const system = systems.find(({ id }) => same(id)) ?? systems.find(({ name }) => same(name));
  if (system) return { args: { system, seats } };
  const near = nearest(
    named,
    systems.flatMap(({ id, name }) => [id, name]),
  );
  const hint = near === null ? `Systems: ${systems.map(({ id }) => id).join(", ")}` : `did you mean ${near}?`;
  return { fault: `“${short(named)}” is no system here; ${hint}` };
}

/** A text around the first place where a word stands; null where it does not. */
function parted(text: string, word: RegExp): [before: string, after: string | null] {
  const found = word.exec(text);
  if (!found) return [text.trim(), null];
  return [text.slice(0, found.index).trim(), text.slice(found.index + found[0].length).trim()];
}
