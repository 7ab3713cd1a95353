/** `GET /board`: off without a token, shut without the right one, and cheap for the forge. */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { App } from "../../../src/entry/app/app.ts";
import { boardJson } from "../../../src/report/board/schema.ts";
import { MINUTE, openWorld, PATIENCE, REQUESTS, STATE, type World } from "./world.ts";

const TOKEN = "token-of-the-board-77c1";
let world: World;
afterEach(() => world.end());

async function start(kind: "github" | "gitlab" = "github", more = ""): Promise<App> {
  world = await openWorld(kind);
  appendFileSync(join(world.folder, "daytwo.yml"), more);
  world.memory.by("hr").open(REQUESTS, {
    title: "Access for Ada",
    labels: ["access-request", STATE.action_needed],
  });
  const app = await world.start({ DAYTWO_BOARD_TOKEN: TOKEN });
  const inForce = () => world.logged.some(({ msg }) => msg === "configuration in force");
  await vi.waitFor(() => expect(inForce()).toBe(true), PATIENCE);
  return app;
}

const bearer = { authorization: `Bearer ${TOKEN}` };
const get = (app: App, headers: Record<string, string> = {}, path = "/board", method = "GET") =>
  fetch(app.url + path, { method, headers, redirect: "manual" });
/** How often the board was read; what the app does beside it asks for nothing of this kind. */
const asked = () => world.sandbox.log.filter(({ kind }) => kind === "GET repository events").length;

describe("the board of the app", () => {
  it("is off unless a token is set", async () => {
    world = await openWorld("github");
    const app = await world.start();
    expect((await get(app)).status).toBe(404);
    expect((await get(app, bearer)).status).toBe(404);
    expect((await get(app, {}, `/board?token=${TOKEN}`)).status).toBe(404);
    expect((await get(app, {}, `/board?token=`)).status).toBe(404);
  });

  it.each(["github", "gitlab"] as const)("shows the page to whoever has the token, on %s", async (kind) => {
    const app = await start(kind);
    const answer = await get(app, bearer);
    const page = await answer.text();
    expect(page).toContain("Access for Ada");
    expect(page).toContain("<title>Access requests of acme/access-requests</title>");
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "content-security-policy": expect.stringMatching(/^default-src 'none';.*frame-ancestors 'none'$/),
    });
    expect(await (await get(app, bearer, "/board", "HEAD")).text()).toBe("");
    expect((await get(app, bearer, "/board", "POST")).status).toBe(405);
  });

  it("takes the token once in the address, for a cookie and a redirect without it", async () => {
    const app = await start();
    const first = await get(app, {}, `/board?token=${TOKEN}`);
    expect(first.status).toBe(303);
    expect(first.headers.get("location")).toBe("/board");
    const cookie = first.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/^daytwo_board=[\w-]{43}; Path=\/board; HttpOnly; SameSite=Strict; Max-Age=\d+$/);
    expect(cookie).not.toContain(TOKEN);
    const pass = cookie.split(";")[0] ?? "";
    expect((await get(app, { cookie: `other=1; ${pass}` })).status).toBe(200);
    const secure = await get(
      app,
      { "x-forwarded-proto": "https, http" },
      `/board?token=${TOKEN}&team=${REQUESTS}`,
    );
    expect(secure.headers.get("set-cookie")).toMatch(/; Secure$/);
    expect(secure.headers.get("location")).toBe(`/board?team=${encodeURIComponent(REQUESTS)}`);
    expect(world.output()).not.toContain(TOKEN);
  });

  it("is shut to everybody else, and says how to come in", async () => {
    const app = await start();
    for (const headers of [
      {},
      { authorization: "Bearer wrong" },
      { authorization: `Basic ${TOKEN}` },
      { cookie: `daytwo_board=${TOKEN}` },
      { cookie: "daytwo_board=" },
    ]) {
      const answer = await get(app, headers);
      expect(answer.status).toBe(401);
      expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer/);
      expect(answer.headers.get("cache-control")).toBe("no-store");
      expect(await answer.text()).not.toContain("Ada");
    }
    expect((await get(app, bearer, "/board?token=wrong")).status).toBe(401);
    expect((await get(app, bearer, "/board?team=acme/other")).status).toBe(404);
    // A browser keeps a strict cookie back from the request that a link elsewhere makes, and sends it with the next.
    const linked = await get(app, { "sec-fetch-site": "cross-site" });
    expect([linked.status, await linked.text()]).toEqual([
      401,
      expect.stringContaining('content="0;url=/board"'),
    ]);
  });

  it("shows the same as CSV and JSON to whoever has the token, from one reading", async () => {
    const app = await start();
    const csv = await get(app, bearer, "/board?format=csv");
    expect([csv.status, csv.headers.get("content-type")]).toEqual([200, "text/csv; charset=utf-8"]);
    expect(await csv.text()).toMatch(/^section,name,measure,value,issues\r\n/);
    const json = await get(app, bearer, "/board?format=json");
    expect(Object.fromEntries(json.headers)).toMatchObject({
      "content-type": "application/json; charset=utf-8",
      "cache-control": "no-store",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    });
    expect(boardJson.parse(await json.json()).requests).toMatchObject([{ title: "Access for Ada" }]);
    expect(await (await get(app, bearer, "/board?format=html")).text()).toContain("Access for Ada");
    expect(asked()).toBe(1);
    expect((await get(app, {}, "/board?format=json")).status).toBe(401);
    const first = await get(app, {}, `/board?format=csv&token=${TOKEN}`);
    expect([first.status, first.headers.get("location")]).toEqual([303, "/board?format=csv"]);
    const unknown = await get(app, bearer, "/board?format=pdf");
    expect([unknown.status, await unknown.text()]).toEqual([400, "format: expected html, csv or json\n"]);
  });

  it.each([
    ["publish: [page]", [200, 404, 404]],
    ["publish: [issue, csv]", [404, 200, 404]],
    ["publish: [json]", [404, 404, 200]],
    ["publish: []", [404, 404, 404]],
  ])("shows what is published and says why the rest is not, with %s", async (publish, statuses) => {
    const app = await start("github", `board: { summary: { ${publish} } }\n`);
    const paths = { page: "/board", csv: "/board?format=csv", json: "/board?format=json" };
    const answers = await Promise.all(Object.values(paths).map((path) => get(app, bearer, path)));
    expect(answers.map(({ status }) => status)).toEqual(statuses);
    for (const [i, form] of Object.keys(paths).entries()) {
      if (statuses[i] === 404) {
        expect(await answers[i]?.text()).toBe(
          `no such board\n${REQUESTS}: board.summary.publish does not name ${form}\n`,
        );
      }
    }
  });

  it("says that the board is switched off", async () => {
    const app = await start("github", "board: false\n");
    expect(await (await get(app, bearer)).text()).toContain("switches the board off (board: false)");
  });

  it("asks the forge once however often it is looked at, and for what has changed afterwards", async () => {
    const app = await start();
    expect((await get(app, bearer)).status).toBe(200);
    await vi.waitFor(() => expect(asked()).toBe(1), PATIENCE);
    const before = asked();
    await Promise.all(Array.from({ length: 5 }, () => get(app, bearer)));
    expect(asked()).toBe(before);
    world.clock.now += MINUTE;
    world.memory.by("sam").open(REQUESTS, { title: "Access for Grace", labels: ["access-request"] });
    world.sandbox.webhooks.take();
    const page = await (await get(app, bearer)).text();
    expect(page).toContain("Access for Grace");
    await vi.waitFor(() => expect(asked() - before).toBe(1), PATIENCE);
  });
});
