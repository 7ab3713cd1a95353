import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { openMemoryFile } from "../../src/run/memory-file.ts";

const DAY = 86_400_000;
let folder: string;
let now = 1000 * DAY;
const open = () => openMemoryFile(join(folder, "data"), () => now);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "daytwo-memory-"));
});

describe("the memory file", () => {
  it("is not written when nothing was learnt", () => {
    const store = open();
    store.memory("rules").settled("acme/a", now);
    store.close();
    expect(() => readFileSync(join(folder, "data/memory.json"))).toThrow("ENOENT");
  });

  it("knows the next time which issues need nothing, until they are due", () => {
    const store = open();
    store.memory("rules").settle("acme/a", [
      { number: 1, version: "v1", wake: null },
      { number: 2, version: "v2", wake: now + DAY },
    ]);
    store.close();
    const again = open().memory("rules");
    expect([...again.settled("acme/a", now)]).toEqual([
      [1, "v1"],
      [2, "v2"],
    ]);
    expect([...again.settled("acme/a", now + DAY)]).toEqual([[1, "v1"]]);
    expect(again.settled("acme/b", now).size).toBe(0);
  });

  it("forgets them under other rules", () => {
    const store = open();
    store.memory("rules").settle("acme/a", [{ number: 1, version: "v1", wake: null }]);
    store.close();
    expect(open().memory("others").settled("acme/a", now).size).toBe(0);
  });

  it("recalls a note until it is too old, and drops it in the end", () => {
    const store = open();
    store.memory("rules").note("self x", "bot");
    store.close();
    expect(open().memory("rules").recall("self x", DAY)).toBe("bot");
    now += 2 * DAY;
    expect(open().memory("rules").recall("self x", DAY)).toBeNull();
    now += 6 * DAY;
    const later = open();
    later.memory("rules").note("self y", "bot");
    later.close();
    expect(readFileSync(join(folder, "data/memory.json"), "utf8")).not.toContain("self x");
  });

  it.each(["", "{", "[]", '{"shape":0}', '{"shape":1,"rules":1,"settled":{},"notes":{}}'])(
    "takes %j for nothing known",
    (text) => {
      const store = open();
      store.memory("rules").note("self", "bot");
      store.close();
      writeFileSync(join(folder, "data/memory.json"), text);
      expect(open().memory("rules").recall("self", DAY)).toBeNull();
    },
  );
});
