/** The working-time engine: days, calendars, zones, clocks and absences. Pure; instants come in as arguments. */
export * from "./absences.ts";
export * from "./calendar.ts";
export * from "./clock.ts";
export {
  countries,
  hasHolidays,
  parseCountry,
  regionsOf,
} from "./countries.ts";
export * from "./days.ts";
export * from "./duration.ts";
export {
  dayOf,
  formatInstant,
  instantOf,
  isZone,
  offsetAt,
  timeOf,
  zoneOf,
  zones,
} from "./zones.ts";
