/** Comments on a commit: https://docs.github.com/en/rest/commits/comments */
import { z } from "zod";
import { findMarkers } from "../../engine/text/safe.ts";
import type { OpenNotes } from "../files.ts";
import { parserFor, toJson } from "../http/json.ts";
import { createSender, LostAnswer } from "../http/send.ts";
import { type Doing, refused } from "../http/words.ts";
import { GITHUB_LIMITS, messageOf } from "./client.ts";

const DOING: Doing = {
  what: "comment on the latest commit",
  write: true,
  target: null,
  need: "Contents: read",
};
const commitWire = z.object({ sha: z.string() });
const commentsWire = z.array(z.object({ body: z.string().nullish() }));

/** @param target `project` is `owner/repo` */
export const githubNotes: OpenNotes = (target, deps) => {
  const sender = createSender(target, deps, { limits: GITHUB_LIMITS });
  const root = `${target.api}/repos/${target.project.split("/").map(encodeURIComponent).join("/")}/commits`;

  const parse = parserFor(target);

  async function ask(method: "GET" | "POST", kind: string, url: string, body?: object): Promise<string> {
    const answer = await sender
      .send({
        method,
        url,
        kind: `${method} ${kind}`,
        headers: {
          accept: "application/vnd.github+json",
          "user-agent": "daytwo",
          ...(target.token === "" ? {} : { authorization: `Bearer ${target.token}` }),
          ...(body ? { "content-type": "application/json; charset=utf-8" } : {}),
        },
        body: body && JSON.stringify(body),
        content: method === "POST",
      })
      .catch((error: unknown) => {
        throw error instanceof LostAnswer ? error.error : error;
      });
    const { status, body: text } = answer;
    if (status === 200 || status === 201) return text;
    throw refused(target, DOING, { status, message: messageOf(toJson(text)) });
  }

  return {
    async say(key, body) {
      const { sha } = parse(DOING, commitWire, await ask("GET", "commit", `${root}/HEAD`));
      const url = `${root}/${sha}/comments`;
      const said = parse(DOING, commentsWire, await ask("GET", "commit comments", `${url}?per_page=100`));
      if (said.some((comment) => findMarkers(comment.body ?? "").includes(key))) return false;
      await ask("POST", "commit comment", url, { body });
      return true;
    },
  };
};
