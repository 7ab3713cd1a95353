import { describe, expect, it } from "vitest";
import { lines, marker, vouched } from "../../../src/engine/text/safe.ts";
import type { ForgeErrorKind } from "../../../src/forge/forge.ts";
import { boardsOf, listName } from "../../../src/forge/memory/boards.ts";
import type { Stage } from "../forge.contract.ts";
import { type As, PROJECT, pageCache, refusal, tokenOf, type World } from "../worlds.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

const marked = (key: string) => lines(vouched("Body"), marker(key));
const draft = (key: string) => ({
  key,
  title: vouched("Title"),
  body: marked(key),
  labels: [],
  assignees: [],
});

/** Requests as the sandbox names them, for faults. */
const REQUESTS = {
  github: {
    issues: /^GET \/repos\/[^?]*\/issues\?/,
    page2: /^GET \/repos\/[^?]*\/issues\?.*\bpage=2\b/,
    createIssue: /^POST \/repos\/[^?]*\/issues$/,
    comment: /^POST .*\/comments$/,
    label: /^POST .*\/issues\/\d+\/labels$/,
    assign: /^POST .*\/assignees$/,
    close: /^PATCH .*\/issues\/\d+$/,
    editLabel: /^PATCH .*\/labels\/[^/]+$/,
    createBoard: /^POST \/graphql$/,
    addLists: /^POST .*\/projectsV2\/\d+\/fields$/,
    place: /^POST .*\/projectsV2\/\d+\/items$/,
  },
  gitlab: {
    issues: /^GET \/projects\/[^?/]*\/issues\?/,
    page2: /^GET \/projects\/[^?/]*\/issues\?.*(?:\bpage=2\b|cursor=)/,
    createIssue: /^POST \/projects\/[^?/]*\/issues(?:\?|$)/,
    comment: /^POST .*\/notes(?:\?|$)/,
    label: /^PUT .*\/issues\/\d+(?:\?|$)/,
    assign: /^PUT .*\/issues\/\d+(?:\?|$)/,
    close: /^PUT .*\/issues\/\d+(?:\?|$)/,
    editLabel: /^PUT .*\/labels\/[^/]+$/,
    createBoard: /^POST .*\/boards$/,
    addLists: /^POST .*\/boards\/\d+\/lists$/,
    place: /^$/,
  },
};

/** What only requests can show: answers that get lost, limits, pages that fail or have not changed. */
export function requesting({ world, make }: Stage): void {
  const open = (on: World = world()) => on.memory.by("meri").open(PROJECT, { title: "One" });

  describe("requesting", () => {
    const tokens: { name: string; as: As; kind: ForgeErrorKind; write?: boolean }[] = [
      { name: "a wrong token", as: { token: "secret-of-nobody-7f3a91" }, kind: "unauthorized" },
      {
        name: "a token that may only read",
        as: { token: tokenOf("reader") },
        kind: "forbidden",
        write: true,
      },
      { name: "a port where nobody listens", as: { api: "http://127.0.0.1:9" }, kind: "unreachable" },
      {
        name: "a name that does not resolve",
        as: { api: "http://forge.invalid/api/v4" },
        kind: "unreachable",
      },
    ];
    it.each(tokens)(
      "says what to do about $name, without showing the token",
      async ({ as: options, kind, write }) => {
        const { as, memory } = world();
        const forge = as(options);
        const error = await refusal(
          write ? forge.writer.createIssue(draft("k")) : forge.reader.issues({ state: "open" }),
        );
        expect(error.kind).toBe(kind);
        expect(`${error.message} ${String(error.cause)} ${error.stack}`).not.toContain(
          options.token ?? tokenOf("daytwo"),
        );
        expect(error.message.length).toBeGreaterThan(30);
        expect(error.message).not.toContain("\n");
        expect(memory.project(PROJECT).issues.size).toBe(0);
      },
    );

    it("tells a web page from an API", async () => {
      const { forge, kind } = world();
      const sandbox = world().http();
      const body = "<!doctype html><title>Sign in</title>";
      sandbox.faults.next({ match: REQUESTS[kind].issues, kind: "status", status: 200, body });
      expect((await refusal(forge.reader.issues({ state: "open" }))).kind).toBe("unreachable");
    });

    it("fails a read whose later page fails, rather than giving part of it", async () => {
      const { forge, memory, kind } = world();
      const sandbox = world().http();
      for (let i = 0; i < 150; i += 1) memory.by("meri").open(PROJECT, { title: `Issue ${i}` });
      sandbox.faults.next({ match: REQUESTS[kind].page2, kind: "status", status: 500, times: 1000 });
      const error = await refusal(forge.reader.issues({ state: "open" }));
      sandbox.faults.clear();
      expect([error.kind, error.status]).toEqual(["unavailable", 500]);
    });

    it.each([{ kind: "status", status: 502 }, { kind: "drop-before" }] as const)(
      "reads again after one failure ($kind)",
      async (fault) => {
        const { forge, kind } = world();
        const sandbox = world().http();
        open();
        sandbox.faults.next({ match: REQUESTS[kind].issues, ...fault });
        expect((await forge.reader.issues({ state: "open" })).length).toBe(1);
      },
    );

    describe.each(["drop-after-commit", "drop-before"] as const)(
      "does once what got no answer (%s)",
      (fault) => {
        it("creating an issue", async () => {
          const { forge, memory, kind } = world();
          const sandbox = world().http();
          sandbox.faults.next({ match: REQUESTS[kind].createIssue, kind: fault });
          const created = await forge.writer.createIssue({ ...draft("hire:acme/people#1"), labels: ["a"] });
          expect([...memory.project(PROJECT).issues.keys()]).toEqual([created.number]);
          expect(created.labels).toEqual(["a"]);
        });

        it("renaming a label", async () => {
          const { forge, memory, kind } = world();
          memory.addLabel(PROJECT, "old", { color: "#aaaaaa" });
          world().http().faults.next({ match: REQUESTS[kind].editLabel, kind: fault });
          const edit = { name: "new", color: "#777777", description: "What it is for" };
          expect((await forge.writer.editLabel("old", edit)).status).toBe("applied");
          expect(await forge.reader.labels()).toEqual([edit]);
        });

        it("making a board, its lists, and a card on it", async () => {
          const { forge, memory, kind } = world();
          const { faults } = world().http();
          const labels = ["one", "two"].map((name) => ({ name, color: "#777777", description: "" }));
          for (const { name } of labels) memory.addLabel(PROJECT, name);
          faults.next({ match: REQUESTS[kind].createBoard, kind: fault });
          const board = await forge.boards.create("Board");
          if ("absent" in board) throw new Error(board.absent);
          faults.next({ match: REQUESTS[kind].addLists, kind: fault });
          expect((await forge.boards.addLists(board, labels)).lists).toEqual(["one", "two"]);
          const doing = memory.acting(memory.account("meri"), PROJECT);
          expect(boardsOf(doing).map(({ lists }) => lists.map(listName))).toEqual([["one", "two"]]);
          if (!forge.boards.cards) return;
          faults.next({ match: REQUESTS[kind].place, kind: fault });
          await forge.boards.cards.place(board, open(), "two");
          expect(boardsOf(doing)[0]?.cards.map(({ list }) => list?.name)).toEqual(["two"]);
        });

        it("creating an issue like one that somebody else made, marker and all", async () => {
          const { forge, memory, kind } = world();
          const sandbox = world().http();
          const theirs = memory.by("stranger");
          memory.grant(PROJECT, "stranger", "read");
          const number = theirs.open(PROJECT, { title: "Mine", body: marked("hire:acme/people#1") });
          sandbox.faults.next({ match: REQUESTS[kind].createIssue, kind: fault });
          const created = await forge.writer.createIssue(draft("hire:acme/people#1"));
          expect(created.number).not.toBe(number);
          expect(memory.project(PROJECT).issues.size).toBe(2);
        });

        it("commenting, on an issue with more than a page of comments", async () => {
          const { forge, memory, kind } = world();
          const sandbox = world().http();
          const number = open();
          for (let i = 0; i < 120; i += 1) memory.by("sam").comment(PROJECT, number, `Comment ${i}`);
          sandbox.faults.next({ match: REQUESTS[kind].comment, kind: fault });
          const made = await forge.writer.comment(number, { key: "status", body: marked("status") });
          const mine = memory
            .issue(PROJECT, number)
            .comments.filter((each) => each.author.handle === "daytwo");
          expect(mine.map((each) => String(each.id))).toEqual([made.id]);
        });

        it("labelling, assigning, closing", async () => {
          const { forge, memory, kind } = world();
          const sandbox = world().http();
          const number = open();
          sandbox.faults.next({ match: REQUESTS[kind].label, kind: fault });
          expect((await forge.writer.addLabel(number, "a")).status).toBe("applied");
          sandbox.faults.next({ match: REQUESTS[kind].assign, kind: fault });
          expect((await forge.writer.assign(number, "sam")).status).toBe("applied");
          sandbox.faults.next({ match: REQUESTS[kind].close, kind: fault });
          expect((await forge.writer.close(number, "completed")).status).toBe("applied");
          const issue = memory.issue(PROJECT, number);
          expect(issue.events.map((event) => event.type)).toEqual(["labeled", "assigned", "closed"]);
        });
      },
    );

    it.each([
      { status: 429, headers: { "retry-after": "37" } },
      { status: 403, headers: { "retry-after": "37" } },
    ])("waits as told when limits bite ($status)", async ({ status, headers }) => {
      const { forge, sleeps, memory, kind } = world();
      const sandbox = world().http();
      // A 403 with retry-after is GitHub's own.
      if (kind === "gitlab" && status === 403) return;
      const body = { message: "You have exceeded a secondary rate limit" };
      sandbox.faults.next({ match: REQUESTS[kind].issues, kind: "status", status, headers, body });
      await forge.reader.issues({ state: "open" });
      sandbox.faults.next({ match: REQUESTS[kind].createIssue, kind: "status", status, headers, body });
      await forge.writer.createIssue(draft("one"));
      expect(sleeps.filter((ms) => ms >= 37 * SECOND && ms < 60 * SECOND).length).toBe(2);
      expect(memory.project(PROJECT).issues.size).toBe(1);
    });

    it("waits until the hour, or the minute, is over when requests are used up", async () => {
      const on = await make({ limits: { perHour: 3, perMinute: 3 } });
      const read = () => on.forge.reader.issues({ state: "open" });
      await read();
      // Near the end of GitHub's hour: a wait of most of an hour nobody would sit through.
      on.later(55 * MINUTE);
      const began = on.now();
      for (let i = 0; i < 4; i += 1) await read();
      expect(on.sleeps.length).toBeGreaterThan(0);
      expect(on.now() - began).toBeGreaterThanOrEqual(MINUTE);
      const refused = on.http().log.filter((each) => each.status === 403 || each.status === 429);
      expect(refused.length).toBeLessThanOrEqual(1);
    });

    it("gives up on limits that do not clear, and says so", async () => {
      const { forge, kind } = world();
      const sandbox = world().http();
      const headers = { "retry-after": "900" };
      sandbox.faults.next({
        match: REQUESTS[kind].issues,
        kind: "status",
        status: 429,
        headers,
        body: {},
        times: 1000,
      });
      const error = await refusal(forge.reader.issues({ state: "open" }));
      sandbox.faults.clear();
      expect(error.kind).toBe("rate-limited");
    });
    it("pays nothing for pages that have not changed", async () => {
      const { as, memory } = world();
      const sandbox = world().http();
      for (let i = 0; i < 220; i += 1) memory.by("meri").open(PROJECT, { title: `Issue ${i}` });
      const cache = pageCache();
      const read = () => as({ cache }).reader.issues({ state: "open" });
      const first = await read();
      const requests = sandbox.log.length;
      expect(await read()).toEqual(first);
      expect(sandbox.log.slice(requests).map((each) => each.status)).toEqual([304, 304, 304]);
      memory.by("meri").edit(PROJECT, 150, { title: "Other" });
      const second = await read();
      expect(second.find((issue) => issue.number === 150)?.title).toBe("Other");
      expect(sandbox.log.slice(requests + 3).map((each) => each.status)).toEqual([304, 200, 304]);
      for (let i = 0; i < 100; i += 1) memory.by("meri").open(PROJECT, { title: `More ${i}` });
      expect((await read()).length).toBe(320);
    });

    it("counts its requests", async () => {
      const { forge, memory, sandbox } = world();
      memory.by("meri").open(PROJECT, { title: "One" });
      await forge.reader.issues({ state: "open" });
      await forge.reader.issue(1);
      const total = [...forge.requests().values()].reduce((sum, count) => sum + count, 0);
      expect(total).toBe(sandbox?.log.length ?? 2);
    });
  });
}
