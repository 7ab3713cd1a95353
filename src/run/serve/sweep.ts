/**
 * The tick of an app: looks at everything once and puts each issue that needs something into its own lane. So
 * whatever is done to an issue is done there, after and before whatever deliveries ask, by any instance.
 */
import type { Delivery, Issue, IssueRef, Plan, ProjectRole } from "../../model.ts";
import { apply } from "../apply.ts";
import { laneOf } from "../inbox/inbox.ts";
import { look, remember } from "../reconcile.ts";
import type { Team } from "../team.ts";
import { decidedChange } from "./decision.ts";
import { creation, type Served, type Shop } from "./shop.ts";
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
  const { plan, facts, left } = seen;
  remember(team, seen);
  const refs = Object.keys(plan.versions).map(refOf);
  for (const ref of refs) {
    const issue = facts[ref.project]?.issues.get(ref.number);
    const reader = team.forges[ref.project]?.reader;
    if (!issue || !reader) continue;
    const delivery = lookAt(issue, reader);
    const lane = laneOf(delivery);
    await inbox.put({ id: `sweep ${lane} ${errand.now}`, lane, delivery, receivedAt: errand.now });
  }
  if (alone(plan).changes.length > 0) await createAlone(shop, served);
  for (const problem of plan.problems) shop.log.info({ home: served.home, ...problem }, "problem");
  return { issues: refs.length, left };
}

function refOf(key: string): IssueRef {
  const [project, number] = key.split("#") as [ProjectRole, string];
  return { project, number: Number(number) };
}

function lookAt(issue: Issue, { forge, project }: Pick<Delivery, "forge" | "project">): Delivery {
  return {
    forge,
    project,
    id: null,
    about: "issue",
    action: SWEEP,
    actor: "",
    // Whoever works on it reads the issue afresh.
    issue: { ...issue, body: "" },
    events: [],
    comment: null,
  };
}

/** What a plan creates on no issue's account, such as a month's close: no lane would. */
function alone(plan: Plan): Plan {
  const about = new Set(plan.changes.flatMap((change) => ("about" in change ? [change.about] : [])));
  const changes = plan.changes.filter((change) => change.kind === "create-issue" && !about.has(change.key));
  return { ...plan, changes };
}

async function createAlone(shop: Shop, served: Served): Promise<void> {
  const { inbox, now, sleep, log } = shop;
  const { team, home } = served;
  await inTurn(inbox, creation(served), sleep, async () => {
    // Another instance may have created it while this one waited for its turn.
    const errand = { trigger: { kind: "tick", catchUp: false }, now: now(), subject: null } as const;
    const plan = alone((await look(team, errand)).plan);
    const { outcomes, fatal } = await apply(team, plan, { check: "each" });
    const changes = plan.changes.flatMap((change, i) => {
      const outcome = outcomes[i];
      return outcome ? [decidedChange(change, outcome)] : [];
    });
    await inbox.log(projectLane(team), errand.now, {
      at: errand.now,
      deliveries: [],
      changes,
      problems: [],
      fatal: fatal?.message ?? null,
    });
    log.info({ home, changes: changes.map(({ what }) => what) }, "created");
    if (fatal) throw fatal;
  });
}

const projectLane = ({ forges }: Team): string =>
  `${forges.requests?.reader.forge} ${forges.requests?.reader.project.toLowerCase()}`;
