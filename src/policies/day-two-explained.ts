/** What the day-two rule has to say about a hire, and about a request that it opened. */
import { baselineFor } from "../engine/config/baseline.ts";
import type { Onboarding } from "../engine/config/schema.ts";
import { faultText, type Hire, readHire } from "../engine/hire.ts";
import { driHandles } from "../engine/hire-request.ts";
import { count } from "../engine/text/count.ts";
import { findMarkers } from "../engine/text/safe.ts";
import { formatDay } from "../engine/time/days.ts";
import { formatInstant } from "../engine/time/zones.ts";
import type { Instant, Issue } from "../model.ts";
import { calledOff, givenBy, HIRE, isCompleted, requestOf, tooLate } from "./hire.ts";
import type { Explanation, Look } from "./policy.ts";

type Said = Omit<Explanation, "rule">;

export function ofHire(look: Look, onboarding: Onboarding, issue: Issue): Said[] {
  const { config } = look;
  if (!look.has("onboarding", issue, onboarding.label)) {
    return [{ text: `It does not bear the label "${onboarding.label}", so it is not a hire.` }];
  }
  const number = requestOf(look, { project: "onboarding", number: issue.number }, true);
  if (number === undefined) return [];
  const exists: Said[] =
    number === null ? [] : [{ text: `Its access request is ${look.project("requests")?.name}#${number}.` }];
  const off = calledOff(look, onboarding, issue);
  if (off || issue.state === "closed") {
    const why = off ? "The start is called off" : "It is closed";
    const request = number === null ? null : look.issue({ project: "requests", number });
    const waits = request?.state === "open" && !isCompleted(look, request.labels);
    const given = request && givenBy(look, request) !== null;
    const next = [
      ...(waits ? ["the request waits On Hold"] : []),
      ...(given ? ["what was given is to be revoked"] : []),
    ];
    const then =
      number === null ? "no access request opens." : off && next.length > 0 ? `${next.join("; ")}.` : null;
    return [...exists, { text: then === null ? `${why}.` : `${why}: ${then}` }];
  }
  const reading = readHire(issue.body, config, onboarding);
  if ("faults" in reading) return [...exists, ...reading.faults.map((one) => ({ text: faultText(one) }))];
  const { hire } = reading;
  const day = `day ${onboarding.open_on.day} of a start on ${formatDay(hire.start)} is ${formatDay(hire.day)}`;
  if (number !== null) return [...exists, { text: `It was due at ${when(hire.due, hire)}: ${day}.` }];
  const age = tooLate(look, onboarding, hire);
  const opens =
    age !== null
      ? `The start is ${count(age, "day")} ago, more than onboarding.late: only daytwo tick --catch-up opens the access request, or you by hand.`
      : look.now < hire.due
        ? `The access request opens at ${when(hire.due, hire)}: ${day}.`
        : `The access request was due at ${when(hire.due, hire)} and opens with the next tick: ${day}.`;
  const baseline = baselineFor(config, hire);
  return [
    { text: opens, ...(age === null ? { at: hire.due } : {}) },
    {
      text: baseline
        ? `It gets the baseline of ${baseline.role}: ${Object.keys(baseline.systems).join(", ")}.`
        : `No baseline fits the role "${hire.role}": it opens with the general template.`,
    },
    { text: onCopy(look) },
    ...managerSaid(look, hire),
  ];
}

const when = (at: Instant, { dueZone }: Hire): string => formatInstant(at, dueZone);

function onCopy({ config }: Look): string {
  const dris = driHandles(config);
  return dris.length === 0
    ? "Nobody is on copy: nobody in the team has dri: true."
    : `On copy: ${dris.join(", ")}, since the team names them as DRIs. Nobody is assigned: whoever takes it assigns themself.`;
}

function managerSaid(look: Look, hire: Hire): Said[] {
  if (hire.manager === null) return [];
  if (hire.managerHandle === null) {
    return [{ text: `The manager "${hire.manager}" is not one handle, so nobody is mentioned.` }];
  }
  const member = look.member("requests", hire.managerHandle);
  if (member === undefined) return [];
  const name = look.project("requests")?.name;
  return [
    {
      text: member
        ? `@${hire.managerHandle} is mentioned as the manager.`
        : `The manager ${hire.managerHandle} is no member of ${name}, so they are named and not mentioned.`,
    },
  ];
}

/** Why a request that this rule opened is there. */
export function ofRequest(look: Look, request: Issue): Said[] {
  if (!look.own("requests", request.author)) return [];
  const key = findMarkers(request.body).find((one) => one.startsWith(HIRE));
  if (key === undefined) return [];
  return [{ text: `It was opened for the hire ${key.slice(HIRE.length)}.` }, { text: onCopy(look) }];
}
