/** Due days of a close, against a table made by hand from each country's public holidays of 2026. */
import { describe, expect, it } from "vitest";
import { composeClose } from "../../../src/engine/close/compose.ts";
import { monthToOpen, opensAt } from "../../../src/engine/close/month.ts";
import { readClose } from "../../../src/engine/close/tasks.ts";
import { closeOf, configOf, TEAM } from "./setting.ts";

const WDS = ["WD-3", "WD-1", "WD+1", "WD+9"] as const;

/**
 * WD-3, WD-1, WD+1 and WD+9 of each month. Holidays: US federal ones, 3 July for the 4th; GB those of the whole
 * kingdom and Easter Monday, 28 December for the 26th; DE those of all states; IN the national ones.
 */
const TABLE: Readonly<Record<string, string>> = {
  US: `2026-01 01-28 01-30 02-02 02-12
       2026-02 02-25 02-27 03-02 03-12
       2026-03 03-27 03-31 04-01 04-13
       2026-04 04-28 04-30 05-01 05-13
       2026-05 05-27 05-29 06-01 06-11
       2026-06 06-26 06-30 07-01 07-14
       2026-07 07-29 07-31 08-03 08-13
       2026-08 08-27 08-31 09-01 09-14
       2026-09 09-28 09-30 10-01 10-14
       2026-10 10-28 10-30 11-02 11-13
       2026-11 11-25 11-30 12-01 12-11
       2026-12 12-29 12-31 01-04 01-14`,
  GB: `2026-01 01-28 01-30 02-02 02-12
       2026-02 02-25 02-27 03-02 03-12
       2026-03 03-27 03-31 04-01 04-15
       2026-04 04-28 04-30 05-01 05-14
       2026-05 05-27 05-29 06-01 06-11
       2026-06 06-26 06-30 07-01 07-13
       2026-07 07-29 07-31 08-03 08-13
       2026-08 08-27 08-31 09-01 09-11
       2026-09 09-28 09-30 10-01 10-13
       2026-10 10-28 10-30 11-02 11-12
       2026-11 11-26 11-30 12-01 12-11
       2026-12 12-29 12-31 01-04 01-14`,
  DE: `2026-01 01-28 01-30 02-02 02-12
       2026-02 02-25 02-27 03-02 03-12
       2026-03 03-27 03-31 04-01 04-15
       2026-04 04-28 04-30 05-04 05-15
       2026-05 05-27 05-29 06-01 06-11
       2026-06 06-26 06-30 07-01 07-13
       2026-07 07-29 07-31 08-03 08-13
       2026-08 08-27 08-31 09-01 09-11
       2026-09 09-28 09-30 10-01 10-13
       2026-10 10-28 10-30 11-02 11-12
       2026-11 11-26 11-30 12-01 12-11
       2026-12 12-29 12-31 01-04 01-14`,
  IN: `2026-01 01-28 01-30 02-02 02-12
       2026-02 02-25 02-27 03-02 03-12
       2026-03 03-27 03-31 04-01 04-15
       2026-04 04-28 04-30 05-01 05-13
       2026-05 05-27 05-29 06-01 06-11
       2026-06 06-26 06-30 07-01 07-13
       2026-07 07-29 07-31 08-03 08-13
       2026-08 08-27 08-31 09-01 09-11
       2026-09 09-28 09-30 10-01 10-14
       2026-10 10-28 10-30 11-02 11-12
       2026-11 11-26 11-30 12-01 12-11
       2026-12 12-29 12-31 01-01 01-13`,
};

const TEMPLATE = {
  "issue-templates/monthly-close.md": `---
name: Close
title: Close
tasks:
${WDS.map((wd) => `  - { title: T${wd}, due: ${wd} }`).join("\n")}
---
{{#each groups}}{{taskList tasks}}{{/each}}
`,
};

describe.each(Object.entries(TABLE))("working days of a close in %s", (country, rows) => {
  const config = configOf(`${TEAM}calendar: { country: ${country} }\ntimezone: Europe/London\n`, TEMPLATE);
  it.each(rows.split("\n").map((row) => row.trim().split(" ")))("%s", (month = "", ...days) => {
    const dues = readClose(composeClose(config, closeOf(config), month, null).body).tasks.map(({ due }) =>
      due?.slice(5),
    );
    expect(dues).toEqual(days);
    const opens = new Date(opensAt(config, closeOf(config), month)).toISOString();
    expect(opens.slice(5, 10)).toBe(days[0]);
  });
});

describe("the month whose close is due to be open", () => {
  const config = configOf();
  const dues = ["WD-2", "WD+9"];
  const at = (iso: string) => monthToOpen(config, closeOf(config), dues, Date.parse(iso));
  it.each([
    ["2026-11-24T15:00:00Z", null],
    ["2026-11-25T13:59:59Z", null],
    ["2026-11-25T14:00:00Z", "2026-11"],
    ["2026-12-01T00:00:00Z", "2026-11"],
    ["2026-12-12T04:59:59Z", "2026-11"],
    ["2026-12-12T05:00:00Z", null],
    ["2026-12-29T14:00:00Z", "2026-12"],
    ["2027-01-05T14:00:00Z", "2026-12"],
  ])("at %s is %s", (iso, month) => {
    expect(at(iso)).toBe(month);
  });
});
