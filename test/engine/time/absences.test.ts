import { describe, expect, it } from "vitest";
import { type Absence, awayUntil, calendarOf, isAway, parseIcs } from "../../../src/engine/time/index.ts";

const window = { from: "2026-11-01", to: "2027-01-31" };

function ics(...events: string[]): string {
  const lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN"];
  for (const event of events) lines.push("BEGIN:VEVENT", ...event.trim().split(/\n\s*/), "END:VEVENT");
  return [...lines, "END:VCALENDAR", ""].join("\r\n");
}

describe("away", () => {
  const absences: Absence[] = [
    { from: "2026-12-21", to: "2026-12-24" },
    { from: "2026-12-29", to: "2027-01-01", title: "Leave" },
    { from: "2027-03-01", to: "2027-03-01" },
  ];
  const gb = calendarOf({ country: "GB", region: "eng" });

  it("is both the first day and the last", () => {
    const days = ["2026-12-20", "2026-12-21", "2026-12-24", "2026-12-25", "2027-03-01"];
    expect(days.map((day) => isAway(absences, day))).toEqual([false, true, true, false, true]);
  });

  it("until the next working day, over holidays and the absence that adjoins", () => {
    // 25 to 28 December are Christmas, the weekend and the day for Boxing Day; 2 and 3 January the weekend.
    expect(awayUntil(absences, gb, "2026-12-22")).toBe("2027-01-04");
    expect(awayUntil(absences, gb, "2027-03-01")).toBe("2027-03-02");
  });

  it("is nobody on a day that no absence covers, worked or not", () => {
    expect(awayUntil(absences, gb, "2026-12-18")).toBeNull();
    expect(awayUntil(absences, gb, "2026-12-26")).toBeNull();
    expect(awayUntil([], gb, "2026-12-26")).toBeNull();
  });
});

describe("an .ics file", () => {
  const zone = "America/Denver";
  const table: [string, string[], Absence[]][] = [
    [
      "an all-day event, whose DTEND is the day after",
      ["UID:1\nDTSTART;VALUE=DATE:20261221\nDTEND;VALUE=DATE:20270103\nSUMMARY:Leave"],
      [{ from: "2026-12-21", to: "2027-01-02", title: "Leave" }],
    ],
    [
      "an all-day event without an end",
      ["UID:1\nDTSTART;VALUE=DATE:20261221"],
      [{ from: "2026-12-21", to: "2026-12-21" }],
    ],
    [
      "a duration",
      ["UID:1\nDTSTART;VALUE=DATE:20261221\nDURATION:P2D"],
      [{ from: "2026-12-21", to: "2026-12-22" }],
    ],
    ["a cancelled event", ["UID:1\nDTSTART;VALUE=DATE:20261221\nSTATUS:CANCELLED"], []],
    [
      "an event shown as free",
      ["UID:1\nDTSTART;VALUE=DATE:20261221\nTRANSP:TRANSPARENT"],
      [{ from: "2026-12-21", to: "2026-12-21" }],
    ],
    ["an event out of the window", ["UID:1\nDTSTART;VALUE=DATE:20261030\nDTEND;VALUE=DATE:20261101"], []],
    [
      "an event that reaches into the window",
      ["UID:1\nDTSTART;VALUE=DATE:20261030\nDTEND;VALUE=DATE:20261102"],
      [{ from: "2026-10-30", to: "2026-11-01" }],
    ],
    [
      "every other Friday, but for one",
      [
        "UID:1\nDTSTART;VALUE=DATE:20261106\nRRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4\nEXDATE;VALUE=DATE:20261120",
      ],
      [
        { from: "2026-11-06", to: "2026-11-06" },
        { from: "2026-12-04", to: "2026-12-04" },
        { from: "2026-12-18", to: "2026-12-18" },
      ],
    ],
    [
      "a rule without end, one occurrence moved, one cancelled and one of another year moved into the window",
      [
        "UID:1\nDTSTART;VALUE=DATE:20251224\nDTEND;VALUE=DATE:20251227\nRRULE:FREQ=YEARLY\nSUMMARY:Christmas",
        "UID:1\nRECURRENCE-ID;VALUE=DATE:20261224\nDTSTART;VALUE=DATE:20261223\nSUMMARY:Christmas, short",
        "UID:1\nRECURRENCE-ID;VALUE=DATE:20271224\nDTSTART;VALUE=DATE:20270115\nSUMMARY:Christmas, early",
        "UID:2\nDTSTART;VALUE=DATE:20261102\nRRULE:FREQ=MONTHLY;COUNT=2",
        "UID:2\nRECURRENCE-ID;VALUE=DATE:20261102\nDTSTART;VALUE=DATE:20261102\nSTATUS:CANCELLED",
      ],
      [
        { from: "2026-12-02", to: "2026-12-02" },
        { from: "2026-12-23", to: "2026-12-23", title: "Christmas, short" },
        { from: "2027-01-15", to: "2027-01-15", title: "Christmas, early" },
      ],
    ],
    [
      "half a day",
      ["UID:1\nDTSTART;TZID=America/Denver:20261124T090000\nDTEND;TZID=America/Denver:20261124T120000"],
      [],
    ],
    [
      "a working day by the clock",
      ["UID:1\nDTSTART;TZID=America/Denver:20261124T090000\nDTEND;TZID=America/Denver:20261124T170000"],
      [{ from: "2026-11-24", to: "2026-11-24" }],
    ],
    [
      "a working day in UTC, of a person in Denver",
      ["UID:1\nDTSTART:20261124T160000Z\nDTEND:20261125T000000Z"],
      [{ from: "2026-11-24", to: "2026-11-24" }],
    ],
    [
      "a working day in London, of a person in Denver",
      ["UID:1\nDTSTART;TZID=Europe/London:20261124T090000\nDTEND;TZID=Europe/London:20261124T170000"],
      [],
    ],
    [
      "a time without a zone",
      ["UID:1\nDTSTART:20261124T000000\nDURATION:PT24H"],
      [{ from: "2026-11-24", to: "2026-11-24" }],
    ],
    [
      "two halves that touch",
      [
        "UID:1\nDTSTART:20261124T090000\nDTEND:20261124T130000\nSUMMARY:Doctor",
        "UID:2\nDTSTART:20261124T130000\nDTEND:20261124T180000\nSUMMARY:Move",
      ],
      [{ from: "2026-11-24", to: "2026-11-24", title: "Doctor, Move" }],
    ],
    [
      "a journey from noon to noon",
      ["UID:1\nDTSTART:20261123T120000\nDTEND:20261127T120000\nSUMMARY:Kick-off"],
      [{ from: "2026-11-24", to: "2026-11-26", title: "Kick-off" }],
    ],
    [
      "a weekly day at one time of day over the change of the clocks",
      [
        "UID:1\nDTSTART;TZID=America/Denver:20261029T080000\nDTEND;TZID=America/Denver:20261029T180000\nRRULE:FREQ=WEEKLY;COUNT=3",
      ],
      [
        { from: "2026-11-05", to: "2026-11-05" },
        { from: "2026-11-12", to: "2026-11-12" },
      ],
    ],
  ];
  it.each(table)("with %s", (_, events, expected) => {
    expect(parseIcs(ics(...events), { ...window, zone })).toEqual(expected);
  });

  it("with a zone of its own is read by its VTIMEZONE", () => {
    const text = ics(
      "UID:1\nDTSTART;TZID=Head Office:20261124T090000\nDTEND;TZID=Head Office:20261124T170000",
    ).replace(
      "BEGIN:VEVENT",
      [
        "BEGIN:VTIMEZONE",
        "TZID:Head Office",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        "TZOFFSETFROM:-0700",
        "TZOFFSETTO:-0700",
        "END:STANDARD",
        "END:VTIMEZONE",
        "BEGIN:VEVENT",
      ].join("\r\n"),
    );
    expect(parseIcs(text, { ...window, zone })).toEqual([{ from: "2026-11-24", to: "2026-11-24" }]);
    expect(parseIcs(text, { ...window, zone: "Europe/London" })).toEqual([]);
  });

  it("is measured by the person's own hours", () => {
    const text = ics("UID:1\nDTSTART:20261124T100000\nDTEND:20261124T140000");
    expect(parseIcs(text, { ...window, hours: { from: "10:00", to: "14:00" } })).toHaveLength(1);
  });

  it("with line feeds alone, a byte-order mark and folded lines is read the same", () => {
    const text = ics("UID:1\nDTSTART;VALUE=DATE:20261221\nSUMMARY:Annual leave").replace(
      "Annual",
      "Ann\r\n ual",
    );
    expect(parseIcs(`\uFEFF${text.replaceAll("\r", "")}`, window)).toEqual([
      { from: "2026-12-21", to: "2026-12-21", title: "Annual leave" },
    ]);
  });

  it("without events is nobody's absence", () => expect(parseIcs(ics(), window)).toEqual([]));

  it.each([
    ["", /expected BEGIN:VCALENDAR/],
    ["from,to\n2026-12-21,2026-12-24", /not a readable iCalendar file: invalid line/],
    ["BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\n", /component began but did not end/],
    [ics("UID:1\nSUMMARY:Leave"), /the event "Leave" has no DTSTART/],
    [ics("UID:1\nDTSTART:tomorrow"), /invalid date-time value/],
    [ics("UID:1\nDTSTART;VALUE=DATE:20261131"), /has the DTSTART 2026-11-31, a day that does not exist/],
    [ics("UID:1\nDTSTART;VALUE=DATE:20261101\nRRULE:FREQ=SOMETIMES"), /invalid frequency "SOMETIMES"/],
    [ics("UID:1\nDTSTART:20261101T000000Z\nRRULE:FREQ=SECONDLY"), /recurs more than 15000 times; end it/],
  ])("is refused: %j", (text, message) => {
    expect(() => parseIcs(text, window)).toThrow(message);
  });

  it("that is refused is a SyntaxError, whoever noticed", () => {
    expect(() => parseIcs("", window)).toThrow(SyntaxError);
    expect(() => parseIcs(ics("UID:1\nDTSTART:tomorrow"), window)).toThrow(SyntaxError);
  });
});
