/**
 * `GET /board`: the board's page, for whoever has the token. It comes as a bearer token, or once in the address,
 * which puts it into a cookie and out of the address. Nothing of it is logged.
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { projectName } from "../../engine/config/schema.ts";
import { html } from "../../engine/text/html.ts";
import { ForgeError } from "../../forge/forge.ts";
import type { Instant } from "../../model.ts";
import { boardPage, POLICY } from "../../report/board/page.ts";
import { loadBoard } from "../../report/board/report.ts";
import type { Served } from "../../run/serve/shop.ts";
import type { Team } from "../../run/team.ts";

export interface BoardFace {
  readonly token: string;
  readonly teams: () => readonly Served[];
  readonly now: () => Instant;
}

const COOKIE = "daytwo_board";
/** A page that was made so lately is shown again: whoever reloads asks no forge. */
const FRESH_MS = 30_000;
const RETRY_AFTER_S = 30;
const HTML = { "content-type": "text/html; charset=utf-8" } as const;

export type BoardHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Answers GET and HEAD; other methods are for the caller to refuse. */
export function createBoard({ token, teams, now }: BoardFace): BoardHandler {
  // What the cookie holds opens this page and nothing else; the token itself stays where it is.
  const pass = createHmac("sha256", token).update("daytwo board").digest("base64url");
  const pages = new WeakMap<Team, { readonly at: Instant; readonly page: Promise<string> }>();

  function pageOf(team: Team): Promise<string> {
    const known = pages.get(team);
    if (known && now() - known.at < FRESH_MS) return known.page;
    const page = loadBoard(team, now()).then(boardPage);
    pages.set(team, { at: now(), page });
    page.catch(() => pages.delete(team));
    return page;
  }

  return async (request, response) => {
    const url = new URL(request.url ?? "/", "http://board");
    const given = url.searchParams.get("token");
    if (given !== null && same(given, token)) {
      url.searchParams.delete("token");
      const secure = isSecure(request) ? "; Secure" : "";
      return answer(response, 303, "", {
        location: url.pathname + url.search,
        "set-cookie": `${COOKIE}=${pass}; Path=/board; HttpOnly; SameSite=Strict; Max-Age=2592000${secure}`,
      });
    }
    if (given !== null || !mayLook(request)) return refuse(request, response, given !== null);
    const shown = teams().filter(
      ({ team: { config } }) => config.board !== false && config.board.summary.publish.includes("page"),
    );
    const wanted = url.searchParams.get("team")?.toLowerCase();
    const one =
      wanted === undefined
        ? shown.length === 1
          ? shown[0]
          : undefined
        : shown.find(({ team }) => nameOf(team).toLowerCase() === wanted);
    if (!one) {
      if (wanted !== undefined || shown.length === 0) return answer(response, 404, "no such board\n");
      return answer(response, 200, choice(shown), HTML);
    }
    try {
      answer(response, 200, await pageOf(one.team), {
        ...HTML,
        "content-security-policy": `${POLICY}; frame-ancestors 'none'`,
      });
    } catch (error) {
      if (!(error instanceof ForgeError)) throw error;
      answer(response, 503, "the forge cannot be read now: try again\n", {
        "retry-after": String(RETRY_AFTER_S),
      });
    }
  };

  function mayLook({ headers }: IncomingMessage): boolean {
    const bearer = /^bearer +(.+)$/i.exec(headers.authorization ?? "")?.[1];
    if (bearer !== undefined) return same(bearer.trim(), token);
    const cookies = (headers.cookie ?? "").split(/; */).filter((one) => one.startsWith(`${COOKIE}=`));
    return cookies.some((one) => same(one.slice(COOKIE.length + 1), pass));
  }
}

/** Takes as long whatever differs, and whatever is longer. */
function same(a: string, b: string): boolean {
  const [x, y] = [a, b].map((text) => createHash("sha256").update(text).digest()) as [Buffer, Buffer];
  return timingSafeEqual(x, y);
}

function refuse(request: IncomingMessage, response: ServerResponse, wrong: boolean): void {
  // Whoever comes by a link from elsewhere has the cookie, and the browser keeps it back for this one request.
  const again = !wrong && request.headers["sec-fetch-site"] === "cross-site";
  const text = again
    ? html`<!doctype html><html lang="en"><title>Board</title><meta http-equiv="refresh" content="0;url=/board"><a href="/board">To the board</a></html>`
        .text
    : "this page wants its token: as a bearer token, or once as /board?token=…\n";
  answer(response, 401, text, {
    "www-authenticate": 'Bearer realm="daytwo board"',
    ...(again ? HTML : {}),
  });
}

const nameOf = ({ config }: Team): string => projectName(config.projects.requests);

const choice = (teams: readonly Served[]): string =>
  html`<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Boards</title><main><h1>Boards</h1><ul>${teams.map(
    ({ team }) =>
      html`<li><a href="/board?team=${encodeURIComponent(nameOf(team))}">${nameOf(team)}</a></li>`,
  )}</ul></main></html>`.text;

/** By itself, or as the proxy in front was asked. */
function isSecure({ headers, socket }: IncomingMessage): boolean {
  const forwarded = headers["x-forwarded-proto"];
  const [first = ""] = (Array.isArray(forwarded) ? forwarded.join(",") : (forwarded ?? "")).split(",");
  return "encrypted" in socket || first.trim().toLowerCase() === "https";
}

function answer(
  response: ServerResponse,
  status: number,
  body: string,
  headers: OutgoingHttpHeaders = {},
): void {
  response
    .writeHead(status, {
      "content-type": "text/plain; charset=utf-8",
      "content-length": Buffer.byteLength(body),
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "x-robots-tag": "noindex",
      ...headers,
    })
    .end(body);
}
