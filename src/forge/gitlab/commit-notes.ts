/** Comments on a commit: https://docs.gitlab.com/api/commits/#post-comment-to-commit */
import { z } from "zod";
import { findMarkers } from "../../engine/text/safe.ts";
import type { OpenNotes } from "../files.ts";
import { parserFor } from "../http/json.ts";
import { createSender, LostAnswer } from "../http/send.ts";
import { type Doing, refused } from "../http/words.ts";
import { API_LIMITS, PER_PAGE } from "./client.ts";

const DOING: Doing = { what: "comment on the latest commit", write: true, target: null };
const commitWire = z.object({ id: z.string() });
const commentsWire = z.array(z.object({ note: z.string().nullish() }));

/** @param target `project` is the full path */
export const gitlabNotes: OpenNotes = (target, deps) => {
  const sender = createSender(target, deps, { limits: API_LIMITS });
  const root = `${target.api}/projects/${encodeURIComponent(target.project)}/repository/commits`;

  const parse = parserFor(target);

  async function ask(method: "GET" | "POST", kind: string, url: string, body?: object): Promise<string> {
    const { status, body: text } = await sender
      .send({
        method,
        url,
        kind: `${method} ${kind}`,
        headers: {
          accept: "application/json",
          "user-agent": "daytwo",
          ...(target.token === "" ? {} : { "private-token": target.token }),
          ...(body ? { "content-type": "application/json" } : {}),
        },
        body: body && JSON.stringify(body),
        content: method === "POST",
      })
      .catch((error: unknown) => {
        throw error instanceof LostAnswer ? error.error : error;
      });
    if (status === 200 || status === 201) return text;
    throw refused(target, DOING, { status, message: text.slice(0, 200) });
  }

  return {
    async say(key, body) {
      // HEAD is the default branch.
      const { id } = parse(DOING, commitWire, await ask("GET", "commit", `${root}/HEAD`));
      const url = `${root}/${id}/comments`;
      const listed = await ask("GET", "commit comments", `${url}?per_page=${PER_PAGE}`);
      if (parse(DOING, commentsWire, listed).some(({ note }) => findMarkers(note ?? "").includes(key)))
        return false;
      await ask("POST", "commit comment", url, { note: body });
      return true;
    },
  };
};
