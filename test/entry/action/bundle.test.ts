import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { bundle } from "../../../tools/bundle.ts";

const root = new URL("../../../", import.meta.url);

it("the bundle is what the sources make, byte for byte; npm run bundle writes it", async () => {
  for (const [path, text] of await bundle()) {
    // Not a comparison that would print megabytes.
    expect(readFileSync(new URL(path, root), "utf8") === text, `${path} is stale: npm run bundle`).toBe(true);
  }
});

it("the bundle is small, since every run downloads it", () => {
  expect(readFileSync(new URL("action/index.js", root)).length).toBeLessThan(3 * 1024 * 1024);
});
