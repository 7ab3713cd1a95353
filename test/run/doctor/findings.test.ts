import { describe, expect, it } from "vitest";
import type { HookFacts } from "../../../src/forge/diagnoser.ts";
import type { Finding, Observed, ObservedProject } from "../../../src/run/doctor/finding.ts";
import { findingsOf } from "../../../src/run/doctor/findings.ts";

const NOW = Date.UTC(2026, 10, 24, 14);
const HOUR = 3_600_000;
const HOOK: HookFacts = {
  id: 1,
  url: "https://daytwo.example.com/api/gitlab/webhooks?token=secret",
  active: true,
  events: ["issues", "comments", "confidential issues", "confidential comments", "push"],
  secret: "signed",
  verifiesTls: true,
  disabled: null,
  deliveries: [],
};
const PROJECT: ObservedProject = {
  forge: "gitlab",
  name: "acme/requests",
  roles: ["requests"],
  token: { value: { kind: "project", account: "bot", scopes: ["api"], permissions: null, expiresAt: null } },
  project: { value: { private: true, archived: false, issues: true, role: "triage" } },
  labels: { value: [] },
  strangers: { value: [] },
  hooks: { value: [HOOK] },
  skew: 0,
};
const OBSERVED: Observed = {
  now: NOW,
  notes: [],
  homes: [],
  served: [],
  projects: [PROJECT],
  secrets: { github: false, gitlabSigning: true, gitlabPlain: false },
  cache: null,
  inbox: { state: "absent" },
};

const bad = (observed: Observed): string[] =>
  findingsOf(observed)
    .filter(({ severity }) => severity === "error" || severity === "warning")
    .map(({ severity, message }) => `${severity}: ${message}`);
const withHook = (hook: Partial<HookFacts>, more: Partial<Observed> = {}): Observed => ({
  ...OBSERVED,
  ...more,
  projects: [{ ...PROJECT, hooks: { value: [{ ...HOOK, ...hook }] } }],
});
const withProject = (project: Partial<ObservedProject>): Observed => ({
  ...OBSERVED,
  projects: [{ ...PROJECT, ...project }],
});

it("nothing is wrong with what is right", () => {
  expect(bad(OBSERVED)).toEqual([]);
});

it("a fix comes with everything that is wrong, and no secret of an address is shown", () => {
  const all = [
    withHook({ disabled: "for good", secret: "none", active: false, events: [] }),
    withProject({ skew: 400_000, strangers: { value: ["a"] } }),
  ].flatMap(findingsOf);
  const wrong = all.filter(({ severity }: Finding) => severity === "error" || severity === "warning");
  expect(wrong.length).toBeGreaterThan(8);
  for (const { fix } of wrong) expect(fix).toBeTruthy();
  expect(JSON.stringify(all)).not.toContain("token=secret");
});

it("what a token whose permissions cannot be told needs is what daytwo asks for, missed deliveries among it", () => {
  const value = {
    kind: "fine-grained",
    account: "bot",
    scopes: null,
    permissions: null,
    expiresAt: null,
  } as const;
  const found = findingsOf(withProject({ forge: "github", token: { value } }));
  const told = found.find(({ area, severity }) => area === "rights" && severity === "note");
  expect(told?.message).toContain("Issues: write, and for daytwo serve Contents: read and Webhooks: write");
});

describe("a GitLab webhook's secret", () => {
  const only = (gitlabSigning: boolean, gitlabPlain: boolean) => ({
    secrets: { github: false, gitlabSigning, gitlabPlain },
  });
  it.each([
    ["signed", true, false, []],
    ["signed", true, true, []],
    ["signed", false, true, ["judged by its signature alone"]],
    ["plain", false, true, []],
    ["plain", true, true, []],
    ["plain", true, false, ["has no signing token"]],
    ["none", true, true, ["has no secret"]],
    [null, true, false, []],
  ] as const)("%s, with a signing token set: %s, a plain one: %s", (secret, signing, plain, expected) => {
    const found = bad(withHook({ secret }, only(signing, plain)));
    expect(found).toEqual(expected.map((part) => expect.stringContaining(part)));
  });
});

describe("a webhook's deliveries", () => {
  const at = NOW - HOUR;
  it.each([
    ["none yet", [], []],
    ["all answered", [{ at, status: 202 }], []],
    [
      "nobody there",
      [{ at, status: null }],
      ["error: .*failed last on 2026-11-24T13:00:00.000Z: nobody answered"],
    ],
    [
      "one missed before",
      [
        { at, status: 202 },
        { at, status: 500 },
        { at, status: 202 },
      ],
      ["warning: .*1 of its last 3 deliveries: the answer was HTTP 500"],
    ],
  ])("%s", (_, deliveries, expected) => {
    expect(bad(withHook({ deliveries }))).toEqual(expected.map((part) => expect.stringMatching(part)));
  });

  it.each([
    ["for good", "disabled after too many failures"],
    [{ until: NOW + HOUR }, "is disabled until 2026-11-24T15:00:00.000Z"],
    [{ until: NOW - HOUR }, null],
  ] as const)("disabled %j", (disabled, expected) => {
    expect(bad(withHook({ disabled }))).toEqual(expected === null ? [] : [expect.stringContaining(expected)]);
  });
});

it("a webhook that starts a pipeline needs no secret, and no pushes", () => {
  const url = "https://gitlab.example.com/api/v4/projects/9/ref/main/trigger/pipeline?token=secret";
  const events = HOOK.events.filter((event) => event !== "push");
  expect(bad(withHook({ url, secret: "none", events }))).toEqual([]);
});

describe("roles", () => {
  it.each([
    ["github", ["requests"], "write", []],
    ["github", ["requests"], "triage", ["warning: @bot has the role Triage"]],
    ["github", ["requests"], "read", ["error: @bot has the role Read"]],
    ["github", ["onboarding"], "read", []],
    ["github", ["onboarding"], "none", ["error: @bot has no role"]],
    ["gitlab", ["requests"], "triage", []],
    ["gitlab", ["requests", "onboarding"], "read", ["error: @bot has the role Guest"]],
    ["gitlab", ["onboarding"], "read", []],
  ] as const)("on %s in the %s project: %s", (forge, roles, role, expected) => {
    const scopes = forge === "github" ? null : ["api"];
    const token = { kind: "personal", account: "bot", scopes, permissions: null, expiresAt: null } as const;
    const observed = withProject({
      forge,
      roles,
      token: { value: token },
      project: { value: { private: true, archived: false, issues: true, role } },
      hooks: { value: null },
    });
    expect(bad(observed)).toEqual(expected.map((part) => expect.stringContaining(part)));
  });

  it.each(["job", "deploy"] as const)("the token of a %s cannot use the issues API", (kind) => {
    const value = { kind, account: "", scopes: null, permissions: null, expiresAt: null };
    expect(bad(withProject({ token: { value } }))).toEqual([
      expect.stringContaining("cannot use the issues API"),
    ]);
  });
});
