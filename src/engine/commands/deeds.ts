/** What each command does to a request that stands as it stands, and what is answered. Pure; nothing happens here. */

import type { ForgeKind, HistoryEvent, Instant } from "../../model.ts";
import type { Signing } from "../close/judge.ts";
import { sameHandle } from "../cover.ts";
import { type LabelBook, movesFrom, type State, stateName } from "../lifecycle/states.ts";
import { code, inline, join, type SafeText, safe, vouched } from "../text/safe.ts";
import { type Approvers, answerApproval, nobody, notTheirs, type Pending } from "./approval.ts";
import { type Hold, kept } from "./ledger.ts";
import type { Args, CommandName } from "./registry.ts";

/** The request as it was when the command was given. */
export interface Scene {
  /** Who gave the command. */
  readonly by: string;
  readonly at: Instant;
  /** When it was written: lines of one comment are a little apart. */
  readonly written: Instant;
  readonly forge: ForgeKind;
  readonly state: State;
  /** The hold reason labels that it bore, as they were spelt. */
  readonly reasons: readonly string[];
  readonly assignees: readonly string[];
  /** Whether a box was open then, and what is open now. */
  readonly unfinished: boolean;
  readonly open: readonly string[];
  /** Whether the forge takes whoever gave the command as an assignee. */
  readonly assignable: boolean;
  readonly author: string;
  readonly approvers: Approvers;
  readonly approval: Approval;
  readonly book: LabelBook;
  /** Whether requests may wait for a system, by its id. */
  readonly awaited: (system: string) => boolean;
  /** What a signature comes to; null where nothing is to be signed. */
  readonly signing: Signing | null;
}

export interface Approval {
  readonly required: boolean;
  readonly label: string;
  readonly waiting: string;
  /** Which of the two labels it bore. */
  readonly approved: boolean;
  readonly waits: boolean;
  /** Where the approval stands, if the request was filed for one: labels then follow by themselves. */
  readonly pending: Pending | null;
}

/** `refused`: not to them, or not from here. `unclear`: it cannot be read. */
export type Verdict = "done" | "refused" | "unclear";

export interface Deed {
  readonly verdict: Verdict;
  readonly said: SafeText;
  /** What it amounts to: deeds of whoever gave the command, at that instant. */
  readonly events: readonly HistoryEvent[];
  readonly hold?: Hold;
  /** How many seats came free, of the system that the command named. */
  readonly seats?: number;
}

/** Commands that only ask, and are answered from what the rules say. */
export type Question = "explain" | "help";
export type Doing = Exclude<CommandName, Question>;

type Act =
  | { readonly type: "labeled" | "unlabeled"; readonly label: string }
  | { readonly type: "assigned" | "unassigned"; readonly assignee: string };

const done = ({ at, by }: Scene, said: SafeText, acts: readonly Act[] = []): Deed => ({
  verdict: "done",
  said,
  events: acts.map((act) => ({ ...act, at, actor: by })),
});
const refused = (said: SafeText): Deed => ({ verdict: "refused", said, events: [] });

const names = (handles: readonly string[]): SafeText => join(handles.map(inline), ", ");

export const deeds: { readonly [N in Doing]: (scene: Scene, args: Args<N>) => Deed } = {
  take(scene) {
    const { by, state, assignees, reasons, book } = scene;
    if (state === "completed") return illegal(scene);
    if (!scene.assignable) {
      return refused(safe`${inline(by)} cannot be assigned here: they are no member of this project.`);
    }
    const own = assignees.some((one) => sameHandle(one, by));
    if (own && state === "in_progress") return done(scene, safe`${inline(by)} has it already.`);
    // Working on it together is not taking it away.
    const others = own ? [] : assignees;
    const acts: Act[] = [
      { type: "assigned", assignee: by },
      ...others.map((assignee): Act => ({ type: "unassigned", assignee })),
    ];
    if (state === "on_hold") {
      acts.push({ type: "labeled", label: book.labelOf("in_progress") });
      acts.push(...reasons.map((label): Act => ({ type: "unlabeled", label })));
    }
    const said = [
      safe`${inline(by)} has it now.`,
      others.length > 0 && safe`${names(others)} had it before.`,
      state === "on_hold" && safe`The hold is over.`,
    ];
    return done(scene, join(said, " "), acts);
  },

  hold(scene, { reason, until, because }) {
    const { by, state } = scene;
    if (state === "completed") return illegal(scene);
    const noted = until !== null || because !== null;
    return {
      ...done(scene, noted ? safe`On Hold.` : safe`On Hold for ${code(reason.label)}.`, [
        { type: "labeled", label: reason.label },
      ]),
      hold: { reason: reason.id, until, by, because: because === null ? null : kept(because) },
    };
  },

  resume(scene) {
    const { state, reasons, assignees, book } = scene;
    if (state !== "on_hold") return done(scene, safe`it is not On Hold but ${inline(stateName(state))}.`);
    // Held by its state alone, nothing says where it came from but who has it.
    const to = book.labelOf(assignees.length > 0 ? "in_progress" : "action_needed");
    const acts: Act[] =
      reasons.length > 0
        ? reasons.map((label) => ({ type: "unlabeled", label }))
        : [{ type: "labeled", label: to }];
    return done(scene, safe`the hold is over.`, acts);
  },

  complete(scene) {
    const { state, unfinished, open, approval, book } = scene;
    if (state === "completed") return done(scene, safe`it is Completed already.`);
    if (state === "action_needed") return refused(safe`it is Action Needed; first \`/ar take\`.`);
    if (state === "on_hold") return refused(safe`it is On Hold; first \`/ar resume\`.`);
    const { pending } = approval;
    const early = pending
      ? !(pending.approval.since !== null && pending.approval.since <= scene.at)
      : approval.waits && !approval.approved;
    if (early) {
      return refused(safe`it waits for the manager's approval: \`/ar approve\`.`);
    }
    if (unfinished) return refused(open.length > 0 ? openBoxes(open) : safe`boxes were open then.`);
    return done(scene, safe`Completed.`, [{ type: "labeled", label: book.labelOf("completed") }]);
  },

  release(scene) {
    const { by, state, assignees } = scene;
    if (state === "completed") return illegal(scene);
    if (assignees.length === 0) return done(scene, safe`nobody is assigned.`);
    const own = assignees.filter((one) => sameHandle(one, by));
    const off = own.length > 0 ? own : assignees;
    const said = safe`${names(off)} ${off.length === 1 ? safe`is` : safe`are`} off it.`;
    return done(
      scene,
      said,
      off.map((assignee) => ({ type: "unassigned", assignee })),
    );
  },

  approve(scene) {
    const { by, approvers, author, approval } = scene;
    if (!approval.required) return refused(safe`requests need no approval here.`);
    if (approval.pending) return { ...answerApproval(approval.pending, scene), events: [] };
    const { manager } = approvers;
    if (manager === null) return refused(nobody(approvers));
    if (!sameHandle(manager, by)) return refused(notTheirs([manager]));
    if (sameHandle(author, by)) return refused(safe`whoever opened a request cannot approve it.`);
    if (approvers.isFor(by)) return refused(safe`the request is for ${inline(by)}, who cannot approve it.`);
    if (approval.approved) return done(scene, safe`it is approved already.`);
    return done(scene, safe`approved.`, [
      { type: "labeled", label: approval.label },
      ...(approval.waits ? [{ type: "unlabeled", label: approval.waiting } as const] : []),
    ]);
  },

  seats(scene, { system, seats }) {
    if (!scene.awaited(system.id)) {
      return refused(
        safe`nobody can wait for ${inline(system.name)}: no hold reason under \`lifecycle.hold_reasons\` has \`system: ${vouched(system.id)}\`.`,
      );
    }
    const what = seats === 1 ? safe`1 seat` : safe`${seats} seats`;
    return { ...done(scene, safe`${what} of ${inline(system.name)}; see whom they go to.`), seats };
  },

  sign(scene) {
    const { signing, by } = scene;
    if (!signing?.any) return refused(safe`no task of this close names ${inline(by)} as its reviewer.`);
    const { signed, own, open } = signing;
    const titles = (tasks: Signing["signed"]) => {
      const named = tasks.slice(0, MOST_TITLES).map(({ title }) => safe`“${inline(title)}”`);
      const more = tasks.length - named.length;
      return join([join(named, ", "), more > 0 && safe`and ${more} more`], " ");
    };
    const not = [
      own.length > 0 && safe`${inline(by)} did ${titles(own)}: somebody else reviews that.`,
      signed.length === 0 &&
        open.length > 0 &&
        safe`${titles(open)} ${open.length === 1 ? safe`is` : safe`are`} not done yet.`,
    ];
    if (signed.length === 0) return refused(join(not, " "));
    return done(scene, join([safe`reviewed and signed: ${titles(signed)}.`, ...not], " "));
  },
};

function illegal({ state }: Scene): Deed {
  const moves = join(
    movesFrom(state).map((one) => inline(stateName(one))),
    safe` or `,
  );
  return refused(safe`it is ${inline(stateName(state))}; from there the team may move it to ${moves}.`);
}

const MOST_NAMED = 10;
/** In one sentence. */
const MOST_TITLES = 5;

function openBoxes(open: readonly string[]): SafeText {
  const named = open.slice(0, MOST_NAMED).map((text) => safe`  - ${inline(text)}`);
  const more = open.length - named.length;
  return join(
    [
      open.length === 1 ? safe`1 box is open:` : safe`${open.length} boxes are open:`,
      ...named,
      more > 0 && safe`  - and ${more} more`,
    ],
    "\n",
  );
}
