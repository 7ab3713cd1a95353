import { z } from "zod";
import { findMarkers } from "../../engine/text/safe.ts";
import type { CloseReason, Comment, Issue, Reaction } from "../../model.ts";
import {
  ForgeError,
  type Label,
  type LabelEdit,
  type NewIssue,
  type Writer,
  type Written,
} from "../forge.ts";
import { MAX_LIMIT_WAIT_MS } from "../http/limits.ts";
import { writeOnce } from "../http/send.ts";
import { hostOf } from "../http/url.ts";
import type { Doing } from "../http/words.ts";
import { isEdited } from "../label.ts";
import { type Client, PER_PAGE, type Seen, said, type Task } from "./client.ts";
import type { GitLabReader } from "./reader.ts";
import { toComment, toIssue, type WireIssue, type WireNote, wireIssue, wireNote } from "./wire.ts";

type Fields = NonNullable<Parameters<Client["api"]["issues"]["edit"]>[2]>;

const EMOJI: Readonly<Record<Reaction, string>> = {
  "+1": "thumbsup",
  "-1": "thumbsdown",
  eyes: "eyes",
  confused: "confused",
};

/** https://docs.gitlab.com/user/permissions/: Planner since 17.7, Reporter before. */
const ROLE = "the scope api and the role Planner, Reporter or above";

export function createWriter(client: Client, reader: GitLabReader): Writer {
  const { target, api, sender, gates } = client;
  const { project } = target;
  const where = (number: number) => `${project}#${number}`;

  const writing = (what: string, thing: string | null = null): Doing => ({
    what,
    write: true,
    target: thing,
  });

  const invalid = (message: string) => new ForgeError("invalid", message);

  /** GitLab separates labels by commas wherever it takes or gives them, so no label can have one. */
  function plain(label: string): string {
    if (label.includes(",")) {
      throw invalid(
        `the label "${label}" cannot be used on GitLab: names must not contain a comma; rename it in daytwo.yml`,
      );
    }
    return label;
  }

  async function idOf(handle: string): Promise<number> {
    const id = await reader.userId(handle);
    if (id === null) {
      throw invalid(
        `cannot assign @${handle} in ${project}: there is no such account at ${hostOf(target.api)}; check the handle in daytwo.yml`,
      );
    }
    return id;
  }

  /**
   * Changes one thing of an issue. GitLab answers with the whole issue; what it may not change it leaves out
   * in silence, so the answer is compared with what was wanted.
   * @param fields what to set; a function where that depends on what stands there just before
   * @param holds whether an issue is as wanted
   * @param dropped the error for an answer that is not; none for text, which the forge may tidy
   */
  async function change(
    number: number,
    what: string,
    fields: Fields | (() => Promise<Fields>),
    holds: (issue: Omit<Seen, "url">) => boolean,
    dropped?: (issue: Issue) => ForgeError,
  ): Promise<Written> {
    const before = client.seen.get(number);
    const doing = writing(`${what} #${number}`, `issue #${number}`);
    const after = await writeOnce(
      sender,
      async () => {
        const set = typeof fields === "function" ? await fields() : fields;
        return toIssue(await client.ask(doing, wireIssue, () => api.issues.edit(project, number, set)));
      },
      async () => {
        const now = await reader.issue(number);
        return now && holds(now) ? now : null;
      },
    );
    reader.wrote(after);
    if (dropped && !holds(after)) throw dropped(after);
    const same = before !== undefined && holds(before) && before.updatedAt === after.updatedAt;
    return { status: same ? "unchanged" : "applied", url: after.url };
  }

  const notAllowed = (number: number, what: string) =>
    new ForgeError("forbidden", `GitLab did not ${what} ${where(number)}: GITLAB_TOKEN needs ${ROLE} there`);

  const has = (handles: readonly string[], handle: string) =>
    handles.some((each) => each.toLowerCase() === handle.toLowerCase());

  /** GitLab sets whole lists of assignees only: read, change one, set, compare. */
  async function setAssignee(number: number, handle: string, wanted: boolean): Promise<Written> {
    const found = await reader.wire(number);
    if (found === null) {
      throw new ForgeError("not-found", `there is no issue ${where(number)} to change the assignees of`, 404);
    }
    if (has(toIssue(found).assignees, handle) === wanted) return { status: "unchanged", url: found.web_url };
    let now: WireIssue | null = found;
    const fields = async (): Promise<Fields> => {
      const there = (now ?? (await reader.wire(number)))?.assignees ?? [];
      now = null;
      const others = there.filter((each) => each.username.toLowerCase() !== handle.toLowerCase());
      const ids = await Promise.all(others.map((each) => each.id ?? idOf(each.username)));
      return { assigneeIds: wanted ? [...ids, await idOf(handle)] : ids };
    };
    return change(
      number,
      wanted ? `assign @${handle} to` : `unassign @${handle} from`,
      fields,
      (issue) => has(issue.assignees, handle) === wanted,
      (after) => {
        if (!wanted) return notAllowed(number, `unassign @${handle} from`);
        if (after.assignees.length > 0) {
          const one = after.assignees.map((each) => `@${each}`).join(", ");
          return invalid(
            `GitLab did not assign @${handle} to ${where(number)}: ${one} has it, and without GitLab Premium an issue has one assignee; unassign ${one} first`,
          );
        }
        return new ForgeError(
          "forbidden",
          `GitLab did not assign @${handle} to ${where(number)}: they must be a member of ${project}, and GITLAB_TOKEN needs ${ROLE}`,
        );
      },
    );
  }

  const marked = (text: string | null | undefined, key: string) => findMarkers(text ?? "").includes(key);

  /** The newest issues that this account made, for the one whose creation was not confirmed. */
  async function findCreated(key: string): Promise<Issue | null> {
    const doing: Doing = { what: "look for an issue just created", write: false, target: null };
    const [me, newest] = await Promise.all([
      reader.self(),
      client.ask(doing, z.array(wireIssue), () =>
        api.issues.all({
          projectId: project,
          scope: "created_by_me",
          orderBy: "created_at",
          sort: "desc",
          page: 1,
          perPage: PER_PAGE,
        }),
      ),
    ]);
    const mine = newest.find(
      (row) => marked(row.description, key) && (me === "" || row.author?.username === me),
    );
    return mine ? toIssue(mine) : null;
  }

  async function createIssue(issue: NewIssue): Promise<Issue> {
    const labels = issue.labels.map(plain);
    const assigneeIds = await Promise.all(issue.assignees.map(idOf));
    await gates.issues.pass("content", { ms: MAX_LIMIT_WAIT_MS });
    let confidential: boolean | null | undefined = issue.confidential;
    const made = await writeOnce(
      sender,
      async () => {
        const row = await client.ask(writing("create an issue"), wireIssue, () =>
          api.issues.create(project, issue.title, {
            description: issue.body,
            ...(labels.length > 0 ? { labels: labels.join(",") } : {}),
            ...(assigneeIds.length > 0 ? { assigneeIds } : {}),
            ...(issue.confidential ? { confidential: true } : {}),
          }),
        );
        confidential = row.confidential;
        return toIssue(row);
      },
      () => findCreated(issue.key),
    );
    reader.wrote(made);
    const dropped = [
      ...labels.filter((label) => !made.labels.includes(label)).map((label) => `the label "${label}"`),
      ...issue.assignees
        .filter((handle) => !has(made.assignees, handle))
        .map((handle) => `the assignee @${handle}`),
      ...(issue.confidential && confidential === false ? ["that it is confidential"] : []),
    ];
    if (dropped.length > 0) {
      throw new ForgeError(
        "forbidden",
        `GitLab created ${where(made.number)} (${made.url}) without ${dropped.join(", ")}: GITLAB_TOKEN needs ${ROLE} in ${project}, and assignees must be its members`,
      );
    }
    return made;
  }

  async function findNote(number: number, key: string): Promise<WireNote | null> {
    const doing: Doing = {
      what: `look for a comment on #${number}`,
      write: false,
      target: `issue #${number}`,
    };
    const [me, newest] = await Promise.all([
      reader.self(),
      client.ask(doing, z.array(wireNote), () =>
        api.notes.all(project, number, { orderBy: "created_at", sort: "desc", page: 1, perPage: PER_PAGE }),
      ),
    ]);
    const mine = (note: WireNote) => !note.system && (me === "" || note.author?.username === me);
    return newest.find((note) => mine(note) && marked(note.body, key)) ?? null;
  }

  async function comment(number: number, { key, body }: { key: string; body: string }): Promise<Comment> {
    await gates.notes.pass("content", { ms: MAX_LIMIT_WAIT_MS });
    const note = await writeOnce(
      sender,
      () =>
        client.ask(writing(`comment on #${number}`, `issue #${number}`), wireNote, () =>
          api.notes.create(project, number, body),
        ),
      () => findNote(number, key),
    );
    reader.forget(number);
    return toComment(note, client.issueUrl(number));
  }

  async function editComment(number: number, id: string, body: string): Promise<Written> {
    const thing = `comment ${id} on issue #${number}`;
    const note = await writeOnce(
      sender,
      () =>
        client.ask(writing(`edit a comment on #${number}`, thing), wireNote, () =>
          api.notes.edit(project, number, Number(id), { body }),
        ),
      async () => {
        const doing: Doing = { what: `read a comment on #${number}`, write: false, target: thing };
        const now = await client.ask(doing, wireNote, () => api.notes.show(project, number, Number(id)));
        return now.body === body ? now : null;
      },
    );
    reader.forget(number);
    return { status: "applied", url: toComment(note, client.issueUrl(number)).url };
  }

  /**
   * A write of which the forge takes one only, and refuses the second: a reaction, a link, a label. After a
   * lost answer the refusal is how it looks whether it was done.
   * @param taken what the refusal of a second one says
   */
  async function unique(taken: RegExp, url: string | null, send: () => Promise<unknown>): Promise<Written> {
    let lost = false;
    try {
      await writeOnce(sender, send, async () => {
        lost = true;
        return null;
      });
      return { status: "applied", url };
    } catch (error) {
      const there = error instanceof ForgeError && (error.status === 409 || taken.test(said(error)));
      if (!there) throw error;
      return { status: lost ? "applied" : "unchanged", url };
    }
  }

  async function react(number: number, id: string, reaction: Reaction): Promise<Written> {
    const url = `${client.issueUrl(number)}#note_${id}`;
    const name = EMOJI[reaction];
    const doing = writing(`react to a comment on #${number}`, `comment ${id} on issue #${number}`);
    return unique(/already been taken/i, url, () =>
      client.ask(doing, z.unknown(), () => api.awards.award(project, number, Number(id), name)),
    );
  }

  async function link(number: number, other: { project: string; number: number }): Promise<Written> {
    const there = `${other.project}#${other.number}`;
    const doing: Task = {
      ...writing(`link #${number} to ${there}`, `issue #${number} or ${there}`),
      across: true,
      need: `${ROLE} in both projects`,
    };
    return unique(/already assigned|already linked/i, client.issueUrl(number), () =>
      client.ask(doing, z.unknown(), () => api.links.create(project, number, other.project, other.number)),
    );
  }

  async function createLabel({ name, color, description }: Label): Promise<Written> {
    plain(name);
    const doing = writing(`create the label "${name}"`);
    return unique(/already (exists|been taken)/i, null, () =>
      client.ask(doing, z.unknown(), () => api.labels.create(project, name, color, { description })),
    );
  }

  async function editLabel(name: string, edit: LabelEdit): Promise<Written> {
    const doing = writing(`change the label "${name}"`, `label "${name}"`);
    const { name: newName = name, ...look } = edit;
    // A label may be given the name it has. Gitbeaker makes no request without a name or a colour, and its types
    // know no request with both.
    const fields: { newName: string } = { newName: plain(newName), ...look };
    return writeOnce(
      sender,
      async () => {
        await client.ask(doing, z.unknown(), () => api.labels.edit(project, name, fields));
        return { status: "applied", url: null } as const;
      },
      async () => {
        const done = (await reader.labels()).some((label) => isEdited(label, name, edit));
        return done ? { status: "applied", url: null } : null;
      },
    );
  }

  return {
    createIssue,
    editIssue(number, { title, body }) {
      return change(
        number,
        "edit",
        {
          ...(title === undefined ? {} : { title }),
          ...(body === undefined ? {} : { description: body }),
        },
        (issue) =>
          (title === undefined || issue.title === title) && (body === undefined || issue.body === body),
      );
    },
    async addLabel(number, label) {
      const fields = { addLabels: plain(label) };
      return change(
        number,
        `add the label "${label}" to`,
        fields,
        (issue) => issue.labels.includes(label),
        () => notAllowed(number, `add the label "${label}" to`),
      );
    },
    async removeLabel(number, label) {
      const fields = { removeLabels: plain(label) };
      return change(
        number,
        `remove the label "${label}" from`,
        fields,
        (issue) => !issue.labels.includes(label),
        () => notAllowed(number, `remove the label "${label}" from`),
      );
    },
    assign: (number, handle) => setAssignee(number, handle, true),
    unassign: (number, handle) => setAssignee(number, handle, false),
    comment,
    editComment,
    react,
    // GitLab has no place for a reason.
    close: (number, _reason: CloseReason) =>
      change(
        number,
        "close",
        { stateEvent: "close" },
        (issue) => issue.state === "closed",
        () => notAllowed(number, "close"),
      ),
    reopen: (number) =>
      change(
        number,
        "reopen",
        { stateEvent: "reopen" },
        (issue) => issue.state === "open",
        () => notAllowed(number, "reopen"),
      ),
    // GitLab pins issues to nothing.
    pin: async (number) => ({ status: "unchanged", url: client.issueUrl(number) }),
    link,
    createLabel,
    editLabel,
  };
}
