/** `daytwo demo --serve` as somebody with a browser has it: pages and forms over HTTP, and the app behind. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openPlayground, type Playground } from "../../src/entry/demo/serve.ts";
import { PROJECTS } from "../../src/entry/demo/stage.ts";
import type { Io } from "../../src/entry/io.ts";
import type { ForgeKind } from "../../src/model.ts";

const DAYTWO = join(import.meta.dirname, "../../bin/daytwo.js");
const STATES = ["Action Needed", "In Progress", "On Hold", "Completed"].map((name) => `SalesOpsAR::${name}`);
const PATIENCE = { timeout: 60_000, interval: 50 };

/** Somebody at a browser: follows redirects, keeps the cookie, sends what browsers send with a form. */
class Browser {
  readonly #url: string;
  #cookie = "";
  constructor(url: string) {
    this.#url = url;
  }

  async get(path: string): Promise<{ status: number; page: string; headers: Headers }> {
    const answer = await fetch(this.#url + path, { headers: { cookie: this.#cookie } });
    return { status: answer.status, page: await answer.text(), headers: answer.headers };
  }

  async post(path: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
    const answer = await fetch(this.#url + path, {
      method: "POST",
      redirect: "manual",
      body: new URLSearchParams(fields),
      headers: { origin: this.#url, "sec-fetch-site": "same-origin", cookie: this.#cookie, ...headers },
    });
    this.#cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? this.#cookie;
    return { status: answer.status, location: answer.headers.get("location"), page: await answer.text() };
  }

  /** Sends a form of an issue's page, with what the page has hidden in it. */
  async act(path: string, fields: Record<string, string>) {
    const { page } = await this.get(path);
    const seen = /name="seen" value="(\w+)"/.exec(page)?.[1] ?? "";
    return await this.post(path, { seen, ...fields });
  }

  async be(you: string) {
    const { status } = await this.post("/sandbox/you", { you, here: "/" });
    expect(status).toBe(303);
  }
}

/** What the side of an issue's page shows; everything else may only tell of it. */
const aside = (page: string): string => /<aside>([\s\S]*)<\/aside>/.exec(page)?.[1] ?? "";
const labelsOn = (page: string): string[] =>
  [...aside(page).matchAll(/name="unlabel" value="([^"]*)"/g)].map(([, name = ""]) => name);
const stateOf = (page: string): string[] => labelsOn(page).filter((name) => STATES.includes(name));
/** The text as it is shown, without the one to be edited. */
const withoutEditor = (page: string): string => page.replace(/<textarea[\s\S]*?<\/textarea>/g, "");
const openBoxes = (page: string): string[] =>
  [...page.matchAll(/name="tick" value="(\d+)"/g)].map(([, index = ""]) => index);

describe.each(["github", "gitlab"] as const)("daytwo demo --serve --forge %s", (forge: ForgeKind) => {
  const root = (role: "requests" | "onboarding") =>
    `/${PROJECTS[forge][role]}${forge === "github" ? "" : "/-"}/issues`;
  const said: string[] = [];
  const io: Io = {
    env: {},
    cwd: tmpdir(),
    now: () => Date.now(),
    sleep: async (ms) => void (await sleep(ms)),
    out: (text) => void said.push(text),
    err: (text) => void said.push(text),
    stdin: async () => "",
    terminal: false,
  };
  let playground: Playground;
  let browser: Browser;

  beforeAll(async () => {
    playground = await openPlayground(forge, io);
    await playground.ready;
  });
  afterAll(async () => {
    await playground.close();
    expect(existsSync(playground.folder)).toBe(false);
    await expect(fetch(playground.url)).rejects.toThrow();
    await expect(fetch(playground.app)).rejects.toThrow();
    expect(said).toEqual([]);
  });

  const fresh = (): Browser => {
    browser = new Browser(playground.url);
    return browser;
  };

  /** Path of the newest request or onboarding issue of this name. */
  async function pathOf(role: "requests" | "onboarding", name: string): Promise<string> {
    const { page } = await browser.get("/");
    const links = page.matchAll(/<td><a href="([^"]+)">([^<]*)<\/a>/g);
    for (const [, path = "", title = ""] of links)
      if (path.startsWith(`${root(role)}/`) && title.includes(name)) return path;
    throw new Error(`The index names no issue of ${name} in ${role}`);
  }

  const settles = async (path: string, state: string) =>
    await vi.waitFor(async () => {
      const { page } = await browser.get(path);
      expect(stateOf(page)).toEqual([state]);
      return page;
    }, PATIENCE);

  it("opens on a request in each state and a hire who has none yet, with nothing from elsewhere", async () => {
    const { status, page, headers } = await fresh().get("/");
    expect(status).toBe(200);
    expect(headers.get("content-security-policy")).toMatch(/^default-src 'none'/);
    expect(page).not.toMatch(/<(?:script|link|img|iframe)[^>]* (?:src|href)=/);
    for (const [name, state] of [
      ["Mary Jackson", "Action Needed"],
      ["Katherine Johnson", "In Progress"],
      ["Grace Hopper", "On Hold"],
      ["Ada Lovelace", "Completed"],
    ] as const) {
      const path = await pathOf("requests", name);
      expect(stateOf((await browser.get(path)).page), name).toEqual([`SalesOpsAR::${state}`]);
    }
    await expect(pathOf("requests", "Lin Chen")).rejects.toThrow("names no issue");
    await expect(pathOf("onboarding", "Lin Chen")).resolves.toBeTruthy();
  });

  it("completes a request when its last box is ticked, and takes that back with the box", async () => {
    await fresh().be("sam");
    const path = await pathOf("requests", "Katherine Johnson");
    const { page } = await browser.get(path);
    expect(withoutEditor(page)).not.toContain("&lt;!--");
    const boxes = openBoxes(page);
    expect(boxes).toHaveLength(2);
    const before = (await browser.get("/sandbox/version")).page;
    for (const tick of boxes)
      expect(await browser.act(path, { tick })).toMatchObject({ status: 303, location: path });
    const after = await settles(path, "SalesOpsAR::Completed");
    expect(openBoxes(after)).toEqual([]);
    expect((await browser.get("/sandbox/version")).page).not.toBe(before);

    expect((await browser.act(path, { untick: boxes[0] ?? "" })).status).toBe(303);
    await settles(path, "SalesOpsAR::In Progress");
  });

  it("refuses a tick on a text that has changed since it was seen", async () => {
    await fresh().be("sam");
    const path = await pathOf("requests", "Mary Jackson");
    const { status, page } = await browser.post(path, { seen: "0123456789abcdef", tick: "0" });
    expect(status).toBe(409);
    expect(page).toContain("has changed meanwhile");
    expect(openBoxes(page)).toContain("0");
  });

  it("assigns and unassigns whoever one is, and labels", async () => {
    await fresh().be("meri");
    const path = await pathOf("requests", "Mary Jackson");
    await browser.act(path, { assign: "1" });
    expect(aside(await settles(path, "SalesOpsAR::In Progress"))).toContain("<p>@meri</p>");

    const label = "SalesOPS: Waiting on SFDC License";
    await browser.act(path, { label });
    expect(labelsOn(await settles(path, "SalesOpsAR::On Hold"))).toContain(label);
    await browser.act(path, { unlabel: label });
    expect(labelsOn(await settles(path, "SalesOpsAR::In Progress"))).not.toContain(label);

    await browser.act(path, { unassign: "1" });
    expect(aside(await settles(path, "SalesOpsAR::Action Needed"))).toContain("<p>nobody</p>");
  });

  it("puts back what an outsider does, and says when the forge itself refuses", async () => {
    await fresh().be("mallory");
    const path = await pathOf("requests", "Mary Jackson");
    expect((await browser.act(path, { label: "SalesOpsAR::Completed" })).status).toBe(303);
    await vi.waitFor(async () => {
      const { page } = await browser.get(path);
      expect(page).toMatch(/<b>@mallory<\/b> added[^\n]*SalesOpsAR::Completed/);
      expect(stateOf(page)).toEqual(["SalesOpsAR::Action Needed"]);
    }, PATIENCE);

    const onboarding = await pathOf("onboarding", "Lin Chen");
    const { status, page } = await browser.act(onboarding, { comment: "1", text: "let me in" });
    expect(status).toBe(404);
    expect(page).toMatch(/role="alert">Git(?:Hub|Lab) refuses that to @mallory: /);
  });

  it("comments, edits, closes and opens again", async () => {
    await fresh().be("amber");
    const path = await pathOf("requests", "Ada Lovelace");
    const before = (await browser.get(path)).page;
    const listed = /<textarea name="body"[^>]*>\n([\s\S]*?)<\/textarea>/.exec(before)?.[1] ?? "";
    expect(listed).toContain("## Systems");

    await browser.act(path, { comment: "1", text: "All of it was there on time." });
    await browser.act(path, { close: "completed" });
    const closed = (await browser.get(path)).page;
    expect(closed).toContain("All of it was there on time.");
    expect(closed).toContain('<b class="state closed">');
    await browser.act(path, { reopen: "1" });
    expect((await browser.get(path)).page).toContain('<b class="state open">');
    expect((await browser.act(path, { party: "1" })).status).toBe(400);
  });

  it("shows hostile text as text, and keeps it as it was typed", async () => {
    await fresh().be("hr");
    const title = `"><script>alert(1)</script>`;
    const body = `</textarea><img src=x onerror=alert(2)> <!-- hidden --> [go](javascript:alert(3)) https://example.com/"onclick="x
- [ ] a box <b onclick=alert(4)>`;
    const { status, location } = await browser.post(root("onboarding"), { title, body, labels: "" });
    expect(status).toBe(303);
    const path = location ?? "";
    for (const { page } of [await browser.get(path), await browser.get("/")]) {
      expect(page).not.toMatch(/<script>alert|<img|<b onclick/);
      expect(page).toContain("&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;");
    }
    const { page } = await browser.get(path);
    expect(withoutEditor(page)).not.toContain("hidden -->");
    expect(page).not.toMatch(/href="(?:javascript|[^"]*onclick)/);
    expect(page).toContain('<a href="https://example.com/" rel="noreferrer">');

    await browser.act(path, { edit: "1", title: "Harmless", body: `${body}\r\nand more` });
    const edited = (await browser.get(path)).page;
    expect(edited).toContain("<h1>Harmless #");
    expect(edited).toContain("and more");
    expect((await browser.act(path, { edit: "1", title: "", body })).status).toBe(
      forge === "github" ? 422 : 400,
    );
  });

  it("does nothing that another site asks for", async () => {
    fresh();
    const path = await pathOf("requests", "Ada Lovelace");
    const text = "from elsewhere";
    for (const headers of [
      { origin: "https://evil.example" },
      { origin: "null" },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
    ]) {
      for (const target of [path, root("requests"), "/sandbox/clock", "/sandbox/you"]) {
        const fields = { comment: "1", text, title: text, move: "0", you: "hr" };
        expect((await browser.post(target, fields, headers)).status, JSON.stringify(headers)).toBe(403);
      }
    }
    expect((await browser.get(path)).page).not.toContain(text);
    const { port } = new URL(playground.url);
    const named = request({ port, host: "127.0.0.1", path, headers: { host: `evil.example:${port}` } }).end();
    const [answer] = await once(named, "response");
    answer.resume();
    expect(answer.statusCode).toBe(403);
    expect((await browser.post("/sandbox/you", { you: "hr", here: "//evil.example" })).location).toBe("/");
  });

  it("opens the next request when the clock turns to the next working day", async () => {
    await fresh().be("hr");
    expect((await browser.get("/")).page).toContain("Tue 24 Nov 2026 09:");
    const form = await browser.get(`${root("onboarding")}/new?form=0`);
    const field = (name: string) =>
      new RegExp(`(?:<input name="${name}" value="|<textarea name="${name}"[^>]*>\n)([^"<]*)`).exec(
        form.page,
      )?.[1];
    const fields = { title: field("title") ?? "", body: field("body") ?? "", labels: field("labels") ?? "" };
    expect(fields).toMatchObject({ title: "Onboarding: Alan Turing", labels: "onboarding" });
    expect((await browser.post(root("onboarding"), fields)).status).toBe(303);

    await browser.post("/sandbox/clock", { move: "0", here: "/" });
    expect((await browser.get("/")).page).toContain("Tue 24 Nov 2026 10:");
    expect(await browser.post("/sandbox/clock", { move: "1", here: "/" })).toMatchObject({ location: "/" });
    expect((await browser.get("/")).page).toContain("Wed 25 Nov 2026 09:");
    for (const name of ["Lin Chen", "Alan Turing"]) {
      const path = await vi.waitFor(() => pathOf("requests", name), PATIENCE);
      expect(stateOf((await browser.get(path)).page)).toEqual(["SalesOpsAR::Action Needed"]);
    }
    await browser.post("/sandbox/clock", { move: "1", here: "/" });
    // Thursday is Thanksgiving.
    expect((await browser.get("/")).page).toContain("Fri 27 Nov 2026 09:");
  });
});

it("says where it is and what to try, and leaves nothing behind when told to stop", async () => {
  const folder = mkdtempSync(join(tmpdir(), "daytwo-serve-"));
  const child = spawn(process.execPath, [DAYTWO, "demo", "--serve"], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? "", TMPDIR: folder },
    stdio: ["ignore", "pipe", "pipe"],
  });
  try {
    let text = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
    const ended = once(child, "close");
    await vi.waitFor(() => expect(text).toContain("Ctrl-C ends it"), PATIENCE);
    const url = /open (http:\/\/127\.0\.0\.1:\d+)$/m.exec(text)?.[1] ?? "";
    expect((await fetch(url)).status).toBe(200);
    expect(readdirSync(folder)).toHaveLength(1);
    child.kill("SIGINT");
    expect(await ended).toEqual([0, null]);
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
});
