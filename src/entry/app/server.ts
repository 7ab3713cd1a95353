/** The app's HTTP face: deliveries in, and what operators ask. */
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from "node:http";
import type { ForgeKind, Instant } from "../../model.ts";
import type { Log } from "../../run/serve/log.ts";
import type { BoardHandler } from "./board.ts";
import { answerTo, type GitHubApp } from "./github.ts";
import type { Intake } from "./intake.ts";
import type { Answer, Metrics } from "./metrics.ts";
import { type GitHubJudge, type GitLabJudge, githubDeliveryId, gitlabDeliveryId } from "./signatures.ts";

/** GitHub caps payloads at 25 MB: https://docs.github.com/en/webhooks/webhook-events-and-payloads#payload-cap */
export const BODY_LIMIT = 25 * 1024 * 1024;
/** What is sent beyond the limit is let run past for this long, so that the sender gets to read the answer. */
const LINGER_MS = 5000;
/** Forges give up after ten seconds. */
const REQUEST_MS = 30_000;
const RETRY_AFTER_S = 30;

export interface Face {
  /** Null where no GitHub account is configured: every delivery is refused. */
  readonly github: GitHubApp | null;
  readonly githubJudge: GitHubJudge;
  readonly gitlabJudge: GitLabJudge;
  readonly intake: Intake;
  /** Something was pushed to a GitLab project's default branch. */
  readonly pushed: (project: string) => void;
  readonly metrics: Metrics;
  /** Null where no token is set: there is no board. */
  readonly board: BoardHandler | null;
  /** False while draining, or when the store cannot be reached. */
  readonly ready: () => Promise<boolean>;
  readonly draining: () => boolean;
  readonly now: () => Instant;
  readonly log: Log;
}

const STATUS: Readonly<Record<Answer, number>> = {
  stored: 202,
  known: 202,
  dropped: 202,
  invalid: 400,
  refused: 401,
  "too-large": 413,
  unavailable: 503,
};
const MESSAGE: Readonly<Record<Answer, string>> = {
  stored: "stored",
  known: "known already",
  dropped: "nothing to do",
  invalid: "not a payload of this event",
  refused: "the signature is missing or wrong",
  "too-large": "larger than 25 MiB",
  unavailable: "cannot be stored now: send it again",
};

export function createFace(face: Face): Server {
  const server = createServer(
    { requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS },
    (request, response) => {
      route(face, request, response).catch((error: unknown) => {
        face.log.error({ err: error, path: pathOf(request) }, "request failed");
        if (!response.headersSent) send(response, 500, "daytwo failed");
      });
    },
  );
  // Longer than a proxy in front keeps an idle connection, which is usually a minute.
  server.keepAliveTimeout = 75_000;
  return server;
}

async function route(face: Face, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = pathOf(request);
  if (path === "/api/github/webhooks" || path === "/api/gitlab/webhooks") {
    if (request.method !== "POST") return notAllowed(response, "POST");
    return webhook(face, path === "/api/github/webhooks" ? "github" : "gitlab", request, response);
  }
  const board = path === "/board" ? face.board : null;
  const operation = board ? () => board(request, response) : OPERATIONS[path];
  if (!operation) return send(response, 404, "not found");
  if (request.method !== "GET" && request.method !== "HEAD") return notAllowed(response, "GET, HEAD");
  return operation(face, response);
}

const OPERATIONS: Readonly<Record<string, (face: Face, response: ServerResponse) => Promise<void>>> = {
  "/healthz": async (_, response) => send(response, 200, "ok"),
  async "/readyz"({ ready, draining }, response) {
    if (draining()) return send(response, 503, "draining");
    return (await ready())
      ? send(response, 200, "ready")
      : send(response, 503, "the store cannot be reached");
  },
  async "/metrics"({ metrics }, response) {
    send(response, 200, await metrics.text(), { "content-type": metrics.contentType });
  },
};

async function webhook(
  face: Face,
  forge: ForgeKind,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { answer, event } = await (forge === "github" ? receiveGitHub : receiveGitLab)(face, request);
  if (answer === null) return;
  face.metrics.delivered(forge, event, answer);
  if (answer === "refused" || answer === "too-large") {
    face.log.warn({ forge, answer, from: request.socket.remoteAddress }, "delivery refused");
  }
  if (!request.complete) linger(request);
  const headers: OutgoingHttpHeaders = {};
  if (answer === "unavailable") headers["retry-after"] = String(RETRY_AFTER_S);
  if (face.draining()) headers.connection = "close";
  send(response, STATUS[answer], MESSAGE[answer], headers);
}

/** `event` is for metrics: only what the forge itself has named. A null answer: the sender went away. */
interface Received {
  readonly answer: Answer | null;
  readonly event: string;
}
const UNREAD = { event: "" } as const;

async function receiveGitHub(
  { github, githubJudge, log }: Face,
  request: IncomingMessage,
): Promise<Received> {
  const { headers } = request;
  // Nobody's bytes are kept who did not even try to sign them.
  if (!github || !githubJudge.hasSignature(headers)) return { ...UNREAD, answer: "refused" };
  const raw = await bodyOf(request);
  if (!Buffer.isBuffer(raw)) return { ...UNREAD, answer: raw };
  if (!githubJudge.accepts(headers, raw)) return { ...UNREAD, answer: "refused" };
  const event = headers["x-github-event"];
  if (typeof event !== "string" || event === "") return { ...UNREAD, answer: "invalid" };
  if (!github.handles(event)) return { event, answer: "dropped" };
  const id = githubDeliveryId(headers, event, raw);
  const payload = jsonOf(raw, headers["content-type"]);
  if (payload === null) {
    log.warn({ delivery: id, event }, "refused: not JSON");
    return { event, answer: "invalid" };
  }
  return { event, answer: await github.receive(event, payload, id) };
}

const GITLAB_STORED = ["Issue Hook", "Confidential Issue Hook", "Note Hook", "Confidential Note Hook"];
const GITLAB_PUSH = "Push Hook";

async function receiveGitLab(face: Face, request: IncomingMessage): Promise<Received> {
  const { gitlabJudge, intake, log } = face;
  const { headers } = request;
  if (!gitlabJudge.hasSignature(headers)) return { ...UNREAD, answer: "refused" };
  const raw = await bodyOf(request);
  if (!Buffer.isBuffer(raw)) return { ...UNREAD, answer: raw };
  if (!gitlabJudge.accepts(headers, raw, face.now())) return { ...UNREAD, answer: "refused" };
  const event = headers["x-gitlab-event"];
  if (typeof event !== "string" || event === "") return { ...UNREAD, answer: "invalid" };
  if (event !== GITLAB_PUSH && !GITLAB_STORED.includes(event)) return { event, answer: "dropped" };
  const id = gitlabDeliveryId(headers, event, raw);
  const payload = jsonOf(raw, headers["content-type"]);
  if (payload === null) {
    log.warn({ delivery: id, event }, "refused: not JSON");
    return { event, answer: "invalid" };
  }
  if (event === GITLAB_PUSH) {
    const project = pushedProject(payload);
    if (project !== null) face.pushed(project);
    return { event, answer: "dropped" };
  }
  try {
    return { event, answer: await intake.take("gitlab", event, payload, id) };
  } catch (error) {
    return { event, answer: answerTo([error], { delivery: id, event }, log) };
  }
}

/** The project whose default branch was pushed to, or null. */
function pushedProject(payload: object): string | null {
  const { ref, project } = payload as { ref?: unknown; project?: Record<string, unknown> };
  const name = project?.path_with_namespace;
  return typeof name === "string" && ref === `refs/heads/${project?.default_branch}` ? name : null;
}

/** The whole body; `too-large` as soon as it is, with the rest unread; null where the sender broke off. */
function bodyOf(request: IncomingMessage): Promise<Buffer | "too-large" | null> {
  if (Number(request.headers["content-length"]) > BODY_LIMIT) return Promise.resolve("too-large");
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const done = (result: Buffer | "too-large" | null) => {
      request.off("data", onData).off("end", onEnd).off("close", onClose);
      resolve(result);
    };
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size > BODY_LIMIT) {
        request.pause();
        done("too-large");
      } else chunks.push(chunk);
    };
    const onEnd = () => done(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
    const onClose = () => done(null);
    request.on("data", onData).on("end", onEnd).on("close", onClose);
    request.on("error", () => done(null));
  });
}

/** Lets the rest of a request run past, unkept: a connection closed at once would take the answer with it. */
function linger(request: IncomingMessage): void {
  request.resume();
  const timer = setTimeout(() => request.socket.destroy(), LINGER_MS);
  request.once("close", () => clearTimeout(timer));
}

/** An object, from a JSON body or from the `payload` field of a form, GitHub's other content type. Else null. */
function jsonOf(raw: Buffer, contentType: string | undefined): object | null {
  const text = raw.toString("utf8");
  const isForm = contentType?.startsWith("application/x-www-form-urlencoded") ?? false;
  try {
    const payload: unknown = JSON.parse(isForm ? (new URLSearchParams(text).get("payload") ?? "") : text);
    return typeof payload === "object" && payload !== null && !Array.isArray(payload) ? payload : null;
  } catch {
    return null;
  }
}

function pathOf({ url = "/" }: IncomingMessage): string {
  const query = url.indexOf("?");
  return query < 0 ? url : url.slice(0, query);
}

function notAllowed(response: ServerResponse, allow: string): void {
  send(response, 405, "method not allowed", { allow });
}

/** Node leaves the body out of an answer to HEAD by itself. */
function send(
  response: ServerResponse,
  status: number,
  text: string,
  headers: OutgoingHttpHeaders = {},
): void {
  const body = text.endsWith("\n") ? text : `${text}\n`;
  const own = { "content-type": "text/plain; charset=utf-8", "content-length": Buffer.byteLength(body) };
  response.writeHead(status, { ...own, ...headers }).end(body);
}
