/** A repository's default branch, over GitHub's Git database: one conditional request while nothing changes. */
import { z } from "zod";
import type { Listing, OpenFiles } from "../files.ts";
import { ForgeError } from "../forge.ts";
import { parserFor, toJson } from "../http/json.ts";
import { createSender } from "../http/send.ts";
import { type Doing, refused, unreadable } from "../http/words.ts";
import { GITHUB_LIMITS, messageOf } from "./client.ts";

const DOING: Doing = {
  what: "read the configuration",
  write: false,
  target: null,
  need: "Contents: read",
};
const repositoryWire = z.object({ default_branch: z.string() });
const treeWire = z.object({
  tree: z.array(z.object({ path: z.string(), type: z.string(), sha: z.string() })),
  truncated: z.boolean().nullish(),
});
const blobWire = z.object({ content: z.string(), encoding: z.string() });
const folderWire = z.array(z.object({ path: z.string(), type: z.string(), sha: z.string() }));
/** Folders read at most where there is no other way than one by one. */
const MOST_FOLDERS = 200;

/** @param target `project` is `owner/repo` */
export const githubFiles: OpenFiles = (target, deps) => {
  const sender = createSender(target, deps, { limits: GITHUB_LIMITS });
  const parse = parserFor(target);
  const root = `${target.api}/repos/${target.project.split("/").map(encodeURIComponent).join("/")}`;
  let repository: { etag: string | null; branch: string } | null = null;
  let known: { url: string; etag: string | null; listing: Listing } | null = null;
  let walked: { digest: string; listing: Listing } | null = null;

  async function get(kind: string, url: string, etag: string | null = null) {
    const answer = await sender.send({
      method: "GET",
      url,
      kind: `GET ${kind}`,
      headers: {
        accept: "application/vnd.github+json",
        "user-agent": "daytwo",
        ...(target.token === "" ? {} : { authorization: `Bearer ${target.token}` }),
        ...(etag === null ? {} : { "if-none-match": etag }),
      },
    });
    if (answer.status === 200 || answer.status === 304 || answer.status === 409) return answer;
    throw refused(target, DOING, { status: answer.status, message: messageOf(toJson(answer.body)) });
  }

  async function defaultBranch(): Promise<string> {
    const answer = await get("repository", root, repository?.etag ?? null);
    if (answer.status === 304 && repository) return repository.branch;
    const branch = parse(DOING, repositoryWire, answer.body).default_branch;
    repository = { etag: answer.headers.get("etag"), branch };
    return branch;
  }

  /** Folder by folder, before a stand-in for GitHub that has files and no Git database. */
  async function walk(): Promise<Listing> {
    const listing = new Map<string, string>();
    const folders = [""];
    for (let n = 0; n < folders.length && n < MOST_FOLDERS; n++) {
      const { body } = await get("contents", `${root}/contents/${pathOf(folders[n] ?? "")}`);
      for (const { path, type, sha } of parse(DOING, folderWire, body)) {
        if (type === "dir") folders.push(path);
        else if (type === "file") listing.set(path, sha);
      }
    }
    const digest = JSON.stringify([...listing]);
    if (walked?.digest !== digest) walked = { digest, listing };
    return walked.listing;
  }

  return {
    async list() {
      const url = `${root}/git/trees/${encodeURIComponent(await defaultBranch())}?recursive=1`;
      const answer = await get("tree", url, known?.url === url ? known.etag : null).catch(
        (error: unknown) => {
          if (isMissing(error)) return null;
          throw error;
        },
      );
      if (answer === null) return walk();
      walked = null;
      if (answer.status === 304 && known) return known.listing;
      // "Git Repository is empty."
      if (answer.status === 409) return new Map();
      const { tree, truncated } = parse(DOING, treeWire, answer.body);
      if (truncated) {
        const detail =
          "the repository has more files than GitHub lists at once: keep the configuration in a smaller one";
        throw unreadable(target, DOING, detail);
      }
      const listing = new Map(tree.filter(({ type }) => type === "blob").map(({ path, sha }) => [path, sha]));
      known = { url, etag: answer.headers.get("etag"), listing };
      return listing;
    },
    async read(path) {
      const url = walked ? `contents/${pathOf(path)}` : `git/blobs/${known?.listing.get(path) ?? ""}`;
      const { content, encoding } = parse(DOING, blobWire, (await get("blob", `${root}/${url}`)).body);
      return encoding === "base64" ? Buffer.from(content, "base64").toString("utf8") : content;
    },
  };
};

const pathOf = (path: string): string => path.split("/").map(encodeURIComponent).join("/");
const isMissing = (error: unknown): boolean =>
  error instanceof ForgeError && (error.status === 404 || error.status === 501);
