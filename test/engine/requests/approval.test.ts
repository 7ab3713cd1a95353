/** Whose yes counts, and what is written down of it. */
import { describe, expect, it } from "vitest";
import {
  type Approvable,
  type Evidence,
  judgeApproval,
  type News,
} from "../../../src/engine/requests/approval.ts";
import { type Noted, readNote, writeNote } from "../../../src/engine/requests/approval-note.ts";

const request = (more: Partial<Approvable> = {}): Approvable => ({
  managers: ["meri", "amber"],
  requester: "hr",
  isFor: (handle) => handle === "ada",
  material: "a".repeat(64),
  text: "t",
  faulty: false,
  ...more,
});
const NOTE: Noted = {
  state: "approved",
  material: "a".repeat(64),
  text: "t",
  heard: 20,
  given: [
    { by: "meri", at: 10 },
    { by: "amber", at: 20 },
  ],
  asked: [],
  stuck: [],
  kept: [],
  back: 0,
  stopped: [],
  news: [],
};
const says = (by: string, at: number, more: Partial<News> = {}): News => ({
  by,
  at,
  how: "comment",
  saw: "same",
  ...more,
});
const judge = (one: Approvable, evidence: Partial<Evidence>, above = {}) =>
  judgeApproval(one, { note: null, news: [], withdrawn: [], ...evidence }, above);

describe("whose approval counts", () => {
  it("everybody's who is named, whatever the case; it is approved since the last one needed", () => {
    const news = [says("Meri", 10), says("sam", 15), says("AMBER", 20), says("meri", 30)];
    expect(judge(request(), { news })).toMatchObject({
      state: "approved",
      since: 20,
      given: [{ by: "Meri" }, { by: "AMBER" }],
      lost: [{ by: "sam", why: "stranger" }],
      heard: 30,
    });
  });

  it("nobody's where nobody is named", () => {
    expect(judge(request({ managers: [] }), { news: [says("meri", 1)] })).toMatchObject({
      state: "waiting",
      asked: [],
    });
  });

  it("somebody's above them, also by others between; a circle does no harm", () => {
    const above = { VP: ["meri"], ceo: ["vp", "amber"], one: ["other"], other: ["one"] };
    const asked = judge(request(), {}, above);
    expect(asked).toMatchObject({ asked: ["meri", "amber"], instead: ["VP", "ceo"] });
    expect(judge(request(), { news: [says("vp", 1)] }, above)).toMatchObject({
      state: "waiting",
      asked: ["amber"],
    });
    expect(judge(request(), { news: [says("CEO", 1)] }, above)).toMatchObject({
      state: "approved",
      since: 1,
    });
  });

  it("asks above a manager who cannot approve, and names one who has nobody above", () => {
    const barred = request({ managers: ["hr", "ada"] });
    expect(judge(barred, {}, { vp: ["hr"] })).toMatchObject({ asked: ["vp"], stuck: ["ada"] });
    expect(judge(barred, { news: [says("hr", 1), says("ada", 2)] }).lost.map(({ why }) => why)).toEqual([
      "requester",
      "in-it",
    ]);
  });

  it("not what was said of another text, nor of one that cannot be read", () => {
    const why = (one: Approvable, news: News) => judge(one, { news: [news] }).lost[0]?.why;
    expect(why(request(), says("meri", 1, { saw: "edited" }))).toBe("edited");
    expect(why(request(), says("meri", 1, { saw: "unsure" }))).toBe("unsure");
    expect(why(request({ faulty: true }), says("meri", 1))).toBe("faulty");
  });
});

describe("what was noted", () => {
  it.each([
    ["stands while nothing changes", request(), [], "approved", []],
    ["stands when the text asks for the same in other words", request({ text: "u" }), [], "approved", []],
    [
      "stands when systems have changed and the text has not",
      request({ material: "b".repeat(64) }),
      [],
      "approved",
      [],
    ],
    [
      "falls with an edit of both",
      request({ material: "b".repeat(64), text: "u" }),
      [],
      "waiting",
      ["edited", "edited"],
    ],
    ["falls with a manager who goes", request({ managers: ["meri"] }), [], "approved", ["replaced"]],
    ["falls with the label", request(), [15], "waiting", ["withdrawn"]],
  ] as const)("%s", (_, one, withdrawn, state, lost) => {
    const stand = judge(one, { note: NOTE, withdrawn });
    expect(stand.state).toBe(state);
    expect(stand.lost.map(({ why }) => why)).toEqual(lost);
  });

  it("is read back as it was written", () => {
    const note: Noted = {
      ...NOTE,
      state: "waiting",
      asked: ["sam", "a.b_c"],
      stuck: ["hr"],
      kept: ["0123abcd", "ffffffff"],
      back: 2,
      stopped: ["AR-Approval::Manager Approved", "boxes"],
      news: ["edited:meri", "stranger:sam"],
    };
    expect(readNote(writeNote(note))).toEqual(note);
    expect(readNote(writeNote({ ...NOTE, heard: Number.NEGATIVE_INFINITY, given: [] }))).toMatchObject({
      heard: Number.NEGATIVE_INFINITY,
    });
  });

  it.each([null, "", "approved", "approved\nfor:x", "done:3", "waiting\nby:meri 1"])(
    "is nothing in %j",
    (key) => {
      expect(readNote(key)).toBeNull();
    },
  );
});
