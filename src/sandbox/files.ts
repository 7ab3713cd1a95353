/** Files on a project's default branch, for who reads configuration there. Both forges' endpoints. */
import { createHash } from "node:crypto";
import { Refusal } from "../forge/memory/index.ts";
import { here as githubHere, ok } from "./github/list.ts";
import { here as gitlabHere, list as gitlabList } from "./gitlab/list.ts";
import { type Call, type Route, route } from "./http.ts";

/** Texts by path. A project that is not here has an empty repository. */
export type Files = Readonly<Record<string, string>>;
export type Repositories = Map<string, Files>;

const BRANCH = "main";

/** As git names a blob. */
const shaOf = (text: string): string =>
  createHash("sha1")
    .update(`blob ${Buffer.byteLength(text)}\0${text}`)
    .digest("hex");

export function fileRoutes(kind: "github" | "gitlab", repositories: Repositories): readonly Route[] {
  return kind === "github" ? github(repositories) : gitlab(repositories);
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
