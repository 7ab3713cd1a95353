import { expect, test } from "vitest";
import { type ForgeDeps, ForgeError, type ForgeTarget } from "../../src/forge/forge.ts";
import { exhaustedFor, Gate, limitWait, MAX_LIMIT_WAIT_MS } from "../../src/forge/http/limits.ts";
import { type PageAnswer, readPages } from "../../src/forge/http/pages.ts";
import { createSender, LostAnswer, MAX_CONCURRENT, MAX_TRIES, writeOnce } from "../../src/forge/http/send.ts";
import { atPage, linkTo, pageOf } from "../../src/forge/http/url.ts";
import { refused } from "../../src/forge/http/words.ts";

const SECRET = "ghp_very_secret";
const target: ForgeTarget = {
  forge: "github",
  project: "acme/ar",
  api: "https://forge.test/api/v3",
  web: "https://forge.test",
  token: SECRET,
};
const LIMITS = { soft: 4, perMinute: 6, contentPerHour: 20, stepMs: 1000 };
const read = { method: "GET", url: `${target.api}/x`, headers: {}, kind: "GET x" };
const write = { method: "POST", url: `${target.api}/x`, headers: {}, body: "{}", kind: "POST x" };

type Reply = Response | Error;
const failure = (code: string) =>
  new TypeError("fetch failed", { cause: Object.assign(new Error(code), { code }) });
const json = (status: number, headers: Record<string, string> = {}, body: unknown = {}) =>
  new Response(status === 304 ? null : JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json", ...headers },
  });

/** A clock that only sleeping moves, and a forge that says what it is told to. */
function world(...replies: Reply[]) {
  let now = Date.parse("2026-11-24T14:00:00Z");
  const start = now;
  const slept: number[] = [];
  const asked: { url: string; method: string | undefined; authorization: string | null }[] = [];
  const waits: string[] = [];
  const deps: ForgeDeps = {
    cache: null,
    now: () => now,
    sleep: async (ms) => {
      slept.push(ms);
      now += ms;
    },
    onWait: (_, why) => waits.push(why),
    fetch: async (url, init) => {
      asked.push({
        url: String(url),
        method: init?.method,
        authorization: new Headers(init?.headers).get("authorization"),
      });
      const reply = replies.length > 1 ? replies.shift() : replies[0];
      if (reply instanceof Response) return reply.clone();
      throw reply;
    },
  };
  const sender = createSender(target, deps, { limits: LIMITS });
  return { deps, sender, slept, asked, waits, elapsed: () => now - start };
}

test("a read is tried again, with growing waits, and then given up with the host's name", async () => {
  const { sender, slept } = world(failure("ECONNRESET"));
  await expect(sender.send(read)).rejects.toThrow("cannot reach GitHub at forge.test: ECONNRESET");
  expect(sender.counts).toEqual(new Map([["GET x", MAX_TRIES]]));
  expect(slept).toHaveLength(MAX_TRIES - 1);
  const flaky = world(failure("ECONNRESET"), json(502), json(200));
  expect((await flaky.sender.send(read)).status).toBe(200);
});

test.each([
  ["a reset connection", failure("ECONNRESET")],
  ["a time-out", new DOMException("timed out", "TimeoutError")],
  ["a failing gateway", json(502)],
  ["a gateway that timed out", json(504)],
])("a write that met %s is not sent again", async (_, reply) => {
  const { sender } = world(reply, json(201));
  await expect(sender.send(write)).rejects.toThrow(LostAnswer);
  expect(sender.counts.get("POST x")).toBe(1);
});

test("a write that never left is sent again", async () => {
  const { sender } = world(failure("ECONNREFUSED"), failure("UND_ERR_CONNECT_TIMEOUT"), json(201));
  expect((await sender.send(write)).status).toBe(201);
  expect(sender.counts.get("POST x")).toBe(3);
});

test.each([
  [
    "a name that does not resolve",
    "ENOTFOUND",
    /forge\.test: its name does not resolve: check `url` or `api`/,
  ],
  [
    "a certificate nobody trusts",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    /forge\.test: its certificate .* NODE_EXTRA_CA_CERTS/,
  ],
])("%s is told at once", async (_, code, message) => {
  const { sender, slept } = world(failure(code));
  const error = await sender.send(write).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ kind: "unreachable", message: expect.stringMatching(message) });
  expect(slept).toEqual([]);
});

test("a request that takes too long is given up", async () => {
  const deps: ForgeDeps = {
    cache: null,
    now: Date.now,
    sleep: async () => undefined,
    fetch: (_, init) =>
      new Promise((_resolve, reject) => {
        const signal = init?.signal;
        // Keeps the process awake: the signal's own timer does not.
        const awake = setTimeout(() => undefined, 10_000);
        signal?.addEventListener("abort", () => {
          clearTimeout(awake);
          reject(signal.reason);
        });
      }),
  };
  const sender = createSender(target, deps, { limits: LIMITS, timeoutMs: 5 });
  await expect(sender.send(read)).rejects.toThrow("it did not answer in time");
});

test("limits are waited for as the forge says, by writes too", async () => {
  const { sender, slept, waits } = world(json(429, { "retry-after": "7" }), json(201));
  expect((await sender.send(write)).status).toBe(201);
  expect(slept).toEqual([7000]);
  expect(waits).toEqual(["forge.test: its rate limit"]);
});

test("a wait beyond a quarter of an hour is an error that says when it is over", async () => {
  const { sender, slept } = world(json(403, { "retry-after": "3600" }));
  const error = await sender.send(read).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    kind: "rate-limited",
    message: expect.stringContaining("2026-11-24T15:00:00.000Z"),
  });
  expect(slept).toEqual([]);
});

test("repeated short limits do not add up to more than that either", async () => {
  const { sender, elapsed } = world(json(429, { "retry-after": "120" }));
  await expect(sender.send(read)).rejects.toThrow("takes no more requests before");
  expect(elapsed()).toBeLessThanOrEqual(MAX_LIMIT_WAIT_MS);
});

test("one refusal holds back everybody who shares the account", async () => {
  const { sender, deps, slept } = world(json(429, { "retry-after": "5" }), json(200));
  await sender.send(read);
  const other = createSender({ ...target, project: "acme/people" }, deps, { limits: LIMITS });
  expect(slept).toEqual([5000]);
  await other.send(read);
  expect(slept).toEqual([5000]);
});

test.each([
  ["Retry-After in seconds", 429, { "retry-after": "3" }, "", 3000],
  ["Retry-After as a date", 429, { "retry-after": "Tue, 24 Nov 2026 14:00:09 GMT" }, "", 9000],
  ["a used-up limit", 403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1795528810" }, "", 11_000],
  ["GitLab's names", 429, { "ratelimit-remaining": "0", "ratelimit-reset": "1795528810" }, "", 11_000],
  ["a secondary limit without a time", 403, {}, "You have exceeded a secondary rate limit.", 60_000],
  ["maintenance with a time", 503, { "retry-after": "30" }, "", 30_000],
  ["a missing right", 403, { "x-ratelimit-remaining": "4999" }, "Resource not accessible", null],
  ["a failure", 503, {}, "", null],
  ["a success", 200, { "x-ratelimit-remaining": "0" }, "", null],
])("reads the wait from %s", (_, status, headers, body, wait) => {
  const now = Date.parse("2026-11-24T14:00:00Z");
  const date = new Date(1795528800_000).toUTCString();
  expect(new Date(1795528800_000).toISOString()).toBe("2026-11-24T14:00:00.000Z");
  expect(limitWait({ status, headers: new Headers({ date, ...headers }), body }, now)).toBe(wait);
});

test("a clock that is off does no harm to reset times", () => {
  const headers = new Headers({
    date: "Tue, 24 Nov 2026 14:00:00 GMT",
    "x-ratelimit-remaining": "0",
    "x-ratelimit-reset": "1795528810",
  });
  const yesterday = Date.parse("2026-11-23T14:00:00Z");
  expect(limitWait({ status: 429, headers, body: "" }, yesterday)).toBe(11_000);
  expect(exhaustedFor({ status: 200, headers, body: "" }, yesterday)).toBe(11_000);
});

test("a burst of writes goes out at once, more of them a step apart, never more than a minute allows", async () => {
  const { sender, elapsed, deps } = world(json(201));
  const sent: number[] = [];
  for (let n = 0; n < 10; n++) {
    await sender.send(write);
    sent.push(elapsed());
  }
  expect(sent.slice(0, LIMITS.soft)).toEqual([0, 0, 0, 0]);
  expect(sent.slice(LIMITS.soft, 6)).toEqual([1000, 2000]);
  for (const at of sent)
    expect(sent.filter((other) => other > at - 60_000 && other <= at).length).toBeLessThanOrEqual(6);
  const before = deps.now();
  await sender.send(read);
  expect(deps.now()).toBe(before);
});

test("writes that arrive together are paced one after the other", async () => {
  const { sender, elapsed } = world(json(201));
  await Promise.all(Array.from({ length: 6 }, () => sender.send(write)));
  expect(elapsed()).toBe(2000);
});

test("created content is held to the hour, other writes are not", async () => {
  const { deps } = world(json(201));
  const gate = new Gate("forge.test", { soft: 99, perMinute: 99, contentPerHour: 3, stepMs: 1 }, deps);
  const budget = () => ({ ms: MAX_LIMIT_WAIT_MS });
  for (let n = 0; n < 3; n++) await gate.pass("content", budget());
  await gate.pass("write", budget());
  await expect(gate.pass("content", budget())).rejects.toThrow(
    "2026-11-24T15:00:00.000Z (its limit on writes",
  );
  await gate.pass("read", budget());
});

test("a clock that stands still stops nothing", async () => {
  const deps: ForgeDeps = { ...world(json(201)).deps, now: () => 0, sleep: async () => undefined };
  const sender = createSender(target, deps, { limits: LIMITS });
  for (let n = 0; n < 15; n++) await sender.send(write);
  expect(sender.counts.get("POST x")).toBe(15);
});

test("at most eight reads run at once", async () => {
  let running = 0;
  let most = 0;
  const { deps } = world(json(200));
  const sender = createSender(
    target,
    {
      ...deps,
      fetch: async () => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setImmediate(resolve));
        running--;
        return json(200);
      },
    },
    { limits: LIMITS },
  );
  await Promise.all(Array.from({ length: 40 }, () => sender.send(read)));
  expect(most).toBe(MAX_CONCURRENT);
});

test("redirects keep their method and stay with their host", async () => {
  const moved = world(json(307, { location: "/api/v3/y" }), json(201));
  expect((await moved.sender.send({ ...write, headers: { authorization: "Bearer t" } })).status).toBe(201);
  expect(moved.asked).toEqual([
    { url: "https://forge.test/api/v3/x", method: "POST", authorization: "Bearer t" },
    { url: "https://forge.test/api/v3/y", method: "POST", authorization: "Bearer t" },
  ]);
  const away = world(json(302, { location: "https://evil.test/x" }));
  await expect(away.sender.send(read)).rejects.toThrow("forge.test sends requests on to https://evil.test");
  expect(away.asked).toHaveLength(1);
  const round = world(json(302, { location: "/api/v3/x" }));
  await expect(round.sender.send(read)).rejects.toThrow(/redirects in a circle/);
});

test("a web page is not an API", async () => {
  const page = new Response("<!doctype html><title>Sign in</title>", {
    headers: { "content-type": "text/html" },
  });
  const { sender } = world(page);
  await expect(sender.send(read)).rejects.toThrow(
    "https://forge.test/api/v3 answers with a web page (HTTP 200), not with GitHub's API: set `api`",
  );
});

test("a lost write is looked up, and sent again only if it is not there", async () => {
  const { sender } = world(json(200));
  const lost = () => Promise.reject(new LostAnswer(new ForgeError("unavailable", "gone", 502)));
  expect(await writeOnce(sender, lost, async () => "found")).toBe("found");

  let sends = 0;
  const second = () => (++sends === 1 ? lost() : Promise.resolve("sent"));
  expect(await writeOnce(sender, second, async () => null)).toBe("sent");
  expect(sends).toBe(2);

  let looks = 0;
  const never = writeOnce(sender, lost, async () => {
    looks++;
    return null;
  });
  await expect(never).rejects.toMatchObject({ kind: "unavailable", message: "gone" });
  expect(looks).toBe(MAX_TRIES);
  const refusal = new ForgeError("forbidden", "no", 403);
  await expect(writeOnce(sender, () => Promise.reject(refusal), lost)).rejects.toBe(refusal);
});

test.each([401, 403, 404, 410, 422, 501])("a refusal with %i is one line without the token", (status) => {
  for (const forge of ["github", "gitlab"] as const) {
    for (const about of [null, "issue #4"]) {
      const doing = { what: "close #4", write: true, target: about };
      const { message } = refused({ ...target, forge }, doing, { status, message: "line one\nline two" });
      expect(message).not.toContain(SECRET);
      expect(message).not.toContain("\n");
      expect(message).toMatch(forge === "github" ? /acme\/ar|GITHUB_TOKEN/ : /acme\/ar|GITLAB_TOKEN/);
    }
  }
});

test("reads Link headers", () => {
  const header = '<https://f.test/x?a=1,2&page=2>; rel="next", <https://f.test/x?page=9>; rel="last"';
  expect(linkTo(header, "next")).toBe("https://f.test/x?a=1,2&page=2");
  expect(pageOf(linkTo(header, "last"))).toBe(9);
  expect(linkTo(header, "prev")).toBeNull();
  expect(linkTo(null, "next")).toBeNull();
  expect(atPage("https://f.test/x?page=2&q=a", 3)).toBe("https://f.test/x?page=3&q=a");
});

/** A list of numbers in pages of two, numbered or by cursor. */
function listServer(items: number[], keyset = false) {
  const asked: string[] = [];
  const ask = async (url: string, etag: string | null): Promise<PageAnswer<number>> => {
    const at = Number(new URL(url).searchParams.get(keyset ? "after" : "page") ?? 1);
    const mine = items.slice((at - 1) * 2, at * 2);
    const tag = JSON.stringify(mine);
    asked.push(`${at}${etag === tag ? " 304" : ""}`);
    if (etag === tag) return { changed: false };
    const pages = Math.max(1, Math.ceil(items.length / 2));
    const link = (n: number) => `https://f.test/list?${keyset ? "after" : "page"}=${n}`;
    return {
      changed: true,
      etag: tag,
      page: { items: mine, size: mine.length },
      next: at < pages ? link(at + 1) : null,
      last: keyset || at >= pages ? null : link(pages),
    };
  };
  return { ask, asked };
}

function memoryCache() {
  const entries = new Map<string, { etag: string; next: string | null; page: unknown }>();
  return {
    get: (url: string) => entries.get(url) ?? null,
    set: (url: string, entry: { etag: string; next: string | null; page: unknown }) =>
      void entries.set(url, entry),
  };
}

test.each([false, true])(
  "a list is read to its end, page by page or by number (keyset: %s)",
  async (keyset) => {
    const cache = memoryCache();
    const first = keyset ? "https://f.test/list" : "https://f.test/list?page=1";
    const all = [1, 2, 3, 4, 5];
    const cold = listServer(all, keyset);
    expect(await readPages({ first, perPage: 2, cache, ask: cold.ask })).toEqual(all);
    expect(cold.asked).toEqual(["1", "2", "3"]);
    const warm = listServer(all, keyset);
    expect(await readPages({ first, perPage: 2, cache, ask: warm.ask })).toEqual(all);
    expect(warm.asked).toEqual(["1 304", "2 304", "3 304"]);
    const shorter = listServer([1, 2, 4], keyset);
    expect(await readPages({ first, perPage: 2, cache, ask: shorter.ask })).toEqual([1, 2, 4]);
  },
);

test("a full last page that has not changed may have a successor by now", async () => {
  const cache = memoryCache();
  const first = "https://f.test/list?page=1";
  await readPages({ first, perPage: 2, cache, ask: listServer([1, 2, 3, 4]).ask });
  const grown = listServer([1, 2, 3, 4, 5]);
  expect(await readPages({ first, perPage: 2, cache, ask: grown.ask })).toEqual([1, 2, 3, 4, 5]);
  expect(grown.asked).toEqual(["1 304", "2 304", "3"]);
});

test("a page that fails fails the list, and nothing is left unhandled", async () => {
  const { ask } = listServer([1, 2, 3, 4, 5]);
  const broken = async (url: string, etag: string | null) => {
    if (pageOf(url) !== 1) throw new ForgeError("unavailable", `no page ${pageOf(url)}`);
    return ask(url, etag);
  };
  const reading = readPages({ first: "https://f.test/list?page=1", perPage: 2, cache: null, ask: broken });
  await expect(reading).rejects.toThrow("no page 2");
});

test("a page that has not changed still tells its successor", async () => {
  const cache = memoryCache();
  const first = "https://f.test/list?page=1";
  await readPages({ first, perPage: 2, cache, ask: listServer([1, 2, 3]).ask });
  const told = listServer([1, 2, 3]);
  const ask = async (url: string, etag: string | null): Promise<PageAnswer<number>> => {
    const answer = await told.ask(url, etag);
    return answer.changed ? answer : { changed: false, next: null };
  };
  expect(await readPages({ first, perPage: 2, cache, ask })).toEqual([1, 2]);
});
