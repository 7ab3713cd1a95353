import { z } from "zod";
import type { BodyEdit, Comment, HistoryEvent, Issue, LabelEvent } from "../../model.ts";
import { ForgeError, type IssueQuery, type Label, type LabelEventsQuery, type Reader } from "../forge.ts";
import { type Client, PER_PAGE } from "./client.ts";
import {
  commentWire,
  eventWire,
  fold,
  type IssueWire,
  isPullRequest,
  issueWire,
  labelWire,
  type RepositoryEvent,
  repositoryEventWire,
  toComment,
  toHistoryEvent,
  toInstant,
  toIssue,
  toLabel,
  toRepositoryEvent,
  userWire,
} from "./wire.ts";

/** Answers that mean "this endpoint is not here, or not for this token". */
const ABSENT = [403, 404, 410, 501];

export function createReader(client: Client): Reader {
  const { rest, repo, target } = client;
  let self: Promise<string> | null = null;

  function issueUrl(number: number): string {
    return `${target.web}/${target.project}/issues/${number}`;
  }

  let listsAssignees: Promise<boolean> | undefined;

  async function findSelf(): Promise<string> {
    const doing = { what: "tell who the token belongs to", write: false, target: null };
    const answer = await client.ask(doing, rest.users.getAuthenticated(), ABSENT);
    if (answer.status === 200) return client.parse(doing, userWire, answer.data).login;
    // Installation tokens, GITHUB_TOKEN among them, have no /user.
    const { data } = await client.graphql("query { viewer { login } }", {});
    return viewerWire.safeParse(data).data?.viewer.login ?? "";
  }

  async function issues(query: IssueQuery): Promise<readonly Issue[]> {
    const { state, label, updatedSince } = query;
    const found = await client.list<IssueWire, Issue>(
      { what: "list issues", write: false, target: null },
      {
        path: "/issues",
        query: {
          state,
          sort: "created",
          direction: "asc",
          // A comma parts labels in this parameter and cannot be written otherwise: such a label is filtered below.
          ...(label === undefined || label.includes(",") ? {} : { labels: label }),
          ...(updatedSince === undefined ? {} : { since: new Date(updatedSince).toISOString() }),
        },
        schema: issueWire,
        map: (wire) => (isPullRequest(wire) ? null : toIssue(wire, issueUrl(wire.number))),
        remember: true,
      },
    );
    const wanted = new Map<number, Issue>();
    for (const issue of found) {
      if (
        (state !== "all" && issue.state !== state) ||
        (updatedSince !== undefined && issue.updatedAt < updatedSince)
      )
        continue;
      if (label !== undefined && !issue.labels.some((name) => fold(name) === fold(label))) continue;
      // An issue that moved to a later page while we read stands on two.
      wanted.set(issue.number, issue);
    }
    return [...wanted.values()].sort((a, b) => a.number - b.number);
  }

  async function issue(number: number): Promise<Issue | null> {
    const doing = { what: `read issue #${number}`, write: false, target: null };
    const answer = await client.ask(doing, rest.issues.get({ ...repo, issue_number: number }), [404, 410]);
    if (answer.status === 404) {
      // The project itself may be missing, which must not pass for a missing issue.
      const project = { what: "list issues", write: false, target: null };
      await client.ask(project, rest.issues.listForRepo({ ...repo, state: "all", per_page: 1 }));
    }
    if (answer.status !== 200) return null;
    const wire = client.parse(doing, issueWire, answer.data);
    // A transferred issue redirects to where it is now, under another number.
    return isPullRequest(wire) || wire.number !== number ? null : toIssue(wire, issueUrl(number));
  }

  async function history(number: number): Promise<readonly HistoryEvent[]> {
    const doing = { what: `read the history of #${number}`, write: false, target: `issue #${number}` };
    for (const path of [`/issues/${number}/events`, `/issues/${number}/timeline`]) {
      try {
        const list = { path, schema: eventWire, map: toHistoryEvent, remember: true };
        const events = await client.list(doing, list);
        return events.sort((a, b) => a.at - b.at);
      } catch (error) {
        // Stand-ins for GitHub have one of the two, or none.
        if (!(error instanceof ForgeError && [404, 410, 501].includes(error.status ?? 0))) throw error;
      }
    }
    return [];
  }

  /**
   * The repository's own list, newest first. How far back it goes GitHub does not say (lists this long end before their
   * beginning): an issue older than its end that bears labels nobody put on there is asked about by itself.
   */
  async function labelEvents({ since, issues: asked }: LabelEventsQuery) {
    const from = since ?? Number.NEGATIVE_INFINITY;
    const found = new Map<number, LabelEvent[]>(asked.map(({ number }) => [number, []]));
    const doing = { what: "list the events of issues", write: false, target: null };
    let listed: readonly RepositoryEvent[] | null = null;
    try {
      listed = await client.list<z.infer<typeof repositoryEventWire>, RepositoryEvent>(doing, {
        path: "/issues/events",
        schema: repositoryEventWire,
        map: toRepositoryEvent,
        remember: false,
        // One page after the other: what happens meanwhile moves events to later pages, where they come twice.
        enough: (page) => page.some(({ at }) => at < from),
      });
    } catch (error) {
      // Stand-ins for GitHub have only each issue's own.
      if (!(error instanceof ForgeError && [404, 410, 422, 501].includes(error.status ?? 0))) throw error;
    }
    const seen = new Set<number | string>();
    let end = Number.POSITIVE_INFINITY;
    for (const { id, issue, at, event } of (listed ?? []).toReversed()) {
      end = Math.min(end, at);
      if (at < from || seen.has(id) || !event) continue;
      seen.add(id);
      found.get(issue)?.push(event);
    }
    const cut = asked.filter(({ number, labels, createdAt }) => {
      if (listed === null) return true;
      if (end < from || createdAt > end) return false;
      const put = (label: string) =>
        found.get(number)?.some((event) => event.type === "labeled" && fold(event.label) === fold(label));
      return labels.some((label) => !put(label));
    });
    await Promise.all(
      cut.map(async ({ number }) => {
        const own = (await history(number)).filter(isLabelEvent);
        found.set(
          number,
          own.filter(({ at }) => at >= from),
        );
      }),
    );
    for (const events of found.values()) events.sort((a, b) => a.at - b.at);
    return found;
  }

  async function bodyEdits(number: number): Promise<readonly BodyEdit[] | null> {
    const edits: BodyEdit[] = [];
    let after: string | null = null;
    do {
      const { data } = await client.graphql(EDITS, { ...repo, number, after });
      const page = editsWire.safeParse(data).data?.repository?.issue?.userContentEdits;
      if (!page) return null;
      for (const edit of page.nodes ?? []) {
        if (edit === null) continue;
        const bot = edit.editor?.__typename === "Bot" && !edit.editor.login.endsWith("[bot]");
        edits.push({
          at: toInstant(edit.editedAt),
          // GraphQL names apps without the suffix that REST gives them.
          editor: edit.editor ? `${edit.editor.login}${bot ? "[bot]" : ""}` : null,
          body: edit.diff ?? null,
        });
      }
      after = page.pageInfo.hasNextPage ? (page.pageInfo.endCursor ?? null) : null;
    } while (after !== null);
    // GitHub lists the newest first.
    return edits.reverse().sort((a, b) => a.at - b.at);
  }

  return {
    forge: "github",
    project: target.project,
    self: () => {
      self ??= findSelf().catch((error: unknown) => {
        self = null;
        throw error;
      });
      return self;
    },
    issues,
    issue,
    history,
    labelEvents,
    bodyEdits,
    comments: (number) =>
      client.list<z.infer<typeof commentWire>, Comment>(
        { what: `read the comments of #${number}`, write: false, target: `issue #${number}` },
        {
          path: `/issues/${number}/comments`,
          schema: commentWire,
          map: (wire) => toComment(wire, `${issueUrl(number)}#issuecomment-${wire.id}`),
          remember: true,
        },
      ),
    labels: () =>
      client.list<z.infer<typeof labelWire>, Label>(
        { what: "list labels", write: false, target: null },
        { path: "/labels", schema: labelWire, map: toLabel, remember: true },
      ),
    member: async (handle) => {
      const doing = { what: `tell whether @${handle} is a member`, write: false, target: null };
      const answered = async (request: Parameters<typeof client.ask>[1]) =>
        (await client.ask(doing, request, [404])).status !== 404;
      if (await answered(rest.issues.checkUserCanBeAssigned({ ...repo, assignee: handle }))) return true;
      // Servers that speak GitHub's language may not know that question, and their 404 reads the same. They do not
      // know the list of those who can be assigned either, and assign whomever they know.
      listsAssignees ??= answered(rest.issues.listAssignees({ ...repo, per_page: 1 }));
      listsAssignees.catch(() => {
        listsAssignees = undefined;
      });
      if (await listsAssignees) return false;
      return answered(rest.users.getByUsername({ username: handle }));
    },
  };
}

const isLabelEvent = (event: HistoryEvent): event is LabelEvent =>
  event.type === "labeled" || event.type === "unlabeled";

const viewerWire = z.object({ viewer: z.object({ login: z.string() }) });

/** `diff` is the whole body as it stood after the edit, null where that revision was deleted; the first is the original. */
const EDITS = `query ($owner: String!, $repo: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $repo) {
    issue(number: $number) {
      userContentEdits(first: ${PER_PAGE}, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes { editedAt diff editor { __typename login } }
      }
    }
  }
}`;

const editsWire = z.object({
  repository: z
    .object({
      issue: z
        .object({
          userContentEdits: z
            .object({
              pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
              nodes: z
                .array(
                  z
                    .object({
                      editedAt: z.string().nullish(),
                      diff: z.string().nullish(),
                      editor: z.object({ __typename: z.string().nullish(), login: z.string() }).nullish(),
                    })
                    .nullable(),
                )
                .nullish(),
            })
            .nullish(),
        })
        .nullish(),
    })
    .nullish(),
});
