/** One look at one issue with commands to carry out: what they come to, and what is answered. */
import { approversOf } from "../engine/commands/approval.ts";
import { type Deed, deeds, type Scene, type Verdict } from "../engine/commands/deeds.ts";
import { commandHelp } from "../engine/commands/help.ts";
import { endOf, type Hold, type Ledger, writeLedger } from "../engine/commands/ledger.ts";
import { type CommandLine, MOST_LINES } from "../engine/commands/lines.ts";
import { type Command, readCommand } from "../engine/commands/read.ts";
import {
  commands,
  commandsOf,
  PLACES,
  type Place,
  placeNames,
  type Terms,
  who,
} from "../engine/commands/registry.ts";
import { assigneeOf, labelOf, type Retelling } from "../engine/commands/retelling.ts";
import { sameHandle } from "../engine/cover.ts";
import { type Freed, isSame, readNote, reasonsOf } from "../engine/licence-queue.ts";
import { openTasks } from "../engine/lifecycle/boxes.ts";
import { count } from "../engine/text/count.ts";
import { boxes } from "../engine/text/markdown.ts";
import { code, inline, join, lines, type SafeText, safe, vouched } from "../engine/text/safe.ts";
import { formatDay } from "../engine/time/days.ts";
import { dayOf, formatInstant } from "../engine/time/zones.ts";
import type { Comment, HistoryEvent, Instant, Issue, IssueRef, Reaction } from "../model.ts";
import { approvalOf, type Judged } from "./approval-evidence.ts";
import { signingOf } from "./close-evidence.ts";
import { decidedLately } from "./commands-decided.ts";
import { hasOneAssignee, storyOf } from "./commands-story.ts";
import { LICENCE_QUEUE } from "./licence-queue.ts";
import type { Draft, Look } from "./policy.ts";

/** A comment whose commands wait to be carried out. */
export interface Waiting {
  readonly comment: Comment;
  readonly number: number;
  readonly lines: readonly CommandLine[];
}

const REACTION: Readonly<Record<Verdict, Reaction>> = { done: "+1", refused: "-1", unclear: "confused" };
/** Answers shown; whoever gave more at once has the reactions. */
const MOST_ANSWERS = 20;
const MOST_EXPLAINED = 20;
const LONGEST_SHOWN = 80;
const LONGEST_EXPLAINED = 300;
const LONGEST_DECIDED = 400;
const cut = (text: string, max: number): string =>
  text.length > max ? `${text.slice(0, max - 1).toWellFormed()}…` : text;

type Answer = Pick<Deed, "verdict" | "said">;

/** One look at one issue with something to carry out. */
export class Session {
  readonly #look: Look;
  readonly #place: Place;
  readonly #ref: IssueRef;
  readonly #issue: Issue;
  readonly #waiting: readonly Waiting[];
  readonly #story: Retelling;
  readonly #assignable: ReadonlySet<string>;
  readonly #approval: Judged | null;
  readonly #answers: SafeText[] = [];
  readonly #reactions: { comment: string; reaction: Reaction }[] = [];
  readonly #asked: string[] = [];
  readonly #questions = new Set<Command["name"]>();
  #holds: readonly Hold[];
  #seats: readonly Freed[];
  #done: number;

  private constructor(given: {
    look: Look;
    place: Place;
    ref: IssueRef;
    issue: Issue;
    ledger: Ledger;
    waiting: readonly Waiting[];
    story: Retelling;
    assignable: ReadonlySet<string>;
    approval: Judged | null;
  }) {
    this.#look = given.look;
    this.#place = given.place;
    this.#ref = given.ref;
    this.#issue = given.issue;
    this.#waiting = given.waiting;
    this.#story = given.story;
    this.#assignable = given.assignable;
    this.#approval = given.approval;
    this.#holds = given.ledger.holds;
    const { freed } = readNote(given.look.said(LICENCE_QUEUE, given.ref) ?? null);
    // Once they are given out, that is noted there.
    this.#seats = given.ledger.seats.filter((one) => !freed.some((other) => isSame(one, other)));
    this.#done = given.ledger.done;
  }

  /** @returns null while something that decides has not been read */
  static open(
    look: Look,
    place: Place,
    ref: IssueRef,
    issue: Issue,
    ledger: Ledger,
    waiting: readonly Waiting[],
  ): Session | null {
    // Asked for together, so that they are read together.
    const approval = place === "request" ? approvalOf(look, ref, issue) : null;
    const story = storyOf(look, place, ref, issue, approval ?? null);
    const takers = givers(waiting, "take").map((by) => ({ by, member: look.member(ref.project, by) }));
    const asked = givers(waiting, "explain").length > 0;
    const [explained, decided] = asked ? [look.explain(ref), look.decided(ref)] : [[], []];
    const signers = place === "close" ? waiting.filter((one) => gives(one, "sign")) : [];
    const signings = signers.map(({ comment: one }) =>
      signingOf(look, ref, issue, one.author, one.createdAt),
    );
    if (signings.includes(undefined)) return null;
    if (!explained || !decided) return null;
    if (!story || approval === undefined || takers.some(({ member }) => member === undefined)) return null;
    const assignable = new Set(takers.flatMap(({ by, member }) => (member ? [by.toLowerCase()] : [])));
    return new Session({ look, place, ref, issue, ledger, waiting, story, assignable, approval });
  }

  propose(draft: Draft): void {
    for (const { comment, number, lines: given } of this.#waiting) {
      this.#endHolds(comment.createdAt);
      const verdicts = new Set<Verdict>();
      given.slice(0, MOST_LINES).forEach((line, i) => {
        // A little apart, since what happens at one instant counts as one deed.
        verdicts.add(this.#carryOut(comment, line, comment.createdAt + i));
      });
      if (given.length > MOST_LINES) {
        verdicts.add("unclear");
        this.#answers.push(
          safe`- **${name(comment.author)}**: only the first ${MOST_LINES} commands of a comment are read.`,
        );
      }
      for (const verdict of verdicts) {
        this.#reactions.push({ comment: comment.id, reaction: REACTION[verdict] });
      }
      this.#done = number;
    }
    this.#endHolds(this.#look.now);
    this.#dropHolds();
    this.#write(draft);
  }

  #carryOut(comment: Comment, line: CommandLine, at: Instant): Verdict {
    const by = comment.author;
    const typed = cut(["/ar", line.name, line.rest].filter((part) => part !== "").join(" "), LONGEST_SHOWN);
    this.#asked.push(`${by === "" ? "somebody" : by} asked: ${typed}.`);
    const { verdict, said } = this.#answer(comment, line, at);
    this.#answers.push(safe`- **${name(by)}** ${code(typed)}: ${said}`);
    return verdict;
  }

  #answer({ author: by, createdAt, id: number }: Comment, line: CommandLine, at: Instant): Answer {
    const here = commandsOf(this.#place);
    const read = readCommand(line, this.#terms(at), here);
    if ("fault" in read) return { verdict: "unclear", said: inline(read.fault) };
    const { command } = read;
    const { places, closed = false } = commands[command.name] as {
      places: readonly Place[];
      closed?: boolean;
    };
    if (!places.includes(this.#place)) {
      const where = PLACES.filter((one) => places.includes(one)).map((one) => inline(placeNames[one]));
      return refusal(
        safe`it works on ${join(where, safe` or `)}; this is ${inline(placeNames[this.#place])}. Possible here: ${join(
          here.map((one) => vouched(`\`/ar ${one}\``)),
          safe`, `,
        )}.`,
      );
    }
    if (command.name === "explain" || command.name === "help") {
      this.#questions.add(command.name);
      return { verdict: "done", said: safe`see below.` };
    }
    const scene = this.#scene(by, at, createdAt);
    if (scene.closed && !closed) return refusal(safe`it is closed: reopen it first.`);
    const unfit = this.#mayNot(command, scene);
    if (unfit) return refusal(unfit);
    // The registry ties a command's arguments to its name.
    const deed = (deeds[command.name] as (scene: Scene, args: unknown) => Deed)(scene, command.args);
    for (const event of deed.events) this.#story.tell(event);
    if (command.name === "hold" && deed.verdict === "done") this.#keep(command.args.reason.id, deed.hold);
    if (command.name === "seats" && deed.seats !== undefined) {
      const { id: system } = command.args.system;
      // Lines of one comment are told apart by the instants they are given.
      const freed = { id: `${number}.${at - createdAt}`, system, seats: deed.seats };
      this.#seats = [...this.#seats, freed];
    }
    return deed;
  }

  #terms(at: Instant): Terms {
    const { lifecycle, systems, timezone } = this.#look.config;
    const reasons = Object.entries(lifecycle.hold_reasons).map(([id, { label }]) => ({ id, label }));
    return { reasons, systems: [...systems.values()], today: dayOf(at, timezone) };
  }

  #scene(by: string, at: Instant, asOf: Instant): Scene & { readonly closed: boolean } {
    const { config, book } = this.#look;
    const issue = this.#issue;
    const { shown, stand, open } = this.#story.asOf(asOf);
    const forge = this.#look.project(this.#ref.project)?.forge ?? "github";
    const bore = (label: string) => this.#look.has("requests", { ...issue, labels: shown.labels }, label);
    const { required, label, waiting } = config.requests.approval;
    return {
      by,
      at,
      written: asOf,
      forge,
      state: stand.state,
      // Only of a request everything that happened has been read.
      closed:
        this.#place === "request"
          ? stand.closed !== null
          : issue.state === "closed" && asOf > (issue.closedAt ?? 0),
      reasons: shown.labels.filter((one) => book.read(one)?.kind === "reason"),
      assignees: shown.assignees.map((handle) => this.#spelt(handle)),
      unfinished: open,
      open: openTasks(issue.body, boxes(issue.body)),
      assignable: this.#assignable.has(by.toLowerCase()),
      author: issue.author,
      approvers: approversOf(issue.body, forge),
      approval: {
        required,
        label,
        waiting,
        approved: bore(label),
        waits: bore(waiting),
        pending: this.#approval,
      },
      book,
      awaited: (system) => reasonsOf(config, system).length > 0,
      signing: this.#place === "close" ? (signingOf(this.#look, this.#ref, issue, by, asOf) ?? null) : null,
    };
  }

  /** A handle as the forge spells it: in histories they are compared without case. */
  #spelt(handle: string): string {
    const known = [...this.#issue.assignees, ...this.#story.events.flatMap((one) => assigneeOf(one) ?? [])];
    return known.find((one) => sameHandle(one, handle)) ?? handle;
  }

  /** Why this command is not theirs to give; null where it is. What a manager or reviewer may is for the deed to say. */
  #mayNot({ name: command }: Command, { by, assignees }: Scene): SafeText | null {
    const { who: whose } = commands[command];
    if (whose === "anyone" || whose === "manager" || whose === "reviewer") return null;
    if (this.#look.role(this.#ref.project, by) === "team") return null;
    const has = assignees.some((one) => sameHandle(one, by));
    if (whose === "assignee" && has) return null;
    const team = this.#look.config.team.map(({ handle }) => inline(handle));
    return safe`only ${inline(who[whose])} may: ${join(team, ", ")}.`;
  }

  #keep(reason: string, hold: Hold | undefined): void {
    const others = this.#holds.filter((one) => one.reason !== reason);
    const noteworthy = hold && (hold.until !== null || hold.because !== null);
    this.#holds = noteworthy ? [...others, hold] : others;
  }

  /** Holds whose day has come by an instant end at their time. */
  #endHolds(by: Instant): void {
    if (this.#issue.state === "closed") return;
    const { book, config } = this.#look;
    for (const hold of this.#holds) {
      const at = endOf(hold, config.timezone);
      const label = book.reasonLabel(hold.reason);
      if (at === null || at > by || label === null) continue;
      this.#holds = this.#holds.filter((one) => one !== hold);
      const borne = this.#story.asOf(at).shown.labels.filter((one) => book.read(one)?.label === label);
      for (const one of borne) this.#story.tell({ type: "unlabeled", label: one, at, actor: null });
      if (borne.length === 0) continue;
      this.#asked.push(`The hold until ${hold.until ?? ""} is over.`);
      this.#answers.push(
        safe`- The hold for ${code(label)} is over, as ${name(hold.by)} said: its day has come.`,
      );
    }
  }

  /** What people have taken off since needs no note any more. */
  #dropHolds(): void {
    const { book } = this.#look;
    const { shown } = this.#story.asOf(Number.POSITIVE_INFINITY);
    const over = this.#holds.filter(
      (hold) => !shown.labels.some((one) => book.read(one)?.label === book.reasonLabel(hold.reason)),
    );
    this.#holds = this.#holds.filter((hold) => !over.includes(hold));
    const ended = new Set(this.#story.told.map((event) => event.type === "unlabeled" && event.label));
    for (const { reason } of over) {
      if (ended.has(book.reasonLabel(reason) ?? "")) continue;
      this.#asked.push("A hold is over.");
      this.#answers.push(safe`- The hold for ${code(book.reasonLabel(reason) ?? reason)} is over.`);
    }
  }

  #write(draft: Draft): void {
    const ref = this.#ref;
    const { told } = this.#story;
    for (const event of told) if (this.#isLifecycle(event)) draft.tell(ref, event);
    for (const change of this.#differences())
      draft.change({ project: ref.project, issue: ref.number, ...change });
    const body = this.#body();
    if (!body) return;
    for (const { comment, reaction } of this.#reactions) {
      const reason = "The answer, where it was asked.";
      draft.change({ kind: "react", project: ref.project, issue: ref.number, comment, reaction, reason });
    }
    const key = writeLedger({ done: this.#done, holds: this.#holds, seats: this.#seats });
    draft.say(ref, { key, body, after: true }, this.#reason());
  }

  #reason(): string {
    return cut(this.#asked.join(" "), LONGEST_EXPLAINED);
  }

  /** Assignments, states and hold reasons are for the lifecycle to follow. */
  #isLifecycle(event: HistoryEvent): boolean {
    const label = labelOf(event);
    return label === null || this.#look.book.read(label) !== null;
  }

  /** Assignees and other labels as told, unless somebody has said otherwise since. */
  #differences() {
    const { told } = this.#story;
    const reason = this.#reason();
    const people = unique(
      told.flatMap((event) => assigneeOf(event) ?? []),
      sameHandle,
    ).flatMap((assignee) => {
      const wanted = this.#story.lastWord("assignee", (one) => sameHandle(one, assignee)) ?? false;
      const has = this.#issue.assignees.some((one) => sameHandle(one, assignee));
      if (wanted === has) return [];
      return [{ kind: wanted ? ("assign" as const) : ("unassign" as const), assignee, reason }];
    });
    const alike = (a: string, b: string) => this.#look.has("requests", { ...this.#issue, labels: [a] }, b);
    const others = told.filter((event) => !this.#isLifecycle(event)).flatMap((event) => labelOf(event) ?? []);
    const labels = unique(others, alike).flatMap((label) => {
      const wanted = this.#story.lastWord("label", (one) => alike(one, label)) ?? false;
      if (wanted === this.#look.has("requests", this.#issue, label)) return [];
      return [{ kind: wanted ? ("add-label" as const) : ("remove-label" as const), label, reason }];
    });
    // Where an issue has one assignee, whoever has it goes before another comes.
    const oneOnly = hasOneAssignee(this.#look, this.#ref);
    const rank = ({ kind }: { kind: "assign" | "unassign" }) => Number((kind === "unassign") !== oneOnly);
    return [...people.sort((a, b) => rank(a) - rank(b)), ...labels];
  }

  /** Null while something it tells of has not been read. */
  #body(): SafeText | null {
    const { timezone } = this.#look.config;
    const answers = this.#answers.slice(-MOST_ANSWERS);
    const left = this.#answers.length - answers.length;
    const parts: SafeText[] = [
      ...(left > 0 ? [safe`- ${inline(count(left, "earlier command"))}`] : []),
      ...answers,
    ];
    for (const { reason, until, by, because } of this.#holds) {
      const label = code(this.#look.book.reasonLabel(reason) ?? reason);
      const day = until === null ? null : safe` until **${inline(formatDay(until))}**`;
      const why = because === null ? null : safe`: ${inline(because)}`;
      parts.push(safe``, safe`On Hold for ${label}${day ?? safe``}, says ${name(by)}${why ?? safe`.`}`);
    }
    if (this.#questions.has("explain")) {
      const said = this.#look.explain(this.#ref);
      if (!said) return null;
      const shown = said.slice(0, MOST_EXPLAINED).map(({ text, at }) => {
        const when = at === undefined ? null : safe` (${inline(formatInstant(at, timezone))})`;
        return safe`- ${inline(cut(text, LONGEST_EXPLAINED))}${when ?? safe``}`;
      });
      const none = safe`- No rule has anything to do on it.`;
      parts.push(safe``, safe`Why it is where it is:`, safe``, ...(shown.length > 0 ? shown : [none]));
      const decided = decidedLately(this.#look, this.#ref).map(
        (one) => safe`- ${inline(cut(one, LONGEST_DECIDED))}`,
      );
      if (decided.length > 0) parts.push(safe``, safe`Decided lately:`, safe``, ...decided);
    }
    if (this.#questions.has("help")) {
      const list = commandHelp().filter(({ places }) => places.includes(this.#place));
      parts.push(safe``, safe`Commands, one to a line of a comment:`, safe``);
      parts.push(
        ...list.map(
          (one) => safe`- ${vouched(`\`${one.usage}\``)}: ${inline(one.summary)} For ${inline(one.who)}.`,
        ),
      );
    }
    return lines(...parts);
  }
}

const refusal = (said: SafeText): Answer => ({ verdict: "refused", said });
const name = (handle: string): SafeText => inline(handle === "" ? "somebody" : handle);

const unique = (names: readonly string[], same: (a: string, b: string) => boolean): string[] =>
  names.filter((one, i) => names.findIndex((other) => same(other, one)) === i);

const gives = ({ lines: given }: Waiting, command: Command["name"]): boolean =>
  given.some((line) => line.name === command);

/** Whoever gave a command of this name, as typed. */
const givers = (waiting: readonly Waiting[], command: Command["name"]): string[] =>
  waiting
    .filter((one) => gives(one, command))
    .map(({ comment }) => comment.author)
    .filter((author) => author !== "");
