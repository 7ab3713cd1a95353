/** `daytwo drill`: the work ahead, played forward with some people away. Reads only. */
import { sameHandle } from "../../engine/cover.ts";
import { type DrillFinding, FINDING_KINDS, judgeDrill } from "../../engine/drill/judge.ts";
import { nearest } from "../../engine/text/nearest.ts";
import { isDay } from "../../engine/time/days.ts";
import { workAhead } from "../../plan/drill.ts";
import { lookClosely } from "../../run/reconcile.ts";
import { EXIT, Invalid, type Io } from "../io.ts";
import { type Common, instantFrom, withTeam } from "../session.ts";
import { count, painter, printable } from "../show.ts";

export interface DrillOptions extends Common {
  /** Handles, with commas between them. */
  readonly away: string;
  readonly from: string;
  readonly to: string;
  readonly at?: string;
}

/** @returns exit code 1 where anything goes wrong. @throws Invalid, ForgeError */
export async function drill(io: Io, options: DrillOptions): Promise<number> {
  const from = dayFrom("--from", options.from);
  const to = dayFrom("--to", options.to);
  if (to < from) {
    throw Invalid.one(`--to: found ${to}, which is before --from ${from}; expected that day or a later one`, {
      path: "--to",
      found: to,
      expected: `${from} or later`,
    });
  }
  return withTeam(
    io,
    options,
    (config) => ({
      now: instantFrom(options.at, config, io),
      away: handlesFrom(
        options.away,
        // Provisioners may be people outside the team.
        [
          ...config.team.map(({ handle }) => handle),
          ...[...config.systems.values()].flatMap((one) => [...one.provisioners, ...one.deprovisioners]),
        ],
      ),
    }),
    async ({ team }, { now, away }, say) => {
      say("reading open work…");
      const errand = { trigger: { kind: "command" } as const, now, subject: null };
      const played = { away, from, to };
      const { value, left } = await lookClosely(team, errand, (facts, occasion) =>
        workAhead(facts, occasion, played),
      );
      const findings = judgeDrill(team.config, played, value.works);
      say("");
      if (options.json) io.out(`${JSON.stringify({ findings, works: value.works.length, left }, null, 2)}\n`);
      else
        io.out(
          printable(`${lines(io, { away, from, to }, value.works.length, findings, left).join("\n")}\n`),
        );
      return findings.length > 0 ? EXIT.failed : EXIT.done;
    },
  );
}

function dayFrom(flag: string, text: string): string {
  if (isDay(text)) return text;
  const expected = "a day such as 2026-12-21";
  throw Invalid.one(`${flag}: found "${text}", expected ${expected}`, { path: flag, found: text, expected });
}

function handlesFrom(text: string, known: readonly string[]): string[] {
  const names = [
    ...new Set(
      text
        .split(",")
        .map((one) => one.trim().replace(/^@/, ""))
        .filter((one) => one !== ""),
    ),
  ];
  const people = [...new Set(known)];
  const expected = `handles of the team or of provisioners: ${people.slice(0, 12).join(", ")}`;
  if (names.length === 0)
    throw Invalid.one(`--away: found nobody, expected ${expected}`, { path: "--away", expected });
  return names.map((name) => {
    const meant = people.find((one) => sameHandle(one, name));
    if (meant) return meant;
    const near = nearest(name, people);
    const hint = near === null ? "" : `; did you mean ${near}?`;
    throw Invalid.one(`--away: found "${name}", expected ${expected}${hint}`, {
      path: "--away",
      found: name,
      expected,
      nearest: near,
    });
  });
}

const TITLES = {
  late: "Misses its date",
  "nobody-else": "Nobody else may do it",
  "no-steps": "No written steps",
} as const;

function lines(
  io: Io,
  { away, from, to }: { away: readonly string[]; from: string; to: string },
  works: number,
  findings: readonly DrillFinding[],
  left: number,
): string[] {
  const paint = painter(io);
  const who = away.map((handle) => `@${handle}`).join(", ");
  const head = `${who} away from ${from} to ${to}: ${count(works, "piece")} of work looked at.`;
  const more = left > 0 ? [`${count(left, "issue")} could not be read in one look: run it again.`] : [];
  if (findings.length === 0)
    return [head, paint("green", "Nothing misses its date, and somebody can do all of it."), ...more];
  return [
    head,
    ...FINDING_KINDS.flatMap((kind) => {
      const some = findings.filter((one) => one.kind === kind);
      if (some.length === 0) return [];
      return [
        "",
        paint("bold", `${TITLES[kind]} (${some.length})`),
        ...some.flatMap(({ message, mend }) => [`  ${message}`, `    ${paint("dim", mend)}`]),
      ];
    }),
    ...more,
  ];
}
