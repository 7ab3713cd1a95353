/** Nobody is asked for twice: who has an open request for the same system is pointed to it. */
import { describe, expect, it } from "vitest";
import type { Trigger } from "../../src/model.ts";
import { reconcile } from "../../src/run/reconcile.ts";
import { remembering } from "../run/memory.ts";
import { guest, MINUTE, REQUESTS, STATE, type Story, sam } from "../story.ts";
import * as hires from "./hires.ts";
import { begin, boxes, bulk, expectQuiet, file, KINDS, part, single } from "./intake.world.ts";

const link = (story: Story, number: number) =>
  `[${REQUESTS}#${number}](${story.memory.issueUrl(story.memory.project(REQUESTS), number)})`;

describe.each(KINDS)("%s", (kind) => {
  const second = ["Ada,ADA@acme.com,AE,EMEA,chorus", "Bob,bob@acme.com,AE,EMEA,chorus"];
  /** Request 1 asks for Ada's Chorus, and so does request 2, with Bob's. */
  const both = async () => {
    const story = await begin(kind, { memory: remembering() });
    file(story, single({ Systems: "Chorus" }));
    await story.handle();
    story.now += MINUTE;
    file(story, bulk(second));
    await story.handle();
    return story;
  };

  it("the later request points to the earlier one", async () => {
    const story = await both();
    expect(boxes(story, 1)).toEqual(["chorus ada@acme.com"]);
    expect(boxes(story, 2)).toEqual(["chorus bob@acme.com"]);
    expect(part(story, 2)).toContain(`Asked for already:\n\n- Ada, \`ADA@acme.com\`: ${link(story, 1)}`);
    expect(story.see().section("intake")).toContain(
      `This is asked for already, so it has no box here:\n\n- Ada, Chorus: ${link(story, 1)}`,
    );
    await expectQuiet(story);
  });

  it("of two that are new the older one counts, also where both were looked at at once", async () => {
    const story = await begin(kind);
    file(story, single());
    file(story, single());
    const trigger: Trigger = { kind: "command" };
    // Neither sees the other's boxes.
    const plans = [1, 2].map((number) => ({ project: "requests", number }) as const);
    await Promise.all(plans.map((subject) => reconcile(story.team(), { trigger, now: story.now, subject })));
    await story.tick();
    expect(boxes(story, 1)).toHaveLength(2);
    expect(boxes(story, 2)).toEqual([]);
    expect(story.see().section("intake")).toContain(
      "All of it is asked for already, so this request may be closed",
    );
    await expectQuiet(story);
  });

  it("a box appears once the other request is closed without having given it", async () => {
    const story = await both();
    story.about = { project: "requests", number: 1 };
    story.does(sam.closes("not_planned"), sam.puts("SalesOPS: Start cancelled"));
    await story.handle();
    story.now += MINUTE;
    await story.tick();
    expect(boxes(story, 2)).toEqual(["chorus ADA@acme.com", "chorus bob@acme.com"]);
    await expectQuiet(story);
  });

  it("none appears where the other one was completed", async () => {
    const story = await both();
    story.about = { project: "requests", number: 1 };
    story.does(sam.takes(), sam.ticksAll());
    await story.handle();
    expect(story.see().labels).toContain(STATE.completed);
    story.does(sam.closes());
    await story.handle();
    await story.tick();
    expect(boxes(story, 2)).toEqual(["chorus bob@acme.com"]);
    // A new one may ask for it again: the role may be another.
    file(story, single({ Systems: "Chorus" }));
    await story.handle();
    expect(boxes(story, 3)).toEqual(["chorus ada@acme.com"]);
    await expectQuiet(story);
  });

  it("whoever has a box keeps it when an older request comes to ask for the same", async () => {
    const story = await both();
    story.about = { project: "requests", number: 1 };
    story.does(
      guest.rewrites((body) => body.replace("ada@acme.com", "bob@acme.com").replace("Ada Lovelace", "Bob")),
    );
    await story.handle();
    await story.tick();
    expect(boxes(story, 1)).toEqual([]);
    expect(part(story, 1)).toContain(link(story, 2));
    expect(boxes(story, 2)).toContain("chorus bob@acme.com");
    await expectQuiet(story);
  });

  it("a hire's own request counts, too", async () => {
    const story = await begin(kind, { at: hires.ADA_DUE });
    hires.file(story, {});
    await story.tick();
    story.now += MINUTE;
    file(story, single({ Systems: "Salesforce" }));
    await story.handle();
    expect(boxes(story)).toEqual([]);
    expect(part(story)).toContain(link(story, 1));
    await expectQuiet(story);
  });
});
