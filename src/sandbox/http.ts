/** What a face of the sandbox is made of: calls, answers, routes and pages. */
import type { MemoryForge } from "../forge/memory/index.ts";
import { Refusal } from "../forge/memory/index.ts";
import type { Account, Token } from "../forge/memory/state.ts";

export interface Call {
  readonly memory: MemoryForge;
  readonly method: string;
  /** Path below the API root, as it came (not decoded). */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  readonly token: Token | null;
  /** The API root as the caller wrote it, for the links in answers. */
  readonly api: string;
  /** Decoded parts of the path that the route names. */
  readonly params: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** A rule of good manners that this request broke. */
  readonly violation?: string;
}

export interface Route {
  readonly method: string;
  readonly pattern: RegExp;
  /** What kind of request this is, for counts: `GET issues`, `POST label`. */
  readonly kind: string;
  /** Writes that create issues or comments, for the limits on content. */
  readonly content: "issue" | "comment" | null;
  readonly run: (call: Call) => Answer;
}

/** @param path `/repos/:owner/:repo/issues/:number`; a part may hold encoded slashes, `number` and `iid` are digits */
export function route(
  method: string,
  path: string,
  kind: string,
  run: (call: Call) => Answer,
  content: Route["content"] = null,
): Route {
  const pattern = path.replace(
    /:(\w+)/g,
    (_, name) => `(?<${name}>${/^(number|iid)$/.test(name) ? "\\d+" : "[^/]+"})`,
  );
  return { method, pattern: new RegExp(`^${pattern}$`), kind: `${method} ${kind}`, content, run };
}

export function match(
  routes: readonly Route[],
  method: string,
  path: string,
): { route: Route; params: Record<string, string> } | null {
  for (const candidate of routes) {
    if (candidate.method !== method) continue;
    const found = candidate.pattern.exec(path);
    if (!found) continue;
    const parts = Object.entries(found.groups ?? {}).map(([name, value]) => [
      name,
      decodeURIComponent(value),
    ]);
    return { route: candidate, params: Object.fromEntries(parts) };
  }
  return null;
}

export interface Page<T> {
  readonly items: T[];
  readonly page: number;
  readonly perPage: number;
  readonly pages: number;
  readonly total: number;
}

/** The page that a query asks for; both forges give at most 100 items. */
export function pageOf<T>(all: readonly T[], query: URLSearchParams, fallback: number): Page<T> {
  const perPage = Math.min(100, Math.max(1, Number(query.get("per_page")) || fallback));
  const page = Math.max(1, Number(query.get("page")) || 1);
  const items = all.slice((page - 1) * perPage, page * perPage);
  return { items, page, perPage, pages: Math.max(1, Math.ceil(all.length / perPage)), total: all.length };
}

/** A `Link` header of these pages, by relation. */
export function linkHeader(
  call: Call,
  relations: Readonly<Record<string, Readonly<Record<string, string>>>>,
): string {
  return Object.entries(relations)
    .map(([relation, change]) => {
      const query = new URLSearchParams(call.query);
      for (const [name, value] of Object.entries(change)) query.set(name, value);
      return `<${call.api}${call.path}?${query}>; rel="${relation}"`;
    })
    .join(", ");
}

/** Reading a list that goes on without asking for full pages misses the rest, or costs more than it must. */
export function pagingViolation(call: Call, page: Page<unknown>): { violation?: string } {
  const careless = page.pages > 1 && call.query.get("per_page") === null;
  return careless ? { violation: `unpaged: ${page.total} items, and no per_page` } : {};
}

export function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** An account, or the refusal of a call without one. */
export function caller(call: Call): Account {
  if (call.token) return call.token.account;
  throw new Refusal(401, call.memory.kind === "github" ? "Requires authentication" : "401 Unauthorized");
}
