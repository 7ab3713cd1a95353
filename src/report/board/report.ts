/** `report board`: the same numbers as the living issue, as a text, a page, a table and a document. */
import type { Board } from "../../engine/metrics/board.ts";
import { type BoardSetting, boardText } from "../../engine/metrics/board-text.ts";
import type { Instant } from "../../model.ts";
import { World } from "../../plan/world.ts";
import { boardIn } from "../../policies/board-data.ts";
import { begin, readSelf } from "../../run/gather.ts";
import { readRecords } from "../../run/records.ts";
import type { Team } from "../../run/team.ts";
import { report } from "../report.ts";
import { boardCsv } from "./csv.ts";
import { toJson } from "./json.ts";

export interface BoardData {
  readonly board: Board;
  readonly setting: BoardSetting;
  /** Full name of the requests project. */
  readonly project: string;
}

/**
 * Reads what the board tells of: everything the first time, afterwards what has changed.
 * @throws ForgeError
 */
export async function loadBoard(team: Team, now: Instant): Promise<BoardData> {
  const facts = begin(team);
  await readSelf(team, facts);
  if (facts.requests) facts.requests.records = await readRecords(team, facts, { now, listedSince: null });
  const trigger = { kind: "command" } as const;
  const found = boardIn(new World(facts, { config: team.config, now, trigger, subject: null }));
  if (!found) throw new Error("the records that were read are not there");
  return {
    board: found.board,
    setting: { ...found.setting, schedule: null, stamp: now },
    project: facts.requests?.name ?? "",
  };
}

export const boardReport = report<BoardData>({
  name: "board",
  summary: "where requests stand, who works on what, what waits and for how long",
  load: loadBoard,
  json: ({ board }) => toJson(board),
  md: ({ board, setting }) => boardText(board, setting),
  csv: ({ board }) => boardCsv(toJson(board)),
  html: async (data) => (await import("./page.ts")).boardPage(data),
});
