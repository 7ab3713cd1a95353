import { marker } from "../../engine/text/safe.ts";
import type { OpenReview } from "../review.ts";
import { createClient } from "./client.ts";
import { createReader } from "./reader.ts";
import { createWriter } from "./writer.ts";

/** To GitHub a pull request is an issue where it comes to comments. */
export const githubReview: OpenReview = (target, number, deps) => {
  const client = createClient(target, deps);
  const reader = createReader(client);
  const writer = createWriter(client, reader);
  return {
    async say(key, body) {
      const [self, comments] = await Promise.all([reader.self(), reader.comments(number)]);
      const own = comments.find(
        (one) => one.body.startsWith(marker(key)) && (self === "" || one.author === self),
      );
      if (!own) {
        const { url } = await writer.comment(number, { key, body });
        return { status: "applied", url };
      }
      if (own.body === body) return { status: "unchanged", url: own.url };
      return writer.editComment(number, own.id, body);
    },
  };
};
