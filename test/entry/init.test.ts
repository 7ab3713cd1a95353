import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { main } from "../../src/entry/cli.ts";
import { readRemote } from "../../src/entry/init/answers.ts";
import { loadConfigFrom } from "../../src/run/config.ts";
import { githubFaults } from "../engine/forms/github-rules.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

class Folder {
  readonly cwd = mkdtempSync(join(tmpdir(), "daytwo-init-"));
  env: Record<string, string> = { TZ: "America/Denver", LANG: "C.UTF-8" };
  /** What somebody types, a line a question; the questions they were asked. */
  answers: string[] | null = null;
  readonly asked: string[] = [];

  constructor() {
    folders.push(this.cwd);
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.cwd, path)), { recursive: true });
    writeFileSync(join(this.cwd, path), text);
  }

  read = (path: string): string => readFileSync(join(this.cwd, path), "utf8");

  /** All files by path, git's own left out. */
  files(): Record<string, string> {
    const paths = readdirSync(this.cwd, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.parentPath.includes("/.git/"))
      .map((entry) => join(entry.parentPath, entry.name).slice(this.cwd.length + 1));
    return Object.fromEntries(paths.sort().map((path) => [path, this.read(path)]));
  }

  git(...args: string[]): void {
    execFileSync("git", args, { cwd: this.cwd, stdio: "ignore" });
  }

  async run(...args: string[]) {
    let out = "";
    let err = "";
    const { answers } = this;
    const ask = async (question: string) => {
      this.asked.push(question);
      const next = answers?.shift();
      if (next === undefined) throw new Error(`nothing to answer ${question}`);
      return next;
    };
    const code = await main(args, {
      env: this.env,
      cwd: this.cwd,
      now: () => Date.UTC(2026, 10, 24),
      sleep: async () => undefined,
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      stdin: async () => "",
      terminal: false,
      ...(answers ? { ask } : {}),
    });
    // biome-ignore lint/suspicious/noExplicitAny: each test looks at its own document
    return { code, out, err, json: args.includes("--json") && out !== "" ? (JSON.parse(out) as any) : null };
  }

  config() {
    const read = loadConfigFrom(this.cwd);
    if (read.faults) throw new Error(read.faults.map(({ message }) => message).join("\n"));
    return read;
  }
}

const FLAGS = {
  github: [
    ...["--forge", "github", "--requests", "acme/access-requests", "--onboarding", "acme/people"],
    ...[
      "--team",
      "amber,meri,sam",
      "--dri",
      "amber,meri",
      "--country",
      "US",
      "--timezone",
      "America/New_York",
    ],
  ],
  gitlab: [
    ...["--forge", "gitlab", "--requests", "acme/ops/access-requests", "--onboarding", "acme/people"],
    ...["--team", "@zoe, jo.x", "--country", "DE-BY", "--timezone", "Europe/Berlin"],
  ],
} as const;

const SYSTEMS = [
  ...["chorus", "clari", "datafox", "leandata", "linkedin-sales-insights", "ringlead"],
  ...["salesforce", "salesforce-inbox"],
];

describe.each(["github", "gitlab"] as const)("init --yes on %s", (forge) => {
  it("writes a configuration that passes at once, with all that is beside it", async () => {
    const folder = new Folder();
    const { code, json, err } = await folder.run("init", "--yes", "--json", ...FLAGS[forge]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(json).toMatchObject({ left: [], extended: [] });
    expect(Object.keys(folder.files()).sort()).toEqual([...json.written].sort());
    const { config, notes } = folder.config();
    expect(notes).toEqual([]);
    expect([...config.systems.keys()].sort()).toEqual([...SYSTEMS].sort());
    expect(config.baselines.length).toBeGreaterThanOrEqual(5);
    expect((await folder.run("check")).code).toBe(0);
    expect(folder.read("daytwo.yml")).toMatch(
      /^# yaml-language-server: \$schema=\.\/schema\/daytwo\.schema\.json\n/,
    );
    expect(JSON.parse(folder.read("schema/daytwo.schema.json")).title).toBe("daytwo.yml");
    expect(folder.read(".gitignore")).toBe(".daytwo/\n");
  });

  it("puts the team in the place of the example's, everywhere", async () => {
    const folder = new Folder();
    await folder.run("init", "--yes", ...FLAGS[forge]);
    const { config } = folder.config();
    const handles = config.team.map(({ handle }) => handle);
    expect(handles).toEqual(forge === "github" ? ["amber", "meri", "sam"] : ["zoe", "jo.x"]);
    for (const { provisioners, deprovisioners, owner } of config.systems.values()) {
      expect(provisioners.length).toBeGreaterThanOrEqual(2);
      expect(deprovisioners.length).toBeGreaterThanOrEqual(1);
      for (const one of [...provisioners, ...deprovisioners, owner]) expect(handles).toContain(one);
    }
  });

  it("does nothing the second time, and says so", async () => {
    const folder = new Folder();
    await folder.run("init", "--yes", ...FLAGS[forge]);
    const before = folder.files();
    const { code, json } = await folder.run("init", "--yes", "--json", ...FLAGS[forge]);
    expect({ code, written: json.written, extended: json.extended }).toEqual({
      code: 0,
      written: [],
      extended: [],
    });
    expect(json.left).toEqual(expect.arrayContaining(["daytwo.yml", ".gitignore"]));
    expect(folder.files()).toEqual(before);
    expect((await folder.run("init")).out).toContain("left as it was");
  });

  it("does not bring back what was thrown out", async () => {
    const folder = new Folder();
    await folder.run("init", "--yes", ...FLAGS[forge]);
    rmSync(join(folder.cwd, "systems/clari.yml"));
    for (const [path, text] of Object.entries(folder.files())) {
      if (path.startsWith("baselines/")) folder.write(path, text.replace(/^ {2}clari: .*\n/m, ""));
    }
    rmSync(join(folder.cwd, "for-the-onboarding-project"), { recursive: true });
    const { json } = await folder.run("init", "--yes", "--json");
    expect(json.written).toEqual([]);
  });

  it("makes forms anew that were deleted, from the configuration as it is by then", async () => {
    const folder = new Folder();
    await folder.run("init", "--yes", ...FLAGS[forge]);
    folder.write("systems/gong.yml", "name: Gong\n");
    const form =
      forge === "github"
        ? ".github/ISSUE_TEMPLATE/access-request.yml"
        : ".gitlab/issue_templates/Access request.md";
    expect(folder.read(form)).not.toContain("Gong");
    rmSync(join(folder.cwd, form));
    const { json } = await folder.run("init", "--yes", "--json");
    expect(json.written).toEqual([form]);
    expect(folder.read(form)).toContain("Gong");
  });
});

describe("what is written for each forge", () => {
  it("GitHub: issue forms by its rules, and workflows", async () => {
    const folder = new Folder();
    await folder.run("init", "--yes", ...FLAGS.github);
    const files = folder.files();
    const forms = Object.keys(files).filter((path) => /ISSUE_TEMPLATE\/(?!config)/.test(path));
    expect(forms).toEqual([
      ".github/ISSUE_TEMPLATE/access-request.yml",
      ".github/ISSUE_TEMPLATE/bulk-access-request.yml",
      "for-the-onboarding-project/.github/ISSUE_TEMPLATE/offboarding.yml",
      "for-the-onboarding-project/.github/ISSUE_TEMPLATE/onboarding.yml",
    ]);
    for (const form of forms) expect(githubFaults(files[form] ?? ""), form).toEqual([]);
    const workflows = Object.keys(files).filter((path) => path.startsWith(".github/workflows/"));
    expect(workflows.length).toBeGreaterThanOrEqual(3);
    expect(Object.keys(files).some((path) => path.includes("gitlab"))).toBe(false);
  });

  it("GitLab: description templates, and CI that includes the jobs, unless there is CI already", async () => {
    const folder = new Folder();
    await folder.run("init", "--yes", ...FLAGS.gitlab);
    expect(existsSync(join(folder.cwd, ".gitlab/issue_templates/Bulk access request.md"))).toBe(true);
    const { include } = parse(folder.read(".gitlab-ci.yml"));
    expect(existsSync(join(folder.cwd, include[0].local))).toBe(true);
    expect(Object.keys(folder.files()).some((path) => path.startsWith(".github/"))).toBe(false);

    const other = new Folder();
    other.write(".gitlab-ci.yml", "test:\n  script: make\n");
    const { json } = await other.run("init", "--yes", "--json", ...FLAGS.gitlab);
    expect(json.left).toEqual([".gitlab-ci.yml"]);
    expect(json.next.join("\n")).toMatch(/\.gitlab-ci\.yml.*daytwo\.gitlab-ci\.yml/);
    expect(other.read(".gitlab-ci.yml")).toBe("test:\n  script: make\n");
  });

  it("one project for both: all forms in it", async () => {
    const folder = new Folder();
    await folder.run("init", "--yes", "--requests", "acme/ops", "--team", "amber");
    expect(existsSync(join(folder.cwd, "for-the-onboarding-project"))).toBe(false);
    expect(existsSync(join(folder.cwd, ".github/ISSUE_TEMPLATE/offboarding.yml"))).toBe(true);
    const none = new Folder();
    await none.run("init", "--yes", "--requests", "acme/ops", "--onboarding", "none", "--team", "amber");
    expect(none.config().config.onboarding).toBe(false);
    expect(existsSync(join(none.cwd, ".github/ISSUE_TEMPLATE/onboarding.yml"))).toBe(false);
  });
});

describe("what is there stays", () => {
  it("files, byte for byte, also where they come to be part of the configuration", async () => {
    const folder = new Folder();
    const mine = {
      "systems/chorus.yml": "name: Our Chorus\r\n",
      ".github/ISSUE_TEMPLATE/config.yml": "blank_issues_enabled: true\n",
      "issue-templates/general.md": "---\nname: Mine\ntitle: Mine\n---\nMine\n",
      "notes.md": "x",
    };
    for (const [path, text] of Object.entries(mine)) folder.write(path, text);
    folder.write(".gitignore", "node_modules\n.env");
    const { json } = await folder.run("init", "--yes", "--json", ...FLAGS.github);
    expect(json.left.sort()).toEqual([
      ".github/ISSUE_TEMPLATE/config.yml",
      "issue-templates/general.md",
      "systems/chorus.yml",
    ]);
    expect(json.extended).toEqual([".gitignore"]);
    expect(folder.files()).toMatchObject({ ...mine, ".gitignore": "node_modules\n.env\n.daytwo/\n" });
    expect(folder.read(".github/ISSUE_TEMPLATE/access-request.yml")).toContain("Our Chorus");
    expect((await folder.run("check")).code).toBe(0);
  });

  it("a link to somewhere else is not written through", async () => {
    const folder = new Folder();
    const elsewhere = join(folder.cwd, "..", `daytwo-target-${process.pid}`);
    symlinkSync(elsewhere, join(folder.cwd, ".gitlab-ci.yml"));
    const { json } = await folder.run("init", "--yes", "--json", ...FLAGS.gitlab);
    expect(json.left).toContain(".gitlab-ci.yml");
    expect(existsSync(elsewhere)).toBe(false);
  });

  it("a file in the place of a folder is told, and the rest comes once it is away", async () => {
    const folder = new Folder();
    folder.write("baselines", "notes of mine\n");
    const { code, err } = await folder.run("init", "--yes", ...FLAGS.github);
    expect({ code, err }).toEqual({
      code: 2,
      err: "daytwo: baselines cannot be used: a file stands where a folder is expected\n",
    });
    expect(folder.read("baselines")).toBe("notes of mine\n");
    rmSync(join(folder.cwd, "baselines"));
    expect((await folder.run("init", "--yes", ...FLAGS.github)).code).toBe(0);
    expect((await folder.run("check")).code).toBe(0);
  });

  it("a broken file of one's own is told, and nothing of it mended", async () => {
    const folder = new Folder();
    folder.write("systems/mine.yml", "nmae: Mine\n");
    const { code, json, err } = await folder.run("init", "--yes", "--json", ...FLAGS.github);
    expect(code).toBe(2);
    expect(json.errors[0]).toMatchObject({ file: "systems/mine.yml", line: 1 });
    expect(err).toContain("systems/mine.yml:1:1");
    expect(Object.keys(folder.files())).toEqual(["systems/mine.yml"]);
  });

  it("a configuration in .github is used as it is", async () => {
    const folder = new Folder();
    folder.write(
      ".github/daytwo.yml",
      "projects: { requests: { forge: github, repo: a/b } }\ncalendar: { country: GB }\nteam: [{ handle: amber }]\nonboarding: false\n",
    );
    const { json } = await folder.run("init", "--yes", "--json", ...FLAGS.gitlab);
    expect(json.left).toEqual([".github/daytwo.yml"]);
    expect(json.written).toContain(".github/ISSUE_TEMPLATE/access-request.yml");
    expect(existsSync(join(folder.cwd, "daytwo.yml"))).toBe(false);
  });
});

describe("what can be found out is not asked", () => {
  it.each([
    ["git@github.com:acme/access-requests.git", "github", "acme/access-requests", ""],
    ["https://github.com/acme/access-requests", "github", "acme/access-requests", ""],
    ["git@gitlab.com:acme/ops/requests.git", "gitlab", "acme/ops/requests", ""],
    ["https://gitlab.example.com/acme/requests.git", "gitlab", "acme/requests", "https://gitlab.example.com"],
    [
      "ssh://git@gitlab.example.com:2222/acme/requests.git",
      "gitlab",
      "acme/requests",
      "https://gitlab.example.com",
    ],
    ["git@github.example.com:acme/requests.git", "github", "acme/requests", "https://github.example.com"],
    ["git@github-work:acme/requests.git", "github", "acme/requests", ""],
  ])("origin %s", async (origin, forge, name, url) => {
    const folder = new Folder();
    folder.git("init", "-q");
    folder.git("remote", "add", "origin", origin);
    expect((await folder.run("init", "--yes", "--team", "amber")).code).toBe(0);
    const { requests } = folder.config().config.projects;
    expect(requests).toEqual({
      forge,
      ...(forge === "github" ? { repo: name } : { project: name }),
      ...(url === "" ? {} : { url }),
    });
  });

  it.each([["/srv/git/x.git"], ["file:///srv/x"], ["git@github.com:x.git"], ["https://github.com/"], [""]])(
    "%j is no project",
    (address) => {
      expect(readRemote(address)).toBeNull();
    },
  );

  it.each([
    [{ LANG: "de_AT.UTF-8", TZ: "UTC" }, "AT", "Europe/Vienna"],
    [{ LANG: "en_US.UTF-8", TZ: "UTC" }, "US", "America/New_York"],
    [{ LANG: "C.UTF-8", TZ: "Asia/Tokyo" }, "US", "Asia/Tokyo"],
    [{ LC_ALL: "fr_FR", LANG: "en_US", TZ: "Europe/Paris" }, "FR", "Europe/Paris"],
  ])("%j: country and zone", async (env, country, zone) => {
    const folder = new Folder();
    folder.env = env as Record<string, string>;
    await folder.run("init", "--yes", "--requests", "acme/requests", "--team", "amber");
    const { config } = folder.config();
    expect([config.calendar.country, config.timezone]).toEqual([country, zone]);
  });

  it("with nothing to go by it takes examples, and says what to put right", async () => {
    const folder = new Folder();
    const { code, json } = await folder.run("init", "--yes", "--json");
    expect(code).toBe(0);
    expect(json.next.slice(0, 2).join("\n")).toMatch(/acme\/access-requests.*example[\s\S]*handles/);
    expect((await folder.run("check")).code).toBe(0);
  });
});

describe("flags that cannot be", () => {
  it.each([
    ["--forge", "gitea", /--forge: found "gitea", expected github or gitlab/],
    ["--requests", "just-a-name", /--requests: found "just-a-name", expected a repository as owner\/name/],
    ["--onboarding", "a b/c", /--onboarding: /],
    ["--team", "am ber!", /--team: .*"ber!"/],
    ["--dri", "nobody", /--dri: nobody: expected some of amber/],
    ["--country", "Atlantis", /--country: .*ISO 3166-1/],
    ["--timezone", "Europe/Londn", /--timezone: .*Europe\/London/],
    ["--url", "ftp://x", /--url: /],
  ])("%s %s", async (flag, value, expected) => {
    const folder = new Folder();
    const base = { "--requests": "acme/requests", "--team": "amber", [flag]: value };
    const { code, err, json } = await folder.run("init", "--yes", "--json", ...Object.entries(base).flat());
    expect(code).toBe(2);
    expect(err).toMatch(expected);
    expect(json.errors[0].path).toBe(flag);
    expect(folder.files()).toEqual({});
  });

  it("a line break or YAML in an answer stays text", async () => {
    const folder = new Folder();
    for (const team of ['a"b', "x}", "a: b", "*x", "no\n  - { handle: eve }"]) {
      const { code } = await folder.run("init", "--yes", "--requests", "acme/requests", "--team", team);
      const read = loadConfigFrom(folder.cwd);
      if (code === 0) expect(read.config?.team.map(({ handle }) => handle)).not.toContain("eve");
      else expect(folder.files()).toEqual({});
    }
    const word = new Folder();
    expect((await word.run("init", "--yes", "--requests", "acme/requests", "--team", "no,on,123")).code).toBe(
      0,
    );
    expect(word.config().config.team.map(({ handle }) => handle)).toEqual(["no", "on", "123"]);
  });
});

describe("the conversation", () => {
  it("asks what flags do not say, takes what is at hand, and asks again what cannot be", async () => {
    const folder = new Folder();
    folder.answers = [
      "gitbucket", // forge: no such
      "GitLab",
      "nogroup", // a project needs a group
      "acme/ops/requests",
      "", // onboarding: the same
      "zoe, @jo",
      "eve", // not of the team
      "jo",
      "Germany?", // no code
      "de",
    ];
    const { code, out, err } = await folder.run("init", "--timezone", "Europe/Berlin");
    expect(code).toBe(0);
    const { config } = folder.config();
    expect(config.projects.requests).toEqual({ forge: "gitlab", project: "acme/ops/requests" });
    expect(config.projects.onboarding).toEqual({ forge: "gitlab", project: "acme/ops/requests" });
    expect(config.team.map(({ handle, dri }) => [handle, dri])).toEqual([
      ["zoe", false],
      ["jo", true],
    ]);
    expect(config.calendar.country).toBe("DE");
    expect(config.timezone).toBe("Europe/Berlin");
    expect(folder.asked.join("\n")).not.toContain("time zone");
    expect(err).toMatch(
      /found "gitbucket"[\s\S]*group\/name[\s\S]*expected some of zoe, jo[\s\S]*ISO 3166-1/,
    );
    expect(out).toContain("Next");
    expect(folder.answers).toEqual([]);
  });

  it("needs somebody to answer", async () => {
    const folder = new Folder();
    const { code, err } = await folder.run("init");
    expect(code).toBe(2);
    expect(err).toContain("--yes");
    expect(folder.files()).toEqual({});
  });
});
