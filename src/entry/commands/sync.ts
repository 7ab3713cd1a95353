/** The commands that make labels and boards what the configuration says. */
import type { BoardChange } from "../../engine/board.ts";
import { projectName } from "../../engine/config/schema.ts";
import type { LabelChange } from "../../engine/labels.ts";
import type { Outcome, ProjectRole } from "../../model.ts";
import { applyBoardSync, planBoardSync } from "../../run/board.ts";
import {
  applyLabelSync,
  type PlacedChange,
  planLabelSync,
  type Synced,
  type SyncPlan,
} from "../../run/labels.ts";
import { requestsMade, type Team, total } from "../../run/team.ts";
import { EXIT, type Io } from "../io.ts";
import { type Common, endsAll, withTeam } from "../session.ts";
import { COLORS, count, painter, printable } from "../show.ts";

export interface SyncOptions extends Common {
  readonly dryRun?: boolean;
}
const noArguments = (): void => undefined;

/** Creates, renames, repaints and describes labels; deletes none. */
export function labelsSync(io: Io, options: SyncOptions): Promise<number> {
  return withTeam(io, options, noArguments, async ({ team }, _, say) => {
    say("reading labels…");
    const plan = await planLabelSync(team);
    const synced = options.dryRun ? null : await applyLabelSync(team, plan);
    say("");
    return report(io, options, team, { plan, synced, deed: labelDeed, noun: "label" });
  });
}

/** Creates the board with one list for each state; takes nothing away. A token that reaches no boards is no failure. */
export function boardSync(io: Io, options: SyncOptions): Promise<number> {
  return withTeam(io, options, noArguments, async ({ team }, _, say) => {
    if (team.config.board === false) {
      return absence(io, options, team, "the configuration says board: false, so there is none to be made");
    }
    say("reading the board…");
    const plan = await planBoardSync(team);
    if ("absent" in plan) return absence(io, options, team, plan.absent);
    const synced = options.dryRun ? null : await applyBoardSync(team, plan);
    say("");
    if (synced?.absent) return absence(io, options, team, synced.absent);
    const { board } = synced ?? plan;
    return report(io, options, team, {
      plan,
      synced,
      deed: boardDeed,
      noun: "list",
      url: board?.url ?? null,
    });
  });
}

/** What cannot be is said; it is nothing that anybody has to mend. */
function absence(io: Io, options: SyncOptions, team: Team, absent: string): number {
  if (options.json) {
    const document = { changes: [], problems: [], absent, requests: total(requestsMade(team)) };
    io.out(`${JSON.stringify(document, null, 2)}\n`);
  } else io.out(printable(`No board: ${absent}.\n`));
  return EXIT.done;
}

function boardDeed(change: BoardChange): string {
  switch (change.kind) {
    case "create-board":
      return `create the board "${change.title}"`;
    case "add-lists":
      return `add ${change.labels.length === 1 ? "a list" : "lists"} for ${change.labels.map((label) => `"${label}"`).join(", ")}`;
    case "place-card":
      return `put #${change.issue} under "${change.label}"`;
  }
}

function labelDeed(change: LabelChange): string {
  if (change.kind === "create-label") return `create "${change.label}" ${change.color}`;
  const { from, name, label, color, description } = change;
  const parts = [
    name === undefined ? `change "${label}"` : `rename "${from}" to "${name}"`,
    ...(color === undefined ? [] : [`colour ${color}`]),
    ...(description === undefined ? [] : [`description "${description}"`]),
  ];
  return parts.join(", ");
}

interface Report<C> {
  readonly plan: SyncPlan<C>;
  /** Null where nothing was to be written. */
  readonly synced: Synced | null;
  readonly deed: (change: C) => string;
  /** What there is one or more of, when all is well. */
  readonly noun: string;
  /** Where it can be looked at. */
  readonly url?: string | null;
}

function report<C extends { readonly reason: string }>(
  io: Io,
  options: SyncOptions,
  team: Team,
  all: Report<C>,
): number {
  const { plan, synced, url } = all;
  const { changes, problems } = plan;
  const outcomes = synced?.outcomes ?? null;
  if (options.json) {
    const done = outcomes?.map(({ status, error }) => ({ status, ...(error === null ? {} : { error }) }));
    const requests = total(requestsMade(team));
    const place = url === undefined ? {} : { url };
    const document = { changes, problems, ...(done ? { outcomes: done } : {}), ...place, requests };
    io.out(`${JSON.stringify(document, null, 2)}\n`);
  } else io.out(printable(`${lines(io, team, all).join("\n")}\n`));
  const failed = outcomes?.find(({ status }) => status === "failed");
  if (!failed) return EXIT.done;
  io.err(`daytwo: ${printable(failed.error ?? "")}\n`);
  return synced?.fatal && endsAll(synced.fatal) ? EXIT.unreachable : EXIT.failed;
}

function lines<C extends { readonly reason: string }>(
  io: Io,
  team: Team,
  { plan: { changes, problems }, synced, deed, noun, url }: Report<C>,
): string[] {
  const paint = painter(io);
  const nameOf = (role: ProjectRole) => {
    const project = team.config.projects[role];
    return project ? projectName(project) : role;
  };
  const line = (change: PlacedChange<C>, outcome: Outcome | undefined): string[] => [
    `  ${outcome ? `${paint(COLORS[outcome.status], outcome.status.padEnd(9))} ` : ""}${deed(change)}  ${paint("dim", change.reason)}`,
    ...(outcome?.status === "failed" ? [`            ${outcome.error}`] : []),
  ];
  const all = changes.map((change, i) => ({ change, outcome: synced?.outcomes[i] }));
  const applied = all.filter(({ outcome }) => outcome?.status === "applied").length;
  return [
    ...Map.groupBy(all, ({ change }) => nameOf(change.project))
      .entries()
      .flatMap(([project, some]) => [
        paint("bold", project),
        ...some.flatMap(({ change, outcome }) => line(change, outcome)),
      ]),
    ...problems.map(({ project, message }) => `${paint("yellow", "problem")} ${nameOf(project)}: ${message}`),
    changes.length === 0
      ? `Nothing to do: every ${noun} is as the configuration has it.`
      : synced
        ? `${applied} of ${count(changes.length, "change")} made.`
        : `${count(changes.length, "change")} to be made; nothing was written.`,
    ...(url ? [url] : []),
  ];
}
