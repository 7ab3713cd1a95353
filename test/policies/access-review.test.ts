import { describe, expect, it } from "vitest";
import { readAccess } from "../../src/engine/access/record.ts";
import { findMarkers } from "../../src/engine/text/safe.ts";
import type { IssueRef, Trigger } from "../../src/model.ts";
import { explain } from "../../src/plan/explain.ts";
import { plan } from "../../src/plan/plan.ts";
import { accessReview } from "../../src/policies/access-review.ts";
import { readEvidence } from "../../src/run/evidence.ts";
import { lookClosely } from "../../src/run/reconcile.ts";
import { remembering } from "../run/memory.ts";
import { DAY, MINUTE, REQUEST, REQUESTS, STATE, type Story, sam } from "../story.ts";
import {
  answers,
  begin,
  gave,
  OPENS,
  people,
  removals,
  review,
  reviewed,
  reviews,
  takesBack,
} from "./access-review.world.ts";
import { commentsOf, KINDS, labelsOf, requests } from "./hires.ts";

const section = (story: Story, number = story.about.number) =>
  story.see({ project: "requests", number }).section("access-review");

describe.each(KINDS.flatMap((kind) => (["tick", "webhooks"] as const).map((how) => ({ kind, how }))))(
  "a review over HTTP ($kind, by $how)",
  ({ kind, how }) => {
    it("from its opening to the last answer", async () => {
      const story = await reviewed({ kind, via: "http" });
      const look = async () => void (how === "tick" ? await story.tick() : await story.handle());
      try {
        expect(section(story)).toBeNull();
        story.does(answers("meri", "Keep", "Grace Hopper"));
        await look();
        expect(section(story)).toBe("**Access review 2026-Q4: 1 of 2 answered, 1 kept, 0 revoked.**");
        story.does(answers("mallory", "Revoke", "Ada Lovelace"));
        await look();
        expect(section(story)).toContain(
          "- mallory ticked “Revoke” for Ada Lovelace, Salesforce, and is neither its owner nor of the team.",
        );
        expect(story.see().body).not.toContain("- [x] Revoke");
        expect(removals(story)).toEqual([]);
        story.does(answers("sam", "Revoke", "Ada Lovelace"));
        await look();
        const [removal, ...more] = removals(story);
        expect(more).toEqual([]);
        expect(removal?.body).toContain("was revoked by sam in the access review [acme/access-requests#");
        expect(section(story)).toContain(
          "**Access review 2026-Q4: 2 of 2 answered, 1 kept, 1 revoked.** Everything is answered: this issue can be closed.",
        );
        expect(section(story)).not.toContain("mallory");
        expect(section(story)).toContain(`- Ada Lovelace: Salesforce, in [${REQUESTS}#${removal?.number}](`);
        expect((await story.tick()).changes).toEqual([]);
        expect(story.sandbox?.violations ?? []).toEqual([]);
      } finally {
        await story.end();
      }
    });
  },
);

describe.each(KINDS)("opening (%s)", (kind) => {
  it("is one issue for each owner, on its working day and not before", async () => {
    const story = await begin({ kind, at: OPENS - 2 * MINUTE });
    people(story);
    story.now = OPENS - MINUTE;
    expect((await story.tick()).changes).toEqual([]);
    story.now = OPENS;
    await story.tick();
    expect(reviews(story).map(({ title }) => title)).toEqual([
      "Access review 2026-Q4: amber",
      "Access review 2026-Q4: meri",
    ]);
    const { body, labels, assignees } = review(story, "meri");
    expect([labels, assignees]).toEqual([[], []]);
    expect(body.split("\n").filter((line) => /^(###|- \[)/.test(line))).toEqual([
      "### Salesforce",
      "- [ ] Keep: Ada Lovelace, `ada@acme.com`, Salesforce as Standard (since 2026-12-17, acme/access-requests#1)",
      "- [ ] Revoke: Ada Lovelace, `ada@acme.com`, Salesforce as Standard (since 2026-12-17, acme/access-requests#1)",
      "- [ ] Keep: Grace Hopper, `grace@acme.com`, Salesforce (since 2026-12-17, acme/access-requests#2)",
      "- [ ] Revoke: Grace Hopper, `grace@acme.com`, Salesforce (since 2026-12-17, acme/access-requests#2)",
    ]);
    expect(body).toMatch(/^@meri, these people/);
    expect(findMarkers(body)).toContain("review:2026-Q4:meri");
    expect(findMarkers(review(story, "amber").body)).toContain("review:2026-Q4:amber");
    const quiet = await story.tick();
    expect(quiet.changes).toEqual([]);
    // It is no request: nobody puts a state on it.
    story.now += 2 * DAY;
    expect((await story.tick()).changes).toEqual([]);
  });

  it.each<[string, (story: Story, number: number) => void]>([
    ["closed by hand", (story, number) => story.memory.by("sam").close(REQUESTS, number)],
    ["renamed", (story, number) => story.memory.by("sam").edit(REQUESTS, number, { title: "Mine" })],
    [
      "without its marker",
      (story, number) => story.memory.by("sam").edit(REQUESTS, number, { body: "gone" }),
    ],
  ])("is never twice for a period and owner: %s", async (_, happens) => {
    const story = await reviewed({ kind });
    for (const { number } of reviews(story)) happens(story, number);
    const before = requests(story).length;
    for (const days of [0, 1, 10]) {
      story.now = OPENS + days * DAY + MINUTE;
      await story.tick();
      await story.tick({ catchUp: true });
    }
    expect(requests(story)).toHaveLength(before);
  });

  it("one that was opened twice at the same time is closed", async () => {
    const story = await reviewed({ kind });
    const { title, body } = review(story, "meri");
    const number = story.memory.by("daytwo").open(REQUESTS, { title, body });
    await story.tick();
    expect(section(story, number)).toContain("**This was opened twice.**");
    expect(story.see({ project: "requests", number }).open).toBe(false);
    expect((await story.tick()).changes).toEqual([]);
  });

  it("does nothing where nobody has anything, and quotes names as text", async () => {
    const story = await begin({ kind });
    expect((await story.tick()).changes).toEqual([]);
    gave(story, "Ada `@meri` /close, **x**", null, { salesforce: null, gone: "Admin, as was" });
    await story.tick();
    story.about = { project: "requests", number: review(story, "amber").number };
    // What is configured no more is for the DRI.
    expect(story.see().body).toContain("### gone\n");
    story.does(answers("amber", "Revoke", "Ada `@meri` /close, **x**"));
    await story.tick();
    const [removal] = removals(story);
    expect(readAccess(removal?.body ?? "")).toMatchObject({
      does: "revoke",
      name: "Ada `@meri` /close, **x**",
      email: null,
      systems: { gone: "Admin, as was" },
    });
  });
});

describe.each(KINDS)("a revoke (%s)", (kind) => {
  it("opens one request for a person, which takes the access away in the ledger", async () => {
    const story = await reviewed({ kind });
    story.about = { project: "requests", number: review(story, "meri").number };
    story.does(answers("meri", "Revoke", "Ada Lovelace"), answers("meri", "Revoke", "Grace Hopper"));
    await story.tick();
    expect(removals(story).map(({ title }) => title)).toEqual([
      "Access review: revoke the access of Ada Lovelace",
      "Access review: revoke the access of Grace Hopper",
    ]);
    const [ada] = removals(story);
    if (!ada) throw new Error("no removal");
    expect(labelsOf(ada)).toEqual([STATE.action_needed, REQUEST].sort());
    expect(ada.body.match(/^### .*|^- \[ \] .*|^CC .*/gm)).toEqual([
      "CC @amber",
      "### Salesforce",
      "- [ ] Revoked",
      "- [ ] Never had access",
    ]);
    expect(findMarkers(ada.body)).toContain(`removal:${REQUESTS}#${story.about.number}:ada@acme.com`);
    expect(readAccess(ada.body)).toMatchObject({ does: "revoke", systems: { salesforce: "Standard" } });
    expect((await story.tick()).changes).toEqual([]);
    // The access is gone: next quarter nobody asks for it.
    story.about = { project: "requests", number: ada.number };
    story.does(sam.takes(), sam.ticks("Revoked"));
    await story.tick();
    expect(story.see().labels).toContain(STATE.completed);
    story.now = Date.UTC(2027, 2, 18, 14);
    await story.tick();
    const [next] = reviews(story).filter(({ title }) => title === "Access review 2027-Q1: meri");
    expect(next?.body).not.toContain("Ada");
    expect(next?.body).toContain("Grace");
  });

  it("that is taken back is told to the request, and so is one that comes again", async () => {
    const story = await reviewed({ kind });
    story.does(answers("meri", "Revoke", "Ada Lovelace"));
    await story.tick();
    const [removal] = removals(story);
    if (!removal) throw new Error("no removal");
    story.does(takesBack("meri", "Revoke", "Ada Lovelace"));
    await story.tick();
    expect(section(story, removal.number)).toContain("**Not to be revoked after all:** Salesforce, as [");
    expect(section(story)).toContain("0 of 2 answered");
    expect((await story.tick()).changes).toEqual([]);
    story.does(answers("meri", "Revoke", "Ada Lovelace"));
    await story.tick();
    expect(section(story, removal.number)).toContain("**Everything is to be revoked again**");
    expect((await story.tick()).changes).toEqual([]);
    expect(removals(story)).toHaveLength(1);
    // What is closed after it was taken back does nothing any more: the next revoke opens another.
    story.does(takesBack("meri", "Revoke", "Ada Lovelace"));
    await story.tick();
    story.memory.by("sam").close(REQUESTS, removal.number, "not_planned");
    if (kind === "gitlab")
      story.memory.by("sam").label(REQUESTS, removal.number, "SalesOPS: Start cancelled");
    await story.tick();
    story.does(answers("meri", "Revoke", "Ada Lovelace"));
    await story.tick();
    expect(removals(story)).toHaveLength(2);
    expect(section(story)).toContain(`#${removals(story)[1]?.number}]`);
    expect((await story.tick()).changes).toEqual([]);
  });

  it("that comes after the access is gone is not told, but said", async () => {
    const story = await reviewed({ kind });
    story.does(answers("meri", "Revoke", "Ada Lovelace"));
    await story.tick();
    const [removal] = removals(story);
    const about = story.about;
    story.about = { project: "requests", number: removal?.number ?? 0 };
    story.does(sam.takes(), sam.ticks("Revoked"));
    await story.tick();
    story.about = about;
    story.does(takesBack("meri", "Revoke", "Ada Lovelace"), answers("meri", "Keep", "Ada Lovelace"));
    await story.tick();
    expect(section(story)).toContain(`- Ada Lovelace, Salesforce: see [${REQUESTS}#${removal?.number}]`);
    expect(section(story, removal?.number)).toBeNull();
    expect((await story.tick()).changes).toEqual([]);
  });

  it("beside a keep decides nothing", async () => {
    const story = await reviewed({ kind });
    story.does(answers("meri", "Revoke", "Ada Lovelace"), answers("meri", "Keep", "Ada Lovelace"));
    await story.tick();
    expect(removals(story)).toEqual([]);
    expect(section(story)).toBe(
      "**Access review 2026-Q4: 0 of 2 answered, 0 kept, 0 revoked.**\n\n**Both boxes are ticked, so nothing is decided:**\n\n- Ada Lovelace, Salesforce",
    );
  });
});

describe.each(KINDS)("answers that do not come (%s)", (kind) => {
  const told = (story: Story) =>
    commentsOf(story, story.about.number, REQUESTS).map((body) => body.split("\n").at(-1) ?? "");
  /** Thursday, 17 December; five working days later, ten working days later. */
  const [FIVE, TEN] = [Date.UTC(2026, 11, 24, 14), Date.UTC(2027, 0, 5, 14)];
  const CLOSED = "{ country: US, closed: [2026-12-31] }";

  it("the owner is reminded once, then the DRIs are called once", async () => {
    const story = await reviewed({ kind, calendar: CLOSED });
    story.now = FIVE - MINUTE;
    expect((await story.tick()).changes).toEqual([]);
    story.now = FIVE;
    await story.tick();
    expect(told(story)).toEqual([
      "@meri 2 are without an answer in this access review, 5 working days after it was opened. Please keep or revoke each; after 10 the DRIs are called.",
    ]);
    story.now = TEN - MINUTE;
    expect((await story.tick()).changes).toEqual([]);
    story.now = TEN;
    await story.tick();
    expect(told(story)).toHaveLength(2);
    expect(told(story)[1]).toMatch(/^@amber @meri \*\*The access review of 2026-Q4 is late\.\*\*/);
    story.now = TEN + 5 * DAY;
    expect((await story.tick()).changes).toEqual([]);
  });

  it("while the owner is away, their cover is reminded; without one, the owner once they are back", async () => {
    const away = "away: [{ from: 2026-12-20, to: 2026-12-27 }]";
    const team = (cover: string) => [
      "{ handle: amber, dri: true }",
      `{ handle: meri, dri: true, ${away}${cover} }`,
      "{ handle: sam }",
    ];
    const covered = await reviewed({ kind, calendar: CLOSED, team: team(", cover: sam") });
    covered.now = FIVE;
    await covered.tick();
    expect(told(covered)[0]).toMatch(/^@sam 2 are/);
    const alone = await reviewed({ kind, calendar: CLOSED, team: team("") });
    alone.now = FIVE;
    await alone.tick();
    expect(told(alone)).toEqual([]);
    alone.now = Date.UTC(2026, 11, 28, 14);
    await alone.tick();
    expect(told(alone)[0]).toMatch(/^@meri 2 are/);
  });

  it("closing with open boxes opens it again, naming how many; with all answered it stays closed", async () => {
    const story = await reviewed({ kind });
    story.does(answers("meri", "Keep", "Ada Lovelace"));
    story.memory.by("meri").close(REQUESTS, story.about.number);
    const { changes } = await story.tick();
    expect(changes.at(-1)).toMatchObject({
      kind: "reopen-issue",
      reason: "It was closed with 1 open: each access is kept or revoked first.",
    });
    expect(story.see().open).toBe(true);
    expect(section(story)).toContain("It was closed with 1 open, so it is open again.");
    expect((await story.tick()).changes).toEqual([]);
    story.does(answers("meri", "Keep", "Grace Hopper"));
    story.memory.by("meri").close(REQUESTS, story.about.number);
    await story.tick();
    expect(story.see().open).toBe(false);
    expect(section(story)).toContain("2 of 2 answered, 2 kept, 0 revoked.** Everything is answered");
    expect((await story.tick()).changes).toEqual([]);
  });
});

describe.each(KINDS)("what it costs, and says of itself (%s)", (kind) => {
  it("a quiet tick reads lists and no ledger; a ticked Keep asks for no list", async () => {
    const story = await reviewed({ kind, memory: remembering() });
    story.does(answers("meri", "Keep", "Ada Lovelace"));
    await story.tick();
    story.now += MINUTE;
    expect((await story.tick()).changes).toEqual([]);
    const asked = async (subject: IssueRef | null) => {
      const team = story.team();
      const trigger: Trigger = subject ? { kind: "command" } : { kind: "tick", catchUp: false };
      const errand = { trigger, now: story.now, subject };
      const { value } = await lookClosely(team, errand, (facts, occasion) =>
        plan([accessReview], facts, occasion),
      );
      return { changes: value.plan.changes, asked: [...(team.forges.requests?.requests().keys() ?? [])] };
    };
    expect(await asked(null)).toEqual({ changes: [], asked: ["GET issues"] });
    story.does(answers("meri", "Keep", "Grace Hopper"));
    const close = await asked(story.about);
    expect(close.changes).toHaveLength(1);
    expect(close.asked).not.toContain("GET issues");
  });

  it("explains how a review and its removals stand", async () => {
    const story = await reviewed({ kind });
    story.does(answers("meri", "Revoke", "Ada Lovelace"));
    await story.tick();
    const said = async (number: number) => {
      const errand = {
        trigger: { kind: "command" },
        now: story.now,
        subject: { project: "requests", number },
      } as const;
      const { value } = await lookClosely(story.team(), errand, (facts, occasion) =>
        explain([accessReview], facts, occasion, errand.subject),
      );
      return value.explanations.map(({ text }) => text);
    };
    expect(await said(story.about.number)).toEqual([
      "The access review of 2026-Q4 by meri: 0 of 2 kept, 1 revoked, 1 open.",
      "meri is reminded of what is open.",
      "The DRIs are called for what is open.",
      "The one for 2027-Q1 opens.",
    ]);
    expect(await said(removals(story)[0]?.number ?? 0)).toEqual([
      `It was opened by the access review ${REQUESTS}#${story.about.number}. A revocation needs no approval.`,
    ]);
    expect(await said(1)).toEqual([]);
  });

  it("the evidence has who answered what, and what nobody did", async () => {
    const story = await reviewed({ kind });
    story.does(answers("meri", "Revoke", "Ada Lovelace"));
    await story.tick();
    const records = await readEvidence(story.team(), "2026-12", story.now, () => undefined);
    const record = records.find(({ issue }) => issue === story.about.number);
    expect(record).toMatchObject({
      kind: "review",
      people: [{ name: "Ada Lovelace" }, { name: "Grace Hopper" }],
    });
    expect(record?.access).toMatchObject([
      { does: "revoke", system: "salesforce", email: "ada@acme.com", as: "Standard", done: true, by: "meri" },
    ]);
    expect(record?.access[0]?.at).not.toBeNull();
    expect(record?.unknown).toEqual(["Whether Grace Hopper keeps Salesforce: the review has no answer."]);
    expect(records.map((one) => one.kind)).toContain("removal");
  });
});

it("where a forge keeps no edits, what a delivery once told is remembered", async () => {
  const story = await reviewed({ kind: "github", via: "http", graphql: false });
  try {
    story.does(answers("mallory", "Revoke", "Ada Lovelace"));
    await story.handle();
    expect(story.see().body).not.toContain("[x]");
    story.does(answers("meri", "Keep", "Ada Lovelace"));
    await story.handle();
    expect((await story.tick()).changes).toEqual([]);
    // By whom is not known of a tick that no delivery told: it counts.
    story.does(answers("mallory", "Revoke", "Grace Hopper"));
    story.webhooks.take();
    await story.tick();
    expect(removals(story)).toHaveLength(1);
    expect(removals(story)[0]?.body).toContain("was revoked in the access review");
  } finally {
    await story.end();
  }
});
