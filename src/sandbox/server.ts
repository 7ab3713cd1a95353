/** The HTTP server in front of a forge in memory. */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type MemoryForge, Refusal } from "../forge/memory/index.ts";
import type { Token } from "../forge/memory/state.ts";
import type { Instant } from "../model.ts";
import { type Fault, Faults } from "./faults.ts";
import { type CommitComment, fileRoutes, type Repositories } from "./files.ts";
import { hookRoutes as githubHookRoutes } from "./github/hooks.ts";
import { githubRoutes } from "./github/routes.ts";
import { hookRoutes as gitlabHookRoutes } from "./gitlab/hooks.ts";
import { gitlabRoutes } from "./gitlab/routes.ts";
import { type Answer, match } from "./http.ts";
import { DEFAULT_LIMITS, Limiter, type Limits } from "./limits.ts";
import { openPages, type PagesOptions } from "./pages/pages.ts";
import { Webhooks } from "./webhooks.ts";

export interface SandboxOptions {
  readonly forge: MemoryForge;
  /** A free one unless told. */
  readonly port?: number;
  /** The clock of limits, `Date` headers and signatures; the machine's unless told. */
  readonly clock?: () => Instant;
  readonly limits?: Partial<Limits>;
  /** Milliseconds before each answer. */
  readonly latency?: number;
  /** Every request waits for this, too, before anything is done. */
  readonly before?: (method: string, path: string) => Promise<void>;
  /** Send webhooks as things happen; off, they wait in `webhooks.queue`. */
  readonly deliverWebhooks?: boolean;
  /** GitHub: off where GraphQL is refused. */
  readonly graphql?: boolean;
  /** Issues as pages for a browser, at the addresses the forge prints; without, there are none. */
  readonly pages?: PagesOptions;
}

interface LoggedRequest {
  readonly at: Instant;
  readonly method: string;
  /** With its query, below the API root. */
  readonly path: string;
  /** `GET issues`, `POST label`; `?` where nothing is at that address. */
  readonly kind: string;
  /** Handle of the caller; "" without a token that is known. */
  readonly account: string;
  /** What was sent, as read; `{}` for nothing. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Null where the connection was dropped. */
  readonly status: number | null;
}

export interface Sandbox {
  /** `http://127.0.0.1:PORT`, also the root of the web pages. */
  readonly url: string;
  /** API root of a sandbox with a GitHub forge; the same API also stands under `/api/v3`, as on a GitHub Enterprise server. */
  readonly githubApi: string;
  /** API root of a sandbox with a GitLab forge; the same API also stands under a relative root, `/gitlab/api/v4`. */
  readonly gitlabApi: string;
  readonly log: readonly LoggedRequest[];
  /** Requests that no well-behaved client makes: whole label sets, lists read without pages. */
  readonly violations: readonly string[];
  readonly faults: Faults;
  readonly webhooks: Webhooks;
  /** What stands on the default branch of each project. */
  readonly files: Repositories;
  /** What was said on commits, oldest first. */
  readonly commitComments: readonly CommitComment[];
  /** Sends the webhooks that wait. */
  deliver(): Promise<void>;
  close(): Promise<void>;
}

/** What a request may carry at most: a description of a million characters, and then some. */
const MAX_BODY = 8 * 1024 * 1024;

/**
 * Serves a forge in memory on loopback, as its real counterpart would: tokens are checked, limits bite, pages
 * end, unchanged pages are 304s, webhooks are signed. Faults can be set for requests to come.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { forge, clock = Date.now, latency = 0 } = options;
  const log: LoggedRequest[] = [];
  const violations: string[] = [];
  const faults = new Faults();
  const limiter = new Limiter(forge.kind, { ...DEFAULT_LIMITS, ...options.limits }, clock);

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      console.error(error);
      if (!response.headersSent) response.writeHead(500).end('{"message":"The sandbox failed"}');
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    // Whoever was kept waiting by a busy machine finds the connection still there.
    server.keepAliveTimeout = 75_000;
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  forge.web = url;
  const gitlab = forge.kind === "gitlab";
  const webhooks = new Webhooks(
    forge,
    gitlab ? `${url}/api/v4` : url,
    clock,
    options.deliverWebhooks ?? false,
  );
  const files: Repositories = new Map();
  const commitComments: CommitComment[] = [];
  const routes = [
    ...(gitlab
      ? [...gitlabRoutes, ...gitlabHookRoutes(webhooks)]
      : [...githubRoutes, ...githubHookRoutes(webhooks)]),
    ...fileRoutes(forge.kind, files, commitComments),
  ];

  const pages = options.pages ? openPages(forge, options.pages) : null;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = clock();
    const body = await readBody(request);
    const method = request.method ?? "GET";
    const target = new URL(request.url ?? "/", url);
    const page = await pages?.answer({ method, target, headers: request.headers, body });
    if (page) {
      response.writeHead(page.status, page.headers).end(page.body);
      return;
    }
    const { root, path } = gitlab ? gitlabPath(target.pathname) : githubPath(target.pathname);
    const shown = `${path}${target.search}`;
    const found = root === null ? null : match(routes, method, path);
    const { token, refused } = authenticate(forge, request);
    const entry = {
      at,
      method,
      path: shown,
      kind: found?.route.kind ?? "?",
      account: token?.account.handle ?? "",
      body,
    };
    const fault = faults.take(`${method} ${shown}`);

    if (latency > 0) await new Promise((resolve) => setTimeout(resolve, latency));
    await options.before?.(method, path);
    if (fault?.kind === "drop-before") {
      log.push({ ...entry, status: null });
      request.socket.destroy();
      return;
    }
    const account = token?.account.handle ?? request.socket.remoteAddress ?? "";
    const answer = ((): Answer => {
      if (fault?.kind === "status") return faultAnswer(fault);
      if (refused) return refusalAnswer(forge, new Refusal(401, refused));
      const limited = limiter.admit(account, method, found?.route.content ?? null);
      if (limited) return limited;
      if (!found || (options.graphql === false && path === "/graphql")) {
        return {
          status: 404,
          body: gitlab ? { error: "404 Not Found" } : { message: "Not Found", status: "404" },
        };
      }
      if (token?.scope === "read" && method !== "GET" && path !== "/graphql") return readOnly(forge);
      try {
        const api = `${url}${root}`;
        return found.route.run({
          memory: forge,
          method,
          path,
          query: target.searchParams,
          body,
          token,
          api,
          params: found.params,
        });
      } catch (error) {
        if (error instanceof Refusal) return refusalAnswer(forge, error);
        throw error;
      }
    })();
    if (answer.violation) violations.push(`${method} ${shown}: ${answer.violation}`);
    if (
      method !== "GET" &&
      (answer.status === 401 || (answer.status === 403 && !answer.headers?.["retry-after"]))
    ) {
      violations.push(`${method} ${shown}: refused write (${answer.status}) by ${entry.account || "nobody"}`);
    }
    if (fault?.kind === "drop-after-commit") {
      log.push({ ...entry, status: null });
      request.socket.destroy();
      return;
    }

    const text =
      answer.body === undefined
        ? ""
        : typeof answer.body === "string"
          ? answer.body
          : JSON.stringify(answer.body);
    const headers: Record<string, string> = {
      date: new Date(at).toUTCString(),
      "content-type":
        typeof answer.body === "string" ? "text/html; charset=utf-8" : "application/json; charset=utf-8",
      ...(gitlab ? {} : tokenHeaders(token)),
      ...answer.headers,
    };
    let { status } = answer;
    if (method === "GET" && status === 200) {
      headers.etag = `W/"${createHash("sha256").update(text).digest("hex")}"`;
      if (isKnown(request.headers["if-none-match"], headers.etag)) {
        status = 304;
        limiter.refund(account);
      }
    }
    Object.assign(headers, limiter.headers(account), answer.headers);
    if (status === 204 || status === 304) delete headers["content-type"];
    log.push({ ...entry, status });
    response.writeHead(status, headers);
    response.end(status === 204 || status === 304 ? undefined : text);
  }

  return {
    url,
    githubApi: url,
    gitlabApi: `${url}/api/v4`,
    log,
    violations,
    faults,
    webhooks,
    files,
    commitComments,
    deliver: async () => {
      await webhooks.deliver();
    },
    close: async () => {
      webhooks.close();
      pages?.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await webhooks.settled();
    },
  };
}

/** GitHub Enterprise has its API under `/api/v3` and GraphQL at `/api/graphql`. */
function githubPath(path: string): { root: string | null; path: string } {
  if (path === "/api/graphql") return { root: "/api", path: "/graphql" };
  return path.startsWith("/api/v3/")
    ? { root: "/api/v3", path: path.slice("/api/v3".length) }
    : { root: "", path };
}

function gitlabPath(path: string): { root: string | null; path: string } {
  const root = /^(?:\/[\w-]+)*?\/api\/v4(?=\/)/.exec(path)?.[0];
  return root === undefined ? { root: null, path } : { root, path: path.slice(root.length) };
}

function authenticate(
  forge: MemoryForge,
  request: IncomingMessage,
): { token: Token | null; refused: string | null } {
  const header = request.headers.authorization ?? "";
  const own = forge.kind === "gitlab" ? request.headers["private-token"] : undefined;
  const given = typeof own === "string" ? own : /^(?:token|bearer) (.+)$/i.exec(header)?.[1];
  if (given === undefined) {
    return {
      token: null,
      refused: header === "" ? null : forge.kind === "github" ? "Bad credentials" : "401 Unauthorized",
    };
  }
  const token = forge.tokens.get(given) ?? null;
  return { token, refused: token ? null : forge.kind === "github" ? "Bad credentials" : "401 Unauthorized" };
}

/** What GitHub says of a token with every answer: https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api */
function tokenHeaders(token: Token | null): Record<string, string> {
  const expires = token?.expiresAt;
  return {
    ...(token?.scopes ? { "x-oauth-scopes": token.scopes.join(", ") } : {}),
    ...(expires == null
      ? {}
      : {
          "github-authentication-token-expiration": `${new Date(expires).toISOString().slice(0, 19).replace("T", " ")} UTC`,
        }),
  };
}

function readOnly(forge: MemoryForge): Answer {
  if (forge.kind === "github") {
    return {
      status: 403,
      body: { message: "Resource not accessible by personal access token", status: "403" },
    };
  }
  const error_description = "The request requires higher privileges than provided by the access token.";
  return { status: 403, body: { error: "insufficient_scope", error_description, scope: "api" } };
}

function refusalAnswer(forge: MemoryForge, { status, message, field }: Refusal): Answer {
  if (forge.kind === "gitlab") {
    const key = status === 400 && / (?:is|are|does) /.test(message) ? "error" : "message";
    return { status, body: { [key]: message } };
  }
  const documentation_url = "https://docs.github.com/rest";
  if (status !== 422) return { status, body: { message, documentation_url, status: String(status) } };
  const error = message === "already_exists" ? { code: message } : { code: "custom", message };
  const errors = [{ resource: "Issue", field, ...error }];
  return { status, body: { message: "Validation Failed", errors, documentation_url, status: "422" } };
}

function faultAnswer(fault: Fault): Answer {
  const { status = 500, headers = {}, body = { message: "Server Error" } } = fault;
  return { status, headers, body };
}

function isKnown(sent: string | undefined, etag: string): boolean {
  const bare = (tag: string) => tag.trim().replace(/^W\//, "");
  return sent?.split(",").some((tag) => bare(tag) === bare(etag)) ?? false;
}

/** A JSON or form body; `{}` for none or for something else. */
async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) throw new Error("The request is too large for the sandbox");
    chunks.push(chunk);
  }
  const raw = Buffer.concat(chunks).toString("utf8");
  if (raw === "") return {};
  if (request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded")) return form(raw);
  try {
    const parsed: unknown = JSON.parse(raw);
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** `a=1&b[]=2&b[]=3` as Rails reads it. */
function form(raw: string): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  for (const [name, value] of new URLSearchParams(raw)) {
    if (!name.endsWith("[]")) read[name] = value;
    else read[name.slice(0, -2)] = [...((read[name.slice(0, -2)] as string[] | undefined) ?? []), value];
  }
  return read;
}
