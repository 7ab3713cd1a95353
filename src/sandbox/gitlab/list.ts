/** What GitLab's endpoints share: the project of a call, lists and their pages. */
import { Refusal } from "../../forge/memory/index.ts";
import type { Doing } from "../../forge/memory/rules.ts";
import { type Answer, type Call, caller, linkHeader, pageOf, pagingViolation } from "../http.ts";
import type { Place } from "./wire.ts";

/** https://docs.gitlab.com/api/rest/#pagination-response-headers: totals are left out above this. */
const TOTALS_UP_TO = 10_000;

export const ok = (body: unknown, status = 200): Answer => ({ status, body });

/** The caller in the project of the path, which is a number or a full name. */
export function here(call: Call): Doing {
  const { id = "" } = call.params;
  const project =
    [...call.memory.projects.values()].find((each) => String(each.id) === id) ?? call.memory.findProject(id);
  if (!call.token && project?.private !== false) throw new Refusal(404, "404 Project Not Found");
  return call.memory.acting(caller(call), project?.name ?? id);
}

export const placeOf = (call: Call, doing: Doing): Place => ({
  memory: call.memory,
  api: call.api,
  project: doing.project,
});

/** A list parameter: an array, or one text with commas. */
export function strings(value: unknown): string[] {
  const items = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
  return items
    .flatMap((item) => String(item).split(","))
    .map((item) => item.trim())
    .filter(Boolean);
}

export function list<T extends { id?: number }>(
  call: Call,
  all: readonly T[],
  map: (item: T) => unknown,
): Answer {
  return call.query.get("pagination") === "keyset" ? byKey(call, all, map) : byPage(call, all, map);
}

function byPage<T>(call: Call, all: readonly T[], map: (item: T) => unknown): Answer {
  const page = pageOf(all, call.query, 20);
  const next = page.page < page.pages ? String(page.page + 1) : "";
  const previous = page.page > 1 ? String(page.page - 1) : "";
  const known = page.total <= TOTALS_UP_TO;
  const relations = {
    ...(previous === "" ? {} : { prev: { page: previous } }),
    ...(next === "" ? {} : { next: { page: next } }),
    first: { page: "1" },
    ...(known ? { last: { page: String(page.pages) } } : {}),
  };
  return {
    ...ok(page.items.map(map)),
    headers: {
      link: linkHeader(call, relations),
      "x-next-page": next,
      "x-page": String(page.page),
      "x-per-page": String(page.perPage),
      "x-prev-page": previous,
      ...(known ? { "x-total": String(page.total), "x-total-pages": String(page.pages) } : {}),
    },
    ...pagingViolation(call, page),
  };
}

function byKey<T extends { id?: number }>(call: Call, all: readonly T[], map: (item: T) => unknown): Answer {
  const cursor = call.query.get("cursor");
  const from = cursor === null ? 0 : all.findIndex((item) => String(item.id) === atob(cursor)) + 1;
  const page = pageOf(
    all.slice(from),
    new URLSearchParams({ per_page: call.query.get("per_page") ?? "" }),
    20,
  );
  const last = page.items.at(-1);
  const more = page.pages > 1 && last?.id !== undefined;
  return {
    ...ok(page.items.map(map)),
    headers: more ? { link: linkHeader(call, { next: { cursor: btoa(String(last.id)) } }) } : {},
    ...pagingViolation(call, page),
  };
}
