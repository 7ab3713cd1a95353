import { describe, expect, it } from "vitest";
import { Story } from "../story.ts";
import { expectOpensAt, expectRequest, type Fields, file, KINDS } from "./hires.ts";

interface Row {
  readonly what: string;
  readonly start: string;
  /** Where and when the hire works; absent, as the team does: New York and the United States. */
  readonly zone?: string;
  readonly country?: string;
  /** Lines below `onboarding:`, or below the file's own keys. */
  readonly onboarding?: string;
  readonly config?: string;
  /** Worked out by hand from public calendars and zone rules. */
  readonly due: string;
  /** Also over HTTP. */
  readonly http?: boolean;
}

const TOKYO = { zone: "Asia/Tokyo", country: "JP" };
const SYDNEY = { zone: "Australia/Sydney", country: "AU" };
const LONDON = { zone: "Europe/London", country: "GB" };
const BERLIN = { zone: "Europe/Berlin", country: "DE" };
const KOLKATA = { zone: "Asia/Kolkata", country: "IN" };
const SAO_PAULO = { zone: "America/Sao_Paulo", country: "BR" };

const ROWS: readonly Row[] = [
  // Weeks and weekends.
  { what: "a Monday", start: "2026-11-23", due: "2026-11-24T14:00:00Z", http: true },
  { what: "a Friday: day two is Monday", start: "2026-11-20", due: "2026-11-23T14:00:00Z" },
  { what: "a Saturday: day one is Monday", start: "2026-11-21", due: "2026-11-24T14:00:00Z", http: true },
  { what: "a Sunday: day one is Monday", start: "2026-11-22", due: "2026-11-24T14:00:00Z" },
  {
    what: "a Thursday in Riyadh, before a weekend of Friday and Saturday",
    start: "2026-11-19",
    zone: "Asia/Riyadh",
    country: "SA",
    due: "2026-11-22T06:00:00Z",
  },
  // United States.
  { what: "the day before Thanksgiving", start: "2026-11-25", due: "2026-11-27T14:00:00Z" },
  { what: "Thanksgiving itself", start: "2026-11-26", due: "2026-11-30T14:00:00Z", http: true },
  { what: "Christmas Eve in the US", start: "2026-12-24", due: "2026-12-28T14:00:00Z" },
  { what: "31 December in the US", start: "2026-12-31", due: "2027-01-04T14:00:00Z", http: true },
  {
    what: "before Independence Day, kept on Friday 3 July",
    start: "2026-07-02",
    due: "2026-07-06T13:00:00Z",
  },
  {
    what: "before Lincoln's Birthday in New York, and Washington's everywhere",
    start: "2027-02-11",
    country: "US-NY",
    due: "2027-02-16T14:00:00Z",
  },
  {
    what: "the same day where Lincoln's Birthday is worked",
    start: "2027-02-11",
    due: "2027-02-12T14:00:00Z",
  },
  {
    what: "before Cabrini Day in Colorado",
    start: "2026-10-02",
    zone: "America/Denver",
    country: "US-CO",
    due: "2026-10-06T15:00:00Z",
  },
  // Great Britain.
  {
    what: "Christmas Eve in Britain, Boxing Day kept on Monday",
    start: "2026-12-24",
    ...LONDON,
    due: "2026-12-29T09:00:00Z",
    http: true,
  },
  {
    what: "Maundy Thursday in England, Easter Monday off and the clocks changed",
    start: "2027-03-25",
    zone: "Europe/London",
    country: "GB-ENG",
    due: "2027-03-30T08:00:00Z",
    http: true,
  },
  {
    what: "Hogmanay in Scotland, 2 January kept on Monday",
    start: "2026-12-31",
    zone: "Europe/London",
    country: "Scotland",
    due: "2027-01-05T09:00:00Z",
  },
  {
    what: "by the country's English name",
    start: "2026-12-24",
    zone: "Europe/London",
    country: "United Kingdom",
    due: "2026-12-29T09:00:00Z",
  },
  // Germany.
  { what: "the day before Ascension", start: "2027-05-05", ...BERLIN, due: "2027-05-07T07:00:00Z" },
  {
    what: "the day before Epiphany in Bavaria",
    start: "2027-01-05",
    zone: "Europe/Berlin",
    country: "DE-BY",
    due: "2027-01-07T08:00:00Z",
    http: true,
  },
  {
    what: "the same day where Epiphany is worked",
    start: "2027-01-05",
    ...BERLIN,
    due: "2027-01-06T08:00:00Z",
  },
  // India, Japan, Australia, Brazil.
  {
    what: "the day before Republic Day",
    start: "2027-01-25",
    ...KOLKATA,
    due: "2027-01-27T03:30:00Z",
    http: true,
  },
  { what: "the day before Gandhi's birthday", start: "2026-10-01", ...KOLKATA, due: "2026-10-05T03:30:00Z" },
  {
    what: "in the middle of Golden Week",
    start: "2027-04-30",
    ...TOKYO,
    due: "2027-05-06T00:00:00Z",
    http: true,
  },
  { what: "Labour Thanksgiving Day itself", start: "2026-11-23", ...TOKYO, due: "2026-11-25T00:00:00Z" },
  { what: "the day before Australia Day", start: "2027-01-25", ...SYDNEY, due: "2027-01-26T22:00:00Z" },
  { what: "the day before Tiradentes", start: "2027-04-20", ...SAO_PAULO, due: "2027-04-22T12:00:00Z" },
  { what: "the Friday before Finados", start: "2026-10-30", ...SAO_PAULO, due: "2026-11-03T12:00:00Z" },
  // Clocks change between day one and day two.
  { what: "clocks back in New York", start: "2026-10-30", due: "2026-11-02T14:00:00Z" },
  { what: "clocks forward in New York", start: "2027-03-12", due: "2027-03-15T13:00:00Z" },
  { what: "clocks back in London", start: "2026-10-23", ...LONDON, due: "2026-10-26T09:00:00Z" },
  {
    what: "clocks forward in Sydney, with Labour Day in New South Wales",
    start: "2026-10-02",
    zone: "Australia/Sydney",
    country: "AU-NSW",
    due: "2026-10-05T22:00:00Z",
    http: true,
  },
  {
    what: "clocks back in Sydney",
    start: "2027-04-02",
    zone: "Australia/Sydney",
    due: "2027-04-04T23:00:00Z",
  },
  {
    what: "a time that the clocks skip",
    start: "2027-03-12",
    onboarding: '  open_on: { day: 3, count: calendar, at: "02:30" }',
    due: "2027-03-14T07:00:00Z",
  },
  {
    what: "a time that comes twice: the first one",
    start: "2026-10-31",
    onboarding: '  open_on: { count: calendar, at: "01:30" }',
    due: "2026-11-01T05:30:00Z",
  },
  // Whose zone, and which day.
  {
    what: "at the team's nine for a hire in Tokyo",
    start: "2026-11-24",
    ...TOKYO,
    onboarding: "  open_on: { in: team }",
    due: "2026-11-25T14:00:00Z",
    http: true,
  },
  {
    what: "at the team's nine on a British calendar",
    start: "2026-12-24",
    ...LONDON,
    onboarding: "  open_on: { in: team }",
    due: "2026-12-29T14:00:00Z",
  },
  {
    what: "a zone of a quarter hour, in any case",
    start: "2026-11-23",
    zone: "asia/kathmandu",
    due: "2026-11-24T03:15:00Z",
  },
  {
    what: "calendar days, over a weekend",
    start: "2026-11-20",
    onboarding: "  open_on: { count: calendar }",
    due: "2026-11-21T14:00:00Z",
    http: true,
  },
  {
    what: "calendar days, into the new year",
    start: "2026-12-31",
    onboarding: "  open_on: { count: calendar }",
    due: "2027-01-01T14:00:00Z",
  },
  {
    what: "day one of a Saturday",
    start: "2026-11-21",
    onboarding: "  open_on: { day: 1 }",
    due: "2026-11-23T14:00:00Z",
  },
  {
    what: "day one at midnight",
    start: "2026-11-24",
    onboarding: '  open_on: { day: 1, at: "00:00" }',
    due: "2026-11-24T05:00:00Z",
  },
  {
    what: "day 30, which is further off than `late`",
    start: "2026-11-23",
    onboarding: "  open_on: { day: 30 }",
    due: "2027-01-06T14:00:00Z",
  },
  {
    what: "a hire who is late from the first day on",
    start: "2026-11-20",
    onboarding: "  late: 0",
    due: "2026-11-23T14:00:00Z",
  },
  // Leap days, and the team's own days.
  { what: "29 February 2028", start: "2028-02-29", due: "2028-03-01T14:00:00Z", http: true },
  { what: "the day before 29 February 2028", start: "2028-02-28", due: "2028-02-29T14:00:00Z" },
  {
    what: "a day the team closed, for a hire in Britain",
    start: "2026-11-23",
    ...LONDON,
    config: "closed: [2026-11-24]",
    due: "2026-11-25T09:00:00Z",
  },
  {
    what: "a holiday the team opened",
    start: "2026-11-25",
    config: "open: [2026-11-26]",
    due: "2026-11-26T14:00:00Z",
  },
  // Dates as people write them.
  { what: "a month in words", start: "23 November 2026", due: "2026-11-24T14:00:00Z" },
  { what: "the American way, with a weekday", start: "Monday, Nov 23rd, 2026", due: "2026-11-24T14:00:00Z" },
];

const fieldsOf = ({ start, zone, country }: Row): Fields => ({
  "Start date": start,
  ...(zone ? { "Time zone": zone } : {}),
  ...(country ? { Country: country } : {}),
});
const configOf = ({ onboarding, config }: Row) => ({
  ...(onboarding ? { config: `onboarding:\n${onboarding}\n` } : {}),
  ...(config ? { calendar: `{ country: US, ${config} }` } : {}),
});

describe.each(KINDS)("an access request opens on day two (%s)", (kind) => {
  it.each(ROWS)("in memory: $what ($start → $due)", async (row) => {
    const due = Date.parse(row.due);
    const story = await Story.begin({ kind, via: "memory", at: due - 9 * 86_400_000, ...configOf(row) });
    const hire = file(story, fieldsOf(row));
    await expectOpensAt(story, hire, due);
    expectRequest(story, hire);
  });

  it.each(ROWS.filter(({ http }) => http))("over HTTP: $what ($start → $due)", async (row) => {
    const due = Date.parse(row.due);
    const story = await Story.begin({ kind, via: "http", at: due - 9 * 86_400_000, ...configOf(row) });
    try {
      const hire = file(story, fieldsOf(row));
      await expectOpensAt(story, hire, due);
      expectRequest(story, hire);
      expect(story.sandbox?.violations).toEqual([]);
    } finally {
      await story.end();
    }
  });
});
