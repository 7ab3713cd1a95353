/** What the README tells a newcomer to type works as it stands. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../src/engine/config/load.ts";
import { memoryFiles } from "../src/engine/config/source.ts";
import { readHire } from "../src/engine/hire.ts";
import { main } from "../src/entry/cli.ts";
import { shippedTemplates } from "../src/run/config.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

/** Blocks of code in this language, without their indent. */
const blocks = (lang: string): string[] =>
  [...readme.matchAll(new RegExp(`^( *)\`\`\`${lang}\\n([\\s\\S]*?)^ *\`\`\``, "gm"))].map(
    ([, indent = "", code = ""]) => code.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  );

function quickStart() {
  const files = Object.fromEntries(
    blocks("yaml").map((code) => [/^# ([\w./-]+)/.exec(code)?.[1] ?? "", code]),
  );
  return loadConfig(memoryFiles(files, shippedTemplates()), "daytwo.yml");
}

describe("the quick start", () => {
  it("has a configuration that loads", () => {
    const loaded = quickStart();
    expect("faults" in loaded ? loaded.faults : []).toEqual([]);
    expect(loaded).toMatchObject({ config: { baselines: [{ role: "Account Executive" }] } });
  });

  it("has an onboarding issue that reads as a hire", () => {
    const loaded = quickStart();
    if ("faults" in loaded || !loaded.config.onboarding) throw new Error("the configuration does not load");
    const [body = ""] = blocks("markdown");
    const reading = readHire(body, loaded.config, loaded.config.onboarding);
    expect(reading).toMatchObject({
      hire: { name: "Ada Lovelace", role: "Account Executive", day: "2026-11-26" },
    });
  });

  it("gives GitLab's project and server in a form that loads", () => {
    const [, project = ""] = /On GitLab a project is `([^`]+)`/.exec(readme) ?? [];
    const withUrl = project.replace(" }", ", url: https://gitlab.example.com }");
    const text = `projects: { requests: ${withUrl} }\nteam: [{ handle: amber }]\n`;
    expect(loadConfig(memoryFiles({ "daytwo.yml": text }, shippedTemplates()), "daytwo.yml")).toHaveProperty(
      "config",
    );
  });
});

it("lists every command there is, and no other", async () => {
  let help = "";
  const out = (text: string) => {
    help += text;
  };
  const io = {
    env: {},
    cwd: ".",
    now: () => 0,
    sleep: async () => undefined,
    out,
    err: out,
    stdin: async () => "",
    terminal: false,
  };
  expect(await main(["--help"], io)).toBe(0);
  const [, list = ""] = /^Commands:\n([\s\S]*?)\n\n/m.exec(help) ?? [];
  const there = [...list.matchAll(/^ {2}([a-z]+)/gm)]
    .map(([, name]) => name)
    .filter((name) => name !== "help");
  const [, section = ""] = /^## Commands\n([\s\S]*?)\n\| exit code/m.exec(readme) ?? [];
  const told = [...section.matchAll(/^\| `([a-z]+)/gm)].map(([, name]) => name);
  expect(told.sort()).toEqual(there.sort());
});
