/**
 * Completes package-lock.json after `npm install`: `npm run lock`. Adds nothing where nothing is missing.
 *
 * npm leaves out optional packages of other platforms where the registry it asks does not carry them, and
 * `npm ci` then refuses the lockfile everywhere: they are added with what their parent says of them. And npm
 * does not write down that a package wants no compiling (`gypfile: false`), so that `npm ci` would compile what
 * comes compiled already, on machines that have no compiler.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const root = new URL("../", import.meta.url);
const file = new URL("package-lock.json", root);

/** Which of these words a package's name has says what it is for. */
const WORDS = {
  os: ["android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"],
  cpu: ["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "wasm32", "x64"],
  libc: ["glibc", "musl"],
};
/** The same under other names. */
const ALIASES = { gnu: "glibc", gnueabihf: "glibc", musleabihf: "musl", windows: "win32" };

const lock = JSON.parse(readFileSync(file, "utf8"));
const { packages } = lock;
for (const { place, name, version } of missingFrom(packages)) {
  const { dev, license } = packages[place];
  const words = name.split(/[/.-]/).map((word) => ALIASES[word] ?? word);
  const fits = Object.entries(WORDS).map(([what, known]) => [
    what,
    known.filter((word) => words.includes(word)),
  ]);
  const { os = [], cpu = [], libc = [] } = Object.fromEntries(fits);
  if (os.length !== 1 || cpu.length !== 1 || !/^\d+\.\d+\.\d+/.test(version)) {
    throw new Error(
      `${name}@${version}, wanted by ${place}: its platform cannot be told; add it to package-lock.json by hand`,
    );
  }
  packages[`node_modules/${name}`] = {
    version,
    cpu,
    ...(dev ? { dev } : {}),
    ...(libc.length > 0 ? { libc } : {}),
    ...(license ? { license } : {}),
    optional: true,
    os,
  };
  console.log(`added ${name}@${version}`);
}
for (const [place, entry] of Object.entries(packages)) {
  const installed = new URL(`${place}/package.json`, root);
  if (place === "" || !existsSync(installed)) continue;
  if (JSON.parse(readFileSync(installed, "utf8")).gypfile === false) entry.gypfile = false;
}
const sorted = Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, "en"));
writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);

/** Optional dependencies that no entry stands for. */
function* missingFrom(all) {
  for (const [place, { optionalDependencies = {} }] of Object.entries(all)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      if (!isThere(all, place, name)) yield { place, name, version };
    }
  }
}

/** Looked for as Node does: in the package's own node_modules, then in those of the folders around it. */
function isThere(all, place, name) {
  for (let folder = place; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("node_modules/") - 1))) {
    if (all[`${folder === "" ? "" : `${folder}/`}node_modules/${name}`]) return true;
    if (folder === "" || !folder.includes("node_modules/")) return Boolean(all[`node_modules/${name}`]);
  }
}
