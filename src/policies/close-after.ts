/** A close that is closed: nothing is put back any more, and what is edited is said. */
import { bodyHash } from "../engine/close/body-hash.ts";
import { judge } from "../engine/close/judge.ts";
import { type CloseMemory, writeMemory } from "../engine/close/memory.ts";
import type { Month } from "../engine/close/month.ts";
import { closeProgress } from "../engine/close/progress.ts";
import { readClose } from "../engine/close/tasks.ts";
import { dayOf } from "../engine/time/zones.ts";
import type { Issue, IssueRef } from "../model.ts";
import { attainmentOf, type GivenList } from "./close-findings.ts";
import { closeSection, findings } from "./close-words.ts";
import { deliveriesOf } from "./deliveries.ts";
import type { Draft, Look } from "./policy.ts";

/** What must not change any more: the text, and the list of attainment. */
export const stateHash = ({ body }: Issue, attainment: GivenList | null): string =>
  bodyHash(`${body}\n${attainment?.check.hash ?? ""}`);

/** Says of a closed close what was edited since, and by whom. */
export function afterClose(
  look: Look,
  draft: Draft,
  ref: IssueRef,
  issue: Issue,
  month: Month,
  memory: CloseMemory,
): void {
  const attainment = attainmentOf(look, ref, issue);
  if (attainment === undefined) return;
  const hash = stateHash(issue, attainment);
  if (hash === (memory.late.at(-1)?.hash ?? memory.closed?.hash)) return;
  const by = editorsOf(look, ref, issue, attainment);
  if (!by) return;
  const kept = { ...memory, late: [...memory.late, { hash, by }] };
  const body = readClose(issue.body);
  const judgement = judge(body, {
    ticked: memory.ticked,
    signed: memory.signed,
    role: () => "unknown",
    reviews: look.config.team.length > 1,
  });
  const progress = closeProgress(body, dayOf(look.now, look.config.timezone));
  const more = findings(look, issue, month, kept, []);
  const text = closeSection({ month, judgement, memory: kept, progress, carry: body.carry, more });
  const who = by.length > 0 ? by.join(" or ") : "somebody";
  const reason = `It was edited after the close, by ${who}.`;
  draft.say(ref, { key: writeMemory(kept, bodyHash(text)), body: text }, reason);
  draft.problem("requests", ref.number, `The close of ${month} was edited after it was closed, by ${who}.`);
}

/** Who may have edited the body since it was closed; nobody where no forge tells. */
function editorsOf(
  look: Look,
  ref: IssueRef,
  issue: Issue,
  attainment: GivenList | null,
): readonly string[] | undefined {
  const since = issue.closedAt ?? look.now;
  const list = attainment?.comment;
  const posted = list && list.createdAt >= since ? [list.author] : [];
  const heard = deliveriesOf(look, ref)
    .filter((one) => one.events.some(({ type }) => type === "ticked" || type === "unticked"))
    .map(({ actor }) => actor);
  const gitlab = look.project("requests")?.forge === "gitlab";
  const told = gitlab ? look.history(ref) : look.edits(ref);
  if (told === undefined) return undefined;
  const later = (told ?? []).flatMap((one) => {
    if (one.at < since) return [];
    if ("editor" in one) return one.editor ?? [];
    return one.type === "ticked" || one.type === "unticked" ? (one.actor ?? []) : [];
  });
  return [...new Set([...later, ...heard, ...posted])].filter(
    (one) => one !== "" && !look.own("requests", one),
  );
}
