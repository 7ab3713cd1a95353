import { describe, expect, test } from "vitest";
import { doneBy, tickStory } from "../../../src/engine/evidence/ticks.ts";
import { boxes } from "../../../src/engine/text/markdown.ts";
import type { BodyEdit, HistoryEvent } from "../../../src/model.ts";

const edit = (at: number, editor: string | null, body: string | null): BodyEdit => ({ at, editor, body });
const tick = (
  at: number,
  actor: string | null,
  text: string,
  type: "ticked" | "unticked" = "ticked",
): HistoryEvent => ({
  type,
  at,
  actor,
  text,
});
/** Who did each box, in order. */
const doers = (body: string, more: Partial<Parameters<typeof tickStory>[0]>) => {
  const story = tickStory({ body, history: [], edits: [], noted: false, ...more });
  return {
    by: boxes(body).map((box) => doneBy(story, box)?.by ?? null),
    untold: story.untold.map(({ text }) => text),
  };
};

describe("who ticked which box", () => {
  test("by the edits of the body", () => {
    const body = "- [x] A\n- [x] B\n- [ ] C";
    const edits = [
      edit(1, "ann", "- [ ] A\n- [ ] B\n- [ ] C"),
      edit(2, "amber", "- [x] A\n- [ ] B\n- [x] C"),
      edit(3, "sam", "- [x] A\n- [x] B\n- [x] C"),
      edit(4, "meri", "- [x] A\n- [x] B\n- [ ] C"),
    ];
    expect(doers(body, { edits })).toEqual({ by: ["amber", "sam", null], untold: [] });
  });

  test("boxes that read alike are told apart by their place", () => {
    const body = "### One\n- [x] Revoked\n### Two\n- [x] Revoked";
    const edits = [
      edit(1, "ann", "### One\n- [ ] Revoked\n### Two\n- [ ] Revoked"),
      edit(2, "amber", "### One\n- [ ] Revoked\n### Two\n- [x] Revoked"),
      edit(3, "sam", body),
    ];
    expect(doers(body, { edits })).toEqual({ by: ["sam", "amber"], untold: [] });
  });

  test("by notes that name the text alone, boxes that read alike are not told apart", () => {
    const body = "- [x] Revoked\n- [x] Revoked\n- [x] Other";
    const history = [tick(1, "amber", "Revoked"), tick(2, "sam", "Revoked"), tick(3, "sam", "Other")];
    expect(doers(body, { history, noted: true })).toEqual({
      by: [null, null, "sam"],
      untold: ["Revoked", "Revoked"],
    });
    const alone = [tick(1, "amber", "Revoked"), tick(2, "amber", "Revoked"), tick(3, "sam", "Other")];
    expect(doers(body, { history: alone, noted: true }).by).toEqual(["amber", "amber", "sam"]);
  });

  test("a box that was cleared and ticked again is the last one's", () => {
    const history = [tick(1, "amber", "A"), tick(2, "sam", "A", "unticked"), tick(3, "meri", "A")];
    expect(doers("- [x] A", { history, noted: true })).toEqual({ by: ["meri"], untold: [] });
  });

  test("after a revision that was deleted nobody is named", () => {
    const edits = [edit(1, "ann", "- [ ] A"), edit(2, "amber", null), edit(3, "sam", "- [x] A")];
    expect(doers("- [x] A", { edits })).toEqual({ by: [null], untold: [] });
  });

  test("without any record the box is untold; one that was ticked from the first is nobody's deed", () => {
    expect(doers("- [x] A", { edits: null })).toEqual({ by: [null], untold: ["A"] });
    expect(doers("- [x] A", { edits: [] })).toEqual({ by: [null], untold: [] });
    expect(doers("- [x] A", { noted: true, edits: null })).toEqual({ by: [null], untold: [] });
  });

  test("an account that is gone is nobody", () => {
    expect(doers("- [x] A", { history: [tick(1, "ghost", "A")], noted: true }).by).toEqual([null]);
  });
});
