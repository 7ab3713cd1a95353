/** An outside witness: Vercel's GitHub emulator, which knows nothing of us. It has neither GraphQL nor ETags. */
import { once } from "node:events";
import { createServer } from "node:net";
import { createEmulator, type Emulator } from "emulate";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { lines, marker, safe, title } from "../../src/engine/text/safe.ts";
import type { Forge } from "../../src/forge/forge.ts";
import { createGitHubForge } from "../../src/forge/github/index.ts";
import { validatingFetch } from "./github.openapi.ts";

let emulator: Emulator;
let forge: Forge;
let witness: ReturnType<typeof validatingFetch>;

beforeAll(async () => {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  const port = typeof address === "object" && address ? address.port : 0;
  probe.close();
  await once(probe, "close");
  emulator = await createEmulator({
    service: "github",
    port,
    seed: {
      tokens: { "token-of-bot": { login: "daytwo-bot", scopes: ["repo", "user"] } },
      github: {
        users: [{ login: "daytwo-bot" }, { login: "amber" }, { login: "meri" }],
        repos: [{ owner: "daytwo-bot", name: "access-requests", auto_init: false }],
      },
    },
  });
  witness = validatingFetch(emulator.url);
  forge = forgeFor("daytwo-bot/access-requests", "token-of-bot");
});

afterAll(() => emulator.close());
afterEach(() => expect(witness.faults).toEqual([]));

function forgeFor(project: string, token: string): Forge {
  return createGitHubForge(
    { forge: "github", project, api: emulator.url, web: emulator.url, token },
    { cache: null, now: Date.now, sleep: async () => undefined, fetch: witness.fetch },
  );
}

const ACTION_NEEDED = "SalesOpsAR::Action Needed";

function request(key: string, labels: readonly string[] = [ACTION_NEEDED]) {
  const body = lines(safe`Please grant access.`, marker(key));
  return { key, title: title(`Access request ${key}`), body, labels, assignees: [] };
}

test("an issue lives its whole life", async () => {
  const { reader, writer } = forge;
  expect(await reader.self()).toBe("daytwo-bot");
  await writer.createLabel({ name: ACTION_NEEDED, color: "#d9534f", description: "due" });
  const again = await writer.createLabel({ name: ACTION_NEEDED, color: "#d9534f", description: "due" });
  expect(again.status).toBe("unchanged");
  expect(await reader.labels()).toContainEqual({ name: ACTION_NEEDED, color: "#d9534f", description: "due" });

  const created = await writer.createIssue(request("life"));
  expect(created).toMatchObject({
    title: "Access request life",
    labels: [ACTION_NEEDED],
    author: "daytwo-bot",
  });
  const { number } = created;
  await writer.addLabel(number, "SalesOpsAR::In Progress");
  await writer.removeLabel(number, ACTION_NEEDED);
  expect((await writer.removeLabel(number, ACTION_NEEDED)).status).toBe("unchanged");
  await writer.assign(number, "amber");
  await writer.assign(number, "meri");
  await writer.unassign(number, "amber");
  const note = await writer.comment(number, { key: "status", body: lines(safe`Status`, marker("status")) });
  await writer.editComment(number, note.id, safe`Status, edited`);
  await writer.editIssue(number, { title: title("Renamed"), body: safe`- [x] done` });
  expect(await reader.issue(number)).toMatchObject({
    title: "Renamed",
    body: "- [x] done",
    labels: ["SalesOpsAR::In Progress"],
    assignees: ["meri"],
    commentCount: 1,
  });
  expect((await reader.comments(number)).map(({ author, body }) => [author, body])).toEqual([
    ["daytwo-bot", "Status, edited"],
  ]);

  await writer.close(number, "not_planned");
  expect(await reader.issue(number)).toMatchObject({ state: "closed", closeReason: "not_planned" });
  await writer.reopen(number);
  expect(await reader.issue(number)).toMatchObject({ state: "open", closeReason: null });

  const history = await reader.history(number);
  expect(history.map(({ at: _, ...event }) => event)).toEqual([
    { actor: "daytwo-bot", type: "labeled", label: "SalesOpsAR::In Progress" },
    { actor: "daytwo-bot", type: "unlabeled", label: ACTION_NEEDED },
    { actor: "daytwo-bot", type: "assigned", assignee: "amber" },
    { actor: "daytwo-bot", type: "assigned", assignee: "meri" },
    { actor: "daytwo-bot", type: "unassigned", assignee: "amber" },
    { actor: "daytwo-bot", type: "closed", reason: null },
    { actor: "daytwo-bot", type: "reopened" },
  ]);
  expect(await reader.bodyEdits(number)).toBeNull();
});

test("a list is read to its end and filtered by label and state", async () => {
  const { reader, writer } = forge;
  for (let n = 0; n < 103; n++) await writer.createIssue(request(`many-${n}`, ["many"]));
  const all = await reader.issues({ state: "open", label: "many" });
  expect(all.map(({ title }) => title)).toEqual(
    Array.from({ length: 103 }, (_, n) => `Access request many-${n}`),
  );
  expect(await reader.issues({ state: "closed", label: "many" })).toEqual([]);
});

test("where nobody can ask who may be assigned, they are whoever the server knows", async () => {
  const { reader } = forge;
  expect([await reader.member("amber"), await reader.member("nobody-here")]).toEqual([true, false]);
});

test("what is not there is said so", async () => {
  expect(await forge.reader.issue(9999)).toBeNull();
  await expect(
    forgeFor("daytwo-bot/nowhere", "token-of-bot").reader.issues({ state: "open" }),
  ).rejects.toThrow(
    /no repository daytwo-bot\/nowhere at localhost:\d+, or the token may not see it: check `repo`/,
  );
});
