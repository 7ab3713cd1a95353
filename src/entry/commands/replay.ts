/** `daytwo replay`: the present rules over what was recorded. Reads only. */

import { formatInstant } from "../../engine/time/zones.ts";
import type { Replayed, Undue } from "../../plan/replay.ts";
import { readReplay } from "../../run/replay.ts";
import { requestsMade, total } from "../../run/team.ts";
import { EXIT, Invalid, type Io } from "../io.ts";
import { type Common, instantFrom, withTeam } from "../session.ts";
import { count, deed, painter, printable } from "../show.ts";

export interface ReplayOptions extends Common {
  readonly since: string;
  readonly at?: string;
}

/** @throws Invalid, ForgeError */
export async function replayHistory(io: Io, options: ReplayOptions): Promise<number> {
  return withTeam(
    io,
    options,
    (config) => {
      const now = instantFrom(options.at, config, io);
      const since = instantFrom(options.since, config, io, "--since");
      if (since >= now) {
        const expected = "a time before the present one";
        throw Invalid.one(`--since: found "${options.since}", expected ${expected}`, {
          path: "--since",
          found: options.since,
          expected,
        });
      }
      return { now, since, zone: config.timezone };
    },
    async ({ team }, { now, since, zone }, say) => {
      say("reading issues…");
      const { would, undue, issues, looks } = await readReplay(team, since, now, say);
      say("");
      const requests = total(requestsMade(team));
      if (options.json) {
        const document = {
          since: new Date(since).toISOString(),
          at: new Date(now).toISOString(),
          issues,
          looks,
          would: would.map(({ at, subject, change, did }) => ({
            at: new Date(at).toISOString(),
            on: `${subject.project}#${subject.number}`,
            did,
            ...change,
          })),
          undue: undue.map(({ at, subject, event }) => ({
            ...event,
            at: new Date(at).toISOString(),
            on: `${subject.project}#${subject.number}`,
          })),
          requests,
        };
        io.out(`${JSON.stringify(document, null, 2)}\n`);
        return EXIT.done;
      }
      const paint = painter(io);
      const news = would.filter(({ did }) => !did);
      const when = (at: number) => formatInstant(at, zone);
      const line = ({ at, subject, change }: Replayed) =>
        `  ${when(at)}  ${subject.project}#${subject.number}  ${deed(change)}  ${paint("dim", change.reason)}`;
      const odd = ({ at, subject, event }: Undue) =>
        `  ${when(at)}  ${subject.project}#${subject.number}  ${event.type} ${"label" in event ? event.label : "assignee" in event ? event.assignee : ""}`;
      const lines = [
        `${count(issues, "issue")} changed since ${when(since)}; ${count(looks, "look")}, ${count(requests, "forge request")}.`,
        `${count(would.length - news.length, "change")} the rules would have made as daytwo did.`,
        ...(news.length > 0
          ? ["", paint("bold", `Would have been done, and was not (${news.length})`), ...news.map(line)]
          : []),
        ...(undue.length > 0
          ? ["", paint("bold", `Was done, and would not have been (${undue.length})`), ...undue.map(odd)]
          : []),
      ];
      io.out(printable(`${lines.join("\n")}\n`));
      return EXIT.done;
    },
  );
}
