/**
 * Makes `dist/`, what the published package runs: the sources file by file as JavaScript, without types.
 * Node runs the sources themselves in a checkout but no TypeScript below `node_modules`. `npm run types` checks
 * types; this does not.
 */
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const tsc = fileURLToPath(new URL("../node_modules/typescript/bin/tsc", import.meta.url));

// What is no longer in the sources must not be in the package.
rmSync(new URL("../dist", import.meta.url), { recursive: true, force: true });
const { status, error } = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], {
  cwd: root,
  stdio: "inherit",
});
if (error) throw error;
process.exitCode = status ?? 1;
