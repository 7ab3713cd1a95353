/** Findings about a token and what it may do in a project. Pure. */
import { DAY_MS } from "../../engine/time/days.ts";
import type { Role, TokenFacts, TokenKind } from "../../forge/diagnoser.ts";
import type { ForgeKind, Instant } from "../../model.ts";
import type { Failure, Finding, ObservedProject } from "./finding.ts";

const TOKENS: Readonly<Record<ForgeKind, string>> = { github: "GITHUB_TOKEN", gitlab: "GITLAB_TOKEN" };
const KINDS: Readonly<Record<TokenKind, string>> = {
  classic: "a classic personal access token",
  "fine-grained": "a fine-grained personal access token",
  installation: "the token of an app's installation",
  oauth: "an OAuth token",
  personal: "a personal access token",
  project: "a project access token",
  group: "a group access token",
  job: "the token of a CI job",
  deploy: "a deploy token",
  unknown: "a token of a kind that cannot be told",
};
const SOON_MS = 14 * DAY_MS;

export function rightsFindings(observed: ObservedProject, now: Instant): Finding[] {
  const { token, project } = observed;
  const failures = [token, project].flatMap((one) => ("failure" in one ? [one.failure] : []));
  const [first] = failures;
  if (first) return [failed(observed, first)];
  return [...tokenFindings(observed, now), ...scopeFindings(observed), ...projectFindings(observed)];
}

const failed = ({ name }: ObservedProject, { kind, message }: Failure): Finding => ({
  severity: "error",
  area: kind === "unauthorized" ? "token" : "rights",
  project: name,
  message,
  fix:
    kind === "unreachable" ? "check the network and `url` or `api` in the configuration" : "see the message",
});

function tokenFindings({ name, forge, token }: ObservedProject, now: Instant): Finding[] {
  if ("failure" in token) return [];
  const { kind, account, expiresAt } = token.value;
  const about = { area: "token", project: name } as const;
  const whose = account === "" ? "" : ` of @${account}`;
  const variable = TOKENS[forge];
  if (kind === "job" || kind === "deploy") {
    return [
      {
        ...about,
        severity: "error",
        message: `${variable} is ${KINDS[kind]}, which cannot use the issues API`,
        fix: "make a project access token with the scope api and the role Reporter or above",
      },
    ];
  }
  const found: Finding[] = [
    { ...about, severity: "ok", message: `${variable} is ${KINDS[kind]}${whose}`, fix: null },
  ];
  if (account === "") {
    found.push({
      ...about,
      severity: "warning",
      message: `whose ${variable} is cannot be told, so daytwo does not know its own comments`,
      fix: forge === "github" ? "let it use GraphQL" : "give it the scope api, or read_user",
    });
  }
  if (expiresAt !== null && expiresAt - now < SOON_MS) {
    const day = new Date(expiresAt).toISOString().slice(0, 10);
    const over = expiresAt <= now;
    found.push({
      ...about,
      severity: over ? "error" : "warning",
      message: over ? `${variable} expired on ${day}` : `${variable} expires on ${day}`,
      fix: `make a new one and set ${variable} to it`,
    });
  }
  return found;
}

function scopeFindings(observed: ObservedProject): Finding[] {
  const { name, forge, token, project } = observed;
  if ("failure" in token || "failure" in project) return [];
  const { kind, scopes, permissions } = token.value;
  const about = { area: "rights", project: name } as const;
  const variable = TOKENS[forge];
  if (permissions !== null) return permissionFindings(observed, token.value);
  if (scopes === null) {
    if (forge === "gitlab") {
      return [
        {
          ...about,
          severity: "note",
          message: `the scopes of ${variable} cannot be told; it needs api`,
          fix: null,
        },
      ];
    }
    // What fine-grained tokens may do shows when they do it. To ask for a delivery again is a write:
    // https://docs.github.com/en/webhooks/using-webhooks/automatically-redelivering-failed-deliveries-for-a-repository-webhook
    const need = "Issues: write, and for daytwo serve Contents: read and Webhooks: write";
    return [
      {
        ...about,
        severity: "note",
        message: `the permissions of ${variable} cannot be told; it needs ${need}`,
        fix: null,
      },
    ];
  }
  const has = (...names: string[]) => names.some((one) => scopes.includes(one));
  const listed = scopes.length === 0 ? "no scope" : scopes.join(", ");
  const lacks = (message: string, fix: string): Finding[] => [{ ...about, severity: "error", message, fix }];
  if (forge === "gitlab") {
    if (has("api")) return [];
    return has("read_api")
      ? lacks(`${variable} may read issues and not write them: it has ${listed}`, "give it the scope api")
      : lacks(`${variable} may not use issues: it has ${listed}`, "give it the scope api");
  }
  const needed = project.value.private ? ["repo"] : ["repo", "public_repo"];
  if (!has(...needed)) {
    return lacks(
      `${variable} may not write issues of a ${project.value.private ? "private" : "public"} repository: it has ${listed}`,
      `give it the scope ${needed.at(-1)}, or make a fine-grained token with Issues: write`,
    );
  }
  if (kind !== "classic") return [];
  const fix = "a fine-grained token with Issues: write in these repositories alone, or an app, may do less";
  const message = `${variable} may do more than daytwo needs: ${listed}, in every repository of its account`;
  return [{ ...about, severity: "note", message, fix }];
}

/** What a GitHub App needs in each repository, and what for. */
const PERMISSIONS: readonly (readonly [string, "read" | "write", string])[] = [
  ["issues", "write", "everything"],
  ["contents", "read", "reading daytwo.yml"],
];

function permissionFindings({ name }: ObservedProject, { permissions }: TokenFacts): Finding[] {
  return PERMISSIONS.flatMap(([permission, right, what]): Finding[] => {
    const has = permissions?.[permission];
    if (has === "write" || has === right) return [];
    return [
      {
        area: "rights",
        project: name,
        severity: "error",
        message: `the app lacks ${permission}: ${right}, which it needs for ${what}`,
        fix: "add it to the app's permissions, and accept them where it is installed",
      },
    ];
  });
}

const RANK: Readonly<Record<Role, number>> = { none: 0, read: 1, triage: 2, write: 3, admin: 4 };
const ROLE_NAMES: Readonly<Record<ForgeKind, Readonly<Record<Role, string>>>> = {
  github: { none: "no role", read: "Read", triage: "Triage", write: "Write", admin: "Admin" },
  gitlab: { none: "no role", read: "Guest", triage: "Reporter", write: "Developer", admin: "Maintainer" },
};

function projectFindings({ name, forge, roles, token, project }: ObservedProject): Finding[] {
  if ("failure" in token || "failure" in project) return [];
  const { archived, issues, role } = project.value;
  const about = { area: "rights", project: name } as const;
  const error = (message: string, fix: string): Finding => ({ ...about, severity: "error", message, fix });
  const found: Finding[] = [];
  if (archived) found.push(error("it is archived, so nothing can be written", "take it out of the archive"));
  if (!issues) found.push(error("issues are switched off", "switch them on in its settings"));
  if (role === null) return found;
  const who = token.value.account === "" ? "the account" : `@${token.value.account}`;
  const names = ROLE_NAMES[forge];
  // In the onboarding project daytwo only comments, which whoever sees a project may do.
  const needed: Role = roles.includes("requests") ? (forge === "github" ? "write" : "triage") : "read";
  if (RANK[role] >= RANK[needed]) {
    return [...found, { ...about, severity: "ok", message: `${who} has the role ${names[role]}`, fix: null }];
  }
  const fix = `give ${who} the role ${names[needed]}`;
  if (role === "triage") {
    const message = `${who} has the role ${names[role]}: it may label and assign, and not create labels`;
    return [...found, { ...about, severity: "warning", message, fix }];
  }
  const loses = roles.includes("requests")
    ? "its labels and assignees are dropped without a word"
    : "it may not comment";
  return [
    ...found,
    error(`${who} has ${role === "none" ? names[role] : `the role ${names[role]}`}: ${loses}`, fix),
  ];
}
