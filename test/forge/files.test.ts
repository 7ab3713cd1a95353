/** Files of a default branch, from servers that have a Git database, none, or nothing yet. */
import { expect, test } from "vitest";
import type { ForgeDeps, ForgeTarget } from "../../src/forge/forge.ts";
import { githubFiles } from "../../src/forge/github/index.ts";
import { gitlabFiles } from "../../src/forge/gitlab/index.ts";
import { refusal } from "./worlds.ts";

const TEXT = "projects: { }\n# für alle\n";
const BASE64 = Buffer.from(TEXT).toString("base64");

type Answers = Record<string, { readonly status?: number; readonly body: unknown; readonly etag?: string }>;

/** A server that knows these paths, by their whole address below the API root, and its log. */
function serverOf(answers: Answers) {
  const asked: string[] = [];
  const deps: ForgeDeps = {
    cache: null,
    now: () => 0,
    sleep: async () => undefined,
    fetch: async (input, init) => {
      const path = String(input).replace("https://forge.test", "");
      const sent = new Headers(init?.headers);
      asked.push(path);
      const answer = answers[path];
      if (answer?.etag && sent.get("if-none-match") === answer.etag)
        return new Response(null, { status: 304 });
      const { status = 200, body, etag } = answer ?? { status: 404, body: { message: "Not Found" } };
      const headers = { "content-type": "application/json", ...(etag ? { etag } : {}) };
      return new Response(typeof body === "string" ? body : JSON.stringify(body), { status, headers });
    },
  };
  return { asked, deps };
}
const target = (forge: "github" | "gitlab"): ForgeTarget => ({
  forge,
  project: "acme/access-requests",
  api: "https://forge.test",
  web: "https://forge.test",
  token: "t",
});
const REPO = "/repos/acme/access-requests";
const PROJECT = "/projects/acme%2Faccess-requests/repository";
const tree = (...paths: string[]) => ({
  tree: [
    { path: "systems", type: "tree", sha: "t" },
    ...paths.map((path) => ({ path, type: "blob", sha: `sha-${path}` })),
  ],
});

test("GitHub: the tree of the default branch, whatever its name, and blobs", async () => {
  const { deps, asked } = serverOf({
    [REPO]: { body: { default_branch: "release/1" } },
    [`${REPO}/git/trees/release%2F1?recursive=1`]: { body: tree("daytwo.yml"), etag: '"1"' },
    [`${REPO}/git/blobs/sha-daytwo.yml`]: { body: { content: BASE64, encoding: "base64" } },
  });
  const files = githubFiles(target("github"), deps);
  const listing = await files.list();
  expect([...listing]).toEqual([["daytwo.yml", "sha-daytwo.yml"]]);
  expect(await files.read("daytwo.yml")).toBe(TEXT);
  expect(await files.list()).toBe(listing);
  expect(asked.filter((path) => path.includes("trees"))).toHaveLength(2);
});

test("GitHub: another branch becomes the default one", async () => {
  const answers: Answers = {
    [REPO]: { body: { default_branch: "master" }, etag: '"a"' },
    [`${REPO}/git/trees/master?recursive=1`]: { body: tree("old.yml") },
    [`${REPO}/git/trees/main?recursive=1`]: { body: tree("new.yml") },
  };
  const files = githubFiles(target("github"), serverOf(answers).deps);
  expect([...(await files.list()).keys()]).toEqual(["old.yml"]);
  answers[REPO] = { body: { default_branch: "main" }, etag: '"b"' };
  expect([...(await files.list()).keys()]).toEqual(["new.yml"]);
});

test("GitHub: without a Git database, folder by folder", async () => {
  const entry = (path: string, type = "file") => ({ path, type, sha: `sha-${path}` });
  const { deps } = serverOf({
    [REPO]: { body: { default_branch: "main" } },
    [`${REPO}/contents/`]: { body: [entry("daytwo.yml"), entry("my systems", "dir")] },
    [`${REPO}/contents/my%20systems`]: { body: [entry("my systems/a.yml")] },
    [`${REPO}/contents/my%20systems/a.yml`]: { body: { content: BASE64, encoding: "base64" } },
  });
  const files = githubFiles(target("github"), deps);
  const listing = await files.list();
  expect([...listing.keys()]).toEqual(["daytwo.yml", "my systems/a.yml"]);
  expect(await files.read("my systems/a.yml")).toBe(TEXT);
  expect(await files.list()).toBe(listing);
});

test("GitHub: an empty repository has no files, a missing one is told, one too large as well", async () => {
  const url = `${REPO}/git/trees/main?recursive=1`;
  const repository = { [REPO]: { body: { default_branch: "main" } } };
  const files = (answers: Answers) => githubFiles(target("github"), serverOf(answers).deps).list();
  expect(
    (await files({ ...repository, [url]: { status: 409, body: { message: "Git Repository is empty." } } }))
      .size,
  ).toBe(0);
  expect((await refusal(files({}))).message).toMatch(/no repository acme\/access-requests at forge\.test/);
  const large = { ...tree("daytwo.yml"), truncated: true };
  expect((await refusal(files({ ...repository, [url]: { body: large } }))).message).toMatch(
    /more files than GitHub lists/,
  );
});

test("GitLab: every page of the tree, and files of HEAD", async () => {
  const page = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => ({
      id: `id-${from + i}`,
      type: "blob",
      path: `f${from + i}.yml`,
    }));
  const first = `${PROJECT}/tree?recursive=true&per_page=100`;
  const { deps } = serverOf({
    [`${first}&page=1`]: { body: page(0, 100) },
    [`${first}&page=2`]: { body: [...page(100, 1), { id: "t", type: "tree", path: "systems" }] },
    [`${PROJECT}/files/systems%2Fa.yml/raw?ref=HEAD`]: { body: TEXT },
  });
  const files = gitlabFiles(target("gitlab"), deps);
  const listing = await files.list();
  expect(listing.size).toBe(101);
  expect(await files.list()).toBe(listing);
  expect(await files.read("systems/a.yml")).toBe(TEXT);
});

test("GitLab: an empty repository has no files, a missing project is told", async () => {
  const url = `${PROJECT}/tree?recursive=true&per_page=100&page=1`;
  const files = (message: string) =>
    gitlabFiles(target("gitlab"), serverOf({ [url]: { status: 404, body: { message } } }).deps).list();
  expect((await files("404 Tree Not Found")).size).toBe(0);
  expect((await refusal(files("404 Project Not Found"))).message).toMatch(/no project acme\/access-requests/);
});
