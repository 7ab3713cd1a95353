/** What is published: packed, installed in an empty folder and run from there. */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** Packing builds, installing unpacks some hundred packages. */
const SLOW_MS = 300_000;

let folder = "";
let packed: readonly string[] = [];
const home = () => join(folder, "home");

const npm = (cwd: string, ...args: string[]) =>
  run("npm", [...args, "--no-audit", "--no-fund"], { cwd, maxBuffer: 16 * 1024 * 1024 });
const daytwo = (...args: string[]) =>
  run(process.execPath, [join(home(), "node_modules", "daytwo", "bin", "daytwo.js"), ...args], {
    cwd: home(),
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "daytwo-package-"));
  const { stdout } = await npm(ROOT, "pack", "--json", "--pack-destination", folder);
  const [{ filename, files }] = JSON.parse(stdout.slice(stdout.indexOf("[")));
  packed = files.map(({ path }: { path: string }) => path);
  await mkdir(home());
  await writeFile(join(home(), "package.json"), '{ "private": true }');
  const install = ["install", "--no-save", join(folder, filename)];
  // What npm has fetched for this checkout it has kept: the registry is asked only for what that lacks.
  await npm(home(), ...install, "--offline").catch(() => npm(home(), ...install, "--prefer-offline"));
}, SLOW_MS);

afterAll(async () => {
  if (folder !== "") await rm(folder, { recursive: true });
});

it("carries what it runs on, and nothing of the workshop", async () => {
  const tops = new Set(packed.map((path) => path.split("/")[0]));
  expect([...tops].sort()).toEqual(
    expect.arrayContaining([
      "LICENSE",
      "NOTICE",
      "README.md",
      "bin",
      "dist",
      "examples",
      "issue-templates",
      "schema",
    ]),
  );
  for (const workshop of ["src", "test", "tools", "bench", "node_modules", ".ci", "package-lock.json"]) {
    expect(tops).not.toContain(workshop);
  }
  const sources = await readdir(join(ROOT, "src"), { recursive: true });
  const modules = sources.filter((path) => path.endsWith(".ts")).map((path) => path.replace(/\.ts$/, ".js"));
  expect(packed.filter((path) => path.startsWith("dist/"))).toHaveLength(modules.length);
});

it("asks for nothing that a user cannot install", async () => {
  const manifest = JSON.parse(await readFile(join(home(), "node_modules", "daytwo", "package.json"), "utf8"));
  expect(manifest.bin).toEqual({ daytwo: "bin/daytwo.js" });
  expect(
    Object.values(manifest.dependencies).filter((version) => !/^\d+\.\d+\.\d+/.test(String(version))),
  ).toEqual([]);
  expect(manifest.scripts).not.toHaveProperty("postinstall");
  const installed = await readdir(join(home(), "node_modules"));
  expect(installed.filter((name) => name.startsWith("node-linux") || name === "@daytwo")).toEqual([]);
});

it("tells its version", async () => {
  const { version } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
  expect((await daytwo("--version")).stdout).toBe(`${version}\n`);
});

it("checks the example", async () => {
  await cp(join(home(), "node_modules", "daytwo", "examples", "acme"), join(home(), "acme"), {
    recursive: true,
  });
  const { stdout } = await daytwo("check", "--config", "acme/daytwo.yml", "--json");
  expect(JSON.parse(stdout)).toMatchObject({ errors: [], systems: 8, team: 3 });
});

it.each(["github", "gitlab"])("plays the demo on %s", async (forge) => {
  const { stdout } = await daytwo("demo", "--forge", forge, "--json");
  expect(JSON.parse(stdout)).toMatchObject({ forge, failed: 0 });
});

it(
  "has a lockfile that npm ci accepts on every platform",
  async () => {
    const copy = join(folder, "lockfile");
    await mkdir(join(copy, "tools"), { recursive: true });
    for (const file of ["package.json", "package-lock.json", "tools/runtime"]) {
      await cp(join(ROOT, file), join(copy, file), { recursive: true });
    }
    // Refuses what is missing, with its name: `npm run lock` adds it.
    await npm(copy, "ci", "--dry-run", "--offline", "--ignore-scripts");
  },
  SLOW_MS,
);
