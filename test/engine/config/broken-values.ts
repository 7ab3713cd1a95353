import { BASE, type Broken, PROJECTS } from "./base.ts";

/** What one value of daytwo.yml can have wrong. */
export const values: readonly Broken[] = [
  {
    name: "an empty file",
    files: {
      "daytwo.yml": "",
    },
    faults: ["daytwo.yml:1:1: found an empty file, expected a mapping"],
  },
  {
    name: "a list at the top",
    files: {
      "daytwo.yml": `- a
- b
`,
    },
    faults: ["daytwo.yml:1:1: found a list, expected a mapping"],
  },
  {
    name: "a file that is not YAML",
    files: {
      "daytwo.yml": `projects: [a
team: {
`,
    },
    faults: [
      'daytwo.yml:2:1: found "team: {", expected lines of one block to be indented alike, and every bracket closed',
    ],
  },
  {
    name: "tabs as indentation",
    files: {
      "daytwo.yml": `projects:
\trequests: { forge: github, repo: acme/ar }
team: [{ handle: amber }]
`,
    },
    faults: [
      'daytwo.yml:2:1: found "→requests: { forge: github, repo: acme/ar }", expected spaces: YAML is not indented with tabs',
    ],
  },
  {
    name: "two documents",
    files: {
      "daytwo.yml": `${BASE}---
version: 1
`,
    },
    faults: ['daytwo.yml:7:1: found "---", expected one document in the file'],
  },
  {
    name: "missing required keys",
    files: {
      "daytwo.yml": `version: 1
projects:
  onboarding: { forge: gitlab }
`,
    },
    faults: [
      "daytwo.yml:1:1: team: found nothing, expected a list",
      "daytwo.yml:2:1: projects.requests: found nothing, expected a mapping",
      "daytwo.yml:3:3: projects.onboarding.project: found nothing, expected a project as group/name or group/subgroup/name",
    ],
  },
  {
    name: "unknown keys at every depth",
    files: {
      "daytwo.yml": `${BASE}timezne: UTC
requests: { slas: { done: 5d } }
lifecycle:
  states:
    in_progres: { label: X }
    on_hold: { colour: '#777777' }
`,
    },
    faults: [
      'daytwo.yml:7:1: timezne: found the unknown key "timezne", expected one of version, timezone, calendar, hours, trusted, projects, team, onboarding, lifecycle, requests, systems, baselines, templates, board, close, cadences; did you mean timezone?',
      'daytwo.yml:8:13: requests.slas: found the unknown key "slas", expected one of label, approval, confidential, sla; did you mean sla?',
      'daytwo.yml:11:5: lifecycle.states.in_progres: found the unknown key "in_progres", expected one of action_needed, in_progress, on_hold, completed; did you mean in_progress?',
      'daytwo.yml:12:16: lifecycle.states.on_hold.colour: found the unknown key "colour", expected one of label, color, description, previously; did you mean color?',
    ],
  },
  {
    name: "a key twice",
    files: {
      "daytwo.yml": `${BASE}timezone: UTC
timezone: Europe/Paris
`,
    },
    faults: ["daytwo.yml:8:1: timezone: found timezone a second time, expected each key once"],
  },
  {
    name: "keys that are empty",
    files: {
      "daytwo.yml": `${BASE}timezone:
hours:
lifecycle:
  states:
    on_hold:
      color: #777777
`,
    },
    faults: [
      "daytwo.yml:7:1: timezone: found nothing, expected an IANA time zone such as Europe/London",
      "daytwo.yml:8:1: hours: found nothing, expected a mapping",
      'daytwo.yml:12:7: lifecycle.states.on_hold.color: found nothing, expected a colour as "#rrggbb", in quotes (# starts a comment)',
    ],
  },
  {
    name: "wrong types",
    files: {
      "daytwo.yml": `${PROJECTS}team:
  - amber
  - { handle: 42, dri: yes }
onboarding: true
cadences: {}
requests: [a]
`,
    },
    faults: [
      'daytwo.yml:5:5: team[0]: found "amber", expected a mapping',
      'daytwo.yml:6:15: team[1].handle: found 42, expected a handle without @, such as amber; did you mean "42"?',
      'daytwo.yml:6:24: team[1].dri: found "yes", expected true or false; did you mean true?',
      "daytwo.yml:7:13: onboarding: found true, expected false or a mapping",
      "daytwo.yml:8:11: cadences: found a mapping, expected a list",
      "daytwo.yml:9:11: requests: found a list, expected a mapping",
    ],
  },
  {
    name: "an empty team",
    files: {
      "daytwo.yml": `${PROJECTS}team: []
`,
    },
    faults: ["daytwo.yml:4:7: team: found an empty list, expected at least one team member"],
  },
  {
    name: "unknown words",
    files: {
      "daytwo.yml": `${BASE}lifecycle: { close_incomplete: reopne }
onboarding: { open_on: { count: workdays, in: Hire } }
board: { summary: { publish: [issue, pages], at: Mon 09:00 } }
`,
    },
    faults: [
      'daytwo.yml:7:32: lifecycle.close_incomplete: found "reopne", expected reopen, comment or allow; did you mean reopen?',
      'daytwo.yml:8:33: onboarding.open_on.count: found "workdays", expected working or calendar',
      'daytwo.yml:8:47: onboarding.open_on.in: found "Hire", expected hire or team; did you mean hire?',
      'daytwo.yml:9:38: board.summary.publish[1]: found "pages", expected issue, page, csv or json; did you mean page?',
      'daytwo.yml:9:50: board.summary.at: found "Mon 09:00", expected a time, with a weekday if it is weekly: "MON 09:00" or "09:00"; did you mean MON 09:00?',
    ],
  },
  {
    name: "an unknown version",
    files: {
      "daytwo.yml": `version: 2
${BASE}`,
    },
    faults: ["daytwo.yml:1:10: version: found 2, expected 1"],
  },
  {
    name: "an unknown forge and projects that are not whole names",
    files: {
      "daytwo.yml": `projects:
  requests: { forge: githb, repo: acme/ar }
  onboarding: { forge: gitlab, project: people }
team: [{ handle: amber }]
`,
    },
    faults: [
      'daytwo.yml:2:22: projects.requests.forge: found "githb", expected github or gitlab; did you mean github?',
      'daytwo.yml:3:41: projects.onboarding.project: found "people", expected a project as group/name or group/subgroup/name',
    ],
  },
  {
    name: "a GitHub project under the key of GitLab",
    files: {
      "daytwo.yml": `projects:
  requests: { forge: github, project: acme/ar }
team: [{ handle: amber }]
`,
    },
    faults: [
      "daytwo.yml:2:3: projects.requests.repo: found nothing, expected a repository as owner/name",
      'daytwo.yml:2:30: projects.requests.project: found the unknown key "project", expected one of forge, repo, url, api',
    ],
  },
  {
    name: "zones that do not exist",
    files: {
      "daytwo.yml": `timezone: Amercia/New_York
${PROJECTS}team:
  - { handle: amber, timezone: Denver }
`,
    },
    faults: [
      'daytwo.yml:1:11: timezone: found "Amercia/New_York", expected an IANA time zone such as Europe/London; did you mean America/New_York?',
      'daytwo.yml:6:32: team[0].timezone: found "Denver", expected an IANA time zone such as Europe/London; did you mean America/Denver?',
    ],
  },
  {
    name: "countries and regions that do not exist",
    files: {
      "daytwo.yml": `calendar: { country: USA }
${PROJECTS}team:
  - { handle: amber, calendar: { country: US, region: nyc } }
  - { handle: sam, calendar: { country: UK } }
`,
    },
    faults: [
      'daytwo.yml:1:22: calendar.country: found "USA", expected an ISO 3166-1 country code such as US, GB or DE; did you mean US?',
      'daytwo.yml:6:55: team[0].calendar.region: found "nyc", expected a region of US: AL, AK, AZ, AR, CA, CA-LA, CO, CT, DE, DC, FL, GA, HI, ID, IL, IN, IA, KS, KY, LA, LA-NO, ME, MD, MA, MI, MN, MS, MO, MT, NE, NV, NH, NJ, NM, NY, NC, ND, OH, OK, OR, PA, RI, SC, SD, TN, TX, UT, VT, VA, WA, WV, WI, WY; did you mean NY?',
      'daytwo.yml:7:41: team[1].calendar.country: found "UK", expected an ISO 3166-1 country code such as US, GB or DE; did you mean GB?',
    ],
  },
  {
    name: "times that are none",
    files: {
      "daytwo.yml": `${BASE}hours: { from: 9:00, to: "24:00" }
onboarding: { open_on: { at: 25:00 } }
close: { at: 900 }
`,
    },
    faults: [
      'daytwo.yml:7:16: hours.from: found "9:00", expected a time from "00:00" to "23:59", as "HH:MM"; did you mean 09:00?',
      'daytwo.yml:7:26: hours.to: found "24:00", expected a time from "00:00" to "23:59", as "HH:MM"',
      'daytwo.yml:8:30: onboarding.open_on.at: found "25:00", expected a time from "00:00" to "23:59", as "HH:MM"',
      'daytwo.yml:9:14: close.at: found 900, expected a time from "00:00" to "23:59", as "HH:MM"',
    ],
  },
  {
    name: "an end of the day before its start",
    files: {
      "daytwo.yml": `${BASE}hours: { from: "17:00", to: "09:00" }
`,
    },
    faults: ['daytwo.yml:7:29: hours.to: found "09:00", expected an end of the day after its start, 17:00'],
  },
  {
    name: "days that do not exist, and absences the wrong way round",
    files: {
      "daytwo.yml": `calendar: { country: US, closed: [2026-02-30, 24.12.2026] }
${PROJECTS}team:
  - handle: amber
    away: [{ from: 2026-12-24, to: 2026-12-20 }, { from: 2026-13-01, to: 2026-12-31 }]
`,
    },
    faults: [
      'daytwo.yml:1:35: calendar.closed[0]: found "2026-02-30", expected a day that exists, as YYYY-MM-DD',
      'daytwo.yml:1:47: calendar.closed[1]: found "24.12.2026", expected a day as YYYY-MM-DD',
      'daytwo.yml:7:36: team[0].away[0].to: found "2026-12-20", expected a last day on or after the first one, 2026-12-24',
      'daytwo.yml:7:58: team[0].away[1].from: found "2026-13-01", expected a day as YYYY-MM-DD',
    ],
  },
  {
    name: "durations that are none",
    files: {
      "daytwo.yml": `${BASE}requests: { sla: { first_action: 1 day, done: 0d } }
`,
    },
    faults: [
      'daytwo.yml:7:34: requests.sla.first_action: found "1 day", expected a working time in days, hours or minutes, such as 1d, 4h or 1d 4h',
      'daytwo.yml:7:47: requests.sla.done: found "0d", expected a working time in days, hours or minutes, such as 1d, 4h or 1d 4h',
    ],
  },
  {
    name: "colours that are none",
    files: {
      "daytwo.yml": `${BASE}lifecycle:
  states:
    on_hold: { color: "777777" }
    completed: { color: green }
`,
    },
    faults: [
      'daytwo.yml:9:23: lifecycle.states.on_hold.color: found "777777", expected a colour as "#rrggbb", in quotes (# starts a comment); did you mean #777777?',
      'daytwo.yml:10:25: lifecycle.states.completed.color: found "green", expected a colour as "#rrggbb", in quotes (# starts a comment)',
    ],
  },
  {
    name: "handles with @ or not well-formed",
    files: {
      "daytwo.yml": `${PROJECTS}team:
  - { handle: "@amber" }
  - { handle: @meri }
  - { handle: Sam Ito }
  - { handle: jo--lee }
trusted: ["@old-bot"]
`,
    },
    faults: [
      'daytwo.yml:5:15: team[0].handle: found "@amber", expected a handle without @, such as amber; did you mean amber?',
      'daytwo.yml:6:15: team[1].handle: found "@meri", expected a handle without @, such as amber; did you mean meri?',
      'daytwo.yml:7:15: team[2].handle: found "Sam Ito", expected a handle without @, such as amber',
      'daytwo.yml:8:15: team[3].handle: found "jo--lee", expected a GitHub handle: letters, digits and single hyphens',
      'daytwo.yml:9:11: trusted[0]: found "@old-bot", expected a handle without @, such as amber; did you mean old-bot?',
    ],
  },
  {
    name: "people who are not of the team",
    files: {
      "daytwo.yml": `${PROJECTS}team:
  - { handle: amber, cover: sma }
  - { handle: sam, cover: sam }
  - { handle: Sam }
cadences:
  - { template: general, every: week, on: MON, owner: ambr }
`,
    },
    faults: [
      'daytwo.yml:5:29: team[0].cover: found "sma", expected a team member: sam; did you mean sam?',
      'daytwo.yml:6:27: team[1].cover: found "sam", expected another team member: nobody covers for themself',
      'daytwo.yml:7:15: team[2].handle: found "Sam" a second time, first in line 6, expected each team member once',
      "daytwo.yml:9:17: cadences[0].template: found the template general, used for something else as well, expected a template of its own",
      'daytwo.yml:9:55: cadences[0].owner: found "ambr", expected a team member: amber, sam; did you mean amber?',
    ],
  },
];
