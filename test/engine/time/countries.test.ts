import { describe, expect, it } from "vitest";
import {
  calendarOf,
  countries,
  hasHolidays,
  parseCountry,
  regionsOf,
} from "../../../src/engine/time/index.ts";

describe("a country a person writes", () => {
  it.each([
    ["DE", "DE"],
    ["de", "DE"],
    [" DEU ", "DE"],
    ["Germany", "DE"],
    ["germany", "DE"],
    ["United Kingdom", "GB"],
    ["UK", "GB"],
    ["U.K.", "GB"],
    ["USA", "US"],
    ["United States", "US"],
    ["United States of America", "US"],
    ["The Netherlands", "NL"],
    ["Czech Republic", "CZ"],
    ["Czechia", "CZ"],
    ["Turkey", "TR"],
    ["Türkiye", "TR"],
    ["Cote d'Ivoire", "CI"],
    ["Ivory Coast", "CI"],
    ["Bosnia and Herzegovina", "BA"],
    ["Guinea-Bissau", "GW"],
    ["Hong Kong", "HK"],
    ["South Korea", "KR"],
    ["Saint Lucia", "LC"],
    ["Nepal", "NP"],
    ["Georgia", "GE"],
    ["DE-BY", "DE-BY"],
    ["us-ny", "US-NY"],
    ["New York, USA", "US-NY"],
    ["USA, New York", "US-NY"],
    ["Georgia, USA", "US-GA"],
    ["Germany (Bayern)", "DE-BY"],
    ["Karnataka, India", "IN-KA"],
    ["England", "GB-ENG"],
    ["GB-SCT", "GB-SCT"],
    ["US-LA-NO", "US-LA-NO"],
    // A subdivision of a country that keeps the same holidays everywhere.
    ["JP-13", "JP"],
  ])("%j is %s", (text, expected) => {
    const [country, ...region] = expected.split("-");
    expect(parseCountry(text)).toEqual(
      region.length === 0 ? { country } : { country, region: region.join("-") },
    );
  });

  it.each([
    "",
    "-",
    "xx",
    "Atlantis",
    "DE-XX",
    "Germany, Atlantis",
    "Bayern",
    "_No response_",
    "constructor",
  ])("%j is none", (text) => expect(parseCountry(text)).toBeNull());

  it("is found by its own code and name, and has a calendar in all its regions", () => {
    for (const { code, name } of countries()) {
      expect([code, parseCountry(code)]).toEqual([code, { country: code }]);
      expect([name, parseCountry(name)]).toEqual([name, { country: code }]);
      for (const region of regionsOf(code)) {
        expect(calendarOf({ country: code, region: region.code.toLowerCase() }).id).toBe(
          `${code}-${region.code}`,
        );
      }
    }
    expect(countries().length).toBeGreaterThanOrEqual(249);
  });

  it("has public holidays or is known not to", () => {
    expect(countries().filter(({ code }) => hasHolidays(code)).length).toBeGreaterThanOrEqual(200);
    expect([hasHolidays("us"), hasHolidays("NP"), hasHolidays("toString")]).toEqual([true, false, false]);
  });
});
