/** Reads what a replay needs: everything that has changed since, with its history. Reads only. */
import { count } from "../engine/text/count.ts";
import type { Instant } from "../model.ts";
import { needKey } from "../plan/facts.ts";
import { type Replay, replay } from "../plan/replay.ts";
import { policies } from "../policies/index.ts";
import { begin, gather, readList, readSelf } from "./gather.ts";
import { ROLES, type Team } from "./team.ts";

/** @throws ForgeError */
export async function readReplay(
  team: Team,
  since: Instant,
  now: Instant,
  say: (text: string) => void,
): Promise<Replay> {
  const facts = begin(team);
  await Promise.all([readSelf(team, facts), ...ROLES.map((role) => readList(team, facts, role, now, since))]);
  // What an earlier look had found settled is looked at again: the rules may have been others.
  for (const role of ROLES) {
    const project = facts[role];
    if (project) project.settled = new Map();
  }
  const occasion = { config: team.config, now, trigger: { kind: "command" } as const, subject: null };
  const asked = new Set<string>();
  for (;;) {
    const played = replay(policies, facts, occasion, since);
    const needs = played.needs.filter((need) => !asked.has(needKey(need)));
    // What the past never had cannot be read, however often it is asked for.
    if (needs.length === 0) return played;
    for (const need of needs) asked.add(needKey(need));
    say(`reading ${count(needs.length, "history", "histories")}…`);
    await gather(team, facts, needs, now, Number.POSITIVE_INFINITY);
  }
}
