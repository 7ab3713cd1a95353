import { z } from "zod";
import { boxDiff } from "../../engine/text/markdown.ts";
import type { HistoryEvent } from "../../model.ts";
import { ForgeError, type Receiver } from "../forge.ts";
import { seenIssue } from "../seen.ts";
import { isPullRequest, issueWire, labelNames, logins, toCloseReason, toInstant } from "./wire.ts";

const account = z.object({ login: z.string() }).nullish();

const payloadWire = z.object({
  action: z.string(),
  issue: issueWire
    .pick({
      number: true,
      body: true,
      state: true,
      state_reason: true,
      labels: true,
      assignee: true,
      assignees: true,
      created_at: true,
      updated_at: true,
      pull_request: true,
    })
    .extend({ repository_url: z.string().nullish() }),
  comment: z.object({ id: z.union([z.number(), z.string()]) }).nullish(),
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
    const body = issue.body ?? "";
    const at = toInstant(issue.updated_at ?? issue.created_at);
    const actor = sender?.login ?? "";
    const events = event === "issues" ? eventsOf(read.data, { at, actor: actor || null }, body) : [];
    return {
      forge: "github",
      project,
      id: id ?? null,
      about: event === "issues" ? "issue" : "comment",
      action,
      actor,
      issue: seenIssue(
        {
          number: issue.number,
          body,
          state: issue.state === "closed" ? "closed" : "open",
          labels: labelNames(issue.labels ?? []),
          assignees: logins(issue.assignees ?? [issue.assignee]),
          updatedAt: at,
        },
        events,
      ),
      events,
      comment: comment ? String(comment.id) : null,
    };
  },
};

function projectOf({ repository, issue }: Payload): string | null {
  if (repository?.full_name) return repository.full_name;
  if (repository?.name && repository.owner) return `${repository.owner.login}/${repository.name}`;
  return /\/repos\/([^/]+\/[^/]+)$/.exec(issue.repository_url ?? "")?.[1] ?? null;
}

/** What the sender has just done to the issue. */
function eventsOf(payload: Payload, by: Pick<HistoryEvent, "at" | "actor">, body: string): HistoryEvent[] {
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
      const { ticked, unticked } = boxDiff(before, body);
      return [
        ...ticked.map(({ text }) => ({ ...by, type: "ticked" as const, text })),
        ...unticked.map(({ text }) => ({ ...by, type: "unticked" as const, text })),
      ];
    }
    default:
      return [];
  }
}
