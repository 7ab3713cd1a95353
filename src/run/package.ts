/** daytwo's own package, wherever its code runs from: a checkout, an installed package, a bundle. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The nearest folder above this file that has the templates: bundled code stands deeper or less deep. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "issue-templates")) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

export function version(): string {
  const { version } = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8"));
  return version;
}
