/** The issues of a review as they are opened: one for each owner, or several where one cannot hold it all. */
import type { Day, ForgeKind, Instant, SafeText } from "../../model.ts";
import type { Occasion } from "../cadence/period.ts";
import type { Config } from "../config/schema.ts";
import { driMentions } from "../hire-request.ts";
import { openedMarker } from "../metrics/opened.ts";
import { ROOM } from "../offboarding-request.ts";
import type { ReviewContext } from "../template/context.ts";
import { renderTemplate } from "../template/render.ts";
import type { Template } from "../template/template.ts";
import { inline, isHandle, join, lines, marker, mention, safe } from "../text/safe.ts";
import { addWorkingDays, calendarOf } from "../time/calendar.ts";
import { ACCESS_REVIEW, type ReviewPart, reviewKey, rosterKey, systemsKey } from "./names.ts";
import { rowText } from "./read.ts";
import type { ReviewedSystem } from "./rows.ts";

/** Working days after which the owner is reminded, and the DRIs are called. */
export const REMIND_AFTER = 5;
export const CALL_AFTER = 10;

export interface NewReview {
  readonly key: string;
  readonly title: SafeText;
  readonly body: SafeText;
  readonly labels: readonly string[];
  readonly assignees: readonly string[];
}

export interface Around {
  readonly occasion: Pick<Occasion, "span" | "day">;
  readonly forge: ForgeKind;
  /** Full name of the requests' project. */
  readonly project: string;
  readonly now: Instant;
}

/** What stays free in a body beside its rows: markers, and the keys of the other issues. */
const KEPT_FREE = 4_000;

/** The systems of an owner, cut where an issue cannot hold them all: a system may begin in one and end in the next. */
export function partsOf(
  config: Config,
  owner: string,
  systems: readonly ReviewedSystem[],
  around: Around,
): (readonly ReviewedSystem[])[] {
  const rows = systems.reduce((sum, { grants }) => sum + grants.length, 0);
  const { body } = compose(config, { owner, part: 1 }, systems, around);
  if (rows < 2 || body.length <= ROOM[around.forge] - KEPT_FREE) return [systems];
  return cut(systems, Math.ceil(rows / 2)).flatMap((half) => partsOf(config, owner, half, around));
}

/** The first so many rows, and the others. */
function cut(systems: readonly ReviewedSystem[], first: number): ReviewedSystem[][] {
  let left = first;
  const halves: ReviewedSystem[][] = [[], []];
  for (const one of systems) {
    const [before, after] = [one.grants.slice(0, left), one.grants.slice(left)];
    if (before.length > 0 || one.grants.length === 0) halves[0]?.push({ ...one, grants: before });
    if (after.length > 0) halves[1]?.push({ ...one, grants: after });
    left -= before.length;
  }
  return halves;
}

/** @param roster the keys of all issues of the review */
export function composeReview(
  config: Config,
  about: Pick<ReviewPart, "owner" | "part">,
  systems: readonly ReviewedSystem[],
  around: Around,
  roster: readonly string[],
): NewReview {
  const rendered = compose(config, about, systems, around);
  const key = reviewKey({ ...about, period: around.occasion.span.name });
  const named = systems.filter(({ grants }) => grants.length > 0);
  return {
    ...rendered,
    key,
    body: lines(
      rendered.body,
      safe``,
      marker(key),
      marker(rosterKey(roster)),
      marker(systemsKey(named)),
      openedMarker(around.now),
    ),
  };
}

/** The title alone, by which an issue is found whose marker somebody took out. */
export const reviewTitle = (
  config: Config,
  about: Pick<ReviewPart, "owner" | "part">,
  around: Around,
): SafeText => compose(config, about, [], around).title;

/** The day on which the DRIs are called. */
const dueDay = (config: Config, day: Day): Day =>
  addWorkingDays(calendarOf(config.calendar), day, CALL_AFTER);

function compose(
  config: Config,
  { owner, part }: Pick<ReviewPart, "owner" | "part">,
  systems: readonly ReviewedSystem[],
  { occasion: { span, day }, forge, project }: Around,
) {
  const dris = driMentions(config);
  const where = { project, zone: config.timezone };
  const context: ReviewContext = {
    period: { name: span.name, from: span.from, to: span.to },
    owner: { handle: owner, mention: isHandle(owner, forge) ? mention(owner, forge) : inline(owner) },
    part: part > 1 ? String(part) : null,
    opened: day,
    due: dueDay(config, day),
    dris: dris.length > 0 ? join(dris, " ") : null,
    systems: systems.map(({ id, heading, system, grants }) => ({
      id,
      name: heading,
      tier: system?.tier ?? null,
      docs: system?.docs ?? null,
      rows: grants.map((grant) => ({
        keep: rowText("keep", grant, heading, where),
        revoke: rowText("revoke", grant, heading, where),
      })),
    })),
    calendar: calendarOf(config.calendar),
  };
  // Loading a configuration makes sure of it.
  return renderTemplate(config.templates.get(ACCESS_REVIEW) as Template, context);
}
