/** A project's default branch, over GitLab's repository API. */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { Listing, OpenFiles } from "../files.ts";
import { parserFor } from "../http/json.ts";
import { createSender } from "../http/send.ts";
import { atPage } from "../http/url.ts";
import { type Doing, refused } from "../http/words.ts";
import { API_LIMITS, PER_PAGE } from "./client.ts";

const DOING: Doing = {
  what: "read the configuration",
  write: false,
  target: null,
  need: "the scope read_api or read_repository",
};
/** GitLab's words for a repository without a commit. */
const EMPTY = /\btree not found\b/i;
const treeWire = z.array(z.object({ id: z.string(), type: z.string(), path: z.string() }));

/** @param target `project` is the full path */
export const gitlabFiles: OpenFiles = (target, deps) => {
  const sender = createSender(target, deps, { limits: API_LIMITS });
  const root = `${target.api}/projects/${encodeURIComponent(target.project)}/repository`;
  const parse = parserFor(target);
  let known: { digest: string; listing: Listing } | null = null;

  async function get(kind: string, url: string) {
    const answer = await sender.send({
      method: "GET",
      url,
      kind: `GET ${kind}`,
      headers: {
        accept: "application/json",
        "user-agent": "daytwo",
        ...(target.token === "" ? {} : { "private-token": target.token }),
      },
    });
    const { status, body } = answer;
    if (status === 200 || (status === 404 && EMPTY.test(body))) return answer;
    throw refused(target, DOING, { status, message: body.slice(0, 200) });
  }

  return {
    async list() {
      const listing = new Map<string, string>();
      const first = `${root}/tree?recursive=true&per_page=${PER_PAGE}`;
      for (let page = 1; page > 0; ) {
        const answer = await get("tree", atPage(first, page));
        if (answer.status === 404) break;
        const entries = parse(DOING, treeWire, answer.body);
        for (const { type, path, id } of entries) if (type === "blob") listing.set(path, id);
        const next = Number(answer.headers.get("x-next-page") ?? "");
        page =
          next > page ? next : answer.headers.has("x-next-page") || entries.length < PER_PAGE ? 0 : page + 1;
      }
      const digest = createHash("sha256")
        .update(JSON.stringify([...listing]))
        .digest("hex");
      if (known?.digest !== digest) known = { digest, listing };
      return known.listing;
    },
    // HEAD is the default branch.
    read: async (path) => (await get("file", `${root}/files/${encodeURIComponent(path)}/raw?ref=HEAD`)).body,
  };
};
