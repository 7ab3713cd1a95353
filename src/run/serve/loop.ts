/** Works on what the inbox holds: one lane, one issue, one look, whatever number of deliveries asked for it. */
import { type Decision, decidedChange } from "../../engine/decision.ts";
import type { Delivery, IssueRef, Trigger } from "../../model.ts";
import { knownSelf } from "../gather.ts";
import type { Batch, Handler } from "../inbox/inbox.ts";
import { type Reconciled, reconcile } from "../reconcile.ts";
import { isEcho } from "./echo.ts";
import type { Log } from "./log.ts";
import { type Place, type Shop, turnOf } from "./shop.ts";
import { isSweep } from "./sweep.ts";
import { inTurn } from "./turn.ts";

/** Issues worked on at the same time in one process. */
export const AT_ONCE = 8;
/** With the inbox's pauses that is about two hours: longer than most outages of a forge. */
export const TRIES = 20;

/** Some of the work was not done; the inbox tries it again. */
export class Undone extends Error {
  override readonly name = "Undone";
}

/** @returns what the inbox calls for each batch; it throws what is to be tried again */
export function worker(shop: Shop): Handler {
  return async (batch, lost) => {
    const [first] = batch.waiting;
    if (!first) return;
    const { forge, project } = first.delivery;
    const { directory, watch } = shop;
    const deliveries = batch.waiting.filter((one) => !isSweep(one.delivery)).map((one) => one.delivery);
    const log = shop.log.child({ lane: batch.lane, deliveries: deliveries.map(({ id }) => id) });
    watch.batch(batch.waiting.length);
    const places = directory.serving(forge, project);
    if (places.length === 0) {
      if (!directory.complete()) throw new Undone(`whose project ${project} is, is not known yet`);
      log.info({}, "dropped: no team has this project any more");
      return;
    }
    for (const place of places) {
      lost.throwIfAborted();
      await visit(shop, place, batch, deliveries, log);
    }
  };
}

async function visit(
  shop: Shop,
  place: Place,
  batch: Batch,
  deliveries: readonly Delivery[],
  log: Log,
): Promise<void> {
  const { team, role, home } = place;
  const number = (batch.waiting[0] as Batch["waiting"][number]).delivery.issue.number;
  const subject: IssueRef = { project: role, number };
  const trigger: Trigger =
    deliveries.length > 0
      ? { kind: "delivery", deliveries, project: role }
      : { kind: "tick", catchUp: false };
  const kind = deliveries.length > 0 ? "delivery" : "sweep";
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  if (await isEcho(shop.inbox, batch, knownSelf(team, role))) {
    shop.watch.reconciled(kind, "skipped", seconds());
    log.info({ home }, "daytwo's own deeds: nothing to look for");
    return;
  }
  let result: Reconciled;
  try {
    const { inbox, sleep } = shop;
    result = await reconcile(team, { trigger, now: shop.now(), subject }, undefined, (work) =>
      inTurn(inbox, turnOf(place), sleep, work),
    );
  } catch (error) {
    shop.watch.reconciled(kind, "failed", seconds());
    log.warn({ home, err: error, failures: batch.failures }, "reconcile failed");
    // The next sweep looks again by itself.
    if (kind === "sweep") return;
    throw error;
  }
  const undone = result.outcomes.filter(({ status }) => status === "failed" || status === "skipped");
  const fault = result.fatal?.message ?? undone.find(({ error }) => error)?.error ?? null;
  const outcome = fault !== null ? "failed" : result.changes.length > 0 ? "changed" : "nothing";
  shop.watch.reconciled(kind, outcome, seconds());
  const told = { home, changes: result.changes.map(({ kind }) => kind), problems: result.problems.length };
  if (fault === null) log.info({ ...told, seconds: seconds() }, "reconciled");
  else log.warn({ ...told, fault, failures: batch.failures }, "reconciled in part");
  await record(shop, batch.lane, result, deliveries);
  if (fault !== null && kind === "delivery") throw new Undone(fault);
}

/** A look that decided nothing is not worth a line of the log. */
async function record(
  { inbox, now }: Shop,
  lane: string,
  result: Reconciled,
  deliveries: readonly Delivery[],
): Promise<void> {
  const { at, changes, outcomes, problems, fatal, whole } = result;
  if (changes.length === 0 && problems.length === 0 && !fatal) return;
  const decision: Decision = {
    at,
    deliveries: deliveries.map(({ id, about, action, actor }) => ({ id, about, action, actor })),
    changes: changes.flatMap((change, i) => {
      const outcome = outcomes[i];
      return outcome ? [decidedChange(change, outcome)] : [];
    }),
    problems,
    fatal: fatal?.message ?? null,
    ended: now(),
    whole,
  };
  await inbox.log(lane, at, decision);
}
