/** Octokit for addresses and types, our own sender for everything that happens on the wire. */
import { Octokit } from "@octokit/rest";
import { z } from "zod";
import type { ForgeDeps, ForgeTarget } from "../forge.ts";
import { toJson } from "../http/json.ts";
import type { WriteLimits } from "../http/limits.ts";
import { type Page, readPages } from "../http/pages.ts";
import { createSender, type Sender } from "../http/send.ts";
import { linkTo } from "../http/url.ts";
import { type Doing, refused, unreadable } from "../http/words.ts";

/**
 * Writes a minute and an hour: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 * ("no more than 80 content-generating requests per minute and no more than 500 … per hour"). Beyond half of
 * that a second lies between writes, which the best practices ask for.
 */
export const GITHUB_LIMITS: WriteLimits = { soft: 40, perMinute: 80, contentPerHour: 500, stepMs: 1000 };
/** The version of the REST API that this adapter is written for. */
const API_VERSION = "2022-11-28";
/** The most GitHub gives at once. */
export const PER_PAGE = 100;

/** Whatever GitHub answered below 500, unjudged. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly data: unknown;
}

/** What Octokit's methods promise, of which our own hook made every one. */
interface Response {
  readonly status: number;
  readonly headers: object;
  readonly data: unknown;
}

interface GraphQLAnswer {
  /** Null where GraphQL is refused or missing, so that the capability is absent. */
  readonly data: unknown;
  readonly errors: readonly string[];
}

export interface Client {
  readonly rest: Octokit["rest"];
  /** For routes that Octokit has no method for. */
  readonly request: Octokit["request"];
  readonly sender: Sender;
  readonly target: ForgeTarget;
  readonly repo: { readonly owner: string; readonly repo: string };
  /** The answer, if its status is 2xx or one of `accept`. @throws ForgeError otherwise */
  ask(doing: Doing, request: Promise<Response>, accept?: readonly number[]): Promise<Answer>;
  /** Reads an answer's data. @throws ForgeError `invalid` */
  parse<T>(doing: Doing, schema: z.ZodType<T>, data: unknown): T;
  /** All entries of a list, mapped; those mapped to null are left out. `path` stands after `/repos/o/r`. */
  list<W, T>(doing: Doing, list: List<W, T>): Promise<T[]>;
  graphql(text: string, variables: Record<string, unknown>): Promise<GraphQLAnswer>;
}

export interface List<W, T> {
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly schema: z.ZodType<W>;
  readonly map: (wire: W) => T | null;
  /** Whether it is worth remembering: not a list whose address is new each time. */
  readonly remember: boolean;
  /** Whether a page ends what is wanted: no further one is asked for. */
  readonly enough?: (items: readonly T[]) => boolean;
}

export function createClient(target: ForgeTarget, deps: ForgeDeps): Client {
  const [owner = "", name = ""] = target.project.split("/");
  const repo = { owner, repo: name };
  const root = `${target.api}/repos/${encodeURIComponent(owner)}/${encodeURIComponent(name)}`;
  const sender = createSender(target, deps, { limits: GITHUB_LIMITS });
  const octokit = new Octokit({ baseUrl: target.api, userAgent: "daytwo" });

  octokit.hook.wrap("request", async (_, options) => {
    const { method, url, headers, body } = octokit.request.endpoint(options);
    const answer = await send(method, url, headers, body);
    return { ...answer, url };
  });

  async function send(method: string, url: string, headers: object, body?: unknown): Promise<Answer> {
    const kind = kindOf(method, url.slice(target.api.length), body);
    const answer = await sender.send({
      method,
      url,
      kind,
      headers: {
        accept: "application/vnd.github+json",
        ...headers,
        "user-agent": "daytwo",
        "x-github-api-version": API_VERSION,
        ...(target.token === "" ? {} : { authorization: `Bearer ${target.token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json; charset=utf-8" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(kind === "GraphQL query" ? { safe: true } : {}),
      content: kind === "POST issue" || kind === "POST comment",
    });
    return {
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      data: answer.body === "" ? null : toJson(answer.body),
    };
  }

  function judge(doing: Doing, answer: Answer, accept: readonly number[]): Answer {
    const { status } = answer;
    if ((status >= 200 && status < 300) || accept.includes(status)) return answer;
    throw refused(target, doing, { status, message: messageOf(answer.data) });
  }

  function parse<T>(doing: Doing, schema: z.ZodType<T>, data: unknown): T {
    const read = schema.safeParse(data);
    if (read.success) return read.data;
    const [issue] = read.error.issues;
    const where = issue?.path.join(".") || "the answer";
    throw unreadable(target, doing, `${where}: ${issue?.message ?? "unexpected"}`);
  }

  function list<W, T>(
    doing: Doing,
    { path, query, schema, map, remember, enough }: List<W, T>,
  ): Promise<T[]> {
    const first = `${root}${path}?${new URLSearchParams({ ...query, per_page: String(PER_PAGE), page: "1" })}`;
    const entries = z.array(schema);
    /** Only the query is the forge's to say: a proxy may not know by which address we reach it. */
    const here = (link: string | null) => {
      if (link === null || !URL.canParse(link, first)) return null;
      const url = new URL(first);
      url.search = new URL(link, first).search;
      return url.href;
    };
    return readPages<T>({
      first,
      perPage: PER_PAGE,
      cache: remember ? deps.cache : null,
      ...(enough ? { enough } : {}),
      ask: async (url, etag) => {
        const headers = etag === null ? {} : { "if-none-match": etag };
        const answer = judge(doing, await send("GET", url, headers), etag === null ? [] : [304]);
        const { etag: tag, link } = answer.headers;
        if (answer.status === 304) {
          // A list of one page has no Link, whatever its status.
          return link === undefined
            ? { changed: false }
            : { changed: false, next: here(linkTo(link, "next")) };
        }
        const wires = parse(doing, entries, answer.data);
        const items = wires.map(map).filter((item) => item !== null);
        return {
          changed: true,
          etag: tag ?? null,
          page: { items, size: wires.length } satisfies Page<T>,
          next: here(linkTo(link, "next")),
          last: here(linkTo(link, "last")),
        };
      },
    });
  }

  async function graphql(text: string, variables: Record<string, unknown>): Promise<GraphQLAnswer> {
    // On GitHub Enterprise Server it stands beside /api/v3, elsewhere below the API root.
    const url = `${target.api.replace(/\/api\/v3$/, "/api")}/graphql`;
    const answer = await send("POST", url, {}, { query: text, variables });
    if (answer.status === 401)
      throw refused(target, { what: "ask", write: false, target: null }, { status: 401, message: "" });
    if (answer.status >= 300) return ABSENT;
    const read = graphqlWire.safeParse(answer.data);
    if (!read.success) return ABSENT;
    return {
      data: read.data.data ?? null,
      errors: (read.data.errors ?? []).map(({ message }) => message ?? ""),
    };
  }

  return {
    rest: octokit.rest,
    request: octokit.request,
    sender,
    target,
    repo,
    list,
    graphql,
    parse,
    ask: async (doing, request, accept = []) => judge(doing, (await request) as Answer, accept),
  };
}

const ABSENT: GraphQLAnswer = { data: null, errors: [] };
const graphqlWire = z.object({
  data: z.unknown().optional(),
  errors: z.array(z.object({ message: z.string().nullish() })).nullish(),
});

const refusalWire = z.object({
  message: z.string().nullish(),
  errors: z
    .array(
      z.union([
        z.string(),
        z.object({
          message: z.string().nullish(),
          field: z.string().nullish(),
          code: z.string().nullish(),
          value: z.unknown().optional(),
        }),
      ]),
    )
    .nullish()
    .catch(null),
});

/** GitHub's own words for a refusal, with the fields it objects to. */
export function messageOf(data: unknown): string {
  const read = refusalWire.safeParse(data);
  if (!read.success) return "";
  const errors = (read.data.errors ?? []).map((error) => {
    if (typeof error === "string") return error;
    const { field, code, message, value } = error;
    const about = typeof value === "string" ? ` "${value}"` : "";
    return message || `${field ?? "field"}${about} ${(code ?? "invalid").replaceAll("_", " ")}`;
  });
  return [read.data.message ?? "", ...errors].filter((part) => part !== "").join("; ");
}

const PLURAL =
  /\/(issues|comments|labels|assignees|events|timeline|reactions|user|graphql|projectsV2|fields|views|items)(\/[^/?]+)?(?:\?.*)?$/;

/** How a request is counted: `GET issues`, `POST issue`, `DELETE label`. @param path after the API root */
function kindOf(method: string, path: string, body: unknown): string {
  if (/\/graphql$/.test(path)) {
    const text = z.object({ query: z.string() }).safeParse(body).data?.query ?? "";
    return /^\s*mutation\b/.test(text) ? "GraphQL mutation" : "GraphQL query";
  }
  const [, noun = "other", id] = PLURAL.exec(path.replace(/^\/repos\/[^/]+\/[^/]+/, "")) ?? [];
  return `${method} ${id !== undefined || method !== "GET" ? noun.replace(/s$/, "") : noun}`;
}
