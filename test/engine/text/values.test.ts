import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readDate, readEmail, readHandle } from "../../../src/engine/text/values.ts";

describe("readDate", () => {
  test.each([
    "2026-11-24",
    " 2026-11-24 ",
    "2026-11-24T09:00",
    "2026-11-24 09:00",
    "2026-11-24T09:00:00.000Z",
    "2026-11-24T09:00:00+05:30",
    "24 November 2026",
    "24 november 2026",
    "24th of November, 2026",
    "November 24th 2026",
    "Nov 24, 2026",
    "Nov. 24, 2026",
    "NOVEMBER 24 2026",
    "Tuesday, 24 Nov 2026",
    "Tue 24 November 2026",
    "24 November 2026 (Tuesday)",
    "24-Nov-2026",
    "24/Nov/2026",
    "2026 November 24",
    "24 November 2026, 09:00",
    "24 November 2026 at 9:00 am",
    "**24 November 2026**",
    "`2026-11-24`",
    "24\u00a0November 2026",
  ])("%j is 2026-11-24", (text) => {
    expect(readDate(text)).toEqual({ day: "2026-11-24" });
  });

  test.each([
    [
      "11/12/2026",
      "“11/12/2026” is not read, since day and month can be mistaken: write 2026-12-11 for 11 December 2026 or 2026-11-12 for 12 November 2026",
    ],
    ["11.12.2026", /2026-12-11 for 11 December 2026 or 2026-11-12/],
    ["24/12/2026", /write 2026-12-24 for 24 December 2026$/],
    ["2026/11/24", /write 2026-11-24 for 24 November 2026$/],
    ["2026-1-5", /write 2026-01-05 for 5 January 2026 or 2026-05-01/],
    ["11-12-2026", /2026-12-11 .* or 2026-11-12/],
    ["5/5/2026", /write 2026-05-05 for 5 May 2026$/],
    ["11/12/26", /no year of four digits/],
    ["99/99/2026", /no day of the calendar/],
    [
      "2026-02-30",
      "“2026-02-30” is no day of the calendar: check it, then write it as 2026-11-24 (year-month-day) or 24 November 2026",
    ],
    ["29 February 2027", /no day of the calendar/],
    ["31 April 2026", /no day of the calendar/],
    ["0 May 2026", /no day of the calendar/],
    ["2026-13-01", /no day of the calendar/],
    ["0026-11-24", /no year of four digits/],
    ["24 Nov 26", /no year of four digits/],
    ["November 24", /no year of four digits/],
    ["November 2026", /not one day/],
    [
      "Monday, 24 Nov 2026",
      "“Monday, 24 Nov 2026” contradicts itself: 24 November 2026 is a Tuesday. Write 2026-11-24 if that is the day",
    ],
    ["next Monday", /no date that can be read/],
    ["24 Novembre 2026", /no date that can be read/],
    ["24 - 25 November 2026", /not one day/],
    ["24 November or 1 December 2026", /no date that can be read/],
    ["2026-11-24 or later", /no date that can be read/],
    ["ASAP", /no date that can be read/],
    ["", /no date is given/],
  ])("%j is a fault that says what to write", (text, expected) => {
    const reading = readDate(text);
    if (!("fault" in reading)) throw new Error(`read as ${reading.day}`);
    if (typeof expected === "string") expect(reading.fault).toBe(expected);
    else expect(reading.fault).toMatch(expected);
  });

  test("any day, in any of the forms, is read as itself", () => {
    const months = Array.from({ length: 12 }, (_, m) =>
      new Date(Date.UTC(2026, m)).toLocaleDateString("en", { month: "long", timeZone: "UTC" }),
    );
    fc.assert(
      fc.property(
        fc.date({ min: new Date("1970-01-01"), max: new Date("2199-12-31"), noInvalidDate: true }),
        (date) => {
          const day = date.toISOString().slice(0, 10);
          const [year = "", month = "", dayOfMonth = ""] = day.split("-");
          const name = months[Number(month) - 1] ?? "";
          const weekday = date.toLocaleDateString("en", { weekday: "long", timeZone: "UTC" });
          for (const text of [
            day,
            date.toISOString(),
            `${Number(dayOfMonth)} ${name} ${year}`,
            `${weekday}, ${name.slice(0, 3)} ${dayOfMonth}, ${year}`,
            `${Number(dayOfMonth)}-${name.slice(0, 3)}-${year}`,
          ]) {
            expect(readDate(text), text).toEqual({ day });
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test("never throws, and what it reads is a day of the calendar", () => {
    const word = fc.constantFrom(
      "24",
      "11",
      "2026",
      "26",
      "Nov",
      "May",
      "Mon",
      "-",
      "/",
      ".",
      ",",
      " ",
      "th",
      "T09:00",
      "\n",
      "<",
      "x",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word).map((words) => words.join("")),
        ),
        (text) => {
          const reading = readDate(text);
          if ("day" in reading)
            expect(new Date(`${reading.day}T00:00:00Z`).toISOString().slice(0, 10)).toBe(reading.day);
          else expect(reading.fault).not.toContain("\n");
        },
      ),
      { numRuns: 3_000 },
    );
  });
});

test.each([
  ["meri", "meri"],
  ["@meri", "meri"],
  [" @Meri-O ", "Meri-O"],
  ["[@meri](https://github.com/meri)", "meri"],
  ["[meri](https://gitlab.example.com/meri)", "meri"],
  ["**@meri**", "meri"],
  ["`meri`", "meri"],
  ["a.b_c", "a.b_c"],
  ["snake\\_case", "snake_case"],
  ["Meri Okafor", null],
  ["@meri @sam", null],
  ["@meri, @sam", null],
  ["@@meri", null],
  ["meri@acme.com", null],
  ["acme/sales", null],
  ["https://github.com/meri", null],
  ["@", null],
  ["", null],
  ["méri", null],
])("the handle in %j is %j", (text, expected) => {
  expect(readHandle(text)).toBe(expected);
});

test("a handle is held to its forge", () => {
  expect(readHandle("a.b", "github")).toBeNull();
  expect(readHandle("a.b", "gitlab")).toBe("a.b");
});

test.each([
  ["ada@acme.com", "ada@acme.com"],
  ["<ada@acme.com>", "ada@acme.com"],
  ["mailto:ada@acme.com", "ada@acme.com"],
  ["Ada Lovelace <ada@acme.com>", "ada@acme.com"],
  ["[Ada](mailto:ada@acme.com)", "ada@acme.com"],
  ["[ada@acme.com](mailto:ada@acme.com)", "ada@acme.com"],
  ["`ada.lovelace_x+y@mail.acme.co.uk`", "ada.lovelace_x+y@mail.acme.co.uk"],
  ["ada\\_x@acme.com", "ada_x@acme.com"],
  ["zoë@münchen.de", "zoë@münchen.de"],
  ["ada@acme", null],
  ["ada@acme..com", null],
  ["ada acme.com", null],
  ["ada@acme.com, eve@acme.com", null],
  ["<ada@acme.com> <eve@acme.com>", null],
  ["@ada", null],
  ["", null],
])("the e-mail in %j is %j", (text, expected) => {
  expect(readEmail(text)).toBe(expected);
});
