/** The shape that docs/architecture.md tells of, held against the sources. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, posix, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { policies } from "../src/policies/index.ts";
import type { Policy } from "../src/policies/policy.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

interface Import {
  readonly from: string;
  /** A path from the root for our own modules, else the name of the package. */
  readonly to: string;
  /** Gone once types are stripped. */
  readonly typeOnly: boolean;
}

const IMPORT =
  /(?:^|[\n;])\s*(?:import|export)\b([^;"']*?)\bfrom\s+"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)|\bimport\s+"([^"]+)"/g;

const sources = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })
  .map((path) => `src/${path.replaceAll("\\", "/")}`)
  .filter((path) => path.endsWith(".ts"))
  .sort();
const imports = sources.flatMap(importsOf);

function importsOf(from: string): Import[] {
  const code = withoutComments(read(from));
  return [...code.matchAll(IMPORT)].map(([, clause = "", named, later, bare]) => {
    const to = named ?? later ?? bare ?? "";
    const local = to.startsWith(".") ? posix.join(dirname(from), to) : to;
    return { from, to: local, typeOnly: isTypeOnly(clause) };
  });
}

/** `import type …`, or every name in the braces marked as a type. */
function isTypeOnly(clause: string): boolean {
  if (/^\s*type\b/.test(clause)) return true;
  const names = /^\s*\{([^}]*)\}\s*$/
    .exec(clause)?.[1]
    ?.split(",")
    .filter((name) => name.trim() !== "");
  return names?.every((name) => /^\s*type\s/.test(name)) ?? false;
}

/** Strings are left alone: a `//` in one is an address, not a comment. */
function withoutComments(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\/|(?<![:"'`\w])\/\/[^\n]*/g, (comment) =>
    comment.replace(/[^\n]/g, ""),
  );
}

/**
 * What each part may import of the others, in reading order. A part may always import itself. The files right in
 * `src/forge` are the port with its further faces; a folder there is a concrete forge.
 */
const MAY: Readonly<Record<string, readonly RegExp[]>> = {
  "src/model.ts": [],
  "src/engine/": [/^src\/model\.ts$/],
  "src/policies/": [/^src\/model\.ts$/, /^src\/engine\//],
  "src/plan/": [/^src\/model\.ts$/, /^src\/engine\//, /^src\/policies\//],
  "src/forge/": [/^src\/model\.ts$/, /^src\/engine\/text\//],
  "src/run/": [/^src\/model\.ts$/, /^src\/(engine|policies|plan)\//, /^src\/forge\/[a-z]+\.ts$/],
  "src/report/": [/^src\/model\.ts$/, /^src\/(engine|policies|plan|run)\//, /^src\/forge\/[a-z]+\.ts$/],
  "src/sandbox/": [/^src\/model\.ts$/, /^src\/engine\/text\//, /^src\/forge\/memory\//],
  "src/entry/": [/^src\//],
};
const partOf = (path: string): string => Object.keys(MAY).find((part) => path.startsWith(part)) ?? "";
const PURE = ["src/model.ts", "src/engine/", "src/policies/", "src/plan/"];

describe("imports", () => {
  it("finds them", () => {
    expect(imports.length).toBeGreaterThan(sources.length);
    for (const { from, to } of imports)
      if (to.startsWith("src/")) expect(existsSync(join(ROOT, to)), `${to} in ${from}`).toBe(true);
  });

  it("go along the arrows only", () => {
    const against = imports.filter(({ from, to }) => {
      if (!to.startsWith("src/") || partOf(to) === partOf(from)) return false;
      return !(MAY[partOf(from)] ?? []).some((allowed) => allowed.test(to));
    });
    expect(against.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
  });

  it("keep the forges apart", () => {
    const adapter = (path: string) => /^src\/forge\/(memory|github|gitlab)\//.exec(path)?.[1];
    const across = imports.filter(({ from, to }) => {
      const [here, there] = [adapter(from), adapter(to)];
      return here && there && here !== there;
    });
    expect(across.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
    const fromPort = imports.filter(({ from, to }) => from === "src/forge/forge.ts" && adapter(to));
    expect(fromPort).toEqual([]);
  });

  it("make no circle when the program runs", () => {
    const next = Map.groupBy(
      imports.filter(({ typeOnly, to }) => !typeOnly && to.startsWith("src/")),
      ({ from }) => from,
    );
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (path: string, way: readonly string[]): void => {
      const at = way.indexOf(path);
      if (at >= 0) circles.push([...way.slice(at), path].join(" → "));
      if (at >= 0 || done.has(path)) return;
      for (const { to } of next.get(path) ?? []) visit(to, [...way, path]);
      done.add(path);
    };
    for (const path of sources) visit(path, []);
    expect(circles).toEqual([]);
  });
});

describe("the pure parts", () => {
  const pure = sources.filter((path) => PURE.some((part) => path.startsWith(part)));

  it("import nothing of Node.js", () => {
    const builtins = imports.filter(({ from, to }) => pure.includes(from) && to.startsWith("node:"));
    expect(builtins.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
  });

  it.each([
    ["the clock", /\bDate\.now\b|\bnew Date\(\)|\bperformance\b/],
    ["chance", /\bMath\.random\b|\bcrypto\b/],
    ["the process", /\bprocess\.|\bconsole\./],
    ["the network", /(?<![\w.])fetch\(/],
    ["timers", /\bset(?:Timeout|Interval|Immediate)\b/],
  ])("do without %s", (_, used) => {
    expect(pure.filter((path) => used.test(withoutComments(read(path))))).toEqual([]);
  });
});

describe("policies", () => {
  const files = readdirSync(join(ROOT, "src/policies")).filter((name) => name.endsWith(".ts"));
  const isPolicy = (value: unknown): value is Policy =>
    typeof value === "object" && value !== null && "propose" in value && "explain" in value;

  it("are in the registry, each in the file of its name", async () => {
    const found: { file: string; policy: Policy }[] = [];
    for (const file of files.filter((name) => name !== "index.ts")) {
      const module: Record<string, unknown> = await import(/* @vite-ignore */ `${ROOT}src/policies/${file}`);
      for (const policy of Object.values(module).filter(isPolicy)) found.push({ file, policy });
    }
    expect(new Set(found.map(({ policy }) => policy))).toEqual(new Set(policies));
    for (const { file, policy } of found) expect(policy.name).toBe(basename(file, ".ts"));
    expect(new Set(policies.map(({ name }) => name)).size).toBe(policies.length);
  });
});

describe("the repository", () => {
  const tracked = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: ROOT,
    encoding: "utf8",
  })
    .split("\n")
    .filter((path) => path !== "" && existsSync(join(ROOT, path)));

  it("has no link to a page that is not there", () => {
    const dead = tracked
      .filter(
        (path) => path.endsWith(".md") && !path.startsWith("issue-templates/") && !path.startsWith("test/"),
      )
      .flatMap((path) =>
        linksOf(read(path))
          .filter((link) => !leads(path, link))
          .map((link) => `${path}: ${link}`),
      );
    expect(dead).toEqual([]);
  });

  it("names no folder of the machine it was written on", () => {
    // A folder right below the root may have any word's name.
    const own = [ROOT.replace(/\/$/, ""), homedir()].filter((path) => path.split("/").length > 2);
    const machine = [...own, ["", "work", ""].join("/"), ["", "root", ""].join("/")];
    const text = tracked.filter((path) => !/\.(png|ico|gz|tgz)$/.test(path));
    const telling = text.flatMap((path) =>
      read(path)
        .split("\n")
        .flatMap((line, i) => (machine.some((folder) => mentions(line, folder)) ? [`${path}:${i + 1}`] : [])),
    );
    expect(telling).toEqual([]);
  });
});

/** As the beginning of a path, not somewhere in an address. */
function mentions(line: string, folder: string): boolean {
  for (let at = line.indexOf(folder); at >= 0; at = line.indexOf(folder, at + 1)) {
    if (!/[\w.\-}*/]/.test(line[at - 1] ?? "")) return true;
  }
  return false;
}

function linksOf(markdown: string): string[] {
  const prose = markdown.replace(/^(```|~~~)[\s\S]*?^\1/gm, "").replace(/`[^`\n]*`/g, "");
  const inText = [...prose.matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g)].map(([, link]) => link ?? "");
  const images = [...prose.matchAll(/\b(?:src|href)="([^"]+)"/g)].map(([, link]) => link ?? "");
  return [...inText, ...images].filter((link) => !/^[a-z]+:/i.test(link));
}

function leads(page: string, link: string): boolean {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? page : posix.join(dirname(page), decodeURI(path));
  if (!existsSync(resolve(ROOT, target))) return false;
  return anchor === undefined || !target.endsWith(".md") || anchorsOf(read(target)).has(anchor);
}

/** As GitHub makes them of headings. */
function anchorsOf(markdown: string): Set<string> {
  const headings = markdown.replace(/^```[\s\S]*?^```/gm, "").matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm);
  return new Set(
    [...headings].map(([, text = ""]) =>
      text
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .replace(/\s/g, "-"),
    ),
  );
}
