/** Files on a project's default branch, for who reads configuration there. Both forges' endpoints. */
import { createHash } from "node:crypto";
import { Refusal } from "../forge/memory/index.ts";
import { here as githubHere, ok } from "./github/list.ts";
import { here as gitlabHere, list as gitlabList } from "./gitlab/list.ts";
import { type Call, caller, type Route, route, text } from "./http.ts";

/** Texts by path. A project that is not here has an empty repository. */
export type Files = Readonly<Record<string, string>>;
export type Repositories = Map<string, Files>;

/** Something said on a commit. */
export interface CommitComment {
  readonly project: string;
  readonly sha: string;
  readonly author: string;
  readonly body: string;
}

const BRANCH = "main";

/** As git names a blob. */
const shaOf = (text: string): string =>
  createHash("sha1")
    .update(`blob ${Buffer.byteLength(text)}\0${text}`)
    .digest("hex");

/** As git would name the only commit there is. */
const commitOf = (files: Files): string => shaOf(JSON.stringify(files));

export function fileRoutes(
  kind: "github" | "gitlab",
  repositories: Repositories,
  comments: CommitComment[],
): readonly Route[] {
  return kind === "github"
    ? [...github(repositories), ...githubCommits(repositories, comments)]
    : [...gitlab(repositories), ...gitlabCommits(repositories, comments)];
}

/** https://docs.github.com/en/rest/commits/comments */
function githubCommits(repositories: Repositories, comments: CommitComment[]): readonly Route[] {
  const find = (call: Call) => {
    const { project } = githubHere(call);
    const sha = commitOf(repositories.get(project.name) ?? {});
    if (![sha, BRANCH, "HEAD"].includes(call.params.sha ?? "")) throw new Refusal(422, "No commit found");
    return { project: project.name, sha };
  };
  const wire = ({ body, author, sha }: CommitComment) => ({ body, user: { login: author }, commit_id: sha });
  return [
    route("GET", "/repos/:owner/:repo/commits/:sha", "commit", (call) => ok({ sha: find(call).sha })),
    route("GET", "/repos/:owner/:repo/commits/:sha/comments", "commit comments", (call) => {
      const { project, sha } = find(call);
      return ok(comments.filter((one) => one.project === project && one.sha === sha).map(wire));
    }),
    route("POST", "/repos/:owner/:repo/commits/:sha/comments", "commit comment", (call) => {
      const comment = { ...find(call), author: caller(call).handle, body: text(call.body.body) ?? "" };
      comments.push(comment);
      return ok(wire(comment), 201);
    }),
  ];
}

/** https://docs.gitlab.com/api/commits/ */
function gitlabCommits(repositories: Repositories, comments: CommitComment[]): readonly Route[] {
  const find = (call: Call) => {
    const { project } = gitlabHere(call);
    const sha = commitOf(repositories.get(project.name) ?? {});
    if (![sha, BRANCH, "HEAD"].includes(call.params.sha ?? ""))
      throw new Refusal(404, "404 Commit Not Found");
    return { project: project.name, sha };
  };
  const wire = ({ body, author }: CommitComment) => ({ note: body, author: { username: author } });
  return [
    route("GET", "/projects/:id/repository/commits/:sha", "commit", (call) => ok({ id: find(call).sha })),
    route("GET", "/projects/:id/repository/commits/:sha/comments", "commit comments", (call) => {
      const { project, sha } = find(call);
      return ok(comments.filter((one) => one.project === project && one.sha === sha).map(wire));
    }),
    route("POST", "/projects/:id/repository/commits/:sha/comments", "commit comment", (call) => {
      const comment = { ...find(call), author: caller(call).handle, body: text(call.body.note) ?? "" };
      comments.push(comment);
      return ok(wire(comment), 201);
    }),
  ];
}

/** https://docs.github.com/en/rest/git/trees, https://docs.github.com/en/rest/git/blobs */
function github(repositories: Repositories): readonly Route[] {
  const filesOf = (call: Call): Files => {
    const files = repositories.get(githubHere(call).project.name);
    if (!files) throw new Refusal(409, "Git Repository is empty.");
    return files;
  };
  return [
    route("GET", "/repos/:owner/:repo/git/trees/:tree", "tree", (call) => {
      const files = filesOf(call);
      if (![BRANCH, "HEAD"].includes(call.params.tree ?? "")) throw new Refusal(404, "Not Found");
      const tree = Object.entries(files).map(([path, text]) => ({
        path,
        mode: "100644",
        type: "blob",
        sha: shaOf(text),
        size: Buffer.byteLength(text),
      }));
      return ok({ sha: shaOf(JSON.stringify(tree)), tree, truncated: false });
    }),
    route("GET", "/repos/:owner/:repo/git/blobs/:sha", "blob", (call) => {
      const { sha = "" } = call.params;
      const text = Object.values(filesOf(call)).find((each) => shaOf(each) === sha);
      if (text === undefined) throw new Refusal(404, "Not Found");
      const content = Buffer.from(text).toString("base64");
      return ok({ sha, size: Buffer.byteLength(text), content, encoding: "base64" });
    }),
  ];
}

/** https://docs.gitlab.com/api/repositories/, https://docs.gitlab.com/api/repository_files/ */
function gitlab(repositories: Repositories): readonly Route[] {
  const filesOf = (call: Call): Files => {
    const files = repositories.get(gitlabHere(call).project.name);
    if (!files) throw new Refusal(404, "404 Tree Not Found");
    return files;
  };
  return [
    route("GET", "/projects/:id/repository/tree", "tree", (call) => {
      const blobs = Object.entries(filesOf(call)).map(([path, text]) => ({ path, sha: shaOf(text) }));
      return gitlabList(
        call,
        blobs.map((blob) => ({ id: 0, ...blob })),
        ({ path, sha }) => ({
          id: sha,
          name: path.split("/").at(-1),
          type: "blob",
          path,
          mode: "100644",
        }),
      );
    }),
    route("GET", "/projects/:id/repository/files/:path/raw", "file", (call) => {
      const files = filesOf(call);
      const text = files[call.params.path ?? ""];
      if (text === undefined) throw new Refusal(404, "404 File Not Found");
      return { status: 200, body: text, headers: { "content-type": "text/plain; charset=utf-8" } };
    }),
  ];
}
