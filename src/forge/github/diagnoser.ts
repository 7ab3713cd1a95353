import { z } from "zod";
import {
  type HookEvent,
  type HookFacts,
  LATEST_DELIVERIES,
  type OpenDiagnoser,
  type Role,
  skewOf,
  type TokenFacts,
  type TokenKind,
} from "../diagnoser.ts";
import { parserFor, toJson } from "../http/json.ts";
import { createSender, type HttpAnswer } from "../http/send.ts";
import { type Doing, refused } from "../http/words.ts";
import { createClient, GITHUB_LIMITS, messageOf } from "./client.ts";
import { createReader } from "./reader.ts";

/** https://github.blog/engineering/behind-githubs-new-authentication-token-formats/ */
const PREFIXES: readonly (readonly [string, TokenKind])[] = [
  ["ghp_", "classic"],
  ["github_pat_", "fine-grained"],
  ["ghs_", "installation"],
  ["gho_", "oauth"],
  ["ghu_", "oauth"],
];

const repositoryWire = z.object({
  private: z.boolean().nullish(),
  archived: z.boolean().nullish(),
  has_issues: z.boolean().nullish(),
  permissions: z.record(z.string(), z.boolean()).nullish(),
});
const hookWire = z.object({
  id: z.number(),
  active: z.boolean().nullish(),
  events: z.array(z.string()).nullish(),
  config: z.object({
    url: z.string().nullish(),
    secret: z.string().nullish(),
    insecure_ssl: z.union([z.string(), z.number()]).nullish(),
  }),
});
const deliveryWire = z.object({ delivered_at: z.string(), status_code: z.number().nullish() });
const ROLES: readonly (readonly [string, Role])[] = [
  ["admin", "admin"],
  ["maintain", "write"],
  ["push", "write"],
  ["triage", "triage"],
  ["pull", "read"],
];

export const githubDiagnoser: OpenDiagnoser = (target, deps) => {
  const sender = createSender(target, deps, { limits: GITHUB_LIMITS });
  const reader = createReader(createClient(target, deps));
  const parse = parserFor(target);
  const root = `${target.api}/repos/${target.project.split("/").map(encodeURIComponent).join("/")}`;
  let skew: number | null = null;
  let repository: Promise<HttpAnswer> | null = null;

  async function get(kind: string, url: string): Promise<HttpAnswer> {
    const sent = deps.now();
    const answer = await sender.send({
      method: "GET",
      url,
      kind: `GET ${kind}`,
      headers: {
        accept: "application/vnd.github+json",
        "user-agent": "daytwo",
        ...(target.token === "" ? {} : { authorization: `Bearer ${target.token}` }),
      },
    });
    skew = skewOf(answer.headers.get("date"), sent, deps.now()) ?? skew;
    return answer;
  }

  const seeing: Doing = { what: "see the repository", write: false, target: null };
  async function seen(): Promise<HttpAnswer> {
    repository ??= get("repository", root);
    const answer = await repository;
    if (answer.status === 200) return answer;
    throw refused(target, seeing, { status: answer.status, message: messageOf(toJson(answer.body)) });
  }

  function kindOf(scopes: string | null): TokenKind {
    const known = PREFIXES.find(([prefix]) => target.token.startsWith(prefix))?.[1];
    // Only tokens with scopes are answered with them; those made before 2021 have no prefix.
    return known ?? (scopes === null ? "unknown" : "classic");
  }

  return {
    async token(): Promise<TokenFacts> {
      const { headers } = await seen();
      const scopes = headers.get("x-oauth-scopes");
      const expires = Date.parse(headers.get("github-authentication-token-expiration") ?? "");
      return {
        kind: kindOf(scopes),
        account: await reader.self(),
        scopes: scopes === null ? null : words(scopes),
        permissions: null,
        expiresAt: Number.isNaN(expires) ? null : expires,
      };
    },
    async project() {
      const { headers, body } = await seen();
      const wire = parse(seeing, repositoryWire, body);
      const role = ROLES.find(([name]) => wire.permissions?.[name])?.[1] ?? "none";
      return {
        private: wire.private ?? true,
        archived: wire.archived ?? false,
        issues: wire.has_issues ?? true,
        // What is told of an app there are not its permissions.
        role: !wire.permissions || kindOf(headers.get("x-oauth-scopes")) === "installation" ? null : role,
      };
    },
    async hooks() {
      const doing: Doing = { what: "list webhooks", write: false, target: null };
      const answer = await get("hooks", `${root}/hooks?per_page=100`);
      if ([403, 404].includes(answer.status)) return null;
      if (answer.status !== 200) {
        throw refused(target, doing, { status: answer.status, message: messageOf(toJson(answer.body)) });
      }
      const hooks = parse(doing, z.array(hookWire), answer.body);
      return Promise.all(
        hooks.map(async ({ id, active, events, config }): Promise<HookFacts> => {
          const url = `${root}/hooks/${id}/deliveries?per_page=${LATEST_DELIVERIES}`;
          const latest = await get("deliveries", url);
          const deliveries = latest.status === 200 ? parse(doing, z.array(deliveryWire), latest.body) : null;
          return {
            id,
            url: config.url ?? "",
            active: active ?? true,
            events: githubHookEvents(events ?? []),
            secret: config.secret ? "signed" : "none",
            verifiesTls: String(config.insecure_ssl ?? "0") === "0",
            disabled: null,
            deliveries:
              deliveries?.map(({ delivered_at, status_code }) => ({
                at: Date.parse(delivered_at),
                status: status_code || null,
              })) ?? null,
          };
        }),
      );
    },
    skew: () => skew,
  };
};

const NAMES: Readonly<Record<string, HookEvent>> = {
  issues: "issues",
  issue_comment: "comments",
  push: "push",
};

/** @param events by GitHub's names; `*` is all */
export const githubHookEvents = (events: readonly string[]): HookEvent[] =>
  events.includes("*") ? Object.values(NAMES) : events.flatMap((event) => NAMES[event] ?? []);

const words = (text: string): string[] =>
  text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
