import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { evidenceRecord } from "../../src/engine/evidence/record.ts";
import { boxes } from "../../src/engine/text/markdown.ts";
import { Desk, REQUESTS, writes } from "./desk.ts";

const FORM = `<!-- daytwo:form:access-request -->

### Full name

Grace Hopper

### Work email

grace@example.com

### Role

Account Executive

### Region

EMEA

### Manager

@meri

### Systems

- [x] Salesforce

### Justification

New in the team.
`;

describe.each(["github", "gitlab"] as const)("daytwo evidence on %s", (kind) => {
  let desk: Desk;
  let hire: number;
  let filed: number;
  const read = (path: string) => JSON.parse(readFileSync(join(desk.cwd, "evidence", path), "utf8"));
  const HOUR = 3_600_000;

  beforeEach(async () => {
    desk = await Desk.open(kind);
    desk.hire();
    await desk.run("tick");
    hire = Math.max(...desk.memory.project(REQUESTS).issues.keys());
    desk.now += HOUR;
    desk.memory.by("amber").assign(REQUESTS, hire);
    await desk.run("tick");
    for (const { text } of boxes(desk.memory.issue(REQUESTS, hire).body)) {
      desk.now += HOUR / 10;
      desk.memory.by(text.includes("profile") ? "sam" : "amber").tick(REQUESTS, hire, text);
    }
    await desk.run("tick");
    filed = desk.memory.by("mallory").open(REQUESTS, { title: "Access for Grace", body: FORM });
    await desk.run("tick");
    desk.now += HOUR;
    desk.memory.by("meri").comment(REQUESTS, filed, "/ar approve");
    await desk.run("tick");
  });
  afterEach(() => desk.close());

  const month = () => new Date(desk.now).toISOString().slice(0, 7);
  const bundle = (...more: string[]) =>
    desk.run("evidence", "--month", month(), "--out", "evidence", "--json", ...more);

  test("tells who asked, approved, granted and ticked, and when; reads only", async () => {
    const before = desk.snapshot();
    const ran = await bundle();
    expect(ran.code).toBe(0);
    expect(writes(ran)).toEqual([]);
    expect(desk.snapshot()).toBe(before);
    expect(ran.json.files.map(({ path }: { path: string }) => path)).toEqual([
      `hire/${hire}.json`,
      `request/${filed}.json`,
      "summary.md",
    ]);

    const ofHire = evidenceRecord.parse(read(`hire/${hire}.json`));
    expect(ofHire.asked.by).toBe("daytwo-bot");
    expect(ofHire.approved).toMatchObject([{ by: null, how: "baseline" }]);
    expect(ofHire.separation).toBe("not needed");
    expect(ofHire.ticks.map(({ by, done }) => [by, done])).toEqual([
      ["amber", true],
      ["sam", true],
    ]);
    expect(ofHire.access).toMatchObject([{ does: "give", system: "salesforce", done: true, by: "sam" }]);
    expect(ofHire.unknown).toEqual([]);

    const ofRequest = evidenceRecord.parse(read(`request/${filed}.json`));
    expect(ofRequest.asked.by).toBe("mallory");
    expect(ofRequest.approved).toMatchObject([{ by: "meri", how: "command" }]);
    expect(ofRequest.separation).toBe("held");
    expect(ofRequest.people).toMatchObject([{ name: "Grace Hopper", email: "grace@example.com" }]);
    expect(readFileSync(join(desk.cwd, "evidence/summary.md"), "utf8")).toContain("mallory");
  });

  test("a bundle verifies until one byte is another", async () => {
    const { json } = await bundle();
    const verify = () => desk.run("evidence", "--verify", "evidence", "--json");
    expect((await verify()).json).toMatchObject({ valid: true, faults: [] });
    for (const path of [
      ...json.files.map((one: { path: string }) => one.path),
      "manifest.json",
      "SHA256SUMS",
    ]) {
      const file = join(desk.cwd, "evidence", path);
      const bytes = readFileSync(file);
      const other = Buffer.from(bytes);
      const at = Math.floor(other.length / 2);
      other[at] = (other[at] ?? 0) ^ 1;
      writeFileSync(file, other);
      const ran = await verify();
      expect([path, ran.code, ran.json.valid]).toEqual([path, 1, false]);
      writeFileSync(file, bytes);
    }
    expect((await verify()).code).toBe(0);
    mkdirSync(join(desk.cwd, "evidence/more"));
    appendFileSync(join(desk.cwd, "evidence/more/one.txt"), "x");
    expect((await verify()).json.faults).toEqual(["more/one.txt: not part of the bundle"]);
    rmSync(join(desk.cwd, "evidence/more"), { recursive: true });
    rmSync(join(desk.cwd, `evidence/hire/${hire}.json`));
    expect((await verify()).json.faults).toEqual([`hire/${hire}.json: missing`]);
  });

  test("the sums are those that sha256sum reads, and the same month gives the same files", async () => {
    const { json } = await bundle();
    const sums = readFileSync(join(desk.cwd, "evidence/SHA256SUMS"), "utf8");
    for (const { path, sha256 } of json.files) {
      expect(sums).toContain(`${sha256}  ${path}\n`);
      const bytes = readFileSync(join(desk.cwd, "evidence", path));
      expect(createHash("sha256").update(bytes).digest("hex")).toBe(sha256);
    }
    const again = await desk.run("evidence", "--month", month(), "--out", "again", "--json");
    expect(again.json.files).toEqual(json.files);
  });

  test("a folder in the place of a file is a fault of the bundle, not of the check", async () => {
    await bundle();
    for (const path of ["summary.md", "SHA256SUMS", "manifest.json"]) {
      const file = join(desk.cwd, "evidence", path);
      const bytes = readFileSync(file);
      rmSync(file);
      mkdirSync(file);
      const ran = await desk.run("evidence", "--verify", "evidence", "--json");
      expect([ran.code, ran.json.faults[0]]).toEqual([1, expect.stringContaining(`${path}: missing`)]);
      rmSync(file, { recursive: true });
      writeFileSync(file, bytes);
    }
  });

  test("a file is no folder to write to or to check; a name with blanks is told as one word", async () => {
    const said = async (...args: string[]) => {
      const { code, err } = await desk.run("evidence", ...args);
      return [code, err.trim()];
    };
    expect(await said("--out", "daytwo.yml")).toEqual([
      2,
      "daytwo: --out: found daytwo.yml, which holds something; expected a new or empty folder",
    ]);
    expect(await said("--out", "daytwo.yml/x")).toEqual([
      2,
      "daytwo: daytwo.yml/x cannot be used: a file stands where a folder is expected",
    ]);
    expect(await said("--verify", "daytwo.yml")).toEqual([
      2,
      "daytwo: --verify: found no bundle in daytwo.yml, expected a folder that daytwo evidence wrote",
    ]);
    const { out } = await desk.run("evidence", "--out", "for the audit");
    expect(out).toContain("daytwo evidence --verify 'for the audit'");
  });

  test("another month has none of it; a folder in use and a wrong month are refused", async () => {
    const none = await desk.run("evidence", "--month", "2020-01", "--out", "none", "--json");
    expect(none.json.records).toBe(0);
    await bundle();
    const twice = await desk.run("evidence", "--out", "evidence");
    expect(twice.code).toBe(2);
    expect(twice.err).toContain("which holds something; expected a new or empty folder");
    expect((await desk.run("evidence", "--month", "11/2026")).err).toContain(
      "expected a month such as 2026-11",
    );
    expect((await desk.run("evidence", "--verify", "nowhere")).code).toBe(2);
  });

  test("an account that is gone is not known, and that is said", async () => {
    desk.memory.removeAccount("sam");
    await bundle();
    const { unknown, ticks, access } = evidenceRecord.parse(read(`hire/${hire}.json`));
    expect(ticks.map(({ by }) => by)).toEqual(["amber", null]);
    expect(access[0]?.by).toBe(null);
    expect(unknown).toEqual(["Some events name nobody: the account is gone, or the forge does not tell."]);
    expect(readFileSync(join(desk.cwd, "evidence/summary.md"), "utf8")).toContain("Some events name nobody");
  });
});
