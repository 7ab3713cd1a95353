/** A first `daytwo.yml`: what a team is likely to change, and a word on each. */
import type { Answers } from "./answers.ts";

export function configText(answers: Answers): string {
  const { team, dri, timezone, country, region, requests, onboarding } = answers;
  const home =
    region === "" ? `{ country: ${q(country)} }` : `{ country: ${q(country)}, region: ${q(region)} }`;
  const lead = new Set(dri);
  const [first = "", second = first] = team;
  return `# yaml-language-server: $schema=./schema/daytwo.schema.json
#
# daytwo's configuration. Only projects.requests and team have to be here; all other keys have a default, and those below
# stand for what teams change first. Editors complete and check it by the schema in the line above.
# After a change: daytwo check, then daytwo plan, which says what would be done and writes nothing.
version: 1
timezone: ${q(timezone)}
# Public holidays that count. More days off: closed: [2026-12-24]. Holidays that are worked: open: [2026-11-11].
calendar: ${home}
hours: { from: "09:00", to: "17:00" }     # one working day; 1d is one such day

projects:
  requests: ${project(answers, requests)}
${
  onboarding === ""
    ? "  # Where onboarding issues live; without it no request opens by itself.\n  # onboarding: ".concat(
        project(answers, requests),
      )
    : `  onboarding: ${project(answers, onboarding)}`
}

# Who works the requests. dri: copied on each new one. Also, each where it differs: name, timezone, calendar, hours,
# away: [{ from: 2026-12-21, to: 2027-01-02 }] or the path of an .ics file, and cover: who stands in.
team:
${team.map((handle) => `  - { handle: ${q(handle)}${lead.has(handle) ? ", dri: true" : ""} }`).join("\n")}
${
  onboarding === ""
    ? ""
    : `
onboarding:
  label: onboarding                       # an open issue with this label is a hire
  cancelled: onboarding-cancelled         # this label cancels it
  open_on: { day: 2, count: working, at: "09:00", in: hire }
`
}
requests:
  label: access-request
  # Whether the named manager has to approve what is not a baseline of the role.
  approval: { required: true }
  sla: { first_action: 1d, done: 5d }     # working time

# The four states, their labels and colours, and why a request may wait: lifecycle.states, lifecycle.hold_reasons.
# A label that was called something else: previously: [its former name]; daytwo labels sync renames it.

systems: systems/*.yml                    # one file for each tool the team owns
baselines: baselines/*.yml                # what a role gets
templates: issue-templates                # what issues say, and what forms ask

board:
  summary: { issue: "Sales Ops access requests: board", at: "MON 09:00", pin: true }
close:
  issue: "Sales Ops monthly close: {{month}}"
  open: -3                                # WD-3, the last working day but two
cadences:
  - { template: pipeline-review, every: week, on: MON, at: "08:00", owner: ${q(first)} }
  - { template: system-audit, every: quarter, on: -10, owner: ${q(second)} }
  - { template: access-review, every: quarter, on: -10 }   # one issue for each owner of systems
`;
}

function project({ forge, url }: Answers, name: string): string {
  const key = forge === "github" ? "repo" : "project";
  return `{ forge: ${forge}, ${key}: ${q(name)}${url === "" ? "" : `, url: ${q(url)}`} }`;
}

/** A text in YAML, in quotes where it could be taken for anything else. */
export const q = (text: string): string =>
  /^[A-Za-z][\w./-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text)
    ? text
    : JSON.stringify(text);
