import examples from "@octokit/webhooks-examples" with { type: "json" };
import { describe, expect, test } from "vitest";
import { digest } from "../../src/engine/text/digest.ts";
import { githubReceiver } from "../../src/forge/github/index.ts";

interface Example {
  readonly action: string;
  readonly issue: {
    readonly number: number;
    readonly state?: string;
    readonly updated_at: string;
    readonly labels?: readonly { readonly name: string }[];
    readonly pull_request?: object | null;
  };
  readonly repository: { readonly full_name: string };
  readonly sender: { readonly login: string };
  readonly label?: { readonly name: string };
  readonly assignee?: { readonly login: string } | null;
  readonly comment?: { readonly id: number; readonly body: string };
}

const all = examples as unknown as { name: string; examples: Example[] }[];
const cases = all
  .filter(({ name }) => name === "issues" || name === "issue_comment")
  .flatMap(({ name, examples }) =>
    examples.map((payload, n) => ({ name, n, action: payload.action, payload })),
  );

describe("GitHub's own example payloads", () => {
  test("there are some of every kind", () => {
    expect(cases.length).toBeGreaterThan(30);
    expect(new Set(cases.map(({ name }) => name)).size).toBe(2);
  });

  test.each(cases)("$name $n: $action", ({ name, payload }) => {
    const delivery = githubReceiver.read(name, payload, "guid");
    // The examples of `pinned` have neither state nor labels.
    const labels = (payload.issue.labels ?? []).map((label) => label.name);
    if (payload.issue.pull_request) {
      expect(delivery).toBeNull();
      return;
    }
    expect(delivery).toMatchObject({
      forge: "github",
      project: payload.repository.full_name,
      id: "guid",
      about: name === "issues" ? "issue" : "comment",
      action: payload.action,
      actor: payload.sender.login,
      issue: {
        number: payload.issue.number,
        state: payload.issue.state ?? "open",
        updatedAt: Date.parse(payload.issue.updated_at),
        labels,
      },
    });
    const { comment } = payload;
    expect(delivery?.comment).toBe(comment ? String(comment.id) : null);
    const by = { at: Date.parse(payload.issue.updated_at), actor: payload.sender.login };
    const expected: Record<string, unknown[]> = {
      opened: labels.map((label) => ({ ...by, type: "labeled", label })),
      labeled: payload.label ? [{ ...by, type: "labeled", label: payload.label.name }] : [],
      unlabeled: payload.label ? [{ ...by, type: "unlabeled", label: payload.label.name }] : [],
      assigned: payload.assignee ? [{ ...by, type: "assigned", assignee: payload.assignee.login }] : [],
      unassigned: payload.assignee ? [{ ...by, type: "unassigned", assignee: payload.assignee.login }] : [],
      reopened: [{ ...by, type: "reopened" }],
    };
    expect(delivery?.events).toEqual(name === "issues" ? (expected[payload.action] ?? []) : []);
  });
});

const issue = {
  number: 7,
  title: "Access request",
  body: "- [x] Salesforce\n- [ ] Chorus\n- [ ] Clari",
  state: "open",
  user: { login: "amber" },
  labels: [{ name: "access-request" }],
  assignees: [],
  created_at: "2026-11-24T14:00:00Z",
  updated_at: "2026-11-24T15:00:00Z",
};
const edited = {
  action: "edited",
  issue,
  sender: { login: "meri" },
  repository: { full_name: "acme/ar" },
  changes: { body: { from: "- [ ] Salesforce\n- [x] Chorus\n- [ ] Clari" } },
};

test("an edit tells which boxes its sender ticked", () => {
  const by = { at: Date.parse(issue.updated_at), actor: "meri" };
  expect(githubReceiver.read("issues", edited)?.events).toEqual([
    { ...by, type: "ticked", text: "Salesforce" },
    { ...by, type: "unticked", text: "Chorus" },
  ]);
  expect(githubReceiver.read("issues", edited)?.issue.body).toBe(issue.body);
  const title = { ...edited, changes: { title: { from: "x" } } };
  expect(githubReceiver.read("issues", title)?.events).toEqual([]);
  expect(githubReceiver.read("issues", title)?.issue).toMatchObject({
    digest: digest(issue.body),
    body: null,
  });
});

test("a closing tells why", () => {
  const closed = {
    ...edited,
    action: "closed",
    issue: { ...issue, state: "closed", state_reason: "not_planned" },
  };
  expect(githubReceiver.read("issues", closed)?.events).toEqual([
    { at: Date.parse(issue.updated_at), actor: "meri", type: "closed", reason: "not_planned" },
  ]);
});

test("a thin payload will do", () => {
  const thin = {
    action: "opened",
    issue: { number: 3, title: "t", state: "open" },
    repository: { full_name: "a/b" },
  };
  expect(githubReceiver.read("issues", thin)).toMatchObject({
    project: "a/b",
    id: null,
    actor: "",
    issue: {
      number: 3,
      labels: [],
      assignees: [],
      digest: digest(""),
      body: null,
    },
    events: [],
  });
  const named = { ...thin, repository: { name: "b", owner: { login: "a" } } };
  expect(githubReceiver.read("issues", named)?.project).toBe("a/b");
});

test("what is not about an issue is nothing, what is broken says where", () => {
  expect(githubReceiver.read("push", { ref: "main" })).toBeNull();
  expect(githubReceiver.read("issues", { ...edited, issue: { ...issue, pull_request: {} } })).toBeNull();
  expect(() => githubReceiver.read("issues", { action: "opened" })).toThrow(/"issues" event: issue: /);
  expect(() => githubReceiver.read("issues", "text")).toThrow(/"issues" event: the document: /);
  expect(() => githubReceiver.read("issues", { ...edited, repository: {} })).toThrow(
    "repository.full_name is missing",
  );
});
