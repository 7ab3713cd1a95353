/** The four forms say the same, to the last number; and the document is what its schema says. */
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { STATES, stateName } from "../../src/engine/lifecycle/states.ts";
import { boardText } from "../../src/engine/metrics/board-text.ts";
import { duration, needText } from "../../src/engine/metrics/board-words.ts";
import { boardCsv } from "../../src/report/board/csv.ts";
import { toJson } from "../../src/report/board/json.ts";
import { boardPage } from "../../src/report/board/page.ts";
import { boardJson } from "../../src/report/board/schema.ts";
import { boardData, DAY, monday, NOW, recordOf } from "./boards.ts";

const data = monday();
const json = toJson(data.board);
const { hours } = data.setting;

/** Every number of the document but those of single requests, by a name. */
function numbers(): Map<string, number> {
  const found = new Map<string, number>();
  const put = (key: string, value: number | null) => value !== null && found.set(key, value);
  for (const state of STATES) {
    put(`counts.${state}`, json.counts[state]);
    for (const of of ["n", "p50", "p90", "running", "oldest"] as const)
      put(`states.${state}.${of}`, json.states[state][of]);
  }
  json.needs.forEach((need, i) => void put(`needs.${i}.hours`, need.hours));
  json.breaches.forEach(({ over }, i) => void put(`breaches.${i}.over`, over));
  for (const { reason, count, age } of json.holds) {
    put(`holds.${reason}.count`, count);
    put(`holds.${reason}.age`, age);
  }
  for (const { handle, issues } of json.work) put(`work.${handle}`, issues.length);
  for (const week of json.flow)
    for (const of of ["opened", "completed", "reopened"] as const) put(`flow.${week.week}.${of}`, week[of]);
  for (const { system, count } of json.bySystem) put(`bySystem.${system}`, count);
  for (const { role, count } of json.byRole) put(`byRole.${role}`, count);
  for (const [system, issues] of Object.entries(json.queues)) put(`queues.${system}`, issues.length);
  json.repeated.forEach(({ count }, i) => void put(`repeated.${i}.count`, count));
  for (const { issue, age } of json.requests) put(`requests.${issue}.age`, age);
  return found;
}

const unescaped = (text: string) =>
  text.replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** Rows of a CSV, by the book. */
function csvRows(text: string): string[][] {
  const rows: string[][] = [];
  for (const line of text.matchAll(
    /((?:"(?:[^"]|"")*"|[^"\r\n,]*)(?:,(?:"(?:[^"]|"")*"|[^"\r\n,]*))*)\r\n/g,
  )) {
    const cells = [...(line[1] ?? "").matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)];
    rows.push(cells.map(([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? ""));
  }
  return rows;
}

describe("the forms of the board", () => {
  it("have numbers to agree on", () => {
    expect(json.needs.length).toBeGreaterThan(2);
    expect(json.repeated.length).toBeGreaterThan(0);
    expect(numbers().size).toBeGreaterThan(70);
  });

  it("agree: the page has exactly the document's numbers", () => {
    const page = new Map(
      [...boardPage(data).matchAll(/<data data-key="([^"]*)" value="([^"]*)"/g)].map(
        ([, key = "", value]) => [unescaped(key), Number(value)] as const,
      ),
    );
    expect(page).toEqual(numbers());
  });

  it("agree: the table has every number of the document, and the requests behind it", () => {
    const [head, ...rows] = csvRows(boardCsv(json));
    expect(head).toEqual(["section", "name", "measure", "value", "issues"]);
    const cell = (section: string, name: string, measure: string) =>
      rows.find((row) => row[0] === section && row[1] === name && row[2] === measure);
    const value = (section: string, name: string, measure: string) => {
      const text = cell(section, name, measure)?.[3];
      return text === "" || text === undefined ? null : Number(text);
    };
    for (const state of STATES) {
      expect(value("counts", state, "open")).toBe(json.counts[state]);
      for (const of of ["n", "p50", "p90", "running", "oldest"] as const)
        expect(value("states", state, of), `${state} ${of}`).toBe(json.states[state][of]);
    }
    for (const week of json.flow)
      for (const of of ["opened", "completed", "reopened"] as const) {
        expect(value("flow", week.week, of)).toBe(week[of]);
        expect(cell("flow", week.week, of)?.[4]).toBe(week[`${of}Issues`].join(" "));
      }
    for (const { reason, count, age, oldest, issues } of json.holds) {
      expect(value("holds", reason, "count")).toBe(count);
      expect(value("holds", reason, "age")).toBe(age);
      expect(cell("holds", reason, "oldest")?.[3]).toBe(oldest);
      expect(cell("holds", reason, "count")?.[4]).toBe(issues.join(" "));
    }
    for (const { system, count } of json.bySystem) expect(value("bySystem", system, "open")).toBe(count);
    for (const { role, count } of json.byRole) expect(value("byRole", role, "open")).toBe(count);
    for (const { handle, issues } of json.work)
      expect(cell("work", handle, "open")?.slice(3)).toEqual([String(issues.length), issues.join(" ")]);
    for (const [system, issues] of Object.entries(json.queues))
      expect(cell("queues", system, "waiting")?.slice(3)).toEqual([String(issues.length), issues.join(" ")]);
    const of = (section: string, measure: string) =>
      rows.filter((row) => row[0] === section && row[2] === measure).map((row) => [row[3], row[4]]);
    expect(of("needs", "hours")).toEqual(json.needs.map((one) => [String(one.hours), String(one.issue)]));
    expect(of("breaches", "over")).toEqual(json.breaches.map((one) => [String(one.over), String(one.issue)]));
    expect(of("requests", "age")).toEqual(json.requests.map((one) => [String(one.age), String(one.issue)]));
    expect(of("repeated", "filed")).toEqual(
      json.repeated.map((one) => [String(one.count), one.issues.join(" ")]),
    );
  });

  it("agree: the text says the document's numbers in words", () => {
    const text: string = boardText(data.board, data.setting);
    const plain = text.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1");
    const row = (...cells: string[]) => `| ${cells.join(" | ")} |`;
    const time = (value: number | null) => (value === null ? "–" : duration(value, hours));
    for (const state of STATES) {
      const { n, p50, p90, oldest, oldestIssue } = json.states[state];
      const longest = oldest === null ? "–" : `#${oldestIssue} ${time(oldest)}`;
      expect(plain).toContain(
        row(stateName(state), String(json.counts[state]), longest, time(p50), time(p90), String(n)),
      );
    }
    expect(plain).toContain(`### Needs somebody now (${json.needs.length})`);
    for (const need of json.needs) expect(plain).toContain(needText(need, hours));
    expect(plain).toContain(`bar [${json.flow.map(({ opened }) => opened).join(", ")}]`);
    expect(plain).toContain(`line [${json.flow.map(({ completed }) => completed).join(", ")}]`);
    const list = (issues: readonly number[]) => issues.map((issue) => `#${issue}`).join(" ");
    for (const week of json.flow) {
      const cell = (of: "opened" | "completed" | "reopened") => `${week[of]} ${list(week[`${of}Issues`])}`;
      expect(plain).toContain(row(week.week, cell("opened"), cell("completed"), cell("reopened")));
    }
    for (const { handle, issues } of json.work)
      expect(plain).toContain(row(handle, String(issues.length), list(issues)));
    for (const { count, age, issues } of json.holds)
      expect(plain).toContain(`| ${count} | ${time(age)} | ${list(issues)} |`);
    for (const { system, count, issues } of json.bySystem)
      expect(plain).toContain(`| ${system} | ${count} | ${list(issues)} |`);
    for (const { count, issues } of json.repeated) expect(plain).toContain(`| ${count} | ${list(issues)} |`);
  });

  it("has the shape that its schema says, the one that is published", () => {
    boardJson.parse(json);
    const file = new URL("../../schema/report-board.schema.json", import.meta.url);
    const validate = new Ajv2020({ strict: false, formats: { "date-time": true } }).compile(
      JSON.parse(readFileSync(file, "utf8")),
    );
    validate(json);
    expect(validate.errors).toBeNull();
    expect(validate({ ...json, counts: {} })).toBe(false);
  });
});

describe("the text of the board", () => {
  it("links every request it names and pings nobody", () => {
    const text: string = boardText(data.board, data.setting);
    expect(text).not.toMatch(/(?<![\w[])#\d/);
    expect(text).not.toMatch(/@\w/);
    expect(text).not.toContain("<script>");
    expect(text).not.toContain("<img");
  });

  it("has charts in Mermaid's grammar for both kinds", () => {
    const charts = [...boardText(data.board, data.setting).matchAll(/```mermaid\n([\s\S]*?)\n```/g)];
    const [pie = "", flow = ""] = charts.map(([, chart]) => chart);
    expect(pie).toMatch(/^pie showData(\n {2}"[^"\n]+" : \d+)+$/);
    expect(flow).toMatch(
      /^xychart-beta\n {2}title "[^"\n]+"\n {2}x-axis \[("W\d\d"(, )?){12}\]\n {2}y-axis "requests" 0 --> \d+\n {2}bar \[(\d+(, )?){12}\]\n {2}line \[(\d+(, )?){12}\]$/,
    );
  });

  it("folds what is least urgent and says so, however many requests there are", () => {
    const many = boardData(
      Array.from({ length: 3000 }, (_, i) =>
        recordOf({
          number: i + 1,
          title: `${"|".repeat(200)} ${i}`,
          course: [["action_needed", NOW - (1 + (i % 300)) * DAY]],
          assignees: [`person-${i % 400}`],
          systems: [`system-${i % 500}`],
          roles: [`${"*".repeat(100)} ${i % 700}`],
        }),
      ),
    );
    const text: string = boardText(many.board, many.setting);
    expect(text.length).toBeLessThan(65_536);
    expect(text).toContain("### Needs somebody now (3000)");
    expect(text).toMatch(/and 29\d\d more/);
    expect(text).toContain("Lists are shortened here");
    expect(text).not.toContain("undefined");
  });

  it("says what there is where there is nothing", () => {
    const { board, setting } = boardData([]);
    const text: string = boardText(board, setting);
    expect(text).toContain("Nothing does.");
    expect(text).not.toContain("pie showData");
    expect(boardPage({ board, setting, project: "acme/requests" })).toContain("Nothing does.");
    boardJson.parse(toJson(board));
  });
});
