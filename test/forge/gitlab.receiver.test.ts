import { describe, expect, it } from "vitest";
import { digest } from "../../src/engine/text/digest.ts";
import { ForgeError } from "../../src/forge/forge.ts";
import { gitlabReceiver } from "../../src/forge/gitlab/index.ts";

/** The payloads of https://docs.gitlab.com/user/project/integrations/webhook_events/, shortened where nothing is read. */
const PROJECT = {
  id: 1,
  name: "Gitlab Test",
  web_url: "http://example.com/gitlabhq/gitlab-test",
  git_ssh_url: "git@example.com:gitlabhq/gitlab-test.git",
  namespace: "GitlabHQ",
  visibility_level: 20,
  path_with_namespace: "gitlabhq/gitlab-test",
  default_branch: "master",
};
const ROOT = { id: 1, name: "Administrator", username: "root", email: "admin@example.com" };
const API = { id: 206, title: "API", color: "#ffffff", type: "ProjectLabel", group_id: 41 };
const PLATFORM = { id: 205, title: "Platform", color: "#123123", type: "ProjectLabel", group_id: 41 };

const issueHook = {
  object_kind: "issue",
  event_type: "issue",
  user: ROOT,
  project: PROJECT,
  object_attributes: {
    id: 301,
    title: "New API: create/update/delete file",
    assignee_ids: [51],
    assignee_id: 51,
    author_id: 51,
    project_id: 14,
    created_at: "2013-12-03T17:15:43Z",
    updated_at: "2013-12-03T17:15:43Z",
    updated_by_id: 1,
    description: "Create new API for manipulations with repository",
    state_id: 1,
    confidential: false,
    type: "Issue",
    iid: 23,
    url: "http://example.com/diaspora/issues/23",
    state: "opened",
    action: "open",
    severity: "high",
    labels: [API],
  },
  assignees: [{ name: "User1", username: "user1", avatar_url: "http://example.com/a" }],
  labels: [API],
  changes: {
    updated_by_id: { previous: null, current: 1 },
    updated_at: { previous: "2017-09-15 16:50:55 UTC", current: "2017-09-15 16:52:00 UTC" },
    labels: { previous: [API], current: [PLATFORM] },
  },
};

const noteHook = {
  object_kind: "note",
  event_type: "note",
  user: ROOT,
  project_id: 5,
  project: { ...PROJECT, path_with_namespace: "gitlab-org/gitlab-test" },
  object_attributes: {
    id: 1241,
    internal: false,
    note: "Hello world",
    noteable_type: "Issue",
    author_id: 1,
    created_at: "2015-05-17 17:06:40 UTC",
    updated_at: "2015-05-17 17:06:40 UTC",
    noteable_id: 92,
    system: false,
    action: "create",
    url: "http://example.com/gitlab-org/gitlab-test/issues/17#note_1241",
  },
  issue: {
    id: 92,
    title: "test",
    assignee_ids: [],
    author_id: 1,
    created_at: "2015-04-12 14:53:17 UTC",
    updated_at: "2015-04-26 08:28:42 UTC",
    description: "test",
    state: "closed",
    iid: 17,
    labels: [
      { id: 25, title: "Afterpod" },
      { id: 86, title: "Element" },
    ],
  },
};

function update(attributes: object, changes: object, rest: object = {}) {
  return {
    ...issueHook,
    ...rest,
    object_attributes: { ...issueHook.object_attributes, action: "update", ...attributes },
    changes,
  };
}

const AT = Date.parse("2013-12-03T17:15:43Z");

describe("issue webhooks", () => {
  it("reads the documented payload", () => {
    expect(gitlabReceiver.read("Issue Hook", issueHook, "b1f4")).toEqual({
      forge: "gitlab",
      project: "gitlabhq/gitlab-test",
      id: "b1f4",
      about: "issue",
      action: "open",
      actor: "root",
      issue: {
        number: 23,
        state: "open",
        labels: ["API"],
        assignees: ["user1"],
        updatedAt: AT,
        digest: digest("Create new API for manipulations with repository"),
        body: null,
      },
      events: [
        { at: AT, actor: "root", type: "labeled", label: "API" },
        { at: AT, actor: "root", type: "assigned", assignee: "user1" },
      ],
      comment: null,
    });
  });

  it.each(["Issue Hook", "Confidential Issue Hook", "issue"])("knows it as %s", (event) => {
    expect(gitlabReceiver.read(event, issueHook)?.issue.number).toBe(23);
  });

  const by = { at: AT, actor: "root" };
  it.each([
    [
      "labels, those gone first",
      update({}, issueHook.changes),
      [
        { ...by, type: "unlabeled", label: "API" },
        { ...by, type: "labeled", label: "Platform" },
      ],
    ],
    [
      "assignees",
      update({}, { assignees: { previous: [{ username: "ann" }], current: [{ username: "bob" }] } }),
      [
        { ...by, type: "unassigned", assignee: "ann" },
        { ...by, type: "assigned", assignee: "bob" },
      ],
    ],
    [
      "boxes",
      update(
        {},
        {
          description: {
            previous: "- [ ] one\n- [x] two\n- [ ] three",
            current: "- [x] one\n- [ ] two\n- [ ] three",
          },
        },
      ),
      [
        { ...by, type: "ticked", text: "one" },
        { ...by, type: "unticked", text: "two" },
      ],
    ],
    [
      "closing, which is a change of state and of state_id",
      update({ action: "close", state: "closed" }, { state_id: { previous: 1, current: 2 } }),
      [{ ...by, type: "closed", reason: null }],
    ],
    ["reopening", update({ action: "reopen" }, {}), [{ ...by, type: "reopened" }]],
    ["a new title", update({}, { title: { previous: "a", current: "b" } }), []],
    ["changes of a shape not known yet", update({}, { labels: "many" }), []],
    ["no changes", { ...update({}, {}), changes: undefined }, []],
  ])("tells of %s", (_, payload, events) => {
    expect(gitlabReceiver.read("Issue Hook", payload)?.events).toEqual(events);
  });

  it.each([
    ["2026-11-24 09:00:00 UTC", "2026-11-24T09:00:00.000Z"],
    ["2026-11-24T09:00:00.123Z", "2026-11-24T09:00:00.123Z"],
    ["2026-11-24 09:00:00 +0100", "2026-11-24T08:00:00.000Z"],
    ["2026-11-24T09:00:00-05:00", "2026-11-24T14:00:00.000Z"],
    ["2026-11-24 09:00:00", "2026-11-24T09:00:00.000Z"],
  ])("reads the time %s", (text, iso) => {
    const read = gitlabReceiver.read("Issue Hook", update({ updated_at: text }, {}));
    expect(new Date(read?.issue.updatedAt ?? 0).toISOString()).toBe(iso);
  });

  it("takes an empty description, no assignees and a closed issue without closed_at", () => {
    const payload = update({ description: null, state: "closed" }, {}, { assignees: undefined });
    expect(gitlabReceiver.read("issue", payload)?.issue).toMatchObject({
      digest: digest(""),
      assignees: [],
      state: "closed",
    });
  });

  it.each([
    ["a task", "Issue Hook", { ...issueHook, object_kind: "work_item" }],
    ["a task sent as an issue", "Issue Hook", update({ type: "Task" }, {})],
    ["a push", "Push Hook", { object_kind: "push" }],
    ["a merge request", "Merge Request Hook", { object_kind: "merge_request" }],
  ])("leaves %s to others", (_, event, payload) => {
    expect(gitlabReceiver.read(event, payload)).toBeNull();
  });
});

describe("comment webhooks", () => {
  it("reads the documented payload", () => {
    const read = gitlabReceiver.read("Note Hook", noteHook, "c2");
    expect(read).toMatchObject({
      project: "gitlab-org/gitlab-test",
      id: "c2",
      about: "comment",
      action: "create",
      actor: "root",
      events: [],
      comment: "1241",
      issue: { number: 17, state: "closed", labels: ["Afterpod", "Element"] },
    });
  });

  it.each(["Confidential Note Hook", "note"])("knows it as %s", (event) => {
    expect(gitlabReceiver.read(event, noteHook)?.about).toBe("comment");
  });

  it.each([
    ["on a merge request", { noteable_type: "MergeRequest" }],
    ["on a commit", { noteable_type: "Commit" }],
    ["on a snippet", { noteable_type: "Snippet" }],
    ["of the system", { system: true }],
  ])("leaves one %s to others", (_, attributes) => {
    const { issue: _issue, ...rest } = noteHook;
    const payload = { ...rest, object_attributes: { ...noteHook.object_attributes, ...attributes } };
    expect(gitlabReceiver.read("Note Hook", payload)).toBeNull();
  });

  it("leaves one on a task to others", () => {
    const payload = { ...noteHook, issue: { ...noteHook.issue, type: "Task" } };
    expect(gitlabReceiver.read("Note Hook", payload)).toBeNull();
  });
});

it.each([
  ["nothing", "Issue Hook", null, /"Issue Hook" event: the document/],
  ["another kind", "Issue Hook", { object_kind: "push" }, /object_kind is "push", expected "issue"/],
  ["a note as an issue", "Issue Hook", noteHook, /object_kind is "note", expected "issue"/],
  ["no number", "issue", update({ iid: undefined }, {}), /object_attributes\.iid/],
  ["a time that is none", "issue", update({ updated_at: "yesterday" }, {}), /not an instant: yesterday/],
  ["a note without its issue", "Note Hook", { ...noteHook, issue: undefined }, /issue/],
])("refuses a payload that is %s", (_, event, payload, message) => {
  const read = () => gitlabReceiver.read(event, payload);
  expect(read).toThrow(ForgeError);
  expect(read).toThrow(message);
});
