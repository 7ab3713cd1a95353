/** Writes what is generated from the source: `npm run generate`. A test fails when it is stale. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { referenceFiles } from "./reference.ts";

for (const [path, text] of referenceFiles()) {
  const file = new URL(`../${path}`, import.meta.url);
  mkdirSync(dirname(file.pathname), { recursive: true });
  writeFileSync(file, text);
}
