/** The table of approvals: who may approve, what voids it, and what waits for it. */
import { expect } from "vitest";
import {
  type Act,
  amber,
  HOLD,
  hr,
  mallory,
  meri,
  STATE,
  type StateId,
  Story,
  type StoryOptions,
  sam,
  together,
} from "../story.ts";
import { APPROVED, approvalLabels, expectCalm, single, TWO, WAITING } from "./approval.world.ts";

export interface Row {
  readonly name: string;
  readonly body?: string;
  readonly by?: string;
  readonly config?: string;
  readonly acts: readonly Act[];
  readonly shows: typeof APPROVED | typeof WAITING;
  readonly state?: StateId;
  readonly says?: readonly RegExp[];
  /** Boxes that are ticked in the end. */
  readonly ticked?: number;
  /** Only where each act is looked at by itself: what one look cannot tell apart. */
  readonly each?: true;
}

const edit = (from: string, to: string): Act => hr.rewrites((body) => body.replace(from, to));
const ROLE = edit("Account Executive", "Sales Manager");
const TYPO = edit("from Monday on", "from Tuesday on");
const ABOVE = "requests: { approval: { above: { sam: [meri, amber], mallory: [sam] } } }\n";

export const ROWS: readonly Row[] = [
  {
    name: "waits for whom it names",
    acts: [],
    shows: WAITING,
    says: [/Waits for the approval\*\* of @meri: /],
  },
  {
    name: "the manager's comment",
    acts: [meri.says("/ar approve")],
    shows: APPROVED,
    says: [/\*\*Approved\*\* by \*\*meri\*\* \(Tue 24 Nov 2026 09:\d\d EST\)/],
  },
  {
    name: "the manager's label",
    acts: [meri.puts(APPROVED)],
    shows: APPROVED,
    says: [/Approved\*\* by \*\*meri/],
  },
  {
    name: "the manager's label, with the other one off",
    acts: [meri.edits("swaps", { addLabels: [APPROVED], removeLabels: [WAITING] })],
    shows: APPROVED,
  },
  { name: "somebody else's comment", acts: [sam.says("/ar approve")], shows: WAITING, says: [/Waits for/] },
  {
    name: "somebody else's label",
    acts: [sam.puts(APPROVED)],
    shows: WAITING,
    says: [/sam set it approved, but is no manager whom it names/],
  },
  {
    name: "the requester, who names themself",
    body: single({ manager: "@hr" }),
    acts: [hr.says("/ar approve"), hr.puts(APPROVED)],
    shows: WAITING,
    says: [/nobody whom it names can approve it/, /\*\*hr\*\* opened this request/],
  },
  {
    name: "a manager whom it is for",
    body: single({ email: "meri@acme.com" }),
    acts: [meri.puts(APPROVED)],
    shows: WAITING,
    says: [/\*\*meri\*\* is in this request and cannot approve it/],
  },
  {
    name: "a manager named in its place afterwards",
    acts: [edit("@meri", "@amber"), meri.says("/ar approve"), amber.says("/ar approve")],
    shows: APPROVED,
    says: [/by \*\*amber/],
  },
  {
    name: "a manager who is no longer named",
    acts: [meri.says("/ar approve"), edit("@meri", "@amber")],
    shows: WAITING,
    each: true,
    says: [/of @amber/, /meri has approved, but is no manager whom it names any more/],
  },
  {
    name: "a role that changed since",
    acts: [meri.says("/ar approve"), ROLE],
    shows: WAITING,
    each: true,
    says: [/edited after meri approved/],
  },
  { name: "a label, and a role that changed since", acts: [meri.puts(APPROVED), ROLE], shows: WAITING },
  { name: "a person who changed since", acts: [meri.puts(APPROVED), edit("ada@", "eve@")], shows: WAITING },
  {
    name: "a system more",
    acts: [meri.puts(APPROVED), edit("Chorus", "Chorus, Salesforce")],
    shows: WAITING,
  },
  { name: "a typo elsewhere", acts: [meri.says("/ar approve"), TYPO], shows: APPROVED, each: true },
  { name: "a role that changed before", acts: [ROLE, meri.says("/ar approve")], shows: APPROVED, each: true },
  {
    name: "approved again after the edit",
    acts: [meri.says("/ar approve"), ROLE, meri.says("/ar approve")],
    shows: APPROVED,
    each: true,
  },
  {
    name: "edited, and edited back",
    acts: [meri.puts(APPROVED), ROLE, edit("Sales Manager", "Account Executive")],
    shows: WAITING,
    each: true,
  },
  {
    name: "taken back by its label",
    acts: [meri.says("/ar approve"), meri.takesOff(APPROVED)],
    shows: WAITING,
    each: true,
    says: [/The label was taken off, and with it the approval of meri/],
  },
  {
    name: "a ticked box",
    acts: [sam.takes(), meri.says("/ar approve"), sam.ticks("Ada")],
    shows: APPROVED,
    state: "completed",
    ticked: 1,
    each: true,
  },
  {
    name: "a box that is ticked too early",
    acts: [sam.takes(), sam.ticks("Ada")],
    shows: WAITING,
    state: "in_progress",
    ticked: 0,
    each: true,
    says: [/Ticked before it was approved, and open again:\s+- Ada Lovelace/],
  },
  {
    name: "taken and held meanwhile",
    acts: [sam.takes(), sam.puts(HOLD.license)],
    shows: WAITING,
    state: "on_hold",
  },
  {
    name: "Completed too early, its boxes struck out",
    acts: [
      sam.takes(),
      sam.rewrites((body) => body.replace(/- \[ \] (.*Ada.*)/, "- [ ] ~~$1~~")),
      sam.sets("completed"),
    ],
    shows: WAITING,
    state: "in_progress",
    each: true,
  },
  {
    name: "closed as Completed too early",
    acts: [sam.takes(), together(sam.moves("completed"), sam.closes())],
    shows: WAITING,
    state: "in_progress",
  },
  {
    name: "/ar complete too early",
    acts: [sam.says("/ar take\n/ar complete")],
    shows: WAITING,
    state: "in_progress",
    says: [/it waits for the manager's approval/],
  },
  {
    name: "a box that was ticked while it was approved stays",
    body: single({ systems: "Chorus, Salesforce" }),
    acts: [
      sam.takes(),
      meri.says("/ar approve"),
      sam.ticks("Ada"),
      edit("She", "He"),
      edit("ada@", "Ada@"),
      edit("Chorus, ", ""),
    ],
    shows: WAITING,
    state: "in_progress",
    each: true,
    ticked: 1,
  },
  {
    name: "the first of two managers",
    body: TWO,
    acts: [meri.says("/ar approve")],
    shows: WAITING,
    says: [
      /Waits for the approval\*\* of @amber: /,
      /Approved so far by \*\*meri/,
      /noted; it still waits for amber/,
    ],
  },
  {
    name: "the first of two managers, by the label",
    body: TWO,
    acts: [meri.puts(APPROVED)],
    shows: WAITING,
    says: [/of @amber: /, /Approved so far by \*\*meri/],
  },
  {
    name: "both managers",
    body: TWO,
    acts: [meri.puts(APPROVED), amber.says("/ar approve")],
    shows: APPROVED,
    each: true,
    says: [/by \*\*meri\*\* \(.*\), \*\*amber/],
  },
  {
    name: "somebody above both",
    body: TWO,
    config: ABOVE,
    acts: [sam.says("/ar approve")],
    shows: APPROVED,
    says: [/by \*\*sam/],
  },
  {
    name: "somebody above whoever is above both",
    body: TWO,
    config: ABOVE,
    acts: [mallory.puts(APPROVED)],
    shows: APPROVED,
  },
  {
    name: "somebody above a manager who asks for themself",
    body: single({ email: "meri@acme.com" }),
    config: ABOVE,
    acts: [],
    shows: WAITING,
    says: [/Waits for the approval\*\* of @sam, @mallory/],
  },
  {
    name: "the other label, taken off by hand",
    acts: [sam.takesOff(WAITING)],
    shows: WAITING,
    each: true,
  },
  { name: "both labels", acts: [meri.says("/ar approve"), sam.puts(WAITING)], shows: APPROVED, each: true },
];

export const WAYS = ["webhooks", "ticks", "one late tick"] as const;
export type Way = (typeof WAYS)[number];

export async function play(options: StoryOptions, by: Way, row: Row): Promise<Story> {
  const story = await Story.begin({ ...options, ...(row.config ? { config: row.config } : {}) });
  const look = async () => {
    story.now += 10_000;
    await (by === "webhooks" ? story.handle() : story.tick());
  };
  story.open(row.by ?? "hr", { body: row.body ?? single() });
  await look();
  for (const act of row.acts) {
    story.does(act);
    if (by !== "one late tick") await look();
  }
  await look();
  return story;
}

const ticked = (story: Story) => story.see().body.match(/^- \[x\]/gm)?.length ?? 0;

export async function check(story: Story, row: Row): Promise<void> {
  expect(approvalLabels(story)).toEqual([row.shows]);
  const states = story.see().labels.filter((label) => label.startsWith("SalesOpsAR"));
  if (row.state) expect(states).toEqual([STATE[row.state]]);
  if (row.ticked !== undefined) expect(ticked(story)).toBe(row.ticked);
  for (const phrase of row.says ?? []) expect(story.see().status ?? "").toMatch(phrase);
  await expectCalm(story);
}
