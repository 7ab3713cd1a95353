import type { BodyEdit, CloseReason, Comment, HistoryEvent, Issue, LabelEvent } from "../../model.ts";
import { type Forge, ForgeError, type Reader, type Writer, type Written } from "../forge.ts";
import { createIssue, editIssue, link, pin } from "./acts.ts";
import { memoryBoards } from "./boards-port.ts";
import { comment, editComment, react } from "./comments.ts";
import { createLabel, editLabel } from "./labels.ts";
import type { MemoryForge } from "./memory.ts";
import { assignable, type Doing, findIssue } from "./rules.ts";
import { type Account, type Project, Refusal, type StoredComment, type StoredIssue } from "./state.ts";

/** Items on a page, for counting requests as the real adapters would make them. */
const PAGE = 100;

/** The port to one project of a forge in memory, for one account. */
export function memoryForge(memory: MemoryForge, account: Account, project: string): Forge {
  const requests = new Map<string, number>();
  const count = (kind: string, pages = 1) => requests.set(kind, (requests.get(kind) ?? 0) + pages);
  const here = () => memory.acting(account, project);

  /** One request: counted, with a refusal told as the port tells it. */
  const ask = async <T>(kind: string, what: string, act: (acting: Doing) => T): Promise<T> => {
    count(kind);
    try {
      return act(here());
    } catch (error) {
      throw error instanceof Refusal ? told(error, what, project) : error;
    }
  };
  const list = async <T>(kind: string, what: string, act: (acting: Doing) => T[]): Promise<T[]> => {
    const items = await ask(kind, what, act);
    const further = Math.max(0, Math.ceil(items.length / PAGE) - 1);
    if (further > 0) count(kind, further);
    return items;
  };
  const written = (changed: boolean, url: string | null): Written => ({
    status: changed ? "applied" : "unchanged",
    url,
  });
  /** Makes a change and says whether it was one. */
  const change = (
    number: number,
    kind: string,
    what: string,
    act: (acting: Doing) => void,
  ): Promise<Written> =>
    ask(kind, `${what} ${project}#${number}`, (acting) => {
      const { revision } = findIssue(acting, number);
      act(acting);
      return written(
        findIssue(acting, number).revision !== revision,
        memory.issueUrl(acting.project, number),
      );
    });

  const reader: Reader = {
    forge: memory.kind,
    project,
    self: async () => {
      count("GET user");
      return account.handle;
    },
    issues: (query) =>
      list("GET issues", `list the issues of ${project}`, ({ project: place }) => {
        const { label, updatedSince = Number.NEGATIVE_INFINITY } = query;
        return [...place.issues.values()]
          .filter((issue) => !issue.pull && (query.state === "all" || issue.state === query.state))
          .filter((issue) => issue.updatedAt >= updatedSince)
          .filter(
            (issue) => label === undefined || issue.labels.some((each) => memory.sameLabel(each.name, label)),
          )
          .map((issue) => asIssue(memory, place, issue));
      }),
    issue: (number) =>
      ask("GET issue", `read ${project}#${number}`, (acting) => {
        const issue = acting.project.issues.get(number);
        return issue && !issue.pull ? asIssue(memory, acting.project, findIssue(acting, number)) : null;
      }),
    comments: (number) =>
      list("GET comments", `list the comments of ${project}#${number}`, (acting) =>
        findIssue(acting, number).comments.map((each) => asComment(memory, acting.project, each)),
      ),
    history: (number) =>
      list("GET history", `read the history of ${project}#${number}`, (acting) =>
        asHistory(findIssue(acting, number)),
      ),
    labelEvents: async ({ since, issues: asked }) => {
      const from = since ?? Number.NEGATIVE_INFINITY;
      const what = `read the label events of ${project}`;
      const every = (number: number) =>
        asHistory(findIssue(here(), number)).filter(
          (event): event is LabelEvent => event.type === "labeled" || event.type === "unlabeled",
        );
      const wanted = ({ at }: LabelEvent) => at >= from;
      if (memory.kind === "gitlab") {
        const read = asked.map(({ number }) => list("GET label events", what, () => every(number)));
        const each = await Promise.all(read);
        return new Map(asked.map(({ number }, i) => [number, (each[i] ?? []).filter(wanted)]));
      }
      // The list has events of every kind and every issue.
      await list("GET events", what, ({ project: place }) =>
        [...place.issues.values()].flatMap(({ events }) => events.filter(({ at }) => at >= from)),
      );
      return new Map(asked.map(({ number }) => [number, every(number).filter(wanted)]));
    },
    bodyEdits: (number) =>
      ask("GET body edits", `read the edits of ${project}#${number}`, (acting): BodyEdit[] | null => {
        if (memory.kind === "gitlab") return null;
        return findIssue(acting, number).edits.map(({ at, editor, body }) => ({
          at,
          editor: handleOf(editor),
          body,
        }));
      }),
    labels: () =>
      list("GET labels", `list the labels of ${project}`, (acting) =>
        acting.project.labels.map(({ name, color, description }) => ({ name, color, description })),
      ),
    member: (handle) =>
      ask(
        "GET member",
        `look up @${handle} in ${project}`,
        (acting) => assignable(acting, handle) !== undefined,
      ),
  };

  const writer: Writer = {
    createIssue: ({ title, body, labels, assignees, confidential = false }) =>
      ask("POST issue", `create an issue in ${project}`, (acting) => {
        const made = createIssue(acting, { title, body, labels, assignees, confidential });
        const dropped = [
          ...labels.filter((name) => !made.labels.some((each) => memory.sameLabel(each.name, name))),
          ...assignees
            .filter(
              (handle) => !made.assignees.some((each) => each.handle.toLowerCase() === handle.toLowerCase()),
            )
            .map((handle) => `@${handle}`),
        ];
        const url = memory.issueUrl(acting.project, made.number);
        if (dropped.length > 0) {
          throw new ForgeError(
            "forbidden",
            `${project}#${made.number} was created (${url}), but the forge left out ${dropped.join(", ")}: ` +
              `@${account.handle} needs the right to set labels and assignees there, or these names are not known.`,
          );
        }
        return asIssue(memory, acting.project, made);
      }),
    editIssue: (number, edit) =>
      change(number, "PATCH issue", "edit", (acting) => editIssue(acting, number, edit)),
    addLabel: (number, label) =>
      change(number, "POST label", "label", (acting) => {
        const after = editIssue(acting, number, { addLabels: [label] });
        if (!after.labels.some((each) => memory.sameLabel(each.name, label))) {
          throw new ForgeError(
            "forbidden",
            `${project}#${number}: @${account.handle} may not add the label "${label}".`,
          );
        }
      }),
    removeLabel: (number, label) =>
      change(number, "DELETE label", "unlabel", (acting) =>
        editIssue(acting, number, { removeLabels: [label] }),
      ),
    assign: (number, handle) =>
      change(number, "POST assignee", "assign", (acting) => {
        const after = editIssue(acting, number, { addAssignees: [handle] });
        if (!after.assignees.some((each) => each.handle.toLowerCase() === handle.toLowerCase())) {
          throw new ForgeError(
            "invalid",
            `${project}#${number}: @${handle} could not be assigned. Add them to the project, or take somebody off where an issue has one assignee at most.`,
          );
        }
      }),
    unassign: (number, handle) =>
      change(number, "DELETE assignee", "unassign", (acting) =>
        editIssue(acting, number, { removeAssignees: [handle] }),
      ),
    comment: (number, { body }) =>
      ask("POST comment", `comment on ${project}#${number}`, (acting) => {
        const made = comment(acting, number, body);
        if (!made)
          throw new ForgeError("invalid", `${project}#${number}: the forge kept no comment of this text.`);
        return asComment(memory, acting.project, made);
      }),
    editComment: (number, id, body) =>
      change(number, "PATCH comment", "edit a comment on", (acting) => editComment(acting, Number(id), body)),
    react: (number, id, reaction) =>
      ask("POST reaction", `react on ${project}#${number}`, (acting) =>
        written(react(acting, Number(id), reaction), memory.issueUrl(acting.project, number)),
      ),
    close: (number, reason: CloseReason) =>
      change(number, "PATCH issue", "close", (acting) => {
        editIssue(acting, number, { state: "closed", closeReason: reason });
      }),
    reopen: (number) =>
      change(number, "PATCH issue", "reopen", (acting) => editIssue(acting, number, { state: "open" })),
    pin: (number) =>
      ask("POST pin", `pin ${project}#${number}`, (acting) => {
        const url = memory.issueUrl(acting.project, number);
        return memory.kind === "gitlab" ? written(false, url) : written(pin(acting, number), url);
      }),
    link: (number, other) =>
      ask("POST link", `link ${project}#${number} to ${other.project}#${other.number}`, (acting) => {
        const url = memory.issueUrl(acting.project, number);
        return memory.kind === "github" ? written(false, url) : written(link(acting, number, other), url);
      }),
    createLabel: (label) =>
      ask("POST label", `create the label "${label.name}" in ${project}`, (acting) => {
        if (acting.project.labels.some((each) => memory.sameLabel(each.name, label.name)))
          return written(false, null);
        createLabel(acting, label);
        return written(true, null);
      }),
    editLabel: (name, edit) =>
      ask("PATCH label", `change the label "${name}" in ${project}`, (acting) => {
        editLabel(acting, name, edit);
        return written(true, null);
      }),
  };

  return {
    reader,
    writer,
    boards: memoryBoards(memory, { ask, project }),
    requests: () => requests,
    sameLabel: (a, b) => memory.sameLabel(a, b),
  };
}

function asIssue(memory: MemoryForge, project: Project, issue: StoredIssue): Issue {
  return {
    number: issue.number,
    url: memory.issueUrl(project, issue.number),
    title: issue.title,
    body: issue.body,
    state: issue.state,
    closeReason: issue.closeReason,
    author: handleOf(issue.author) ?? "",
    labels: issue.labels.map((label) => label.name),
    assignees: issue.assignees.map((each) => each.handle),
    createdAt: issue.createdAt,
    updatedAt: issue.updatedAt,
    closedAt: issue.closedAt,
    commentCount: issue.comments.length,
    version: String(issue.revision),
  };
}

function asComment(memory: MemoryForge, project: Project, comment: StoredComment): Comment {
  return {
    id: String(comment.id),
    author: handleOf(comment.author) ?? "",
    body: comment.body,
    createdAt: comment.createdAt,
    url: memory.commentUrl(project, comment),
  };
}

function asHistory(issue: StoredIssue): HistoryEvent[] {
  return issue.events.flatMap((event): HistoryEvent[] => {
    const by = { at: event.at, actor: handleOf(event.actor) };
    switch (event.type) {
      case "labeled":
      case "unlabeled":
        return [{ ...by, type: event.type, label: event.name }];
      case "assigned":
      case "unassigned":
        return [{ ...by, type: event.type, assignee: event.assignee.handle }];
      case "closed":
        return [{ ...by, type: "closed", reason: event.reason }];
      case "reopened":
        return [{ ...by, type: "reopened" }];
      case "ticked":
      case "unticked":
        return [{ ...by, type: event.type, text: event.text }];
      default:
        return [];
    }
  });
}

function handleOf(account: Account): string | null {
  return account.gone ? null : account.handle;
}

/** A refusal as the port's error: what failed, where, and the next step. */
function told(refusal: Refusal, what: string, project: string): ForgeError {
  const { status, message } = refusal;
  if (status === 404 || status === 410) {
    return new ForgeError(
      "not-found",
      `Could not ${what}: no such thing in ${project}, or this account may not see it. Check the name and the account's access.`,
      status,
    );
  }
  if (status === 403) {
    return new ForgeError(
      "forbidden",
      `Could not ${what}: this account may not do that in ${project}. Give it the right to triage and write issues there.`,
      status,
    );
  }
  if (status === 401) {
    return new ForgeError(
      "unauthorized",
      `Could not ${what}: the token for ${project} was refused. Set a valid one.`,
      status,
    );
  }
  return new ForgeError("invalid", `Could not ${what}: ${project} refused the content: ${message}.`, status);
}
