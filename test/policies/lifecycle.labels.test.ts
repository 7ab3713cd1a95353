import { editLabel } from "../../src/forge/memory/labels.ts";
import {
  type Act,
  amber,
  atOnce,
  DAY,
  HOLD,
  hr,
  mallory,
  REQUEST,
  REQUESTS,
  SELF,
  STATE,
  type Story,
  sam,
  TRUSTED,
  waits,
} from "../story.ts";
import { type Given, lifecycleRows, NEW, opened, TAKEN } from "./lifecycle.table.ts";

const requested = (labels: readonly string[] = [], body = "", by = "hr"): Given =>
  opened((story) => story.open(by, { labels: [REQUEST, ...labels], body }));
/** The project's own label is renamed; issues that bear it follow. */
const renames = (from: string, to: string): Act => ({
  text: `somebody renames ${from} to ${to}`,
  after: 0,
  run: ({ memory }: Story) => {
    editLabel({ forge: memory, project: memory.project(REQUESTS), actor: null }, from, { name: to });
  },
});
const ODD = "salesopsar::ACTION needed";

lifecycleRows("one state label", [
  {
    name: "none: Action Needed",
    given: requested(),
    when: [],
    ends: { state: "action_needed", says: ["Action Needed", "exactly one state label"] },
  },
  {
    name: "none, on an issue without any text, opened by a team member: Action Needed",
    given: requested([], "", "sam"),
    when: [],
    ends: { state: "action_needed" },
  },
  {
    name: "taken before daytwo came: In Progress",
    given: requested(),
    when: [sam.takes()],
    ends: { state: "in_progress", assignees: ["sam"] },
  },
  {
    name: "several: the latest legal one stays",
    given: NEW,
    when: [sam.sets("in_progress"), sam.sets("on_hold"), sam.puts(HOLD.license)],
    ends: { state: "on_hold", labels: [HOLD.license] },
  },
  {
    name: "several: the latest is not the last in the order",
    given: { acts: [sam.takes(), sam.sets("on_hold"), sam.puts(HOLD.license)], state: "on_hold" },
    when: [amber.sets("in_progress")],
    ends: { state: "in_progress", assignees: ["sam"] },
  },
  {
    name: "several: a latest one that is not legal does not count",
    given: NEW,
    when: [sam.sets("on_hold"), sam.sets("completed")],
    ends: { state: "on_hold", says: ["On Hold", "may go to Action Needed or In Progress"] },
  },
  {
    name: "several: a latest one by an outsider does not count",
    given: TAKEN,
    when: [mallory.sets("action_needed"), mallory.sets("completed")],
    ends: { state: "in_progress", assignees: ["sam"], says: ["mallory", "only the Sales Ops team"] },
  },
  {
    name: "several at the same instant: the earliest in the order",
    given: { acts: [sam.takes()], state: "in_progress" },
    when: [sam.edits("sets three", { addLabels: [STATE.completed, STATE.on_hold, STATE.action_needed] })],
    ends: { state: "action_needed" },
    except: { "one tick for everything": "Action Needed was still on" },
  },
  {
    name: "several at the same instant: the earliest in the order, however they were put on",
    given: { acts: [sam.takes()], state: "in_progress" },
    when: [sam.edits("sets two", { addLabels: [STATE.action_needed, STATE.on_hold] })],
    ends: { state: "action_needed" },
    except: { "one tick for everything": "Action Needed was still on" },
  },
  {
    name: "several at the same instant: the earliest of those that are legal",
    given: NEW,
    when: [sam.edits("sets two", { addLabels: [STATE.completed, STATE.on_hold] })],
    ends: { state: "on_hold" },
  },
  {
    name: "several by two people at the same instant: the earliest in the order",
    on: "github",
    given: TAKEN,
    when: [sam.sets("on_hold"), atOnce(amber.sets("action_needed"))],
    ends: { state: "action_needed" },
    except: {
      "a webhook for each act": "daytwo looks between the two",
      "one tick for everything": "Action Needed was still on",
    },
  },
  {
    name: "several by two people at the same instant: the outsider's does not count",
    on: "github",
    given: TAKEN,
    when: [mallory.sets("action_needed"), atOnce(sam.sets("on_hold"))],
    ends: { state: "on_hold" },
  },
  {
    name: "several at the opening: the earliest in the order",
    given: requested([STATE.on_hold, STATE.in_progress], "", "sam"),
    when: [],
    ends: { state: "in_progress", assignees: ["sam"] },
  },
  {
    name: "opened In Progress by a team member: it is theirs",
    given: requested([STATE.in_progress], "- [ ] one", "sam"),
    when: [],
    ends: { state: "in_progress", assignees: ["sam"] },
  },
  {
    name: "opened Completed by a team member: recorded as done",
    given: requested([STATE.completed], "- [x] one", "sam"),
    when: [amber.says("Thank you")],
    ends: { state: "completed", untouched: true },
  },
  {
    name: "opened In Progress by an outsider: Action Needed",
    given: requested([STATE.in_progress], "- [ ] one"),
    when: [],
    ends: { state: "action_needed", says: ["hr", "only the Sales Ops team"] },
  },
  {
    name: "opened with the right label by an outsider: left alone",
    given: requested([STATE.action_needed]),
    when: [],
    ends: { state: "action_needed", untouched: true },
  },
]);

lifecycleRows("names of labels", [
  {
    name: "an alias becomes the label it stands for",
    options: {
      config: 'lifecycle: { aliases: { "SaelsOpsAR::In Progress": in_progress, Working: in_progress } }\n',
    },
    given: TAKEN,
    when: [sam.edits("uses the alias", { addLabels: ["Working"], removeLabels: [STATE.in_progress] })],
    ends: { state: "in_progress", assignees: ["sam"], says: ["`Working` means"] },
  },
  {
    name: "a misspelt one becomes the canonical one",
    given: NEW,
    when: [sam.puts("SalesOpsAR::In Progres")],
    ends: { state: "in_progress", assignees: ["sam"] },
  },
  {
    name: "two slips are a misspelling",
    given: NEW,
    when: [sam.puts("SaelsOpsAR::On Hodl")],
    ends: { state: "on_hold", says: ["add a hold reason label"] },
  },
  {
    name: "signs between the letters are a misspelling",
    given: NEW,
    when: [sam.puts("SalesOps AR: OnHold")],
    ends: { state: "on_hold" },
  },
  {
    name: "a misspelt one alone makes the issue a request",
    given: opened((story) => story.open("sam", { labels: ["SalesOpsAR::Acton Needed"] })),
    when: [],
    ends: { state: "action_needed", unclaimed: true, says: ["`SalesOpsAR::Acton Needed` means"] },
  },
  {
    name: "a misspelt hold reason becomes the canonical one and holds",
    given: TAKEN,
    when: [sam.puts("SalesOPS: Waiting on SFDC Licence")],
    ends: { state: "on_hold", labels: [HOLD.license] },
  },
  {
    name: "a misspelt illegal one is put back like any other",
    given: NEW,
    when: [sam.puts("SalesOpsAR::Complete")],
    ends: { state: "action_needed", says: ["Completed", "In Progress or On Hold"] },
  },
  {
    name: "a label in another case is the canonical one on GitHub and left alone",
    on: "github",
    given: {
      opened: (story) => {
        renames(STATE.action_needed, ODD).run(story);
        story.openRequest();
      },
      acts: [],
      state: null,
    },
    when: [],
    ends: { state: null, labels: [ODD], untouched: true },
  },
  {
    name: "a label in another case is taken off like the canonical one on GitHub",
    on: "github",
    given: {
      opened: (story) => {
        renames(STATE.action_needed, ODD).run(story);
        story.openRequest();
      },
      acts: [],
      state: null,
    },
    when: [sam.takes()],
    ends: { state: "in_progress", assignees: ["sam"] },
  },
  {
    name: "a label in another case becomes the canonical one on GitLab",
    on: "gitlab",
    given: NEW,
    when: [sam.edits("uses another case", { addLabels: [ODD], removeLabels: [STATE.action_needed] })],
    ends: { state: "action_needed" },
  },
  {
    name: "labels that merely look near are left alone",
    given: NEW,
    when: [sam.puts("Action", "On Hold (Legal)", "SalesOpsAR::Action Plan", "Complete", "SalesOps: Done")],
    ends: {
      state: "action_needed",
      labels: ["Action", "On Hold (Legal)", "SalesOpsAR::Action Plan", "Complete", "SalesOps: Done"],
      untouched: true,
    },
  },
  {
    name: "a word that turns the meaning round is no slip",
    given: NEW,
    when: [sam.puts("SalesOpsAR::No Action Needed", "SalesOpsAR::Uncompleted")],
    ends: {
      state: "action_needed",
      labels: ["SalesOpsAR::No Action Needed", "SalesOpsAR::Uncompleted"],
      untouched: true,
    },
  },
  {
    name: "a label of daytwo's own that looks near means what it means",
    options: { config: 'requests: { label: "SalesOpsAR::Action Need" }\n' },
    given: opened((story) =>
      story.open("sam", { labels: ["SalesOpsAR::Action Need", STATE.on_hold, HOLD.license] }),
    ),
    when: [],
    ends: {
      state: "on_hold",
      unclaimed: true,
      labels: ["SalesOpsAR::Action Need", HOLD.license],
    },
  },
  {
    name: "labels renamed in the configuration and the project go on",
    options: { config: 'lifecycle: { states: { in_progress: { label: "Doing" } } }\n' },
    given: NEW,
    when: [sam.takes(), sam.leaves()],
    ends: { state: "action_needed" },
  },
]);

const FORM = "<!-- daytwo:form:access-request -->\n### Full name\n\nAda Lovelace";
lifecycleRows("what an access request is", [
  {
    name: "filed by a shipped form, by somebody who cannot label",
    given: opened((story) => story.open("guest", { body: FORM })),
    when: [],
    ends: { state: "action_needed", says: ["Action Needed"] },
  },
  {
    name: "filed by the bulk form",
    given: opened((story) => story.open("guest", { body: FORM.replace("access", "bulk-access") })),
    when: [],
    ends: { state: "action_needed" },
  },
  {
    name: "filed by a form and moved: stays a request",
    given: opened((story) => story.open("guest", { body: FORM })),
    when: [sam.takes()],
    ends: { state: "in_progress", assignees: ["sam"] },
  },
  {
    name: "a form's line in a code block is no claim",
    given: opened((story) => story.open("guest", { body: "```\n<!-- daytwo:form:access-request -->\n```" })),
    when: [],
    ends: { state: null, unclaimed: true, untouched: true },
  },
  {
    name: "a request's marker forged by a user counts for nothing",
    given: opened((story) => story.open("guest", { body: "<!-- daytwo:hire:acme/people#1 -->\n- [ ] one" })),
    when: [],
    ends: { state: null, unclaimed: true, untouched: true },
  },
  {
    name: "made by daytwo: a request even when its label is taken off",
    given: NEW,
    when: [hr.takesOff(REQUEST)],
    ends: { state: "action_needed" },
  },
  {
    name: "made by a trusted account: a request, too",
    given: opened((story) => story.open(TRUSTED, { body: "<!-- daytwo:hire:acme/people#1 -->" })),
    when: [],
    ends: { state: "action_needed" },
  },
  {
    name: "an issue of daytwo's own that is something else is none",
    given: opened((story) => story.open(SELF, { body: "<!-- daytwo:close:2026-11 -->\n- [x] one" })),
    when: [],
    ends: { state: null, unclaimed: true, untouched: true },
  },
  {
    name: "a state label alone makes a request",
    given: opened((story) => story.open("sam", { labels: [STATE.on_hold, HOLD.license] })),
    when: [],
    ends: { state: "on_hold", labels: [HOLD.license], unclaimed: true, untouched: true },
  },
  {
    name: "any other issue is left alone",
    given: opened((story) => story.open("sam", { labels: ["bug"], body: "- [x] one" })),
    when: [sam.takes(), mallory.closes()],
    ends: { state: null, labels: ["bug"], unclaimed: true, open: false, untouched: true },
  },
  {
    name: "a pull request is left alone",
    on: "github",
    given: opened((story) => {
      const number = story.memory.by("sam").openPull(REQUESTS, "Add a form");
      story.about = { project: "requests", number };
    }),
    when: [sam.puts(REQUEST, STATE.in_progress, STATE.completed)],
    ends: { state: "completed", labels: [STATE.in_progress], untouched: true },
  },
  {
    name: "one closed long ago is left alone",
    given: requested([STATE.in_progress], "- [ ] one"),
    when: [mallory.closes(), waits(40 * DAY)],
    ends: { state: "in_progress", open: false, untouched: true },
    except: {
      "a webhook for each act": "daytwo was there",
      "webhooks that come late": "the label is judged",
    },
  },
]);
