/**
 * licence-queue: seats that come free go to the requests that wait for them, first in, first out.
 *
 * They come free by a command, `/ar seats`, or by a leaver's "Revoked" box. Who gets them is noted on that issue
 * first; those leave On Hold at the next look, which this rule asks for (`engine/licence-queue.ts`).
 */
import { boxesBySystem } from "../engine/access/grants.ts";
import { accessOf } from "../engine/access/record.ts";
import { readLedger } from "../engine/commands/ledger.ts";
import type { Config } from "../engine/config/schema.ts";
import {
  type Allotted,
  allot,
  type Freed,
  isSame,
  labelsFor,
  type Note,
  type QueueRules,
  queueOf,
  REVOKED_ID,
  readNote,
  sameHold,
  type Waiting,
  waitedFor,
  waits,
  writeNote,
} from "../engine/licence-queue.ts";
import { REVOKED } from "../engine/text/markdown.ts";
import { inline, join, type SafeText, safe } from "../engine/text/safe.ts";
import { DAY_MS } from "../engine/time/days.ts";
import type { Issue, IssueRef } from "../model.ts";
import { judgeFrom } from "./judged.ts";
import type { Draft, Look, Policy } from "./policy.ts";
import { isRequest } from "./request.ts";

export const LICENCE_QUEUE = "licence-queue";

export const licenceQueue: Policy = {
  name: LICENCE_QUEUE,
  summary: "Gives seats that come free to the requests that wait for them, first in, first out.",
  enabled: (config) => waitedFor(config).length > 0,

  propose(look, draft) {
    const round = new Round(look, draft);
    for (const issue of look.subjects("requests")) {
      if (!look.settled(refOf(issue.number)) && isRequest(look, issue)) round.consider(issue);
    }
    round.write();
  },

  explain(look, ref) {
    const issue = ref.project === "requests" ? look.issue(ref) : null;
    if (!issue || !isRequest(look, issue)) return [];
    return [...ofSource(look, ref), ...ofWaiting(look, issue)].map((text) => ({ rule: LICENCE_QUEUE, text }));
  },
};

const refOf = (number: number): IssueRef => ({ project: "requests", number });

export const rulesOf = (look: Look): QueueRules => ({
  config: look.config,
  book: look.book,
  outsider: ({ actor, at }) => at >= judgeFrom(look) && look.role("requests", actor) === "outsider",
});

/** Who waits for a system, by every open request of the project; undefined while something has not been read. */
function queue(look: Look, system: string): Waiting[] | undefined {
  const all = look.all("requests");
  if (!all) return undefined;
  const requests = [...all].filter((issue) => isRequest(look, issue));
  return queueOf(system, requests, (number) => look.history(refOf(number)), rulesOf(look));
}

/** Seats that a request's commands and boxes set free, noted or not. */
function freedBy(look: Look, issue: Issue): Freed[] | undefined {
  const ledger = look.saying("commands", refOf(issue.number));
  if (ledger === undefined) return undefined;
  const waited = waitedFor(look.config);
  return [...(readLedger(ledger)?.seats ?? []), ...revokedIn(look, issue)].filter(({ system }) =>
    waited.includes(system),
  );
}

/** One seat for each system that was revoked, whatever becomes of its box later. */
function revokedIn(look: Look, issue: Issue): Freed[] {
  if (!look.own("requests", issue.author) || accessOf(issue)?.does !== "revoke") return [];
  return [...boxesBySystem(issue.body, look.config)].flatMap(([system, boxes]): Freed[] => {
    const revoked = boxes.some(({ ticked, text }) => ticked && text.toLowerCase() === REVOKED.toLowerCase());
    return revoked ? [{ id: REVOKED_ID, system, seats: 1 }] : [];
  });
}

/** An allotment that was cut short by a crash is finished by the next tick: older ones have been. */
const OUTSTANDING_DAYS = 3;

/** One planning. What is noted on an issue in it is written once, at its end. */
class Round {
  readonly #look: Look;
  readonly #draft: Draft;
  /** Whom seats go to by this very plan, by system. */
  readonly #taken: (Waiting & { readonly system: string })[] = [];
  readonly #notes = new Map<number, { note: Note; reasons: string[]; after: boolean }>();

  constructor(look: Look, draft: Draft) {
    this.#look = look;
    this.#draft = draft;
  }

  consider(issue: Issue): void {
    const look = this.#look;
    // Seats are set free by a comment or by a box, and noted in a comment.
    if (issue.commentCount === 0 && revokedIn(look, issue).length === 0) return;
    const said = look.said(LICENCE_QUEUE, refOf(issue.number));
    const freed = freedBy(look, issue);
    if (said === undefined || freed === undefined) return;
    const noted = readNote(said).freed;
    for (const one of noted) this.#giveOut(issue, one);
    for (const one of freed) if (!noted.some((other) => isSame(one, other))) this.#note(issue, one, []);
  }

  /** Notes whom free seats go to. Nothing else happens before that is written. */
  #note(issue: Issue, freed: Freed, before: readonly Waiting[]): void {
    const look = this.#look;
    const waiting = queue(look, freed.system);
    const taken = this.#takenElsewhere(issue.number, freed.system);
    if (!waiting || !taken) return;
    const next = allot(freed, before, waiting, taken);
    for (const one of next.to) this.#taken.push({ ...one, system: freed.system });
    const name = nameOf(look.config, freed.system);
    const what =
      freed.seats === 1 ? `A seat of ${name} came free` : `${freed.seats} seats of ${name} came free`;
    this.#change(issue.number, `${what}.`, (note) => ({
      ...note,
      freed: [...note.freed.filter((one) => !isSame(one, next)), next],
    }));
    this.#draft.again(refOf(issue.number));
  }

  /** Whom seats that came free on other issues go to, and who still waits for them to be given out. */
  #takenElsewhere(number: number, system: string): Waiting[] | undefined {
    const look = this.#look;
    const all = look.all("requests");
    if (!all) return undefined;
    const since = look.now - OUTSTANDING_DAYS * DAY_MS;
    let whole = true;
    const taken: Waiting[] = this.#taken.filter((one) => one.system === system);
    for (const issue of all) {
      if (issue.number === number || issue.updatedAt < since || look.settled(refOf(issue.number))) continue;
      const said = look.said(LICENCE_QUEUE, refOf(issue.number));
      if (said === undefined) whole = false;
      for (const one of readNote(said ?? null).freed) if (one.system === system) taken.push(...one.to);
    }
    return whole ? taken : undefined;
  }

  /** Gives out seats as they were noted; whoever got another one for the same hold makes room for the next. */
  #giveOut(source: Issue, freed: Allotted): void {
    const kept = freed.to.filter((one) => this.#release(source, freed, one) !== "has another");
    if (kept.length < freed.to.length) this.#note(source, freed, kept);
  }

  #release(source: Issue, { id, system }: Freed, { number, since }: Waiting): "has another" | "done" {
    const look = this.#look;
    const issue = look.issue(refOf(number));
    const said = look.said(LICENCE_QUEUE, refOf(number));
    if (!issue || said === undefined) return "done";
    const got = readNote(said).got.find((one) => one.system === system && sameHold(one.since, since));
    if (got) return got.from === source.number && got.id === id ? "done" : "has another";
    if (issue.state === "closed") return "done";
    const name = nameOf(look.config, system);
    const reason = `A seat of ${name} came free on #${source.number}, and this has waited longest.`;
    for (const label of labelsFor(system, issue, { config: look.config, book: look.book })) {
      this.#draft.change({ kind: "remove-label", project: "requests", issue: number, label, reason });
    }
    const seat = { system, since, from: source.number, id };
    this.#change(number, reason, (note) => ({ ...note, got: [...note.got, seat] }), true);
    // The source itself need not change any more: whoever dies before all is made must come back to it.
    this.#draft.wake(refOf(source.number), look.now);
    this.#draft.again(refOf(number));
    return "done";
  }

  #change(number: number, reason: string, change: (note: Note) => Note, after = false): void {
    const known = this.#notes.get(number);
    const note = known?.note ?? readNote(this.#look.said(LICENCE_QUEUE, refOf(number)) ?? null);
    this.#notes.set(number, {
      note: change(note),
      reasons: [...(known?.reasons ?? []), reason],
      after: after || (known?.after ?? false),
    });
  }

  write(): void {
    for (const [number, { note, reasons, after }] of this.#notes) {
      const section = {
        key: writeNote(note),
        body: bodyOf(this.#look.config, note),
        ...(after ? { after } : {}),
      };
      this.#draft.say(refOf(number), section, reasons.join(" "));
    }
  }
}

const nameOf = (config: Config, system: string): string => config.systems.get(system)?.name ?? system;

const MOST_NAMED = 50;
/** What came free longer ago is not shown any more. */
const MOST_SHOWN = 10;

function bodyOf(config: Config, { freed, got }: Note): SafeText {
  const last = got.at(-1);
  const parts = freed.slice(-MOST_SHOWN).map((one) => safe`- ${freedText(config, one)}`);
  return join(
    [
      last &&
        safe`**A seat of ${inline(nameOf(config, last.system))} is free**, so this waits for it no more. It came free on #${last.from}.`,
      parts.length > 0 && join(parts, "\n"),
    ],
    "\n\n",
  );
}

function freedText(config: Config, { system, seats, to }: Allotted): SafeText {
  const name = inline(nameOf(config, system));
  const what =
    seats === 1 ? safe`**1 seat of ${name}** is free` : safe`**${seats} seats of ${name}** are free`;
  const named = to.slice(0, MOST_NAMED).map(({ number }) => safe`#${number}`);
  const more = to.length - named.length;
  const whom =
    to.length === 0
      ? safe`nobody waits for ${seats === 1 ? safe`it` : safe`them`}.`
      : safe`for ${join(named, ", ")}${more > 0 ? safe` and ${more} more` : safe``}, first in, first out.`;
  const left = to.length === 0 ? 0 : seats - to.length;
  const over =
    left > 0 ? safe` ${left} ${left === 1 ? safe`is` : safe`are`} left over: nobody else waits.` : safe``;
  return safe`${what}: ${whom}${over}`;
}

/** A longer queue is not read for one request's sake. */
const MOST_EXPLAINED = 100;

function ofWaiting(look: Look, issue: Issue): string[] {
  const rules = rulesOf(look);
  return waitedFor(look.config).flatMap((system) => {
    if (!waits(system, issue, rules)) return [];
    const name = nameOf(look.config, system);
    const all = look.all("requests");
    if (!all) return [];
    const many = [...all].filter((one) => waits(system, one, rules)).length;
    if (many > MOST_EXPLAINED)
      return [`It waits for a seat of ${name}, with ${many - 1} others: first in, first out.`];
    const line = queue(look, system);
    const place = line?.findIndex(({ number }) => number === issue.number);
    if (!line || place === undefined) return [];
    if (place < 0) return [`It does not wait for a seat of ${name}: nobody of the team held it for that.`];
    return [
      `It is number ${place + 1} of ${line.length} who wait for a seat of ${name}: first in, first out.`,
    ];
  });
}

function ofSource(look: Look, ref: IssueRef): string[] {
  const said = look.said(LICENCE_QUEUE, ref);
  return readNote(said ?? null).freed.map(({ system, seats, to }) => {
    const whom =
      to.length === 0 ? "nobody waited" : `they went to ${to.map(({ number }) => `#${number}`).join(", ")}`;
    return `${seats} of ${nameOf(look.config, system)} came free here: ${whom}.`;
  });
}
