/**
 * What the schema cannot say about `daytwo.yml`: zones and countries that exist, people of the team, labels
 * that do not collide. It reads the file as it stands, so that its faults come together with the schema's.
 */
import { checkText } from "../template/check.ts";
import { contexts } from "../template/context.ts";
import { nearest } from "../text/nearest.ts";
import { isHandle } from "../text/safe.ts";
import { countries, countryCode, parseCountry, regionCode, regionsOf } from "../time/countries.ts";
import { isDay } from "../time/days.ts";
import { zoneOf, zones } from "../time/zones.ts";
import type { Fault } from "./fault.ts";
import { HANDLE } from "./fields.ts";
import { entries, get, items, type Located, text, wrong } from "./located.ts";
import { unknownSystem } from "./systems.ts";
import { checkLine, unknownMember } from "./templates.ts";

export interface Known {
  /** Ids of the systems that have a file. */
  readonly systems: ReadonlySet<string>;
}

/**
 * Handles of the team as written, by handle in lower case: neither forge tells handles apart by case. An "@" too
 * many is a fault of its own and not one of every place that names the person.
 */
export function teamHandles(root: Located | undefined): ReadonlyMap<string, string> {
  const handles = items(get(root, "team")).flatMap((member) => text(get(member, "handle")) ?? []);
  const bare = handles.map((handle) => handle.replace(/^@/, ""));
  const first = new Map<string, string>();
  for (const handle of bare) first.set(handle.toLowerCase(), first.get(handle.toLowerCase()) ?? handle);
  return first;
}

export function checkMeaning(root: Located, known: Known): Fault[] {
  const team = teamHandles(root);
  return [
    ...checkZone(get(root, "timezone")),
    ...checkCalendar(get(root, "calendar")),
    ...checkHours(get(root, "hours")),
    ...items(get(root, "team")).flatMap((member) => checkMember(member, team)),
    ...checkTeam(root),
    ...checkHeadings(get(root, "onboarding", "fields")),
    ...checkHoldReasons(get(root, "lifecycle", "hold_reasons"), known.systems),
    ...items(get(root, "cadences")).flatMap((cadence) => checkCadence(cadence, team)),
    ...checkCadencePeriods(items(get(root, "cadences"))),
    ...checkCloseTitle(get(root, "close", "issue")),
  ];
}

function checkZone(at: Located | undefined): Fault[] {
  const zone = text(at);
  if (at === undefined || zone === undefined || zoneOf(zone) !== null) return [];
  return [wrong(at, "an IANA time zone such as Europe/London", nearestZone(zone))];
}

/** Also by the city alone: `Denver` and `US/Denver` were meant to be America/Denver. */
function nearestZone(zone: string): string | null {
  const city = zone
    .slice(zone.lastIndexOf("/") + 1)
    .trim()
    .replaceAll(" ", "_")
    .toLowerCase();
  const same = zones().find((one) => one.slice(one.lastIndexOf("/") + 1).toLowerCase() === city);
  return nearest(zone, zones()) ?? same ?? null;
}

function checkCalendar(at: Located | undefined): Fault[] {
  const days = [...items(get(at, "closed")), ...items(get(at, "open"))];
  return [...days.flatMap(checkDay), ...checkCountry(get(at, "country")), ...checkRegion(at)];
}

function checkDay(at: Located | undefined): Fault[] {
  const day = text(at);
  if (at === undefined || day === undefined || isDay(day)) return [];
  return [wrong(at, "a day that exists, as YYYY-MM-DD")];
}

function checkCountry(at: Located | undefined): Fault[] {
  const country = text(at);
  if (at === undefined || country === undefined || countryCode(country) !== null) return [];
  const codes = countries().map(({ code }) => code);
  const near = parseCountry(country)?.country ?? nearest(country.toUpperCase(), codes);
  return [wrong(at, "an ISO 3166-1 country code such as US, GB or DE", near)];
}

function checkRegion(calendar: Located | undefined): Fault[] {
  const at = get(calendar, "region");
  const region = text(at);
  const country = countryCode(text(get(calendar, "country")) ?? "");
  if (at === undefined || region === undefined || country === null) return [];
  if (regionCode(country, region) !== null) return [];
  const codes = regionsOf(country).map(({ code }) => code);
  if (codes.length === 0) return [wrong(at, `no region: ${country} has none with holidays of its own`)];
  const near = parseCountry(`${country}, ${region}`)?.region ?? nearest(region.toUpperCase(), codes);
  return [wrong(at, `a region of ${country}: ${codes.join(", ")}`, near)];
}

const CLOCK = /^\d\d:\d\d$/;

function checkHours(at: Located | undefined): Fault[] {
  const from = text(get(at, "from")) ?? "09:00";
  const to = text(get(at, "to")) ?? "17:00";
  const place = get(at, "to") ?? get(at, "from");
  if (place === undefined || !CLOCK.test(from) || !CLOCK.test(to) || from < to) return [];
  return [wrong(place, `an end of the day after its start, ${from}`, null, `"${to}"`)];
}

function checkTeam(root: Located): Fault[] {
  const forge = text(get(root, "projects", "requests", "forge"));
  const seen = new Map<string, Located>();
  return items(get(root, "team")).flatMap((member) => {
    const at = get(member, "handle");
    const handle = text(at);
    if (at === undefined || handle === undefined) return [];
    const first = seen.get(handle.toLowerCase());
    if (first !== undefined) {
      const found = `${JSON.stringify(handle)} a second time, first in line ${first.place.line}`;
      return [wrong(at, "each team member once", null, found)];
    }
    seen.set(handle.toLowerCase(), at);
    const kind = forge === "github" || forge === "gitlab" ? forge : undefined;
    if (!HANDLE.test(handle) || isHandle(handle, kind)) return [];
    return [
      wrong(
        at,
        kind === "github" ? "a GitHub handle: letters, digits and single hyphens" : "a handle of one account",
      ),
    ];
  });
}

function checkMember(member: Located, team: ReadonlyMap<string, string>): Fault[] {
  const cover = get(member, "cover");
  const handle = text(cover);
  const own = text(get(member, "handle"));
  const faults = [
    ...checkZone(get(member, "timezone")),
    ...checkCalendar(get(member, "calendar")),
    ...checkHours(get(member, "hours")),
    ...items(get(member, "away")).flatMap(checkAway),
  ];
  if (cover === undefined || handle === undefined) return faults;
  const others = [...team.values()].filter((one) => one !== own);
  if (handle.toLowerCase() === own?.toLowerCase()) {
    return [...faults, wrong(cover, "another team member: nobody covers for themself")];
  }
  return team.has(handle.toLowerCase()) ? faults : [...faults, unknownMember(cover, handle, others)];
}

function checkAway(at: Located): Fault[] {
  const from = text(get(at, "from"));
  const to = get(at, "to");
  const last = text(to);
  const faults = [...checkDay(get(at, "from")), ...checkDay(to)];
  if (faults.length > 0 || to === undefined || from === undefined || last === undefined || from <= last)
    return faults;
  return [wrong(to, `a last day on or after the first one, ${from}`)];
}

/** Two facts cannot stand under one heading. */
function checkHeadings(at: Located | undefined): Fault[] {
  const seen = new Map<string, Located>();
  return entries(at).flatMap(([, heading]) => {
    const word = text(heading)?.trim().toLowerCase();
    if (word === undefined) return [];
    const first = seen.get(word);
    if (first === undefined) {
      seen.set(word, heading);
      return [];
    }
    const found = `${JSON.stringify(text(heading))}, the heading of ${first.path} too`;
    return [wrong(heading, "a heading of its own", null, found)];
  });
}

/** Where no system has a file, the reasons' systems stand for themselves. */
function checkHoldReasons(at: Located | undefined, systems: ReadonlySet<string>): Fault[] {
  if (systems.size === 0) return [];
  return entries(at).flatMap(([, reason]) => {
    const system = get(reason, "system");
    const id = text(system);
    return system === undefined || id === undefined || systems.has(id)
      ? []
      : [unknownSystem(system, id, systems)];
  });
}

const WEEKDAY = /^[A-Z]{3}$/;
const EVERY = ["day", "week", "month", "quarter", "year"];

/** One issue for each period: a second cadence of the same template and period would never open. */
function checkCadencePeriods(cadences: readonly Located[]): Fault[] {
  const seen = new Map<string, Located>();
  return cadences.flatMap((cadence) => {
    const at = get(cadence, "template");
    const key = `${text(at)} ${text(get(cadence, "every"))}`;
    const first = seen.get(key);
    if (at === undefined || first === undefined) {
      seen.set(key, cadence);
      return [];
    }
    const found = `${text(at)} for each ${text(get(cadence, "every"))} a second time, first in line ${first.place.line}`;
    return [wrong(at, "each template once for each period", null, found)];
  });
}

function checkCadence(at: Located, team: ReadonlyMap<string, string>): Fault[] {
  const owner = get(at, "owner");
  const handle = text(owner);
  const every = text(get(at, "every"));
  const on = get(at, "on");
  const faults: Fault[] = [];
  if (owner !== undefined && handle !== undefined && !team.has(handle.toLowerCase())) {
    faults.push(unknownMember(owner, handle, team.values()));
  }
  if (on === undefined) {
    const place = get(at, "every");
    if (place === undefined || every === "day" || !EVERY.includes(every ?? "")) return faults;
    const day =
      every === "week" ? "a weekday, MON … SUN" : `a working day of the ${every}, such as -1 (its last)`;
    return [...faults, wrong(place, `on beside it: ${day}`)];
  }
  if (every === "day") {
    faults.push(wrong(on, "no day: it opens on every working day"));
  } else if (every === "week" && typeof on.value === "number") {
    faults.push(wrong(on, "a weekday, MON … SUN, as it is weekly"));
  } else if (["month", "quarter", "year"].includes(every ?? "") && WEEKDAY.test(text(on) ?? "")) {
    faults.push(wrong(on, `a working day of the ${every}, such as -1 (its last) or 1 (the first after it)`));
  }
  return faults;
}

function checkCloseTitle(at: Located | undefined): Fault[] {
  return at === undefined ? [] : checkLine(at, (source) => checkText(source, contexts.closeTitle, "line"));
}
