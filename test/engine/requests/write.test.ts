/** What is written into a request is read back, with the boxes as people left them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Person, readAccessRequest, readGrants } from "../../../src/engine/requests/read.ts";
import {
  BODY_LIMIT,
  fillOf,
  partHead,
  partIn,
  placePeople,
  requesterIn,
} from "../../../src/engine/requests/split.ts";
import { grantKey, readPointers, renderShare, untouched } from "../../../src/engine/requests/write.ts";
import { boxes } from "../../../src/engine/text/markdown.ts";
import { ownText, withPart } from "../../../src/engine/text/part.ts";
import { findMarkers } from "../../../src/engine/text/safe.ts";
import { quickActions } from "../../../src/forge/memory/text.ts";
import type { ForgeKind } from "../../../src/model.ts";
import { config, email, words } from "./setting.ts";

const PROJECT = "acme/access-requests";
const ids = [...config().systems.keys()];
const person: fc.Arbitrary<Person> = fc.record({
  name: words,
  email,
  role: fc.oneof(words, fc.constant("Account Executive")),
  region: words,
  manager: fc.constantFrom(null, "meri"),
  systems: fc.subarray(ids, { minLength: 1 }),
  row: fc.constant(null),
});
const people = fc.uniqueArray(person, {
  minLength: 1,
  maxLength: 8,
  selector: (one) => one.email.toLowerCase(),
});
const share = (some: readonly Person[]) => ({
  people: some,
  elsewhere: new Map(),
  before: new Map(),
  kept: [],
  about: null,
});
const keys = (some: readonly Person[]) =>
  some.flatMap(({ systems, email: address }) => systems.map((id) => grantKey(id, address))).sort();

describe("boxes", () => {
  it("keep a role written behind a ticked one where no rule gives it, and only there", () => {
    const one = {
      name: "Ada",
      email: "ada@acme.com",
      role: "Engineer",
      region: "EMEA",
      manager: null,
      row: null,
    };
    const some = [{ ...one, systems: ids }];
    const roles = (box: string) => {
      const first = renderShare(config(), PROJECT, share(some)).text;
      const edited = first.replace(
        /^- \[ \] Ada, `ada@acme.com`(?:: .*)?$/gm,
        `- [${box}] Ada, \`ada@acme.com\`: Admin`,
      );
      const before = new Map(
        readGrants(withPart("", edited as typeof first), config()).map((was) => [
          grantKey(was.system, was.email),
          was,
        ]),
      );
      const { text } = renderShare(config(), PROJECT, { ...share(some), before });
      return Object.fromEntries(
        readGrants(withPart("", text), config()).map((was) => [was.system, was.role]),
      );
    };
    const given = (role: string | null) =>
      Object.fromEntries(ids.map((id) => [id, id === "chorus" ? "Member" : role]));
    expect(roles("x")).toEqual(given("Admin"));
    expect(roles(" ")).toEqual(given(null));
  });

  it("are one for each person and system, and say who, where and as what", () => {
    fc.assert(
      fc.property(people, (some) => {
        const { text, boxes: count } = renderShare(config(), PROJECT, share(some));
        const body = withPart("Own text\r\n", text);
        const grants = readGrants(body, config());
        expect(grants.map((one) => grantKey(one.system, one.email)).sort()).toEqual(keys(some));
        expect(boxes(body)).toHaveLength(count);
        for (const one of grants) {
          const who = some.find((each) => each.email.toLowerCase() === one.email.toLowerCase());
          expect(one.name).toBe(who?.name);
          const recorder = who?.role === "Account Executive" ? "Recorder" : "Member";
          expect(one.role).toBe(one.system === "chorus" ? recorder : null);
        }
        // Nothing in it acts on a forge.
        expect(quickActions(text).actions).toEqual([]);
        expect(findMarkers(body)).toEqual(["part", "part-end"]);
      }),
      { numRuns: 150 },
    );
  });

  it("stay as people left them, whatever they did to them", () => {
    const deeds = [
      (line: string) => line,
      (line: string) => line.replace("[ ]", "[x]"),
      (line: string) => line.replace("[ ]", "[~]"),
      (line: string) => line.replace(/\] (.*)$/, "] ~~$1~~"),
      (line: string) => `${line} (n/a)`,
    ];
    fc.assert(
      fc.property(people, fc.infiniteStream(fc.constantFrom(...deeds)), (some, how) => {
        const { text } = renderShare(config(), PROJECT, share(some));
        const left = text.replace(/^- \[ \].*$/gm, (line) => how.next().value?.(line) ?? line);
        expect(untouched(left)).toBe(text);
        expect(untouched(left.replaceAll("\n", "\r\n"))).toBe(text);
        const before = new Map(
          readGrants(withPart("", text), config()).map((one) => [grantKey(one.system, one.email), one]),
        );
        for (const one of readGrants(withPart("", left as typeof text), config())) {
          before.set(grantKey(one.system, one.email), one);
        }
        expect(renderShare(config(), PROJECT, { ...share(some), before }).text).toBe(left);
      }),
      { numRuns: 100 },
    );
  });

  it("come in the order in which systems depend on each other, each with its list and steps", () => {
    const [ada, grace] = [
      { name: "Ada", email: "ada@x.com", role: "Account Executive", systems: ["chorus", "salesforce"] },
      { name: "Grace", email: "grace@x.com", role: "Engineer", systems: ["chorus"] },
    ].map((one): Person => ({ ...one, region: "EMEA", manager: null, row: null })) as [Person, Person];
    const other = { number: 7, url: "https://example.com/7" };
    const elsewhere = new Map([[grantKey("salesforce", "ada@x.com"), other]]);
    const { text } = renderShare(config(), PROJECT, { ...share([ada, grace]), elsewhere });
    expect(text).toBe(`CC @amber

### Salesforce

Asked for already:

- Ada, \`ada@x.com\`: [acme/access-requests#7](https://example.com/7) <!-- daytwo:asked:7:salesforce:ada@x.com -->

### Chorus

Invite list: \`ada@x.com, grace@x.com\`

[How it is done](https://example.com/chorus):

- Invite from Settings
- Set role, team and licence

Done for:

- [ ] Ada, \`ada@x.com\`: Recorder
- [ ] Grace, \`grace@x.com\`: Member`);
    expect([...readPointers(withPart("", text))]).toEqual([[grantKey("salesforce", "ada@x.com"), 7]]);
  });

  it("that were ticked stay when nobody asks for them any more", () => {
    const grace: Person = {
      name: "Grace",
      email: "g@x.com",
      role: "SA",
      region: "EMEA",
      manager: null,
      systems: ["c"],
      row: null,
    };
    const body = withPart("", renderShare(config(), PROJECT, share([grace])).text).replace("[ ]", "[x]");
    const kept = readGrants(body, config());
    const { text } = renderShare(config(), PROJECT, { ...share([]), kept });
    expect(text).toContain(
      "### C (c)\n\nNo longer asked for. Untick what was taken away again:\n\n- [x] Grace, `g@x.com`",
    );
  });
});

describe.each<ForgeKind>(["github", "gitlab"])("a long request on %s", (forge) => {
  const crowd = (n: number, systems = ids): Person[] =>
    Array.from({ length: n }, (_, i) => ({
      name: `Person ${i} ${"x".repeat(i % 60)}`,
      email: `person.${i}@example.com`,
      role: "Account Executive",
      region: "EMEA",
      manager: "meri",
      systems,
      row: i + 1,
    }));
  const placing = (taken: number, place = new Map<string, number>()) => ({
    forge,
    project: PROJECT,
    taken: () => taken,
    place,
    elsewhere: new Map(),
  });
  const length = (some: readonly Person[]) => renderShare(config(), PROJECT, share(some)).text.length;

  it("puts everybody into exactly one issue, and none over its share", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 0, max: fillOf(forge) }),
        (n, taken) => {
          const all = crowd(n);
          const placed = placePeople(config(), all, placing(taken));
          expect(placed.flat().toSorted((a, b) => (a.row ?? 0) - (b.row ?? 0))).toEqual(all);
          for (const some of placed) {
            if (some.length > 1) expect(taken + length(some)).toBeLessThanOrEqual(fillOf(forge));
          }
        },
      ),
      { numRuns: 15 },
    );
    expect(fillOf(forge)).toBeLessThan(BODY_LIMIT[forge]);
  });

  it("leaves everybody where they are while there is room", () => {
    const taken = Math.floor(fillOf(forge) * (forge === "github" ? 0.3 : 0.95));
    const all = crowd(200);
    const placed = placePeople(config(), all, placing(taken));
    expect(placed.length).toBeGreaterThan(1);
    const place = new Map(
      placed.flatMap((some, issue) => some.map((one) => [one.email, issue] as [string, number])),
    );
    const fewer = all.filter((_, i) => i % 7 !== 0);
    const news = { ...(all[0] as Person), email: "news@example.com" };
    const again = placePeople(config(), [news, ...fewer], placing(taken, place));
    again.forEach((some, issue) => {
      for (const one of some) if (one !== news) expect(place.get(one.email)).toBe(issue);
    });
    expect(again[0]).toContain(news);
  });

  it("is in parts that read like any request", () => {
    const body = "### Manager\n\n@meri\n\n### Justification\n\nx\n\n### People\n\nName,Email";
    const request = readAccessRequest(body, config(forge), forge);
    fc.assert(
      fc.property(people, (some) => {
        const main = { number: 5, url: "https://example.com/5", title: "Everybody", author: "guest" };
        const issue = { key: `request:${PROJECT}#5:2`, main, part: 2, people: some };
        if (!request) throw new Error("it is a request");
        const head = partHead(config(forge), PROJECT, request, issue);
        const whole = withPart(head, renderShare(config(forge), PROJECT, share(some)).text);
        const read = readAccessRequest(whole, config(forge), forge);
        expect(read).toMatchObject({ kind: "bulk", faults: [], manager: "meri" });
        const bare = ({ manager: _, row: __, ...one }: Person) => one;
        expect(read?.people.map(bare)).toEqual(some.map(bare));
        expect(partIn(findMarkers(whole), PROJECT)).toEqual({ main: 5, part: 2 });
        expect(requesterIn(whole)).toBe("guest");
        expect(ownText(whole).trimEnd()).toBe(head.trimEnd());
      }),
      { numRuns: 60 },
    );
  });
});
