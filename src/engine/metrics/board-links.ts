/** Addresses at which a forge shows the issues behind a number. */
import type { ForgeKind } from "../../model.ts";

export interface ListQuery {
  /** Bears all of these. */
  readonly labels?: readonly string[];
  readonly assignee?: string;
}

/** The page that lists a project's issues, from the address of any one of them; null where that is not one. */
export function listPage(issueUrl: string): string | null {
  const found = /^(https?:\/\/.+?)\/(issues|-\/issues|-\/work_items)\/\d+$/.exec(issueUrl);
  return found ? `${found[1]}/${found[2] === "issues" ? "issues" : "-/issues"}` : null;
}

/** The open issues of a project that are so, as its forge lists them. */
export function listUrl(forge: ForgeKind, page: string, { labels = [], assignee }: ListQuery): string {
  if (forge === "github") {
    // A quote cannot be written in a quoted term.
    const terms = labels.map((label) => `label:"${label.replaceAll('"', "")}"`);
    const who = assignee === undefined ? [] : [`assignee:${assignee}`];
    return `${page}?q=${encodeURIComponent(["is:issue", "is:open", ...terms, ...who].join(" "))}`;
  }
  const query = [
    "state=opened",
    ...labels.map((label) => `label_name[]=${encodeURIComponent(label)}`),
    ...(assignee === undefined ? [] : [`assignee_username[]=${encodeURIComponent(assignee)}`]),
  ];
  return `${page}?${query.join("&")}`;
}
