/**
 * Makes `action/index.js`, what the action runs: one file with all it needs, since a runner installs nothing.
 * `npm run bundle` writes it; a test fails when it is stale, as the same sources make the same bytes.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Commands that no workflow runs, and that bring servers along; and the app's databases, which no runner has. */
const LEFT_OUT = /^\.\/(commands\/(demo|doctor|init|serve)|postgres|sqlite)\.ts$/;

/** Marks a path that was looked up already. */
const RESOLVED = "resolved";

const leaveOut: Plugin = {
  name: "leave-out",
  setup({ onResolve, resolve }) {
    onResolve({ filter: LEFT_OUT }, ({ path }) => ({ path, external: true }));
    // Holidays ask for time zones of the years that people work in; all of history is 600 KB more.
    onResolve({ filter: /^moment-timezone$/ }, ({ resolveDir, pluginData }) =>
      pluginData === RESOLVED
        ? undefined
        : resolve("moment-timezone/builds/moment-timezone-with-data-1970-2030.js", {
            resolveDir,
            kind: "require-call",
            pluginData: RESOLVED,
          }),
    );
    // Only English faults are ever shown.
    onResolve({ filter: /^\.\.\/locales\/index\.js$/ }, ({ importer, resolveDir }) =>
      importer.includes("/node_modules/zod/") ? { path: join(resolveDir, "../locales/en.js") } : undefined,
    );
  },
};

/** The files of the bundle, by path from the root of the repository. */
export async function bundle(): Promise<ReadonlyMap<string, string>> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: ["src/entry/action/main.ts"],
    outfile: "action/index.js",
    bundle: true,
    platform: "node",
    target: "node24",
    format: "esm",
    minify: true,
    legalComments: "none",
    // Some dependencies are CommonJS and ask for Node's own modules by `require`.
    banner: {
      js: 'import{createRequire as daytwoRequire}from"node:module";const require=daytwoRequire(import.meta.url);',
    },
    plugins: [leaveOut],
    metafile: true,
    write: false,
    logLevel: "error",
  });
  const [file] = outputFiles;
  if (!file) throw new Error("esbuild made no file");
  return new Map([
    ["action/index.js", file.text],
    ["action/LICENSES.txt", licensesOf(Object.keys(metafile.inputs))],
  ]);
}

/** The licences of everything that was put in, which they ask to be passed on. */
function licensesOf(inputs: readonly string[]): string {
  const folders = new Set(
    inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0] ?? []),
  );
  const texts = [...folders].sort().map((folder) => {
    const path = join(root, folder);
    const { name, version, license } = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
    const file = readdirSync(path)
      .sort()
      .find((one) => /^(un)?licen[cs]e/i.test(one));
    const text = file ? readFileSync(join(path, file), "utf8").replaceAll("\r\n", "\n").trim() : "";
    return `${name} ${version} (${license})\n\n${text}`.trim();
  });
  return `${texts.join(`\n\n${"-".repeat(80)}\n\n`)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(join(root, "action"), { recursive: true });
  for (const [path, text] of await bundle()) {
    writeFileSync(join(root, path), text);
    console.log(`${path}: ${Math.round(Buffer.byteLength(text) / 1024)} KiB`);
  }
}
