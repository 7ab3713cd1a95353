import { describe, expect, it } from "vitest";
import { marker } from "../../src/engine/text/safe.ts";
import type { IssueRef, Trigger } from "../../src/model.ts";
import { explain } from "../../src/plan/explain.ts";
import { plan } from "../../src/plan/plan.ts";
import { intake } from "../../src/policies/intake.ts";
import { lookClosely } from "../../src/run/reconcile.ts";
import { remembering } from "../run/memory.ts";
import { amber, guest, MINUTE, mallory, REQUEST, SELF, STATE, type Story, sam } from "../story.ts";
import {
  begin,
  boxes,
  bulk,
  deeds,
  expectQuiet,
  file,
  grants,
  KINDS,
  own,
  part,
  single,
} from "./intake.world.ts";

describe.each(KINDS)("%s: a request that is filed", (kind) => {
  it("gets its labels, nobody assigned, the DRIs on copy, boxes and invite lists", async () => {
    const story = await begin(kind);
    const body = single();
    file(story, body);
    const result = await story.tick();
    expect(result.problems).toEqual([]);
    const seen = story.see();
    expect([...seen.labels].sort()).toEqual([STATE.action_needed, REQUEST].sort());
    expect(seen.assignees).toEqual([]);
    expect(own(story).trimEnd()).toBe(body);
    expect(part(story)).toBe(`CC @amber @meri

### Chorus

Steps:

- Invite from Settings

Done for:

- [ ] Ada Lovelace, \`ada@acme.com\`

### Salesforce

Invite list: \`ada@acme.com\`

Steps:

- Create the user
- Set the profile

Done for:

- [ ] Ada Lovelace, \`ada@acme.com\``);
    expect(seen.section("intake")).toBe(
      "**Nothing is missing.** 1 person, 2 systems: 2 boxes, below the text of the request.",
    );
    await expectQuiet(story);
  });

  it("is told all that is missing, and is checked again at each edit", async () => {
    const story = await begin(kind);
    file(story, single({ "Work email": "ada", Systems: "Chorsu", Manager: "_No response_" }));
    const result = await story.tick();
    expect(deeds(result)).toEqual(["comment 1"]);
    expect(result.problems.map(({ message }) => message)).toHaveLength(3);
    expect(part(story)).toBeNull();
    expect(story.see().labels).toContain(STATE.action_needed);
    expect(story.see().section("intake")).toBe(
      [
        "**This request cannot be worked on yet.** Please edit it; it is checked again at once:",
        "",
        "- **Work email** reads `ada`. Write one e-mail address, for example ada.lovelace@example.com.",
        "- **Manager** is missing. Write the handle of one person, for example @\u200btheir-handle.",
        '- **Systems** reads `Chorsu`. Write one or more of "Chorus", "Salesforce". Did you mean `Chorus`?',
      ].join("\n"),
    );
    await expectQuietFaults(story);
    story.does(
      guest.rewrites((body) => body.replace("\nada\n", "\nada@acme.com\n").replace("Chorsu", "Chorus")),
    );
    await story.handle();
    expect(story.see().section("intake")).toContain("- **Manager** is missing.");
    expect(story.see().section("intake")).not.toContain("Work email");
    story.does(guest.rewrites((body) => body.replace("_No response_", "hr")));
    await story.handle();
    expect(story.see().section("intake")).toContain("**Nothing is missing.** 1 person, 1 system: 1 box");
    expect(boxes(story)).toEqual(["chorus ada@acme.com"]);
    await expectQuiet(story);
  });

  it("for many names the row of what is missing, and lists no more than anybody reads", async () => {
    const story = await begin(kind);
    const rows = Array.from({ length: 200 }, (_, i) => `Person ${i},p${i}@acme.com,,EMEA,chorus`);
    file(story, bulk(rows));
    const { problems } = await story.tick();
    const said = story.see().section("intake") ?? "";
    expect(said).toContain("- Row 50, **Role** is missing. Write their job");
    expect(said).toContain("- … and 150 more");
    expect(problems.at(-1)?.message).toBe("190 more faults.");
  });

  it("is noticed by its label and headings, where its hidden line is gone", async () => {
    const story = await begin(kind);
    const body = single().replace(marker("form:access-request"), "");
    file(story, body);
    await story.tick();
    expect(story.see().labels).toEqual([]);
    story.does(mallory.puts(REQUEST));
    await story.handle();
    expect(boxes(story)).toHaveLength(2);
  });

  it("that was opened by hand, without a form, is left as it is", async () => {
    const story = await begin(kind);
    story.open("hr", { body: "Please give Ada access to Chorus.", labels: [REQUEST] });
    expect(deeds(await story.tick())).toEqual([]);
  });

  it("of daytwo's own is none", async () => {
    const story = await begin(kind);
    story.open(SELF, { body: `${single()}\n${marker("hire:acme/people#1")}`, labels: [REQUEST] });
    expect(deeds(await story.tick())).toEqual([]);
  });

  it("is explained", async () => {
    const story = await begin(kind);
    file(story, single());
    const before = await explained(story);
    expect(before).toContain("It was filed for 1 person, 2 systems, and nothing is missing.");
    expect(before).toContain("On copy: amber, meri, since the team names them as DRIs.");
    story.does(guest.rewrites((body) => body.replace("@acme.com", "")));
    expect(await explained(story)).toContain(
      '"Work email" reads "ada": write one e-mail address, for example ada.lovelace@example.com.',
    );
  });
});

/** A faulty request stays a problem, and is written to once. */
async function expectQuietFaults(story: Story): Promise<void> {
  await story.handle();
  const { changes, problems } = await story.tick();
  expect(changes).toEqual([]);
  expect(problems.length).toBeGreaterThan(0);
}

async function explained(story: Story): Promise<string[]> {
  const errand = { trigger: { kind: "command" } as const, now: story.now, subject: story.about };
  const { value } = await lookClosely(story.team(), errand, (facts, occasion) =>
    explain([intake], facts, occasion, story.about),
  );
  return value.explanations.map(({ text }) => text);
}

describe.each(KINDS)("%s: boxes", (kind) => {
  const rows = ["Ada,ada@acme.com,AE,EMEA,chorus; salesforce", "Bob,bob@acme.com,AE,EMEA,chorus"];
  const begun = async () => {
    const story = await begin(kind);
    file(story, bulk(rows));
    await story.handle();
    expect(boxes(story)).toEqual(["chorus ada@acme.com", "chorus bob@acme.com", "salesforce ada@acme.com"]);
    story.does(sam.takes());
    await story.handle();
    return story;
  };

  it("are left alone whatever people do to them", async () => {
    const story = await begun();
    story.does(
      sam.ticks(0),
      amber.rewrites((body) => body.replace("- [ ] Bob, `bob@acme.com`", "- [ ] ~~Bob, `bob@acme.com`~~")),
      amber.rewrites((body) => body.replace(/- \[ \] (Ada.*)$/m, "- [ ] $1 (n/a)").replaceAll("\n", "\r\n")),
    );
    const body = own(story) + part(story);
    for (const result of await story.handle()) expect(deeds(result)).toEqual([]);
    expect(deeds(await story.tick())).toEqual([]);
    expect(own(story) + part(story)).toBe(body);
    expect(boxes(story)).toEqual([
      "chorus ada@acme.com x",
      "chorus bob@acme.com ~",
      "salesforce ada@acme.com -",
    ]);
  });

  it("that stay keep what people did to them when the request changes", async () => {
    const story = await begun();
    story.does(sam.ticks(0), sam.ticks(1));
    await story.handle();
    story.does(
      guest.rewrites((body) =>
        body
          .replace("Ada,ada@acme.com", "Ada King,ADA@acme.com")
          .replace("salesforce\nBob", "salesforce\nCy,cy@acme.com,AE,EMEA,salesforce\nBob"),
      ),
    );
    const results = await story.handle();
    expect(results.flatMap(deeds)).toEqual([`edit-comment 1`, "edit-issue 1"]);
    expect(boxes(story)).toEqual([
      "chorus ADA@acme.com x",
      "chorus bob@acme.com x",
      "salesforce ADA@acme.com",
      "salesforce cy@acme.com",
    ]);
    expect(grants(story)[0]?.name).toBe("Ada King");
    expect(part(story)).toContain("Invite list: `ADA@acme.com, cy@acme.com`");
    await expectQuiet(story);
  });

  it("that were ticked stay until somebody takes the access away again", async () => {
    const story = await begun();
    story.does(
      sam.ticks(1),
      guest.rewrites((body) => body.replace(`\n${rows[1]}`, "")),
    );
    await story.handle();
    expect(part(story)).toContain(
      "No longer asked for. Untick what was taken away again:\n\n- [x] Bob, `bob@acme.com`",
    );
    await expectQuiet(story);
    story.does(sam.unticks("bob@acme.com"));
    await story.handle();
    expect(boxes(story)).toEqual(["chorus ada@acme.com", "salesforce ada@acme.com"]);
    await expectQuiet(story);
  });

  it("stay as they are while the request is faulty", async () => {
    const story = await begun();
    story.does(sam.ticks(0));
    await story.handle();
    const before = part(story);
    story.does(guest.rewrites((body) => body.replace("Bob,bob@acme.com", "Bob,bob")));
    await story.handle();
    expect(part(story)).toBe(before);
    expect(story.see().section("intake")).toContain("Until then the boxes stay as they were.");
    story.does(guest.rewrites((body) => body.replace("Bob,bob,", "Bob,bob@acme.com,")));
    await story.handle();
    expect(part(story)).toBe(before);
    expect(story.see().section("intake")).toContain("**Nothing is missing.**");
    await expectQuiet(story);
  });

  it("complete the request when the last one is ticked", async () => {
    const story = await begun();
    story.does(sam.ticksAll());
    await story.handle();
    expect(story.see().labels).toContain(STATE.completed);
    await expectQuiet(story);
  });

  it("come back, unticked, where somebody deletes what daytwo wrote", async () => {
    const story = await begun();
    story.does(guest.rewrites(() => bulk(rows)));
    await story.handle();
    expect(boxes(story)).toHaveLength(3);
    await expectQuiet(story);
  });
});

describe.each(KINDS)("%s: looking costs little", (kind) => {
  it("a quiet tick reads lists, and a ticked box asks for no list", async () => {
    const story = await begin(kind, { memory: remembering() });
    file(story, single({ "Work email": "ada" }));
    const { number } = file(story, single());
    await story.tick();
    story.now += MINUTE;
    expect((await story.tick()).changes).toEqual([]);
    const asked = async (subject: IssueRef | null) => {
      const team = story.team();
      const trigger: Trigger = subject ? { kind: "command" } : { kind: "tick", catchUp: false };
      const errand = { trigger, now: story.now, subject };
      const { value } = await lookClosely(team, errand, (facts, occasion) => plan([intake], facts, occasion));
      return {
        changes: value.plan.changes.length,
        asked: [...(team.forges.requests?.requests().keys() ?? [])],
      };
    };
    expect(await asked(null)).toEqual({ changes: 0, asked: ["GET issues"] });
    story.does(sam.ticks(0));
    const close = await asked({ project: "requests", number });
    expect(close.changes).toBe(0);
    expect(close.asked).not.toContain("GET issues");
  });
});

describe.each(KINDS)("%s: whatever somebody types", (kind) => {
  it.each([
    ["quick actions", "/label ~x\n/assign @sam\n/title Mine"],
    ["mentions and markup", `@amber <script>alert(1)</script> $${"{{ secrets.X }}"}`],
    ["markers of ours", `${marker("part-end")} ${marker("request:acme/access-requests#7")}`],
    ["a status section", "<!-- daytwo:status --> <!-- daytwo:section:lifecycle:completed -->"],
  ])("%s do nothing", async (_, text) => {
    const story = await begin(kind);
    file(
      story,
      single({ "Full name": `Ada ${text.split("\n")[0]}`, Justification: `She sells.\n\n${text}` }),
    );
    await story.tick();
    const seen = story.see();
    expect(seen.open).toBe(true);
    expect(seen.assignees).toEqual([]);
    expect([...seen.labels].sort()).toEqual([STATE.action_needed, REQUEST].sort());
    expect(boxes(story)).toHaveLength(2);
    await expectQuiet(story);
  });

  it("that never ends, so that boxes would not show, is a fault", async () => {
    const story = await begin(kind);
    file(story, single({ Justification: "```\nso" }).replace(marker("form:access-request"), ""));
    story.does(mallory.puts(REQUEST));
    await story.tick();
    expect(part(story)).toBeNull();
    expect(story.see().section("intake")).toContain(
      "- **The text** reads `a code block, comment or HTML tag without its end`.",
    );
    story.does(guest.rewrites((body) => `${body.trimEnd()}\n\`\`\``));
    await story.tick();
    expect(boxes(story)).toHaveLength(2);
  });

  it("around daytwo's part stays byte for byte", async () => {
    const story = await begin(kind);
    file(story, single());
    await story.handle();
    const above = own(story).trimEnd();
    story.does(guest.rewrites((body) => `Hello\n\n${body}\n\nPS: *thanks* [ ] &amp; \\`));
    await story.handle();
    expect(own(story)).toBe(`Hello\n\n${above}\n\nPS: *thanks* [ ] &amp; \\`);
    expect(boxes(story)).toHaveLength(2);
  });
});
