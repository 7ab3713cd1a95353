/** What GitHub's endpoints share: the repository of a call, and lists in pages. */
import { Refusal } from "../../forge/memory/index.ts";
import type { Doing } from "../../forge/memory/rules.ts";
import { type Answer, type Call, caller, linkHeader, pageOf, pagingViolation } from "../http.ts";
import type { Place } from "./wire.ts";

export const ok = (body: unknown, status = 200): Answer => ({ status, body });

/** The caller in the repository of the path. A private one does not exist for who gives no token. */
export function here(call: Call): Doing {
  const name = `${call.params.owner}/${call.params.repo}`;
  if (!call.token && call.memory.findProject(name)?.private !== false) throw new Refusal(404, "Not Found");
  return call.memory.acting(caller(call), name);
}

export const placeOf = (call: Call, doing: Doing): Place => ({
  memory: call.memory,
  api: call.api,
  project: doing.project,
});

export function list<T>(call: Call, all: readonly T[], map: (item: T) => unknown): Answer {
  const page = pageOf(all, call.query, 30);
  const relations: Record<string, { page: string }> = {};
  if (page.page > 1)
    Object.assign(relations, { prev: { page: String(page.page - 1) }, first: { page: "1" } });
  if (page.page < page.pages) {
    Object.assign(relations, { next: { page: String(page.page + 1) }, last: { page: String(page.pages) } });
  }
  const link = linkHeader(call, relations);
  return {
    ...ok(page.items.map(map)),
    headers: link === "" ? {} : { link },
    ...pagingViolation(call, page),
  };
}
