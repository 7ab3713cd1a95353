import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { referenceFiles } from "../../../tools/reference.ts";

const root = new URL("../../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");
const schema = (name: string) =>
  new Ajv2020({ strict: false }).compile(JSON.parse(read(`schema/${name}.schema.json`)));

describe("generated files", () => {
  it.each([...referenceFiles().keys()])("%s is not stale; npm run generate writes it", (path) => {
    expect(read(path)).toBe(referenceFiles().get(path));
  });
});

describe("the JSON schemas", () => {
  it("take the example and its files", () => {
    const config = schema("daytwo");
    expect(config(parse(read("examples/acme/daytwo.yml"))), JSON.stringify(config.errors)).toBe(true);
    const system = schema("system");
    expect(system(parse(read("examples/acme/systems/chorus.yml"))), JSON.stringify(system.errors)).toBe(true);
    const baseline = schema("baseline");
    expect(baseline(parse(read("examples/acme/baselines/account-executive.yml")))).toBe(true);
    const template = schema("template");
    const [, front = ""] = read("issue-templates/monthly-close.md").split("---\n");
    expect(template(parse(front)), JSON.stringify(template.errors)).toBe(true);
  });

  it.each([
    ["an unknown key", { timezne: "UTC" }],
    ["a wrong time", { hours: { from: "9:00" } }],
    ["day 0", { close: { open: 0 } }],
    ["an unknown word", { lifecycle: { close_incomplete: "maybe" } }],
    ["a handle with @", { trusted: ["@bot"] }],
  ])("refuse %s", (_, wrong) => {
    const right = { projects: { requests: { forge: "github", repo: "a/b" } }, team: [{ handle: "amber" }] };
    expect(schema("daytwo")(right)).toBe(true);
    expect(schema("daytwo")({ ...right, ...wrong })).toBe(false);
  });

  it("describe every key", () => {
    const bare: string[] = [];
    const walk = (node: unknown, path: string): void => {
      if (typeof node !== "object" || node === null) return;
      for (const [key, value] of Object.entries((node as { properties?: object }).properties ?? {})) {
        if (!(value as { description?: string }).description) bare.push(`${path}.${key}`);
      }
      for (const [key, value] of Object.entries(node)) walk(value, `${path}.${key}`);
    };
    for (const name of ["daytwo", "system", "baseline", "template"]) {
      walk(JSON.parse(read(`schema/${name}.schema.json`)), name);
    }
    expect(bare).toEqual([]);
  });
});
