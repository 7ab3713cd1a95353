/**
 * The tick of an app: looks at everything once and puts each issue that needs something into its own lane. So
 * whatever is done to an issue is done there, after and before whatever deliveries ask, by any instance.
 */
import { type Decision, decidedChange } from "../../engine/decision.ts";
import type { Change, Delivery, Instant, Issue, IssueRef, Plan, ProjectRole } from "../../model.ts";
import { plan } from "../../plan/plan.ts";
import { policies } from "../../policies/index.ts";
import { apply } from "../apply.ts";
import { laneOf } from "../inbox/inbox.ts";
import { look, lookedAgain, remember } from "../reconcile.ts";
import type { Team } from "../team.ts";
import { type Served, type Shop, turnOf } from "./shop.ts";
import { inTurn } from "./turn.ts";

const SWEEP = "daytwo sweep";

/** Whether daytwo itself asked for this look: no forge did anything. */
export const isSweep = ({ id, action }: Pick<Delivery, "id" | "action">): boolean =>
  id === null && action === SWEEP;

/**
 * Looks at all of a team's work.
 * @returns how many issues were sent to their lanes, and how many are left for the next sweep
 * @throws ForgeError where the projects cannot be read; StoreError
 */
export async function sweep(shop: Shop, served: Served): Promise<{ issues: number; left: number }> {
  const { inbox, now } = shop;
  const { team } = served;
  const errand = { trigger: { kind: "tick", catchUp: false }, now: now(), subject: null } as const;
  const seen = await look(team, errand);
  const { plan: planned, facts, left } = seen;
  remember(team, seen);
  const refs = Object.keys(planned.versions).map(refOf);
  for (const ref of refs) {
    const issue = facts[ref.project]?.issues.get(ref.number);
    if (issue) await toLane(inbox, team, ref.project, issue, errand.now);
  }
  if (left === 0 && nobodys(team, seen).changes.length > 0) await doAlone(shop, served);
  for (const problem of planned.problems) shop.log.info({ home: served.home, ...problem }, "problem");
  return { issues: refs.length, left };
}

function refOf(key: string): IssueRef {
  const [project, number] = key.split("#") as [ProjectRole, string];
  return { project, number: Number(number) };
}

async function toLane(
  inbox: Shop["inbox"],
  team: Team,
  role: ProjectRole,
  issue: Pick<Issue, "number" | "updatedAt">,
  at: Instant,
): Promise<void> {
  const reader = team.forges[role]?.reader;
  if (!reader) return;
  const delivery = lookAt(issue, reader);
  const lane = laneOf(delivery);
  await inbox.put({ id: `sweep ${lane} ${at}`, lane, delivery, receivedAt: at });
}

function lookAt(
  { number, updatedAt }: Pick<Issue, "number" | "updatedAt">,
  { forge, project }: Pick<Delivery, "forge" | "project">,
): Delivery {
  return {
    forge,
    project,
    id: null,
    about: "issue",
    action: SWEEP,
    actor: "",
    // Whoever works on it reads the issue afresh.
    issue: { number, state: "open", labels: [], assignees: [], updatedAt, digest: "", body: null },
    events: [],
    comment: null,
  };
}

/** With more to do, lanes come first, and what is left is found by the next sweep. */
const MOST_COMPARED = 100;

/**
 * What no lane would do: a month's close, which is on no issue's account, or what one issue asks of another, where
 * nothing has to be done about the one that asks. Found by planning for each lane from what has been read.
 */
function nobodys(team: Team, { plan: whole, facts }: Awaited<ReturnType<typeof look>>): Plan {
  const refs = Object.keys(whole.versions).map(refOf);
  const about = new Set(whole.changes.flatMap((change) => ("about" in change ? (change.about ?? []) : [])));
  const errand = { config: team.config, now: whole.at, trigger: { kind: "tick", catchUp: false } } as const;
  const lanes = new Set(
    refs.length > MOST_COMPARED
      ? whole.changes.filter((one) => one.kind !== "create-issue" || about.has(one.key)).map(nameOf)
      : refs.flatMap((subject) => plan(policies, facts, { ...errand, subject }).plan.changes.map(nameOf)),
  );
  return { ...whole, changes: whole.changes.filter((change) => !lanes.has(nameOf(change))) };
}

const nameOf = ({ reason, policy, ...change }: Change): string => JSON.stringify(change);

async function doAlone(shop: Shop, served: Served): Promise<void> {
  const { inbox, now, sleep, log } = shop;
  const { team, home } = served;
  await inTurn(inbox, turnOf(served), sleep, async () => {
    // Another instance may have done it while this one waited for its turn.
    const errand = { trigger: { kind: "tick", catchUp: false }, now: now(), subject: null } as const;
    const seen = await look(team, errand);
    const rest = nobodys(team, seen);
    const { outcomes, fatal } = await apply(team, rest, { check: "each" });
    // What was there before has its lane; what is new is to be seen to the end, too.
    const opened = seen.again.filter((one) => typeof one === "string");
    for (const { project, number } of lookedAgain({ again: opened, plan: rest }, outcomes)) {
      await toLane(inbox, team, project, { number, updatedAt: errand.now }, errand.now);
    }
    const changes = rest.changes.flatMap((change, i) => {
      const outcome = outcomes[i];
      return outcome ? [decidedChange(change, outcome)] : [];
    });
    await inbox.log(projectLane(team), errand.now, {
      at: errand.now,
      deliveries: [],
      changes,
      problems: [],
      fatal: fatal?.message ?? null,
      ended: now(),
      whole: false,
    } satisfies Decision);
    log.info({ home, changes: changes.map(({ kind, what }) => what ?? kind) }, "done beside the lanes");
    if (fatal) throw fatal;
  });
}

const projectLane = ({ forges }: Team): string =>
  `${forges.requests?.reader.forge} ${forges.requests?.reader.project.toLowerCase()}`;
