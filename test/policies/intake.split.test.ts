/** A request that is longer than a forge lets an issue be: 200 people and eight systems. */
import { describe, expect, it } from "vitest";
import { readAccessRequest } from "../../src/engine/requests/read.ts";
import { BODY_LIMIT } from "../../src/engine/requests/split.ts";
import type { Forge, Writer } from "../../src/forge/forge.ts";
import { reconcile } from "../../src/run/reconcile.ts";
import type { Team } from "../../src/run/team.ts";
import { guest, MINUTE, REQUEST, REQUESTS, SELF, STATE, type Story, sam } from "../story.ts";
import {
  begin,
  bodyOf,
  boxes,
  bulk,
  deeds,
  expectQuiet,
  file,
  grants,
  issues,
  part,
} from "./intake.world.ts";

const SYSTEMS = Array.from({ length: 8 }, (_, i) => `tool-${i}`);
const FILES = Object.fromEntries(
  SYSTEMS.map((id, i) => [
    `systems/${id}.yml`,
    `name: Tool ${i}\nprovisioners: [amber, sam]\ndeprovisioners: [amber]\ninvite: comma\nroles: { default: Member }\ntasks: [Create the user, Set the profile]\n`,
  ]),
);
/** Long names fill an issue with few people. */
const LONG = "de la ".repeat(30).trim();
const row = (i: number, systems: readonly string[] = SYSTEMS, more = ` ${LONG}`) =>
  `Person${more} ${i},person.${i}@example.com,Account Executive,EMEA,${systems.join("; ")}`;
const crowd = (n: number) => Array.from({ length: n }, (_, i) => row(i));
const FEW = 48;
const BODY = bulk(crowd(FEW));
/** 200 people with names of the usual length. */
const MANY = bulk(Array.from({ length: 200 }, (_, i) => row(i, SYSTEMS, "")));

const start = async (kind: "github" | "gitlab", body = BODY): Promise<Story> => {
  const story = await begin(kind, { files: FILES });
  file(story, body, "Bulk access request: everybody");
  return story;
};
/** Every box of every issue. */
const all = (story: Story) => issues(story).flatMap((number) => boxes(story, number));
const everybody = (n: number) =>
  Array.from({ length: n }, (_, i) => SYSTEMS.map((id) => `${id} person.${i}@example.com`)).flat();
const holder = (story: Story, email: string) =>
  issues(story).filter((number) => grants(story, number).some((one) => one.email === email));

describe("on GitHub", () => {
  it("goes into parts that are linked, complete and quiet", async () => {
    const story = await start("github", MANY);
    const first = await story.tick();
    const numbers = issues(story);
    expect(numbers.length).toBeGreaterThan(2);
    expect(deeds(first)).toEqual([
      ...numbers.slice(1).map(() => "create-issue"),
      "comment 1",
      "edit-issue 1",
    ]);
    expect(first.outcomes.every(({ status }) => status === "applied")).toBe(true);
    expect(all(story).toSorted()).toEqual(everybody(200).toSorted());
    for (const number of numbers) {
      expect(bodyOf(story, number).length).toBeLessThan(BODY_LIMIT.github);
      if (number === 1) continue;
      const issue = story.memory.issue(REQUESTS, number);
      expect(issue.author.handle).toBe(SELF);
      expect(issue.assignees).toEqual([]);
      expect(issue.title).toBe(`Part ${number}: Bulk access request: everybody`);
      expect(issue.labels.map(({ name }) => name).sort()).toEqual([STATE.action_needed, REQUEST].sort());
      expect(issue.body).toContain(`**Part ${number}** of [${REQUESTS}#1](`);
      expect(part(story, 1)).toContain(`- Part ${number}: [${REQUESTS}#${number}](`);
      const read = readAccessRequest(issue.body, story.config, "github");
      expect(read).toMatchObject({ kind: "bulk", managers: ["hr"], faults: [] });
      expect(new Set(read?.people.map(({ email }) => email))).toEqual(
        new Set(grants(story, number).map(({ email }) => email)),
      );
    }
    expect(part(story, 1)).not.toContain("daytwo-slot");
    await expectQuiet(story);
  });

  it("follows an edit: who goes leaves, who comes gets a place, and ticks stay with everybody else", async () => {
    const story = await start("github");
    await story.handle();
    const [, second = 0] = issues(story);
    const [ticked] = grants(story, second);
    story.about = { project: "requests", number: second };
    story.does(sam.takes(), sam.ticks(0));
    await story.handle();
    const places = new Map(issues(story).map((number) => [number, boxes(story, number)]));
    story.about = { project: "requests", number: 1 };
    story.does(
      guest.rewrites((body) =>
        body
          .replace(`${row(0)}\n`, `${row(500)}\n`)
          .replace(`${row(47)}\n`, `${row(47, ["tool-1"])}\n`)
          .replace(`${row(30)}\n`, `${row(30).replace("Person", "Doctor")}\n`),
      ),
    );
    await story.handle();
    expect(all(story)).toHaveLength(FEW * 8 - 7);
    expect(holder(story, "person.0@example.com")).toEqual([]);
    expect(holder(story, "person.500@example.com")).toHaveLength(1);
    expect(
      boxes(story, holder(story, "person.47@example.com")[0]).filter((one) => one.includes(".47@")),
    ).toEqual(["tool-1 person.47@example.com"]);
    expect(grants(story, second)[0]?.box.ticked).toBe(true);
    expect(grants(story, second)[0]?.email).toBe(ticked?.email);
    const named = holder(story, "person.30@example.com")[0] ?? 0;
    expect(bodyOf(story, named)).toContain(`| Doctor ${LONG} 30 | person.30@example.com |`);
    for (const number of issues(story)) {
      const left = boxes(story, number).filter((one) => !/\.(500|47)@/.test(one));
      expect(left).toEqual((places.get(number) ?? []).filter((one) => !/\.(0|47)@/.test(one)));
    }
    await expectQuiet(story);
  });

  it("is put right by a tick where somebody edits a part", async () => {
    const story = await start("github");
    await story.handle();
    const before = bodyOf(story, 2);
    story.about = { project: "requests", number: 2 };
    story.does(sam.rewrites((body) => `${body.replace(/\| Person .*\n/, "")}\n\nAsk Bob first.`));
    await story.handle();
    await story.tick();
    expect(bodyOf(story, 2)).toBe(`${before}\n\nAsk Bob first.`);
    await expectQuiet(story);
  });

  it("comes back together where it was edited to be short, and nothing is left to do in its parts", async () => {
    const story = await start("github");
    await story.handle();
    story.does(guest.rewrites((body) => body.replace(BODY, bulk(crowd(3)))));
    await story.handle();
    expect(all(story).toSorted()).toEqual(everybody(3).toSorted());
    expect(boxes(story, 1)).toHaveLength(24);
    await expectQuiet(story);
  });

  it("is finished by the next look whichever write was the last before a crash", async () => {
    const whole = await start("github");
    const made = (await whole.tick()).changes.length;
    const wanted = all(whole).toSorted();
    const titles = (story: Story) =>
      issues(story).map((number) => story.memory.issue(REQUESTS, number).title);
    for (let left = 1; left < made; left++) {
      const story = await start("github");
      const errand = { trigger: { kind: "tick", catchUp: false } as const, now: story.now, subject: null };
      await expect(reconcile(dying(story.team(), left), errand)).rejects.toThrow("gone");
      story.now += MINUTE;
      await story.tick();
      expect(all(story).toSorted()).toEqual(wanted);
      expect(titles(story)).toEqual(titles(whole));
      await expectQuiet(story);
    }
  });

  it("is told where its author's own text leaves no room", async () => {
    const story = await begin("github");
    file(story, bulk(["Ada,ada@acme.com,AE,EMEA,chorus"], { Justification: "x".repeat(65_300) }));
    await story.tick();
    expect(part(story)).toBeNull();
    expect(story.see().section("intake")).toMatch(
      /- \*\*The text\*\* reads `\d+ characters`. Write \d+ characters less/,
    );
  });
});

describe("on GitLab", () => {
  it("is one issue", async () => {
    const story = await start("gitlab", MANY);
    await story.tick();
    expect(issues(story)).toEqual([1]);
    expect(boxes(story)).toEqual(everybody(200).toSorted((a, b) => order(a) - order(b)));
    expect(bodyOf(story, 1).length).toBeLessThan(BODY_LIMIT.gitlab);
    await expectQuiet(story);
  });

  it("that has a million characters goes into parts", async () => {
    const story = await start("gitlab", bulk(crowd(20), { Justification: "so ".repeat(302_500) }));
    await story.tick();
    expect(issues(story)).toEqual([1, 2]);
    expect(all(story).toSorted()).toEqual(everybody(20).toSorted());
    expect(bodyOf(story, 2)).toContain(`As in [${REQUESTS}#1](`);
    await expectQuiet(story);
  });
});

/** By system, then by row. */
const order = (box: string) => Number(/^tool-(\d)/.exec(box)?.[1]) * 1000 + Number(/\.(\d+)@/.exec(box)?.[1]);

/** The process dies after so many writes. */
function dying(team: Team, left: number): Team {
  const mortal = (forge: Forge | null): Forge | null =>
    forge && {
      ...forge,
      reader: forge.reader,
      sameLabel: (a, b) => forge.sameLabel(a, b),
      writer: new Proxy(forge.writer, {
        get:
          (writer, name) =>
          async (...args: unknown[]) => {
            if (left-- <= 0) throw new Error("gone");
            return (writer[name as keyof Writer] as (...all: unknown[]) => unknown).apply(writer, args);
          },
      }),
    };
  return { ...team, forges: { requests: mortal(team.forges.requests), onboarding: team.forges.onboarding } };
}
