/**
 * One GitLab project over HTTP. @gitbeaker/rest builds the requests, the sender shared by all forges makes
 * them: Gitbeaker's own requester repeats every method up to ten times within a third of a second and knows
 * no Retry-After, so that a POST could double.
 */
import {
  IssueLinks,
  IssueNoteAwardEmojis,
  IssueNotes,
  Issues,
  MergeRequestNotes,
  ProjectIssueBoards,
  ProjectLabels,
  Users,
} from "@gitbeaker/rest";
import { z } from "zod";
import type { Issue } from "../../model.ts";
import { type ForgeDeps, ForgeError, type ForgeTarget } from "../forge.ts";
import { type Gate, gateFor, type WriteLimits } from "../http/limits.ts";
import { type PageAnswer, readPages } from "../http/pages.ts";
import { createSender, type HttpAnswer, type Sender } from "../http/send.ts";
import { atPage, hostOf, linkTo, pageOf } from "../http/url.ts";
import { type Doing, refused, unreadable } from "../http/words.ts";

/** https://docs.gitlab.com/user/gitlab_com/#rate-limits-on-gitlabcom: 2,000 authenticated requests a minute. */
export const API_LIMITS: WriteLimits = { soft: 1500, perMinute: 2000, contentPerHour: null, stepMs: 50 };
/** https://docs.gitlab.com/administration/settings/rate_limit_on_issues_creation/: 200 a minute on GitLab.com. */
const ISSUE_LIMITS: WriteLimits = { soft: 150, perMinute: 200, contentPerHour: null, stepMs: 400 };
/** https://docs.gitlab.com/administration/settings/rate_limit_on_notes_creation/: 60 a minute on GitLab.com. */
const NOTE_LIMITS: WriteLimits = { soft: 40, perMinute: 60, contentPerHour: null, stepMs: 1500 };

export const PER_PAGE = 100;

/** Stands for the server in what Gitbeaker builds; the real API root replaces it, whatever its path is. */
const GITBEAKER_HOST = "https://gitlab.invalid";
const GITBEAKER_ROOT = `${GITBEAKER_HOST}/api/v4`;

/** What was last seen of an issue, to tell a write that changed nothing. The body only where it was read alone. */
export type Seen = Pick<Issue, "url" | "title" | "state" | "labels" | "assignees" | "updatedAt"> & {
  readonly body: string | null;
};

export interface Task extends Doing {
  /** Whether another project takes part, which then may be the one that is missing. */
  readonly across?: true;
}

export interface Client {
  readonly target: ForgeTarget;
  readonly deps: ForgeDeps;
  readonly sender: Sender;
  readonly api: {
    readonly issues: Issues;
    readonly notes: IssueNotes;
    readonly links: IssueLinks;
    readonly awards: IssueNoteAwardEmojis;
    readonly labels: ProjectLabels;
    readonly boards: ProjectIssueBoards;
    readonly reviews: MergeRequestNotes;
    readonly users: Users;
  };
  readonly gates: { readonly issues: Gate; readonly notes: Gate };
  readonly seen: Map<number, Seen>;
  /** Path of the project below the API root: `projects/group%2Fproject`. */
  readonly path: string;
  /**
   * Runs a call of `api` and reads its answer.
   * @throws ForgeError for every refusal, and where the answer does not fit `schema`
   * @throws LostAnswer for a write that may have been done
   */
  ask<S extends z.ZodType>(doing: Task, schema: S, call: () => Promise<unknown>): Promise<z.infer<S>>;
  /** A list to its end; pages come from the cache where they have not changed. */
  list<S extends z.ZodType, T>(doing: Doing, list: List<S, T>): Promise<T[]>;
  /** Web address of an issue, as GitLab gave it or as it usually is. */
  issueUrl(number: number): string;
}

export interface List<S extends z.ZodType, T> {
  /** Below the API root. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly schema: S;
  /** May leave entries out. */
  readonly map: (row: z.infer<S>) => readonly T[];
  /** Whether its pages are worth remembering: not those of a list whose address is new each time. */
  readonly remember: boolean;
}

/** A refusal before it is known what for. */
class Refused extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

class NotJson extends Error {}

export function createClient(target: ForgeTarget, deps: ForgeDeps): Client {
  const sender = createSender(target, deps, { limits: API_LIMITS });
  const headers: Record<string, string> = { accept: "application/json", "user-agent": "daytwo" };
  if (target.token !== "") headers["private-token"] = target.token;
  const path = `projects/${encodeURIComponent(target.project)}`;
  const seen = new Map<number, Seen>();

  async function request(method: string, url: string, extra?: { body?: unknown; etag?: string | null }) {
    const kind = kindOf(method, url.slice(target.api.length));
    const answer = await sender.send({
      method,
      url,
      kind,
      content: kind === "POST issue" || kind === "POST note",
      headers: {
        ...headers,
        ...(extra?.body === undefined ? {} : { "content-type": "application/json" }),
        ...(extra?.etag ? { "if-none-match": extra.etag } : {}),
      },
      body: extra?.body === undefined ? undefined : JSON.stringify(extra.body),
    });
    if (answer.status >= 400) throw new Refused(answer.status, explanation(answer.body));
    return answer;
  }

  /** What Gitbeaker takes for its way to the server. */
  function requesterFn(service: { url: string }) {
    const send = (method: string) => async (endpoint: string, options?: GitbeakerRequest) => {
      const below = `${service.url}/${endpoint}`.slice(GITBEAKER_ROOT.length).replace(/^\/+/, "");
      const search: Record<string, string> = {};
      for (const [key, value] of Object.entries(snaked(options?.searchParams))) {
        if (value !== undefined) search[key] = String(value);
      }
      const query = Object.keys(search).length > 0 ? `?${new URLSearchParams(search)}` : "";
      const body = method === "GET" ? undefined : snaked(options?.body);
      const answer = await request(method, `${target.api}/${below}${query}`, { body });
      return {
        // Gitbeaker hands the body through; every answer is read by a schema.
        // biome-ignore lint/suspicious/noExplicitAny: the type it wants is chosen by its caller.
        body: json(answer) as any,
        headers: Object.fromEntries(answer.headers.entries()),
        status: answer.status,
      };
    };
    return {
      get: send("GET"),
      post: send("POST"),
      put: send("PUT"),
      patch: send("PATCH"),
      delete: send("DELETE"),
    };
  }

  const gitbeaker = { host: GITBEAKER_HOST, token: target.token, requesterFn, queryTimeout: null };
  const account = (what: string) => ({ host: hostOf(target.api), token: `${target.token} ${what}` });

  /** A refusal or an unreadable answer in the words of the port. */
  function told(error: unknown, doing: Task): unknown {
    if (error instanceof z.ZodError) return unreadable(target, doing, z.prettifyError(error));
    if (error instanceof NotJson) return unreadable(target, doing, error.message);
    if (!(error instanceof Refused)) return error;
    const { status, message } = error;
    let about: Doing = doing;
    if (status === 401)
      about = { ...doing, need: "the scope api (a CI job token cannot use the Issues API)" };
    // GitLab names what it did not find: `404 Project Not Found`, `404 Issue Not Found`.
    if (status === 404 && /\bproject\b/i.test(message) && !doing.across) about = { ...doing, target: null };
    return Object.assign(refused(target, about, { status, message }), { cause: error });
  }

  async function ask<S extends z.ZodType>(doing: Task, schema: S, call: () => Promise<unknown>) {
    try {
      return schema.parse(await call());
    } catch (error) {
      throw told(error, doing);
    }
  }

  function list<S extends z.ZodType, T>(doing: Doing, list: List<S, T>): Promise<T[]> {
    const search = new URLSearchParams({ ...list.query, per_page: String(PER_PAGE), page: "1" });
    const rows = z.array(list.schema);

    async function page(url: string, etag: string | null): Promise<PageAnswer<T>> {
      const answer = await request("GET", url, { etag });
      if (answer.status === 304) {
        // Without totals the way on from the first page was found by asking further; what it tells is less.
        const told = pageOf(url) === null || answer.headers.has("x-total-pages");
        const next = told ? nextPage(url, answer) : null;
        return next === null ? { changed: false } : { changed: false, next };
      }
      const wire = rows.parse(json(answer));
      const last = positive(answer.headers.get("x-total-pages"));
      let next = nextPage(url, answer);
      if (next !== null && last === null && pageOf(url) === 1) next = await keysetPage(url);
      // A full last page of a keyset list may get a successor without changing, which no address tells.
      const ends = next === null && pageOf(url) === null && wire.length >= PER_PAGE;
      return {
        changed: true,
        etag: ends ? null : answer.headers.get("etag"),
        page: { items: wire.flatMap(list.map), size: wire.length },
        next,
        last: last === null ? null : atPage(url, last),
      };
    }

    const cache = list.remember ? deps.cache : null;
    const first = `${target.api}/${list.path}?${search}`;
    return readPages<T>({ first, perPage: PER_PAGE, cache, ask: page }).catch((error: unknown) => {
      throw told(error, doing);
    });
  }

  /**
   * The second page of a list without totals: those have more than 10,000 rows, where numbered pages get slow
   * and end at 50,000. A list that has keyset pages gives the way to them, any other its second page.
   * https://docs.gitlab.com/api/rest/#keyset-based-pagination
   */
  async function keysetPage(first: string): Promise<string | null> {
    const url = new URL(first);
    url.searchParams.delete("page");
    url.searchParams.set("pagination", "keyset");
    return nextPage(url.href, await request("GET", url.href));
  }

  return {
    target,
    deps,
    sender,
    api: {
      issues: new Issues(gitbeaker),
      notes: new IssueNotes(gitbeaker),
      links: new IssueLinks(gitbeaker),
      awards: new IssueNoteAwardEmojis(gitbeaker),
      labels: new ProjectLabels(gitbeaker),
      boards: new ProjectIssueBoards(gitbeaker),
      reviews: new MergeRequestNotes(gitbeaker),
      users: new Users(gitbeaker),
    },
    gates: {
      issues: gateFor(account("issues"), ISSUE_LIMITS, deps),
      notes: gateFor(account("notes"), NOTE_LIMITS, deps),
    },
    seen,
    path,
    ask,
    list,
    issueUrl: (number) => seen.get(number)?.url ?? `${target.web}/${target.project}/-/issues/${number}`,
  };
}

interface GitbeakerRequest {
  readonly searchParams?: Readonly<Record<string, unknown>>;
  readonly body?: object;
}

/** Gitbeaker speaks in camel case and leaves the rest to its requester. */
function snaked(fields: object = {}): Record<string, unknown> {
  const snake = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [snake(key), value]));
}

function json(answer: HttpAnswer): unknown {
  if (answer.body === "") return null;
  try {
    return JSON.parse(answer.body);
  } catch {
    throw new NotJson(`no JSON: ${answer.body.slice(0, 80)}`);
  }
}

/** GitLab's words for a refusal: `message` or `error` as a text, or faults by field. */
function explanation(body: string): string {
  let said: unknown;
  try {
    said = JSON.parse(body);
  } catch {
    return body.slice(0, 200);
  }
  if (said === null || typeof said !== "object") return String(said);
  const { message, error, error_description: described } = said as Record<string, unknown>;
  return flat(message ?? described ?? error ?? "");
}

function flat(said: unknown): string {
  if (Array.isArray(said)) return said.map(flat).join(", ");
  if (said === null || typeof said !== "object") return String(said);
  return Object.entries(said)
    .map(([field, fault]) =>
      field === "error" || field === "base" ? flat(fault) : `${field} ${flat(fault)}`,
    )
    .join("; ");
}

function positive(header: string | null): number | null {
  const value = Number(header ?? "");
  return Number.isInteger(value) && value > 0 ? value : null;
}

/**
 * The page after this one, as an address below our own API root: a `Link` names the server's public one, which
 * need not be the one we were given, and gets no token of ours.
 */
function nextPage(url: string, answer: HttpAnswer): string | null {
  const link = linkTo(answer.headers.get("link"), "next");
  const query = link === null ? -1 : link.indexOf("?");
  if (link !== null && query >= 0) return `${url.slice(0, url.indexOf("?"))}${link.slice(query)}`;
  const next = positive(answer.headers.get("x-next-page"));
  return next === null ? null : atPage(url, next);
}

/** `GET issues`, `PUT issue`, `POST note`: the last noun of the path, in the singular for one thing. */
function kindOf(method: string, below: string): string {
  const parts = (below.split("?")[0] ?? "").split("/").filter((part) => part !== "" && part !== "all");
  const one = /^\d+$/.test(parts.at(-1) ?? "");
  const noun = (one ? parts.at(-2) : parts.at(-1)) ?? "";
  return `${method} ${one || method !== "GET" ? noun.replace(/s$/, "") : noun}`;
}

/** GitLab's own words for a refusal, "" for any other error. */
export function said(error: unknown): string {
  return error instanceof ForgeError && error.cause instanceof Refused ? error.cause.message : "";
}

/** Whether an error says that something is not there, the project itself excepted. */
export function isMissing(error: unknown): boolean {
  return error instanceof ForgeError && error.kind === "not-found" && !/\bproject\b/i.test(said(error));
}
