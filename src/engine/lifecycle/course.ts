/** The course of a request from event to event: each move is taken or refused, and each has its consequences. */
import type { HistoryEvent, Instant } from "../../model.ts";
import type { BoxStory, Doer, Turn } from "./boxes.ts";
import type { Refusal, Role, Standing, Stay, Why, Witness } from "./standing.ts";
import { mayMove, STATES, type State } from "./states.ts";

/** Handles ignore case on both forges. */
export const fold = (handle: string): string => handle.toLowerCase();

/** Taking one state label off and putting another on are two clicks: this long they are one move. */
const SWAP_MS = 10_000;
/** Forges stamp what an issue is opened with a moment after the issue itself. */
const BORN_MS = 2_000;

type LabelEvent = Extract<HistoryEvent, { label: string }>;
type Moved = LabelEvent & { readonly to: State };

export class Course {
  readonly #witness: Witness;
  readonly #boxes: BoxStory;
  readonly #assignees: Set<string>;
  /** Hold reasons, in the order they were given, and who gave each. */
  readonly #reasons = new Map<string, string | null>();
  readonly labels = new Set<string>();
  readonly #stays: Stay[] = [];
  /** The moment that is being lived through. */
  #at: Instant = Number.NEGATIVE_INFINITY;
  #since: Instant;
  #state: State;
  #cameFrom: State | null = null;
  /** Where a hold returns to. */
  #resumeTo: State = "action_needed";
  #why: Why = { kind: "new" };
  #takenBy: string | null = null;
  #refusal: Refusal | null = null;
  #closed: Standing["closed"] = null;
  #done: BoxStory["first"];
  #finisher: Doer | null;
  /** The state's own label was taken off, and nothing put in its place yet. */
  #bared: Doer | null = null;

  constructor(start: { state: State; assignees: readonly string[] }, boxes: BoxStory, witness: Witness) {
    this.#witness = witness;
    this.#boxes = boxes;
    this.#state = start.state;
    this.#since = this.#at;
    this.#stays.push({ state: start.state, from: this.#at });
    this.#assignees = new Set(start.assignees.map(fold));
    this.#done = boxes.first;
    this.#finisher = boxes.finisher;
  }

  run(events: readonly HistoryEvent[]): Standing {
    for (const instant of instants(events, this.#boxes.turns)) this.#live(instant);
    this.#settle();
    return {
      state: this.#state,
      since: this.#since,
      stays: this.#stays,
      takenBy: this.#takenBy,
      reasons: this.#state === "on_hold" ? [...this.#reasons.keys()] : [],
      refusal: this.#refusal,
      finisher: this.#done === "done" ? this.#finisher : null,
      closed: this.#closed,
      why: this.#why,
    };
  }

  #live({ at, events, turns }: Moment): void {
    this.#at = at;
    if (this.#bared && at - this.#bared.at > SWAP_MS) this.#loseLabel();
    const rivals = this.#rivals(events);
    let chosen: Moved | null | undefined;
    let leaver: { readonly actor: string | null } | null = null;
    for (const event of events) {
      // daytwo has looked since, and seen no label.
      if (this.#role(event) === "self" && event.actor !== this.#bared?.actor) this.#loseLabel();
      if (event.type === "labeled" && rivals.has(event)) {
        this.labels.add(event.label);
        chosen ??= this.#choose([...rivals.values()]);
        if (chosen === null || chosen.label === event.label)
          this.#move(event, rivals.get(event)?.to as State);
      } else {
        this.#happen(event);
        if (event.type === "unassigned") leaver = event;
      }
    }
    // Somebody handing over takes one off and puts another on: what counts is who is left in the end.
    if (leaver && this.#assignees.size === 0 && this.#state === "in_progress") {
      this.#enter("action_needed", { kind: "released", by: leaver.actor });
    }
    for (const turn of turns) this.#turn(turn);
  }

  /** Different states that people put on at one instant, and left on. */
  #rivals(events: readonly HistoryEvent[]): Map<HistoryEvent, Moved> {
    const rivals = new Map<HistoryEvent, Moved>();
    events.forEach((event, i) => {
      if (event.type !== "labeled" || this.#role(event) === "self") return;
      const reading = this.#witness.book.read(event.label);
      if (reading?.kind !== "state") return;
      const gone = events
        .slice(i)
        .some((one) => one.type === "unlabeled" && one.label === event.label && this.#role(one) !== "self");
      if (!gone) rivals.set(event, { ...event, to: reading.state });
    });
    return new Set(rivals.values().map(({ to }) => to)).size > 1 ? rivals : new Map();
  }

  /** Of several put on at the same instant, the earliest in the order of states that may be taken; null if none may. */
  #choose(rivals: readonly Moved[]): Moved | null {
    const order = rivals.toSorted((a, b) => STATES.indexOf(a.to) - STATES.indexOf(b.to));
    return order.find((one) => one.to === this.#state || this.#judge(one, one.to) === null) ?? null;
  }

  #happen(event: HistoryEvent): void {
    switch (event.type) {
      case "labeled": {
        this.labels.add(event.label);
        const reading = this.#witness.book.read(event.label);
        if (reading?.kind === "state") this.#move(event, reading.state);
        else if (reading?.kind === "reason") this.#hold(event, reading.label);
        return;
      }
      case "unlabeled":
        this.#unlabel(event);
        return;
      case "assigned": {
        const { actor, assignee } = event;
        this.#assignees.add(fold(assignee));
        this.#takenBy = null;
        // daytwo assigns whoever takes a request, and nobody else.
        const given = this.#role(event) === "self";
        const stray = this.#strayBefore(event);
        if (stray?.to === "in_progress" && stray.by === fold(assignee)) this.#vouch(stray.to);
        if (this.#witness.role(assignee) !== "team") return;
        const own = actor === null || fold(actor) === fold(assignee);
        if ((own || given) && this.#state === "action_needed") {
          this.#enter("in_progress", { kind: "took", by: assignee });
        } else if (given && this.#state === "on_hold") this.#resumeTo = "in_progress";
        return;
      }
      case "unassigned":
        this.#assignees.delete(fold(event.assignee));
        return;
      case "closed":
        this.#closed = { actor: event.actor, reason: event.reason, from: this.#state };
        return;
      case "reopened":
        this.#closed = null;
        return;
      default:
        // Ticks are told by the story of the boxes.
        return;
    }
  }

  #role({ actor }: { readonly actor: string | null }): Role {
    return this.#witness.role(actor);
  }

  /** Why this actor may not make this move; null where they may. */
  #judge(event: Doer, to: State): Refusal["why"] | null {
    const role = this.#role(event);
    const { judgeFrom, opened, waits = false } = this.#witness;
    if (waits && to === "completed") {
      return role === "outsider" && event.at >= judgeFrom ? "not-team" : "unapproved";
    }
    const unfinished = to === "completed" && this.#done === "open";
    // daytwo itself completed it with every box done, unless it is known that one was open.
    if (role === "self") return unfinished && this.#boxes.sure ? "open-boxes" : null;
    if (role === "outsider" && event.at >= judgeFrom) return "not-team";
    const born =
      event.at - opened.at <= BORN_MS && event.actor !== null && fold(event.actor) === fold(opened.author);
    const judged = role === "team" && event.at >= judgeFrom && !born;
    if (judged && !mayMove(this.#state, to)) return "illegal";
    return unfinished ? "open-boxes" : null;
  }

  #refuse(event: Doer, why: Refusal["why"], tried: Refusal["tried"]): void {
    this.#refusal = { why, by: event.actor, at: event.at, from: this.#state, tried };
  }

  #move(event: Doer, to: State): void {
    const { actor } = event;
    if (to === this.#state) {
      this.#bared = null;
      const { tried } = this.#refusal ?? {};
      if (tried && "move" in tried && !this.#bears(this.#witness.book.labelOf(tried.move)))
        this.#refusal = null;
      return;
    }
    const refused = this.#judge(event, to);
    if (refused) {
      this.#refuse(event, refused, { move: to });
      if (this.#bared && this.#bared.actor === actor) this.#bared = null;
      return;
    }
    const left = to === "on_hold" && this.#byDaytwo(event) ? this.#refusal : null;
    this.#enter(to, { kind: "moved", by: actor });
    // daytwo puts it On Hold for a reason that it has accepted.
    if (left?.why === "not-team" && "reasonOn" in left.tried && this.#bears(left.tried.reasonOn)) {
      const reason = left.tried.reasonOn;
      this.#reasons.set(reason, left.by);
      this.#why = { kind: "held", reason, by: left.by };
    }
    if (to === "in_progress" && this.#assignees.size === 0 && this.#role(event) === "team") {
      this.#takenBy = actor;
    }
  }

  #unlabel(event: LabelEvent): void {
    this.labels.delete(event.label);
    const reading = this.#witness.book.read(event.label);
    // A misspelt one goes when the canonical one has come: the meaning stays.
    if (!reading || this.#bears(reading.label)) return;
    const { tried } = this.#refusal ?? {};
    if (reading.kind === "reason") {
      if (tried && "reasonOn" in tried && tried.reasonOn === reading.label) this.#refusal = null;
      this.#unhold(event, reading.label);
    } else if (reading.state === this.#state) {
      // daytwo takes a state off for the one that it has accepted.
      const stray = this.#strayBefore(event);
      if (stray && this.#bears(this.#witness.book.labelOf(stray.to))) {
        this.#vouch(stray.to);
        return;
      }
      const refused = this.#refusal;
      const swapped = refused && refused.by === event.actor && event.at - refused.at <= SWAP_MS;
      if (!swapped) this.#bared = event;
    } else if (tried && "move" in tried && tried.move === reading.state) this.#refusal = null;
  }

  #byDaytwo({ actor }: { readonly actor: string | null }): boolean {
    return actor !== null && (this.#witness.self?.(actor) ?? false);
  }

  /** The move that daytwo acted upon, refused here because whoever made it is no team member now; else null. */
  #strayBefore(event: Doer): { readonly to: State; readonly by: string } | null {
    const { why, tried, by } = (this.#byDaytwo(event) && this.#refusal) || {};
    return why === "not-team" && tried && "move" in tried && by ? { to: tried.move, by: fold(by) } : null;
  }

  /** What daytwo has done since shows that it was a team member's move then: who leaves the team takes nothing along. */
  #vouch(state: State): void {
    this.#enter(state, { kind: "moved", by: this.#refusal?.by ?? null });
  }

  #bears(canonical: string): boolean {
    return this.labels.values().some((label) => this.#witness.book.read(label)?.label === canonical);
  }

  #hold(event: Doer, reason: string): void {
    const { tried } = this.#refusal ?? {};
    if (tried && "reasonOff" in tried && tried.reasonOff === reason) this.#refusal = null;
    if (this.#reasons.has(reason)) return;
    const held = this.#state === "on_hold";
    const refused = this.#judge(event, "on_hold");
    if (refused && !(held && refused === "illegal")) {
      this.#refuse(event, refused, { reasonOn: reason });
      return;
    }
    if (!held) this.#enter("on_hold", { kind: "held", reason, by: event.actor });
    this.#reasons.set(reason, event.actor);
  }

  #unhold(event: Doer, reason: string): void {
    if (!this.#reasons.has(reason)) return;
    if (this.#judge(event, this.#resumeTo) === "not-team") {
      this.#refuse(event, "not-team", { reasonOff: reason });
      return;
    }
    this.#reasons.delete(reason);
    const [left] = this.#reasons;
    if (left) {
      const named = this.#why.kind === "held" && this.#why.reason === reason;
      if (named) this.#why = { kind: "held", reason: left[0], by: left[1] };
      return;
    }
    // Nobody to go back to work: a request that lost its assignee while it waited starts afresh.
    const nobody = this.#resumeTo === "in_progress" && this.#assignees.size === 0;
    this.#enter(nobody ? "action_needed" : this.#resumeTo, { kind: "resumed", by: event.actor });
  }

  #enter(state: State, why: Why): void {
    if (state === "on_hold") this.#resumeTo = this.#state;
    else this.#reasons.clear();
    this.#cameFrom = this.#state;
    this.#state = state;
    this.#since = this.#at;
    // What comes and goes within one moment was no stay.
    if (this.#stays.at(-1)?.from === this.#at) this.#stays.pop();
    this.#stays.push({ state, from: this.#at });
    this.#why = why;
    this.#refusal = null;
    this.#takenBy = null;
    this.#bared = null;
    // Somebody took it out of Completed on purpose: only a box done since completes it again.
    if (state === "in_progress" && this.#cameFrom !== "completed") this.#complete();
  }

  /** All boxes done, in progress, and not by a stranger's hand: it is Completed. */
  #complete(): void {
    if (this.#state !== "in_progress" || this.#done !== "done" || this.#witness.waits) return;
    const by = this.#finisher?.actor ?? null;
    if (this.#witness.role(by) !== "outsider") this.#enter("completed", { kind: "finished", by });
  }

  #turn(turn: Turn): void {
    // Whoever turns to the boxes has done with the labels; what daytwo takes off at that instant, it takes off
    // for what the boxes say.
    if (this.#bared?.at === turn.at && this.#role(this.#bared) === "self") this.#bared = null;
    else this.#loseLabel();
    this.#done = turn.to;
    this.#finisher = turn.to === "done" ? turn : null;
    if (turn.to === "done") this.#complete();
    else if (this.#state === "completed") this.#enter("in_progress", { kind: "box-opened", by: turn.actor });
  }

  /** Without a label of its own it is Action Needed, unless a stranger took the label off. */
  #loseLabel(): void {
    const bared = this.#bared;
    this.#bared = null;
    if (!bared || this.#state === "action_needed") return;
    if (this.#role(bared) === "outsider" && bared.at >= this.#witness.judgeFrom) {
      if (!this.#refusal) this.#refuse(bared, "not-team", { move: "action_needed" });
    } else this.#enter("action_needed", { kind: "label-removed", by: bared.actor });
  }

  /** What this moment adds to the story. */
  #settle(): void {
    this.#loseLabel();
    if (this.#done === "unknown") {
      this.#done = "done";
      if (this.#cameFrom !== "completed") this.#complete();
    }
    if (this.#state === "completed" && this.#done === "open") {
      this.#enter("in_progress", { kind: "box-opened", by: null });
    }
  }
}

interface Moment {
  readonly at: Instant;
  readonly events: HistoryEvent[];
  readonly turns: Turn[];
}

/** What happened at one instant, in the order of the forge; what became of the boxes comes last. */
function instants(events: readonly HistoryEvent[], turns: readonly Turn[]): Moment[] {
  const moments = new Map<Instant, Moment>();
  const moment = (at: Instant): Moment => {
    const known = moments.get(at);
    if (known) return known;
    const made = { at, events: [], turns: [] };
    moments.set(at, made);
    return made;
  };
  for (const event of events) moment(event.at).events.push(event);
  for (const turn of turns) moment(turn.at).turns.push(turn);
  return [...moments.values()].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}
