/** The conversation of `daytwo init`: one line a question, an answer at hand for each. */
import type { Io } from "../io.ts";
import { type Answers, FORGES, isForge, list, zoneIn } from "./answers.ts";

/** What is wrong with an answer; null where nothing is. */
export type Judge = (answers: Answers, about: keyof Answers) => string | null;

interface Question {
  readonly about: keyof Answers;
  readonly text: string;
  /** Asked only if this holds. */
  readonly when?: (answers: Answers) => boolean;
  readonly shown: (answers: Answers) => string;
  /** Null for what cannot be read. */
  readonly read: (answers: Answers, text: string) => Answers | null;
}

const QUESTIONS: readonly Question[] = [
  {
    about: "forge",
    text: `Where do the issues live: ${FORGES.join(" or ")}?`,
    shown: ({ forge }) => forge,
    read: (answers, text) =>
      isForge(text.toLowerCase()) ? { ...answers, forge: text.toLowerCase() as Answers["forge"] } : null,
  },
  {
    about: "requests",
    text: "Which project has the access requests?",
    shown: ({ requests }) => requests,
    // Onboarding goes along until it has an answer of its own.
    read: (answers, requests) => ({
      ...answers,
      requests,
      onboarding: answers.onboarding === answers.requests ? requests : answers.onboarding,
    }),
  },
  {
    about: "onboarding",
    text: "Which project has the onboarding issues? It may be the same; none switches that off.",
    shown: ({ onboarding }) => onboarding || "none",
    read: (answers, text) => ({ ...answers, onboarding: /^none$/i.test(text) ? "" : text }),
  },
  {
    about: "team",
    text: "Who works the requests? Handles, with commas between them.",
    shown: ({ team }) => team.join(", "),
    read: (answers, text) => {
      const team = list(text);
      return team.length === 0 ? null : { ...answers, team, dri: team.slice(0, 2) };
    },
  },
  {
    about: "dri",
    text: "Who of them is directly responsible, and copied on each new request?",
    when: ({ team }) => team.length > 1,
    shown: ({ dri }) => dri.join(", "),
    read: (answers, text) => ({ ...answers, dri: list(text) }),
  },
  {
    about: "country",
    text: "Whose public holidays count? A country code.",
    shown: ({ country }) => country,
    read: (answers, text) => ({ ...answers, country: text.toUpperCase(), region: "" }),
  },
  {
    about: "timezone",
    text: "In which time zone do they work?",
    shown: ({ timezone }) => timezone,
    read: (answers, timezone) => ({ ...answers, timezone }),
  },
];

/**
 * Asks what is not given; an empty answer takes the one at hand, a wrong one is asked again with what is wrong.
 * @param given what flags have answered
 */
export async function converse(
  ask: NonNullable<Io["ask"]>,
  io: Io,
  start: Answers,
  given: ReadonlySet<string>,
  judge: Judge,
): Promise<Answers> {
  let answers = start;
  for (const { about, text, when, shown, read } of QUESTIONS) {
    if (given.has(about) || when?.(answers) === false) continue;
    if (about === "timezone" && answers.country !== start.country) {
      answers = { ...answers, timezone: zoneIn(answers.country, io.env) };
    }
    for (let left = true; left; ) {
      const typed = (await ask(`${text} [${shown(answers)}] `)).trim();
      const next = typed === "" ? answers : read(answers, typed);
      const wrong = next === null ? `found "${typed}"` : judge(next, about);
      if (wrong !== null) io.err(`${wrong}\n`);
      else {
        answers = next ?? answers;
        left = false;
      }
    }
  }
  return answers;
}
