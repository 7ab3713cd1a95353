import { describe, expect, test } from "vitest";
import { loadConfig } from "../../../src/engine/config/load.ts";
import { memoryFiles } from "../../../src/engine/config/source.ts";
import { type Drill, judgeDrill, type Work } from "../../../src/engine/drill/judge.ts";

const loaded = loadConfig(
  memoryFiles({
    "daytwo.yml": `timezone: America/New_York
calendar: { country: US }
projects: { requests: { forge: github, repo: acme/requests } }
team:
  - { handle: amber, away: [{ from: 2026-12-07, to: 2026-12-11 }] }
  - { handle: meri, timezone: Europe/London, calendar: { country: GB, region: eng } }
  - { handle: sam, cover: meri }
`,
  }),
  "daytwo.yml",
);
if ("faults" in loaded) throw new Error(JSON.stringify(loaded.faults));
const { config } = loaded;

const WEEK: Drill = { away: ["sam"], from: "2026-11-30", to: "2026-12-04" };
const work = (more: Partial<Work>): Work => ({
  issue: 41,
  system: "chorus",
  title: "Chorus",
  from: "2026-11-30",
  due: "2026-12-03",
  may: ["sam"],
  usual: null,
  steps: true,
  mend: { late: "mend late", "nobody-else": "mend alone", "no-steps": "mend steps" },
  ...more,
});
const kinds = (drill: Drill, more: Partial<Work>) =>
  judgeDrill(config, drill, [work(more)]).map(({ kind }) => kind);

describe("a drill", () => {
  test.each<[string, Partial<Drill>, Partial<Work>, string[]]>([
    ["the only one who may is away past the due day", {}, {}, ["nobody-else", "late"]],
    ["somebody else may", {}, { may: ["sam", "meri"] }, []],
    ["they are back in time", {}, { due: "2026-12-07" }, ["nobody-else"]],
    ["nobody says by when", {}, { due: null }, ["nobody-else"]],
    ["it was due before", {}, { from: "2026-11-23", due: "2026-11-27" }, []],
    ["it begins after", {}, { from: "2026-12-07", due: "2026-12-09" }, []],
    ["overdue, and nobody may go on with it", {}, { due: "2026-11-27" }, ["nobody-else"]],
    [
      "whoever is left is away by themself",
      { from: "2026-12-07", to: "2026-12-11" },
      { from: "2026-12-07", due: "2026-12-11", may: ["sam", "amber"] },
      ["late"],
    ],
    [
      "only the weekend",
      { from: "2026-12-05", to: "2026-12-06" },
      { from: "2026-12-04", due: "2026-12-07" },
      [],
    ],
    [
      "a holiday of theirs is no day to do it",
      { away: ["amber"], from: "2026-12-28", to: "2026-12-28" },
      { from: "2026-12-28", due: "2026-12-28", may: ["amber", "meri"] },
      ["late"],
    ],
    [
      "another does it without written steps",
      {},
      { may: ["sam", "meri"], usual: "sam", steps: false },
      ["no-steps"],
    ],
    ["whose work it is is there", {}, { may: ["sam", "meri"], usual: "meri", steps: false }, []],
    [
      "nobody's work yet, and one of them knows how",
      {},
      { may: ["sam", "meri"], steps: false },
      ["no-steps"],
    ],
    ["nobody is named: the team may", {}, { may: [] }, []],
    ["nobody of the team is there", { away: ["amber", "meri", "sam"] }, { may: [] }, ["nobody-else", "late"]],
    ["a provisioner outside the team", { away: ["zoe"] }, { may: ["zoe"] }, ["nobody-else", "late"]],
    ["handles ignore case", { away: ["Sam"] }, {}, ["nobody-else", "late"]],
  ])("%s", (_, drill, more, expected) => {
    expect(kinds({ ...WEEK, ...drill }, more)).toEqual(expected);
  });

  test("says who, by when, and what to do", () => {
    expect(judgeDrill(config, WEEK, [work({})])).toEqual([
      {
        kind: "nobody-else",
        issue: 41,
        system: "chorus",
        title: "Chorus",
        due: "2026-12-03",
        message: "Chorus: only @sam may do it, and they are away.",
        mend: "mend alone",
      },
      {
        kind: "late",
        issue: 41,
        system: "chorus",
        title: "Chorus",
        due: "2026-12-03",
        message: "Chorus: nobody who may do it (@sam) is there before it is due on 2026-12-03.",
        mend: "mend late",
      },
    ]);
  });
});
