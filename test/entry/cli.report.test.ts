/** `daytwo report` as a process runs it: which reports there are, their forms, and where they go. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { boardJson } from "../../src/report/board/schema.ts";
import { BOT, Desk, READ_TOKEN, REQUESTS, writes } from "./desk.ts";

const FORM = `### Full name

Ada Lovelace

### Work email

ada@example.com

### Role

Account Executive

### Region

EMEA

### Manager

@meri

### Systems

Salesforce

### Justification

=HYPERLINK("https://example.com")`;

let desk: Desk;
afterEach(() => desk.close());

async function open(kind: "github" | "gitlab"): Promise<void> {
  desk = await Desk.open(kind);
  desk.memory.by(BOT).open(REQUESTS, {
    title: '=cmd|"Ada" <b>, and more',
    body: FORM,
    labels: ["access-request", "SalesOpsAR::Action Needed"],
  });
}

describe.each(["github", "gitlab"] as const)("report board on %s", (kind) => {
  it("prints each form, reads only, and asks little", async () => {
    await open(kind);
    desk.env.GITHUB_TOKEN = READ_TOKEN;
    desk.env.GITLAB_TOKEN = READ_TOKEN;
    const before = desk.snapshot();
    const json = await desk.run("report", "board", "--json");
    expect(json.code).toBe(0);
    const board = boardJson.parse(json.json);
    expect(board).toMatchObject({
      at: new Date(desk.now).toISOString(),
      counts: { action_needed: 1, in_progress: 0, on_hold: 0, completed: 0 },
      bySystem: [{ system: "salesforce", count: 1, issues: [1] }],
      byRole: [{ role: "Account Executive", count: 1, issues: [1] }],
    });
    expect(json.requests.length).toBeLessThanOrEqual(6);
    const same = await desk.run("report", "board", "--format", "json");
    expect(JSON.parse(same.out)).toEqual(board);
    expect(same.requests.length).toBeLessThanOrEqual(2);

    const md = await desk.run("report", "board");
    expect(md.out).toContain("### Needs somebody now (1)");
    expect(md.out).toContain('=cmd\\|"Ada" &lt;b>, and more');
    expect(md.out).not.toContain("<!-- daytwo:");
    const html = await desk.run("report", "board", "--format", "html");
    expect(html.out).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
    expect(html.out).toContain("=cmd|&quot;Ada&quot; &lt;b&gt;, and more");
    const csv = await desk.run("report", "board", "--format", "csv");
    expect(csv.out).toContain('"\'=cmd|""Ada"" <b>, and more"');
    expect([json, same, md, html, csv].flatMap(writes)).toEqual([]);
    expect(desk.snapshot()).toBe(before);
  });

  it("writes a file, in the form that its name says unless another is asked for", async () => {
    await open(kind);
    const read = (file: string) => readFileSync(join(desk.cwd, file), "utf8");
    expect((await desk.run("report", "board", "--out", "board.html")).out).toBe("Saved to board.html.\n");
    expect(read("board.html")).toMatch(/^<!doctype html>/);
    await desk.run("report", "board", "--out", "board.csv");
    expect(read("board.csv")).toMatch(/^section,name,measure,value,issues\r\n/);
    const both = await desk.run("report", "board", "--json", "--out", "board.txt");
    expect(JSON.parse(read("board.txt"))).toEqual(both.json);
    await desk.run("report", "board", "--format", "md", "--out", "page.html");
    expect(read("page.html")).toMatch(/^As of /);
  });
});

describe("report board --publish", () => {
  const files = () => readdirSync(join(desk.cwd, "public")).sort();

  it("writes the page, board.csv and board.json from one reading", async () => {
    await open("gitlab");
    const ran = await desk.run("report", "board", "--publish", "public");
    expect([ran.code, ran.out]).toEqual([0, "Written to public: index.html, board.csv, board.json.\n"]);
    expect(files()).toEqual(["board.csv", "board.json", "index.html"]);
    const read = (file: string) => readFileSync(join(desk.cwd, "public", file), "utf8");
    expect(read("index.html")).toMatch(/^<!doctype html>/);
    expect(read("board.csv")).toMatch(/^section,name,measure,value,issues\r\n/);
    expect(boardJson.parse(JSON.parse(read("board.json"))).counts.action_needed).toBe(1);
    expect(ran.requests.length).toBeLessThanOrEqual(6);
    expect(writes(ran)).toEqual([]);
  });

  it.each([
    ["[page]", ["index.html"], ["csv", "json"]],
    ["[issue, csv]", ["board.csv"], ["page", "json"]],
    ["[json, page]", ["board.json", "index.html"], ["csv"]],
  ])("writes what publish: %s names, and says why not the rest", async (publish, written, left) => {
    await open("github");
    desk.configure({ more: `board: { summary: { publish: ${publish} } }\n` });
    const { code, out } = await desk.run("report", "board", "--publish", "public");
    expect(code).toBe(0);
    expect(files()).toEqual(written);
    for (const form of left) expect(out).toContain(`since board.summary.publish does not name ${form}.\n`);
    expect(out.match(/^Not published: /gm)).toHaveLength(left.length);
  });

  it.each([
    ["board: { summary: { publish: [issue] } }", "does not name page or csv or json"],
    ["board: false", "switches the board off"],
  ])("refuses to publish nothing: %s", async (more, why) => {
    await open("github");
    desk.configure({ more: `${more}\n` });
    const { code, err, requests } = await desk.run("report", "board", "--publish", "public");
    expect([code, err, requests]).toEqual([2, expect.stringContaining(why), []]);
    // What somebody asks for by name is theirs, published or not.
    expect((await desk.run("report", "board", "--format", "csv")).code).toBe(0);
  });
});

describe("report", () => {
  it.each<[string, string[], string]>([
    ["an unknown report", ["bord"], 'found "bord", expected one of board,'],
    ["an unknown format", ["board", "--format", "pdf"], "expected one of md, html, csv, json"],
    ["two formats", ["board", "--json", "--format", "csv"], "expected one of the two"],
    ["a close to publish", ["close", "--publish", "public"], "expected report board"],
    ["a form beside what is published", ["board", "--publish", "public", "--json"], "another form of output"],
    ["a folder in a file", ["board", "--publish", "daytwo.yml/public"], "cannot be written (ENOTDIR)"],
    ["no month", ["board", "--month", "November"], "a month such as 2026-11"],
    ["no time", ["board", "--at", "noon"], "an ISO 8601 time"],
    ["a file that cannot be written", ["board", "--out", "no/such/folder.md"], "cannot be written (ENOENT)"],
  ])("refuses %s with exit code 2", async (_, args, message) => {
    await open("github");
    const { code, out, err } = await desk.run("report", ...args);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
    if (args.includes("--json")) expect(JSON.parse(out).errors[0].message).toContain(message);
    else expect(out).toBe("");
  });

  it("tells faults as JSON where the form is, and 3 where the forge refuses", async () => {
    await open("github");
    const faulty = await desk.run("report", "bord", "--format=json");
    expect(JSON.parse(faulty.out).errors[0]).toMatchObject({
      path: "report",
      found: "bord",
      nearest: "board",
    });
    desk.env.GITHUB_TOKEN = "wrong";
    const refused = await desk.run("report", "board", "--json");
    expect(refused.code).toBe(3);
    expect(refused.json.error.kind).toBe("unauthorized");
  });

  it("looks at the time that it is given", async () => {
    await open("github");
    const { json } = await desk.run("report", "board", "--json", "--at", "2026-12-01T09:00");
    expect(json.at).toBe("2026-12-01T14:00:00.000Z");
    expect(json.breaches.map(({ clock }: { clock: string }) => clock)).toContain("first_action");
  });
});
