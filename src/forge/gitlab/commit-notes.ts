/** Comments on a commit: https://docs.gitlab.com/api/commits/#post-comment-to-commit */
import { z } from "zod";
import { findMarkers } from "../../engine/text/safe.ts";
import type { OpenNotes } from "../files.ts";
import { createSender, LostAnswer } from "../http/send.ts";
import { type Doing, refused, unreadable } from "../http/words.ts";
import { API_LIMITS, PER_PAGE } from "./client.ts";

const DOING: Doing = { what: "comment on the latest commit", write: true, target: null };
const commitWire = z.object({ id: z.string() });
const commentsWire = z.array(z.object({ note: z.string().nullish() }));

/** @param target `project` is the full path */
export const gitlabNotes: OpenNotes = (target, deps) => {
  const sender = createSender(target, deps, { limits: API_LIMITS });
  const root = `${target.api}/projects/${encodeURIComponent(target.project)}/repository/commits`;

  async function ask(method: "GET" | "POST", kind: string, url: string, body?: object): Promise<unknown> {
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
    if (status !== 200 && status !== 201)
      throw refused(target, DOING, { status, message: text.slice(0, 200) });
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  }

  return {
    async say(key, body) {
      // HEAD is the default branch.
      const commit = commitWire.safeParse(await ask("GET", "commit", `${root}/HEAD`));
      if (!commit.success) throw unreadable(target, DOING, z.prettifyError(commit.error));
      const url = `${root}/${commit.data.id}/comments`;
      const said = commentsWire.safeParse(await ask("GET", "commit comments", `${url}?per_page=${PER_PAGE}`));
      if (!said.success) throw unreadable(target, DOING, z.prettifyError(said.error));
      if (said.data.some(({ note }) => findMarkers(note ?? "").includes(key))) return false;
      await ask("POST", "commit comment", url, { note: body });
      return true;
    },
  };
};
