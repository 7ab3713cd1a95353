/** What is known of a close: which month it is of, and who ticked its boxes. Read only as far as it is needed. */
import { closeTitle } from "../engine/close/compose.ts";
import {
  type Evidence,
  reviewBox,
  tickedByDeliveries,
  tickedByEdits,
  tickedByNotes,
} from "../engine/close/doers.ts";
import { type Signing, signing } from "../engine/close/judge.ts";
import { type CloseMemory, readMemory } from "../engine/close/memory.ts";
import { CLOSE_KEY, type Month } from "../engine/close/month.ts";
import { readClose } from "../engine/close/tasks.ts";
import { memberOf, sameHandle } from "../engine/cover.ts";
import { markersOf } from "../engine/text/body.ts";
import { isAway } from "../engine/time/absences.ts";
import { dayOf } from "../engine/time/zones.ts";
import type { Instant, Issue, IssueRef } from "../model.ts";
import { deliveriesOf } from "./deliveries.ts";
import type { Look } from "./policy.ts";

export const CLOSE = "monthly-close";

/** The month that an issue is the close of, by its marker or else its title; null for any other issue. */
export function closeMonth(look: Look, issue: Issue): Month | null {
  const { title, author } = issue;
  const { close } = look.config;
  if (!close || !look.own("requests", author)) return null;
  for (const key of markersOf(issue)) {
    const month = CLOSE_KEY.exec(key)?.[1];
    if (month !== undefined) return month;
  }
  const named = /[12]\d{3}-(?:0[1-9]|1[0-2])/.exec(title)?.[0];
  return named !== undefined && title === closeTitle(close, named) ? named : null;
}

/**
 * Who ticked what is done.
 * @returns undefined while something that decides has not been read
 */
export function whoTicked(
  look: Look,
  ref: IssueRef,
  { body }: Issue,
  memory: CloseMemory,
): Evidence | undefined {
  const own = (handle: string | null) => handle !== null && look.own("requests", handle);
  // Whose signature stands for a tick, it is theirs.
  const signed = [...memory.signed].map(([id, by]) => [reviewBox(id), [by]] as const);
  const before: Evidence = { ticked: new Map([...memory.ticked, ...signed]), at: memory.at, sure: true };
  const deliveries = deliveriesOf(look, ref);
  const heard = tickedByDeliveries(body, before, deliveries, own);
  if (heard.ticked.size === 0 || (heard.sure && deliveries.length > 0)) return heard;
  if (look.project("requests")?.forge === "gitlab") {
    const history = look.history(ref);
    const known = [...heard.ticked].filter(([, by]) => by.length === 1);
    const ticked = new Map([...before.ticked, ...known]);
    const putBack = new Set(memory.backs.map(({ name }) => name));
    return history && tickedByNotes(body, { ...before, ticked }, history, own, putBack);
  }
  const edits = look.edits(ref);
  if (edits === undefined) return undefined;
  return edits ? tickedByEdits(body, edits, own) : heard;
}

/**
 * What somebody's `/ar sign` comes to.
 * @param at when they gave it
 * @returns undefined while something that decides has not been read
 */
export function signingOf(
  look: Look,
  ref: IssueRef,
  issue: Issue,
  signer: string,
  at: Instant,
): Signing | undefined {
  const said = look.said(CLOSE, ref);
  if (said === undefined) return undefined;
  const evidence = whoTicked(look, ref, issue, readMemory(said));
  if (!evidence) return undefined;
  const { config } = look;
  return signing(readClose(issue.body), evidence.ticked, signer, (reviewer) => {
    const member = memberOf(config, reviewer);
    if (!member?.cover || !sameHandle(member.cover, signer)) return false;
    return isAway(member.absences, dayOf(at, member.timezone));
  });
}
