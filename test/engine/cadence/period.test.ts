/** When the issues of a cadence open, and until when. */
import { describe, expect, it } from "vitest";
import { composeCadence, ownerOf } from "../../../src/engine/cadence/compose.ts";
import {
  latestOccasion,
  nextOccasion,
  spanAfter,
  spanBefore,
  spanOf,
  stillOpens,
} from "../../../src/engine/cadence/period.ts";
import type { Cadence } from "../../../src/engine/config/schema.ts";
import { safe } from "../../../src/engine/text/safe.ts";
import { configOf, TEAM } from "../close/setting.ts";

const config = configOf(`${TEAM}calendar: { country: US, closed: [2026-11-27] }\n`);
const cadence = (every: Cadence["every"], on?: Cadence["on"], more: Partial<Cadence> = {}): Cadence => ({
  template: "pipeline-review",
  every,
  at: "08:00",
  ...(on === undefined ? {} : { on }),
  ...more,
});
/** By the clocks of New York in winter. */
const at = (day: string, time = "08:00") => Date.parse(`${day}T${time}:00-05:00`);
const latest = (one: Cadence, day: string, time?: string) => {
  const occasion = latestOccasion(config, one, at(day, time));
  return occasion && `${occasion.span.name} ${occasion.day}`;
};

describe("periods", () => {
  it.each([
    ["day", "2026-11-24", "2026-11-24", "2026-11-24", "2026-11-24"],
    ["week", "2027-01-03", "2026-W53", "2026-12-28", "2027-01-03"],
    ["month", "2026-11-24", "2026-11", "2026-11-01", "2026-11-30"],
    ["quarter", "2026-11-24", "2026-Q4", "2026-10-01", "2026-12-31"],
    ["year", "2026-11-24", "2026", "2026-01-01", "2026-12-31"],
  ] as const)("a %s", (every, day, name, from, to) => {
    const span = spanOf(day, every);
    expect(span).toMatchObject({ name, from, to });
    expect(spanAfter(span, every).index).toBe(span.index + 1);
    expect(spanBefore(spanAfter(span, every), every)).toEqual(span);
  });
});

describe("the latest occasion", () => {
  it.each<[string, Cadence, string, string | undefined, string | null]>([
    [
      "a minute before its time it is the one before",
      cadence("week", "TUE"),
      "2026-11-24",
      "07:59",
      "2026-W47 2026-11-17",
    ],
    ["at its time it is there", cadence("week", "TUE"), "2026-11-24", "08:00", "2026-W48 2026-11-24"],
    [
      "a weekday that is a holiday moves on",
      cadence("week", "MON"),
      "2026-10-13",
      undefined,
      "2026-W42 2026-10-13",
    ],
    [
      "at the end of a week it moves back",
      cadence("week", "THU"),
      "2026-11-25",
      undefined,
      "2026-W48 2026-11-25",
    ],
    ["Sunday is the week's last day", cadence("week", "SUN"), "2026-11-20", undefined, "2026-W47 2026-11-20"],
    ["a daily one skips days off", cadence("day"), "2026-11-29", undefined, "2026-11-25 2026-11-25"],
    ["WD-3 of a month", cadence("month", -3), "2026-11-30", undefined, "2026-11 2026-11-24"],
    [
      "WD+2 of a month is in the next one",
      cadence("month", 2),
      "2026-11-03",
      undefined,
      "2026-10 2026-11-03",
    ],
    ["WD-10 of a quarter", cadence("quarter", -10), "2026-12-17", undefined, "2026-Q4 2026-12-17"],
    [
      "WD-66 of a month is months ahead",
      cadence("month", -66),
      "2026-11-24",
      undefined,
      "2027-02 2026-11-19",
    ],
    ["WD-1 of a year", cadence("year", -1), "2026-12-31", undefined, "2026 2026-12-31"],
  ])("%s", (_, one, day, time, expected) => {
    expect(latest(one, day, time)).toBe(expected);
  });

  it("is followed by the next", () => {
    const one = cadence("week", "TUE");
    const occasion = latestOccasion(config, one, at("2026-11-24"));
    expect(occasion && nextOccasion(config, one, occasion)?.day).toBe("2026-12-01");
  });
});

describe("an occasion that was missed", () => {
  const opens = (one: Cadence, day: string) => {
    const occasion = latestOccasion(config, one, at(day));
    return occasion !== null && stillOpens(config, one, occasion, at(day));
  };
  it.each<[string, Cadence, string, boolean]>([
    ["a day's, the next morning", { ...cadence("day"), at: "09:00" }, "2026-11-25", false],
    ["a week's, on its Sunday", cadence("week", "MON"), "2026-11-22", true],
    ["a month's, five working days later", cadence("month", 2), "2026-11-10", true],
    ["a month's, six working days later", cadence("month", 2), "2026-11-12", false],
    ["a quarter's, at its end", cadence("quarter", -10), "2026-12-31", true],
    ["a quarter's that was due at its begin, a month later", cadence("quarter", -60), "2026-11-24", false],
    ["the last quarter's, for a cadence that is new", cadence("quarter", -10), "2026-11-24", false],
  ])("%s", (_, one, day, expected) => {
    expect(opens(one, day)).toBe(expected);
  });
});

describe("who owns it", () => {
  const team = configOf(`team:
  - { handle: amber, away: [{ from: 2026-11-24, to: 2026-11-24 }], cover: sam }
  - { handle: meri, away: [{ from: 2026-11-24, to: 2026-11-25 }] }
  - { handle: sam, away: [{ from: 2026-11-25, to: 2026-11-25 }] }
`);
  const owner = (day: string, named?: string) =>
    ownerOf(team, cadence("day", undefined, named === undefined ? {} : { owner: named }), {
      span: spanOf(day, "day"),
      day,
    });

  it("is whoever is named, their cover while they are away, or else whose turn it is", () => {
    expect(owner("2026-11-23", "Amber")).toEqual({ handle: "amber", because: "as configured" });
    expect(owner("2026-11-24", "amber")).toEqual({ handle: "sam", because: "who covers for amber" });
    expect(owner("2026-11-24", "meri")).toEqual({ handle: "sam", because: "since meri is away" });
  });

  it("goes round the team, without those who are away", () => {
    const turns = ["2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26"].map((day) => owner(day)?.handle);
    expect(turns).toEqual(["sam", "sam", "amber", "sam"]);
    const days = ["2026-12-01", "2026-12-02", "2026-12-03", "2026-12-04"].map((day) => owner(day)?.handle);
    expect(new Set(days.slice(0, 3)).size).toBe(3);
    expect(days[3]).toBe(days[0]);
  });
});

describe("the shipped templates", () => {
  it.each([
    "pipeline-review",
    "territory-change",
    "comp-plan-change",
    "forecast-model",
    "process-design",
    "system-audit",
    "analysis-request",
    "knowledge-transfer",
  ])("%s is a checklist that names its period and owner", (template) => {
    const one = cadence("quarter", -10, { template, owner: "sam" });
    const occasion = latestOccasion(config, one, at("2026-12-17"));
    if (!occasion) throw new Error("no occasion");
    const made = composeCadence(
      config,
      one,
      occasion,
      ownerOf(config, one, occasion),
      safe`[a/b#7](https://x.test/7)`,
    );
    expect(made.title).toContain("2026-Q4");
    expect(made.labels).toEqual([]);
    expect(made.body).toContain("Owner: @sam.");
    expect(made.body).toContain("The one before: [a/b#7](https://x.test/7)");
    expect(made.body.match(/^- \[ \] \S/gm)?.length).toBeGreaterThan(8);
    expect(made.body).toMatch(new RegExp(`<!-- daytwo:cadence:${template}:2026-Q4 -->$`));
    expect(made.body).not.toContain("not given");
  });

  it("tasks of a template go to the owner, and somebody else reviews", () => {
    const files = {
      "issue-templates/own.md":
        '---\nname: Own\ntitle: "Own {{period.name}}"\ntasks: [{ title: A, due: WD-1 }, { title: B, due: WD-1, reviewer: sam }]\n---\n{{#each groups}}{{taskList tasks}}{{/each}}\n',
    };
    const own = configOf(`${TEAM}cadences: [{ template: own, every: week, on: MON, owner: sam }]\n`, files);
    const [one] = own.cadences;
    const occasion = one && latestOccasion(own, one, at("2026-11-24"));
    if (!one || !occasion) throw new Error("no occasion");
    const { body } = composeCadence(own, one, occasion, ownerOf(own, one, occasion), null);
    expect(body).toMatch(
      /- \[ \] A \(due 2026-11-27, WD-1, owner @sam\)\n {2}- \[ \] Reviewed \(@(amber|meri)\)/,
    );
    expect(body).toMatch(
      /- \[ \] B \(due 2026-11-27, WD-1, owner @(amber|meri)\)\n {2}- \[ \] Reviewed \(@sam\)/,
    );
  });
});
