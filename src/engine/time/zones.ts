/**
 * Time zones: instants to wall clock and back, by the zone data that the runtime brings with `Intl`. An offset
 * is looked up once a zone and UTC day; after that it costs a map access.
 */
import type { Day, Instant } from "../../model.ts";
import { DAY_MS, type DayNumber, dayFrom, dayNumber, formatDay, HOUR_MS, MINUTE_MS } from "./days.ts";
import { lazy, memo } from "./memo.ts";

/**
 * The IANA name of a zone named in any case, or null. `Asia/Kolkata` stays so although some runtimes call it
 * `Asia/Calcutta`; fixed offsets such as `+05:30` are not zone names.
 */
export function zoneOf(text: string): string | null {
  return zoneNames(text, () => ({ name: findZone(text.trim()) })).name;
}
const zoneNames = memo<string, { readonly name: string | null }>();

export function isZone(text: string): boolean {
  return zoneOf(text) !== null;
}

function findZone(text: string): string | null {
  if (!/^[a-z][\w+/-]*$/i.test(text)) return null;
  const lower = text.toLowerCase();
  const known = zones().find((zone) => zone.toLowerCase() === lower);
  if (known !== undefined) return known;
  let canonical: string;
  try {
    canonical = new Intl.DateTimeFormat("en-US", { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
  if (canonical.toLowerCase() === lower) return canonical;
  // An older or newer name of a zone the runtime calls otherwise: as written, unless written all in one case.
  if (text !== lower && text !== text.toUpperCase()) return text;
  if (!text.includes("/")) return text.toUpperCase();
  return lower
    .replace(/(^|[/_-])([a-z])/g, (_, before, letter) => before + letter.toUpperCase())
    .replace(/^Us\//, "US/");
}

/** Names the zones have now, where runtimes keep an older one. */
const RENAMED: Readonly<Record<string, string>> = {
  "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
  "America/Godthab": "America/Nuuk",
  "America/Indianapolis": "America/Indiana/Indianapolis",
  "America/Louisville": "America/Kentucky/Louisville",
  "Asia/Calcutta": "Asia/Kolkata",
  "Asia/Katmandu": "Asia/Kathmandu",
  "Asia/Rangoon": "Asia/Yangon",
  "Asia/Saigon": "Asia/Ho_Chi_Minh",
  "Atlantic/Faeroe": "Atlantic/Faroe",
  "Europe/Kiev": "Europe/Kyiv",
};

/** The zones to offer, one name each; `isZone` accepts their other names too. */
export const zones: () => readonly string[] = lazy(() => [
  "UTC",
  ...Intl.supportedValuesOf("timeZone")
    .filter((zone) => zone !== "UTC")
    .map((zone) => RENAMED[zone] ?? zone),
]);

/** Milliseconds that the wall clock is ahead of UTC during one UTC day: throughout, or before and from `at`. */
type Offsets = number | { readonly at: Instant; readonly before: number; readonly after: number };

interface Zone {
  readonly format: Intl.DateTimeFormat;
  readonly days: Map<DayNumber, Offsets>;
}

/**
 * Milliseconds that the wall clock of `zone` is ahead of UTC at `instant`.
 * @throws RangeError when `zone` is not a zone
 */
export function offsetAt(instant: Instant, zone: string): number {
  const offsets = offsetsOn(zoneNamed(zone), Math.floor(instant / DAY_MS));
  if (typeof offsets === "number") return offsets;
  return instant < offsets.at ? offsets.before : offsets.after;
}

function zoneNamed(name: string): Zone {
  return openZones(name, () => {
    if (!isZone(name)) {
      throw new RangeError(`"${name}" is not a time zone; write its IANA name, like America/New_York`);
    }
    return {
      format: new Intl.DateTimeFormat("en-US", { timeZone: name.trim(), timeZoneName: "longOffset" }),
      days: new Map(),
    };
  });
}
const openZones = memo<string, Zone>();

/** No zone has changed its clock twice within a UTC day. */
function offsetsOn(zone: Zone, day: DayNumber): Offsets {
  let offsets = zone.days.get(day);
  if (offsets === undefined) {
    const before = readOffset(zone, day * DAY_MS);
    const after = readOffset(zone, (day + 1) * DAY_MS);
    offsets =
      before === after
        ? before
        : { at: changeBetween(zone, day * DAY_MS, (day + 1) * DAY_MS), before, after };
    zone.days.set(day, offsets);
  }
  return offsets;
}

/** The first instant with the offset of `to`, given that the clock changes once between `from` and `to`. */
function changeBetween(zone: Zone, from: Instant, to: Instant): Instant {
  const before = readOffset(zone, from);
  let low = from / 1000;
  let high = to / 1000;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (readOffset(zone, middle * 1000) === before) low = middle;
    else high = middle;
  }
  return high * 1000;
}

/** `11/24/2026, GMT-05:00`; in years of local mean time with seconds, and plain `GMT` for none. */
const OFFSET = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/;

function readOffset(zone: Zone, instant: Instant): number {
  const [, sign, hours = "0", minutes = "0", seconds = "0"] = OFFSET.exec(zone.format.format(instant)) ?? [];
  const size = Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS + Number(seconds) * 1000;
  return sign === "-" ? -size : size;
}

/** Minutes since midnight of a time written `HH:MM`, `24:00` included; null when it is not one. */
export function minutesOf(time: string): number | null {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$|^24:00$/.exec(time);
  if (match === null) return null;
  return match[1] === undefined ? 24 * 60 : Number(match[1]) * 60 + Number(match[2]);
}

/**
 * The instant at which the clocks of `zone` show `time` on `day`. Where they skip it, the first instant after
 * the gap; where they show it twice, the earlier one.
 * @param time `HH:MM`, from `00:00` to `24:00`, the end of the day
 * @throws RangeError when one of the three is not what it should be
 */
export function instantOf(day: Day, time: string, zone: string): Instant {
  const minutes = minutesOf(time);
  if (minutes === null) throw new RangeError(`"${time}" is not a time of day; write HH:MM, like 09:00`);
  return instantAt(dayNumber(day), minutes, zone);
}

/** `instantOf`, by day number and minutes since midnight. */
export function instantAt(day: DayNumber, minutes: number, zone: string): Instant {
  const wall = day * DAY_MS + minutes * MINUTE_MS;
  // No zone is a day or more away from UTC: these two lie before and after every instant that may be meant.
  const earlier = offsetAt(wall - DAY_MS, zone);
  const later = offsetAt(wall + DAY_MS, zone);
  if (earlier === later || offsetAt(wall - earlier, zone) === earlier) return wall - earlier;
  if (offsetAt(wall - later, zone) === later) return wall - later;
  return changeBetween(zoneNamed(zone), wall - DAY_MS, wall + DAY_MS);
}

/** The day that it is in `zone` at `instant`. */
export function dayOf(instant: Instant, zone: string): Day {
  return dayFrom(dayNumberOf(instant, zone));
}

/** `dayOf`, as a day number. */
export function dayNumberOf(instant: Instant, zone: string): DayNumber {
  return Math.floor((instant + offsetAt(instant, zone)) / DAY_MS);
}

/** The time of day in `zone` at `instant`, `HH:MM`; seconds are dropped. */
export function timeOf(instant: Instant, zone: string): string {
  return new Date(instant + offsetAt(instant, zone)).toISOString().slice(11, 16);
}

/**
 * What people call the clock of a zone, by its offset in minutes. Our own table, since what `Intl` says
 * differs by runtime and locale; zones that are not in it show their offset from UTC.
 */
const CLOCKS: readonly (readonly [names: Readonly<Record<number, string>>, zones: string])[] = [
  [{ 0: "UTC" }, "UTC Etc/UTC"],
  [{ [-210]: "NST", [-150]: "NDT" }, "America/St_Johns"],
  [{ [-240]: "AST", [-180]: "ADT" }, "America/Halifax America/Puerto_Rico Atlantic/Bermuda"],
  [
    { [-300]: "EST", [-240]: "EDT" },
    "America/New_York America/Detroit America/Toronto America/Indiana/Indianapolis America/Kentucky/Louisville America/Panama US/Eastern",
  ],
  [
    { [-360]: "CST", [-300]: "CDT" },
    "America/Chicago America/Winnipeg America/Mexico_City America/Costa_Rica America/Regina US/Central",
  ],
  [
    { [-420]: "MST", [-360]: "MDT" },
    "America/Denver America/Boise America/Edmonton America/Phoenix US/Mountain",
  ],
  [{ [-480]: "PST", [-420]: "PDT" }, "America/Los_Angeles America/Vancouver America/Tijuana US/Pacific"],
  [{ [-540]: "AKST", [-480]: "AKDT" }, "America/Anchorage America/Juneau US/Alaska"],
  [{ [-600]: "HST" }, "Pacific/Honolulu US/Hawaii"],
  [{ 0: "GMT", 60: "BST" }, "Europe/London Europe/Belfast"],
  [{ 0: "WET", 60: "WEST" }, "Europe/Lisbon Atlantic/Canary Atlantic/Madeira"],
  [
    { 60: "CET", 120: "CEST" },
    "Europe/Amsterdam Europe/Belgrade Europe/Berlin Europe/Bratislava Europe/Brussels Europe/Budapest Europe/Copenhagen Europe/Ljubljana Europe/Luxembourg Europe/Madrid Europe/Malta Europe/Monaco Europe/Oslo Europe/Paris Europe/Prague Europe/Rome Europe/Sarajevo Europe/Skopje Europe/Stockholm Europe/Tirane Europe/Vaduz Europe/Vienna Europe/Warsaw Europe/Zagreb Europe/Zurich",
  ],
  [
    { 120: "EET", 180: "EEST" },
    "Europe/Athens Europe/Bucharest Europe/Helsinki Europe/Kyiv Europe/Kiev Europe/Riga Europe/Sofia Europe/Tallinn Europe/Vilnius Asia/Nicosia",
  ],
  [{ 120: "SAST" }, "Africa/Johannesburg"],
  [{ 330: "IST" }, "Asia/Kolkata Asia/Calcutta"],
  [{ 480: "HKT" }, "Asia/Hong_Kong"],
  [{ 540: "JST" }, "Asia/Tokyo"],
  [{ 540: "KST" }, "Asia/Seoul"],
  [{ 480: "AWST" }, "Australia/Perth"],
  [{ 570: "ACST", 630: "ACDT" }, "Australia/Adelaide Australia/Darwin Australia/Broken_Hill"],
  [
    { 600: "AEST", 660: "AEDT" },
    "Australia/Sydney Australia/Melbourne Australia/Brisbane Australia/Hobart Australia/Canberra",
  ],
  [{ 720: "NZST", 780: "NZDT" }, "Pacific/Auckland"],
];

const clockNames = new Map(
  CLOCKS.flatMap(([names, list]) => list.split(" ").map((zone) => [zone, names] as const)),
);

/** For people, in `zone`: `Tue 24 Nov 2026 09:00 MST`, or `… 09:00 UTC+05:45` where the clock has no name. */
export function formatInstant(instant: Instant, zone: string): string {
  const offset = offsetAt(instant, zone) / MINUTE_MS;
  const name = clockNames.get(zoneOf(zone) ?? zone)?.[offset] ?? offsetName(offset);
  return `${formatDay(dayOf(instant, zone))} ${timeOf(instant, zone)} ${name}`;
}

function offsetName(offset: number): string {
  if (offset === 0) return "UTC";
  const pad = (n: number) => String(n).padStart(2, "0");
  const size = Math.abs(offset);
  return `UTC${offset < 0 ? "-" : "+"}${pad(Math.floor(size / 60))}:${pad(Math.floor(size % 60))}`;
}
