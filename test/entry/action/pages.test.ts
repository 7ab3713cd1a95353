/** What the action writes, held against the runner's limits and its way to read. */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { vouched } from "../../../src/engine/text/safe.ts";
import { act, OUTPUT_LIMIT, planOutput } from "../../../src/entry/action/action.ts";
import { splitArguments } from "../../../src/entry/action/inputs.ts";
import { createRunner } from "../../../src/entry/action/runner.ts";
import { type Document, summaryOf } from "../../../src/entry/action/summary.ts";
import { Desk, TOKEN } from "../desk.ts";
import { commandsIn } from "./runner.ts";

const MIB = 1024 * 1024;
const documentOf = (changes: number, text: string): Document => ({
  at: "2026-11-24T14:00:00.000Z",
  changes: Array.from({ length: changes }, (_, i) => ({
    policy: "day-two",
    project: "requests",
    kind: "create-issue",
    issue: null,
    key: `hire:acme/people#${i}`,
    title: vouched(`${i} ${text}`),
    labels: [],
    assignees: [],
    body: vouched(text.repeat(20)),
    reason: `${i} ${text}`,
  })),
  outcomes: Array.from({ length: changes }, (_, i) => ({ status: "applied", issue: i + 1, url: null })),
  problems: [{ policy: "day-two", project: "onboarding", issue: 1, message: text }],
});

describe("the summary", () => {
  it("has all of what fits", () => {
    const page = summaryOf(documentOf(3, "Ada"), MIB);
    expect(page.match(/^\| requests/gm)).toHaveLength(3);
    expect(page).toContain("3 of 3 changes made. 1 problem for somebody to mend.");
    expect(page).toContain("- onboarding#1: Ada `day-two`");
    expect(page).not.toContain("no room");
  });

  it.each([1, 400, 5000, MIB])("stays within %d bytes, and counts what it leaves out", (room) => {
    const text = "日本語 | x ".repeat(40);
    const document = documentOf(4000, text);
    const page = summaryOf(document, room);
    const rows = page.match(/^\| requests/gm)?.length ?? 0;
    // The few words that say so are there in any case.
    expect(Buffer.byteLength(page)).toBeLessThanOrEqual(Math.max(room, 600));
    expect(rows).toBeLessThan(4000);
    expect(page).toContain(`no room here for ${4000 - rows}`);
  });
});

it("a step that publishes the board hands on the folder, and tells what is not published", async () => {
  const desk = await Desk.open("github");
  try {
    desk.configure({ more: "board: { summary: { publish: [page, json] } }\n" });
    const output = join(desk.cwd, "output");
    writeFileSync(output, "");
    const said: string[] = [];
    const code = await act({
      env: {
        INPUT_COMMAND: "report",
        INPUT_ARGS: "board --publish public",
        INPUT_TOKEN: TOKEN,
        GITHUB_OUTPUT: output,
      },
      cwd: desk.cwd,
      now: () => desk.now,
      sleep: async () => undefined,
      out: (text) => void said.push(text),
      err: (text) => void said.push(text),
      stdin: async () => "",
      terminal: false,
    });
    expect([code, said.join("")]).toEqual([
      0,
      expect.stringContaining("Not published: board.csv, since board.summary.publish does not name csv."),
    ]);
    expect(readFileSync(output, "utf8")).toContain(`\n${join(desk.cwd, "public")}\n`);
    expect(readdirSync(join(desk.cwd, "public")).sort()).toEqual(["board.json", "index.html"]);
  } finally {
    await desk.close();
  }
});

describe("the output of the plan", () => {
  const io = () => {
    const temp = mkdtempSync(join(tmpdir(), "daytwo-output-"));
    return { env: { RUNNER_TEMP: temp }, cwd: temp };
  };

  it("is the whole document where that fits", () => {
    const document = documentOf(3, "Ada");
    expect(JSON.parse(planOutput(document, io()))).toEqual(document);
  });

  it.each([
    ["no bodies", 600, "a".repeat(100)],
    ["not all changes", 6000, "日".repeat(100)],
  ])("has %s where it does not, and names a file that has all", (_, changes, text) => {
    const document = documentOf(changes, text);
    const output = planOutput(document, io());
    expect(output.length).toBeLessThanOrEqual(OUTPUT_LIMIT);
    const { file, ...part } = JSON.parse(output);
    expect(part.changes.length).toBeGreaterThan(0);
    expect(part.changes[0].body).toBeUndefined();
    expect(part.outcomes).toHaveLength(part.changes.length);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(document);
  });
});

describe("what is said to the runner", () => {
  const saying = (say: (runner: ReturnType<typeof createRunner>) => void) => {
    let out = "";
    say(
      createRunner({}, (text) => {
        out += text;
      }),
    );
    return commandsIn(out);
  };

  it("arrives as it was said, whatever is in it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "binary-ascii" }), (message, file) => {
        fc.pre(file.trim() === file && file !== "" && !/[;=]/.test(file));
        expect(saying((runner) => runner.error(message, { file, line: 3 }))).toEqual([
          { name: "error", properties: { file, line: "3" }, data: message },
        ]);
      }),
    );
  });

  it("gives no command from what is only printed", () => {
    const nasty = fc.stringMatching(/^(::|##\[|stop-commands|error|[\r\n:;=,\] %a-z]){0,12}$/);
    fc.assert(
      fc.property(nasty, (text) => {
        const names = saying((runner) => runner.print(text)).map(({ name }) => name);
        expect(names).toEqual(text === "" ? [] : ["stop-commands"]);
      }),
    );
  });

  it("writes outputs that end where they should", () => {
    const file = join(mkdtempSync(join(tmpdir(), "daytwo-output-")), "output");
    writeFileSync(file, "");
    const runner = createRunner({ GITHUB_OUTPUT: file }, () => undefined);
    runner.output("plan", "a\nEOF\nb=<<c");
    const [head = "", ...lines] = readFileSync(file, "utf8").split("\n");
    const word = head.replace("plan<<", "");
    expect(lines).toEqual(["a", "EOF", "b=<<c", word, ""]);
  });
});

it.each([
  ["", []],
  ["  --catch-up ", ["--catch-up"]],
  [`--at "2026-11-24 09:00" --issue 'a b'`, ["--at", "2026-11-24 09:00", "--issue", "a b"]],
  [`--x="a 'b'" ""`, ["--x=a 'b'", ""]],
  ["a\n b\tc", ["a", "b", "c"]],
  [`'open`, null],
])("arguments of %j", (text, words) => {
  expect(splitArguments(text)).toEqual(words);
});
