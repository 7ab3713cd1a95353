/** The board of a look: its records as lives, with what the configuration says of time, queues and names. */
import { queueOf, waitedFor } from "../engine/licence-queue.ts";
import {
  type Board,
  type BoardClose,
  type BoardRequest,
  boardOf,
  type CloseRecord,
  type RequestRecord,
} from "../engine/metrics/board.ts";
import type { BoardSetting } from "../engine/metrics/board-text.ts";
import { namesOf } from "../engine/metrics/board-words.ts";
import { clockTerms } from "../engine/metrics/clocks.ts";
import { lifeOf } from "../engine/metrics/stays.ts";
import { dayOf } from "../engine/time/zones.ts";
import type { Day } from "../model.ts";
import { rulesOf } from "./licence-queue.ts";
import type { Look } from "./policy.ts";

/** @returns undefined while the records have not been read */
export function boardIn(
  look: Look,
): { board: Board; setting: Omit<BoardSetting, "stamp" | "schedule"> } | undefined {
  const records = look.records();
  if (records === undefined) return undefined;
  const { config, now, book } = look;
  const events = new Map(records.requests.map((record) => [record.issue.number, record.events]));
  const open = records.requests.map(({ issue }) => issue);
  // The very queue that seats are given out by.
  const queueFor = (system: string) =>
    queueOf(system, open, (number) => events.get(number), rulesOf(look)) ?? [];
  const queues = Object.fromEntries(
    waitedFor(config).map((system) => [system, queueFor(system).map(({ number }) => number)]),
  );
  const board = boardOf(
    records.requests.map((record) => lived(look, record)),
    { now, clocks: clockTerms(config), queues },
    records.close && closeOn(records.close, dayOf(now, config.timezone)),
  );
  return {
    board,
    setting: {
      forge: look.project("requests")?.forge ?? "github",
      zone: config.timezone,
      hours: config.hours,
      names: namesOf(config),
      book,
      urls: new Map([
        ...records.requests.map(({ issue }) => [issue.number, issue.url] as const),
        ...(records.close ? [[records.close.issue, records.close.url] as const] : []),
      ]),
    },
  };
}

/** What an earlier version kept of a close has no due days. */
const closeOn = ({ due = [], ...close }: CloseRecord, today: Day): BoardClose => ({
  ...close,
  late: due.filter((day) => day < today).length,
});

function lived(look: Look, { events, ...record }: RequestRecord): BoardRequest {
  const own = (actor: string | null) => actor !== null && look.own("requests", actor);
  return { ...record, ...lifeOf(record.issue, events, look.book, own) };
}
