import { z } from "zod";
import { findMarkers } from "../../engine/text/safe.ts";
import type { CloseReason, Comment, Issue } from "../../model.ts";
import { ForgeError, type NewIssue, type Reader, type Writer, type Written } from "../forge.ts";
import { writeOnce } from "../http/send.ts";
import { hostOf } from "../http/url.ts";
import { type Doing, refused } from "../http/words.ts";
import { isEdited } from "../label.ts";
import { type Client, messageOf, PER_PAGE } from "./client.ts";
import { commentWire, fold, issueWire, labelWire, logins, toComment, toIssue } from "./wire.ts";

const LABELS_RIGHT = "Issues: write, and for a classic token push or triage access";

export function createWriter(client: Client, reader: Reader): Writer {
  const { rest, repo, target } = client;
  const applied = (url: string | null = null): Written => ({ status: "applied", url });
  const unchanged = (url: string | null = null): Written => ({ status: "unchanged", url });
  const issueUrl = (number: number) => `${target.web}/${target.project}/issues/${number}`;
  const toDo = (what: string, number: number | null): Doing => ({
    what,
    write: true,
    target: number === null ? null : `issue #${number}`,
  });

  /** Whether the account we run as wrote this with that marker. Where the token cannot tell who it is, anybody. */
  async function isMine(text: { author: string; body: string }, key: string): Promise<boolean> {
    if (!findMarkers(text.body).includes(key)) return false;
    const self = await reader.self();
    return self === "" || fold(self) === fold(text.author);
  }

  async function createIssue(issue: NewIssue): Promise<Issue> {
    const doing = toDo(`create the issue "${issue.title}"`, null);
    const { key, title, body } = issue;
    const labels = [...issue.labels];
    const assignees = [...issue.assignees];

    async function find(): Promise<Issue | null> {
      // The lists are consistent where the search is not; what we just sent is among the newest.
      const newest = {
        ...repo,
        state: "all",
        sort: "created",
        direction: "desc",
        per_page: PER_PAGE,
      } as const;
      const answer = await client.ask(doing, rest.issues.listForRepo(newest));
      for (const wire of client.parse(doing, z.array(issueWire), answer.data)) {
        const found = toIssue(wire, issueUrl(wire.number));
        if (await isMine(found, key)) return found;
      }
      return null;
    }

    const created = await writeOnce(
      client.sender,
      async () => {
        const answer = await client.ask(
          doing,
          rest.issues.create({ ...repo, title, body, labels, assignees }),
        );
        const wire = client.parse(doing, issueWire, answer.data);
        return toIssue(wire, issueUrl(wire.number));
      },
      find,
    );
    const dropped = [
      ...missing(labels, created.labels).map((label) => `the label "${label}"`),
      ...missing(assignees, created.assignees).map((handle) => `the assignee @${handle}`),
    ];
    if (dropped.length > 0) {
      // https://docs.github.com/en/rest/issues/issues#create-an-issue: dropped silently without push access.
      throw new ForgeError(
        "forbidden",
        `created #${created.number} in ${target.project}, but ${hostOf(target.api)} dropped ${dropped.join(", ")}: GITHUB_TOKEN needs ${LABELS_RIGHT} there, and assignees must be members`,
      );
    }
    return created;
  }

  /** A write to one issue, looked up on the issue itself if its answer was lost. */
  async function onIssue(
    number: number,
    send: () => Promise<Written>,
    isDone: (issue: Issue) => boolean,
  ): Promise<Written> {
    return writeOnce(client.sender, send, async () => {
      const issue = await reader.issue(number);
      return issue !== null && isDone(issue) ? applied(issue.url) : null;
    });
  }

  async function addLabel(number: number, label: string): Promise<Written> {
    const doing = { ...toDo(`add the label "${label}" to #${number}`, number), need: LABELS_RIGHT };
    const send = async () => {
      const request = rest.issues.addLabels({ ...repo, issue_number: number, labels: [label] });
      const answer = await client.ask(doing, request);
      const labels = client.parse(doing, z.array(labelWire), answer.data).map(({ name }) => name);
      if (missing([label], labels).length > 0) {
        throw new ForgeError(
          "forbidden",
          `${target.project}#${number} did not take the label "${label}": GITHUB_TOKEN needs ${LABELS_RIGHT}`,
        );
      }
      return applied(issueUrl(number));
    };
    return onIssue(number, send, (issue) => missing([label], issue.labels).length === 0);
  }

  async function removeLabel(number: number, label: string): Promise<Written> {
    const doing = { ...toDo(`remove the label "${label}" from #${number}`, number), need: LABELS_RIGHT };
    // As the last part of an address these would name all labels of the issue, or the issue.
    if (["", ".", ".."].includes(label.trim())) {
      throw new ForgeError("invalid", `cannot ${doing.what} in ${target.project}: remove it by hand`);
    }
    const send = async () => {
      const request = rest.issues.removeLabel({ ...repo, issue_number: number, name: label });
      const answer = await client.ask(doing, request, [404]);
      if (answer.status !== 404) return applied(issueUrl(number));
      const message = messageOf(answer.data);
      if (!/label does not exist/i.test(message)) {
        const issue = await reader.issue(number);
        if (issue === null || missing([label], issue.labels).length === 0) {
          throw refused(target, doing, { status: 404, message });
        }
      }
      return unchanged(issueUrl(number));
    };
    return onIssue(number, send, (issue) => missing([label], issue.labels).length > 0);
  }

  async function assign(number: number, handle: string): Promise<Written> {
    const doing = { ...toDo(`assign @${handle} to #${number}`, number), need: LABELS_RIGHT };
    const send = async () => {
      const request = rest.issues.addAssignees({ ...repo, issue_number: number, assignees: [handle] });
      const answer = await client.ask(doing, request);
      const { assignees } = client.parse(doing, issueWire, answer.data);
      if (missing([handle], logins(assignees ?? [])).length > 0) {
        throw new ForgeError(
          "invalid",
          `cannot ${doing.what} in ${target.project}: ${hostOf(target.api)} dropped it without a word; @${handle} must be a member with read access, an issue takes 10 assignees, and GITHUB_TOKEN needs ${LABELS_RIGHT}`,
        );
      }
      return applied(issueUrl(number));
    };
    return onIssue(number, send, (issue) => missing([handle], issue.assignees).length === 0);
  }

  async function unassign(number: number, handle: string): Promise<Written> {
    const doing = { ...toDo(`unassign @${handle} from #${number}`, number), need: LABELS_RIGHT };
    const send = async () => {
      await client.ask(
        doing,
        rest.issues.removeAssignees({ ...repo, issue_number: number, assignees: [handle] }),
      );
      return applied(issueUrl(number));
    };
    return onIssue(number, send, (issue) => missing([handle], issue.assignees).length > 0);
  }

  type Patch = { title?: string; body?: string; state?: "open" | "closed"; state_reason?: CloseReason };
  async function patch(number: number, what: string, edit: Patch, isDone: (issue: Issue) => boolean) {
    const doing = toDo(what, number);
    const send = async () => {
      await client.ask(doing, rest.issues.update({ ...repo, issue_number: number, ...edit }));
      return applied(issueUrl(number));
    };
    return onIssue(number, send, isDone);
  }

  async function comment(number: number, { key, body }: { key: string; body: string }): Promise<Comment> {
    const doing = toDo(`comment on #${number}`, number);
    return writeOnce(
      client.sender,
      async () => {
        const answer = await client.ask(
          doing,
          rest.issues.createComment({ ...repo, issue_number: number, body }),
        );
        const wire = client.parse(doing, commentWire, answer.data);
        return toComment(wire, `${issueUrl(number)}#issuecomment-${wire.id}`);
      },
      async () => {
        for (const one of (await reader.comments(number)).toReversed())
          if (await isMine(one, key)) return one;
        return null;
      },
    );
  }

  /** @returns null where GraphQL is refused or missing */
  async function pinState(number: number) {
    const { data } = await client.graphql(PIN_STATE, { ...repo, number });
    return pinWire.safeParse(data).data?.repository?.issue ?? null;
  }

  async function pin(number: number): Promise<Written> {
    const url = issueUrl(number);
    const issue = await pinState(number);
    if (issue === null || issue.isPinned) return unchanged(url);
    return writeOnce(
      client.sender,
      async () => {
        const { data, errors } = await client.graphql(PIN, { id: issue.id });
        if (data === null && errors.length === 0) return unchanged(url);
        if (errors.length > 0) {
          const need = "a repository pins three issues at most; unpin one, or set `board.summary.pin: false`";
          throw new ForgeError(
            "invalid",
            `cannot pin #${number} in ${target.project} (${errors.join("; ")}): ${need}`,
          );
        }
        return applied(url);
      },
      async () => ((await pinState(number))?.isPinned ? applied(url) : null),
    );
  }

  return {
    createIssue,
    editIssue: (number, { title, body }) =>
      patch(
        number,
        `edit #${number}`,
        { ...(title === undefined ? {} : { title }), ...(body === undefined ? {} : { body }) },
        (issue) =>
          (title === undefined || issue.title === title) && (body === undefined || issue.body === body),
      ),
    addLabel,
    removeLabel,
    assign,
    unassign,
    comment,
    editComment: async (number, id, body) => {
      const doing = { ...toDo(`edit a comment on #${number}`, number), target: `comment ${id}` };
      const send = async () => {
        const request = rest.issues.updateComment({ ...repo, comment_id: Number(id), body });
        const answer = await client.ask(doing, request);
        return applied(client.parse(doing, commentWire, answer.data).html_url ?? issueUrl(number));
      };
      return writeOnce(client.sender, send, async () => {
        const one = (await reader.comments(number)).find((other) => other.id === id);
        return one?.body === body ? applied(one.url) : null;
      });
    },
    react: async (number, id, content) => {
      const doing = { ...toDo(`react to a comment on #${number}`, number), target: `comment ${id}` };
      const send = async () => {
        const request = rest.reactions.createForIssueComment({ ...repo, comment_id: Number(id), content });
        const answer = await client.ask(doing, request);
        return answer.status === 200 ? unchanged(issueUrl(number)) : applied(issueUrl(number));
      };
      // One account has each reaction once, so sending it again is the look.
      return writeOnce(client.sender, send, async () => null);
    },
    close: (number, reason) =>
      patch(
        number,
        `close #${number}`,
        { state: "closed", state_reason: reason },
        (issue) => issue.state === "closed",
      ),
    reopen: (number) =>
      patch(number, `reopen #${number}`, { state: "open" }, (issue) => issue.state === "open"),
    pin,
    // A reference in a text already shows on both issues, so there is nothing to write.
    link: async (number) => unchanged(issueUrl(number)),
    createLabel: async ({ name, color, description }) => {
      const doing = { ...toDo(`create the label "${name}"`, null), need: LABELS_RIGHT };
      const exists = async () => (await reader.labels()).some((label) => fold(label.name) === fold(name));
      const send = async () => {
        const request = rest.issues.createLabel({
          ...repo,
          name,
          color: color.replace(/^#/, ""),
          description,
        });
        const answer = await client.ask(doing, request, [422]);
        if (answer.status !== 422) return applied();
        const message = messageOf(answer.data);
        if (/already exists/i.test(message) || (await exists())) return unchanged();
        throw refused(target, doing, { status: 422, message });
      };
      return writeOnce(client.sender, send, async () => ((await exists()) ? applied() : null));
    },
    editLabel: async (name, edit) => {
      const doing = {
        ...toDo(`change the label "${name}"`, null),
        target: `label "${name}"`,
        need: LABELS_RIGHT,
      };
      const send = async () => {
        const request = rest.issues.updateLabel({
          ...repo,
          name,
          ...(edit.name === undefined ? {} : { new_name: edit.name }),
          ...(edit.color === undefined ? {} : { color: edit.color.replace(/^#/, "") }),
          ...(edit.description === undefined ? {} : { description: edit.description }),
        });
        await client.ask(doing, request);
        return applied();
      };
      const isDone = async () => (await reader.labels()).some((label) => isEdited(label, name, edit));
      return writeOnce(client.sender, send, async () => ((await isDone()) ? applied() : null));
    },
  };
}

/** Those of `wanted` that are not in `got`, compared as GitHub compares names. */
function missing(wanted: readonly string[], got: readonly string[]): string[] {
  const names = new Set(got.map(fold));
  return wanted.filter((name) => !names.has(fold(name)));
}

const PIN_STATE = `query ($owner: String!, $repo: String!, $number: Int!) {
  repository(owner: $owner, name: $repo) { issue(number: $number) { id isPinned } }
}`;
const PIN = `mutation ($id: ID!) { pinIssue(input: { issueId: $id }) { issue { id } } }`;

const pinWire = z.object({
  repository: z
    .object({ issue: z.object({ id: z.string(), isPinned: z.boolean().nullish() }).nullish() })
    .nullish(),
});
