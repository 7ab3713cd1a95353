/** Findings from what was observed. Pure: the same facts give the same findings. */
import { HOUR_MS } from "../../engine/time/days.ts";
import type { Finding, Observed } from "./finding.ts";
import { hookFindings } from "./hooks.ts";
import { rightsFindings } from "./rights.ts";

/** In the order in which one would mend them. */
export function findingsOf(observed: Observed): Finding[] {
  return [
    ...configFindings(observed),
    ...observed.projects.flatMap((project) => [
      ...rightsFindings(project, observed.now),
      ...labelFindings(project),
      ...teamFindings(project),
      ...hookFindings(project, observed),
    ]),
    ...clockFindings(observed),
    ...storeFindings(observed),
  ];
}

type Project = Observed["projects"][number];

function configFindings({ notes, homes, served }: Observed): Finding[] {
  const about = { area: "config", project: null } as const;
  return [
    { ...about, severity: "ok", message: "the configuration is valid", fix: null },
    ...notes.map(({ file, line, message }): Finding => {
      return { ...about, severity: "note", message: `${file}:${line}: ${message}`, fix: null };
    }),
    ...homes
      .filter(({ same }) => !same)
      .map(
        ({ name }): Finding => ({
          area: "config",
          project: name,
          severity: "warning",
          message: "the configuration here is not the one on the default branch, which daytwo serve goes by",
          fix: "push this one, or pull that one",
        }),
      ),
    ...served.map(({ name, trouble, inForce }): Finding => {
      const state = inForce ? "an older configuration is in force" : "the team is not served";
      return {
        ...about,
        severity: inForce ? "warning" : "error",
        message: `${name}: ${state}: ${trouble}`,
        fix: "mend it on the default branch: daytwo check tells every fault",
      };
    }),
  ];
}

const SHOWN = 8;
const some = (names: readonly string[]): string =>
  names.length <= SHOWN
    ? names.join(", ")
    : `${names.slice(0, SHOWN).join(", ")} and ${names.length - SHOWN} more`;
const quoted = (names: readonly string[]): string => some(names.map((name) => `"${name}"`));

function labelFindings({ name, labels }: Project): Finding[] {
  if ("failure" in labels) return [];
  const about = { area: "labels", project: name } as const;
  const fix = "daytwo labels sync";
  const missing = labels.value.filter(({ kind }) => kind === "create-label").map(({ label }) => label);
  const edits = labels.value.filter((change) => change.kind === "edit-label");
  const renamed = edits.flatMap(({ name: to, from }) => (to === undefined ? [] : [from]));
  const other = edits.flatMap(({ name: to, from }) => (to === undefined ? [from] : []));
  const found = (names: readonly string[], what: string): Finding[] =>
    names.length === 0 ? [] : [{ ...about, severity: "warning", message: `${what}: ${quoted(names)}`, fix }];
  const all = [
    ...found(missing, "labels are missing"),
    ...found(renamed, "labels have another name in the configuration"),
    ...found(other, "labels look otherwise than the configuration has them"),
  ];
  if (all.length > 0) return all;
  return [{ ...about, severity: "ok", message: "every label is as the configuration has it", fix: null }];
}

function teamFindings({ name, strangers }: Project): Finding[] {
  if ("failure" in strangers || strangers.value.length === 0) return [];
  const handles = some(strangers.value.map((handle) => `@${handle}`));
  return [
    {
      area: "team",
      project: name,
      severity: "warning",
      message: `no members, so they cannot be assigned: ${handles}`,
      fix: "invite them to the project, or mend the handles in the configuration",
    },
  ];
}

/** GitLab's signatures are good for five minutes; a GitHub App's own tokens for less. */
const WRONG_MS = 5 * 60_000;
const OFF_MS = 30_000;

function clockFindings({ projects }: Observed): Finding[] {
  const known = projects.filter(({ skew }) => skew !== null);
  const skew = known.reduce(
    (most, { skew = 0 }) => (Math.abs(skew ?? 0) > Math.abs(most) ? (skew ?? 0) : most),
    0,
  );
  if (known.length === 0) return [];
  const about = { area: "clock", project: null } as const;
  if (Math.abs(skew) < OFF_MS) {
    return [{ ...about, severity: "ok", message: "the clock agrees with the forge's", fix: null }];
  }
  const side = skew > 0 ? "behind" : "ahead of";
  return [
    {
      ...about,
      severity: Math.abs(skew) >= WRONG_MS ? "error" : "warning",
      message: `this machine's clock is ${Math.round(Math.abs(skew) / 1000)} s ${side} the forge's: due times and signatures are judged by it`,
      fix: "set the clock by NTP",
    },
  ];
}

function storeFindings({ cache, inbox, now }: Observed): Finding[] {
  const about = { area: "store", project: null } as const;
  const findings: Finding[] = [];
  if (cache !== null) {
    findings.push({
      ...about,
      severity: "warning",
      message: `the data folder cannot be used (${cache}): nothing is lost, but every look reads everything`,
      fix: "name a folder that can be written in DAYTWO_DATA_DIR",
    });
  }
  if (inbox.state === "closed") {
    const fix =
      "run doctor as the account that runs daytwo serve, from where its store can be reached; its /metrics count dead letters meanwhile";
    return [...findings, { ...about, severity: "note", message: inbox.why, fix }];
  }
  if (inbox.state === "open") {
    const { stats, dead } = inbox;
    for (const { id, lane, error, diedAt } of dead) {
      findings.push({
        ...about,
        severity: "warning",
        message: `the delivery ${id} about ${lane} failed too often, last on ${new Date(diedAt).toISOString()}: ${error}`,
        fix: `daytwo doctor --resend "${id}"; the next sweep looks at the issue in any case`,
      });
    }
    if (stats.oldest !== null && now - stats.oldest > HOUR_MS) {
      findings.push({
        ...about,
        severity: "warning",
        message: `${stats.waiting === 1 ? "a delivery waits" : `${stats.waiting} deliveries wait`}, the oldest since ${new Date(stats.oldest).toISOString()}`,
        fix: "start daytwo serve; if it runs, its log says what holds it up",
      });
    }
  }
  if (findings.length > 0) return findings;
  return [
    { ...about, severity: "ok", message: "the data folder can be written, and nothing is stuck", fix: null },
  ];
}
