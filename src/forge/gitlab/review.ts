import { marker } from "../../engine/text/safe.ts";
import type { Written } from "../forge.ts";
import { writeOnce } from "../http/send.ts";
import type { Doing } from "../http/words.ts";
import type { OpenReview } from "../review.ts";
import { createClient } from "./client.ts";
import { createReader } from "./reader.ts";
import { type WireNote, wireNote } from "./wire.ts";

/** Notes of a merge request. https://docs.gitlab.com/api/notes/#merge-requests */
export const gitlabReview: OpenReview = (target, number, deps) => {
  const client = createClient(target, deps);
  const reader = createReader(client);
  const { project, web } = target;
  const name = `merge request !${number}`;
  const writing: Doing = { what: `comment on ${name}`, write: true, target: name };
  const applied = ({ id }: WireNote): Written => ({
    status: "applied",
    url: `${web}/${project}/-/merge_requests/${number}#note_${id}`,
  });

  async function find(key: string): Promise<WireNote | null> {
    const [self, notes] = await Promise.all([
      reader.self(),
      client.list(
        { what: `read the comments of ${name}`, write: false, target: name },
        {
          path: `${client.path}/merge_requests/${number}/notes`,
          query: { sort: "asc", order_by: "created_at" },
          schema: wireNote,
          map: (note) => [note],
          remember: false,
        },
      ),
    ]);
    const mine = ({ author }: WireNote) => self === "" || author?.username === self;
    return notes.find((note) => mine(note) && note.body?.startsWith(marker(key))) ?? null;
  }

  return {
    async say(key, body) {
      const own = await find(key);
      if (own?.body === body) return { ...applied(own), status: "unchanged" };
      const send = () =>
        client.ask(writing, wireNote, () =>
          own
            ? client.api.reviews.edit(project, number, own.id, { body })
            : client.api.reviews.create(project, number, body),
        );
      return applied(
        await writeOnce(client.sender, send, async () => {
          const now = await find(key);
          return now?.body === body ? now : null;
        }),
      );
    },
  };
};
