import { z } from "zod";
import type { Comment, HistoryEvent, Issue, LabelEvent } from "../../model.ts";
import { ForgeError, type IssueQuery, type Label, type LabelEventsQuery, type Reader } from "../forge.ts";
import { type Client, isMissing } from "./client.ts";
import { noteEvents } from "./notes.ts";
import {
  isIssue,
  labelEvents,
  stateEvents,
  toComment,
  toIssue,
  toLabel,
  type WireIssue,
  type WireNote,
  type WireUser,
  wireIssue,
  wireLabel,
  wireLabelEvent,
  wireNote,
  wireStateEvent,
  wireUser,
} from "./wire.ts";

/** Members come and go rarely; a tick asks for the same few handles many times. */
const MEMBER_MEMORY_MS = 5 * 60_000;

export interface GitLabReader extends Reader {
  /** The issue as the wire has it, with the ids of its assignees. */
  wire(issue: number): Promise<WireIssue | null>;
  /** The id of an account, or null where there is none of that handle. */
  userId(handle: string): Promise<number | null>;
  /** Takes note of an issue just written, and lets go of what was being read of it. */
  wrote(issue: Issue): void;
  /** Lets go of comments and history being read of an issue, since they have just changed. */
  forget(issue: number): void;
}

export function createReader(client: Client): GitLabReader {
  const { target, deps, api, path, seen } = client;
  const notesInFlight = new Map<number, Promise<WireNote[]>>();
  const members = new Map<string, { until: number; member: Promise<WireUser | null> }>();
  const ids = new Map<string, number>();
  let me: Promise<string> | null = null;

  const reading = (what: string, thing: string | null = null) => ({
    what: `read ${what}`,
    write: false,
    target: thing,
  });

  function see(issue: Issue, alone: boolean): Issue {
    const { number, url, title, state, labels, assignees, updatedAt, body } = issue;
    seen.set(number, { url, title, state, labels, assignees, updatedAt, body: alone ? body : null });
    return issue;
  }

  async function self(): Promise<string> {
    const doing = { ...reading("the account"), what: "read the account of the token" };
    try {
      return (await client.ask(doing, wireUser, () => api.users.showCurrentUser())).username;
    } catch (error) {
      // Tokens with fewer scopes may not ask who they are.
      if (error instanceof ForgeError && error.kind === "forbidden") return "";
      throw error;
    }
  }

  async function issues({ state, label, updatedSince }: IssueQuery): Promise<readonly Issue[]> {
    // GitLab takes a comma for the end of a label's name.
    if (label?.includes(",")) return [];
    const query = {
      scope: "all",
      // Without a state all are meant.
      ...(state === "all" ? {} : { state: state === "open" ? "opened" : "closed" }),
      order_by: "created_at",
      sort: "asc",
      ...(label === undefined ? {} : { labels: label }),
      ...(updatedSince === undefined ? {} : { updated_after: new Date(updatedSince).toISOString() }),
    };
    const found = await client.list(reading("the issues"), {
      path: `${path}/issues`,
      query,
      schema: wireIssue,
      map: (row) => (isIssue(row.issue_type) ? [toIssue(row)] : []),
      remember: true,
    });
    for (const issue of found) see(issue, false);
    // One reopened while we read moves others to the next page, where they come again; and imported issues may
    // be older than their numbers say.
    const once = new Map(found.map((issue) => [issue.number, issue]));
    return [...once.values()].sort((a, b) => a.number - b.number);
  }

  async function wire(number: number): Promise<WireIssue | null> {
    const doing = reading(`issue #${number}`, `issue #${number}`);
    try {
      const row = await client.ask(doing, wireIssue, () =>
        api.issues.show(number, { projectId: target.project }),
      );
      if (!isIssue(row.issue_type)) return null;
      see(toIssue(row), true);
      return row;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async function issue(number: number): Promise<Issue | null> {
    const row = await wire(number);
    return row && toIssue(row);
  }

  /** All notes of an issue; comments and history asked for together read them once. */
  function notes(number: number): Promise<WireNote[]> {
    const running = notesInFlight.get(number);
    if (running) return running;
    const doing = reading(`the comments of #${number}`, `issue #${number}`);
    const read = client.list(doing, {
      path: `${path}/issues/${number}/notes`,
      query: { sort: "asc", order_by: "created_at" },
      schema: wireNote,
      map: (row) => [row],
      remember: true,
    });
    notesInFlight.set(number, read);
    const done = () => {
      if (notesInFlight.get(number) === read) notesInFlight.delete(number);
    };
    read.then(done, done);
    return read;
  }

  async function comments(number: number): Promise<readonly Comment[]> {
    const all = await notes(number);
    return all.filter((note) => !note.system).map((note) => toComment(note, client.issueUrl(number)));
  }

  /** An endpoint that this GitLab does not have tells nothing; that there is no such issue the notes tell. */
  async function events<S extends z.ZodType>(
    number: number,
    kind: string,
    schema: S,
    map: (row: z.infer<S>) => HistoryEvent[],
  ): Promise<HistoryEvent[]> {
    const doing = reading(`the history of #${number}`, `issue #${number}`);
    try {
      return await client.list(doing, {
        path: `${path}/issues/${number}/${kind}`,
        schema,
        map,
        remember: true,
      });
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  async function history(number: number): Promise<readonly HistoryEvent[]> {
    const [labels, states, told] = await Promise.all([
      events(number, "resource_label_events", wireLabelEvent, labelEvents),
      events(number, "resource_state_events", wireStateEvent, stateEvents),
      notes(number),
    ]);
    const words = told.filter((note) => note.system).flatMap(noteEvents);
    return [...labels, ...states, ...words].sort((a, b) => a.at - b.at);
  }

  /** GitLab has no list over a project (its events name no labels). */
  async function labelEventsOf({ since, issues: asked }: LabelEventsQuery) {
    const from = since ?? Number.NEGATIVE_INFINITY;
    const isWanted = (event: HistoryEvent): event is LabelEvent =>
      (event.type === "labeled" || event.type === "unlabeled") && event.at >= from;
    const each = await Promise.all(
      asked.map(({ number }) => events(number, "resource_label_events", wireLabelEvent, labelEvents)),
    );
    return new Map(
      asked.map(({ number }, i) => [number, (each[i] ?? []).filter(isWanted).sort((a, b) => a.at - b.at)]),
    );
  }

  function labels(): Promise<readonly Label[]> {
    return client.list(reading("the labels"), {
      path: `${path}/labels`,
      query: { include_ancestor_groups: "true" },
      schema: wireLabel,
      map: (row) => [toLabel(row)],
      remember: true,
    });
  }

  function asMember(handle: string): Promise<WireUser | null> {
    const key = handle.toLowerCase();
    const known = members.get(key);
    if (known && known.until > deps.now()) return known.member;
    const list = {
      path: `${path}/members/all`,
      query: { query: handle },
      schema: wireUser,
      map: (row: WireUser) => [row],
      remember: false,
    };
    const member = client
      .list(reading("the members"), list)
      .then((found) => found.find((each) => each.username.toLowerCase() === key) ?? null);
    members.set(key, { until: deps.now() + MEMBER_MEMORY_MS, member });
    member.catch(() => members.delete(key));
    return member;
  }

  async function userId(handle: string): Promise<number | null> {
    const key = handle.toLowerCase();
    const known = ids.get(key);
    if (known !== undefined) return known;
    const doing = { ...reading("the account"), what: `look up the account @${handle}` };
    let found: WireUser | undefined | null;
    try {
      const list = await client.ask(doing, z.array(wireUser), () => api.users.all({ username: handle }));
      found = list.find((each) => each.username.toLowerCase() === key);
    } catch (error) {
      // Some instances hide their list of users from tokens that may still see the project's members.
      if (!(error instanceof ForgeError && (error.kind === "forbidden" || error.kind === "not-found")))
        throw error;
      found = await asMember(handle);
    }
    if (found) ids.set(key, found.id);
    return found?.id ?? null;
  }

  return {
    forge: "gitlab",
    project: target.project,
    self() {
      me ??= self().catch((error: unknown) => {
        me = null;
        throw error;
      });
      return me;
    },
    issues,
    issue,
    comments,
    history,
    labelEvents: labelEventsOf,
    // REST keeps no versions of a description; who ticked a box is in the history.
    bodyEdits: async () => null,
    labels,
    async member(handle) {
      const member = await asMember(handle);
      return member !== null && (member.state ?? "active") === "active";
    },
    wire,
    userId,
    wrote(written) {
      see(written, true);
      notesInFlight.delete(written.number);
    },
    forget(number) {
      notesInFlight.delete(number);
    },
  };
}
