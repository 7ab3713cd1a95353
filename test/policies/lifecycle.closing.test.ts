import { amber, HOLD, hr, itself, mallory, STATE, sam } from "../story.ts";
import { DONE, HELD, lifecycleRows, NEW, TAKEN } from "./lifecycle.table.ts";

const mode = (name: string) => ({ config: `lifecycle: { close_incomplete: ${name} }\n` });
const CANCELLED = { acts: [sam.takes(), sam.puts(HOLD.cancelled)], state: "on_hold" } as const;
const OPEN_AGAIN = "closed before it was Completed, so it is open again";

lifecycleRows("closing before Completed", [
  ...(
    [
      ["Action Needed", NEW],
      ["In Progress", TAKEN],
    ] as const
  ).map(([name, given]) => ({
    name: `${name} is open again`,
    given,
    when: [hr.closes()],
    ends: { state: given.state as "action_needed", open: true, says: [name, OPEN_AGAIN, "Create the user"] },
  })),
  {
    name: "by a team member is open again, too",
    given: TAKEN,
    when: [sam.closes()],
    ends: { state: "in_progress", assignees: ["sam"], says: [OPEN_AGAIN] },
  },
  {
    name: "On Hold is open again",
    given: HELD,
    when: [sam.closes()],
    ends: { state: "on_hold", labels: [HOLD.license], says: [OPEN_AGAIN] },
  },
  {
    name: "closed twice is open again twice, and said once",
    given: TAKEN,
    when: [hr.closes(), hr.reopens(), hr.closes()],
    ends: { state: "in_progress", says: [OPEN_AGAIN] },
  },
  {
    name: "closed and opened again by somebody leaves nothing to do",
    given: TAKEN,
    when: [hr.closes(), hr.reopens()],
    ends: { state: "in_progress", assignees: ["sam"] },
  },
  {
    name: "closed with Completed and open boxes is put back and open again",
    given: TAKEN,
    when: [
      sam.edits("completes and closes", {
        addLabels: [STATE.completed],
        removeLabels: [STATE.in_progress],
        state: "closed",
      }),
    ],
    ends: { state: "in_progress", open: true, says: ["Create the user"] },
  },
  {
    name: "comment: stays closed and says so",
    options: mode("comment"),
    given: TAKEN,
    when: [sam.closes()],
    ends: {
      state: "in_progress",
      open: false,
      says: ["closed before it was Completed", "Reopen it", "Create the user"],
    },
  },
  {
    name: "comment: opened again ends what was said",
    options: mode("comment"),
    given: TAKEN,
    when: [sam.closes(), sam.reopens()],
    ends: { state: "in_progress", open: true, neverSays: ["Reopen it"] },
  },
  {
    name: "allow: stays closed and says nothing",
    options: mode("allow"),
    given: TAKEN,
    when: [hr.closes()],
    ends: { state: "in_progress", open: false, untouched: true },
  },
]);

lifecycleRows("closing by right", [
  {
    name: "as not planned by a team member on GitHub",
    on: "github",
    given: TAKEN,
    when: [sam.closes("not_planned")],
    ends: { state: "in_progress", open: false, untouched: true },
  },
  {
    name: "as not planned by daytwo on GitHub",
    on: "github",
    given: TAKEN,
    when: [itself.closes("not_planned")],
    ends: { state: "in_progress", open: false, untouched: true },
  },
  {
    name: "as not planned by an outsider on GitHub is open again",
    on: "github",
    given: TAKEN,
    when: [mallory.closes("not_planned")],
    ends: { state: "in_progress", open: true, says: [OPEN_AGAIN, "closes it as not planned"] },
  },
  {
    name: "with the cancelled reason by a team member on GitLab",
    on: "gitlab",
    given: CANCELLED,
    when: [amber.closes()],
    ends: { state: "on_hold", labels: [HOLD.cancelled], open: false, untouched: true },
  },
  {
    name: "with the cancelled reason by an outsider on GitLab is open again",
    on: "gitlab",
    given: CANCELLED,
    when: [mallory.closes()],
    ends: { state: "on_hold", labels: [HOLD.cancelled], open: true, says: [OPEN_AGAIN, HOLD.cancelled] },
  },
  {
    name: "with another reason on GitLab is open again",
    on: "gitlab",
    given: HELD,
    when: [amber.closes()],
    ends: { state: "on_hold", labels: [HOLD.license], open: true, says: [HOLD.cancelled] },
  },
  {
    name: "with a cancelled reason that an outsider put on, on GitLab, is open again without it",
    on: "gitlab",
    given: TAKEN,
    when: [mallory.puts(HOLD.cancelled), mallory.closes()],
    ends: { state: "in_progress", open: true, assignees: ["sam"] },
  },
  {
    name: "Completed is fine by anybody",
    given: DONE,
    when: [hr.closes()],
    ends: { state: "completed", open: false, untouched: true },
  },
  {
    name: "Completed, and opened again, stays Completed",
    given: DONE,
    when: [hr.closes(), hr.reopens()],
    ends: { state: "completed", open: true, untouched: true },
  },
  {
    name: "the last box ticked and closed at once is Completed and stays closed",
    given: TAKEN,
    when: [sam.ticksAll(), sam.closes()],
    ends: { state: "completed", open: false },
  },
  {
    name: "a closed one's state put back by hand is left to the team",
    given: { acts: [...DONE.acts, sam.closes()], state: "completed" },
    when: [sam.moves("action_needed")],
    ends: { state: "action_needed", open: false, untouched: true },
  },
  {
    name: "a closed one moved by an outsider is put back and stays closed",
    given: { acts: [...DONE.acts, sam.closes()], state: "completed" },
    when: [mallory.moves("action_needed")],
    ends: { state: "completed", open: false, says: ["mallory"] },
  },
]);
