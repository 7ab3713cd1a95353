/** What the board costs, as the memory forge counts it: as the real adapters would, page by page. */
import { describe, expect, it } from "vitest";
import { MemoryForge } from "../../src/forge/memory/index.ts";
import { toJson } from "../../src/report/board/json.ts";
import { loadBoard } from "../../src/report/board/report.ts";
import { openStore } from "../../src/run/store.ts";
import { type Memory, type Team, total } from "../../src/run/team.ts";
import { config } from "../plan/facts.ts";
import { DAY, HOUR, NOW, STATE } from "../report/boards.ts";

const PROJECT = "acme/requests";
const PAGE = 100;

function world(kind: "github" | "gitlab", size: number) {
  let at = NOW - 100 * DAY;
  const memory = new MemoryForge({ kind, now: () => at });
  for (const handle of ["bot", "sam"]) memory.addAccount(handle);
  memory.addProject(PROJECT, { rights: { bot: "write", sam: "write" } });
  for (const label of [...Object.values(STATE), "access-request", "other"]) memory.addLabel(PROJECT, label);
  const bot = memory.by("bot");
  const open = () => bot.open(PROJECT, { title: "Access", labels: ["access-request", STATE.action_needed] });
  for (let i = 0; i < size; i++) {
    const issue = open();
    at += (90 * DAY) / size;
    bot.label(PROJECT, issue, STATE.in_progress);
    bot.unlabel(PROJECT, issue, STATE.action_needed);
    if (i % 3 === 0) memory.by("sam").close(PROJECT, issue);
  }
  at = NOW;
  const kept = openStore(null, () => at).memory("rules");
  return {
    memory,
    open,
    later: (ms: number) => {
      at += ms;
    },
    async read(remembered: Memory = kept) {
      const forge = memory.as("bot", PROJECT);
      const team: Team = {
        config,
        forges: { requests: forge, onboarding: null },
        accounts: { requests: "bot", onboarding: "" },
        memory: remembered,
      };
      const { board } = await loadBoard(team, at);
      return { board: toJson(board), requests: total(forge.requests()) };
    },
    fresh: () => openStore(null, () => at).memory("rules"),
  };
}

describe.each(["github", "gitlab"] as const)("reading the board of %s", (kind) => {
  it("costs a request a page the first time, and at most twelve when one in a hundred has changed", async () => {
    const size = 1000;
    const { memory, read, later, fresh } = world(kind, size);
    const issues = [...memory.project(PROJECT).issues.values()];
    const closed = issues.filter(({ state }) => state === "closed").length;
    const events = issues.reduce((sum, issue) => sum + issue.events.length, 0);
    const pages =
      Math.ceil(closed / PAGE) +
      Math.ceil((size - closed) / PAGE) +
      (kind === "github" ? Math.ceil(events / PAGE) : size);
    const first = await read();
    expect(first.requests).toBeLessThanOrEqual(1.1 * pages);
    expect(first.board.counts.in_progress).toBe(size - closed);

    later(HOUR);
    const open = issues.filter(({ state }) => state === "open");
    for (const { number } of open.slice(0, size / 100)) {
      memory.by("bot").label(PROJECT, number, STATE.completed);
      memory.by("bot").unlabel(PROJECT, number, STATE.in_progress);
      later(1000);
    }
    const next = await read();
    expect(next.requests).toBeLessThanOrEqual(12);
    expect(next.board.counts.completed).toBe(size / 100);
    expect(next.board).toEqual((await read(fresh())).board);
    expect((await read()).requests).toBe(1);
  });

  it("is the same however it was read: what became a request, what is none any more, what was deleted", async () => {
    const { memory, open, read, later, fresh } = world(kind, 12);
    const other = memory.by("sam").open(PROJECT, { title: "A question", labels: ["other"] });
    const going = open();
    const gone = open();
    await read();
    later(2 * DAY);
    const sam = memory.by("sam");
    sam.label(PROJECT, other, "access-request");
    sam.unlabel(PROJECT, going, "access-request");
    memory.by("bot").unlabel(PROJECT, going, STATE.action_needed);
    sam.edit(PROJECT, 2, { title: "Renamed" });
    later(HOUR);
    const { board } = await read();
    expect(board).toEqual((await read(fresh())).board);
    const numbers = board.requests.map(({ issue }) => issue);
    expect(numbers).toContain(other);
    expect(numbers).not.toContain(going);
    expect(board.requests.find(({ issue }) => issue === 2)?.title).toBe("Renamed");

    memory.removeIssue(PROJECT, gone);
    later(8 * DAY);
    const afterwards = await read();
    expect(afterwards.board.requests.map(({ issue }) => issue)).not.toContain(gone);
    expect(afterwards.board).toEqual((await read(fresh())).board);
  });
});
