import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Fault } from "../../../src/engine/config/fault.ts";
import { type Loaded, loadConfig } from "../../../src/engine/config/load.ts";
import type { Config } from "../../../src/engine/config/schema.ts";
import { memoryFiles } from "../../../src/engine/config/source.ts";
import { shippedTemplates } from "../../../src/run/config.ts";
import { BASE, PROJECTS } from "./base.ts";
import { meaning } from "./broken-meaning.ts";
import { values } from "./broken-values.ts";

const load = (files: Readonly<Record<string, string>>, path = "daytwo.yml"): Loaded =>
  loadConfig(memoryFiles(files, shippedTemplates()), path);

const printed = (fault: Fault) => `${fault.file}:${fault.line}:${fault.column}: ${fault.message}`;
const faultsOf = (loaded: Loaded) => ("faults" in loaded ? loaded.faults : []);

function configOf(loaded: Loaded): Config {
  if ("faults" in loaded) throw new Error(loaded.faults.map(printed).join("\n"));
  return loaded.config;
}

const fixture = (name: string) =>
  readFileSync(new URL(`../../fixtures/config/${name}`, import.meta.url), "utf8");
const SAM = fixture("sam.ics");

describe("a configuration that is wrong", () => {
  it.each([...values, ...meaning])("$name", ({ files, faults }) => {
    const found = faultsOf(load(files));
    expect(found.map(printed)).toEqual(faults);
    for (const fault of found) {
      expect(fault.found).not.toBe("");
      expect(fault.expected).not.toBe("");
      expect(fault.message).toContain(fault.found);
      expect(fault.message).toContain(fault.expected);
    }
  });

  it("is told of with places that exist", () => {
    for (const { files } of [...values, ...meaning]) {
      for (const { file, line, column } of faultsOf(load(files))) {
        const text = files[file]?.replace(/^\ufeff/, "").split(/\r?\n/)[line - 1];
        expect(text, `${file}:${line}`).toBeDefined();
        expect(column).toBeLessThanOrEqual((text ?? "").length + 1);
      }
    }
  });
});

describe("the example", () => {
  const config = () => configOf(load({ "daytwo.yml": fixture("example.yml"), "calendars/sam.ics": SAM }));

  it("loads as it stands, with its calendar file beside it", () => {
    const { team, cadences, close, calendar, systems, templates } = config();
    expect(team.map(({ handle, dri, timezone, cover }) => [handle, dri, timezone, cover])).toEqual([
      ["amber", true, "America/Denver", undefined],
      ["meri", true, "Europe/London", "sam"],
      ["sam", false, "America/New_York", undefined],
    ]);
    expect(calendar).toEqual({ country: "US", region: "ny", closed: ["2026-12-24"], open: [] });
    expect(close).toMatchObject({ template: "monthly-close", open: -3, at: "09:00" });
    expect(cadences.map(({ on, at }) => [on, at])).toEqual([
      ["MON", "08:00"],
      [-10, "09:00"],
    ]);
    expect(systems.size).toBe(0);
    expect([...templates.keys()]).toContain("new-hire");
  });

  it("gives each member their own calendar, with the team's days, and their absences", () => {
    const [amber, meri, sam] = config().team;
    expect(amber?.calendar).toEqual({ country: "US", region: "co", closed: ["2026-12-24"], open: [] });
    expect(meri?.calendar).toEqual({ country: "GB", closed: ["2026-12-24"], open: [] });
    expect(sam?.calendar).toEqual({ country: "US", region: "ny", closed: ["2026-12-24"], open: [] });
    expect(meri?.absences).toEqual([{ from: "2026-12-21", to: "2027-01-02" }]);
    expect(sam?.absences).toEqual([{ from: "2026-11-27", to: "2026-11-27", title: "Day off" }]);
  });

  it("misses its calendar file at its line", () => {
    const [fault, ...more] = faultsOf(load({ "daytwo.yml": fixture("example.yml") }));
    expect(more).toEqual([]);
    expect(fault).toMatchObject({ line: 18, column: 41, path: "team[2].away", nearest: null });
  });
});

describe("a small file", () => {
  const minimal = "projects: { requests: { forge: github, repo: acme/ar } }\nteam: [{ handle: amber }]\n";

  it("loads with every default", () => {
    const config = configOf(load({ "daytwo.yml": minimal }));
    expect(config).toMatchObject({
      version: 1,
      hours: { from: "09:00", to: "17:00" },
      lifecycle: {
        states: {
          action_needed: { label: "SalesOpsAR::Action Needed", color: "#d9534f", previously: [] },
          completed: { label: "SalesOpsAR::Completed", color: "#5cb85c" },
        },
        aliases: { "SaelsOpsAR::In Progress": "in_progress" },
        close_incomplete: "reopen",
      },
      requests: { label: "access-request", sla: { first_action: "1d", done: "5d" } },
      board: { summary: { at: "MON 09:00", pin: true } },
      close: { open: -3 },
      cadences: [],
    });
    // There is no such system, so nothing waits for its seats.
    expect(config.lifecycle.hold_reasons.sfdc_license?.system).toBeUndefined();
    expect(config.lifecycle.hold_reasons.cancelled.label).toBe("SalesOPS: Start cancelled");
  });

  it("says that onboarding is off", () => {
    const loaded = load({ "daytwo.yml": minimal });
    expect(configOf(loaded).onboarding).toBe(false);
    expect("notes" in loaded && loaded.notes.map(({ path }) => path)).toContain("projects");
  });

  it("loads with anchors and merge keys, carriage returns and a byte order mark", () => {
    const text = `\ufeff${PROJECTS}team:
  - &base { handle: amber, dri: true, calendar: { country: GB } }
  - { <<: *base, handle: meri, dri: false }
`;
    const { team } = configOf(load({ "daytwo.yml": text.replaceAll("\n", "\r\n") }));
    expect(team.map(({ handle, dri, calendar }) => [handle, dri, calendar.country])).toEqual([
      ["amber", true, "GB"],
      ["meri", false, "GB"],
    ]);
  });

  it("switches policies off", () => {
    const off = "onboarding: false\nboard: false\nclose: false\ncadences: []\n";
    expect(configOf(load({ "daytwo.yml": BASE + off }))).toMatchObject({
      onboarding: false,
      board: false,
      close: false,
      cadences: [],
    });
  });

  it("keeps `cancelled` beside a team's own hold reasons, and lets the team name it", () => {
    const own = `${BASE}lifecycle: { hold_reasons: { cancelled: { label: Not joining }, budget: { label: Budget } } }\n`;
    const { hold_reasons } = configOf(load({ "daytwo.yml": own })).lifecycle;
    expect(Object.entries(hold_reasons).map(([id, { label }]) => [id, label])).toEqual([
      ["cancelled", "Not joining"],
      ["budget", "Budget"],
    ]);
  });

  it("tells label names apart by case on GitLab, which does, and takes long ones there", () => {
    const gitlab = PROJECTS.replace("github, repo", "gitlab, project").replace(
      "github, repo",
      "gitlab, project",
    );
    const label = `Access-Request ${"x".repeat(60)}`;
    const text = `${gitlab}team: [{ handle: amber }]\nlifecycle: { states: { on_hold: { label: Access-Request } } }\n`;
    configOf(load({ "daytwo.yml": text }));
    configOf(load({ "daytwo.yml": `${gitlab}team: [{ handle: a_b.c }]\nrequests: { label: ${label} }\n` }));
  });
});

describe("files and folders", () => {
  const chorus = "name: Chorus\ntasks: [Invite]\n";

  it("are found beside the configuration, else at the root", () => {
    const beside = {
      ".github/daytwo.yml": BASE,
      ".github/systems/chorus.yml": chorus,
      "systems/clari.yml": "name: Clari\n",
    };
    expect([...configOf(load(beside, ".github/daytwo.yml")).systems.keys()]).toEqual(["chorus"]);
    const above = { ".github/daytwo.yml": BASE, "systems/chorus.yml": chorus };
    expect(configOf(load(above, ".github/daytwo.yml")).systems.get("chorus")).toMatchObject({
      id: "chorus",
      tier: 2,
    });
  });

  it("hold one baseline or a list of them", () => {
    const { baselines } = configOf(
      load({
        "daytwo.yml": BASE,
        "systems/chorus.yml": chorus,
        "baselines/a.yml": "role: AE\nsystems: { chorus: default }\n",
        "baselines/b.yml": "- { role: SDR, systems: { chorus: default } }\n- { role: SA, systems: {} }\n",
      }),
    );
    expect(baselines.map(({ role, department, file }) => [role, department, file])).toEqual([
      ["AE", "*", "baselines/a.yml"],
      ["SDR", "*", "baselines/b.yml"],
      ["SA", "*", "baselines/b.yml"],
    ]);
  });

  it("replace a shipped template by name", () => {
    const mine = "---\nname: Mine\ntitle: Hello {{hire.name}}\n---\nMine.\n";
    const { templates } = configOf(load({ "daytwo.yml": BASE, "issue-templates/new-hire.md": mine }));
    expect(templates.get("new-hire")).toMatchObject({
      title: "Hello {{hire.name}}",
      body: "Mine.\n",
      kind: "hire",
    });
    expect(templates.get("general")?.file).toContain("shipped");
  });
});

describe("any text at all", () => {
  const word = fc.constantFrom(
    ...[
      "projects",
      "requests",
      "team",
      "handle",
      "amber",
      "forge",
      "github",
      "repo",
      "a/b",
      "lifecycle",
      "states",
    ],
    ...[
      "- ",
      ": ",
      "\n",
      "\n  ",
      "\n    ",
      "{",
      "}",
      "[",
      "]",
      ", ",
      "'",
      '"',
      "&a ",
      "*a",
      "<<",
      "|",
      ">",
      "#",
      "!x",
      "\t",
    ],
    ...[
      "null",
      "0",
      "-3",
      "~",
      "09:00",
      "2026-12-24",
      "%YAML 1.1",
      "---",
      "\ufeff",
      "\r\n",
      "\u0000",
      "__proto__",
      "@",
      "? ",
    ],
  );
  const garbage = fc.oneof(
    fc.string(),
    fc.string({ unit: "binary" }),
    fc.array(word, { maxLength: 40 }).map((w) => w.join("")),
  );

  it("is refused with faults that have a place, and never throws", () => {
    fc.assert(
      fc.property(garbage, garbage, garbage, (config, system, template) => {
        for (const text of [config, BASE + config]) {
          const files = {
            "daytwo.yml": text,
            "systems/x.yml": system,
            "issue-templates/new-hire.md": template,
          };
          for (const fault of faultsOf(load(files))) {
            expect(fault.line).toBeGreaterThan(0);
            expect(fault.column).toBeGreaterThan(0);
            expect(Object.keys(files)).toContain(fault.file);
          }
        }
        expect("config" in load({ "daytwo.yml": config })).toBe(false);
      }),
      { numRuns: 150 },
    );
  });

  it("as any value of a key is taken or refused at that file", () => {
    const key = fc.constantFrom(
      ...["timezone", "calendar", "hours", "trusted", "onboarding", "lifecycle", "requests"],
      ...["board", "close", "cadences", "systems", "templates"],
    );
    fc.assert(
      fc.property(key, fc.json({ maxDepth: 4 }), (name, value) => {
        const faults = faultsOf(load({ "daytwo.yml": `${BASE}${name}: ${value}\n` }));
        expect(faults.every(({ path }) => path === "" || path.startsWith(name) || path === "lifecycle")).toBe(
          true,
        );
      }),
      { numRuns: 150 },
    );
  });
});
