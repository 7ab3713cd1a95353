import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../../../src/engine/config/load.ts";
import { memoryFiles } from "../../../src/engine/config/source.ts";
import { checkText } from "../../../src/engine/template/check.ts";
import {
  contexts,
  type HireContext,
  type PeriodContext,
  describe as variablesOf,
} from "../../../src/engine/template/context.ts";
import { renderCloseTitle, renderTemplate } from "../../../src/engine/template/render.ts";
import type { Template } from "../../../src/engine/template/template.ts";
import { mention, type SafeText, safe, trusted } from "../../../src/engine/text/safe.ts";
import { calendarOf } from "../../../src/engine/time/calendar.ts";
import { shippedTemplates } from "../../../src/run/config.ts";

const loaded = loadConfig(
  memoryFiles(
    { "daytwo.yml": "projects: { requests: { forge: github, repo: a/b } }\nteam: [{ handle: amber }]\n" },
    shippedTemplates(),
  ),
  "daytwo.yml",
);
function shipped(id: string): Template {
  const template = "config" in loaded ? loaded.config.templates.get(id) : undefined;
  if (template === undefined) throw new Error(`no template ${id}`);
  return template;
}

const CHORUS = {
  id: "chorus",
  name: "Chorus",
  role: "Recorder",
  tier: 2,
  sox: false,
  owner: "meri",
  docs: "https://docs.example.com/a_(b)",
  invite: trusted("`jo@acme.example`"),
  tasks: [trusted("Invite"), trusted("Set the [role](https://x.example)")],
} as const;

const HIRE: HireContext = {
  hire: {
    name: "Jo Lee",
    email: "jo@acme.example",
    role: "Account Executive",
    department: "Sales",
    region: "EMEA",
    manager: mention("kim"),
    start: "2026-11-23",
    dayTwo: "2026-11-24",
    timezone: "Europe/London",
    country: "GB",
  },
  onboarding: { ref: trusted("acme/people#12"), url: "https://github.com/acme/people/issues/12" },
  dris: safe`${mention("amber")} ${mention("meri")}`,
  systems: [
    CHORUS,
    { ...CHORUS, id: "clari", name: "Clari", role: null, owner: null, docs: null, invite: null, tasks: [] },
  ],
  calendar: calendarOf({ country: "US", region: "ny" }),
  late: null,
};

const template = (body: string, more: Partial<Template> = {}): Template => ({
  id: "mine",
  file: "issue-templates/mine.md",
  kind: "hire",
  name: "Mine",
  description: "",
  title: "Title",
  labels: [],
  assignees: [],
  inputs: [],
  tasks: [],
  body,
  bodyLine: 1,
  ...more,
});
const render = (body: string, context: HireContext = HIRE) => renderTemplate(template(body), context).body;

describe("the template of a new hire", () => {
  it("names the person, copies the DRIs and has one box for each step", () => {
    const { title, body, labels, assignees } = renderTemplate(shipped("new-hire"), HIRE);
    expect(title).toBe("Access request: Jo Lee, Account Executive");
    expect([labels, assignees]).toEqual([[], []]);
    for (const text of ["**Jo Lee** starts on Mon 23 Nov 2026", "| Manager | @kim |", "acme/people#12"]) {
      expect(body).toContain(text);
    }
    expect(body.match(/^CC .*$/gm)).toEqual(["CC @amber @meri"]);
    expect(body.match(/^### .*$/gm)).toEqual(["### Chorus: Recorder", "### Clari"]);
    expect(body.match(/^- \[ \] .*$/gm)).toEqual([
      "- [ ] Invite",
      "- [ ] Set the [role](https://x.example)",
      "- [ ] Give access",
    ]);
    expect(body).toContain("Invite list: `jo@acme.example`");
    expect(body).toContain("(https://docs.example.com/a_%28b%29)");
    expect(body).not.toContain("late");
  });

  it("says what was not given, and how late it is", () => {
    const hire = { ...HIRE.hire, email: null, department: null, region: "", manager: null };
    const { body } = renderTemplate(shipped("new-hire"), {
      ...HIRE,
      hire,
      dris: null,
      late: "2 working days",
    });
    expect(body.match(/^\|.*_not given_ \|$/gm)).toHaveLength(4);
    expect(body).toContain("opens 2 working days late");
    expect(body).not.toContain("CC");
  });

  it("asks for the systems where there is no baseline", () => {
    const { body } = renderTemplate(shipped("general"), { ...HIRE, systems: [] });
    expect(body).toContain("@kim and the DRIs, please name the systems");
    expect(body.match(/^- \[ \] /gm)).toHaveLength(3);
  });
});

describe("templates of a period", () => {
  const period: PeriodContext = {
    month: "2026-11",
    period: { name: "2026-11", from: "2026-11-01", to: "2026-11-30" },
    opened: "2026-11-25",
    calendar: HIRE.calendar,
    owner: mention("sam"),
    dris: HIRE.dris,
    groups: [
      {
        name: "Commission run",
        tasks: [
          {
            title: "Extract | the bookings",
            due: "2026-11-27",
            wd: "WD-2",
            owner: mention("sam"),
            reviewer: mention("meri"),
            steps: [trusted("Run the report")],
          },
          { title: "Pay", due: null, wd: null, owner: null, reviewer: null, steps: [] },
        ],
      },
    ],
  };

  it("list tasks with due day, owner, steps and review", () => {
    const { title, body } = renderTemplate(shipped("monthly-close"), period);
    expect(title).toBe("Sales Ops monthly close: 2026-11");
    expect(body).toContain(
      [
        "## Commission run",
        "",
        "- [ ] Extract \\| the bookings (due 2026-11-27, WD-2, owner @sam)",
        "  - Run the report",
        "  - [ ] Reviewed (@meri)",
        "- [ ] Pay",
      ].join("\n"),
    );
  });

  it.each(["pipeline-review", "system-audit"])("%s has boxes and names its owner", (id) => {
    const { body } = renderTemplate(shipped(id), period);
    expect(body).toContain("Owner: @sam.");
    expect(body.match(/^- \[ \] /gm)?.length).toBeGreaterThan(4);
  });

  it("title the close with its month", () => {
    expect(renderCloseTitle("Close {{month}}", { month: "2026-11" })).toBe("Close 2026-11");
  });
});

describe("what a template may use", () => {
  it.each([
    ["{{hire.nmae}}", 1, 3, "hire.name"],
    ["line\n  {{name}}", 2, 5, "hire.name"],
    ["{{#each systems}}{{nam}}{{/each}}", 1, 20, "name"],
    ["{{#each systems as |s|}}{{s.rol}}{{/each}}", 1, 27, "s.role"],
    ["{{{hire.name}}}", 1, 1, "{{hire.name}}"],
    ["{{&hire.name}}", 1, 1, "{{hire.name}}"],
    ["{{#eech systems}}{{/eech}}", 1, 1, "each"],
    ["{{dat hire.start}}", 1, 3, "date"],
    ["{{lookup hire 'name'}}", 1, 3, null],
    ["{{log hire.name}}", 1, 3, null],
    ["{{constructor}}", 1, 3, null],
    ["{{hire.__proto__}}", 1, 3, null],
    ["{{hire.constructor.name}}", 1, 3, null],
    ["{{@rot.late}}", 1, 3, "@root"],
    ["{{@index}}", 1, 3, null],
    ["{{../hire.name}}", 1, 3, null],
    ["{{hire}}", 1, 1, null],
    ["{{systems}}", 1, 1, null],
    ["{{calendar}}", 1, 1, null],
    ["{{#each hire}}{{/each}}", 1, 9, null],
    ["{{date hire.name}}", 1, 8, null],
    ["{{cc}}", 1, 3, null],
    ["{{table systems rol='Role'}}", 1, 17, "role"],
    ["{{table systems}}", 1, 3, null],
    ["{{> sistem}}", 1, 1, "system"],
    ["{{> system}}", 1, 1, null],
    ["{{#> system}}{{/system}}", 1, 1, null],
    ["{{#*inline 'x'}}{{/inline}}", 1, 1, null],
    ["{{#if late}}\nlate", 1, 1, null],
    ["{{#if late}}\n{{/each}}", 1, 4, "{{/if}}"],
    ["{{hire.name", 1, 1, null],
  ])("%j is refused at its place", (body, line, column, nearest) => {
    const [first] = checkText(body, contexts.hire, "body");
    expect(first).toMatchObject({ line, column, nearest });
  });

  it.each([
    ["{{date (workday hire.start 4)}}", "Mon 30 Nov 2026"],
    ["{{#with hire}}{{name}}{{@root.late}}{{/with}}", "Jo Lee_not given_"],
    ["{{#each systems}}{{@index}}{{#unless @last}},{{/unless}}{{/each}}", "0,1"],
    ["{{#each systems as |s i|}}{{i}}{{s.name}} {{../hire.name}};{{/each}}", "0Chorus Jo Lee;1Clari Jo Lee;"],
    ["{{#if late}}late{{else if hire.email}}{{hire.email}}{{/if}}", "jo@acme.example"],
    ["{{systems.length}}", "2"],
    ["{{> person hire}}", "**Jo Lee**, Account Executive, Sales, EMEA (jo@acme.example)"],
    [
      "{{table systems name='System' role='R|ole'}}",
      "| System | R\\|ole |\n| --- | --- |\n| Chorus | Recorder |\n| Clari |  |",
    ],
    ["{{!-- a comment --}}x", "x"],
  ])("%j is rendered", (body, expected) => {
    expect(checkText(body, contexts.hire, "body")).toEqual([]);
    expect(render(body)).toBe(expected);
  });

  it("takes no Markdown in a title, and everything else as plain text", () => {
    expect(checkText("{{hire.manager}}", contexts.hire, "line")).toHaveLength(1);
    const mine = template("", {
      title: "{{hire.name}} | {{hire.region}}",
      labels: ["region: {{hire.region}}", "{{#if late}}late{{/if}}"],
      assignees: ["{{systems.length}}", "@amber", "not a handle"],
    });
    const { title, labels, assignees } = renderTemplate(mine, {
      ...HIRE,
      hire: { ...HIRE.hire, name: "Jo\n<b> *x*" },
    });
    expect(title).toBe("Jo <b> *x* | EMEA");
    expect(labels).toEqual(["region: EMEA"]);
    expect(assignees).toEqual(["2", "amber"]);
  });

  it("is described for people, every variable of it", () => {
    for (const context of Object.values(contexts)) {
      for (const { name, doc } of variablesOf(context)) expect(doc, name).not.toBe("");
    }
    expect(variablesOf(contexts.hire).map(({ name }) => name)).toContain("systems[].role");
  });
});

describe("what people typed", () => {
  const hostile = fc
    .array(fc.constantFrom(..."\n /close @all <!-- --> {{hire.email}} `` ~~~ | [x] ::set # > -".split(" ")), {
      maxLength: 8,
    })
    .map((parts) => `x${parts.join(" ")}`);

  it("never gets through a template as it is", () => {
    fc.assert(
      fc.property(hostile, hostile, (name, role) => {
        const context: HireContext = {
          ...HIRE,
          hire: { ...HIRE.hire, name, role },
          dris: null,
          systems: [],
          onboarding: { ...HIRE.onboarding, ref: "" as SafeText },
        };
        const { title, body } = renderTemplate(shipped("general"), {
          ...context,
          hire: { ...context.hire, manager: null },
        });
        for (const text of [body, title]) {
          expect(text).not.toMatch(/(?<![\w])@\w/);
          expect(text).not.toMatch(/^\s*(\/|::)/m);
        }
        expect(body).not.toContain("<!--");
        expect(body).not.toContain("Work e-mail | jo@acme.example | jo@acme.example");
        expect(title).not.toContain("\n");
        expect(body.split("\n")).toHaveLength(
          renderTemplate(shipped("general"), HIRE_PLAIN).body.split("\n").length,
        );
      }),
    );
  });
});

const HIRE_PLAIN: HireContext = { ...HIRE, dris: null, systems: [], hire: { ...HIRE.hire, manager: null } };
