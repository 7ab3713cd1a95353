/** The working-time engine: days, calendars, zones, clocks and absences. Pure; instants come in as arguments. */
export * from "./absences.ts";
export * from "./calendar.ts";
export * from "./clock.ts";
export {
  countries,
  countryCode,
  hasHolidays,
  type Place,
  parseCountry,
  regionCode,
  regionsOf,
} from "./countries.ts";
export * from "./days.ts";
export * from "./duration.ts";
export {
  dayOf,
  formatInstant,
  instantOf,
  isZone,
  minutesOf,
  offsetAt,
  timeOf,
  zoneOf,
  zones,
} from "./zones.ts";
