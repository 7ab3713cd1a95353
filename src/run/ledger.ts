/**
 * The ledger, read from the forge: all requests the first time, afterwards those that have changed. What is kept
 * between runs is only what each request said; whoever deletes it pays a few pages, and gets the same ledger.
 */
import { type Deeds, grantReader, type Reading } from "../engine/access/grants.ts";
import { type Ledger, ledgerOf } from "../engine/access/ledger.ts";
import { DAY_MS } from "../engine/time/days.ts";
import type { Reader } from "../forge/forge.ts";
import type { Instant, Issue } from "../model.ts";
import type { ProjectFacts } from "../plan/facts.ts";
import type { Team } from "./team.ts";

/**
 * Changes are asked for from a little before the last one seen: the two lists of a read are not of one instant, and
 * what a forge writes shows a moment later.
 */
const OVERLAP_MS = 10 * 60_000;
/** A request that was deleted or moved away is in no list of changes: once a week everything is read again. */
const WHOLE_MS = 7 * DAY_MS;

export interface LedgerOptions {
  readonly now: Instant;
  /** `project` holds every open issue, and all that were closed since then; null where it does not. */
  readonly listedSince: Instant | null;
  /** Forgets what was kept. */
  readonly rebuild: boolean;
}

/** @throws ForgeError */
export async function readLedger(
  team: Team,
  project: ProjectFacts,
  { now, listedSince, rebuild }: LedgerOptions,
): Promise<Ledger> {
  const reader = team.forges.requests?.reader;
  if (!reader) return ledgerOf([]);
  const cache = team.memory.deeds;
  // Another account takes other requests for its own.
  const name = `${project.name} as ${project.self}`;
  const known = rebuild ? null : (cache?.recall(name) ?? null);
  const kept = known && now - known.wholeAt < WHOLE_MS ? known : null;
  const issues = kept
    ? await changed(reader, project, kept.upTo - OVERLAP_MS, listedSince)
    : await both(reader, { label: team.config.requests.label });
  const deedsOf = grantReader(readingOf(team, project));
  const isRequest = has(project, team.config.requests.label);
  const entries = new Map(kept?.entries);
  const news = new Map<number, string | null>();
  let upTo = kept?.upTo ?? 0;
  for (const issue of issues) {
    upTo = Math.max(upTo, issue.updatedAt);
    const deeds = isRequest(issue) ? deedsOf(issue) : null;
    const text = deeds && deeds.gives.length + deeds.takes.length > 0 ? JSON.stringify(deeds) : null;
    if ((entries.get(issue.number) ?? null) === text) continue;
    news.set(issue.number, text);
    if (text === null) entries.delete(issue.number);
    else entries.set(issue.number, text);
  }
  const wholeAt = kept?.wholeAt ?? now;
  if (!kept || news.size > 0 || upTo > kept.upTo) {
    cache?.note(name, { upTo, wholeAt, entries: news }, kept === null);
  }
  return ledgerOf(entries.values().map((text): Deeds => JSON.parse(text)));
}

const has =
  ({ sameLabel }: ProjectFacts, label: string) =>
  (issue: Issue): boolean =>
    issue.labels.some((own) => sameLabel(own, label));

function readingOf({ config }: Team, project: ProjectFacts): Reading {
  const own = new Set([project.self, ...config.trusted].map((handle) => handle.toLowerCase()));
  const { completed, ...others } = config.lifecycle.states;
  const isCompleted = has(project, completed.label);
  const elsewhere = Object.values(others).map(({ label }) => has(project, label));
  return {
    config,
    forge: project.forge,
    own: (author) => author !== "" && own.has(author.toLowerCase()),
    // Two states at once: nobody has said yet which one counts.
    completed: (issue) => isCompleted(issue) && !elsewhere.some((bears) => bears(issue)),
  };
}

/** Issues that have changed since, whatever their labels: one that lost the requests' label has to be seen, too. */
async function changed(
  reader: Reader,
  project: ProjectFacts,
  since: Instant,
  listedSince: Instant | null,
): Promise<readonly Issue[]> {
  if (listedSince === null || since < listedSince) return both(reader, { updatedSince: since });
  const listed = [...project.issues.values()];
  return listed.filter((issue): issue is Issue => issue !== null && issue.updatedAt >= since);
}

async function both(
  reader: Reader,
  query: { readonly label: string } | { readonly updatedSince: Instant },
): Promise<readonly Issue[]> {
  const [open, closed] = await Promise.all([
    reader.issues({ state: "open", ...query }),
    reader.issues({ state: "closed", ...query }),
  ]);
  // One that closes between the two reads is in both; the closed one is the later word.
  return new Map([...open, ...closed].map((issue) => [issue.number, issue])).values().toArray();
}
