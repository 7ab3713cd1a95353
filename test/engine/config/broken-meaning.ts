import { some } from "../../../src/engine/config/systems.ts";
import { shippedTemplates } from "../../../src/run/config.ts";
import { BASE, type Broken, PROJECTS } from "./base.ts";

/** Templates that daytwo opens issues from: those without inputs, which people fill in. */
const ISSUES = some(
  [...shippedTemplates()].flatMap(([id, source]) => (/^inputs:/m.test(source) ? [] : [id])),
);

/** What daytwo.yml and the files it names can have wrong together. */
export const meaning: readonly Broken[] = [
  {
    name: "labels that collide",
    files: {
      "daytwo.yml": `${BASE}lifecycle:
  states:
    on_hold: { label: Waiting }
    in_progress: { label: waiting }
  aliases: { "salesopsar::completed": on_hold, "SalesOpsAR::Done": completed }
  hold_reasons:
    licence: { label: access-request }
`,
    },
    faults: [
      'daytwo.yml:10:27: lifecycle.states.in_progress.label: found "waiting", the label of the state on_hold in line 9, expected a label of its own',
      'daytwo.yml:11:14: lifecycle.aliases["salesopsar::completed"]: found "salesopsar::completed", the label of the state completed by default, expected a label of its own',
      'daytwo.yml:13:23: lifecycle.hold_reasons.licence.label: found "access-request", the label of an access request by default, expected a label of its own',
    ],
  },
  {
    name: "labels over GitHub's limits",
    files: {
      "daytwo.yml": `${BASE}requests: { label: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx }
lifecycle: { states: { on_hold: { description: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy } } }
`,
    },
    faults: [
      'daytwo.yml:7:20: requests.label: found "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 51 characters, expected at most 50 characters: GitHub takes no more in a label',
      "daytwo.yml:8:48: lifecycle.states.on_hold.description: found 101 characters, expected at most 100 characters: GitHub takes no more in a label's description",
    ],
  },
  {
    name: "a label with a comma",
    files: {
      "daytwo.yml": `${BASE}requests: { label: "a, b" }
lifecycle: { aliases: { "a,b": on_hold } }
`,
    },
    faults: [
      'daytwo.yml:7:20: requests.label: found "a, b", expected a label name of 1 to 255 characters without a comma',
      'daytwo.yml:8:25: lifecycle.aliases["a,b"]: found "a,b", expected a label name of 1 to 255 characters without a comma',
    ],
  },
  {
    name: "aliases of no state",
    files: {
      "daytwo.yml": `${BASE}lifecycle: { aliases: { "SaelsOpsAR::On Hold": onhold } }
`,
    },
    faults: [
      'daytwo.yml:7:48: lifecycle.aliases["SaelsOpsAR::On Hold"]: found "onhold", expected action_needed, in_progress, on_hold or completed; did you mean on_hold?',
    ],
  },
  {
    name: "periods without a day 0, and a day of another kind of period",
    files: {
      "daytwo.yml": `${BASE}close: { open: 0 }
cadences:
  - { template: pipeline-review, every: week, on: -1 }
  - { template: pipeline-review, every: month, on: TUE }
  - { template: pipeline-review, every: week, on: MOND }
  - { template: pipeline-review, every: monthly, on: 1 }
`,
    },
    faults: [
      "daytwo.yml:7:16: close.open: found 0, expected a working day of the period: -1 is its last one, 1 the first one after it; there is no 0",
      "daytwo.yml:9:51: cadences[0].on: found -1, expected a weekday, MON … SUN, as it is weekly",
      'daytwo.yml:10:52: cadences[1].on: found "TUE", expected a working day of the month, such as -1 (its last) or 1 (the first after it)',
      "daytwo.yml:11:17: cadences[2].template: found pipeline-review for each week a second time, first in line 9, expected each template once for each period",
      'daytwo.yml:11:51: cadences[2].on: found "MOND", expected a weekday (MON … SUN) if weekly, else a working day of the period such as -10 or 1; did you mean MON?',
      'daytwo.yml:12:41: cadences[3].every: found "monthly", expected day, week, month, quarter or year; did you mean month?',
    ],
  },
  {
    name: "templates that do not exist",
    files: {
      "daytwo.yml": `${BASE}onboarding: { template: newhire }
close: { template: month-close }
cadences:
  - { template: pipline-review, every: week, on: MON }
`,
    },
    faults: [
      `daytwo.yml:7:25: onboarding.template: found the unknown template "newhire", expected a template: ${ISSUES}; did you mean new-hire?`,
      `daytwo.yml:8:20: close.template: found the unknown template "month-close", expected a template: ${ISSUES}; did you mean monthly-close?`,
      `daytwo.yml:10:17: cadences[0].template: found the unknown template "pipline-review", expected a template: ${ISSUES}; did you mean pipeline-review?`,
    ],
  },
  {
    name: "a title with an unknown variable",
    files: {
      "daytwo.yml": `${BASE}close:
  issue: "Close {{moth}}"
`,
    },
    faults: [
      "daytwo.yml:8:19: close.issue: found the unknown variable moth, expected one of month; did you mean month?",
    ],
  },
  {
    name: "a calendar file that is not there, and one that is none",
    files: {
      "daytwo.yml": `${PROJECTS}team:
  - { handle: amber, away: calendars/sma.ics }
  - { handle: sam, away: calendars/sam.ics }
`,
      "calendars/sam.ics": `hello
`,
    },
    faults: [
      "daytwo.yml:5:28: team[0].away: found calendars/sma.ics, which does not exist, expected the path of a calendar file that is there; did you mean calendars/sam.ics?",
      'daytwo.yml:6:26: team[1].away: found calendars/sam.ics, which cannot be read, expected an iCalendar file (not a readable iCalendar file: invalid line (no token ";" or ":") "hello")',
    ],
  },
  {
    name: "paths that lead out",
    files: {
      "daytwo.yml": `${BASE}systems: ../systems/*.yml
templates: /etc
`,
    },
    faults: [
      'daytwo.yml:7:10: systems: found "../systems/*.yml", expected a glob of system files, relative, with / between folders and without ..',
      'daytwo.yml:8:12: templates: found "/etc", expected a folder of templates, relative, with / between folders and without ..',
    ],
  },
  {
    name: "two facts under one heading",
    files: {
      "daytwo.yml": `${BASE}onboarding: { fields: { name: Name, manager: name } }
`,
    },
    faults: [
      'daytwo.yml:7:46: onboarding.fields.manager: found "name", the heading of onboarding.fields.name too, expected a heading of its own',
    ],
  },
  {
    name: "systems: unknown keys and ids, a circle",
    files: {
      "daytwo.yml": `${BASE}lifecycle: { hold_reasons: { licence: { label: Waiting, system: salesforc } } }
`,
      "systems/salesforce.yml": `name: Salesforce
depends_on: [chorus]
teir: 1
`,
      "systems/chorus.yml": `name: Chorus
depends_on: [salesforce, clari]
tier: 9
`,
      "systems/lean data.yml": `name: LeanData
`,
    },
    faults: [
      'daytwo.yml:7:65: lifecycle.hold_reasons.licence.system: found the unknown system "salesforc", expected a system: chorus, salesforce; did you mean salesforce?',
      'systems/chorus.yml:2:26: depends_on[1]: found the unknown system "clari", expected a system: chorus, salesforce',
      "systems/chorus.yml:3:7: tier: found 9, expected a tier from 1 (critical) to 4",
      "systems/lean data.yml:1:1: found the file name lean data, expected letters, digits, - and _: the name of the file is the id of the system",
      "systems/salesforce.yml:2:14: depends_on[0]: found the circle chorus → salesforce → chorus, expected systems that do not depend on each other in a circle",
      'systems/salesforce.yml:3:1: teir: found the unknown key "teir", expected one of name, provisioners, deprovisioners, provisioning, deprovisioning, owner, tier, sox, invite, roles, licenses, tasks, revoke, docs, depends_on, source; did you mean tier?',
    ],
  },
  {
    name: "a system file that is not YAML, beside faults elsewhere",
    files: {
      "daytwo.yml": `${BASE}timezone: UCT+1
`,
      "systems/chorus.yml": `name: "Chorus
`,
      "baselines/ae.yml": `role: AE
systems: { chorus: default, clari: default }
`,
    },
    faults: [
      'daytwo.yml:7:11: timezone: found "UCT+1", expected an IANA time zone such as Europe/London',
      'baselines/ae.yml:2:29: systems.clari: found the unknown system "clari", expected a system: chorus',
      "systems/chorus.yml:1:14: found the end of the file, expected the closing quote, bracket, comma or colon",
    ],
  },
  {
    name: "baselines: unknown system, and two that are equally specific",
    files: {
      "daytwo.yml": BASE,
      "systems/salesforce.yml": `name: Salesforce
`,
      "systems/chorus.yml": `name: Chorus
depends_on: [salesforce]
`,
      "baselines/a.yml": `role: Account Executive
region: EMEA
systems: { chorus: default }
`,
      "baselines/b.yml": `role: account executive
department: Sales
systems: { chrous: default }
`,
    },
    faults: [
      "baselines/a.yml:1:7: role: found a baseline as specific as the one at baselines/b.yml:1:7, and both can fit the same person, expected one that is more specific, or one that says what both have in common",
      "baselines/b.yml:1:7: role: found a baseline as specific as the one at baselines/a.yml:1:7, and both can fit the same person, expected one that is more specific, or one that says what both have in common",
      'baselines/b.yml:3:12: systems.chrous: found the unknown system "chrous", expected a system: chorus, salesforce; did you mean chorus?',
    ],
  },
  {
    name: "a template that uses what it may not",
    files: {
      "daytwo.yml": BASE,
      "issue-templates/new-hire.md": `---
name: Mine
title: "Access: {{hire.name}}"
labels: ["x {{hire.manager}}"]
assigness: [amber]
---
Hello {{hire.nmae}}

{{#each systems}}
  {{{name}}} {{onboarding.url}}
{{/each}}
{{> sytem}}
`,
    },
    faults: [
      "issue-templates/new-hire.md:4:13: labels[0]: found {{hire.manager}}, Markdown, expected plain text: titles, labels and assignees know no Markdown",
      'issue-templates/new-hire.md:5:1: assigness: found the unknown key "assigness", expected one of name, description, title, labels, assignees, due, inputs, tasks; did you mean assignees?',
      "issue-templates/new-hire.md:7:9: found the unknown variable hire.nmae, expected one of name, email, role, department, region, manager, start, dayTwo, timezone, country; did you mean hire.name?",
      "issue-templates/new-hire.md:10:3: found {{{name}}}, expected two braces: every value is made safe; did you mean {{name}}?",
      "issue-templates/new-hire.md:10:16: found the unknown variable onboarding.url, expected one of id, name, role, tier, sox, owner, docs, invite, tasks",
      "issue-templates/new-hire.md:12:1: found the unknown partial sytem, expected one of system, revocation, review, hire, person; did you mean system?",
    ],
  },
  {
    name: "a template that is not closed, and one without front matter",
    files: {
      "daytwo.yml": BASE,
      "issue-templates/new-hire.md": `---
name: Mine
title: "Access: {{hire.name}}"
---
{{#if late}}
late
`,
      "issue-templates/general.md": `# Hello
`,
    },
    faults: [
      'issue-templates/general.md:1:1: found "# Hello", expected front matter: YAML between two lines of ---',
      "issue-templates/new-hire.md:5:1: found {{#if late}}, expected {{/if}} further down",
    ],
  },
  {
    name: "tasks of people who are not of the team",
    files: {
      "daytwo.yml": BASE,
      "issue-templates/monthly-close.md": `---
name: Close
title: Close {{month}}
tasks:
  - { title: A, owner: ambr, due: WD-0 }
  - { title: B, owner: sam, reviewer: sam, after: [C] }
---
{{#each groups}}{{taskList tasks}}{{/each}}
`,
    },
    faults: [
      'issue-templates/monthly-close.md:5:24: tasks[0].owner: found "ambr", expected a team member: amber, sam; did you mean amber?',
      'issue-templates/monthly-close.md:5:35: tasks[0].due: found "WD-0", expected a working day of the period such as WD-2 or WD+3',
      'issue-templates/monthly-close.md:6:39: tasks[1].reviewer: found "sam", expected a reviewer who is not the owner',
      'issue-templates/monthly-close.md:6:52: tasks[1].after[0]: found "C", expected the title of another task of this template; did you mean A?',
    ],
  },
  {
    name: "carriage returns and a byte order mark",
    files: {
      "daytwo.yml": `\ufeffprojects:\r
  requests: { forge: github, repo: acme/access-requests }\r
  onboarding: { forge: github, repo: acme/people }\r
team:\r
  - { handle: amber, dri: true }\r
  - { handle: sam }\r
timezone: UTCC\r
`,
    },
    faults: [
      'daytwo.yml:7:11: timezone: found "UTCC", expected an IANA time zone such as Europe/London; did you mean UTC?',
    ],
  },
  {
    name: "an alias bomb",
    files: {
      "daytwo.yml": `${BASE}trusted: &a [x, x, x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]
e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]
`,
    },
    faults: [
      "daytwo.yml:7:17: e[0][5][2][4][1]: found more values, expected at most 20000 values, those of aliases included",
    ],
  },
  {
    name: "an alias of nothing and one of itself",
    files: {
      "daytwo.yml": `${BASE}calendar: *none
hours: &h { from: *h }
`,
    },
    faults: [
      "daytwo.yml:7:11: calendar: found *none, expected an anchor set before it",
      "daytwo.yml:8:11: hours.from.from.from.from.from.from.from.from.from.from.from.from.from.from.from.from.from.from.from.from: found more levels, expected at most 40 levels",
    ],
  },
  {
    name: "a broken file, beside faults in the folders",
    files: {
      "daytwo.yml": `projects: {
`,
      "systems/chorus.yml": `nam: Chorus
`,
    },
    faults: [
      "daytwo.yml:1:12: found the end of the file, expected lines of one block to be indented alike, and every bracket closed",
      "systems/chorus.yml:1:1: name: found nothing, expected the name of the tool",
      'systems/chorus.yml:1:1: nam: found the unknown key "nam", expected one of name, provisioners, deprovisioners, provisioning, deprovisioning, owner, tier, sox, invite, roles, licenses, tasks, revoke, docs, depends_on, source; did you mean name?',
    ],
  },
];
