/** What a review says in its status comment, and why it changes something. */
import { issueLink } from "../engine/links.ts";
import type { Judgement, RowStand } from "../engine/review/judge.ts";
import type { PutBack, ReviewMemory } from "../engine/review/memory.ts";
import type { ReviewPart } from "../engine/review/names.ts";
import { inline, join, type SafeText, safe } from "../engine/text/safe.ts";
import type { Issue } from "../model.ts";
import { titled } from "./points.ts";

export interface Told {
  readonly about: ReviewPart;
  readonly judgement: Judgement;
  readonly memory: ReviewMemory;
  /** Full name of the requests' project, and the review's own issue there. */
  readonly project: string;
  readonly issue: Issue;
}

const MOST_NAMED = 30;
const list = (title: SafeText, items: readonly SafeText[]): SafeText | null =>
  titled(title, items, MOST_NAMED);

const settled = ({ stand }: RowStand): boolean => stand !== "open" && stand !== "both";
const nameOf = ({ row }: Pick<RowStand, "row">): SafeText =>
  safe`${inline(row.name)}, ${inline(row.heading)}`;

export function reviewSection(told: Told): SafeText {
  const { about, judgement, memory } = told;
  const { stands, kept, revoked, open, others } = judgement;
  const answered = stands.filter(settled).length;
  const name = `Access review ${about.period}${about.part > 1 ? `, part ${about.part}` : ""}`;
  const counts = safe`${answered} of ${stands.length} answered, ${kept} kept, ${revoked} revoked`;
  const contradicted = stands.filter(({ stand }) => stand === "both");
  const parts = [
    join([safe`**${inline(name)}: ${counts}.**`, nextOf(open, memory.reopened)], " "),
    list(safe`**Access that goes:**`, removals(told)),
    list(safe`**Kept by now, though its removal may be done:**`, tooLate(told)),
    list(safe`**Both boxes are ticked, so nothing is decided:**`, contradicted.map(nameOf)),
    list(
      safe`**Put back:**`,
      memory.backs.flatMap((one) => backLine(one, stands) ?? []),
    ),
    open > 0 && others.length > 0 && safe`Other open boxes: ${others.length}.`,
  ];
  return join(parts, "\n\n");
}

function nextOf(open: number, reopened: boolean): SafeText | null {
  if (open === 0) return safe`Everything is answered: this issue can be closed.`;
  return reopened ? safe`It was closed with ${open} open, so it is open again.` : null;
}

/** One line for each request that takes something away. */
function removals({ judgement, memory, project, issue }: Told): SafeText[] {
  const rows = judgement.stands.flatMap((one) => {
    const gone = memory.gone.get(one.row.id);
    return one.stand === "revoke" && gone ? [{ ...one, number: gone.number }] : [];
  });
  return [...Map.groupBy(rows, ({ number }) => number)].map(([number, of]) => {
    const systems = join(
      of.map(({ row }) => inline(row.heading)),
      ", ",
    );
    return safe`${inline(of[0]?.row.name ?? "")}: ${systems}, in ${beside(project, issue, number)}`;
  });
}

function tooLate({ judgement, memory, project, issue }: Told): SafeText[] {
  return judgement.stands.flatMap((one) => {
    const gone = memory.gone.get(one.row.id);
    if (one.stand === "revoke" || !gone || gone.withdrawn) return [];
    return [safe`${nameOf(one)}: see ${beside(project, issue, gone.number)}; what is gone is asked for anew`];
  });
}

/** A link to another issue of the same project. */
const beside = (project: string, { url }: Issue, number: number): SafeText =>
  issueLink(project, { number, url: url.replace(/\d+$/, String(number)) });

/** Why a tick is put back, in a plain sentence. */
export function backReason({ id, answer, by }: PutBack, stands: readonly RowStand[]): string | null {
  const found = stands.find(({ row }) => row.id === id);
  if (!found) return null;
  const { name, heading } = found.row;
  const word = answer === "keep" ? "Keep" : "Revoke";
  return `${by} ticked “${word}” for ${name}, ${heading}, and is neither its owner nor of the team.`;
}

function backLine(back: PutBack, stands: readonly RowStand[]): SafeText | null {
  const reason = backReason(back, stands);
  return reason === null ? null : inline(reason);
}
