/** The request that takes a leaver's access away, as it is opened: what is taken, by when, and who is told. */
import type { ForgeKind, Instant } from "../model.ts";
import type { Grant } from "./access/grants.ts";
import { accessMarker } from "./access/record.ts";
import type { Config, System } from "./config/schema.ts";
import { sameHandle } from "./cover.ts";
import { steps } from "./entitlement.ts";
import { driHandles } from "./hire-request.ts";
import { openedMarker } from "./metrics/opened.ts";
import {
  type Calls,
  type Class,
  callWords,
  classOf,
  type Deadline,
  deadlines,
  type Leaver,
  stageAt,
} from "./offboarding.ts";
import type { LeaverContext } from "./template/context.ts";
import { renderTemplate } from "./template/render.ts";
import type { Template } from "./template/template.ts";
import { isHandle, join, lines, marker, mention, type SafeText, safe } from "./text/safe.ts";
import { calendarOf } from "./time/calendar.ts";

const TEMPLATE = "deprovisioning";

/** Marker of the day that a request was opened with. */
export const LAST_DAY = "last-day:";

/** Marker of a deadline that had come when the request was opened: whoever is on copy is called by that. */
export const CALLED = "called:";

/** A system to take from somebody. */
export interface Taken {
  readonly id: string;
  /** Null for one that is configured no more. */
  readonly system: System | null;
  /** The role in it, where an earlier request tells. */
  readonly role: string | null;
}

/** What is to be taken from somebody, and whether that is known or only all there is. */
export interface Takings {
  readonly known: boolean;
  readonly systems: readonly Taken[];
}

/** A system that is configured no more is as urgent as most are. */
const UNKNOWN_TIER = 2;
const tierOf = ({ system }: Taken): number => system?.tier ?? UNKNOWN_TIER;

/**
 * What a person has, the most urgent first; every system where nobody knows.
 * @param grants what the ledger says this person has
 */
export function takingsOf(config: Pick<Config, "systems">, grants: readonly Grant[]): Takings {
  const known = grants.length > 0;
  const all: Taken[] = known
    ? grants.map(({ system: id, as }) => ({ id, system: config.systems.get(id) ?? null, role: as }))
    : [...config.systems.values()].map((system) => ({ id: system.id, system, role: null }));
  return { known, systems: all.sort((a, b) => tierOf(a) - tierOf(b) || (nameOf(a) < nameOf(b) ? -1 : 1)) };
}

const nameOf = ({ id, system }: Taken): string => system?.name ?? id;

/** A heading by which a system's boxes are found again: with its id where another has the same name. */
function headingOf(one: Taken, all: readonly Taken[]): string {
  const name = nameOf(one);
  const same = ({ id, system }: Taken) =>
    id !== one.id && [id, system?.name].some((other) => other?.toLowerCase() === name.toLowerCase());
  return all.some(same) ? `${name} (${one.id})` : name;
}

/** Who can revoke some systems; the DRIs as well where for one of them nobody can. */
export function revokers(config: Config, systems: readonly (System | null)[]): string[] {
  const orphan =
    systems.length === 0 || systems.some((system) => !system || system.deprovisioners.length === 0);
  return unique([
    ...systems.flatMap((system) => system?.deprovisioners ?? []),
    ...(orphan ? driHandles(config) : []),
  ]);
}

export const unique = (handles: readonly string[]): string[] =>
  handles.filter((handle, i) => handles.findIndex((one) => sameHandle(one, handle)) === i);

/** People as mentions, on one line; null where there are none. */
export function mentions(handles: readonly string[], forge: ForgeKind): SafeText | null {
  const people = handles.filter((handle) => isHandle(handle, forge)).map((handle) => mention(handle, forge));
  return people.length > 0 ? join(people, " ") : null;
}

export interface Surroundings {
  /** The request's idempotency key. */
  readonly key: string;
  readonly offboarding: { readonly ref: SafeText; readonly url: string };
  readonly forge: ForgeKind;
  readonly now: Instant;
}

export interface OffboardingRequest {
  readonly title: SafeText;
  readonly body: SafeText;
  readonly labels: readonly string[];
}

/**
 * Characters of a body that each forge takes, less what stays for later edits.
 * https://docs.gitlab.com/administration/instance_limits/ (descriptions); GitHub answers 422 "body is too long
 * (maximum is 65536 characters)".
 */
export const ROOM: Readonly<Record<ForgeKind, number>> = {
  github: 65_536 - 2_000,
  gitlab: 1_048_576 - 2_000,
};

/** What a template is given to take systems away. */
export const revocations = (
  systems: readonly Taken[],
  due: Readonly<Record<Class, Deadline>>,
  withSteps: boolean,
): LeaverContext["systems"] =>
  systems.map((one) => ({
    id: one.id,
    name: headingOf(one, systems),
    role: one.role,
    tier: tierOf(one),
    due: due[classOf({ tier: tierOf(one) })].day,
    owner: one.system?.owner ?? null,
    docs: one.system?.docs ?? null,
    steps: withSteps ? steps(one.system?.revoke ?? []) : [],
  }));

/** Without its steps where they do not fit; each system's documentation is linked all the same. */
export function composeOffboarding(
  config: Config,
  leaver: Leaver,
  takings: Takings,
  around: Surroundings,
): OffboardingRequest {
  const whole = compose(config, leaver, takings, around, true);
  return whole.body.length <= ROOM[around.forge] ? whole : compose(config, leaver, takings, around, false);
}

function compose(
  config: Config,
  leaver: Leaver,
  { known, systems }: Takings,
  { key, offboarding, forge, now }: Surroundings,
  withSteps: boolean,
): OffboardingRequest {
  const due = deadlines(leaver.lastDay, config);
  const classes = new Set(systems.map((one) => classOf({ tier: tierOf(one) })));
  const calls: Calls = Object.fromEntries(
    [...classes].flatMap((of) => {
      const stage = stageAt(due[of], now);
      return stage === null ? [] : [[of, { stage, day: due[of].day }]];
    }),
  );
  const overdue = Object.values(calls).some(({ stage }) => stage === "over");
  const people = revokers(
    config,
    systems.map(({ system }) => system),
  );
  const { name, address, role, region, department, lastDay } = leaver;
  const context: LeaverContext = {
    leaver: { ...leaver, email: address ?? leaver.email },
    offboarding,
    people: mentions(unique(overdue ? [...people, ...driHandles(config)] : people), forge),
    known,
    systems: revocations(systems, due, withSteps),
    calendar: calendarOf(config.calendar),
  };
  // Loading a configuration makes sure of it.
  const rendered = renderTemplate(config.templates.get(TEMPLATE) as Template, context);
  const record = accessMarker({
    does: "revoke",
    name,
    email: address,
    role,
    region,
    department,
    systems: Object.fromEntries(systems.map((one) => [one.id, one.role])),
  });
  const labels = [config.lifecycle.states.action_needed.label, config.requests.label, ...rendered.labels];
  return {
    title: rendered.title,
    body: lines(
      rendered.body,
      safe``,
      marker(key),
      marker(`${LAST_DAY}${lastDay}`),
      openedMarker(now),
      ...callWords(calls).map((word) => marker(`${CALLED}${word}`)),
      record,
    ),
    labels: [...new Set(labels)],
  };
}
