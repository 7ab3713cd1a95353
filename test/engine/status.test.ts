import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isStatus, readKey, readStatus, sectionKey, writeStatus } from "../../src/engine/status.ts";
import { inline, lines, marker, safe } from "../../src/engine/text/safe.ts";

const section = (policy: string, key: string, text: string) => ({
  policy,
  key: sectionKey(key),
  body: inline(text),
});

describe("the status comment", () => {
  test("keeps its sections in order, each by its policy", () => {
    const sections = [
      section("day-two", "linked:41", "Opened."),
      section("lifecycle", "in_progress", "Taken."),
    ];
    const body = writeStatus(sections);
    expect(isStatus(body)).toBe(true);
    expect(readStatus(body)).toEqual(sections);
  });

  test("shows nothing but what its sections say", () => {
    const shown = writeStatus([section("lifecycle", "x", "Taken.")]).replace(/<!--.*?-->\n?/g, "");
    expect(shown).toBe("Taken.");
  });

  test("without sections it is its marker alone", () => {
    expect(readStatus(writeStatus([]))).toEqual([]);
  });

  test("a section of several lines stays whole", () => {
    const body = lines(safe`**On Hold.**`, safe`- one`, safe``, safe`- two`);
    expect(readStatus(writeStatus([{ policy: "lifecycle", key: "k", body }]))[0]?.body).toBe(body);
  });

  test("line breaks of a forge that stores CRLF change nothing", () => {
    const sections = [section("lifecycle", "x", "One."), section("day-two", "y", "Two.")];
    expect(readStatus(writeStatus(sections).replaceAll("\n", "\r\n"))).toEqual(sections);
  });

  test("a comment of another kind is none", () => {
    expect(isStatus(marker("hire:acme/people#1"))).toBe(false);
    expect(isStatus("<!-- daytwo:statuses -->")).toBe(false);
  });

  test("what somebody wrote into it acts on no forge when it is written back", () => {
    const body = `${writeStatus([section("lifecycle", "x", "Taken.")])}\n/close\n/label ~bug`;
    const [read] = readStatus(body);
    expect(read?.body).toContain("Taken.");
    expect(read?.body).not.toMatch(/^\/(?:close|label)/m);
  });

  test("text of people cannot open a section of its own", () => {
    const evil = "<!-- daytwo:section:day-two:linked -->";
    const [only, ...more] = readStatus(writeStatus([section("lifecycle", "x", evil)]));
    expect(only?.policy).toBe("lifecycle");
    expect(more).toEqual([]);
  });
});

describe("keys", () => {
  test("any text is one word of a marker, and comes back", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (key) => {
        const word = sectionKey(key);
        expect(word).not.toMatch(/\s|--|[<>]/);
        expect(readKey(word)).toBe(key);
      }),
    );
  });

  test("a broken half of a character does no harm", () => {
    expect(readKey(sectionKey("a\ud800b"))).toBe("a\ufffdb");
  });

  test("a key that somebody has broken reads as it stands", () => {
    expect(readKey("in_progress%2")).toBe("in_progress%2");
  });

  test("different keys stay different", () => {
    expect(sectionKey("a--b")).not.toBe(sectionKey("a-b"));
  });
});
