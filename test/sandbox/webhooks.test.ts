import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import examples from "@octokit/webhooks-examples" with { type: "json" };
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { githubReceiver } from "../../src/forge/github/index.ts";
import { gitlabReceiver } from "../../src/forge/gitlab/index.ts";
import { MemoryForge } from "../../src/forge/memory/index.ts";
import type { ForgeKind } from "../../src/model.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/index.ts";
import { client } from "./client.ts";
import { faultsOf } from "./openapi.ts";

const NAME = "acme/requests";
const START = Date.UTC(2026, 10, 24, 14);
const SECRET = "s3cret";
const SIGNING = `whsec_${Buffer.from("0123456789abcdef0123456789abcdef").toString("base64")}`;

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly raw: string;
  readonly json: Record<string, unknown>;
}

let receiver: Server;
let received: Received[];
let answer: number;
let sandbox: Sandbox;
let memory: MemoryForge;
let now: number;

async function scene(kind: ForgeKind, options: { automatic?: boolean; confidential?: boolean } = {}) {
  now = START;
  memory = new MemoryForge({ kind, now: () => now });
  for (const handle of ["meri", "sam"]) memory.addAccount(handle, { token: `t-${handle}` });
  memory.addProject(NAME, { rights: { meri: "write", sam: "triage" } });
  memory.addProject("acme/other", { rights: { meri: "write" } });
  sandbox = await startSandbox({
    forge: memory,
    clock: () => now,
    deliverWebhooks: options.automatic ?? false,
  });
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  const confidential = options.confidential ?? true;
  return sandbox.webhooks.add({ project: NAME, url, secret: SECRET, signingToken: SIGNING, confidential });
}

beforeEach(async () => {
  received = [];
  answer = 202;
  receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks).toString("utf8");
    received.push({ headers: request.headers, raw, json: JSON.parse(raw) });
    response.writeHead(answer).end("ok");
  }).listen(0, "127.0.0.1");
  await once(receiver, "listening");
});
afterEach(async () => {
  await sandbox.close();
  receiver.close();
});

/** One of everything that can happen to an issue. */
function story(): number {
  const meri = memory.by("meri");
  const number = meri.open(NAME, { title: "One", body: "- [ ] Box", labels: ["a"] });
  meri.label(NAME, number, "b");
  meri.unlabel(NAME, number, "a");
  meri.assign(NAME, number, "sam");
  memory.by("sam").tick(NAME, number, "Box");
  meri.unassign(NAME, number, "sam");
  const comment = memory.by("sam").comment(NAME, number, "Hello") ?? "";
  memory.by("sam").editComment(NAME, comment, "Bye");
  meri.close(NAME, number, "not_planned");
  meri.reopen(NAME, number);
  return number;
}

describe("GitHub's", () => {
  it("are signed, named and told one for each thing that happened, in order", async () => {
    const hook = await scene("github");
    story();
    expect(received).toEqual([]);
    await sandbox.deliver();
    expect(received.map(({ headers, json }) => `${headers["x-github-event"]} ${json.action}`)).toEqual([
      "issues opened",
      "issues labeled",
      "issues labeled",
      "issues unlabeled",
      "issues assigned",
      "issues edited",
      "issues unassigned",
      "issue_comment created",
      "issue_comment edited",
      "issues closed",
      "issues reopened",
    ]);
    for (const { headers, raw } of received) {
      const digest = createHmac("sha256", SECRET).update(raw).digest("hex");
      expect(headers["x-hub-signature-256"]).toBe(`sha256=${digest}`);
      expect(headers["x-github-hook-id"]).toBe(String(hook.id));
    }
    expect(new Set(received.map(({ headers }) => headers["x-github-delivery"])).size).toBe(received.length);
    expect(received[5]?.json.changes).toEqual({ body: { from: "- [ ] Box" } });
  });

  it("have all that GitHub's own example payloads always have", async () => {
    await scene("github");
    story();
    await sandbox.deliver();
    type Payload = Record<string, unknown>;
    const object = (value: unknown) =>
      typeof value === "object" && value !== null ? (value as Payload) : {};
    const all = examples as unknown as { name: string; examples: Payload[] }[];
    const always = (payloads: readonly Payload[]) =>
      Object.keys(payloads[0] ?? {}).filter((key) => payloads.every((each) => key in each));
    let compared = 0;
    for (const { headers, json } of received) {
      const name = String(headers["x-github-event"]);
      const known = all.find((each) => each.name === name)?.examples ?? [];
      const like = known.filter((each) => each.action === json.action);
      if (like.length === 0) continue;
      compared += 1;
      // An installation and an organization are there only where an app or an organization is.
      const expected = always(like).filter((key) => key !== "installation" && key !== "organization");
      expect(Object.keys(json)).toEqual(expect.arrayContaining(expected));
      for (const part of ["issue", "comment", "label", "assignee", "repository", "sender"]) {
        if (!expected.includes(part)) continue;
        const keys = always(known.filter((each) => part in each).map((each) => object(each[part])));
        expect(keys.length).toBeGreaterThan(4);
        expect(Object.keys(object(json[part])), `${name} ${json.action} ${part}`).toEqual(
          expect.arrayContaining(keys),
        );
      }
    }
    expect(compared).toBeGreaterThanOrEqual(8);
  });

  it("are read by the receiver as what happened, by whom", async () => {
    await scene("github");
    const number = story();
    await sandbox.deliver();
    const read = received.map(({ headers, json }) =>
      githubReceiver.read(String(headers["x-github-event"]), json, String(headers["x-github-delivery"])),
    );
    expect(read.every((each) => each?.project === NAME && each.issue.number === number)).toBe(true);
    expect(read.flatMap((each) => each?.events ?? []).map(({ type, actor }) => `${actor} ${type}`)).toEqual([
      // Once as it was opened with it, once in a delivery of its own, and the other one.
      "meri labeled",
      "meri labeled",
      "meri labeled",
      "meri unlabeled",
      "meri assigned",
      "sam ticked",
      "meri unassigned",
      "meri closed",
      "meri reopened",
    ]);
    expect(read.flatMap((each) => each?.comment ?? [])).toHaveLength(2);
  });

  it("can be listed and sent again, under the same id", async () => {
    const hook = await scene("github", { automatic: true });
    answer = 500;
    memory.by("meri").open(NAME, { title: "One" });
    await sandbox.webhooks.settled();
    answer = 202;
    const call = client(sandbox.githubApi, { authorization: "Bearer t-meri" });
    const list = `/repos/${NAME}/hooks/${hook.id}/deliveries`;
    for (const path of [`/repos/${NAME}/hooks`, list]) {
      const { status, json } = await call("GET", path);
      expect(faultsOf("GET", path, status, json)).toEqual([]);
    }
    const [failed] = (await call("GET", list)).json;
    expect(failed).toMatchObject({ status_code: 500, event: "issues", action: "opened", redelivery: false });
    const one = await call("GET", `${list}/${failed.id}`);
    expect(faultsOf("GET", `${list}/${failed.id}`, one.status, one.json)).toEqual([]);
    expect((await call("POST", `${list}/${failed.id}/attempts`)).status).toBe(202);
    await sandbox.webhooks.settled();
    expect(received.map(({ headers }) => headers["x-github-delivery"])).toEqual([failed.guid, failed.guid]);
    expect((await call("GET", list)).json[0]).toMatchObject({
      status_code: 202,
      redelivery: true,
      guid: failed.guid,
    });
    now += 4 * 24 * 60 * 60_000;
    expect((await call("GET", list)).json).toEqual([]);
  });
});

describe("GitLab's", () => {
  it("carry both the plain and the signed secret, and one delivery for each request", async () => {
    await scene("gitlab");
    story();
    await sandbox.deliver();
    type Hook = { object_attributes: { action: string } };
    expect(
      received.map(
        ({ headers, json }) =>
          `${headers["x-gitlab-event"]} ${(json as unknown as Hook).object_attributes.action}`,
      ),
    ).toEqual([
      "Issue Hook open",
      ...Array(5).fill("Issue Hook update"),
      "Note Hook create",
      "Note Hook update",
      "Issue Hook close",
      "Issue Hook reopen",
    ]);
    const key = Buffer.from(SIGNING.slice("whsec_".length), "base64");
    for (const { headers, raw } of received) {
      const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${raw}`;
      const signature = createHmac("sha256", key).update(signed).digest("base64");
      expect(headers["webhook-signature"]).toBe(`v1,${signature}`);
      expect([headers["x-gitlab-token"], headers["idempotency-key"]]).toEqual([
        SECRET,
        headers["webhook-id"],
      ]);
      expect(headers["webhook-timestamp"]).toBe(String(START / 1000));
    }
    expect(received[2]?.json.changes).toMatchObject({
      labels: { previous: [{ title: "a" }, { title: "b" }], current: [{ title: "b" }] },
    });
    expect(received[3]?.json).toMatchObject({
      changes: { assignees: { previous: [], current: [{ username: "sam" }] } },
      project: { path_with_namespace: NAME },
      user: { username: "meri" },
    });
  });

  it("are read by the receiver as what happened, by whom", async () => {
    await scene("gitlab");
    const number = story();
    await sandbox.deliver();
    const read = received.map(({ headers, json }) =>
      gitlabReceiver.read(String(headers["x-gitlab-event"]), json, String(headers["idempotency-key"])),
    );
    expect(read.every((each) => each?.project === NAME && each.issue.number === number)).toBe(true);
    expect(read.flatMap((each) => each?.events ?? []).map(({ type, actor }) => `${actor} ${type}`)).toEqual([
      "meri labeled",
      "meri labeled",
      "meri unlabeled",
      "meri assigned",
      "sam ticked",
      "meri unassigned",
      "meri closed",
      "meri reopened",
    ]);
    expect(read.flatMap((each) => each?.comment ?? [])).toHaveLength(2);
  });

  it.each([true, false])(
    "tell of confidential issues under their own name, if switched on (%s)",
    async (confidential) => {
      await scene("gitlab", { confidential });
      memory.by("meri").open(NAME, { title: "One", confidential: true });
      memory.by("meri").comment(NAME, 1, "Hello");
      await sandbox.deliver();
      const events = received.map(({ headers }) => headers["x-gitlab-event"]);
      expect(events).toEqual(confidential ? ["Confidential Issue Hook", "Confidential Note Hook"] : []);
    },
  );
});

it("can be doubled, dropped, shuffled and held back by who sends them", async () => {
  await scene("github");
  const meri = memory.by("meri");
  for (const title of ["One", "Two", "Three"]) meri.open(NAME, { title });
  meri.open("acme/other", { title: "Elsewhere" });
  const [one, , three] = sandbox.webhooks.take();
  if (!one || !three) throw new Error("three deliveries were to wait");
  const attempts = await sandbox.webhooks.deliver([three, one, one]);
  expect(received.map(({ json }) => (json.issue as { title: string }).title)).toEqual([
    "Three",
    "One",
    "One",
  ]);
  expect(attempts.map(({ status, redelivery }) => [status, redelivery])).toEqual([
    [202, false],
    [202, false],
    [202, true],
  ]);
  expect(sandbox.webhooks.queue).toEqual([]);
});

it("note where nobody answered", async () => {
  await scene("github");
  receiver.close();
  await once(receiver, "close");
  memory.by("meri").open(NAME, { title: "One" });
  const [attempt] = await sandbox.webhooks.deliver();
  expect(attempt).toMatchObject({ status: null, body: "" });
});
