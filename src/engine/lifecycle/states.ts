/** The four states of an access request, the moves between them, and how labels are read as states. */
import { distance } from "../text/nearest.ts";

/** In the order that decides between labels put on at the same instant. */
export const STATES = ["action_needed", "in_progress", "on_hold", "completed"] as const;
export type State = (typeof STATES)[number];

const MOVES: Readonly<Record<State, readonly State[]>> = {
  action_needed: ["in_progress", "on_hold"],
  in_progress: ["action_needed", "on_hold", "completed"],
  on_hold: ["action_needed", "in_progress"],
  completed: ["action_needed", "in_progress"],
};

export const movesFrom = (state: State): readonly State[] => MOVES[state];
export const mayMove = (from: State, to: State): boolean => MOVES[from].includes(to);

const NAMES: Readonly<Record<State, string>> = {
  action_needed: "Action Needed",
  in_progress: "In Progress",
  on_hold: "On Hold",
  completed: "Completed",
};
export const stateName = (state: State): string => NAMES[state];

/** What a label means to the lifecycle. `canonical` is false for a misspelt or oddly cased one. */
export type Reading =
  | { readonly kind: "state"; readonly state: State; readonly label: string; readonly canonical: boolean }
  | { readonly kind: "reason"; readonly reason: string; readonly label: string; readonly canonical: boolean };

export interface LabelBook {
  /** Null for a label that has nothing to do with the lifecycle. `label` of a reading is the canonical name. */
  read(label: string): Reading | null;
  labelOf(state: State): string;
  reasonLabel(reason: string): string | null;
}

/** The part of the configuration that names labels. */
export interface LabelRules {
  readonly states: Readonly<Record<State, { readonly label: string }>>;
  readonly aliases: Readonly<Record<string, State>>;
  readonly hold_reasons: Readonly<Record<string, { readonly label: string }>>;
}

/** Two slips of the keyboard in a label of a dozen letters or more are the same label; fewer letters say too little. */
const SLIPS = 2;
const LETTERS = 9;

const words = (label: string): string[] =>
  label
    .normalize("NFKC")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");

/** A name as it is compared with what somebody typed. */
interface Spelling {
  readonly letters: string;
  readonly words: readonly string[];
}

const spelling = (label: string): Spelling => {
  const parts = words(label);
  return { letters: parts.join(""), words: parts };
};

/** "Uncompleted" and "No Action Needed" are two slips away from their very opposite. */
const NEGATIONS = ["un", "in", "im", "no", "non", "not", "de"];

/** A word more, or a negation before one, is no slip of the keyboard: it says something else. */
function turnsRound(typed: Spelling, known: Spelling): boolean {
  if (typed.words.length > known.words.length) return true;
  return typed.words.some((word, i) => NEGATIONS.some((no) => word === `${no}${known.words[i] ?? ""}`));
}

/**
 * Reads labels as the lifecycle means them: by name, by alias, else by nearness.
 * @param sameLabel how the forge compares label names
 * @param others labels that mean something else to daytwo and are never taken for a misspelling
 */
export function labelBook(
  rules: LabelRules,
  sameLabel: (a: string, b: string) => boolean,
  others: readonly string[] = [],
): LabelBook {
  const canon: Reading[] = [
    ...STATES.map(
      (state): Reading => ({ kind: "state", state, label: rules.states[state].label, canonical: true }),
    ),
    ...Object.entries(rules.hold_reasons).map(
      ([reason, { label }]): Reading => ({ kind: "reason", reason, label, canonical: true }),
    ),
  ];
  const misspelt = (reading: Reading): Reading => ({ ...reading, canonical: false });
  const stateReading = (state: State) => canon[STATES.indexOf(state)] as Reading;
  const spelt = canon.map((reading) => ({ reading, ...spelling(reading.label) }));
  const aliases = Object.entries(rules.aliases).map(([alias, state]) => ({
    reading: stateReading(state),
    ...spelling(alias),
  }));

  const lookUp = (label: string): Reading | null => {
    const exact = canon.find((reading) => sameLabel(reading.label, label));
    if (exact) return exact;
    if (others.some((other) => sameLabel(other, label))) return null;
    const typed = spelling(label);
    const known = [...aliases, ...spelt];
    const same = known.find((entry) => entry.letters === typed.letters);
    if (same) return misspelt(same.reading);
    if (typed.letters.length < LETTERS) return null;
    const near = known
      .filter((entry) => entry.letters.length >= LETTERS && !turnsRound(typed, entry))
      .map((entry) => ({ reading: entry.reading, slips: distance(typed.letters, entry.letters, SLIPS) }))
      .filter(({ slips }) => slips <= SLIPS)
      .sort((a, b) => a.slips - b.slips);
    const [best, next] = near;
    if (!best) return null;
    // Two different labels equally near: nobody can say which was meant.
    if (next && next.slips === best.slips && next.reading.label !== best.reading.label) return null;
    return misspelt(best.reading);
  };

  const memo = new Map<string, Reading | null>();
  return {
    read(label) {
      let reading = memo.get(label);
      if (reading === undefined) {
        reading = lookUp(label);
        memo.set(label, reading);
      }
      return reading;
    },
    labelOf: (state) => rules.states[state].label,
    reasonLabel: (reason) => rules.hold_reasons[reason]?.label ?? null,
  };
}
