/** The access request of a hire as it is opened: title, body and labels, and how late that is. */
import type { Instant } from "../model.ts";
import { type AccessRecord, accessMarker } from "./access/record.ts";
import { baselineFor } from "./config/baseline.ts";
import type { Config, Onboarding } from "./config/schema.ts";
import { drisOf } from "./cover.ts";
import { type Entitlement, entitlements, inviteList, steps } from "./entitlement.ts";
import type { Hire } from "./hire.ts";
import { openedMarker } from "./metrics/opened.ts";
import { waitsFor } from "./requests/approval-note.ts";
import type { HireContext } from "./template/context.ts";
import { renderTemplate } from "./template/render.ts";
import type { Template } from "./template/template.ts";
import { join, lines, marker, mention, type SafeText, safe } from "./text/safe.ts";
import { workingDaysBetween } from "./time/calendar.ts";
import { HOUR_MS } from "./time/days.ts";
import { dayOf } from "./time/zones.ts";

/** Opened with this template where no baseline fits the role. */
const GENERAL = "general";

export interface HireRequest {
  readonly title: SafeText;
  readonly body: SafeText;
  readonly labels: readonly string[];
}

export interface Surroundings {
  /** The request's idempotency key. */
  readonly key: string;
  /** The onboarding issue: a link to it, and its address. */
  readonly onboarding: { readonly ref: SafeText; readonly url: string };
  /** The manager as the request names them; null where none is given. */
  readonly manager: SafeText | null;
  /** Handle of the manager, who is a member of the project; null where nobody can approve. */
  readonly approver: string | null;
  readonly late: string | null;
  readonly now: Instant;
}

export function composeRequest(
  config: Config,
  onboarding: Onboarding,
  hire: Hire,
  around: Surroundings,
): HireRequest {
  const baseline = baselineFor(config, hire);
  const name = baseline ? onboarding.template : GENERAL;
  // Loading a configuration makes sure of both.
  const template = config.templates.get(name) as Template;
  const given = baseline ? entitlements(config, baseline, hire.role) : [];
  const rendered = renderTemplate(template, contextOf(config, hire, given, around));
  const { label, approval } = config.requests;
  const waiter = baseline || !approval.required ? null : around.approver;
  const labels = [
    config.lifecycle.states.action_needed.label,
    label,
    // What a baseline gives is approved by whoever wrote the baseline.
    ...(baseline && approval.required ? [approval.label] : []),
    ...(waiter === null ? [] : [approval.waiting]),
    ...rendered.labels,
  ];
  return {
    title: rendered.title,
    body: lines(
      rendered.body,
      safe``,
      ...(waiter === null ? [] : waiting(waiter)),
      marker(around.key),
      marker(`${START}${hire.start}`),
      openedMarker(around.now),
      accessMarker(recordOf(hire, given)),
    ),
    labels: [...new Set(labels)],
  };
}

/** What no baseline gives waits for the hire's manager. */
const waiting = (handle: string): SafeText[] => [
  safe`It waits for the approval of ${mention(handle)}: a comment \`/ar approve\`. Until then it is not completed.`,
  safe``,
  waitsFor(handle),
];

/** Who gets what by this request. */
function recordOf(hire: Hire, given: readonly Entitlement[]): AccessRecord {
  return {
    does: "give",
    name: hire.name,
    email: hire.address,
    role: hire.role,
    region: hire.region,
    department: hire.department,
    systems: Object.fromEntries(given.map(({ system, role }) => [system.id, role])),
  };
}

/** Marker of the start that a request was opened for, or has been told of since. */
export const START = "start:";

/** How late it is at an instant, in working days or else hours; null within the first hour. */
export function lateness(hire: Hire, at: Instant): string | null {
  const days = workingDaysBetween(hire.calendar, hire.day, dayOf(at, hire.dueZone));
  if (days > 0) return `${days} working ${days === 1 ? "day" : "days"}`;
  const hours = Math.floor((at - hire.due) / HOUR_MS);
  return hours > 0 ? `${hours} ${hours === 1 ? "hour" : "hours"}` : null;
}

export const driHandles = (config: Config): string[] => drisOf(config).map(({ handle }) => handle);

/** The DRIs as mentions: people, since the configuration takes no other account for one. */
export const driMentions = (config: Config): SafeText[] =>
  driHandles(config).map((handle) => mention(handle));

/** What the template of a hire's request is given. */
function contextOf(
  config: Config,
  hire: Hire,
  given: readonly Entitlement[],
  { onboarding, manager, late }: Surroundings,
): HireContext {
  const dris = driMentions(config);
  return {
    hire: {
      name: hire.name,
      email: hire.address ?? hire.email,
      role: hire.role,
      department: hire.department,
      region: hire.region,
      manager,
      start: hire.start,
      dayTwo: hire.day,
      timezone: hire.zone,
      country: hire.country,
    },
    onboarding,
    dris: dris.length > 0 ? join(dris, " ") : null,
    systems: given.map(({ system, role }) => ({
      id: system.id,
      name: system.name,
      role,
      tier: system.tier,
      sox: system.sox,
      owner: system.owner ?? null,
      docs: system.docs ?? null,
      invite: inviteList(system, hire.address === null ? [] : [hire.address]),
      tasks: steps(system.tasks),
    })),
    calendar: hire.calendar,
    late,
  };
}
