import { amber, HOLD, hr, mallory, meri, REQUEST, STATE, sam } from "../story.ts";
import { DONE, type Given, HELD, lifecycleRows, NEW, TAKEN } from "./lifecycle.table.ts";

const ALL = "All 2 boxes are done";
const HALF: Given = { acts: [sam.takes(), sam.ticks(0)], state: "in_progress" };
const NO_GRAPHQL = { graphql: false };
const body = (...lines: string[]): Given => ({
  opened: (story) =>
    void story.open("sam", { labels: [REQUEST, STATE.action_needed], body: lines.join("\n") }),
  acts: [sam.takes()],
  state: "in_progress",
});

lifecycleRows("the last box", [
  {
    name: "ticked by the assignee completes it",
    given: HALF,
    when: [sam.ticks("Set the profile")],
    ends: { state: "completed", assignees: ["sam"], says: ["Completed", ALL] },
  },
  {
    name: "ticked by another team member completes it",
    given: HALF,
    when: [meri.ticks(1)],
    ends: { state: "completed", says: ["Completed", ALL] },
  },
  {
    name: "not the last one moves nothing",
    given: TAKEN,
    when: [sam.ticks(1)],
    ends: { state: "in_progress", untouched: true },
  },
  {
    name: "all at once complete it",
    given: TAKEN,
    when: [sam.ticksAll()],
    ends: { state: "completed" },
  },
  {
    name: "Completed stays open",
    given: HALF,
    when: [sam.ticks(1)],
    ends: { state: "completed", open: true },
  },
  {
    name: "ticked by an outsider completes nothing, and says so",
    given: HALF,
    when: [mallory.ticks(1)],
    ends: {
      state: "in_progress",
      assignees: ["sam"],
      says: ["mallory ticked the last box", STATE.completed],
    },
  },
  {
    name: "ticked by an outsider, then checked by a team member who completes it",
    given: HALF,
    when: [mallory.ticks(1), sam.moves("completed")],
    ends: { state: "completed", neverSays: ["mallory"] },
  },
  {
    name: "ticked by an outsider, cleared and ticked by a team member completes it",
    given: HALF,
    when: [mallory.ticks(1), sam.unticks(1), sam.ticks(1)],
    ends: { state: "completed", neverSays: ["mallory"] },
  },
  {
    name: "an outsider's, but not the last, is no matter",
    given: { acts: [sam.takes(), mallory.ticks(0)], state: "in_progress" },
    when: [sam.ticks(1)],
    ends: { state: "completed" },
  },
  {
    name: "an outsider who ticks all completes nothing",
    given: TAKEN,
    when: [mallory.ticksAll()],
    ends: { state: "in_progress", says: ["mallory ticked the last box"] },
  },
  {
    name: "an outsider who deletes the last open box completes nothing",
    on: "github",
    given: HALF,
    when: [mallory.rewrites((text) => text.replace("\n- [ ] Set the profile", ""))],
    ends: { state: "in_progress" },
    except: { "a webhook for each act": "see the next row", "webhooks that come late": "see the next row" },
  },
  {
    name: "ticked by an account that is gone completes it",
    given: HALF,
    when: [
      meri.ticks(1),
      { text: "meri is gone", after: 0, run: ({ memory }) => memory.removeAccount("meri") },
    ],
    ends: { state: "completed" },
  },
  {
    name: "where GraphQL is refused, a team member's completes it",
    on: "github",
    options: NO_GRAPHQL,
    given: HALF,
    when: [sam.ticks(1)],
    ends: { state: "completed" },
  },
  {
    name: "where GraphQL is refused, an outsider's is known from the delivery",
    on: "github",
    options: NO_GRAPHQL,
    given: HALF,
    when: [mallory.ticks(1), mallory.says("done!"), amber.puts("bug")],
    ends: { state: "in_progress", labels: ["bug"], says: ["mallory ticked the last box"] },
    except: {
      "a tick alone": "who ticked cannot be known",
      "one tick for everything": "known in memory",
      "webhooks that come late": "known in memory",
    },
  },
  {
    name: "ticked in Action Needed moves nothing, and says so",
    given: NEW,
    when: [sam.ticks(0), sam.ticks(1)],
    ends: { state: "action_needed", says: ["All boxes are done", "Assign yourself"] },
  },
  {
    name: "ticked in Action Needed, then taken: Completed",
    given: { acts: [sam.ticksAll()], state: "action_needed" },
    when: [sam.takes()],
    ends: { state: "completed", assignees: ["sam"] },
  },
  {
    name: "ticked by an outsider in Action Needed, then taken: In Progress until the team completes it",
    given: { acts: [mallory.ticksAll()], state: "action_needed" },
    when: [sam.takes()],
    ends: { state: "in_progress", assignees: ["sam"], says: ["mallory ticked the last box"] },
  },
  {
    name: "ticked in On Hold moves nothing, and says so",
    given: HELD,
    when: [sam.ticksAll()],
    ends: {
      state: "on_hold",
      labels: [HOLD.license],
      says: ["All boxes are done", "Take the hold reason off"],
    },
  },
  {
    name: "cleared again in On Hold ends what was said",
    given: { acts: [...HELD.acts, sam.ticksAll()], state: "on_hold" },
    when: [sam.unticks(0)],
    ends: { state: "on_hold", labels: [HOLD.license], neverSays: ["All boxes are done"] },
  },
  {
    name: "ticked in On Hold, then resumed: Completed",
    given: { acts: [...HELD.acts, sam.ticksAll()], state: "on_hold" },
    when: [sam.takesOff(HOLD.license)],
    ends: { state: "completed", assignees: ["sam"] },
  },
  {
    name: "ticked, and then left by the one who did it: still Completed",
    given: HALF,
    when: [sam.ticks(1), sam.leaves()],
    ends: { state: "completed", assignees: [] },
  },
]);

lifecycleRows("Completed and its boxes", [
  {
    name: "Completed with open boxes is put back, naming them",
    given: HALF,
    when: [sam.moves("completed")],
    ends: {
      state: "in_progress",
      assignees: ["sam"],
      says: ["Completed needs every box done", "Set the profile"],
      neverSays: ["Create the user"],
    },
  },
  {
    name: "Completed with other open boxes is told anew",
    given: { acts: [sam.takes(), sam.ticks(0), sam.moves("completed")], state: "in_progress" },
    when: [sam.ticks(1), sam.unticks(0), sam.sets("completed")],
    ends: { state: "in_progress", says: ["Create the user"], neverSays: ["Set the profile"] },
  },
  {
    name: "a box cleared moves Completed back to In Progress",
    given: DONE,
    when: [sam.unticks("Create the user")],
    ends: { state: "in_progress", assignees: ["sam"], says: ["In Progress", "Create the user"] },
  },
  {
    name: "a box cleared and ticked again is Completed again",
    given: DONE,
    when: [sam.unticks(0), sam.ticks(0)],
    ends: { state: "completed" },
  },
  {
    name: "a box added moves Completed back to In Progress",
    given: DONE,
    when: [amber.rewrites((text) => `${text}\n- [ ] One more thing`)],
    ends: { state: "in_progress", says: ["One more thing"] },
  },
  {
    name: "taken out of Completed on purpose stays out",
    given: DONE,
    when: [sam.moves("in_progress")],
    ends: { state: "in_progress", assignees: ["sam"] },
  },
  {
    name: "taken out of Completed on purpose stays out, whatever else happens",
    given: { acts: [...DONE.acts, sam.moves("in_progress")], state: "in_progress" },
    when: [amber.puts("bug"), amber.says("Once more, please")],
    ends: { state: "in_progress", labels: ["bug"], assignees: ["sam"], untouched: true },
  },
  {
    name: "taken out of Completed on purpose completes with the next last box",
    given: { acts: [...DONE.acts, sam.moves("in_progress")], state: "in_progress" },
    when: [sam.unticks(0), sam.ticks(0)],
    ends: { state: "completed" },
  },
  {
    name: "without any box it completes by label alone",
    given: body("Just do it"),
    when: [sam.moves("completed")],
    ends: { state: "completed", says: ["Completed", "sam"] },
  },
  {
    name: "without any box nothing completes by itself",
    given: body("Just do it"),
    when: [sam.rewrites((text) => `${text} soon`)],
    ends: { state: "in_progress", untouched: true },
  },
]);

lifecycleRows("what counts as a box", [
  {
    name: "struck and (n/a) boxes count as done",
    given: body("- [ ] ~~Not needed~~", "- [ ] Chorus (n/a)", "* [ ] Salesforce"),
    when: [sam.ticks("Salesforce")],
    ends: { state: "completed", says: ["All 3 boxes are done"] },
  },
  {
    name: "striking the last one completes it",
    given: body("- [x] Salesforce", "- [ ] Chorus"),
    when: [sam.rewrites((text) => text.replace("Chorus", "~~Chorus~~"))],
    ends: { state: "completed" },
  },
  {
    name: "an outsider who strikes the last one completes nothing",
    on: "github",
    given: body("- [x] Salesforce", "- [ ] Chorus"),
    when: [mallory.rewrites((text) => text.replace("Chorus", "Chorus (n/a)"))],
    ends: { state: "in_progress", says: ["mallory ticked the last box"] },
  },
  {
    name: "boxes in fences, comments and code count for nothing",
    given: body("```", "- [ ] fenced", "```", "<!-- - [ ] hidden -->", "`- [ ] code`", "- [ ] Salesforce"),
    when: [sam.ticks("Salesforce")],
    ends: { state: "completed", says: ["Its box is done"] },
  },
  {
    name: "nested boxes and numbered ones count",
    given: body("1. [ ] Salesforce", "   - [ ] Profile"),
    when: [sam.ticks("Salesforce")],
    ends: { state: "in_progress", untouched: true },
  },
  {
    name: "CRLF bodies count like others",
    given: body("- [ ] Salesforce\r", "- [ ] Chorus\r"),
    when: [sam.ticks("Salesforce"), hr.says("nice"), sam.ticks("Chorus")],
    ends: { state: "completed" },
  },
]);
