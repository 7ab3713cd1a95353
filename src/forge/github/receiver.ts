import { z } from "zod";
import { boxDiff } from "../../engine/text/markdown.ts";
import type { Delivery, HistoryEvent } from "../../model.ts";
import { ForgeError, type Receiver } from "../forge.ts";
import {
  commentWire,
  isPullRequest,
  issueWire,
  labelNames,
  toCloseReason,
  toComment,
  toIssue,
} from "./wire.ts";

const account = z.object({ login: z.string() }).nullish();

const payloadWire = z.object({
  action: z.string(),
  issue: issueWire.extend({ repository_url: z.string().nullish() }),
  comment: commentWire.nullish(),
  label: z.object({ name: z.string().nullish() }).nullish(),
  assignee: account,
  sender: account,
  changes: z
    .object({ body: z.object({ from: z.string().nullish() }).nullish() })
    .nullish()
    .catch(null),
  repository: z
    .object({
      full_name: z.string().nullish(),
      name: z.string().nullish(),
      html_url: z.string().nullish(),
      owner: account,
    })
    .nullish(),
});
type Payload = z.infer<typeof payloadWire>;

/** GitHub's webhook payloads, the same that a workflow finds in `GITHUB_EVENT_PATH`. */
export const githubReceiver: Receiver = {
  read(event, payload, id) {
    if (event !== "issues" && event !== "issue_comment") return null;
    const read = payloadWire.safeParse(payload);
    if (!read.success) {
      const [fault] = read.error.issues;
      throw new ForgeError(
        "invalid",
        `not a payload of GitHub's "${event}" event: ${fault?.path.join(".") || "the document"}: ${fault?.message ?? "unexpected"}`,
      );
    }
    const { action, issue, comment, sender } = read.data;
    if (isPullRequest(issue)) return null;
    const project = projectOf(read.data);
    if (project === null) {
      throw new ForgeError(
        "invalid",
        `not a payload of GitHub's "${event}" event: repository.full_name is missing`,
      );
    }
    const url = `${read.data.repository?.html_url ?? `https://github.com/${project}`}/issues/${issue.number}`;
    const delivery: Delivery = {
      forge: "github",
      project,
      id: id ?? null,
      about: event === "issues" ? "issue" : "comment",
      action,
      actor: sender?.login ?? "",
      issue: toIssue(issue, url),
      events: [],
      comment: comment ? toComment(comment, `${url}#issuecomment-${comment.id}`) : null,
    };
    return event === "issues" ? { ...delivery, events: eventsOf(read.data, delivery) } : delivery;
  },
};

function projectOf({ repository, issue }: Payload): string | null {
  if (repository?.full_name) return repository.full_name;
  if (repository?.name && repository.owner) return `${repository.owner.login}/${repository.name}`;
  return /\/repos\/([^/]+\/[^/]+)$/.exec(issue.repository_url ?? "")?.[1] ?? null;
}

/** What the sender has just done to the issue. */
function eventsOf(payload: Payload, { actor, issue }: Delivery): HistoryEvent[] {
  const by = { at: issue.updatedAt, actor: actor === "" ? null : actor };
  const { action, label, assignee } = payload;
  switch (action) {
    case "opened":
      return labelNames(payload.issue.labels ?? []).map((name) => ({ ...by, type: "labeled", label: name }));
    case "labeled":
    case "unlabeled":
      return label?.name ? [{ ...by, type: action, label: label.name }] : [];
    case "assigned":
    case "unassigned":
      return assignee ? [{ ...by, type: action, assignee: assignee.login }] : [];
    case "closed":
      return [{ ...by, type: action, reason: toCloseReason(payload.issue.state_reason) }];
    case "reopened":
      return [{ ...by, type: action }];
    case "edited": {
      const before = payload.changes?.body?.from;
      if (before === undefined || before === null) return [];
      const { ticked, unticked } = boxDiff(before, issue.body);
      return [
        ...ticked.map(({ text }) => ({ ...by, type: "ticked" as const, text })),
        ...unticked.map(({ text }) => ({ ...by, type: "unticked" as const, text })),
      ];
    }
    default:
      return [];
  }
}
