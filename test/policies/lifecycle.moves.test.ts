import {
  amber,
  HOLD,
  hr,
  itself,
  MINUTE,
  mallory,
  STATE,
  type StateId,
  sam,
  together,
  trusted,
} from "../story.ts";
import { DONE, type Given, HELD, lifecycleRows, NEW, type Row, TAKEN } from "./lifecycle.table.ts";

const START: Readonly<Record<StateId, Given>> = {
  action_needed: NEW,
  in_progress: TAKEN,
  on_hold: HELD,
  completed: DONE,
};
const NAME: Readonly<Record<StateId, string>> = {
  action_needed: "Action Needed",
  in_progress: "In Progress",
  on_hold: "On Hold",
  completed: "Completed",
};
const LEGAL: Readonly<Record<StateId, readonly StateId[]>> = {
  action_needed: ["in_progress", "on_hold"],
  in_progress: ["action_needed", "on_hold", "completed"],
  on_hold: ["action_needed", "in_progress"],
  completed: ["action_needed", "in_progress"],
};
const STATES = Object.keys(START) as StateId[];
const pairs = STATES.flatMap((from) => STATES.filter((to) => to !== from).map((to) => [from, to] as const));
const reasons = (state: StateId) => (state === "on_hold" ? [HOLD.license] : []);

const legal = pairs.filter(([from, to]) => LEGAL[from].includes(to));
const illegal = pairs.filter(([from, to]) => !LEGAL[from].includes(to));

lifecycleRows("moves by the team", [
  ...legal
    // With every box to be done; `lifecycle.boxes` has the others.
    .filter(([, to]) => to !== "completed")
    .map(
      ([from, to]): Row => ({
        name: `${NAME[from]} to ${NAME[to]} is taken`,
        given: START[from],
        when: [together(amber.moves(to), ...(to === "on_hold" ? [amber.puts(HOLD.license)] : []))],
        ends: { state: to, labels: reasons(to) },
      }),
    ),
  ...illegal.flatMap(([from, to]): Row[] => {
    const says = [NAME[from], "amber", NAME[to], ...LEGAL[from].map((one) => NAME[one])];
    const ends = { state: from, labels: reasons(from), says };
    return [
      { name: `${NAME[from]} to ${NAME[to]} is put back`, given: START[from], when: [amber.moves(to)], ends },
      {
        name: `${NAME[to]} put beside ${NAME[from]} is put back`,
        given: START[from],
        when: [amber.sets(to)],
        ends,
      },
    ];
  }),
  {
    name: "In Progress to Completed with its boxes done by hand",
    given: { acts: [sam.takes(), sam.ticks(0)], state: "in_progress" },
    when: [together(sam.ticks(1), sam.moves("completed"))],
    ends: { state: "completed" },
  },
  {
    name: "the state label taken off is Action Needed",
    given: TAKEN,
    when: [amber.takesOff(STATE.in_progress)],
    ends: { state: "action_needed", says: ["Action Needed", "amber"] },
  },
  {
    name: "the state label taken off Completed is Action Needed",
    given: DONE,
    when: [amber.takesOff(STATE.completed)],
    ends: { state: "action_needed" },
  },
  {
    name: "Action Needed taken off comes back",
    given: NEW,
    when: [amber.takesOff(STATE.action_needed)],
    ends: { state: "action_needed" },
  },
  {
    name: "an illegal move in two steps is put back where it was",
    given: HELD,
    when: [sam.sets("completed"), { ...sam.takesOff(STATE.on_hold), after: 3000 }],
    ends: { state: "on_hold", labels: [HOLD.license] },
    except: { "a webhook for each act": "Completed was put back, and then the label was taken off" },
  },
  {
    name: "a move in two steps, the old label off first",
    given: TAKEN,
    when: [sam.takesOff(STATE.in_progress), { ...sam.puts(STATE.on_hold, HOLD.license), after: 3000 }],
    ends: { state: "on_hold", labels: [HOLD.license] },
  },
  {
    name: "a label taken off, and much later an outsider's move",
    given: TAKEN,
    when: [amber.takesOff(STATE.in_progress), { ...mallory.sets("completed"), after: 10 * MINUTE }],
    ends: { state: "action_needed" },
  },
]);

lifecycleRows("moves by outsiders", [
  ...pairs.flatMap(([from, to]): Row[] => {
    const says = ["mallory", "only the Sales Ops team", `From ${NAME[from]} the team may move it to`];
    const ends = {
      state: from,
      labels: reasons(from),
      says: [...says, ...LEGAL[from].map((one) => NAME[one])],
    };
    return [
      {
        name: `${NAME[from]} to ${NAME[to]} is put back`,
        given: START[from],
        when: [mallory.moves(to)],
        ends,
      },
      {
        name: `${NAME[to]} put beside ${NAME[from]} is put back`,
        given: START[from],
        when: [mallory.sets(to)],
        ends: { ...ends, assignees: from === "action_needed" ? [] : ["sam"] },
      },
    ];
  }),
  ...STATES.map(
    (from): Row => ({
      name: `${NAME[from]} taken off comes back`,
      given: START[from],
      when: [mallory.takesOff(STATE[from])],
      ends: { state: from, labels: reasons(from) },
    }),
  ),
  {
    name: "all labels taken off come back",
    given: HELD,
    when: [hr.takesOff(STATE.on_hold, HOLD.license)],
    ends: { state: "on_hold", labels: [HOLD.license], assignees: ["sam"], says: ["hr"] },
  },
  {
    name: "put back, and moved again by the team",
    given: TAKEN,
    when: [mallory.moves("completed"), sam.moves("action_needed")],
    ends: { state: "action_needed" },
  },
  {
    name: "a move that the team makes at once again counts",
    given: TAKEN,
    when: [
      mallory.sets("on_hold"),
      mallory.takesOff(STATE.on_hold),
      sam.sets("on_hold"),
      sam.puts(HOLD.license),
    ],
    ends: { state: "on_hold", labels: [HOLD.license] },
  },
  {
    name: "an outsider who puts back what was theirs to put back leaves nothing to do",
    given: TAKEN,
    when: [mallory.sets("completed"), mallory.takesOff(STATE.completed)],
    ends: { state: "in_progress", assignees: ["sam"] },
  },
]);

lifecycleRows("moves by daytwo and accounts it trusts", [
  {
    name: "by daytwo itself to Completed need every box done like anybody's",
    given: NEW,
    when: [itself.moves("completed")],
    ends: { state: "action_needed", says: ["Completed needs every box done"] },
  },
  {
    name: "by a trusted account are taken",
    given: DONE,
    when: [trusted.moves("action_needed")],
    ends: { state: "action_needed" },
  },
  {
    name: "by a trusted account that takes the label off: Action Needed",
    given: TAKEN,
    when: [trusted.takesOff(STATE.in_progress)],
    ends: { state: "action_needed" },
  },
]);
