/**
 * The commands that people give in comments. One definition each: how it is read, who may use it, and where;
 * help, `daytwo commands` and the reference page are written from here. What a command does is in `deeds.ts`.
 */
import type { Day } from "../../model.ts";
import { readDate } from "../text/values.ts";
import { type HoldReason, readReason, reasonNames } from "./reasons.ts";

/** What the words of a command may refer to. */
export interface Terms {
  readonly reasons: readonly HoldReason[];
  /** The day on which the command was given, in the team's zone. */
  readonly today: Day;
}

/** What stands after the name, read; or what is wrong with it: a sentence that quotes user text, so `inline` it. */
export type Reading<T> = { readonly args: T } | { readonly fault: string };

/** Issues that take commands: access requests, and the onboarding issues of hires. */
export type Place = "request" | "hire";

export const who = {
  team: "the Sales Ops team",
  assignee: "the Sales Ops team, or whoever is assigned",
  manager:
    "the managers whom the request names, or who is configured above them, unless they opened it or it is for them",
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
  explain: plainly({
    usage: "explain",
    summary: "Says why it is where it is, and what happens next.",
    who: "anyone",
    places: ["request", "hire"],
    closed: true,
    example: "/ar explain",
  }),
  help: plainly({
    usage: "help",
    summary: "Lists the commands.",
    who: "anyone",
    places: ["request", "hire"],
    closed: true,
    example: "/ar help",
  }),
} as const;

export type CommandName = keyof typeof commands;
export const commandNames = Object.keys(commands) as CommandName[];

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

/** A text around the first place where a word stands; null where it does not. */
function parted(text: string, word: RegExp): [before: string, after: string | null] {
  const found = word.exec(text);
  if (!found) return [text.trim(), null];
  return [text.slice(0, found.index).trim(), text.slice(found.index + found[0].length).trim()];
}
