import type { ForgeKind, Instant } from "../model.ts";
import type { Answer, Route } from "./http.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Each may be switched off with `Infinity`. */
export interface Limits {
  /** GitHub: requests an hour and account. https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api */
  readonly perHour: number;
  /** GitHub's secondary limits: points a minute (a read 1, a write 5), content created a minute and an hour. */
  readonly pointsPerMinute: number;
  readonly contentPerMinute: number;
  readonly contentPerHour: number;
  /** GitLab: requests, issues created and notes created a minute. https://docs.gitlab.com/administration/instance_limits/ */
  readonly perMinute: number;
  readonly issuesPerMinute: number;
  readonly notesPerMinute: number;
}

export const DEFAULT_LIMITS: Limits = {
  perHour: 5000,
  pointsPerMinute: 900,
  contentPerMinute: 80,
  contentPerHour: 500,
  perMinute: 2000,
  issuesPerMinute: 200,
  notesPerMinute: 60,
};

/** Instants of what was counted in the last `span` milliseconds. */
class Window {
  readonly #span: number;
  #times: Instant[] = [];

  constructor(span: number) {
    this.#span = span;
  }

  count(now: Instant): number {
    const from = this.#times.findIndex((at) => at > now - this.#span);
    if (from !== 0) this.#times = from < 0 ? [] : this.#times.slice(from);
    return this.#times.length;
  }

  add(now: Instant, times = 1): void {
    for (let i = 0; i < times; i += 1) this.#times.push(now);
  }

  /** Milliseconds until there is room again. */
  wait(now: Instant): number {
    return Math.max(0, (this.#times[0] ?? now) + this.#span - now);
  }
}

interface Counters {
  readonly requests: Window;
  readonly points: Window;
  readonly contentMinute: Window;
  readonly contentHour: Window;
  readonly issues: Window;
  readonly notes: Window;
  used: number;
  reset: Instant;
}

/** The forges' limits per account, as they bite. */
export class Limiter {
  readonly #kind: ForgeKind;
  readonly #limits: Limits;
  readonly #clock: () => Instant;
  readonly #accounts = new Map<string, Counters>();

  constructor(kind: ForgeKind, limits: Limits, clock: () => Instant) {
    this.#kind = kind;
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Counts one request; an answer where it is refused. */
  admit(account: string, method: string, content: Route["content"]): Answer | null {
    const counters = this.#of(account);
    return this.#kind === "github"
      ? this.#github(counters, method, content)
      : this.#gitlab(counters, content);
  }

  /** A 304 costs nothing on GitHub. */
  refund(account: string): void {
    if (this.#kind === "github") this.#of(account).used -= 1;
  }

  headers(account: string): Record<string, string> {
    const counters = this.#of(account);
    const now = this.#clock();
    if (this.#kind === "gitlab") {
      if (!Number.isFinite(this.#limits.perMinute)) return {};
      const used = counters.requests.count(now);
      return {
        "ratelimit-limit": String(this.#limits.perMinute),
        "ratelimit-observed": String(used),
        "ratelimit-remaining": String(Math.max(0, this.#limits.perMinute - used)),
        "ratelimit-reset": String(Math.ceil((now + MINUTE) / 1000)),
      };
    }
    if (!Number.isFinite(this.#limits.perHour)) return {};
    return {
      "x-ratelimit-limit": String(this.#limits.perHour),
      "x-ratelimit-used": String(counters.used),
      "x-ratelimit-remaining": String(Math.max(0, this.#limits.perHour - counters.used)),
      "x-ratelimit-reset": String(Math.ceil(counters.reset / 1000)),
      "x-ratelimit-resource": "core",
    };
  }

  #of(account: string): Counters {
    const now = this.#clock();
    let counters = this.#accounts.get(account);
    if (!counters) {
      counters = {
        requests: new Window(MINUTE),
        points: new Window(MINUTE),
        contentMinute: new Window(MINUTE),
        contentHour: new Window(HOUR),
        issues: new Window(MINUTE),
        notes: new Window(MINUTE),
        used: 0,
        reset: now + HOUR,
      };
      this.#accounts.set(account, counters);
    }
    if (now >= counters.reset) Object.assign(counters, { used: 0, reset: now + HOUR });
    return counters;
  }

  #github(counters: Counters, method: string, content: Route["content"]): Answer | null {
    const now = this.#clock();
    const limits = this.#limits;
    if (counters.used >= limits.perHour) {
      const message =
        "API rate limit exceeded for user ID 1. If you reach out to GitHub Support for help, please include the request ID.";
      return { status: 403, body: { message, documentation_url: `${DOCS}#primary-rate-limits` } };
    }
    const points = method === "GET" || method === "HEAD" ? 1 : 5;
    const full: Window | undefined = [
      { window: counters.points, limit: limits.pointsPerMinute, room: points },
      { window: counters.contentMinute, limit: limits.contentPerMinute, room: content ? 1 : 0 },
      { window: counters.contentHour, limit: limits.contentPerHour, room: content ? 1 : 0 },
    ].find(({ window, limit, room }) => room > 0 && window.count(now) + room > limit)?.window;
    counters.used += 1;
    if (full) {
      const message =
        "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
      return {
        status: 403,
        body: { message, documentation_url: `${DOCS}#about-secondary-rate-limits` },
        headers: { "retry-after": String(Math.ceil(full.wait(now) / 1000)) },
      };
    }
    counters.points.add(now, points);
    if (content) {
      counters.contentMinute.add(now);
      counters.contentHour.add(now);
    }
    return null;
  }

  #gitlab(counters: Counters, content: Route["content"]): Answer | null {
    const now = this.#clock();
    if (counters.requests.count(now) >= this.#limits.perMinute) {
      return {
        status: 429,
        body: "Retry later\n",
        headers: {
          "content-type": "text/plain",
          "retry-after": String(Math.ceil(counters.requests.wait(now) / 1000)),
        },
      };
    }
    counters.requests.add(now);
    if (content === null) return null;
    // Application limits show nowhere but in the refusal.
    const [window, limit] =
      content === "issue"
        ? [counters.issues, this.#limits.issuesPerMinute]
        : [counters.notes, this.#limits.notesPerMinute];
    if (window.count(now) >= limit) {
      const error = "This endpoint has been requested too many times. Try again later.";
      return { status: 429, body: { message: { error } } };
    }
    window.add(now);
    return null;
  }
}

const DOCS = "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api";
