/** How the app answers, for everything that may be sent to it. */
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { App } from "../../../src/entry/app/app.ts";
import { BODY_LIMIT } from "../../../src/entry/app/server.ts";
import {
  githubSignature,
  MINUTE,
  metric,
  openWorld,
  REQUESTS,
  SECRET,
  SIGNING,
  START,
  signed,
  type World,
} from "./world.ts";

const OTHER_SECRET = "the secret that is to come";
const OTHER_SIGNING = `whsec_${Buffer.from("another key of thirty-two bytes..").toString("base64")}`;
const PLAIN = "plain-token-of-the-hook";

let world: World;
let app: App;
let payload: string;

async function post(
  path: string,
  body: string | Buffer | ReadableStream,
  headers: Record<string, string | undefined>,
) {
  const given = Object.entries({ "content-type": "application/json", ...headers });
  const response = await fetch(app.url + path, {
    method: "POST",
    body,
    headers: given.filter((entry): entry is [string, string] => entry[1] !== undefined),
    ...(body instanceof ReadableStream ? { duplex: "half" } : {}),
  } as RequestInit);
  return { status: response.status, text: await response.text(), headers: response.headers };
}

let deliveries = 0;
const github = (body: string | Buffer = payload, headers: Record<string, string | undefined> = {}) =>
  post("/api/github/webhooks", body, {
    "x-github-event": "issues",
    "x-github-delivery": `delivery-${++deliveries}`,
    "x-hub-signature-256": githubSignature(body),
    ...headers,
  });
const gitlab = (body: string, headers: Record<string, string | undefined>) =>
  post("/api/gitlab/webhooks", body, { "x-gitlab-event": "Issue Hook", ...headers });
const answered = (forge: string, event: string, answer: string) =>
  metric(app.url, `daytwo_deliveries_total{forge="${forge}",event="${event}",answer="${answer}"}`);

/** The first payload that the sandbox sends for an issue of the project. */
async function payloadOf(from: World, project = REQUESTS): Promise<string> {
  from.memory.by("hr").open(project, { title: "Access for Ada" });
  const [first] = from.sandbox.webhooks.take();
  if (!first) throw new Error("nothing was sent");
  return first.payload;
}

describe("GitHub", () => {
  beforeAll(async () => {
    world = await openWorld("github");
    app = await world.start({ WEBHOOK_SECRET: ` ${SECRET}, ${OTHER_SECRET}` });
    payload = await payloadOf(world);
  });
  afterAll(() => world.end());

  test("a signed delivery is stored", async () => {
    expect(await github()).toMatchObject({ status: 202, text: "stored\n" });
  });

  test("a known one is not stored again", async () => {
    const known = { "x-github-delivery": "delivery-again" };
    expect(await github(payload, known)).toMatchObject({ status: 202, text: "stored\n" });
    expect(await github(payload, known)).toMatchObject({ status: 202, text: "known already\n" });
    expect(await answered("github", "issues", "known")).toBe(1);
  });

  test.each([
    ["no signature", undefined],
    ["an empty one", ""],
    ["one of another secret", "OTHER"],
    ["the secret that is in no configuration", "DEVELOPMENT"],
    ["one that is cut off", "sha256=abcdef"],
    ["only the old kind", "sha1=2fd4e1c67a2d28fced849ee1bb76e7391b93eb12"],
  ])("%s is 401", async (_, given) => {
    const secret = given === "OTHER" ? "some other secret" : given === "DEVELOPMENT" ? "development" : null;
    const header = secret === null ? given : githubSignature(payload, secret);
    expect((await github(payload, { "x-hub-signature-256": header })).status).toBe(401);
  });

  test("a body that was changed is 401", async () => {
    const header = githubSignature(payload);
    expect((await github(payload.replace("Ada", "Eve"), { "x-hub-signature-256": header })).status).toBe(401);
  });

  test("two secrets hold during rotation, in either order", async () => {
    const header = githubSignature(payload, OTHER_SECRET);
    expect((await github(payload, { "x-hub-signature-256": header })).status).toBe(202);
  });

  test("the raw bytes are what is signed", async () => {
    const spaced = `\n  ${payload.replace(/,"/g, ' , "')}  `;
    expect(await github(spaced)).toMatchObject({ status: 202, text: "stored\n" });
  });

  test.each(["ping", "star", "pull_request", "workflow_run", "no_such_event"])(
    "%s is dropped",
    async (event) => {
      expect(await github(payload, { "x-github-event": event })).toMatchObject({
        status: 202,
        text: "nothing to do\n",
      });
    },
  );

  test("what is about nobody's project is dropped", async () => {
    const elsewhere = payload.replaceAll("acme/access-requests", "acme/elsewhere");
    expect(await github(elsewhere)).toMatchObject({ status: 202, text: "nothing to do\n" });
  });

  test("a pull request is no issue", async () => {
    const pull = JSON.parse(payload);
    pull.issue.pull_request = { url: "https://api.github.com/repos/acme/access-requests/pulls/1" };
    expect(await github(JSON.stringify(pull))).toMatchObject({ status: 202, text: "nothing to do\n" });
  });

  test("a form, GitHub's other content type, is read as well", async () => {
    const form = new URLSearchParams({ payload }).toString();
    const sent = await github(form, { "content-type": "application/x-www-form-urlencoded" });
    expect(sent).toMatchObject({ status: 202, text: "stored\n" });
  });

  test.each([
    ["no JSON", "{", "issues"],
    ["no object", "[]", "issues"],
    ["another event's", '{"action":"opened","zen":"Keep it logically awesome."}', "issues"],
  ])("a signed payload that is %s is 400", async (_, body, event) => {
    expect((await github(body, { "x-github-event": event })).status).toBe(400);
  });

  test("a delivery that does not say its event is 400", async () => {
    expect((await github(payload, { "x-github-event": undefined })).status).toBe(400);
  });

  test("without an id the content is the id", async () => {
    const body = payload.replace("Access for Ada", "Access for Grace");
    const nameless = { "x-github-delivery": undefined };
    expect(await github(body, nameless)).toMatchObject({ status: 202, text: "stored\n" });
    expect(await github(body, nameless)).toMatchObject({ status: 202, text: "known already\n" });
  });

  test("25 MiB are read, a byte more is 413", async () => {
    const most = Buffer.alloc(BODY_LIMIT, " ");
    expect((await github(most, { "x-github-event": "ping" })).status).toBe(202);
    expect((await github(Buffer.concat([most, Buffer.from(" ")]))).status).toBe(413);
  });

  test("a body that does not tell its length is cut off where it gets too long", async () => {
    let sent = 0;
    const endless = new ReadableStream({
      pull(controller) {
        sent += 1024 * 1024;
        controller.enqueue(new Uint8Array(1024 * 1024));
        if (sent > 40 * 1024 * 1024) controller.close();
      },
    });
    const headers = { "x-github-event": "issues", "x-hub-signature-256": githubSignature("") };
    expect((await post("/api/github/webhooks", endless, headers)).status).toBe(413);
  });

  test("a length that is too long is refused before the body comes", async () => {
    const socket = connect({ port: Number(new URL(app.url).port), host: "127.0.0.1" });
    const head = [
      "POST /api/github/webhooks HTTP/1.1",
      "host: daytwo",
      `content-length: ${BODY_LIMIT + 1}`,
      `x-hub-signature-256: ${githubSignature("")}`,
    ];
    socket.write(`${head.join("\r\n")}\r\n\r\n`);
    const answer = await new Promise<string>((resolve) =>
      socket.once("data", (chunk) => resolve(String(chunk))),
    );
    socket.destroy();
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
  });

  test.each([
    ["GET", "/healthz", 200],
    ["HEAD", "/healthz", 200],
    ["GET", "/readyz", 200],
    ["GET", "/metrics", 200],
    ["GET", "/board", 404],
    ["GET", "/", 404],
    ["GET", "/api/github/webhooks", 405],
    ["GET", "/api/gitlab/webhooks", 405],
    ["POST", "/metrics", 405],
  ])("%s %s is %i", async (method, path, status) => {
    expect((await fetch(app.url + path, { method })).status).toBe(status);
  });

  test("a forge without a secret takes nothing in", async () => {
    expect((await gitlab(payload, { "x-gitlab-token": "" })).status).toBe(401);
    expect((await gitlab(payload, signed(payload))).status).toBe(401);
  });
});

describe("GitLab with a signing token", () => {
  beforeAll(async () => {
    world = await openWorld("gitlab");
    app = await world.start({ GITLAB_WEBHOOK_SIGNING_TOKEN: `${SIGNING},${OTHER_SIGNING}` });
    payload = await payloadOf(world);
  });
  afterAll(() => world.end());

  test("a signed delivery is stored, and known the next time", async () => {
    const headers = signed(payload, { id: "first" });
    expect(await gitlab(payload, headers)).toMatchObject({ status: 202, text: "stored\n" });
    expect(await gitlab(payload, headers)).toMatchObject({ status: 202, text: "known already\n" });
  });

  test("what was signed is the id, whatever else is said", async () => {
    const headers = signed(payload, { id: "first" });
    expect(await gitlab(payload, { ...headers, "idempotency-key": "another" })).toMatchObject({
      text: "known already\n",
    });
  });

  test("several signatures may come, one of which fits", async () => {
    const headers = signed(payload, { id: "several" });
    const wrong = signed(payload, { id: "other" })["webhook-signature"];
    const several = `v1a,abc ${wrong} ${headers["webhook-signature"]} v2,xyz`;
    expect((await gitlab(payload, { ...headers, "webhook-signature": several })).status).toBe(202);
  });

  test("two signing tokens hold during rotation", async () => {
    expect((await gitlab(payload, signed(payload, { id: "new", token: OTHER_SIGNING }))).status).toBe(202);
  });

  test.each([
    ["five minutes old", -5 * MINUTE, 202],
    ["older", -5 * MINUTE - 1000, 401],
    ["five minutes ahead", 5 * MINUTE, 202],
    ["further ahead", 5 * MINUTE + 1000, 401],
  ])("a timestamp %s", async (name, offset, status) => {
    expect((await gitlab(payload, signed(payload, { id: name, at: START + offset }))).status).toBe(status);
  });

  test.each([
    ["an id that was not signed", { "webhook-id": "changed" }],
    ["no id", { "webhook-id": undefined }],
    ["a timestamp that was not signed", { "webhook-timestamp": String(START / 1000 + 1) }],
    ["no timestamp", { "webhook-timestamp": undefined }],
    ["a timestamp that is none", { "webhook-timestamp": "now" }],
    ["an empty signature", { "webhook-signature": "" }],
    ["no version", { "webhook-signature": "AAAA" }],
    ["a short one", { "webhook-signature": "v1,AAAA" }],
  ])("%s is 401", async (name, change) => {
    expect((await gitlab(payload, { ...signed(payload, { id: name }), ...change })).status).toBe(401);
  });

  test("a secret token is refused where only a signing token is set", async () => {
    for (const token of [SIGNING, PLAIN, ""]) {
      expect((await gitlab(payload, { "x-gitlab-token": token })).status).toBe(401);
    }
  });

  test.each(["Push Hook", "Pipeline Hook", "Merge Request Hook", "No Such Hook"])(
    "%s is dropped",
    async (event) => {
      const sent = await gitlab(payload, { ...signed(payload, { id: event }), "x-gitlab-event": event });
      expect(sent).toMatchObject({ status: 202, text: "nothing to do\n" });
    },
  );

  test("a payload of another event is 400", async () => {
    const headers = { ...signed(payload, { id: "wrong" }), "x-gitlab-event": "Note Hook" };
    expect((await gitlab(payload, headers)).status).toBe(400);
  });
});

describe("GitLab with both tokens", () => {
  beforeAll(async () => {
    world = await openWorld("gitlab");
    app = await world.start({
      GITLAB_WEBHOOK_SECRET: `${PLAIN},another`,
      GITLAB_WEBHOOK_SIGNING_TOKEN: SIGNING,
    });
    payload = await payloadOf(world);
  });
  afterAll(() => world.end());

  test.each([
    ["the secret token", PLAIN, 202],
    ["the other one", "another", 202],
    ["a wrong one", "wrong", 401],
    ["both at once", `${PLAIN},another`, 401],
    ["an empty one", "", 401],
    ["none", undefined, 401],
  ])("%s", async (name, token, status) => {
    expect((await gitlab(payload, { "x-gitlab-token": token, "idempotency-key": name })).status).toBe(status);
  });

  test("a signature alone decides where there is one", async () => {
    const bad = {
      ...signed(payload, { id: "bad" }),
      "webhook-signature": "v1,AAAA",
      "x-gitlab-token": PLAIN,
    };
    expect((await gitlab(payload, bad)).status).toBe(401);
    const good = { ...signed(payload, { id: "good" }), "x-gitlab-token": "wrong" };
    expect((await gitlab(payload, good)).status).toBe(202);
  });

  test("a delivery is known by its idempotency key, and else by its content", async () => {
    const key = { "x-gitlab-token": PLAIN, "idempotency-key": "key-1", "x-gitlab-event-uuid": "shared" };
    expect(await gitlab(payload, key)).toMatchObject({ text: "stored\n" });
    expect(await gitlab(payload, { ...key, "x-gitlab-event-uuid": "other" })).toMatchObject({
      text: "known already\n",
    });
    const other = { ...key, "idempotency-key": "key-2" };
    expect(await gitlab(payload, other)).toMatchObject({ text: "stored\n" });
    const nameless = { "x-gitlab-token": PLAIN };
    expect(await gitlab(payload, nameless)).toMatchObject({ text: "stored\n" });
    expect(await gitlab(payload, nameless)).toMatchObject({ text: "known already\n" });
  });
});
