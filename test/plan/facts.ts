/** Facts as if they had been read, and an occasion to plan for. */
import { loadConfig } from "../../src/engine/config/load.ts";
import type { Config } from "../../src/engine/config/schema.ts";
import { memoryFiles } from "../../src/engine/config/source.ts";
import type { Comment, Issue, ProjectRole } from "../../src/model.ts";
import type { Facts, ProjectFacts } from "../../src/plan/facts.ts";
import type { Occasion } from "../../src/plan/world.ts";
import { shippedTemplates } from "../../src/run/config.ts";

export const NOW = Date.parse("2026-11-24T14:00:00Z");

const read = loadConfig(
  memoryFiles(
    {
      "daytwo.yml":
        "trusted: [old-bot]\nteam: [{ handle: amber, dri: true }]\nprojects:\n  requests: { forge: github, repo: acme/requests }\n  onboarding: { forge: github, repo: acme/people }\n",
    },
    shippedTemplates(),
  ),
  "daytwo.yml",
);
if ("faults" in read) throw new Error(JSON.stringify(read.faults));
export const config: Config = read.config;

export const occasion = (more: Partial<Occasion> = {}): Occasion => ({
  config,
  now: NOW,
  trigger: { kind: "tick", catchUp: false },
  subject: null,
  ...more,
});

export const issue = (number: number, more: Partial<Issue> = {}): Issue => ({
  number,
  url: `https://forge.example/${number}`,
  title: `Issue ${number}`,
  body: "",
  state: "open",
  closeReason: null,
  author: "hr",
  labels: [],
  assignees: [],
  createdAt: NOW,
  updatedAt: NOW,
  closedAt: null,
  commentCount: 0,
  version: `v${number}`,
  ...more,
});

export const comment = (id: string, author: string, body: string): Comment => ({
  id,
  author,
  body,
  createdAt: NOW,
  url: `https://forge.example/c/${id}`,
});

interface Given {
  readonly issues?: readonly Issue[];
  readonly comments?: Readonly<Record<number, readonly Comment[]>>;
  readonly listed?: boolean;
  readonly settled?: Readonly<Record<number, string>>;
  readonly self?: string;
}

function project(role: ProjectRole, given: Given): ProjectFacts {
  const { issues = [], comments = {}, listed = true, settled = {}, self = "bot" } = given;
  const numbered = <T>(record: Readonly<Record<number, T>>) =>
    new Map(Object.entries(record).map(([number, value]) => [Number(number), value]));
  return {
    role,
    forge: "github",
    name: role === "requests" ? "acme/requests" : "acme/people",
    self,
    sameLabel: (a, b) => a.toLowerCase() === b.toLowerCase(),
    listed,
    issues: new Map(issues.map((one) => [one.number, one])),
    comments: numbered(comments),
    history: new Map(),
    edits: new Map(),
    members: new Map(),
    settled: numbered(settled),
  };
}

export const facts = (given: { requests?: Given; onboarding?: Given | null } = {}): Facts => ({
  requests: project("requests", given.requests ?? {}),
  onboarding: given.onboarding === null ? null : project("onboarding", given.onboarding ?? {}),
});
