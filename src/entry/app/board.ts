/**
 * `GET /board`: the board's page, and with `?format=csv` or `json` the same as a file, each where it is published, for
 * whoever has the token. It comes as a bearer token, or once in the address, which puts it into a cookie and out of
 * the address. Nothing of it is logged.
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { projectName } from "../../engine/config/schema.ts";
import { FILES, publishes, whyNot } from "../../engine/metrics/publish.ts";
import { html } from "../../engine/text/html.ts";
import { ForgeError } from "../../forge/forge.ts";
import type { Instant } from "../../model.ts";
import { POLICY } from "../../report/board/page.ts";
import { boardReport } from "../../report/board/report.ts";
import type { Rendering } from "../../report/report.ts";
import type { Served } from "../../run/serve/shop.ts";
import type { Team } from "../../run/team.ts";

export interface BoardFace {
  readonly token: string;
  readonly teams: () => readonly Served[];
  readonly now: () => Instant;
}

const COOKIE = "daytwo_board";
/** What was read so lately is shown again: whoever reloads asks no forge. */
const FRESH_MS = 30_000;
const RETRY_AFTER_S = 30;
const HTML = { "content-type": "text/html; charset=utf-8" } as const;
type Format = (typeof FILES)[number]["format"];
const HEADERS: Readonly<Record<Format, OutgoingHttpHeaders>> = {
  html: { ...HTML, "content-security-policy": `${POLICY}; frame-ancestors 'none'` },
  csv: { "content-type": "text/csv; charset=utf-8" },
  json: { "content-type": "application/json; charset=utf-8" },
};

export type BoardHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Answers GET and HEAD; other methods are for the caller to refuse. */
export function createBoard({ token, teams, now }: BoardFace): BoardHandler {
  // What the cookie holds opens this page and nothing else; the token itself stays where it is.
  const pass = createHmac("sha256", token).update("daytwo board").digest("base64url");
  const readings = new WeakMap<
    Team,
    { readonly at: Instant; readonly text: (form: Format) => Promise<string> }
  >();

  function read(team: Team): (form: Format) => Promise<string> {
    const known = readings.get(team);
    if (known && now() - known.at < FRESH_MS) return known.text;
    const reading = boardReport.read(team, now(), { rebuild: false, month: null }, () => undefined);
    const text = eachOnce(reading);
    readings.set(team, { at: now(), text });
    reading.catch(() => readings.delete(team));
    return text;
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
    const format = url.searchParams.get("format") ?? "html";
    const asked = FILES.find((one) => one.format === format);
    if (!asked) return answer(response, 400, "format: expected html, csv or json\n");
    const wanted = url.searchParams.get("team")?.toLowerCase();
    const there = teams().filter(({ team }) => wanted === undefined || nameOf(team).toLowerCase() === wanted);
    const shown = there.filter(({ team: { config } }) => publishes(config, asked.form));
    const [one, ...others] = shown;
    if (!one) {
      const why = there.map(({ team }) => `${nameOf(team)}: ${whyNot(team.config, asked.form)}\n`);
      return answer(response, 404, `no such board\n${why.join("")}`);
    }
    // A program that asks for a file is not to take the choice for one.
    if (wanted === undefined && others.length > 0)
      return answer(response, asked.form === "page" ? 200 : 300, choice(shown, url), HTML);
    try {
      answer(response, 200, await read(one.team)(asked.format), HEADERS[asked.format]);
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

/** Each form is made when it is first asked for. */
function eachOnce(reading: Promise<Rendering>): (form: Format) => Promise<string> {
  const made = new Map<Format, Promise<string>>();
  return (form) => {
    const text = made.get(form) ?? reading.then(({ render }) => render(form));
    made.set(form, text);
    return text;
  };
}

function choice(teams: readonly Served[], { searchParams }: URL): string {
  const links = teams.map(({ team }) => {
    const query = new URLSearchParams([...searchParams, ["team", nameOf(team)]]);
    return html`<li><a href="/board?${query.toString()}">${nameOf(team)}</a></li>`;
  });
  return html`<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Boards</title><main><h1>Boards</h1><ul>${links}</ul></main></html>`
    .text;
}

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
