import { afterEach, describe, expect, it } from "vitest";
import { Desk, type Ran } from "./desk.ts";

let desk: Desk;
afterEach(() => desk.close());
const begin = async () => {
  desk = await Desk.open("github");
  desk.hire();
};

function refused(ran: Ran): {
  message: string;
  found: string | null;
  nearest: string | null;
  path: string | null;
} {
  expect(ran.code).toBe(2);
  expect(ran.requests).toEqual([]);
  expect(ran.json.errors).toHaveLength(1);
  expect(Object.keys(ran.json.errors[0]).sort()).toEqual(
    ["column", "expected", "file", "found", "line", "message", "nearest", "path"].sort(),
  );
  expect(ran.err.trim().split("\n")).toHaveLength(1);
  return ran.json.errors[0];
}

describe("arguments that cannot be worked with end with 2", () => {
  it.each([
    "yesterday",
    "2026-13-01",
    "2026-11-24T25:00",
    "24.11.2026",
    "2026-02-30T09:00Z",
    "",
    "1764000000",
  ])("--at %j", async (at) => {
    await begin();
    // Told before a token is looked for.
    desk.env.GITHUB_TOKEN = undefined;
    for (const command of ["plan", "tick"]) {
      const error = refused(await desk.run(command, "--at", at, "--json"));
      expect(error).toMatchObject({ path: "--at", found: at });
      expect(error.message).toContain("2026-11-24T09:00:00Z");
    }
  });

  it.each([
    { args: ["tik"], nearest: "tick" },
    { args: ["aply", "x"], nearest: "apply" },
    { args: ["explan", "1"], nearest: "explain" },
  ])("an unknown command names the nearest: $args", async ({ args, nearest }) => {
    await begin();
    const error = refused(await desk.run(...args, "--json"));
    expect(error).toMatchObject({ found: args[0], nearest });
    expect(error.message).toContain(nearest);
  });

  it.each([
    { args: ["labels", "snyc"], found: "labels snyc", nearest: "labels sync" },
    { args: ["help", "dril"], found: "dril", nearest: "drill" },
  ])("so does one behind another: $args", async ({ args, found, nearest }) => {
    await begin();
    const error = refused(await desk.run(...args, "--json"));
    expect(error).toMatchObject({ found, nearest });
    expect(error.message).toContain(nearest);
  });

  it.each([
    { args: ["tick", "--catchup"], found: "--catchup", nearest: "--catch-up" },
    { args: ["plan", "--isue", "1"], found: "--isue", nearest: "--issue" },
    { args: ["check", "--confg", "x"], found: "--confg", nearest: "--config" },
  ])("an unknown option names the nearest: $args", async ({ args, found, nearest }) => {
    await begin();
    const error = refused(await desk.run(...args, "--json"));
    expect(error).toMatchObject({ found, nearest });
    expect(error.message).toContain(nearest);
  });

  it.each([
    [["apply"], "file"],
    [["explain"], "issue"],
    [["handle", "--event", "issues"], "--payload"],
    [["handle", "--payload", "-"], "--event"],
    [["plan", "--at"], "--at"],
    [["apply", "a.json", "b.json"], "apply"],
  ])("something missing, or one too many: %j", async (args, names) => {
    await begin();
    expect(refused(await desk.run(...args, "--json")).message).toContain(names);
  });

  it("plan --issue of another project, or of none", async () => {
    await begin();
    for (const ref of ["other/project#1", "people", "0", "-1", "1.5"]) {
      const ran = await desk.run("plan", `--issue=${ref}`, "--json");
      expect(refused(ran)).toMatchObject({ path: "issue", found: ref });
    }
  });

  it("plan --issue of one that is not there", async () => {
    await begin();
    const ran = await desk.run("plan", "--issue", "onboarding#77", "--json");
    expect(ran.code).toBe(2);
    expect(ran.json.errors).toMatchObject([
      { path: "issue", found: "onboarding#77", message: "There is no issue acme/people#77." },
    ]);
  });

  it("without --json the same on stderr alone", async () => {
    await begin();
    const ran = await desk.run("tik");
    expect(ran).toMatchObject({ code: 2, out: "" });
    expect(ran.err).toMatch(/^daytwo: .*tik.*tick/);
  });
});

describe("help and version end with 0", () => {
  it.each([["--help"], ["-h"], ["help"], ["--version"], ["-V"], ["tick", "--help"], ["help", "tick"]])(
    "%s",
    async (...args) => {
      await begin();
      const ran = await desk.run(...args);
      expect(ran.code).toBe(0);
      expect(ran.out.length).toBeGreaterThan(3);
      expect(ran.err).toBe("");
      expect(ran.requests).toEqual([]);
    },
  );

  it("every command has help with examples that parse", async () => {
    await begin();
    const { out } = await desk.run("--help");
    const names = [...out.matchAll(/^ {2}([a-z]+)(?: \[options\])?(?: <\w+>)?(?: {2,}|$)/gm)].map(
      ([, name]) => name ?? "",
    );
    for (const name of ["check", "plan", "apply", "tick", "handle", "explain"]) expect(names).toContain(name);
    for (const name of names.filter((one) => one !== "help")) {
      const help = await desk.run(name, "--help");
      expect(help.code, name).toBe(0);
      // A group of commands has them with its members.
      const [, member] = /^Commands:\n {2}(\w+)/m.exec(help.out) ?? [];
      const shown = member ? await desk.run(name, member, "--help") : help;
      expect(shown.out, name).toContain(`$ daytwo ${name}`);
    }
  });

  it("no command at all says what there is", async () => {
    await begin();
    const ran = await desk.run();
    expect(ran.code).toBe(2);
    expect(ran.out + ran.err).toContain("tick");
  });
});

describe("a broken configuration ends with 2 and all its faults at their places", () => {
  it("as file:line:column lines, and as JSON", async () => {
    await begin();
    desk.write(
      "daytwo.yml",
      "timezon: Mars\nteam:\n  - { handle: amber, dri: maybe }\nprojects:\n  requests: { forge: githib, repo: acme/x }\n",
    );
    desk.write("systems/salesforce.yml", "name: Salesforce\ntir: 1\n");
    for (const command of [["check"], ["plan"], ["tick"], ["explain", "1"]]) {
      const ran = await desk.run(...command, "--json");
      expect(ran.code).toBe(2);
      const errors: {
        file: string;
        line: number;
        column: number;
        nearest: string | null;
        message: string;
      }[] = ran.json.errors;
      expect(errors.length).toBeGreaterThanOrEqual(4);
      expect(errors).toContainEqual(
        expect.objectContaining({ file: "daytwo.yml", line: 1, column: 1, nearest: "timezone" }),
      );
      expect(errors).toContainEqual(
        expect.objectContaining({ file: "daytwo.yml", line: 5, nearest: "github" }),
      );
      expect(errors).toContainEqual(
        expect.objectContaining({ file: "systems/salesforce.yml", line: 2, nearest: "tier" }),
      );
      const lines = ran.err.trim().split("\n");
      expect(lines).toEqual(
        errors.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`),
      );
      expect(ran.requests).toEqual([]);
    }
  });

  it("none at all, and one that --config names and is not there", async () => {
    await begin();
    for (const args of [
      ["--config", "nowhere.yml"],
      ["--config", "systems"],
    ]) {
      const ran = await desk.run("tick", ...args, "--json");
      expect(ran.code).toBe(2);
      expect(ran.json.errors[0].file).toBe(args[1]);
    }
  });

  it("one elsewhere is used when --config names it", async () => {
    await begin();
    desk.write(
      "elsewhere/daytwo.yml",
      "team: [{ handle: amber }]\nprojects: { requests: { forge: github, repo: acme/other } }\n",
    );
    const { code, out } = await desk.run("check", "--config", "elsewhere/daytwo.yml");
    expect(code).toBe(0);
    expect(out).toContain("acme/other");
  });
});
