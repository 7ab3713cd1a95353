/** How results are shown: for people as text, for machines as one JSON document. */
import { randomUUID } from "node:crypto";
import { styleText } from "node:util";
import type { Change, Outcome, Plan, Problem } from "../model.ts";
import type { Io } from "./io.ts";

type Style = Parameters<typeof styleText>[0];

/** Stands for the escape character in painted text until `printable` lets it through; nobody else can write it. */
const ESCAPE = `\u0001${randomUUID()}\u0001`;

/** Colours only on a terminal, and not where NO_COLOR asks for none. What is painted is printed by `printable`. */
export const painter = (io: Io) =>
  io.screen && !io.env.NO_COLOR
    ? (style: Style, text: string) =>
        styleText(style, text, { validateStream: false }).replaceAll("\u001b", ESCAPE)
    : (_: Style, text: string) => text;

/** A plan as `plan --json` prints it and `apply` reads it back. */
export function planJson({ at, changes, problems, versions }: Plan) {
  return { at: new Date(at).toISOString(), changes: changes.map(changeJson), problems, versions };
}

/** Names first, the long body last but for the reason. */
export function changeJson(change: Change): Record<string, unknown> {
  const { policy, kind, project, issue, reason, ...rest } = change;
  const { body, ...own } = rest as { body?: string };
  return { policy, kind, project, issue, ...own, ...(body === undefined ? {} : { body }), reason };
}

export const outcomeJson = ({ status, issue, url, error }: Outcome) => ({
  status,
  issue,
  url,
  ...(error === null ? {} : { error }),
});

const VERBS: Readonly<Record<Change["kind"], string>> = {
  "create-issue": "open",
  "edit-issue": "edit",
  "add-label": "add label",
  "remove-label": "remove label",
  assign: "assign",
  unassign: "unassign",
  comment: "comment",
  "edit-comment": "edit comment",
  react: "react",
  "close-issue": "close",
  "reopen-issue": "reopen",
  "link-issues": "link",
  "pin-issue": "pin",
};

/** What one change does, in a few words: `add label "SalesOpsAR::On Hold"`. */
export function deed(change: Change): string {
  const verb = VERBS[change.kind];
  switch (change.kind) {
    case "create-issue":
      return [
        `${verb} "${onOneLine(change.title)}"`,
        ...(change.labels.length > 0 ? [change.labels.map((label) => `"${label}"`).join(", ")] : []),
      ].join(" with ");
    case "add-label":
    case "remove-label":
      return `${verb} "${change.label}"`;
    case "assign":
    case "unassign":
      return `${verb} @${change.assignee}`;
    default:
      return verb;
  }
}

const place = (change: Change): string =>
  change.issue === null ? `${change.project} (new)` : `${change.project}#${change.issue}`;

/** Lines for people: what is (or was) done to each issue, and why. */
export function changeLines(
  changes: readonly Change[],
  outcomes: readonly Outcome[] | null,
  paint: ReturnType<typeof painter>,
): string[] {
  const lines: string[] = [];
  let last = "";
  changes.forEach((change, i) => {
    const at = place(change);
    if (at !== last || change.issue === null) lines.push(paint("bold", at));
    last = at;
    const outcome = outcomes?.[i];
    const status = outcome ? `${paint(COLORS[outcome.status], outcome.status.padEnd(9))} ` : "";
    lines.push(
      `  ${status}${deed(change)}  ${paint("dim", `(${change.policy}) ${onOneLine(change.reason)}`)}`,
    );
    if (outcome?.error && outcome.status !== "applied") lines.push(`            ${onOneLine(outcome.error)}`);
    else if (outcome?.url && change.kind === "create-issue") lines.push(`            ${outcome.url}`);
  });
  return lines;
}

export const COLORS = { applied: "green", unchanged: "dim", failed: "red", skipped: "yellow" } as const;

export const problemLines = (problems: readonly Problem[], paint: ReturnType<typeof painter>): string[] =>
  problems.map(({ policy, project, issue, message }) => {
    const where = issue === null ? project : `${project}#${issue}`;
    return `${paint("yellow", "problem")} ${where} (${policy}): ${onOneLine(message)}`;
  });

export { count } from "../engine/text/count.ts";

/**
 * Other people's words as a part of one line: in CI, where a runner reads what is printed, no line of theirs
 * starts `::`, and `##[` acts wherever it stands.
 */
export const onOneLine = (text: string): string =>
  printable(text.replace(/[\s\u0085]+/g, " ")).replaceAll("##[", "## [");

/** Nothing but printable text and the painter's colours reach a terminal: issue titles and bodies are other people's. */
export const printable = (text: string): string =>
  text
    .split(ESCAPE)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to keep out
    .map((part) => part.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, ""))
    .join("\u001b");
