/** The request that takes away what a review revoked: one for a person, with every system that was revoked by then. */
import type { ForgeKind, Instant } from "../../model.ts";
import type { Who } from "../access/grants.ts";
import { accessMarker, readAccess } from "../access/record.ts";
import type { Config } from "../config/schema.ts";
import { openedMarker } from "../metrics/opened.ts";
import { deadlines } from "../offboarding.ts";
import { mentions, ROOM, revocations, revokers, type Taken } from "../offboarding-request.ts";
import type { RemovalContext } from "../template/context.ts";
import { renderTemplate } from "../template/render.ts";
import type { Template } from "../template/template.ts";
import { findMarkers, lines, marker, type SafeText, safe } from "../text/safe.ts";
import { calendarOf } from "../time/calendar.ts";
import { dayOf } from "../time/zones.ts";
import { personKey } from "./read.ts";

const TEMPLATE = "removal";
const REMOVAL = "removal:";

/** The beginning of the keys of all removals of a review. */
export const removalPrefix = (project: string, review: number): string => `${REMOVAL}${project}#${review}:`;

/** @param nth from 1: what is revoked later has a request of its own */
export const removalKey = (project: string, review: number, who: Who, nth: number): string =>
  `${removalPrefix(project, review)}${personKey(who)}${nth > 1 ? `:${nth}` : ""}`;

/** The number of the review that a removal was opened for; null for any other issue. */
export function reviewOfRemoval(body: string, project: string): number | null {
  const start = `${REMOVAL}${project}#`.toLowerCase();
  for (const key of findMarkers(body)) {
    const digits = key.toLowerCase().startsWith(start) ? /^\d{1,15}/.exec(key.slice(start.length)) : null;
    if (digits) return Number(digits[0]);
  }
  return null;
}

/** The systems of a removal, and whose they are; null where nobody can tell any more. */
export function removedIn(body: string): { readonly person: string; readonly systems: string[] } | null {
  const record = readAccess(body);
  return record && { person: personKey(record), systems: Object.keys(record.systems) };
}

export interface Around {
  readonly key: string;
  readonly review: { readonly ref: SafeText; readonly url: string };
  /** Who revoked it; null where nobody can tell. */
  readonly by: string | null;
  readonly forge: ForgeKind;
  readonly now: Instant;
}

export interface Removal {
  readonly title: SafeText;
  readonly body: SafeText;
  readonly labels: readonly string[];
}

/** Without its steps where they do not fit. */
export function composeRemoval(config: Config, who: Who, systems: readonly Taken[], around: Around): Removal {
  const whole = compose(config, who, systems, around, true);
  return whole.body.length <= ROOM[around.forge] ? whole : compose(config, who, systems, around, false);
}

function compose(
  config: Config,
  { name, email }: Who,
  systems: readonly Taken[],
  { key, review, by, forge, now }: Around,
  withSteps: boolean,
): Removal {
  const people = revokers(
    config,
    systems.map(({ system }) => system),
  );
  const context: RemovalContext = {
    person: { name, email },
    review: { ...review, by },
    people: mentions(people, forge),
    systems: revocations(systems, deadlines(dayOf(now, config.timezone), config), withSteps),
    calendar: calendarOf(config.calendar),
  };
  // Loading a configuration makes sure of it.
  const rendered = renderTemplate(config.templates.get(TEMPLATE) as Template, context);
  const record = accessMarker({
    does: "revoke",
    name,
    email,
    role: null,
    region: null,
    department: null,
    systems: Object.fromEntries(systems.map(({ id, role }) => [id, role])),
  });
  const labels = [config.lifecycle.states.action_needed.label, config.requests.label, ...rendered.labels];
  return {
    title: rendered.title,
    body: lines(rendered.body, safe``, marker(key), openedMarker(now), record),
    labels: [...new Set(labels)],
  };
}
