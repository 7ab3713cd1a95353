/** A repository's default branch, over GitHub's Git database: one conditional request while nothing changes. */
import { z } from "zod";
import type { Listing, OpenFiles } from "../files.ts";
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

/** @param target `project` is `owner/repo` */
export const githubFiles: OpenFiles = (target, deps) => {
  const sender = createSender(target, deps, { limits: GITHUB_LIMITS });
  const root = `${target.api}/repos/${target.project.split("/").map(encodeURIComponent).join("/")}`;
  let branch: string | null = null;
  let known: { url: string; etag: string | null; listing: Listing } | null = null;

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

  function parse<T>(schema: z.ZodType<T>, body: string): T {
    const read = schema.safeParse(toJson(body));
    if (read.success) return read.data;
    throw unreadable(target, DOING, z.prettifyError(read.error));
  }

  return {
    async list() {
      // A renamed branch is a missing one, once.
      branch ??= parse(repositoryWire, (await get("repository", root)).body).default_branch;
      const url = `${root}/git/trees/${encodeURIComponent(branch)}?recursive=1`;
      const answer = await get("tree", url, known?.url === url ? known.etag : null).catch(
        (error: unknown) => {
          branch = null;
          throw error;
        },
      );
      if (answer.status === 304 && known) return known.listing;
      // "Git Repository is empty."
      if (answer.status === 409) return new Map();
      const { tree, truncated } = parse(treeWire, answer.body);
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
      const sha = known?.listing.get(path) ?? "";
      const { content, encoding } = parse(blobWire, (await get("blob", `${root}/git/blobs/${sha}`)).body);
      return encoding === "base64" ? Buffer.from(content, "base64").toString("utf8") : content;
    },
  };
};

function toJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
