import { amber, HOLD, hr, itself, mallory, person, STATE, sam, together } from "../story.ts";
import { DONE, HELD, HELD_NEW, lifecycleRows, NEW, TAKEN } from "./lifecycle.table.ts";

const TWO = { acts: [sam.takes(), sam.puts(HOLD.license, HOLD.cancelled)], state: "on_hold" } as const;
const UNREASONED = { acts: [sam.takes(), sam.moves("on_hold")], state: "on_hold" } as const;

lifecycleRows("on hold", [
  {
    name: "a hold reason moves Action Needed On Hold",
    given: NEW,
    when: [sam.puts(HOLD.license)],
    ends: {
      state: "on_hold",
      labels: [HOLD.license],
      assignees: [],
      says: ["On Hold", "sam", "Waiting on SFDC"],
    },
  },
  {
    name: "a hold reason moves In Progress On Hold",
    given: TAKEN,
    when: [amber.puts(HOLD.license)],
    ends: { state: "on_hold", labels: [HOLD.license], assignees: ["sam"], says: ["On Hold", "amber"] },
  },
  {
    name: "a hold reason put on by daytwo itself moves it",
    given: TAKEN,
    when: [itself.puts(HOLD.cancelled)],
    ends: { state: "on_hold", labels: [HOLD.cancelled], assignees: ["sam"] },
  },
  {
    name: "On Hold with its reason at once needs nothing",
    given: TAKEN,
    when: [together(sam.moves("on_hold"), sam.puts(HOLD.license))],
    ends: { state: "on_hold", labels: [HOLD.license], assignees: ["sam"], neverSays: ["Please add"] },
  },
  {
    name: "On Hold without a reason is asked for one",
    given: TAKEN,
    when: [sam.moves("on_hold")],
    ends: { state: "on_hold", says: ["Please add a hold reason label", HOLD.license, HOLD.cancelled] },
  },
  {
    name: "On Hold without a reason from Action Needed is asked for one",
    given: NEW,
    when: [sam.sets("on_hold")],
    ends: { state: "on_hold", says: ["Please add a hold reason label"] },
  },
  {
    name: "a reason given when asked ends the question",
    given: UNREASONED,
    when: [sam.puts(HOLD.license)],
    ends: { state: "on_hold", labels: [HOLD.license], neverSays: ["Please add"] },
  },
  {
    name: "a reason given when asked and removed returns to where it was",
    given: UNREASONED,
    when: [sam.puts(HOLD.license), sam.takesOff(HOLD.license)],
    ends: { state: "in_progress", assignees: ["sam"] },
  },
  {
    name: "reason removed returns to Action Needed",
    given: HELD_NEW,
    when: [amber.takesOff(HOLD.license)],
    ends: { state: "action_needed", says: ["Action Needed", "last reason to wait is gone"] },
  },
  {
    name: "reason removed returns to In Progress",
    given: HELD,
    when: [amber.takesOff(HOLD.license)],
    ends: { state: "in_progress", assignees: ["sam"], says: ["In Progress", "last reason to wait is gone"] },
  },
  {
    name: "reason removed with the assignee gone meanwhile returns to Action Needed",
    given: HELD,
    when: [sam.leaves(), amber.takesOff(HOLD.license)],
    ends: { state: "action_needed", assignees: [] },
  },
  {
    name: "one of two reasons removed stays",
    given: TWO,
    when: [sam.takesOff(HOLD.license)],
    ends: { state: "on_hold", labels: [HOLD.cancelled], says: [HOLD.cancelled], neverSays: [HOLD.license] },
  },
  {
    name: "one of two reasons removed stays; the first, which is named already, is still true",
    given: HELD,
    when: [amber.puts(HOLD.cancelled), amber.takesOff(HOLD.cancelled)],
    ends: { state: "on_hold", labels: [HOLD.license], says: ["sam", HOLD.license], untouched: true },
  },
  {
    name: "both reasons removed returns, one after the other",
    given: TWO,
    when: [sam.takesOff(HOLD.license), amber.takesOff(HOLD.cancelled)],
    ends: { state: "in_progress", assignees: ["sam"] },
  },
  {
    name: "both reasons removed returns, in one go",
    given: TWO,
    when: [sam.takesOff(HOLD.license, HOLD.cancelled)],
    ends: { state: "in_progress", assignees: ["sam"] },
  },
  {
    name: "one reason exchanged for another stays On Hold",
    given: HELD,
    when: [sam.edits("exchanges reasons", { addLabels: [HOLD.cancelled], removeLabels: [HOLD.license] })],
    ends: {
      state: "on_hold",
      labels: [HOLD.cancelled],
      assignees: ["sam"],
      says: [HOLD.cancelled],
      neverSays: [HOLD.license],
    },
  },
  {
    name: "a second reason stays beside the first",
    given: HELD,
    when: [amber.puts(HOLD.cancelled)],
    ends: { state: "on_hold", labels: [HOLD.license, HOLD.cancelled], untouched: true },
  },
  {
    name: "resuming by the state label removes the reasons",
    given: TWO,
    when: [sam.moves("in_progress")],
    ends: { state: "in_progress", assignees: ["sam"], labels: [] },
  },
  {
    name: "resuming by the state label beside the old one removes the reasons",
    given: HELD,
    when: [sam.sets("action_needed")],
    ends: { state: "action_needed", assignees: ["sam"], labels: [] },
  },
  {
    name: "resuming by the state label with nobody assigned assigns who did it",
    given: HELD_NEW,
    when: [amber.moves("in_progress")],
    ends: { state: "in_progress", assignees: ["amber"], labels: [] },
  },
  {
    name: "resuming by hand, reason and state in one go, is left alone",
    given: HELD,
    when: [together(sam.takesOff(HOLD.license), sam.moves("in_progress"))],
    ends: { state: "in_progress", assignees: ["sam"] },
  },
  {
    name: "the state label taken off by a team member returns it to Action Needed",
    given: HELD,
    when: [sam.takesOff(STATE.on_hold)],
    ends: { state: "action_needed", labels: [] },
  },
  {
    name: "held and resumed and held again returns to where it last was",
    given: HELD_NEW,
    when: [sam.takesOff(HOLD.license), sam.takes(), sam.puts(HOLD.cancelled), sam.takesOff(HOLD.cancelled)],
    ends: { state: "in_progress", assignees: ["sam"] },
  },
  {
    name: "a reason for a Completed one is put back",
    given: DONE,
    when: [sam.puts(HOLD.license)],
    ends: { state: "completed", says: ["Completed", "sam", "may go to Action Needed or In Progress"] },
  },
  {
    name: "a reason by an outsider is put back",
    given: TAKEN,
    when: [mallory.puts(HOLD.license)],
    ends: {
      state: "in_progress",
      assignees: ["sam"],
      says: ["mallory", "only the Sales Ops team", "On Hold"],
    },
  },
  {
    name: "a reason by an outsider is put back from Action Needed",
    given: NEW,
    when: [hr.puts(HOLD.cancelled)],
    ends: { state: "action_needed", says: ["hr", "only the Sales Ops team"] },
  },
  {
    name: "a reason taken off by an outsider is put back",
    given: HELD,
    when: [mallory.takesOff(HOLD.license)],
    ends: { state: "on_hold", labels: [HOLD.license], says: ["mallory", "only the Sales Ops team"] },
  },
  {
    name: "one of two reasons taken off by an outsider is put back",
    given: TWO,
    when: [mallory.takesOff(HOLD.license)],
    ends: { state: "on_hold", labels: [HOLD.license, HOLD.cancelled] },
  },
  {
    name: "a second reason by an outsider is put back",
    given: HELD,
    when: [mallory.puts(HOLD.cancelled)],
    ends: { state: "on_hold", labels: [HOLD.license], says: ["mallory", "only the Sales Ops team"] },
  },
  {
    name: "a reason exchanged by an outsider is put back",
    given: HELD,
    when: [mallory.edits("exchanges reasons", { addLabels: [HOLD.cancelled], removeLabels: [HOLD.license] })],
    ends: { state: "on_hold", labels: [HOLD.license], assignees: ["sam"] },
  },
  {
    name: "state and reason by an outsider at once are both put back",
    given: TAKEN,
    when: [together(mallory.moves("on_hold"), mallory.puts(HOLD.license))],
    ends: { state: "in_progress", assignees: ["sam"] },
  },
  {
    name: "an outsider's reason that the team then takes over holds",
    given: TAKEN,
    when: [mallory.puts(HOLD.license), sam.moves("on_hold")],
    ends: { state: "on_hold" },
    except: {
      "webhooks that come late": "both labels stand when daytwo looks",
      "a tick alone": "both labels stand when daytwo looks",
      "one tick for everything": "both labels stand when daytwo looks",
    },
  },
  {
    name: "a reason put on while the account that did it is gone counts",
    given: TAKEN,
    when: [
      sam.puts(HOLD.license),
      { text: "sam is gone", after: 0, run: ({ memory }) => memory.removeAccount(person("sam").handle) },
    ],
    ends: { state: "on_hold", labels: [HOLD.license] },
    except: { "a webhook for each act": "daytwo was there before", "one tick for everything": "sam took it" },
  },
]);
