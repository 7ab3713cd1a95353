/**
 * Rate limits, ours and the forge's. One `Gate` stands for one host and account: the adapters that share a
 * `ForgeDeps` share it, because a forge counts per account, not per project.
 */
import type { Instant } from "../../model.ts";
import { type ForgeDeps, ForgeError } from "../forge.ts";

/** The longest that one request waits for limits to clear, in all. */
export const MAX_LIMIT_WAIT_MS = 15 * 60_000;
/** What to wait where a forge refuses for its limits and does not say for how long: GitHub's docs ask for a minute. */
const UNTOLD_WAIT_MS = 60_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** How many writes a forge takes. Bursts below `soft` go out at once, beyond it at `stepMs` each. */
export interface WriteLimits {
  /** Writes in the last minute from which on we pace. */
  readonly soft: number;
  readonly perMinute: number;
  /** Issues and comments created in an hour; null where the forge publishes no such limit. */
  readonly contentPerHour: number | null;
  readonly stepMs: number;
}

/** What a request is to the limits; `content` is a write that creates an issue or a comment. */
type Weight = "read" | "write" | "content";

/** What a refusal by limits looks like from outside. Header names in lower case. */
interface LimitedAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/**
 * How long a refused request is asked to wait in milliseconds, or null where it was not refused for limits.
 * Reads `Retry-After` (seconds or a date), then `X-RateLimit-*` (GitHub) and `RateLimit-*` (GitLab); reset
 * times are compared with the answer's own `Date`, so a clock that is off does no harm.
 */
export function limitWait(answer: LimitedAnswer, now: Instant): number | null {
  const { status, headers } = answer;
  if (status !== 429 && status !== 403 && status !== 503) return null;
  const sentAt = Date.parse(headers.get("date") ?? "") || now;
  const told = headers.get("retry-after");
  if (told !== null) {
    const seconds = Number(told);
    const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(told) - sentAt;
    return Number.isFinite(wait) ? Math.max(wait, 1000) : UNTOLD_WAIT_MS;
  }
  if (status === 503) return null;
  if (header(headers, "remaining") === "0") {
    const reset = Number(header(headers, "reset")) * 1000;
    return reset > 0 ? Math.max(reset - sentAt, 0) + 1000 : UNTOLD_WAIT_MS;
  }
  const limited =
    status === 429 || /secondary rate limit|abuse detection|rate limit exceeded/i.test(answer.body);
  return limited ? UNTOLD_WAIT_MS : null;
}

/**
 * How long the forge will refuse from now on, though it carried out this request: its last one has been used up.
 * Null where some are left or nothing is told.
 */
export function exhaustedFor(answer: LimitedAnswer, now: Instant): number | null {
  if (header(answer.headers, "remaining") !== "0") return null;
  const reset = Number(header(answer.headers, "reset")) * 1000;
  const wait = reset - (Date.parse(answer.headers.get("date") ?? "") || now);
  return wait > 0 ? wait + 1000 : null;
}

function header(headers: Headers, name: string): string | null {
  return headers.get(`x-ratelimit-${name}`) ?? headers.get(`ratelimit-${name}`);
}

/** Holds requests back while limits ask for it. */
export class Gate {
  #closedUntil: Instant = 0;
  /** It is at least this late: what was slept has passed, also where the given clock stands still. */
  #atLeast: Instant = 0;
  /** Instants of the writes of the last hour, oldest first. */
  #writes: { at: Instant; content: boolean }[] = [];
  #queue: Promise<unknown> = Promise.resolve();
  readonly #deps: ForgeDeps;
  readonly #limits: WriteLimits;
  readonly #host: string;

  constructor(host: string, limits: WriteLimits, deps: ForgeDeps) {
    this.#host = host;
    this.#limits = limits;
    this.#deps = deps;
  }

  /** Shuts the gate for everybody, as a refusal asked. */
  close(ms: number): void {
    this.#closedUntil = Math.max(this.#closedUntil, this.#now() + ms);
  }

  /**
   * Waits until a request may go.
   * @param budget what this request has left to wait; spent from
   * @throws ForgeError `rate-limited` where the wait is longer than that
   */
  async pass(weight: Weight, budget: { ms: number }): Promise<void> {
    if (weight === "read") return this.#wait(() => this.#closedFor(), "its rate limit", budget);
    const content = weight === "content";
    // Writes pass one after the other, so that each counts those before it.
    const turn = this.#queue.then(async () => {
      await this.#wait(() => this.#closedFor(), "its rate limit", budget);
      await this.#wait(() => this.#pace(content), "its limit on writes", budget);
      this.#writes.push({ at: this.#now(), content });
    });
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  #now(): Instant {
    return Math.max(this.#deps.now(), this.#atLeast);
  }

  #closedFor(): number {
    return this.#closedUntil - this.#now();
  }

  #pace(content: boolean): number {
    const now = this.#now();
    this.#writes = this.#writes.filter(({ at }) => at > now - HOUR_MS);
    const { soft, perMinute, contentPerHour, stepMs } = this.#limits;
    const created = this.#writes.filter((write) => write.content);
    const first = created.at(-(contentPerHour ?? 0));
    if (content && contentPerHour !== null && created.length >= contentPerHour && first) {
      return first.at + HOUR_MS - now;
    }
    const minute = this.#writes.filter(({ at }) => at > now - MINUTE_MS);
    const [oldest] = minute;
    const newest = minute.at(-1);
    if (minute.length >= perMinute && oldest) return oldest.at + MINUTE_MS - now;
    if (minute.length >= soft && newest) return newest.at + stepMs - now;
    return 0;
  }

  async #wait(left: () => number, why: string, budget: { ms: number }): Promise<void> {
    for (let ms = left(); ms > 0; ms = left()) {
      if (ms > budget.ms) {
        const clears = new Date(this.#now() + ms).toISOString();
        const minutes = Math.ceil(ms / MINUTE_MS);
        throw new ForgeError(
          "rate-limited",
          `${this.#host} takes no more requests before ${clears} (${why}, ${minutes} min): run daytwo again after that`,
          429,
        );
      }
      budget.ms -= ms;
      this.#deps.onWait?.(ms, `${this.#host}: ${why}`);
      const wake = this.#now() + ms;
      await this.#deps.sleep(ms);
      this.#atLeast = Math.max(this.#atLeast, wake);
    }
  }
}

const gates = new WeakMap<ForgeDeps, Map<string, Gate>>();

/** The gate of one host and account for everything built on the same `deps`. */
export function gateFor(
  account: { host: string; token: string },
  limits: WriteLimits,
  deps: ForgeDeps,
): Gate {
  const mine = gates.get(deps) ?? new Map<string, Gate>();
  gates.set(deps, mine);
  const key = `${account.host} ${account.token}`;
  const gate = mine.get(key) ?? new Gate(account.host, limits, deps);
  mine.set(key, gate);
  return gate;
}
