import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ownText, partOf, withPart } from "../../../src/engine/text/part.ts";
import { safe, writeBack } from "../../../src/engine/text/safe.ts";

const PART = safe`### Chorus\n\n- [ ] Ada`;

describe("the part of a body", () => {
  test("goes below the person's own text, and is read back", () => {
    const body = withPart("### Full name\n\nAda\n", PART);
    expect(body).toBe(
      "### Full name\n\nAda\n\n<!-- daytwo:part -->\n\n### Chorus\n\n- [ ] Ada\n\n<!-- daytwo:part-end -->",
    );
    const part = partOf(body);
    expect(part?.text).toBe(PART);
    expect(body.slice(part?.from).startsWith(PART)).toBe(true);
    expect(ownText(body)).toBe("### Full name\n\nAda");
  });

  test("replaces the one that stands there; what people wrote around it stays", () => {
    const body = `${withPart("Before", PART)}\n\nAfter`;
    const again = withPart(body, safe`- [x] Grace`);
    expect(again.startsWith("Before\n\n<!-- daytwo:part -->\n\n- [x] Grace\n")).toBe(true);
    expect(again.endsWith("\n\nAfter")).toBe(true);
    expect(withPart(again, null)).toBe("Before\n\nAfter");
  });

  test("without its last line it goes on to the end", () => {
    const body = withPart("Before", PART).replace("<!-- daytwo:part-end -->", "");
    expect(partOf(body)?.text).toBe(PART);
    expect(withPart(body, PART)).toBe(withPart("Before", PART));
  });

  test("a blank before a character that is not written back is trimmed, too", () => {
    expect(withPart("\t\0", PART)).toBe(withPart("", PART));
    expect(ownText(withPart("Before \0", PART))).toBe("Before");
  });

  test("any text comes through unharmed, and writing twice is writing once", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }).filter((text) => !text.includes("<!-- daytwo:part")),
        (text) => {
          const body = withPart(text, PART);
          expect(partOf(body)?.text).toBe(PART);
          expect(withPart(body, PART)).toBe(body);
          expect(ownText(body)).toBe(writeBack(text).trimEnd());
        },
      ),
    );
  });
});
