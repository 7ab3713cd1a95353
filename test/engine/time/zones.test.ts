import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, it } from "vitest";
import {
  addDays,
  dayOf,
  formatInstant,
  HOUR_MS,
  instantOf,
  isZone,
  offsetAt,
  timeOf,
  zoneOf,
  zones,
} from "../../../src/engine/time/index.ts";
import * as any from "./arbitraries.ts";

describe("a zone name", () => {
  it.each([
    ["America/New_York", "America/New_York"],
    [" america/new_york ", "America/New_York"],
    ["asia/kolkata", "Asia/Kolkata"],
    ["ASIA/KOLKATA", "Asia/Kolkata"],
    ["Asia/Calcutta", "Asia/Calcutta"],
    ["europe/kyiv", "Europe/Kyiv"],
    ["America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"],
    ["us/eastern", "US/Eastern"],
    ["Etc/GMT+5", "Etc/GMT+5"],
    ["utc", "UTC"],
  ])("%j is %s", (text, name) => expect(zoneOf(text)).toBe(name));

  it.each(["", "Eastern Time", "New York", "+05:30", "UTC+2", "America/Atlantis", "../etc/passwd"])(
    "%j is none",
    (text) => expect(isZone(text)).toBe(false),
  );

  it("can be any that is offered", () => {
    expect(zones().filter((zone) => zoneOf(zone.toLowerCase()) !== zone)).toEqual([]);
    expect(zones()).toContain("Asia/Kolkata");
  });

  it("that is none is refused with what to write", () => {
    expect(() => instantOf("2026-11-24", "09:00", "EST/EDT")).toThrow(
      '"EST/EDT" is not a time zone; write its IANA name, like America/New_York',
    );
  });
});

describe("the instant of a day and time", () => {
  it.each([
    ["2026-11-24", "09:00", "America/New_York", "2026-11-24T14:00:00Z"],
    ["2026-11-24", "09:00", "America/Denver", "2026-11-24T16:00:00Z"],
    ["2026-07-01", "09:00", "Europe/London", "2026-07-01T08:00:00Z"],
    ["2026-11-24", "09:00", "Asia/Kolkata", "2026-11-24T03:30:00Z"],
    ["2026-11-24", "24:00", "UTC", "2026-11-25T00:00:00Z"],
    // New York springs forward on 8 March at 02:00 and falls back on 1 November at 02:00.
    ["2026-03-08", "01:59", "America/New_York", "2026-03-08T06:59:00Z"],
    ["2026-03-08", "02:30", "America/New_York", "2026-03-08T07:00:00Z"],
    ["2026-03-08", "03:00", "America/New_York", "2026-03-08T07:00:00Z"],
    ["2026-03-08", "09:00", "America/New_York", "2026-03-08T13:00:00Z"],
    ["2026-11-01", "01:30", "America/New_York", "2026-11-01T05:30:00Z"],
    ["2026-11-01", "02:00", "America/New_York", "2026-11-01T07:00:00Z"],
    ["2026-03-29", "01:30", "Europe/London", "2026-03-29T01:00:00Z"],
    ["2026-10-25", "01:30", "Europe/London", "2026-10-25T00:30:00Z"],
    // The southern hemisphere the other way round; Lord Howe Island by half an hour.
    ["2026-10-04", "02:30", "Australia/Sydney", "2026-10-03T16:00:00Z"],
    ["2026-04-05", "02:30", "Australia/Sydney", "2026-04-04T15:30:00Z"],
    ["2026-10-04", "02:15", "Australia/Lord_Howe", "2026-10-03T15:30:00Z"],
    ["2026-04-05", "01:45", "Australia/Lord_Howe", "2026-04-04T14:45:00Z"],
    // Havana's clocks skip midnight; Apia skipped all of 30 December 2011.
    ["2026-03-08", "00:00", "America/Havana", "2026-03-08T05:00:00Z"],
    ["2011-12-30", "09:00", "Pacific/Apia", "2011-12-30T10:00:00Z"],
  ])("%s %s in %s is %s", (day, time, zone, expected) => {
    expect(new Date(instantOf(day, time, zone)).toISOString()).toBe(expected.replace("Z", ".000Z"));
  });

  it.each(["9:00", "24:01", "25:00", "09:60", "0900", "09:00:00", ""])("refuses the time %j", (time) => {
    expect(() => instantOf("2026-11-24", time, "UTC")).toThrow(`"${time}" is not a time of day; write HH:MM`);
  });

  it("is what Temporal says, but for times the clocks skip", () => {
    fc.assert(
      fc.property(any.day, any.time, any.zone, (day, time, zone) => {
        const zoned = Temporal.PlainDateTime.from(`${day}T${time}`).toZonedDateTime(zone, {
          disambiguation: "earlier",
        });
        const ours = instantOf(day, time, zone);
        if (zoned.toPlainTime().toString().startsWith(time)) expect(ours).toBe(zoned.epochMilliseconds);
        else expect(ours).toBe(zoned.getTimeZoneTransition("next")?.epochMilliseconds);
      }),
      { numRuns: 1000 },
    );
  });

  it("is on that day at that time, but for times the clocks skip", () => {
    fc.assert(
      fc.property(any.day, any.time, any.zone, (day, time, zone) => {
        const instant = instantOf(day, time, zone);
        expect(dayOf(instant, zone)).toBe(day);
        const skipped = offsetAt(instant, zone) > offsetAt(instant - 1, zone);
        if (!skipped) expect(timeOf(instant, zone)).toBe(time);
      }),
      { numRuns: 1000 },
    );
  });

  it("comes back from any instant, at latest an hour later where the clocks show a time twice", () => {
    fc.assert(
      fc.property(any.instant, any.zone, (instant, zone) => {
        const minute = Math.floor(instant / 60_000) * 60_000;
        const back = instantOf(dayOf(minute, zone), timeOf(minute, zone), zone);
        expect([0, HOUR_MS / 2, HOUR_MS]).toContain(minute - back);
      }),
      { numRuns: 1000 },
    );
  });

  it("is as many hours later as the day has, and never before the day before", () => {
    fc.assert(
      fc.property(any.day, any.time, any.zone, (day, time, zone) => {
        const hours = (instantOf(addDays(day, 1), time, zone) - instantOf(day, time, zone)) / HOUR_MS;
        expect(hours >= 22.5 && hours <= 25).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("the offset of a zone", () => {
  it("is what Temporal says, to the millisecond around each change", () => {
    for (const zone of ["America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Europe/London"]) {
      let at = Temporal.Instant.from("2020-01-01T00:00:00Z").toZonedDateTimeISO(zone);
      for (let i = 0; i < 12; i++) {
        const next = at.getTimeZoneTransition("next");
        if (next === null) break;
        for (const ms of [-1, 0, 1]) {
          const near = next.add({ milliseconds: ms });
          expect(offsetAt(near.epochMilliseconds, zone)).toBe(near.offsetNanoseconds / 1e6);
        }
        at = next;
      }
    }
  });

  it("has seconds where a zone kept local mean time", () => {
    expect(offsetAt(Date.UTC(1880, 0, 1), "America/New_York")).toBe(-(4 * 3600 + 56 * 60 + 2) * 1000);
  });
});

describe("an instant for people", () => {
  it.each([
    ["2026-11-24T16:00:00Z", "America/Denver", "Tue 24 Nov 2026 09:00 MST"],
    ["2026-07-01T15:00:00Z", "America/Denver", "Wed 1 Jul 2026 09:00 MDT"],
    ["2026-07-01T16:00:00Z", "America/Phoenix", "Wed 1 Jul 2026 09:00 MST"],
    ["2026-11-24T14:00:00Z", "us/eastern", "Tue 24 Nov 2026 09:00 EST"],
    ["2026-07-01T08:00:00Z", "Europe/London", "Wed 1 Jul 2026 09:00 BST"],
    ["2026-11-24T08:00:00Z", "Europe/Berlin", "Tue 24 Nov 2026 09:00 CET"],
    ["2026-11-24T03:30:00Z", "Asia/Kolkata", "Tue 24 Nov 2026 09:00 IST"],
    ["2026-11-23T22:00:00Z", "Australia/Sydney", "Tue 24 Nov 2026 09:00 AEDT"],
    ["2026-11-24T03:15:00Z", "Asia/Kathmandu", "Tue 24 Nov 2026 09:00 UTC+05:45"],
    ["2026-11-24T12:00:00Z", "America/Sao_Paulo", "Tue 24 Nov 2026 09:00 UTC-03:00"],
    ["2026-11-24T09:00:00Z", "Africa/Abidjan", "Tue 24 Nov 2026 09:00 UTC"],
    ["2026-12-31T23:59:59.999Z", "UTC", "Thu 31 Dec 2026 23:59 UTC"],
  ])("%s in %s is %s", (at, zone, expected) => expect(formatInstant(Date.parse(at), zone)).toBe(expected));
});
