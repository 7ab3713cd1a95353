import { expect, test } from "vitest";
import type { Instant } from "../../../src/model.ts";
import type { Log } from "../../../src/run/serve/log.ts";
import { type Attempt, KEPT_MS, type Outbox, recover } from "../../../src/run/serve/recovery.ts";

const NOW = Date.UTC(2026, 10, 24, 9);
const MINUTE = 60_000;
const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
};

function notes() {
  const kept = new Map<string, string>();
  return {
    kept,
    recall: async (name: string) => kept.get(name) ?? null,
    remember: async (name: string, value: string) => void kept.set(name, value),
  };
}

let last = 0;
const attempt = (delivery: string, at: Instant, status: number | null, event = "issues"): Attempt => ({
  id: ++last,
  delivery,
  event,
  at,
  status,
});

function outbox(attempts: readonly Attempt[]) {
  const asked: string[] = [];
  const read: string[] = [];
  const list: Outbox = {
    name: "github app",
    async *attempts() {
      for (const one of [...attempts].sort((a, b) => b.at - a.at)) {
        read.push(one.delivery);
        yield one;
      }
    },
    redeliver: async ({ delivery }) => void asked.push(delivery),
  };
  return { list, asked, read };
}

test("what nobody took in is asked for, oldest first; what arrived in the end is not", async () => {
  const { list, asked } = outbox([
    attempt("arrived", NOW - 60 * MINUTE, 202),
    attempt("refused", NOW - 50 * MINUTE, 503),
    attempt("unanswered", NOW - 40 * MINUTE, null),
    attempt("in the end", NOW - 30 * MINUTE, 502),
    attempt("in the end", NOW - 20 * MINUTE, 202),
    attempt("twice", NOW - 15 * MINUTE, 502),
    attempt("twice", NOW - 14 * MINUTE, 504),
    attempt("with the wrong secret", NOW - 10 * MINUTE, 401),
  ]);
  const inbox = notes();
  expect(await recover(inbox, list, NOW, silent)).toBe(4);
  expect(asked).toEqual(["refused", "unanswered", "twice", "with the wrong secret"]);
});

test("what would be refused again, or is about something else, is left", async () => {
  const { list, asked } = outbox([
    attempt("unreadable", NOW - MINUTE, 400),
    attempt("too large", NOW - MINUTE, 413),
    attempt("a push", NOW - MINUTE, 502, "push"),
    ...[1, 2, 3, 4].map((n) => attempt("hopeless", NOW - n * MINUTE, 502)),
    attempt("a comment", NOW - MINUTE, 502, "issue_comment"),
  ]);
  await recover(notes(), list, NOW, silent);
  expect(asked).toEqual(["a comment"]);
});

test("three days back at first, then from the last time with an hour's overlap", async () => {
  const attempts = [
    attempt("too old", NOW - KEPT_MS - MINUTE, 502),
    attempt("old", NOW - KEPT_MS + MINUTE, 502),
    attempt("fresh", NOW - 10 * MINUTE, 502),
  ];
  const inbox = notes();
  const first = outbox(attempts);
  await recover(inbox, first.list, NOW, silent);
  expect(first.asked).toEqual(["old", "fresh"]);
  const second = outbox(attempts);
  await recover(inbox, second.list, NOW + 15 * MINUTE, silent);
  expect(second.asked).toEqual(["fresh"]);
  // The list is read no further than it must be.
  expect(second.read).toEqual(["fresh", "old"]);
});

test("where the list breaks off, the next time begins where this one did", async () => {
  const inbox = notes();
  const { list } = outbox([attempt("missed", NOW - MINUTE, 502)]);
  const failing: Outbox = {
    ...list,
    redeliver: async () => {
      throw new Error("502");
    },
  };
  await expect(recover(inbox, failing, NOW, silent)).rejects.toThrow("502");
  expect(inbox.kept.size).toBe(0);
});
