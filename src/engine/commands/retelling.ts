/**
 * An issue's history with commands told into it: what a command said counts as done by whoever said it, when they
 * said it. So a command that is read late, or again after a crash, comes to what it would have come to at once,
 * and does not undo what people did since.
 */
import type { HistoryEvent, Instant } from "../../model.ts";
import { sameHandle } from "../cover.ts";
import { type Shown, type Standing, undone } from "../lifecycle/standing.ts";

export interface Then {
  readonly shown: Shown;
  readonly stand: Standing;
  /** Whether a box was open. */
  readonly open: boolean;
}

export interface Telling {
  /** Whether an actor is daytwo. */
  readonly own: (actor: string | null) => boolean;
  /** Whoever is assigned takes the place of whoever was. */
  readonly oneAssignee: boolean;
  /** Where an issue stood that showed this after these events, by its boxes as they were at that instant. */
  readonly standingAt: (shown: Shown, events: readonly HistoryEvent[], at: Instant) => Standing;
  /** Whether a box was open at an instant. */
  readonly openAt: (at: Instant) => boolean;
}

export class Retelling {
  readonly #shown: Shown;
  readonly #history: readonly HistoryEvent[];
  readonly #telling: Telling;
  readonly #told: HistoryEvent[] = [];
  /** What the forge would have done by itself, had it been told in time. */
  readonly #followed: HistoryEvent[] = [];

  /**
   * @param shown what the issue shows now
   * @param history all that happened, oldest first
   */
  constructor(shown: Shown, history: readonly HistoryEvent[], telling: Telling) {
    this.#shown = shown;
    this.#history = history;
    this.#telling = telling;
  }

  get told(): readonly HistoryEvent[] {
    return [...this.#told, ...this.#followed];
  }

  /** Everything, oldest first. */
  get events(): readonly HistoryEvent[] {
    return inTime([...this.#history, ...this.told]);
  }

  tell(event: HistoryEvent): void {
    this.#told.push(event);
    if (event.type !== "assigned" || !this.#telling.oneAssignee) return;
    const next = this.#history.find(
      (one) => one.type === "assigned" && one.at > event.at && !sameHandle(one.assignee, event.assignee),
    );
    if (next) this.#followed.push({ ...event, type: "unassigned", at: next.at, actor: next.actor });
  }

  /**
   * The issue as it was at an instant, before daytwo answered what was said at that instant; with all that has been told
   * so far, which is told in order.
   */
  asOf(at: Instant): Then {
    const came = (event: HistoryEvent) =>
      event.at < at || (event.at === at && !this.#telling.own(event.actor));
    const before = this.#history.filter(came);
    const followed = this.#followed.filter((event) => event.at <= at);
    const events = inTime([...before, ...this.#told, ...followed]);
    const shown = after(undone(this.#shown, this.#history), events);
    const { standingAt, openAt } = this.#telling;
    return { shown, stand: standingAt(shown, events, at), open: openAt(at) };
  }

  /** The last word about a label or an assignee: whether it should be there; null where nothing was said. */
  lastWord(about: "label" | "assignee", same: (name: string) => boolean): boolean | null {
    const last = this.events.findLast((event) => {
      const name = about === "label" ? labelOf(event) : assigneeOf(event);
      return name !== null && same(name);
    });
    return last ? last.type === "labeled" || last.type === "assigned" : null;
  }
}

const inTime = (events: readonly HistoryEvent[]): HistoryEvent[] => events.toSorted((a, b) => a.at - b.at);

export const labelOf = (event: HistoryEvent): string | null =>
  event.type === "labeled" || event.type === "unlabeled" ? event.label : null;
export const assigneeOf = (event: HistoryEvent): string | null =>
  event.type === "assigned" || event.type === "unassigned" ? event.assignee : null;

function after(shown: Shown, events: readonly HistoryEvent[]): Shown {
  let { labels, assignees } = shown;
  for (const event of events) {
    if (event.type === "labeled") labels = put(labels, event.label);
    else if (event.type === "unlabeled") labels = without(labels, event.label);
    else if (event.type === "assigned") assignees = put(assignees, event.assignee);
    else if (event.type === "unassigned") assignees = without(assignees, event.assignee);
  }
  return { labels, assignees };
}

/** Of handles and of labels: names that differ in case alone are one. */
const without = (names: readonly string[], name: string): string[] =>
  names.filter((one) => !sameHandle(one, name));
const put = (names: readonly string[], name: string): string[] => [...without(names, name), name];
