/**
 * What becomes of a revoked row: a request takes the access away, one for all that was revoked of a person at a time.
 * The request's marker is the first witness that it exists, its number in the review's status comment the second.
 */
import { boxesBySystem } from "../engine/access/grants.ts";
import { issueLink } from "../engine/links.ts";
import { type Taken, unique } from "../engine/offboarding-request.ts";
import type { RowStand } from "../engine/review/judge.ts";
import type { Gone, ReviewMemory } from "../engine/review/memory.ts";
import { ACCESS_REVIEW } from "../engine/review/names.ts";
import { personKey } from "../engine/review/read.ts";
import { composeRemoval, removalKey, removalPrefix, removedIn } from "../engine/review/removal.ts";
import { findMarkers, inline, join, lines, type SafeText, safe } from "../engine/text/safe.ts";
import type { Issue, IssueRef } from "../model.ts";
import { callOff } from "./offboarding-request.ts";
import { closeDoubles } from "./opened.ts";
import type { Draft, Look } from "./policy.ts";

/** By row: the request that takes its access away. */
type Removals = ReadonlyMap<string, Gone>;

/**
 * Sees to the requests of a review.
 * @returns `opening` where requests are opened by this plan, so that the review is looked at again once they are there;
 *   undefined while something that decides has not been read
 */
export function attendRemovals(
  look: Look,
  draft: Draft,
  issue: Issue,
  stands: readonly RowStand[],
  memory: ReviewMemory,
): Removals | "opening" | undefined {
  const gone = new Map(memory.gone);
  const wanted = stands.filter(({ row, stand }) => stand === "revoke" && !stillGoes(look, gone.get(row.id)));
  if (wanted.length > 0) {
    const there = removalsOf(look, draft, issue);
    if (!there) return undefined;
    const missing = wanted.filter(({ row }) => {
      const found = there.find(
        ({ number, removed: { person, systems } }) =>
          number !== gone.get(row.id)?.number && person === personKey(row) && systems.includes(row.system),
      );
      if (found) gone.set(row.id, { number: found.number, withdrawn: false });
      return !found;
    });
    if (missing.length > 0) return open(look, draft, issue, missing);
  }
  return retell(look, draft, issue, stands, gone);
}

/** A request that was closed after it had been taken back does nothing any more. */
function stillGoes(look: Look, gone: Gone | undefined): boolean {
  if (gone === undefined) return false;
  return !gone.withdrawn || look.issue({ project: "requests", number: gone.number })?.state !== "closed";
}

interface There {
  readonly number: number;
  readonly removed: { readonly person: string; readonly systems: readonly string[] };
}

/** The requests that were opened for a review, oldest first; of two under one key the later one goes. */
function removalsOf(look: Look, draft: Draft, { number }: Issue): There[] | undefined {
  const project = look.project("requests");
  const all = look.all("requests");
  if (!project || !all) return undefined;
  const prefix = removalPrefix(project.name, number).toLowerCase();
  const found: There[] = [];
  for (const issue of all) {
    if (!issue.body.includes("<!-- daytwo:removal:") || !look.own("requests", issue.author)) continue;
    const key = findMarkers(issue.body).find((one) => one.toLowerCase().startsWith(prefix));
    const removed = key === undefined ? null : removedIn(issue.body);
    if (key === undefined || !removed) continue;
    if (look.opened(key)?.number === issue.number) {
      closeDoubles(look, draft, { policy: ACCESS_REVIEW, key }, "person of one review");
      found.push({ number: issue.number, removed });
    }
  }
  return found.sort((a, b) => a.number - b.number);
}

function open(look: Look, draft: Draft, issue: Issue, missing: readonly RowStand[]): "opening" | undefined {
  const { config, now } = look;
  const project = look.project("requests");
  if (!project) return undefined;
  const ref: IssueRef = { project: "requests", number: issue.number };
  const link = issueLink(project.name, issue);
  for (const rows of Map.groupBy(missing, ({ row }) => personKey(row)).values()) {
    const [first] = rows;
    if (!first) continue;
    const { name, email } = first.row;
    let nth = 1;
    while (look.opened(removalKey(project.name, issue.number, first.row, nth))) nth++;
    const key = removalKey(project.name, issue.number, first.row, nth);
    const systems = rows.map(({ row }): Taken => {
      return { id: row.system, system: config.systems.get(row.system) ?? null, role: row.as };
    });
    const by = unique(rows.flatMap((one) => one.by ?? []));
    draft.change({
      kind: "create-issue",
      project: "requests",
      issue: null,
      key,
      assignees: [],
      ...composeRemoval(config, { name, email }, systems, {
        key,
        review: { ref: link, url: issue.url },
        by: by.length === 1 ? (by[0] ?? null) : null,
        forge: project.forge,
        now,
      }),
      reason: `${by[0] ?? "Somebody"} revoked ${name}'s access to ${rows.map(({ row }) => row.heading).join(", ")} in the access review ${project.name}#${issue.number}.`,
    });
  }
  // The review itself may not change again: whoever dies before the links are said must come back to it.
  draft.wake(ref, now);
  draft.again(ref);
  return "opening";
}

/** Tells a request what is not to be revoked after all, and what is again. */
function retell(
  look: Look,
  draft: Draft,
  review: Issue,
  stands: readonly RowStand[],
  gone: Map<string, Gone>,
): Removals | undefined {
  const moved = new Set(
    stands.flatMap(({ row, stand }) => {
      const one = gone.get(row.id);
      return one && (stand === "revoke") === one.withdrawn ? [one.number] : [];
    }),
  );
  for (const number of moved) {
    const ref: IssueRef = { project: "requests", number };
    const request = look.issue(ref);
    if (request === undefined) return undefined;
    // What is gone, or closed, needs no news.
    if (request === null || request.state === "closed") continue;
    const said = look.said(ACCESS_REVIEW, ref);
    if (said === undefined) return undefined;
    const about = stands.filter(({ row }) => gone.get(row.id)?.number === number);
    const boxes = boxesBySystem(request.body, look.config);
    const back = about.filter(
      ({ row, stand }) => stand !== "revoke" && !boxes.get(row.system)?.some((box) => box.ticked),
    );
    for (const { row } of about) gone.set(row.id, { number, withdrawn: back.some((one) => one.row === row) });
    const key = ["withdrawn", ...back.map(({ row }) => row.system).sort()].join(":");
    if (back.length === 0 && said === null) continue;
    draft.say(ref, { key, body: newsOf(look, review, back, about.length) }, reasonOf(back));
  }
  return gone;
}

function newsOf(look: Look, review: Issue, back: readonly RowStand[], all: number): SafeText {
  const link = issueLink(look.project("requests")?.name ?? "", review);
  if (back.length === 0) return safe`**Everything is to be revoked again**, as ${link} says.`;
  const names = join(
    back.map(({ row }) => inline(row.heading)),
    ", ",
  );
  return lines(
    safe`**Not to be revoked after all:** ${names}, as ${link} says.`,
    back.length === all && safe`A team member who is done with this request ${callOff(look)}.`,
  );
}

const reasonOf = (back: readonly RowStand[]): string =>
  back.length === 0
    ? "The access review revokes it again."
    : `The access review does not revoke ${back.map(({ row }) => row.heading).join(", ")} any more.`;
