/** What an access request asks for, and for whom: as filed, or as daytwo opened it. */
import { accessOf } from "../engine/access/record.ts";
import type { Asked } from "../engine/metrics/board.ts";
import { accessRequestOf } from "../engine/requests/read.ts";
import type { Issue } from "../model.ts";
import type { Look } from "./policy.ts";

export function askedIn(look: Look, issue: Issue): Asked {
  const own = look.own("requests", issue.author);
  const record = own ? accessOf(issue) : null;
  if (record) {
    const systems = Object.keys(record.systems).filter((id) => look.config.systems.has(id));
    return { systems, roles: record.role === null ? [] : [record.role], filed: false };
  }
  const forge = look.project("requests")?.forge ?? "github";
  const people = accessRequestOf(issue, look.config, forge)?.people ?? [];
  return {
    systems: distinct(people.flatMap(({ systems }) => systems)),
    roles: distinct(people.map(({ role }) => role)),
    filed: !own,
  };
}

/** Each once, however it is spelt: as first written. */
function distinct(texts: readonly string[]): string[] {
  const found = new Map<string, string>();
  for (const text of texts) {
    const key = text.normalize("NFC").toLowerCase();
    if (text !== "" && !found.has(key)) found.set(key, text);
  }
  return [...found.values()];
}
