/**
 * One HTTP request as both adapters make it: counted, timed, held to the forge's limits, repeated where that
 * is safe. What is not safe, a write whose answer was lost, is thrown as `LostAnswer` for `writeOnce` to look up.
 */
import { type ForgeDeps, ForgeError, type ForgeTarget } from "../forge.ts";
import { exhaustedFor, gateFor, limitWait, MAX_LIMIT_WAIT_MS, type WriteLimits } from "./limits.ts";
import { hostOf } from "./url.ts";
import { circular, movedElsewhere, notAForge, unreachable } from "./words.ts";

/** How long one attempt may take, its whole answer included. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Attempts at a read, and at a write that surely did not arrive. */
export const MAX_TRIES = 4;
/** Reads under way at once; GitHub's secondary limit is 100, and more gains nothing. */
export const MAX_CONCURRENT = 8;
const FIRST_BACKOFF_MS = 500;
const MAX_REDIRECTS = 5;

interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** For the count: `GET issues`, `POST comment`. */
  readonly kind: string;
  /** Whether it only reads, whatever its method: a GraphQL query is a POST. Default: by method. */
  readonly safe?: boolean;
  /** Whether it creates an issue or a comment, of which forges take fewer. */
  readonly content?: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
}

/** A write may or may not have been done: its answer did not arrive, or came from a failing gateway. */
export class LostAnswer extends Error {
  override readonly name = "LostAnswer";
  /** What to tell if looking it up does not help. */
  readonly error: ForgeError;
  constructor(error: ForgeError) {
    super(error.message, { cause: error });
    this.error = error;
  }
}

export interface Sender {
  /**
   * Any answer of 1xx–4xx that is not about limits, and 501; redirects are followed within the same origin.
   * @throws ForgeError `unreachable`, `unavailable`, `rate-limited`
   * @throws LostAnswer for a write that may have been done
   */
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** Attempts so far, by kind. */
  readonly counts: ReadonlyMap<string, number>;
  /** Milliseconds to wait before attempt `n + 1`, with jitter. */
  backoff(attempt: number): Promise<void>;
}

interface SenderOptions {
  readonly limits: WriteLimits;
  readonly timeoutMs?: number;
}

export function createSender(target: ForgeTarget, deps: ForgeDeps, options: SenderOptions): Sender {
  const host = hostOf(target.api);
  const gate = gateFor({ host, token: target.token }, options.limits, deps);
  const timeoutMs = options.timeoutMs ?? REQUEST_TIMEOUT_MS;
  const fetch = deps.fetch ?? globalThis.fetch;
  const counts = new Map<string, number>();
  const slots = createSlots(MAX_CONCURRENT);

  async function attempt(request: HttpRequest): Promise<HttpAnswer> {
    counts.set(request.kind, (counts.get(request.kind) ?? 0) + 1);
    const response = await fetch(request.url, {
      method: request.method,
      headers: request.headers,
      ...(request.body === undefined ? {} : { body: request.body }),
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((error: unknown) => {
      deps.onAnswer?.(request.kind, null, null);
      throw error;
    });
    deps.onAnswer?.(request.kind, response.status, response.headers);
    // Read here, so that an answer that breaks off counts as one that did not arrive.
    return {
      status: response.status,
      url: request.url,
      headers: response.headers,
      body: await response.text(),
    };
  }

  function backoff(tries: number): Promise<void> {
    const ms = FIRST_BACKOFF_MS * 2 ** (tries - 1);
    return deps.sleep(Math.round(ms / 2 + Math.random() * ms));
  }

  async function send(request: HttpRequest): Promise<HttpAnswer> {
    const safe = request.safe ?? (request.method === "GET" || request.method === "HEAD");
    const weight = safe ? "read" : request.content ? "content" : "write";
    const budget = { ms: MAX_LIMIT_WAIT_MS };
    let { url } = request;
    let redirects = 0;
    for (let tries = 1; ; tries++) {
      await gate.pass(weight, budget);
      let failure: ForgeError;
      let mayBeDone = true;
      try {
        const answer = await slots.run(() => attempt({ ...request, url }));
        const wait = limitWait(answer, deps.now());
        if (wait !== null) {
          // A refusal by limits was not carried out, whatever the method, and is not a failed try.
          gate.close(wait);
          tries--;
          continue;
        }
        const exhausted = exhaustedFor(answer, deps.now());
        if (exhausted !== null) gate.close(exhausted);
        const location = redirectOf(answer);
        if (location !== null) {
          if (++redirects > MAX_REDIRECTS) throw circular(target);
          const to = new URL(location, url);
          // The token goes to no other origin than the one it was given for.
          if (to.origin !== new URL(url).origin) throw movedElsewhere(target, to);
          url = to.href;
          tries--;
          continue;
        }
        if (answer.status < 500 || answer.status === 501) {
          if (answer.status !== 304 && looksLikeHtml(answer)) throw notAForge(target, answer.status);
          return answer;
        }
        failure = new ForgeError(
          "unavailable",
          `${host} failed with HTTP ${answer.status} on ${request.kind}: try again later`,
          answer.status,
        );
      } catch (error) {
        if (error instanceof ForgeError) throw error;
        const code = codeOf(error);
        failure = unreachable(target, code, error);
        if (FINAL.has(code) || code.startsWith("ERR_TLS")) throw failure;
        mayBeDone = !NEVER_SENT.has(code);
      }
      if (!safe && mayBeDone) throw new LostAnswer(failure);
      if (tries >= MAX_TRIES) throw failure;
      await backoff(tries);
    }
  }

  return { send, counts, backoff };
}

/** Redirects that say where the same request belongs. 303 asks for another request, and no forge sends it here. */
function redirectOf(answer: HttpAnswer): string | null {
  return [301, 302, 307, 308].includes(answer.status) ? answer.headers.get("location") : null;
}

function looksLikeHtml(answer: HttpAnswer): boolean {
  return /^\s*</.test(answer.body) && !/json/i.test(answer.headers.get("content-type") ?? "");
}

/** Errors before a byte of the request went out. */
const NEVER_SENT = new Set([
  "ECONNREFUSED",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);
/** Errors that a second attempt meets again; none of them sends anything. */
const FINAL = new Set([
  "ENOTFOUND",
  "ERR_INVALID_URL",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** The system's or undici's code for a failed fetch, "" where there is none. */
function codeOf(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at.name === "TimeoutError") return "TIMEOUT";
    if ("code" in at && typeof at.code === "string") return at.code;
  }
  return "";
}

function createSlots(free: number) {
  const waiting: (() => void)[] = [];
  return {
    async run<T>(work: () => Promise<T>): Promise<T> {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next) next();
        else free++;
      }
    },
  };
}

/**
 * Does a write once. Sends it; if the answer is lost, waits a little, looks whether it was done, and sends it
 * again only if it was not.
 * @param find what the write would have made, or null where it is not there
 */
export async function writeOnce<T>(
  sender: Sender,
  send: () => Promise<T>,
  find: () => Promise<T | null>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof LostAnswer)) throw error;
      // A gateway may give up on a write that the forge is still carrying out.
      await sender.backoff(tries);
      const found = await find();
      if (found !== null) return found;
      if (tries >= MAX_TRIES) throw error.error;
    }
  }
}
