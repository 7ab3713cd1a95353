/** What is published stands under licences that allow it, and every dependency has its reason written down. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");

interface Entry {
  readonly license?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
}

const manifest: { dependencies: Record<string, string>; devDependencies: Record<string, string> } =
  JSON.parse(read("package.json"));
const packages: Record<string, Entry> = JSON.parse(read("package-lock.json")).packages;
const page = read("docs/dependencies.md");

const ALLOWED = new Set(
  "MIT ISC BSD-2-Clause BSD-3-Clause Apache-2.0 0BSD Unlicense CC0-1.0 PSF-2.0 MPL-2.0 CC-BY-3.0".split(" "),
);

/** `(A AND B)`: both must do; `(A OR B)`: one. */
const isAllowed = (licence: string): boolean => {
  const terms = licence.replace(/[()]/g, "").split(/\s+(AND|OR)\s+/);
  const names = terms.filter((term) => term !== "AND" && term !== "OR");
  return terms.includes("OR")
    ? names.some((name) => ALLOWED.has(name))
    : names.every((name) => ALLOWED.has(name));
};

it("publishes nothing under a licence that is not allowed", () => {
  const published = Object.entries(packages).filter(
    ([path, { dev, link }]) => path.startsWith("node_modules/") && !dev && !link,
  );
  expect(published.length).toBeGreaterThan(50);
  const refused = published.filter(
    ([path, { license }]) => !path.includes("node_modules/node-") && !isAllowed(license ?? "none"),
  );
  expect(refused.map(([path, { license }]) => `${path}: ${license}`)).toEqual([]);
});

const direct = { ...manifest.dependencies, ...manifest.devDependencies };
/** Rows of the page's tables: packages and licence. */
const rows = [...page.matchAll(/^\| (`[^|]+`) \| ([^|]+) \|/gm)].flatMap(([, names = "", licence = ""]) =>
  [...names.matchAll(/`([^`]+)`/g)].map(([, name = ""]): [string, string] => [name, licence.trim()]),
);

describe("docs/dependencies.md", () => {
  it("has a row for each dependency and no other", () => {
    expect(rows.map(([name]) => name).sort()).toEqual(Object.keys(direct).sort());
  });

  it("names the licence each has", () => {
    const wrong = rows.filter(
      ([name, licence]) => packages[`node_modules/${name}`]?.license?.replace(/[()]/g, "") !== licence,
    );
    expect(wrong).toEqual([]);
  });
});

it("pins every dependency to one version", () => {
  const loose = Object.entries(direct).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version));
  expect(loose).toEqual([]);
});
