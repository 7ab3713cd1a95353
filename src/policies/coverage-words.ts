/** How far a hand-over has come, as the key of its section keeps it, and what the section says of it. */
import type { Config, Member } from "../engine/config/schema.ts";
import { memberOf, named, sameHandle } from "../engine/cover.ts";
import { listed } from "../engine/text/listed.ts";
import { inline, join, type SafeText, safe } from "../engine/text/safe.ts";
import { formatDay, isDay, isInstant } from "../engine/time/days.ts";
import type { Day, Instant } from "../model.ts";

/**
 * `cover`: the cover is asked; `team`: so are the others; `taken`: somebody has taken it; `offer`: it is offered
 * back; `back`: whoever had it is back, and has it.
 */
const STAGES = ["cover", "team", "taken", "offer", "back"] as const;

export interface Note {
  readonly stage: (typeof STAGES)[number];
  /** Handles of those to whom it is offered back. */
  readonly first: readonly string[];
  /** Handles of those who had it when this was said. */
  readonly holders: readonly string[];
  /** When the cover, or where there is none the team, was asked. */
  readonly at: Instant;
  /** The day on which the first of those away works again. */
  readonly until: Day;
}

export const writeNote = ({ stage, first, holders, at, until }: Note): string =>
  [stage, first.join(","), holders.join(","), at, until].join(":");

export function readNote(key: string | null): Note | null {
  const [word, first, holders, at = "", until = ""] = key?.split(":") ?? [];
  const stage = STAGES.find((one) => one === word);
  if (!stage || !first || !holders || !isInstant(at) || !isDay(until)) return null;
  return { stage, first: first.split(","), holders: holders.split(","), at: Number(at), until };
}

export const includes = (handles: readonly string[], handle: string): boolean =>
  handles.some((one) => sameHandle(one, handle));

export const membersOf = (config: Config, handles: readonly string[]): Member[] =>
  handles.flatMap((one) => memberOf(config, one) ?? []);

/** Those who cover for others, in the order of the team. */
export function coversOf(config: Config, holders: readonly string[]): Member[] {
  const covers = membersOf(config, holders).flatMap(({ cover }) => cover ?? []);
  return config.team.filter(({ handle }) => includes(covers, handle) && !includes(holders, handle));
}

/** Everybody else. */
export function othersOf(config: Config, holders: readonly string[]): Member[] {
  const covers = coversOf(config, holders);
  return config.team.filter((one) => !covers.includes(one) && !includes(holders, one.handle));
}

/** What a section says, and why. */
export interface Words {
  readonly body: SafeText;
  readonly reason: string;
}

/** @param asked whom the section mentions; nobody when all is done */
export function wordsOf(config: Config, note: Note, asked: readonly Member[]): Words {
  const { stage, first, holders, until } = note;
  const back = `${listed(first)} ${first.length === 1 ? "is" : "are"} back`;
  switch (stage) {
    case "cover":
    case "team":
      return {
        body: join(
          [
            safe`**${inline(listed(holders))} ${inline(isAre(holders))} away** until **${inline(formatDay(until))}**.`,
            stage === "team" && covered(config, holders),
            safe`${join(asked.map(named), " ")} please take this request: \`/ar take\`. Nobody is assigned who has not taken it.`,
          ],
          " ",
        ),
        reason: `${awayText(note)}: ${listed(asked.map(({ handle }) => handle))} ${isAre(asked)} asked to take it.`,
      };
    case "taken":
      return {
        body: safe`${inline(listed(holders))} ${inline(hasHave(holders))} it while **${inline(listed(first))}** ${inline(isAre(first))} away until **${inline(formatDay(until))}**; then it is offered back.`,
        reason: `${listed(holders)} took it while ${listed(first)} ${isAre(first)} away.`,
      };
    case "offer": {
      const whom = join(membersOf(config, first).map(named), " ");
      return {
        body: safe`${whom} ${inline(isAre(first))} back and may take it back from ${inline(listed(holders))}: \`/ar take\`.`,
        reason: `${back}: it is offered back.`,
      };
    }
    case "back":
      return {
        body: safe`**${inline(back)}** and ${inline(hasHave(first))} it.`,
        reason: `${back} and ${hasHave(first)} it.`,
      };
  }
}

/** Who was asked before the others are; null where nobody covers. */
function covered(config: Config, holders: readonly string[]): SafeText | null {
  const covers = coversOf(config, holders).map(({ handle }) => handle);
  return covers.length === 0 ? null : safe`${inline(listed(covers))} cannot, or has not.`;
}

const awayText = ({ holders, until }: Note): string =>
  `${listed(holders)} ${isAre(holders)} away until ${formatDay(until)}`;

/** For `explain`. */
export function noteText(note: Note): string {
  const { stage, first, holders } = note;
  const back = `${listed(first)} ${isAre(first)} back`;
  switch (stage) {
    case "cover":
      return `${awayText(note)}; the cover is asked to take it.`;
    case "team":
      return `${awayText(note)}; the team is asked to take it.`;
    case "taken":
      return `${listed(holders)} ${hasHave(holders)} it while ${listed(first)} ${isAre(first)} away; then it is offered back.`;
    case "offer":
      return `${back}, and may take it back.`;
    case "back":
      return `${back}, and ${hasHave(first)} it.`;
  }
}

const isAre = ({ length }: readonly unknown[]): string => (length === 1 ? "is" : "are");
const hasHave = ({ length }: readonly unknown[]): string => (length === 1 ? "has" : "have");
