/** `daytwo doctor`, against a forge over HTTP. */
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import type { Delivery } from "../../src/model.ts";
import type { Finding } from "../../src/run/doctor/finding.ts";
import { laneOf, type Waiting } from "../../src/run/inbox/inbox.ts";
import { openInbox } from "../../src/run/inbox/open.ts";
import { BOT, Desk, PEOPLE, type Ran, READ_TOKEN, REQUESTS, TOKEN, writes } from "./desk.ts";

let desk: Desk;
afterEach(() => desk.close());

const findings = ({ json }: Ran, severity?: Finding["severity"]): Finding[] =>
  json.findings.filter((one: Finding) => severity === undefined || one.severity === severity);
const told = (ran: Ran, severity?: Finding["severity"]): string =>
  findings(ran, severity)
    .map(({ area, project, message, fix }) => `${area} ${project}: ${message} -> ${fix}`)
    .join("\n");

describe.each(["github", "gitlab"] as const)("on %s", (kind) => {
  const path = `/api/${kind}/webhooks`;
  const hook = (project: string, more: object = {}) =>
    desk.sandbox.webhooks.add({
      project,
      url: `https://daytwo.example.com${path}`,
      ...(kind === "github" ? { secret: "s" } : { signingToken: "whsec_AAAA" }),
      ...more,
    });
  const serving = () => {
    if (kind === "github") desk.env.WEBHOOK_SECRET = "s";
    else desk.env.GITLAB_WEBHOOK_SIGNING_TOKEN = `whsec_${Buffer.alloc(32).toString("base64")}`;
  };

  beforeEach(async () => {
    desk = await Desk.open(kind);
    expect((await desk.run("labels", "sync")).code).toBe(0);
  });

  it("finds nothing wrong where nothing is, and writes nothing", async () => {
    serving();
    for (const project of [REQUESTS, PEOPLE]) hook(project);
    const ran = await desk.run("doctor", "--json");
    expect(told(ran, "error") + told(ran, "warning")).toBe("");
    expect(ran.code).toBe(0);
    expect(writes(ran)).toEqual([]);
    expect(ran.json.projects.map(({ name }: { name: string }) => name)).toEqual([REQUESTS, PEOPLE]);
    for (const area of ["config", "token", "labels", "webhooks", "clock", "store"]) {
      expect(findings(ran, "ok").map((one) => one.area)).toContain(area);
    }
    expect(JSON.stringify(ran)).not.toContain(TOKEN);
    const people = await desk.run("doctor");
    expect(people.out).toContain("Everything works, 0 warnings.");
    expect(people.err).toBe("");
  });

  it("says which token is refused, and ends with 3", async () => {
    desk.env.GITHUB_TOKEN = "wrong";
    desk.env.GITLAB_TOKEN = "wrong";
    const ran = await desk.run("doctor", "--json");
    expect(ran.code).toBe(3);
    expect(told(ran, "error")).toMatch(
      new RegExp(`token ${REQUESTS}: ${kind.toUpperCase()}_TOKEN was refused`),
    );
  });

  it("looks at the rest where a token is missing, and ends with 3", async () => {
    desk.env.GITHUB_TOKEN = undefined;
    desk.env.GITLAB_TOKEN = undefined;
    const ran = await desk.run("doctor", "--json");
    expect(ran.code).toBe(3);
    expect(told(ran, "error")).toContain(`${kind.toUpperCase()}_TOKEN is not set`);
    expect(findings(ran, "ok").map((one) => one.area)).toContain("store");
  });

  it("names the project that is out of reach, and looks at the other", async () => {
    desk.configure({ people: "acme/nowhere" });
    const ran = await desk.run("doctor", "--json");
    expect(ran.code).toBe(3);
    expect(told(ran, "error")).toContain("acme/nowhere");
    expect(told(ran, "ok")).toContain(`token ${REQUESTS}`);
  });

  it("ends with 3 where the forge does not answer", async () => {
    desk.configure({ api: "http://127.0.0.1:9" });
    const ran = await desk.run("doctor", "--json");
    expect(ran.code).toBe(3);
    expect(told(ran, "error")).toContain("cannot reach");
  });

  it("knows a role that is too small", async () => {
    desk.memory.grant(REQUESTS, BOT, "read");
    const ran = await desk.run("doctor", "--json");
    // An app's role is not told on GitHub, and the token of this desk's bot says nothing of itself.
    expect(told(ran, "error")).toMatch(
      /rights acme\/access-requests: @daytwo-bot has the role (Read|Guest).*give @daytwo-bot/,
    );
    expect(ran.code).toBe(1);
  });

  it("tells labels that are missing or look otherwise, and members who cannot be assigned", async () => {
    const labels = desk.memory.project(REQUESTS).labels;
    labels.splice(0, 1);
    const [first] = labels;
    if (first) first.color = "#000000";
    desk.configure({ more: "  - { handle: nobody, name: Nobody }\n" });
    const ran = await desk.run("doctor", "--json");
    expect(ran.code).toBe(0);
    expect(told(ran, "warning")).toContain(
      'labels are missing: "SalesOpsAR::Action Needed" -> daytwo labels sync',
    );
    expect(told(ran, "warning")).toContain(
      'labels look otherwise than the configuration has them: "SalesOpsAR::In Progress"',
    );
    expect(told(ran, "warning")).toContain("cannot be assigned: @nobody");
  });

  it("reads webhooks, and what became of their deliveries", async () => {
    serving();
    const answering = createServer((_, response) => response.writeHead(401).end()).listen(0, "127.0.0.1");
    await once(answering, "listening");
    const url = `http://127.0.0.1:${(answering.address() as AddressInfo).port}${path}`;
    hook(REQUESTS, { url });
    hook(PEOPLE, { without: ["comments"], secret: undefined, signingToken: undefined, insecure: true });
    desk.hire();
    await desk.sandbox.webhooks.deliver(
      desk.sandbox.webhooks.take().filter(({ hook: { url: to } }) => to === url),
    );
    desk.memory.by("amber").open(REQUESTS, { title: "Access" });
    await desk.sandbox.webhooks.deliver(
      desk.sandbox.webhooks.take().filter(({ hook: { url: to } }) => to === url),
    );
    answering.close();
    const ran = await desk.run("doctor", "--json");
    expect(ran.code).toBe(1);
    const errors = told(ran, "error");
    expect(errors).toMatch(
      /webhooks acme\/access-requests: .* failed last on .*HTTP 401 -> its secret is not the one/,
    );
    expect(errors).toMatch(/webhooks acme\/people: .* is not sent for comments/);
    expect(errors).toMatch(/webhooks acme\/people: .* has no secret/);
    expect(told(ran, "warning")).toMatch(/webhooks acme\/people: .* does not verify the certificate/);
  });

  it("misses a webhook only where daytwo serve is set up", async () => {
    desk.sandbox.webhooks.add({ project: REQUESTS, url: "https://elsewhere.example.com/hooks" });
    expect(told(await desk.run("doctor", "--json"), "ok")).toContain("none is needed in CI");
    serving();
    expect(told(await desk.run("doctor", "--json"), "warning")).toContain(
      "daytwo serve hears of nothing here",
    );
  });

  it("takes it for a note that webhooks may not be read", async () => {
    desk.sandbox.faults.next({
      kind: "status",
      match: /\/hooks\?/,
      status: 403,
      body: { message: "403 Forbidden" },
      times: 2,
    });
    const ran = await desk.run("doctor", "--json");
    expect(ran.code).toBe(0);
    expect(told(ran, "note")).toContain("may not read webhooks");
  });

  it("compares with the configuration on the default branch", async () => {
    desk.sandbox.files.set(REQUESTS, { "daytwo.yml": "version: 1\n" });
    const ran = await desk.run("doctor", "--json");
    expect(told(ran, "warning")).toContain("is not the one on the default branch");
  });

  it("judges the machine's clock by the forge's", async () => {
    const { now } = desk;
    const late = async (ms: number) => {
      desk.now = now;
      desk.sandbox.faults.clear();
      const date = new Date(now + ms).toUTCString();
      // What the forge says is its time; what it answers does not matter to this.
      desk.sandbox.faults.next({
        kind: "status",
        match: /\/hooks\?/,
        status: 403,
        headers: { date },
        times: 2,
      });
      const ran = await desk.run("doctor", "--json");
      return findings(ran).find(({ area }) => area === "clock");
    };
    expect(await late(0)).toMatchObject({ severity: "ok" });
    expect(await late(120_000)).toMatchObject({
      severity: "warning",
      message: expect.stringContaining("behind"),
    });
    expect(await late(-600_000)).toMatchObject({
      severity: "error",
      message: expect.stringContaining("ahead of"),
    });
  });

  it("needs a valid configuration, and says all that is wrong with one", async () => {
    desk.configure({ more: "timezne: UTC\n" });
    const ran = await desk.run("doctor", "--json");
    expect(ran).toMatchObject({ code: 2, json: { errors: [expect.objectContaining({ line: 10 })] } });
  });
});

describe("tokens", () => {
  it("of GitHub by prefix and scopes", async () => {
    desk = await Desk.open("github");
    await desk.run("labels", "sync");
    desk.memory.addAccount("person");
    for (const project of [REQUESTS, PEOPLE]) desk.memory.grant(project, "person", "write");
    const at = desk.now;
    desk.memory.addToken("person", "ghp_good", "full", { scopes: ["repo"], expiresAt: at + 7 * 86_400_000 });
    desk.memory.addToken("person", "ghp_public", "full", { scopes: ["public_repo", "gist"] });
    desk.memory.addToken("person", "github_pat_fine", "full");
    desk.memory.addToken(BOT, "ghs_app", "full");
    const look = async (token: string) => {
      desk.env.GITHUB_TOKEN = token;
      return desk.run("doctor", "--json");
    };
    const good = await look("ghp_good");
    expect(good).toMatchObject({
      code: 0,
      json: { projects: [{ token: "classic", account: "person" }, {}] },
    });
    expect(told(good, "warning")).toContain("GITHUB_TOKEN expires on 2026-12-01");
    expect(told(good, "note")).toContain("may do more than daytwo needs");
    const open = await look("ghp_public");
    expect(open.code).toBe(1);
    expect(told(open, "error")).toContain(
      "may not write issues of a private repository: it has public_repo, gist",
    );
    const fine = await look("github_pat_fine");
    expect(fine).toMatchObject({ code: 0, json: { projects: [{ token: "fine-grained" }, {}] } });
    expect(told(fine, "note")).toContain("Issues: write");
    const app = await look("ghs_app");
    expect(app).toMatchObject({ code: 0, json: { projects: [{ token: "installation", account: BOT }, {}] } });
  });

  it("of GitLab by account and scopes", async () => {
    desk = await Desk.open("gitlab");
    await desk.run("labels", "sync");
    const bot = "project_42_bot_0a1b";
    desk.memory.addAccount(bot, { bot: true, token: "glpat-project" });
    desk.memory.addToken(bot, "glpat-old", "full", { scopes: ["api"], expiresAt: desk.now - 86_400_000 });
    for (const project of [REQUESTS, PEOPLE]) desk.memory.grant(project, bot, "write");
    const look = async (token: string) => {
      desk.env.GITLAB_TOKEN = token;
      return desk.run("doctor", "--json");
    };
    expect(await look("glpat-project")).toMatchObject({
      code: 0,
      json: { projects: [{ token: "project", account: bot }, {}] },
    });
    const reads = await look(READ_TOKEN);
    expect(reads.code).toBe(1);
    expect(told(reads, "error")).toContain(
      "may read issues and not write them: it has read_api -> give it the scope api",
    );
    expect(told(await look("glpat-old"), "error")).toContain("GITLAB_TOKEN expired on 2026-11-23");
  });

  test("of an app tell its permissions and its own webhook", async () => {
    desk = await Desk.open("github");
    const answers: Record<string, unknown> = {
      "GET /app": { slug: "daytwo-app" },
      "GET /repos/acme/access-requests/installation": {
        id: 5,
        app_slug: "daytwo-app",
        permissions: { issues: "read", metadata: "read" },
        events: ["issues"],
      },
      "POST /app/installations/5/access_tokens": {
        token: "ghs_of_the_installation",
        expires_at: new Date(Date.now() + 3_600_000).toISOString(),
        permissions: {},
        repository_selection: "all",
      },
      "GET /repos/acme/access-requests": {
        private: true,
        archived: true,
        has_issues: false,
        default_branch: "main",
        permissions: { admin: false, push: false, pull: false },
      },
      "GET /repos/acme/access-requests/labels": [],
      "GET /app/hook/config": { url: "https://daytwo.example.com/api/github/webhooks", content_type: "json" },
      "GET /app/hook/deliveries": [
        { id: 1, guid: "a", event: "issues", delivered_at: "2026-11-24T14:00:00Z", status_code: 502 },
      ],
    };
    const fake = createServer((request, response) => {
      const key = `${request.method} ${(request.url ?? "").split("?")[0]}`;
      const member = /\/assignees\//.test(key);
      response.writeHead(member ? 204 : key in answers ? 200 : 404, { "content-type": "application/json" });
      response.end(member ? "" : JSON.stringify(answers[key] ?? { message: "Not Found" }));
    }).listen(0, "127.0.0.1");
    await once(fake, "listening");
    try {
      desk.now = Date.now();
      desk.write(
        "daytwo.yml",
        `projects:\n  requests: { forge: github, repo: ${REQUESTS}, api: "http://127.0.0.1:${(fake.address() as AddressInfo).port}" }\nteam: [{ handle: amber, dri: true }]\n`,
      );
      desk.env.GITHUB_TOKEN = undefined;
      desk.env.APP_ID = "1";
      desk.env.PRIVATE_KEY = generateKeyPairSync("rsa", {
        modulusLength: 2048,
        privateKeyEncoding: { type: "pkcs1", format: "pem" },
        publicKeyEncoding: { type: "spki", format: "pem" },
      }).privateKey;
      const ran = await desk.run("doctor", "--json");
      expect(ran).toMatchObject({
        code: 1,
        json: { projects: [{ token: "installation", account: "daytwo-app[bot]" }] },
      });
      const errors = told(ran, "error");
      expect(errors).toContain("the app lacks issues: write");
      expect(errors).toContain("the app lacks contents: read");
      expect(errors).toContain("it is archived");
      expect(errors).toContain("issues are switched off");
      expect(errors).toContain("is not sent for comments");
      expect(errors).toContain("failed last on 2026-11-24T14:00:00.000Z: the answer was HTTP 502");
      expect(JSON.stringify(ran)).not.toContain("ghs_of_the_installation");
    } finally {
      fake.closeAllConnections();
      fake.close();
    }
  });
});

describe("the store", () => {
  beforeEach(async () => {
    desk = await Desk.open("github");
    await desk.run("labels", "sync");
  });
  const folder = () => join(desk.cwd, ".daytwo");
  const inbox = () => openInbox({ folder: folder(), now: () => desk.now, pauses: { first: 0, longest: 0 } });

  /** A delivery whose work failed as often as it may. */
  async function letterDies(): Promise<Waiting> {
    const number = desk.memory.by("amber").open(REQUESTS, { title: "Access", body: "Please" });
    const issue = await desk.memory.as(BOT, REQUESTS).reader.issue(number);
    if (!issue) throw new Error("the issue is gone");
    const delivery: Delivery = {
      forge: "github",
      project: REQUESTS,
      id: "d-1",
      about: "issue",
      action: "opened",
      actor: "amber",
      issue: { ...issue, digest: "", body: null },
      events: [],
      comment: null,
    };
    const waiting = { id: "github d-1", lane: laneOf(delivery), delivery, receivedAt: desk.now };
    const box = await inbox();
    await box.put(waiting);
    const worker = await box.work(() => Promise.reject(new Error("the forge said no")), {
      atOnce: 1,
      tries: 1,
    });
    await expect.poll(() => box.stats()).toMatchObject({ dead: 1 });
    await worker.stop();
    await box.close();
    return waiting;
  }

  it("tells dead letters, and puts one back to wait", async () => {
    const { id, lane } = await letterDies();
    const ran = await desk.run("doctor", "--json");
    expect(ran.code).toBe(0);
    expect(told(ran, "warning")).toContain(`the delivery ${id} about ${lane} failed too often`);
    expect(told(ran, "warning")).toContain(`daytwo doctor --resend "${id}"`);
    const other = await desk.run("doctor", "--resend", "github d-2");
    expect(other).toMatchObject({ code: 2, err: expect.stringContaining(`expected one of ${id}`) });
    expect(await desk.run("doctor", "--resend", id, "--json")).toMatchObject({
      code: 0,
      json: { resent: id },
    });
    const box = await inbox();
    expect(await box.stats()).toMatchObject({ waiting: 1, dead: 0 });
    await box.close();
    desk.now += 2 * 3_600_000;
    expect(told(await desk.run("doctor", "--json"), "warning")).toContain(
      "a delivery waits, the oldest since",
    );
  });

  it("looks into the inbox of a running app, and what it sends again is worked on at once", async () => {
    const { id } = await letterDies();
    const box = await inbox();
    const seen: string[] = [];
    const worker = await box.work(async ({ waiting }) => void seen.push(...waiting.map((one) => one.id)), {
      atOnce: 1,
      tries: 1,
    });
    expect(told(await desk.run("doctor", "--json"), "warning")).toContain(`the delivery ${id} about`);
    expect(await desk.run("doctor", "--resend", id)).toMatchObject({ code: 0 });
    await expect.poll(() => seen).toEqual([id]);
    await worker.stop();
    await box.close();
  });

  it("says why a store cannot be looked into", async () => {
    await (await inbox()).close();
    writeFileSync(join(folder(), "inbox.sqlite"), "not a database, whatever its name says".repeat(100));
    const ran = await desk.run("doctor", "--json");
    expect(ran.code).toBe(0);
    expect(told(ran, "note")).toContain("SQLITE_NOTADB");
  });

  it("tells what the app last found about a configuration it serves", async () => {
    const box = await inbox();
    const report = { at: desk.now, trouble: "daytwo.yml:2:1: no team", inForce: true, faults: [{}, {}, {}] };
    await box.remember(`home github:${REQUESTS}`, JSON.stringify(report));
    await box.close();
    expect(told(await desk.run("doctor", "--json"), "warning")).toContain(
      `github:${REQUESTS}: an older configuration is in force: daytwo.yml:2:1: no team (and 2 more faults)`,
    );
  });

  it("has no dead letter where no app has run, and makes no folder", async () => {
    expect(await desk.run("doctor", "--resend", "x")).toMatchObject({
      code: 2,
      err: expect.stringContaining("there is no dead letter"),
    });
    desk.env.DAYTWO_DATA_DIR = "daytwo.yml/data";
    expect(told(await desk.run("doctor", "--json"), "warning")).toContain("the data folder cannot be used");
  });
});
