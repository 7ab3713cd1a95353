/** Notes of merge requests, of which the sandbox knows nothing else. https://docs.gitlab.com/api/notes/#merge-requests */
import { Refusal } from "../../forge/memory/index.ts";
import type { Account, Project } from "../../forge/memory/state.ts";
import type { Instant } from "../../model.ts";
import { type Call, caller, type Route, route, text } from "../http.ts";
import { here, list, ok, placeOf } from "./list.ts";
import { time, userJson } from "./wire.ts";

interface Note {
  readonly id: number;
  readonly author: Account;
  readonly at: Instant;
  body: string;
}

const NOTES = "/projects/:id/merge_requests/:iid/notes";
const kept = new WeakMap<Project, Map<string, Note[]>>();

function notesOf(call: Call): Note[] {
  const { project } = here(call);
  const requests = kept.get(project) ?? new Map<string, Note[]>();
  kept.set(project, requests);
  const notes = requests.get(call.params.iid ?? "") ?? [];
  requests.set(call.params.iid ?? "", notes);
  return notes;
}

const noteJson = (call: Call, { id, author, at, body }: Note) => ({
  id,
  body,
  author: userJson(placeOf(call, here(call)), author),
  created_at: time(at),
  updated_at: time(at),
  system: false,
  noteable_type: "MergeRequest",
  noteable_iid: Number(call.params.iid),
});

function bodyOf(call: Call): string {
  const body = text(call.body.body) ?? "";
  if (body === "") throw new Refusal(400, "body is missing");
  return body;
}

export const reviewRoutes: readonly Route[] = [
  route("GET", NOTES, "notes", (call) => list(call, notesOf(call), (note) => noteJson(call, note))),
  route(
    "POST",
    NOTES,
    "note",
    (call) => {
      const { memory } = call;
      const made = { id: memory.nextId(), author: caller(call), at: memory.stamp(), body: bodyOf(call) };
      notesOf(call).push(made);
      return ok(noteJson(call, made), 201);
    },
    "comment",
  ),
  route("PUT", `${NOTES}/:note`, "note", (call) => {
    const note = notesOf(call).find(({ id }) => String(id) === call.params.note);
    if (!note) throw new Refusal(404, "404 Not found");
    if (note.author !== caller(call)) throw new Refusal(403, "403 Forbidden");
    note.body = bodyOf(call);
    return ok(noteJson(call, note));
  }),
];
